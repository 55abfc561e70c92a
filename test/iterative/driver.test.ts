// The iterative solvers on the driver: limits before the first product, promises, pulled runs, states that go on to the bit.

import { describe, expect, test } from "vitest";
import {
  bicgstab,
  bicgstabAsync,
  cg,
  cgAsync,
  csrFromTriplets,
  gaussSeidel,
  gmres,
  gmresAsync,
  iterateBicgstab,
  iterateCg,
  iterateGaussSeidel,
  iterateGmres,
  iterateJacobi,
  iterateLsmr,
  iterateLsqr,
  iterateMinres,
  jacobi,
  lsmr,
  lsqr,
  lsqrAsync,
  minres,
  minresAsync,
} from "../../src/index.js";

const n = 40;
const t = { rows: n, cols: n, row: [] as number[], col: [] as number[], value: [] as number[] };
for (let i = 0; i < n; i++) {
  for (const j of [i - 1, i, i + 1]) {
    if (j < 0 || j >= n) continue;
    t.row.push(i);
    t.col.push(j);
    t.value.push(i === j ? 3 + i / n : -1);
  }
}
const A = csrFromTriplets(t);
const b = Float64Array.from({ length: n }, (_, i) => 1 + (i % 3));
const product = (x: Float64Array, out: Float64Array) => void A.multiply(x, out);

const solvers = { cg, jacobi, gaussSeidel, minres, gmres, bicgstab, lsqr, lsmr };
const pulled = {
  cg: iterateCg,
  jacobi: iterateJacobi,
  gaussSeidel: iterateGaussSeidel,
  minres: iterateMinres,
  gmres: iterateGmres,
  bicgstab: iterateBicgstab,
  lsqr: iterateLsqr,
  lsmr: iterateLsmr,
};
const names = Object.keys(solvers) as (keyof typeof solvers)[];

describe.each(names)("%s", (name) => {
  const solver = solvers[name];
  const whole = solver(A, b);

  test("no time and an aborted signal mean no iteration", () => {
    expect(solver(A, b, { maxTimeMs: 0 })).toMatchObject({
      status: "stopped",
      reason: "maxTime",
      nit: 0,
      nfev: 0,
    });
    const signal = AbortSignal.abort();
    expect(solver(A, b, { signal })).toMatchObject({
      status: "stopped",
      reason: "abort",
      nit: 0,
      success: false,
    });
    expect(solver(A, b, { maxIterations: 0 })).toMatchObject({ reason: "maxIterations", nit: 0 });
  });

  test("never more products than maxEvaluations", () => {
    for (let most = 1; most < 9; most++) {
      const r = solver(A, b, { maxEvaluations: most });
      expect(r.reason).toBe("maxEvaluations");
      expect(r.nfev).toBeLessThanOrEqual(most);
    }
  });

  test("a promise of onIteration is refused in a synchronous run, rejected or not", () => {
    for (const promise of [async () => "stop", () => Promise.reject(new Error("unheard"))])
      expect(() => solver(A, b, { onIteration: promise })).toThrow(
        expect.objectContaining({ code: "CALLBACK_RESULT" }),
      );
  });

  test("the result has what every result has", () => {
    expect(whole).toMatchObject({
      status: "converged",
      success: true,
      method: name,
      variant: "simd",
      warnings: [],
    });
    expect(String(whole)).toMatch(
      new RegExp(`^${name}: converged/residual, \\|b - A x\\| = .*, ${whole.nit} iterations`),
    );
    expect(whole.report()).toMatch(/40 x 40[\s\S]*products with A/);
    const data = JSON.parse(JSON.stringify(whole)) as Record<string, unknown>;
    expect(data).toMatchObject({
      kind: "linearSolution",
      version: 1,
      nit: whole.nit,
      message: whole.message,
    });
    expect(data.x).toEqual([...whole.x]);
    expect(() => whole.report("short" as never)).toThrow(expect.objectContaining({ code: "OPTION" }));
    const traced = solver(A, b, { trace: true });
    expect(traced.trace).toHaveLength(whole.nit);
    expect(traced.trace?.at(-1)).toMatchObject({ nit: whole.nit });
  });

  test("pulled, it is the same run", () => {
    const it = pulled[name](A, b);
    let count = 0;
    for (const { nit } of it) expect(nit).toBe(++count);
    expect(it.result.x).toEqual(whole.x);
    expect([it.result.status, it.result.nit]).toEqual(["converged", whole.nit]);
    expect([...it.result.history]).toEqual([...whole.history]);
    const left = pulled[name](A, b);
    for (const { nit } of left) if (nit === 2) break;
    expect(left.result).toMatchObject({ status: "stopped", reason: "callback", nit: 2 });
  });

  test("a state goes on to the bit, from any iteration", () => {
    for (const stop of [1, 2, 5, whole.nit]) {
      const first = pulled[name](A, b);
      let state: ReturnType<typeof first.state> | undefined;
      for (const { nit } of first) {
        if (nit < stop) continue;
        state = JSON.parse(JSON.stringify(first.state()));
        break;
      }
      const second = pulled[name](A, b, { resume: state });
      for (const _ of second);
      expect([...second.result.x]).toEqual([...whole.x]);
      expect([second.result.status, second.result.nit]).toEqual([whole.status, whole.nit]);
      expect(second.result.nfev).toBe(whole.nfev);
      expect([...second.result.history]).toEqual([...whole.history]);
    }
  });

  test("so does one that was taken before the first step, from x0 too", () => {
    for (const options of name.startsWith("ls") ? [{}] : [{}, { x0: b }]) {
      const first = pulled[name](A, b, options);
      const state = JSON.parse(JSON.stringify(first.state()));
      first.return?.();
      const second = pulled[name](A, b, { ...options, resume: state });
      for (const _ of second);
      const straight = solver(A, b, options);
      const { x, nit, nfev } = second.result;
      expect([[...x], nit, nfev]).toEqual([[...straight.x], straight.nit, straight.nfev]);
    }
  });

  test("functions are not called beyond a limit", () => {
    if (name === "jacobi" || name === "gaussSeidel") return;
    let calls = 0;
    let after = Infinity;
    const controller = new AbortController();
    const call = (multiply: (x: Float64Array, out: Float64Array) => void) => {
      return (x: Float64Array, out: Float64Array) => {
        controller.signal.throwIfAborted();
        calls++;
        multiply(x, out);
        if (calls === after) controller.abort();
      };
    };
    const multiply = call((x, out) => A.multiply(x, out));
    const map = { rows: n, cols: n, multiply, multiplyTransposed: multiply };
    const solve = (options: object) => {
      calls = 0;
      const r = solver((name.startsWith("ls") ? map : multiply) as never, b, options);
      return [r.reason, r.nfev, calls];
    };
    expect(solve({ maxTimeMs: 0 })).toEqual(["maxTime", 0, 0]);
    for (const most of [1, 2, 7]) {
      const [reason, nfev, made] = solve({ maxEvaluations: most });
      expect([reason, nfev]).toEqual(["maxEvaluations", made]);
      expect(made).toBeLessThanOrEqual(most);
    }
    after = 5;
    expect(solve({ signal: controller.signal })).toEqual(["abort", 5, 5]);
    expect(solve({ signal: controller.signal })).toEqual(["abort", 0, 0]);
    const { residualNorm } = solver((name.startsWith("ls") ? map : multiply) as never, b, { maxTimeMs: 0 });
    expect(residualNorm).toBeCloseTo(Math.hypot(...b), 12);
  });

  test("a damaged state, and one of another run, are refused", () => {
    const it = pulled[name](A, b);
    it.next();
    const state = it.state();
    it.return?.();
    const refused = expect.objectContaining({ code: "SNAPSHOT" });
    const { x } = state.vectors;
    const spoilt = {
      ...state,
      vectors: { ...state.vectors, x: `${x?.[0] === "B" ? "C" : "B"}${x?.slice(1)}` },
    };
    expect(() => pulled[name](A, b, { resume: spoilt })).toThrow(refused);
    expect(() => pulled[name](A, b, { resume: { ...state, nit: 3 } })).toThrow(refused);
    const other = name === "cg" ? "minres" : "cg";
    expect(() => pulled[other](A, b, { resume: state })).toThrow(refused);
    expect(() => pulled[name]([[2]], [1], { resume: state })).toThrow(refused);
  });
});

