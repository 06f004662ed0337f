/* The inverse tableau of a Clifford circuit: results of measurements, one run of the circuit.
 *
 * For each of the n qubits q it holds T(X_q) and T(Z_q), where T(P) = U^-1 P U for the circuit U so
 * far. A row is i^phase X^x Z^z, bits of x and then of z, packed 64 to a word with the lowest bit
 * first. The state is always U |0...0>, so that a measurement of P whose row has x = 0 has a result
 * that is settled, its sign.
 *
 * Buffers are the caller's: table has 2 n rows of tb_stride(n) words each, best aligned to 64
 * bytes; phases[2 n]; places[2 n] says in which row T(X_q) is, at 2 q, and T(Z_q), at 2 q + 1;
 * last[2 n] is the last operation that needs the row (rows that none needs are not kept up to date
 * when the state collapses); record has a byte for each recorded bit, coins one for each
 * measurement; counts[2] says how many of both were used. Operations are those of tableau_ops.h.
 */
#ifndef TABLEAU_H
#define TABLEAU_H

#include <stdint.h>

/* Words of a row. */
int64_t tb_stride(int64_t n);

/* The place of the first of the operations that is not sound, or `count`. The other functions want
 * sound ones. */
int64_t tb_sound(int64_t n, const int32_t *ops, int64_t count);

/* The tableau of |0...0>; fills all buffers but record and coins. With keep != 0 all rows are kept
 * up to date. */
void tb_start(int64_t n, const int32_t *ops, int64_t count, int32_t keep, uint64_t *table,
              uint8_t *phases, int32_t *places, int64_t *last, int64_t *counts);

/* Run the operations from `from` on, at least up to `until`; returns where it stopped, which is
 * beyond `until` by less than 64 measurements, or -1 where there is no memory. */
int64_t tb_run(int64_t n, const int32_t *ops, int64_t count, int64_t from, int64_t until,
               const uint8_t *coins, uint64_t *table, uint8_t *phases, int32_t *places,
               const int64_t *last, uint8_t *record, int64_t *counts);

#endif
