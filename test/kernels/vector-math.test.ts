// Vector mathematics against correctly rounded values: test/reference-data/special.json (60 digits) and
// vector-math.json (mpmath, scripts/reference/elementary_reference.py).
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ELEMENTARY_BYTES } from "../../src/models/constants.js";
import { fillElementary } from "../../src/models/tables.js";
import { variants } from "./instance.js";

const unary = [
  "exp",
  "expm1",
  "log",
  "log1p",
  "log2",
  "log10",
  "sin",
  "cos",
  "tan",
  "asin",
  "acos",
  "atan",
  "sinh",
];
const UNARY = [...unary, "cosh", "tanh", "cbrt", "erf"] as const;
const BINARY = ["pow", "atan2"] as const;
const ODD = ["expm1", "log1p", "sin", "tan", "asin", "atan", "sinh", "tanh", "cbrt", "erf"];
const BOUND: Record<string, number> = { exp: 1, log: 1, sin: 1, cos: 1 };

type Row = readonly (number | string)[];
interface Reference {
  functions: Record<string, Row[]>;
  specials: Record<string, Row[]>;
}
const reference = (name: string): Reference =>
  JSON.parse(readFileSync(new URL(`../reference-data/${name}.json`, import.meta.url), "utf8"));
const references = { special: reference("special"), mpmath: reference("vector-math") };
const number = (v: number | string | undefined): number => (v === "-0" ? -0 : Number(v));

const wasm = (variant: string) =>
  readFileSync(new URL(`../../dist/wasm/models.${variant}.wasm`, import.meta.url));

type Kernel = (...args: number[]) => void;
const K = 1024;
const X = 65536;
const Y = 2 * 65536;
const OUT = 3 * 65536;

function load(variant: string) {
  const memory = new WebAssembly.Memory({ initial: 8 });
  const bytes = wasm(variant);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  fillElementary(new Float64Array(memory.buffer, K, ELEMENTARY_BYTES / 8));
  const f64 = new Float64Array(memory.buffer);
  const i64 = new BigInt64Array(memory.buffer);
  const kernel = (name: string) => exports[`v${name}`] as Kernel;
  /** f over whole arrays. */
  const map = (name: string, x: readonly number[], y?: readonly number[]): Float64Array => {
    f64.set(x, X / 8);
    if (y) f64.set(y, Y / 8);
    if (y) kernel(name)(K, x.length, X, Y, OUT);
    else kernel(name)(K, x.length, X, OUT);
    return f64.slice(OUT / 8, OUT / 8 + x.length);
  };
  return { memory, exports, f64, i64, kernel, map };
}

const word = new BigInt64Array(1);
const view = new Float64Array(word.buffer);
/** Doubles in order: neighbours differ by one. */
function ordinal(x: number): bigint {
  view[0] = x;
  const bits = word[0] ?? 0n;
  return bits < 0n ? -(bits & 0x7fffffffffffffffn) : bits;
}
/** Units in the last place from a correctly rounded value; wrong NaN and signs of zero count as infinite. */
function ulps(got: number, want: number): number {
  if (Object.is(got, want)) return 0;
  if (Number.isNaN(got) || Number.isNaN(want) || (got === 0 && want === 0)) return Number.POSITIVE_INFINITY;
  const distance = Number(ordinal(got) - ordinal(want));
  return Math.abs(distance);
}

/** Points of every kind: zeros, subnormals, bounds of ranges, huge, infinite, NaN. */
const POINTS = [
  ...[
    0, -0, 5e-324, -5e-324, 1e-310, 2.2250738585072014e-308, 1e-20, 0.3, -0.3, 0.5, 0.84375, 1, -1, 1.5, -1.5,
  ],
  ...[
    2, 3.7, -3.7, 22.5, 100, -100, 707.9, 708, -708, 709.5, -720, -745.2, 710.3, 1e4, 1e5, 1048576, 1048577,
    1e9,
  ],
  ...[-1e22, 1e300, -1.7976931348623157e308, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN],
];

