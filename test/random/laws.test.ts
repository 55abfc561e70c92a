// The draws of `Random` against their laws: moments, Kolmogorov-Smirnov distances to the distribution functions of the
// room stats, bits fixed once and for all, and states that go on from any word.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ln, normalTail } from "../../src/random/laws.js";
import { Random } from "../../src/random/philox.js";
import { defaultRuntime } from "../../src/runtime/default.js";
import { chiSquareCdf, normalCdf, normalQuantile } from "../../src/stats/distributions.js";
import { room } from "../../src/wasm/stats.js";
import { kolmogorov } from "./kolmogorov.js";

const draw = (n: number, one: () => number) => Float64Array.from({ length: n }, one);
const mean = (x: Float64Array, f: (v: number) => number = (v) => v) =>
  x.reduce((sum, v) => sum + f(v), 0) / x.length;

describe("normal", () => {
  const random = new Random(11);
  const z = draw(100_000, () => random.normal());

  test("has the moments 0, 1, 0, 3 and 0, 15 within four standard errors", () => {
    const error = (variance: number) => 4 * Math.sqrt(variance / z.length);
    // Var z^k = E z^2k - (E z^k)^2.
    expect(Math.abs(mean(z))).toBeLessThan(error(1));
    expect(Math.abs(mean(z, (v) => v ** 2) - 1)).toBeLessThan(error(2));
    expect(Math.abs(mean(z, (v) => v ** 3))).toBeLessThan(error(15));
    expect(Math.abs(mean(z, (v) => v ** 4) - 3)).toBeLessThan(error(96));
    expect(Math.abs(mean(z, (v) => v ** 6) - 15)).toBeLessThan(error(10395 - 225));
    let lag = 0;
    for (let i = 1; i < z.length; i++) lag += z[i]! * z[i - 1]!;
    expect(Math.abs(lag / z.length)).toBeLessThan(error(1));
  });

  test("follows the normal law in the middle and in the tail", () => {
    expect(kolmogorov(z, (x) => normalCdf(x))).toBeLessThan(1.95);
    const tail = z.map(Math.abs).filter((v) => v > 2);
    const beyond = 2 * normalCdf(-2);
    expect(kolmogorov(tail, (v) => 1 - (2 * normalCdf(-v)) / beyond)).toBeLessThan(1.95);
  });

  test("its quantile is that of the room stats to 1e-12 relative, down to the smallest probability", () => {
    for (let k = 1; k <= 54; k++) {
      for (const p of [2 ** -k, 1.37 * 2 ** -k, 0.77 * 2 ** -k]) {
        if (p >= 0.5) continue;
        const want = -normalQuantile(p);
        expect(Math.abs(normalTail(p) / want - 1), `p = ${p}`).toBeLessThan(1e-12);
      }
    }
  });
});

test("ln has the bits of the core's log", () => {
  const { log } = defaultRuntime().kernels(room);
  const random = new Random(5);
  for (let i = 0; i < 20_000; i++) {
    const x = random.open() * 2 ** (random.below(120) - 100);
    expect(ln(x)).toBe(log(x));
  }
  // Where the last coefficient of the series weighs most.
  for (let i = 0; i < 20_000; i++) {
    const x = Math.SQRT2 * (1 - random.uniform() / 40);
    expect(ln(x)).toBe(log(x));
    expect(ln(1 / x)).toBe(log(1 / x));
  }
  for (const x of [1, 0.5, 2, Math.SQRT1_2, Math.SQRT2, 2 ** -53, 1 - 2 ** -53, 1 + 2 ** -52, 2 ** -1022]) {
    expect(ln(x)).toBe(log(x));
  }
});

test("exponential numbers have mean 1, variance 1 and their law", () => {
  const random = new Random(12);
  const x = draw(100_000, () => random.exponential());
  expect(Math.min(...x.subarray(0, 1000))).toBeGreaterThan(0);
  expect(Math.abs(mean(x) - 1)).toBeLessThan(4 / Math.sqrt(x.length));
  expect(Math.abs(mean(x, (v) => (v - 1) ** 2) - 1)).toBeLessThan(4 * Math.sqrt(8 / x.length));
  // Exponential with mean 1 is half a chi-square with two degrees of freedom.
  expect(kolmogorov(x, (v) => chiSquareCdf(2 * v, 2))).toBeLessThan(1.95);
});

