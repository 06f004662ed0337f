/* Calls the Newton-Schulz kernel on many small matrices, for sanitizers to watch and for comparing
 * instruction sets: prints a digest of all that it computed. Every array has the exact length that
 * the header asks for, and the workspace begins at every place within a line. Compile with
 * REAL=float and NAME(stem)=stem##_f32, or with double and f64.
 *
 * The exit code is 1 where two ways to compute the same differ.
 */
#include "newton_schulz.h"

#include "driving.h"

static REAL *reals(int64_t count) { return room(count, sizeof(REAL)); }

static void run(int64_t rows, int64_t cols) {
  int64_t count = rows * cols, length = NAME(ns_workspace)(rows, cols);
  double steps[] = {3.4445, -4.775, 2.0315, 1.5, -0.5, 0, 1.5, -0.5, 0};
  REAL *g = reals(count), *out = reals(count), *turned = reals(count), *back = reals(count);
  for (int64_t at = 0; at < count; ++at) g[at] = (REAL)(uniform() - 0.5);
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < cols; ++j) turned[j * rows + i] = g[i * cols + j];
  for (int64_t skipped = 0; skipped < 16; skipped += 5) {
    REAL *workspace = reals(length + skipped);
    NAME(ns_iterate)(g, rows, cols, 3, steps, 1e-7, workspace + skipped, out);
    add(out, count * (int64_t)sizeof(REAL));
    NAME(ns_iterate)(turned, cols, rows, 3, steps, 1e-7, workspace + skipped, back);
    for (int64_t i = 0; i < rows; ++i) /* the norm sums in another order */
      for (int64_t j = 0; j < cols; ++j) {
        double gap = (double)back[j * rows + i] - (double)out[i * cols + j];
        CHECK(gap < 1e-4 && gap > -1e-4, "the transpose differs", rows, cols);
      }
    memcpy(back, g, (size_t)count * sizeof(REAL));
    NAME(ns_iterate)(back, rows, cols, 3, steps, 1e-7, workspace + skipped, back);
    CHECK(!count || !memcmp(back, out, (size_t)count * sizeof(REAL)), "in place it differs", rows,
          cols);
    NAME(ns_iterate)(g, rows, cols, 0, steps, 0, workspace + skipped, back);
    add(back, count * (int64_t)sizeof(REAL));
    free(workspace);
  }
  free(g), free(out), free(turned), free(back);
}

int main(void) {
  int64_t sizes[] = {0, 1, 2, 7, 8, 9, 31, 32, 33, 63, 65, 100};
  int64_t many = sizeof sizes / sizeof *sizes;
  for (int64_t i = 0; i < many; ++i)
    for (int64_t j = 0; j < many; ++j) run(sizes[i], sizes[j]);
  return done();
}
