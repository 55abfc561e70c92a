// Global search: a generation of CMA-ES in the core against the same one in plain JavaScript written for speed (bench/plain/cma.ts), same seed, same
// values, the first generations compared before the clock starts; a whole search of Rastrigin's function as a compiled
// objective, whose generations are evaluated in the core, against the same function in JavaScript. At the end, what one generation costs
// without f, by the number of variables: n^2 in the full form to 100, in proportion to n in the limited form beyond.

import { FORM_FULL, FORM_LIMITED } from "../src/abi/global.js";
import { cmaParameters, defaultPopulation } from "../src/global/cma-parameters.js";
import { CmaRun } from "../src/global/cma-run.js";
import { binary, compileObjective, evolve, minimizeGlobal, permutation, Random } from "../src/index.js";
import { bench, wanted } from "./harness.js";
import { PlainGeneration } from "./plain/cma.js";

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
    const twin = new PlainGeneration(
      n,
      rows,
      cmaParameters(n, rows, FORM_FULL, true),
      new Random(1, 1),
      1.5,
      0.2,
    );
    let [g, h] = [0, 0];
    const ours = () => {
      run.ask();
      for (let k = 0; k < rows; k++) run.values[k] = noise(k, g);
      g++;
      return run.tell(Infinity);
    };
    const peer = () => {
      twin.ask();
      for (let k = 0; k < rows; k++) twin.values[k] = noise(k, h);
      h++;
      return twin.tell();
    };
    // With more variables than points the first covariance has equal eigenvalues, whose vectors are anybody's: the ways part there.
    for (let generation = 0; generation < (n > rows ? 1 : 3); generation++) {
      ours();
      peer();
      for (let j = 0; j < n; j++)
        if (!(Math.abs(run.mean[j]! - twin.mean[j]!) < 1e-9)) throw new Error("the twin goes another way");
    }
    return {
      ours,
      peer,
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

/** Microseconds of processor time of a generation: the least of seven passes. */
function cost(n: number, form: number): number {
  const run = runOf(n, form);
  const { rows } = run;
  const generations = Math.max(10, Math.min(2000, Math.ceil(1e6 / (n * rows))));
  let least = Infinity;
  for (let pass = 0; pass < 7; pass++) {
    const start = process.cpuUsage();
    for (let g = 0; g < generations; g++) {
      run.ask();
      for (let k = 0; k < rows; k++) run.values[k] = noise(k, g);
      run.tell(Infinity);
    }
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, (user + system) / generations);
  }
  run.release();
  return least;
}

if (wanted("global cost of a generation")) {
  console.log(
    "\ncost of one generation of cmaes, without f, microseconds of processor time\n        n  points      full   limited",
  );
  for (const n of [2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000]) {
    const full = n <= 100 ? cost(n, FORM_FULL).toFixed(1) : "-";
    const limited = n >= 50 ? cost(n, FORM_LIMITED).toFixed(1) : "-";
    console.log(
      `${String(n).padStart(9)}${String(defaultPopulation(n)).padStart(8)}${full.padStart(10)}${limited.padStart(10)}`,
    );
  }
}

/** Seconds of processor time, the least of three. */
function seconds(work: () => unknown): number {
  let least = Infinity;
  for (let pass = 0; pass < 3; pass++) {
    const began = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(began);
    least = Math.min(least, (user + system) / 1e6);
  }
  return least;
}

/** The shortest tour of so many descents by 2-opt from random tours. */
function twoOpt(n: number, d: Float64Array, descents: number): number {
  const random = new Random(1);
  let best = Infinity;
  for (let k = 0; k < descents; k++) {
    const tour = random.shuffle(Int32Array.from({ length: n }, (_, i) => i));
    for (let better = true; better; ) {
      better = false;
      for (let i = 0; i < n - 1; i++)
        for (let j = i + 2; j < n - (i === 0 ? 1 : 0); j++) {
          const [a, b, c, e] = [tour[i]!, tour[i + 1]!, tour[j]!, tour[(j + 1) % n]!];
          if (d[a * n + c]! + d[b * n + e]! >= d[a * n + b]! + d[c * n + e]! - 1e-12) continue;
          tour.subarray(i + 1, j + 1).reverse();
          better = true;
        }
    }
    best = Math.min(best, lengthOf(n, d, tour));
  }
  return best;
}

function lengthOf(n: number, d: Float64Array, tour: Int32Array): number {
  let sum = d[tour[n - 1]! * n + tour[0]!]!;
  for (let i = 1; i < n; i++) sum += d[tour[i - 1]! * n + tour[i]!]!;
  return sum;
}

if (wanted("global tour of 100 cities")) {
  const n = 100;
  for (const cities of [42, 43, 44]) {
    const random = new Random(cities);
    const places = Array.from({ length: n }, () => [random.uniform(), random.uniform()] as const);
    const d = Float64Array.from({ length: n * n }, (_, k) => {
      const [a, b] = [places[Math.floor(k / n)]!, places[k % n]!];
      return Math.hypot(a[0] - b[0], a[1] - b[1]);
    });
    const known = twoOpt(n, d, 300);
    let length = 0;
    const time = seconds(() => {
      const fitness = (tour: Int32Array) => -lengthOf(n, d, tour);
      length = -evolve({ genome: permutation(n), fitness, seed: 1, maxEvaluations: 500_000 }).fitness;
    });
    const over = 100 * (length / known - 1);
    console.log(
      `global tour of 100 cities (${cities}): ${length.toFixed(4)}, ${over.toFixed(1)} % over the best of 300 descents by 2-opt, ` +
        `${time.toFixed(2)} s of processor time (4 % and 2 s wanted)`,
    );
  }
}

if (wanted("global knapsack of 100 items")) {
  for (const seed of [5, 6, 7]) {
    const random = new Random(seed);
    const weight = Int32Array.from({ length: 100 }, () => 1 + random.below(50));
    const value = Int32Array.from({ length: 100 }, () => 1 + random.below(100));
    const room = 900;
    const table = new Float64Array(room + 1);
    for (let i = 0; i < 100; i++)
      for (let w = room; w >= weight[i]!; w--)
        table[w] = Math.max(table[w]!, table[w - weight[i]!]! + value[i]!);
    const fitness = (bits: Uint8Array) => {
      let [load, worth] = [0, 0];
      for (let i = 0; i < 100; i++) {
        if (!bits[i]) continue;
        load += weight[i]!;
        worth += value[i]!;
      }
      return load <= room ? worth : 100 * (room - load);
    };
    let found = 0;
    const time = seconds(() => {
      found = evolve({
        genome: binary(100),
        fitness,
        seed: 1,
        popSize: 200,
        maxEvaluations: 300_000,
      }).fitness;
    });
    console.log(
      `global knapsack of 100 items (${seed}): ${found}, ${table[room]} by dynamic programming, ${time.toFixed(2)} s of processor time`,
    );
  }
}
