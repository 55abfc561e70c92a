// The table of claims: every method under every search, every first-order rule at three rates, over functions whose gradients
// and minima are known in closed form, from several starts, free and in a box, under four sets of tolerances. What says
// "converged" is judged by the exact gradient (projected, in a box) or by the known minimum.
import * as downhill from "../../src/index.js";
import { lineSearchNames, type MinimizeResult, minimize, minimizers, type Rule } from "../../src/index.js";

type Point = ArrayLike<number>;
interface Known {
  readonly name: string;
  readonly fun: (x: Point) => number;
  readonly grad: (x: Point, out: { [i: number]: number }) => void;
  /** The minimum, and that within -2 to 2. */
  readonly min: number;
  readonly boxed: number;
}

const ellipse = (
  name: string,
  a: number,
  b: number,
  x0: number,
  y0: number,
  c: number,
  boxed = c,
): Known => ({
  name,
  fun: (x) => c + a * (x[0]! - x0) ** 2 + b * (x[1]! - y0) ** 2,
  grad: (x, out) => {
    out[0] = 2 * a * (x[0]! - x0);
    out[1] = 2 * b * (x[1]! - y0);
  },
  min: c,
  boxed,
});

export const functions: readonly Known[] = [
  ellipse("round", 1, 3, 0.2, 0.7, 0),
  ellipse("narrow", 1, 1e4, 0, 0, 0),
  ellipse("high, its minimum outside the box", 1, 1, 3, -1, 100, 101),
  {
    name: "Rosenbrock",
    fun: (x) => (1 - x[0]!) ** 2 + 100 * (x[1]! - x[0]! ** 2) ** 2,
    grad: (x, out) => {
      out[0] = -2 * (1 - x[0]!) - 400 * x[0]! * (x[1]! - x[0]! ** 2);
      out[1] = 200 * (x[1]! - x[0]! ** 2);
    },
    min: 0,
    boxed: 0,
  },
  {
    name: "flat: a Hessian of 0 at the minimum",
    fun: (x) => (x[0]! - 0.5) ** 4 + (x[1]! + 0.25) ** 4,
    grad: (x, out) => {
      out[0] = 4 * (x[0]! - 0.5) ** 3;
      out[1] = 4 * (x[1]! + 0.25) ** 3;
    },
    min: 0,
    boxed: 0,
  },
  {
    name: "two wells on a height of a million",
    fun: (x) => 1e6 + x[0]! ** 4 / 4 - x[0]! ** 2 / 2 + x[1]! ** 2 / 2,
    grad: (x, out) => {
      out[0] = x[0]! ** 3 - x[0]!;
      out[1] = x[1]!;
    },
    min: 1e6 - 0.25,
    boxed: 1e6 - 0.25,
  },
];

export const starts: readonly (readonly number[])[] = [
  [0.9, 0.1],
  [-1.2, 1],
  [1.9, -1.7],
  [0.1, 1.5],
  [-0.7, -2],
  [2, 2],
];
export const tolerances = [
  { stepTol: 1e-8 },
  { funTol: 1e-8 },
  { stepTol: 1e-6, funTol: 1e-10 },
  {},
] as const;
export const box = { lower: [-2, -2], upper: [2, 2] };

export const ruleNames = [
  ...["sgd", "asgd", "adagrad", "adadelta", "rmsprop", "adam", "adamw"],
  ...["adamax", "nadam", "radam", "amsgrad", "rprop", "deltaBarDelta", "lion"],
];
export const factories = downhill as unknown as Record<string, (o: object) => Rule>;

/** Every method as it is given, with a label. */
export const methods: readonly (readonly [string, object])[] = [
  ...Object.keys(minimizers).flatMap((method): [string, object][] =>
    ["trustRegion", "nelderMead"].includes(method)
      ? [[method, { method }]]
      : lineSearchNames.map((lineSearch) => [`${method}, ${lineSearch}`, { method, lineSearch }]),
  ),
  ...ruleNames.flatMap((name) =>
    [1e-4, 1e-2, 0.3].map((lr): [string, object] => [
      `${name}, rate ${lr}`,
      { method: factories[name]!({ lr }), maxIterations: 2000 },
    ]),
  ),
];

/** max |g| of what the box leaves free to move. */
function gradientAt(known: Known, x: Point, boxed: boolean): number {
  const g = [0, 0];
  known.grad(x, g);
  let most = 0;
  for (let j = 0; j < 2; j++) {
    const held = boxed && ((x[j] === -2 && g[j]! > 0) || (x[j] === 2 && g[j]! < 0));
    if (!held) most = Math.max(most, Math.abs(g[j]!));
  }
  return most;
}

/** What is untrue of a claim, or nothing. */
function untrue(known: Known, r: MinimizeResult, boxed: boolean, gradTol: number): string {
  const f = known.fun(r.x);
  if (!Object.is(f, r.fun)) return `fun is ${r.fun}, f(x) is ${f}`;
  const above = f - (boxed ? known.boxed : known.min);
  const g = gradientAt(known, r.x, boxed);
  // A gradient that was claimed is one; another claim is true at a minimum.
  if (r.reason === "gradient") return g <= gradTol ? "" : `the gradient is ${g}, not <= ${gradTol}`;
  const near = above <= 1e-6 * Math.max(1, Math.abs(f));
  return near || g <= gradTol ? "" : `${r.reason} at ${f}, ${above} above the minimum, gradient ${g}`;
}

export interface Count {
  runs: number;
  claims: number;
  readonly wrong: string[];
}

/** Runs of the given methods and starts, over all functions, boxes and tolerances. */
export function countClaims(of: typeof methods, from: typeof starts): Count {
  const count: Count = { runs: 0, claims: 0, wrong: [] };
  for (const known of functions)
    for (const [label, options] of of)
      for (const start of from)
        for (const boxed of [false, true]) {
          if (boxed && label.startsWith("nonlinearCG")) continue;
          for (const some of tolerances) {
            const bounds = boxed ? box : undefined;
            const { fun, grad } = known;
            const r = minimize({ fun, grad }, start, { ...options, ...some, bounds });
            count.runs++;
            if (!r.success) continue;
            count.claims++;
            const problem = untrue(known, r, boxed, 1e-8);
            if (problem)
              count.wrong.push(
                `${known.name}; ${label}; from ${start}${boxed ? " in the box" : ""}; ${JSON.stringify(some)}: ${problem}`,
              );
          }
        }
  return count;
}
