import { expect, test } from "vitest";
import { minibatches } from "../../src/index.js";
import { philox } from "../../src/random/block.js";
import { Random } from "../../src/random/philox.js";

const hex = (words: string) => Uint32Array.from(words.split(" "), (word) => Number.parseInt(word, 16));

test("Philox4x32-10 gives the known answers of Random123 (kat_vectors)", () => {
  const cases = [
    ["0 0 0 0", "0 0", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
    ["ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"],
    ["243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"],
  ] as const;
  for (const [counter, key, want] of cases) {
    const block = hex(counter);
    const [k0, k1] = hex(key) as unknown as [number, number];
    philox(block, k0, k1);
    expect(block).toEqual(hex(want));
  }
});

test("uniform numbers fill [0, 1) evenly, and streams differ", () => {
  const random = new Random(42);
  const bins = new Array(16).fill(0);
  for (let i = 0; i < 160_000; i++) bins[Math.floor(16 * random.uniform())]++;
  // Chi-square with 15 degrees of freedom: 37.7 is passed by one seed in a thousand.
  expect(bins.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)).toBeLessThan(37.7);
  expect(new Random(1, 0).word()).not.toBe(new Random(1, 1).word());
  expect(new Random(1).word()).not.toBe(new Random(1 + 2 ** 32).word());
});

test("below(n) is even for an n that is no power of two", () => {
  const random = new Random(3);
  const bins = new Array(6).fill(0);
  for (let i = 0; i < 60_000; i++) bins[random.below(6)]++;
  expect(bins.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)).toBeLessThan(20.5);
});

test("below(n) rejects as often as 2^32 mod n asks for, and is even for a huge n", () => {
  // Of 2^32 words 2^32 mod n have no place: a quarter for n = 3 * 2^30, none for a power of two.
  const random = new Random(17);
  const draws = 40_000;
  const bins = [0, 0, 0];
  for (let i = 0; i < draws; i++) bins[Math.floor(random.below(3 * 2 ** 30) / 2 ** 30)]!++;
  // Chi-square with 2 degrees of freedom, and words per draw: geometric with mean 4 / 3 and variance 4 / 9.
  expect(bins.reduce((sum, count) => sum + (count - draws / 3) ** 2 / (draws / 3), 0)).toBeLessThan(13.8);
  expect(Math.abs(random.position / draws - 4 / 3)).toBeLessThan(4 * Math.sqrt(4 / 9 / draws));
  const before = random.position;
  for (let k = 0; k <= 32; k++) expect(random.below(2 ** k)).toBeLessThan(2 ** k);
  expect(random.position - before).toBe(33);
});

test("the counter goes on beyond 32 bits", () => {
  const random = new Random(9, 2 ** 32 + 3);
  const key = new Int32Array(4);
  random.key(key, 0);
  random.position = 4 * (2 ** 32 - 1);
  const words = Array.from({ length: 8 }, () => random.word() >>> 0);
  const blocks = [
    [2 ** 32 - 1, 0, 3, 1],
    [0, 1, 3, 1],
  ].flatMap((counter) => {
    const block = Uint32Array.from(counter);
    philox(block, key[0]! >>> 0, key[1]! >>> 0);
    return [...block];
  });
  expect(words).toEqual(blocks);
});

test("every sample comes exactly once an epoch, in batches of the size asked for", () => {
  for (const [count, size] of [
    [10, 3],
    [12, 4],
    [5, 9],
    [1, 1],
  ] as const) {
    const batches = [...minibatches(count, size, { seed: 5 })];
    expect(batches.map((b) => b.length).slice(0, -1)).toEqual(new Array(batches.length - 1).fill(size));
    expect(batches.flatMap((b) => [...b]).sort((a, b) => a - b)).toEqual(
      Array.from({ length: count }, (_, i) => i),
    );
  }
});

test("a seed repeats its epochs, and epochs differ", () => {
  const epochs = (seed: number) => {
    const all = minibatches(50, 50, { seed });
    return [[...all], [...all]].map(([batch]) => [...(batch as Int32Array)]);
  };
  expect(epochs(1)).toEqual(epochs(1));
  expect(epochs(1)[0]).not.toEqual(epochs(1)[1]);
  expect(epochs(1)[0]).not.toEqual(epochs(2)[0]);
  // The stream itself is part of the contract: the same on every engine, in every version.
  expect([...minibatches(10, 10, { seed: 7 })].map((b) => [...b])).toMatchInlineSnapshot(`
    [
      [
        1,
        4,
        5,
        8,
        3,
        2,
        7,
        0,
        6,
        9,
      ],
    ]
  `);
});

test("order can be kept, and a short last batch dropped", () => {
  const batches = [...minibatches(7, 3, { shuffle: false, dropLast: true })].map((b) => [...b]);
  expect(batches).toEqual([
    [0, 1, 2],
    [3, 4, 5],
  ]);
});

test("bad sizes are refused", () => {
  for (const make of [
    () => minibatches(0, 1),
    () => minibatches(undefined as never, 32),
    () => minibatches(10, undefined as never),
    () => minibatches(5, 0),
    () => minibatches(5, 1.5),
    () => minibatches(5, 1, { seed: -1 }),
    () => minibatches(5, 1, { sead: 1 } as never),
  ]) {
    expect(make).toThrow(expect.objectContaining({ code: "OPTION" }));
  }
});

test("counts that are none and places between two words are refused, and nothing is drawn", () => {
  const random = new Random(1);
  for (const n of [-3, 0, 2.5, 2 ** 32 + 1, NaN, Infinity, "3" as never])
    expect(() => random.below(n)).toThrow(/Random.below: n must be an integer/);
  for (const position of [2.5, -1, NaN, 2 ** 60])
    expect(() => {
      random.position = position;
    }).toThrow(/Random: position must be an integer/);
  expect(random.position).toBe(0);
  expect(random.below(1)).toBe(0);
  expect(random.below(2 ** 32)).toBeLessThan(2 ** 32);
  random.position = 5;
  const word = random.word();
  random.position = 5;
  expect(random.word()).toBe(word);
});
