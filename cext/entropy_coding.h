/* Entropy coding of sequences of letters: a range coder, with adaptive counts or LZ78 before it.
 *
 * Letters are uint16_t below `alphabet` (1 to 65536); a sequence has at most 2^30. The coder keeps
 * an interval, 64 bits long: a letter of weight w out of a total t shrinks it to the w / t-th part,
 * and its length is kept above 2^56 by letting bytes go at the top. As t is below 2^32, a letter
 * loses less than 2^-23 bits by rounding. Several sequences may follow one another in one stream,
 * without marks.
 *
 * coder[3] is the state: lower end, length, bytes written; or distance from the lower end, length,
 * bytes read. A stream ends with the byte that settles the interval, which is left out where it is
 * 0; beyond the end a decoder reads zeros, and counts them as bytes read: ec_is_whole says whether
 * a stream ended where it should.
 *
 * Encoders return -1, or the position of the first letter that is not below `alphabet`, or NO_ROOM
 * (-2) where `out` has not room for what is to be written; after that the state is of no use.
 * Decoders read any bytes without harm, and write letters below `alphabet` only. All is integer
 * arithmetic: the same bytes everywhere.
 */
#ifndef ENTROPY_CODING_H
#define ENTROPY_CODING_H

#include <stdint.h>

void ec_start_encoder(uint64_t *coder);
void ec_start_decoder(uint64_t *coder, const uint8_t *in, int64_t length);

/* Write what settles the interval, one byte at most. */
int64_t ec_finish(uint64_t *coder, uint8_t *out, int64_t room);

/* Whether the stream of `length` bytes ends where its decoder, which has read all letters, expects
 * it: 1 or 0. */
int64_t ec_is_whole(const uint64_t *coder, int64_t length);

/* Krichevsky and Trofimov: a letter that was seen c times has the weight 2 c + 1. Counts begin anew
 * after each `run` letters (run >= 1). tree[2 * alphabet + 1] is room for counts. At most
 * log2(2 min(run, count) + alphabet) bits a letter are written. */
int64_t ec_kt_encode(uint64_t *coder, const uint16_t *letters, int64_t count, int64_t run,
                     int64_t alphabet, uint32_t *tree, uint8_t *out, int64_t room);
void ec_kt_decode(uint64_t *coder, const uint8_t *in, int64_t length, int64_t count, int64_t run,
                  int64_t alphabet, uint32_t *tree, uint16_t *letters);

/* LZ78: pairs of a phrase seen before and the letter after it, which together make a new phrase;
 * the older one is one of those there are, the letter one of the alphabet, all alike likely. Where
 * the letters end with an older phrase, the letter after it is missing. parents[count + 1],
 * lasts[count + 1] and lengths[count + 1] are room for phrases, slots[ec_lz78_slots(count)] for
 * finding them. At most log2(count + 1) + log2(alphabet) bits a letter are written. The decoder
 * returns -1, or the position of a phrase that is longer than what is left. */
int64_t ec_lz78_slots(int64_t count);
int64_t ec_lz78_encode(uint64_t *coder, const uint16_t *letters, int64_t count, int64_t alphabet,
                       int32_t *parents, uint16_t *lasts, int32_t *slots, uint8_t *out,
                       int64_t room);
int64_t ec_lz78_decode(uint64_t *coder, const uint8_t *in, int64_t length, int64_t count,
                       int64_t alphabet, int32_t *parents, uint16_t *lasts, int32_t *lengths,
                       uint16_t *letters);

/* An order of 0..count-1, log2(count!) bits; tree[count + 1] is room. The encoder returns the
 * position of an entry that is outside or comes again. */
int64_t ec_order_encode(uint64_t *coder, const int32_t *order, int64_t count, uint32_t *tree,
                        uint8_t *out, int64_t room);
void ec_order_decode(uint64_t *coder, const uint8_t *in, int64_t length, int64_t count,
                     uint32_t *tree, int32_t *order);

/* counts[row classes * column_classes * alphabet]: how often each letter stands where rows of one
 * class meet columns of another; classes and letters are not checked. counts begin at 0. */
void ec_block_counts(const uint16_t *table, int64_t rows, int64_t columns, const int32_t *row_class,
                     const int32_t *column_class, int64_t column_classes, int64_t alphabet,
                     int64_t *counts);

#endif
