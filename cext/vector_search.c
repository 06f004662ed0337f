/* Kernels of vector search.
 *
 * What is found is kept as whole numbers: the bits of the value, put in order, above the number of
 * the row. So one comparison ranks by value and then by row, and no two are equal. Rows enter a
 * reservoir of 2 k; when it is full, the k least stay, and only what is below the largest of them
 * enters from then on. That is O(1) a row that enters, where a heap takes O(log k).
 *
 * Values are computed for a block of rows and compared with the threshold all at once, so that
 * there is one branch a block, hardly ever taken. Sums run over LANES interleaved lanes, which are
 * added in pairs; there is no contraction: the same bits on every instruction set.
 */
#include "vector_search.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "portable.h"

enum {
  LANES = 16,         /* interleaved sums of a distance */
  BLOCK = 64,         /* rows valued before they are compared */
  ROWS = 8,           /* queries of a tile */
  PANEL = 32,         /* vectors of a tile; compilers keep loops this long as vectors */
  NIBBLE_ROWS = 32,   /* rows of a block of nibbles */
  HALF = 16,          /* rows that a look-up of 16 bytes serves */
  SHORT = 16,         /* entries sorted by insertion */
  WORD_ROWS = 32,     /* codes whose counts stay in registers */
  BYTE_WORDS = 31,    /* words whose counts of at most 8 fit into a byte */
  AHEAD_BYTES = 4096, /* far enough ahead for memory to answer, near enough to stay cached */
  LINE = 64,
};

#if defined(__clang__)
#define UNROLLED _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__)
#define UNROLLED _Pragma("GCC unroll 8")
#else
#define UNROLLED
#endif

ALWAYS_INLINE int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* ---------------------------------------------------------------- what was found */

typedef struct {
  uint64_t *entries; /* room for 2 k */
  int64_t k, count;
  float below; /* what enters has a value below it */
} reservoir;

int64_t vs_room(int64_t k) { return 2 * k + BLOCK; }

ALWAYS_INLINE reservoir empty(uint64_t *room, int64_t k) {
  reservoir r = {room, k, 0, k > 0 ? INFINITY : -INFINITY};
  return r;
}

/* A whole number that grows with the value, and with the row where values are equal. */
ALWAYS_INLINE uint64_t entry_of(float value, int64_t row) {
  uint32_t bits;
  value += 0.0f; /* -0 is 0 */
  memcpy(&bits, &value, sizeof bits);
  bits ^= (uint32_t)-(int32_t)(bits >> 31) | 0x80000000u;
  return (uint64_t)bits << 32 | (uint32_t)row;
}

