/* Random operations for the drivers of the tableau kernels. */
#ifndef TABLEAU_CASES_H
#define TABLEAU_CASES_H

#include "tableau_ops.h"

#include "driving.h"

static int32_t pick(int64_t below) { return (int32_t)draw(below); }

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
      int32_t which = pick(5), other = pick(n);
      put(&program, OP_CLIFFORD, (int32_t)q, cliffords[which][0], cliffords[which][1]);
      if (other != q) put(&program, OP_CX + pick(3), (int32_t)q, other, 0);
    }
    for (int64_t q = 0; q < n; ++q) {
      if (pick(rarely)) continue;
      int32_t kind = pick(6);
      if (kind == 0 && n > 1) {
        put(&program, OP_FACTOR, (int32_t)q, pick(4), 0);
        put(&program, OP_FACTOR, (int32_t)((q + 1) % n), 1 + pick(3), 0);
        put(&program, OP_PRODUCT, 0, 0, pick(4));
      } else if (kind == 1) {
        put(&program, OP_PAD, pick(2), 0, 0);
      } else if (kind == 2 && program.records) {
        put(&program, OP_PAULI_IF, (int32_t)q, 1 + pick(3), pick(program.records));
      } else {
        put(&program, OP_MEASURE, (int32_t)q, 1 + pick(3), pick(8));
      }
    }
    put(&program, OP_PAD, pick(2), 0, 0); /* all that there is without qubits */
  }
  for (int64_t q = 0; q < n; ++q) put(&program, OP_MEASURE, (int32_t)q, PAULI_Z, RECORDED);
  for (int64_t q = 0; q < n; ++q) put(&program, OP_MEASURE, (int32_t)q, PAULI_Z, RECORDED);
  return program;
}

static uint8_t *draw_coins(const Program *program) {
  uint8_t *coins = room(program->coins, 1);
  for (int64_t i = 0; i < program->coins; ++i) coins[i] = (uint8_t)pick(2);
  return coins;
}

/* What was measured twice in a row at the end is the same both times. */
static void check_repeated(const Program *program, const uint8_t *record) {
  const uint8_t *last = record + program->records - program->n;
  CHECK(!memcmp(last - program->n, last, (size_t)program->n), "measured again, others", program->n,
        program->count);
}

#endif
