/* Runs many random programs through the kernel of Pauli frames, for sanitizers to watch and for
 * comparing instruction sets: prints a digest of all samples. Every array has the exact length that
 * the header asks for. Compiled once for each type of entries like every driver, though it has
 * none.
 *
 * The exit code is 1 where a program that is run in small pieces gives other samples than at once.
 */
#include "pauli_frames.h"

#include "driving.h"

enum { X_BIT = 1 << 25, Z_BIT = 1 << 26, JOINED = 1 << 29, MOST = 400, STREAMS = 5 };

typedef struct {
  int32_t op[MOST], value[MOST], targets[8 * MOST];
  int64_t first[MOST + 1], rounds[MOST], count, filled;
  int64_t depth, begin[3], records, longest, detectors, most_depth;
} Program;

static void aim(Program *p, int64_t target) { p->targets[p->filled++] = (int32_t)target; }

static void end(Program *p, int op, int64_t value) {
  p->op[p->count] = op;
  p->value[p->count] = (int32_t)value;
  p->rounds[p->count] = 1;
  p->first[++p->count] = p->filled;
}

static int64_t flags(void) { return (int64_t[]){X_BIT, Z_BIT, X_BIT | Z_BIT}[draw(3)]; }

static void aim_pair(Program *p, int64_t qubits) {
  int64_t a = draw(qubits), b = (a + 1 + draw(qubits - 1)) % qubits;
  aim(p, a), aim(p, b);
}

static void recorded(Program *p, int64_t count) {
  p->records += count;
  if (count > p->longest) p->longest = count;
}

static void look_back(Program *p) {
  int64_t back = 1 + draw(p->records < 20 ? p->records : 20);
  if (back > p->longest) p->longest = back;
  aim(p, back);
}

/* Records in loops are counted once only, so that looking back is right in the first round. */
static void append(Program *p, int64_t qubits, int64_t observables) {
  int op = (int)draw(PF_END + 1);
  int64_t many = 1 + draw(3), stream = draw(STREAMS);
  if (op == PF_REPEAT) {
    if (p->depth == 2) return;
    p->begin[p->depth++] = p->count;
    if (p->depth > p->most_depth) p->most_depth = p->depth;
    end(p, op, 0);
    p->rounds[p->count - 1] = 1 + draw(3);
  } else if (op == PF_END) {
    if (p->depth) end(p, op, p->begin[--p->depth]);
  } else if (op <= PF_C_ZYX) {
    while (many--) aim(p, draw(qubits));
    end(p, op, 0);
  } else if (op <= PF_PAIR) {
    while (many--) aim_pair(p, qubits);
    end(p, op, op == PF_PAIR ? draw(1 << 16) : 0);
  } else if (op == PF_FEEDBACK) {
    if (!p->records) return;
    look_back(p), aim(p, draw(qubits) | flags());
    end(p, op, 0);
  } else if (op <= PF_RESET) {
    if (op != PF_RESET) recorded(p, many);
    while (many--) aim(p, draw(qubits));
    end(p, op, 1 + draw(3));
  } else if (op == PF_PRODUCT) {
    recorded(p, many);
    while (many--) {
      int64_t a = draw(qubits);
      aim(p, a | flags()), aim(p, (a + 1) % qubits | flags() | JOINED);
    }
    end(p, op, 0);
  } else if (op == PF_PAD) {
    recorded(p, many);
    while (many--) aim(p, draw(2));
    end(p, op, 0);
  } else if (op == PF_FLIP_RECORDS || op == PF_ALL_RECORDS) {
    if (!p->records) return;
    aim(p, 1), end(p, op, stream);
  } else if (op == PF_ERROR || op == PF_ALL_ERROR) {
    while (many--) aim(p, draw(qubits) | flags());
    end(p, op, stream);
  } else if (op == PF_CORRELATED || op == PF_ELSE_CORRELATED) {
    while (many--) aim(p, draw(qubits) | flags());
    end(p, op, stream);
  } else if (op == PF_DEPOLARIZE_1 || op == PF_HERALD) {
    if (op == PF_HERALD) recorded(p, many);
    while (many--) aim(p, draw(qubits));
    end(p, op, stream);
  } else if (op == PF_DEPOLARIZE_2) {
    while (many--) aim_pair(p, qubits);
    end(p, op, stream);
  } else if (op == PF_CHANNEL_1 || op == PF_CHANNEL_2) {
    aim(p, op == PF_CHANNEL_1 ? 0 : 3);
    while (many--)
      if (op == PF_CHANNEL_1)
        aim(p, draw(qubits));
      else
        aim_pair(p, qubits);
    end(p, op, stream);
  } else if (p->records && (op == PF_DETECTOR || observables)) {
    while (many--) look_back(p);
    end(p, op, op == PF_DETECTOR ? 0 : draw(observables));
  }
}

