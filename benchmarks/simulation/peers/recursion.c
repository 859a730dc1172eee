/* The models without an agenda, in C: completion times only.

   cc -O3 -o recursion recursion.c -lm;  echo RUNS SEED | ./recursion maximum|mm5 DAYS

   Each pool serves first come, first served, so a case begins with the member who is free first (Kiefer and Wolfowitz,
   Transactions of the American Mathematical Society 78, 1955), and only the cases that come back after a supplement or
   overtake each other have to be put in their place. Prints what it found as JSON. */
#include "draws.h"

typedef struct { double time; int who, again; } Ask;
static double *began; static Ask *queue, *later, *hard; static int room;

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
static void more(void) {
    room = room ? 2 * room : 1 << 13;
    began = realloc(began, sizeof *began * room); queue = realloc(queue, sizeof *queue * room);
    later = realloc(later, sizeof *later * room); hard = realloc(hard, sizeof *hard * room);
}
static void over(double now, double since, double days) { if (now < days) { total += now - since; ended++; } }

static void five(double days) {
    double desks[5] = {0};
    for (double now = gap(0.25); now < days; now += gap(0.25)) {
        arrived++;
        over(serve(desks, 5, now, gap(1)), now, days);
    }
}
static int accepted(double days) {
    double two[2] = {0};
    int count = 0;
    for (double now = gap(1); now < days; now += gap(1)) {
        if (arrived == room) more();
        began[arrived] = now;
        double end = serve(two, 2, now, draw(acceptance));
        if (uniform() < EXIT) over(end, now, days);
        else { queue[count] = (Ask){end, arrived, uniform() < AGAIN}; count++; }
        arrived++;
    }
    qsort(queue, count, sizeof *queue, earlier); /* two members can overtake each other */
    return count;
}
static int reviewed(int count, double days) {
    double ten[10] = {0};
    int come = 0, first = 0, objections = 0;
    for (int i = 0; i < count || first < come;) {
        /* those that come back stand in a list of their own, merged by the time at which they ask */
        Ask each = first < come && (i >= count || later[first].time <= queue[i].time) ? later[first++] : queue[i++];
        double end = serve(ten, 10, each.time, draw(review));
        if (each.again) {
            Ask back = {end + draw(supplement), each.who, 0};
            int at = come++;
            while (at > first && later[at - 1].time > back.time) { later[at] = later[at - 1]; at--; }
            later[at] = back;
        } else {
            double replied = end + last_reply();
            if (uniform() < OBJECTION) hard[objections++] = (Ask){replied, each.who, 0};
            else over(replied, began[each.who], days);
        }
    }
    qsort(hard, objections, sizeof *hard, earlier);
    return objections;
}
static void run(const char *model, double days) {
    if (!strcmp(model, "mm5")) { five(days); return; }
    double four[4] = {0};
    int objections = reviewed(accepted(days), days);
    for (int i = 0; i < objections; i++) {
        double replied = serve(four, 4, hard[i].time, draw(special)) + last_reply();
        over(PERIOD * ceil(replied / PERIOD), began[hard[i].who], days);
    }
}
