/* What differs between compilers and platforms, in one place. */
#ifndef PORTABLE_H
#define PORTABLE_H

#include <stdint.h>

#if defined(__has_attribute)
#if __has_attribute(target_clones) && defined(__x86_64__) && defined(__GLIBC__)
#define HAS_TARGET_CLONES 1
#endif
#endif
/* A clone is chosen by a resolver that runs before a sanitizer's runtime is up. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(NO_TARGET_CLONES)
#undef HAS_TARGET_CLONES
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#undef HAS_TARGET_CLONES
#endif
#endif

/* Compile a function once per instruction set and choose when the library is loaded. What it calls
 * must be ALWAYS_INLINE to be compiled with it. */
#ifdef HAS_TARGET_CLONES
#define SIMD_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define SIMD_CLONES
#endif

#if defined(__GNUC__)
#define ALWAYS_INLINE static inline __attribute__((always_inline))
#define NOT_INLINE static __attribute__((noinline))
#else
#define ALWAYS_INLINE static inline
#define NOT_INLINE static
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

#endif
