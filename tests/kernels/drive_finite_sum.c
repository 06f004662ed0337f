/* Calls every kernel of finite sums on small data, for sanitizers to watch and for comparing
 * instruction sets: prints a digest of all that they computed. Every array has the exact length
 * that the header asks for, so that a step beyond its end is seen. Compiled once for each type of
 * entries like every driver, though it has one only.
 *
 * The exit code is 1 where dense and sparse rows, or two ways to compute the same, differ by more
 * than rounding.
 */
#include <math.h>

#include "finite_sum.h"

#include "driving.h"

static double number(void) { return (double)(draw(2001) - 1000) / 700; }

static double *numbers(int64_t count) {
  double *values = room(count, sizeof *values);
  for (int64_t i = 0; i < count; ++i) values[i] = number();
  return values;
}

static int close_to(const double *a, const double *b, int64_t count) {
  for (int64_t i = 0; i < count; ++i)
    if (!(fabs(a[i] - b[i]) <= 1e-9 * (1 + fabs(a[i])))) return 0;
  return 1;
}

static void try_one(int64_t n, int64_t d, int64_t m, double size) {
  double *x = numbers(n * d), *y = numbers(n), *w = numbers(d), *v = numbers(d);
  int64_t *indices = room(m, sizeof *indices), *starts = room(n + 1, sizeof *starts), entries = 0;
  for (int64_t i = 0; i < n; ++i) y[i] = y[i] < 0 ? -1 : 1;
  for (int64_t k = 0; k < d; ++k) w[k] *= size;
  for (int64_t e = 0; e < n * d; ++e) {
    if (draw(3)) x[e] = 0;
    entries += x[e] != 0;
  }
  double *values = room(entries, sizeof *values);
  int32_t *columns = room(entries, sizeof *columns);
  entries = 0;
  for (int64_t i = 0; i < n; ++i) {
    starts[i] = entries;
    for (int64_t k = 0; k < d; ++k)
      if (x[i * d + k] != 0) {
        values[entries] = x[i * d + k];
        columns[entries++] = (int32_t)k;
      }
  }
  starts[n] = entries;
  for (int64_t j = 0; j < m; ++j) indices[j] = draw(n);

  double *dense = numbers(d), *sparse = numbers(d), *old = numbers(m),
         *older = room(m, sizeof *old);
  double third[2], *margins = numbers(n), *others = numbers(n);
  double scale = 1.0 / (double)(m + 1);
  int64_t bytes = d * (int64_t)sizeof *dense;

  CHECK(fs_gradient_dense(x, y, n, d, w, indices, m, scale, 0.5, dense) == -1, "refused", n, d, m);
  fs_gradient_sparse(values, columns, starts, y, n, d, w, indices, m, scale, 0.5, sparse);
  CHECK(close_to(dense, sparse, d), "gradients differ", n, d, m);
  add(dense, bytes), add(sparse, bytes);

  memcpy(older, old, (size_t)m * sizeof *old);
  fs_change_dense(x, y, n, d, w, indices, m, old, dense);
  fs_change_sparse(values, columns, starts, y, n, d, w, indices, m, older, sparse);
  CHECK(close_to(dense, sparse, d) && close_to(old, older, m), "changes differ", n, d, m);
  add(dense, bytes), add(sparse, bytes);

  fs_curvature_dense(x, n, d, w, v, indices, m, scale, 0.5, dense, third);
  fs_curvature_sparse(values, columns, starts, n, d, w, v, indices, m, scale, 0.5, sparse,
                      third + 1);
  CHECK(close_to(dense, sparse, d) && close_to(third, third + 1, 1), "curvatures differ", n, d, m);
  add(dense, bytes), add(sparse, bytes), add(third, (int64_t)sizeof third);

  fs_all_dense(x, y, n, d, w, scale, 0.5, margins, dense);
  fs_all_sparse(values, columns, starts, y, n, d, w, scale, 0.5, others, sparse);
  CHECK(close_to(dense, sparse, d) && close_to(margins, others, n), "full sums differ", n, d, m);
  add(dense, bytes), add(sparse, bytes);

  if (m) {
    indices[m - 1] = draw(2) ? n : -1;
    CHECK(fs_gradient_dense(x, y, n, d, w, indices, m, scale, 0.5, dense) == m - 1, "accepted", n,
          d, m);
  }
  fs_not_above(x, n, d, w, others, dense);
  for (int64_t i = 0; i < n; ++i) CHECK(others[i] == y[i] * margins[i], "margins differ", n, d, m);
  add(dense, bytes);
  int64_t first = draw(n), run = fs_positive_run(x, n, d, w, first, n);
  for (int64_t i = 0; i < run; ++i) CHECK(others[(first + i) % n] > 0, "a run too long", n, d, m);
  add(&run, (int64_t)sizeof run);

  free(x), free(y), free(w), free(v), free(indices), free(starts), free(values), free(columns);
  free(dense), free(sparse), free(old), free(older), free(margins), free(others);
}

int main(void) {
  int64_t lengths[] = {1, 2, 7, 8, 9, 16, 17, 65};
  for (size_t t = 0; t < sizeof lengths / sizeof *lengths; ++t)
    for (int64_t m = 0; m < 12; ++m) {
      try_one(1 + draw(20), lengths[t], m, 1);
      try_one(1 + draw(20), lengths[t], m, 1e6);
    }
  return done();
}
