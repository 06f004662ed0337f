/* BM25: an inverted index of a corpus, and the k best documents of a query.
 *
 * A corpus is n documents; document d holds tokens[offsets[d] .. offsets[d + 1] - 1], each the
 * number of one of n_terms terms. The score of a document that holds a term f times is, of all
 * five variants that the board knows,
 *
 *     shift[term] + weight[term] * f / (f + norm[d]),
 *
 * the shift being what documents without the term get too; it is 0 where no document has the term.
 * The second part is the impact of the term in the document, at least 0. Impacts are stored by
 * terms: as the list of the documents ids[p] that hold the term, ascending, with impacts[p], for
 * starts[t] <= p < starts[t + 1]; or, of a term that most documents hold, as a column of one impact
 * for each document. column_of[t] is the number of that column, or -1. Columns are `stride` long, a
 * multiple of bm25_block(); what is beyond n is 0. Functions named _f32 have impacts of type float,
 * those named _f64 of double.
 *
 * Sources: Lu 2024 (impacts summed when the index is made); Turtle and Flood 1995 (MaxScore);
 * Ding and Suel 2011 (bounds of blocks).
 */
#ifndef BM25_H
#define BM25_H

#include <stdint.h>

/* The documents that are scored at a time. */
int64_t bm25_block(void);

/* Add to frequencies[t] the number of the documents first .. last - 1 that hold term t. latest is a
 * workspace of n_terms, -1 before the first call. Returns how many pairs of a document and a term
 * were new, or -1 where a token is no term. */
int64_t bm25_count(const int32_t *tokens, const int64_t *offsets, int64_t first, int64_t last,
                   int64_t n_terms, int32_t *latest, int64_t *frequencies);

/* Count the terms of the documents first .. last - 1, for documents in order: the counts go where
 * impacts are to be. next is a copy of starts before the first call; columns are 0. */
void bm25_fill_f32(const int32_t *tokens, const int64_t *offsets, int64_t first, int64_t last,
                   const int64_t *starts, const int32_t *column_of, int64_t stride, int64_t *next,
                   int32_t *ids, float *impacts, float *columns);
void bm25_fill_f64(const int32_t *tokens, const int64_t *offsets, int64_t first, int64_t last,
                   const int64_t *starts, const int32_t *column_of, int64_t stride, int64_t *next,
                   int32_t *ids, double *impacts, double *columns);

/* Turn the counts in the lists of the terms first .. last - 1 into impacts; largest[t] becomes the
 * largest of them, 0 of an empty list. */
void bm25_weigh_lists_f32(const int32_t *ids, const int64_t *starts, int64_t first, int64_t last,
                          const double *weight, const double *norm, float *impacts, float *largest);
void bm25_weigh_lists_f64(const int32_t *ids, const int64_t *starts, int64_t first, int64_t last,
                          const double *weight, const double *norm, double *impacts,
                          double *largest);

/* The same of the n counts in a column; tops[i] becomes the largest impact of block i. Returns the
 * largest of all. */
float bm25_weigh_column_f32(int64_t n, double weight, const double *norm, float *column,
                            float *tops);
double bm25_weigh_column_f64(int64_t n, double weight, const double *norm, double *column,
                             double *tops);

/* The k best documents of each of the queries, which are numbered as documents are: query i holds
 * query[places[i] .. places[i + 1] - 1]. Tokens that are no term do not count, one that is there
 * twice counts twice. 1 <= k <= n. Documents and scores go to best_ids and
 * best_scores, k for each query, by falling scores and rising numbers. Sums are of the impacts'
 * type. Returns 0, or -1 where there is no memory.
 *
 * bm25_sum adds the lists of all terms. bm25_max_score leaves out what cannot bring a document
 * among the k best. */
int64_t bm25_sum_f32(const int32_t *ids, const float *impacts, const int64_t *starts,
                     const double *shift, int64_t n, int64_t n_terms, const int32_t *query,
                     const int64_t *places, int64_t n_queries, int64_t k, int32_t *best_ids,
                     double *best_scores);
int64_t bm25_sum_f64(const int32_t *ids, const double *impacts, const int64_t *starts,
                     const double *shift, int64_t n, int64_t n_terms, const int32_t *query,
                     const int64_t *places, int64_t n_queries, int64_t k, int32_t *best_ids,
                     double *best_scores);
int64_t bm25_max_score_f32(const int32_t *ids, const float *impacts, const int64_t *starts,
                           const int32_t *column_of, const float *columns, const float *tops,
                           int64_t stride, const float *largest, const double *shift, int64_t n,
                           int64_t n_terms, const int32_t *query, const int64_t *places,
                           int64_t n_queries, int64_t k, int32_t *best_ids, double *best_scores);
int64_t bm25_max_score_f64(const int32_t *ids, const double *impacts, const int64_t *starts,
                           const int32_t *column_of, const double *columns, const double *tops,
                           int64_t stride, const double *largest, const double *shift, int64_t n,
                           int64_t n_terms, const int32_t *query, const int64_t *places,
                           int64_t n_queries, int64_t k, int32_t *best_ids, double *best_scores);

#endif
