// An option given as undefined is one that was not given: every known option of the functions that take some, one after the other.

import { expect, test } from "vitest";
import * as d from "../../src/index.js";

type Given = Record<string, unknown>;

const x = [0, 1, 2, 3, 4, 5];
const y = [2, 1.1, 0.6, 0.35, 0.2, 0.1];
const line = "a + b*x";
const point = (v: number, p: Record<string, number>) => p.a! + p.b! * v;
const bowl = { fun: (p: ArrayLike<number>) => p[0]! * p[0]! + p[1]! * p[1]! };
const square = [
  [4, 1],
  [1, 3],
];
const residuals = (p: ArrayLike<number>, out: Float64Array) => {
  for (let i = 0; i < 3; i++) out[i] = p[0]! + i * p[1]! - i;
};

/** A call with its least options, by what gives them to it. */
const calls: Record<string, (more: Given) => unknown> = {
  curveFit: (more) => d.curveFit({ model: line, x, y, ...more }),
  "curveFit of a function": (more) =>
    d.curveFit({ model: point as never, x, y, params: { a: 1, b: 1 }, ...more }),
  "curveFit of counts": (more) =>
    d.curveFit({ model: line, x, y: [9, 8, 6, 5, 3, 2], likelihood: "poisson", ...more }),
  "curveFit of sets": (more) =>
    d.curveFit({
      model: line,
      data: [
        { x, y },
        { x, y },
      ],
      ...more,
    } as never),
  "curveFit of rows": (more) =>
    d.curveFit({ model: [line, "a + 0*b"], x, y: y.map((v) => [v, 1]), ...more } as never),
  curveFitAsync: (more) => d.curveFitAsync({ model: line, x, y, ...more }),
  iterateCurveFit: (more) => [...d.iterateCurveFit({ model: line, x, y, ...more })],
  curveFitStudent: (more) => d.curveFitStudent({ model: line, x, y, ...more }),
  curveFitVector: (more) =>
    d.curveFitVector({ model: [line, "a + 0*b"], x, y: y.map((v) => [v, 1]), ...more } as never),
  odr: (more) => d.odr({ model: line, x, y, sigmaX: 0.1, ...more }),
  curveFitMany: (more) => d.curveFitMany({ model: line, x, y: [y, y], ...more } as never),
  fitPeaks: (more) => d.fitPeaks({ x, y: [0, 1, 5, 4.9, 1, 0], ...more } as never),
  leastSquares: (more) => d.leastSquares(residuals, 3, [1, 2], more),
  leastSquaresAsync: (more) => d.leastSquaresAsync(residuals, 3, [1, 2], more),
  iterateLeastSquares: (more) => [...d.iterateLeastSquares(residuals, 3, [1, 2], more)],
  minimize: (more) => d.minimize(bowl, [1, 2], more),
  minimizeAsync: (more) => d.minimizeAsync(bowl, [1, 2], more),
  iterate: (more) => [...d.iterate(bowl, [1, 2], more)],
  minimizeScalar: (more) => d.minimizeScalar((v) => v * v, { bounds: [-1, 2], ...more }),
  findRoot: (more) => d.findRoot((v) => v - 1, { bracket: [0, 3], ...more }),
  solveEquations: (more) =>
    d.solveEquations(
      (p, out) => {
        out[0] = p[0]! - 1;
      },
      [3],
      more,
    ),
  minimizeGlobal: (more) =>
    d.minimizeGlobal(bowl.fun, { lower: [-1, -1], upper: [1, 1] }, { maxEvaluations: 500, ...more }),
  iterateGlobal: (more) => [
    ...d.iterateGlobal(bowl.fun, { lower: [-1, -1], upper: [1, 1] }, { maxEvaluations: 300, ...more }),
  ],
  minimizeConstrained: (more) => d.minimizeConstrained(bowl.fun, [1, 2], more as never),
  iterateConstrained: (more) => [...d.iterateConstrained(bowl.fun, [1, 2], more as never)],
  solveLP: (more) => d.solveLP({ c: [1, 1], A: [[1, 2]], l: [1], u: [4] }, more),
  solveQP: (more) => d.solveQP({ P: square, q: [1, 1], A: [[1, 2]], l: [1], u: [4] } as never, more),
  qpSession: (more) =>
    d.qpSession({ P: square, q: [1, 1], A: [[1, 2]], l: [1], u: [4] } as never, more)[Symbol.dispose](),
  nnls: (more) => d.nnls(square, [1, 2], more),
  lasso: (more) => d.lasso(square, [1, 2], 0.1, more),
  elasticNet: (more) => d.elasticNet(square, [1, 2], { lambda: 0.1, ...more }),
  lassoPath: (more) => d.lassoPath(square, [1, 2], more),
  denoise: (more) => d.denoise({ width: 3, height: 1, data: [1, 2, 1] }, { lambda: 0.1, ...more } as never),
  quantileRegression: (more) => d.quantileRegression([[1], [2], [3]], [1, 2, 4], more),
  svm: (more) => d.svm([[1], [2], [-1], [-2]], [1, 1, -1, -1], more),
  cg: (more) => d.cg(square, [1, 2], more),
  gmres: (more) => d.gmres(square, [1, 2], more),
  minres: (more) => d.minres(square, [1, 2], more),
  bicgstab: (more) => d.bicgstab(square, [1, 2], more),
  jacobi: (more) => d.jacobi(square, [1, 2], more),
  gaussSeidel: (more) => d.gaussSeidel(square, [1, 2], more),
  lsqr: (more) => d.lsqr(square, [1, 2], more),
  lsmr: (more) => d.lsmr(square, [1, 2], more),
  solve: (more) => d.solve(square, [1, 2], more),
  lstsq: (more) => d.lstsq(square, [1, 2], more),
  polyfit: (more) => d.polyfit(x, y, 1, more),
  matmul: (more) => d.matmul(square, square, more),
  lbfgs: (more) => d.lbfgs(more),
  newton: (more) => d.newton(more),
  nelderMead: (more) => d.nelderMead(more),
  trustRegion: (more) => d.trustRegion(more as never),
  cmaes: (more) => d.cmaes(more),
  differentialEvolution: (more) => d.differentialEvolution(more),
  simulatedAnnealing: (more) => d.simulatedAnnealing(more),
  genetic: (more) => d.genetic(more),
  sqp: (more) => d.sqp(more),
  interiorPoint: (more) => d.interiorPoint(more),
  augmentedLagrangian: (more) => d.augmentedLagrangian(more),
  simplex: (more) => d.simplex(more),
  adam: (more) => d.adam(more as never),
  compileModel: (more) => d.compileModel(line, more),
  compileObjective: (more) => d.compileObjective("a^2 + b^2", more),
  sample: (more) =>
    d.sample((p: ArrayLike<number>) => (-p[0]! * p[0]!) / 2, [0.1], {
      method: "ensemble",
      chains: 4,
      draws: 20,
      warmup: 20,
      seed: 1,
      ...more,
    } as never),
  network: (more) =>
    d.network({ inputs: 2, layers: [d.dense(1)], loss: "mse", ...more } as never).dispose?.(),
};

