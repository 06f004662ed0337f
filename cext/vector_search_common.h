/* What the searches among vectors share: entries that rank rows, and sums in a register or two. */
#ifndef VECTOR_SEARCH_COMMON_H
#define VECTOR_SEARCH_COMMON_H

#include <stdint.h>
#include <string.h>

#include "portable.h"

enum {
  LANES = 16, /* interleaved sums of a distance */
  LINE = 64,  /* bytes that memory hands over at once */
};

ALWAYS_INLINE int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* A whole number that grows with the value, and with the row where values are equal. */
ALWAYS_INLINE uint64_t entry_of(float value, int64_t row) {
  uint32_t bits;
  value += 0.0f; /* -0 is 0 */
  memcpy(&bits, &value, sizeof bits);
  bits ^= (uint32_t)-(int32_t)(bits >> 31) | 0x80000000u;
  return (uint64_t)bits << 32 | (uint32_t)row;
}

ALWAYS_INLINE float value_of(uint64_t entry) {
  uint32_t bits = (uint32_t)(entry >> 32);
  bits ^= (bits >> 31) ? 0x80000000u : 0xffffffffu;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* Sums in registers; compilers would keep an array of them in memory. */
#if defined(__GNUC__)
typedef float eight __attribute__((vector_size(32)));
typedef float sixteen __attribute__((vector_size(64)));
#endif

/* Clones would not do for them: GCC takes vectors apart for the instruction set of the function
 * that they are written in, before it makes any clones of that. So vector_search_values.inc is
 * included once for each set, and this chooses. */
#if defined(HAS_TARGET_CLONES) && !defined(__clang__)
#define VS_TARGETS 1
#define VS_FASTEST(stem)                             \
  (__builtin_cpu_supports("avx512f") ? stem##_avx512 \
   : __builtin_cpu_supports("avx2")  ? stem##_avx2   \
                                     : stem##_any)
#else
#define VS_FASTEST(stem) stem##_any
#endif

#endif
