// Global search against genetic-js: Rastrigin's function in 10 variables, 20,000 evaluations each. What is compared is the time of a method for the
// same number of evaluations of the same function, ours as a compiled objective, theirs in JavaScript as it has to be. genetic-js has no
// operators of its own: it gets simulated binary crossover and polynomial mutation, with which it found lower values than with uniform or
// BLX crossover, in 200 generations of 100, all of which it evaluates. No WASM package of CMA-ES was found in the registry: that comparison is
// the plain twin of `npm run bench -- "global cmaes generation"`.

// @ts-nocheck: the peer has no types.
import Genetic from "genetic-js";
import { compileObjective, minimizeGlobal } from "../../src/index.js";
import { bench } from "../harness.js";

/** genetic-js rebuilds its functions from their text, so they may use nothing but what is theirs. */
function theirs() {
  const genetic = Genetic.create();
  genetic.optimize = Genetic.Optimize.Minimize;
  genetic.select1 = Genetic.Select1.Tournament2;
  genetic.select2 = Genetic.Select2.Tournament2;
  genetic.seed = function () {
    return Array.from({ length: this.userData.n }, () => -5.12 + 10.24 * Math.random());
  };
  // Simulated binary crossover, index 15.
  genetic.crossover = (a, b) => {
    for (let i = 0; i < a.length; i++) {
      const u = Math.random();
      const beta = (u < 0.5 ? 2 * u : 1 / (2 * (1 - u))) ** (1 / 16);
      const [x, y] = [a[i], b[i]];
      const p = 0.5 * ((1 + beta) * x + (1 - beta) * y);
      const q = 0.5 * ((1 - beta) * x + (1 + beta) * y);
      const turned = Math.random() < 0.5;
      a[i] = Math.min(5.12, Math.max(-5.12, turned ? q : p));
      b[i] = Math.min(5.12, Math.max(-5.12, turned ? p : q));
    }
    return [a, b];
  };
  // Polynomial mutation, index 20.
  genetic.mutate = (x) => {
    for (let i = 0; i < x.length; i++) {
      if (Math.random() >= 1 / x.length) continue;
      const u = Math.random();
      const step = u < 0.5 ? (2 * u) ** (1 / 21) - 1 : 1 - (2 * (1 - u)) ** (1 / 21);
      x[i] = Math.min(5.12, Math.max(-5.12, x[i] + 10.24 * step));
    }
    return x;
  };
  genetic.fitness = (x) => {
    let sum = 0;
    for (const v of x) sum += v * v - 10 * Math.cos(2 * Math.PI * v) + 10;
    return sum;
  };
  genetic.notification = () => {};
  return genetic;
}

for (const method of ["genetic", "differentialEvolution", "cmaes"] as const)
  bench("global", {
    name: `${method}, 20,000 evaluations of Rastrigin, vs genetic-js`,
    sizes: [10],
    goal: method === "genetic" ? 10 : undefined,
    setup: (n) => {
      const names = Array.from({ length: n }, (_, i) => `x${i}`);
      const f = compileObjective(
        names.map((v) => `${v}^2 - 10*cos(${2 * Math.PI}*${v}) + 10`).join(" + "),
        names,
      );
      const box = { lower: new Array(n).fill(-5.12), upper: new Array(n).fill(5.12) };
      const options = { method, seed: 1, maxEvaluations: 20_000, polish: false };
      const generations = {
        size: 100,
        iterations: 200,
        crossover: 0.9,
        mutation: 1,
        webWorkers: false,
        skip: 1000,
      };
      return {
        ours: () => minimizeGlobal(f, box, options).fun,
        peer: () => theirs().evolve(generations, { n }),
        dispose: () => f.dispose(),
      };
    },
  });
