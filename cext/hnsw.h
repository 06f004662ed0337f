/* A graph of near neighbours in layers, which a search walks greedily (Malkov and Yashunin 2018).
 *
 * Row i is in the layers 0..levels[i], each of which has fewer rows than the one below. A search
 * comes down from the top, always to the nearest row that it finds there, and in layer 0 keeps the
 * `breadth` nearest rows seen so far, until the links of all of them were followed.
 *
 * A new row is linked with rows that a search for it finds, nearest first, and only with those that
 * are not nearer to one that was taken before; links go both ways, `links` of a row, and 2 links in
 * layer 0, of which the same rule keeps the best. Rows are compared by squared distance (metric 0)
 * or by minus the inner product (metric 1), all finite; those of equal value rank by number, so
 * that the same rows in the same order give the same graph.
 *
 * The caller owns the graph, which is all 0 at first but for levels and above:
 *   levels  int32[n], at least 0, few of them large;
 *   above   int64[n], where the links of row i above layer 0 begin in `upper`, an entry after the
 *           other being (links + 1) levels[i] apart;
 *   ground  int32[n (2 links + 2)], for each row how many links it has in layer 0, and which;
 *   upper   int32[(links + 1) times the sum of levels], the same of the layers above;
 *   state   int64[3], of which the first is -1 at first: the row where searches start, its level,
 *           and the stamp of the last search;
 *   tags    uint32[n], stamps of the rows that a search has seen.
 * `room` holds hn_room(links, breadth) entries. links is at least 2, n below 2^31.
 */
#ifndef HNSW_H
#define HNSW_H

#include <stdint.h>

int64_t hn_room(int64_t links, int64_t breadth);

/* Add the rows first..last - 1; those before are in the graph already. */
void hn_add(const float *vectors, int64_t n, int64_t d, int32_t metric, int64_t links,
            const int32_t *levels, const int64_t *above, int32_t *ground, int32_t *upper,
            int64_t *state, uint32_t *tags, int64_t breadth, uint64_t *room, int64_t first,
            int64_t last);

/* When all rows are in: give each row that no path leads to from where searches start one link from
 * a row near it, for which ground has a place to spare; returns how many these were. A search as
 * broad as there are rows then finds all of them. `work` holds 2 n entries. */
int64_t hn_connect(const float *vectors, int64_t n, int64_t d, int32_t metric, int64_t links,
                   const int64_t *above, int32_t *ground, int32_t *upper, int64_t *state,
                   uint32_t *tags, int64_t breadth, uint64_t *room, int32_t *work);

/* The k nearest of the rows that a search finds, k at most breadth: their values, ascending, and
 * their numbers. Returns how many they are. */
int64_t hn_search(const float *vectors, int64_t n, int64_t d, int32_t metric, int64_t links,
                  const int64_t *above, const int32_t *ground, const int32_t *upper, int64_t *state,
                  uint32_t *tags, const float *query, int64_t breadth, int64_t k, uint64_t *room,
                  float *values, int32_t *ids);

#endif
