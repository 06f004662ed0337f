/* The range coder of entropy_coding.c: an interval that shrinks with each letter, see its header.
 *
 * Carries run back into the bytes that are written already, so that nothing is held back.
 */
#ifndef ENTROPY_CODING_RANGE_H
#define ENTROPY_CODING_RANGE_H

#include <stdint.h>

#include "portable.h"

enum { LOW, RANGE, POSITION }; /* a decoder's LOW is the distance from the lower end */

#define LEAST_RANGE ((uint64_t)1 << 56)

/* Weights from `below` on, `weight` of them, out of `total`; total is below 2^32. */
typedef struct {
  uint64_t below, weight, total;
} share;

typedef struct {
  uint64_t low, range;
  int64_t at, room;
  uint8_t *out;
} writer;

typedef struct {
  uint64_t distance, range, unit;
  int64_t at, length;
  const uint8_t *in;
} reader;

ALWAYS_INLINE void carry(writer *w) {
  int64_t at = w->at;
  while (at-- > 0)
    if (++w->out[at]) return;
}

/* 0 where there is no room left. */
ALWAYS_INLINE int put(writer *w, share s) {
  uint64_t unit = w->range / s.total, before = unit * s.below;
  w->low += before;
  if (w->low < before) carry(w);
  /* what the division leaves over goes to the last letter */
  w->range = s.below + s.weight == s.total ? w->range - before : unit * s.weight;
  while (w->range < LEAST_RANGE) {
    if (w->at >= w->room) return 0;
    w->out[w->at++] = (uint8_t)(w->low >> 56);
    w->low <<= 8;
    w->range <<= 8;
  }
  return 1;
}

ALWAYS_INLINE uint64_t next_byte(reader *r) {
  uint64_t byte = r->at < r->length ? r->in[r->at] : 0;
  ++r->at;
  return byte;
}

/* Where the stream points, out of `total`. */
ALWAYS_INLINE uint64_t look(reader *r, uint64_t total) {
  r->unit = r->range / total;
  uint64_t target = r->distance / r->unit;
  return target < total ? target : total - 1;
}

ALWAYS_INLINE void refill(reader *r) {
  while (r->range < LEAST_RANGE) {
    r->distance = r->distance << 8 | next_byte(r);
    r->range <<= 8;
  }
}

ALWAYS_INLINE void take(reader *r, share s) {
  uint64_t before = r->unit * s.below;
  r->distance -= before;
  r->range = s.below + s.weight == s.total ? r->range - before : r->unit * s.weight;
  refill(r);
}

ALWAYS_INLINE uint64_t take_uniform(reader *r, uint64_t total) {
  uint64_t found = look(r, total);
  take(r, (share){found, 1, total});
  return found;
}

ALWAYS_INLINE writer resume_writer(const uint64_t *coder, uint8_t *out, int64_t room) {
  return (writer){coder[LOW], coder[RANGE], (int64_t)coder[POSITION], room, out};
}

ALWAYS_INLINE reader resume_reader(const uint64_t *coder, const uint8_t *in, int64_t length) {
  return (reader){coder[LOW], coder[RANGE], 0, (int64_t)coder[POSITION], length, in};
}

ALWAYS_INLINE void keep(uint64_t *coder, uint64_t low, uint64_t range, int64_t at) {
  coder[LOW] = low;
  coder[RANGE] = range;
  coder[POSITION] = (uint64_t)at;
}

#endif
