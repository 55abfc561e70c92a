/* The C twin of curveFitMany on a*exp(-b*x) + c: Levenberg-Marquardt written by hand for this model, exact derivatives,
   normal equations, 3x3 Cholesky, Nielsen's damping, stop at a relative step of 1e-10 or an orthogonal residual.
   gcc -O3 -march=native exp-fit.c -lm; arguments: curves, points. Prints seconds, iterations, sum of parameters. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint32_t seed = 12345;
static double uniform(void) {
  seed = seed * 1664525u + 1013904223u;
  return seed / 4294967296.0;
}

static double residuals(int m, const double *x, const double *y, const double *p, double *e) {
  double sum = 0;
  for (int i = 0; i < m; i++) {
    e[i] = exp(-p[1] * x[i]);
    double r = p[0] * e[i] + p[2] - y[i];
    sum += r * r;
  }
  return sum;
}

/* Lower triangle of J'J in a, J'r in g; e holds exp(-b x). */
static void normal(int m, const double *x, const double *y, const double *p, const double *e, double *a, double *g) {
  double a00 = 0, a10 = 0, a11 = 0, a20 = 0, a21 = 0, g0 = 0, g1 = 0, g2 = 0;
  for (int i = 0; i < m; i++) {
    double j0 = e[i], j1 = -p[0] * x[i] * e[i], r = p[0] * e[i] + p[2] - y[i];
    a00 += j0 * j0; a10 += j0 * j1; a11 += j1 * j1; a20 += j0; a21 += j1;
    g0 += j0 * r; g1 += j1 * r; g2 += r;
  }
  a[0] = a00; a[1] = a10; a[2] = a11; a[3] = a20; a[4] = a21; a[5] = m;
  g[0] = g0; g[1] = g1; g[2] = g2;
}

static int solve3(const double *a, double lambda, const double *g, double *h) {
  double d0 = a[0] * (1 + lambda), d1 = a[2] * (1 + lambda), d2 = a[5] * (1 + lambda);
  if (!(d0 > 0)) return 1;
  double l00 = sqrt(d0), l10 = a[1] / l00, l20 = a[3] / l00, s = d1 - l10 * l10;
  if (!(s > 0)) return 1;
  double l11 = sqrt(s), l21 = (a[4] - l20 * l10) / l11, t = d2 - l20 * l20 - l21 * l21;
  if (!(t > 0)) return 1;
  double l22 = sqrt(t);
  double z0 = -g[0] / l00, z1 = (-g[1] - l10 * z0) / l11, z2 = (-g[2] - l20 * z0 - l21 * z1) / l22;
  h[2] = z2 / l22;
  h[1] = (z1 - l21 * h[2]) / l11;
  h[0] = (z0 - l10 * h[1] - l20 * h[2]) / l00;
  return 0;
}

static int fit(int m, const double *x, const double *y, double *p, double *work, double *stderrs) {
  double *e = work, *f = work + m, a[6], g[3], h[3], q[3], lambda = 1e-4, grow = 2;
  double cost = residuals(m, x, y, p, e);
  int nit = 0, done = 0;
  while (!done && nit < 1000) {
    normal(m, x, y, p, e, a, g);
    for (;;) {
      nit++;
      if (solve3(a, lambda, g, h)) { lambda *= grow; grow *= 2; continue; }
      double small = 0;
      for (int j = 0; j < 3; j++) {
        q[j] = p[j] + h[j];
        small = fmax(small, fabs(h[j]) / fabs(p[j]));
      }
      double next = residuals(m, x, y, q, f);
      double predicted = 0;
      for (int j = 0; j < 3; j++) predicted += h[j] * (lambda * a[j == 0 ? 0 : j == 1 ? 2 : 5] * h[j] - g[j]);
      double ratio = (cost - next) / predicted;
      if (small <= 1e-10) done = 1;
      if (next <= cost) {
        for (int j = 0; j < 3; j++) p[j] = q[j];
        cost = next;
        double *swap = e; e = f; f = swap;
        double u = 2 * ratio - 1;
        lambda *= fmax(1.0 / 3, 1 - u * u * u);
        if (lambda < 1e-15) lambda = 1e-15;
        grow = 2;
        break;
      }
      if (done || nit >= 1000) break;
      lambda *= grow;
      grow *= 2;
    }
  }
  normal(m, x, y, p, e, a, g);
  for (int j = 0; j < 3; j++) {
    double unit[3] = {0, 0, 0};
    unit[j] = -1;
    stderrs[j] = solve3(a, 0, unit, h) ? NAN : sqrt(h[j] * cost / (m - 3));
  }
  return nit;
}

int main(int argc, char **argv) {
  int k = argc > 1 ? atoi(argv[1]) : 10000, m = argc > 2 ? atoi(argv[2]) : 50, rounds = argc > 3 ? atoi(argv[3]) : 3;
  double *x = malloc(m * sizeof *x), *y = malloc((size_t)k * m * sizeof *y), *work = malloc(2 * m * sizeof *work);
  double *out = malloc(6 * (size_t)k * sizeof *out);
  for (int i = 0; i < m; i++) x[i] = 5.0 * i / m;
  for (int c = 0; c < k; c++) {
    double a = 1 + 4 * uniform(), b = 0.5 + uniform(), d = uniform();
    for (int i = 0; i < m; i++) y[(size_t)c * m + i] = a * exp(-b * x[i]) + d + 0.02 * (uniform() + uniform() + uniform() - 1.5);
  }
  double best = INFINITY, sum = 0;
  long iterations = 0;
  for (int round = 0; round < rounds; round++) {
    struct timespec from, to;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    iterations = 0;
    sum = 0;
    for (int c = 0; c < k; c++) {
      double p[3] = {1, 1, 0.1};
      iterations += fit(m, x, y + (size_t)c * m, p, work, out + 6 * (size_t)c);
      sum += p[0] + p[1] + p[2];
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    best = fmin(best, to.tv_sec - from.tv_sec + 1e-9 * (to.tv_nsec - from.tv_nsec));
  }
  printf("%.9f %ld %.12f\n", best, iterations, sum);
  return 0;
}
