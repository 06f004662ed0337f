/* Scans of vectors and of codes for the k rows that are nearest to a query.
 *
 * Every search takes the rows whose value is least: the squared distance (metric 0) or minus the
 * inner product (metric 1), a Hamming distance, or a sum of looked-up values. Rows of equal value
 * rank in the order of their numbers. A value that is NaN or infinite is never taken. Each function
 * returns how many rows it found, at most k, and writes their values, ascending, and their numbers.
 * `room` holds vs_room(k) entries.
 *
 * One query reads every byte of the vectors once, which is what it takes: 4 n d bytes at the speed
 * of memory. Many queries share a panel of vectors in the cache, and take 2 n d operations each.
 *
 * Sources: Jegou, Douze and Schmid 2011 (sums of looked-up distances); Andre, Kermarrec and Le
 * Scouarnec 2015 (tables of 16 entries that stay in a register).
 */
#ifndef VECTOR_SEARCH_H
#define VECTOR_SEARCH_H

#include <stdint.h>

int64_t vs_room(int64_t k);

/* The rows of `pieces` stretches of the vectors, [bounds[2 p], bounds[2 p + 1]) for each p. Where
 * stretches do not ascend, those of equal value that come k-th are the ones that were read first.
 */
int64_t vs_scan(const float *vectors, int64_t d, const float *query, int32_t metric,
                const int64_t *bounds, int64_t pieces, int64_t k, uint64_t *room, float *values,
                int32_t *ids);

/* The rows that a list names, none of them twice; rows are 0..n-1. */
int64_t vs_listed(const float *vectors, int64_t d, const float *query, int32_t metric,
                  const int32_t *list, int64_t count, int64_t k, uint64_t *room, float *values,
                  int32_t *ids);

/* For each of `many` queries the k rows with the least bias[row] + factor <query, row>. Values and
 * ids are many x k; found[q] says how many of them there are. `room` holds many * vs_room(k)
 * entries, `work` vs_many_work(d, many). */
int64_t vs_many_work(int64_t d, int64_t many);
void vs_many(const float *vectors, int64_t n, int64_t d, const float *bias, const float *queries,
             int64_t many, float factor, int64_t k, uint64_t *room, float *work, float *values,
             int32_t *ids, int64_t *found);

/* Codes of `words` words: blocks of 64 rows, in each block word by word. Rows from n on, which fill
 * the last block, are not looked at. */
int64_t vs_hamming(const uint64_t *codes, int64_t n, int64_t words, const uint64_t *query,
                   int64_t k, uint64_t *room, float *values, int32_t *ids);

/* Sums of tables[place][code[row][place]]; tables are places x 256, codes n x places. */
int64_t vs_table_sums(const uint8_t *codes, int64_t n, int64_t places, const float *tables,
                      int64_t k, uint64_t *room, float *values, int32_t *ids);

/* (offset - sum) * weights[row], for sums of tables[place][nibble] with tables of 16 bytes. Nibbles
 * lie in blocks of 32 rows, place by place: byte j holds that of row j below and that of row j + 16
 * above. Rows from n on, which fill the last block, are not looked at. */
int64_t vs_nibble_sums(const uint8_t *nibbles, int64_t n, int64_t places, const uint8_t *tables,
                       float offset, const float *weights, int64_t k, uint64_t *room, float *values,
                       int32_t *ids);

#endif
