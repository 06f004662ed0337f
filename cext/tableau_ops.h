/* Clifford circuits as the tableau kernels read them: rows of four int32, a code and its operands.
 *
 * A Pauli matrix is X = 1, Z = 2, Y = 3: one bit for each of X and Z. The images of a one-qubit
 * gate are one number: the Pauli of the image of X with 4 added where its sign is minus, and that
 * of Z in the same way times 8.
 *
 *   OP_CLIFFORD   qubit, images of X and Z under g P g^-1, the same of the inverse gate
 *   OP_CX, OP_CZ, OP_SWAP   two different qubits, 0
 *   OP_FACTOR     qubit, Pauli (or 0), 0: multiply the product that is measured next; factors of
 *                 one product are on different qubits, and nothing else stands between them and it
 *   OP_MEASURE    qubit, Pauli, flags
 *   OP_PRODUCT    0, 0, flags without RESET: measure the product of the factors before it
 *   OP_PAD        bit, 0, 0: record the bit
 *   OP_PAULI_IF   qubit, Pauli, number of a record: apply the Pauli where that record is 1
 *
 * Each OP_MEASURE and OP_PRODUCT has its own coin, which is the result where that is random, before
 * INVERTED; so the coins decide the whole record.
 */
#ifndef TABLEAU_OPS_H
#define TABLEAU_OPS_H

#include <stdint.h>

#include "portable.h"

enum {
  OP_CLIFFORD,
  OP_CX,
  OP_CZ,
  OP_SWAP,
  OP_FACTOR,
  OP_MEASURE,
  OP_PRODUCT,
  OP_PAD,
  OP_PAULI_IF,
  OP_COLUMNS = 4,
};
enum { PAULI_X = 1, PAULI_Z = 2, PAULI_Y = 3, MINUS = 4, IMAGE_BITS = 3 };
enum { RECORDED = 1, INVERTED = 2, RESET = 4 };

ALWAYS_INLINE int is_image(int32_t code) {
  int32_t of_x = code & 3, of_z = code >> IMAGE_BITS & 3;
  return code >= 0 && code < 64 && of_x && of_z && of_x != of_z;
}

/* The place of the first operation that is none, or the number of operations. */
ALWAYS_INLINE int64_t sound_ops(int64_t n, const int32_t *ops, int64_t count) {
  int64_t records = 0;
  for (int64_t at = 0; at < count; ++at) {
    const int32_t *op = ops + at * OP_COLUMNS;
    int32_t a = op[1], b = op[2], c = op[3];
    int on_qubit = a >= 0 && a < n, sound = 0;
    int follows = at > 0 && op[-OP_COLUMNS] == OP_FACTOR;
    if (follows && op[0] != OP_FACTOR && op[0] != OP_PRODUCT) return at;
    switch (op[0]) {
      case OP_CLIFFORD:
        sound = on_qubit && is_image(b) && is_image(c);
        break;
      case OP_CX:
      case OP_CZ:
      case OP_SWAP:
        sound = on_qubit && b >= 0 && b < n && a != b;
        break;
      case OP_FACTOR:
        sound = on_qubit && b >= 0 && b <= 3 && at + 1 < count;
        break;
      case OP_MEASURE:
        sound = on_qubit && b >= 1 && b <= 3 && c >= 0 && c < 8;
        records += c & RECORDED;
        break;
      case OP_PRODUCT:
        sound = follows && c >= 0 && c < 4;
        records += c & RECORDED;
        break;
      case OP_PAD:
        sound = a == 0 || a == 1;
        ++records;
        break;
      case OP_PAULI_IF:
        sound = on_qubit && b >= 1 && b <= 3 && c >= 0 && c < records;
        break;
      default:
        break;
    }
    if (!sound) return at;
  }
  return count;
}

#endif
