// The 28 NIST fits by cminpack's lmder or by Ceres, with the models and their Jacobians in C++.
// g++ -O3 -march=native -I/usr/include/cminpack-1 nist.cpp -lcminpack, or with -DCERES and -lceres -lglog; reads problems as bench/expressions.bench.ts
// writes them: name n m, start 1, start 2, certified values, m lines x y. Arguments: file, rounds.
// Prints the least seconds of one round, and how many fits have 6 digits.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <vector>
#ifdef CERES
#include <ceres/ceres.h>
#else
#include <cminpack.h>
#endif

typedef double (*Point)(double x, const double *b, double *g);

static double growth(double x, const double *b, double *g) {
  double e = exp(-b[1] * x);
  g[0] = 1 - e;
  g[1] = b[0] * x * e;
  return b[0] * (1 - e);
}
static double misra1b(double x, const double *b, double *g) {
  double q = 1 + b[1] * x / 2;
  g[0] = 1 - 1 / (q * q);
  g[1] = b[0] * x / (q * q * q);
  return b[0] * g[0];
}
static double chwirut(double x, const double *b, double *g) {
  double d = b[1] + b[2] * x, v = exp(-b[0] * x) / d;
  g[0] = -x * v;
  g[1] = -v / d;
  g[2] = -v * x / d;
  return v;
}
static double danwood(double x, const double *b, double *g) {
  double l = log(x);
  g[0] = exp(b[1] * l);
  g[1] = b[0] * g[0] * l;
  return b[0] * g[0];
}
static double eckerle(double x, const double *b, double *g) {
  double z = (x - b[2]) / b[1], e = exp(-0.5 * z * z) / b[1];
  g[0] = e;
  g[1] = b[0] * e * (z * z - 1) / b[1];
  g[2] = b[0] * e * z / b[1];
  return b[0] * e;
}
static double enso(double x, const double *b, double *g) {
  const double w = 2 * M_PI * x, period[3] = {12, b[3], b[6]};
  const int at[3] = {1, 4, 7};
  double v = b[0];
  g[0] = 1;
  for (int k = 0; k < 3; k++) {
    int h = at[k];
    g[h] = cos(w / period[k]);
    g[h + 1] = sin(w / period[k]);
    v += b[h] * g[h] + b[h + 1] * g[h + 1];
    if (k > 0) g[h - 1] = (b[h] * g[h + 1] - b[h + 1] * g[h]) * w / (b[h - 1] * b[h - 1]);
  }
  return v;
}
static double peak(double x, const double *b, int h, double *g) {
  double z = (x - b[h + 1]) / b[h + 2], f = exp(-z * z);
  g[h] = f;
  g[h + 1] = 2 * b[h] * f * z / b[h + 2];
  g[h + 2] = g[h + 1] * z;
  return b[h] * f;
}
static double gauss(double x, const double *b, double *g) {
  double e = exp(-b[1] * x);
  g[0] = e;
  g[1] = -x * b[0] * e;
  return b[0] * e + peak(x, b, 2, g) + peak(x, b, 5, g);
}
static double kirby(double x, const double *b, double *g) {
  double d = 1 + x * (b[3] + x * b[4]), v = (b[0] + x * (b[1] + x * b[2])) / d;
  g[0] = 1 / d;
  g[1] = x / d;
  g[2] = x * x / d;
  g[3] = -v * x / d;
  g[4] = -v * x * x / d;
  return v;
}
static double lanczos(double x, const double *b, double *g) {
  double v = 0;
  for (int k = 0; k < 6; k += 2) {
    double e = exp(-b[k + 1] * x);
    g[k] = e;
    g[k + 1] = -x * b[k] * e;
    v += b[k] * e;
  }
  return v;
}
static double mgh09(double x, const double *b, double *g) {
  double p = x * (x + b[1]), d = x * (x + b[2]) + b[3], v = b[0] * p / d;
  g[0] = p / d;
  g[1] = b[0] * x / d;
  g[2] = -v * x / d;
  g[3] = -v / d;
  return v;
}
static double mgh17(double x, const double *b, double *g) {
  double e = exp(-b[3] * x), f = exp(-b[4] * x);
  g[0] = 1;
  g[1] = e;
  g[2] = f;
  g[3] = -x * b[1] * e;
  g[4] = -x * b[2] * f;
  return b[0] + b[1] * e + b[2] * f;
}
static double rat42(double x, const double *b, double *g) {
  double e = exp(b[1] - b[2] * x), d = 1 + e, s = b[0] * e / (d * d);
  g[0] = 1 / d;
  g[1] = -s;
  g[2] = x * s;
  return b[0] / d;
}
static double roszman(double x, const double *b, double *g) {
  double t = x - b[3], d = t * t + b[2] * b[2];
  g[0] = 1;
  g[1] = -x;
  g[2] = -t / d / M_PI;
  g[3] = -b[2] / d / M_PI;
  return b[0] - b[1] * x - atan(b[2] / t) / M_PI;
}

