// ADMM and sessions: the same answers as the interior point method, warm starts that cost little, what is refused.
import { describe, expect, test } from "vitest";
import { csrFromTriplets, qpSession, solveLP, solveQP, verify } from "../../src/index.js";
import { Random } from "../../src/random/philox.js";
import { linear, quadratic } from "../reference-data/convex.js";

/** A double integrator over `steps` times 0.1: x+ = A x + B u, |u| <= 1, |v| <= 0.5. */
function control(steps: number) {
  const n = 3 * steps;
  const [row, col, value]: number[][] = [[], [], []];
  const add = (i: number, j: number, v: number) => {
    row!.push(i);
    col!.push(j);
    value!.push(v);
  };
  for (let k = 0; k < steps; k++) {
    add(2 * k, 3 * k + 1, 1);
    add(2 * k + 1, 3 * k + 2, 1);
    add(2 * k, 3 * k, -0.005);
    add(2 * k + 1, 3 * k, -0.1);
    if (k === 0) continue;
    add(2 * k, 3 * k - 2, -1);
    add(2 * k, 3 * k - 1, -0.1);
    add(2 * k + 1, 3 * k - 1, -1);
  }
  const index = Array.from({ length: n }, (_, i) => i);
  const A = csrFromTriplets({ rows: 2 * steps, cols: n, row: row!, col: col!, value: value! });
  const P = csrFromTriplets({
    rows: n,
    cols: n,
    row: index,
    col: index,
    value: index.map((i) => (i % 3 === 0 ? 0.1 : 1)),
  });
  const upper = index.map((i) => (i % 3 === 0 ? 1 : i % 3 === 2 ? 0.5 : 10));
  const from = (x: readonly [number, number]) => {
    const b = new Array<number>(2 * steps).fill(0);
    b[0] = x[0] + 0.1 * x[1];
    b[1] = x[1];
    return b;
  };
  const b = from([3, 0]);
  return { from, program: { P, q: index.map(() => 0), A, l: b, u: b, lower: upper.map((v) => -v), upper } };
}

describe("admm", () => {
  test.each(quadratic.map((p) => [p.id, p] as const))("%s", (_, p) => {
    const program = { P: p.P!, q: p.q, A: p.A, l: p.l, u: p.u };
    const r = solveQP(program, { method: "admm" });
    expect(r.status).toBe(p.status);
    expect(r.method).toBe("admm");
    expect(verify(program, r).ok).toBe(true);
    if (p.objective !== undefined)
      expect(Math.abs(r.objective - p.objective)).toBeLessThan(1e-5 * Math.max(1, Math.abs(p.objective)));
  });

  test("a control problem, polished far below the tolerance", () => {
    const { program } = control(20);
    const a = solveQP(program, { method: "admm", tolerance: 1e-9 });
    const b = solveQP(program);
    expect(a.status).toBe("solved");
    expect(Math.abs(a.objective - b.objective)).toBeLessThan(1e-8 * b.objective);
    // However little is asked for, the linear system of what binds gives all digits, and variables at their bounds are there.
    const rough = solveQP(program, { method: "admm", tolerance: 1e-2 });
    expect(rough.status).toBe("solved");
    const { primal, gap, stationarity } = verify(program, rough);
    expect(Math.max(primal, gap, stationarity)).toBeLessThan(1e-12);
    const bound = b.x.filter((v, j) => program.upper[j]! - Math.abs(v) < 1e-6).length;
    expect(bound).toBeGreaterThan(10);
    expect(rough.x.filter((v, j) => Math.abs(v) === program.upper[j]).length).toBe(bound);
  });
});

describe("pdhg", () => {
  test.each(linear.map((p) => [p.id, p] as const))("%s", (_, p) => {
    const program = { c: p.q, A: p.A, l: p.l, u: p.u, lower: p.lower, upper: p.upper };
    const r = solveLP(program, { method: "pdhg" });
    expect(r.status).toBe(p.status);
    expect(verify(program, r).ok).toBe(true);
    if (p.objective !== undefined)
      expect(Math.abs(r.objective - p.objective)).toBeLessThan(1e-5 * Math.max(1, Math.abs(p.objective)));
  });

  test("a transport problem of 60 x 40 agrees with the interior point method", () => {
    const [m, n] = [60, 40];
    const [row, col]: number[][] = [[], []];
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        row!.push(i, m + j);
        col!.push(i * n + j, i * n + j);
      }
    const A = csrFromTriplets({ rows: m + n, cols: m * n, row: row!, col: col!, value: row!.map(() => 1) });
    const c = Array.from({ length: m * n }, (_, k) => 1 + ((k * 7919) % 97) / 10);
    const b = [...Array.from({ length: m }, () => 2), ...Array.from({ length: n }, () => 3)];
    const program = { c, A, l: b, u: b, lower: c.map(() => 0) };
    const r = solveLP(program, { method: "pdhg", tolerance: 1e-7 });
    expect(r).toMatchObject({ status: "solved", method: "pdhg" });
    expect(Math.abs(r.objective / solveLP(program).objective - 1)).toBeLessThan(1e-6);
  });
});

