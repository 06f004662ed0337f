/* Finite sums of logistic losses: a row is read for its product with w, and again, from the nearest
 * cache, where it is added to the sum. Random rows of large data come from memory, some hundred
 * nanoseconds each, so those to come are asked for ahead.
 */
#include "finite_sum.h"

#include <math.h>

#include "portable.h"

enum {
  LANES = 8,        /* interleaved sums of a product */
  FEW = 4,          /* the same for sparse rows, which are short */
  AHEAD = 4,        /* rows asked for ahead */
  MOST_AHEAD = 512, /* bytes of each; the processor itself notices longer ones */
};

/* Rows of either kind; the other one's pointers are not used. */
typedef struct {
  const double *entries; /* dense: n * d; sparse: the values */
  const int32_t *columns;
  const int64_t *starts;
  int64_t d;
} rows;

ALWAYS_INLINE double product_dense(const rows *x, int64_t i, const double *w) {
  const double *row = x->entries + i * x->d;
  double lane[LANES] = {0};
  int64_t k = 0;
  for (; k + LANES <= x->d; k += LANES)
    for (int j = 0; j < LANES; ++j) lane[j] += row[k + j] * w[k + j];
  for (; k < x->d; ++k) lane[0] += row[k] * w[k];
  return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

ALWAYS_INLINE double product_sparse(const rows *x, int64_t i, const double *w) {
  double lane[FEW] = {0};
  int64_t e = x->starts[i], end = x->starts[i + 1];
  for (; e + FEW <= end; e += FEW)
    for (int j = 0; j < FEW; ++j) lane[j] += x->entries[e + j] * w[x->columns[e + j]];
  for (; e < end; ++e) lane[0] += x->entries[e] * w[x->columns[e]];
  return (lane[0] + lane[2]) + (lane[1] + lane[3]);
}

ALWAYS_INLINE void add_dense(const rows *x, int64_t i, double factor, double *restrict sum) {
  const double *restrict row = x->entries + i * x->d;
  for (int64_t k = 0; k < x->d; ++k) sum[k] += factor * row[k];
}

ALWAYS_INLINE void add_sparse(const rows *x, int64_t i, double factor, double *restrict sum) {
  for (int64_t e = x->starts[i]; e < x->starts[i + 1]; ++e)
    sum[x->columns[e]] += factor * x->entries[e];
}

ALWAYS_INLINE double product(const rows *x, int64_t i, const double *w) {
  return x->starts ? product_sparse(x, i, w) : product_dense(x, i, w);
}

ALWAYS_INLINE void add(const rows *x, int64_t i, double factor, double *sum) {
  if (x->starts)
    add_sparse(x, i, factor, sum);
  else
    add_dense(x, i, factor, sum);
}

ALWAYS_INLINE void ask_for(const rows *x, const int64_t *indices, int64_t m, int64_t j) {
  if (j + AHEAD >= m) return;
  int64_t i = indices[j + AHEAD];
  int64_t from = x->starts ? x->starts[i] : i * x->d;
  int64_t entries = x->starts ? x->starts[i + 1] - from : x->d;
  int64_t bytes = entries * (int64_t)sizeof(double);
  prefetch(x->entries + from, 0, (int)(bytes < MOST_AHEAD ? bytes : MOST_AHEAD));
  if (x->starts) prefetch(x->columns + from, 0, (int)(bytes < MOST_AHEAD ? bytes : MOST_AHEAD) / 2);
}

ALWAYS_INLINE double slope(double y, double t) { return -y / (1.0 + exp(y * t)); }

ALWAYS_INLINE int64_t first_outside(const int64_t *indices, int64_t m, int64_t n) {
  for (int64_t j = 0; j < m; ++j)
    if (indices[j] < 0 || indices[j] >= n) return j;
  return -1;
}

ALWAYS_INLINE void clear(double *sum, int64_t d) {
  for (int64_t k = 0; k < d; ++k) sum[k] = 0;
}

ALWAYS_INLINE void finish(double *restrict sum, int64_t d, double scale, double l2,
                          const double *restrict w) {
  for (int64_t k = 0; k < d; ++k) sum[k] = scale * sum[k] + l2 * w[k];
}

ALWAYS_INLINE int64_t gradient_of(const rows *x, const double *y, int64_t n, const double *w,
                                  const int64_t *indices, int64_t m, double scale, double l2,
                                  double *gradient) {
  int64_t outside = first_outside(indices, m, n);
  if (outside >= 0) return outside;
  clear(gradient, x->d);
  for (int64_t j = 0; j < m; ++j) {
    ask_for(x, indices, m, j);
    add(x, indices[j], slope(y[indices[j]], product(x, indices[j], w)), gradient);
  }
  finish(gradient, x->d, scale, l2, w);
  return -1;
}

ALWAYS_INLINE int64_t change_of(const rows *x, const double *y, int64_t n, const double *w,
                                const int64_t *indices, int64_t m, double *slopes, double *change) {
  int64_t outside = first_outside(indices, m, n);
  if (outside >= 0) return outside;
  clear(change, x->d);
  for (int64_t j = 0; j < m; ++j) {
    ask_for(x, indices, m, j);
    double now = slope(y[indices[j]], product(x, indices[j], w));
    add(x, indices[j], now - slopes[j], change);
    slopes[j] = now;
  }
  return -1;
}

ALWAYS_INLINE int64_t curvature_of(const rows *x, int64_t n, const double *w, const double *v,
                                   const int64_t *indices, int64_t m, double scale, double l2,
                                   double *along, double *third) {
  int64_t outside = first_outside(indices, m, n);
  if (outside >= 0) return outside;
  clear(along, x->d);
  double cubes = 0;
  for (int64_t j = 0; j < m; ++j) {
    ask_for(x, indices, m, j);
    double t = product(x, indices[j], w), u = product(x, indices[j], v);
    double e = exp(-fabs(t)), small = e / (1.0 + e); /* the smaller of s and 1 - s */
    double h = small / (1.0 + e);
    double skew = t < 0 ? 1.0 - 2.0 * small : 2.0 * small - 1.0;
    add(x, indices[j], h * u, along);
    cubes += h * skew * u * u * u;
  }
  finish(along, x->d, scale, l2, v);
  third[0] = scale * cubes;
  return -1;
}

ALWAYS_INLINE void all_of(const rows *x, const double *y, int64_t n, const double *w, double scale,
                          double l2, double *margins, double *gradient) {
  clear(gradient, x->d);
  for (int64_t i = 0; i < n; ++i) {
    margins[i] = y[i] * product(x, i, w);
    add(x, i, -y[i] / (1.0 + exp(margins[i])), gradient);
  }
  finish(gradient, x->d, scale, l2, w);
}

SIMD_CLONES
int64_t fs_gradient_dense(const double *x, const double *y, int64_t n, int64_t d, const double *w,
                          const int64_t *indices, int64_t m, double scale, double l2,
                          double *gradient) {
  rows dense = {x, 0, 0, d};
  return gradient_of(&dense, y, n, w, indices, m, scale, l2, gradient);
}

SIMD_CLONES
int64_t fs_gradient_sparse(const double *values, const int32_t *columns, const int64_t *starts,
                           const double *y, int64_t n, int64_t d, const double *w,
                           const int64_t *indices, int64_t m, double scale, double l2,
                           double *gradient) {
  rows sparse = {values, columns, starts, d};
  return gradient_of(&sparse, y, n, w, indices, m, scale, l2, gradient);
}

SIMD_CLONES
int64_t fs_change_dense(const double *x, const double *y, int64_t n, int64_t d, const double *w,
                        const int64_t *indices, int64_t m, double *slopes, double *change) {
  rows dense = {x, 0, 0, d};
  return change_of(&dense, y, n, w, indices, m, slopes, change);
}

SIMD_CLONES
int64_t fs_change_sparse(const double *values, const int32_t *columns, const int64_t *starts,
                         const double *y, int64_t n, int64_t d, const double *w,
                         const int64_t *indices, int64_t m, double *slopes, double *change) {
  rows sparse = {values, columns, starts, d};
  return change_of(&sparse, y, n, w, indices, m, slopes, change);
}

SIMD_CLONES
int64_t fs_curvature_dense(const double *x, int64_t n, int64_t d, const double *w, const double *v,
                           const int64_t *indices, int64_t m, double scale, double l2,
                           double *along, double *third) {
  rows dense = {x, 0, 0, d};
  return curvature_of(&dense, n, w, v, indices, m, scale, l2, along, third);
}

SIMD_CLONES
int64_t fs_curvature_sparse(const double *values, const int32_t *columns, const int64_t *starts,
                            int64_t n, int64_t d, const double *w, const double *v,
                            const int64_t *indices, int64_t m, double scale, double l2,
                            double *along, double *third) {
  rows sparse = {values, columns, starts, d};
  return curvature_of(&sparse, n, w, v, indices, m, scale, l2, along, third);
}

SIMD_CLONES
void fs_all_dense(const double *x, const double *y, int64_t n, int64_t d, const double *w,
                  double scale, double l2, double *margins, double *gradient) {
  rows dense = {x, 0, 0, d};
  all_of(&dense, y, n, w, scale, l2, margins, gradient);
}

SIMD_CLONES
void fs_all_sparse(const double *values, const int32_t *columns, const int64_t *starts,
                   const double *y, int64_t n, int64_t d, const double *w, double scale, double l2,
                   double *margins, double *gradient) {
  rows sparse = {values, columns, starts, d};
  all_of(&sparse, y, n, w, scale, l2, margins, gradient);
}

SIMD_CLONES
void fs_not_above(const double *x, int64_t n, int64_t d, const double *w, double *margins,
                  double *sum) {
  rows dense = {x, 0, 0, d};
  clear(sum, d);
  for (int64_t i = 0; i < n; ++i) {
    margins[i] = product_dense(&dense, i, w);
    if (!(margins[i] > 0)) add_dense(&dense, i, 1, sum);
  }
}

SIMD_CLONES
int64_t fs_positive_run(const double *x, int64_t n, int64_t d, const double *w, int64_t from,
                        int64_t most) {
  rows dense = {x, 0, 0, d};
  int64_t i = from;
  for (int64_t seen = 0; seen < most; ++seen) {
    if (!(product_dense(&dense, i, w) > 0)) return seen;
    if (++i == n) i = 0;
  }
  return most;
}
