/* Calls the kernels of asymmetric numeral systems on small data, for sanitizers to watch and for
 * comparing instruction sets: prints a digest of all that they wrote. Every array has the exact
 * length that the header asks for. Compiled once for each type of entries like every driver, though
 * it has one only.
 *
 * The exit code is 1 where what was written does not come back, or where random bytes decode to
 * letters that are outside of the alphabet.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "entropy_coding_ans.h"

static uint64_t random_state = 88172645463325252u;
static uint64_t digest = 14695981039346656037u;

static int64_t draw(int64_t below) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return (int64_t)(random_state % (uint64_t)below);
}

static void *room(int64_t count, size_t size) {
  void *memory = malloc((size_t)count * size);
  if (!memory && count) exit(2);
  return memory;
}

static void add(const void *bytes, int64_t length) {
  const unsigned char *at = bytes;
  for (int64_t i = 0; i < length; ++i) digest = (digest ^ at[i]) * 1099511628211u;
}

static void check(int holds, const char *what, int64_t count, int64_t alphabet) {
  if (holds) return;
  printf("count=%lld alphabet=%lld: %s\n", (long long)count, (long long)alphabet, what);
  exit(1);
}

enum { BLOCKS = 3 };

/* Frequencies of `kinds` letters, 1 at least, that sum to 2^bits, and letters among them. */
static void make(int64_t alphabet, int64_t kinds, int64_t bits, uint32_t *frequencies,
                 uint16_t *letters, int64_t count) {
  int64_t left = ((int64_t)1 << bits) - kinds;
  for (int64_t x = 0; x < alphabet; ++x) {
    int64_t more = x < kinds - 1 ? draw(left / 2 + 1) : x == kinds - 1 ? left : 0;
    frequencies[x] = (uint32_t)(x < kinds ? 1 + more : 0);
    left -= more;
  }
  for (int64_t i = 0; i < count; ++i) letters[i] = (uint16_t)draw(kinds);
}

static void try_one(int64_t count, int64_t alphabet, int64_t kinds, int64_t bits) {
  int64_t sizes[BLOCKS] = {count, count / 3, 1}, total = count + count / 3 + 1;
  uint16_t *letters = room(total, sizeof *letters), *found = room(total, sizeof *found);
  uint32_t *frequencies = room(BLOCKS * alphabet, sizeof *frequencies);
  uint32_t *below = room(alphabet, sizeof *below);
  uint64_t *slots = room((int64_t)1 << bits, sizeof *slots);
  for (int64_t b = 0, at = 0; b < BLOCKS; at += sizes[b++])
    make(alphabet, kinds, bits, frequencies + b * alphabet, letters + at, sizes[b]);

  int64_t most = 32 + 4 * ((total * bits + 31) / 32) + 16;
  uint8_t *wide = room(most, 1);
  int64_t start =
      eca_encode(letters, sizes, BLOCKS, frequencies, alphabet, bits, below, wide, most);
  check(start >= 0, "not written", count, alphabet);
  int64_t length = most - start;
  uint8_t *exact = room(length, 1), *narrow = room(length - 1, 1);
  check(!eca_encode(letters, sizes, BLOCKS, frequencies, alphabet, bits, below, exact, length) &&
            !memcmp(exact, wide + start, (size_t)length),
        "written otherwise", count, alphabet);
  check(eca_encode(letters, sizes, BLOCKS, frequencies, alphabet, bits, below, narrow,
                   length - 1) == -2,
        "room", count, alphabet);
  add(exact, length);

  int64_t whole =
      eca_decode(exact, length, sizes, BLOCKS, frequencies, alphabet, bits, slots, found);
  check(whole && !memcmp(found, letters, (size_t)total * sizeof *found), "letters", count,
        alphabet);
  check(!eca_decode(exact, length - 1, sizes, BLOCKS, frequencies, alphabet, bits, slots, found),
        "whole", count, alphabet);

  for (int64_t i = 0; i < length; ++i) /* anything, also nothing but ones */
    exact[i] = count % 3 ? (uint8_t)draw(256) : 255;
  whole =
      eca_decode(exact, draw(length + 1), sizes, BLOCKS, frequencies, alphabet, bits, slots, found);
  for (int64_t i = 0; i < total; ++i) check(found[i] < alphabet, "outside", count, alphabet);
  add(found, total * (int64_t)sizeof *found);
  frequencies[0] += 1 + (uint32_t)draw(UINT32_MAX); /* another sum, or one that wraps around */
  check(frequencies[0] == (uint32_t)(1 << bits) ||
            !eca_decode(exact, length, sizes, BLOCKS, frequencies, alphabet, bits, slots, found),
        "sum", count, alphabet);

  free(letters), free(found), free(frequencies), free(below), free(slots);
  free(wide), free(exact), free(narrow);
}

int main(void) {
  int64_t alphabets[] = {1, 2, 3, 4, 16, 300, 65536}, bits[] = {1, 2, 12, 12, 12, 16, 16};
  for (size_t t = 0; t < sizeof alphabets / sizeof *alphabets; ++t)
    for (int64_t count = 0; count < 24; ++count) {
      try_one(count * count, alphabets[t], alphabets[t] < 2 ? 1 : 2, bits[t]);
      try_one(count * count, alphabets[t], alphabets[t] < 4 ? 1 : alphabets[t], bits[t]);
    }
  printf("%016llx\n", (unsigned long long)digest);
  return 0;
}
