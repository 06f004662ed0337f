/* Stabilizers and destabilizers, packed over the generators so that gates work on whole words.
 *
 * Phases are those of i^phase X^x Z^z: CX needs none, CZ a product of bits, and the product of two
 * generators the parity of z1 & x2.
 */
#include "chp.h"

#include <stdlib.h>
#include <string.h>

#include "portable.h"
#include "tableau_ops.h"

enum { LANES = 8 }; /* words of a vector */

typedef struct {
  int64_t n, words; /* of one half of a column */
  uint64_t *table, *low, *high;
} State;

int64_t chp_words(int64_t n) { return n ? (n + 64 * LANES - 1) / (64 * LANES) * LANES : LANES; }

int64_t chp_sound(int64_t n, const int32_t *ops, int64_t count) { return sound_ops(n, ops, count); }

ALWAYS_INLINE int parity(uint64_t bits) { return count_bits(bits) & 1; }
ALWAYS_INLINE uint64_t *x_of(const State *s, int64_t q) { return s->table + 4 * q * s->words; }
ALWAYS_INLINE uint64_t *z_of(const State *s, int64_t q) { return x_of(s, q) + 2 * s->words; }

SIMD_CLONES static void add_to(uint64_t *restrict to, const uint64_t *restrict from,
                               int64_t words) {
  for (int64_t w = 0; w < words; ++w) to[w] ^= from[w];
}

SIMD_CLONES static void clifford(const State *s, int64_t q, int32_t images) {
  uint64_t *x = x_of(s, q), *z = z_of(s, q);
  int of_x = images & 3, of_z = images >> IMAGE_BITS & 3;
  uint64_t xx = 0 - (uint64_t)(of_x & 1), xz = 0 - (uint64_t)(of_x >> 1);
  uint64_t zx = 0 - (uint64_t)(of_z & 1), zz = 0 - (uint64_t)(of_z >> 1);
  uint64_t x_y = xx & xz, z_y = zx & zz, cross = xz & zx;
  uint64_t x_minus = 0 - (uint64_t)(images >> 2 & 1);
  uint64_t z_minus = 0 - (uint64_t)(images >> (IMAGE_BITS + 2) & 1);
  for (int64_t w = 0; w < 2 * s->words; ++w) {
    uint64_t a = x[w], b = z[w], first = a & x_y, second = b & z_y;
    s->high[w] ^= (s->low[w] & first) ^ (a & x_minus) ^ (b & z_minus) ^ (a & b & cross);
    s->low[w] ^= first;
    s->high[w] ^= s->low[w] & second;
    s->low[w] ^= second;
    x[w] = (a & xx) ^ (b & zx);
    z[w] = (a & xz) ^ (b & zz);
  }
}

SIMD_CLONES static void cz(const State *s, int64_t a, int64_t b) {
  uint64_t *xa = x_of(s, a), *za = z_of(s, a), *xb = x_of(s, b), *zb = z_of(s, b);
  for (int64_t w = 0; w < 2 * s->words; ++w) {
    s->high[w] ^= xa[w] & xb[w];
    za[w] ^= xb[w];
    zb[w] ^= xa[w];
  }
}

SIMD_CLONES static void swap(const State *s, int64_t a, int64_t b) {
  uint64_t *first = x_of(s, a), *second = x_of(s, b);
  for (int64_t w = 0; w < 4 * s->words; ++w) {
    uint64_t kept = first[w];
    first[w] = second[w], second[w] = kept;
  }
}

static void apply_pauli(const State *s, int64_t q, int pauli) {
  if (pauli & PAULI_X) add_to(s->high, z_of(s, q), 2 * s->words);
  if (pauli & PAULI_Z) add_to(s->high, x_of(s, q), 2 * s->words);
}

static void gate(const State *s, const int32_t *op, const uint8_t *record) {
  int64_t a = op[1], b = op[2];
  switch (op[0]) {
    case OP_CLIFFORD:
      clifford(s, a, op[2]);
      break;
    case OP_CX:
      add_to(x_of(s, b), x_of(s, a), 2 * s->words);
      add_to(z_of(s, a), z_of(s, b), 2 * s->words);
      break;
    case OP_CZ:
      cz(s, a, b);
      break;
    case OP_SWAP:
      swap(s, a, b);
      break;
    case OP_PAULI_IF:
      if (record[op[3]]) apply_pauli(s, a, op[2]);
      break;
    default:
      break;
  }
}

/* Multiply the generators in `mask` by the generator whose bit is `bit` of word `word`. */
SIMD_CLONES static void multiply(const State *s, const uint64_t *restrict mask,
                                 uint64_t *restrict odd, int64_t word, int bit) {
  int64_t both = 2 * s->words;
  memset(odd, 0, (size_t)both * sizeof *odd);
  for (int64_t q = 0; q < s->n; ++q) {
    uint64_t *x = x_of(s, q), *z = z_of(s, q);
    if (x[word] >> bit & 1)
      for (int64_t w = 0; w < both; ++w) {
        odd[w] ^= z[w];
        x[w] ^= mask[w];
      }
    if (z[word] >> bit & 1)
      for (int64_t w = 0; w < both; ++w) z[w] ^= mask[w];
  }
  uint64_t low = 0 - (s->low[word] >> bit & 1), high = 0 - (s->high[word] >> bit & 1);
  for (int64_t w = 0; w < both; ++w) {
    s->high[w] ^= mask[w] & (odd[w] ^ high ^ (s->low[w] & low));
    s->low[w] ^= mask[w] & low;
  }
}

