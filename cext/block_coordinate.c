/* Kernels of block coordinate descent.
 *
 * A step of one coordinate reads a column twice (a product, an update), so the columns are what
 * has to be contiguous. Sums of dense columns run in LANES interleaved sums, which is what makes
 * them SIMD without -ffast-math, and the same bits on every instruction set; sparse sums run in the
 * order of the rows. Greedy steps on a dense Hessian add a row to the gradient and score all
 * coordinates: both passes read 8 n bytes that lie in the second-level cache up to some ten
 * thousand coordinates.
 */
#include "block_coordinate.h"

#include <math.h>

#include "portable.h"

enum {
  LANES = 16, /* interleaved sums of a dense product */
};

static const double ROUNDING = 1e-13; /* share of a diagonal entry below which a pivot is noise */

ALWAYS_INLINE double least_model_step(double g, double x, double c, double l1, int nonnegative) {
  double to = x - g / c, shrink = l1 / c;
  if (nonnegative) {
    to -= shrink;
    to = to > 0.0 ? to : 0.0;
  } else if (l1 > 0.0) {
    to = to > shrink ? to - shrink : (to < -shrink ? to + shrink : 0.0);
  }
  return to - x;
}

ALWAYS_INLINE double progress(double g, double x, double c, double l1, int nonnegative) {
  if (!nonnegative && !(l1 > 0.0)) return g * g / (2.0 * c);
  double d = least_model_step(g, x, c, l1, nonnegative);
  return -(g * d + 0.5 * c * d * d + l1 * (fabs(x + d) - fabs(x)));
}

ALWAYS_INLINE double slope(int logistic, double state, double target) {
  if (!logistic) return state;
  return -target / (1.0 + exp(target * state)); /* exp may overflow to infinity: slope 0 */
}

ALWAYS_INLINE double sum_of(const double *lane) {
  double total = 0.0;
  for (int j = 0; j < LANES; ++j) total += lane[j];
  return total;
}

SIMD_CLONES NOT_INLINE double dot(const double *a, const double *b, int64_t m) {
  double lane[LANES] = {0.0};
  int64_t i = 0;
  for (; i + LANES <= m; i += LANES)
    for (int j = 0; j < LANES; ++j) lane[j] += a[i + j] * b[i + j];
  double rest = 0.0;
  for (; i < m; ++i) rest += a[i] * b[i];
  return sum_of(lane) + rest;
}

SIMD_CLONES NOT_INLINE void add(const double *a, double step, double *out, int64_t m) {
  for (int64_t i = 0; i < m; ++i) out[i] += step * a[i];
}

/* The slope of |state|^2 / 2 along a - b, and in bend |a - b|^2. */
SIMD_CLONES NOT_INLINE double apart(const double *a, const double *b, const double *state,
                                    int64_t m, double *bend) {
  double along[LANES] = {0.0}, square[LANES] = {0.0};
  int64_t i = 0;
  for (; i + LANES <= m; i += LANES)
    for (int j = 0; j < LANES; ++j) {
      double d = a[i + j] - b[i + j];
      along[j] += d * state[i + j];
      square[j] += d * d;
    }
  double rest = 0.0, rest_square = 0.0;
  for (; i < m; ++i) {
    double d = a[i] - b[i];
    rest += d * state[i];
    rest_square += d * d;
  }
  *bend = sum_of(square) + rest_square;
  return sum_of(along) + rest;
}

SIMD_CLONES NOT_INLINE void add_apart(const double *a, const double *b, double step, double *out,
                                      int64_t m) {
  for (int64_t i = 0; i < m; ++i) out[i] += step * (a[i] - b[i]);
}

void bc_add_columns(const double *values, const int32_t *indices, const int64_t *starts,
                    const int64_t *block, const double *steps, int64_t count, double *out) {
  for (int64_t b = 0; b < count; ++b) {
    double step = steps[b];
    for (int64_t t = starts[block[b]]; t < starts[block[b] + 1]; ++t)
      out[indices[t]] += step * values[t];
  }
}

void bc_dot_columns(const double *values, const int32_t *indices, const int64_t *starts,
                    const double *vector, const int64_t *block, int64_t count, double *out) {
  for (int64_t b = 0; b < count; ++b) {
    double total = 0.0;
    for (int64_t t = starts[block[b]]; t < starts[block[b] + 1]; ++t)
      total += vector[indices[t]] * values[t];
    out[b] = total;
  }
}

double bc_sweep_dense(const double *columns, int64_t m, int logistic, const double *target,
                      const double *curvature, double l1, double l2, int nonnegative,
                      const int64_t *order, int64_t count, double *x, double *state) {
  double largest = 0.0;
  for (int64_t b = 0; b < count; ++b) {
    int64_t j = order[b];
    if (!(curvature[j] > 0.0)) continue;
    const double *column = columns + j * m;
    double g = l2 * x[j];
    if (logistic) {
      for (int64_t i = 0; i < m; ++i) g += column[i] * slope(1, state[i], target[i]);
    } else {
      g += dot(column, state, m);
    }
    double d = least_model_step(g, x[j], curvature[j], l1, nonnegative);
    if (d != 0.0) {
      x[j] += d;
      add(column, d, state, m);
    }
    largest = fmax(largest, fabs(d) * curvature[j]);
  }
  return largest;
}

