// solveQP and solveLP: known answers, certificates that hold, limits, bad input. Every answer is judged by verify, and verify by hand.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  csrFromTriplets,
  type LinearProgram,
  loadSync,
  type QuadraticProgram,
  solveLP,
  solveLPAsync,
  solveQP,
  solveQPAsync,
  verify,
} from "../../src/index.js";
import { linear, quadratic, type Small } from "../reference-data/convex.js";

const asLinear = ({ q, A, l, u, lower, upper }: Small): LinearProgram => ({ c: q, A, l, u, lower, upper });
const asQuadratic = ({ P, q, A, l, u }: Small): QuadraticProgram => ({ P: P!, q, A, l, u });

function numbers(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const wyndor = {
  c: [-3, -5],
  A: [
    [1, 0],
    [0, 2],
    [3, 2],
  ],
  u: [4, 12, 18],
  lower: [0, 0],
};
const demo = {
  P: [
    [4, 1],
    [1, 2],
  ],
  q: [1, 1],
  A: [
    [1, 1],
    [1, 0],
    [0, 1],
  ],
  l: [1, 0, 0],
  u: [1, 0.7, 0.7],
};

describe("known answers", () => {
  test.each(linear.map((p) => [p.id, p] as const))("linear: %s", (_, p) => {
    const program = asLinear(p);
    const r = solveLP(program);
    expect(r.status).toBe(p.status);
    expect(verify(program, r, { tolerance: 1e-9 })).toMatchObject({ ok: true });
    if (p.objective !== undefined)
      expect(Math.abs(r.objective - p.objective)).toBeLessThanOrEqual(
        1e-9 * Math.max(1, Math.abs(p.objective)),
      );
    p.x?.forEach((v, j) => {
      expect(Math.abs(r.x[j]! - v)).toBeLessThan(1e-7 * Math.max(1, Math.abs(v)));
    });
  });

  test.each(quadratic.map((p) => [p.id, p] as const))("quadratic: %s", (_, p) => {
    const program = asQuadratic(p);
    const r = solveQP(program);
    expect(r.status).toBe(p.status);
    expect(verify(program, r, { tolerance: 1e-9 })).toMatchObject({ ok: true });
    if (p.objective !== undefined)
      expect(Math.abs(r.objective - p.objective)).toBeLessThanOrEqual(
        1e-8 * Math.max(1, Math.abs(p.objective)),
      );
    p.x?.forEach((v, j) => {
      expect(Math.abs(r.x[j]! - v)).toBeLessThan(1e-6 * Math.max(1, Math.abs(v)));
    });
    // Bounds as rows: one multiplier a row.
    p.y?.forEach((v, i) => {
      expect(Math.abs(r.y[i]! - v)).toBeLessThan(1e-6 * Math.max(1, Math.abs(v)));
    });
  });

  test("signs: y is positive at an upper side, negative at a lower one; z likewise for bounds", () => {
    const r = solveLP(wyndor);
    expect([...r.y].map((v) => Math.round(v * 1e8) / 1e8 + 0)).toEqual([0, 1.5, 1]);
    const q = solveQP({
      P: [
        [1, 0],
        [0, 1],
      ],
      q: [-2, 3],
      upper: [1, 9],
      lower: [-9, -1],
    });
    expect([...q.x].map((v) => Math.round(v * 1e8) / 1e8)).toEqual([1, -1]);
    expect(q.z[0]).toBeCloseTo(1, 7);
    expect(q.z[1]).toBeCloseTo(-2, 7);
  });
});

describe("programs with a planted answer", () => {
  // x, y and z are chosen first; q and the sides follow, so the optimum is known exactly.
  const planted = (n: number, m: number, seed: number, curved: boolean) => {
    const random = numbers(seed);
    const x = Array.from({ length: n }, () => Math.round(8 * random() - 4));
    const A = Array.from({ length: m }, () =>
      Array.from({ length: n }, () => (random() < 0.5 ? 0 : Math.round(6 * random() - 3))),
    );
    const P = Array.from({ length: n }, () => new Array<number>(n).fill(0));
    if (curved) {
      for (let r = 0; r < n; r++) {
        const v = Array.from({ length: n }, () => (random() < 0.6 ? 0 : Math.round(4 * random() - 2)));
        for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) P[i]![j] = P[i]![j]! + v[i]! * v[j]!;
      }
    }
    const [l, u, y]: number[][] = [[], [], []];
    for (const row of A) {
      const v = row.reduce((s, a, j) => s + a * x[j]!, 0);
      const kind = random();
      l!.push(kind < 0.4 ? v : v - 2);
      u!.push(kind < 0.2 || kind >= 0.7 ? v : v + 3);
      y!.push(kind < 0.2 ? 2 * random() - 1 : kind < 0.4 ? -random() : kind >= 0.7 ? random() : 0);
    }
    const lower = x.map((v) => (random() < 0.4 ? v : Number.NEGATIVE_INFINITY));
    const upper = x.map((v) => (random() < 0.2 ? v + 1 : Number.POSITIVE_INFINITY));
    const z = lower.map((v) => (v > Number.NEGATIVE_INFINITY ? -random() : 0));
    const q = x.map(
      (_, j) =>
        -(
          P[j]!.reduce((s, p, k) => s + p * x[k]!, 0) +
          A.reduce((s, row, i) => s + row[j]! * y![i]!, 0) +
          z[j]!
        ),
    );
    const objective = x.reduce(
      (s, v, j) => s + q[j]! * v + (v * P[j]!.reduce((t, p, k) => t + p * x[k]!, 0)) / 2,
      0,
    );
    return { program: { P, q, A, l: l!, u: u!, lower, upper }, objective };
  };

  test.each([false, true])("curved: %s", (curved) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 14 }),
        fc.integer({ min: 0, max: 12 }),
        fc.nat(),
        (n, m, seed) => {
          const { program, objective } = planted(n, m, seed, curved);
          const { P, q, ...rest } = program;
          const r = curved ? solveQP(program) : solveLP({ c: q, ...rest });
          expect(r.status).toBe("solved");
          expect(Math.abs(r.objective - objective)).toBeLessThan(1e-8 * Math.max(1, Math.abs(objective)));
          expect(verify(curved ? program : { c: q, ...rest }, r, { tolerance: 1e-7 }).ok).toBe(true);
          void P;
        },
      ),
      { numRuns: 120 },
    );
  });

  test("scaling rows, columns and objective by powers of two changes no decision", () => {
    const { program } = planted(6, 5, 11, true);
    const r = solveQP(program);
    const scaled = {
      ...program,
      q: program.q.map((v) => 1024 * v),
      P: program.P.map((row) => row.map((v) => 1024 * v)),
      A: program.A.map((row, i) => row.map((v) => v * 2 ** (i % 3))),
      l: program.l.map((v, i) => v * 2 ** (i % 3)),
      u: program.u.map((v, i) => v * 2 ** (i % 3)),
    };
    const s = solveQP(scaled);
    expect(s.status).toBe(r.status);
    for (let j = 0; j < 6; j++) expect(Math.abs(s.x[j]! - r.x[j]!)).toBeLessThan(1e-7);
  });
});