/* The phase of the product of the stabilizers in `mask`, in their order. */
SIMD_CLONES static int phase_of_product(const State *s, const uint64_t *mask) {
  int phase = 0, odd = 0;
  for (int64_t w = 0; w < s->words; ++w)
    phase += count_bits(s->low[s->words + w] & mask[w]) +
             2 * count_bits(s->high[s->words + w] & mask[w]);
  for (int64_t q = 0; q < s->n; ++q) {
    const uint64_t *x = x_of(s, q) + s->words, *z = z_of(s, q) + s->words;
    uint64_t before = 0; /* all ones where the z so far add up to 1 */
    for (int64_t w = 0; w < s->words; ++w) {
      uint64_t sum = z[w] & mask[w], own = sum;
      for (int shift = 1; shift < 64; shift *= 2) sum ^= sum << shift;
      odd ^= parity((sum ^ own ^ before) & x[w] & mask[w]);
      before ^= 0 - (sum >> 63);
    }
  }
  return (phase + 2 * odd) & 3;
}

static void put(uint64_t *word, int bit, int value) {
  *word = (*word & ~((uint64_t)1 << bit)) | (uint64_t)value << bit;
}

static int get(const uint64_t *word, int bit) { return (int)(*word >> bit & 1); }

/* The destabilizer at this bit becomes its stabilizer, and that the measured product with its sign.
 */
static void replace(const State *s, int64_t word, int bit, const int32_t *factors, int64_t count,
                    int result) {
  int64_t behind = s->words + word;
  for (int64_t q = 0; q < s->n; ++q) {
    uint64_t *x = x_of(s, q), *z = z_of(s, q);
    put(x + word, bit, get(x + behind, bit)), put(x + behind, bit, 0);
    put(z + word, bit, get(z + behind, bit)), put(z + behind, bit, 0);
  }
  put(s->low + word, bit, get(s->low + behind, bit));
  put(s->high + word, bit, get(s->high + behind, bit));
  int phase = 2 * result;
  for (int64_t f = 0; f < count; ++f) {
    int64_t q = factors[f * OP_COLUMNS + 1];
    int pauli = factors[f * OP_COLUMNS + 2];
    put(x_of(s, q) + behind, bit, pauli & 1);
    put(z_of(s, q) + behind, bit, pauli >> 1);
    phase += pauli == PAULI_Y;
  }
  put(s->low + behind, bit, phase & 1);
  put(s->high + behind, bit, phase >> 1 & 1);
}

/* Measure the product of `count` factors, each an operation; mask and odd are room for 2 w words.
 */
static int measure(const State *s, const int32_t *factors, int64_t count, int coin, uint64_t *mask,
                   uint64_t *odd) {
  memset(mask, 0, (size_t)(2 * s->words) * sizeof *mask);
  int phase = 0;
  for (int64_t f = 0; f < count; ++f) {
    int64_t q = factors[f * OP_COLUMNS + 1];
    int pauli = factors[f * OP_COLUMNS + 2];
    if (pauli & PAULI_X) add_to(mask, z_of(s, q), 2 * s->words);
    if (pauli & PAULI_Z) add_to(mask, x_of(s, q), 2 * s->words);
    phase += pauli == PAULI_Y;
  }
  int64_t word = 0;
  while (word < s->words && !mask[s->words + word]) ++word;
  if (word == s->words) return ((phase_of_product(s, mask) - phase) & 3) >> 1;
  int bit = lowest_bit(mask[s->words + word]);
  put(mask + word, bit, 0);
  put(mask + s->words + word, bit, 0);
  multiply(s, mask, odd, s->words + word, bit);
  replace(s, word, bit, factors, count, coin);
  return coin;
}

void chp_start(int64_t n, uint64_t *table, uint64_t *phases, int64_t *counts) {
  int64_t words = chp_words(n);
  if (n) memset(table, 0, (size_t)(4 * n * words) * sizeof *table);
  memset(phases, 0, (size_t)(4 * words) * sizeof *phases);
  for (int64_t q = 0; q < n; ++q) {
    table[4 * q * words + (q >> 6)] = (uint64_t)1 << (q & 63);
    table[(4 * q + 3) * words + (q >> 6)] = (uint64_t)1 << (q & 63);
  }
  counts[0] = counts[1] = 0;
}

int64_t chp_run(int64_t n, const int32_t *ops, int64_t count, int64_t from, int64_t until,
                const uint8_t *coins, uint64_t *table, uint64_t *phases, uint8_t *record,
                int64_t *counts) {
  int64_t words = chp_words(n);
  State state = {n, words, table, phases, phases + 2 * words};
  uint64_t *room = malloc((size_t)(4 * words + 1) * sizeof *room);
  if (!room) return -1;
  while (from < until && from < count) {
    const int32_t *op = ops + from * OP_COLUMNS;
    if (op[0] == OP_PAD) {
      record[counts[0]++] = (uint8_t)op[1];
    } else if (op[0] == OP_MEASURE || op[0] == OP_FACTOR) {
      const int32_t *factors = op;
      while (op[0] == OP_FACTOR) op += OP_COLUMNS, ++from;
      int64_t length = op == factors ? 1 : (op - factors) / OP_COLUMNS;
      int coin = coins[counts[1]++] & 1;
      int result = measure(&state, factors, length, coin, room, room + 2 * words);
      if (op[3] & RECORDED) record[counts[0]++] = (uint8_t)(result ^ (op[3] & INVERTED ? 1 : 0));
      if (op[3] & RESET && result) apply_pauli(&state, op[1], op[2] == PAULI_X ? PAULI_Z : PAULI_X);
    } else {
      gate(&state, op, record);
    }
    ++from;
  }
  free(room);
  return from;
}
