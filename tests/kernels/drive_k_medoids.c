/* Calls every k-medoids kernel on many small matrices, for sanitizers to watch and for comparing
 * instruction sets: prints a digest of all that the kernels computed. Every array has the exact
 * length that the header asks for, so that a step beyond its end is seen. Compile with REAL=float
 * and NAME(stem)=stem##_f32, or with double and f64.
 *
 * The exit code is 1 where two ways to compute the same differ.
 */
#include <math.h>

#include "k_medoids.h"

#include "driving.h"

typedef struct {
  int32_t *medoids, *near, *second;
  uint8_t *is_medoid;
  REAL *d1, *d2;
  double *removal;
} caches;

static caches new_caches(int64_t n, int32_t k) {
  caches s = {
      zeros(k, sizeof(int32_t)), zeros(n, sizeof(int32_t)), zeros(n, sizeof(int32_t)), zeros(n, 1),
      zeros(n, sizeof(REAL)),    zeros(n, sizeof(REAL)),    zeros(k, sizeof(double))};
  return s;
}

static void free_caches(caches *s) {
  free(s->medoids), free(s->near), free(s->second), free(s->is_medoid);
  free(s->d1), free(s->d2), free(s->removal);
}

static void add_caches(const caches *s, int64_t n, int32_t k) {
  add(s->medoids, k * (int64_t)sizeof(int32_t));
  add(s->near, n * (int64_t)sizeof(int32_t));
  add(s->second, n * (int64_t)sizeof(int32_t));
  add(s->is_medoid, n);
  add(s->d1, n * (int64_t)sizeof(REAL));
  add(s->d2, n * (int64_t)sizeof(REAL));
  add(s->removal, k * (int64_t)sizeof(double));
}

static void start(const REAL *d, int64_t n, int32_t k, const int32_t *medoids, caches *s) {
  memset(s->is_medoid, 0, (size_t)n);
  for (int32_t j = 0; j < k; ++j) {
    s->medoids[j] = medoids[j];
    s->is_medoid[medoids[j]] = 1;
  }
  double total = NAME(km_assign)(d, n, k, s->medoids, s->near, s->second, s->d1, s->d2, s->removal);
  CHECK(total == NAME(km_cost)(d, n, k, s->medoids), "km_assign and km_cost differ", n, k);
  add(&total, sizeof total);
}

/* The caches, kept up to date, against caches computed anew. */
static void compare(const REAL *d, int64_t n, int32_t k, const caches *s) {
  caches fresh = new_caches(n, k);
  start(d, n, k, s->medoids, &fresh);
  CHECK(!memcmp(s->is_medoid, fresh.is_medoid, (size_t)n), "is_medoid is wrong", n, k);
  CHECK(!memcmp(s->d1, fresh.d1, (size_t)n * sizeof(REAL)), "d1 is wrong", n, k);
  CHECK(!memcmp(s->d2, fresh.d2, (size_t)n * sizeof(REAL)), "d2 is wrong", n, k);
  for (int64_t o = 0; o < n; ++o) {
    const REAL *row = d + o * n;
    CHECK(s->near[o] != s->second[o], "nearest and second nearest are one", n, k);
    CHECK(row[s->medoids[s->near[o]]] == s->d1[o], "near is wrong", n, k);
    CHECK(row[s->medoids[s->second[o]]] == s->d2[o], "second is wrong", n, k);
  }
  for (int32_t j = 0; j < k; ++j) {
    int64_t o = s->medoids[j];
    CHECK(s->near[o] == j || s->d1[o] < d[o * n + o], "a medoid is not its own nearest", n, k);
  }
  free_caches(&fresh);
}

