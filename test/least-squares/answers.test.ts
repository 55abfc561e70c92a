// Input and answers that cannot mean what they seem to, and results that outlive what made them.
import { describe, expect, test } from "vitest";
import {
  curveFit,
  type LeastSquaresMethod,
  leastSquares,
  leastSquaresAsync,
  loadSync,
} from "../../src/index.js";

const x = Array.from({ length: 20 }, (_, i) => i / 4);
const y = x.map((v, i) => 3 * Math.exp(-0.7 * v) + 0.5 + 0.01 * Math.sin(7 * i));
const params = { a: 1, b: 0.1, c: 0 };
type P = Readonly<Record<"a" | "b" | "c", number>>;
const decay = (xi: number, p: P): number => p.a * Math.exp(-p.b * xi) + p.c;
const code = (name: string) => expect.objectContaining({ code: name });

describe("predict and band need the predictors of the fit", () => {
  const fit = curveFit({
    model: (at: { u: number; v: number }, p: P) => p.a * at.u + p.b * at.v + p.c,
    x: { u: x, v: x.map((u) => u * u) },
    y,
    params,
  });

  test.each([
    [{ u: [1] }, /x must be an object with keys u, v, as in the fit, got an object with keys u/],
    [[1, 2], /x must be an object with keys u, v, as in the fit, got Array of length 2/],
  ])("%o is refused", (at, message) => {
    for (const ask of [() => fit.predict(at), () => fit.band(at)]) {
      expect(ask).toThrow(code("SHAPE"));
      expect(ask).toThrow(message);
    }
  });

  test("named predictors are refused where the fit had one array; more than needed are taken", () => {
    const plain = curveFit({ model: decay, x, y, params });
    expect(() => plain.predict({ x: [1] })).toThrow(/an array of numbers, as in the fit/);
    expect(fit.predict({ u: [1], v: [1], w: [5] })).toEqual(fit.predict({ v: [1], u: [1] }));
  });
});

describe("numbers too small to be squared", () => {
  test("are not taken for a perfect fit", () => {
    const tiny = y.map((v) => v * 1e-170);
    const fit = curveFit({ model: decay, x, y: tiny, params: { a: 1e-170, b: 0.1, c: 0 } });
    expect(fit.success).toBe(false);
    expect(fit.message).toMatch(/underflow.*larger units/);
    expect(fit.covariance?.every(Number.isFinite) ?? true).toBe(true);
  });

  test("a residual of exactly 0 at the start is still an answer", () => {
    const result = leastSquares((p, out) => out.set([(p[0] as number) - 1, 0]), 2, [1]);
    expect(result).toMatchObject({ status: "converged", fun: 0 });
  });

  test("a variance beyond the range of numbers is no covariance, and is said", () => {
    const line = x.map((v) => 1 + v);
    const fit = curveFit({
      model: (xi: number, p) => p.k * 1e-200 * xi,
      x,
      y: line,
      params: { k: 1e200 },
    });
    expect(fit.covariance).toBeNull();
    expect(fit.params.k.stderr).toBeNull();
    expect(fit.warnings).toMatchObject([{ code: "W_COVARIANCE_SINGULAR" }]);
  });
});

describe("what is asked of a result, or given to it", () => {
  test("a result outlives the runtime of its fit", () => {
    const runtime = loadSync({ memoryBytes: 1 << 20 });
    const fit = curveFit({ model: decay, x, y, params, runtime });
    const before = [fit.predict([1]), fit.band([1]), fit.profile("b")];
    runtime.dispose();
    expect([fit.predict([1]), fit.band([1]), fit.profile("b")]).toEqual(before);
  });

  test.each([false, true])("a runtime disposed by a callback is DISPOSED, debug %s", async (debug) => {
    const jacobian = (_: Float64Array, out: Float64Array) => out.fill(1);
    for (const calls of [1, 3, 6]) {
      const runtime = loadSync({ memoryBytes: 1 << 20, debug });
      let left = calls;
      const residuals = (p: Float64Array, out: Float64Array) => {
        if (--left === 0) runtime.dispose();
        out.set([(p[0] as number) - 2, (p[0] as number) ** 2]);
      };
      expect(() => leastSquares(residuals, 2, [1], { runtime })).toThrow(code("DISPOSED"));
    }
    for (const run of [leastSquares, leastSquaresAsync]) {
      const runtime = loadSync({ memoryBytes: 1 << 20, debug });
      const dispose = (p: Float64Array, out: Float64Array) => {
        jacobian(p, out);
        runtime.dispose();
      };
      const solve = async () =>
        run((p, out) => out.fill(p[0] as number), 2, [1], { runtime, jacobian: dispose });
      await expect(solve()).rejects.toThrow(code("DISPOSED"));
    }
  });

  test("known errors of as many points as parameters give a profile", () => {
    const fit = curveFit({
      model: (xi: number, p) => p.k + p.d * xi,
      x: [0, 1],
      y: [3, 5],
      params: { k: 1, d: 1 },
      sigma: 0.5,
      absoluteSigma: true,
    });
    const [low, high] = fit.profile("k");
    // A straight line: the profile is the normal interval, 1.959964 standard errors on each side.
    expect(low).toBeCloseTo(3 - 0.5 * 1.959963984540054, 8);
    expect(high).toBeCloseTo(3 + 0.5 * 1.959963984540054, 8);
  });

  test.each([{}, { factor: "x" }, { factor: -1 }, { factor: Infinity }])(
    "a method object with %o is refused",
    (rest) => {
      const method = { name: "dogleg", ...rest } as unknown as LeastSquaresMethod;
      const run = () => curveFit({ model: decay, x, y, params, method });
      expect(run).toThrow(code("OPTION"));
      expect(run).toThrow(/factor/);
    },
  );

  test("messages quote what came and name what may come", () => {
    expect(() => curveFit({ model: decay, x, y, params, level: 95 })).toThrow(/> 0 and < 1, got 95/);
    const m = null as unknown as number;
    expect(() => leastSquares(() => undefined, m, [1])).toThrow(/m must be an integer >= 0, got null/);
  });

  test("a run that stalls with a wrong Jacobian names the tool that finds it", () => {
    const model = {
      evaluate: (at: Float64Array, p: Float64Array, out: Float64Array) => {
        for (let i = 0; i < at.length; i++) out[i] = decay(at[i] as number, { a: p[0]!, b: p[1]!, c: p[2]! });
      },
      jacobian: (at: Float64Array, p: Float64Array, out: Float64Array) => {
        for (let i = 0; i < at.length; i++) {
          const e = Math.exp(-p[1]! * at[i]!);
          out.set([-e, p[0]! * at[i]! * e, -1], 3 * i);
        }
      },
    };
    const fit = curveFit({ model, x, y, params });
    expect(fit.status).toBe("failed");
    expect(fit.message).toContain("checkJacobian");
  });
});