describe("certificates", () => {
  test("a contradiction of many rows, and one of bounds alone", () => {
    const program = {
      c: [0, 0, 0],
      A: [
        [1, 1, 0],
        [0, 1, 1],
        [1, 0, 1],
      ],
      l: [2, 2, 2],
      upper: [0.9, 0.9, 0.9],
    };
    const r = solveLP(program);
    expect(r).toMatchObject({ status: "primalInfeasible", reason: "certificate" });
    expect(r.success).toBe(false);
    const { y, z } = r.certificate as { y: Float64Array; z: Float64Array };
    // A'y + z = 0, and what the sides allow is below 0.
    for (let j = 0; j < 3; j++) {
      const s = program.A.reduce((t, row, i) => t + row[j]! * y[i]!, z[j]!);
      expect(Math.abs(s)).toBeLessThan(1e-12);
    }
    const value =
      y.reduce((s, v, i) => s + Math.min(v, 0) * program.l[i]!, 0) +
      z.reduce((s, v, j) => s + Math.max(v, 0) * program.upper[j]!, 0);
    expect(value).toBeLessThan(-1e-3);
    expect(verify(program, r).ok).toBe(true);
  });

  test("a ray of a quadratic program", () => {
    const program = {
      P: [
        [1, 0],
        [0, 0],
      ],
      q: [0, -1],
      A: [[1, 0]],
      l: [0],
    };
    const r = solveQP(program);
    expect(r).toMatchObject({ status: "dualInfeasible", reason: "ray" });
    const d = r.certificate?.x as Float64Array;
    expect(d[1]! > 0 && Math.abs(d[0]!) < 1e-9).toBe(true);
  });

  test("verify refuses certificates and points that prove nothing", () => {
    const infeasible = { c: [0], A: [[1], [1]], l: [2, -Infinity], u: [Infinity, 1] };
    expect(
      verify(infeasible, { status: "primalInfeasible", certificate: { y: Float64Array.of(-1, 1) } }).ok,
    ).toBe(true);
    expect(
      verify(infeasible, { status: "primalInfeasible", certificate: { y: Float64Array.of(1, 1) } }).ok,
    ).toBe(false);
    expect(verify(wyndor, { status: "dualInfeasible", certificate: { x: Float64Array.of(1, 1) } }).ok).toBe(
      false,
    );
    expect(verify(demo, { status: "nonConvex", certificate: { d: Float64Array.of(1, -1) } }).ok).toBe(false);
    const r = solveLP(wyndor);
    expect(verify(wyndor, { ...r, x: [2, 6.1] }).why).toMatch(/violated/);
    expect(verify(wyndor, { ...r, x: [0, 0] }).why).toMatch(/differ/);
    expect(verify(wyndor, { status: "solved", x: [2, 6], y: [0, 1.5, 1], objective: -35 }).why).toMatch(
      /not -35/,
    );
    expect(
      verify({ ...wyndor, lower: undefined }, { status: "solved", x: [2, 6], y: [0, 1, 1] }).why,
    ).toMatch(/infinite/);
    expect(verify(wyndor, { ...r, status: "stopped" }).ok).toBe(false);
    expect(() => verify(wyndor, null as never)).toThrow(expect.objectContaining({ code: "OPTION" }));
  });

  test("rows without numbers, rows of nothing, no rows, no variables", () => {
    expect(solveLP({ c: [1], A: [[0]], l: [1], lower: [0] }).status).toBe("primalInfeasible");
    expect(solveLP({ c: [1, -1], lower: [0, 0], upper: [3, 4] })).toMatchObject({
      status: "solved",
      objective: -4,
    });
    expect(solveLP({ c: [] })).toMatchObject({ status: "solved", objective: 0 });
    expect(solveLP({ c: [1] }).status).toBe("dualInfeasible");
    expect(solveQP({ P: [[0]], q: [0] }).status).toBe("solved");
    const empty = csrFromTriplets({ rows: 0, cols: 2, row: [], col: [], value: [] });
    expect(solveLP({ c: [1, 1], A: empty, lower: [1, 2] }).objective).toBe(3);
  });

  test("a small coefficient that a point far out uses is no rounding of a proof", () => {
    // x0 = 1e-8 x1 and x0 >= 1: x = (1, 1e8). Multipliers (1, -1) leave -1e-8 for x1, which is all of its terms; so does the ray (0, -1).
    const A = [
      [1, -1e-8],
      [1, 0],
    ];
    const program = { c: [1, 1], A, l: [0, 1], u: [0, null] };
    const r = solveLP(program);
    expect(r).toMatchObject({ status: "solved", reason: "optimal" });
    expect(r.objective / (1e8 + 1)).toBeCloseTo(1, 6);
    expect(
      verify(program, { status: "primalInfeasible", certificate: { y: Float64Array.of(1, -1) } }).ok,
    ).toBe(false);
    expect(verify(program, { status: "dualInfeasible", certificate: { x: Float64Array.of(0, -1) } }).ok).toBe(
      false,
    );
  });

  test("dependent and inconsistent equalities", () => {
    const A = [
      [1, 1],
      [2, 2],
    ];
    const consistent = solveQP({
      P: [
        [1, 0],
        [0, 1],
      ],
      q: [0, 0],
      A,
      l: [1, 2],
      u: [1, 2],
    });
    expect(consistent.status).toBe("solved");
    expect(consistent.x[0]).toBeCloseTo(0.5, 9);
    expect(
      solveQP({
        P: [
          [1, 0],
          [0, 1],
        ],
        q: [0, 0],
        A,
        l: [1, 3],
        u: [1, 3],
      }).status,
    ).toBe("primalInfeasible");
  });
});

