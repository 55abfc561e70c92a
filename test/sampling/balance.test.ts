// Detailed balance of every kernel. Chains start from exact draws of the target and make one transition without a warm-up: as many go
// from cell i to cell j as back (Bowker's test of symmetry, 1948), and as many end in a cell as it has mass (Pearson's).
import { expect, test } from "vitest";
import {
  ensemble,
  hmc,
  type LogDensity,
  mala,
  metropolis,
  nuts,
  Random,
  type SamplingMethod,
  sample,
  slice,
} from "../../src/index.js";
import { chiSquareUpper } from "../../src/stats/distributions.js";

const CHAINS = 4000;
/** Slices of the first coordinate, of equal mass. */
const SLICES = 5;

/** x logistic, y given x normal about x/2: not normal, not symmetric in its coordinates, and drawn exactly. */
const density: LogDensity = {
  names: ["x", "y"],
  logDensityGrad([x, y]: Float64Array, g: Float64Array) {
    const t = Math.tanh(x! / 2);
    const r = y! - x! / 2;
    g[0] = -t + r / 2;
    g[1] = -r;
    return -2 * Math.log(Math.cosh(x! / 2)) - (r * r) / 2;
  },
};
/** The first coordinate alone. */
const one: LogDensity = {
  names: ["x"],
  logDensityGrad([x]: Float64Array, g: Float64Array) {
    g[0] = -Math.tanh(x! / 2);
    return -2 * Math.log(Math.cosh(x! / 2));
  },
};

const cellOf = (point: ArrayLike<number>): number => {
  const slice = Math.min(SLICES - 1, Math.floor(SLICES / (1 + Math.exp(-point[0]!))));
  return point.length === 1 ? slice : 2 * slice + (point[1]! > point[0]! / 2 ? 1 : 0);
};

/** Transitions counted by cell; `halves`: of the first half of the chains only. */
function counted(target: LogDensity, method: SamplingMethod, halves = 1, own?: "fisher") {
  const d = target.names!.length;
  const random = new Random(7);
  const starts = Array.from({ length: CHAINS }, () => {
    const u = random.uniform();
    const x = Math.log(u / (1 - u));
    return d === 1 ? [x] : [x, x / 2 + random.normal()];
  });
  // A metric of its own: the default one begins as the gradient at the start says, and so would be another one on the way back.
  const metric = own ?? ({ kind: "diagonal", inverse: Array.from({ length: d }, () => 1) } as const);
  const options = { method, metric, chains: CHAINS, draws: 1, warmup: 0, seed: 3, checkGradient: false };
  const { draws } = sample(target, starts, options);
  const cells = d * SLICES;
  const moves = Array.from({ length: cells }, () => new Float64Array(cells));
  const chains = CHAINS / halves;
  let moved = 0;
  for (let c = 0; c < chains; c++) {
    const end = draws.subarray(c * d, (c + 1) * d);
    if (end[0] !== starts[c]![0]) moved++;
    moves[cellOf(starts[c]!)]![cellOf(end)]!++;
  }
  return { moves, cells, moved: moved / chains };
}

/** P of counts so unlike under balance, and of ends so unlike the target. */
function judge({ moves, cells }: ReturnType<typeof counted>) {
  let asymmetry = 0;
  let pairs = 0;
  let distance = 0;
  const total = moves.reduce((sum, row) => sum + row.reduce((a, b) => a + b, 0), 0);
  for (let i = 0; i < cells; i++) {
    let ends = 0;
    for (let j = 0; j < cells; j++) {
      ends += moves[j]![i]!;
      const both = moves[i]![j]! + moves[j]![i]!;
      if (j >= i || both < 10) continue;
      asymmetry += (moves[i]![j]! - moves[j]![i]!) ** 2 / both;
      pairs++;
    }
    distance += (ends - total / cells) ** 2 / (total / cells);
  }
  expect(pairs).toBeGreaterThan(cells / 2);
  return { balance: chiSquareUpper(asymmetry, pairs), stationary: chiSquareUpper(distance, cells - 1) };
}

const kernels: readonly (readonly [string, SamplingMethod, LogDensity, number])[] = [
  ["random walk", metropolis({ scale: 1.5 }), density, 1],
  ["mala", mala({ stepSize: 1.2 }), density, 1],
  ["hmc", hmc({ stepSize: 0.9, steps: 3, jitter: 0.3 }), density, 1],
  ["nuts", nuts({ stepSize: 0.7, maxTreeDepth: 4 }), density, 1],
  // One coordinate after the other is not its own reverse; each of them is.
  ["slice", slice({ width: 2 }), one, 1],
  // The half that moves first, about the points of the other.
  ["ensemble", ensemble(), density, 2],
];

test.each(kernels)("%s", (_name, method, target, halves) => {
  const found = counted(target, method, halves);
  expect(found.moved).toBeGreaterThan(0.2);
  const { balance, stationary } = judge(found);
  expect(balance).toBeGreaterThan(1e-4);
  expect(stationary).toBeGreaterThan(1e-4);
});

test("a kernel that is not balanced is found out: one whose metric is that of the gradient at the start", () => {
  const { balance } = judge(counted(density, mala({ stepSize: 1.2 }), 1, "fisher"));
  expect(balance).toBeLessThan(1e-4);
});
