/* Entropy coding of sequences of letters: models before the range coder.
 *
 * Cumulated weights of many letters are kept in a Fenwick tree: a letter costs O(log alphabet).
 */
#include "entropy_coding.h"

#include "entropy_coding_range.h"
#include "portable.h"

enum { DONE = -1, NO_ROOM = -2 };

void ec_start_encoder(uint64_t *coder) { keep(coder, 0, UINT64_MAX, 0); }

void ec_start_decoder(uint64_t *coder, const uint8_t *in, int64_t length) {
  reader r = {0, UINT64_MAX, 0, 0, length, in};
  for (int i = 0; i < 8; ++i) r.distance = r.distance << 8 | next_byte(&r);
  keep(coder, r.distance, r.range, r.at);
}

int64_t ec_finish(uint64_t *coder, uint8_t *out, int64_t room) {
  writer w = resume_writer(coder, out, room);
  uint64_t above = w.low + (LEAST_RANGE - 1); /* a point of the interval is 0 below its top byte */
  if (above < w.low) carry(&w);
  if (above >> 56) {
    if (w.at >= w.room) return NO_ROOM;
    w.out[w.at++] = (uint8_t)(above >> 56);
  }
  keep(coder, 0, UINT64_MAX, w.at);
  return DONE;
}

int64_t ec_is_whole(const uint64_t *coder, int64_t length) {
  int64_t settled = (int64_t)coder[POSITION] - 8;
  return coder[LOW] < coder[RANGE] && (length == settled || length == settled + 1);
}

/* Cumulated weights: tree[i] is the sum of the weights from i - (i & -i) to i - 1. */

ALWAYS_INLINE void ones(uint32_t *tree, uint32_t size) {
  for (uint32_t i = 0; i <= size; ++i) tree[i] = i & (0u - i);
}

ALWAYS_INLINE uint32_t sum_below(const uint32_t *tree, uint32_t i) {
  uint32_t sum = 0;
  for (; i; i &= i - 1) sum += tree[i];
  return sum;
}

ALWAYS_INLINE void add(uint32_t *tree, uint32_t size, uint32_t i, uint32_t weight) {
  for (++i; i <= size; i += i & (0u - i)) tree[i] += weight;
}

/* The entry in which a sum of weights lies; the sum of those before it goes to *below. */
ALWAYS_INLINE uint32_t find(const uint32_t *tree, uint32_t size, uint32_t top, uint32_t target,
                            uint32_t *below) {
  uint32_t i = 0, sum = 0;
  for (uint32_t step = top; step; step >>= 1)
    if (i + step <= size && sum + tree[i + step] <= target) sum += tree[i += step];
  *below = sum;
  return i;
}

ALWAYS_INLINE uint32_t top_step(uint32_t size) {
  uint32_t top = 1;
  while (top <= size / 2) top *= 2;
  return top;
}

/* Counts of Krichevsky and Trofimov. Those of FEW letters and fewer are kept summed up, and all
 * sums are compared and counted on at every letter: no branch depends on the letter, and a decoder
 * divides once instead of twice. */

enum { FEW = 8 };

typedef struct {
  uint32_t *tree, *weights, size, top, total;
} counts_of;

ALWAYS_INLINE void forget(counts_of *c) {
  ones(c->tree, c->size);
  for (uint32_t i = 0; i < c->size; ++i) c->weights[i] = 1;
  c->total = c->size;
}

ALWAYS_INLINE void count(counts_of *c, uint32_t letter) {
  add(c->tree, c->size, letter, 2);
  c->weights[letter] += 2;
  c->total += 2;
}

ALWAYS_INLINE counts_of counts_in(uint32_t *tree, int64_t alphabet) {
  uint32_t size = (uint32_t)alphabet;
  return (counts_of){tree, tree + size + 1, size, top_step(size), size};
}

/* sums[x] is the weight of all letters below x. */
typedef struct {
  uint64_t sums[FEW + 1];
} sums_of;

ALWAYS_INLINE void forget_few(sums_of *c, uint32_t size) {
  for (uint32_t x = 0; x <= size; ++x) c->sums[x] = x;
}

ALWAYS_INLINE void count_few(sums_of *c, uint32_t size, uint32_t letter) {
  for (uint32_t x = 1; x <= size; ++x) c->sums[x] += 2 * (uint64_t)(letter < x);
}

ALWAYS_INLINE int64_t encode_few(writer *w, const uint16_t *letters, int64_t length, int64_t run,
                                 uint32_t size) {
  sums_of c;
  for (int64_t start = 0; start < length; start += run) {
    int64_t stop = length - start < run ? length : start + run;
    forget_few(&c, size);
    for (int64_t i = start; i < stop; ++i) {
      uint32_t letter = letters[i];
      if (letter >= size) return i;
      uint64_t below = c.sums[letter];
      if (!put(w, (share){below, c.sums[letter + 1] - below, c.sums[size]})) return NO_ROOM;
      count_few(&c, size, letter);
    }
  }
  return DONE;
}

