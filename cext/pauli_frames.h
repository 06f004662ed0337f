/* Pauli frames: how errors move through a Clifford circuit, for 64 shots in each word.
 *
 * A frame holds bits x and z for every qubit and shot: which Pauli error that shot has relative to
 * a noiseless reference. Gates are linear maps of these bits, noise flips a few, and a measurement
 * records one. A row is `words` words, a multiple of 8; shot s is bit s % 64 of word s / 64. All
 * shots of a block are simulated; the caller may ask for fewer of them to be written.
 *
 * A program is a list of instructions: op[i] (PF_...), its targets, which begin at first[i], and
 * value[i], which is explained below. A target is a qubit in its lowest 24 bits; with flags it is a
 * Pauli matrix on it, X = 2^25, Z = 2^26 or both, and 2^29 (JOINED) marks the further factors of a
 * product. Targets are treated one after the other, so that one may depend on the one before.
 *
 *   PF_H, PF_S, PF_SQRT_X, PF_C_XYZ, PF_C_ZYX   qubits; the five maps of one qubit but identity
 *   PF_CX, PF_CZ, PF_SWAP                       pairs of qubits
 *   PF_PAIR          pairs; bit 4i + j of value: input j reaches output i, both of xa, za, xb, zb
 *   PF_FEEDBACK      pairs (k, qubit with flags): what rec[-k] flipped flips the qubit so
 *   PF_MEASURE       qubits; value: X_BIT and Z_BIT >> 25 of the basis
 *   PF_MEASURE_RESET, PF_RESET                  the same
 *   PF_PRODUCT       factors with flags, one measurement for each without JOINED
 *   PF_PAD           each target records what never flips
 *   PF_FLIP_RECORDS  value: stream; one target, the number of latest records that it may flip
 *   PF_ERROR         value: stream; qubits with flags, one and the same Pauli for each
 *   PF_DEPOLARIZE_1, PF_DEPOLARIZE_2            value: stream; qubits or pairs
 *   PF_CHANNEL_1, PF_CHANNEL_2                  value: stream; the first target is the place of its
 *                    3 or 15 thresholds; qubits or pairs
 *   PF_CORRELATED, PF_ELSE_CORRELATED           value: stream; factors with flags
 *   PF_HERALD        value: stream; qubits; each records a bit
 *   PF_ALL_RECORDS, PF_ALL_ERROR                flips of all shots, without a stream
 *   PF_DETECTOR      look-backs; PF_OBSERVABLE with value, its index
 *   PF_REPEAT        value: place of its END; rounds[i] of them; PF_END has the place of its REPEAT
 *
 * A stream is a sequence of Bernoulli(p) trials that runs on through all instructions (and blocks)
 * of that p. Only hits are visited: next[s] counts the trials until the next one, -1 where it has
 * not begun, and scale[s] is -1 / log(1 - p): 0 where each trial hits, -1 where none does. Where a
 * channel is hit, a random 32-bit number is held against thresholds[place..]: the first that is
 * larger tells which of the Paulis (1.. in the order IX IY IZ XI ..) it is.
 *
 * All memory is the caller's. Nothing depends on the instruction set.
 *
 * Source: Gidney, "Stim: a fast stabilizer circuit simulator", Quantum 5, 497 (2021).
 */
#ifndef PAULI_FRAMES_H
#define PAULI_FRAMES_H

#include <stdint.h>

enum {
  PF_H,
  PF_S,
  PF_SQRT_X,
  PF_C_XYZ,
  PF_C_ZYX,
  PF_CX,
  PF_CZ,
  PF_SWAP,
  PF_PAIR,
  PF_FEEDBACK,
  PF_MEASURE,
  PF_MEASURE_RESET,
  PF_RESET,
  PF_PRODUCT,
  PF_PAD,
  PF_FLIP_RECORDS,
  PF_ALL_RECORDS,
  PF_ERROR,
  PF_ALL_ERROR,
  PF_DEPOLARIZE_1,
  PF_DEPOLARIZE_2,
  PF_CHANNEL_1,
  PF_CHANNEL_2,
  PF_CORRELATED,
  PF_ELSE_CORRELATED,
  PF_HERALD,
  PF_DETECTOR,
  PF_OBSERVABLE,
  PF_REPEAT,
  PF_END
};

/* Words that hold the generator and what it has drawn in advance; the first 32 are the seed, of
 * which not all may be 0, the rest begin as 0. */
int64_t pf_random_words(void);

/* Rows that wait for being written: `pending` holds so many. */
int64_t pf_pending_rows(void);

/* Run a piece of a program on one block of shots.
 *
 * state: int64[8 + depth of loops], all 0 at the start of a block; state[0] is the place.
 * frames: 2 rows for each of `qubits`, x and z; filled at the start of a block.
 * records: ring_rows (a power of two) rows; record r is row r % ring_rows. It has to hold all
 *   records that are looked back at, those of an instruction, and where these are written,
 *   pf_pending_rows() more.
 * pending: pf_pending_rows() rows; observables: a row for each; scratch: 2 rows.
 * what: 0 to write the records, where detectors do nothing and there are no observables; 1 to write
 *   the detectors and then the observables.
 * out: shot s is written to the `stride` bytes from out + s * stride, s < shots, which are all
 *   that is written; bit j is bit j % 8 of byte j / 8, xor that of `reference`, (bits + 63) / 64
 *   words.
 * budget: it stops after so many row operations, at the end of an instruction.
 *
 * Returns 1 when the block is done, else 0, and goes on when called again. */
int pf_run(const int32_t *op, const int64_t *first, const int32_t *targets, const int32_t *value,
           const int64_t *rounds, int64_t instructions, const double *scale, int64_t *next,
           const uint32_t *thresholds, int64_t qubits, int64_t n_observables, int64_t words,
           uint64_t *frames, uint64_t *records, int64_t ring_rows, uint64_t *pending,
           uint64_t *observables, uint64_t *scratch, uint64_t *random, int64_t *state, int what,
           const uint64_t *reference, int64_t shots, int64_t stride, uint8_t *out, int64_t budget);

/* For tests: `count` draws of -log(U), U uniform in (0, 1]. */
void pf_exponentials(uint64_t *random, int64_t count, double *out);

/* For tests: the transpose of 64 x 64 bits in place; bit j of word i becomes bit i of word j. */
void pf_transpose(uint64_t *block);

#endif
