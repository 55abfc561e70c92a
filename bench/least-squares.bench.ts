// Whole fits: the 28 NIST runs by the core against the plain-JavaScript twin of the same solver, and single
// problems of several sizes.

import { readNist } from "../demo/nist-data.js";
import { blockModel } from "../demo/nist-models.js";
import { curveFit, leastSquares } from "../src/index.js";
import { solve } from "../test/reference/least-squares/driver.js";
import { bench } from "./harness.js";

const problems = readNist("data/nist")
  .filter(({ kind }) => kind === "nonlinear")
  .flatMap(({ name, n, m, x, y, start1, start2 }) => {
    const points = Float64Array.from(x as number[]);
    const { evaluate, jacobian } = blockModel(name, n);
    const residuals = (p: Float64Array, out: Float64Array) => {
      evaluate(points, p, out);
      for (let i = 0; i < m; i++) out[i] = (out[i] as number) - (y[i] as number);
    };
    const slopes = (p: Float64Array, out: Float64Array) => void jacobian(points, p, out);
    return [start1, start2].map((start) => ({
      name,
      m,
      n,
      residuals,
      jacobian: slopes,
      start: start as number[],
    }));
  });

bench("least-squares", {
  name: "28 NIST fits vs plain-JS twin",
  sizes: [28],
  goal: 1,
  setup: () => ({
    ours: () => {
      for (const p of problems) leastSquares(p.residuals, p.m, p.start, { jacobian: p.jacobian });
    },
    peer: () => {
      for (const p of problems) solve(p, p.start);
    },
  }),
});

bench("least-squares", {
  name: "exponential, n = 3, vs plain-JS twin",
  sizes: [20, 200, 2000, 20_000],
  setup: (m) => {
    const x = Float64Array.from({ length: m }, (_, i) => i / m);
    const y = x.map((t) => 2 * Math.exp(-3 * t) + 0.5 + 0.01 * Math.sin(997 * t));
    const residuals = (p: Float64Array, out: Float64Array) => {
      const [a, b, c] = p as unknown as [number, number, number];
      for (let i = 0; i < m; i++) out[i] = a * Math.exp(-b * (x[i] as number)) + c - (y[i] as number);
    };
    const jacobian = (p: Float64Array, out: Float64Array) => {
      const [a, b] = p as unknown as [number, number];
      for (let i = 0; i < m; i++) {
        const e = Math.exp(-b * (x[i] as number));
        out[3 * i] = e;
        out[3 * i + 1] = -a * (x[i] as number) * e;
        out[3 * i + 2] = 1;
      }
    };
    const start = [1, 1, 0];
    return {
      ours: () => leastSquares(residuals, m, start, { jacobian }),
      peer: () => solve({ m, n: 3, residuals, jacobian }, start),
    };
  },
});

bench("least-squares", {
  name: "curveFit over bare leastSquares, Misra1a",
  sizes: [14],
  setup: () => {
    const problem = problems.find(({ name }) => name === "Misra1a") as (typeof problems)[number];
    const { x, y } = readNist("data/nist").find(({ name }) => name === "Misra1a") as {
      x: number[];
      y: number[];
    };
    const model = blockModel("Misra1a", 2);
    const params = { b1: problem.start[0] as number, b2: problem.start[1] as number };
    return {
      ours: () => curveFit({ model, x, y, params }),
      peer: () => leastSquares(problem.residuals, problem.m, problem.start, { jacobian: problem.jacobian }),
    };
  },
});
