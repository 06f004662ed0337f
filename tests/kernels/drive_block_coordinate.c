/* Calls the kernels of block coordinate descent for sanitizers to watch, on buffers of exact
 * length; prints a digest. Compiled once for each type of entries like every driver, though it has
 * none.
 */
#include "block_coordinate.h"

#include "driving.h"

static double *reals(int64_t count) { return zeros(count, sizeof(double)); }
static int64_t *whole(int64_t count) { return zeros(count, sizeof(int64_t)); }

static void seen(const double *values, int64_t count) {
  add(values, count * (int64_t)sizeof *values);
}

static void dense(int64_t m, int64_t n, int logistic, double l1, int nonnegative) {
  double *columns = reals(m * n), *target = reals(m), *curvature = reals(n), *x = reals(n);
  double *residual = reals(m), *hessian = reals(n * n), *gradient = reals(n);
  int64_t *order = whole(2 * n);
  for (int64_t i = 0; i < m * n; ++i) columns[i] = uniform() - 0.5;
  for (int64_t i = 0; i < m; ++i) {
    target[i] = logistic ? (uniform() < 0.5 ? -1.0 : 1.0) : uniform();
    residual[i] = logistic ? 0.0 : -target[i];
  }
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < n; ++j)
      for (int64_t k = 0; k < m; ++k) hessian[i * n + j] += columns[i * m + k] * columns[j * m + k];
  for (int64_t i = 0; i < n; ++i) {
    curvature[i] = i == 3 ? 0.0 : hessian[i * n + i]; /* as if the column were empty */
    order[i] = order[2 * n - 1 - i] = i;
    for (int64_t k = 0; k < m; ++k) gradient[i] -= columns[i * m + k] * target[k];
  }
  double most = bc_sweep_dense(columns, m, logistic, target, curvature, l1, 0.5, nonnegative, order,
                               2 * n, x, residual);
  seen(&most, 1);
  seen(x, n);
  seen(residual, m);
  memset(x, 0, (size_t)n * sizeof *x);
  int64_t taken =
      bc_greedy_dense(hessian, n, curvature, curvature, l1, nonnegative, 40, 1e-9, x, gradient);
  CHECK(taken >= 0 && taken <= 40, "too many steps", m, n);
  seen(x, n);
  for (int64_t i = 0; i < n; ++i) x[i] = 1.0 / (double)n;
  bc_exchange(hessian, n, 40, 1e-9, x, gradient);
  seen(x, n);
  most = bc_sweep_pairs(columns, m, order, 2 * n - 1, x, residual);
  seen(&most, 1);
  seen(x, n);
  seen(residual, m);
  free(columns), free(target), free(curvature), free(x), free(residual), free(hessian);
  free(gradient), free(order);
}

/* A lattice of side x side nodes, its graph's Laplacian plus one. */
static void lattice(int64_t side) {
  int64_t n = side * side, entries = n + 4 * side * (side - 1), t = 0;
  double *values = reals(entries), *x = reals(n), *gradient = reals(n), *curvature = reals(n);
  double *right = reals(n), *out = reals(n), *target = reals(n), *residual = reals(n);
  int32_t *indices = room(entries, sizeof *indices);
  int64_t *starts = whole(n + 1), *order = whole(n), *tree = whole(n), *mark = whole(n);
  int64_t *members = whole(n), *place = whole(n), *colour = whole(n), *taken = whole(n + 1);
  for (int64_t i = 0; i < n; ++i) {
    int64_t near[5] = {i - side, i - 1, i, i + 1, i + side};
    int there[5] = {i >= side, i % side > 0, 1, i % side < side - 1, i < n - side};
    starts[i] = t;
    for (int a = 0; a < 5; ++a) {
      if (!there[a]) continue;
      indices[t] = (int32_t)near[a];
      curvature[i] += values[t++] = a == 2 ? 5.0 : -1.0;
    }
    starts[i + 1] = t;
    curvature[i] = 5.0;
    order[i] = n - 1 - i;
    gradient[i] = uniform() - 0.5;
    place[i] = -1;
  }
  CHECK(t == entries, "entries", side);
  int64_t kept = bc_greedy_forest(indices, starts, n, order, n, tree, mark, members);
  int64_t *work = whole(3 * kept);
  double *more = reals(2 * kept), *rhs = reals(kept), *found = reals(kept);
  for (int64_t b = 0; b < kept; ++b) rhs[b] = gradient[members[b]];
  CHECK(bc_forest_solve(values, indices, starts, members, kept, rhs, place, work, more, found) ==
            kept,
        "a forest is left unsolved", side);
  seen(found, kept);
  CHECK(bc_colour(indices, starts, n, order, colour, taken) == (side > 1 ? 2 : 1), "colours", side);
  work = realloc(work, (size_t)(3 * n) * sizeof *work);
  more = realloc(more, (size_t)(2 * n) * sizeof *more);
  if (!work || !more) exit(2);
  int64_t left = bc_forest_solve(values, indices, starts, order, n, right, place, work, more, out);
  CHECK(side == 1 || left != n, "the whole lattice has cycles", side);
  bc_greedy_sparse(values, indices, starts, n, curvature, curvature, 0.01, 1, 50, 1e-9, x,
                   gradient);
  seen(x, n);
  bc_dot_columns(values, indices, starts, x, order, n, right);
  bc_add_columns(values, indices, starts, order, right, n, gradient);
  bc_sweep_sparse(values, indices, starts, 0, target, curvature, 0.1, 0.2, 0, order, n, x,
                  residual);
  seen(gradient, n);
  seen(residual, n);
  free(values), free(x), free(gradient), free(curvature), free(right), free(out), free(target);
  free(residual), free(indices), free(starts), free(order), free(tree), free(mark), free(members);
  free(place), free(colour), free(taken), free(work), free(more), free(rhs), free(found);
}

int main(void) {
  int64_t rows[] = {0, 1, 15, 16, 33}, columns[] = {1, 2, 5, 40};
  for (size_t a = 0; a < sizeof rows / sizeof *rows; ++a)
    for (size_t b = 0; b < sizeof columns / sizeof *columns; ++b)
      for (int way = 0; way < 6; ++way)
        dense(rows[a], columns[b], way % 2, way / 2 == 1 ? 0.3 : 0.0, way / 2 == 2);
  for (int64_t side = 1; side < 9; ++side) lattice(side);
  return done();
}
