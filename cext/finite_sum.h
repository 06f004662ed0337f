/* Finite sums of logistic losses: sums over chosen rows, each row read once.
 *
 * Row i of the data is x_i of length d, its label y_i is -1 or +1, and its loss at w is
 * log(1 + exp(-y_i t)) with t = x_i . w. The slope of a row is the derivative of its loss by t,
 * -y_i / (1 + exp(y_i t)), so that its gradient is slope * x_i; with s = 1 / (1 + exp(-t)) the
 * second derivative is h = s (1 - s) and the third h (1 - 2 s), whatever the label.
 *
 * Rows are dense, x[i * d + k], or sparse (CSR): row i has the entries values[e] in the columns
 * columns[e] for starts[i] <= e < starts[i + 1]; columns lie in 0..d-1, ascending within a row, and
 * starts has n + 1 entries. indices[m] name rows, also twice; where one is outside of 0..n-1 the
 * functions that take them return its position, without having written anything, else -1.
 *
 * Each sum over rows is in the order of the indices, each product x_i . w in LANES interleaved
 * sums: the same bits for every instruction set. Nothing overflows: a huge |t| gives a slope of
 * 0 or -y_i. Not finite entries of w go on into what is computed from them.
 */
#ifndef FINITE_SUM_H
#define FINITE_SUM_H

#include <stdint.h>

/* gradient[d] = scale * (sum over the indices of the rows' gradients) + l2 * w. */
int64_t fs_gradient_dense(const double *x, const double *y, int64_t n, int64_t d, const double *w,
                          const int64_t *indices, int64_t m, double scale, double l2,
                          double *gradient);
int64_t fs_gradient_sparse(const double *values, const int32_t *columns, const int64_t *starts,
                           const double *y, int64_t n, int64_t d, const double *w,
                           const int64_t *indices, int64_t m, double scale, double l2,
                           double *gradient);

/* slopes[m] holds older slopes of those rows: change[d] = sum of (slope - older slope) x_i, and the
 * slopes take the place of the older ones. */
int64_t fs_change_dense(const double *x, const double *y, int64_t n, int64_t d, const double *w,
                        const int64_t *indices, int64_t m, double *slopes, double *change);
int64_t fs_change_sparse(const double *values, const int32_t *columns, const int64_t *starts,
                         const double *y, int64_t n, int64_t d, const double *w,
                         const int64_t *indices, int64_t m, double *slopes, double *change);

/* With u = x_i . v: along[d] = scale * (sum of h u x_i) + l2 * v, the Hessian times v, and
 * third[1] = scale * (sum of h (1 - 2 s) u^3), the third derivative in the direction v. */
int64_t fs_curvature_dense(const double *x, int64_t n, int64_t d, const double *w, const double *v,
                           const int64_t *indices, int64_t m, double scale, double l2,
                           double *along, double *third);
int64_t fs_curvature_sparse(const double *values, const int32_t *columns, const int64_t *starts,
                            int64_t n, int64_t d, const double *w, const double *v,
                            const int64_t *indices, int64_t m, double scale, double l2,
                            double *along, double *third);

/* All n rows in one go: margins[n] = y_i t, and gradient[d] as above. */
void fs_all_dense(const double *x, const double *y, int64_t n, int64_t d, const double *w,
                  double scale, double l2, double *margins, double *gradient);
void fs_all_sparse(const double *values, const int32_t *columns, const int64_t *starts,
                   const double *y, int64_t n, int64_t d, const double *w, double scale, double l2,
                   double *margins, double *gradient);

/* margins[n] = x_i . w, and sum[d] of the rows whose margin is not above 0 (also NaN). */
void fs_not_above(const double *x, int64_t n, int64_t d, const double *w, double *margins,
                  double *sum);

/* Looks at the rows from, from + 1, ..., n - 1, 0, 1, ... for one with x_i . w <= 0 (or NaN), at
 * `most` rows at most: returns how many before it are above 0, `most` where all are.
 * 0 <= from < n. */
int64_t fs_positive_run(const double *x, int64_t n, int64_t d, const double *w, int64_t from,
                        int64_t most);

#endif
