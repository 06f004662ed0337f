/* The canary: a fixed piece of work whose time tells what disturbs the work around it.
 *
 * Two parts, since they suffer from different things: a chain of dependent multiplications, which
 * needs nothing but a processor (its clock frequency, time taken away), and a pass over a buffer
 * that no core's own cache holds (the bandwidth of the memory, the cache shared with neighbours).
 * Each returns a checksum, so that its work can't be left out; unsigned arithmetic wraps.
 */
#ifndef CANARY_H
#define CANARY_H

#include <stdint.h>

/* One step after the other from `start`: x becomes x * 6364136223846793005 + 1442695040888963407,
 * Knuth's linear congruential generator; returns the last x. */
uint64_t canary_compute(uint64_t start, int64_t steps);

/* Add 1 to every one of the n entries; returns the sum of what they were before. */
uint64_t canary_memory(uint64_t *buffer, int64_t n);

#endif