describe("on the driver", () => {
  test("limits, progress, trace, stop and abort", async () => {
    expect(solveLP(wyndor, { maxIterations: 2 })).toMatchObject({
      status: "stopped",
      reason: "maxIterations",
      nit: 2,
    });
    expect(solveLP(wyndor, { maxTimeMs: 0 })).toMatchObject({ status: "stopped", reason: "maxTime", nit: 0 });
    const seen: number[] = [];
    const r = solveQP(demo, { onIteration: (it) => seen.push(it.nit), trace: true });
    expect(seen).toEqual(Array.from({ length: r.nit }, (_, i) => i + 1));
    expect(r.trace?.length).toBe(r.nit);
    expect(solveQP(demo, { onIteration: () => "stop" })).toMatchObject({
      status: "stopped",
      reason: "callback",
    });
    const controller = new AbortController();
    controller.abort(new Error("enough"));
    expect(solveQP(demo, { signal: controller.signal }).reason).toBe("abort");
    await expect(solveQPAsync(demo, { signal: controller.signal })).rejects.toThrow("enough");
  });

  test("the asynchronous twin gives the same bits, also on a runtime of its own", async () => {
    const a = solveQP(demo);
    expect((await solveQPAsync(demo)).x).toEqual(a.x);
    expect((await solveLPAsync(wyndor)).y).toEqual(solveLP(wyndor).y);
    const runtime = loadSync({ memoryBytes: 2 ** 22 });
    expect(solveQP(demo, { runtime }).x).toEqual(a.x);
    expect(runtime.memory.used).toBe(0);
    runtime.dispose();
  });

  test("report, brief and data", () => {
    const r = solveLP(wyndor);
    expect(r.report()).toMatch(/objective {16}= -36/);
    expect(`${r}`).toMatch(/^interiorPoint: solved\/optimal, objective = -36/);
    expect(r.toJSON()).toMatchObject({ kind: "convexProgram", status: "solved" });
  });
});

