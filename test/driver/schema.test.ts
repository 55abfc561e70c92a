// What toJSON() writes follows the schema that ships with the package, in every room; and the schema names every field.
import { readFileSync } from "node:fs";
import { Ajv2020, type AnySchema } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import * as downhill from "../../src/index.js";

type Json = { [key: string]: unknown };
const schema = JSON.parse(readFileSync("src/driver/report.schema.json", "utf8")) as Json & {
  $defs: Record<string, Json>;
};

const validator = (given: AnySchema) => {
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  const validate = ajv.compile(given);
  return (value: unknown) => (validate(value) ? [] : (validate.errors ?? []));
};
const follows = validator(schema);
/** As the schema, and nothing beyond it. */
const exact = (kind: string) =>
  validator({ $ref: `#/$defs/${kind}`, unevaluatedProperties: false, $defs: schema.$defs } as AnySchema);

const rosenbrock = (x: Float64Array) => (1 - x[0]!) ** 2 + 100 * (x[1]! - x[0]! ** 2) ** 2;
const box = { lower: [-2, -2], upper: [2, 2] };
const A = [
  [4, 1],
  [1, 3],
];
const b = [1, 2];
const x = [0, 1, 2, 3, 4];
const y = [1, 3.1, 4.9, 7, 9.1];
const line = { model: "a + b*x", x, y, params: { a: 0, b: 1 } };
const residuals = (p: Float64Array, out: Float64Array) => out.set([p[0]! - 1, 2 * p[1]! + p[0]!, p[1]!]);
const sparse = downhill.csrFromDense(A);

function training() {
  const net = downhill.network({ inputs: 1, layers: [downhill.dense(1)], loss: "mse" });
  try {
    return net.fit([[0], [1], [2], [3]], [[1], [3], [5], [7]], { epochs: 2, validation: 0.25 });
  } finally {
    net.dispose();
  }
}

const walk = {
  start: 0,
  propose: (s: number, random: { below(n: number): number }) => s + random.below(3) - 1,
  logDensity: (s: number) => -s * s,
};

const rising = (v: Float64Array, g: Float64Array) => {
  g[0] = 1;
  return v[0]!;
};
const normal = {
  names: ["u"],
  logDensityGrad: (v: Float64Array, g: Float64Array) => {
    g[0] = -v[0]!;
    return -(v[0]! ** 2) / 2;
  },
};

