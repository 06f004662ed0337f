#include "pauli_frames.h"

#include <string.h>

#include "portable.h"

/* Generator: eight xoshiro256++ side by side, so that a step is a few vector operations. */
enum { LANES = 8, SEED = 4 * LANES, DRAWN = 512, GROUP = 8, PENDING = 64 * GROUP };

/* What lies in the caller's `random`, in words. */
enum {
  AT_BITS = SEED,                  /* random words, drawn in advance */
  AT_WAITS = AT_BITS + DRAWN,      /* exponential variables, as doubles */
  AT_KINDS = AT_WAITS + DRAWN,     /* and a random number beside each, 32 bits in a word */
  AT_USED_BITS = AT_KINDS + DRAWN, /* counted down; 0 where they have to be drawn */
  AT_USED_WAITS,
  RANDOM_WORDS
};

enum { NUMBER = (1 << 24) - 1, X_BIT = 1 << 25, Z_BIT = 1 << 26, JOINED = 1 << 29 };
enum { IS_X = 1, IS_Z = 2, IS_Y = 3 };

/* What lies in the caller's `state`. */
enum { AT_PLACE, AT_BEGUN, AT_RECORDS, AT_DETECTORS, AT_WRITTEN, AT_DEPTH, AT_LOOPS = 8 };

int64_t pf_random_words(void) { return RANDOM_WORDS; }

int64_t pf_pending_rows(void) { return PENDING; }

typedef struct {
  const int32_t *targets;
  const double *scale;
  int64_t *next;
  int64_t words, shift; /* 64 * words == 1 << shift where that is a power of two, else shift is 0 */
  uint64_t *frames, *records, *scratch, *random;
  int64_t ring; /* mask of a row of the ring */
} Machine;

ALWAYS_INLINE uint64_t rotated(uint64_t x, int by) { return (x << by) | (x >> (64 - by)); }

/* count is a multiple of 8. */
ALWAYS_INLINE void draw(uint64_t *random, uint64_t *to, int64_t count) {
  uint64_t a[LANES], b[LANES], c[LANES], d[LANES];
  memcpy(a, random, sizeof a), memcpy(b, random + LANES, sizeof b);
  memcpy(c, random + 2 * LANES, sizeof c), memcpy(d, random + 3 * LANES, sizeof d);
  for (int64_t at = 0; at < count; at += LANES)
    for (int i = 0; i < LANES; ++i) {
      to[at + i] = rotated(a[i] + d[i], 23) + a[i];
      uint64_t shifted = b[i] << 17;
      c[i] ^= a[i], d[i] ^= b[i], b[i] ^= c[i], a[i] ^= d[i];
      c[i] ^= shifted;
      d[i] = rotated(d[i], 45);
    }
  memcpy(random, a, sizeof a), memcpy(random + LANES, b, sizeof b);
  memcpy(random + 2 * LANES, c, sizeof c), memcpy(random + 3 * LANES, d, sizeof d);
}

/* -log(U) for U in (0, 1] made of 52 random bits: by the atanh series of a mantissa in
 * (0.7, 1.42), to the last bits of a double and without a library, whose last bit may vary. */
ALWAYS_INLINE double exponential(uint64_t bits) {
  const uint64_t one = 0x3ff0000000000000u, root_half = 0x3fe6a09e667f3bcdu;
  uint64_t word = (bits >> 12) | one;
  double u, m, e;
  memcpy(&u, &word, sizeof u);
  u = 2.0 - u;
  memcpy(&word, &u, sizeof u);
  word += one - root_half;
  uint64_t whole = (word >> 52) | 0x4330000000000000u; /* as 2^52 + exponent */
  word = (word & 0x000fffffffffffffu) + root_half;
  memcpy(&m, &word, sizeof m), memcpy(&e, &whole, sizeof e);
  e -= 4503599627370496.0 + 1023.0;
  double t = (m - 1.0) / (m + 1.0), s = t * t;
  double series = 1.0 / 17;
  series = series * s + 1.0 / 15;
  series = series * s + 1.0 / 13;
  series = series * s + 1.0 / 11;
  series = series * s + 1.0 / 9;
  series = series * s + 1.0 / 7;
  series = series * s + 1.0 / 5;
  series = series * s + 1.0 / 3;
  return -(e * 0.6931471805599453 + 2.0 * (t + t * s * series));
}