/* Where the stream points among the parts of the letters; beyond the last one is the last one. */
ALWAYS_INLINE uint32_t take_few(reader *r, const sums_of *c, uint32_t size) {
  uint64_t unit = r->range / c->sums[size], before = 0;
  uint64_t above = size > 1 ? unit * c->sums[1] : r->range;
  uint32_t letter = 0;
  for (uint32_t x = 1; x < size; ++x) {
    uint64_t here = unit * c->sums[x], next = x + 1 < size ? unit * c->sums[x + 1] : r->range;
    int beyond = r->distance >= here;
    letter += (uint32_t)beyond;
    before = beyond ? here : before;
    above = beyond ? next : above;
  }
  r->distance -= before;
  r->range = above - before;
  refill(r);
  return letter;
}

ALWAYS_INLINE void decode_few(reader *r, int64_t number, int64_t run, uint32_t size,
                              uint16_t *letters) {
  reader here = *r; /* where no store to letters can reach it */
  sums_of c;
  for (int64_t start = 0; start < number; start += run) {
    int64_t stop = number - start < run ? number : start + run;
    forget_few(&c, size);
    for (int64_t i = start; i < stop; ++i) {
      uint32_t letter = take_few(&here, &c, size);
      count_few(&c, size, letter);
      letters[i] = (uint16_t)letter;
    }
  }
  *r = here;
}

ALWAYS_INLINE int64_t encode_many(writer *w, const uint16_t *letters, int64_t length, int64_t run,
                                  counts_of c) {
  for (int64_t start = 0; start < length; start += run) {
    int64_t stop = length - start < run ? length : start + run;
    forget(&c);
    for (int64_t i = start; i < stop; ++i) {
      uint32_t letter = letters[i];
      if (letter >= c.size) return i;
      if (!put(w, (share){sum_below(c.tree, letter), c.weights[letter], c.total})) return NO_ROOM;
      count(&c, letter);
    }
  }
  return DONE;
}

ALWAYS_INLINE void decode_many(reader *r, int64_t number, int64_t run, counts_of c,
                               uint16_t *letters) {
  for (int64_t start = 0; start < number; start += run) {
    int64_t stop = number - start < run ? number : start + run;
    forget(&c);
    for (int64_t i = start; i < stop; ++i) {
      uint32_t below, target = (uint32_t)look(r, c.total);
      uint32_t letter = find(c.tree, c.size, c.top, target, &below);
      take(r, (share){below, c.weights[letter], c.total});
      count(&c, letter);
      letters[i] = (uint16_t)letter;
    }
  }
}

/* Sizes up to FEW are constants, so that their loops are unrolled. */
static int64_t encode_counts(writer *w, const uint16_t *letters, int64_t length, int64_t run,
                             int64_t alphabet, uint32_t *tree) {
  switch (alphabet) {
    case 1:
      return encode_few(w, letters, length, run, 1);
    case 2:
      return encode_few(w, letters, length, run, 2);
    case 3:
      return encode_few(w, letters, length, run, 3);
    case 4:
      return encode_few(w, letters, length, run, 4);
    case 5:
      return encode_few(w, letters, length, run, 5);
    case 6:
      return encode_few(w, letters, length, run, 6);
    case 7:
      return encode_few(w, letters, length, run, 7);
    case FEW:
      return encode_few(w, letters, length, run, FEW);
    default:
      return encode_many(w, letters, length, run, counts_in(tree, alphabet));
  }
}

static void decode_counts(reader *r, int64_t number, int64_t run, int64_t alphabet, uint32_t *tree,
                          uint16_t *letters) {
  switch (alphabet) {
    case 1:
      decode_few(r, number, run, 1, letters);
      return;
    case 2:
      decode_few(r, number, run, 2, letters);
      return;
    case 3:
      decode_few(r, number, run, 3, letters);
      return;
    case 4:
      decode_few(r, number, run, 4, letters);
      return;
    case 5:
      decode_few(r, number, run, 5, letters);
      return;
    case 6:
      decode_few(r, number, run, 6, letters);
      return;
    case 7:
      decode_few(r, number, run, 7, letters);
      return;
    case FEW:
      decode_few(r, number, run, FEW, letters);
      return;
    default:
      decode_many(r, number, run, counts_in(tree, alphabet), letters);
  }
}

int64_t ec_kt_encode(uint64_t *coder, const uint16_t *letters, int64_t length, int64_t run,
                     int64_t alphabet, uint32_t *tree, uint8_t *out, int64_t room) {
  writer w = resume_writer(coder, out, room);
  int64_t said = encode_counts(&w, letters, length, run, alphabet, tree);
  if (said == DONE) keep(coder, w.low, w.range, w.at);
  return said;
}

void ec_kt_decode(uint64_t *coder, const uint8_t *in, int64_t length, int64_t number, int64_t run,
                  int64_t alphabet, uint32_t *tree, uint16_t *letters) {
  reader r = resume_reader(coder, in, length);
  decode_counts(&r, number, run, alphabet, tree, letters);
  keep(coder, r.distance, r.range, r.at);
}

/* LZ78: phrase 0 is the empty one. */

int64_t ec_lz78_slots(int64_t number) {
  int64_t slots = 2;
  while (slots < 2 * number) slots *= 2; /* half of them free, so that searches are short */
  return slots;
}

