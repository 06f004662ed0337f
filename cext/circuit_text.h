/* Circuits in the common subset of Stim's text format, read into arrays.
 *
 * Only what is sound is read. Where the text is none, or is written in a way that is not known
 * here, -1 is returned, and whoever wants to know why reads it again with more words
 * (_circuit_parser.py, which says what the arrays hold too).
 *
 * names: 24 bytes each, upper case, filled up with 0, in ascending order; codes: the opcode of
 *   each. kinds: CT_COLUMNS numbers for each opcode:
 *   CT_TARGETS    what its targets may be, one of CT_QUBITS ...
 *   CT_PAIRED     1 where they come in pairs
 *   CT_RECORDS    the bits it adds to the record, for each target, pair or product
 *   CT_ARGUMENTS  bit k is set where k arguments are allowed; -1 for any number
 *   CT_VALUES     what these are, one of CT_PROBABILITIES ...
 *   CT_ROLE       one of CT_PLAIN ...
 * end: the opcode that closes a loop.
 */
#ifndef CIRCUIT_TEXT_H
#define CIRCUIT_TEXT_H

#include <stdint.h>

enum { CT_TARGETS, CT_PAIRED, CT_RECORDS, CT_ARGUMENTS, CT_VALUES, CT_ROLE, CT_COLUMNS };
enum { CT_QUBITS, CT_RESULTS, CT_PAULIS, CT_PRODUCTS, CT_BITS, CT_LOOK_BACKS, CT_NONE };
enum { CT_PROBABILITIES, CT_DISJOINT, CT_NUMBERS, CT_INDEX };
enum { CT_PLAIN, CT_CONTROLLED, CT_EITHER_WAY, CT_REPEAT, CT_DETECTOR, CT_OBSERVABLE };
/* What is told of the whole circuit. */
enum {
  CT_N_TARGETS,
  CT_N_ARGUMENTS,
  CT_N_QUBITS,
  CT_N_MEASUREMENTS,
  CT_N_DETECTORS,
  CT_N_OBSERVABLES,
  CT_DEPTH,
  CT_TOTALS
};

/* The number of instructions, or -1.
 *
 * text: `length` bytes of UTF-8, of which the last one is a newline, in `n_lines` lines.
 * opcodes, partners, counts, lines: room for n_lines; first_target, first_argument: for one more.
 * targets, arguments: room for length / 2 + 1.
 * open: scratch, 3 * n_lines.
 * totals: CT_TOTALS numbers. */
int64_t ct_read(const uint8_t *text, int64_t length, int64_t n_lines, const uint8_t *names,
                const int32_t *codes, int64_t n_names, const int32_t *kinds, int32_t end,
                int32_t *opcodes, int64_t *first_target, int32_t *targets, int64_t *first_argument,
                double *arguments, int32_t *partners, int64_t *counts, int32_t *lines,
                int64_t *open, int64_t *totals);

#endif