/* Called rarely, so that it is a function of its own, with clones of its own. */
SIMD_CLONES
NOT_INLINE void draw_waits(uint64_t *random) {
  uint64_t *waits = random + AT_WAITS, *kinds = random + AT_KINDS;
  draw(random, waits, DRAWN);
  for (int i = 0; i < DRAWN; ++i) {
    double wait = exponential(waits[i]);
    memcpy(waits + i, &wait, sizeof wait);
  }
  draw(random, kinds, DRAWN);
  for (int i = 0; i < DRAWN; ++i) kinds[i] >>= 32;
  random[AT_USED_WAITS] = DRAWN;
}

SIMD_CLONES
NOT_INLINE void draw_bits(uint64_t *random) {
  draw(random, random + AT_BITS, DRAWN);
  random[AT_USED_BITS] = DRAWN;
}

/* The next random row. */
ALWAYS_INLINE void random_row(const Machine *m, uint64_t *to) {
  uint64_t *left = m->random + AT_USED_BITS;
  for (int64_t w = 0; w < m->words;) {
    if (!*left) draw_bits(m->random);
    int64_t count = m->words - w < (int64_t)*left ? m->words - w : (int64_t)*left;
    memcpy(to + w, m->random + AT_BITS + (DRAWN - *left), (size_t)count * sizeof *to);
    *left -= (uint64_t)count;
    w += count;
  }
}

ALWAYS_INLINE uint64_t *row_of(const Machine *m, int32_t target) {
  return m->frames + 2 * m->words * (target & NUMBER);
}

ALWAYS_INLINE uint64_t *record_row(const Machine *m, int64_t number) {
  return m->records + m->words * (number & m->ring);
}

ALWAYS_INLINE void clear_row(const Machine *m, uint64_t *row) {
  memset(row, 0, (size_t)m->words * sizeof *row);
}

ALWAYS_INLINE void copy_row(const Machine *m, uint64_t *restrict to,
                            const uint64_t *restrict from) {
  for (int64_t w = 0; w < m->words; w += 8)
    for (int i = 0; i < 8; ++i) to[w + i] = from[w + i];
}

ALWAYS_INLINE void add_row(const Machine *m, uint64_t *restrict to, const uint64_t *restrict from) {
  for (int64_t w = 0; w < m->words; w += 8)
    for (int i = 0; i < 8; ++i) to[w + i] ^= from[w + i];
}

ALWAYS_INLINE void negate_row(const Machine *m, uint64_t *row) {
  for (int64_t w = 0; w < m->words; w += 8)
    for (int i = 0; i < 8; ++i) row[w + i] = ~row[w + i];
}

ALWAYS_INLINE void swap_rows(const Machine *m, uint64_t *restrict a, uint64_t *restrict b) {
  for (int64_t w = 0; w < m->words; w += 8)
    for (int i = 0; i < 8; ++i) {
      uint64_t kept = a[w + i];
      a[w + i] = b[w + i];
      b[w + i] = kept;
    }
}

/* Add the Pauli of a target's flags to its qubit in the shots of `from`. */
ALWAYS_INLINE void add_pauli(const Machine *m, int32_t target, const uint64_t *from) {
  uint64_t *x = row_of(m, target);
  if (target & X_BIT) add_row(m, x, from);
  if (target & Z_BIT) add_row(m, x + m->words, from);
}

ALWAYS_INLINE void one_qubit_gate(const Machine *m, int op, uint64_t *restrict x) {
  uint64_t *restrict z = x + m->words;
  switch (op) {
    case PF_H:
      swap_rows(m, x, z);
      break;
    case PF_S:
      add_row(m, z, x);
      break;
    case PF_SQRT_X:
      add_row(m, x, z);
      break;
    case PF_C_XYZ:
      add_row(m, x, z), add_row(m, z, x);
      break;
    default:
      add_row(m, z, x), add_row(m, x, z);
      break;
  }
}

ALWAYS_INLINE void cx(const Machine *m, uint64_t *restrict c, uint64_t *restrict t) {
  int64_t n = m->words;
  for (int64_t w = 0; w < n; w += 8)
    for (int i = 0; i < 8; ++i) t[w + i] ^= c[w + i];
  for (int64_t w = n; w < 2 * n; w += 8)
    for (int i = 0; i < 8; ++i) c[w + i] ^= t[w + i];
}

