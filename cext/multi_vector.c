/* Kernels of multi-vector retrieval.
 *
 * Chamfer: a tile of ROWS tokens by LANES query tokens stays in registers while the entries go by,
 * and only its column maxima leave it: tokens are read once and nothing else is written, 2 d
 * operations for 4 d / q bytes of a pair. Rows beyond a document's last token repeat that token,
 * which changes no maximum.
 */
#include "multi_vector.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "portable.h"

enum {
  ROWS = 8,      /* tokens of a tile */
  FEW = 4,       /* of a smaller one, for what is left of a document */
  LANES = 32,    /* query tokens of a tile; compilers keep loops this long as vectors */
  CENTRES = 256, /* what a byte can name */
  BLOCK = 4096,  /* documents whose sums stay in the first cache during a scan */
};

/* The rows of a tile, one after the other in registers; without being told, GCC loops over them. */
#if defined(__clang__)
#define UNROLLED _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__)
#define UNROLLED _Pragma("GCC unroll 8")
#else
#define UNROLLED
#endif

/* Buckets of equal rank are told apart by the number of the token, in the low half. */
static const int64_t BIT = (int64_t)1 << 32;

ALWAYS_INLINE int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

int64_t mv_lanes(void) { return LANES; }

void mv_pack(const float *query, int64_t q, int64_t d, float *packed) {
  for (int64_t from = 0; from < q; from += LANES, packed += LANES * d) {
    int64_t count = least(LANES, q - from);
    for (int64_t j = 0; j < d; ++j)
      for (int64_t lane = 0; lane < LANES; ++lane)
        packed[j * LANES + lane] = lane < count ? query[(from + lane) * d + j] : 0;
  }
}

/* best = the larger of itself and the inner products with `rows` tokens, `left` of which count. */
ALWAYS_INLINE void tile(int rows, const float *tokens, int64_t left, int64_t d, const float *panel,
                        float best[LANES]) {
  float sum[ROWS][LANES];
  const float *row[ROWS];
  for (int i = 0; i < rows; ++i) row[i] = tokens + least(i, left - 1) * d;
  for (int i = 0; i < rows; ++i)
    for (int lane = 0; lane < LANES; ++lane) sum[i][lane] = 0;
  for (int64_t j = 0; j < d; ++j, panel += LANES) {
    UNROLLED
    for (int i = 0; i < rows; ++i)
      for (int lane = 0; lane < LANES; ++lane) sum[i][lane] += row[i][j] * panel[lane];
  }
  UNROLLED
  for (int i = 0; i < rows; ++i)
    for (int lane = 0; lane < LANES; ++lane)
      best[lane] = sum[i][lane] > best[lane] ? sum[i][lane] : best[lane];
}

SIMD_CLONES
void mv_chamfer(const float *tokens, int64_t d, const int64_t *offsets, const int64_t *documents,
                int64_t count, const float *packed, int64_t q, double *out) {
  for (int64_t i = 0; i < count; ++i) {
    int64_t from = offsets[documents[i]], to = offsets[documents[i] + 1];
    double total = 0;
    for (int64_t lane = 0; lane < q; lane += LANES) {
      float best[LANES];
      for (int at = 0; at < LANES; ++at) best[at] = -INFINITY;
      for (int64_t t = from; t < to; t += ROWS) {
        int64_t left = to - t;
        if (left > FEW)
          tile(ROWS, tokens + t * d, left, d, packed + lane * d, best);
        else
          tile(FEW, tokens + t * d, left, d, packed + lane * d, best);
      }
      for (int64_t at = 0; at < least(LANES, q - lane); ++at) total += (double)best[at];
    }
    out[i] = total;
  }
}

SIMD_CLONES
void mv_chamfer_coded(const float *scores, int64_t width, const int32_t *codes,
                      const int64_t *offsets, int64_t from, int64_t to, int64_t q, float *best,
                      double *out) {
  for (int64_t i = from; i < to; ++i) {
    for (int64_t lane = 0; lane < width; ++lane) best[lane] = -INFINITY;
    for (int64_t t = offsets[i]; t < offsets[i + 1]; ++t) {
      const float *row = scores + codes[t] * width;
      for (int64_t lane = 0; lane < width; ++lane)
        best[lane] = row[lane] > best[lane] ? row[lane] : best[lane];
    }
    double total = 0;
    for (int64_t lane = 0; lane < q; ++lane) total += (double)best[lane];
    out[i - from] = total;
  }
}

