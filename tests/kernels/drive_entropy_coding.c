/* Calls every kernel of entropy coding on small data, for sanitizers to watch and for comparing
 * instruction sets: prints a digest of all that they wrote. Every array has the exact length that
 * the header asks for, so that a step beyond its end is seen. Compiled once for each type of
 * entries like every driver, though it has one only.
 *
 * The exit code is 1 where what was written does not come back, or where random bytes decode to
 * letters that are outside of the alphabet.
 */
#include "entropy_coding.h"

#include "driving.h"

typedef struct {
  int64_t count, alphabet, run;
  uint16_t *letters, *lasts;
  uint32_t *tree, *order_tree;
  int32_t *parents, *lengths, *slots, *order;
} work;

static work make(int64_t count, int64_t alphabet) {
  work w = {count, alphabet, 1 + draw(count + 3), 0, 0, 0, 0, 0, 0, 0, 0};
  w.letters = room(count, sizeof *w.letters);
  w.lasts = room(count + 1, sizeof *w.lasts);
  w.tree = room(2 * alphabet + 1, sizeof *w.tree);
  w.order_tree = room(count + 1, sizeof *w.order_tree);
  w.parents = room(count + 1, sizeof *w.parents);
  w.lengths = room(count + 1, sizeof *w.lengths);
  w.slots = room(ec_lz78_slots(count), sizeof *w.slots);
  w.order = room(count, sizeof *w.order);
  return w;
}

static void release(work *w) {
  free(w->letters), free(w->lasts), free(w->tree), free(w->order_tree);
  free(w->parents), free(w->lengths), free(w->slots), free(w->order);
}

static int64_t write_all(work *w, uint64_t *coder, uint8_t *out, int64_t size) {
  ec_start_encoder(coder);
  int64_t said = ec_kt_encode(coder, w->letters, w->count, w->run, w->alphabet, w->tree, out, size);
  if (said == -1)
    said = ec_lz78_encode(coder, w->letters, w->count, w->alphabet, w->parents, w->lasts, w->slots,
                          out, size);
  if (said == -1) said = ec_order_encode(coder, w->order, w->count, w->order_tree, out, size);
  return said == -1 ? ec_finish(coder, out, size) : said;
}

static void try_one(int64_t count, int64_t alphabet, int64_t kinds) {
  work w = make(count, alphabet);
  uint64_t coder[3];
  for (int64_t i = 0; i < count; ++i) w.letters[i] = (uint16_t)draw(kinds);
  for (int64_t i = 0; i < count; ++i) w.order[i] = (int32_t)i;
  for (int64_t i = count - 1; i > 0; --i) {
    int64_t j = draw(i + 1);
    int32_t kept = w.order[i];
    w.order[i] = w.order[j], w.order[j] = kept;
  }
  uint8_t *wide = room(12 * count + 16, 1);
  CHECK(write_all(&w, coder, wide, 12 * count + 16) == -1, "not written", count, alphabet);
  int64_t length = (int64_t)coder[2];
  add(wide, length);
  uint8_t *exact = room(length, 1);
  CHECK(write_all(&w, coder, exact, length) == -1, "not written", count, alphabet);
  CHECK(!length || !memcmp(wide, exact, (size_t)length), "written otherwise", count, alphabet);
  if (length) {
    uint8_t *narrow = room(length - 1, 1);
    CHECK(write_all(&w, coder, narrow, length - 1) == -2, "room", count, alphabet);
    free(narrow);
  }

  uint16_t *letters = room(count, sizeof *letters);
  int32_t *order = room(count, sizeof *order);
  size_t bytes = (size_t)count * sizeof *letters;
  ec_start_decoder(coder, exact, length);
  ec_kt_decode(coder, exact, length, count, w.run, alphabet, w.tree, letters);
  CHECK(!bytes || !memcmp(letters, w.letters, bytes), "counts", count, alphabet);
  int64_t said =
      ec_lz78_decode(coder, exact, length, count, alphabet, w.parents, w.lasts, w.lengths, letters);
  CHECK(said == -1 && (!bytes || !memcmp(letters, w.letters, bytes)), "phrases", count, alphabet);
  ec_order_decode(coder, exact, length, count, w.order_tree, order);
  CHECK(!bytes || !memcmp(order, w.order, 2 * bytes), "order", count, alphabet);
  CHECK(ec_is_whole(coder, length) == 1, "not whole", count, alphabet);

  for (int64_t i = 0; i < length; ++i) /* anything, also nothing but ones */
    exact[i] = count % 3 ? (uint8_t)draw(256) : 255;
  ec_start_decoder(coder, exact, length);
  ec_kt_decode(coder, exact, length, count, w.run, alphabet, w.tree, letters);
  for (int64_t i = 0; i < count; ++i) CHECK(letters[i] < alphabet, "outside", count, alphabet);
  said =
      ec_lz78_decode(coder, exact, length, count, alphabet, w.parents, w.lasts, w.lengths, letters);
  add(&said, (int64_t)sizeof said);
  for (int64_t i = 0; i < (said < 0 ? count : said); ++i)
    CHECK(letters[i] < alphabet, "outside", count, alphabet);
  ec_order_decode(coder, exact, length, count, w.order_tree, order);
  for (int64_t i = 0; i < count; ++i)
    CHECK(order[i] >= 0 && order[i] < count, "outside", count, alphabet);

  free(wide), free(exact), free(letters), free(order);
  release(&w);
}

static void count_blocks(int64_t m, int64_t n, int64_t alphabet) {
  uint16_t *table = room(m * n, sizeof *table);
  int32_t *rows = room(m, sizeof *rows), *columns = room(n, sizeof *columns);
  int64_t *counts = zeros(6 * alphabet, sizeof *counts), sum = 0;
  for (int64_t i = 0; i < m * n; ++i) table[i] = (uint16_t)draw(alphabet);
  for (int64_t i = 0; i < m; ++i) rows[i] = (int32_t)draw(3);
  for (int64_t j = 0; j < n; ++j) columns[j] = (int32_t)draw(2);
  ec_block_counts(table, m, n, rows, columns, 2, alphabet, counts);
  for (int64_t i = 0; i < 6 * alphabet; ++i) sum += counts[i];
  CHECK(sum == m * n, "counts", m, n);
  add(counts, 6 * alphabet * (int64_t)sizeof *counts);
  free(table), free(rows), free(columns), free(counts);
}

int main(void) {
  int64_t alphabets[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17, 300, 65536};
  for (size_t t = 0; t < sizeof alphabets / sizeof *alphabets; ++t)
    for (int64_t count = 0; count < 40; ++count) {
      try_one(count * count, alphabets[t], alphabets[t]);
      try_one(count * count, alphabets[t], 1);
    }
  for (int64_t m = 0; m < 9; ++m) count_blocks(m, 8 - m, 1 + m);
  return done();
}