/* The slot of a phrase and a letter after it, or the free one where it belongs. */
ALWAYS_INLINE uint64_t slot_of(const int32_t *slots, uint64_t mask, const int32_t *parents,
                               const uint16_t *lasts, int32_t phrase, uint16_t letter) {
  uint64_t key = (uint64_t)(uint32_t)phrase << 16 | letter;
  uint64_t slot = (key * 0x9E3779B97F4A7C15u) >> 20;
  for (;; ++slot) {
    int32_t found = slots[slot & mask];
    if (!found || (parents[found] == phrase && lasts[found] == letter)) return slot & mask;
  }
}

int64_t ec_lz78_encode(uint64_t *coder, const uint16_t *letters, int64_t number, int64_t alphabet,
                       int32_t *parents, uint16_t *lasts, int32_t *slots, uint8_t *out,
                       int64_t room) {
  writer w = resume_writer(coder, out, room);
  int64_t size = ec_lz78_slots(number);
  uint64_t mask = (uint64_t)size - 1, total = (uint64_t)alphabet;
  for (int64_t i = 0; i < size; ++i) slots[i] = 0;
  int32_t phrase = 0, phrases = 0;
  for (int64_t i = 0; i < number; ++i) {
    uint16_t letter = letters[i];
    if (letter >= alphabet) return i;
    uint64_t slot = slot_of(slots, mask, parents, lasts, phrase, letter);
    if (slots[slot]) {
      phrase = slots[slot];
      continue;
    }
    if (!put(&w, (share){(uint64_t)phrase, 1, (uint64_t)phrases + 1}) ||
        !put(&w, (share){letter, 1, total}))
      return NO_ROOM;
    slots[slot] = ++phrases;
    parents[phrases] = phrase;
    lasts[phrases] = letter;
    phrase = 0;
  }
  if (phrase && !put(&w, (share){(uint64_t)phrase, 1, (uint64_t)phrases + 1})) return NO_ROOM;
  keep(coder, w.low, w.range, w.at);
  return DONE;
}

int64_t ec_lz78_decode(uint64_t *coder, const uint8_t *in, int64_t length, int64_t number,
                       int64_t alphabet, int32_t *parents, uint16_t *lasts, int32_t *lengths,
                       uint16_t *letters) {
  reader r = resume_reader(coder, in, length);
  int32_t phrases = 0;
  lengths[0] = 0;
  for (int64_t at = 0; at < number;) {
    int32_t phrase = (int32_t)take_uniform(&r, (uint64_t)phrases + 1);
    if (lengths[phrase] > number - at) return at;
    int64_t end = at + lengths[phrase], i = end;
    for (int32_t p = phrase; p; p = parents[p]) letters[--i] = lasts[p];
    at = end;
    if (at == number) break;
    lasts[++phrases] = (uint16_t)take_uniform(&r, (uint64_t)alphabet);
    parents[phrases] = phrase;
    lengths[phrases] = lengths[phrase] + 1;
    letters[at++] = lasts[phrases];
  }
  keep(coder, r.distance, r.range, r.at);
  return DONE;
}

/* Orders: each entry is one of those that are left. */

int64_t ec_order_encode(uint64_t *coder, const int32_t *order, int64_t number, uint32_t *tree,
                        uint8_t *out, int64_t room) {
  writer w = resume_writer(coder, out, room);
  uint32_t size = (uint32_t)number;
  ones(tree, size);
  for (int64_t i = 0; i < number; ++i) {
    if (order[i] < 0 || order[i] >= number) return i;
    uint32_t entry = (uint32_t)order[i], below = sum_below(tree, entry);
    if (sum_below(tree, entry + 1) == below) return i; /* it is gone already */
    if (!put(&w, (share){below, 1, (uint64_t)(number - i)})) return NO_ROOM;
    add(tree, size, entry, 0u - 1u);
  }
  keep(coder, w.low, w.range, w.at);
  return DONE;
}

void ec_order_decode(uint64_t *coder, const uint8_t *in, int64_t length, int64_t number,
                     uint32_t *tree, int32_t *order) {
  reader r = resume_reader(coder, in, length);
  uint32_t size = (uint32_t)number, top = top_step(size), below;
  ones(tree, size);
  for (int64_t i = 0; i < number; ++i) {
    uint32_t target = (uint32_t)take_uniform(&r, (uint64_t)(number - i));
    uint32_t entry = find(tree, size, top, target, &below);
    add(tree, size, entry, 0u - 1u);
    order[i] = (int32_t)entry;
  }
  keep(coder, r.distance, r.range, r.at);
}

void ec_block_counts(const uint16_t *table, int64_t rows, int64_t columns, const int32_t *row_class,
                     const int32_t *column_class, int64_t column_classes, int64_t alphabet,
                     int64_t *counts) {
  for (int64_t i = 0; i < rows; ++i) {
    int64_t *own = counts + row_class[i] * column_classes * alphabet;
    const uint16_t *row = table + i * columns;
    for (int64_t j = 0; j < columns; ++j) ++own[column_class[j] * alphabet + row[j]];
  }
}
