// Data and parameters at the edges: kinds of arrays, several predictors, names, bounds, no degrees of freedom,
// no residual, no determination.
import { describe, expect, test } from "vitest";
import { curveFit, leastSquares, loadSync } from "../../src/index.js";
import { defaultRuntime } from "../../src/runtime/default.js";

const x = [0, 1, 2, 3, 4, 5];
const y = [1.1, 2.9, 5.2, 6.8, 9.1, 11.05];
type P = Readonly<Record<string, number>>;
const line = (xi: number, p: { readonly a: number; readonly b: number }): number => p.a + p.b * xi;
const params = { a: 0, b: 1 };
const straight = curveFit({ model: line, x, y, params });

describe("kinds of data", () => {
  const f64 = Float64Array.from(y);
  const shared = () => {
    const view = new Float64Array(new SharedArrayBuffer(8 * y.length));
    view.set(y);
    return view;
  };
  test.each([
    ["Float64Array", () => f64],
    ["a view of a SharedArrayBuffer", shared],
    ["a subarray", () => Float64Array.from([9, ...y, 9]).subarray(1, 7)],
    ["an array-like object", () => Object.assign({ length: 6 }, y)],
    ["a frozen array", () => Object.freeze([...y])],
  ])("y as %s", (_, make) => {
    const data = make() as ArrayLike<number>;
    expect(curveFit({ model: line, x, y: data, params }).values).toEqual(straight.values);
    expect(curveFit({ model: line, x, y, sigma: data, params }).success).toBe(true);
  });

  test("Float32Array data are fitted in double precision", () => {
    const coarse = Float32Array.from(y);
    const fit = curveFit({ model: line, x: Int8Array.from(x), y: coarse, params });
    const same = curveFit({ model: line, x, y: Array.from(coarse), params });
    expect(fit.values).toEqual(same.values);
    expect(fit.residuals).toBeInstanceOf(Float64Array);
  });

  test("several predictors, by name, in point and block models, in predict and band", () => {
    const u = [0, 1, 2, 3, 4, 5, 6];
    const v = [1, 0, 2, 1, 0, 2, 5];
    const z = u.map((ui, i) => 1 + 2 * ui - 3 * (v[i] as number) + 0.01 * (i % 2));
    const point = curveFit({
      model: (at: { u: number; v: number }, p) => p.c + p.m * at.u + p.n * at.v,
      x: { u, v },
      y: z,
      params: { c: 0, m: 0, n: 0 },
    });
    const block = curveFit({
      model: {
        evaluate(at: { u: Float64Array; v: Float64Array }, p, out) {
          for (let i = 0; i < out.length; i++) out[i] = p[0]! + p[1]! * at.u[i]! + p[2]! * at.v[i]!;
        },
      },
      x: { u, v },
      y: z,
      params: { c: 0, m: 0, n: 0 },
    });
    expect(point.values.m).toBeCloseTo(2, 2);
    expect(point.values.n).toBeCloseTo(-3, 2);
    expect(block.values).toEqual(point.values);
    expect(point.predict({ u: [10], v: [1] })[0]).toBeCloseTo(18, 1);
    expect(block.band({ u: [10, 1], v: [1, 1] }).lower).toHaveLength(2);
    expect(() => point.predict({ u: [1], v: [1, 2] })).toThrow(expect.objectContaining({ code: "SHAPE" }));
    expect(point.predict({ u: [], v: [] })).toHaveLength(0);
    expect(straight.predict([])).toHaveLength(0);
  });

  test("predictors may have any names, length among them", () => {
    for (const name of ["length", "x", "constructor", "toString", "0", ""]) {
      const fit = curveFit({
        model: (at: Readonly<Record<string, number>>, p) => line(at[name] as number, p),
        x: { [name]: x },
        y,
        params,
      });
      expect(fit.values, name).toEqual(straight.values);
      const block = curveFit({
        model: {
          evaluate(at: Readonly<Record<string, Float64Array>>, p, out) {
            for (let i = 0; i < out.length; i++) out[i] = p[0]! + p[1]! * at[name]![i]!;
          },
        },
        x: { [name]: x },
        y,
        params,
      });
      expect(block.values, name).toEqual(straight.values);
    }
    const leaves = { length: [1, 2, 3, 4], width: [2, 1, 4, 3] };
    const area = curveFit({
      model: (leaf: { length: number; width: number }, p) => p.k * leaf.length * leaf.width,
      x: leaves,
      y: [1, 1, 6, 6],
      params: { k: 1 },
    });
    expect(area.values.k).toBeCloseTo(0.5, 12);
  });
});

