// Differences of columns in groups: of a full pattern, where each group is one column, they are the dense ones to the bit, and beside
// each other the columns of a group do not disturb each other.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Box } from "../../src/driver/bounds.js";
import { type DifferenceSpace, differences, newMemory } from "../../src/driver/differences.js";
import { GroupedSpace, groupedDifferences } from "../../src/driver/grouped-differences.js";
import { csrFromTriplets } from "../../src/index.js";
import { groupColumns } from "../../src/linalg/column-groups.js";
import { readPattern } from "../../src/linalg/sparse-pattern.js";

type Residuals = (x: Float64Array, out: Float64Array) => void;

/** Runs the walk: [largest error, points that were asked for]. */
function take(
  walk: Generator<Float64Array, number, void>,
  space: DifferenceSpace,
  f: Residuals,
): [number, number[][]] {
  const points: number[][] = [];
  for (;;) {
    const next = walk.next();
    if (next.done) return [next.value, points];
    points.push([...space.x]);
    f(space.x, next.value);
  }
}

const spaceOf = (m: number, n: number): DifferenceSpace => ({
  x: new Float64Array(n),
  a: new Float64Array(m),
  b: new Float64Array(m),
});

const patternOf = (rows: number, cols: number, at: readonly (readonly [number, number])[]) => {
  const [row, col] = [at.map(([i]) => i), at.map(([, j]) => j)];
  const given = csrFromTriplets({ rows, cols, row, col, value: at.map(() => 1) });
  return readPattern("test", "pattern", given, rows, cols);
};