const results: [kind: string, name: string, make: () => { toJSON(): Json }][] = [
  ["minimum", "minimize", () => downhill.minimize(rosenbrock, [0, 0], { trace: true })],
  ["minimum", "multistart", () => downhill.multistart(rosenbrock, box, { starts: 2 })],
  ["minimum", "a run without evaluations", () => downhill.minimize(rosenbrock, [0, 0], { maxTimeMs: 0 })],
  [
    "scalarMinimum",
    "minimizeScalar",
    () => downhill.minimizeScalar((v) => (v - 1) ** 2, { bracket: [0, 3] }),
  ],
  ["root", "findRoot", () => downhill.findRoot((v) => v * v - 2, { bracket: [0, 2] })],
  [
    "equationsRoot",
    "solveEquations",
    () => downhill.solveEquations((v, out) => out.set([v[0]! ** 2 - 2]), [1], { trace: true }),
  ],
  ["leastSquares", "leastSquares", () => downhill.leastSquares(residuals, 3, [3, 4], { trace: true })],
  ["fit", "curveFit", () => downhill.curveFit({ ...line, trace: true })],
  ["fit", "a fit with searched starts", () => downhill.curveFit({ ...line, params: undefined })],
  ["fit", "a fit without covariance", () => downhill.curveFit({ ...line, model: "a + b + x" })],
  [
    "fit",
    "a fit with ties and bounds",
    () => downhill.curveFit({ ...line, params: { a: { init: 2, min: 1.5 }, b: { expr: "a + 1" } } }),
  ],
  [
    "fit",
    "a fit of two sets",
    () =>
      downhill.curveFit({
        model: "a + b*x",
        data: [
          { x, y },
          { x, y: y.map((v) => v + 1) },
        ],
        params: { a: 0, b: { init: 1, shared: true } },
      }),
  ],
  ["odr", "odr", () => downhill.odr({ ...line, sigmaX: 0.1 })],
  [
    "comparison",
    "compareFits",
    () => downhill.compareFits(downhill.curveFit(line), downhill.curveFit({ ...line, model: "a + b*x^1.1" })),
  ],
  ["bootstrap", "bootstrap", () => downhill.bootstrap(downhill.curveFit(line), { draws: 9 })],
  ["fits", "curveFitMany", () => downhill.curveFitMany({ ...line, y: [y, [1, 2, NaN, 4, 5]] })],
  ["linearSolution", "cg", () => downhill.cg(sparse, b, { trace: true })],
  ["linearSolution", "lsqr", () => downhill.lsqr(sparse, b)],
  [
    "globalMinimum",
    "minimizeGlobal",
    () => downhill.minimizeGlobal(rosenbrock, box, { seed: 1, maxEvaluations: 500, trace: true }),
  ],
  [
    "globalMinimum",
    "minimizeGlobal with names",
    () =>
      downhill.minimizeGlobal(
        ((p: { u: number; v: number }) => p.u * p.u + p.v * p.v) as never,
        { u: { lower: -1, upper: 2 }, v: { lower: -1, upper: 1 } } as never,
        { seed: 1, maxEvaluations: 300 },
      ),
  ],
  [
    "evolution",
    "evolve",
    () =>
      downhill.evolve({
        genome: downhill.binary(8),
        fitness: (bits) => Array.from(bits as ArrayLike<number>).reduce((s, v) => s + Number(v), 0),
        maxEvaluations: 500,
      }),
  ],
  ["training", "fit of a network", training],
  ["convexProgram", "solveQP", () => downhill.solveQP({ P: A, q: b, lower: [0, 0] } as never)],
  [
    "convexProgram",
    "an infeasible one",
    () => downhill.solveLP({ c: [1], A: [[1], [1]], l: [2, -9], u: [9, 1] } as never),
  ],
  [
    "convexProgram",
    "a vertex",
    () => downhill.solveLP({ c: [1], A: [[1]], l: [2] } as never, { method: "simplex" }),
  ],
  ["convexProgram", "an unbounded one", () => downhill.solveLP({ c: [-1], lower: [0] } as never)],
  ["model", "model", () => downhill.model("max 3x + 5y; a: x <= 4; x + y <= 9; y >= 0").solve()],
  ["model", "an infeasible model", () => downhill.model("min x; a: x <= 4; b: x >= 5").solve()],
  [
    "constrainedMinimum",
    "minimizeConstrained",
    () =>
      downhill.minimizeConstrained((v) => v[0]! + v[1]!, [1, 1], {
        inequality: [(v) => 2 - v[0]! * v[0]! - v[1]! * v[1]!],
        bounds: { lower: -3 },
      }),
  ],
  [
    "convexMinimum",
    "proximalGradient",
    () => downhill.proximalGradient({ f: { A, b }, g: downhill.prox.l1(0.3), x0: [0, 0] }),
  ],
  [
    "convexMinimum",
    "admm",
    () => downhill.admm({ proxF: downhill.prox.l1(0.3), proxG: downhill.prox.squared(1, b), A }),
  ],
  [
    "convexMinimum",
    "chambollePock",
    () => downhill.chambollePock({ K: A, proxF: downhill.prox.squared(1, b), proxG: downhill.prox.l1(0.3) }),
  ],
  ["sparseRegression", "lasso", () => downhill.lasso(A, b, 0.1)],
  ["nonNegativeLeastSquares", "nnls", () => downhill.nnls(A, b)],
  ["lassoPath", "lassoPath", () => downhill.lassoPath(A, b, { count: 3, folds: 2 })],
  ["quantileRegression", "quantileRegression", () => downhill.quantileRegression(A, b)],
  ["supportVectorClassifier", "svm", () => downhill.svm(A, [1, -1])],
  [
    "denoisedPicture",
    "denoise",
    () =>
      downhill.denoise({ width: 2, height: 2, data: Uint8ClampedArray.of(1, 2, 3, 4) } as never, {
        lambda: 0.1,
      }),
  ],
  [
    "chains",
    "metropolisHastings",
    () => downhill.metropolisHastings(walk, { draws: 20, warmup: 5, seed: 1 }),
  ],
  [
    "posterior",
    "sample",
    () => downhill.sample((v) => -(v[0]! ** 2), [0], { draws: 20, warmup: 20, seed: 1 } as never),
  ],
  ["laplace", "laplace", () => downhill.laplace(normal, [0.3], { seed: 1 })],
  [
    "laplace",
    "laplace of a density without a mode",
    () => downhill.laplace({ ...normal, logDensityGrad: rising }, [0], { seed: 1 }),
  ],
  ["pathfinder", "pathfinder", () => downhill.pathfinder(normal, [0.3], { seed: 1 })],
  ["pathfinder", "one that failed", () => downhill.pathfinder(normal, [0], { seed: 1 })],
] as never;

test.each(results)("%s: %s", (kind, _, make) => {
  const json = JSON.parse(JSON.stringify(make())) as Json;
  expect(json.kind).toBe(kind);
  expect(follows(json)).toEqual([]);
  expect(exact(kind)(json)).toEqual([]);
});

test("every kind of the schema is met by a result here", () => {
  const kinds = (schema.oneOf as { $ref: string }[]).map(({ $ref }) => $ref.split("/").at(-1));
  expect([...new Set(results.map(([kind]) => kind))].sort()).toEqual(kinds.sort());
});

test("another version, a missing and a misshapen field are refused", () => {
  const good = JSON.parse(JSON.stringify(downhill.minimize(rosenbrock, [0, 0]))) as Json;
  const { nit, ...without } = good;
  for (const bad of [
    { ...good, version: 2 },
    without,
    { ...good, nit: `${nit}` },
    { ...good, kind: "minimun" },
  ])
    expect(follows(bad)).not.toEqual([]);
});
