/* The tableau of Aaronson and Gottesman: results of measurements, one run of a Clifford circuit.
 *
 * The state of n qubits is held by n stabilizers S_i and n destabilizers D_i, where D_i
 * anticommutes with S_i and commutes with all others; generators are i^phase X^x Z^z. Bits are
 * packed over the generators, 64 to a word: the 4 w words of qubit q are x of the destabilizers, x
 * of the stabilizers, z of both in the same order, where w = chp_words(n). So a gate takes 4 w
 * words, a random result all columns once, and a settled one too, as the product of many
 * stabilizers.
 *
 * Buffers are the caller's: table[4 n w], phases[4 w] (low bits, then high bits), record and coins
 * a byte each, counts[2] how many of both were used. Operations are those of tableau_ops.h.
 */
#ifndef CHP_H
#define CHP_H

#include <stdint.h>

/* At least one, also of a circuit without qubits, which may record constants. */
int64_t chp_words(int64_t n);

/* The place of the first of the operations that is not sound, or `count`. */
int64_t chp_sound(int64_t n, const int32_t *ops, int64_t count);

/* The state |0...0>. */
void chp_start(int64_t n, uint64_t *table, uint64_t *phases, int64_t *counts);

/* Run the sound operations from `from` to before `until`, but no product in part; returns where it
 * stopped, or -1 where there is no memory. */
int64_t chp_run(int64_t n, const int32_t *ops, int64_t count, int64_t from, int64_t until,
                const uint8_t *coins, uint64_t *table, uint64_t *phases, uint8_t *record,
                int64_t *counts);

#endif
