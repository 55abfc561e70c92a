// Fits of models given as text: the NIST runs and 10,000 curves, against JavaScript callbacks and, where gcc is there,
// against C: a Levenberg-Marquardt written by hand (bench/native/exp-fit.c, libm exp, gcc -O3 -march=native), and for
// NIST's runs cminpack's lmder and Ceres (bench/native/nist.cpp; Debian's libcminpack-dev, libceres-dev).

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { readNist } from "../demo/nist-data.js";
import { blockModel } from "../demo/nist-models.js";
import { compileModel, curveFit, curveFitMany } from "../src/index.js";
import { bench } from "./harness.js";

const problems = readNist("data/nist").filter(({ kind }) => kind === "nonlinear");
const runs = problems.flatMap(({ name, model, n, x, y, start1, start2 }) => {
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

mkdirSync("build/bench", { recursive: true });

/** The problems as bench/native/nist.cpp reads them. */
function writeProblems(path: string): void {
  const lines = problems.flatMap(({ name, n, m, x, y, start1, start2, certified }) => [
    `${name} ${n} ${m}`,
    ...[start1, start2, certified].map((values) => (values as number[]).join(" ")),
    ...y.map((value, i) => `${(x as number[])[i]} ${value}`),
  ]);
  writeFileSync(path, `${lines.join("\n")}\n`);
}

/** So many rounds at a time: starting a process costs a millisecond or two. */
const ROUNDS = 20;
for (const [name, flags] of [
  ["lmder (cminpack)", ["-I/usr/include/cminpack-1", "-lcminpack"]],
  ["Ceres", ["-DCERES", "-I/usr/include/eigen3", "-lceres", "-lglog"]],
] as const) {
  const program = `build/bench/nist-${name.slice(0, 5).toLowerCase()}`;
  const source = ["-O3", "-march=native", "bench/native/nist.cpp", "-o", program];
  if (spawnSync("g++", [...source, ...flags]).status !== 0) {
    console.log(`${name} is not here: nothing to compare with`);
    continue;
  }
  const file = "build/bench/nist.txt";
  writeProblems(file);
  bench("expressions", {
    name: `28 NIST fits vs ${name}, C++ models`,
    sizes: [28],
    goal: 1,
    setup: () => ({
      ours: () => {
        for (let round = 0; round < ROUNDS; round++)
          for (const { model, x, y, params } of runs) curveFit({ model, x, y, params });
      },
      peer: () => execFileSync(program, [file, String(ROUNDS)]),
    }),
  });
}

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
      // Rounds, because starting the C program and making its data costs as much as a tenth of one round.
      return {
        ours: () => {
          for (let round = 0; round < ROUNDS; round++)
            curveFitMany({ model, x, y, params: { a: 1, b: 1, c: 0.1 } });
        },
        peer: () => execFileSync(program, [String(k), String(m), String(ROUNDS)]),
      };
    },
  });
}
