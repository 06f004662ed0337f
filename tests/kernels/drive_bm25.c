/* Indexes random corpora and asks them random queries for sanitizers to watch, on buffers of exact
 * length; holds MaxScore against the sum of all lists; prints a digest. REAL is the type of the
 * impacts.
 */
#include "bm25.h"

#include "driving.h"

enum { QUERIES = 40, WORDS = 9 };

/* share: of the documents, from which on a term is a column; above 1 there are none. */
static void corpus(int64_t n, int64_t n_terms, int64_t length, double share, int64_t k) {
  int64_t *offsets = zeros(n + 1, sizeof *offsets), *frequencies = zeros(n_terms, sizeof(int64_t));
  for (int64_t d = 0; d < n; ++d)
    offsets[d + 1] = offsets[d] + (int64_t)(uniform() * (double)(2 * length + 1));
  int32_t *tokens = room(offsets[n], sizeof *tokens), *latest = room(n_terms, sizeof *latest);
  for (int64_t i = 0; i < offsets[n]; ++i) {
    double u = uniform();
    tokens[i] = (int32_t)(u * u * u * (double)n_terms);
  }
  memset(latest, -1, (size_t)n_terms * sizeof *latest);
  int64_t pairs = bm25_count(tokens, offsets, 0, n, n_terms, latest, frequencies), total = 0;

  int32_t *column_of = room(n_terms, sizeof *column_of);
  int64_t *starts = zeros(n_terms + 1, sizeof *starts), *next = room(n_terms, sizeof *next);
  int64_t columns = 0, stride = (n + bm25_block() - 1) / bm25_block() * bm25_block();
  for (int64_t t = 0; t < n_terms; ++t) {
    int is_column = (double)frequencies[t] >= share * (double)n && frequencies[t] > 0;
    column_of[t] = is_column ? (int32_t)columns++ : -1;
    next[t] = starts[t];
    starts[t + 1] = starts[t] + (is_column ? 0 : frequencies[t]);
    total += frequencies[t];
  }
  CHECK(total == pairs, "lists of another length", n, n_terms);
  int32_t *ids = room(starts[n_terms], sizeof *ids);
  REAL *impacts = room(starts[n_terms], sizeof *impacts);
  REAL *column = zeros(columns * stride, sizeof *column);
  REAL *tops = room(columns * stride / bm25_block(), sizeof *tops);
  REAL *largest = room(n_terms, sizeof *largest);
  NAME(bm25_fill)(tokens, offsets, 0, n / 2, starts, column_of, stride, next, ids, impacts, column);
  NAME(bm25_fill)(tokens, offsets, n / 2, n, starts, column_of, stride, next, ids, impacts, column);

  double *norm = room(n, sizeof *norm), *weight = room(n_terms, sizeof *weight);
  double *shift = room(n_terms, sizeof *shift);
  for (int64_t d = 0; d < n; ++d) norm[d] = (double)(offsets[d + 1] - offsets[d]) / 10.0;
  for (int64_t t = 0; t < n_terms; ++t) {
    weight[t] = t % 5 ? (double)n / (1.0 + (double)frequencies[t]) : 0.0;
    shift[t] = t % 3 ? 0.0 : 0.25;
  }
  NAME(bm25_weigh_lists)(ids, starts, 0, n_terms, weight, norm, impacts, largest);
  for (int64_t t = 0; t < n_terms; ++t)
    if (column_of[t] >= 0)
      largest[t] = NAME(bm25_weigh_column)(n, weight[t], norm, column + column_of[t] * stride,
                                           tops + column_of[t] * (stride / bm25_block()));
  add(impacts, starts[n_terms] * (int64_t)sizeof *impacts);
  add(column, columns * stride * (int64_t)sizeof *column);

  int64_t places[QUERIES + 1] = {0};
  for (int64_t i = 0; i < QUERIES; ++i) places[i + 1] = places[i] + i % (WORDS + 1);
  int32_t *query = room(places[QUERIES], sizeof *query), *best = room(QUERIES * k, sizeof *best);
  for (int64_t i = 0; i < places[QUERIES]; ++i)
    query[i] = (int32_t)(uniform() * uniform() * (double)(n_terms + 2)) - 1;
  double *scores = room(QUERIES * k, sizeof *scores), *others = room(QUERIES * k, sizeof *others);
  if (NAME(bm25_max_score)(ids, impacts, starts, column_of, column, tops, stride, largest, shift, n,
                           n_terms, query, places, QUERIES, k, best, scores))
    exit(2);
  add(best, QUERIES * k * (int64_t)sizeof *best);
  add(scores, QUERIES * k * (int64_t)sizeof *scores);
  if (columns == 0) {
    if (NAME(bm25_sum)(ids, impacts, starts, shift, n, n_terms, query, places, QUERIES, k, best,
                       others))
      exit(2);
    add(best, QUERIES * k * (int64_t)sizeof *best);
    for (int64_t i = 0; i < QUERIES * k; ++i) {
      double apart = scores[i] - others[i];
      CHECK(apart <= 1e-5 * others[i] && apart >= -1e-5 * others[i], "scores differ", n, n_terms,
            k);
    }
  }
  free(offsets), free(frequencies), free(tokens), free(latest), free(column_of), free(starts);
  free(next), free(ids), free(impacts), free(column), free(tops), free(largest), free(norm);
  free(weight), free(shift), free(query), free(best), free(scores), free(others);
}

