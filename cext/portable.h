/* What differs between compilers and platforms, in one place. */
#ifndef PORTABLE_H
#define PORTABLE_H

#include <stdint.h>

/* The resolvers that choose a clone are a matter of glibc, and run before a sanitizer is ready. */
#if defined(__has_attribute) && defined(__x86_64__) && defined(__GLIBC__)
#if __has_attribute(target_clones)
#define HAS_TARGET_CLONES 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(NO_TARGET_CLONES)
#undef HAS_TARGET_CLONES
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#undef HAS_TARGET_CLONES
#endif
#endif

#if defined(__GNUC__)
#define ALWAYS_INLINE static inline __attribute__((always_inline))
#define NOT_INLINE static __attribute__((noinline))
#else
#define ALWAYS_INLINE static inline
#define NOT_INLINE static
#endif

/* SIMD_CLONES compiles a function once per instruction set; which one runs is settled when the
 * library is loaded. Only what is ALWAYS_INLINE in it is compiled along with it. */
#ifdef HAS_TARGET_CLONES
#define SIMD_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define SIMD_CLONES
#endif

/* The number of the lowest set bit; bits is not 0. */
ALWAYS_INLINE int lowest_bit(uint64_t bits) {
#if defined(__GNUC__)
  return __builtin_ctzll(bits);
#else
  int number = 0;
  for (; !(bits & 1); bits >>= 1) ++number;
  return number;
#endif
}

ALWAYS_INLINE int count_bits(uint64_t bits) {
#if defined(__GNUC__)
  return __builtin_popcountll(bits);
#else
  int count = 0;
  for (; bits; bits &= bits - 1) ++count;
  return count;
#endif
}

/* Ask for the lines of memory `ahead` bytes after some that are about to be read. They may lie
 * outside of any array, hence the integer. */
ALWAYS_INLINE void prefetch(const void *from, uintptr_t ahead, int bytes) {
#if defined(__GNUC__)
  for (int at = 0; at < bytes; at += 64)
    __builtin_prefetch((const void *)((uintptr_t)from + ahead + (uintptr_t)at));
#else
  (void)from, (void)ahead, (void)bytes;
#endif
}

#endif
