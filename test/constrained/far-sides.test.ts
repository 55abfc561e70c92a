import fc from "fast-check";
import { expect, test } from "vitest";
import { solveLP, solveQP, verify } from "../../src/index.js";

// Sides of 1e20 or 1e30, the infinity of other programs, are numbers here: an optimum within them is found as without them, and where an
// answer depends on one, a warning says so.

const far = [1e20, 1e30, Number.MAX_VALUE];
const inside = (B: number) => ({
  A: [
    [1, 2],
    [3, 1],
  ],
  l: [-B, -B],
  u: [4, 6],
  lower: [0, 0],
  upper: [B, B],
});

test.for(far)("two rows meet at (1.6, 1.2), with sides of %d", (B) => {
  for (const method of ["interiorPoint", "simplex", "pdhg"] as const) {
    const program = { c: [-1, -1], ...inside(B) };
    const answer = solveLP(program, { method });
    expect(answer.status, method).toBe("solved");
    expect(answer.objective).toBeCloseTo(-2.8, 6);
    expect(answer.warnings).toEqual([]);
    expect(verify(program, answer).ok).toBe(true);
  }
  // (1 - x)^2 + (2.5 - y)^2 on x + y <= 2: a quarter and 7 quarters.
  for (const method of ["interiorPoint", "activeSet", "admm"] as const) {
    const P = [
      [2, 0],
      [0, 2],
    ];
    const program = { P, q: [-2, -5], A: [[1, 1]], l: [-B], u: [2], lower: [-B, -B], upper: [B, B] };
    const { status, x } = solveQP(program, { method });
    expect(status, method).toBe("solved");
    expect(x[0]).toBeCloseTo(0.25, 5);
    expect(x[1]).toBeCloseTo(1.75, 5);
  }
});

test("random programs with an optimum inside come to the same objective", () => {
  const number = fc.integer({ min: -20, max: 20 }).map((v) => v / 4);
  const size = fc.record({ n: fc.integer({ min: 2, max: 5 }), m: fc.integer({ min: 1, max: 4 }) });
  fc.assert(
    fc.property(
      size.chain(({ n, m }) =>
        fc.record({
          A: fc.array(fc.array(number, { minLength: n, maxLength: n }), { minLength: m, maxLength: m }),
          c: fc.array(number, { minLength: n, maxLength: n }),
          B: fc.constantFrom(1e20, 1e30),
        }),
      ),
      ({ A, c, B }) => {
        // 0 is feasible, and x >= -1 with costs of at least 0 bounds the objective.
        const costs = c.map(Math.abs);
        const program = (none: number) => ({
          c: costs,
          A,
          l: A.map(() => -none),
          u: A.map((_, i) => 1 + i),
          lower: c.map(() => -1),
          upper: c.map(() => none),
        });
        const truth = solveLP(program(Infinity), { method: "simplex" });
        for (const method of ["interiorPoint", "simplex"] as const) {
          const answer = solveLP(program(B), { method });
          expect(answer.status).toBe("solved");
          expect(Math.abs(answer.objective - truth.objective)).toBeLessThan(
            1e-6 * (1 + Math.abs(truth.objective)),
          );
        }
      },
    ),
    { numRuns: 40 },
  );
});

test.for(far.slice(0, 2))("rows that contradict each other do so with sides of %d", (B) => {
  const A = [
    [1, 1],
    [1, -1],
    [1, 0],
  ];
  const sides = { A, l: [2, -B, 3], u: [B, 1, B], lower: [0, 0], upper: [1, B] };
  for (const method of ["interiorPoint", "simplex", "pdhg"] as const) {
    const program = { c: [1, 1], ...sides };
    const answer = solveLP(program, { method });
    expect(answer.status, method).toBe("primalInfeasible");
    expect(answer.conflict).toEqual([2]);
    expect(answer.warnings).toEqual([]);
    expect(verify(program, answer).ok, method).toBe(true);
  }
});

test("an answer that depends on such a side warns", () => {
  const program = (B: number) => ({
    c: [-1, -1],
    A: [[1, -2]],
    l: [-B],
    u: [4],
    lower: [0, 0],
    upper: [B, B],
  });
  const corner = solveLP(program(1e20), { method: "simplex" });
  expect([corner.status, ...corner.x]).toEqual(["solved", 1e20, 1e20]);
  expect(corner.warnings.map(({ code }) => code)).toEqual(["W_FAR_SIDES"]);
  expect(corner.report()).toContain("write Infinity, or null, where there is none");
  const lost = solveLP(program(1e30));
  expect(lost.status).not.toBe("solved");
  expect(lost.warnings.map(({ code }) => code)).toEqual(["W_FAR_SIDES"]);
  expect(solveLP(program(Infinity)).status).toBe("dualInfeasible");
  // A contradiction of the far sides themselves is one.
  const beyond = {
    c: [1, 1],
    A: [
      [1, 0],
      [0, 1],
    ],
    l: [1e25, 1],
    lower: [0, 0],
    upper: [1e20, 5],
  };
  expect(solveLP(beyond).status).toBe("primalInfeasible");
});
