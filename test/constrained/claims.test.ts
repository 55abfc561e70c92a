// What "solved" claims: every residual relative to the terms of its own component, the same for every method, in every unit, and found again
// by verify. Points are checked by hand, not by what the answers say of themselves.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type LinearProgram,
  minimizeConstrained,
  type QuadraticProgram,
  solveLP,
  solveQP,
  verify,
} from "../../src/index.js";

/** A large number beside a small one excuses nothing: x is 1, whatever y costs. */
const beside: readonly (readonly [string, LinearProgram | QuadraticProgram])[] = [
  ["a cost", { c: [-1, 1e8], A: [[1, 1]], l: [1], lower: [0, 1], upper: [1, null] }],
  [
    "a cost beside a row",
    {
      c: [-1, 1e8],
      A: [
        [1, 0],
        [1, 1],
      ],
      l: [null, 1],
      u: [1, 9],
      lower: [0, 1],
    },
  ],
  [
    "a cost of a curved program",
    {
      P: [
        [1e-3, 0],
        [0, 1],
      ],
      q: [-1, 1e8],
      A: [[1, 1]],
      u: [9],
      lower: [0, 1],
      upper: [1, null],
    },
  ],
  [
    "a value of a curved program",
    {
      P: [
        [1e-3, 0],
        [0, 1],
      ],
      q: [-1, 0],
      A: [[1, 1e4]],
      l: [1e8],
      lower: [0, 1e8],
      upper: [1, null],
    },
  ],
];

describe("what is large elsewhere excuses nothing", () => {
  for (const [name, program] of beside) {
    const methods =
      "P" in program
        ? (["interiorPoint", "admm", "activeSet"] as const)
        : (["interiorPoint", "pdhg"] as const);
    test.each(methods)(`${name}: %s`, (method) => {
      const r =
        "P" in program
          ? solveQP(program, { method: method as "admm" })
          : solveLP(program as LinearProgram, { method: method as "pdhg" });
      expect(["solved", "failed", "stopped"]).toContain(r.status);
      if (r.status !== "solved") return;
      expect(Math.abs(r.x[0]! - 1)).toBeLessThan(1e-5);
      expect(verify(program, r)).toMatchObject({ ok: true });
    });
    test(`${name}: verify`, () => {
      const y = [0, 0].slice(0, "A" in program ? (program.A as unknown[]).length : 0);
      const { why } = verify(program, {
        status: "solved",
        x: [0.3, "P" in program && program.q[1] === 0 ? 1e8 : 1],
        y,
      });
      expect(why).toMatch(/from its side is 0\.(7|69)|infinite bound: 1$/);
    });
  }

  test("a row that is missed by its own terms, beside a variable of 1e8", () => {
    const program = { c: [0, 0], A: [[1, 0]], l: [1], u: [1], lower: [null, 1e8], upper: [null, 1e8] };
    expect(verify(program, { status: "solved", x: [0.9, 1e8], y: [0] }).why).toMatch("violated");
    expect(verify(program, { status: "solved", x: [1, 1e8], y: [0] }).ok).toBe(true);
  });

  test("a direction of no cost but its own, beside a cost of 1e8", () => {
    const program = { c: [-1, 1e8], lower: [0, 0] };
    expect(verify(program, { status: "solved", x: [0, 0], y: [] }).why).toMatch("infinite bound: 1");
    for (const method of ["interiorPoint", "pdhg"] as const)
      expect(solveLP(program, { method }).status).not.toBe("solved");
  });
});

