// Programs without a feasible point, by construction: a ball, and a plane or a paraboloid beside it. Steps of sqp that weigh f against the
// violation go to and fro beside its least value on some of them.
import fc from "fast-check";
import { expect, test } from "vitest";
import { minimizeConstrained } from "../../src/index.js";

/** Numbers of a linear congruential generator, so that a program is its seed. */
function draw(seed: number) {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return (state / 2147483648) * 2 - 1;
  };
}

function solve(seed: number, kind: number) {
  const random = draw(seed);
  const n = 2 + Math.floor((random() + 1) * 1.5);
  const vector = () => Array.from({ length: n }, random);
  const sum = (x: Float64Array, term: (v: number, j: number) => number) =>
    x.reduce((t, v, j) => t + term(v, j), 0);
  const [q, centre, normal] = [vector(), vector(), vector()];
  const r = 0.2 + Math.abs(random());
  vector();
  // Beyond the ball by a twentieth of its radius at least.
  const offset = (1.05 + Math.abs(random())) * r * Math.hypot(...normal);
  const inequality = [
    (x: Float64Array) => r * r - sum(x, (v, j) => (v - centre[j]!) ** 2),
    (x: Float64Array) =>
      sum(x, (v, j) => normal[j]! * (v - centre[j]!)) -
      offset -
      (kind === 1 ? 0.3 * sum(x, (v) => v * v) + 1 : 0),
  ];
  if (kind === 2) inequality.push((x) => Math.sin(x[0]! * 3) - 1.2 + 0.1 * Math.cos(x[1]!));
  const f = (x: Float64Array) => sum(x, (v, j) => (v - q[j]!) ** 2 + Math.sin(2 * v + q[j]!));
  const x0 = vector().map((t) => 3 * t);
  return minimizeConstrained(f, x0, { inequality, method: "sqp" });
}

test.each([
  [715284992, 2],
  [935099904, 0],
  [1018651648, 2],
  [1242352192, 2],
  [484894976, 1],
  [324189184, 0],
  [1562456576, 0],
  [465098240, 0],
  [387547520, 0],
  [1921849344, 2],
  [684329472, 2],
  [329349944, 0],
])("program %d of kind %d is said to be infeasible", (seed, kind) => {
  const r = solve(seed, kind);
  expect([r.status, r.reason]).toEqual(["failed", "infeasible"]);
  expect(r.nit).toBeLessThan(300);
});

test("so is any other", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 31 - 1 }), fc.constantFrom(0, 1, 2), (seed, kind) => {
      const r = solve(seed, kind);
      expect([r.status, r.reason]).toEqual(["failed", "infeasible"]);
    }),
    { numRuns: 400 },
  );
});
