// Fits of models given as text: the NIST runs and 10,000 curves, against JavaScript callbacks and, where gcc is there,
// against a Levenberg-Marquardt written by hand in C (bench/native/exp-fit.c, libm exp, gcc -O3 -march=native).

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { readNist } from "../demo/nist-data.js";
import { blockModel } from "../demo/nist-models.js";
import { compileModel, curveFit, curveFitMany } from "../src/index.js";
import { bench } from "./harness.js";

const runs = readNist("data/nist")
  .filter(({ kind }) => kind === "nonlinear")
  .flatMap(({ name, model, n, x, y, start1, start2 }) => {
    const names = Array.from({ length: n }, (_, j) => `b${j + 1}`);
    const compiled = compileModel(model, { variables: ["x"], params: names });
    return [start1, start2].map((start) => ({
      model: compiled,
      block: blockModel(name, n),
      x: x as number[],
      y,
      params: Object.fromEntries(names.map((name, j) => [name, (start as number[])[j] as number])),
    }));
  });

bench("expressions", {
  name: "28 NIST fits vs JS models with Jacobian",
  sizes: [28],
  goal: 1,
  setup: () => ({
    ours: () => {
      for (const { model, x, y, params } of runs) curveFit({ model, x, y, params });
    },
    peer: () => {
      for (const { block, x, y, params } of runs) curveFit({ model: block, x, y, params });
    },
  }),
});

const m = 50;
const x = Float64Array.from({ length: m }, (_, i) => (5 * i) / m);

/** The data of bench/native/exp-fit.c. */
function curves(k: number): Float64Array {
  let seed = 12345;
  const uniform = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 4294967296;
  };
  const y = new Float64Array(k * m);
  for (let c = 0; c < k; c++) {
    const [a, b, d] = [1 + 4 * uniform(), 0.5 + uniform(), uniform()];
    for (let i = 0; i < m; i++)
      y[c * m + i] =
        a * Math.exp(-b * (x[i] as number)) + d + 0.02 * (uniform() + uniform() + uniform() - 1.5);
  }
  return y;
}

const program = "build/bench/exp-fit";
mkdirSync("build/bench", { recursive: true });
const args = ["-O3", "-march=native", "bench/native/exp-fit.c", "-o", program, "-lm"];
if (spawnSync("gcc", args).status !== 0) console.log("gcc is not here, so there is no C to compare with");
else {
  bench("expressions", {
    name: "curveFitMany, exp, m = 50, vs C (libm)",
    sizes: [10_000],
    goal: 1,
    setup: (k) => {
      const y = curves(k);
      const model = "a*exp(-b*x)+c";
      // The C program does its work once a call; starting it costs a millisecond or two of its own.
      return {
        ours: () => curveFitMany({ model, x, y, params: { a: 1, b: 1, c: 0.1 } }),
        peer: () => execFileSync(program, [String(k), String(m), "1"]),
      };
    },
  });
}
