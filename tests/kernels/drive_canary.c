/* Calls the canary's kernel for sanitizers to watch, on buffers of exact length; prints a digest.
 * Compiled once for each type of entries like every driver, though it has none.
 */
#include "canary.h"

#include "driving.h"

int main(void) {
  int64_t lengths[] = {0, 1, 7, 64, 1023};
  for (size_t t = 0; t < sizeof lengths / sizeof *lengths; ++t) {
    int64_t n = lengths[t];
    uint64_t *buffer = room(n, sizeof *buffer), found[3] = {canary_compute(UINT64_MAX, n)};
    for (int64_t i = 0; i < n; ++i) buffer[i] = UINT64_MAX - (uint64_t)i;
    found[1] = canary_memory(buffer, n);
    found[2] = canary_memory(buffer, n);
    CHECK(found[2] == found[1] + (uint64_t)n, "a word was not counted up", n);
    add(found, (int64_t)sizeof found);
    free(buffer);
  }
  return done();
}
