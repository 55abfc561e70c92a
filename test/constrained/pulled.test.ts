// The pulled forms of the constrained room: the same steps as the plain ones, and states that go on to the bit.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  compileProgram,
  csrFromTriplets,
  iterateConstrained,
  iterateLP,
  iterateQP,
  minimizeConstrained,
  solveLP,
  solveQP,
} from "../../src/index.js";

const json = <T>(v: T): T => JSON.parse(JSON.stringify(v)) as T;

/** Deterministic numbers in (-1, 1). */
function numbers(seed: number): () => number {
  let s = seed;
  return () => {
    s = (Math.imul(s, 1103515245) + 12345) & 0x7fffffff;
    return s / 0x40000000 - 1;
  };
}

/** A feasible quadratic program with sparse rows, its P singular. */
function program(n: number, m: number, seed: number) {
  const next = numbers(seed);
  const rows = Array.from({ length: m }, () => Array.from({ length: n }, () => (next() > 0.3 ? next() : 0)));
  const x = Array.from({ length: n }, next);
  const at = rows.map((r) => r.reduce((s, v, j) => s + v * x[j]!, 0));
  return {
    q: Array.from({ length: n }, next),
    A: rows,
    l: at.map((v) => v - Math.abs(next())),
    u: at.map((v) => v + Math.abs(next())),
    lower: x.map((v) => v - 1),
    upper: x.map((v) => v + 1),
  };
}

const lpOf = ({ q, ...p }: ReturnType<typeof program>) => ({ c: q, ...p });

type Run = { next(): { done?: boolean }; state(): unknown; return?(): unknown; readonly result: unknown };

/** Stops after `k` iterations, goes on from JSON, and gives what both ways end with. */
function resumed<R extends Run>(make: (resume?: unknown) => R, k: number): { whole: R; parts: R } {
  const whole = make();
  while (!whole.next().done);
  const first = make();
  for (let i = 0; i < k; i++) if (first.next().done) return { whole, parts: first };
  let state: unknown;
  try {
    state = json(first.state());
  } catch {
    // Over already.
    return { whole, parts: first };
  }
  first.return?.();
  const parts = make(state);
  while (!parts.next().done);
  return { whole, parts };
}

const bits = (r: unknown): unknown => {
  const { elapsedMs, ...rest } = (r as { toJSON(): Record<string, unknown> }).toJSON();
  return { ...rest, status: (r as { status: string }).status, x: [...(r as { x: Float64Array }).x] };
};

describe("iterateQP and iterateLP", () => {
  const P = [
    [4, 1],
    [1, 2],
  ];
  const osqp = {
    P,
    q: [1, 1],
    A: [
      [1, 1],
      [1, 0],
      [0, 1],
    ],
    l: [1, 0, 0],
    u: [1, 0.7, 0.7],
  };

  test("end with the bits of solveQP and solveLP", () => {
    for (const method of ["interiorPoint", "admm", "activeSet"] as const) {
      const run = iterateQP(osqp, { method });
      const seen = [...run].map(({ nit }) => nit);
      const plain = solveQP(osqp, { method });
      expect(run.result.x).toEqual(plain.x);
      expect(run.result.status).toBe("solved");
      expect(seen.at(-1)).toBe(plain.nit);
    }
    const { q: c, ...rest } = program(12, 8, 5);
    const lp = { c, ...rest };
    const run = iterateLP(lp, { method: "pdhg" });
    while (!run.next().done);
    expect(run.result.x).toEqual(solveLP(lp, { method: "pdhg" }).x);
  });

  test("a state goes on to the bit, after any iteration", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("interiorPoint", "admm", "activeSet", "lp", "pdhg"),
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 0, max: 30 }),
        (method, seed, k) => {
          const p = program(2 + (seed % 9), seed % 7, seed);
          const n = p.q.length;
          const Q = Array.from({ length: n }, (_, i) =>
            Array.from({ length: n }, (_, j) => +(i === j && j > 0)),
          );
          const { whole, parts } = resumed(
            (resume) =>
              (method === "lp" || method === "pdhg"
                ? iterateLP(lpOf(p), { method: method === "lp" ? "interiorPoint" : "pdhg", resume } as never)
                : iterateQP({ ...p, P: Q }, { method, resume } as never)) as Run,
            k,
          );
          expect(bits(parts.result)).toEqual(bits(whole.result));
        },
      ),
      { numRuns: 60 },
    );
  });

  test("pdhg in the middle of its restarts", () => {
    const next = numbers(3);
    const A = Array.from({ length: 20 }, () => Array.from({ length: 30 }, next));
    const x = Array.from({ length: 30 }, () => Math.max(0, next()));
    const b = A.map((a) => a.reduce((t, v, j) => t + v * x[j]!, 0));
    const y = Array.from({ length: 20 }, next);
    const c = x.map((v, j) => A.reduce((t, a, i) => t + a[j]! * y[i]!, 0) + (v > 0 ? 0 : Math.abs(next())));
    const lp = { c, A, l: b, u: b, lower: new Float64Array(30) };
    for (const k of [1, 2]) {
      const { whole, parts } = resumed((resume) => iterateLP(lp, { method: "pdhg", resume } as never), k);
      expect(whole.result.nit).toBeGreaterThan(500);
      expect(bits(parts.result)).toEqual(bits(whole.result));
    }
  });

  test("also in the search for a proof", () => {
    const infeasible = {
      c: [1, 1],
      A: [
        [1, 1],
        [1, 1],
        [1, -1],
      ],
      l: [2, null, 0],
      u: [null, 1, null],
    }; // prettier-ignore
    const count = [...iterateLP(infeasible)].length;
    expect(count).toBeGreaterThan(5);
    for (let k = 0; k < count; k++) {
      const { whole, parts } = resumed((resume) => iterateLP(infeasible, { resume } as never), k);
      expect(parts.result.status).toBe("primalInfeasible");
      expect(bits(parts.result)).toEqual(bits(whole.result));
    }
  });

  test("refuse states of other programs and methods, and damaged ones", () => {
    const run = iterateQP(osqp, { method: "interiorPoint" });
    run.next();
    const state = json(run.state());
    run.return?.();
    const other = { ...osqp, q: [1, 2] };
    const code = (f: () => unknown): unknown => {
      try {
        f();
        return null;
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(code(() => iterateQP(other, { method: "interiorPoint", resume: state }))).toBe("SNAPSHOT");
    expect(code(() => iterateQP(osqp, { method: "admm", resume: state }))).toBe("SNAPSHOT");
    const damaged = { ...state, counts: [7, 7] as const };
    expect(code(() => iterateQP(osqp, { method: "interiorPoint", resume: damaged }))).toBe("SNAPSHOT");
    expect(code(() => solveQP(osqp, { resume: state } as never))).toBe("OPTION");
  });

  test("sparse input and limits: a state after maxIterations goes on", () => {
    const A = csrFromTriplets({ rows: 1, cols: 2, row: [0, 0], col: [0, 1], value: [1, 1] });
    const q = { P, q: [1, 1], A, l: [1] };
    const run = iterateQP(q, { method: "interiorPoint", maxIterations: 3 });
    let state: unknown;
    for (const { nit } of run) if (nit === 3) state = run.state();
    expect(run.result.reason).toBe("maxIterations");
    const on = iterateQP(q, { method: "interiorPoint", resume: state as never });
    while (!on.next().done);
    expect(on.result.x).toEqual(solveQP(q, { method: "interiorPoint" }).x);
  });
});

