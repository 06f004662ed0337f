/* Each reader below takes a place in the text and returns that behind what it has read, or NULL
 * where it is not there. Lines end in a newline, the last one too, so that none looks for the end
 * of the text.
 */
#include "circuit_text.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "portable.h"

enum { NUMBER = (1 << 24) - 1, INVERTED = 1 << 24, X_BIT = 1 << 25, Z_BIT = 1 << 26 };
enum { RECORD = 1 << 27, SWEEP = 1 << 28, JOINED = 1 << 29 };
enum { LONGEST_NAME = 24, FACTORS = 64, DIGITS = 19 };

static const int64_t most = (int64_t)1 << 62; /* rounds, bits */

typedef struct {
  const uint8_t *names;
  const int32_t *codes, *kinds;
  int64_t n_names;
  int32_t *opcodes, *targets, *partners, *lines;
  int64_t *first_target, *first_argument, *counts, *open;
  double *arguments;
  int64_t line, count, n_open, *totals;
} Reader;

ALWAYS_INLINE int is_blank(uint8_t c) { return c == ' ' || c == '\t' || c == '\r'; }

ALWAYS_INLINE int is_digit(uint8_t c) { return c >= '0' && c <= '9'; }

ALWAYS_INLINE const uint8_t *skip_blanks(const uint8_t *at) {
  while (is_blank(*at)) ++at;
  return at;
}

/* Up to the next such byte of the line; control characters stand nowhere, nor do the two
 * separators of Unicode that some take for the end of a line. */
static const uint8_t *skip_to(const uint8_t *at, uint8_t stop) {
  for (; *at != stop; ++at) {
    if ((*at < 0x20 && *at != '\t' && *at != '\r') || *at == 0x7f) return NULL;
    if (*at == 0xc2 && at[1] >= 0x80 && at[1] <= 0x9f) return NULL;
    if (*at == 0xe2 && at[1] == 0x80 && (at[2] == 0xa8 || at[2] == 0xa9)) return NULL;
  }
  return at;
}

/* Behind the end of the line, where only a comment is left of it. */
static const uint8_t *close_line(const uint8_t *at) {
  at = skip_blanks(at);
  if (*at == '#') at = skip_to(at, '\n');
  return at && *at == '\n' ? at + 1 : NULL;
}