double bc_sweep_sparse(const double *values, const int32_t *indices, const int64_t *starts,
                       int logistic, const double *target, const double *curvature, double l1,
                       double l2, int nonnegative, const int64_t *order, int64_t count, double *x,
                       double *state) {
  double largest = 0.0;
  for (int64_t b = 0; b < count; ++b) {
    int64_t j = order[b];
    if (!(curvature[j] > 0.0)) continue;
    double g = l2 * x[j];
    for (int64_t t = starts[j]; t < starts[j + 1]; ++t)
      g += values[t] * slope(logistic, state[indices[t]], target[indices[t]]);
    double d = least_model_step(g, x[j], curvature[j], l1, nonnegative);
    if (d != 0.0) {
      x[j] += d;
      for (int64_t t = starts[j]; t < starts[j + 1]; ++t) state[indices[t]] += d * values[t];
    }
    largest = fmax(largest, fabs(d) * curvature[j]);
  }
  return largest;
}

double bc_sweep_pairs(const double *columns, int64_t m, const int64_t *order, int64_t count,
                      double *x, double *state) {
  double largest = 0.0;
  for (int64_t b = 0; b + 1 < count; b += 2) {
    int64_t i = order[b], j = order[b + 1];
    const double *one = columns + i * m, *other = columns + j * m;
    double bend, slope_there = apart(one, other, state, m, &bend);
    double d = bend > 0.0 ? -slope_there / bend : 0.0;
    d = fmin(fmax(d, -x[i]), x[j]);
    if (d == 0.0) continue;
    x[i] = fmax(x[i] + d, 0.0);
    x[j] = fmax(x[j] - d, 0.0);
    add_apart(one, other, d, state, m);
    largest = fmax(largest, fabs(d) * bend);
  }
  return largest;
}

/* The coordinate of the largest progress, -1 where none makes any. */
static int64_t most_progress(int64_t n, const double *curvature, const double *scale, double l1,
                             int nonnegative, const double *x, const double *gradient) {
  double most = 0.0;
  int64_t best = -1;
  for (int64_t j = 0; j < n; ++j) {
    if (!(curvature[j] > 0.0)) continue;
    double gain = progress(gradient[j], x[j], scale[j], l1, nonnegative);
    if (gain > most) {
      most = gain;
      best = j;
    }
  }
  return best;
}

int64_t bc_greedy_dense(const double *hessian, int64_t n, const double *curvature,
                        const double *scale, double l1, int nonnegative, int64_t steps, double tol,
                        double *x, double *gradient) {
  for (int64_t step = 0; step < steps; ++step) {
    int64_t j = most_progress(n, curvature, scale, l1, nonnegative, x, gradient);
    if (j < 0) return step;
    double d = least_model_step(gradient[j], x[j], curvature[j], l1, nonnegative);
    if (fabs(d) * curvature[j] <= tol) return step;
    x[j] += d;
    add(hessian + j * n, d, gradient, n);
  }
  return steps;
}

int64_t bc_greedy_sparse(const double *values, const int32_t *indices, const int64_t *starts,
                         int64_t n, const double *curvature, const double *scale, double l1,
                         int nonnegative, int64_t steps, double tol, double *x, double *gradient) {
  for (int64_t step = 0; step < steps; ++step) {
    int64_t j = most_progress(n, curvature, scale, l1, nonnegative, x, gradient);
    if (j < 0) return step;
    double d = least_model_step(gradient[j], x[j], curvature[j], l1, nonnegative);
    if (fabs(d) * curvature[j] <= tol) return step;
    x[j] += d;
    bc_add_columns(values, indices, starts, &j, &d, 1, gradient);
  }
  return steps;
}

int64_t bc_exchange(const double *hessian, int64_t n, int64_t steps, double tol, double *x,
                    double *gradient) {
  for (int64_t step = 0; step < steps; ++step) {
    int64_t to = 0, from = -1;
    for (int64_t j = 1; j < n; ++j)
      if (gradient[j] < gradient[to]) to = j;
    const double *row = hessian + to * n;
    double most = 0.0, amount = 0.0, widest = 0.0;
    for (int64_t j = 0; j < n; ++j) {
      double drop = gradient[j] - gradient[to];
      if (!(x[j] > 0.0) || !(drop > 0.0)) continue;
      widest = fmax(widest, drop);
      double bend = row[to] + hessian[j * n + j] - 2.0 * row[j];
      double d = bend > 0.0 ? fmin(drop / bend, x[j]) : x[j];
      double gain = d * (drop - 0.5 * bend * d);
      if (gain > most) {
        most = gain;
        amount = d;
        from = j;
      }
    }
    if (from < 0 || widest <= tol) return step;
    x[to] += amount;
    x[from] = amount < x[from] ? x[from] - amount : 0.0;
    add(row, amount, gradient, n);
    add(hessian + from * n, -amount, gradient, n);
  }
  return steps;
}

