// Eigen's SimplicialLDLT (approximate minimum degree) on the 2-D Laplacian of k x k unknowns: milliseconds of analysis, factorisation and
// solution, and entries of L. g++ -O3 -march=native -I/usr/include/eigen3 bench/native/laplacian.cpp -o build/laplacian; build/laplacian 500
#include <Eigen/Sparse>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

static double now() { return 1e3 * std::clock() / CLOCKS_PER_SEC; }

int main(int argc, char **argv) {
  const int k = argc > 1 ? std::atoi(argv[1]) : 500, n = k * k;
  std::vector<Eigen::Triplet<double>> t;
  for (int i = 0; i < k; i++)
    for (int j = 0; j < k; j++) {
      const int at = i * k + j;
      t.emplace_back(at, at, 4.0);
      if (i > 0) t.emplace_back(at, at - k, -1.0);
      if (j > 0) t.emplace_back(at, at - 1, -1.0);
    }
  Eigen::SparseMatrix<double> A(n, n);
  A.setFromTriplets(t.begin(), t.end());
  Eigen::VectorXd b = Eigen::VectorXd::Ones(n);
  for (int round = 0; round < 3; round++) {
    Eigen::SimplicialLDLT<Eigen::SparseMatrix<double>> f;
    const double a = now();
    f.analyzePattern(A);
    const double c = now();
    f.factorize(A);
    const double d = now();
    Eigen::VectorXd x = f.solve(b);
    const double e = now();
    const double r = (A.selfadjointView<Eigen::Lower>() * x - b).norm() / b.norm();
    std::printf("Eigen: analysis %.0f ms, factorisation %.0f ms, solution %.0f ms of processor time; %.1f million entries, residual %.1e\n",
                c - a, d - c, e - d, f.matrixL().nestedExpression().nonZeros() / 1e6, r);
  }
}
