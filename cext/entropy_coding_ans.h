/* Asymmetric numeral systems (rANS): letters by frequencies that are fixed for a block of them.
 *
 * A state x of 64 bits holds letters: one of frequency f, with c the sum of the frequencies before
 * it, out of 2^bits in all, makes it (x / f) 2^bits + c + x mod f, about 2^bits / f times as large.
 * States are kept within 2^31 to 2^63 by letting 32 bits go or come. Letter i of the whole stream
 * is in state i mod 4: four chains, so that a processor works on four letters at once. The
 * last letter goes in first, so that the first comes out first.
 *
 * A stream is the four states, 8 bytes each, and then words of 4 bytes, lowest bytes first. Blocks
 * follow one another in one stream, each with its own frequencies, which stand elsewhere.
 *
 * letters are uint16_t below `alphabet` (1 to 65536), of all blocks in order; sizes[blocks] says
 * how many are in each; frequencies[blocks * alphabet] sum to 2^bits in each block; bits is 1
 * to 16. All is integer arithmetic: the same bytes everywhere.
 */
#ifndef ENTROPY_CODING_ANS_H
#define ENTROPY_CODING_ANS_H

#include <stdint.h>

/* Bytes go to the end of out[room]; returns where they begin. -1 where a letter is not below
 * `alphabet` or has no frequency, -2 where there is no room: 32 bytes and 4 for each 32 bits, at
 * most `bits` a letter. below[alphabet] is room. */
int64_t eca_encode(const uint16_t *letters, const int64_t *sizes, int64_t blocks,
                   const uint32_t *frequencies, int64_t alphabet, int64_t bits, uint32_t *below,
                   uint8_t *out, int64_t room);

/* Any bytes decode, without harm, to letters below `alphabet`. Returns 1 where all bytes were read
 * and the states are back at where an encoder begins; 0 where not, and where frequencies do not sum
 * to 2^bits. slots[2^bits] is room. */
int64_t eca_decode(const uint8_t *in, int64_t length, const int64_t *sizes, int64_t blocks,
                   const uint32_t *frequencies, int64_t alphabet, int64_t bits, uint64_t *slots,
                   uint16_t *letters);

#endif
