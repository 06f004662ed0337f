/* Random operations for the drivers of the tableau kernels, and a digest of what came out. */
#ifndef TABLEAU_CASES_H
#define TABLEAU_CASES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tableau_ops.h"

static uint64_t random_state = 88172645463325252u;
static uint64_t digest = 14695981039346656037u;

static int32_t draw(int64_t below) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return (int32_t)(random_state % (uint64_t)below);
}

static void *room(int64_t count, size_t size) {
  void *memory = malloc((size_t)count * size);
  if (!memory && count) exit(2);
  return memory;
}

static void add(const void *bytes, int64_t length) {
  const unsigned char *at = bytes;
  for (int64_t i = 0; i < length; ++i) digest = (digest ^ at[i]) * 1099511628211u;
}

static void check(int holds, const char *what, int64_t n, int64_t count) {
  if (holds) return;
  printf("n=%lld, %lld operations: %s\n", (long long)n, (long long)count, what);
  exit(1);
}

/* Gates of one qubit, images and inverse images: H, S and its inverse, C_XYZ, X. */
static const int32_t cliffords[5][2] = {{10, 10}, {19, 23}, {23, 19}, {11, 26}, {49, 49}};

typedef struct {
  int64_t n, count, records, coins;
  int32_t *ops;
} Program;

static void put(Program *program, int32_t code, int32_t a, int32_t b, int32_t c) {
  int32_t op[OP_COLUMNS] = {code, a, b, c};
  memcpy(program->ops + program->count++ * OP_COLUMNS, op, sizeof op);
  program->coins += code == OP_MEASURE || code == OP_PRODUCT;
  program->records += code == OP_PAD || (code >= OP_MEASURE && code <= OP_PRODUCT && c & RECORDED);
}

/* Rounds of gates on all qubits, each with measurements of a share of 1 / `rarely` behind them. */
static Program draw_program(int64_t n, int64_t rounds, int64_t rarely) {
  Program program = {n, 0, 0, 0, room((rounds + 1) * 8 * (n + 4) * OP_COLUMNS, sizeof(int32_t))};
  for (int64_t round = 0; round < rounds; ++round) {
    for (int64_t q = 0; q < n; ++q) {
      int32_t which = draw(5), other = draw(n);
      put(&program, OP_CLIFFORD, (int32_t)q, cliffords[which][0], cliffords[which][1]);
      if (other != q) put(&program, OP_CX + draw(3), (int32_t)q, other, 0);
    }
    for (int64_t q = 0; q < n; ++q) {
      if (draw(rarely)) continue;
      int32_t kind = draw(6);
      if (kind == 0 && n > 1) {
        put(&program, OP_FACTOR, (int32_t)q, draw(4), 0);
        put(&program, OP_FACTOR, (int32_t)((q + 1) % n), 1 + draw(3), 0);
        put(&program, OP_PRODUCT, 0, 0, draw(4));
      } else if (kind == 1) {
        put(&program, OP_PAD, draw(2), 0, 0);
      } else if (kind == 2 && program.records) {
        put(&program, OP_PAULI_IF, (int32_t)q, 1 + draw(3), draw(program.records));
      } else {
        put(&program, OP_MEASURE, (int32_t)q, 1 + draw(3), draw(8));
      }
    }
  }
  for (int64_t q = 0; q < n; ++q) put(&program, OP_MEASURE, (int32_t)q, PAULI_Z, RECORDED);
  for (int64_t q = 0; q < n; ++q) put(&program, OP_MEASURE, (int32_t)q, PAULI_Z, RECORDED);
  return program;
}

static uint8_t *draw_coins(const Program *program) {
  uint8_t *coins = room(program->coins, 1);
  for (int64_t i = 0; i < program->coins; ++i) coins[i] = (uint8_t)draw(2);
  return coins;
}

/* What was measured twice in a row at the end is the same both times. */
static void check_repeated(const Program *program, const uint8_t *record) {
  const uint8_t *last = record + program->records - program->n;
  check(!memcmp(last - program->n, last, (size_t)program->n), "measured again, others", program->n,
        program->count);
}

#endif