ALWAYS_INLINE void cz(const Machine *m, uint64_t *restrict a, uint64_t *restrict b) {
  int64_t n = m->words;
  for (int64_t w = 0; w < n; w += 8)
    for (int i = 0; i < 8; ++i) {
      a[n + w + i] ^= b[w + i];
      b[n + w + i] ^= a[w + i];
    }
}

/* Any linear map of xa, za, xb, zb, with its 16 entries as masks. */
ALWAYS_INLINE void pair_gate(const Machine *m, int32_t map, uint64_t *restrict a,
                             uint64_t *restrict b) {
  int64_t n = m->words;
  uint64_t on[16];
  for (int i = 0; i < 16; ++i) on[i] = (uint64_t)0 - (uint64_t)(map >> i & 1);
  for (int64_t w = 0; w < n; ++w) {
    uint64_t in[4] = {a[w], a[n + w], b[w], b[n + w]}, to[4];
    for (int i = 0; i < 4; ++i) {
      const uint64_t *from = on + 4 * i;
      to[i] = (in[0] & from[0]) ^ (in[1] & from[1]) ^ (in[2] & from[2]) ^ (in[3] & from[3]);
    }
    a[w] = to[0], a[n + w] = to[1], b[w] = to[2], b[n + w] = to[3];
  }
}

/* Measure and reset in the basis Z, X or Y (2, 1, 3): what anticommutes with it is recorded, and
 * the multiples of it, which the state no longer tells apart, become random. */
ALWAYS_INLINE void measure(const Machine *m, int32_t basis, uint64_t *x, uint64_t *restrict to,
                           int reset) {
  uint64_t *z = x + m->words;
  if (to) {
    copy_row(m, to, basis == IS_X ? z : x);
    if (basis == IS_Y) add_row(m, to, z);
  }
  if (basis == IS_Z) {
    if (reset) clear_row(m, x);
    random_row(m, z);
  } else if (basis == IS_X) {
    if (reset) clear_row(m, z);
    random_row(m, x);
  } else if (reset) {
    random_row(m, z);
    copy_row(m, x, z);
  } else {
    random_row(m, m->scratch);
    add_row(m, x, m->scratch), add_row(m, z, m->scratch);
  }
}

ALWAYS_INLINE void measure_product(const Machine *m, int64_t from, int64_t to, uint64_t *row) {
  clear_row(m, row);
  random_row(m, m->scratch);
  for (int64_t at = from; at < to; ++at) {
    int32_t factor = m->targets[at];
    uint64_t *x = row_of(m, factor);
    if (factor & X_BIT) add_row(m, row, x + m->words);
    if (factor & Z_BIT) add_row(m, row, x);
  }
  for (int64_t at = from; at < to; ++at) add_pauli(m, m->targets[at], m->scratch);
}

/* The hits of a stream among the next trials: `for (Hits h = hits(..); next_hit(m, &h);)`. */
typedef struct {
  int64_t next, trials;
  double scale;
  int32_t stream;
  int64_t at;    /* this hit */
  uint32_t kind; /* and a random number beside it */
} Hits;

ALWAYS_INLINE int64_t skip(const Machine *m, double scale, uint32_t *kind) {
  uint64_t *left = m->random + AT_USED_WAITS;
  if (!*left) draw_waits(m->random);
  const uint64_t place = DRAWN - *left;
  double wait;
  memcpy(&wait, m->random + AT_WAITS + place, sizeof wait);
  *kind = (uint32_t)m->random[AT_KINDS + place];
  --*left;
  return (int64_t)(wait * scale);
}

ALWAYS_INLINE Hits hits(const Machine *m, int32_t stream, int64_t trials) {
  Hits h = {m->next[stream], trials, m->scale[stream], stream, 0, 0};
  if (h.scale < 0)
    h.trials = 0, h.next = 0;
  else if (h.next < 0)
    h.next = skip(m, h.scale, &h.kind);
  return h;
}

ALWAYS_INLINE int next_hit(const Machine *m, Hits *h) {
  if (h->next >= h->trials) {
    m->next[h->stream] = h->next - h->trials;
    return 0;
  }
  h->at = h->next;
  h->next += 1 + skip(m, h->scale, &h->kind);
  return 1;
}

/* Where a hit lies: the slot, the word and the bit in it. */
typedef struct {
  int64_t slot, word;
  uint64_t bit;
} Place;

ALWAYS_INLINE Place place_of(const Machine *m, int64_t at) {
  int64_t shots = 64 * m->words;
  int64_t slot = m->shift ? at >> m->shift : at / shots;
  int64_t shot = m->shift ? at & (shots - 1) : at - slot * shots;
  Place place = {slot, shot >> 6, (uint64_t)1 << (shot & 63)};
  return place;
}

