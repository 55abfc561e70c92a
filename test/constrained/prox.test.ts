// Proximal operators and projections against what defines them: no point does better, and the angle of a projection is obtuse.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { admm, DownhillError, type ProximalOperator, project, prox } from "../../src/index.js";

const vector = (n: number) =>
  fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: n, maxLength: n });
const operators: [string, ProximalOperator][] = [
  ["zero", prox.zero()],
  ["l1", prox.l1(0.7)],
  ["l2", prox.l2(1.5)],
  ["linf", prox.linf(1.2)],
  ["squared", prox.squared(2, [1, -1, 0, 2, 0.5, 3])],
  ["elastic", prox.elastic(0.8, 0.3)],
  ["groupL2", prox.groupL2(2, 1.1)],
  ["totalVariation", prox.totalVariation(0.6)],
  ["nuclear", prox.nuclear(2, 3, 0.9)],
  ["nuclear, tall", prox.nuclear(3, 2, 0.9)],
  ["box", project.box([-1, -1, 0, 0, -2, 1], 2)],
  ["nonnegative", project.nonnegative()],
  ["simplex", project.simplex(2)],
  ["l1Ball", project.l1Ball(3)],
  ["l2Ball", project.l2Ball(2)],
  ["linfBall", project.linfBall(1.5)],
  ["secondOrderCone", project.secondOrderCone()],
  ["halfspace", project.halfspace([1, -2, 0, 1, 1, 0.5], 1)],
  [
    "affine",
    project.affine(
      [
        [1, 1, 0, 0, 1, 0],
        [0, 2, -1, 0, 0, 1],
      ],
      [1, 2],
    ),
  ],
];

describe.each(operators)("%s", (_, g) => {
  test("no point near or far does better", () => {
    fc.assert(
      fc.property(vector(6), vector(6), fc.double({ min: 0.1, max: 3, noNaN: true }), (v, w, t) => {
        const x = g.prox(v, t);
        const cost = (p: ArrayLike<number>) =>
          g.value(p) + Array.from(p).reduce((s, value, i) => s + (value - v[i]!) ** 2, 0) / (2 * t);
        const best = cost(x);
        expect(best).toBeLessThan(Infinity);
        // Other points of the domain: the operator's own answers elsewhere, and steps from x towards them.
        const other = g.prox(w, t);
        for (const share of [1, 0.1, 1e-3]) {
          const p = x.map((value, i) => value + share * (other[i]! - value));
          expect(cost(p)).toBeGreaterThanOrEqual(best - 1e-9 * Math.max(1, best));
        }
      }),
      { numRuns: 100 },
    );
  });

  test("firmly nonexpansive, and in place", () => {
    fc.assert(
      fc.property(vector(6), vector(6), (v, w) => {
        const [a, b] = [g.prox(v), g.prox(w)];
        const dot = (p: number[], q: number[]) => p.reduce((s, value, i) => s + value * q[i]!, 0);
        const d = Array.from(a, (value, i) => value - b[i]!);
        expect(dot(d, d)).toBeLessThanOrEqual(
          dot(
            d,
            v.map((value, i) => value - w[i]!),
          ) + 1e-9,
        );
        const inPlace = Float64Array.from(v);
        g.prox(inPlace, 1, inPlace);
        expect(inPlace).toEqual(a);
      }),
      { numRuns: 50 },
    );
  });
});

test("closed forms", () => {
  expect(Array.from(prox.l1(1).prox([3, -0.5, -2]))).toEqual([2, 0, -1]);
  expect(Array.from(prox.l2(5).prox([3, 4]))).toEqual([0, 0]);
  expect(Array.from(project.simplex().project([1, 1]))).toEqual([0.5, 0.5]);
  expect(Array.from(project.l1Ball(1).project([2, 0.5]))).toEqual([1, 0]);
  expect(Array.from(project.secondOrderCone().project([2, 0]))).toEqual([1, 1]);
  expect(Array.from(project.affine([[1, 1]], [2]).project([3, 1]))).toEqual([
    expect.closeTo(2, 14),
    expect.closeTo(0, 14),
  ]);
  expect(project.simplex().value([0.5, 0.6])).toBe(Infinity);
  expect(project.simplex().value([0.5, 0.5])).toBe(0);
});

