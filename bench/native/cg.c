/* Jacobi-preconditioned conjugate gradients on the five-point Laplacian of a g x g grid, the C twin of the cg kernel:
   gcc -O3 -march=x86-64-v2 cg.c -o cg -lm; ./cg g repeats tolerance  prints the iterations and the best time in ms. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return 1e3 * t.tv_sec + 1e-6 * t.tv_nsec;
}

static int cg(int n, const int *restrict ptr, const int *restrict col, const double *restrict val,
              const double *restrict d, const double *restrict b, double *restrict x, double *restrict r,
              double *restrict p, double *restrict q, double tol, int most) {
  double rz = 0, bb = 0;
  memset(x, 0, n * sizeof *x);
  for (int i = 0; i < n; i++) {
    r[i] = b[i];
    p[i] = d[i] * r[i];
    rz += r[i] * p[i];
    bb += b[i] * b[i];
  }
  const double bound = tol * tol * bb;
  for (int t = 1; t <= most; t++) {
    double curvature = 0;
    for (int i = 0, k = 0; i < n; i++) {
      double s = 0;
      for (const int end = ptr[i + 1]; k < end; k++) s += val[k] * p[col[k]];
      q[i] = s;
      curvature += s * p[i];
    }
    const double alpha = rz / curvature;
    double next = 0, rr = 0;
    for (int i = 0; i < n; i++) {
      x[i] += alpha * p[i];
      r[i] -= alpha * q[i];
      const double v = r[i] * r[i];
      rr += v;
      next += v * d[i];
    }
    if (rr <= bound) return t;
    const double beta = next / rz;
    for (int i = 0; i < n; i++) p[i] = d[i] * r[i] + beta * p[i];
    rz = next;
  }
  return most;
}

int main(int argc, char **argv) {
  const int g = argc > 1 ? atoi(argv[1]) : 300, repeats = argc > 2 ? atoi(argv[2]) : 5, n = g * g;
  const double tol = argc > 3 ? atof(argv[3]) : 1e-10;
  int *ptr = malloc((n + 1) * sizeof *ptr), *col = malloc(5 * (size_t)n * sizeof *col), nnz = 0;
  double *val = malloc(5 * (size_t)n * sizeof *val), *v = malloc(6 * (size_t)n * sizeof *v);
  double *d = v, *b = v + n, *x = b + n, *r = x + n, *p = r + n, *q = p + n;
  const int dr[] = {-1, 0, 0, 0, 1}, dc[] = {0, -1, 0, 1, 0};
  ptr[0] = 0;
  for (int i = 0; i < n; i++) {
    for (int e = 0; e < 5; e++) {
      const int row = i / g + dr[e], column = i % g + dc[e];
      if (row < 0 || row >= g || column < 0 || column >= g) continue;
      col[nnz] = row * g + column;
      val[nnz++] = e == 2 ? 4 : -1;
    }
    ptr[i + 1] = nnz;
    d[i] = 0.25;
    b[i] = 1;
  }
  double best = INFINITY;
  int nit = 0;
  for (int i = 0; i < repeats; i++) {
    const double start = now();
    nit = cg(n, ptr, col, val, d, b, x, r, p, q, tol, 100000);
    const double ms = now() - start;
    if (ms < best) best = ms;
  }
  printf("%d %.6f\n", nit, best);
  return 0;
}