describe("iterateConstrained", () => {
  const text =
    "min x1*x4*(x1+x2+x3)+x3; x1*x2*x3*x4 >= 25; x1^2+x2^2+x3^2+x4^2 == 40; 1 <= x1 <= 5; 1 <= x2 <= 5; 1 <= x3 <= 5; 1 <= x4 <= 5"; // prettier-ignore
  const f = ([x, y]: Float64Array) => (1 - x!) * (1 - x!) + 100 * (y! - x! * x!) * (y! - x! * x!);
  const inequality = [([x, y]: Float64Array) => 1.5 - x! * x! - y! * y!];

  test("a state goes on to the bit, by every method, with and without derivatives", () => {
    const compiled = compileProgram(text);
    for (const method of ["sqp", "interiorPoint", "augmentedLagrangian"] as const) {
      for (const k of [0, 1, 2, 5, 9]) {
        const exact = resumed(
          (resume) => iterateConstrained(compiled, [1, 5, 5, 1], { method, resume } as never),
          k,
        );
        expect(bits(exact.parts.result)).toEqual(bits(exact.whole.result));
        const free = resumed(
          (resume) => iterateConstrained(f, [-1, 0.5], { method, inequality, resume } as never),
          k,
        );
        expect(bits(free.parts.result)).toEqual(bits(free.whole.result));
        expect(bits(free.whole.result)).toEqual(
          bits(minimizeConstrained(f, [-1, 0.5], { method, inequality })),
        );
      }
    }
    compiled.dispose();
  });

  test("what was answered is not asked again, and limits of evaluations count from the beginning", () => {
    let calls = 0;
    const counted = (x: Float64Array) => {
      calls++;
      return f(x);
    };
    const run = iterateConstrained(counted, [-1, 0.5], { inequality });
    for (let k = 0; k < 4; k++) run.next();
    const state = json(run.state());
    const asked = calls;
    run.return?.();
    const on = iterateConstrained(counted, [-1, 0.5], { inequality, resume: state, maxEvaluations: asked });
    expect(calls).toBe(asked);
    while (!on.next().done);
    expect(on.result.reason).toBe("maxEvaluations");
    expect(calls).toBe(asked);
  });

  test("refuses states of other problems", () => {
    const run = iterateConstrained(f, [-1, 0.5], { inequality });
    run.next();
    const state = json(run.state());
    run.return?.();
    const go = (start: number[], o: object) => () =>
      iterateConstrained(f, start, { inequality, resume: state, ...o } as never);
    expect(go([-1, 0.6], {})).toThrow(/another start/);
    expect(go([-1, 0.5], { gradTol: 1e-4 })).toThrow(/tolerances/);
    expect(go([-1, 0.5], { method: "augmentedLagrangian" })).toThrow(/is of sqp/);
    const damaged = { ...state, answers: state.answers.toLowerCase() };
    expect(go([-1, 0.5], { resume: damaged })).toThrow(/damaged/);
    const throws = () => minimizeConstrained(f, [-1, 0.5], { inequality, resume: state } as never);
    expect(throws).toThrow(/unknown option/);
  });
});
