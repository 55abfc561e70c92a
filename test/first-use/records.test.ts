// Options, bounds, params, priors and parts are plain records: what keeps its contents elsewhere than in properties was once taken
// for {} and ignored. Each entry refuses it with what came, before any work.
import { describe, expect, test } from "vitest";
import * as d from "../../src/index.js";
import { plot, plotRace } from "../../src/plot/index.js";

// biome-ignore lint/suspicious/noExplicitAny: wrong calls are what is tried.
const a = d as any;
const f = (x: ArrayLike<number>) => (x[0]! - 1) ** 2;
const data = { x: [0, 1, 2, 3, 4], y: [1, 2, 3, 4, 5.1] };
const line = { model: "a*x + b", ...data };
const box = { lower: [0], upper: [1] };
const fitted = d.curveFit(line);
class Options {
  maxIterations = 1;
}

const given: readonly (readonly [string, unknown, RegExp])[] = [
  ["a Map", new Map([["maxIterations", 1]]), /a Map/],
  ["a Set", new Set(["maxIterations"]), /a Set/],
  ["a Date", new Date(0), /a Date/],
  ["an instance", new Options(), /an Options/],
  ["a typed array", new Float64Array(2), /Float64Array of length 2/],
  ["a pattern", /a/, /a RegExp/],
];

/** Where a record belongs. */
const places: Readonly<Record<string, (record: never) => unknown>> = {
  minimize: (o) => d.minimize(f, [0], o),
  "minimize bounds": (bounds) => d.minimize(f, [0], { bounds }),
  minimizeScalar: (o) => d.minimizeScalar((x) => x * x, o),
  findRoot: (o) => d.findRoot((x) => x, o),
  solveEquations: (o) => d.solveEquations([f], [0], o),
  multistart: (o) => d.multistart(f, box, o),
  "multistart box": (b) => d.multistart(f, b),
  leastSquares: (o) => d.leastSquares((_p, out) => out.fill(0), 1, [1], o),
  "leastSquares bounds": (bounds) => d.leastSquares((_p, out) => out.fill(0), 1, [1], { bounds }),
  curveFit: (o) => d.curveFit(o),
  "curveFit params": (params) => d.curveFit({ ...line, params }),
  "curveFit one parameter": (one) => d.curveFit({ ...line, params: { a: one, b: 1 } }),
  "curveFit params of a function": (params) => d.curveFit({ ...line, model: (x: number) => x, params }),
  "curveFit params of rows": (params) =>
    a.curveFit({ ...line, y: data.y.map((v) => [v]), model: ["a*x"], params }),
  "curveFit x": (x) => d.curveFit({ ...line, x: x as never }),
  "a set of data": (set) => d.curveFit({ model: "a*x", data: [set] }),
  "curveFitMany params": (params) => d.curveFitMany({ ...line, params }),
  band: (o) => fitted.band([1], o),
  "sigma of x": (sigmaX) => d.curveFit({ ...line, sigmaX }),
  "a point of starts": (point) => d.curveFit({ ...line, starts: [point] }),
  posterior: (o) => d.posterior(fitted, o),
  prior: (prior) => d.posterior(fitted, { prior }),
  sample: (o) => d.sample(() => 0, [0], o),
  compileDensity: (params) => d.compileDensity("normal(a, 0, 1)", { params }),
  minimizeGlobal: (o) => d.minimizeGlobal(f, box, o),
  "minimizeGlobal box": (b) => d.minimizeGlobal(f, b),
  "a variable by name": (x) => a.minimizeGlobal(({ x: v }: { x: number }) => v, { x }),
  minimizeConstrained: (o) => d.minimizeConstrained(f, [0], o),
  equality: (equality) => d.minimizeConstrained(f, [0], { equality }),
  linear: (linear) => d.minimizeConstrained(f, [0], { linear }),
  "minimizeConstrained bounds": (bounds) => d.minimizeConstrained(f, [0], { bounds }),
  solveLP: (program) => d.solveLP(program),
  solveQP: (program) => d.solveQP(program),
  "options of solveLP": (o) => d.solveLP({ c: [1], lower: [0] }, o),
  cg: (o) => d.cg([[1]], [1], o),
  solve: (o) => d.solve([[1]], [1], o),
  adam: (o) => d.adam(o),
  optimizer: (o) => d.optimizer(2, d.adam(), o),
  cosine: (o) => d.schedules.cosine(o),
  dense: (o) => d.dense(2, o),
  network: (o) => d.network(o),
  ode: (derivatives) => a.ode(derivatives),
  evolve: (o) => d.evolve(o),
  plot: (o) => plot(fitted, o),
  plotRace: (results) => plotRace(results),
};

/** Numbers may stand there, too. */
const numbers = ["curveFit x", "sigma of x", "a point of starts"];

describe.each(given)("%s", (_name, value, shown) => {
  const meant = Object.entries(places).filter(
    ([where]) => !(ArrayBuffer.isView(value) && numbers.includes(where)),
  );
  test.each(meant)("for %s", (_where, call) => {
    let thrown: unknown;
    try {
      call(value as never);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(d.DownhillError);
    expect((thrown as d.DownhillError).code).toMatch(/^(OPTION|SHAPE)$/);
    expect((thrown as d.DownhillError).message).toMatch(shown);
  });
});

test("records of another realm, and without a prototype, are records", () => {
  const bare = Object.assign(Object.create(null), { maxIterations: 0 });
  // As of an iframe: its Object.prototype is another one.
  const foreign = Object.assign(Object.create(Object.create(null)), { maxIterations: 0 });
  for (const o of [bare, foreign]) expect(d.minimize(f, [0], o).reason).toBe("maxIterations");
});

test("bounds whose entries are no numbers are answered, whatever they do when they are compared", () => {
  const bare = Object.create(null) as number;
  for (const entry of [bare, Symbol("low") as never, 1n as never])
    expect(() => d.minimize(() => 0, [1], { bounds: [[entry, 2]] as never })).toThrow(
      /bounds must be an object/,
    );
});
