// compileModel, compileObjective, the vector functions and tied parameters as users meet them: values, errors, hosts that
// compile nothing, memory that stays bounded.

import { afterEach, describe, expect, test, vi } from "vitest";
import {
  type CompiledModel,
  compileModel,
  compileObjective,
  curveFit,
  curveFitMany,
  loadSync,
  vatan2,
  vexp,
  vlog,
  vpow,
  vsin,
} from "../../src/index.js";
import { defaultRuntime } from "../../src/runtime/default.js";
import { room } from "../../src/wasm/expressions.js";

const names = { variables: ["x"], params: ["a", "b", "c"] };
const x = Array.from({ length: 2500 }, (_, i) => i / 500);
const p = [2, 0.7, 0.25];

function values(model: CompiledModel, at: ArrayLike<number> = x): { f: Float64Array; J: Float64Array } {
  const f = new Float64Array(at.length);
  const J = new Float64Array(3 * at.length);
  model.evaluate(at, p, f);
  model.jacobian(at, p, J);
  return { f, J };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("compileModel", () => {
  test("evaluates values and exact derivatives at any number of points", () => {
    const { f, J } = values(compileModel("a*exp(-b*x)+c", names));
    for (let i = 0; i < x.length; i++) {
      const t = x[i] as number;
      const e = Math.exp(-0.7 * t);
      expect(f[i]).toBeCloseTo(2 * e + 0.25, 14);
      expect(J[3 * i]).toBeCloseTo(e, 14);
      expect(J[3 * i + 1]).toBeCloseTo(-2 * t * e, 14);
      expect(J[3 * i + 2]).toBe(1);
    }
  });

  test("takes several variables by name, and shows its formula and its module", () => {
    const model = compileModel("a*u^2 + b*v", { variables: ["u", "v"], params: ["a", "b"] });
    const out = new Float64Array(2);
    model.evaluate({ v: [3, 4], u: [1, 2] }, [10, 0.5], out);
    expect([...out]).toEqual([11.5, 42]);
    expect(model.source).toBe("a*u^2 + b*v");
    expect(model.toLaTeX()).toBe("a\\,u^{2} + b\\,v");
    expect(model.toMathML()).toMatch(/^<math /);
    expect(WebAssembly.validate(model.wasm.slice())).toBe(true);
    expect(model.interpreted).toBe(false);
  });

  test("means what Python means", () => {
    const at = (source: string, v: number) => {
      const out = new Float64Array(1);
      compileModel(source, { variables: ["x"], params: ["m", "s", "a", "b"] }).evaluate(
        [v],
        [1, 2, 3, 4],
        out,
      );
      return out[0];
    };
    expect(at("-x^2", 3)).toBe(-9);
    expect(at("2^-x", 2)).toBe(0.25);
    expect(at("2^3^2", 0)).toBe(512);
    expect(at("-(x-m)^2/s", 5)).toBe(-8);
    expect(at("a*x^2+b", 2)).toBe(16);
  });

  test.each([
    ["a*exp(-b*y)", /unknown name "y" at column 10\n.*\n +\^/],
    ["a.b", /property access/],
    ["a = 2", /assignment/],
    ["[1, 2]", /arrays/],
    ['"a"', /strings/],
    ["constructor", /unknown name "constructor"/],
    ["__proto__", /unknown name "__proto__"/],
    ["this", /unknown name "this"/],
    ["a; b", /without ;/],
    ["(".repeat(100_000), /more than 20000/],
    ["a+".repeat(500_000), /more than 20000/],
  ])("refuses what is not in the language, with position and caret (%#)", (source, message) => {
    const error = (() => {
      try {
        compileModel(source, names);
      } catch (caught) {
        return caught as { code: string; message: string; details: { position: number } };
      }
      return undefined;
    })();
    expect(error?.code).toBe("EXPRESSION");
    expect(error?.message).toMatch(message);
    expect(error?.message).toMatch(/\^/);
    expect(error?.details.position).toBeGreaterThanOrEqual(0);
  });

  test("checks what it is given, and what it is asked after the end", () => {
    expect(() => compileModel("a", { ...names, parms: [] } as never)).toThrow(/unknown option "parms"/);
    expect(() => compileModel("a", { variables: ["x"], params: "a" as never })).toThrow(
      /params must be an array/,
    );
    const model = compileModel("a*x+b+c", names);
    expect(() => model.evaluate([1, 2], p, new Float64Array(3))).toThrow(/out has length 3, expected 2/);
    expect(() => model.evaluate([1, 2], [1], new Float64Array(2))).toThrow(/p has length 1, expected 3/);
    expect(() => model.evaluate([1, 2], p, [0, 0] as never)).toThrow(/out must be a Float64Array/);
    model.dispose();
    model.dispose();
    expect(() => model.evaluate([1], p, new Float64Array(1))).toThrow(/disposed/);
  });

  test("runs on the runtime that it was given, and leaves no memory behind", () => {
    const runtime = loadSync({ memoryBytes: 1 << 20 });
    const here = values(compileModel("a*sin(b*x)+c", names));
    expect(values(compileModel("a*sin(b*x)+c", { ...names, runtime }))).toEqual(here);
    expect(runtime.memory.used).toBe(0);
    runtime.dispose();
    expect(defaultRuntime().memory.used).toBe(0);
  });
});

describe("compileObjective", () => {
  test("gives value, gradient and Hessian", () => {
    const f = compileObjective("100*(y-x^2)^2 + (1-x)^2", ["x", "y"]);
    const g = new Float64Array(2);
    const H = new Float64Array(4);
    expect(f.funGrad([-1, 2], g)).toBe(104);
    expect(f.fun([-1, 2])).toBe(104);
    expect([...g]).toEqual([396, 200]);
    f.grad([1, 1], g);
    expect([...g].map(Math.abs)).toEqual([0, 0]);
    f.hess([-1, 2], H);
    expect([...H]).toEqual([402, 400, 400, 200]);
    f.dispose();
    expect(() => f.fun([1, 1])).toThrow(/disposed/);
  });

  test("sums a term over data", () => {
    const data = { x: [0, 1, 2, 3, 4], y: [2, 1.1, 0.6, 0.4, 0.3] };
    const f = compileObjective("(a*exp(-b*x) - y)^2", { params: ["a", "b"], data, reduce: "sum" });
    const at = [1.9, 0.6] as const;
    const exact = data.x.reduce(
      (sum, t, i) => sum + (at[0] * Math.exp(-at[1] * t) - (data.y[i] as number)) ** 2,
      0,
    );
    expect(f.fun(at)).toBeCloseTo(exact, 14);
    const g = new Float64Array(2);
    f.grad(at, g);
    const h = 1e-6;
    expect(g[1]).toBeCloseTo((f.fun([at[0], at[1] + h]) - f.fun([at[0], at[1] - h])) / (2 * h), 7);
    expect(defaultRuntime().memory.used).toBe(0);
  });

  test("checks its data", () => {
    const make = (more: object) => () =>
      compileObjective("a*x", { params: ["a"], data: { x: [1, 2] }, reduce: "sum", ...more } as never);
    expect(make({ data: { x: [1], y: [1, 2] } })).toThrow(/data.y has length 2, expected 1/);
    expect(make({ data: { x: [1, NaN] } })).toThrow(/data.x\[1\] is NaN/);
    expect(make({ reduce: "mean" })).toThrow(/reduce must be one of sum/);
    expect(make({ data: [1, 2] })).toThrow(/data must be an object/);
    expect(() => compileObjective("a+q", ["a"])).toThrow(/unknown name "q"/);
    expect(() => compileObjective("a", ["a"]).grad([1], [0] as never)).toThrow(/out must be a Float64Array/);
  });
});

test("vector functions work on arrays of any length, in place, and on vectors of the runtime without copies", () => {
  const long = Array.from({ length: 1000 }, (_, i) => i / 100);
  const out = vexp(long);
  for (const i of [0, 255, 256, 257, 999]) expect(out[i]).toBeCloseTo(Math.exp(long[i] as number), 6);
  expect([...vlog(vexp([1, -2]))]).toEqual([1, -2]);
  expect([...vpow([2, 0, -8], [0.5, 0, 1 / 3])]).toEqual([Math.SQRT2, 1, NaN]);
  expect(vatan2([1], [-1])[0]).toBe((3 * Math.PI) / 4);
  expect(Object.is(vsin([-0])[0], -0)).toBe(true);
  const own = Float64Array.from(long);
  expect(vexp(own, own)).toBe(own);
  expect(own).toEqual(out);
  const handle = defaultRuntime().f64(long);
  const view = handle.data as Float64Array;
  vexp(view, view);
  expect(view).toEqual(out);
  view.set(long);
  vexp(view.subarray(0, 999), view.subarray(1));
  expect(view.subarray(1)).toEqual(out.subarray(0, 999));
  handle.dispose();
  own.set(long);
  vexp(own.subarray(0, 999), own.subarray(1));
  expect(own.subarray(1)).toEqual(out.subarray(0, 999));
  expect(() => vexp([1], new Float64Array(2))).toThrow(/out must be a Float64Array of length 1/);
  expect(() => vpow([1], [1, 2])).toThrow(/y has length 2, expected 1/);
});

test("a column is one that the data have, not one that every object inherits", () => {
  const model = compileModel("a*valueOf", { variables: ["valueOf"], params: ["a"] });
  const fit = () => curveFit({ model, x: { x: [1, 2] } as never, y: [1, 2], params: { a: 1 } });
  expect(fit).toThrow(/x has no column valueOf/);
});

describe("tied parameters", () => {
  const at = x.slice(0, 40).map((t) => 3 * t);
  const y = at.map((t, i) => 2 * Math.exp(-1 * t) + 0.3 + 0.01 * Math.sin(9 * i));
  const params = { a: 1, b: { expr: "a/2" }, c: 0 };

  test("follow in text models, in JavaScript models with and without Jacobian: the same fit", () => {
    const text = curveFit({ model: "a*exp(-b*x)+c", x: at, y, params });
    const free = curveFit({ model: "a*exp(-a/2*x)+c", x: at, y, params: { a: 1, c: 0 } });
    expect(text.values.a).toBeCloseTo(free.values.a, 10);
    expect(text.values.b).toBe(text.values.a / 2);
    expect(text.freeNames).toEqual(["a", "c"]);
    expect(Object.keys(text.params)).toEqual(["a", "b", "c"]);
    expect(text.params.b.stderr).toBeCloseTo((text.params.a.stderr as number) / 2, 12);
    expect(text.params.b.expr).toBe("a/2");
    const point = curveFit({ model: (t, q) => q.a * Math.exp(-q.b * t) + q.c, x: at, y, params });
    expect(point.values.a).toBeCloseTo(text.values.a, 7);
    const compiled = compileModel("a*exp(-b*x)+c", names);
    const block = curveFit({
      model: {
        evaluate: (t: Float64Array, q: Float64Array, out: Float64Array) => compiled.evaluate(t, q, out),
        jacobian: (t: Float64Array, q: Float64Array, out: Float64Array) => compiled.jacobian(t, q, out),
      },
      x: at,
      y,
      params,
    });
    expect(block.values.a).toBeCloseTo(text.values.a, 10);
    expect(block.params.b.stderr).toBeCloseTo(text.params.b.stderr as number, 9);
    expect(text.predict([1])[0]).toBeCloseTo(point.predict([1])[0] as number, 7);
  });

  test("may hang on one another, but not in a circle", () => {
    const chain = { a: 1, b: { expr: "c+0.7" }, c: { expr: "a-1.7" } };
    const fit = curveFit({ model: "a*exp(-b*x)+c", x: at, y, params: chain });
    expect(fit.values.b).toBeCloseTo(fit.values.a - 1, 12);
    const circle = { a: 1, b: { expr: "c" }, c: { expr: "b" } };
    expect(() => curveFit({ model: "a*exp(-b*x)+c", x: at, y, params: circle })).toThrow(
      /depends on itself: b -> c -> b/,
    );
    expect(() => curveFit({ model: "a*x", x: at, y, params: { a: 1, b: { expr: "q" } } })).toThrow(
      /unknown name "q"/,
    );
    expect(() =>
      curveFit({ model: "a*x", x: at, y, params: { a: 1, b: { expr: "a", min: 1 } as never } }),
    ).toThrow(/unknown option "min"/);
  });
});

describe("hosts", () => {
  const refuse = () =>
    vi.spyOn(WebAssembly, "Module").mockImplementation(function refused() {
      throw new WebAssembly.CompileError("Wasm code generation disallowed by embedder");
    });

  test("that compile nothing at run time get the closures: the same values, with a warning", () => {
    defaultRuntime().kernels(room);
    const source = "a*exp(-b*x)+c+0*sin(x)";
    const bits = values(compileModel(source, names));
    const y = Array.from(bits.f).map((v, i) => v + 0.01 * Math.sin(5 * i));
    const params = { a: 1, b: 1, c: 0 };
    const compiled = curveFit({ model: source, x, y, params });
    refuse();
    // Another text, since the first one is compiled already.
    const model = compileModel(`${source} `, names);
    expect(values(model)).toEqual(bits);
    expect(model.interpreted).toBe(true);
    const fit = curveFit({ model: `${source} `, x, y, params });
    expect(fit.warnings.map(({ code }) => code)).toEqual([
      "W_NOT_COMPILED",
      ...compiled.warnings.map(({ code }) => code),
    ]);
    expect(fit.values).toEqual(compiled.values);
    const many = curveFitMany({ model: `${source} `, x, y, params });
    expect([...many.values]).toEqual(Object.values(compiled.values));
    const objective = compileObjective("(x-1)^4 + exp(x)", ["x"]);
    expect(objective.fun([0])).toBe(2);
    expect(objective.interpreted).toBe(true);
  });

  test("that compile nothing at all say which header to set", async () => {
    vi.resetModules();
    const fresh = await import("../../src/index.js");
    refuse();
    const model = fresh.compileModel("a*x+b+c", names);
    expect(() => model.evaluate([1], p, new Float64Array(1))).toThrow(/wasm-unsafe-eval/);
  });
});

test("thousands of expressions, compiled, fitted and dropped, keep memory and table bounded", () => {
  const kernels = defaultRuntime().kernels(room);
  const at = [0, 1, 2, 3, 4];
  const y = [1, 2.1, 2.9, 4.2, 5];
  const tableBefore = kernels.table.length;
  const heap: number[] = [];
  for (let i = 0; i < 4000; i++) {
    curveFit({ model: `a*x+b+0*${i}`, x: at, y, params: { a: 1, b: 0 } });
    if (i % 1000 === 999) {
      (globalThis as { gc?: () => void }).gc?.();
      heap.push(process.memoryUsage().rss);
    }
  }
  expect(kernels.table.length).toBeLessThanOrEqual(tableBefore + 2);
  expect(defaultRuntime().memory.used).toBe(0);
  expect((heap[3] as number) - (heap[1] as number)).toBeLessThan(100e6);
});