test("the taut string: cumulated residuals stay within lambda, and reach it where x jumps", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 67 }).chain(vector),
      fc.double({ min: 0.01, max: 4, noNaN: true }),
      (v, lambda) => {
        const x = prox.totalVariation(lambda).prox(v);
        let sum = 0;
        for (let i = 0; i < v.length; i++) {
          sum += v[i]! - x[i]!;
          if (i === v.length - 1) expect(Math.abs(sum)).toBeLessThan(1e-9);
          else {
            expect(Math.abs(sum)).toBeLessThanOrEqual(lambda + 1e-9);
            const jump = x[i + 1]! - x[i]!;
            if (Math.abs(jump) > 1e-9) expect(Math.abs(sum + Math.sign(jump) * lambda)).toBeLessThan(1e-9);
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});

test.each<[number[], number, number[]]>([
  [[1e200, 0], 1e200, [1, 3]],
  [[1e-200, 1e-200], 1e-200, [0, 1]],
  [[1e-310, 0], 1e-310, [1, 3]],
])("a halfspace of any unit: %j", (a, b, nearest) => {
  for (const [i, v] of project.halfspace(a, b).project([2, 3]).entries())
    expect(v).toBeCloseTo(nearest[i]!, 12);
});

test("operators keep numbers of their own", () => {
  const [two, one, right] = [[1, 2], [1, -1], [3]];
  const made = [
    prox.squared(1, two),
    project.box(two, [4, 5]),
    project.box(0, two),
    project.halfspace(one, 1),
    project.affine([two], right),
  ];
  const values = () => made.map((operator) => [...operator.prox([7, -3])]);
  const before = values();
  for (const list of [two, one, right]) list.fill(9);
  expect(values()).toEqual(before);
});

test.each<[string, () => unknown, string]>([
  ["a negative weight", () => prox.l1(-1), "OPTION"],
  ["no step", () => prox.l1(1).prox([1], 0), "OPTION"],
  ["a vector that is none", () => prox.l1(1).prox("x" as never), "SHAPE"],
  ["an out of another length", () => prox.l1(1).prox([1], 1, new Float64Array(2)), "SHAPE"],
  ["groups that do not fit", () => prox.groupL2(2).prox([1, 2, 3]), "SHAPE"],
  ["a center of another length", () => prox.squared(1, [1]).prox([1, 2]), "SHAPE"],
  ["crossed bounds", () => project.box([1], [0]), "OPTION"],
  ["a box of another length", () => project.box([1], [2]).project([1, 2]), "SHAPE"],
  ["sides of two lengths", () => project.box([1], [2, 3]), "SHAPE"],
  ["a side that is none", () => project.box(null as never), "SHAPE"],
  ["NaN in a side", () => project.box([0, NaN], 1), "OPTION"],
  ["NaN in a center", () => prox.squared(1, [NaN]), "NON_FINITE_INPUT"],
  ["BigInt in a center", () => prox.squared(1, [1n] as never), "NON_FINITE_INPUT"],
  [
    "a length without elements",
    () => admm({ proxF: prox.zero(), proxG: prox.zero(), x0: { length: 2 ** 31 } }),
    "SHAPE",
  ],
  ["a total of 0", () => project.simplex(0), "OPTION"],
  ["b of another length", () => project.affine([[1, 1]], [1, 2]), "SHAPE"],
  ["NaN in a", () => project.halfspace([NaN], 1), "NON_FINITE_INPUT"],
])("refuses %s", (_, call, code) => {
  try {
    call();
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(DownhillError);
    expect((error as DownhillError).code).toBe(code);
  }
});
