/* Calls the kernels of multi-vector retrieval on small sets of all sizes around their tiles, for
 * sanitizers to watch and for comparing instruction sets: prints a digest of all that they
 * computed. Every array has the exact length that the header asks for. It is compiled for float and
 * for double, as all drivers are, and does the same in both.
 */
#include <stdio.h>
#include <stdlib.h>

#include "multi_vector.h"

static uint64_t random_state = 88172645463325252u;
static uint64_t digest = 14695981039346656037u;

static uint64_t draw(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return random_state >> 24;
}

static void *room(int64_t bytes) {
  void *memory = malloc((size_t)bytes + !bytes);
  if (!memory) exit(2);
  return memory;
}

static float *numbers(int64_t count) {
  float *found = room(count * (int64_t)sizeof(float));
  for (int64_t at = 0; at < count; ++at)
    found[at] = (float)((double)(draw() & 0xffff) / 65536 - 0.5);
  return found;
}

static void add(const void *bytes, int64_t length) {
  const unsigned char *at = bytes;
  for (int64_t i = 0; i < length; ++i) digest = (digest ^ at[i]) * 1099511628211u;
}

static void compare(int64_t most, int64_t d, int64_t q) {
  enum { DOCUMENTS = 5 };
  int64_t offsets[DOCUMENTS + 1] = {0}, documents[DOCUMENTS];
  for (int i = 0; i < DOCUMENTS; ++i) {
    offsets[i + 1] = offsets[i] + (i == 2 ? 0 : (int64_t)draw() % (most + 1));
    documents[i] = (int64_t)draw() % DOCUMENTS;
  }
  int64_t total = offsets[DOCUMENTS], panels = (q + mv_lanes() - 1) / mv_lanes();
  float *tokens = numbers(total * d), *query = numbers(q * d);
  float *packed = room(panels * mv_lanes() * d * (int64_t)sizeof(float));
  double out[DOCUMENTS];
  mv_pack(query, q, d, packed);
  mv_chamfer(tokens, d, offsets, documents, DOCUMENTS, packed, q, out);
  add(out, sizeof out);

  int64_t width = q + q % 3, rows = 6;
  float *scores = numbers(rows * width), *best = room(width * (int64_t)sizeof(float));
  int32_t *codes = room(total * (int64_t)sizeof(int32_t));
  for (int64_t t = 0; t < total; ++t) codes[t] = (int32_t)(draw() % (uint64_t)rows);
  mv_chamfer_coded(scores, width, codes, offsets, 1, DOCUMENTS, q, best, out);
  add(out, (DOCUMENTS - 1) * (int64_t)sizeof(double));
  free(tokens), free(query), free(packed), free(scores), free(best), free(codes);
}

static void encode(int64_t tokens, int64_t repetitions, int64_t bits, int64_t width) {
  int64_t offsets[] = {0, tokens / 3, tokens / 3, tokens}, buckets = (int64_t)1 << bits;
  float *psi = numbers(tokens * repetitions * width);
  uint16_t *codes = room(tokens * repetitions * (int64_t)sizeof(uint16_t));
  for (int64_t at = 0; at < tokens * repetitions; ++at)
    codes[at] = (uint16_t)(draw() % (uint64_t)buckets);
  int64_t length = 3 * repetitions * buckets * width * (int64_t)sizeof(float);
  float *out = room(length);
  int64_t *workspace = room(2 * buckets * (int64_t)sizeof(int64_t));
  for (int mode = 0; mode < 4; ++mode) {
    mv_encode(psi, codes, offsets, 3, repetitions, bits, width, mode & 1, mode >> 1, workspace,
              out);
    add(out, length);
  }
  free(psi), free(codes), free(out), free(workspace);
}

static void quantise(int64_t n, int64_t parts, int64_t width) {
  float *rows = numbers(n * parts * width), *centres = numbers(256 * width);
  float *table = numbers(256 * parts), *out = room(n * (int64_t)sizeof(float));
  uint8_t *codes = room(n * parts);
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
  printf("%016llx\n", (unsigned long long)digest);
  return 0;
}