describe("qpSession", () => {
  test("a sequence gives what fresh solves give, most of it without the interior point method", () => {
    const { program, from } = control(15);
    using session = qpSession(program);
    let x: [number, number] = [3, 0];
    let quick = 0;
    for (let k = 0; k < 40; k++) {
      const b = from(x);
      const r = session.update({ l: b, u: b }).solve();
      expect(r.status).toBe("solved");
      const fresh = solveQP({ ...program, l: b, u: b });
      expect(Math.abs(r.objective - fresh.objective)).toBeLessThan(1e-7 * Math.max(1, fresh.objective));
      if (r.method === "activeSet") quick++;
      const u = r.x[0]!;
      x = [x[0] + 0.1 * x[1] + 0.005 * u, x[1] + 0.1 * u];
    }
    expect(quick).toBeGreaterThan(25);
  });

  test("costs, bounds, and new numbers in P and A", () => {
    using session = qpSession({
      P: [
        [2, 0],
        [0, 2],
      ],
      q: [-2, -5],
      A: [[1, 2]],
      u: [3],
    });
    const near = (x: Float64Array, y: readonly number[]) =>
      y.forEach((v, i) => {
        expect(x[i]!).toBeCloseTo(v, 8);
      });
    near(session.solve().x, [0.4, 1.3]);
    near(session.update({ u: [2] }).solve().x, [0.2, 0.9]);
    near(session.update({ u: [null] }).solve().x, [1, 2.5]);
    near(session.update({ upper: [0.5, 9] }).solve().x, [0.5, 2.5]);
    // What is no number is refused with its place, and changes nothing.
    expect(() => session.update({ q: [0, 1n] as never })).toThrow(/qpSession\.update: q\[1\]/);
    near(session.update({ q: [-2, -2] }).solve().x, [0.5, 1]);
    near(
      session
        .update({
          P: [
            [4, 0],
            [0, 8],
          ],
        })
        .solve().x,
      [0.5, 0.25],
    );
    near(session.update({ A: [[1, 1]], u: [0.5], upper: [null, null] }).solve().x, [1 / 3, 1 / 6]);
  });

  test("infeasible in between, and solved again", () => {
    using session = qpSession({ P: [[1]], q: [0], A: [[1], [1]], l: [1, -9], u: [9, 2] });
    expect(session.solve().status).toBe("solved");
    expect(session.update({ u: [9, 0.5] }).solve().status).toBe("primalInfeasible");
    const r = session.update({ u: [9, 3] }).solve();
    expect(r.status).toBe("solved");
    expect(r.x[0]).toBeCloseTo(1, 8);
  });

  test("a P that stops being convex", () => {
    using session = qpSession({
      P: [
        [1, 0],
        [0, 1],
      ],
      q: [1, 1],
    });
    expect(session.solve().status).toBe("solved");
    expect(
      session
        .update({
          P: [
            [1, 0],
            [0, -1],
          ],
        })
        .solve().status,
    ).toBe("nonConvex");
  });

  test("what is refused, and disposal", () => {
    const session = qpSession({ P: [[1]], q: [0], A: [[1]], l: [0] });
    expect(() => session.update({ q: [1, 2] })).toThrow(expect.objectContaining({ code: "SHAPE" }));
    expect(() => session.update({ A: [[1, 1]] })).toThrow(expect.objectContaining({ code: "SHAPE" }));
    expect(() => session.update({ u: [-1] })).toThrow(expect.objectContaining({ code: "OPTION" }));
    expect(() => session.update({ c: [1] } as never)).toThrow(expect.objectContaining({ code: "OPTION" }));
    expect(() => qpSession({ P: [[1]], q: [0] }, { method: "pdhg" } as never)).toThrow(
      expect.objectContaining({ code: "OPTION" }),
    );
    session.dispose();
    session.dispose();
    expect(() => session.solve()).toThrow(expect.objectContaining({ code: "DISPOSED" }));
    expect(() => session.update({})).toThrow(expect.objectContaining({ code: "DISPOSED" }));
  });
});

