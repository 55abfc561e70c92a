// An option beside the function would be left out without a word: each function that takes parts refuses it, whatever library it is of.
// What a function keeps for itself is its own.
import { describe, expect, test } from "vitest";
import * as d from "../../src/index.js";
import { rosenbrock } from "../../src/testfunctions/index.js";

const fun = ([x, y]: ArrayLike<number> & Iterable<number>) => (x! - 1) * (x! - 1) + (y! - 2) * (y! - 2);
const grad = ([x, y]: ArrayLike<number> & Iterable<number>, out: Float64Array) => {
  out[0] = 2 * (x! - 1);
  out[1] = 2 * (y! - 2);
};
const box = { lower: [0, 0], upper: [3, 3] };
// biome-ignore lint/suspicious/noExplicitAny: wrong calls are what is tried.
type Parts = any;
const takers: Record<string, (f: Parts) => unknown> = {
  minimize: (f) => d.minimize(f, [0, 0]),
  iterate: (f) => d.iterate(f, [0, 0]).return?.(),
  minimizeConstrained: (f) => d.minimizeConstrained(f, [0, 0]),
  iterateConstrained: (f) => d.iterateConstrained(f, [0, 0]).return?.(),
  checkGradient: (f) => d.checkGradient(f, [0, 0]),
  multistart: (f) => d.multistart(f, box, { starts: 2 }),
  minimizeGlobal: (f) => d.minimizeGlobal(f, box, { maxEvaluations: 50 }),
};
const options = {
  ...{ lower: [0, 0], upper: [1, 1], lb: [0, 0], ub: [1, 1], bounds: box },
  ...{ constraints: [], equality: [], inequality: [], eq: [], ineq: [], cons: [], linear: {} },
  ...{ method: "BFGS", algorithm: "LD_MMA", options: {}, args: [1] },
  ...{ maximize: true, maximise: true, sense: "max" },
  ...{ tol: 1e-3, tolerance: 1e-3, gtol: 1e-3, ftol_rel: 1e-3, xtolAbs: 1e-3, gradTol: 1, feasTol: 1 },
  ...{ maxiter: 3, max_iter: 3, maxIterations: 3, maxfev: 3, maxFun: 3, maxeval: 3, maxTimeMs: 3 },
};

describe.each(Object.entries(takers))("%s", (_, take) => {
  test.each(Object.entries(options))("refuses %s", (name, value) => {
    expect(() => take({ fun, grad, [name]: value })).toThrow(new RegExp(`f has no part "${name}" .*options`));
  });
  test("lets a function keep what is its own", () => {
    const own = { fun, grad, name: "bowl", n: 2, x0: [0, 0], data: [1, 2], target: [1, 2], scale: 3, min: 0 };
    expect(() => take(own)).not.toThrow();
    const alike = [
      "constants",
      "consumption",
      "equation",
      "equilibrium",
      "maxFlow",
      "maxItems",
      "tolls",
      "toluene",
      "controls",
    ];
    for (const name of alike) expect(() => take({ fun, grad, [name]: 1 }), name).not.toThrow();
    expect(() => take(rosenbrock(2))).not.toThrow();
    expect(() => take({ fun, grad, bounds: undefined })).not.toThrow();
  });
  test("names what takes a compiled program", () => {
    if (_.includes("Constrained")) return;
    using program = d.compileProgram("min (x - 1)^2 + y^2 s.t. x + y <= 1");
    expect(() => take(program)).toThrow(/minimizeConstrained takes programs/);
  });
});

test("bounds as SciPy writes them are turned into ours, whatever side is missing", () => {
  const call = (bounds: unknown) => () => d.minimize(fun as never, [0, 0], { bounds: bounds as never });
  const pairs =
    /write \{ lower: pairs.map\(\(p\) => p\[0\] \?\? -Infinity\), upper: pairs.map\(\(p\) => p\[1\] \?\? Infinity\) \}/;
  for (const bounds of [
    [
      [0, null],
      [0, null],
    ],
    [
      [null, 3],
      [0, 1],
    ],
    [
      [null, null],
      [undefined, 4],
    ],
    [
      [0, 1],
      [-Infinity, 2],
    ],
  ])
    expect(call(bounds)).toThrow(pairs);
  expect(
    call([
      [0, 0],
      [2, 2],
    ]),
  ).toThrow(/lower: bounds\[0\], upper: bounds\[1\]/);
});

test("a point of a compiled objective is given by names wherever one is given", () => {
  using f = d.compileObjective("(x - 1)^2 + 4*(y - 2)^2");
  const at = { y: 3, x: 5 };
  const from = [5, 3];
  expect(d.minimizeConstrained(f, at).x).toEqual(d.minimizeConstrained(f, from).x);
  expect([...d.minimizeConstrained(f, at, { maximize: true, bounds: { lower: 0, upper: 9 } }).x]).toEqual([
    9, 9,
  ]);
  expect([...d.iterateConstrained(f, at).result.x]).toEqual([...d.iterateConstrained(f, from).result.x]);
  expect(d.checkGradient(f, at)).toEqual(d.checkGradient(f, from));
  // An object of a class is as good as a plain one.
  class Point {
    x = 5;
    y = 3;
  }
  expect(d.minimize(f, { ...new Point() }).x).toEqual(d.minimize(f, from).x);
  expect(d.minimize(f, new Point() as unknown as Readonly<Record<string, number>>).x).toEqual(
    d.minimize(f, from).x,
  );
  expect(() => d.minimizeConstrained(f, { x: 1, z: 2 })).toThrow(
    /minimizeConstrained: x0: there is no variable "z"/,
  );
  expect(() => d.minimizeConstrained(f, { x: 1 })).toThrow(/x0 has no value for "y"/);
});