test.each([0.05, 0.5, 0.999, 1, 1.5, 4, 37.3, 1000])(
  "gamma of shape %d has its mean, variance and law",
  (shape) => {
    const random = new Random(13);
    const x = draw(20_000, () => random.gamma(shape));
    expect(Math.abs(mean(x) - shape)).toBeLessThan(4 * Math.sqrt(shape / x.length));
    // Fourth central moment of gamma: 3 a^2 + 6 a.
    const error = 4 * Math.sqrt((2 * shape ** 2 + 6 * shape) / x.length);
    expect(Math.abs(mean(x, (v) => (v - shape) ** 2) - shape)).toBeLessThan(error);
    expect(kolmogorov(x, (v) => chiSquareCdf(2 * v, 2 * shape))).toBeLessThan(1.95);
  },
);

test("the bits are fixed: the same on every engine, in every version", () => {
  const random = new Random(20, 3);
  const got = [
    random.normal(),
    random.exponential(),
    random.gamma(2.5),
    random.gamma(0.3),
    random.open(),
    random.uniform(),
    random.below(1000),
    random.normal(),
  ];
  expect(got).toMatchInlineSnapshot(`
    [
      -0.08181830664808981,
      0.36468759733084843,
      3.1988429749830245,
      0.013308087335260234,
      0.2936730747368458,
      0.3865061789561369,
      199,
      -0.22351744585728703,
    ]
  `);
  expect(new Random(9).normals(new Float64Array(3))).toMatchInlineSnapshot(`
    Float64Array [
      -0.19939550682031734,
      -0.0944396679538105,
      -0.7901998034300066,
    ]
  `);
});

test("a state taken after any draw goes on to the bit, and survives JSON", () => {
  type Draw = "word" | "uniform" | "open" | "normal" | "exponential";
  const kinds: Draw[] = ["word", "uniform", "open", "normal", "exponential"];
  fc.assert(
    fc.property(
      fc.nat(),
      fc.nat(),
      fc.array(fc.constantFrom(...kinds), { maxLength: 12 }),
      fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 12 }),
      (seed, stream, before, after) => {
        const random = new Random(seed, stream);
        for (const kind of before) random[kind]();
        const again = Random.resume(JSON.parse(JSON.stringify(random.state())));
        expect(again.state()).toEqual(random.state());
        for (const kind of after) expect(again[kind]()).toBe(random[kind]());
      },
    ),
  );
});

test("a stream is entered far out without drawing what comes before", () => {
  const words = Array.from(
    { length: 40 },
    (
      (random) => () =>
        random.word()
    )(new Random(4, 2)),
  );
  const random = new Random(4).stream(2);
  for (const position of [7, 0, 36, 13, 4]) {
    random.position = position;
    expect(random.word()).toBe(words[position]);
  }
  random.position = 2 ** 52 + 3;
  expect(random.state()).toEqual({ seed: 4, stream: 2, position: 2 ** 52 + 3 });
  const far = random.word();
  expect(Random.resume({ seed: 4, stream: 2, position: 2 ** 52 + 3 }).word()).toBe(far);
});

test("streams of a seed are uncorrelated", () => {
  const n = 20_000;
  const streams = [0, 1, 2, 3].map((k) => new Random(6, k).normals(new Float64Array(n)));
  for (let a = 0; a < 4; a++) {
    for (let b = 0; b < a; b++) {
      const sum = streams[a]!.reduce((s, v, i) => s + v * streams[b]![i]!, 0);
      expect(Math.abs(sum)).toBeLessThan(4 * Math.sqrt(n));
    }
  }
});

test("normals fills the part asked for with what single calls give", () => {
  const random = new Random(8);
  const out = new Float64Array(6).fill(-99);
  random.normals(out, 2, 3);
  const single = new Random(8);
  expect([...out]).toEqual([-99, -99, single.normal(), single.normal(), single.normal(), -99]);
});

test("bad seeds, streams, shapes and states are refused", () => {
  const option = expect.objectContaining({ code: "OPTION" });
  expect(() => new Random(-1)).toThrow(option);
  expect(() => new Random(0.5)).toThrow(option);
  expect(() => new Random(1).stream(2 ** 53)).toThrow(option);
  expect(() => new Random(1).gamma(0)).toThrow(option);
  expect(() => new Random(1).gamma(Number.NaN)).toThrow(option);
  const snapshot = expect.objectContaining({ code: "SNAPSHOT" });
  for (const bad of [null, {}, { seed: 1, stream: 0, position: -1 }, { seed: "1", stream: 0, position: 0 }]) {
    expect(() => Random.resume(bad as never)).toThrow(snapshot);
  }
});