describe("one tolerance", () => {
  // Two ways to the same sum, which differ by 2e-7 of it.
  const nearly = {
    c: [1, 1],
    A: [
      [1, 1],
      [1, 0],
      [0, 1],
    ],
    l: [1, 0.3, 0.7000002],
    u: [1, 0.3, 0.7000002],
  };
  test("what rounding or the data keep from the tolerance asked for is not solved", () => {
    const asked = solveLP(nearly, { tolerance: 1e-9 });
    expect(asked.status).not.toBe("solved");
    const usual = solveLP(nearly);
    if (usual.status === "solved") {
      expect(usual).toMatchObject({ reason: "optimal", tolerance: 1e-6 });
      expect(usual.message).toBe("x is feasible and optimal within 0.000001, relatively");
    }
  });

  test("the claim is the tolerance of the answer, and all four measures are within it", () => {
    for (const tolerance of [1e-11, 1e-9, 1e-4]) {
      const r = solveLP({ c: [-3, -5], A: [[1, 0], [0, 2], [3, 2]], u: [4, 12, 18], lower: [0, 0] }, { tolerance }); // biome-ignore format: one line
      expect(r.tolerance).toBe(tolerance);
      for (const v of [r.primalResidual, r.dualResidual])
        expect(v).toBeLessThanOrEqual(Math.min(1e-6, tolerance));
      for (const v of [r.complementarity, r.gap]) expect(v).toBeLessThanOrEqual(tolerance);
    }
  });
});

/** Powers of ten for rows, columns and the objective. */
const unit = fc.integer({ min: -8, max: 8 }).map((k) => 10 ** k);
const small = fc.integer({ min: -4, max: 4 });
const side = fc.option(fc.integer({ min: -6, max: 6 }), { nil: null });

const programs = fc
  .record({ n: fc.integer({ min: 1, max: 4 }), m: fc.integer({ min: 0, max: 4 }), curved: fc.boolean() })
  .chain(({ n, m, curved }) => {
    const vector = <T>(of: fc.Arbitrary<T>, length: number) =>
      fc.array(of, { minLength: length, maxLength: length });
    return fc.record({
      curved: fc.constant(curved),
      A: vector(vector(small, n), m),
      B: vector(vector(small, n), n),
      q: vector(small, n),
      rows: vector(fc.tuple(side, side), m),
      bounds: vector(fc.tuple(side, side), n),
      rowUnits: vector(unit, m),
      columnUnits: vector(unit, n),
      cost: unit,
    });
  });
type Drawn = typeof programs extends fc.Arbitrary<infer T> ? T : never;

function scaled({ curved, A, B, q, rows, bounds, rowUnits, columnUnits, cost }: Drawn) {
  const sorted = ([a, b]: readonly [number | null, number | null]) =>
    a !== null && b !== null && a > b ? ([b, a] as const) : ([a, b] as const);
  const times = (v: number | null, by: number) => (v === null ? null : v * by);
  const [sides, limits] = [rows.map(sorted), bounds.map(sorted)];
  const common = {
    A: A.map((row, i) => row.map((a, j) => a * rowUnits[i]! * columnUnits[j]!)),
    l: sides.map(([a], i) => times(a, rowUnits[i]!)),
    u: sides.map(([, b], i) => times(b, rowUnits[i]!)),
    lower: limits.map(([a], j) => times(a, 1 / columnUnits[j]!)),
    upper: limits.map(([, b], j) => times(b, 1 / columnUnits[j]!)),
  };
  const given = common.A.length > 0 ? common : { lower: common.lower, upper: common.upper };
  const costs = q.map((v, j) => v * columnUnits[j]! * cost);
  if (!curved) return { c: costs, ...given };
  const P = q.map((_, i) =>
    q.map(
      (_, j) => B.reduce((s, row) => s + row[i]! * row[j]!, 0) * columnUnits[i]! * columnUnits[j]! * cost,
    ),
  );
  for (let i = 0; i < q.length; i++) for (let j = 0; j < i; j++) P[i]![j] = P[j]![i]!;
  return { P, q: costs, ...given };
}

/** By hand, in the component's own terms. */
function violated(p: ReturnType<typeof scaled>, x: Float64Array): number {
  let worst = 0;
  const miss = (v: number, lo: number | null, up: number | null, terms: number) => {
    const by = Math.max((lo ?? -Infinity) - v, v - (up ?? Infinity), 0);
    worst = Math.max(worst, by / Math.max(1, terms, Math.abs(by === v - (up ?? Infinity) ? up! : (lo ?? 0))));
  };
  ("A" in p ? p.A : []).forEach((row, i) => {
    const terms = row.map((a, j) => a * x[j]!);
    miss(
      terms.reduce((s, v) => s + v, 0),
      ("l" in p ? p.l : [])[i]!,
      ("u" in p ? p.u : [])[i]!,
      Math.max(...terms.map(Math.abs)),
    );
  });
  x.forEach((v, j) => {
    miss(v, p.lower[j]!, p.upper[j]!, 0);
  });
  return worst;
}

