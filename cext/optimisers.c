/* Update rules: what does not depend on the type of the entries. The rules themselves are in
 * optimisers_impl.inc, compiled once for float and once for double.
 *
 * Large arrays come from memory, so that the floor is the bytes that a rule must move: each buffer
 * is read and written once, in one loop. The loops have no branches and no sums across entries, and
 * so give the same bits for every instruction set.
 */
#include "optimisers.h"

#include <math.h>

#include "portable.h"

/* A square root that may set errno is no SIMD instruction. Said to depend on its argument alone it
 * is, and the value is the same. */
#if defined(__GNUC__)
float sqrtf(float) __attribute__((const));
double sqrt(double) __attribute__((const));
#endif

#define REAL float
#define ROOT sqrtf
#define NAME(stem) stem##_f32
#include "optimisers_impl.inc"
#undef REAL
#undef ROOT
#undef NAME

#define REAL double
#define ROOT sqrt
#define NAME(stem) stem##_f64
#include "optimisers_impl.inc"

enum { SGD, ADAPTIVE, LARGEST, MEAN };

void opt_play(int64_t count, int64_t first, const double *g, double *points, int kind, double rate,
              int decay, double beta1, double beta2, int correct, double *state) {
  double x = state[0], m = state[1], v = state[2], largest = state[3];
  double power1 = state[4], power2 = state[5];
  for (int64_t i = 0; i < count; ++i) {
    double t = (double)(first + i);
    points[i] = x;
    m = beta1 * m + (1 - beta1) * g[i];
    double keep = kind == MEAN ? 1 - 1 / t : beta2, take = kind == MEAN ? 1 / t : 1 - beta2;
    v = keep * v + take * (g[i] * g[i]);
    largest = v > largest ? v : largest;
    power1 *= beta1, power2 *= beta2;
    double scale = kind == LARGEST ? largest : v, step = rate;
    if (correct) {
      step /= 1 - power1;
      if (kind != MEAN) scale /= 1 - power2;
    }
    if (decay) step /= sqrt(t);
    double below = kind == SGD ? 1 : sqrt(scale);
    if (below > 0) x -= step * m / below;
    x = x > 1 ? 1 : x < -1 ? -1 : x;
  }
  state[0] = x, state[1] = m, state[2] = v, state[3] = largest;
  state[4] = power1, state[5] = power2;
}
