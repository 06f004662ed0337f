/* Builds graphs of many small sets of vectors and searches them, for sanitizers to watch and for
 * comparing instruction sets: prints a digest of all that was computed. Every array has the exact
 * length that the header asks for. Vectors are float in both of the programs that are made of this
 * file; the REAL that they are compiled with decides how the vectors are drawn, so that one of them
 * has ties and duplicates.
 *
 * The exit code is 1 where links are none, or a search as broad as there are rows misses one.
 */
#include <math.h>

#include "hnsw.h"

#include "driving.h"

static float entry(void) {
  double value = uniform() - 0.5;
  return (float)(sizeof(REAL) == sizeof(float) ? value : floor(4 * value));
}

/* Links of a row are different other rows of that layer, and not too many. */
static void look(const int32_t *list, int64_t most, int64_t row, int64_t layer,
                 const int32_t *levels, int64_t n, int64_t d) {
  CHECK(list[0] >= 0 && list[0] <= most, "too many links", n, d);
  for (int32_t i = 1; i <= list[0]; ++i) {
    CHECK(list[i] >= 0 && list[i] < n && list[i] != row, "a link leads nowhere", n, d);
    CHECK(levels[list[i]] >= layer, "a link leads to a lower layer", n, d);
    for (int32_t j = 1; j < i; ++j) CHECK(list[i] != list[j], "there is a link twice", n, d);
  }
}

static void search(int64_t n, int64_t d, int64_t links, int64_t breadth, int32_t metric,
                   uint32_t stamp) {
  float *vectors = room(n * d, sizeof *vectors);
  float *query = room(d, sizeof *query);
  int32_t *levels = zeros(n, sizeof *levels);
  int64_t *above = zeros(n, sizeof *above), places = 0;
  for (int64_t i = 0; i < n * d; ++i) vectors[i] = entry();
  for (int64_t i = 0; i < d; ++i) query[i] = entry();
  for (int64_t i = 0; i < n; ++i) {
    while (draw(4) == 0) ++levels[i];
    above[i] = places;
    places += (links + 1) * levels[i];
  }
  int32_t *ground = zeros(n * (2 * links + 2), sizeof *ground);
  int32_t *upper = zeros(places, sizeof *upper);
  int32_t *work = room(2 * n, sizeof *work);
  uint32_t *tags = zeros(n, sizeof *tags);
  int64_t widest = breadth > n ? breadth : n + 1;
  uint64_t *small = room(hn_room(links, breadth), sizeof *small);
  uint64_t *large = room(hn_room(links, widest), sizeof *large);
  int64_t state[] = {-1, 0, stamp};
  for (int64_t at = 0; at < n; at += 7)
    hn_add(vectors, n, d, metric, links, levels, above, ground, upper, state, tags, breadth, small,
           at, at + 7 < n ? at + 7 : n);
  int64_t connected = hn_connect(vectors, n, d, metric, links, above, ground, upper, state, tags,
                                 breadth, small, work);
  add(&connected, sizeof connected);
  for (int64_t i = 0; i < n; ++i) {
    look(ground + i * (2 * links + 2), 2 * links + 1, i, 0, levels, n, d);
    for (int64_t layer = 1; layer <= levels[i]; ++layer)
      look(upper + above[i] + (layer - 1) * (links + 1), links, i, layer, levels, n, d);
  }
  add(ground, n * (2 * links + 2) * (int64_t)sizeof *ground);
  add(upper, places * (int64_t)sizeof *upper);
  float *values = room(widest, sizeof *values);
  int32_t *ids = room(widest, sizeof *ids);
  int64_t found = hn_search(vectors, n, d, metric, links, above, ground, upper, state, tags, query,
                            widest, widest, large, values, ids);
  CHECK(found == n, "not all rows are found", n, d);
  for (int64_t j = 0; j < found; ++j) {
    CHECK(ids[j] >= 0 && ids[j] < n, "there is no such row", n, d);
    if (j)
      CHECK(values[j - 1] < values[j] || (values[j - 1] == values[j] && ids[j - 1] < ids[j]),
            "results are not in order", n, d);
  }
  add(values, found * (int64_t)sizeof *values);
  int64_t few = (breadth + 1) / 2;
  found = hn_search(vectors, n, d, metric, links, above, ground, upper, state, tags, query, breadth,
                    few, small, values, ids);
  CHECK(found <= few && found <= n && (found > 0 || n == 0), "the number found is wrong", n, d);
  add(ids, found * (int64_t)sizeof *ids);
  free(vectors), free(query), free(levels), free(above), free(ground), free(upper), free(work);
  free(tags), free(small), free(large), free(values), free(ids);
}

int main(void) {
  int64_t sizes[] = {0, 1, 2, 3, 9, 40, 150}, widths[] = {1, 2, 15, 16, 17, 70};
  int64_t breadths[] = {1, 2, 10, 60};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; ++i)
    for (size_t j = 0; j < sizeof widths / sizeof *widths; ++j)
      for (size_t l = 0; l < sizeof breadths / sizeof *breadths; ++l)
        for (int32_t metric = 0; metric < 2; ++metric) {
          search(sizes[i], widths[j], 2, breadths[l], metric, 0);
          search(sizes[i], widths[j], 5, breadths[l], metric, UINT32_MAX - 30); /* stamps run out */
        }
  return done();
}
