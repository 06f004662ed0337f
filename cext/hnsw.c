/* Kernels of the graph in layers.
 *
 * What a search has seen is one sorted row of entries, the `breadth` nearest: the bits of a value,
 * put in order, above twice the number of the row, and whether its links were followed as the last
 * bit. A heap of candidates beside a heap of results, as the paper has it, finds the same rows: a
 * candidate that is no result any more is never followed. An entry that comes in moves those behind
 * it, which for breadths up to a thousand takes less time than the distances.
 */
#include "hnsw.h"

#include <string.h>

#include "portable.h"
#include "vector_search_common.h"

enum { AHEAD_LINES = 16 }; /* of a vector that is asked for before it is needed */

/* How a graph is read and written, and the buffers of a search. */
typedef struct {
  const float *vectors;
  int64_t n, d, links;
  const int64_t *above;
  int32_t *ground, *upper;
  int64_t *state;
  uint32_t *tags;
  int64_t breadth;
  uint64_t *pool;   /* breadth entries: what a search has seen */
  uint64_t *chosen; /* as many: what a new row may be linked with */
  uint64_t *known;  /* 2 links + 1 entries: the links of a row that has too many */
  int32_t *fresh;   /* 2 links + 1 rows that a search has not seen */
} graph;

static graph graph_of(const float *vectors, int64_t n, int64_t d, int64_t links,
                      const int64_t *above, int32_t *ground, int32_t *upper, int64_t *state,
                      uint32_t *tags, int64_t breadth, uint64_t *room) {
  graph g = {.vectors = vectors, .n = n, .d = d, .links = links, .breadth = breadth};
  g.above = above, g.ground = ground, g.upper = upper;
  g.state = state, g.tags = tags;
  g.pool = room;
  g.chosen = g.pool + breadth;
  g.known = g.chosen + breadth;
  g.fresh = (int32_t *)(g.known + 2 * links + 1);
  return g;
}

int64_t hn_room(int64_t links, int64_t breadth) { return 2 * breadth + 2 * links + 1 + links + 1; }

ALWAYS_INLINE uint64_t seen(float value, int64_t row) { return entry_of(value, 2 * row); }

ALWAYS_INLINE int64_t row_of(uint64_t entry) { return (uint32_t)entry >> 1; }

ALWAYS_INLINE const float *vector_of(const graph *g, int64_t row) {
  return g->vectors + row * g->d;
}

/* How many links a row has in a layer, and behind that which. */
ALWAYS_INLINE int32_t *links_of(const graph *g, int64_t row, int64_t layer) {
  if (layer == 0) return g->ground + row * (2 * g->links + 2);
  return g->upper + g->above[row] + (layer - 1) * (g->links + 1);
}

/* A stamp that no tag has. */
static uint32_t next_stamp(const graph *g) {
  if (g->state[2] == UINT32_MAX) {
    memset(g->tags, 0, (size_t)g->n * sizeof *g->tags);
    g->state[2] = 0;
  }
  return (uint32_t)++g->state[2];
}

#define NAME(stem) stem##_any
#include "hnsw_walk.inc"
#undef NAME

#ifdef VS_TARGETS
#pragma GCC push_options
#pragma GCC target("avx2")
#define NAME(stem) stem##_avx2
#include "hnsw_walk.inc"
#undef NAME
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("avx512f")
#define NAME(stem) stem##_avx512
#define VS_WIDE
#include "hnsw_walk.inc"
#undef VS_WIDE
#undef NAME
#pragma GCC pop_options
#endif

void hn_add(const float *vectors, int64_t n, int64_t d, int32_t metric, int64_t links,
            const int32_t *levels, const int64_t *above, int32_t *ground, int32_t *upper,
            int64_t *state, uint32_t *tags, int64_t breadth, uint64_t *room, int64_t first,
            int64_t last) {
  graph g = graph_of(vectors, n, d, links, above, ground, upper, state, tags, breadth, room);
  for (int64_t row = first; row < last; ++row) VS_FASTEST(insert)(&g, metric, row, levels[row]);
}

/* Put the rows that links of layer 0 lead to from `row`, and row, among those that are reached. */
static void flood(const graph *g, int64_t row, int32_t *reached, int32_t *queue) {
  int64_t count = 1;
  reached[row] = 1;
  queue[0] = (int32_t)row;
  while (count) {
    const int32_t *links = links_of(g, queue[--count], 0);
    for (int32_t i = 1; i <= links[0]; ++i)
      if (!reached[links[i]]) {
        reached[links[i]] = 1;
        queue[count++] = links[i];
      }
  }
}

int64_t hn_connect(const float *vectors, int64_t n, int64_t d, int32_t metric, int64_t links,
                   const int64_t *above, int32_t *ground, int32_t *upper, int64_t *state,
                   uint32_t *tags, int64_t breadth, uint64_t *room, int32_t *work) {
  graph g = graph_of(vectors, n, d, links, above, ground, upper, state, tags, breadth, room);
  int32_t *reached = work, *queue = work + n;
  int64_t connected = 0;
  /* The row that was connected last, of which the place to spare is free. */
  int64_t last = state[0];
  if (last < 0) return 0;
  memset(reached, 0, (size_t)n * sizeof *reached);
  flood(&g, last, reached, queue);
  for (int64_t row = 0; row < n; ++row) {
    if (reached[row]) continue;
    int64_t count = VS_FASTEST(find)(&g, metric, vector_of(&g, row)), from = last;
    for (int64_t i = 0; i < count; ++i) {
      int64_t near = row_of(g.pool[i]);
      if (!reached[near] || links_of(&g, near, 0)[0] > 2 * links) continue;
      from = near;
      break;
    }
    int32_t *list = links_of(&g, from, 0);
    list[++list[0]] = (int32_t)row;
    flood(&g, row, reached, queue);
    last = row;
    ++connected;
  }
  return connected;
}

int64_t hn_search(const float *vectors, int64_t n, int64_t d, int32_t metric, int64_t links,
                  const int64_t *above, const int32_t *ground, const int32_t *upper, int64_t *state,
                  uint32_t *tags, const float *query, int64_t breadth, int64_t k, uint64_t *room,
                  float *values, int32_t *ids) {
  if (state[0] < 0) return 0;
  /* Nothing is written to the links. */
  graph g = graph_of(vectors, n, d, links, above, (int32_t *)(uintptr_t)ground,
                     (int32_t *)(uintptr_t)upper, state, tags, breadth, room);
  int64_t found = least(k, VS_FASTEST(find)(&g, metric, query));
  for (int64_t i = 0; i < found; ++i) {
    values[i] = value_of(g.pool[i]);
    ids[i] = (int32_t)row_of(g.pool[i]);
  }
  return found;
}
