/* Hamming distances between a pattern and all windows of a text, or of some of them.
 *
 * Window i is text[i..i+m-1], 0 <= i <= n - m; its distance is the number of letters in which it
 * differs from pattern[0..m-1]. Every function takes the windows from <= i < to, so that a caller
 * can work in slices, and writes out[from..to-1] of an array of n - m + 1. Letters are whole
 * numbers of 8, 16 or 32 bits (_u8, _u16, _i32). Text, pattern and out are the caller's.
 *
 * The functions that return an int say 0 when it is done; HD_REFUSED, and nothing is written, when
 * the sizes make no sense (m < 1, m > n, n or m beyond 2^31 - 1, windows that are none) or a letter
 * is out of the stated range; HD_NO_MEMORY when memory is short.
 *
 * Sources: Abrahamson 1987 (positions of rare letters); Landau and Vishkin 1986 (kangaroo jumps);
 * Fischer and Paterson 1974 (a bit mask for each letter); Harley and Seal (carry-save counting, in
 * Warren, Hacker's Delight).
 */
#ifndef HAMMING_H
#define HAMMING_H

#include <stdint.h>

#define HD_REFUSED 1
#define HD_NO_MEMORY 2

/* By the definition: all m letters of every window, many windows side by side. */
int hd_naive_u8(const uint8_t *text, int64_t n, const uint8_t *pattern, int64_t m, int64_t from,
                int64_t to, int32_t *out);
int hd_naive_u16(const uint16_t *text, int64_t n, const uint16_t *pattern, int64_t m, int64_t from,
                 int64_t to, int32_t *out);
int hd_naive_i32(const int32_t *text, int64_t n, const int32_t *pattern, int64_t m, int64_t from,
                 int64_t to, int32_t *out);

/* The same, one letter after the other: what a processor without SIMD does. */
int hd_scalar_u8(const uint8_t *text, int64_t n, const uint8_t *pattern, int64_t m, int64_t from,
                 int64_t to, int32_t *out);
int hd_scalar_u16(const uint16_t *text, int64_t n, const uint16_t *pattern, int64_t m, int64_t from,
                  int64_t to, int32_t *out);
int hd_scalar_i32(const int32_t *text, int64_t n, const int32_t *pattern, int64_t m, int64_t from,
                  int64_t to, int32_t *out);

/* Bit masks of the text, one for each letter of the pattern, shifted against each other and added
 * up in bit-sliced counters: bit w of plane k is bit k of the count of window w. Letters are
 * 0..letters-1 in the pattern; in the text `letters` is one more, which matches nothing. */
int hd_sliced_u8(const uint8_t *text, int64_t n, const uint8_t *pattern, int64_t m, int64_t letters,
                 int64_t from, int64_t to, int32_t *out);
int hd_sliced_u16(const uint16_t *text, int64_t n, const uint16_t *pattern, int64_t m,
                  int64_t letters, int64_t from, int64_t to, int32_t *out);
int hd_sliced_i32(const int32_t *text, int64_t n, const int32_t *pattern, int64_t m,
                  int64_t letters, int64_t from, int64_t to, int32_t *out);

/* Letters packed into planes of single bits, 64 letters in a word of each, and compared by XOR and
 * a count of ones. Letters are 0..2^bits-1, 1 <= bits <= 31. */
int hd_packed_u8(const uint8_t *text, int64_t n, const uint8_t *pattern, int64_t m, int64_t bits,
                 int64_t from, int64_t to, int32_t *out);
int hd_packed_u16(const uint16_t *text, int64_t n, const uint16_t *pattern, int64_t m, int64_t bits,
                  int64_t from, int64_t to, int32_t *out);
int hd_packed_i32(const int32_t *text, int64_t n, const int32_t *pattern, int64_t m, int64_t bits,
                  int64_t from, int64_t to, int32_t *out);

/* out[i] -= 1 for every match in window i, from <= i < to, by the positions of each letter in the
 * pattern: those of letter a are positions[starts[a]..starts[a+1]-1], ascending, each in 0..m-1.
 * Letters of the text are 0..letters; `letters` itself matches nothing. next is room for `letters`
 * numbers. A call looks at to - from + m - 1 letters of the text, or more often where there are
 * many windows, and at all positions. */
int hd_light_u8(const uint8_t *text, int64_t n, int64_t m, int64_t letters, const int64_t *starts,
                const int32_t *positions, int64_t from, int64_t to, int64_t *next, int32_t *out);
int hd_light_u16(const uint16_t *text, int64_t n, int64_t m, int64_t letters, const int64_t *starts,
                 const int32_t *positions, int64_t from, int64_t to, int64_t *next, int32_t *out);
int hd_light_i32(const int32_t *text, int64_t n, int64_t m, int64_t letters, const int64_t *starts,
                 const int32_t *positions, int64_t from, int64_t to, int64_t *next, int32_t *out);

/* Distances up to k, else k + 1: each window by the definition, given up after k + 1. */
int hd_bounded_u8(const uint8_t *text, int64_t n, const uint8_t *pattern, int64_t m, int64_t k,
                  int64_t from, int64_t to, int32_t *out);
int hd_bounded_u16(const uint16_t *text, int64_t n, const uint16_t *pattern, int64_t m, int64_t k,
                   int64_t from, int64_t to, int32_t *out);
int hd_bounded_i32(const int32_t *text, int64_t n, const int32_t *pattern, int64_t m, int64_t k,
                   int64_t from, int64_t to, int32_t *out);

/* Fingerprints of all prefixes modulo 2^61 - 1: hashes[0] = 0, hashes[i+1] = base * hashes[i] +
 * letter i + 1, `length` letters, so length + 1 hashes. Powers of the base likewise: base^0 to
 * base^length. 2 <= base < 2^61 - 1; no letter is negative. */
void hd_hash_u8(const uint8_t *letters, int64_t length, uint64_t base, uint64_t *hashes);
void hd_hash_u16(const uint16_t *letters, int64_t length, uint64_t base, uint64_t *hashes);
void hd_hash_i32(const int32_t *letters, int64_t length, uint64_t base, uint64_t *hashes);
void hd_powers(uint64_t base, int64_t length, uint64_t *powers);

/* Distances up to k, else k + 1, by kangaroo jumps: from one mismatch to the next over the longest
 * common extension, which a search on fingerprints finds; the powers go to m. Unequal stretches
 * have equal fingerprints with a probability below m / 2^61 over the base. */
int hd_kangaroo_u8(const uint8_t *text, int64_t n, const uint8_t *pattern, int64_t m, int64_t k,
                   const uint64_t *text_hashes, const uint64_t *pattern_hashes,
                   const uint64_t *powers, int64_t from, int64_t to, int32_t *out);
int hd_kangaroo_u16(const uint16_t *text, int64_t n, const uint16_t *pattern, int64_t m, int64_t k,
                    const uint64_t *text_hashes, const uint64_t *pattern_hashes,
                    const uint64_t *powers, int64_t from, int64_t to, int32_t *out);
int hd_kangaroo_i32(const int32_t *text, int64_t n, const int32_t *pattern, int64_t m, int64_t k,
                    const uint64_t *text_hashes, const uint64_t *pattern_hashes,
                    const uint64_t *powers, int64_t from, int64_t to, int32_t *out);

#endif
