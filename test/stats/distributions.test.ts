import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defaultRuntime, loadSync } from "../../src/runtime/default.js";
import * as laws from "../../src/stats/distributions.js";
import { studentT } from "../../src/stats/student.js";
import { room, type StatsKernels } from "../../src/wasm/stats.js";

type Rows = readonly (readonly (number | string)[])[];
const read = (file: string): Record<string, Rows> =>
  JSON.parse(readFileSync(new URL(`../reference-data/${file}.json`, import.meta.url), "utf8"));
const golden = read("distributions");
const kernels = defaultRuntime().kernels(room);

const functions = {
  normalCdf: (z: number) => laws.normalCdf(z),
  normalQuantile: (p: number) => laws.normalQuantile(p),
  studentTCdf: (t: number, dof: number) => laws.studentTCdf(t, dof),
  studentTQuantile: (p: number, dof: number) => laws.studentTQuantile(p, dof),
  chiSquareCdf: (x: number, dof: number) => laws.chiSquareCdf(x, dof),
  chiSquareUpper: (x: number, dof: number) => laws.chiSquareUpper(x, dof),
  chiSquareQuantile: (p: number, dof: number) => laws.chiSquareQuantile(p, dof),
  fCdf: (x: number, dof1: number, dof2: number) => laws.fCdf(x, dof1, dof2),
  fUpper: (x: number, dof1: number, dof2: number) => laws.fUpper(x, dof1, dof2),
  fQuantile: (p: number, dof1: number, dof2: number) => laws.fQuantile(p, dof1, dof2),
};

const words = new Float64Array(1);
const bits = new BigInt64Array(words.buffer);
/** The distance of two doubles of one sign, counted in doubles. */
function ulps(got: number, want: number): number {
  if (Object.is(got, want)) return 0;
  words[0] = got;
  const a = bits[0] as bigint;
  words[0] = want;
  return Math.abs(Number(a - (bits[0] as bigint)));
}

function call(name: keyof StatsKernels, args: readonly (number | string)[]): number {
  return (kernels[name] as (...values: number[]) => number)(...args.map(Number));
}

describe("elementary functions lie within one ulp of the correctly rounded value", () => {
  const elementary = read("elementary");
  test.each([
    ["exp", [...(elementary.exp as Rows), ...(golden.exp as Rows)]],
    ["log", [...(elementary.log as Rows), ...(golden.log as Rows)]],
    ["log1p", golden.log1p as Rows],
    ["atan", golden.atan as Rows],
  ] as const)("%s", (name, rows) => {
    expect(rows.length).toBeGreaterThan(100);
    for (const row of rows) {
      const want = Number(row.at(-1));
      expect(ulps(call(name, row.slice(0, -1)), want), `${name}(${row[0]})`).toBeLessThanOrEqual(1);
    }
  });

  test("special arguments give what ECMAScript's Math gives", () => {
    for (const name of ["exp", "log", "log1p", "atan"] as const) {
      for (const x of [0, -0, 1, -1, Infinity, -Infinity, NaN, 5e-324, -5e-324, -2, 1e300]) {
        expect(ulps(call(name, [x]), Math[name](x)), `${name}(${x})`).toBeLessThanOrEqual(1);
      }
    }
  });
});

// Relative error allowed. Quantiles of Student's t: the promise of the facade; for dof below 0.05 an error of
// 1e-16 in p alone moves them more. Tails far out lose what exp loses to an argument of some hundreds.
describe("values agree with 60-digit references", () => {
  test.each([
    ["studentTQuantile", 1e-12, 1000],
    ["normalQuantile", 1e-14, 30],
    ["chiSquareQuantile", 1e-13, 100],
    ["fQuantile", 1e-13, 100],
    ["studentTCdf", 1e-12, 300],
    ["normalCdf", 1e-14, 9],
    ["chiSquareCdf", 1e-12, 50],
    ["chiSquareUpper", 1e-13, 50],
    ["fCdf", 1e-12, 90],
    ["fUpper", 1e-12, 90],
  ] as const)("%s to %d", (name, tolerance, count) => {
    const rows = golden[name] as readonly (readonly number[])[];
    expect(rows.length).toBeGreaterThanOrEqual(count);
    for (const row of rows) {
      const want = row.at(-1) as number;
      const [a, b, c] = row.slice(0, -1) as [number, number, number];
      const got = functions[name](a, b, c);
      expect(Math.abs(got - want), `${name}(${row.slice(0, -1)}) = ${got}, not ${want}`).toBeLessThanOrEqual(
        tolerance * Math.abs(want),
      );
    }
  });

  test("logGamma to 4e-15 of the larger of 1 and its size", () => {
    for (const [x, want] of golden.logGamma as [number, number][]) {
      expect(Math.abs(laws.logGamma(x) - want)).toBeLessThanOrEqual(4e-15 * Math.max(1, Math.abs(want)));
    }
  });
});

