/* Calls the canary's kernel for sanitizers to watch, on buffers of exact length; prints a digest.
 * Compiled once for each type of entries like every driver, though it has none.
 */
#include <stdio.h>
#include <stdlib.h>

#include "canary.h"

int main(void) {
  uint64_t digest = 0;
  int64_t lengths[] = {0, 1, 7, 64, 1023};
  for (size_t t = 0; t < sizeof lengths / sizeof *lengths; ++t) {
    int64_t n = lengths[t];
    uint64_t *buffer = malloc((size_t)n * sizeof *buffer);
    if (!buffer && n) return 2;
    for (int64_t i = 0; i < n; ++i) buffer[i] = UINT64_MAX - (uint64_t)i;
    digest += canary_compute(UINT64_MAX, n);
    uint64_t first = canary_memory(buffer, n), second = canary_memory(buffer, n);
    if (second != first + (uint64_t)n) return 1;
    digest += second;
    free(buffer);
  }
  printf("%016llx\n", (unsigned long long)digest);
  return 0;
}