/* The opcode of a name; *at is moved behind it. -1 where there is none. */
static int32_t read_name(const Reader *r, const uint8_t **at) {
  uint8_t name[LONGEST_NAME + 1] = {0};
  int length = 0;
  for (; length <= LONGEST_NAME; ++length) {
    uint8_t c = (*at)[length];
    if (c >= 'a' && c <= 'z') c = (uint8_t)(c - 'a' + 'A');
    if (!(c >= 'A' && c <= 'Z') && c != '_' && !(length && is_digit(c))) break;
    name[length] = c;
  }
  if (length > LONGEST_NAME) return -1;
  *at += length;
  int64_t low = 0, high = r->n_names;
  while (low < high) {
    int64_t middle = (low + high) / 2;
    int order = memcmp(name, r->names + middle * LONGEST_NAME, LONGEST_NAME);
    if (!order) return r->codes[middle];
    if (order < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return -1;
}

/* Digits that make less than 2^62. */
static const uint8_t *read_count(const uint8_t *at, int64_t *value) {
  uint64_t found = 0;
  int digits = 0;
  for (; is_digit(at[digits]); ++digits) {
    if (digits == DIGITS) return NULL;
    found = 10 * found + (uint64_t)(at[digits] - '0');
  }
  *value = (int64_t)found;
  return digits && found < (uint64_t)most ? at + digits : NULL;
}

/* The double that is nearest to what is written. A quotient or product of two doubles that are
 * exact is rounded once only, hence right; all else is left to the library. */
static const uint8_t *read_number(const uint8_t *at, double *value) {
  static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                  1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  const uint8_t *begin = at;
  const uint64_t exact = (uint64_t)1 << 53;
  uint64_t digits = 0;
  int any = 0, fits = FLT_EVAL_METHOD == 0, negative = *at == '-';
  int64_t places = 0, power = 0;
  if (*at == '-' || *at == '+') ++at;
  for (int behind = 0; is_digit(*at) || (*at == '.' && !behind); ++at) {
    if (*at == '.') {
      behind = 1;
      continue;
    }
    any = 1;
    if (digits >= exact)
      fits = 0;
    else
      digits = 10 * digits + (uint64_t)(*at - '0'), places += behind;
  }
  if (!any) return NULL;
  if (*at == 'e' || *at == 'E') {
    ++at;
    int down = *at == '-';
    if (*at == '-' || *at == '+') ++at;
    if (!is_digit(*at)) return NULL;
    for (; is_digit(*at); ++at)
      if (power < 10000) power = 10 * power + (*at - '0');
    if (down) power = -power;
  }
  power -= places;
  if (fits && digits <= exact && power >= -22 && power <= 22) {
    *value = power < 0 ? (double)digits / powers[-power] : (double)digits * powers[power];
    if (negative) *value = -*value;
  } else {
    if (strcmp(localeconv()->decimal_point, ".")) return NULL;
    *value = strtod((const char *)begin, NULL);
  }
  return isfinite(*value) ? at : NULL;
}

static int is_sound(const double *values, int64_t count, int32_t kind) {
  double sum = 0;
  if (kind == CT_INDEX) return values[0] >= 0 && values[0] <= NUMBER && floor(*values) == *values;
  for (int64_t i = 0; i < count && kind != CT_NUMBERS; ++i) {
    if (!(values[i] >= 0 && values[i] <= 1)) return 0;
    sum += values[i];
  }
  /* Rounding is allowed for; how much it is near the border is told by a better sum than this. */
  return kind != CT_DISJOINT || sum <= 1 + 0.999e-9;
}

/* The arguments of an operation, in parentheses or none. */
static const uint8_t *read_arguments(Reader *r, const uint8_t *at, const int32_t *kind) {
  int64_t *number = r->totals + CT_N_ARGUMENTS, first = *number, count;
  if (*at == '(') {
    const uint8_t *inside = skip_blanks(at + 1);
    if (*inside == ')') {
      if (kind[CT_ARGUMENTS] != -1) return NULL;
      at = inside + 1;
    } else {
      do {
        ++at;
        while (*at == ' ' || *at == '\t') ++at;
        at = read_number(at, r->arguments + *number);
        if (!at) return NULL;
        ++*number;
        while (*at == ' ' || *at == '\t') ++at;
      } while (*at == ',');
      if (*at++ != ')') return NULL;
    }
  }
  count = *number - first;
  if (kind[CT_ARGUMENTS] != -1 && (count > 30 || !(kind[CT_ARGUMENTS] >> count & 1))) return NULL;
  return !count || is_sound(r->arguments + first, count, kind[CT_VALUES]) ? at : NULL;
}

ALWAYS_INLINE const uint8_t *behind_word(const uint8_t *at, const char *word) {
  for (; *word; ++word, ++at)
    if (*at != (uint8_t)*word) return NULL;
  return at;
}

/* A qubit, a Pauli matrix on one, a record or a sweep bit, perhaps inverted. */
ALWAYS_INLINE const uint8_t *read_target(const uint8_t *at, int32_t *target) {
  int32_t flags = 0;
  int64_t number;
  if (*at == '!') flags = INVERTED, ++at;
  if (!is_digit(*at)) {
    if (*at == 'X' || *at == 'x')
      flags |= X_BIT, ++at;
    else if (*at == 'Y' || *at == 'y')
      flags |= X_BIT | Z_BIT, ++at;
    else if (*at == 'Z' || *at == 'z')
      flags |= Z_BIT, ++at;
    else if (*at == 'r')
      flags |= RECORD, at = behind_word(at, "rec[-");
    else
      flags |= SWEEP, at = behind_word(at, "sweep[");
    if (!at) return NULL;
  }
  at = read_count(at, &number);
  if (!at || number > NUMBER) return NULL;
  if (flags & (RECORD | SWEEP)) {
    if (*at++ != ']' || (flags & RECORD && !number)) return NULL;
  }
  *target = (int32_t)number | flags;
  return at;
}

/* The power of i in the product of two Pauli matrices of a qubit, beside the third. */
static int power_of(int32_t first, int32_t second) {
  if (!first || !second || first == second) return 0;
  int32_t next = first == X_BIT ? X_BIT | Z_BIT : first == Z_BIT ? X_BIT : Z_BIT; /* X, Y, Z, X */
  return next == second ? 1 : 3;
}

/* The factors of a product: each qubit once, in the order in which they come, and the sign on the
 * first one that is left. */
static const uint8_t *read_product(Reader *r, const uint8_t *at) {
  int32_t factors[FACTORS];
  int count = 0, power = 0, left = 0;
  int32_t *to = r->targets + r->totals[CT_N_TARGETS];
  for (;;) {
    int32_t target = 0;
    int place = 0;
    at = read_target(at, &target);
    if (!at || !(target & (X_BIT | Z_BIT))) return NULL;
    while (place < count && (factors[place] & NUMBER) != (target & NUMBER)) ++place;
    if (place == FACTORS) return NULL;
    if (place == count) factors[count++] = target & NUMBER;
    int32_t pauli = target & (X_BIT | Z_BIT);
    power += power_of(factors[place] & ~NUMBER, pauli) + (target & INVERTED ? 2 : 0);
    factors[place] ^= pauli;
    if (*at != '*') break;
    ++at;
  }
  if (power % 2) return NULL;
  for (int i = 0; i < count; ++i) {
    int64_t *qubits = r->totals + CT_N_QUBITS;
    if ((factors[i] & NUMBER) >= *qubits) *qubits = (factors[i] & NUMBER) + 1;
    if (factors[i] > NUMBER) to[left] = factors[i] | (left ? JOINED : 0), ++left;
  }
  if (!left) to[left++] = factors[0];
  if (power % 4) to[0] |= INVERTED;
  r->totals[CT_N_TARGETS] += left;
  return at;
}

/* Whether pairs are sound; a record that stands second where it may is put first. */
static int are_pairs(int32_t *targets, int64_t count, int32_t role) {
  if (count % 2) return 0;
  for (int64_t i = 0; i < count; i += 2) {
    int32_t a = targets[i], b = targets[i + 1];
    if (!((a ^ b) & ~INVERTED) && !(a & (RECORD | SWEEP))) return 0;
    if (!(b & (RECORD | SWEEP))) continue;
    if (role != CT_EITHER_WAY || a & (RECORD | SWEEP)) return 0;
    targets[i] = b, targets[i + 1] = a;
  }
  return 1;
}

/* The targets of an operation, up to the end of the line, and what it adds to the totals. */
static const uint8_t *read_targets(Reader *r, const uint8_t *at, const int32_t *kind) {
  static const int32_t may[] = {0, INVERTED, X_BIT | Z_BIT, 0, 0, RECORD, 0};
  int32_t wanted = kind[CT_TARGETS], allowed = NUMBER | may[wanted], widest = -1, back = 0;
  int64_t *totals = r->totals, first = totals[CT_N_TARGETS], products = 0;
  if (kind[CT_ROLE] == CT_CONTROLLED || kind[CT_ROLE] == CT_EITHER_WAY) allowed |= RECORD | SWEEP;
  if (*at != '\n' && *at != '#' && !is_blank(*at)) return NULL;
  for (;;) {
    at = skip_blanks(at);
    if (*at == '\n' || *at == '#') break;
    if (wanted == CT_NONE) return NULL;
    if (wanted == CT_PRODUCTS) {
      at = read_product(r, at);
      ++products;
    } else {
      int32_t target = 0;
      at = read_target(at, &target);
      if (!at || target & ~allowed) return NULL;
      int32_t number = target & NUMBER;
      if (wanted == CT_PAULIS && target <= NUMBER) return NULL;
      if (wanted == CT_LOOK_BACKS && !(target & RECORD)) return NULL;
      if (wanted == CT_BITS && target > 1) return NULL;
      if (target & RECORD)
        back = number > back ? number : back;
      else if (!(target & SWEEP))
        widest = number > widest ? number : widest;
      r->targets[totals[CT_N_TARGETS]++] = target;
    }
    if (!at || (*at != '\n' && *at != '#' && !is_blank(*at))) return NULL;
  }
  int64_t count = totals[CT_N_TARGETS] - first;
  if (back > totals[CT_N_MEASUREMENTS]) return NULL;
  if (kind[CT_PAIRED] && !are_pairs(r->targets + first, count, kind[CT_ROLE])) return NULL;
  if (wanted != CT_BITS && widest >= totals[CT_N_QUBITS]) totals[CT_N_QUBITS] = (int64_t)widest + 1;
  int64_t groups = wanted == CT_PRODUCTS ? products : kind[CT_PAIRED] ? count / 2 : count;
  totals[CT_N_MEASUREMENTS] += kind[CT_RECORDS] * groups;
  return close_line(at);
}

static void add(Reader *r, int32_t code, int32_t partner, int64_t rounds) {
  r->opcodes[r->count] = code;
  r->partners[r->count] = partner;
  r->counts[r->count] = rounds;
  r->lines[r->count] = (int32_t)r->line;
  ++r->count;
  r->first_target[r->count] = r->totals[CT_N_TARGETS];
  r->first_argument[r->count] = r->totals[CT_N_ARGUMENTS];
}

/* A number of rounds and a brace. */
static const uint8_t *open_loop(Reader *r, const uint8_t *at, int32_t code) {
  const uint8_t *begin = at;
  int64_t rounds;
  while (*at == ' ' || *at == '\t') ++at;
  if (at == begin) return NULL;
  at = read_count(at, &rounds);
  if (!at || !rounds) return NULL;
  while (*at == ' ' || *at == '\t') ++at;
  if (*at != '{') return NULL;
  int64_t *own = r->open + 3 * r->n_open++;
  own[0] = r->count;
  own[1] = r->totals[CT_N_MEASUREMENTS];
  own[2] = r->totals[CT_N_DETECTORS];
  if (r->n_open > r->totals[CT_DEPTH]) r->totals[CT_DEPTH] = r->n_open;
  add(r, code, -1, rounds);
  return close_line(at + 1);
}

/* What is counted in one round is counted in all. */
static int repeated(int64_t *total, int64_t before, int64_t rounds) {
  int64_t own = *total - before;
  if (before >= most || own > (most - 1 - before) / rounds) return 0;
  *total = before + own * rounds;
  return 1;
}

static const uint8_t *close_loop(Reader *r, const uint8_t *at, int32_t code) {
  if (!r->n_open) return NULL;
  const int64_t *own = r->open + 3 * --r->n_open;
  int64_t rounds = r->counts[own[0]];
  if (!repeated(r->totals + CT_N_MEASUREMENTS, own[1], rounds)) return NULL;
  if (!repeated(r->totals + CT_N_DETECTORS, own[2], rounds)) return NULL;
  r->partners[own[0]] = (int32_t)r->count;
  add(r, code, (int32_t)own[0], 1);
  return close_line(at + 1);
}

static const uint8_t *read_operation(Reader *r, const uint8_t *at) {
  int32_t code = read_name(r, &at);
  if (code < 0) return NULL;
  const int32_t *kind = r->kinds + (int64_t)code * CT_COLUMNS;
  if (*at == '[') {
    at = skip_to(at, ']'); /* a newline is a control character */
    if (!at) return NULL;
    ++at;
  }
  if (kind[CT_ROLE] == CT_REPEAT) return open_loop(r, at, code);
  at = read_arguments(r, at, kind);
  if (at) at = read_targets(r, at, kind);
  if (!at) return NULL;
  if (kind[CT_ROLE] == CT_DETECTOR) ++r->totals[CT_N_DETECTORS];
  if (kind[CT_ROLE] == CT_OBSERVABLE) {
    int64_t number = 1 + (int64_t)r->arguments[r->totals[CT_N_ARGUMENTS] - 1];
    if (number > r->totals[CT_N_OBSERVABLES]) r->totals[CT_N_OBSERVABLES] = number;
  }
  add(r, code, -1, 1);
  return at;
}

int64_t ct_read(const uint8_t *text, int64_t length, int64_t n_lines, const uint8_t *names,
                const int32_t *codes, int64_t n_names, const int32_t *kinds, int32_t end,
                int32_t *opcodes, int64_t *first_target, int32_t *targets, int64_t *first_argument,
                double *arguments, int32_t *partners, int64_t *counts, int32_t *lines,
                int64_t *open, int64_t *totals) {
  Reader reader = {
      .names = names,
      .codes = codes,
      .kinds = kinds,
      .n_names = n_names,
      .opcodes = opcodes,
      .targets = targets,
      .partners = partners,
      .lines = lines,
      .first_target = first_target,
      .first_argument = first_argument,
      .counts = counts,
      .open = open,
      .arguments = arguments,
      .totals = totals,
  };
  Reader *r = &reader;
  memset(totals, 0, CT_TOTALS * sizeof *totals);
  if (length < 1 || text[length - 1] != '\n' || n_lines > INT32_MAX) return -1;
  first_target[0] = first_argument[0] = 0;
  for (const uint8_t *at = text; at && at < text + length;) {
    if (r->line == n_lines) return -1;
    ++r->line;
    at = skip_blanks(at);
    if (*at == '\n' || *at == '#')
      at = close_line(at);
    else if (*at == '}')
      at = close_loop(r, at, end);
    else
      at = read_operation(r, at);
    if (!at) return -1;
  }
  return r->n_open ? -1 : r->count;
}
