/* Kernels of vector search.
 *
 * Values are computed for a block of rows and compared with the threshold all at once, so that
 * there is one branch a block, hardly ever taken. Sums run over LANES interleaved lanes, which are
 * added in pairs; there is no contraction: the same bits on every instruction set.
 */
#include "vector_search.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "portable.h"
#include "vector_search_common.h"

enum {
  BLOCK = 64,         /* rows valued before they are compared */
  ROWS = 8,           /* queries of a tile */
  PANEL = 32,         /* vectors of a tile; compilers keep loops this long as vectors */
  SHORT = 16,         /* entries sorted by insertion */
  AHEAD_BYTES = 4096, /* far enough ahead for memory to answer, near enough to stay cached */
};

#if defined(__clang__)
#define UNROLLED _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__)
#define UNROLLED _Pragma("GCC unroll 8")
#else
#define UNROLLED
#endif

#include "vector_search_reservoir.inc"

int64_t vs_room(int64_t k) { return 2 * k + BLOCK; }

/* ---------------------------------------------------------------- vectors */

#define NAME(stem) stem##_any
#include "vector_search_rows.inc"
#undef NAME

#ifdef VS_TARGETS
#pragma GCC push_options
#pragma GCC target("avx2")
#define NAME(stem) stem##_avx2
#include "vector_search_rows.inc"
#undef NAME
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("avx512f")
#define NAME(stem) stem##_avx512
#define VS_WIDE
#include "vector_search_rows.inc"
#undef VS_WIDE
#undef NAME
#pragma GCC pop_options
#endif

int64_t vs_scan(const float *vectors, int64_t d, const float *query, int32_t metric,
                const int64_t *bounds, int64_t pieces, int64_t k, uint64_t *room, float *values,
                int32_t *ids) {
  return VS_FASTEST(scan)(vectors, d, query, metric, bounds, pieces, k, room, values, ids);
}

int64_t vs_listed(const float *vectors, int64_t d, const float *query, int32_t metric,
                  const int32_t *list, int64_t count, int64_t k, uint64_t *room, float *values,
                  int32_t *ids) {
  return VS_FASTEST(listed)(vectors, d, query, metric, list, count, k, room, values, ids);
}

/* ---------------------------------------------------------------- many queries */

ALWAYS_INLINE int64_t groups_of(int64_t many) { return (many + ROWS - 1) / ROWS; }

int64_t vs_many_work(int64_t d, int64_t many) {
  return d * PANEL + groups_of(many) * ROWS * d + LINE / (int64_t)sizeof(float);
}

/* sums[i][j] = the inner product of query i and vector j, both given by dimension. */
ALWAYS_INLINE void tile(const float *queries, const float *panel, int64_t d,
                        float sums[ROWS][PANEL]) {
  float in_registers[ROWS][PANEL];
  for (int i = 0; i < ROWS; ++i)
    for (int j = 0; j < PANEL; ++j) in_registers[i][j] = 0;
  for (int64_t at = 0; at < d; ++at, queries += ROWS, panel += PANEL) {
    UNROLLED
    for (int i = 0; i < ROWS; ++i)
      for (int j = 0; j < PANEL; ++j) in_registers[i][j] += queries[i] * panel[j];
  }
  for (int i = 0; i < ROWS; ++i)
    for (int j = 0; j < PANEL; ++j) sums[i][j] = in_registers[i][j];
}

SIMD_CLONES
void vs_many(const float *vectors, int64_t n, int64_t d, const float *bias, const float *queries,
             int64_t many, float factor, int64_t k, uint64_t *room, float *work, float *values,
             int32_t *ids, int64_t *found) {
  uintptr_t beyond = (uintptr_t)work % LINE;
  float *panel = work + (beyond ? LINE - beyond : 0) / sizeof(float);
  float *turned = panel + d * PANEL;
  for (int64_t g = 0; g < groups_of(many); ++g)
    for (int64_t i = 0; i < ROWS; ++i) {
      int64_t q = g * ROWS + i;
      for (int64_t at = 0; at < d; ++at)
        turned[(g * d + at) * ROWS + i] = q < many ? factor * queries[q * d + at] : 0;
    }
  /* Between panels a reservoir is its number of entries and its threshold alone: the first in
   * `found`, the other one, until the end, where the first value goes. */
  for (int64_t q = 0; q < many; ++q) {
    found[q] = 0;
    if (k > 0) values[q * k] = INFINITY;
  }
  if (k <= 0) return;
  for (int64_t from = 0; from < n; from += PANEL) {
    int64_t count = least(PANEL, n - from);
    float biases[PANEL];
    for (int64_t j = 0; j < PANEL; ++j) {
      biases[j] = j < count ? bias[from + j] : INFINITY;
      const float *row = vectors + (from + least(j, count - 1)) * d;
      for (int64_t at = 0; at < d; ++at) panel[at * PANEL + j] = row[at];
    }
    for (int64_t g = 0; g < groups_of(many); ++g) {
      float sums[ROWS][PANEL];
      tile(turned + g * d * ROWS, panel, d, sums);
      for (int64_t i = 0; i < least(ROWS, many - g * ROWS); ++i) {
        int64_t q = g * ROWS + i;
        float below = values[q * k];
        int some = 0;
        for (int j = 0; j < PANEL; ++j) {
          sums[i][j] += biases[j];
          some |= sums[i][j] < below;
        }
        if (!some) continue;
        reservoir r = {room + q * vs_room(k), k, found[q], below};
        enter(&r, sums[i], count, from, NULL);
        found[q] = r.count;
        values[q * k] = r.below;
      }
    }
  }
  for (int64_t q = 0; q < many; ++q) {
    reservoir r = {room + q * vs_room(k), k, found[q], values[q * k]};
    found[q] = finish(&r, values + q * k, ids + q * k);
  }
}

/* ---------------------------------------------------------------- codes */

#include "vector_search_codes.inc"
