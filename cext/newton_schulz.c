/* Newton-Schulz kernels: what does not depend on the type of the entries. The rest is in
 * newton_schulz_impl.inc, compiled once for float and once for double.
 *
 * All products go through one tile of ROWS x LANES sums that stay in registers, whose operands lie
 * in the order in which they are read. Y, the matrix as tall, is kept in panels of LANES columns,
 * each of them row by row, so that Y^T Y needs no transpose: both of its operands are rows of Y.
 * The square matrices are kept the same way; of these, which are symmetric, only the tiles from the
 * diagonal panel on are computed, and written twice. For Y Q groups of rows are first copied, ROWS
 * next to each other, to where a whole group serves a panel of Q that is in the cache.
 *
 * Every sum runs over the common index in its order, and there is no contraction: the same bits on
 * every instruction set.
 */
#include "newton_schulz.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "portable.h"

enum {
  ROWS = 8,     /* of a tile */
  LANES = 32,   /* columns of a tile; compilers keep loops this long as vectors */
  GROUP = 64,   /* rows copied at a time */
  SQUARES = 64, /* interleaved sums of squares */
  LINE = 64,    /* bytes; a vector that crosses a line of the cache is read twice */
};

/* The rows of a tile, one after the other in registers; without being told, GCC loops over them. */
#if defined(__clang__)
#define UNROLLED _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__)
#define UNROLLED _Pragma("GCC unroll 8")
#else
#define UNROLLED
#endif

/* Squares of entries outside of these bounds may have lost bits or overflowed. */
static const double LEAST_SUM = 0x1p-900, LARGEST_SUM = 0x1p1000;

ALWAYS_INLINE int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
ALWAYS_INLINE int64_t largest(int64_t a, int64_t b) { return a < b ? b : a; }
ALWAYS_INLINE int64_t padded(int64_t n, int64_t to) { return (n + to - 1) / to * to; }

#define REAL float
#define PLAN plan_f32
#define NAME(stem) stem##_f32
#include "newton_schulz_impl.inc"
#undef REAL
#undef PLAN
#undef NAME

#define REAL double
#define PLAN plan_f64
#define NAME(stem) stem##_f64
#include "newton_schulz_impl.inc"
