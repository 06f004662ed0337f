/* The inverse tableau: gates multiply rows, collapses of the state act on columns.
 *
 * Phases are those of i^phase X^x Z^z, not of Hermitian products: then a product of rows needs one
 * parity, of z1 & x2, and CX on columns needs none. Exchanging rows exchanges their places.
 * Collapses are in tableau_batch.inc.
 */
#include "tableau.h"

#include <stdlib.h>
#include <string.h>

#include "portable.h"
#include "tableau_ops.h"

enum {
  BATCH = 64, /* measurements worked out together, rows changed together: bits of a word */
  LANES = 8,  /* words of a vector, of a line of the cache */
  FOURS = BATCH / 4,
  SUMS = 16, /* of up to 4 */
};

typedef struct {
  int64_t n, words, stride; /* words of x, of a row */
  uint64_t *table;
  uint8_t *phases;
  int32_t *places;
} Tableau;

static int64_t words_of(int64_t n) { return (n + 64 * LANES - 1) / (64 * LANES) * LANES; }

/* An odd number of lines, so that rows don't all fall into the same sets of the cache. */
int64_t tb_stride(int64_t n) { return 2 * words_of(n) + LANES; }

int64_t tb_sound(int64_t n, const int32_t *ops, int64_t count) { return sound_ops(n, ops, count); }

ALWAYS_INLINE int parity(uint64_t bits) { return count_bits(bits) & 1; }

ALWAYS_INLINE uint64_t *row_of(const Tableau *t, int64_t number) {
  return t->table + (int64_t)t->places[number] * t->stride;
}

ALWAYS_INLINE uint8_t *phase_of(const Tableau *t, int64_t number) {
  return t->phases + t->places[number];
}

/* The row a becomes a b; returns what that adds to the phases of both. */
SIMD_CLONES static int multiply_rows(uint64_t *restrict a, const uint64_t *restrict b,
                                     int64_t words) {
  uint64_t odd[LANES] = {0}, all = 0;
  for (int64_t w = 0; w < words; w += LANES)
    for (int j = 0; j < LANES; ++j) {
      uint64_t x = b[w + j];
      odd[j] ^= a[words + w + j] & x;
      a[w + j] ^= x;
      a[words + w + j] ^= b[words + w + j];
    }
  for (int j = 0; j < LANES; ++j) all ^= odd[j];
  return 2 * parity(all);
}

static void multiply(const Tableau *t, int64_t a, int64_t b, int power) {
  int more = multiply_rows(row_of(t, a), row_of(t, b), t->words);
  uint8_t *phase = phase_of(t, a);
  *phase = (uint8_t)((*phase + *phase_of(t, b) + more + power) & 3);
}

static void exchange(const Tableau *t, int64_t a, int64_t b) {
  int32_t place = t->places[a];
  t->places[a] = t->places[b], t->places[b] = place;
}

/* Appending a gate g, T(P) becomes the old T(g^-1 P g): `images` are those of the inverse. */
static void clifford(const Tableau *t, int64_t q, int32_t images) {
  int64_t x = 2 * q, z = 2 * q + 1;
  int of_x = images & 3, of_z = images >> IMAGE_BITS & 3;
  if (of_x == PAULI_Y) { /* i X Z takes the place of the one that is not kept */
    if (of_z == PAULI_Z)
      multiply(t, x, z, 1);
    else
      multiply(t, z, x, 3);
  } else if (of_z == PAULI_Y) {
    if (of_x == PAULI_X)
      multiply(t, z, x, 3);
    else
      multiply(t, x, z, 1);
  }
  if (of_x == PAULI_Z || of_z == PAULI_X) exchange(t, x, z);
  uint8_t *phase = phase_of(t, x);
  if (images & MINUS) *phase = (*phase + 2) & 3;
  phase = phase_of(t, z);
  if (images >> IMAGE_BITS & MINUS) *phase = (*phase + 2) & 3;
}

/* The Pauli itself as a gate: rows that anticommute with it change sign. */
static void apply_pauli(const Tableau *t, int64_t q, int pauli) {
  if (pauli & PAULI_Z) *phase_of(t, 2 * q) ^= 2;
  if (pauli & PAULI_X) *phase_of(t, 2 * q + 1) ^= 2;
}