describe("parameters", () => {
  test("may have any names", () => {
    for (const name of ["constructor", "toString", "hasOwnProperty", "valueOf", "length", "", "a b", "π"]) {
      const fit = curveFit({
        model: (xi: number, p: P) => (p[name] as number) + (p.b as number) * xi,
        x,
        y,
        params: { [name]: 0, b: 1 },
      });
      expect(Object.keys(fit.values), name).toEqual([name, "b"]);
      expect(fit.values[name], name).toBe(straight.values.a);
      expect(fit.params[name]?.stderr, name).toBe(straight.params.a.stderr);
      expect(fit.freeNames).toEqual([name, "b"]);
      expect(fit.report()).toContain(`${name}:`);
      expect(fit.profile(name)).toEqual(straight.profile("a"));
      const json = JSON.parse(JSON.stringify(fit));
      expect(Object.keys(json.values)).toEqual([name, "b"]);
    }
    expect(({} as Record<string, unknown>).stderr).toBeUndefined();
  });

  test("__proto__ is refused as a name: as a key of an ordinary object it would be lost", () => {
    const named = JSON.parse('{"__proto__": 0, "b": 1}');
    expect(() => curveFit({ model: line, x, y, params: named })).toThrow(
      expect.objectContaining({ code: "OPTION", message: expect.stringContaining("__proto__") }),
    );
    const columns = JSON.parse('{"__proto__": [0, 1, 2, 3, 4, 5]}');
    expect(() => curveFit({ model: () => 0, x: columns, y, params })).toThrow(
      expect.objectContaining({ code: "OPTION", message: expect.stringContaining("__proto__") }),
    );
    expect(({} as Record<string, unknown>).value).toBeUndefined();
  });

  test("inherited properties of the options and parameters are not read", () => {
    const inherited = Object.assign(Object.create({ hidden: 5 }), params) as typeof params;
    expect(Object.keys(curveFit({ model: line, x, y, params: inherited }).values)).toEqual(["a", "b"]);
  });

  test("a fixed one never moves, has no error and costs no degree of freedom", () => {
    const seen = new Set<number>();
    const fit = curveFit({
      model: (xi: number, p) => {
        seen.add(p.a);
        return line(xi, p);
      },
      x,
      y,
      params: { a: { init: 0.7, fixed: true }, b: 1 },
    });
    expect([...seen]).toEqual([0.7]);
    expect(fit.params.a).toEqual({
      value: 0.7,
      stderr: null,
      ci: null,
      init: 0.7,
      atBound: false,
      fixed: true,
    });
    expect([fit.dof, fit.freeNames, fit.covariance?.length]).toEqual([5, ["b"], 1]);
    expect(fit.report()).toMatch(/a: +0\.7 \(fixed\)/);
  });

  test("min = max fixes one as well, in leastSquares too", () => {
    const fit = curveFit({ model: line, x, y, params: { a: { init: 2, min: 2, max: 2 }, b: 1 } });
    expect(fit.params.a).toMatchObject({ value: 2, fixed: true, stderr: null });
    const seen = new Set<number>();
    const residuals = (p: Float64Array, out: Float64Array) => {
      seen.add(p[0]!);
      for (let i = 0; i < 6; i++) out[i] = p[0]! + p[1]! * x[i]! - y[i]!;
    };
    const result = leastSquares(residuals, 6, [2, 1], {
      bounds: { lower: [2, -Infinity], upper: [2, Infinity] },
    });
    expect([...seen]).toEqual([2]);
    expect(result.success).toBe(true);
    expect(result.x[1]).toBeCloseTo(fit.values.b, 10);
    const none = leastSquares(residuals, 6, [2, 1], { bounds: { lower: [2, 1], upper: [2, 1] } });
    expect(none.success).toBe(true);
    expect(Array.from(none.x)).toEqual([2, 1]);
  });

  test("one at its bound says so, and where", () => {
    const fit = curveFit({
      model: line,
      x,
      y,
      params: { a: { init: 3, min: 2.5 }, b: { init: 1, max: 99 } },
    });
    expect(fit.status).toBe("converged");
    expect(fit.values.a).toBe(2.5);
    expect([fit.params.a.atBound, fit.params.b.atBound]).toEqual([true, false]);
    expect(fit.warnings).toMatchObject([{ code: "W_PARAM_AT_BOUND", params: ["a"] }]);
    expect(fit.report()).toContain("at its bound");
  });
});

