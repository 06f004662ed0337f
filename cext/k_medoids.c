/* k-medoids kernels: the parts that do not depend on the type of the entries. The others are in
 * k_medoids_impl.inc, compiled once for float and once for double.
 *
 * A round of FasterPAM, like a scan of FastPAM1, reads each of the n^2 entries once: 4 n^2 bytes
 * for floats. The bandwidth of the memory is the floor, and what is done per entry has to hide
 * behind it; that is why the loops over objects first ask, many objects at a time and without a
 * branch, which of them a candidate concerns at all.
 */
#include "k_medoids.h"

#include <math.h>
#include <string.h>

#include "portable.h"

enum {
  BLOCK_WIDTH = 32, /* columns gathered at a time */
  CHUNK = 32,       /* objects tested at a time: the bits of a mask */
  LANES = 16,       /* separate sums, so that any SIMD width adds in the same order */
  BATCH = 64,       /* objects whose second nearest medoid is looked for together */
};

int64_t km_block_width(void) { return BLOCK_WIDTH; }

ALWAYS_INLINE double sum_of_lanes(double *lane) {
  for (int width = LANES / 2; width > 0; width /= 2)
    for (int j = 0; j < width; ++j) lane[j] += lane[j + width];
  return lane[0];
}

ALWAYS_INLINE double smallest(const double *values, int64_t count) {
  double lane[LANES];
  for (int j = 0; j < LANES; ++j) lane[j] = INFINITY;
  int64_t at = 0;
  for (; at + LANES <= count; at += LANES)
    for (int j = 0; j < LANES; ++j) lane[j] = values[at + j] < lane[j] ? values[at + j] : lane[j];
  for (int j = 0; at + j < count; ++j)
    lane[j] = values[at + j] < lane[j] ? values[at + j] : lane[j];
  for (int width = LANES / 2; width > 0; width /= 2)
    for (int j = 0; j < width; ++j) lane[j] = lane[j + width] < lane[j] ? lane[j + width] : lane[j];
  return lane[0];
}

ALWAYS_INLINE int64_t first_of(const double *values, int64_t count, double wanted) {
  int64_t at = 0;
  while (at < count - 1 && values[at] != wanted) ++at;
  return at;
}

#define REAL float
#define BITS uint32_t
#define NAME(stem) stem##_f32
#include "k_medoids_impl.inc"
#undef REAL
#undef BITS
#undef NAME

#define REAL double
#define BITS uint64_t
#define NAME(stem) stem##_f64
#include "k_medoids_impl.inc"
