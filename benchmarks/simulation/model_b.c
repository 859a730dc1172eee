/* Model (b) as one writes it by hand in C: an event loop with every reply an event, or the recursion.

   cc -O3 -o model_b model_b.c -lm;  ./model_b loop|log|recursion RUNS DAYS SEED

   "log" writes a line of 32 bytes for everything that the log of duecourse has a line for. The recursion has no
   agenda: each pool serves first come, first served, so a case begins with the member who is free first, and only
   the cases that come back after a supplement must be put in their place. Prints what it found as JSON. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ARRIVE, ACCEPTED, REVIEWED, SUPPLEMENTED, REPLIED, HEARD, MEETING };
enum { ACCEPTANCE, PRELIMINARY, SPECIAL, POOLS };
static const int SIZE[POOLS] = {2, 10, 4};
typedef struct { double mu, sigma; } Law;
typedef struct { double time; int64_t key; } Event; /* key: sequence << 32 | case << 3 | kind */
typedef struct { double began; int pool, second, pending; } Case;
typedef struct { double time; int32_t who, what; int64_t a, b; } Line;
typedef struct { int *at; int head, tail, room, busy; } Pool;

static uint64_t seed_now;
static double uniform(void) { /* SplitMix64 */
    uint64_t x = (seed_now += 0x9E3779B97F4A7C15ull);
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
    return (((x ^ (x >> 31)) >> 12) + 0.5) * 0x1p-52;
}
static const double A[] = {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3};
static const double B[] = {1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3, 2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3};
static const double C[] = {1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4};
static const double D[] = {1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1, 1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9};
static const double E[] = {6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7};
static const double F[] = {1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2, 7.86869131745613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15};
static double ratio(double r, const double *a, const double *b) {
    return (((((((a[7]*r+a[6])*r+a[5])*r+a[4])*r+a[3])*r+a[2])*r+a[1])*r+a[0]) /
           (((((((b[7]*r+b[6])*r+b[5])*r+b[4])*r+b[3])*r+b[2])*r+b[1])*r+b[0]);
}
static double normal(double p) { /* AS 241 */
    double q = p - 0.5, r;
    if (fabs(q) <= 0.425) return q * ratio(0.180625 - q*q, A, B);
    r = sqrt(-log(q < 0 ? p : 1 - p));
    double z = r <= 5 ? ratio(r - 1.6, C, D) : ratio(r - 5, E, F);
    return q < 0 ? -z : z;
}
static Law law(double mean, double cv) { double v = log(1 + cv*cv); return (Law){log(mean) - v/2, sqrt(v)}; }
static double draw(Law l) { return exp(l.mu + l.sigma * normal(uniform())); }
static Law acceptance, review, supplement, reply, special;

static Event *heap; static int pending, heap_room; static int64_t sequence;
static Case *cases; static int case_room, arrived;
static Line *lines; static int64_t line_count, line_room; static int writes;
static Pool pools[POOLS];
static int *waiting, waits;
static double total; static int ended;

