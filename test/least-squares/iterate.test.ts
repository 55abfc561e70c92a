// iterateLeastSquares and iterateCurveFit: the iterations of the run that is not pulled, states that go on to the bit, memory.
import { describe, expect, test } from "vitest";
import {
  csrFromTriplets,
  curveFit,
  iterateCurveFit,
  iterateLeastSquares,
  type LeastSquaresState,
  leastSquares,
} from "../../src/index.js";
import { defaultRuntime } from "../../src/runtime/default.js";

const x = Array.from({ length: 21 }, (_, i) => i / 4);
const y = x.map((t, i) => 3 * Math.exp(-0.6 * t) + 0.5 + 0.02 * Math.sin(40 * i) + (i === 7 ? 2 : 0));
const params = { a: 1, b: 1.5, c: 0 };
const model = (t: number, { a, b, c }: { a: number; b: number; c: number }) => a * Math.exp(-b * t) + c;
const text = "a*exp(-b*x)+c";

const cases = {
  "a function, by differences": { model },
  "text, in the core": { model: text },
  "text within bounds": { model: text, params: { a: 1, b: { init: 0.4, min: 0, max: 0.45 }, c: 0 } },
  "text, levenberg": { model: text, method: "levenberg" },
  "two passes of a loss": { model, loss: "tukey", lossScale: 0.1 },
  "passes that renew the scale": { model: text, loss: "huber", lossScale: "mad" },
} as const;

type Options = Parameters<typeof curveFit>[0];

for (const [name, given] of Object.entries(cases)) {
  const options = { x, y, params, ...given } as unknown as Options;
  test(`${name}: pulled as run, and from every state to the same bits`, () => {
    const whole = curveFit(options);
    const it = iterateCurveFit(options);
    const states: unknown[] = [it.state()];
    const seen: number[] = [];
    for (const { nit } of it) {
      seen.push(nit);
      // A look at the answer so far disturbs nothing.
      expect(it.result.status).toMatch(/stopped|converged/);
      states.push(JSON.parse(JSON.stringify(it.state())));
    }
    expect(seen).toEqual(Array.from({ length: whole.nit }, (_, i) => i + 1));
    const bits = ({ values, params: table, rss, nit, nfev, status, reason }: ReturnType<typeof curveFit>) =>
      JSON.stringify([values, table, rss, nit, nfev, status, reason]);
    expect(bits(it.result)).toBe(bits(whole));
    for (const state of states) {
      const rest = iterateCurveFit({ ...options, resume: state as never } as Options);
      for (const _ of rest);
      expect(bits(rest.result)).toBe(bits(whole));
    }
    expect(defaultRuntime().memory.used).toBe(0);
  });
}

test("leastSquares is pulled too; break gives the best point and the memory back", () => {
  const residuals = (p: Float64Array, out: Float64Array) => {
    out[0] = 10 * (p[1]! - p[0]! * p[0]!);
    out[1] = 1 - p[0]!;
  };
  const whole = leastSquares(residuals, 2, [-1.2, 1]);
  const it = iterateLeastSquares(residuals, 2, [-1.2, 1]);
  for (const _ of it);
  expect([...it.result.x, it.result.nfev]).toEqual([...whole.x, whole.nfev]);
  const left = iterateLeastSquares(residuals, 2, [-1.2, 1]);
  for (const { nit } of left) if (nit === 3) break;
  expect(left.result.reason).toBe("callback");
  expect(left.result.nit).toBe(3);
  expect(defaultRuntime().memory.used).toBe(0);
});

test("a damaged state, one of other data and one of another method are refused", () => {
  const it = iterateCurveFit({ model: text, x, y, params });
  it.next();
  const state = it.state();
  it.return?.();
  const resume = (over: object, given: object = state) =>
    iterateCurveFit({ model: text, x, y, params, ...over, resume: given as never });
  const half = state.memory.length >> 1;
  const flipped =
    state.memory.slice(0, half) + (state.memory[half] === "A" ? "B" : "A") + state.memory.slice(half + 1);
  for (const bad of [{ ...state, memory: flipped }, { ...state, passes: 7 }, { ...state, version: 99 }, {}])
    expect(() => resume({}, bad)).toThrowError(expect.objectContaining({ code: "SNAPSHOT" }));
  expect(() => resume({ y: y.map((v) => v + 1) })).toThrowError(
    expect.objectContaining({ code: "SNAPSHOT" }),
  );
  expect(() => resume({ method: "levenberg" })).toThrowError(expect.objectContaining({ code: "SNAPSHOT" }));
  expect(defaultRuntime().memory.used).toBe(0);
});