describe("degenerate data", () => {
  test("m = n: an exact fit without degrees of freedom knows no errors, and says so", () => {
    const fit = curveFit({ model: line, x: [0, 2], y: [1, 5], params });
    expect(fit.status).toBe("converged");
    expect(fit.values.a).toBeCloseTo(1, 12);
    expect(fit.values.b).toBeCloseTo(2, 12);
    expect([fit.dof, fit.covariance, fit.params.a.stderr, fit.params.a.ci]).toEqual([0, null, null, null]);
    expect(fit.residualStd).toBeNaN();
    expect(fit.warnings.map(({ code }) => code)).toEqual(["W_FEW_DOF"]);
    expect(fit.profile("a")).toEqual([-Infinity, Infinity]);
    expect(fit.band([1]).lower[0]).toBeNaN();
    expect(fit.report()).toContain("not known");
    const absolute = curveFit({ model: line, x: [0, 2], y: [1, 5], params, sigma: 0.1, absoluteSigma: true });
    expect(absolute.params.a.stderr).toBeCloseTo(0.1, 10);
  });

  test("one point, one parameter", () => {
    const fit = curveFit({ model: (_: number, p) => p.a, x: [3], y: [7], params: { a: 1 } });
    expect(fit.values.a).toBe(7);
    expect(fit.dof).toBe(0);
  });

  test("zero residual: converged, errors 0, correlation still known", () => {
    const fit = curveFit({ model: line, x, y: x.map((v) => 3 - 2 * v), params });
    expect(fit.status).toBe("converged");
    expect(fit.rss).toBeLessThan(1e-25);
    expect(fit.params.a.stderr).toBeLessThan(1e-12);
    expect(fit.correlation?.every(Number.isFinite)).toBe(true);
    expect(fit.correlation?.[1]).toBeCloseTo(straight.correlation?.[1] as number, 9);
    expect(fit.r2).toBe(1);
    expect(fit.success && fit.report().length > 0).toBe(true);
    const already = curveFit({ model: line, x, y: x.map((v) => 3 - 2 * v), params: { a: 3, b: -2 } });
    expect(already.values).toEqual({ a: 3, b: -2 });
    expect(already.correlation?.[1]).toBeCloseTo(straight.correlation?.[1] as number, 9);
  });

  test("constant y", () => {
    const flat = curveFit({ model: line, x, y: x.map(() => 4), params });
    expect(flat.values.a).toBeCloseTo(4, 12);
    expect(flat.values.b).toBeCloseTo(0, 12);
    const zero = curveFit({ model: line, x, y: x.map(() => 0), params });
    expect(zero.status).toBe("converged");
    expect(zero.values.a).toBeCloseTo(0, 12);
  });

  test("a parameter that the model ignores: converged, no covariance, and it is named", () => {
    const fit = curveFit({ model: (xi: number, p) => line(xi, p), x, y, params: { ...params, idle: 3 } });
    expect(fit.values.idle).toBe(3);
    expect(fit.values.a).toBeCloseTo(straight.values.a, 9);
    expect(fit.covariance).toBeNull();
    expect(fit.correlation).toBeNull();
    expect(fit.rank).toBe(2);
    expect(fit.warnings).toMatchObject([
      { code: "W_COVARIANCE_SINGULAR", params: ["idle"] },
      { code: "W_PARAM_UNUSED", params: ["idle"] },
    ]);
    expect(fit.params.a.stderr).toBeNull();
    expect(fit.band([1]).upper[0]).toBeNaN();
  });

  test("two parameters of which only the sum matters are both named, the third is not", () => {
    const fit = curveFit({
      model: (xi: number, p) => p.a + p.c + p.b * xi,
      x,
      y,
      params: { a: 0, b: 1, c: 0 },
    });
    expect(fit.values.a + fit.values.c).toBeCloseTo(straight.values.a, 8);
    expect(fit.rank).toBe(2);
    expect(fit.warnings).toMatchObject([
      { code: "W_COVARIANCE_SINGULAR", params: ["a", "c"] },
      { code: "W_PARAMS_TOGETHER", params: ["a", "c"] },
    ]);
    for (const { stderr } of Object.values(fit.params)) expect(stderr).toBeNull();
  });

  test("huge and tiny scales of y and of the parameters", () => {
    for (const scale of [1e-150, 1e-30, 1e30, 1e150]) {
      const fit = curveFit({ model: line, x, y: y.map((v) => v * scale), params: { a: scale, b: scale } });
      expect(`${scale} ${fit.status}`).toBe(`${scale} converged`);
      expect(fit.values.a / scale / straight.values.a).toBeCloseTo(1, 9);
      expect(fit.values.b / scale / straight.values.b).toBeCloseTo(1, 9);
    }
  });
});

