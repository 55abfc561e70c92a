// A state taken at the last iteration that a limit allows, when the answer has been worked out already: what goes on from it takes
// the steps of a run that was never stopped.

import { expect, test } from "vitest";
import {
  dogleg,
  iterateCurveFit,
  iterateLeastSquares,
  type LeastSquaresMethod,
  levenberg,
} from "../../src/index.js";

const x = Array.from({ length: 30 }, (_, i) => 0.15 * i);
const y = x.map(
  (t, i) =>
    2 * Math.exp(-0.5 * t) + Math.exp(-0.7 * t) + 0.5 * Math.exp(-1.2 * t) + 1e-3 * Math.sin(9 * i * i),
);
const params = { a: 1, b: 0.3, c: 1, d: 1, f: 1, g: 2 };
const text = "a*exp(-b*x) + c*exp(-d*x) + f*exp(-g*x)";
const start = Object.values(params);

const residuals = (p: Float64Array, out: Float64Array): void => {
  for (let i = 0; i < x.length; i++) {
    out[i] = -y[i]!;
    for (let k = 0; k < 6; k += 2) out[i]! += p[k]! * Math.exp(-p[k + 1]! * x[i]!);
  }
};

const methods: [string, LeastSquaresMethod | "levenbergMarquardt" | "gaussNewton"][] = [
  ["levenbergMarquardt", "levenbergMarquardt"],
  ["gaussNewton", "gaussNewton"],
  ["levenberg", levenberg()],
  ["dogleg", dogleg()],
];
const LIMIT = 40;

interface Run {
  next(): IteratorResult<unknown, unknown>;
  state(): object;
  result: { nit: number; nfev: number; njev: number; reason: string };
}
type Begin = (more: object) => Run;

function bits({ result }: Run, point: (result: never) => ArrayLike<number>): string {
  const { nit, nfev, njev, reason } = result;
  return JSON.stringify([nit, nfev, njev, reason, Array.from(point(result as never))]);
}

function check(begin: Begin, point: (result: never) => ArrayLike<number>): void {
  const whole = begin({ maxIterations: LIMIT });
  while (!whole.next().done);
  for (let cut = 1; cut <= 12; cut++) {
    const first = begin({ maxIterations: cut });
    let state = {};
    while (!first.next().done) state = structuredClone(first.state());
    const rest = begin({ maxIterations: LIMIT, resume: state });
    while (!rest.next().done);
    expect(bits(rest, point), `cut after ${cut}`).toBe(bits(whole, point));
  }
}

test.each(methods)("%s of a text", (_, method) => {
  check(
    (more) => iterateCurveFit({ model: text, x, y, params, method, ...more }) as unknown as Run,
    ({ values }: { values: Record<string, number> }) => Object.values(values),
  );
});

test.each(methods)("%s of a function, robust", (_, method) => {
  check(
    (more) =>
      iterateLeastSquares(residuals, 30, start, {
        method,
        loss: "huber",
        lossScale: 1e-3,
        ...more,
      }) as unknown as Run,
    ({ x: at }: { x: Float64Array }) => at,
  );
});

test.each(methods)("%s stopped in the iteration that converges, the scale found in passes", (_, method) => {
  const options = { model: "a*exp(-b*x) + c", x, y, params: { a: 1, b: 1, c: 0 }, method };
  const robust = { ...options, loss: "huber", lossScale: "mad" } as const;
  const begin = (more: object): Run => iterateCurveFit({ ...robust, ...more }) as unknown as Run;
  const whole = begin({});
  while (!whole.next().done);
  const { nit } = whole.result;
  const limited = begin({ maxIterations: nit });
  let state = {};
  while (!limited.next().done) state = limited.state();
  const rest = begin({ resume: state });
  while (!rest.next().done);
  const point = ({ values }: { values: Record<string, number> }) => Object.values(values);
  expect(bits(rest, point)).toBe(bits(whole, point));
});
