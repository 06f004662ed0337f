/* BM25 kernels: what does not depend on the type of the impacts. The rest is in bm25_impl.inc,
 * compiled once for float and once for double.
 *
 * Documents are scored a block at a time, so that the sums stay in the first-level cache whatever
 * n is, and those above the least of the k best so far are found by SIMD. What is left is to read
 * 4 + 4 bytes a posting and to add at a random place of that cache, about half a nanosecond. So
 * MaxScore goes for fewer postings. Terms are taken by falling bound of their impact. Once the
 * terms after the first few, all together, cannot lift a document above the k-th best, only
 * documents that hold one of the first few matter: these lists are added up, and the other terms
 * are looked up for the documents that still have a chance. Terms that most documents hold are
 * among the other ones as a rule; their columns make looking up one read, and adding them up a loop
 * for SIMD.
 *
 * The results are the same bits for every instruction set: a sum runs over the terms in one order,
 * which the query alone decides.
 */
#include "bm25.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "portable.h"

enum {
  BLOCK = 4096, /* documents; their sums take 16 KB of float */
  CHUNK = 64,   /* sums that are compared together */
  WORD = 8,     /* of these, tested together */
  FEW = 24,     /* postings in a block, below which only the documents they name are looked at */
};

int64_t bm25_block(void) { return BLOCK; }

ALWAYS_INLINE int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

ALWAYS_INLINE double above_zero(double x) { return x > 0.0 ? x : 0.0; }

int64_t bm25_count(const int32_t *tokens, const int64_t *offsets, int64_t first, int64_t last,
                   int64_t n_terms, int32_t *latest, int64_t *frequencies) {
  int64_t pairs = 0;
  for (int64_t d = first; d < last; ++d)
    for (int64_t at = offsets[d]; at < offsets[d + 1]; ++at) {
      int32_t term = tokens[at];
      if (term < 0 || term >= n_terms) return -1;
      int64_t is_new = latest[term] != (int32_t)d;
      latest[term] = (int32_t)d;
      frequencies[term] += is_new;
      pairs += is_new;
    }
  return pairs;
}

/* The first place at or after `at` in a list whose document is not below `document`. */
ALWAYS_INLINE int64_t advance(const int32_t *ids, int64_t at, int64_t end, int64_t document) {
  if (at >= end || ids[at] >= document) return at;
  int64_t step = 1; /* ids[at] is below */
  while (at + step < end && ids[at + step] < document) {
    at += step;
    step *= 2;
  }
  int64_t after = least(at + step, end); /* not below, or the end */
  while (after - at > 1) {
    int64_t middle = at + (after - at) / 2;
    if (ids[middle] < document)
      at = middle;
    else
      after = middle;
  }
  return after;
}

static int by_number(const void *a, const void *b) {
  int32_t left = *(const int32_t *)a, right = *(const int32_t *)b;
  return (left > right) - (left < right);
}

/* Whether any of WORD bytes is not 0. */
ALWAYS_INLINE int any_of(const uint8_t *bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
  return word != 0;
}

/* The k best so far: a heap with the worst on top. Of equal scores the later document is worse. */
typedef struct {
  int32_t *ids;
  double *scores;
  int64_t k, size;
} Best;

ALWAYS_INLINE int is_worse(const Best *best, double score, int32_t id, int64_t than) {
  return score < best->scores[than] || (score == best->scores[than] && id > best->ids[than]);
}

/* Put a document in at `place` or below it, in a heap of that size. */
ALWAYS_INLINE void sink(Best *best, int64_t place, int64_t size, double score, int32_t id) {
  for (;;) {
    int64_t child = 2 * place + 1;
    if (child >= size) break;
    if (child + 1 < size && is_worse(best, best->scores[child + 1], best->ids[child + 1], child))
      ++child;
    if (is_worse(best, score, id, child)) break;
    best->scores[place] = best->scores[child];
    best->ids[place] = best->ids[child];
    place = child;
  }
  best->scores[place] = score;
  best->ids[place] = id;
}

/* What a document must score to be among the best; all score more than -1. */
ALWAYS_INLINE double bar(const Best *best) { return best->size < best->k ? -1.0 : best->scores[0]; }

/* Documents come in order, so that one with the score of the worst is worse. */
ALWAYS_INLINE void offer(Best *best, double score, int32_t id) {
  if (!(score > bar(best))) return;
  if (best->size == best->k) {
    sink(best, 0, best->k, score, id);
    return;
  }
  int64_t place = best->size++;
  while (place > 0 && is_worse(best, score, id, (place - 1) / 2)) {
    best->scores[place] = best->scores[(place - 1) / 2];
    best->ids[place] = best->ids[(place - 1) / 2];
    place = (place - 1) / 2;
  }
  best->scores[place] = score;
  best->ids[place] = id;
}

/* Put the best first, and add to all what every document gets. */
static void finish(Best *best, double shift) {
  for (int64_t size = best->size; size > 1; --size) {
    double worst = best->scores[0];
    int32_t id = best->ids[0];
    sink(best, 0, size - 1, best->scores[size - 1], best->ids[size - 1]);
    best->scores[size - 1] = worst;
    best->ids[size - 1] = id;
  }
  for (int64_t i = 0; i < best->size; ++i) best->scores[i] += shift;
}

/* The length of the longest query, at least 1. */
static int64_t longest(const int64_t *places, int64_t n_queries) {
  int64_t most = 1;
  for (int64_t i = 0; i < n_queries; ++i)
    if (places[i + 1] - places[i] > most) most = places[i + 1] - places[i];
  return most;
}

#define REAL float
#define NAME(stem) stem##_f32
#define ROUNDING FLT_EPSILON
#include "bm25_impl.inc"
#undef REAL
#undef NAME
#undef ROUNDING

#define REAL double
#define NAME(stem) stem##_f64
#define ROUNDING DBL_EPSILON
#include "bm25_impl.inc"