describe("asynchronous runs", () => {
  const late = async (x: Float64Array, out: Float64Array) => {
    const copy = x.slice();
    await Promise.resolve();
    A.multiply(copy, out);
  };

  test("wait for functions and preconditioners that promise", async () => {
    const half = async (r: Float64Array, z: Float64Array) => {
      await Promise.resolve();
      for (let i = 0; i < n; i++) z[i] = r[i]! / 2;
    };
    for (const [now, later] of [
      [cg, cgAsync],
      [minres, minresAsync],
      [gmres, gmresAsync],
      [bicgstab, bicgstabAsync],
    ] as const) {
      expect((await later(late, b)).x).toEqual(now(product, b).x);
      expect((await later(late, b, { preconditioner: half })).status).toBe("converged");
      expect(() => now(late, b)).toThrow(expect.objectContaining({ code: "CALLBACK_RESULT" }));
    }
    const map = { rows: n, cols: n, multiply: late, multiplyTransposed: late };
    expect((await lsqrAsync(map, b)).status).toBe("converged");
  });

  test("heed an asynchronous onIteration that answers stop", async () => {
    for (const later of [cgAsync, gmresAsync, minresAsync]) {
      const r = await later(A, b, { onIteration: async ({ nit }) => (nit === 3 ? "stop" : undefined) });
      expect([r.status, r.reason, r.nit]).toEqual(["stopped", "callback", 3]);
    }
  });

  test("reject with the reason of the signal, even where a function never answers", async () => {
    const controller = new AbortController();
    // A function that is still running keeps the memory of the run: it answers at the end of the test.
    let answer = () => {};
    const pending = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const run = cgAsync(() => pending, b, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error("enough")), 5);
    await expect(run).rejects.toThrow("enough");
    answer();
    await pending;
    await Promise.resolve();
    await expect(cgAsync(async () => Promise.reject(new Error("mine")), b)).rejects.toThrow("mine");
    await expect(gmresAsync(async () => [1, 2], [1, 2])).rejects.toMatchObject({ code: "CALLBACK_RESULT" });
  });
});

test("x of a run that GMRES is stopped in is that of its last direction", () => {
  const full = gmres(product, b, { maxIterations: 6 });
  expect(full.reason).toBe("maxIterations");
  expect(full.residualNorm).toBeCloseTo(full.history[6]!, 10);
  expect(full.residualNorm).toBeLessThan(0.1 * full.history[0]!);
});
