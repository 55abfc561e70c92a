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

const linear = ["interiorPoint", "simplex", "pdhg"] as const;

test.for([1e16, 1e20])("a row of coefficients as large as its side has no far side: %d", (B) => {
  const A = [
    [B, 0],
    [1, 1],
  ];
  for (const method of linear) {
    const answer = solveLP({ c: [1, 1], A, l: [B, 3], u: [B, 3], lower: [-10, -10] }, { method });
    expect(answer.status, method).toBe("solved");
    expect(answer.warnings).toEqual([]);
    expect(answer.x[0]).toBeCloseTo(1, 6);
    expect(answer.x[1]).toBeCloseTo(2, 6);
  }
});

test.for([1e15, 1e17, 1e20])("bounds on free variables do not keep a program from its end: %d", (B) => {
  const A = [
    [-2, -1, -3],
    [-3, -2, 1],
  ];
  const program = { c: [-4, -1, 0], A, l: [-2, -4], u: [B, -4], lower: [-B, -B, -B], upper: [5, -3, B] };
  for (const method of linear) {
    const { status, objective } = solveLP(program, { method });
    expect(status, method).toBe("solved");
    expect(objective).toBeCloseTo(-99 / 7, 6);
  }
});

test("sides beyond each other contradict by every method", () => {
  const program = { c: [1, 0], A: [[1, 0]], l: [2e20], u: [Infinity], lower: [0, 0], upper: [1e20, 1] };
  for (const method of linear) {
    const { status, nit } = solveLP(program, { method });
    expect(status, method).toBe("primalInfeasible");
    expect(nit).toBeLessThan(100);
  }
});

test("sides of 1e15 and 1e16 are numbers, where the optimum lies", () => {
  const line = { c: [-1, 1], A: [[1, 1]], l: [-Infinity], u: [1e16], lower: [0, 1], upper: [Infinity, 2] };
  for (const method of linear) {
    const { status, objective, nit } = solveLP(line, { method });
    expect(status, method).toBe("solved");
    expect(objective / -1e16).toBeCloseTo(1, 10);
    expect(nit).toBeLessThan(1000);
  }
  const P = (first: number) => [
    [first, 0],
    [0, 2],
  ];
  const flat = { P: P(2e-15), q: [-6, -2], A: [[1, 0]], l: [0], u: [2e15], lower: [0, 0] };
  for (const method of ["activeSet", "interiorPoint", "admm"] as const) {
    const { status, x, nit } = solveQP({ ...flat, upper: [Infinity, 5] }, { method });
    expect(status, method).toBe("solved");
    expect(x[0]! / 2e15).toBeCloseTo(1, 10);
    expect(nit).toBeLessThan(1000);
  }
});

test.for([1e16, 1e20])("activeSet goes on to the whole program: %d", (B) => {
  const P = [
    [0.01 / B, 0],
    [0, 2],
  ];
  const program = { P, q: [-1, -2], A: [[1, 1]], l: [-B], u: [B], lower: [0, 0], upper: [B, 2] };
  const { status, x } = solveQP(program, { method: "activeSet" });
  expect(status).toBe("solved");
  expect(x[0]! / B).toBeCloseTo(1, 10);
});

test.for([1e20, 1e30])("simplex, too, looks within sides of %d first", (B) => {
  const A = [
    [-1, 4, -3],
    [-2, -2, 1],
  ];
  const program = { c: [0, 4, 0], A, l: [-B, 15], u: [B, B], lower: [-B, -4, -B], upper: [B, B, 5] };
  const { status, x, warnings, basis } = solveLP(program, { method: "simplex" });
  expect([status, ...x]).toEqual(["solved", -1, -4, 5]);
  expect(warnings).toEqual([]);
  expect(basis).toBeDefined();
});