/* All kernels on one matrix. */
static void run(const REAL *d, int64_t n, int32_t k, int symmetric, const int32_t *medoids) {
  int64_t width = symmetric ? 0 : n * km_block_width();
  REAL *block = zeros(width, sizeof(REAL));
  double *loss = zeros(k, sizeof(double)), *each = zeros(k, sizeof(double));
  int32_t *candidate = zeros(k, sizeof(int32_t));
  caches s = new_caches(n, k);
  int64_t steps[] = {n, 1 + n / 3, 1, 37};
  int tries = n > 1000 ? 1 : 4;

  double *sums = zeros(n, sizeof(double));
  for (int64_t row = 0; row < n; row += 5)
    NAME(km_column_sums)(d, n, row, row + 5 < n ? row + 5 : n, sums);
  add(sums, n * (int64_t)sizeof(double));

  start(d, n, k, medoids, &s);
  compare(d, n, k, &s);
  for (int t = 0; t < tries; ++t) {
    double gain = 0, pam = INFINITY, shared = INFINITY;
    int32_t joins = -1, pam_swap[2] = {-1, -1}, shared_swap[2] = {-1, -1};
    for (int32_t j = 0; j < k; ++j) each[j] = INFINITY, candidate[j] = -1;
    for (int64_t from = 0; from < n; from += steps[t]) {
      int64_t to = from + steps[t] < n ? from + steps[t] : n;
      NAME(km_build_scan)(d, n, symmetric, block, s.d1, s.is_medoid, from, to, &gain, &joins);
      NAME(km_scan_pam)(d, n, k, symmetric, block, s.near, s.d1, s.d2, s.is_medoid, from, to, &pam,
                        pam_swap);
      NAME(km_scan_shared)(d, n, k, symmetric, block, s.near, s.d1, s.d2, s.removal, s.is_medoid,
                           loss, from, to, &shared, shared_swap);
      NAME(km_scan_each)(d, n, k, symmetric, block, s.near, s.d1, s.d2, s.removal, s.is_medoid,
                         loss, from, to, each, candidate);
    }
    add(&gain, sizeof gain), add(&joins, sizeof joins);
    add(&pam, sizeof pam), add(pam_swap, sizeof pam_swap);
    add(&shared, sizeof shared), add(shared_swap, sizeof shared_swap);
    add(each, k * (int64_t)sizeof(double)), add(candidate, k * (int64_t)sizeof(int32_t));
    if (shared_swap[0] < 0) continue;
    double change =
        NAME(km_swap_change)(d, n, symmetric, pam_swap[0], pam_swap[1], s.near, s.d1, s.d2);
    CHECK(change == pam, "km_swap_change and km_scan_pam differ", n, k);
    NAME(km_swap)(d, n, k, symmetric, shared_swap[0], shared_swap[1], s.medoids, s.is_medoid,
                  s.near, s.second, s.d1, s.d2, s.removal);
    compare(d, n, k, &s);
    add_caches(&s, n, k);
  }

  int64_t whole[4] = {0, -1, 0, 0};
  for (int t = 0; t < tries; ++t) {
    int64_t state[4] = {0, -1, 0, 0};
    start(d, n, k, medoids, &s);
    while (!NAME(km_fasterpam)(d, n, k, symmetric, block, s.medoids, s.is_medoid, s.near, s.second,
                               s.d1, s.d2, s.removal, loss, 1e-6, steps[t], state))
      continue;
    compare(d, n, k, &s);
    add_caches(&s, n, k);
    if (t == 0) memcpy(whole, state, sizeof whole);
    CHECK(!memcmp(state, whole, sizeof whole), "km_fasterpam depends on the slices", n, k);
  }

  enum { DRAWS = 60 };
  int32_t *draw_medoid = zeros(DRAWS, sizeof(int32_t));
  int32_t *draw_candidate = zeros(DRAWS, sizeof(int32_t));
  for (int t = 0; t < DRAWS; ++t) {
    draw_medoid[t] = (int32_t)(7 * t + n) % k;
    draw_candidate[t] = (int32_t)((11 * t + 3) % n);
  }
  for (int fast = 0; fast < 2; ++fast) {
    int64_t failures = 0;
    start(d, n, k, medoids, &s);
    int64_t used = fast ? NAME(km_fastclarans)(d, n, k, symmetric, s.medoids, s.is_medoid, s.near,
                                               s.second, s.d1, s.d2, s.removal, loss, 1e-6,
                                               draw_candidate, DRAWS, 20, &failures)
                        : NAME(km_clarans)(d, n, k, symmetric, s.medoids, s.is_medoid, s.near,
                                           s.second, s.d1, s.d2, s.removal, 1e-6, draw_medoid,
                                           draw_candidate, DRAWS, 20, &failures);
    compare(d, n, k, &s);
    add_caches(&s, n, k);
    add(&used, sizeof used), add(&failures, sizeof failures);
  }

  int64_t best = NAME(km_cluster_medoid)(d, n, medoids, k, loss);
  add(&best, sizeof best), add(loss, k * (int64_t)sizeof(double));

  free(block), free(loss), free(each), free(candidate), free(sums);
  free(draw_medoid), free(draw_candidate);
  free_caches(&s);
}

static void fill(REAL *d, int64_t n, int kind, int symmetric) {
  for (int64_t o = 0; o < n; ++o)
    for (int64_t c = 0; c < n; ++c) {
      REAL value = kind == 0 ? (REAL)draw(6) : (REAL)draw(1 << 20) / 3;
      if (kind == 2 && o == c) value = 0;
      d[o * n + c] = symmetric && c < o ? d[c * n + o] : value;
    }
}

static void try_all(int64_t n, int32_t k, int variants) {
  REAL *d = zeros(n * n, sizeof(REAL));
  int32_t *medoids = zeros(k, sizeof(int32_t));
  int32_t *objects = zeros(n, sizeof(int32_t));
  for (int variant = 0; variant < variants; ++variant) {
    int symmetric = variant % 2;
    fill(d, n, variant / 2, symmetric);
    for (int32_t o = 0; o < n; ++o) objects[o] = o;
    for (int32_t j = 0; j < k; ++j) {
      int64_t other = j + draw(n - j);
      medoids[j] = objects[other];
      objects[other] = objects[j];
    }
    if (n > 1000 && !symmetric) /* every candidate concerns every object */
      for (int64_t o = 0; o < n; ++o)
        for (int32_t j = 0; j < k; ++j) d[o * n + medoids[j]] = 1 << 21;
    uint64_t before = digest;
    run(d, n, k, 0, medoids);
    if (symmetric) {
      uint64_t columns = digest;
      digest = before;
      CHECK(NAME(km_is_symmetric)(d, n), "a symmetric matrix is not seen as one", n, k);
      run(d, n, k, 1, medoids);
      CHECK(digest == columns, "reading rows and gathering columns differ", n, k);
      d[(n - 1) * n] += 1;
      CHECK(!NAME(km_is_symmetric)(d, n), "an asymmetric matrix is not seen as one", n, k);
    }
  }
  free(d), free(medoids), free(objects);
}

int main(void) {
  int64_t edges[] = {2, 3, 15, 17, 31, 32, 33, 63, 64, 65, 127, 129};
  for (size_t t = 0; t < sizeof edges / sizeof *edges; ++t) {
    int64_t n = edges[t];
    try_all(n, 2, 6);
    try_all(n, (int32_t)n, 6);
    if (n > 3) try_all(n, (int32_t)(2 + draw(n - 2)), 6);
  }
  for (int t = 0; t < 10; ++t) {
    int64_t n = 2 + draw(90);
    try_all(n, (int32_t)(2 + draw(n - 1)), 6);
  }
  try_all(1025, 9, 2); /* more objects than are listed or searched at a time */
  return done();
}