describe("a fit goes on from a state under other limits and tolerances, and under nothing else", () => {
  const t = Array.from({ length: 20 }, (_, i) => 0.2 * i);
  const y = t.map((v, i) => 3 * Math.exp(-0.7 * v) + 0.05 * Math.sin(i * i));
  const own = (v: number, p: Readonly<Record<string, number>>) => p.a! * Math.exp(-p.b! * v) + p.c!;
  const params = { a: 1, b: 1, c: 0 };
  const huber = { loss: "huber", lossScale: 0.5 } as const;
  const bases = {
    text: { model: "a*exp(-b*x) + c" },
    function: { model: own },
    robust: { model: own, ...huber },
  };

  test.each(Object.entries(bases))("%s", (kind, base) => {
    const options = { x: t, y, params, ...base } as Parameters<typeof curveFit<string>>[0];
    const it = iterateCurveFit(options);
    it.next();
    it.next();
    const state = JSON.parse(JSON.stringify(it.state())) as LeastSquaresState;
    it.return?.();
    const goOn = (others: object) => {
      const rest = iterateCurveFit({ ...options, ...others, resume: state } as Parameters<
        typeof iterateCurveFit<string>
      >[0]);
      while (!rest.next().done);
      return rest.result;
    };
    const whole = curveFit(options);
    expect(goOn({}).values).toEqual(whole.values);
    expect(goOn({ level: 0.5, params: { a: 5, b: 2, c: 1 } }).values).toEqual(whole.values);
    expect(goOn({ maxIterations: 3 }).nit).toBe(3);
    expect(goOn({ gradTol: 0, funTol: 0, stepTol: 0.1 }).reason).toBe("step");
    const others: object[] = [
      { y: y.map((v) => v + 1) },
      { x: t.map((v) => v + 1) },
      { sigma: t.map((v) => 1 + v) },
      {
        model:
          kind === "text"
            ? "c*exp(-b*x) + a"
            : (v: number, p: Readonly<Record<string, number>>) => own(2 * v, p),
      },
      { params: { c: 0, b: 1, a: 1 } },
      { params: { ...params, a: { init: 1, min: 0 } } },
      { method: "dogleg" },
      { method: { name: "levenbergMarquardt", factor: 7 } },
      { loss: "cauchy" },
      { ...huber, lossScale: 0.6 },
    ];
    for (const other of others)
      expect(() => goOn(other), JSON.stringify(other)).toThrow(
        expect.objectContaining({
          code: "SNAPSHOT",
          hint: expect.stringContaining("limits and tolerances may change"),
        }),
      );
  });

  test("and not with a model that has no numbers at its point", () => {
    const options = { model: own, x: t, y, params };
    const it = iterateCurveFit(options);
    it.next();
    const state = it.state();
    it.return?.();
    const none = () => iterateCurveFit({ ...options, model: () => Number.NaN, resume: state });
    expect(none).toThrow(expect.objectContaining({ code: "SNAPSHOT" }));
    expect(defaultRuntime().memory.used).toBe(0);
  });
});

test.each(["a*cos(w*x)", "a + s^2*x + b*x^3", "a + b*x + c*x^2 + d*exp(-x) + w*x^5 + e*cosh(x)"])(
  "from the last state to the whole answer: %s",
  (text) => {
    const t = Array.from({ length: 21 }, (_, i) => i / 10 - 1);
    const falling = t.map((v, i) => 2 * Math.cos(3 * v) - v + 0.01 * Math.sin(i * i));
    const params = Object.fromEntries(
      [..."abcdesw"]
        .filter((name) => new RegExp(`\\b${name}\\b`).test(text))
        .map((name) => [name, name === "a" ? 1 : 0]),
    );
    const options = { model: text, x: t, y: falling, params };
    const it = iterateCurveFit(options);
    let state = it.state();
    while (!it.next().done) state = it.state();
    const rest = iterateCurveFit({ ...options, resume: state });
    const all = ({ warnings, params: table, rss, nfev, rank, conditionNumber }: typeof it.result) =>
      JSON.stringify([warnings, table, rss, nfev, rank, conditionNumber]);
    // Before it is pulled, and after.
    expect(all(rest.result)).toBe(all(it.result));
    expect(rest.next().done).toBe(true);
    expect(all(rest.result)).toBe(all(it.result));
  },
);

