/* The models in C on the library Cimba: every case is a process, and processes that have ended are started again.

   gcc -O3 -DNDEBUG -DNLOGINFO -Iinclude -Isrc -o cimba cimba.c -lcimba -lm;  echo RUNS SEED | ./cimba replies|maximum|mm5 DAYS

   "replies" is model (b) with every department's reply a timer of the case's process; "maximum" has one hold for each
   consultation. The random numbers are the library's. Prints what it found as JSON. */
#include <cimba.h>
#include "draws.h"

typedef struct { struct cmb_process *process; int living; } Case;
static struct cmb_resourcepool *two, *ten, *four, *desks;
static struct cmb_process *arrivals;
static Case **made; static int count, room;
static Case **idle; static int idles;
static int replies, queue;

static double lognormal(Law l) { return cmb_random_lognormal(l.mu, l.sigma); }
static void work(struct cmb_resourcepool *pool, double effort) {
    cmb_resourcepool_acquire(pool, 1);
    cmb_process_hold(effort);
    cmb_resourcepool_release(pool, 1);
}
static void consult(struct cmb_process *me) {
    if (replies) {
        for (int i = 0; i < DEPARTMENTS; i++) cmb_process_timer_add(me, lognormal(reply), 1);
        for (int i = 0; i < DEPARTMENTS; i++) cmb_process_yield();
        return;
    }
    double most = cmb_random_std_normal();
    for (int i = 1; i < DEPARTMENTS; i++) { double z = cmb_random_std_normal(); if (z > most) most = z; }
    cmb_process_hold(exp(reply.mu + reply.sigma * most));
}
static void course(struct cmb_process *me) {
    work(two, lognormal(acceptance));
    if (cmb_random() < EXIT) return;
    if (cmb_random() < AGAIN) { work(ten, lognormal(review)); cmb_process_hold(lognormal(supplement)); }
    work(ten, lognormal(review));
    consult(me);
    if (cmb_random() >= OBJECTION) return;
    work(four, lognormal(special));
    consult(me);
    cmb_process_hold(PERIOD - fmod(cmb_time(), PERIOD));
}
static void *life(struct cmb_process *me, void *context) {
    Case *self = context;
    double began = cmb_time();
    if (queue) work(desks, cmb_random_exponential(1)); else course(me);
    total += cmb_time() - began; ended++;
    self->living = 0;
    idle[idles++] = self;
    return NULL;
}
static Case *fresh(void) {
    if (idles) return idle[--idles];
    if (count == room) {
        room = room ? 2 * room : 256;
        made = realloc(made, sizeof *made * room); idle = realloc(idle, sizeof *idle * room);
    }
    Case *one = made[count++] = malloc(sizeof *one);
    one->process = cmb_process_create();
    cmb_process_initialize(one->process, "case", life, one, 0);
    return one;
}
static void *arrive(struct cmb_process *me, void *context) {
    (void)me; (void)context;
    for (;;) {
        cmb_process_hold(cmb_random_exponential(queue ? 0.25 : 1));
        Case *one = fresh();
        arrived++; one->living = 1;
        cmb_process_start(one->process);
    }
    return NULL;
}
static void stop(void *subject, void *object) {
    (void)subject; (void)object;
    cmb_process_stop(arrivals, NULL);
    for (int i = 0; i < count; i++) if (made[i]->living) cmb_process_stop(made[i]->process, NULL);
    cmb_event_queue_clear();
}
static struct cmb_resourcepool *pool(const char *name, int size) {
    struct cmb_resourcepool *found = cmb_resourcepool_create();
    cmb_resourcepool_initialize(found, name, size);
    return found;
}
static void drop(struct cmb_resourcepool *pool) { cmb_resourcepool_terminate(pool); cmb_resourcepool_destroy(pool); }

static void run(const char *model, double days) {
    queue = !strcmp(model, "mm5"); replies = !strcmp(model, "replies");
    cmb_logger_flags_off(CMB_LOGGER_INFO);
    cmb_random_initialize(seed_now);
    cmb_event_queue_initialize(0.0);
    two = pool("acceptance", 2); ten = pool("preliminary", 10); four = pool("special", 4); desks = pool("desks", 5);
    arrivals = cmb_process_create();
    cmb_process_initialize(arrivals, "arrivals", arrive, NULL, 0);
    cmb_process_start(arrivals);
    cmb_event_schedule(stop, NULL, NULL, days, 0);
    cmb_event_queue_execute();
    for (int i = 0; i < count; i++) {
        cmb_process_terminate(made[i]->process); cmb_process_destroy(made[i]->process); free(made[i]);
    }
    count = idles = 0;
    cmb_process_terminate(arrivals); cmb_process_destroy(arrivals);
    drop(two); drop(ten); drop(four); drop(desks);
    cmb_event_queue_terminate();
    cmb_random_terminate();
}