/** One entry of a residual; some are noisy, some have an edge beyond which they are NaN. */
const kinds: readonly ((v: number, j: number) => number)[] = [
  (v) => v * v * v - v,
  (v) => Math.sin(v * 40) + 3,
  (v) => Math.exp(v / 3) * 1e5,
  (v) => Math.sqrt(v - 0.25),
  (v) => Math.sqrt(2 - v),
  (v) => Math.round(v * 1e9) / 1e9,
  (v) => 1e12 + v,
  () => 4,
  (v) => Math.abs(v) * 1e-12,
];
const problems = fc.record({
  m: fc.integer({ min: 1, max: 5 }),
  columns: fc.array(
    fc.record({
      kind: fc.nat(kinds.length - 1),
      at: fc.constantFrom(0, 1, 0.25, 2, -1.5, 1e-9, 3e4, 1e8, 1.9999),
      low: fc.constantFrom(Infinity, Infinity, 0, 1e-7, 1),
      high: fc.constantFrom(Infinity, Infinity, 0, 1e-7, 1),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  moves: fc.array(fc.record({ by: fc.constantFrom(0, 1e-9, 0.01, 3), central: fc.boolean() }), {
    minLength: 1,
    maxLength: 4,
  }),
  boxed: fc.boolean(),
});

test("of a full pattern they are the dense ones, to the bit", () => {
  fc.assert(
    fc.property(problems, ({ m, columns, moves, boxed }) => {
      const n = columns.length;
      const f: Residuals = (x, out) => {
        for (let i = 0; i < m; i++) {
          let sum = 0;
          for (let j = 0; j < n; j++) sum += (i + 1) * kinds[columns[j]!.kind]!(x[j]!, j);
          out[i] = sum;
        }
      };
      const box: Box | null = boxed
        ? {
            lower: Float64Array.from(columns, ({ at, low }) => at - low),
            upper: Float64Array.from(columns, ({ at, high }) => at + high),
          }
        : null;
      const every = Array.from({ length: m * n }, (_, k) => [Math.floor(k / n), k % n] as const);
      const pattern = patternOf(m, n, every);
      const free = new Uint8Array(n).fill(1);
      const grouped = new GroupedSpace(pattern, groupColumns(pattern, free));
      const [dense, sparse] = [newMemory(n), newMemory(n)];
      const [one, two] = [spaceOf(m, n), spaceOf(m, n)];
      const [J, K] = [new Float64Array(m * n), new Float64Array(m * n)];
      const x = Float64Array.from(columns, ({ at }) => at);
      const r = new Float64Array(m);
      for (const { by, central } of moves) {
        for (let j = 0; j < n; j++) {
          const to = x[j]! + by;
          x[j] = box ? Math.min(Math.max(to, box.lower[j]!), box.upper[j]!) : to;
        }
        f(x, r);
        const [worst, points] = take(differences(x, r, J, central, box, dense, one), one, f);
        const [other, others] = take(groupedDifferences(x, r, K, central, box, sparse, two, grouped), two, f);
        expect(others).toEqual(points);
        expect(K).toEqual(J);
        expect(other).toBe(worst);
        expect(sparse).toEqual(dense);
      }
    }),
  );
});

test("columns of a group each have their own step, side and number of tries", () => {
  // Row j depends on variable j alone: one group. Scales from 1e-6 to 1e6, edges on either side, bounds.
  const scale = [1e-6, 1, 1e6, 1, 1, 1];
  const f: Residuals = (x, out) => {
    for (let j = 0; j < 3; j++) out[j] = Math.sin(x[j]! / scale[j]!) + 2;
    out[3] = Math.sqrt(x[3]!);
    out[4] = Math.sqrt(-x[4]!) + 1;
    out[5] = x[5]! ** 2;
  };
  const x = Float64Array.of(0.7e-6, 0.7, 0.7e6, 1e-9, -1e-9, 2);
  const slopes = [
    ...scale.slice(0, 3).map((s) => Math.cos(0.7) / s),
    0.5 / Math.sqrt(1e-9),
    -0.5 / Math.sqrt(1e-9),
    4,
  ];
  const pattern = patternOf(
    6,
    6,
    [0, 1, 2, 3, 4, 5].map((j) => [j, j] as const),
  );
  const groups = groupColumns(pattern, new Uint8Array(6).fill(1));
  expect(groups.count).toBe(1);
  const box = { lower: new Float64Array(6).fill(-Infinity), upper: new Float64Array(6).fill(Infinity) };
  box.upper[5] = 2;
  const space = spaceOf(6, 6);
  const r = new Float64Array(6);
  f(x, r);
  const memory = newMemory(6);
  const J = new Float64Array(6);
  const [worst, points] = take(
    groupedDifferences(x, r, J, true, box, memory, space, new GroupedSpace(pattern, groups)),
    space,
    f,
  );
  expect(worst).toBeLessThan(1e-6);
  for (let j = 0; j < 6; j++) {
    expect(Math.abs(J[j]! / slopes[j]! - 1), `column ${j}`).toBeLessThan(1e-7);
    // What is said of the error holds.
    expect(Math.abs(J[j]! - slopes[j]!)).toBeLessThanOrEqual(20 * memory.errors[j]!);
  }
  expect(Math.max(...points.map((p) => p[5]!))).toBe(2);
});

test("a column whose values are finite on one side alone is taken on that side beside others", () => {
  const f: Residuals = (x, out) => {
    out[0] = x[0]! >= 1 ? x[0]! ** 3 : Number.NaN;
    out[1] = x[1]! <= 1 ? x[1]! ** 3 : Number.NaN;
    out[2] = x[2]! ** 3;
  };
  const pattern = patternOf(
    3,
    3,
    [0, 1, 2].map((j) => [j, j] as const),
  );
  const grouped = new GroupedSpace(pattern, groupColumns(pattern, new Uint8Array(3).fill(1)));
  const space = spaceOf(3, 3);
  const x = Float64Array.of(1, 1, 1);
  const r = Float64Array.of(1, 1, 1);
  const J = new Float64Array(3);
  take(groupedDifferences(x, r, J, true, null, newMemory(3), space, grouped), space, f);
  for (const slope of J) expect(Math.abs(slope - 3)).toBeLessThan(1e-8);
});
