/* liblbfgs on extended Rosenbrock: `lbfgs n runs` prints nanoseconds a solve, iterations, evaluations and max |g|.
 * m = 10 and the default Moré-Thuente search; stops at max |g| <= 1e-8, as the bench of minimize does.
 * cc -O3 -march=native lbfgs.c -o lbfgs -llbfgs -lm (Debian: liblbfgs-dev) */
#include <lbfgs.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static long calls, steps;

static lbfgsfloatval_t evaluate(void *data, const lbfgsfloatval_t *x, lbfgsfloatval_t *g, const int n,
                                const lbfgsfloatval_t step) {
  double f = 0;
  calls++;
  for (int i = 0; i < n; i += 2) {
    const double a = 1 - x[i], b = 10 * (x[i + 1] - x[i] * x[i]);
    g[i + 1] = 20 * b;
    g[i] = -2 * (x[i] * g[i + 1] + a);
    f += a * a + b * b;
  }
  return f;
}

static double largest(const double *g, int n) {
  double most = 0;
  for (int i = 0; i < n; i++) most = fmax(most, fabs(g[i]));
  return most;
}

static int progress(void *data, const lbfgsfloatval_t *x, const lbfgsfloatval_t *g, const lbfgsfloatval_t fx,
                    const lbfgsfloatval_t xnorm, const lbfgsfloatval_t gnorm, const lbfgsfloatval_t step, int n,
                    int k, int ls) {
  steps++;
  *(double *)data = gnorm > 1e-6 * sqrt(n) ? gnorm : largest(g, n);
  return *(double *)data <= 1e-8;
}

int main(int argc, char **argv) {
  const int n = atoi(argv[1]), runs = atoi(argv[2]);
  double *x = lbfgs_malloc(n), top = 0, f;
  lbfgs_parameter_t o;
  lbfgs_parameter_init(&o);
  o.m = 10;
  o.epsilon = 0;
  struct timespec start, end;
  for (int warm = 0; warm < 2; warm++) {
    calls = steps = 0;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    for (int r = 0; r < runs; r++) {
      for (int i = 0; i < n; i += 2) x[i] = -1.2, x[i + 1] = 1;
      lbfgs(n, x, &f, evaluate, progress, &top, &o);
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
  }
  const double ns = (end.tv_sec - start.tv_sec) * 1e9 + (end.tv_nsec - start.tv_nsec);
  printf("%.1f %ld %ld %g\n", ns / runs, steps / runs, calls / runs, top);
  return 0;
}
