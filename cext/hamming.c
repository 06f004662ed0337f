/* Hamming distance kernels: what does not depend on the type of the letters. The rest is in
 * hamming_impl.inc, compiled once for letters of 8, 16 and 32 bits.
 *
 * All counts are whole numbers, so that every order of adding gives the same bits.
 *
 * The naive loop compares one letter of the pattern with many windows at a time, each with a
 * counter as wide as a letter: a load, a comparison and a subtraction for a vector of windows. The
 * sliced loop does with a bit what that one does with a letter. A vector of 512 windows takes a
 * load and, carry-save, two or three logical operations for each letter of the pattern, whatever
 * the alphabet. What it needs, the bits of each letter shifted by every j, comes from eight masks
 * shifted by 0..7 bits, read from any byte.
 */
#include "hamming.h"

#include <stdlib.h>
#include <string.h>

#include "portable.h"

enum {
  WINDOWS = 8192,           /* of a tile, sliced: the planes lie in the fastest cache */
  SEGMENT = 4096,           /* letters of the pattern in a tile */
  TILE = WINDOWS + SEGMENT, /* letters of the text in a tile */
  WORDS = WINDOWS / 64,     /* of a plane */
  STRIDE = TILE / 8 + 16,   /* bytes of a mask, with room to read a word beyond */
  PLANES = 31,              /* counts stay below 2^31 */
  ROWS = 16,                /* masks added at a time */
  MOST_LETTERS = 1 << 24,
  BLOCK = 1 << 17,      /* windows of rare letters: their distances lie in the second cache */
  SHORTEST_GALLOP = 32, /* letters compared before fingerprints are asked */
};

static const uint64_t PRIME = (UINT64_C(1) << 61) - 1;

ALWAYS_INLINE int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
ALWAYS_INLINE int64_t largest(int64_t a, int64_t b) { return a < b ? b : a; }

static int makes_sense(int64_t n, int64_t m, int64_t from, int64_t to) {
  return m >= 1 && m <= n && n <= INT32_MAX && from >= 0 && from <= to && to <= n - m + 1;
}

/* Whether the positions of each letter ascend and are places of the pattern. */
static int are_lists(const int64_t *starts, const int32_t *positions, int64_t letters, int64_t m) {
  if (starts[0] < 0) return 0;
  for (int64_t a = 0; a < letters; ++a) {
    if (starts[a + 1] < starts[a]) return 0;
    for (int64_t at = starts[a]; at < starts[a + 1]; ++at)
      if (positions[at] >= m || positions[at] < (at > starts[a] ? positions[at - 1] + 1 : 0))
        return 0;
  }
  return 1;
}

/* Eight bytes as a number, the first byte lowest. */
ALWAYS_INLINE uint64_t load(const uint8_t *from) {
  uint64_t word;
  memcpy(&word, from, sizeof word);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  return word;
}

ALWAYS_INLINE void store(uint8_t *to, uint64_t word) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  memcpy(to, &word, sizeof word);
}

/* Loops whose iterations are independent, though compilers can't know it. */
#if defined(__clang__)
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define INDEPENDENT _Pragma("GCC ivdep")
#else
#define INDEPENDENT
#endif

/* Loops that stay as they are written. */
#if defined(__clang__)
#define ONE_BY_ONE
#define NOT_IN_VECTORS _Pragma("clang loop vectorize(disable)")
#elif defined(__GNUC__)
#define ONE_BY_ONE __attribute__((optimize("no-tree-vectorize")))
#define NOT_IN_VECTORS
#else
#define ONE_BY_ONE
#define NOT_IN_VECTORS
#endif

/* shifted = mask, moved down by 1 to 7 bits; the 8 bytes behind `bytes` are read too. */
SIMD_CLONES static void shift_mask(const uint8_t *restrict mask, int64_t bytes, int by,
                                   uint8_t *restrict shifted) {
  INDEPENDENT
  for (int64_t at = 0; at < bytes; at += 8)
    store(shifted + at, load(mask + at) >> by | load(mask + at + 1) << (8 - by));
}

/* high, low = the sum of three bits. */
#define ADD(high, low, a, b, c)        \
  do {                                 \
    uint64_t half = (a) ^ (b);         \
    high = ((a) & (b)) | (half & (c)); \
    low = half ^ (c);                  \
  } while (0)

