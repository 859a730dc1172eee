# The models in simmer. Prints what it found as JSON.
#
#     echo RUNS SEED | Rscript simmer.R replies|maximum|mm5 DAYS
#
# "replies" is model (b) with every department's reply an event: a case is cloned thirteen times, and its clones wait for
# each other; "maximum" has one event for each consultation.
suppressPackageStartupMessages(library(simmer))

law <- function(mean, cv) { v <- log(1 + cv^2); c(log(mean) - v / 2, sqrt(v)) }
drawn <- function(l) function() rlnorm(1, l[1], l[2])
acceptance <- law(1.4, 0.5); review <- law(8.695652, 0.5); supplement <- law(20, 0.8)
reply <- law(7, 0.5); special <- law(31.372549, 0.6)
last_reply <- function() exp(reply[1] + reply[2] * qnorm(runif(1)^(1 / 13)))

office <- function(model, days) {
  env <- simmer()
  to_meeting <- function() 30 - now(env) %% 30
  consult <- function(path) {
    if (model == "maximum") return(timeout(path, last_reply))
    replies <- rep(list(timeout(trajectory(), drawn(reply))), 13)
    synchronize(do.call(clone, c(list(path, n = 13), replies)), wait = TRUE)
  }
  work <- function(path, pool, law) release(timeout(seize(path, pool), drawn(law)), pool)
  objection <- timeout(consult(work(trajectory(), "special", special)), to_meeting)
  again <- timeout(work(trajectory(), "preliminary", review), drawn(supplement))
  accepted <- branch(trajectory(), function() as.integer(runif(1) < 0.15), continue = TRUE, again)
  accepted <- consult(work(accepted, "preliminary", review))
  accepted <- branch(accepted, function() as.integer(runif(1) < 0.12), continue = TRUE, objection)
  # a clone counts from when it was made, so with clones a case brings along when it came
  cloned <- model == "replies"
  case <- trajectory()
  if (cloned) case <- set_attribute(case, "began", function() now(env))
  case <- work(case, "acceptance", acceptance)
  case <- branch(case, function() as.integer(runif(1) >= 0.15), continue = TRUE, accepted)
  if (cloned) case <- timeout(case, function() { over(now(env) - get_attribute(env, "began")); 0 })
  add_resource(env, "acceptance", 2); add_resource(env, "preliminary", 10); add_resource(env, "special", 4)
  add_generator(env, "case", case, function() rexp(1, 1), mon = if (cloned) 0 else 1)
  run(env, days)
}
queue <- function(days) {
  env <- simmer()
  customer <- release(timeout(seize(trajectory(), "desk"), function() rexp(1, 1)), "desk")
  add_resource(env, "desk", 5)
  add_generator(env, "customer", customer, function() rexp(1, 4))
  run(env, days)
}
total <- 0; finished <- 0
over <- function(time) { total <<- total + time; finished <<- finished + 1 }
peak <- function() {
  line <- grep("VmHWM", readLines("/proc/self/status"), value = TRUE)
  as.numeric(gsub("[^0-9]", "", line)) / 1024
}

asked <- commandArgs(trailingOnly = TRUE)
model <- asked[1]; days <- as.numeric(asked[2])
before <- peak()
simulated <- function(runs, seed) {
  cases <- 0; ended <- 0; means <- numeric(runs)
  began <- proc.time()
  for (each in seq_len(runs)) {
    set.seed(seed + each - 1)
    total <<- 0; finished <<- 0
    env <- if (model == "mm5") queue(days) else office(model, days)
    if (model != "replies") {
      found <- get_mon_arrivals(env, ongoing = FALSE)
      total <<- sum(found$end_time - found$start_time); finished <<- nrow(found)
    }
    means[each] <- total / finished
    cases <- cases + get_n_generated(env, if (model == "mm5") "customer" else "case")
    ended <- ended + finished
  }
  spent <- sum((proc.time() - began)[c("user.self", "sys.self")])
  cat(sprintf('{"cases": %d, "ended": %d, "seconds": %.6f, "peak": %.3f, "grown": %.3f, "means": [%s]}\n',
              as.integer(cases), as.integer(ended), spent, peak(), peak() - before, paste(format(means, digits = 10), collapse = ", ")))
}
input <- file("stdin"); open(input)
while (length(line <- readLines(input, 1)) > 0) {
  numbers <- as.integer(strsplit(line, " ")[[1]])
  simulated(numbers[1], numbers[2])
}
