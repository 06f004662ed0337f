/* Reads random texts and pieces of sound ones, for sanitizers to watch and for comparing
 * instruction sets: prints a digest of all that came out. Every array has the exact length that
 * the header asks for. Compiled once for each type of entries like every driver, though it has
 * none.
 *
 * The exit code is 1 where a sound text is refused, or one with a control character is not.
 */
#include "circuit_text.h"

#include "driving.h"

enum { MOST = 1 << 13, NAME = 24 };

/* A language of its own: names, in order, and what they take. */
static const char *names[] = {
    "CX",  "CZ",  "DEPOLARIZE2",        "DETECTOR",        "E",      "H",   "M", "MPAD",
    "MPP", "MXX", "OBSERVABLE_INCLUDE", "PAULI_CHANNEL_1", "REPEAT", "TICK"};
enum { NAMES = sizeof names / sizeof *names };
static const int32_t kinds[NAMES + 1][CT_COLUMNS] = {
    {CT_QUBITS, 1, 0, 1, CT_PROBABILITIES, CT_CONTROLLED},
    {CT_QUBITS, 1, 0, 1, CT_PROBABILITIES, CT_EITHER_WAY},
    {CT_QUBITS, 1, 0, 2, CT_PROBABILITIES, CT_PLAIN},
    {CT_LOOK_BACKS, 0, 0, -1, CT_NUMBERS, CT_DETECTOR},
    {CT_PAULIS, 0, 0, 2, CT_PROBABILITIES, CT_PLAIN},
    {CT_QUBITS, 0, 0, 1, CT_PROBABILITIES, CT_PLAIN},
    {CT_RESULTS, 0, 1, 3, CT_PROBABILITIES, CT_PLAIN},
    {CT_BITS, 0, 1, 3, CT_PROBABILITIES, CT_PLAIN},
    {CT_PRODUCTS, 0, 1, 3, CT_PROBABILITIES, CT_PLAIN},
    {CT_RESULTS, 1, 1, 3, CT_PROBABILITIES, CT_PLAIN},
    {CT_LOOK_BACKS, 0, 0, 2, CT_INDEX, CT_OBSERVABLE},
    {CT_QUBITS, 0, 0, 8, CT_DISJOINT, CT_PLAIN},
    {CT_NONE, 0, 0, 1, CT_PROBABILITIES, CT_REPEAT},
    {CT_NONE, 0, 0, 1, CT_PROBABILITIES, CT_PLAIN},
    {CT_NONE, 0, 0, 1, CT_PROBABILITIES, CT_PLAIN},
};

static int64_t run(const char *text, int64_t length) {
  uint8_t packed[NAMES * NAME] = {0};
  int32_t codes[NAMES];
  int64_t lines = 0, totals[CT_TOTALS];
  if (length < 0 || length > MOST) exit(2);
  for (int i = 0; i < NAMES; ++i) {
    memcpy(packed + i * NAME, names[i], strlen(names[i]));
    codes[i] = i;
  }
  for (int64_t i = 0; i < length; ++i) lines += text[i] == '\n';
  uint8_t *copy = room(length, 1);
  if (length) memcpy(copy, text, (size_t)length);
  int32_t *opcodes = room(lines, 4), *partners = room(lines, 4), *numbers = room(lines, 4);
  int32_t *targets = room(length / 2 + 1, 4);
  int64_t *first = room(lines + 1, 8), *arguments_from = room(lines + 1, 8);
  int64_t *counts = room(lines, 8), *open = room(3 * lines, 8);
  double *arguments = room(length / 2 + 1, 8);
  int64_t count =
      ct_read(copy, length, lines, packed, codes, NAMES, &kinds[0][0], NAMES, opcodes, first,
              targets, arguments_from, arguments, partners, counts, numbers, open, totals);
  add(&count, sizeof count);
  if (count >= 0) {
    add(totals, sizeof totals);
    add(opcodes, 4 * count), add(partners, 4 * count), add(numbers, 4 * count);
    add(counts, 8 * count), add(first, 8 * (count + 1)), add(arguments_from, 8 * (count + 1));
    add(targets, 4 * totals[CT_N_TARGETS]), add(arguments, 8 * totals[CT_N_ARGUMENTS]);
  }
  free(copy), free(opcodes), free(partners), free(numbers), free(targets), free(first);
  free(arguments_from), free(counts), free(open), free(arguments);
  return count;
}

static const char *sound[] = {
    "H 0 1 2 # comment \xc3\xa9",
    "h[tag (]\t3\r",
    "M !0 1 2 3",
    "CX 0 1 rec[-1] 2 sweep[7] 3",
    "CZ 1 rec[-2] 3 4",
    "MPP X0*Y1*Z2 !X0*X0 Z5",
    "MXX 0 !1",
    "MPAD(0.5) 0 1 1",
    "E(1e-3) X1 Y2 z3",
    "DEPOLARIZE2(.12345678901234567890123) 0 1",
    "PAULI_CHANNEL_1(0.1, 2e-1,+.3) 16777215",
    "DETECTOR(-1,2.5, 3e2) rec[-1] rec[-2]",
    "OBSERVABLE_INCLUDE(3) rec[-1]",
    "REPEAT 2 {",
    "}",
    "TICK",
    "",
};
enum { SOUND = sizeof sound / sizeof *sound };

static int64_t write_one(char *text) {
  int64_t length = 0, depth = 0, many = 1 + draw(40);
  length += sprintf(text, "M 0 1\n");
  while (many--) {
    const char *line = sound[draw(SOUND)];
    if (*line == 'R') {
      if (depth == 8) continue;
      ++depth;
    }
    if (*line == '}' && !depth--) {
      depth = 0;
      continue;
    }
    length += sprintf(text + length, "%s\n", line);
  }
  while (depth--) length += sprintf(text + length, "}\n");
  return length;
}

int main(void) {
  static const char bytes[] =
      "0129 !*-.,()[]{}#XYZrecsweep\n\t\r;E+_HMCDTPI\x01\x7f\xc2\x85\xe2\x80\xa8";
  static char text[MOST];
  run("", 0), run("\n", 1), run("H 0", 3);
  for (int trial = 0; trial < 3000; ++trial) {
    int64_t length = write_one(text);
    CHECK(run(text, length) >= 0, "a sound text is refused", trial);
    int64_t place = draw(length), cut = 1 + draw(length);
    char kept = text[place];
    text[place] = 1;
    CHECK(run(text, length) < 0, "a control character is accepted", trial);
    for (int change = 0; change < 4; ++change)
      text[draw(length)] = bytes[draw((int64_t)sizeof bytes - 1)];
    run(text, length);
    text[place] = kept;
    text[cut - 1] = '\n';
    run(text, cut);
    for (int64_t i = 0; i < cut; ++i) text[i] = bytes[draw((int64_t)sizeof bytes - 1)];
    text[cut - 1] = '\n';
    run(text, cut);
  }
  return done();
}