test("every claim is found so by verify, in every unit, and no method contradicts another", () => {
  let solved = 0;
  let proved = 0;
  fc.assert(
    fc.property(programs, (drawn) => {
      const program = scaled(drawn);
      const answers =
        "P" in program
          ? (["activeSet", "interiorPoint", "admm"] as const)
              .filter((method) => method !== "activeSet" || program.P.flat().some((v) => v !== 0))
              .map((method) => solveQP(program as QuadraticProgram, { method, maxIterations: 2000 }))
          : (["interiorPoint", "pdhg", "simplex"] as const).map((method) =>
              solveLP(program as LinearProgram, { method, maxIterations: 20000 }),
            );
      const claims = answers.filter(({ status }) => status !== "stopped" && status !== "failed");
      for (const r of claims) {
        expect(verify(program, r)).toMatchObject({ ok: true });
        expect(r.status === "solved").toBe(claims[0]!.status === "solved");
        if (r.status !== "solved") {
          proved++;
          continue;
        }
        solved++;
        expect(verify(program, r, { tolerance: r.tolerance })).toMatchObject({ ok: true });
        expect(violated(program, r.x)).toBeLessThanOrEqual(1e-6);
      }
    }),
    { numRuns: 200, seed: 11 },
  );
  expect(solved).toBeGreaterThan(100);
  expect(proved).toBeGreaterThan(50);
});

describe("no unit of the costs decides whether there is a solution", () => {
  test.each([1e-12, 1e-6, 1, 1e6, 1e12])("costs of %d", (cost) => {
    for (const method of ["interiorPoint", "pdhg", "simplex"] as const) {
      // Falls for ever along x; the same with a bound ends there.
      const free = solveLP({ c: [-cost, cost], A: [[1, -1]], l: [-1], lower: [0, 0] }, { method });
      expect(`${method} ${free.status}`).toBe(`${method} dualInfeasible`);
      const held = solveLP({ c: [-cost, cost], A: [[1, -1]], u: [1], lower: [0, 0] }, { method });
      expect(`${method} ${held.status}`).toBe(`${method} solved`);
      expect(Math.abs(held.objective / cost + 1)).toBeLessThan(1e-3);
    }
  });
  test("a large cost makes no ray of a step out of the bounds", () => {
    const program = { c: [0, 1e13], A: [[1, 0]], l: [0], lower: [null, -4e-5], upper: [null, 3e-5] };
    for (const method of ["interiorPoint", "pdhg", "simplex"] as const)
      expect(solveLP(program, { method }).status).not.toBe("dualInfeasible");
    const claim = { status: "dualInfeasible", certificate: { x: [1, -1e-9] } } as never;
    expect(verify(program, claim)).toMatchObject({ ok: false });
  });
});

describe("verify of nonlinear answers at bounds", () => {
  const steep = (x: Float64Array) => x[0]! ** 2 + x[0]! + (x[1]! - 1) ** 2;
  const bounds = { lower: [0, -9] };
  test.each(["sqp", "interiorPoint", "augmentedLagrangian"] as const)("%s", (method) => {
    const r = minimizeConstrained(steep, [1, 3], { method, bounds });
    expect(r.status).toBe("converged");
    expect(verify(r, { f: steep, bounds })).toMatchObject({ ok: true });
    const loose = minimizeConstrained(steep, [1, 3], { method, bounds, gradTol: 1e-4, feasTol: 1e-4 });
    expect(loose.tolerance).toBe(1e-4);
    expect(verify(loose, { f: steep, bounds })).toMatchObject({ ok: loose.status === "converged" });
  });
  test("a bound far away holds nothing", () => {
    expect(verify({ status: "converged", x: [0.5, 1] }, { f: steep, bounds }).why).toMatch(
      "gradient of the Lagrangian is 2",
    );
  });
});
