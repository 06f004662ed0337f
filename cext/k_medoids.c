/* k-medoids kernels: what does not depend on the type of the entries. The rest is in
 * k_medoids_impl.inc, compiled once for float and once for double.
 *
 * A round of FasterPAM, like a scan of FastPAM1, reads each of the n^2 entries once, 4 n^2 bytes of
 * floats, so the bandwidth of the memory is the floor. What is done per entry hides behind it only
 * if it is SIMD and free of branches that go either way: the loops first list the objects that a
 * candidate concerns, few where there are many medoids, and then deal with those alone. Where there
 * are only a few medoids they go through all objects for each.
 *
 * The results are the same bits for every instruction set and for both ways of reading d: sums run
 * in the order of the objects or, where every object counts, in LANES interleaved sums.
 */
#include "k_medoids.h"

#include <math.h>
#include <string.h>

#include "portable.h"

enum {
  BLOCK_WIDTH = 32,   /* columns gathered at a time */
  GATHER_ROWS = 16,   /* objects gathered at a time, to write whole lines of the cache */
  CHUNK = 64,         /* objects tested at a time, the bits of a mask */
  PIECE = 1024,       /* objects listed at a time */
  LISTED = 4,         /* objects listed without looking whether there are as many */
  LANES = 64,         /* interleaved sums; more than registers, so that they stay vectors */
  FEW_LANES = 16,     /* the same for the k losses */
  FEW_BYTES = 32,     /* of one entry per medoid, below which a list would hold most objects */
  BATCH = 64,         /* objects whose second nearest medoid is searched together */
  TILE_BYTES = 256,   /* side of a tile in the test for symmetry */
  AHEAD_BYTES = 8192, /* far enough ahead for memory to answer, near enough to stay cached */
};

static const uint32_t bit_u32[CHUNK / 2] = {
    1u << 0,  1u << 1,  1u << 2,  1u << 3,  1u << 4,  1u << 5,  1u << 6,  1u << 7,
    1u << 8,  1u << 9,  1u << 10, 1u << 11, 1u << 12, 1u << 13, 1u << 14, 1u << 15,
    1u << 16, 1u << 17, 1u << 18, 1u << 19, 1u << 20, 1u << 21, 1u << 22, 1u << 23,
    1u << 24, 1u << 25, 1u << 26, 1u << 27, 1u << 28, 1u << 29, 1u << 30, 1u << 31,
};
static const uint64_t bit_u64[CHUNK / 2] = {
    1u << 0,  1u << 1,  1u << 2,  1u << 3,  1u << 4,  1u << 5,  1u << 6,  1u << 7,
    1u << 8,  1u << 9,  1u << 10, 1u << 11, 1u << 12, 1u << 13, 1u << 14, 1u << 15,
    1u << 16, 1u << 17, 1u << 18, 1u << 19, 1u << 20, 1u << 21, 1u << 22, 1u << 23,
    1u << 24, 1u << 25, 1u << 26, 1u << 27, 1u << 28, 1u << 29, 1u << 30, 1u << 31,
};

int64_t km_block_width(void) { return BLOCK_WIDTH; }

ALWAYS_INLINE int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

ALWAYS_INLINE double sum_of_lanes(double *lane) {
  for (int width = LANES / 2; width > 0; width /= 2)
    for (int j = 0; j < width; ++j) lane[j] += lane[j + width];
  return lane[0];
}

ALWAYS_INLINE double smallest(const double *values, int64_t count) {
  double lane[FEW_LANES];
  for (int j = 0; j < FEW_LANES; ++j) lane[j] = INFINITY;
  int64_t at = 0;
  for (; at + FEW_LANES <= count; at += FEW_LANES)
    for (int j = 0; j < FEW_LANES; ++j)
      lane[j] = values[at + j] < lane[j] ? values[at + j] : lane[j];
  for (; at < count; ++at) lane[0] = values[at] < lane[0] ? values[at] : lane[0];
  for (int j = 1; j < FEW_LANES; ++j) lane[0] = lane[j] < lane[0] ? lane[j] : lane[0];
  return lane[0];
}

ALWAYS_INLINE int32_t first_of(const double *values, int32_t count, double wanted) {
  int32_t at = 0;
  while (at < count - 1 && values[at] != wanted) ++at;
  return at;
}

/* Bit j is set where numbers[j] or others[j] is i, for CHUNK of them. */
ALWAYS_INLINE uint64_t either_is(const int32_t *numbers, const int32_t *others, int32_t i) {
  uint32_t low = 0, high = 0;
  for (int j = 0; j < CHUNK / 2; ++j)
    low |= ((numbers[j] == i) | (others[j] == i)) ? bit_u32[j] : 0;
  for (int j = 0; j < CHUNK / 2; ++j)
    high |= ((numbers[j + CHUNK / 2] == i) | (others[j + CHUNK / 2] == i)) ? bit_u32[j] : 0;
  return (uint64_t)high << CHUNK / 2 | low;
}

#define REAL float
#define BITS uint32_t
#define BIT bit_u32
#define NAME(stem) stem##_f32
#include "k_medoids_impl.inc"
#undef REAL
#undef BITS
#undef BIT
#undef NAME

#define REAL double
#define BITS uint64_t
#define BIT bit_u64
#define NAME(stem) stem##_f64
#include "k_medoids_impl.inc"
