/* Calls the kernels of multi-vector retrieval on small sets of all sizes around their tiles, for
 * sanitizers to watch and for comparing instruction sets: prints a digest of all that they
 * computed. Every array has the exact length that the header asks for. It is compiled for float and
 * for double, as all drivers are, and does the same in both.
 */
#include "multi_vector.h"

#include "driving.h"

static float *numbers(int64_t count) {
  float *found = room(count, sizeof(float));
  for (int64_t at = 0; at < count; ++at) found[at] = (float)((double)draw(65536) / 65536 - 0.5);
  return found;
}

static void compare(int64_t most, int64_t d, int64_t q) {
  enum { DOCUMENTS = 5 };
  int64_t offsets[DOCUMENTS + 1] = {0}, documents[DOCUMENTS];
  for (int i = 0; i < DOCUMENTS; ++i) {
    offsets[i + 1] = offsets[i] + (i == 2 ? 0 : draw(most + 1));
    documents[i] = draw(DOCUMENTS);
  }
  int64_t total = offsets[DOCUMENTS], panels = (q + mv_lanes() - 1) / mv_lanes();
  float *tokens = numbers(total * d), *query = numbers(q * d);
  float *packed = room(panels * mv_lanes() * d, sizeof(float));
  double out[DOCUMENTS];
  mv_pack(query, q, d, packed);
  mv_chamfer(tokens, d, offsets, documents, DOCUMENTS, packed, q, out);
  add(out, sizeof out);

  int64_t width = q + q % 3, rows = 6;
  float *scores = numbers(rows * width), *best = room(width, sizeof(float));
  int32_t *codes = room(total, sizeof(int32_t));
  for (int64_t t = 0; t < total; ++t) codes[t] = (int32_t)draw(rows);
  mv_chamfer_coded(scores, width, codes, offsets, 1, DOCUMENTS, q, best, out);
  add(out, (DOCUMENTS - 1) * (int64_t)sizeof(double));
  free(tokens), free(query), free(packed), free(scores), free(best), free(codes);
}

static void encode(int64_t tokens, int64_t repetitions, int64_t bits, int64_t width) {
  int64_t offsets[] = {0, tokens / 3, tokens / 3, tokens}, buckets = (int64_t)1 << bits;
  float *psi = numbers(tokens * repetitions * width);
  uint16_t *codes = room(tokens * repetitions, sizeof(uint16_t));
  for (int64_t at = 0; at < tokens * repetitions; ++at) codes[at] = (uint16_t)draw(buckets);
  int64_t length = 3 * repetitions * buckets * width * (int64_t)sizeof(float);
  float *out = room(length, 1);
  int64_t *workspace = room(2 * buckets, sizeof(int64_t));
  for (int mode = 0; mode < 4; ++mode) {
    mv_encode(psi, codes, offsets, 3, repetitions, bits, width, mode & 1, mode >> 1, workspace,
              out);
    add(out, length);
  }
  free(psi), free(codes), free(out), free(workspace);
}

static void quantise(int64_t n, int64_t parts, int64_t width) {
  float *rows = numbers(n * parts * width), *centres = numbers(256 * width);
  float *table = numbers(256 * parts), *out = room(n, sizeof(float));
  uint8_t *codes = room(n * parts, 1);
  for (int64_t m = 0; m < parts; ++m)
    mv_pq_assign(rows + m * width, n, parts * width, width, centres, codes + m * n);
  mv_pq_scan(codes, n, parts, table, out);
  add(codes, n * parts);
  add(out, n * (int64_t)sizeof(float));
  free(rows), free(centres), free(table), free(out), free(codes);
}

int main(void) {
  int64_t sizes[] = {1, 3, 4, 5, 8, 9, 33};
  int64_t many = sizeof sizes / sizeof *sizes;
  for (int64_t i = 0; i < many; ++i)
    for (int64_t j = 0; j < many; ++j) {
      for (int64_t q = 1; q <= 65; q += 1 + 15 * (q % 2)) compare(sizes[i], sizes[j], q);
      for (int64_t bits = 0; bits < 5; ++bits) encode(sizes[i], 1 + j % 3, bits, sizes[j]);
      quantise(sizes[i] * sizes[i] * 5, 1 + j, sizes[j]);
    }
  return done();
}
