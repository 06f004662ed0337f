/* Calls the Hamming kernels on many small texts, for sanitizers to watch and for comparing
 * instruction sets: prints a digest of all that was computed. Every array has its exact length.
 * Compiled once for each type of entries like every driver, though letters are whole numbers: as
 * float it takes letters of 8 bits, as double those of 16 and 32.
 *
 * The exit code is 1 where a function says something else than the definition does.
 */
#include "hamming.h"

#include "driving.h"

/* For letters of one type. */
#define DRIVE(LETTER, SUFFIX)                                                                      \
  static void run_##SUFFIX(int64_t n, int64_t m, int64_t letters) {                                \
    int64_t windows = n - m + 1, bits = 1, k = m / 3;                                              \
    while ((letters - 1) >> bits) ++bits;                                                          \
    LETTER *text = room(n, sizeof *text), *pattern = room(m, sizeof *pattern);                     \
    int32_t *right = room(windows, sizeof *right), *out = room(windows, sizeof *out);              \
    int32_t *positions = room(m, sizeof *positions);                                               \
    int64_t *starts = room(letters + 1, sizeof *starts), place = 0;                                \
    int64_t *next = room(letters, sizeof *next);                                                   \
    uint64_t *hashes = room(n + 1, 8), *pattern_hashes = room(m + 1, 8), *powers = room(m + 1, 8); \
    for (int64_t u = 0; u < n; ++u) text[u] = (LETTER)draw(letters);                               \
    for (int64_t j = 0; j < m; ++j)                                                                \
      pattern[j] = draw(4) ? text[windows / 2 + j] : (LETTER)draw(letters);                        \
    for (int64_t i = 0; i < windows; ++i) {                                                        \
      right[i] = 0;                                                                                \
      for (int64_t j = 0; j < m; ++j) right[i] += text[i + j] != pattern[j];                       \
    }                                                                                              \
    int64_t cut = windows / 3;                                                                     \
    size_t bytes = (size_t)windows * sizeof *out;                                                  \
    for (int way = 0; way < 4; ++way) {                                                            \
      int said = 0;                                                                                \
      memset(out, 7, bytes);                                                                       \
      for (int part = 0; part < 2; ++part) {                                                       \
        int64_t from = part ? cut : 0, to = part ? windows : cut;                                  \
        if (way == 0) said |= hd_naive_##SUFFIX(text, n, pattern, m, from, to, out);               \
        if (way == 1) said |= hd_scalar_##SUFFIX(text, n, pattern, m, from, to, out);              \
        if (way == 2) said |= hd_sliced_##SUFFIX(text, n, pattern, m, letters, from, to, out);     \
        if (way == 3) said |= hd_packed_##SUFFIX(text, n, pattern, m, bits, from, to, out);        \
      }                                                                                            \
      CHECK(!said && !memcmp(out, right, bytes), "a distance is wrong", n, m, letters);            \
    }                                                                                              \
    for (int64_t a = 0; a < letters; ++a) {                                                        \
      starts[a] = place;                                                                           \
      for (int64_t j = 0; j < m; ++j)                                                              \
        if ((int64_t)pattern[j] == a) positions[place++] = (int32_t)j;                             \
    }                                                                                              \
    starts[letters] = place;                                                                       \
    for (int64_t i = 0; i < windows; ++i) out[i] = (int32_t)m;                                     \
    CHECK(                                                                                         \
        !hd_light_##SUFFIX(text, n, m, letters, starts, positions, 0, cut, next, out) &&           \
            !hd_light_##SUFFIX(text, n, m, letters, starts, positions, cut, windows, next, out) && \
            !memcmp(out, right, bytes),                                                            \
        "a light letter is wrong", n, m, letters);                                                 \
    for (int64_t i = 0; i < windows; ++i) right[i] = right[i] > k ? (int32_t)k + 1 : right[i];     \
    CHECK(!hd_bounded_##SUFFIX(text, n, pattern, m, k, 0, windows, out) &&                         \
              !memcmp(out, right, bytes),                                                          \
          "a bounded distance is wrong", n, m, letters);                                           \
    hd_hash_##SUFFIX(text, n, 123456789123456789u, hashes);                                        \
    hd_hash_##SUFFIX(pattern, m, 123456789123456789u, pattern_hashes);                             \
    hd_powers(123456789123456789u, m, powers);                                                     \
    memset(out, 7, bytes);                                                                         \
    CHECK(!hd_kangaroo_##SUFFIX(text, n, pattern, m, k, hashes, pattern_hashes, powers, 0,         \
                                windows, out) &&                                                   \
              !memcmp(out, right, bytes),                                                          \
          "a jump is wrong", n, m, letters);                                                       \
    add(out, windows * (int64_t)sizeof *out);                                                      \
    add(hashes, (n + 1) * (int64_t)sizeof *hashes);                                                \
    free(text), free(pattern), free(right), free(out), free(positions), free(starts), free(next);  \
    free(hashes), free(pattern_hashes), free(powers);                                              \
  }

DRIVE(uint8_t, u8)
DRIVE(uint16_t, u16)
DRIVE(int32_t, i32)

int main(void) {
  int64_t sizes[][2] = {{1, 1},     {2, 1},     {64, 64},    {65, 64},     {200, 63},
                        {700, 130}, {900, 899}, {1000, 257}, {21000, 4200}};
  int64_t letters[] = {1, 2, 5, 200};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; ++s)
    for (size_t a = 0; a < sizeof letters / sizeof *letters; ++a) {
      int64_t n = sizes[s][0], m = sizes[s][1];
      if (n > 20000 && a % 2) continue; /* by the definition too, it takes a while */
      if (sizeof(REAL) == sizeof(float)) {
        run_u8(n, m, letters[a]);
      } else {
        run_u16(n, m, letters[a] * 5);
        run_i32(n, m, letters[a] * 1001);
      }
    }
  return done();
}
