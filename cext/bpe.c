/* Kernels of byte-pair encoding: words, training, encoding. */
#include "bpe.h"

#include <stdlib.h>
#include <string.h>

#include "portable.h"

ALWAYS_INLINE uint64_t hash_of_pair(int32_t left, int32_t right) {
  return ((uint32_t)left * 0x9E3779B97F4A7C15u + (uint32_t)right * 0xC2B2AE3D27D4EB4Fu) >> 32;
}

enum { GONE = -2 }; /* in a cell that a token swallowed, where a token began */

#include "bpe_words.inc"
#include "bpe_pairs.inc"
#include "bpe_queue.inc"
#include "bpe_cells.inc"
#include "bpe_train.inc"
#include "bpe_naive.inc"
#include "bpe_encode.inc"
