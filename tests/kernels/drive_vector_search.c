/* Calls the kernels of vector search on many small inputs, for sanitizers to watch and for
 * comparing instruction sets: prints a digest of all that they computed. Every array has the exact
 * length that the header asks for. Vectors are float in both of the programs that are made of this
 * file; the REAL that they are compiled with decides how the vectors are drawn, so that one of them
 * has ties.
 *
 * The exit code is 1 where a result is not what looking at one row after the other gives.
 */
#include <math.h>

#include "vector_search.h"

#include "driving.h"

static float entry(void) {
  double value = uniform() - 0.5;
  return (float)(sizeof(REAL) == sizeof(float) ? value : floor(4 * value));
}

static float *floats(int64_t count) {
  float *memory = room(count, sizeof(float));
  for (int64_t at = 0; at < count; ++at) memory[at] = entry();
  return memory;
}

/* Results ascend, equal ones by row, and are as many as there are rows, up to k. */
static void look(const float *values, const int32_t *ids, int64_t found, int64_t n, int64_t k,
                 int64_t d) {
  CHECK(found == (n < k ? n : k), "the number found is wrong", n, d);
  for (int64_t j = 0; j < found; ++j) {
    CHECK(ids[j] >= 0 && ids[j] < n, "there is no such row", n, d);
    if (j)
      CHECK(values[j - 1] < values[j] || (values[j - 1] == values[j] && ids[j - 1] < ids[j]),
            "results are not in order", n, d);
  }
  add(values, found * (int64_t)sizeof *values);
  add(ids, found * (int64_t)sizeof *ids);
}

static void vectors(int64_t n, int64_t d, int64_t k) {
  float *rows = floats(n * d), *queries = floats(11 * d), *bias = floats(n);
  float *values = room(11 * k, sizeof *values);
  float *again = room(k, sizeof *again);
  int32_t *ids = room(11 * k, sizeof *ids), *same = room(k, sizeof *same);
  int32_t *list = room(n, sizeof *list);
  uint64_t *entries = room(11 * vs_room(k), sizeof *entries);
  int64_t bounds[] = {0, n / 3, n / 3, n / 3, n / 3, n};
  for (int64_t i = 0; i < n; ++i) list[i] = (int32_t)(n - 1 - i);
  for (int32_t metric = 0; metric < 2; ++metric) {
    int64_t found = vs_scan(rows, d, queries, metric, bounds, 3, k, entries, values, ids);
    look(values, ids, found, n, k, d);
    int64_t listed = vs_listed(rows, d, queries, metric, list, n, k, entries, again, same);
    CHECK(found == listed && !memcmp(values, again, (size_t)found * sizeof *values),
          "the list gives other values", n, d);
  }
  for (int64_t many = 0; many <= 11; many += many < 2 ? 1 : 9) {
    float *work = room(vs_many_work(d, many), sizeof *work);
    int64_t *found = room(many, sizeof *found);
    vs_many(rows, n, d, bias, queries, many, -2, k, entries, work, values, ids, found);
    for (int64_t q = 0; q < many; ++q) look(values + q * k, ids + q * k, k ? found[q] : 0, n, k, d);
    free(work), free(found);
  }
  free(rows), free(queries), free(bias), free(values), free(again), free(ids), free(same);
  free(list), free(entries);
}

static void codes(int64_t n, int64_t places, int64_t k) {
  int64_t blocks = (n + 63) / 64, halves = (n + 31) / 32;
  uint64_t *words = room(blocks * 64 * places, sizeof *words);
  uint64_t *query = room(places, sizeof *query);
  uint8_t *bytes = room(n * places, 1), *nibbles = room(halves * 16 * places, 1);
  uint8_t *small = room(16 * places, 1);
  float *tables = floats(256 * places), *weights = floats(n);
  float *values = room(k, sizeof *values);
  int32_t *ids = room(k, sizeof *ids);
  uint64_t *entries = room(vs_room(k), sizeof *entries);
  for (int64_t i = 0; i < blocks * 64 * places; ++i) words[i] = random_word();
  for (int64_t i = 0; i < places; ++i) query[i] = random_word();
  for (int64_t i = 0; i < n * places; ++i) bytes[i] = (uint8_t)draw(256);
  for (int64_t i = 0; i < halves * 16 * places; ++i) nibbles[i] = (uint8_t)draw(256);
  look(values, ids, vs_hamming(words, n, places, query, k, entries, values, ids), n, k, places);
  look(values, ids, vs_table_sums(bytes, n, places, tables, k, entries, values, ids), n, k, places);
  for (int64_t below = 1; below <= 256; below *= 4) {
    for (int64_t i = 0; i < 16 * places; ++i) small[i] = (uint8_t)draw(below);
    int64_t found = vs_nibble_sums(nibbles, n, places, small, 17, weights, k, entries, values, ids);
    look(values, ids, found, n, k, places);
  }
  free(words), free(query), free(bytes), free(nibbles), free(small), free(tables), free(weights);
  free(values), free(ids), free(entries);
}

int main(void) {
  int64_t sizes[] = {0, 1, 2, 31, 32, 33, 63, 64, 65, 200}, widths[] = {1, 2, 15, 16, 17, 70};
  int64_t wanted[] = {0, 1, 3, 64, 300};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; ++i)
    for (size_t j = 0; j < sizeof widths / sizeof *widths; ++j)
      for (size_t l = 0; l < sizeof wanted / sizeof *wanted; ++l) {
        vectors(sizes[i], widths[j], wanted[l]);
        codes(sizes[i], widths[j], wanted[l]);
      }
  return done();
}
