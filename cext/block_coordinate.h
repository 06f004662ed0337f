/* Block coordinate descent: columns and blocks, sweeps, greedy steps, forests in graphs.
 *
 * Sparse matrices are stored by columns: column j holds values[t] in the rows indices[t] for
 * starts[j] <= t < starts[j + 1], rows ascending, none twice. A symmetric matrix is its own
 * transpose, so the same arrays are its rows. Dense ones are given transposed: column j of A is
 * columns[j * m .. j * m + m - 1]. All numbers are double; all arrays are the caller's.
 *
 * The objective is f(x) + l1 |x|_1, with x >= 0 where nonnegative is 1. The step of one coordinate
 * minimises the model g d + c d^2 / 2 + l1 (|x + d| - |x|) over the allowed d; the progress is the
 * model's least value, negated. Coordinates with c = 0 (empty columns) are left alone.
 *
 * Sources: Nutini, Laradji and Schmidt 2022 (greedy rules, forests as blocks); Tarjan 1975 (sets
 * of trees); Rue 2005 (elimination of leaves).
 */
#ifndef BLOCK_COORDINATE_H
#define BLOCK_COORDINATE_H

#include <stdint.h>

/* out += sum over t < count of steps[t] * column block[t]. */
void bc_add_columns(const double *values, const int32_t *indices, const int64_t *starts,
                    const int64_t *block, const double *steps, int64_t count, double *out);

/* out[t] = column block[t] . vector. */
void bc_dot_columns(const double *values, const int32_t *indices, const int64_t *starts,
                    const double *vector, const int64_t *block, int64_t count, double *out);

/* One coordinate step for each of order[0 .. count - 1]. Of squares (logistic = 0), state is the
 * residual A x - target and f = |state|^2 / 2 + l2 |x|^2 / 2; of a logistic loss state is A x, f =
 * sum log(1 + exp(-target state)) + l2 |x|^2 / 2. curvature[j] bounds the second derivative. x and
 * state are brought up to date. Returns the largest |d| * curvature. */
double bc_sweep_dense(const double *columns, int64_t m, int logistic, const double *target,
                      const double *curvature, double l1, double l2, int nonnegative,
                      const int64_t *order, int64_t count, double *x, double *state);
double bc_sweep_sparse(const double *values, const int32_t *indices, const int64_t *starts,
                       int logistic, const double *target, const double *curvature, double l1,
                       double l2, int nonnegative, const int64_t *order, int64_t count, double *x,
                       double *state);

/* The coordinates order[0] and order[1], order[2] and order[3], ... by pairs: each passes to its
 * partner what lowers |A x - target|^2 most, with both kept from falling below 0. state is the
 * residual. A coordinate without a partner, or that is its own, stays. Returns the largest
 * |d| * |difference of the columns|^2. */
double bc_sweep_pairs(const double *columns, int64_t m, const int64_t *order, int64_t count,
                      double *x, double *state);

/* Greedy descent on a quadratic with Hessian H (n x n): `steps` times, the coordinate of the
 * largest progress under the model with c = scale[j] (the first of equals) takes the step of the
 * model with c = curvature[j] = H[j, j]. gradient is brought up to date. Ends when the step's
 * |d| * curvature is at most tol; returns the number of steps taken. */
int64_t bc_greedy_dense(const double *hessian, int64_t n, const double *curvature,
                        const double *scale, double l1, int nonnegative, int64_t steps, double tol,
                        double *x, double *gradient);
int64_t bc_greedy_sparse(const double *values, const int32_t *indices, const int64_t *starts,
                         int64_t n, const double *curvature, const double *scale, double l1,
                         int nonnegative, int64_t steps, double tol, double *x, double *gradient);

/* Greedy exchange on the simplex for a quadratic: `steps` times, the coordinate of the least
 * gradient takes what brings most progress from one of the positive coordinates. Ends when the
 * difference of the two gradients is at most tol; returns the number of steps taken. */
int64_t bc_exchange(const double *hessian, int64_t n, int64_t steps, double tol, double *x,
                    double *gradient);

/* Go through order[0 .. count - 1] and keep every node whose kept neighbours lie in different
 * trees. tree and mark are workspaces of n. Writes the kept nodes to members, in the order of
 * arrival; returns their number. */
int64_t bc_greedy_forest(const int32_t *indices, const int64_t *starts, int64_t n,
                         const int64_t *order, int64_t count, int64_t *tree, int64_t *mark,
                         int64_t *members);

/* Greedy colouring in the given order of all n nodes: the least colour that no neighbour has.
 * taken is a workspace of n + 1. Returns the number of colours. */
int64_t bc_colour(const int32_t *indices, const int64_t *starts, int64_t n, const int64_t *order,
                  int64_t *colour, int64_t *taken);

/* Solve H_bb out = rhs where the graph of H_bb is a forest, by eliminating leaves, O(edges of b).
 * H is symmetric with its diagonal stored. place (n entries, all -1) is restored; work_int and
 * work_real are workspaces of 3 * count and 2 * count. A pivot that is rounding alone makes its
 * entry 0. Returns the number of nodes eliminated: fewer than count where there is a cycle. */
int64_t bc_forest_solve(const double *values, const int32_t *indices, const int64_t *starts,
                        const int64_t *block, int64_t count, const double *rhs, int64_t *place,
                        int64_t *work_int, double *work_real, double *out);

#endif
