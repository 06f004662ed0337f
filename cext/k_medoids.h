/* k-medoids: the hot loops of PAM, FastPAM, FasterPAM, CLARANS and the alternating method.
 *
 * d is an n x n matrix in row-major order; d[o*n + c] is the dissimilarity of object o to a
 * candidate medoid c. It need not be symmetric nor metric; entries are finite. Every function
 * exists for float and double entries (_f32, _f64); sums are always double.
 *
 * symmetric is 1 where d equals its transpose, so that a candidate's column may be read as a row; 0
 * is always right, but slow. Where it is 0, the functions that take a block gather columns into it:
 * n * km_block_width() entries that the caller owns (unused, and may be of length 0, when
 * symmetric); slices that begin at multiples of that width gather nothing twice. Both ways of
 * reading d add in the same order and give the same bits.
 *
 * The caches, all owned by the caller: near[o] and second[o] are the numbers (0..k-1) of the
 * nearest and second nearest medoid of object o, d1[o] <= d2[o] their dissimilarities; removal[i]
 * is the loss of taking medoid i away, the sum of d2 - d1 over its objects. Of equally near medoids
 * a medoid takes itself, so it is its own nearest unless it is more dissimilar to itself than to
 * another medoid: the cost counts the least of the k dissimilarities of every object, medoid or
 * not. All need k >= 2. is_medoid[o] is 1 for medoids. Scans run over candidates
 * c_from <= c < c_to, so that a caller can work in slices; a swap must be better than best[0] to be
 * taken, so best starts at what it has to beat.
 *
 * Sources: Schubert and Rousseeuw, SISAP 2019 and Information Systems 2021; Kaufman and
 * Rousseeuw 1990; Ng and Han 2002; Park and Jun 2009.
 */
#ifndef K_MEDOIDS_H
#define K_MEDOIDS_H

#include <stdint.h>

int64_t km_block_width(void);

/* 1 when d equals its transpose exactly, else 0. */
int km_is_symmetric_f32(const float *d, int64_t n);
int km_is_symmetric_f64(const double *d, int64_t n);

/* Add rows row_from..row_to-1 of d to sums[n]. */
void km_column_sums_f32(const float *d, int64_t n, int64_t row_from, int64_t row_to, double *sums);
void km_column_sums_f64(const double *d, int64_t n, int64_t row_from, int64_t row_to, double *sums);

/* BUILD: over the candidates that are not medoids, the smallest sum of min(d[o,c] - d1[o], 0);
 * best_gain[0] and best_candidate[0] (-1: none yet) carry over from slice to slice; first wins. */
void km_build_scan_f32(const float *d, int64_t n, int symmetric, float *block, const float *d1,
                       const uint8_t *is_medoid, int64_t c_from, int64_t c_to, double *best_gain,
                       int32_t *best_candidate);
void km_build_scan_f64(const double *d, int64_t n, int symmetric, double *block, const double *d1,
                       const uint8_t *is_medoid, int64_t c_from, int64_t c_to, double *best_gain,
                       int32_t *best_candidate);

/* Fill the caches for the given medoids (k >= 2); returns the total deviation. */
double km_assign_f32(const float *d, int64_t n, int32_t k, const int32_t *medoids, int32_t *near,
                     int32_t *second, float *d1, float *d2, double *removal);
double km_assign_f64(const double *d, int64_t n, int32_t k, const int32_t *medoids, int32_t *near,
                     int32_t *second, double *d1, double *d2, double *removal);

/* The total deviation of any k >= 1 medoids; needs no caches. */
double km_cost_f32(const float *d, int64_t n, int32_t k, const int32_t *medoids);
double km_cost_f64(const double *d, int64_t n, int32_t k, const int32_t *medoids);

/* PAM as published: the change in cost of every swap (medoid i, candidate c), each by its own pass
 * over the objects. best[0] = change, best_swap = {i, c}, carried over; c then i ascending, first
 * wins. */
void km_scan_pam_f32(const float *d, int64_t n, int32_t k, int symmetric, float *block,
                     const int32_t *near, const float *d1, const float *d2,
                     const uint8_t *is_medoid, int64_t c_from, int64_t c_to, double *best,
                     int32_t *best_swap);
void km_scan_pam_f64(const double *d, int64_t n, int32_t k, int symmetric, double *block,
                     const int32_t *near, const double *d1, const double *d2,
                     const uint8_t *is_medoid, int64_t c_from, int64_t c_to, double *best,
                     int32_t *best_swap);

/* FastPAM1: the same result from one pass per candidate; loss is a workspace of k. */
void km_scan_shared_f32(const float *d, int64_t n, int32_t k, int symmetric, float *block,
                        const int32_t *near, const float *d1, const float *d2,
                        const double *removal, const uint8_t *is_medoid, double *loss,
                        int64_t c_from, int64_t c_to, double *best, int32_t *best_swap);
void km_scan_shared_f64(const double *d, int64_t n, int32_t k, int symmetric, double *block,
                        const int32_t *near, const double *d1, const double *d2,
                        const double *removal, const uint8_t *is_medoid, double *loss,
                        int64_t c_from, int64_t c_to, double *best, int32_t *best_swap);