const level = fc.oneof(
  fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }),
  fc.double({ min: -10, max: -1, noNaN: true }).map((e) => 10 ** e),
);
// Not above 1e6: there one rounding of a chi-square or F quantile moves its probability by sqrt(dof) ulps.
const dof = fc.oneof(
  fc.integer({ min: 1, max: 200 }),
  fc.double({ min: -1, max: 6, noNaN: true }).map((e) => 10 ** e),
);

describe("properties", () => {
  test("a quantile is the inverse of its distribution function", () => {
    fc.assert(
      fc.property(level, dof, dof, (p, d1, d2) => {
        const close = (got: number) => Math.abs(got - p) <= 1e-11 * p;
        return (
          close(laws.normalCdf(laws.normalQuantile(p))) &&
          close(laws.studentTCdf(laws.studentTQuantile(p, d1), d1)) &&
          close(laws.chiSquareCdf(laws.chiSquareQuantile(p, d1), d1)) &&
          close(laws.fCdf(laws.fQuantile(p, d1, d2), d1, d2))
        );
      }),
      { numRuns: 2000 },
    );
  });

  test("quantiles grow with p", () => {
    fc.assert(
      fc.property(level, level, dof, (p, q, d) => {
        const [low, high] = p < q ? [p, q] : [q, p];
        // Neighbours closer than the error of a quantile may change places.
        if (high - low < 1e-11 * low) return true;
        return (
          laws.studentTQuantile(low, d) < laws.studentTQuantile(high, d) &&
          laws.chiSquareQuantile(low, d) <= laws.chiSquareQuantile(high, d) &&
          laws.normalQuantile(low) < laws.normalQuantile(high)
        );
      }),
      { numRuns: 2000 },
    );
  });

  test("Student's t is odd around p = 1/2", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 20 - 1 }), dof, (k, d) => {
        const half = k / 2 ** 21; // 1/2 + half and 1/2 - half are exact
        return laws.studentTQuantile(0.5 - half, d) === -laws.studentTQuantile(0.5 + half, d);
      }),
    );
  });

  test("the two tails of a law sum to one", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e3, noNaN: true }), dof, dof, (x, d1, d2) => {
        const sums = [
          laws.studentTCdf(x, d1) + laws.studentTCdf(-x, d1),
          laws.chiSquareCdf(x, d1) + laws.chiSquareUpper(x, d1),
          laws.fCdf(x, d1, d2) + laws.fUpper(x, d1, d2),
        ];
        return sums.every((sum) => Math.abs(sum - 1) <= 1e-12);
      }),
      { numRuns: 2000 },
    );
  });

  test("the square of Student's t is F with one degree of freedom above, for huge dof chi-square", () => {
    for (const d of [1, 4.5, 30, 1e6, 1e9]) {
      const t = laws.studentTQuantile(0.975, d);
      expect(laws.fQuantile(0.95, 1, d) / t ** 2).toBeCloseTo(1, 13);
    }
    expect(laws.fQuantile(0.95, 3, Infinity)).toBe(laws.chiSquareQuantile(0.95, 3) / 3);
  });
});

test("infinite dof is the normal law, and 1e9 nearly is", () => {
  for (const p of [1e-10, 0.01, 0.3, 0.975]) {
    // Two algorithms, each good to its last bits.
    expect(laws.studentTQuantile(p, Infinity) / laws.normalQuantile(p)).toBeCloseTo(1, 14.5);
    expect(laws.studentTQuantile(p, 1e9) / laws.normalQuantile(p)).toBeCloseTo(1, 7);
  }
  expect(laws.studentTCdf(1.5, Infinity)).toBe(laws.normalCdf(1.5));
});