describe("differences of rounded values go on to the bit from every state", () => {
  const grid = 1e-5;
  const rounded = (v: number) => Math.round(v / grid) * grid;
  const row = Array.from({ length: 40 }, (_, k) => k >> 1);
  const col = row.map((i, k) => i + (k & 1));
  const jacobianPattern = csrFromTriplets({ rows: 20, cols: 21, row, col, value: row.map(() => 1) });
  const bounds = { lower: [1, ...Array(20).fill(-1e4)], upper: [1, ...Array(20).fill(1e4)] };
  type Residuals = (p: Float64Array, out: Float64Array) => void;
  const dense: Residuals = (p, out) => {
    for (let i = 0; i < 12; i++)
      out[i] =
        rounded(p[0]! * Math.exp((-p[1]! * i) / 3) + p[2]!) - rounded(2 * Math.exp((-0.5 * i) / 3) + 900);
  };
  const chain: Residuals = (p, out) => {
    for (let i = 0; i < 20; i++)
      out[i] = rounded(Math.exp(p[i]! * 0.3) + p[i + 1]!) - rounded(519.4 + Math.exp(i / 20));
  };
  test.each([
    ["dense", dense, 12, [1, 1.5, 0], {}],
    ["sparse", chain, 20, Array(21).fill(1), { jacobianPattern, bounds }],
  ] as const)("%s", (_, residuals, m, start, given) => {
    const options = { ...given, maxIterations: 170 };
    const it = iterateLeastSquares(residuals, m, start, options);
    const states: LeastSquaresState[] = [];
    for (const _ of it) states.push(it.state());
    expect(states.length).toBeGreaterThan(4);
    const bits = ({ x, nit, nfev, rss, status }: typeof it.result) => [...x, nit, nfev, rss, status].join();
    for (const resume of states) {
      const rest = iterateLeastSquares(residuals, m, start, { ...options, resume });
      for (const _ of rest);
      expect(bits(rest.result)).toBe(bits(it.result));
    }
  });
});

test.each([
  ["a straight line", "a+b*x"],
  ["text", "a*exp(-b*x)+c"],
  ["a function", (v: number, p: Readonly<Record<string, number>>) => p.a! * Math.exp(-p.b! * v) + p.c!],
] as const)("errors in x: a fit goes on to the bit from every state: %s", (_, curve) => {
  // Pearson's data.
  const data = {
    x: [0, 0.9, 1.8, 2.6, 3.3, 4.4, 5.2, 6.1, 6.5, 7.4],
    y: [5.9, 5.4, 4.4, 4.6, 3.5, 3.7, 2.8, 2.8, 2.4, 1.5],
  };
  const params = { a: 5, b: 0.2, ...(curve === "a+b*x" ? {} : { c: 0 }) };
  for (const sigmaX of [0.5, 2]) {
    const options = {
      ...data,
      model: curve,
      params,
      sigma: 0.3,
      sigmaX,
      maxIterations: 12,
    } as unknown as Options;
    const whole = curveFit(options);
    const it = iterateCurveFit(options);
    const states: LeastSquaresState[] = [];
    for (const _ of it) states.push(JSON.parse(JSON.stringify(it.state())) as LeastSquaresState);
    const told = ({ values, rss, nit, nfev }: typeof whole) => JSON.stringify([values, rss, nit, nfev]);
    expect(told(it.result)).toBe(told(whole));
    for (const resume of states) {
      const rest = iterateCurveFit({ ...options, resume } as Options);
      for (const _ of rest);
      expect(told(rest.result)).toBe(told(whole));
    }
  }
});