static void gate(const Tableau *t, const int32_t *op, const uint8_t *record) {
  int64_t a = op[1], b = op[2];
  switch (op[0]) {
    case OP_CLIFFORD:
      clifford(t, a, op[3]);
      break;
    case OP_CX:
      multiply(t, 2 * a, 2 * b, 0);
      multiply(t, 2 * b + 1, 2 * a + 1, 0);
      break;
    case OP_CZ:
      multiply(t, 2 * a, 2 * b + 1, 0);
      multiply(t, 2 * b, 2 * a + 1, 0);
      break;
    case OP_SWAP:
      exchange(t, 2 * a, 2 * b);
      exchange(t, 2 * a + 1, 2 * b + 1);
      break;
    case OP_PAULI_IF:
      if (record[op[3]]) apply_pauli(t, a, op[2]);
      break;
    default:
      break;
  }
}

#include "tableau_batch.inc"

/* Report the result, and put the qubit into the +1 eigenstate where it is reset. */
static void conclude(const Tableau *t, const Waiting *item, uint8_t *record) {
  if (item->flags & RECORDED)
    record[item->record] = (uint8_t)(item->result ^ (item->flags & INVERTED ? 1 : 0));
  if (item->flags & RESET && item->result)
    apply_pauli(t, item->qubit, item->pauli == PAULI_X ? PAULI_Z : PAULI_X);
}

static int is_diagonal(const uint64_t *row, int64_t words) {
  uint64_t any = 0;
  for (int64_t w = 0; w < words; w += LANES) {
    uint64_t lane[LANES];
    for (int j = 0; j < LANES; ++j) lane[j] = row[w + j];
    for (int j = 0; j < LANES; ++j) any |= lane[j];
    if (any) return 0;
  }
  return 1;
}

static void add_factor(const Tableau *t, uint64_t *row, uint8_t *phase, int64_t q, int pauli) {
  int power = *phase + (pauli == PAULI_Y);
  for (int64_t number = 2 * q; number < 2 * q + 2; ++number)
    if (pauli & (number & 1 ? PAULI_Z : PAULI_X))
      power += multiply_rows(row, row_of(t, number), t->words) + *phase_of(t, number);
  *phase = (uint8_t)(power & 3);
}

/* Fill an item from the operations at `at`; returns the place after them. */
static int64_t read_item(const Tableau *t, const int32_t *ops, int64_t at, uint64_t *product,
                         Waiting *item) {
  const int32_t *op = ops + at * OP_COLUMNS;
  item->op = at;
  item->qubit = op[1], item->pauli = (uint8_t)op[2];
  if (op[0] == OP_MEASURE && op[2] != PAULI_Y) {
    int64_t number = 2 * (int64_t)op[1] + (op[2] == PAULI_Z);
    item->row = row_of(t, number);
    item->phase = *phase_of(t, number);
  } else {
    memset(product, 0, (size_t)t->stride * sizeof *product);
    item->row = product, item->phase = 0;
    if (op[0] == OP_MEASURE) add_factor(t, product, &item->phase, op[1], PAULI_Y);
    for (; op[0] == OP_FACTOR; op += OP_COLUMNS, ++at)
      add_factor(t, product, &item->phase, op[1], op[2]);
  }
  item->flags = (uint8_t)op[3];
  item->last_op = at;
  return at + 1;
}

/* Measure from `at` on, as many as fit into a batch; returns the place after the last of them. */
static int64_t measure(const Tableau *t, Batch *batch, const int32_t *ops, int64_t count,
                       int64_t at, const uint8_t *coins, const int64_t *last, uint8_t *record,
                       int64_t *counts) {
  batch->waiting = 0;
  ++batch->batch;
  int64_t records = counts[0], coin = counts[1];
  while (at < count && batch->waiting < BATCH) {
    const int32_t *op = ops + at * OP_COLUMNS;
    if (op[0] == OP_PAD) {
      record[records++] = (uint8_t)op[1];
      ++at;
      continue;
    }
    if (op[0] != OP_MEASURE && op[0] != OP_FACTOR) break;
    int touches_reset = 0;
    for (const int32_t *part = op; part[0] == OP_MEASURE || part[0] == OP_FACTOR;
         part += OP_COLUMNS) {
      touches_reset |= batch->reset_by[part[1]] == batch->batch;
      if (part[0] == OP_MEASURE) break;
    }
    if (touches_reset) break;
    Waiting *item = batch->items + batch->waiting;
    at = read_item(t, ops, at, batch->products + batch->waiting * t->stride, item);
    item->record = records, item->coin = coin++;
    records += item->flags & RECORDED;
    if (!batch->waiting && is_diagonal(item->row, t->words)) {
      item->result = item->phase >> 1;
      conclude(t, item, record);
      counts[0] = records, counts[1] = coin;
    } else {
      if (item->flags & RESET) batch->reset_by[item->qubit] = batch->batch;
      ++batch->waiting;
    }
  }
  if (!batch->waiting) {
    counts[0] = records, counts[1] = coin;
    return at;
  }
  int64_t columns = 64 * t->words;
  to_columns(batch, t->words);
  int64_t done = work_out(batch, columns, coins);
  if (done < batch->waiting) { /* the others begin the next batch */
    at = batch->items[done].op;
    records = batch->items[done].record, coin = batch->items[done].coin;
  }
  counts[0] = records, counts[1] = coin;
  targets_to_rows(batch, t->words);
  collapse_all(t, batch, last, at);
  for (int64_t j = 0; j < done; ++j) conclude(t, batch->items + j, record);
  return at;
}