/* FastPAM2: the best candidate of every medoid; best[k], candidate[k] (-1: none) carried over. */
void km_scan_each_f32(const float *d, int64_t n, int32_t k, int symmetric, float *block,
                      const int32_t *near, const float *d1, const float *d2, const double *removal,
                      const uint8_t *is_medoid, double *loss, int64_t c_from, int64_t c_to,
                      double *best, int32_t *candidate);
void km_scan_each_f64(const double *d, int64_t n, int32_t k, int symmetric, double *block,
                      const int32_t *near, const double *d1, const double *d2,
                      const double *removal, const uint8_t *is_medoid, double *loss, int64_t c_from,
                      int64_t c_to, double *best, int32_t *candidate);

/* The change in cost of one swap (medoid i, candidate c), in the form of PAM. */
double km_swap_change_f32(const float *d, int64_t n, int symmetric, int32_t i, int32_t c,
                          const int32_t *near, const float *d1, const float *d2);
double km_swap_change_f64(const double *d, int64_t n, int symmetric, int32_t i, int32_t c,
                          const int32_t *near, const double *d1, const double *d2);

/* Replace medoid i by object c: medoids, is_medoid, caches and removal are brought up to date. */
void km_swap_f32(const float *d, int64_t n, int32_t k, int symmetric, int32_t i, int32_t c,
                 int32_t *medoids, uint8_t *is_medoid, int32_t *near, int32_t *second, float *d1,
                 float *d2, double *removal);
void km_swap_f64(const double *d, int64_t n, int32_t k, int symmetric, int32_t i, int32_t c,
                 int32_t *medoids, uint8_t *is_medoid, int32_t *near, int32_t *second, double *d1,
                 double *d2, double *removal);

/* FasterPAM: look at `candidates` more objects as candidates, swapping eagerly. state = {next
 * candidate, candidate of the last swap (-1: none), swaps so far, candidates evaluated so far};
 * start from {0, -1, 0, 0}. A swap must lower the cost by more than tol. Returns 1 when a whole
 * round went by without a swap, else 0. */
int km_fasterpam_f32(const float *d, int64_t n, int32_t k, int symmetric, float *block,
                     int32_t *medoids, uint8_t *is_medoid, int32_t *near, int32_t *second,
                     float *d1, float *d2, double *removal, double *loss, double tol,
                     int64_t candidates, int64_t *state);
int km_fasterpam_f64(const double *d, int64_t n, int32_t k, int symmetric, double *block,
                     int32_t *medoids, uint8_t *is_medoid, int32_t *near, int32_t *second,
                     double *d1, double *d2, double *removal, double *loss, double tol,
                     int64_t candidates, int64_t *state);

/* CLARANS: try the drawn swaps (draw_medoid[t], draw_candidate[t]) in turn, executing each that
 * lowers the cost by more than tol; drawn candidates that are medoids by now are passed over.
 * FastCLARANS: the same for drawn candidates with the best of the k medoids. failures[0] counts
 * the tries since the last swap; returns the number of draws used: `draws`, or fewer when
 * failures[0] reached max_failures. */
int64_t km_clarans_f32(const float *d, int64_t n, int32_t k, int symmetric, int32_t *medoids,
                       uint8_t *is_medoid, int32_t *near, int32_t *second, float *d1, float *d2,
                       double *removal, double tol, const int32_t *draw_medoid,
                       const int32_t *draw_candidate, int64_t draws, int64_t max_failures,
                       int64_t *failures);
int64_t km_clarans_f64(const double *d, int64_t n, int32_t k, int symmetric, int32_t *medoids,
                       uint8_t *is_medoid, int32_t *near, int32_t *second, double *d1, double *d2,
                       double *removal, double tol, const int32_t *draw_medoid,
                       const int32_t *draw_candidate, int64_t draws, int64_t max_failures,
                       int64_t *failures);
int64_t km_fastclarans_f32(const float *d, int64_t n, int32_t k, int symmetric, int32_t *medoids,
                           uint8_t *is_medoid, int32_t *near, int32_t *second, float *d1, float *d2,
                           double *removal, double *loss, double tol, const int32_t *draw_candidate,
                           int64_t draws, int64_t max_failures, int64_t *failures);
int64_t km_fastclarans_f64(const double *d, int64_t n, int32_t k, int symmetric, int32_t *medoids,
                           uint8_t *is_medoid, int32_t *near, int32_t *second, double *d1,
                           double *d2, double *removal, double *loss, double tol,
                           const int32_t *draw_candidate, int64_t draws, int64_t max_failures,
                           int64_t *failures);

/* The member c of a cluster with the smallest sum of d[o,c] over its members o; sums is a
 * workspace of m; first wins. Returns the position in members. */
int64_t km_cluster_medoid_f32(const float *d, int64_t n, const int32_t *members, int64_t m,
                              double *sums);
int64_t km_cluster_medoid_f64(const double *d, int64_t n, const int32_t *members, int64_t m,
                              double *sums);

#endif