test("what fits ask for is given again as it was, and after it was forgotten", () => {
  // Closed forms: one degree of freedom is Cauchy's law, two have t = (2p - 1) / sqrt(2p (1 - p)).
  const all = () => [studentT(0.75, 1), studentT(0.975, 2), studentT(0.995, 2)];
  const first = all();
  const closed = [1, 0.95 / Math.sqrt(2 * 0.975 * 0.025), 0.99 / Math.sqrt(2 * 0.995 * 0.005)];
  for (const [i, t] of closed.entries()) expect(first[i]).toBeCloseTo(t, 12);
  expect(all()).toEqual(first);
  for (let dof = 1; dof <= 300; dof++) studentT(0.9, dof);
  expect(all()).toEqual(first);
});

test("the ends of the range are infinite, the middle is zero", () => {
  for (const d of [0.5, 1, 30, 1e6, Infinity]) {
    expect(laws.studentTQuantile(0, d)).toBe(-Infinity);
    expect(laws.studentTQuantile(0.5, d)).toBe(0);
    expect(laws.studentTQuantile(1, d)).toBe(Infinity);
    expect(laws.studentTCdf(-Infinity, d)).toBe(0);
    expect(laws.studentTCdf(0, d)).toBe(0.5);
    expect(laws.studentTCdf(Infinity, d)).toBe(1);
  }
  expect([laws.chiSquareQuantile(0, 3), laws.chiSquareQuantile(1, 3)]).toEqual([0, Infinity]);
  expect([laws.fQuantile(0, 3, 4), laws.fQuantile(1, 3, 4)]).toEqual([0, Infinity]);
  expect([
    laws.chiSquareCdf(-1, 3),
    laws.chiSquareUpper(-1, 3),
    laws.fCdf(-1, 3, 4),
    laws.fUpper(-1, 3, 4),
  ]).toEqual([0, 1, 0, 1]);
});

test("tails beyond the range of t^2 are still right", () => {
  // P(T > t) = C t^-dof for huge t; from 1e150 to 1e250 that is a factor 1e-5 with dof 0.05.
  const ratio = laws.studentTCdf(-1e250, 0.05) / laws.studentTCdf(-1e150, 0.05);
  expect(ratio / 1e-5).toBeCloseTo(1, 11);
  expect(laws.studentTQuantile(laws.studentTCdf(-1e250, 0.05), 0.05) / -1e250).toBeCloseTo(1, 11);
});

test("arguments outside the domain are OPTION errors that quote what came", () => {
  const wrong: [() => number, string][] = [
    [() => laws.studentTQuantile(1.5, 3), "studentTQuantile: p must be a number from 0 to 1, got 1.5"],
    [() => laws.studentTQuantile(NaN, 3), "studentTQuantile: p must be a number from 0 to 1, got NaN"],
    [() => laws.studentTQuantile(0.5, 0), "studentTQuantile: dof must be a number > 0, or Infinity, got 0"],
    [() => laws.chiSquareCdf(1, Infinity), "chiSquareCdf: dof must be a finite number > 0, got Infinity"],
    [() => laws.fUpper(1, 2, -1), "fUpper: dof2 must be a number > 0, or Infinity, got -1"],
    [() => laws.normalCdf("1" as unknown as number), 'normalCdf: z must be a number, got "1"'],
    [
      () => laws.normalQuantile(undefined as unknown as number),
      "normalQuantile: p must be a number from 0 to 1",
    ],
    [() => laws.logGamma(0), "logGamma: x must be a number > 0, or Infinity, got 0"],
  ];
  for (const [run, message] of wrong) {
    expect(run).toThrow(
      expect.objectContaining({ code: "OPTION", message: expect.stringContaining(message) }),
    );
  }
});

test("a runtime of the caller's own gives the same bits", () => {
  const runtime = loadSync({ memoryBytes: 65536 });
  expect(laws.studentTQuantile(0.975, 7, runtime)).toBe(laws.studentTQuantile(0.975, 7));
  runtime.dispose();
  expect(() => laws.studentTQuantile(0.975, 7, runtime)).toThrow(
    expect.objectContaining({ code: "DISPOSED" }),
  );
});
