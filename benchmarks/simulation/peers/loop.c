/* The models as one writes them by hand in C: an event loop.

   cc -O3 -o loop loop.c -lm;  echo RUNS SEED | ./loop replies|log|maximum|mm5 DAYS

   "replies" is model (b) with every reply an event; "log" also writes a line of 32 bytes for everything that the log of
   duecourse has a line for; "maximum" has one event for each consultation. Prints what it found as JSON. */
#include "draws.h"

enum { ARRIVE, ACCEPTED, REVIEWED, SUPPLEMENTED, REPLIED, SERVED, MEETING };
enum { ACCEPTANCE, PRELIMINARY, SPECIAL, DESK, POOLS };
enum { FIRST, TWICE, AFTER_OBJECTION };
static const int SIZE[POOLS] = {2, 10, 4, 5};
typedef struct { double time; int64_t key; } Event; /* key: sequence << 32 | case << 3 | kind */
typedef struct { double began; int pool, round, pending; } Case;
typedef struct { double time; int32_t who, what; int64_t a, b; } Line;
typedef struct { int *at; int head, tail, room, busy; } Pool;

static Event *heap; static int pending, heap_room; static int64_t sequence;
static Case *cases; static int case_room;
static Line *lines; static int64_t line_room; static int writes, replies;
static Pool pools[POOLS];
static int *waiting, waits, waiting_room;

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
    double effort = p == DESK ? gap(1) : draw(p == ACCEPTANCE ? acceptance : p == PRELIMINARY ? review : special);
    note(now, who, 2, p, (int64_t)(effort * 65536));
    push(now + effort, who, p == DESK ? SERVED : p == ACCEPTANCE ? ACCEPTED : REVIEWED);
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
    cases[who].pending = replies ? DEPARTMENTS : 1;
    if (!replies) { push(now + last_reply(), who, REPLIED); return; }
    for (int i = 0; i < DEPARTMENTS; i++) push(now + draw(reply), who, REPLIED);
}
static void over(double now, int who) { note(now, who, 4, 2, 0); total += now - cases[who].began; ended++; }
static void wait_for_meeting(int who) {
    if (waits == waiting_room) waiting = realloc(waiting, sizeof(int) * (waiting_room *= 2));
    waiting[waits++] = who;
}
static void begin(int queue) {
    if (!heap) {
        heap = malloc(sizeof *heap * (heap_room = 1024));
        cases = malloc(sizeof *cases * (case_room = 1024));
        lines = malloc(sizeof *lines * (line_room = 1024));
        waiting = malloc(sizeof *waiting * (waiting_room = 64));
        for (int p = 0; p < POOLS; p++) pools[p].at = malloc(sizeof(int) * (pools[p].room = 64));
    }
    for (int p = 0; p < POOLS; p++) pools[p].head = pools[p].tail = pools[p].busy = 0;
    pending = waits = 0; sequence = 0;
    push(gap(queue ? 0.25 : 1), 0, ARRIVE);
    if (!queue) push(PERIOD, 0, MEETING);
}

static void run(const char *model, double days) {
    int queue = !strcmp(model, "mm5");
    writes = !strcmp(model, "log"); replies = strcmp(model, "maximum");
    begin(queue);
    while (pending) {
        Event e = pop();
        double now = e.time; int who = (e.key >> 3) & 0x1FFFFFFF, kind = e.key & 7;
        if (now >= days) break;
        switch (kind) {
        case ARRIVE:
            if (arrived == case_room) cases = realloc(cases, sizeof *cases * (case_room *= 2));
            who = arrived++;
            cases[who] = (Case){now, 0, FIRST, 0};
            note(now, who, 0, 0, 0); note(now, who, 4, 0, 0);
            push(now + gap(queue ? 0.25 : 1), 0, ARRIVE);
            ask(now, who, queue ? DESK : ACCEPTANCE);
            break;
        case SERVED:
            done(now, who, DESK);
            over(now, who);
            break;
        case ACCEPTED:
            done(now, who, ACCEPTANCE);
            if (uniform() < EXIT) { over(now, who); break; }
            note(now, who, 4, 3, 0);
            cases[who].round = uniform() < AGAIN ? TWICE : FIRST;
            ask(now, who, PRELIMINARY);
            break;
        case REVIEWED: {
            int p = cases[who].pool;
            done(now, who, p);
            if (p == SPECIAL) cases[who].round = AFTER_OBJECTION;
            if (cases[who].round == TWICE) { cases[who].round = FIRST; push(now + draw(supplement), who, SUPPLEMENTED); }
            else consult(now, who);
            break; }
        case SUPPLEMENTED:
            note(now, who, 4, 4, 0);
            ask(now, who, PRELIMINARY);
            break;
        case REPLIED:
            note(now, who, 4, 5, 0);
            if (--cases[who].pending) break;
            if (cases[who].round == AFTER_OBJECTION) { note(now, who, 4, 6, 0); wait_for_meeting(who); }
            else if (uniform() < OBJECTION) { note(now, who, 4, 7, 0); ask(now, who, SPECIAL); }
            else over(now, who);
            break;
        case MEETING:
            for (int i = 0; i < waits; i++) over(now, waiting[i]);
            waits = 0;
            push(now + PERIOD, 0, MEETING);
        }
    }
}
