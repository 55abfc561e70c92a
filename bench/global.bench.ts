// Global search: a generation of CMA-ES in the core against the readable twin in plain JavaScript (test/reference/global.ts) with an
// eigendecomposition in plain JavaScript too (bench/plain/eigen.ts); a whole search of Rastrigin's function as a compiled
// objective, whose generations are evaluated in the core, against the same function in JavaScript. At the end, what one generation costs
// without f, by the number of variables: n^2 in the full form to 100, in proportion to n in the limited form beyond.

import { FORM_FULL, FORM_LIMITED } from "../src/abi/global.js";
import { cmaParameters, defaultPopulation } from "../src/global/cma-parameters.js";
import { CmaRun } from "../src/global/cma-run.js";
import { compileObjective, minimizeGlobal, Random } from "../src/index.js";
import * as plain from "../test/reference/global.js";
import { bench, wanted } from "./harness.js";
import { plainEigen } from "./plain/eigen.js";

const runOf = (n: number, form: number): CmaRun =>
  new CmaRun(
    {
      n,
      rows: defaultPopulation(n),
      form,
      active: true,
      mean: new Float64Array(n).fill(0.3),
      spread: new Float64Array(n).fill(0.2),
      seed: 1,
      stream: 1,
      maxGenerations: 1e9,
      cells: new Int32Array(n),
    },
    undefined,
  );

/**
 * Values that rank at random, so that the search goes nowhere and every generation costs alike, and that fall from generation to
 * generation: a run whose values stay is over, and looks for the reason.
 */
const noise = (k: number, g: number): number => (Math.imul(k * 7919 + g, 2654435761) >>> 8) / 2 ** 24 - g;

bench("global", {
  name: "cmaes generation, without f",
  sizes: [5, 10, 20, 40],
  goal: (n) => (n === 40 ? 4 : undefined),
  setup: (n) => {
    const run = runOf(n, FORM_FULL);
    const { rows } = run;
    const c = cmaParameters(n, rows, FORM_FULL, true);
    const twin = plain.plainCma(n, rows, new Float64Array(n).fill(1.5));
    const random = new Random(1, 1);
    const points = new Float64Array(rows * n);
    const [e, tau] = [new Float64Array(n), new Float64Array(n)];
    let [g, h] = [0, 0];
    return {
      ours: () => {
        run.ask();
        for (let k = 0; k < rows; k++) run.values[k] = noise(k, g);
        g++;
        return run.tell(Infinity);
      },
      peer: () => {
        const Z = random.normals(new Float64Array(rows * n));
        const Y = plain.steps(twin, Z);
        for (let i = 0; i < Y.length; i++) points[i] = (twin.mean[i % n]! + twin.sigma * Y[i]!) * 0.2;
        const values = Float64Array.from({ length: rows }, (_, k) => noise(k, h));
        const order = Array.from(values.keys()).sort((p, q) => values[p]! - values[q]!);
        const w = new Float64Array(rows);
        order.forEach((row, rank) => {
          w[row] = c.weights[rank]!;
        });
        plain.update(twin, c, Z, Y, w, false);
        if (++h % c.lazy > 0) return points;
        twin.B.set(twin.C);
        plainEigen(n, twin.B, twin.D, e, tau);
        for (let i = 0; i < n; i++) twin.D[i] = Math.sqrt(Math.max(1e-300, twin.D[i]!));
        return points;
      },
      dispose: () => run.release(),
    };
  },
});

for (const method of ["cmaes", "differentialEvolution", "genetic"] as const)
  bench("global", {
    name: `${method}, 20,000 evaluations of Rastrigin, compiled vs JavaScript f`,
    sizes: [10],
    setup: (n) => {
      const names = Array.from({ length: n }, (_, i) => `x${i}`);
      const f = compileObjective(
        names.map((v) => `${v}^2 - 10*cos(${2 * Math.PI}*${v}) + 10`).join(" + "),
        names,
      );
      const js = (x: Float64Array) => {
        let sum = 0;
        for (const v of x) sum += v * v - 10 * Math.cos(2 * Math.PI * v) + 10;
        return sum;
      };
      const box = { lower: new Array<number>(n).fill(-5.12), upper: new Array<number>(n).fill(5.12) };
      const options = { method, seed: 1, maxEvaluations: 20_000, polish: false } as const;
      return {
        ours: () => minimizeGlobal(f, box, options).fun,
        peer: () => minimizeGlobal(js, box, options).fun,
        dispose: () => f.dispose(),
      };
    },
  });

/** Microseconds of a generation: the least of five passes. */
function cost(n: number, form: number): number {
  const run = runOf(n, form);
  const { rows } = run;
  const generations = Math.max(10, Math.min(400, Math.ceil(2e5 / (n * rows))));
  let least = Infinity;
  for (let pass = 0; pass < 5; pass++) {
    const start = performance.now();
    for (let g = 0; g < generations; g++) {
      run.ask();
      for (let k = 0; k < rows; k++) run.values[k] = noise(k, g);
      run.tell(Infinity);
    }
    least = Math.min(least, (performance.now() - start) / generations);
  }
  run.release();
  return 1000 * least;
}

if (wanted("global cost of a generation")) {
  console.log(
    "\ncost of one generation of cmaes, without f, microseconds\n        n  points      full   limited",
  );
  for (const n of [2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000]) {
    const full = n <= 100 ? cost(n, FORM_FULL).toFixed(1) : "-";
    const limited = n >= 50 ? cost(n, FORM_LIMITED).toFixed(1) : "-";
    console.log(
      `${String(n).padStart(9)}${String(defaultPopulation(n)).padStart(8)}${full.padStart(10)}${limited.padStart(10)}`,
    );
  }
}
