/* Newton-Schulz: an odd polynomial applied again and again to the singular values of a matrix.
 *
 * A wide or square matrix X = U S V^T becomes a X + (b P + c P P) X with P = X X^T, which is
 * U (a S + b S^3 + c S^5) V^T, so that singular vectors stay and no decomposition is needed. With
 * coefficients that draw all singular values towards 1 it tends to the polar factor U V^T. A tall
 * matrix is worked on as its transpose.
 *
 * Before the first step X is divided by its Frobenius norm + epsilon, which puts its singular
 * values into [0, 1]; the norm is computed in double and neither overflows nor underflows. One NaN
 * or infinity makes all entries NaN.
 *
 * With s = min(rows, cols) and l = max(rows, cols) a step takes 4 s^2 l + 2 s^3 operations, about
 * s^2 l + s^3 fewer where symmetry saves them, and reads nothing but the workspace.
 *
 * Sources: Bjorck and Bowie 1971, Kovarik 1970 (the cubic); Jordan et al. 2024 (the quintic of
 * Muon).
 */
#ifndef NEWTON_SCHULZ_H
#define NEWTON_SCHULZ_H

#include <stdint.h>

/* How many entries the workspace needs. */
int64_t ns_workspace_f32(int64_t rows, int64_t cols);
int64_t ns_workspace_f64(int64_t rows, int64_t cols);

/* out = the matrix g (rows x cols, row-major) after `steps` steps; coefficients = {a, b, c} of each
 * step in turn, 3 * steps of them. Neither size need be above 0; out may be g itself. */
void ns_iterate_f32(const float *g, int64_t rows, int64_t cols, int64_t steps,
                    const double *coefficients, double epsilon, float *workspace, float *out);
void ns_iterate_f64(const double *g, int64_t rows, int64_t cols, int64_t steps,
                    const double *coefficients, double epsilon, double *workspace, double *out);

#endif
