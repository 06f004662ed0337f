/* The loop over a program; what its operations do is in the files that are included. */
#include "pauli_frames.h"

#include <string.h>

#include "portable.h"

#include "pauli_frames_random.inc"

enum { NUMBER = (1 << 24) - 1, X_BIT = 1 << 25, Z_BIT = 1 << 26, JOINED = 1 << 29 };
enum { IS_X = 1, IS_Z = 2, IS_Y = 3 };

/* What lies in the caller's `state`. */
enum { AT_PLACE, AT_BEGUN, AT_RECORDS, AT_DETECTORS, AT_WRITTEN, AT_DEPTH, AT_LOOPS = 8 };

typedef struct {
  const int32_t *targets;
  const double *scale;
  int64_t *next;
  int64_t words, shift; /* 64 * words == 1 << shift where that is a power of two, else shift is 0 */
  uint64_t *frames, *records, *scratch, *random;
  int64_t ring; /* mask of a row of the ring */
} Machine;

#include "pauli_frames_gates.inc"
#include "pauli_frames_noise.inc"
#include "pauli_frames_output.inc"

SIMD_CLONES
int pf_run(const int32_t *op, const int64_t *first, const int32_t *targets, const int32_t *value,
           const int64_t *rounds, int64_t instructions, const double *scale, int64_t *next,
           const uint32_t *thresholds, int64_t qubits, int64_t n_observables, int64_t words,
           uint64_t *frames, uint64_t *records, int64_t ring_rows, uint64_t *pending,
           uint64_t *observables, uint64_t *scratch, uint64_t *random, int64_t *state, int what,
           const uint64_t *reference, int64_t shots, int64_t stride, uint8_t *out, int64_t budget) {
  Machine machine = {targets, scale,   next,    words,  0,
                     frames,  records, scratch, random, ring_rows - 1};
  if (!(words & (words - 1))) machine.shift = 6 + lowest_bit((uint64_t)words);
  const Machine *m = &machine;
  Sheet sheet = {reference, shots, stride, out};
  int64_t *loops = state + AT_LOOPS;
  if (!state[AT_BEGUN]) {
    state[AT_BEGUN] = 1;
    for (int64_t q = 0; q < qubits; ++q) {
      clear_row(m, frames + 2 * words * q);
      random_row(m, frames + 2 * words * q + words); /* Z is a symmetry of |0> */
    }
    memset(observables, 0, (size_t)(n_observables * words) * sizeof *observables);
    memset(scratch, 0, (size_t)(2 * words) * sizeof *scratch);
  }
  int64_t place = state[AT_PLACE];
  for (; place < instructions && budget > 0; ++place) {
    int64_t from = first[place], to = first[place + 1], count = to - from;
    int32_t given = value[place];
    budget -= 1 + count;
    switch (op[place]) {
      case PF_H:
      case PF_S:
      case PF_SQRT_X:
      case PF_C_XYZ:
      case PF_C_ZYX:
        for (int64_t at = from; at < to; ++at) one_qubit_gate(m, op[place], row_of(m, targets[at]));
        break;
      case PF_CX:
        for (int64_t at = from; at < to; at += 2)
          cx(m, row_of(m, targets[at]), row_of(m, targets[at + 1]));
        break;
      case PF_CZ:
        for (int64_t at = from; at < to; at += 2)
          cz(m, row_of(m, targets[at]), row_of(m, targets[at + 1]));
        break;
      case PF_SWAP:
        for (int64_t at = from; at < to; at += 2) {
          uint64_t *a = row_of(m, targets[at]), *b = row_of(m, targets[at + 1]);
          swap_rows(m, a, b), swap_rows(m, a + words, b + words);
        }
        break;
      case PF_PAIR:
        for (int64_t at = from; at < to; at += 2)
          pair_gate(m, given, row_of(m, targets[at]), row_of(m, targets[at + 1]));
        break;
      case PF_FEEDBACK:
        for (int64_t at = from; at < to; at += 2)
          add_pauli(m, targets[at + 1], record_row(m, state[AT_RECORDS] - targets[at]));
        break;
      case PF_MEASURE:
      case PF_MEASURE_RESET:
        if (!what) write_records(m, &sheet, state, 0);
        for (int64_t at = from; at < to; ++at)
          measure(m, given, row_of(m, targets[at]), record_row(m, state[AT_RECORDS]++),
                  op[place] == PF_MEASURE_RESET);
        break;
      case PF_RESET:
        for (int64_t at = from; at < to; ++at) measure(m, given, row_of(m, targets[at]), 0, 1);
        break;
      case PF_PRODUCT:
        if (!what) write_records(m, &sheet, state, 0);
        for (int64_t at = from; at < to;) {
          int64_t end = at + 1;
          while (end < to && targets[end] & JOINED) ++end;
          measure_product(m, at, end, record_row(m, state[AT_RECORDS]++));
          at = end;
        }
        break;
      case PF_PAD:
        if (!what) write_records(m, &sheet, state, 0);
        for (int64_t at = from; at < to; ++at) clear_row(m, record_row(m, state[AT_RECORDS]++));
        break;
      case PF_HERALD:
        if (!what) write_records(m, &sheet, state, 0);
        herald(m, given, from, to, state[AT_RECORDS]);
        state[AT_RECORDS] += count;
        break;
      case PF_FLIP_RECORDS:
        flip_records(m, given, state[AT_RECORDS], targets[from]);
        break;
      case PF_ALL_RECORDS:
        for (int64_t back = 1; back <= targets[from]; ++back)
          negate_row(m, record_row(m, state[AT_RECORDS] - back));
        break;
      case PF_ERROR:
        errors(m, given, from, to);
        break;
      case PF_ALL_ERROR:
        for (int64_t at = from; at < to; ++at) {
          uint64_t *x = row_of(m, targets[at]);
          if (targets[at] & X_BIT) negate_row(m, x);
          if (targets[at] & Z_BIT) negate_row(m, x + words);
        }
        break;
      case PF_DEPOLARIZE_1:
        depolarize(m, given, from, to);
        break;
      case PF_DEPOLARIZE_2:
        depolarize_pairs(m, given, from, to);
        break;
      case PF_CHANNEL_1:
        channel(m, given, thresholds + targets[from], 0, from + 1, to);
        break;
      case PF_CHANNEL_2:
        channel(m, given, thresholds + targets[from], 1, from + 1, to);
        break;
      case PF_CORRELATED:
        correlated(m, given, 0, from, to);
        break;
      case PF_ELSE_CORRELATED:
        correlated(m, given, 1, from, to);
        break;
      case PF_DETECTOR:
        if (what) {
          uint64_t *row = new_detector(m, &sheet, pending, state);
          clear_row(m, row);
          for (int64_t at = from; at < to; ++at)
            add_row(m, row, record_row(m, state[AT_RECORDS] - targets[at]));
        }
        break;
      case PF_OBSERVABLE:
        for (int64_t at = from; at < to; ++at)
          add_row(m, observables + words * given, record_row(m, state[AT_RECORDS] - targets[at]));
        break;
      case PF_REPEAT:
        loops[state[AT_DEPTH]++] = rounds[place];
        break;
      case PF_END:
        if (--loops[state[AT_DEPTH] - 1])
          place = given; /* its REPEAT, behind which it goes on */
        else
          --state[AT_DEPTH];
        break;
      default:
        break;
    }
  }
  state[AT_PLACE] = place;
  if (place < instructions) return 0;
  if (!what) {
    write_records(m, &sheet, state, 1);
    return 1;
  }
  for (int64_t i = 0; i < n_observables; ++i)
    copy_row(m, new_detector(m, &sheet, pending, state), observables + words * i);
  write_rows(&sheet, words, pending, state[AT_DETECTORS] - state[AT_WRITTEN], state[AT_WRITTEN]);
  return 1;
}

int64_t pf_random_words(void) { return RANDOM_WORDS; }

int64_t pf_pending_rows(void) { return PENDING; }

void pf_exponentials(uint64_t *random, int64_t count, double *out) {
  for (int64_t at = 0; at < count; ++at) {
    uint64_t *left = random + AT_USED_WAITS;
    if (!*left) draw_waits(random);
    memcpy(out + at, random + AT_WAITS + (DRAWN - *left), sizeof *out);
    --*left;
  }
}

void pf_transpose(uint64_t *block) { transpose(block); }