describe("a problem larger than the default runtime", () => {
  test("runs in a runtime of its own, and everything is released", () => {
    const m = 200_000;
    const n = 12;
    const before = defaultRuntime().memory.used;
    const design = (i: number, j: number) => Math.cos((i * (j + 1)) % 1013) + (j === 0 ? 1 : 0);
    const truth = Array.from({ length: n }, (_, j) => (j % 2 ? -1 : 1) * (j + 0.5));
    const J = new Float64Array(m * n);
    for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) J[i * n + j] = design(i, j);
    const product = (p: ArrayLike<number>, out: Float64Array) => {
      for (let i = 0; i < m; i++) {
        let sum = 0;
        for (let j = 0; j < n; j++) sum += J[i * n + j]! * p[j]!;
        out[i] = sum;
      }
    };
    const y = new Float64Array(m);
    product(truth, y);
    const residuals = (p: Float64Array, out: Float64Array) => {
      product(p, out);
      for (let i = 0; i < m; i++) out[i] = out[i]! - y[i]!;
    };
    const result = leastSquares(residuals, m, new Float64Array(n).fill(0.1), {
      jacobian: (_, out) => out.set(J),
    });
    expect(8 * m * n * 2).toBeGreaterThan(defaultRuntime().memory.capacity / 2);
    expect(result.success).toBe(true);
    for (let j = 0; j < n; j++) expect(result.x[j]).toBeCloseTo(truth[j] as number, 9);
    expect(defaultRuntime().memory.used).toBe(before);
    expect(defaultRuntime().memory.handles()).toEqual([]);
    const small = loadSync({ memoryBytes: 1 << 20 });
    expect(() => leastSquares(residuals, m, new Float64Array(n), { runtime: small })).toThrow(
      expect.objectContaining({ code: "OUT_OF_MEMORY" }),
    );
    small.dispose();
  });
});