/* Which rows an operation needs: bit 0 for X, bit 1 for Z. */
static int needs(const int32_t *op) {
  if (op[0] == OP_MEASURE || op[0] == OP_FACTOR) return op[2];
  return op[0] == OP_PAD || op[0] == OP_PRODUCT ? 0 : 3;
}

void tb_start(int64_t n, const int32_t *ops, int64_t count, int32_t keep, uint64_t *table,
              uint8_t *phases, int32_t *places, int64_t *last, int64_t *counts) {
  int64_t words = words_of(n), stride = tb_stride(n);
  counts[0] = counts[1] = 0;
  if (n) memset(table, 0, (size_t)(2 * n * stride) * sizeof *table);
  for (int64_t number = 0; number < 2 * n; ++number) {
    int64_t q = number >> 1;
    table[number * stride + (number & 1) * words + (q >> 6)] = (uint64_t)1 << (q & 63);
    phases[number] = 0;
    places[number] = (int32_t)number;
    last[number] = keep ? count : -1;
  }
  for (int64_t at = 0; at < count && !keep; ++at) {
    const int32_t *op = ops + at * OP_COLUMNS;
    for (int side = 0; side < 2; ++side)
      if (needs(op) >> side & 1) last[2 * (int64_t)op[1] + side] = at;
    if (op[0] == OP_CX || op[0] == OP_CZ || op[0] == OP_SWAP)
      last[2 * (int64_t)op[2]] = last[2 * (int64_t)op[2] + 1] = at;
  }
}

int64_t tb_run(int64_t n, const int32_t *ops, int64_t count, int64_t from, int64_t until,
               const uint8_t *coins, uint64_t *table, uint8_t *phases, int32_t *places,
               const int64_t *last, uint8_t *record, int64_t *counts) {
  int64_t words = words_of(n), columns = 64 * words, stride = tb_stride(n);
  Tableau tableau = {n, words, stride, table, phases, places};
  int64_t all = BATCH * stride + 3 * columns + (BATCH + 2 + FOURS * SUMS) * words;
  uint64_t *memory = malloc((size_t)all * sizeof *memory + 64);
  Batch *batch = calloc(1, sizeof *batch);
  int32_t *reset_by = calloc((size_t)(n ? n : 1), sizeof *reset_by);
  if (memory && batch && reset_by) {
    uint64_t *free_part = (uint64_t *)(((uintptr_t)memory + 63) & ~(uintptr_t)63);
    batch->products = free_part, free_part += BATCH * stride;
    batch->columns_x = free_part, free_part += columns;
    batch->columns_z = free_part, free_part += columns;
    batch->targets = free_part, free_part += columns;
    batch->k = free_part, free_part += BATCH * words;
    batch->reach_x = free_part, free_part += words;
    batch->reach_z = free_part, free_part += words;
    batch->sums = free_part;
    batch->reset_by = reset_by;
    while (from < until && from < count) {
      const int32_t *op = ops + from * OP_COLUMNS;
      if (op[0] == OP_MEASURE || op[0] == OP_FACTOR || op[0] == OP_PAD)
        from = measure(&tableau, batch, ops, count, from, coins, last, record, counts);
      else
        gate(&tableau, ops + OP_COLUMNS * from++, record);
    }
  } else {
    from = -1;
  }
  free(memory), free(batch), free(reset_by);
  return from;
}
