/* The canary: work whose time is the same on an undisturbed machine.
 *
 * A step of the chain is a multiplication and an addition that wait for the last one, four or five
 * cycles on any processor of today, so that neither SIMD nor reordering changes what is measured.
 * The pass reads and writes whole lines, as fast as memory and shared cache let it.
 */
#include "canary.h"

uint64_t canary_compute(uint64_t start, int64_t steps) {
  uint64_t x = start;
  for (int64_t step = 0; step < steps; ++step)
    x = x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return x;
}

uint64_t canary_memory(uint64_t *buffer, int64_t n) {
  uint64_t sum = 0;
  for (int64_t i = 0; i < n; ++i) sum += buffer[i]++;
  return sum;
}
