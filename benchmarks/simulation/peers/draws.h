/* What the two programs in C share: draws by inverse transform, the laws of the models, and what they print. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct { double mu, sigma; } Law;
enum { DEPARTMENTS = 13 };
static const double EXIT = 0.15, AGAIN = 0.15, OBJECTION = 0.12, PERIOD = 30;

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
static void laws(void) {
    acceptance = law(1.4, 0.5); review = law(8.695652, 0.5); supplement = law(20, 0.8);
    reply = law(7, 0.5); special = law(31.372549, 0.6);
}
static double gap(double mean) { return -mean * log(1 - uniform()); }
/* The last of thirteen replies: the thirteenth root of a uniform number is the greatest of thirteen. */
static double last_reply(void) { return exp(reply.mu + reply.sigma * normal(pow(uniform(), 1.0 / DEPARTMENTS))); }

/* Most memory that this program has had, in MB; what the program that started it had does not count. */
static double peak(void) {
    FILE *status = fopen("/proc/self/status", "r");
    char line[256]; double found = 0;
    while (status && fgets(line, sizeof line, status)) if (sscanf(line, "VmHWM: %lf", &found) == 1) break;
    if (status) fclose(status);
    return found / 1024;
}

/* One run, and what it found. */
static double total; static int arrived, ended; static int64_t line_count;
static void run(const char *model, double days);

/* MODEL DAYS, then on the standard input RUNS SEED, a line for each time that it is to simulate and tell. */
int main(int argc, char **argv) {
    if (argc != 3) { fprintf(stderr, "MODEL DAYS\n"); return 2; }
    double days = atof(argv[2]), before = peak();
    int runs; long long seed;
    laws();
    while (scanf("%d %lld", &runs, &seed) == 2) {
        double *means = malloc(sizeof(double) * runs);
        int64_t all = 0, all_ended = 0, all_lines = 0;
        clock_t began = clock();
        for (int each = 0; each < runs; each++) {
            seed_now = (uint64_t)(seed + each) * 0xD1342543DE82EF95ull;
            total = 0; arrived = ended = 0; line_count = 0;
            run(argv[1], days);
            means[each] = total / ended; all += arrived; all_ended += ended; all_lines += line_count;
        }
        double spent = (double)(clock() - began) / CLOCKS_PER_SEC;
        printf("{\"cases\": %lld, \"ended\": %lld, \"lines\": %lld, \"seconds\": %.9f, \"peak\": %.3f, \"grown\": %.3f, \"means\": [",
               (long long)all, (long long)all_ended, (long long)all_lines, spent, peak(), peak() - before);
        for (int each = 0; each < runs; each++) printf("%s%.9g", each ? ", " : "", means[each]);
        printf("]}\n");
        fflush(stdout);
        free(means);
    }
    return 0;
}