describe("bad input", () => {
  test.each([
    ["SHAPE", { c: [1, 2], A: [[1]] }],
    ["SHAPE", { c: 3 }],
    ["SHAPE", { c: [1], A: [[1]], l: [1, 2] }],
    ["SHAPE", { c: [1], names: ["a", "b"] }],
    ["OPTION", { c: [1], A: [[1]], l: [2], u: [1] }],
    ["OPTION", { c: [1], lower: [1], upper: [0] }],
    ["OPTION", { c: [1], B: [[1]] }],
    ["NON_FINITE_INPUT", { c: [Number.NaN] }],
    ["NON_FINITE_INPUT", { c: [1], A: [[Number.NaN]] }],
    ["NON_FINITE_INPUT", { c: [1], lower: [Number.NaN] }],
    ["NON_FINITE_INPUT", { c: [1], lower: [Infinity] }],
  ])("linear: %s", (code, program) => {
    expect(() => solveLP(program as never)).toThrow(expect.objectContaining({ code }));
  });

  test.each([
    [
      "NOT_SYMMETRIC",
      {
        P: [
          [1, 2],
          [0, 1],
        ],
        q: [0, 0],
      },
    ],
    ["SHAPE", { P: [[1]], q: [0, 0] }],
    ["NON_FINITE_INPUT", { P: [[Infinity]], q: [0] }],
  ])("quadratic: %s", (code, program) => {
    expect(() => solveQP(program as never)).toThrow(expect.objectContaining({ code }));
  });

  test.each([
    ["a column that is none", { colIdx: Int32Array.of(0, 5) }],
    ["rows that end early", { rowPtr: Int32Array.of(0, 1, 1) }],
    ["rows that end late", { rowPtr: Int32Array.of(0, 1, 3) }],
    ["columns out of order", { rowPtr: Int32Array.of(0, 2, 2), colIdx: Int32Array.of(1, 0) }],
    ["a column twice", { rowPtr: Int32Array.of(0, 2, 2), colIdx: Int32Array.of(1, 1) }],
    ["too few numbers", { values: Float64Array.of(1) }],
  ])("the parts of a sparse matrix: %s", (_, wrong) => {
    const parts = {
      ...{ rows: 2, cols: 2, rowPtr: Int32Array.of(0, 1, 2) },
      ...{ colIdx: Int32Array.of(0, 1), values: Float64Array.of(1, 1) },
    };
    const rows = { l: [1, 1], u: [null, null] };
    const thrown = expect.objectContaining({ code: "SHAPE" });
    expect(solveLP({ c: [1, 1], A: parts as never, ...rows }).objective).toBeCloseTo(2, 6);
    expect(() => solveLP({ c: [1, 1], A: { ...parts, ...wrong } as never, ...rows })).toThrow(thrown);
    expect(() => solveQP({ q: [1, 1], P: { ...parts, ...wrong } as never })).toThrow(thrown);
  });

  test("the parts of a sparse matrix as plain arrays are read", () => {
    const A = { rows: 1, cols: 2, rowPtr: [0, 2], colIdx: [0, 1], values: [1, 1] };
    const r = solveLP({ c: [1, 2], A: A as never, l: [1], u: [null], lower: [0, 0] });
    expect(r).toMatchObject({ status: "solved", objective: expect.closeTo(1, 6) });
  });

  test("options", () => {
    expect(() => solveLP(wyndor, { tol: 1 } as never)).toThrow(/did you mean "tolerance"/);
    expect(() => solveLP(wyndor, { method: "simplx" } as never)).toThrow(
      expect.objectContaining({ code: "OPTION" }),
    );
    expect(() => solveLP(wyndor, { tolerance: -1 })).toThrow(expect.objectContaining({ code: "OPTION" }));
  });
});
