/* Calls the kernels of byte-pair encoding for sanitizers to watch, on buffers of exact length;
 * prints a digest. Compiled once for each type of entries like every driver, though it has none.
 */
#include "bpe.h"

#include "driving.h"

struct words {
  int64_t *record, number, occurrences;
  int32_t *of;
};

static struct words collect(const uint8_t *text, int64_t n, int pieces) {
  struct words w = {.record = room(0, 8), .of = room(n / 2 + 1, 4)};
  int64_t at[3] = {0, 0, 0};
  for (int64_t slots = 4, done = 0; !done; slots *= 2) {
    w.record = realloc(w.record, (size_t)(2 * slots) * sizeof *w.record);
    uint64_t *table = calloc((size_t)slots, sizeof *table);
    if (!w.record || !table) exit(2);
    bpe_room(w.record, at[1], table, slots);
    done = bpe_words(text, n, pieces, at, w.record, w.of, table, slots);
    free(table);
  }
  CHECK(at[0] == n, "not all was read", n, pieces);
  w.number = at[1];
  w.occurrences = at[2];
  return w;
}

/* Train by both ways, which must agree; returns the number of merges. */
static int64_t train(const int32_t *cells, int64_t n, int32_t base, const int64_t *weight,
                     int64_t merges, int64_t least, int runs, int32_t *pairs) {
  int64_t most = merges < n ? merges : n, left, also;
  int64_t *counts = room(most, 8), *again = room(most, 8);
  int32_t *same = room(2 * most, 4);
  int64_t made = bpe_train(cells, n, base, weight, most, least, runs, pairs, counts, &left);
  int64_t naive = bpe_train_naive(cells, n, base, weight, most, least, runs, same, again, &also);
  CHECK(made == naive && left == also && !memcmp(pairs, same, (size_t)(8 * made)) &&
            !memcmp(counts, again, (size_t)(8 * made)),
        "the merges are not the naive ones", n, merges, least, runs);
  add(pairs, 8 * made);
  add(counts, 8 * made);
  free(counts), free(again), free(same);
  return made;
}

static void encode(const uint8_t *text, int64_t n, const int32_t *pairs, int64_t merges) {
  int64_t slots = 2;
  while (slots <= 2 * merges) slots *= 2;
  int32_t *rule = room(4 * slots, 4), *first = room(65536, 4), *tokens = room(n, 4);
  memset(rule, 0xFF, (size_t)(16 * slots));
  CHECK(bpe_rules(pairs, merges, rule, slots, first) == merges, "rules", n, merges);
  int64_t made = bpe_encode(text, n, rule, slots, first, tokens);
  add(tokens, 4 * made);
  struct words w = collect(text, n, 1);
  int64_t bytes = 0;
  for (int64_t k = 0; k < w.number; ++k) bytes += w.record[4 * k + 1];
  int64_t *place = room(w.number + 1, 8);
  int32_t *different = room(bytes, 4), *out = room(made, 4);
  bpe_encode_words(text, w.record, w.number, rule, slots, first, place, different);
  CHECK(bpe_spread(w.of, w.occurrences, place, different, out) == made, "length", n, merges);
  CHECK(!memcmp(out, tokens, (size_t)(4 * made)), "words give other tokens", n, merges);
  free(rule), free(first), free(tokens), free(place), free(different), free(out);
  free(w.record), free(w.of);
}

/* A text of random bytes out of these letters. */
static void drive(const char *letters, int64_t n) {
  uint8_t *text = room(n, 1);
  for (int64_t i = 0; i < n; ++i) text[i] = (uint8_t)letters[draw((int64_t)strlen(letters))];
  for (int pieces = 0; pieces < 2; ++pieces) {
    struct words w = collect(text, n, pieces);
    int64_t bytes = 0;
    for (int64_t k = 0; k < w.number; ++k) bytes += w.record[4 * k + 1];
    int32_t *cells = room(1 + bytes + w.number, 4), *pairs = room(2 * (1 + bytes + w.number), 4);
    int64_t *weight = room(w.number, 8);
    bpe_characters(text, w.record, w.number, cells); /* may be no UTF-8 */
    int64_t n_cells = 0;
    for (int64_t k = 0; k < w.number; ++k) {
      weight[k] = w.record[4 * k + 2];
      cells[n_cells++] = -1;
      for (int64_t b = 0; b < w.record[4 * k + 1]; ++b)
        cells[n_cells++] = text[w.record[4 * k] + b];
    }
    cells[n_cells++] = -1;
    for (int runs = 0; runs < 2; ++runs)
      for (int64_t least = 1; least < 4; ++least)
        train(cells, n_cells, 256, weight, 1000, least, runs, pairs);
    encode(text, n, pairs, train(cells, n_cells, 256, weight, 60, 1, 0, pairs));
    free(w.record), free(w.of), free(cells), free(pairs), free(weight);
  }
  free(text);
}

int main(void) {
  const char *letters[] = {"a",
                           "ab ",
                           "aaab\n ",
                           "abcdefgh     ",
                           "\xE2\x80\x83\xC2\xA0 a",
                           "\xF0\x9F\x98\x80\xE3\x80\x80\xFF\xE1"};
  int64_t lengths[] = {0, 1, 2, 3, 9, 63, 64, 65, 66, 300, 1500};
  for (size_t a = 0; a < sizeof letters / sizeof *letters; ++a)
    for (size_t b = 0; b < sizeof lengths / sizeof *lengths; ++b) drive(letters[a], lengths[b]);
  return done();
}