describe("a session by admm", () => {
  test("goes on from its iterate: fewer iterations than fresh solves, the same answers, also after new matrices", () => {
    const { from, program } = control(15);
    using session = qpSession(program, { method: "admm" });
    let [x, v] = [3, 0];
    let [warm, cold] = [0, 0];
    for (let k = 0; k < 12; k++) {
      const b = from([x, v]);
      const r = session.update({ l: b, u: b }).solve();
      const other = solveQP({ ...program, l: b, u: b }, { method: "admm" });
      expect(r.status).toBe("solved");
      expect(r.method).toBe("admm");
      expect(verify({ ...program, l: b, u: b }, r).ok).toBe(true);
      expect(Math.abs(r.objective - other.objective)).toBeLessThan(2e-6 * Math.max(1, other.objective));
      warm += r.nit;
      cold += other.nit;
      const u = r.x[0]!;
      [x, v] = [x + 0.1 * v + 0.005 * u, v + 0.1 * u];
    }
    expect(warm).toBeLessThan(cold);
    const P = csrFromTriplets({
      rows: 45,
      cols: 45,
      row: program.q.map((_, i) => i),
      col: program.q.map((_, i) => i),
      value: program.q.map((_, i) => (i % 3 === 0 ? 0.5 : 2)),
    });
    const r = session.update({ P, upper: program.upper.map((w, i) => (i % 3 === 0 ? Infinity : w)) }).solve();
    const changed = { ...program, P, upper: program.upper.map((w, i) => (i % 3 === 0 ? Infinity : w)) };
    const b = from([x - 0.1 * 0, v]);
    expect(verify({ ...changed, l: b, u: b }, session.update({ l: b, u: b }).solve()).ok).toBe(true);
    expect(r.status).toBe("solved");
  });

  test("says what has no solution, and refuses other methods", () => {
    const session = qpSession({ P: [[1]], q: [0], A: [[1]], l: [0], u: [1] }, { method: "admm" });
    expect(session.solve().status).toBe("solved");
    expect(session.update({ lower: [3] }).solve().status).toBe("primalInfeasible");
    expect(session.update({ lower: [0.5] }).solve().x[0]).toBeCloseTo(0.5, 5);
    session.dispose();
    session.dispose();
    expect(() => session.solve()).toThrow(/disposed/);
    expect(() => qpSession({ P: [[1]], q: [0] }, { method: "pdhg" as never })).toThrow(/activeSet, admm/);
  });
});

describe("limits between two looks", () => {
  const random = new Random(4);
  const [n, m] = [40, 40];
  const B = Array.from({ length: n }, () => Array.from({ length: n }, () => random.normal()));
  const P = B.map((r) => B.map((s) => r.reduce((sum, v, k) => sum + v * s[k]!, 0)));
  const program = {
    P,
    q: Array.from({ length: n }, () => 20 * random.normal()),
    A: Array.from({ length: m }, () => Array.from({ length: n }, () => random.normal())),
    l: new Array(m).fill(-1),
    u: new Array(m).fill(1),
    lower: new Array(n).fill(-1),
    upper: new Array(n).fill(1),
  };

  test.each([1, 3, 10, 30])(
    "a limit of %d changes is kept, but for one that lets a side go",
    (maxEvaluations) => {
      using session = qpSession(program, { maxEvaluations });
      const kept = session.solve();
      expect([kept.status, kept.reason]).toEqual(["stopped", "maxEvaluations"]);
      expect(kept.nfev).toBeLessThanOrEqual(maxEvaluations + 1);
      const dense = solveQP(program, { method: "activeSet", maxEvaluations });
      expect([dense.status, dense.reason]).toEqual(["stopped", "maxEvaluations"]);
      expect(dense.nfev).toBeLessThanOrEqual(maxEvaluations + 1);
    },
  );

  test("by admm limits and the signal are looked at between the factorisations of a step", () => {
    const looksOf = (solve: (signal: AbortSignal) => { nfev: number; status: string }) => {
      let looks = 0;
      const signal = new AbortController().signal;
      Object.defineProperty(signal, "aborted", { get: () => looks++ < 0 });
      const { nfev, status } = solve(signal);
      expect(status).toBe("solved");
      // The factorisation, the iterations, and each look at the sides that bind, of which the last steps have one at least.
      expect(looks).toBeGreaterThanOrEqual(2 * nfev + 1);
    };
    looksOf((signal) => solveQP(program, { method: "admm", signal }));
    looksOf((signal) => {
      using session = qpSession(program, { method: "admm", signal });
      return session.solve();
    });
  });
});
