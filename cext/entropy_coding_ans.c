/* Asymmetric numeral systems: the encoder goes backwards, the decoder looks letters up in a table
 * of all 2^bits places.
 */
#include "entropy_coding_ans.h"

#include "portable.h"

enum { STATES = 4 };

#define LEAST_STATE ((uint64_t)1 << 31)

ALWAYS_INLINE void put_bytes(uint8_t *out, uint64_t value, int count) {
  for (int i = 0; i < count; ++i) out[i] = (uint8_t)(value >> (8 * i));
}

int64_t eca_encode(const uint16_t *letters, const int64_t *sizes, int64_t blocks,
                   const uint32_t *frequencies, int64_t alphabet, int64_t bits, uint32_t *below,
                   uint8_t *out, int64_t room) {
  uint64_t states[STATES];
  int64_t at = room, i = 0;
  for (int s = 0; s < STATES; ++s) states[s] = LEAST_STATE;
  for (int64_t b = 0; b < blocks; ++b) i += sizes[b];
  for (int64_t b = blocks; b-- > 0;) {
    const uint32_t *own = frequencies + b * alphabet;
    uint32_t sum = 0;
    for (int64_t x = 0; x < alphabet; ++x) below[x] = sum, sum += own[x];
    for (int64_t start = i - sizes[b]; i > start;) {
      uint16_t letter = letters[--i];
      if (letter >= alphabet || !own[letter]) return -1;
      uint64_t frequency = own[letter], *state = &states[i % STATES];
      if (*state >= frequency << (63 - bits)) {
        if (at < 4) return -2;
        put_bytes(out + (at -= 4), *state, 4);
        *state >>= 32;
      }
      *state = (*state / frequency << bits) + *state % frequency + below[letter];
    }
  }
  if (at < 8 * STATES) return -2;
  for (int s = STATES; s-- > 0;) put_bytes(out + (at -= 8), states[s], 8);
  return at;
}

/* A place holds its letter in the lowest 16 bits, then the letter's frequency in 24, then how many
 * places of the same letter are before it. */
ALWAYS_INLINE int fill(uint64_t *slots, const uint32_t *frequencies, int64_t alphabet,
                       uint64_t places) {
  uint64_t at = 0;
  for (int64_t x = 0; x < alphabet; ++x) {
    uint64_t frequency = frequencies[x];
    if (frequency > places - at) return 0;
    uint64_t common = (uint64_t)x | frequency << 16;
    for (uint64_t i = 0; i < frequency; ++i) slots[at++] = common | i << 40;
  }
  return at == places;
}

typedef struct {
  const uint8_t *in;
  int64_t at, length;
} source;

/* The next `count` bytes, lowest first; zeros beyond the end. */
NOT_INLINE uint64_t last_bytes(source *s, int count) {
  uint64_t value = 0;
  for (int i = 0; i < count; ++i, ++s->at)
    if (s->at < s->length) value |= (uint64_t)s->in[s->at] << (8 * i);
  return value;
}

ALWAYS_INLINE uint64_t next_word(source *s) {
  if (s->length - s->at < 4) return last_bytes(s, 4);
  const uint8_t *in = s->in + s->at;
  s->at += 4;
  return (uint64_t)in[0] | (uint64_t)in[1] << 8 | (uint64_t)in[2] << 16 | (uint64_t)in[3] << 24;
}

ALWAYS_INLINE uint64_t step(uint64_t state, uint64_t slot, int64_t bits) {
  return (slot >> 16 & 0xFFFFFF) * (state >> bits) + (slot >> 40);
}

ALWAYS_INLINE uint64_t refilled(uint64_t state, source *s) {
  return state < LEAST_STATE ? state << 32 | next_word(s) : state;
}

int64_t eca_decode(const uint8_t *in, int64_t length, const int64_t *sizes, int64_t blocks,
                   const uint32_t *frequencies, int64_t alphabet, int64_t bits, uint64_t *slots,
                   uint16_t *letters) {
  source s = {in, 0, length};
  uint64_t states[STATES], mask = ((uint64_t)1 << bits) - 1;
  for (int k = 0; k < STATES; ++k) states[k] = last_bytes(&s, 8);
  int64_t i = 0;
  for (int64_t b = 0; b < blocks; ++b) {
    if (!fill(slots, frequencies + b * alphabet, alphabet, mask + 1)) return 0;
    for (int64_t stop = i + sizes[b]; i < stop;) {
      if (i % STATES == 0 && stop - i >= STATES) {
        uint64_t x0 = states[0], x1 = states[1], x2 = states[2], x3 = states[3];
        for (; stop - i >= STATES; i += STATES) {
          uint64_t a = slots[x0 & mask], c = slots[x1 & mask];
          uint64_t d = slots[x2 & mask], e = slots[x3 & mask];
          letters[i] = (uint16_t)a;
          letters[i + 1] = (uint16_t)c;
          letters[i + 2] = (uint16_t)d;
          letters[i + 3] = (uint16_t)e;
          x0 = step(x0, a, bits);
          x1 = step(x1, c, bits);
          x2 = step(x2, d, bits);
          x3 = step(x3, e, bits);
          x0 = refilled(x0, &s);
          x1 = refilled(x1, &s);
          x2 = refilled(x2, &s);
          x3 = refilled(x3, &s);
        }
        states[0] = x0, states[1] = x1, states[2] = x2, states[3] = x3;
      } else {
        uint64_t *state = &states[i % STATES], slot = slots[*state & mask];
        letters[i++] = (uint16_t)slot;
        *state = refilled(step(*state, slot, bits), &s);
      }
    }
  }
  int whole = s.at == length;
  for (int k = 0; k < STATES; ++k) whole &= states[k] == LEAST_STATE;
  return whole;
}