/* Add ROWS masks to the planes, of which `used` are not 0. */
SIMD_CLONES static void add_masks(uint64_t *restrict planes, int used,
                                  const uint8_t *const *masks) {
  const uint8_t *r0 = masks[0], *r1 = masks[1], *r2 = masks[2], *r3 = masks[3], *r4 = masks[4],
                *r5 = masks[5], *r6 = masks[6], *r7 = masks[7], *r8 = masks[8], *r9 = masks[9],
                *r10 = masks[10], *r11 = masks[11], *r12 = masks[12], *r13 = masks[13],
                *r14 = masks[14], *r15 = masks[15];
  uint64_t *restrict p0 = planes, *restrict p1 = planes + WORDS, *restrict p2 = planes + 2 * WORDS,
                     *restrict p3 = planes + 3 * WORDS;
  uint64_t carry[WORDS];
  INDEPENDENT
  for (int64_t w = 0; w < WORDS; ++w) {
    uint64_t ones = p0[w], twos = p1[w], fours = p2[w], eights = p3[w];
    uint64_t two_a, two_b, four_a, four_b, eight_a, eight_b;
    ADD(two_a, ones, ones, load(r0 + 8 * w), load(r1 + 8 * w));
    ADD(two_b, ones, ones, load(r2 + 8 * w), load(r3 + 8 * w));
    ADD(four_a, twos, twos, two_a, two_b);
    ADD(two_a, ones, ones, load(r4 + 8 * w), load(r5 + 8 * w));
    ADD(two_b, ones, ones, load(r6 + 8 * w), load(r7 + 8 * w));
    ADD(four_b, twos, twos, two_a, two_b);
    ADD(eight_a, fours, fours, four_a, four_b);
    ADD(two_a, ones, ones, load(r8 + 8 * w), load(r9 + 8 * w));
    ADD(two_b, ones, ones, load(r10 + 8 * w), load(r11 + 8 * w));
    ADD(four_a, twos, twos, two_a, two_b);
    ADD(two_a, ones, ones, load(r12 + 8 * w), load(r13 + 8 * w));
    ADD(two_b, ones, ones, load(r14 + 8 * w), load(r15 + 8 * w));
    ADD(four_b, twos, twos, two_a, two_b);
    ADD(eight_b, fours, fours, four_a, four_b);
    ADD(carry[w], eights, eights, eight_a, eight_b);
    p0[w] = ones, p1[w] = twos, p2[w] = fours, p3[w] = eights;
  }
  for (int k = 4; k < used; ++k) {
    uint64_t *restrict plane = planes + k * WORDS;
    for (int64_t w = 0; w < WORDS; ++w) {
      uint64_t before = plane[w];
      plane[w] = before ^ carry[w];
      carry[w] &= before;
    }
  }
}

/* out[w] = m - the count of window w: eight bits of a plane are spread over eight bytes, and those
 * of eight planes are a byte of the counts. */
SIMD_CLONES static void unpack(const uint64_t *planes, int used, int64_t windows, int32_t m,
                               const uint64_t *spread, int32_t *out) {
  for (int64_t from = 0; from < windows; from += 64, ++planes) {
    int32_t left[64];
    for (int l = 0; l < 64; ++l) left[l] = m;
    for (int first = 0; first < used; first += 8) {
      uint8_t bytes[64];
      for (int shift = 0; shift < 64; shift += 8) {
        uint64_t sum = 0;
        for (int k = first; k < least(first + 8, used); ++k)
          sum |= spread[planes[k * WORDS] >> shift & 255] << (k - first);
        store(bytes + shift, sum);
      }
      for (int l = 0; l < 64; ++l) left[l] -= (int32_t)bytes[l] << first;
    }
    memcpy(out + from, left, (size_t)least(64, windows - from) * sizeof *out);
  }
}

/* What a sliced count works in. */
typedef struct {
  uint64_t *planes;           /* PLANES x WORDS */
  int32_t *row_of;            /* row of each letter in this segment; 0: none */
  uint8_t *masks;             /* STRIDE bytes for each letter of a segment and one for the rest */
  uint8_t *shifted;           /* STRIDE bytes for each letter of it and each shift */
  const uint8_t **shifted_by; /* 8 for each row: where it lies; NULL: not yet */
  const uint8_t *added[SEGMENT + ROWS]; /* where the mask of each letter of the pattern begins */
  uint64_t spread[256];
} SLICES;

static void free_slices(SLICES *s) {
  if (!s) return;
  free(s->planes), free(s->row_of), free(s->masks), free(s->shifted), free(s->shifted_by);
  free(s);
}

