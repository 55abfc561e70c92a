// minimize against the packages that minimise smooth functions in JavaScript, on extended Rosenbrock with its gradient:
// fmin's conjugate gradient, numeric's uncmin (BFGS), optimization-js' L-BFGS. Each peer runs as it comes; ours has to
// reach at least the max |g| that the peer reached. A peer that ends far from the minimum is not measured.

// @ts-nocheck: the peers have no types.
import { conjugateGradient } from "fmin/index.js";
import numeric from "numeric";
import optimization from "optimization-js";
import { minimize } from "../../src/index.js";
import { bench } from "../harness.js";

function rosenbrock(x, g) {
  let f = 0;
  for (let i = 0; i < x.length; i += 2) {
    const xi = x[i];
    const a = 1 - xi;
    const b = 10 * (x[i + 1] - xi * xi);
    const c = 20 * b;
    g[i + 1] = c;
    g[i] = -2 * (xi * c + a);
    f += a * a + b * b;
  }
  return f;
}
const value = (x) => {
  let f = 0;
  for (let i = 0; i < x.length; i += 2) f += (1 - x[i]) ** 2 + 100 * (x[i + 1] - x[i] * x[i]) ** 2;
  return f;
};
const gradient = (x) => {
  const g = new Array(x.length);
  rosenbrock(x, g);
  return g;
};
const start = (n) => Array.from({ length: n }, (_, i) => (i % 2 === 0 ? -1.2 : 1));
const accuracy = (x) => Math.max(...gradient(x).map(Math.abs));

const peers = {
  "fmin conjugateGradient": (x0) => conjugateGradient(rosenbrock, x0).x,
  "numeric uncmin": (x0) => numeric.uncmin(value, x0, 1e-10, gradient).solution,
  "optimization-js L-BFGS": (x0) => optimization.minimize_L_BFGS(value, gradient, x0).argument,
};

for (const [name, solve] of Object.entries(peers)) {
  for (const n of name.startsWith("numeric") ? [2, 10, 100] : [2, 10, 100, 1000, 10_000]) {
    const x0 = start(n);
    const reached = accuracy(solve(x0));
    if (!(reached <= 1e-3)) {
      console.log(
        `minimize vs ${name}, n = ${n}: it stops at max |g| = ${reached.toExponential(1)}, not measured`,
      );
      continue;
    }
    const gradTol = Math.max(reached, 1e-9);
    const f = { funGrad: rosenbrock };
    bench("minimize", {
      name: `vs ${name} (max |g| ${reached.toExponential(0)})`,
      sizes: [n],
      goal: 1,
      warmMs: 400,
      setup: () => ({ ours: () => minimize(f, x0, { gradTol }), peer: () => solve(x0) }),
    });
  }
}
