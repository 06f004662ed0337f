/* Multi-vector retrieval: Chamfer similarities, fixed dimensional encodings, product quantisation.
 *
 * A document is a set of tokens, rows of `tokens` (float, d entries each, finite); those of
 * document i are offsets[i] <= t < offsets[i + 1]. The similarity of a query, a set of q tokens, to
 * a document is the sum over the query's tokens of the largest inner product with one of the
 * document's; that to a document without tokens is -infinity.
 *
 * Inner products are sums of floats in the order of the entries, without contraction: the same bits
 * on every instruction set. Their maxima are summed in double, in the order of the query's tokens.
 * All arrays are the caller's.
 *
 * Sources: Jayaram et al. 2024 (MUVERA); Khattab and Zaharia 2020 (MaxSim); Jegou, Douze and Schmid
 * 2011 (product quantisation).
 */
#ifndef MULTI_VECTOR_H
#define MULTI_VECTOR_H

#include <stdint.h>

/* How many tokens of a query are worked on at once. */
int64_t mv_lanes(void);

/* The query's tokens next to each other: panels of mv_lanes() tokens, of each the d entries one
 * after the other, filled up with zeros; d * q rounded up to whole panels. */
void mv_pack(const float *query, int64_t q, int64_t d, float *packed);

/* out[i] = the similarity of the packed query to document documents[i], for i < count. */
void mv_chamfer(const float *tokens, int64_t d, const int64_t *offsets, const int64_t *documents,
                int64_t count, const float *packed, int64_t q, double *out);

/* The same of documents from <= i < to whose tokens are known by a code only: token t is as similar
 * to the query's tokens as row codes[t] of `scores` says, which has `width` >= q entries. best is a
 * workspace of width. */
void mv_chamfer_coded(const float *scores, int64_t width, const int32_t *codes,
                      const int64_t *offsets, int64_t from, int64_t to, int64_t q, float *best,
                      double *out);

/* Fixed dimensional encodings of count sets of tokens. Token t lies in bucket
 * codes[t * repetitions + r] < 2^bits of repetition r, where its projection is the `width` entries
 * from psi[(t * repetitions + r) * width]. Bucket b of a set is the sum of the projections in it,
 * or with `mean` not 0 their mean; an empty one is 0, or with `fill` not 0 and a set that is not
 * empty the projection of the token in whose bucket's number the fewest bits differ from b's, the
 * first of equals. out: count * repetitions * 2^bits * width. workspace: 2 * 2^bits. */
void mv_encode(const float *psi, const uint16_t *codes, const int64_t *offsets, int64_t count,
               int64_t repetitions, int64_t bits, int64_t width, int mean, int fill,
               int64_t *workspace, float *out);

/* The nearest of 256 centres for each of n rows of `width` entries that are `stride` apart.
 * centres[j * 256 + c] is entry j of centre c. codes[i] = its number, the first of equals. */
void mv_pq_assign(const float *rows, int64_t n, int64_t stride, int64_t width, const float *centres,
                  uint8_t *codes);

/* out[i] = the sum over m < parts of table[m * 256 + codes[m * n + i]], in this order. */
void mv_pq_scan(const uint8_t *codes, int64_t n, int64_t parts, const float *table, float *out);

#endif