/* Records or detectors of a whole run. */
static int64_t bits_of(const Program *p, int what) {
  int64_t factor = 1, bits = 0, open[3], depth = 0;
  for (int64_t i = 0; i < p->count; ++i) {
    int64_t own = 0;
    if (p->op[i] == PF_REPEAT) factor *= open[depth++] = p->rounds[i];
    if (p->op[i] == PF_END) factor /= open[--depth];
    if (what) own = p->op[i] == PF_DETECTOR;
    if (!what)
      for (int64_t at = p->first[i]; at < p->first[i + 1]; ++at)
        own += p->op[i] == PF_MEASURE || p->op[i] == PF_MEASURE_RESET || p->op[i] == PF_PAD ||
               p->op[i] == PF_HERALD || (p->op[i] == PF_PRODUCT && !(p->targets[at] & JOINED));
    bits += factor * own;
  }
  return bits;
}

static uint8_t *sample(const Program *p, int64_t qubits, int64_t observables, int64_t words,
                       int what, int64_t shots, int64_t stride, int64_t budget) {
  const double scale[STREAMS] = {-1.0, 0.0, 20.0, 1e17, 1.5};
  uint32_t thresholds[18] = {1000000000u, 1000000000u, 4294967295u};
  for (uint32_t i = 0; i < 15; ++i) thresholds[3 + i] = i < 14 ? (i + 1) * 280000000u : 4294967295u;
  int64_t rows = pf_pending_rows(), ring = 1, next[STREAMS] = {-1, -1, -1, -1, -1};
  while (ring < p->longest + (what ? 1 : rows)) ring *= 2;
  uint64_t *frames = room(2 * qubits * words, 8), *records = room(ring * words, 8);
  uint64_t *pending = room(rows * words, 8), *kept = room(observables * words, 8);
  uint64_t *scratch = room(2 * words, 8), *random = zeros(pf_random_words(), 8);
  int64_t *state = room(8 + p->most_depth, 8), known = (8 * stride + 63) / 64;
  uint64_t *reference = room(known, 8);
  uint8_t *out = room(shots * stride, 1);
  for (int i = 0; i < 32; ++i) random[i] = 0x9e3779b97f4a7c15u * (uint64_t)(i + 1);
  for (int64_t from = 0; from < shots; from += 64 * words) {
    int64_t count = shots - from < 64 * words ? shots - from : 64 * words;
    memset(state, 0, (size_t)(8 + p->most_depth) * 8);
    while (!pf_run(p->op, p->first, p->targets, p->value, p->rounds, p->count, scale, next,
                   thresholds, qubits, observables, words, frames, records, ring, pending, kept,
                   scratch, random, state, what, reference, count, stride, out + from * stride,
                   budget)) {
    }
  }
  free(frames), free(records), free(pending), free(kept), free(scratch), free(random);
  free(state), free(reference);
  return out;
}

static Program *exact(const Program *p) {
  Program *copy = room(1, sizeof *copy);
  memcpy(copy, p, sizeof *copy);
  return copy;
}

int main(void) {
  static Program made;
  for (int trial = 0; trial < 120; ++trial) {
    int64_t qubits = 2 + draw(4), observables = draw(3);
    int64_t length = trial % 10 ? draw(60) : 300;
    int64_t words = 8 * (1 + draw(3));
    memset(&made, 0, sizeof made);
    while (made.count < length) append(&made, qubits, observables);
    while (made.depth) end(&made, PF_END, made.begin[--made.depth]);
    for (int what = 0; what < 2; ++what) {
      Program *p = exact(&made);
      int64_t bits = bits_of(p, what) + (what ? observables : 0);
      int64_t shots = 1 + draw(130 * words), stride = (bits + 7) / 8;
      int64_t n = what ? observables : 0;
      if (!what) /* the caller leaves these out */
        for (int64_t i = 0; i < p->count; ++i)
          if (p->op[i] == PF_OBSERVABLE) p->op[i] = PF_DETECTOR;
      uint8_t *whole = sample(p, qubits, n, words, what, shots, stride, INT64_MAX);
      uint8_t *pieces = sample(p, qubits, n, words, what, shots, stride, 1 + draw(9));
      CHECK(!memcmp(whole, pieces, (size_t)(shots * stride)), "in pieces it differs", trial, what);
      add(whole, shots * stride);
      free(whole), free(pieces), free(p);
    }
  }
  return done();
}