/* Add a Pauli, IS_X, IS_Z or both, to a qubit of one shot; without a branch that is guessed. */
ALWAYS_INLINE void flip(const Machine *m, int32_t target, Place place, uint64_t pauli) {
  uint64_t *x = row_of(m, target) + place.word;
  x[0] ^= place.bit & ((uint64_t)0 - (pauli & 1));
  x[m->words] ^= place.bit & ((uint64_t)0 - (pauli >> 1));
}

/* The Paulis I X Y Z as IS_..., in two bits each. */
ALWAYS_INLINE uint64_t pauli_of(uint64_t number) { return 0xb4u >> (2 * number) & 3; }

ALWAYS_INLINE uint64_t chosen(const uint32_t *thresholds, int count, uint32_t kind) {
  int number = 0;
  while (number < count - 1 && kind >= thresholds[number]) ++number;
  return (uint64_t)number + 1;
}

ALWAYS_INLINE void errors(const Machine *m, int32_t stream, int64_t from, int64_t to) {
  const int32_t *targets = m->targets + from;
  for (Hits h = hits(m, stream, (to - from) * 64 * m->words); next_hit(m, &h);) {
    Place place = place_of(m, h.at);
    int32_t target = targets[place.slot];
    flip(m, target, place, (uint64_t)(target >> 25 & 3));
  }
}

ALWAYS_INLINE void depolarize(const Machine *m, int32_t stream, int64_t from, int64_t to) {
  const int32_t *targets = m->targets + from;
  for (Hits h = hits(m, stream, (to - from) * 64 * m->words); next_hit(m, &h);) {
    Place place = place_of(m, h.at);
    flip(m, targets[place.slot], place, 1 + ((uint64_t)h.kind * 3 >> 32));
  }
}

ALWAYS_INLINE void depolarize_pairs(const Machine *m, int32_t stream, int64_t from, int64_t to) {
  const int32_t *targets = m->targets + from;
  for (Hits h = hits(m, stream, (to - from) / 2 * 64 * m->words); next_hit(m, &h);) {
    Place place = place_of(m, h.at);
    uint64_t paulis = 1 + ((uint64_t)h.kind * 15 >> 32);
    flip(m, targets[2 * place.slot], place, paulis & 3);
    flip(m, targets[2 * place.slot + 1], place, paulis >> 2);
  }
}

ALWAYS_INLINE void channel(const Machine *m, int32_t stream, const uint32_t *thresholds, int pairs,
                           int64_t from, int64_t to) {
  const int32_t *targets = m->targets + from;
  int64_t width = pairs ? 2 : 1;
  for (Hits h = hits(m, stream, (to - from) / width * 64 * m->words); next_hit(m, &h);) {
    Place place = place_of(m, h.at);
    uint64_t number = chosen(thresholds, pairs ? 15 : 3, h.kind);
    if (pairs) flip(m, targets[2 * place.slot], place, pauli_of(number >> 2));
    flip(m, targets[width * place.slot + width - 1], place, pauli_of(number & 3));
  }
}

/* The second scratch row remembers in which shots one of the errors since E has fired. */
ALWAYS_INLINE void correlated(const Machine *m, int32_t stream, int or_else, int64_t from,
                              int64_t to) {
  uint64_t *fires = m->scratch, *fired = m->scratch + m->words;
  clear_row(m, fires);
  for (Hits h = hits(m, stream, 64 * m->words); next_hit(m, &h);) {
    Place place = place_of(m, h.at);
    fires[place.word] |= place.bit;
  }
  for (int64_t w = 0; w < m->words; ++w) {
    if (or_else) fires[w] &= ~fired[w];
    fired[w] = fires[w] | (or_else ? fired[w] : 0);
  }
  for (int64_t at = from; at < to; ++at) add_pauli(m, m->targets[at], fires);
}

ALWAYS_INLINE void herald(const Machine *m, int32_t stream, int64_t from, int64_t to,
                          int64_t record) {
  for (int64_t at = from; at < to; ++at) clear_row(m, record_row(m, record + at - from));
  for (Hits h = hits(m, stream, (to - from) * 64 * m->words); next_hit(m, &h);) {
    Place place = place_of(m, h.at);
    record_row(m, record + place.slot)[place.word] |= place.bit;
    flip(m, m->targets[from + place.slot], place, h.kind >> 30);
  }
}