static SLICES *new_slices(int64_t m, int64_t letters) {
  size_t rows = (size_t)least(least(m, SEGMENT), letters);
  size_t shifts = (size_t)least(least(m, SEGMENT), 8 * letters);
  SLICES *s = calloc(1, sizeof *s);
  if (!s) return NULL;
  s->planes = malloc(PLANES * WORDS * sizeof *s->planes);
  s->row_of = malloc((size_t)letters * sizeof *s->row_of);
  s->masks = malloc((rows + 2) * STRIDE);  /* the first for the rest, the last for nothing */
  s->shifted = calloc(shifts + 1, STRIDE); /* what lies beyond a mask is read too */
  s->shifted_by = malloc(8 * (rows + 1) * sizeof *s->shifted_by);
  if (!s->planes || !s->row_of || !s->masks || !s->shifted || !s->shifted_by) {
    free_slices(s);
    return NULL;
  }
  for (int64_t a = 0; a < letters; ++a) s->row_of[a] = 0;
  for (int b = 0; b < 256; ++b)
    for (int l = 0; l < 8; ++l) s->spread[b] |= (uint64_t)(b >> l & 1) << 8 * l;
  return s;
}

/* Fingerprints modulo 2^61 - 1. */
ALWAYS_INLINE uint64_t reduced(uint64_t x) {
  x = (x >> 61) + (x & PRIME);
  return x >= PRIME ? x - PRIME : x;
}

/* a b modulo 2^61 - 1 from products of halves, of 30 and 31 bits. */
ALWAYS_INLINE uint64_t product(uint64_t a, uint64_t b) {
  uint64_t a_high = a >> 31, a_low = a & INT32_MAX, b_high = b >> 31, b_low = b & INT32_MAX;
  uint64_t middle = a_high * b_low + a_low * b_high;
  uint64_t low = (middle & ((1u << 30) - 1)) << 31;
  return reduced(2 * a_high * b_high + (middle >> 30) + low + a_low * b_low);
}

void hd_powers(uint64_t base, int64_t length, uint64_t *powers) {
  powers[0] = 1;
  for (int64_t i = 0; i < length; ++i) powers[i + 1] = product(powers[i], base);
}

/* Of `count` letters from the one after hashes[0] on. */
ALWAYS_INLINE uint64_t fingerprint(const uint64_t *hashes, const uint64_t *powers, int64_t count) {
  uint64_t before = product(hashes[0], powers[count]);
  return hashes[count] >= before ? hashes[count] - before : hashes[count] + PRIME - before;
}

/* Whether the first `count` letters agree, by their fingerprints. */
ALWAYS_INLINE int agree(const uint64_t *some, const uint64_t *others, const uint64_t *powers,
                        int64_t count) {
  return fingerprint(some, powers, count) == fingerprint(others, powers, count);
}

/* The number of letters, `known` at least and `most` at most, from which on two stretches differ:
 * steps double until they disagree, and halve again. */
static int64_t extension(const uint64_t *some, const uint64_t *others, const uint64_t *powers,
                         int64_t known, int64_t most) {
  int64_t step = SHORTEST_GALLOP;
  while (known < most) {
    int64_t tried = least(known + step, most);
    if (!agree(some, others, powers, tried)) {
      int64_t differs = tried;
      while (differs - known > 1) {
        int64_t middle = known + (differs - known) / 2;
        if (agree(some, others, powers, middle))
          known = middle;
        else
          differs = middle;
      }
      return known;
    }
    known = tried;
    step *= 2;
  }
  return known;
}

#define LETTER uint8_t
#define COUNT uint8_t
#define UNSIGNED uint8_t
#define LANES 256
#define AT_ONCE 255
#define NAME(stem) stem##_u8
#include "hamming_impl.inc"
#undef LETTER
#undef COUNT
#undef UNSIGNED
#undef LANES
#undef AT_ONCE
#undef NAME

#define LETTER uint16_t
#define COUNT uint16_t
#define UNSIGNED uint16_t
#define LANES 128
#define AT_ONCE 65535
#define NAME(stem) stem##_u16
#include "hamming_impl.inc"
#undef LETTER
#undef COUNT
#undef UNSIGNED
#undef LANES
#undef AT_ONCE
#undef NAME

#define LETTER int32_t
#define COUNT uint32_t
#define UNSIGNED uint32_t
#define LANES 64
#define AT_ONCE INT32_MAX
#define NAME(stem) stem##_i32
#include "hamming_impl.inc"
