/* Byte-pair encoding: words of a text, training of merges, encoding by merges.
 *
 * Texts are UTF-8 of at most BPE_LONGEST bytes. White space is what Unicode calls White_Space.
 * Malformed bytes are never read beyond; they are told, or are bytes like others, as each function
 * says. A piece is a word together with the white space before it; white space at the end of a text
 * is a piece of its own.
 *
 * A merge (left, right) of two ids makes the next id: ids 0..base-1 are symbols, base + r is what
 * merge number r makes. Applying a merge to a word replaces, from left to right, every left that is
 * followed by right; what was replaced is passed over.
 *
 * Functions that return -1 had no memory, and left nothing behind.
 *
 * Sources: Zouhar et al., A Formal Perspective on Byte-Pair Encoding, 2023; Sennrich, Haddow and
 * Birch, 2016; Larsson and Moffat, Off-line dictionary-based compression, 2000.
 */
#ifndef BPE_H
#define BPE_H

#include <stdint.h>

/* Texts, cells and tokens are numbered by int32. */
#define BPE_LONGEST 1073741823

/* Words
 *
 * The different words (pieces = 0) or pieces (pieces = 1) of text[n], in the order in which they
 * appear: record[4 w] is where word w begins first, then its bytes, its occurrences, its hash.
 * state = {place, words, occurrences}, from {0, 0, 0}. table[slots], zero at first, slots a power
 * of two, record of 2 * slots entries: room for slots / 2 words. number[o] is the word of
 * occurrence o where pieces = 1: n / 2 + 1 entries; unused else. Reads to the end and returns 1, or
 * returns 0 where there is no room for another word: double slots, call bpe_room, go on. */
int bpe_words(const uint8_t *text, int64_t n, int pieces, int64_t *state, int64_t *record,
              int32_t *number, uint64_t *table, int64_t slots);

/* Fill an empty, larger table with the words known so far. */
void bpe_room(const int64_t *record, int64_t words, uint64_t *table, int64_t slots);

/* The words' characters as code points, a -1 before each word and one at the end, into cells:
 * 1 + the sum of 1 + bytes of a word is always room enough. Returns the number of cells, or -2
 * where a word is no UTF-8. */
int64_t bpe_characters(const uint8_t *text, const int64_t *record, int64_t words, int32_t *cells);

/* Training
 *
 * cells[n]: words of symbols 0..base-1, each after a -1, and a -1 at the end, so that n >= 1; base
 * + n is at most INT32_MAX. weight[w] >= 0 is how often word w counts; the weighted number of
 * symbols must fit in int64.
 *
 * The most frequent pair of neighbours is merged, merges times at most; of equally frequent ones
 * that with the smallest left, then the smallest right id. With runs = 0 every pair of neighbours
 * counts (aaa has two aa); with runs = 1 only what merging it would save (aaa has one). Ends when
 * no pair counts least or more (least >= 1). Writes pairs[2 r] = left, right and counts[r];
 * left_over[0] is the weighted number of tokens left. Returns the number of merges. */
int64_t bpe_train(const int32_t *cells, int64_t n, int32_t base, const int64_t *weight,
                  int64_t merges, int64_t least, int runs, int32_t *pairs, int64_t *counts,
                  int64_t *left_over);

/* The same by counting all pairs anew before each merge: O(n) a merge. */
int64_t bpe_train_naive(const int32_t *cells, int64_t n, int32_t base, const int64_t *weight,
                        int64_t merges, int64_t least, int runs, int32_t *pairs, int64_t *counts,
                        int64_t *left_over);

/* Encoding
 *
 * Symbols are the 256 bytes. rule[4 * slots], filled with -1 by the caller, slots a power of two
 * above 2 * merges; first[65536] holds what two bytes become. Returns merges, or the number of the
 * first merge that names an id which is not made before it, or that is there twice. */
int64_t bpe_rules(const int32_t *pairs, int64_t merges, int32_t *rule, int64_t slots,
                  int32_t *first);

/* The tokens of all pieces of text[n], each by itself: the lowest merge that applies first, from
 * left to right; tokens[n]. Returns their number. */
int64_t bpe_encode(const uint8_t *text, int64_t n, const int32_t *rule, int64_t slots,
                   const int32_t *first, int32_t *tokens);

/* The tokens of each word of record[4 * words], the first of word w at place[w], place[words] being
 * their number; tokens has room for all the words' bytes. Returns that number. */
int64_t bpe_encode_words(const uint8_t *text, const int64_t *record, int64_t words,
                         const int32_t *rule, int64_t slots, const int32_t *first, int64_t *place,
                         int32_t *tokens);

/* The tokens of the words number[0 .. occurrences - 1], one after the other, into out[room], with
 * room >= their number. Returns their number. */
int64_t bpe_spread(const int32_t *number, int64_t occurrences, const int64_t *place,
                   const int32_t *tokens, int32_t *out);

#endif