ALWAYS_INLINE float value_of(uint64_t entry) {
  uint32_t bits = (uint32_t)(entry >> 32);
  bits ^= (bits >> 31) ? 0x80000000u : 0xffffffffu;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

ALWAYS_INLINE void swap(uint64_t *a, uint64_t *b) {
  uint64_t kept = *a;
  *a = *b;
  *b = kept;
}

/* Hoare's partition of entries low..high, two or more, no two of them equal: afterwards none of
 * low..*left is above any of *right..high, and both parts are smaller. The middle one of three as
 * pivot keeps sorted input fast. */
ALWAYS_INLINE void part(uint64_t *entries, int64_t low, int64_t high, int64_t *left,
                        int64_t *right) {
  int64_t middle = low + (high - low) / 2;
  if (entries[middle] < entries[low]) swap(entries + middle, entries + low);
  if (entries[high] < entries[low]) swap(entries + high, entries + low);
  if (entries[high] < entries[middle]) swap(entries + high, entries + middle);
  uint64_t pivot = entries[middle];
  int64_t i = low, j = high;
  while (i <= j) {
    while (entries[i] < pivot) ++i;
    while (entries[j] > pivot) --j;
    if (i <= j) swap(entries + i++, entries + j--);
  }
  *left = j, *right = i;
}

/* Hoare's selection: afterwards the k least are in front, and entry k - 1 is their largest. */
NOT_INLINE void select_least(uint64_t *entries, int64_t count, int64_t k) {
  int64_t low = 0, high = count - 1;
  while (low < high) {
    int64_t left, right;
    part(entries, low, high, &left, &right);
    if (k - 1 <= left)
      high = left;
    else if (k - 1 >= right)
      low = right;
    else
      return;
  }
}

/* Quicksort down to SHORT entries; the longer part is left to the loop, so that the stack stays
 * small. */
NOT_INLINE void sort(uint64_t *entries, int64_t low, int64_t high) {
  while (high - low >= SHORT) {
    int64_t left, right;
    part(entries, low, high, &left, &right);
    if (left - low < high - right) {
      sort(entries, low, left);
      low = right;
    } else {
      sort(entries, right, high);
      high = left;
    }
  }
  for (int64_t i = low + 1; i <= high; ++i) {
    uint64_t moved = entries[i];
    int64_t j = i;
    for (; j > low && entries[j - 1] > moved; --j) entries[j] = entries[j - 1];
    entries[j] = moved;
  }
}

NOT_INLINE void shrink(reservoir *r) {
  select_least(r->entries, r->count, r->k);
  r->count = r->k;
  r->below = value_of(r->entries[r->k - 1]);
}

/* Rows first..first + count - 1, count <= BLOCK, or those that `numbers` names. Only these need not
 * ascend, so that one of a value that was seen may yet come before the others. */
NOT_INLINE void enter(reservoir *r, const float *values, int64_t count, int64_t first,
                      const int32_t *numbers) {
  for (int64_t j = 0; j < count; ++j)
    if ((values[j] < r->below || (numbers && values[j] == r->below)) && fabsf(values[j]) < INFINITY)
      r->entries[r->count++] = entry_of(values[j], numbers ? numbers[j] : first + j);
  if (r->count >= 2 * r->k) shrink(r);
}

ALWAYS_INLINE void offer(reservoir *r, const float *values, int64_t count, int64_t first,
                         const int32_t *numbers) {
  int some = 0;
  float below = r->below;
  if (count == BLOCK)
    for (int j = 0; j < BLOCK; ++j) some |= values[j] < below;
  else
    for (int64_t j = 0; j < count; ++j) some |= values[j] < below;
  if (some || (numbers && r->k > 0)) enter(r, values, count, first, numbers);
}

NOT_INLINE int64_t finish(reservoir *r, float *values, int32_t *ids) {
  if (r->count > r->k) shrink(r);
  sort(r->entries, 0, r->count - 1);
  for (int64_t j = 0; j < r->count; ++j) {
    values[j] = value_of(r->entries[j]);
    ids[j] = (int32_t)(uint32_t)r->entries[j];
  }
  return r->count;
}

/* ---------------------------------------------------------------- vectors */

/* Eight sums in a register or two; compilers would keep an array of them in memory. */
#if defined(__GNUC__)
typedef float eight __attribute__((vector_size(32)));
#else
typedef struct {
  float at[8];
} eight;
#endif

#define NAME(stem) stem##_any
#include "vector_search_rows.inc"
#undef NAME

#if defined(HAS_TARGET_CLONES) && !defined(__clang__)
#define NAME(stem) stem##_avx2
#pragma GCC push_options
#pragma GCC target("avx2")
#include "vector_search_rows.inc"
#pragma GCC pop_options
#undef NAME
#define FASTEST(stem) (__builtin_cpu_supports("avx2") ? stem##_avx2 : stem##_any)
#else
#define FASTEST(stem) stem##_any
#endif

int64_t vs_scan(const float *vectors, int64_t d, const float *query, int32_t metric,
                const int64_t *bounds, int64_t pieces, int64_t k, uint64_t *room, float *values,
                int32_t *ids) {
  return FASTEST(scan)(vectors, d, query, metric, bounds, pieces, k, room, values, ids);
}

int64_t vs_listed(const float *vectors, int64_t d, const float *query, int32_t metric,
                  const int32_t *list, int64_t count, int64_t k, uint64_t *room, float *values,
                  int32_t *ids) {
  return FASTEST(listed)(vectors, d, query, metric, list, count, k, room, values, ids);
}

/* ---------------------------------------------------------------- many queries */

ALWAYS_INLINE int64_t groups_of(int64_t many) { return (many + ROWS - 1) / ROWS; }

int64_t vs_many_work(int64_t d, int64_t many) {
  return d * PANEL + groups_of(many) * ROWS * d + LINE / (int64_t)sizeof(float);
}

/* sums[i][j] = the inner product of query i and vector j, both given by dimension. */
ALWAYS_INLINE void tile(const float *queries, const float *panel, int64_t d,
                        float sums[ROWS][PANEL]) {
  float in_registers[ROWS][PANEL];
  for (int i = 0; i < ROWS; ++i)
    for (int j = 0; j < PANEL; ++j) in_registers[i][j] = 0;
  for (int64_t at = 0; at < d; ++at, queries += ROWS, panel += PANEL) {
    UNROLLED
    for (int i = 0; i < ROWS; ++i)
      for (int j = 0; j < PANEL; ++j) in_registers[i][j] += queries[i] * panel[j];
  }
  for (int i = 0; i < ROWS; ++i)
    for (int j = 0; j < PANEL; ++j) sums[i][j] = in_registers[i][j];
}

SIMD_CLONES
void vs_many(const float *vectors, int64_t n, int64_t d, const float *bias, const float *queries,
             int64_t many, float factor, int64_t k, uint64_t *room, float *work, float *values,
             int32_t *ids, int64_t *found) {
  uintptr_t beyond = (uintptr_t)work % LINE;
  float *panel = work + (beyond ? LINE - beyond : 0) / sizeof(float);
  float *turned = panel + d * PANEL;
  for (int64_t g = 0; g < groups_of(many); ++g)
    for (int64_t i = 0; i < ROWS; ++i) {
      int64_t q = g * ROWS + i;
      for (int64_t at = 0; at < d; ++at)
        turned[(g * d + at) * ROWS + i] = q < many ? factor * queries[q * d + at] : 0;
    }
  /* Between panels a reservoir is its number of entries and its threshold alone: the first in
   * `found`, the other one, until the end, where the first value goes. */
  for (int64_t q = 0; q < many; ++q) {
    found[q] = 0;
    if (k > 0) values[q * k] = INFINITY;
  }
  if (k <= 0) return;
  for (int64_t from = 0; from < n; from += PANEL) {
    int64_t count = least(PANEL, n - from);
    float biases[PANEL];
    for (int64_t j = 0; j < PANEL; ++j) {
      biases[j] = j < count ? bias[from + j] : INFINITY;
      const float *row = vectors + (from + least(j, count - 1)) * d;
      for (int64_t at = 0; at < d; ++at) panel[at * PANEL + j] = row[at];
    }
    for (int64_t g = 0; g < groups_of(many); ++g) {
      float sums[ROWS][PANEL];
      tile(turned + g * d * ROWS, panel, d, sums);
      for (int64_t i = 0; i < least(ROWS, many - g * ROWS); ++i) {
        int64_t q = g * ROWS + i;
        float below = values[q * k];
        int some = 0;
        for (int j = 0; j < PANEL; ++j) {
          sums[i][j] += biases[j];
          some |= sums[i][j] < below;
        }
        if (!some) continue;
        reservoir r = {room + q * vs_room(k), k, found[q], below};
        enter(&r, sums[i], count, from, NULL);
        found[q] = r.count;
        values[q * k] = r.below;
      }
    }
  }
  for (int64_t q = 0; q < many; ++q) {
    reservoir r = {room + q * vs_room(k), k, found[q], values[q * k]};
    found[q] = finish(&r, values + q * k, ids + q * k);
  }
}

/* ---------------------------------------------------------------- codes */

/* The ones in each byte of a word. */
ALWAYS_INLINE uint64_t ones_in_bytes(uint64_t x) {
  x -= x >> 1 & UINT64_C(0x5555555555555555);
  x = (x & UINT64_C(0x3333333333333333)) + (x >> 2 & UINT64_C(0x3333333333333333));
  return (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
}

/* The sum of the bytes of a word, without a multiplication, which is slow in SIMD. */
ALWAYS_INLINE uint64_t sum_of_bytes(uint64_t x) {
  x = (x & UINT64_C(0x00ff00ff00ff00ff)) + (x >> 8 & UINT64_C(0x00ff00ff00ff00ff));
  x += x >> 16;
  return (x + (x >> 32)) & 0xffff;
}

/* The distances of WORD_ROWS codes. */
ALWAYS_INLINE void hamming(const uint64_t *code, int64_t words, const uint64_t *query,
                           float *distances) {
  uint32_t total[WORD_ROWS] = {0};
  while (words > 0) {
    uint64_t bytes[WORD_ROWS];
    for (int j = 0; j < WORD_ROWS; ++j) bytes[j] = 0;
    int64_t now = least(words, BYTE_WORDS);
    for (int64_t w = 0; w < now; ++w, code += BLOCK) {
      uint64_t asked = query[w];
      for (int j = 0; j < WORD_ROWS; ++j) bytes[j] += ones_in_bytes(code[j] ^ asked);
    }
    for (int j = 0; j < WORD_ROWS; ++j) total[j] += (uint32_t)sum_of_bytes(bytes[j]);
    words -= now, query += now;
  }
  for (int j = 0; j < WORD_ROWS; ++j) distances[j] = (float)(int32_t)total[j];
}

SIMD_CLONES
int64_t vs_hamming(const uint64_t *codes, int64_t n, int64_t words, const uint64_t *query,
                   int64_t k, uint64_t *room, float *values, int32_t *ids) {
  reservoir r = empty(room, k);
  for (int64_t from = 0; from < n; from += BLOCK) {
    float distances[BLOCK];
    for (int64_t j = 0; j < BLOCK; j += WORD_ROWS)
      hamming(codes + from * words + j, words, query, distances + j);
    offer(&r, distances, least(BLOCK, n - from), from, NULL);
  }
  return finish(&r, values, ids);
}

SIMD_CLONES
int64_t vs_table_sums(const uint8_t *codes, int64_t n, int64_t places, const float *tables,
                      int64_t k, uint64_t *room, float *values, int32_t *ids) {
  reservoir r = empty(room, k);
  float sums[BLOCK];
  for (int64_t from = 0; from < n; from += BLOCK) {
    int64_t count = least(BLOCK, n - from), j = 0;
    const uint8_t *code = codes + from * places;
    for (; j + 4 <= count; j += 4, code += 4 * places) { /* four sums that don't wait */
      float a = 0, b = 0, c = 0, e = 0;
      const float *table = tables;
      for (int64_t s = 0; s < places; ++s, table += 256) {
        a += table[code[s]];
        b += table[code[s + places]];
        c += table[code[s + 2 * places]];
        e += table[code[s + 3 * places]];
      }
      sums[j] = a, sums[j + 1] = b, sums[j + 2] = c, sums[j + 3] = e;
    }
    for (; j < count; ++j, code += places) {
      float sum = 0;
      for (int64_t s = 0; s < places; ++s) sum += tables[s * 256 + code[s]];
      sums[j] = sum;
    }
    offer(&r, sums, count, from, NULL);
  }
  return finish(&r, values, ids);
}

#if defined(__GNUC__) && !defined(__clang__)
typedef uint8_t sixteen __attribute__((vector_size(16)));

/* out += table[index] for 16 indices below 16, one instruction where there is SSSE3. */
ALWAYS_INLINE void look_up(const uint8_t *table, const uint8_t *index, uint8_t *out) {
  sixteen t, i, o;
  memcpy(&t, table, 16), memcpy(&i, index, 16), memcpy(&o, out, 16);
  o += __builtin_shuffle(t, i);
  memcpy(out, &o, 16);
}
#else
ALWAYS_INLINE void look_up(const uint8_t *table, const uint8_t *index, uint8_t *out) {
  for (int j = 0; j < HALF; ++j) out[j] = (uint8_t)(out[j] + table[index[j]]);
}
#endif

SIMD_CLONES
int64_t vs_nibble_sums(const uint8_t *nibbles, int64_t n, int64_t places, const uint8_t *tables,
                       float offset, const float *weights, int64_t k, uint64_t *room, float *values,
                       int32_t *ids) {
  reservoir r = empty(room, k);
  int largest = 1;
  for (int64_t at = 0; at < 16 * places; ++at)
    largest = tables[at] > largest ? tables[at] : largest;
  int64_t burst = 255 / largest; /* so many fit into a byte */
  for (int64_t from = 0; from < n; from += BLOCK) {
    float sums[BLOCK];
    int64_t count = least(BLOCK, n - from);
    for (int64_t part = 0; part < count; part += NIBBLE_ROWS) {
      const uint8_t *block = nibbles + (from + part) / NIBBLE_ROWS * places * HALF;
      int32_t total[NIBBLE_ROWS] = {0};
      for (int64_t s = 0; s < places; s += burst) {
        uint8_t low[HALF] = {0}, high[HALF] = {0};
        for (int64_t place = s; place < least(places, s + burst); ++place) {
          uint8_t below[HALF], above[HALF];
          for (int j = 0; j < HALF; ++j) {
            below[j] = block[place * HALF + j] & 15;
            above[j] = block[place * HALF + j] >> 4;
          }
          look_up(tables + 16 * place, below, low);
          look_up(tables + 16 * place, above, high);
        }
        for (int j = 0; j < HALF; ++j) {
          total[j] += low[j];
          total[HALF + j] += high[j];
        }
      }
      int64_t here = least(NIBBLE_ROWS, count - part);
      for (int64_t j = 0; j < here; ++j)
        sums[part + j] = (offset - (float)total[j]) * weights[from + part + j];
    }
    offer(&r, sums, count, from, NULL);
  }
  return finish(&r, values, ids);
}
