/* Calls the tableau of stabilizers on random circuits, for sanitizers to watch and for comparing
 * instruction sets: prints a digest of all that it computed. Every array has the exact length that
 * the header asks for. Compiled once for each type of entries like every driver, though it has
 * none.
 *
 * The exit code is 1 where a run in slices gives another record, or a measurement made again
 * another result.
 */
#include "chp.h"

#include "tableau_cases.h"

static void run(const Program *program, const uint8_t *coins, int64_t slice, uint8_t *record) {
  int64_t n = program->n, words = chp_words(n), counts[2];
  uint64_t *table = room(4 * n * words, sizeof *table);
  uint64_t *phases = room(4 * words, sizeof *phases);
  chp_start(n, table, phases, counts);
  for (int64_t at = 0; at < program->count;) {
    int64_t until = program->count - at < slice ? program->count : at + slice;
    at = chp_run(n, program->ops, program->count, at, until, coins, table, phases, record, counts);
    CHECK(at >= 0, "no memory", n, program->count);
  }
  CHECK(counts[0] == program->records && counts[1] == program->coins, "miscounted", n,
        program->count);
  add(table, 4 * n * words * (int64_t)sizeof *table);
  add(phases, 4 * words * (int64_t)sizeof *phases);
  free(table), free(phases);
}

static void try_one(int64_t n, int64_t rounds, int64_t rarely) {
  Program program = draw_program(n, rounds, rarely);
  uint8_t *coins = draw_coins(&program);
  uint8_t *record = room(program.records, 1), *other = room(program.records, 1);
  CHECK(chp_sound(n, program.ops, program.count) == program.count, "refused", n, program.count);
  run(&program, coins, program.count, record);
  check_repeated(&program, record);
  add(record, program.records);
  run(&program, coins, 7, other);
  CHECK(!memcmp(record, other, (size_t)program.records), "in slices, others", n, program.count);
  free(program.ops), free(coins), free(record), free(other);
}

int main(void) {
  int64_t sizes[] = {0, 1, 2, 3, 7, 33, 63, 64, 65, 130, 513};
  for (size_t t = 0; t < sizeof sizes / sizeof *sizes; ++t)
    for (int64_t rarely = 1; rarely < 30; rarely += 9) try_one(sizes[t], 3, rarely);
  return done();
}
