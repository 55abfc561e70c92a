// The published problems, by each method: with everything exact, with first derivatives, with none.
import { describe, expect, test } from "vitest";
import {
  augmentedLagrangian,
  type CompiledProgram,
  compileProgram,
  minimize,
  minimizeConstrained,
} from "../../src/index.js";
import { published } from "./hs-problems.js";

const names = (n: number) => Array.from({ length: n }, (_, i) => `x${i + 1}`);
const methods = ["sqp", "interiorPoint", "augmentedLagrangian"] as const;

/** The program with first derivatives only, or with none. */
function without(p: CompiledProgram, first: boolean) {
  const { fun, grad } = p.objective;
  const rows = (c: CompiledProgram["equality"]) =>
    c && { count: c.count, fun: c.fun, ...(first ? { jacobian: c.jacobian } : {}) };
  return [
    first ? { fun, grad } : { fun },
    { equality: rows(p.equality), inequality: rows(p.inequality), linear: p.linear, bounds: p.bounds },
  ] as const;
}

describe.each(methods)("%s", (method) => {
  test.each(published)("$id, exact", ({ text, x0, f, x }) => {
    const p = compileProgram(text, { params: names(x0.length) });
    const r = minimizeConstrained(p, x0, { method });
    expect(`${r.status}/${r.reason}`).toBe("converged/kkt");
    // Within feasTol of the size of each side, which is 12 at most here, or 56.
    expect(r.violation).toBeLessThanOrEqual(1e-7);
    expect(Math.abs(r.fun - f)).toBeLessThanOrEqual(1e-7 * Math.max(1, Math.abs(f)));
    // Where the Hessian is singular at the solution x is known less well than f.
    x?.forEach((v, j) => {
      expect(Math.abs(r.x[j]! - v)).toBeLessThanOrEqual(2e-4);
    });
    p.dispose();
  });

  test.each(published)("$id, gradients", ({ text, x0, f }) => {
    const [objective, parts] = without(compileProgram(text, { params: names(x0.length) }), true);
    const r = minimizeConstrained(objective, x0, { ...parts, method });
    expect(r.hessian).toBe("bfgs");
    expect(`${r.status}/${r.reason}`).toBe("converged/kkt");
    expect(Math.abs(r.fun - f)).toBeLessThanOrEqual(1e-7 * Math.max(1, Math.abs(f)));
  });

  test.each(published)("$id, values only", ({ text, x0, f }) => {
    const [objective, parts] = without(compileProgram(text, { params: names(x0.length) }), false);
    const r = minimizeConstrained(objective, x0, { ...parts, method });
    // Differences may not reach the tolerance: then the run says so.
    expect(["kkt", "stalled"]).toContain(r.reason);
    expect(r.violation).toBeLessThanOrEqual(1e-6);
    expect(Math.abs(r.fun - f)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(f)));
  });
});

test("the default is sqp, and the interior point for large programs with exact second derivatives", () => {
  expect(minimizeConstrained((x) => x[0]! * x[0]!, [1]).method).toBe("sqp");
  const n = 120;
  const separable = {
    fun: (x: Float64Array) => x.reduce((s, v, j) => s + (v - j / n) * (v - j / n), 0),
    grad: (x: Float64Array, out: Float64Array) => {
      x.forEach((v, j) => {
        out[j] = 2 * (v - j / n);
      });
    },
    hess: (_: Float64Array, out: Float64Array) => {
      out.fill(0);
      for (let j = 0; j < n; j++) out[j * n + j] = 2;
    },
  };
  const r = minimizeConstrained(separable, new Float64Array(n).fill(0.5), {
    bounds: { lower: 0.25, upper: 0.75 },
  });
  expect(r.method).toBe("interiorPoint");
  expect(r.success).toBe(true);
  r.x.forEach((v, j) => {
    expect(Math.abs(v - Math.min(Math.max(j / n, 0.25), 0.75))).toBeLessThan(1e-4);
  });
});

test("augmentedLagrangian with gradients alone in its boxes: most of them, and no claim that is not so", () => {
  let solved = 0;
  for (const { text, x0, f } of published) {
    const p = compileProgram(text, { params: names(x0.length) });
    const method = augmentedLagrangian({ inner: "spectralGradient" });
    const r = minimizeConstrained(p, x0, { method, maxIterations: 600 });
    const right = Math.abs(r.fun - f) <= 1e-5 * Math.max(1, Math.abs(f)) && r.violation <= 1e-6;
    if (r.success) expect(right).toBe(true);
    if (right) solved++;
    p.dispose();
  }
  expect(solved).toBeGreaterThanOrEqual(11);
  expect(() => augmentedLagrangian({ inner: "lbfgs" as never })).toThrow(/newton, spectralGradient/);
});

test("minimize says where constraints other than bounds go", () => {
  for (const key of ["linear", "equality", "inequality", "constraints"])
    expect(thrown(() => minimize((x) => x[0]!, [1], { [key]: {} } as never))).toMatchObject({
      code: "OPTION",
      hint: expect.stringContaining("minimizeConstrained"),
    });
});

function thrown(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return null;
}
