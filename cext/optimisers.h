/* Update rules of first-order optimisers, and averages of points: one pass over the arrays.
 *
 * Every function exists for float and double entries (_f32, _f64). x are the n parameters, changed
 * in place, g their gradients; m, v and the like are the rule's buffers, n entries each, 0 before
 * the first step. Arrays do not overlap. What depends on the step alone the caller computes, as
 * doubles: `*_keep` and `*_take` are the weights of the old buffer and of what is new in
 * buffer = keep * buffer + take * new; `shrink` is 1 - rate * weight decay, by which x is
 * multiplied first. Scalars are rounded to the type of the entries.
 *
 * A NaN in g becomes a NaN in x and in the buffers, at its own place only.
 */
#ifndef OPTIMISERS_H
#define OPTIMISERS_H

#include <stdint.h>

/* x = shrink x - rate g */
void opt_sgd_f32(int64_t n, float *x, const float *g, double rate, double shrink);
void opt_sgd_f64(int64_t n, double *x, const double *g, double rate, double shrink);

/* m = keep m + take g; x = shrink x - rate_m m - rate_g g. Heavy ball and Nesterov. */
void opt_momentum_f32(int64_t n, float *x, const float *g, float *m, double keep, double take,
                      double rate_m, double rate_g, double shrink);
void opt_momentum_f64(int64_t n, double *x, const double *g, double *m, double keep, double take,
                      double rate_m, double rate_g, double shrink);

/* v = keep v + take g^2; x = shrink x - rate g / (sqrt(v) + eps). AdaGrad and RMSProp. */
void opt_scaled_f32(int64_t n, float *x, const float *g, float *v, double keep, double take,
                    double rate, double eps, double shrink);
void opt_scaled_f64(int64_t n, double *x, const double *g, double *v, double keep, double take,
                    double rate, double eps, double shrink);

/* m = m_keep m + m_take g; v = v_keep v + v_take g^2;
 * x = shrink x - (rate_m m + rate_g g) / (root sqrt(v) + eps). Adam, AdamW, AdamNC, NAdam. */
void opt_adam_f32(int64_t n, float *x, const float *g, float *m, float *v, double m_keep,
                  double m_take, double v_keep, double v_take, double rate_m, double rate_g,
                  double root, double eps, double shrink);
void opt_adam_f64(int64_t n, double *x, const double *g, double *m, double *v, double m_keep,
                  double m_take, double v_keep, double v_take, double rate_m, double rate_g,
                  double root, double eps, double shrink);

/* As Adam, with the largest of all values of scale v so far in the place of v. */
void opt_amsgrad_f32(int64_t n, float *x, const float *g, float *m, float *v, float *largest,
                     double m_keep, double m_take, double v_keep, double v_take, double scale,
                     double rate, double root, double eps, double shrink);
void opt_amsgrad_f64(int64_t n, double *x, const double *g, double *m, double *v, double *largest,
                     double m_keep, double m_take, double v_keep, double v_take, double scale,
                     double rate, double root, double eps, double shrink);

/* x = shrink x - rate sign(c_keep m + c_take g); then m = m_keep m + m_take g. Lion, Signum. */
void opt_lion_f32(int64_t n, float *x, const float *g, float *m, double c_keep, double c_take,
                  double m_keep, double m_take, double rate, double shrink);
void opt_lion_f64(int64_t n, double *x, const double *g, double *m, double c_keep, double c_take,
                  double m_keep, double m_take, double rate, double shrink);

/* Two momenta: x = shrink x - (rate_m m + rate_slow slow) / (root sqrt(v) + eps). AdEMAMix. */
void opt_ademamix_f32(int64_t n, float *x, const float *g, float *m, float *slow, float *v,
                      double m_keep, double m_take, double slow_keep, double slow_take,
                      double v_keep, double v_take, double rate_m, double rate_slow, double root,
                      double eps, double shrink);
void opt_ademamix_f64(int64_t n, double *x, const double *g, double *m, double *slow, double *v,
                      double m_keep, double m_take, double slow_keep, double slow_take,
                      double v_keep, double v_take, double rate_m, double rate_slow, double root,
                      double eps, double shrink);

/* m = m_keep m + m_take g; s = s_keep s + s_take d^2 + added, where d is g - m (belief 1) or m
 * (belief 0), of the new m; x = shrink x - rate m / (root sqrt(s) + eps), or - rate m where
 * adaptive is 0. AdaBelief and AdaMomentum. */
void opt_adabelief_f32(int64_t n, float *x, const float *g, float *m, float *s, double m_keep,
                       double m_take, double s_keep, double s_take, double belief, double added,
                       double rate, double root, double eps, double adaptive, double shrink);
void opt_adabelief_f64(int64_t n, double *x, const double *g, double *m, double *s, double m_keep,
                       double m_take, double s_keep, double s_take, double belief, double added,
                       double rate, double root, double eps, double adaptive, double shrink);

/* Schedule-free: x is where gradients are taken, z the point of plain steps.
 * d = g + decay x; x = x + weight (z - x) - rate_x d; then z = z - rate d. */
void opt_free_sgd_f32(int64_t n, float *x, const float *g, float *z, double weight, double rate_x,
                      double rate, double decay);
void opt_free_sgd_f64(int64_t n, double *x, const double *g, double *z, double weight,
                      double rate_x, double rate, double decay);

/* The same with d = g / (root sqrt(v) + eps) + decay x, where v = keep v + take g^2 is new. */
void opt_free_adamw_f32(int64_t n, float *x, const float *g, float *z, float *v, double keep,
                        double take, double root, double eps, double weight, double rate_x,
                        double rate, double decay);
void opt_free_adamw_f64(int64_t n, double *x, const double *g, double *z, double *v, double keep,
                        double take, double root, double eps, double weight, double rate_x,
                        double rate, double decay);

/* mean = mean + weight (x - mean), the mean in double whatever x is. */
void opt_average_f32(int64_t n, double *mean, const float *x, double weight);
void opt_average_f64(int64_t n, double *mean, const double *x, double weight);

/* Online play on [-1, 1] against linear losses g[t] x: points[t] is the point before g[t] is seen.
 * Round first + t, counted from 1, moves it by a rule with momentum beta1:
 *   m = beta1 m + (1 - beta1) g; v = v_keep v + v_take g^2; x = clip(x - rate m' / sqrt(v')).
 * kind 0: SGD, the denominator is 1; 1: v' is v; 2: v' is the largest v so far; 3: v is the mean of
 * all g^2 (AdamNC). Where correct is 1, m' = m / (1 - beta1^t) and v' is divided by 1 - beta2^t
 * (after the maximum). The rate is `rate`, divided by sqrt(t) where decay is 1. A denominator of 0
 * moves nothing. state, carried from call to call: x, m, v, largest v, beta1^t, beta2^t; at first
 * x, 0, 0, 0, 1, 1. */
void opt_play(int64_t count, int64_t first, const double *g, double *points, int kind, double rate,
              int decay, double beta1, double beta2, int correct, double *state);

#endif