static const struct { const char *name; Point f; } points[] = {
  {"BoxBOD", growth}, {"Misra1a", growth}, {"Misra1b", misra1b}, {"Chwirut2", chwirut}, {"DanWood", danwood},
  {"Eckerle4", eckerle}, {"ENSO", enso}, {"Gauss1", gauss}, {"Kirby2", kirby}, {"Lanczos3", lanczos}, {"MGH09", mgh09},
  {"MGH17", mgh17}, {"Rat42", rat42}, {"Roszman1", roszman},
};

struct Problem {
  Point f;
  int n, m;
  std::vector<double> start[2], certified, x, y;
};

static std::vector<Problem> readAll(const char *path) {
  std::vector<Problem> all;
  FILE *file = fopen(path, "r");
  if (!file) exit(2);
  char name[32];
  int n, m;
  while (fscanf(file, "%31s %d %d", name, &n, &m) == 3) {
    Problem p;
    p.f = nullptr;
    p.n = n;
    p.m = m;
    for (auto &known : points) if (!strcmp(known.name, name)) p.f = known.f;
    if (!p.f) exit(3);
    auto read = [&](std::vector<double> &to, int count) {
      to.resize(count);
      for (double &v : to) if (fscanf(file, "%lf", &v) != 1) exit(4);
    };
    read(p.start[0], n);
    read(p.start[1], n);
    read(p.certified, n);
    for (int i = 0; i < m; i++) {
      double x, y;
      if (fscanf(file, "%lf %lf", &x, &y) != 2) exit(4);
      p.x.push_back(x);
      p.y.push_back(y);
    }
    all.push_back(p);
  }
  fclose(file);
  return all;
}

#ifdef CERES
class Cost : public ceres::CostFunction {
 public:
  explicit Cost(const Problem &p) : p(p), g(p.n) {
    set_num_residuals(p.m);
    mutable_parameter_block_sizes()->push_back(p.n);
  }
  bool Evaluate(double const *const *b, double *r, double **J) const override {
    for (int i = 0; i < p.m; i++) {
      r[i] = p.f(p.x[i], b[0], J && J[0] ? J[0] + i * p.n : g.data()) - p.y[i];
      if (!std::isfinite(r[i])) return false;
    }
    return true;
  }

 private:
  const Problem &p;
  mutable std::vector<double> g;
};

static void fit(const Problem &p, std::vector<double> &b) {
  ceres::Problem problem;
  problem.AddResidualBlock(new Cost(p), nullptr, b.data());
  ceres::Solver::Options options;
  options.linear_solver_type = ceres::DENSE_QR;
  options.logging_type = ceres::SILENT;
  options.max_num_iterations = 10000;
  options.function_tolerance = 1e-16;
  options.gradient_tolerance = 0;
  options.parameter_tolerance = 1e-10;
  ceres::Solver::Summary summary;
  ceres::Solve(options, &problem, &summary);
}
#else
static int evaluate(void *data, int m, int n, const double *b, double *r, double *J, int ldJ, int flag) {
  const Problem &p = *static_cast<const Problem *>(data);
  double g[16];
  for (int i = 0; i < m; i++) {
    double v = p.f(p.x[i], b, g);
    if (flag == 1) r[i] = v - p.y[i];
    else for (int j = 0; j < n; j++) J[i + ldJ * j] = g[j];
  }
  return 0;
}

static void fit(const Problem &p, std::vector<double> &b) {
  const int m = p.m, n = p.n;
  static std::vector<double> r, J, qtf, w1, w2, w3, w4, diag;
  static std::vector<int> pivots;
  r.resize(m);
  J.resize(m * n);
  qtf.resize(n);
  w1.resize(n);
  w2.resize(n);
  w3.resize(n);
  w4.resize(m);
  diag.resize(n);
  pivots.resize(n);
  int nfev, njev;
  lmder(evaluate, const_cast<Problem *>(&p), m, n, b.data(), r.data(), J.data(), m, 1e-15, 1e-10, 0, 10000, diag.data(),
        1, 100, 0, &nfev, &njev, pivots.data(), qtf.data(), w1.data(), w2.data(), w3.data(), w4.data());
}
#endif

int main(int argc, char **argv) {
  if (argc < 2) return 1;
  const std::vector<Problem> all = readAll(argv[1]);
  const int rounds = argc > 2 ? atoi(argv[2]) : 1;
  double best = INFINITY;
  int right = 0;
  for (int round = 0; round < rounds; round++) {
    timespec from, to;
    right = 0;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    for (const Problem &p : all)
      for (const auto &start : p.start) {
        std::vector<double> b = start;
        fit(p, b);
        bool six = true;
        for (int j = 0; j < p.n; j++) six = six && fabs(b[j] - p.certified[j]) <= 1e-6 * fabs(p.certified[j]);
        right += six;
      }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    best = fmin(best, to.tv_sec - from.tv_sec + 1e-9 * (to.tv_nsec - from.tv_nsec));
  }
  printf("%.9f %d\n", best, right);
  return 0;
}
