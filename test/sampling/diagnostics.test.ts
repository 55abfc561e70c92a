// Diagnostics against R's package `posterior` 1.4.0 on twelve sets of draws, made here again by the generator of
// scripts/reference/diagnostics.R; against brute force; and on what they must refuse.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../../src/random/philox.js";
import { Autocovariance, fourier } from "../../src/sampling/autocovariance.js";
import * as d from "../../src/sampling/diagnostics.js";

interface Recorded {
  readonly kind: string;
  readonly draws: number;
  readonly chains: number;
  readonly seed: number;
  readonly values: readonly (number | null)[];
}

const recorded: Recorded[] = JSON.parse(
  readFileSync(new URL("../reference-data/diagnostics.json", import.meta.url), "utf8"),
);

function drawsOf({ kind, draws: n, chains: m, seed }: Recorded): Float64Array[] {
  let state = seed;
  const u = () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
  const z = () => {
    let t = 0;
    for (let i = 0; i < 12; i++) t += u();
    return t - 6;
  };
  const heavy = () => {
    const a = z();
    return a / z();
  };
  const skew = () => {
    const a = z();
    return a * a * a * a;
  };
  return Array.from({ length: m }, (_, c) => {
    const k = c + 1;
    let prev = z();
    return Float64Array.from({ length: n }, (_, j) => {
      const i = j + 1;
      const kinds: Record<string, () => number> = {
        iid: z,
        ar: () => 0.8 * prev + 0.6 * z(),
        antithetic: () => -0.7 * prev + 0.7 * z(),
        constant: () => 1.5,
        bimodal: () => z() * 0.3 + (k % 2 === 0 ? 3 : -3),
        stuck: () => (k === 1 ? 0.25 : z()),
        heavy,
        nan: () => (k === 2 && i === 5 ? Number.NaN : z()),
        trend: () => z() + (3 * i) / n,
        ties: () => Math.floor(4 * u()),
        skew,
        slow: () => prev + 0.1 * (z() - 0.1 * prev),
      };
      const v = kinds[kind]!();
      if (!Number.isNaN(v)) prev = v;
      return v;
    });
  });
}

const names = [
  "rHat",
  "rHatBasic",
  "essBulk",
  "essTail",
  "essMean",
  "essSd",
  "essQuantile",
  "mcseMean",
  "mcseSd",
  "mcseQuantile",
];

test.each(recorded)("$kind: the values of R's posterior to 1e-10", (set) => {
  const chains = drawsOf(set);
  expect(chains[0]![0]).toBeCloseTo(set.values[10]!, 12);
  expect(chains.at(-1)!.at(-1)).toBeCloseTo(set.values[11]!, 12);
  const got = [
    d.rHat(chains),
    d.rHatBasic(chains),
    d.essBulk(chains),
    d.essTail(chains),
    d.essMean(chains),
    d.essSd(chains),
    d.essQuantile(chains, 0.25),
    d.mcseMean(chains),
    d.mcseSd(chains),
    d.mcseQuantile(chains, 0.9),
  ];
  got.forEach((value, i) => {
    const want = set.values[i] ?? Number.NaN;
    if (Number.isNaN(want)) expect(value, names[i]).toBeNaN();
    else expect(Math.abs(value / want - 1), `${names[i]} ${value} ${want}`).toBeLessThan(1e-10);
  });
});

describe("autocovariance", () => {
  test("sums and transform agree with the definition at every lag", () => {
    const random = new Random(3);
    for (const n of [3, 64, 65, 100, 257]) {
      const x = Float64Array.from({ length: n }, () => 5 + random.normal());
      const a = new Autocovariance(x);
      const mean = x.reduce((s, v) => s + v, 0) / n;
      for (let lag = 0; lag < n; lag++) {
        let want = 0;
        for (let i = 0; i + lag < n; i++) want += (x[i]! - mean) * (x[i + lag]! - mean);
        expect(a.at(lag)).toBeCloseTo(want / n, 12);
      }
    }
  });

  test("the transform of a single frequency is two lines", () => {
    const n = 32;
    const re = Float64Array.from({ length: n }, (_, i) => Math.cos((2 * Math.PI * 3 * i) / n));
    const im = new Float64Array(n);
    fourier(re, im);
    re.forEach((v, k) => {
      expect(v).toBeCloseTo(k === 3 || k === n - 3 ? n / 2 : 0, 12);
    });
  });
});

test("R-hat, bulk and tail ESS do not depend on a monotone change of units", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: -20, max: 20 }), (seed, power) => {
      const chains = [0, 1].map((k) => new Random(seed, k).normals(new Float64Array(40)));
      const scaled = chains.map((c) => c.map((v) => v * 2 ** power));
      expect(d.rHat(scaled)).toBe(d.rHat(chains));
      expect(d.essBulk(scaled)).toBe(d.essBulk(chains));
      expect(d.essTail(scaled)).toBe(d.essTail(chains));
    }),
    { numRuns: 30 },
  );
});

test("the order of the chains does not matter beyond rounding", () => {
  const chains = [0, 1, 2].map((k) => new Random(2, k).normals(new Float64Array(101)));
  const turned = [chains[2]!, chains[0]!, chains[1]!];
  expect(d.rHat(turned)).toBeCloseTo(d.rHat(chains), 12);
  expect(d.essBulk(turned)).toBeCloseTo(d.essBulk(chains), 8);
});

test("E-BFMI is about 2 for independent energies, small for a slow walk", () => {
  const random = new Random(7);
  const free = random.normals(new Float64Array(4000));
  expect(d.ebfmi(free)).toBeCloseTo(2, 0);
  let at = 0;
  expect(d.ebfmi(free.map((z) => (at += 0.1 * z)))).toBeLessThan(0.05);
});

test("the shortest interval of an exponential law begins at its mode", () => {
  const random = new Random(4);
  const sorted = Float64Array.from({ length: 20_000 }, () => random.exponential()).sort();
  const [low, high] = d.hdiOf(sorted, 0.9);
  expect(low).toBeLessThan(0.02);
  expect(high).toBeCloseTo(Math.log(10), 0);
  expect(d.hdiOf(Float64Array.of(1, 2, 3), 1)).toEqual([1, 3]);
});
