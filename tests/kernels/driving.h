/* What the drivers of all kernels share: random numbers, room of exact length, a digest of all that
 * a kernel computed, and checks. A driver calls `done` last. The exit code is 1 where a check
 * fails, which says where, and 2 where memory is short.
 */
#ifndef DRIVING_H
#define DRIVING_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t random_state = 88172645463325252u;
static uint64_t digest = 14695981039346656037u;

/* 64 bits by xorshift, the lowest of which are the least random. */
static inline uint64_t random_word(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return random_state;
}

/* 0..below-1. */
static inline int64_t draw(int64_t below) {
  return (int64_t)((random_word() >> 20) % (uint64_t)below);
}

/* From 0 to below 1. */
static inline double uniform(void) { return (double)(random_word() >> 11) / 9007199254740992.0; }

/* Full of bytes that must not matter: a kernel that reads what it did not write gives nonsense. */
static inline void *room(int64_t count, size_t size) {
  size_t bytes = (size_t)count * size;
  void *memory = malloc(bytes ? bytes : 1);
  if (!memory) exit(2);
  return memset(memory, 0x5a, bytes);
}

static inline void *zeros(int64_t count, size_t size) {
  return memset(room(count, size), 0, (size_t)count * size);
}

static inline void add(const void *bytes, int64_t length) {
  const unsigned char *at = bytes;
  for (int64_t i = 0; i < length; ++i) digest = (digest ^ at[i]) * 1099511628211u;
}

static inline void fail(const char *file, int line, const char *what, const char *names,
                        const int64_t *values, size_t count) {
  printf("%s:%d: %s; %s =", file, line, what, names);
  for (size_t i = 0; i < count; ++i) printf(" %lld", (long long)values[i]);
  printf("\n");
  exit(1);
}

/* CHECK(found == n, "too few", n, k) says what is wrong, and with which whole numbers. */
#define CHECK(holds, what, ...)                                                    \
  do {                                                                             \
    if (!(holds))                                                                  \
      fail(__FILE__, __LINE__, what, #__VA_ARGS__, (const int64_t[]){__VA_ARGS__}, \
           sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t));              \
  } while (0)

static inline int done(void) {
  printf("%016llx\n", (unsigned long long)digest);
  return 0;
}

#endif