static int before(Event a, Event b) { return a.time < b.time || (a.time == b.time && a.key < b.key); }
static void push(double time, int who, int kind) {
    if (pending == heap_room) heap = realloc(heap, sizeof *heap * (heap_room *= 2));
    Event e = {time, sequence++ << 32 | (int64_t)who << 3 | kind};
    int at = pending++;
    while (at > 0 && before(e, heap[(at - 1) / 2])) { heap[at] = heap[(at - 1) / 2]; at = (at - 1) / 2; }
    heap[at] = e;
}
static Event pop(void) {
    Event top = heap[0], last = heap[--pending];
    int at = 0, below;
    while ((below = 2*at + 1) < pending) {
        if (below + 1 < pending && before(heap[below + 1], heap[below])) below++;
        if (!before(heap[below], last)) break;
        heap[at] = heap[below]; at = below;
    }
    heap[at] = last;
    return top;
}
static void note(double time, int who, int what, int64_t a, int64_t b) {
    if (!writes) return;
    if (line_count == line_room) lines = realloc(lines, sizeof *lines * (line_room *= 2));
    lines[line_count++] = (Line){time, who, what, a, b};
}
static void start(double now, int who, int p) {
    double effort = draw(p == ACCEPTANCE ? acceptance : p == PRELIMINARY ? review : special);
    note(now, who, 2, p, (int64_t)(effort * 65536));
    push(now + effort, who, p == ACCEPTANCE ? ACCEPTED : REVIEWED);
}
static void ask(double now, int who, int p) {
    Pool *pool = pools + p;
    cases[who].pool = p;
    note(now, who, 1, p, 0);
    if (pool->busy < SIZE[p]) { pool->busy++; start(now, who, p); return; }
    if (pool->tail - pool->head == pool->room) {
        int *more = malloc(sizeof(int) * 2 * pool->room);
        for (int i = 0; i < pool->room; i++) more[i] = pool->at[(pool->head + i) & (pool->room - 1)];
        free(pool->at); pool->at = more; pool->tail -= pool->head; pool->head = 0; pool->room *= 2;
    }
    pool->at[pool->tail++ & (pool->room - 1)] = who;
}
static void done(double now, int who, int p) {
    Pool *pool = pools + p;
    note(now, who, 3, p, 0);
    if (pool->head < pool->tail) start(now, pool->at[pool->head++ & (pool->room - 1)], p);
    else pool->busy--;
}
static void consult(double now, int who) {
    note(now, who, 4, 1, 0);
    cases[who].pending = 13;
    for (int i = 0; i < 13; i++) push(now + draw(reply), who, REPLIED);
}
static void over(double now, int who) { note(now, who, 4, 2, 0); total += now - cases[who].began; ended++; }

static void loop(double days) {
    push(-log(1 - uniform()), 0, ARRIVE);
    push(30, 0, MEETING);
    while (pending) {
        Event e = pop();
        double now = e.time; int who = (e.key >> 3) & 0x1FFFFFFF, kind = e.key & 7;
        if (now >= days) break;
        switch (kind) {
        case ARRIVE:
            if (arrived == case_room) cases = realloc(cases, sizeof *cases * (case_room *= 2));
            who = arrived++;
            cases[who] = (Case){now, 0, 0, 0};
            note(now, who, 0, 0, 0); note(now, who, 4, 0, 0);
            push(now - log(1 - uniform()), 0, ARRIVE);
            ask(now, who, ACCEPTANCE);
            break;
        case ACCEPTED:
            done(now, who, ACCEPTANCE);
            if (uniform() < 0.15) { over(now, who); break; }
            note(now, who, 4, 3, 0);
            cases[who].second = uniform() < 0.15 ? 2 : 0;
            ask(now, who, PRELIMINARY);
            break;
        case REVIEWED: {
            int p = cases[who].pool;
            done(now, who, p);
            if (p == SPECIAL) { cases[who].second = 1; consult(now, who); }
            else if (cases[who].second == 2) { cases[who].second = 0; push(now + draw(supplement), who, SUPPLEMENTED); }
            else consult(now, who);
            break; }
        case SUPPLEMENTED:
            note(now, who, 4, 4, 0);
            ask(now, who, PRELIMINARY);
            break;
        case REPLIED:
            note(now, who, 4, 5, 0);
            if (--cases[who].pending) break;
            if (cases[who].second == 1) { note(now, who, 4, 6, 0); waiting = realloc(waiting, sizeof(int) * (waits + 1)); waiting[waits++] = who; }
            else if (uniform() < 0.12) { note(now, who, 4, 7, 0); ask(now, who, SPECIAL); }
            else over(now, who);
            break;
        case MEETING:
            for (int i = 0; i < waits; i++) over(now, waiting[i]);
            waits = 0;
            push(now + 30, 0, MEETING);
        }
    }
}