static int64_t root_of(int64_t *tree, int64_t node) {
  while (tree[node] != node) {
    tree[node] = tree[tree[node]];
    node = tree[node];
  }
  return node;
}

int64_t bc_greedy_forest(const int32_t *indices, const int64_t *starts, int64_t n,
                         const int64_t *order, int64_t count, int64_t *tree, int64_t *mark,
                         int64_t *members) {
  for (int64_t i = 0; i < n; ++i) tree[i] = mark[i] = -1;
  int64_t kept = 0;
  for (int64_t b = 0; b < count; ++b) {
    int64_t node = order[b], t = starts[node], end = starts[node + 1];
    if (tree[node] >= 0) continue;
    for (; t < end; ++t) {
      if (indices[t] == node || tree[indices[t]] < 0) continue;
      int64_t root = root_of(tree, indices[t]);
      if (mark[root] == node) break; /* two neighbours in one tree would close a cycle */
      mark[root] = node;
    }
    if (t < end) continue;
    tree[node] = node;
    for (t = starts[node]; t < end; ++t)
      if (indices[t] != node && tree[indices[t]] >= 0) tree[root_of(tree, indices[t])] = node;
    members[kept++] = node;
  }
  return kept;
}

int64_t bc_colour(const int32_t *indices, const int64_t *starts, int64_t n, const int64_t *order,
                  int64_t *colour, int64_t *taken) {
  for (int64_t i = 0; i < n; ++i) colour[i] = taken[i] = -1;
  taken[n] = -1;
  int64_t number = 0;
  for (int64_t b = 0; b < n; ++b) {
    int64_t node = order[b];
    for (int64_t t = starts[node]; t < starts[node + 1]; ++t)
      if (indices[t] != node && colour[indices[t]] >= 0) taken[colour[indices[t]]] = node;
    int64_t least = 0;
    while (taken[least] == node) ++least;
    colour[node] = least;
    if (least >= number) number = least + 1;
  }
  return number;
}

/* The place in the block of a node's only neighbour that is left, -1 for the last of a tree. */
static int64_t parent_of(const int32_t *indices, const int64_t *starts, int64_t node,
                         const int64_t *place, const int64_t *degree, int64_t *entry) {
  for (int64_t t = starts[node]; t < starts[node + 1]; ++t) {
    int64_t at = place[indices[t]];
    if (indices[t] == node || at < 0 || degree[at] < 0) continue;
    *entry = t;
    return at;
  }
  return -1;
}

int64_t bc_forest_solve(const double *values, const int32_t *indices, const int64_t *starts,
                        const int64_t *block, int64_t count, const double *rhs, int64_t *place,
                        int64_t *work_int, double *work_real, double *out) {
  int64_t *degree = work_int, *queue = work_int + count, *parent = work_int + 2 * count;
  double *pivot = work_real, *weight = work_real + count;
  int64_t tail = 0, head = 0;
  for (int64_t b = 0; b < count; ++b) place[block[b]] = b;
  for (int64_t b = 0; b < count; ++b) {
    degree[b] = 0;
    pivot[b] = weight[b] = 0.0;
    out[b] = rhs[b];
    for (int64_t t = starts[block[b]]; t < starts[block[b] + 1]; ++t) {
      if (indices[t] == block[b])
        pivot[b] = values[t];
      else if (place[indices[t]] >= 0)
        ++degree[b];
    }
    if (degree[b] < 2) queue[tail++] = b;
  }
  for (; head < tail; ++head) {
    int64_t leaf = queue[head], entry = 0;
    degree[leaf] = -1;
    double whole = 0.0;
    for (int64_t t = starts[block[leaf]]; t < starts[block[leaf] + 1]; ++t)
      if (indices[t] == block[leaf]) whole = values[t];
    int64_t to = parent_of(indices, starts, block[leaf], place, degree, &entry);
    parent[leaf] = to;
    if (!(pivot[leaf] > ROUNDING * whole)) pivot[leaf] = 0.0;
    if (to < 0) continue;
    if (pivot[leaf] > 0.0) {
      weight[leaf] = values[entry];
      pivot[to] -= weight[leaf] * weight[leaf] / pivot[leaf];
      out[to] -= weight[leaf] * out[leaf] / pivot[leaf];
    }
    if (--degree[to] == 1) queue[tail++] = to;
  }
  for (int64_t q = tail - 1; q >= 0; --q) {
    int64_t leaf = queue[q];
    double above = parent[leaf] < 0 ? 0.0 : weight[leaf] * out[parent[leaf]];
    out[leaf] = pivot[leaf] > 0.0 ? (out[leaf] - above) / pivot[leaf] : 0.0;
  }
  for (int64_t b = 0; b < count; ++b) place[block[b]] = -1;
  return tail;
}