/** Options that the calls cannot do without; not given, each of them is missing. */
const needed = "model x y params sigmaX data bracket lambda inputs layers loss".split(" ");

/** The message of the error of a call, or null. */
const refusal = (call: () => unknown): Promise<string | null> =>
  Promise.resolve()
    .then(call)
    .then(
      () => null,
      (error: Error) => error.message,
    );

test.each(Object.entries(calls))("%s", async (_, call) => {
  const unknown = await refusal(() => call({ qqqqqqqqqqqqqqqqqqqqqqqqqqqqqq: undefined }));
  const names = /known options: (.*)\)$/.exec(unknown ?? "")?.[1]?.split(", ") ?? [];
  expect(names).not.toEqual([]);
  const refused: string[] = [];
  for (const option of names) {
    const message = await refusal(() => call({ [option]: undefined }));
    if (message !== null && !needed.includes(option)) refused.push(message);
  }
  expect(refused).toEqual([]);
});

test("a set of several, a whole number, a tied parameter", () => {
  const set = { x, y, sigma: undefined, label: undefined, mask: undefined, weights: undefined };
  expect(d.curveFit({ model: line, data: [set, set] } as never).success).toBe(true);
  const params = { a: { init: 1, min: undefined, max: undefined, fixed: undefined, integer: true }, b: 1 };
  const whole = d.curveFit({ model: line, x, y, params, data: undefined } as never);
  expect(whole.values.a).toBe(2);
});