/* --- the recursion: completion times only, one maximum for each consultation --- */
typedef struct { double time; int who, again; } Ask;
static int earlier(const void *a, const void *b) {
    const Ask *x = a, *y = b;
    return x->time < y->time ? -1 : x->time > y->time ? 1 : x->who - y->who;
}
static double serve(double *free_at, int size, double asked, double effort) {
    int first = 0;
    for (int i = 1; i < size; i++) if (free_at[i] < free_at[first]) first = i;
    double begin = asked > free_at[first] ? asked : free_at[first];
    return free_at[first] = begin + effort;
}
static double last_reply(double now) {
    double most = -1e300;
    for (int i = 0; i < 13; i++) { double z = uniform(); if (z > most) most = z; }
    return now + exp(reply.mu + reply.sigma * normal(most));
}
static void recursion(double days) {
    static Ask *queue, *after, *hard; static int room;
    double two[2] = {0}, ten[10] = {0}, four[4] = {0}, now = 0;
    int n = 0, later = 0, specials = 0, first = 0;
    if (!room) { room = 1 << 16; queue = malloc(sizeof *queue * room); after = malloc(sizeof *queue * room); hard = malloc(sizeof *queue * room); }
    cases = realloc(cases, sizeof *cases * (case_room = room));
    while ((now -= log(1 - uniform())) < days) {
        cases[arrived].began = now;
        double accepted = serve(two, 2, now, draw(acceptance));
        if (uniform() < 0.15) { if (accepted < days) { total += accepted - now; ended++; } }
        else queue[n++] = (Ask){accepted, arrived, uniform() < 0.15};
        arrived++;
    }
    qsort(queue, n, sizeof *queue, earlier); /* two members can overtake each other */
    /* those that come back stand in a heap of their own, merged by the time they ask */
    for (int i = 0; i < n || first < later;) {
        Ask each;
        if (first < later && (i >= n || after[first].time <= queue[i].time)) each = after[first++];
        else each = queue[i++];
        double reviewed = serve(ten, 10, each.time, draw(review));
        if (each.again) {
            Ask back = {reviewed + draw(supplement), each.who, 0};
            int at = later++;
            while (at > first && after[at - 1].time > back.time) { after[at] = after[at - 1]; at--; }
            after[at] = back;
        } else {
            double replied = last_reply(reviewed);
            if (uniform() < 0.12) hard[specials++] = (Ask){replied, each.who, 0};
            else if (replied < days) { total += replied - cases[each.who].began; ended++; }
        }
    }
    qsort(hard, specials, sizeof *hard, earlier);
    for (int i = 0; i < specials; i++) {
        double replied = last_reply(serve(four, 4, hard[i].time, draw(special)));
        double heard = 30 * ceil(replied / 30);
        if (heard < days) { total += heard - cases[hard[i].who].began; ended++; }
    }
}

int main(int argc, char **argv) {
    if (argc != 5) return 2;
    int runs = atoi(argv[2]), all = 0, all_ended = 0; double days = atof(argv[3]); int64_t all_lines = 0;
    acceptance = law(1.4, 0.5); review = law(8.695652, 0.5); supplement = law(20, 0.8); reply = law(7, 0.5); special = law(31.372549, 0.6);
    writes = !strcmp(argv[1], "log");
    heap = malloc(sizeof *heap * (heap_room = 1024));
    cases = malloc(sizeof *cases * (case_room = 1024));
    lines = malloc(sizeof *lines * (line_room = 1024));
    for (int p = 0; p < POOLS; p++) pools[p].at = malloc(sizeof(int) * (pools[p].room = 64));
    double *means = malloc(sizeof(double) * runs);
    clock_t began = clock();
    for (int run = 0; run < runs; run++) {
        seed_now = (uint64_t)(atoll(argv[4]) + run) * 0xD1342543DE82EF95ull;
        pending = arrived = waits = ended = 0; line_count = sequence = 0; total = 0;
        for (int p = 0; p < POOLS; p++) pools[p].head = pools[p].tail = pools[p].busy = 0;
        if (strcmp(argv[1], "recursion")) loop(days); else recursion(days);
        means[run] = total / ended; all += arrived; all_ended += ended; all_lines += line_count;
    }
    double spent = (double)(clock() - began) / CLOCKS_PER_SEC;
    printf("{\"cases\": %d, \"ended\": %d, \"lines\": %lld, \"seconds\": %.9f, \"means\": [", all, all_ended, (long long)all_lines, spent);
    for (int run = 0; run < runs; run++) printf("%s%.9g", run ? ", " : "", means[run]);
    printf("]}\n");
    return 0;
}