/* A list that was passed over in one block counts in the next, where a column has larger impacts.
 */
static void passed_over(void) {
  int64_t block = bm25_block(), n = 3 * block, starts[] = {0, 0, block + 2}, places[] = {0, 2};
  int32_t *ids = zeros(starts[2], sizeof *ids), column_of[] = {0, -1}, query[] = {0, 1}, best[1];
  REAL *impacts = room(starts[2], sizeof *impacts), *column = zeros(n, sizeof *column);
  REAL tops[] = {4, 0, 4}, largest[] = {4, 5};
  double shift[] = {0.0, 0.0}, score[1];
  for (int64_t i = 0; i < block; ++i) {
    ids[i + 1] = (int32_t)(block + i);
    impacts[i + 1] = 5;
  }
  ids[block + 1] = (int32_t)(n - 1);
  impacts[block + 1] = 5;
  impacts[0] = 3;
  column[0] = column[n - 1] = 4;
  if (NAME(bm25_max_score)(ids, impacts, starts, column_of, column, tops, n, largest, shift, n, 2,
                           query, places, 1, 1, best, score))
    exit(2);
  CHECK(best[0] == (int32_t)(n - 1) && score[0] == 9.0, "passed over", best[0]);
  free(ids), free(impacts), free(column);
}

int main(void) {
  passed_over();
  int64_t sizes[] = {1, 2, 31, 64, 4095, 4096, 4097, 10000};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; ++i)
    for (int way = 0; way < 3; ++way) {
      double share = way == 0 ? 2.0 : way == 1 ? 0.2 : 0.001;
      int64_t k = sizes[i] < 7 ? sizes[i] : 7;
      corpus(sizes[i], 50, 6, share, k);
      corpus(sizes[i], 3000, 20, share, 1);
    }
  corpus(5000, 10, 3, 2.0, 4500); /* more than a block holds */
  corpus(5000, 10, 3, 0.3, 5000);
  corpus(30, 4, 0, 2.0, 30);
  int32_t wrong[] = {0, 3, 1}, latest[3] = {-1, -1, -1};
  int64_t offsets[] = {0, 2, 3}, frequencies[3] = {0};
  CHECK(bm25_count(wrong, offsets, 0, 2, 3, latest, frequencies) == -1, "accepted", wrong[1]);
  return done();
}