/* For each empty bucket the token that fills it. keys[b] = the token's number where b has one, else
 * more than all: after every bit was turned once, the least over all buckets c of
 * (bits in which b and c differ, first token of c). */
static void spread(int64_t bits, int64_t *keys) {
  int64_t buckets = (int64_t)1 << bits;
  for (int64_t bit = 1; bit < buckets; bit *= 2)
    for (int64_t b = 0; b < buckets; ++b)
      if (!(b & bit)) {
        int64_t here = keys[b], there = keys[b | bit];
        keys[b] = least(here, there + BIT);
        keys[b | bit] = least(there, here + BIT);
      }
}

SIMD_CLONES
void mv_encode(const float *psi, const uint16_t *codes, const int64_t *offsets, int64_t count,
               int64_t repetitions, int64_t bits, int64_t width, int mean, int fill,
               int64_t *workspace, float *out) {
  int64_t buckets = (int64_t)1 << bits;
  int64_t *members = workspace, *keys = workspace + buckets;
  for (int64_t i = 0; i < count; ++i)
    for (int64_t r = 0; r < repetitions; ++r, out += buckets * width) {
      int64_t from = offsets[i], to = offsets[i + 1];
      memset(out, 0, (size_t)(buckets * width) * sizeof(float));
      for (int64_t b = 0; b < buckets; ++b) members[b] = 0, keys[b] = INT64_MAX / 2;
      for (int64_t t = from; t < to; ++t) {
        int64_t b = codes[t * repetitions + r];
        const float *added = psi + (t * repetitions + r) * width;
        float *block = out + b * width;
        for (int64_t j = 0; j < width; ++j) block[j] += added[j];
        keys[b] = least(keys[b], t - from);
        ++members[b];
      }
      if (fill && from < to) spread(bits, keys);
      for (int64_t b = 0; b < buckets; ++b) {
        float *block = out + b * width;
        if (mean && members[b] > 1)
          for (int64_t j = 0; j < width; ++j) block[j] /= (float)members[b];
        if (fill && from < to && !members[b]) {
          int64_t t = from + keys[b] % BIT;
          memcpy(block, psi + (t * repetitions + r) * width, (size_t)width * sizeof(float));
        }
      }
    }
}

/* The number of the least of the values, the first of equals. */
ALWAYS_INLINE int first_least(const float value[CENTRES]) {
  float low[LANES];
  for (int lane = 0; lane < LANES; ++lane) low[lane] = value[lane];
  for (int from = LANES; from < CENTRES; from += LANES)
    for (int lane = 0; lane < LANES; ++lane)
      low[lane] = value[from + lane] < low[lane] ? value[from + lane] : low[lane];
  for (int half = LANES / 2; half > 0; half /= 2)
    for (int lane = 0; lane < half; ++lane)
      low[lane] = low[lane + half] < low[lane] ? low[lane + half] : low[lane];
  int c = 0;
  while (c < CENTRES - 1 && !(value[c] <= low[0])) ++c;
  return c;
}

SIMD_CLONES
void mv_pq_assign(const float *rows, int64_t n, int64_t stride, int64_t width, const float *centres,
                  uint8_t *codes) {
  for (int64_t i = 0; i < n; ++i, rows += stride) {
    float squared[CENTRES];
    for (int c = 0; c < CENTRES; ++c) squared[c] = 0;
    for (int64_t j = 0; j < width; ++j)
      for (int c = 0; c < CENTRES; ++c) {
        float gap = rows[j] - centres[j * CENTRES + c];
        squared[c] += gap * gap;
      }
    codes[i] = (uint8_t)first_least(squared);
  }
}

void mv_pq_scan(const uint8_t *codes, int64_t n, int64_t parts, const float *table, float *out) {
  memset(out, 0, (size_t)n * sizeof(float));
  for (int64_t from = 0; from < n; from += BLOCK) {
    int64_t to = least(n, from + BLOCK);
    for (int64_t m = 0; m < parts; ++m) {
      const uint8_t *code = codes + m * n;
      const float *row = table + m * CENTRES;
      for (int64_t i = from; i < to; ++i) out[i] += row[code[i]];
    }
  }
}