describe.each(variants)("vector mathematics, %s", (variant) => {
  const core = load(variant);

  for (const [file, data] of Object.entries(references)) {
    for (const [name, rows] of Object.entries(data.functions)) {
      const bound = BOUND[name] ?? 2;
      it(`${name} is within ${bound} ulp of the ${rows.length} correctly rounded values of ${file}.json`, () => {
        const columns = [0, 1, 2].map((c) => rows.map((row) => number(row[c])));
        const [x = [], y = []] = columns;
        const want = rows.map((row) => number(row.at(-1)));
        const got = core.map(name, x, rows[0]?.length === 3 ? y : undefined);
        const bad = rows.filter((_, i) => !(ulps(got[i] ?? Number.NaN, want[i] ?? Number.NaN) <= bound));
        expect(bad).toEqual([]);
      });
    }
    for (const [name, rows] of Object.entries(data.specials)) {
      it(`${name} has ECMAScript's special values of ${file}.json, in either lane`, () => {
        for (const row of rows) {
          const want = number(row.at(-1));
          const binary = row.length === 3;
          const pair = (c: number, lane: number) => (lane ? [0.5, number(row[c])] : [number(row[c]), 0.5]);
          for (const lane of [0, 1]) {
            const got = core.map(name, pair(0, lane), binary ? pair(1, lane) : undefined)[lane];
            expect(got, `${name}(${row.slice(0, -1)}) in lane ${lane}`).toBe(want);
          }
        }
      });
    }
  }

  it("has a reference for every function", () => {
    const covered = Object.values(references).flatMap((data) => Object.keys(data.functions));
    expect(covered.sort()).toEqual([...UNARY, ...BINARY].sort());
  });

  it("gives a lane the same bits whatever its neighbour is", () => {
    for (const name of [...UNARY, ...BINARY]) {
      const second = (BINARY as readonly string[]).includes(name)
        ? POINTS.map((_, i) => POINTS[(i * 7 + 3) % 39] ?? 0)
        : [];
      const argument = (i: number) => (second.length ? [second[i] ?? 0] : undefined);
      const alone = POINTS.map((x, i) => core.map(name, [x], argument(i))[0] ?? 0);
      for (let shift = 0; shift < POINTS.length; shift += 4) {
        const order = POINTS.map((_, i) => (i * (shift + 1) + shift) % POINTS.length);
        const x = order.map((i) => POINTS[i] ?? 0);
        const got = core.map(name, x, second.length ? order.map((i) => second[i] ?? 0) : undefined);
        for (const [at, i] of order.entries()) expect(got[at], `${name}(${POINTS[i]})`).toBe(alone[i]);
      }
    }
  });

  it("reads and writes n elements, at any 8-byte alignment, and in place", () => {
    const guard = 12345.678;
    for (const name of [...UNARY, ...BINARY]) {
      const binary = (BINARY as readonly string[]).includes(name);
      for (let n = 0; n <= 67; n++) {
        const x = Array.from({ length: n }, (_, i) => 0.013 * (i + 1) + (i % 5 === 4 ? 800 : 0) * (i % 2));
        const y = x.map((_, i) => 1.5 - i / 16);
        const want = n ? core.map(name, x, binary ? y : undefined) : new Float64Array();
        for (const [dx, dout] of [
          [1, 0],
          [0, 1],
          [1, 1],
          [3, 3],
        ] as const) {
          const inPlace = dx === 3;
          const from = X / 8 + dx;
          const to = inPlace ? from : OUT / 8 + dout;
          core.f64.fill(guard, X / 8 - 1, X / 8 + 80);
          core.f64.fill(guard, Y / 8 - 1, Y / 8 + 80);
          core.f64.fill(guard, OUT / 8 - 1, OUT / 8 + 80);
          core.f64.set(x, from);
          core.f64.set(y, Y / 8 + 1);
          if (binary) core.kernel(name)(K, n, from * 8, Y + 8, to * 8);
          else core.kernel(name)(K, n, from * 8, to * 8);
          expect(core.f64.slice(to, to + n)).toEqual(want);
          expect([core.f64[to - 1], core.f64[to + n]]).toEqual([guard, guard]);
          if (!inPlace) expect([...core.f64.slice(from, from + n)]).toEqual(x);
        }
      }
    }
  });

  it("sincos gives the bits of sin and cos, exactly n of them, in place too", () => {
    const both = core.kernel("sincos");
    for (let n = 0; n <= POINTS.length; n++) {
      const x = POINTS.slice(-n || POINTS.length, n ? undefined : 0);
      const [s, c] = n ? [core.map("sin", x), core.map("cos", x)] : [new Float64Array(), new Float64Array()];
      for (const [sAt, cAt] of [
        [Y + 8, OUT + 8],
        [X, OUT + 8],
        [Y + 8, X],
      ] as const) {
        core.f64.fill(7, Y / 8, Y / 8 + 80);
        core.f64.fill(7, OUT / 8, OUT / 8 + 80);
        core.f64.set(x, X / 8);
        both(K, x.length, X, sAt, cAt);
        expect(core.f64.slice(sAt / 8, sAt / 8 + x.length)).toEqual(s);
        expect(core.f64.slice(cAt / 8, cAt / 8 + x.length)).toEqual(c);
        for (const at of [Y + 8, OUT + 8])
          expect([core.f64[at / 8 - 1], core.f64[at / 8 + x.length]]).toEqual([7, 7]);
      }
    }
  });

  it("is odd where the function is, to the bit", () => {
    fc.assert(
      fc.property(fc.constantFrom(...ODD), fc.double({ noNaN: true }), (name, x) => {
        const [plus = 0, minus = 0] = core.map(name, [x, -x]);
        // expm1 and log1p are not odd, but keep the sign of x.
        if (name === "expm1" || name === "log1p")
          return Number.isNaN(plus) || Object.is(Math.sign(plus), Math.sign(x));
        return Object.is(minus, -plus);
      }),
      { numRuns: 3000 },
    );
  });

  it("is exact where the result is representable", () => {
    for (let e = -1074; e <= 1023; e++) {
      const power = core.map("pow", [2], [e])[0] ?? 0;
      expect(core.map("log2", [power])[0]).toBe(e);
      expect(core.map("pow", [power], [1])[0]).toBe(power);
    }
    for (let e = 0; e <= 22; e++) expect(core.map("log10", [Number(`1e${e}`)])[0]).toBe(e);
    for (let i = -1000; i <= 1000; i++) {
      expect(core.map("cbrt", [i * i * i])[0]).toBe(i);
      expect(core.map("pow", [i], [3])[0]).toBe(i * i * i);
    }
  });

  it("pow(x, 2) and pow(x, 0.5) are within 1 ulp of x x and sqrt(x)", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: 0 }), (x) => {
        const [square = 0, root = 0] = core.map("pow", [x, x], [2, 0.5]);
        return ulps(square, x * x) <= 1 && ulps(root, Math.sqrt(x)) <= 1;
      }),
      { numRuns: 3000 },
    );
  });

  it("never leaves its range", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        const within = (name: string, low: number, high: number) => {
          const y = core.map(name, [x])[0] ?? Number.NaN;
          return y >= low && y <= high;
        };
        return within("sin", -1, 1) && within("cos", -1, 1) && within("tanh", -1, 1) && within("erf", -1, 1);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("vector mathematics", () => {
  it("gives the same bits on every engine (simd variant)", () => {
    const core = load("simd");
    let hash = 0xcbf29ce484222325n; // FNV-1a over the words of every result
    for (const data of Object.values(references)) {
      for (const [name, rows] of Object.entries(data.functions)) {
        const [x, y] = [0, 1].map((c) => rows.map((row) => number(row[c])));
        core.map(name, x ?? [], rows[0]?.length === 3 ? y : undefined);
        for (const bits of core.i64.slice(OUT / 8, OUT / 8 + rows.length)) {
          hash = BigInt.asUintN(64, (hash ^ BigInt.asUintN(64, bits)) * 0x100000001b3n);
        }
      }
    }
    expect(hash.toString(16)).toBe("c978936578f4515a");
  });

  it("the constants block is as long as it says and its offsets are those the kernels were built with", () => {
    const layout = readFileSync(new URL("../../assembly/models/layout.ts", import.meta.url), "utf8");
    const built = [...layout.matchAll(/export const (\w+): usize = (\d+);/g)].map(([, name, at]) => [
      name,
      Number(at),
    ]);
    expect(built.length).toBeGreaterThan(150);
    // The last table has 41 limbs.
    expect(built.at(-1)?.[1]).toBe(ELEMENTARY_BYTES - 8 * 41);
    const block = new Float64Array(ELEMENTARY_BYTES / 8 + 2).fill(Number.NaN);
    fillElementary(block.subarray(1, -1));
    expect(block.findLastIndex((v) => !Number.isNaN(v))).toBeLessThanOrEqual(ELEMENTARY_BYTES / 8);
    expect(block.slice(1, -1).some(Number.isNaN)).toBe(false);
    expect([block[0], block.at(-1)]).toEqual([Number.NaN, Number.NaN]);
  });
});
