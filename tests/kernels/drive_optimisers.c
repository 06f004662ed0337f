/* Calls every optimiser's kernel for sanitizers to watch, and for comparing instruction sets, on
 * arrays of exact length: prints a digest of all that they wrote. Lengths are around those of the
 * vectors, the gradients hold zeros, infinities and NaN. Compile with REAL=float and
 * NAME(stem)=stem##_f32, or with double and f64.
 */
#include <math.h>

#include "optimisers.h"

#include "driving.h"

enum { BUFFERS = 3, STEPS = 4 };

static double entry(void) { return 2 * uniform() - 1; }

/* Of a NaN the sign and the bits inside are nobody's promise. */
static void seen(const REAL *values, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    REAL value = values[i] == values[i] ? values[i] : 0;
    unsigned char known = value == values[i];
    add(&value, (int64_t)sizeof value), add(&known, 1);
  }
}

static void update(int rule, int64_t n, REAL *x, const REAL *g, REAL **b) {
  switch (rule) {
    case 0:
      NAME(opt_sgd)(n, x, g, 0.1, 0.99);
      break;
    case 1:
      NAME(opt_momentum)(n, x, g, b[0], 0.9, 1, 0.09, 0.1, 0.99);
      break;
    case 2:
      NAME(opt_scaled)(n, x, g, b[0], 0.99, 0.01, 0.1, 1e-8, 1);
      break;
    case 3:
      NAME(opt_adam)(n, x, g, b[0], b[1], 0.9, 0.1, 0.999, 0.001, 0.1, 0.01, 2, 1e-8, 0.99);
      break;
    case 4:
      NAME(opt_amsgrad)(n, x, g, b[0], b[1], b[2], 0.9, 0.1, 0.999, 0.001, 2, 0.1, 1, 0, 1);
      break;
    case 5:
      NAME(opt_lion)(n, x, g, b[0], 0.9, 0.1, 0.99, 0.01, 0.1, 0.99);
      break;
    case 6:
      NAME(opt_ademamix)(n, x, g, b[0], b[1], b[2], 0.9, 0.1, 0.9999, 0.0001, 0.999, 0.001, 0.1,
                         0.8, 2, 1e-8, 0.99);
      break;
    case 7:
      NAME(opt_free_sgd)(n, x, g, b[0], 0.3, 0.2, 0.1, 0.01);
      break;
    case 8:
      NAME(opt_free_adamw)(n, x, g, b[0], b[1], 0.999, 0.001, 2, 1e-8, 0.3, 0.2, 0.1, 0.01);
      break;
    default:
      NAME(opt_adabelief)(n, x, g, b[0], b[1], 0.9, 0.1, 0.999, 0.001, rule & 1, 1e-16, 0.1, 2,
                          1e-8, rule & 2, 0.99);
  }
}

static void rules(int64_t n) {
  for (int rule = 0; rule < 13; ++rule) {
    REAL *x = zeros(n, sizeof *x), *g = zeros(n, sizeof *g), *b[BUFFERS];
    for (int k = 0; k < BUFFERS; ++k) b[k] = zeros(n, sizeof *x);
    for (int64_t i = 0; i < n; ++i) x[i] = (REAL)entry();
    for (int step = 0; step < STEPS; ++step) {
      for (int64_t i = 0; i < n; ++i) g[i] = (REAL)entry();
      if (n > 2) g[n / 2] = 0;
      if (n > 3 && step > 1) g[n - 1] = (REAL)NAN, g[n - 2] = (REAL)INFINITY;
      update(rule, n, x, g, b);
    }
    seen(x, n);
    for (int k = 0; k < BUFFERS; ++k) seen(b[k], n), free(b[k]);
    free(x), free(g);
  }
}

static void averages(int64_t n) {
  double *mean = zeros(n, sizeof *mean);
  REAL *x = zeros(n, sizeof *x);
  for (int64_t i = 0; i < n; ++i) x[i] = (REAL)entry();
  NAME(opt_average)(n, mean, x, 0.3);
  NAME(opt_average)(n, mean, x, 0.7);
  for (int64_t i = 0; i < n; ++i) x[i] = (REAL)mean[i];
  seen(x, n);
  free(mean), free(x);
}

static void play(int64_t n) {
  for (int kind = 0; kind < 8; ++kind) {
    double *g = zeros(n, sizeof *g), *points = zeros(n, sizeof *points);
    double state[6] = {0.5, 0, 0, 0, 1, 1};
    for (int64_t i = 0; i < n; ++i) g[i] = i % 3 ? -1 : 3;
    if (n) g[0] = 0;
    opt_play(n / 2, 1, g, points, kind / 2, 0.5, kind & 1, 0.5, 0.9, kind & 1, state);
    opt_play(n - n / 2, 1 + n / 2, g + n / 2, points + n / 2, kind / 2, 0.5, kind & 1, 0.5, 0.9,
             kind & 1, state);
    for (int64_t i = 0; i < n; ++i) {
      REAL point = (REAL)points[i];
      CHECK(points[i] >= -1 && points[i] <= 1, "outside", n, i, kind);
      seen(&point, 1);
    }
    free(g), free(points);
  }
}

int main(void) {
  int64_t lengths[] = {0, 1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 33, 64, 65, 1000};
  for (size_t t = 0; t < sizeof lengths / sizeof *lengths; ++t) {
    rules(lengths[t]);
    averages(lengths[t]);
    play(lengths[t]);
  }
  return done();
}
