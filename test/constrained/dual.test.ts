// The dual active-set method for dense programs against the interior point method and against verify, which knows neither.

import fc from "fast-check";
import { expect, test } from "vitest";
import { loadSync, qpSession, solveQP, verify } from "../../src/index.js";

/** Numbers from -1 to 1 of a linear congruence. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2147483648 - 1;
  };
}

function program(n: number, m: number, seed: number) {
  const next = numbers(seed);
  const row = () => Array.from({ length: n }, next);
  const B = Array.from({ length: n }, row);
  const P = B.map((r, i) => B.map((s, j) => r.reduce((t, v, k) => t + v * s[k]!, i === j ? 0.1 : 0)));
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) P[i]![j] = P[j]![i]!;
  const A = Array.from({ length: m }, row);
  // Rows that others imply, and equations.
  if (m > 2) A[1] = A[0]!.map((v) => 2 * v);
  const inside = row();
  const value = (a: number[]) => a.reduce((s, v, k) => s + v * inside[k]!, 0);
  const u = A.map((a, i) => value(a) + (i % 5 === 4 ? 0 : Math.abs(next())));
  const l = A.map((a, i) => (i % 5 === 4 ? u[i]! : i % 3 === 0 ? value(a) - Math.abs(next()) : -Infinity));
  const lower = inside.map((v, j) => (j % 4 === 0 ? v - Math.abs(next()) : j % 4 === 1 ? v : -Infinity));
  const upper = inside.map((v, j) => (j % 4 === 1 && j % 8 === 1 ? v : Infinity));
  return { P, q: row().map((v) => 5 * v), A, l, u, lower, upper };
}

test("random programs: the interior point method agrees, verify finds nothing", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 24 }),
      fc.integer({ min: 0, max: 40 }),
      fc.integer(),
      (n, m, seed) => {
        const p = program(n, m, seed);
        const r = solveQP(p);
        const peer = solveQP(p, { method: "interiorPoint" });
        expect(r.method).toBe("activeSet");
        expect(verify(p, r, { tolerance: 1e-9 })).toMatchObject({ ok: true });
        expect(Math.abs(r.objective - peer.objective)).toBeLessThan(
          1e-7 * Math.max(1, Math.abs(r.objective)),
        );
      },
    ),
    { numRuns: 40, seed: 7 },
  );
});

test("rows that contradict each other are proved to", () => {
  const p = program(10, 12, 3);
  const never = { ...p, A: [...p.A, p.A[2]!], l: [...p.l, p.u[2]! + 1], u: [...p.u, Infinity] };
  const r = solveQP(never);
  expect(r).toMatchObject({ status: "primalInfeasible", method: "activeSet" });
  expect(verify(never, r).ok).toBe(true);
  expect(r.conflict).toEqual([2, 12]);
});

test("the method says where it did not do: P singular", () => {
  const r = solveQP(
    {
      P: [
        [1, 1],
        [1, 1],
      ],
      q: [-1, -1],
      lower: [0, 0],
    },
    { method: "activeSet" },
  );
  expect(r).toMatchObject({ status: "solved", method: "interiorPoint" });
});

test("without a quadratic part the interior point method answers, and nothing is left in memory", () => {
  const runtime = loadSync();
  const r = solveQP({ P: [[0]], q: [-4], upper: [1] }, { method: "activeSet", runtime });
  expect(r).toMatchObject({ status: "solved", method: "interiorPoint", objective: expect.closeTo(-4, 6) });
  expect(runtime.memory.handles()).toEqual([]);
});

test("limits end the run between two columns of a side", () => {
  // min |x - 2|^2 / 2 with x <= 1: every bound enters, one by one.
  const n = 40;
  const P = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)));
  const p = { P, q: new Array(n).fill(-2), upper: new Array(n).fill(1) };
  const whole = solveQP(p, { method: "activeSet" });
  expect(whole).toMatchObject({ status: "solved", method: "activeSet", objective: expect.closeTo(-60, 6) });
  for (const maxIterations of [1, 3, 7]) {
    const r = solveQP(p, { method: "activeSet", maxIterations });
    expect(r).toMatchObject({ status: "stopped", reason: "maxIterations", nit: maxIterations });
  }
  const seen: number[] = [];
  solveQP(p, { method: "activeSet", onIteration: ({ nit }) => void seen.push(nit) });
  expect(seen.length).toBeGreaterThan(5);
  let calls = 0;
  const stopped = solveQP(p, { method: "activeSet", onIteration: () => (++calls < 2 ? undefined : "stop") });
  expect(stopped).toMatchObject({ status: "stopped" });
});

test("a session whose sides come and go, and become equal", () => {
  const p = program(12, 10, 5);
  const session = qpSession(p);
  const next = numbers(11);
  for (let k = 0; k < 20; k++) {
    const q = p.q.map((v) => v + next());
    const u = p.u.map((v, i) => (k % 5 === 4 && i === 0 ? p.l[0]! : v));
    const now = { ...p, q, u };
    const r = session.update({ q, u }).solve();
    expect(verify(now, r, { tolerance: 1e-8 })).toMatchObject({ ok: true });
    const fresh = solveQP(now).objective;
    expect(Math.abs(r.objective - fresh)).toBeLessThan(1e-8 * Math.max(1, Math.abs(fresh)));
  }
  session.dispose();
});
