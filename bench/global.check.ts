// The methods of minimizeGlobal and evolve by evaluations, which no machine changes: cmaes beside pycma, the multimodal set, tours, knapsacks.
// Run: npm run check -- global (about a minute). The functions of BBOB are not part of this project: bench/bbob.mjs is what a scorer takes.
import { binary, cmaes, evolve, minimizeGlobal, permutation, Random } from "../src/index.js";
import * as known from "../src/testfunctions/index.js";

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
const sum = (x: ArrayLike<number>, term: (v: number, i: number) => number): number => {
  let total = 0;
  for (let i = 0; i < x.length; i++) total += term(x[i]!, i);
  return total;
};

// Medians of pycma 4.4.0 over 15 seeds to f < 1e-8, x0 uniform in (-4, 4)^n, sigma 1, n = 5, 10, 20.
type Objective = (x: ArrayLike<number>) => number;
const PYCMA: readonly (readonly [string, Objective, readonly number[]])[] = [
  [
    "Rosenbrock",
    (x) => sum(x, (v, i) => (i > 0 ? 100 * (v - x[i - 1]! * x[i - 1]!) ** 2 + (1 - x[i - 1]!) ** 2 : 0)),
    [1526, 4941, 16197],
  ],
  ["sphere", (x) => sum(x, (v) => v * v), [635, 1361, 2550]],
  ["cigar", (x) => sum(x, (v, i) => (i > 0 ? 1e6 : 1) * v * v), [1660, 3843, 8197]],
  ["ellipsoid 1e6", (x) => sum(x, (v, i) => 10 ** ((6 * i) / (x.length - 1)) * v * v), [1387, 3952, 12918]],
];

console.log(
  "cmaes to 1e-8 beside pycma, medians of 15 seeds: evaluations, ratio; without local search; pycma's",
);
for (const [name, f, medians] of PYCMA)
  for (const [k, n] of [5, 10, 20].entries()) {
    const evaluations = (alone: boolean): number =>
      median(
        Array.from({ length: 15 }, (_, seed) => {
          const random = new Random(seed + 1, 99);
          const x0 = Array.from({ length: n }, () => 8 * random.uniform() - 4);
          const wide = { lower: Array(n).fill(-1000), upper: Array(n).fill(1000) };
          const method = cmaes({ x0, sigma: 1, ...(alone ? { portfolio: false, restarts: 0 } : {}) });
          const run = { method, seed: seed + 1, target: 1e-8, maxEvaluations: 200_000, polish: false };
          const r = minimizeGlobal(f, wide, run);
          return r.fun <= 1e-8 ? r.nfev : Infinity;
        }),
      );
    const [ours, alone, theirs] = [evaluations(false), evaluations(true), medians[k]!];
    const ratios = [ours, alone].map((used) => `${used} ${(used / theirs).toFixed(2)}`);
    console.log(`  ${name.padEnd(14)} ${n}  ${ratios.join("  ")}  ${theirs}`);
  }

// Evaluations: SciPy 1.17.1, differential_evolution(popsize=10, maxiter=600, tol=1e-8, polish=False), means of 10 seeds.
const SET = [
  [known.styblinskiTang(2), 580],
  [known.rastrigin(2), 1184],
  [known.rastrigin(10), 55590],
  [known.ackley(2), 1908],
  [known.ackley(10), 38020],
  [known.goldsteinPrice(), 692],
  [known.threeHump(), 2002],
  [known.branin(), 698],
] as const;
const allowed = SET.reduce((total, [, nfev]) => total + nfev, 0);
console.log(
  `\nmultimodal set, 10 seeds, f - f* <= 1e-3 max(1, |f*|): reached, mean evaluations of all (SciPy ${allowed})`,
);
for (const method of ["cmaes", "differentialEvolution", "genetic", "simulatedAnnealing"] as const) {
  let hits = 0;
  let evaluations = 0;
  const missed: string[] = [];
  for (const [problem] of SET) {
    const best = problem.minima.find(({ kind }) => kind === "global")!.f;
    const box = { lower: problem.box.map(([low]) => low), upper: problem.box.map(([, high]) => high) };
    let here = 0;
    for (let seed = 1; seed <= 10; seed++) {
      const r = minimizeGlobal((x) => problem.fun(x), box, { method, seed });
      evaluations += r.nfev / 10;
      if (r.fun - best <= 1e-3 * Math.max(1, Math.abs(best))) here++;
    }
    hits += here;
    if (here < 10) missed.push(`${problem.name}-${problem.n} ${here}`);
  }
  console.log(`  ${method.padEnd(22)} ${hits} of 80, ${Math.round(evaluations)}  ${missed.join(", ")}`);
}