ALWAYS_INLINE void flip_records(const Machine *m, int32_t stream, int64_t record, int64_t count) {
  for (Hits h = hits(m, stream, count * 64 * m->words); next_hit(m, &h);) {
    Place place = place_of(m, h.at);
    record_row(m, record - count + place.slot)[place.word] ^= place.bit;
  }
}

/* Halves are exchanged, then quarters, and so on. */
ALWAYS_INLINE void transpose(uint64_t *block) {
#define EXCHANGE(size, mask)                                               \
  for (int from = 0; from < 64; from += 2 * (size))                        \
    for (int i = from; i < from + (size); ++i) {                           \
      uint64_t change = (block[i] >> (size) ^ block[i + (size)]) & (mask); \
      block[i] ^= change << (size);                                        \
      block[i + (size)] ^= change;                                         \
    }
  EXCHANGE(32, 0x00000000ffffffffu)
  EXCHANGE(16, 0x0000ffff0000ffffu)
  EXCHANGE(8, 0x00ff00ff00ff00ffu)
  EXCHANGE(4, 0x0f0f0f0f0f0f0f0fu)
  EXCHANGE(2, 0x3333333333333333u)
  EXCHANGE(1, 0x5555555555555555u)
#undef EXCHANGE
}

typedef struct {
  const uint64_t *reference;
  int64_t shots, stride;
  uint8_t *out;
} Sheet;

/* Write `count` <= 512 rows as the bits from `bit` on, a multiple of 512, of every shot. */
ALWAYS_INLINE void write_rows(const Sheet *sheet, int64_t words, const uint64_t *rows,
                              int64_t count, int64_t bit) {
  uint64_t turned[64][GROUP], block[64];
  int64_t bytes = (count + 7) / 8, groups = (count + 63) / 64;
  for (int64_t w = 0; w < words && 64 * w < sheet->shots; ++w) {
    for (int64_t g = 0; g < groups; ++g) {
      for (int64_t i = 0; i < 64; ++i)
        block[i] = 64 * g + i < count ? rows[(64 * g + i) * words + w] : 0;
      transpose(block);
      uint64_t known = sheet->reference[bit / 64 + g];
      for (int i = 0; i < 64; ++i) turned[i][g] = block[i] ^ known;
    }
    for (int64_t i = 0; i < 64 && 64 * w + i < sheet->shots; ++i) {
      uint8_t *to = sheet->out + (64 * w + i) * sheet->stride + bit / 8;
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
      for (int64_t at = 0; at < bytes; ++at) to[at] = (uint8_t)(turned[i][at / 8] >> 8 * (at % 8));
#else
      if (bytes == sizeof turned[i])
        memcpy(to, turned[i], sizeof turned[i]);
      else
        memcpy(to, turned[i], (size_t)bytes);
#endif
    }
  }
}

/* Records of whole groups that are settled; all that are left where the block is done. */
ALWAYS_INLINE void write_records(const Machine *m, const Sheet *sheet, int64_t *state, int done) {
  while (state[AT_RECORDS] - state[AT_WRITTEN] >= (done ? 1 : PENDING)) {
    int64_t count = state[AT_RECORDS] - state[AT_WRITTEN];
    if (count > PENDING) count = PENDING;
    write_rows(sheet, m->words, record_row(m, state[AT_WRITTEN]), count, state[AT_WRITTEN]);
    state[AT_WRITTEN] += count;
  }
}

ALWAYS_INLINE uint64_t *new_detector(const Machine *m, const Sheet *sheet, uint64_t *pending,
                                     int64_t *state) {
  if (state[AT_DETECTORS] - state[AT_WRITTEN] == PENDING) {
    write_rows(sheet, m->words, pending, PENDING, state[AT_WRITTEN]);
    state[AT_WRITTEN] += PENDING;
  }
  return pending + m->words * (state[AT_DETECTORS]++ - state[AT_WRITTEN]);
}

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

void pf_exponentials(uint64_t *random, int64_t count, double *out) {
  for (int64_t at = 0; at < count; ++at) {
    uint64_t *left = random + AT_USED_WAITS;
    if (!*left) draw_waits(random);
    memcpy(out + at, random + AT_WAITS + (DRAWN - *left), sizeof *out);
    --*left;
  }
}

void pf_transpose(uint64_t *block) { transpose(block); }