console.log("\ntours of 100 random cities by evolve, 2 s: above the best of 300 descents by 2-opt");
for (const seed of [42, 43, 44]) {
  const n = 100;
  const random = new Random(seed);
  const at = Array.from({ length: n }, () => [random.uniform(), random.uniform()] as const);
  const far = Float64Array.from({ length: n * n }, (_, k) => {
    const [a, b] = [at[Math.floor(k / n)]!, at[k % n]!];
    return Math.sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]));
  });
  const length = (tour: ArrayLike<number>) => sum(tour, (city, i) => far[tour[(i + n - 1) % n]! * n + city]!);
  let best = Infinity;
  for (let descent = 0; descent < 300; descent++) best = Math.min(best, length(twoOpt(n, far, random)));
  const fitness = (tour: ArrayLike<number>) => -length(tour);
  const found = length(evolve({ genome: permutation(n), fitness, seed: 1, maxTimeMs: 2000 }).best);
  console.log(
    `  cities ${seed}: ${found.toFixed(4)} for ${best.toFixed(4)}, ${(100 * (found / best - 1)).toFixed(2)} %`,
  );
}

/** A random tour, mended by the best exchange of two edges until none is shorter. */
function twoOpt(n: number, far: Float64Array, random: Random): number[] {
  const tour = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [tour[i], tour[j]] = [tour[j]!, tour[i]!];
  }
  for (;;) {
    let gain = 1e-12;
    let cut: readonly [number, number] = [0, 0];
    for (let i = 0; i < n - 1; i++)
      for (let j = i + 2; j < n; j++) {
        const [a, b, c, d] = [tour[i]!, tour[i + 1]!, tour[j]!, tour[(j + 1) % n]!];
        const less = far[a * n + b]! + far[c * n + d]! - far[a * n + c]! - far[b * n + d]!;
        if (less > gain) [gain, cut] = [less, [i + 1, j]];
      }
    if (cut[1] === 0) return tour;
    for (let [i, j] = cut; i < j; i++, j--) [tour[i], tour[j]] = [tour[j]!, tour[i]!];
  }
}

let optimal = 0;
for (let seed = 1; seed <= 8; seed++) {
  const random = new Random(seed);
  const weight = Int32Array.from({ length: 100 }, () => 1 + random.below(50));
  const value = Int32Array.from({ length: 100 }, () => 1 + random.below(100));
  const room = 900;
  const table = new Float64Array(room + 1); // Bellman's: the most that fits into w
  for (let i = 0; i < 100; i++)
    for (let w = room; w >= weight[i]!; w--)
      table[w] = Math.max(table[w]!, table[w - weight[i]!]! + value[i]!);
  const fitness = (bits: ArrayLike<number>) => {
    const load = sum(bits, (bit, i) => bit * weight[i]!);
    return load <= room ? sum(bits, (bit, i) => bit * value[i]!) : 100 * (room - load);
  };
  if (evolve({ genome: binary(100), fitness, seed: 1 }).fitness === table[room]) optimal++;
}
console.log(`\nknapsacks of 100 items at the optimum of dynamic programming: ${optimal} of 8`);
