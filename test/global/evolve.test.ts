// evolve: bits, orders, numbers and individuals of one's own, against optima known by other means.

import { describe, expect, test } from "vitest";
import { type EvolveState, evolve, evolveAsync, iterateEvolve } from "../../src/global/evolve.js";
import { binary, type Genome, permutation, real } from "../../src/global/genomes.js";
import { Random } from "../../src/random/philox.js";
import { DownhillError } from "../../src/runtime/errors.js";

test("children of permutations are permutations, by every crossover and mutation", () => {
  const random = new Random(1);
  for (const n of [1, 2, 3, 10, 33]) {
    const sorted = Array.from({ length: n }, (_, i) => i);
    for (const crossover of ["edge", "order", "pmx"] as const) {
      for (const mutation of ["inversion", "swap", "scramble"] as const) {
        const genome = permutation(n, { crossover, mutation });
        for (let i = 0; i < 20; i++) {
          const [a, b] = [genome.create(random), genome.create(random)];
          const kept = [a.slice(), b.slice()];
          const child = genome.mutate(genome.crossover(a, b, random), random);
          expect(Array.from(child).sort((p, q) => p - q)).toEqual(sorted);
          expect([a, b]).toEqual(kept);
        }
      }
    }
  }
});

test("a tour around a circle is found: the optimum is the polygon", () => {
  const n = 20;
  const place = new Random(3).shuffle(Int32Array.from({ length: n }, (_, i) => i));
  const at = Array.from(
    place,
    (k) => [Math.cos((2 * Math.PI * k) / n), Math.sin((2 * Math.PI * k) / n)] as const,
  );
  const length = (tour: Int32Array) => {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const [a, b] = [at[tour[i]!]!, at[tour[(i + 1) % n]!]!];
      sum += Math.hypot(a[0] - b[0], a[1] - b[1]);
    }
    return sum;
  };
  const result = evolve({
    genome: permutation(n),
    fitness: (tour) => -length(tour),
    seed: 1,
    maxEvaluations: 60_000,
  });
  expect(length(result.best)).toBeCloseTo(2 * n * Math.sin(Math.PI / n), 8);
  expect(result).toMatchObject({ status: "stopped", reason: "maxEvaluations", nfev: 60_000 });
});

test.each([5, 6, 7])(
  "a knapsack of 100 items is packed to its optimum by dynamic programming (%i)",
  (seed) => {
    const random = new Random(seed);
    const items = Array.from({ length: 100 }, () => ({
      weight: 1 + random.below(50),
      value: 1 + random.below(100),
    }));
    const room = 900;
    const table = new Float64Array(room + 1);
    for (const { weight, value } of items)
      for (let w = room; w >= weight; w--) table[w] = Math.max(table[w]!, table[w - weight]! + value);
    const fitness = (bits: Uint8Array) => {
      let weight = 0;
      let value = 0;
      bits.forEach((bit, i) => {
        weight += bit * items[i]!.weight;
        value += bit * items[i]!.value;
      });
      return weight <= room ? value : (room - weight) * 100;
    };
    const results = [1, 2].map((seed) => evolve({ genome: binary(100), fitness, seed }));
    expect(Math.max(...results.map((result) => result.fitness))).toBe(table[room]);
    for (const result of results) expect(fitness(result.best)).toBe(result.fitness);
  },
);

test("a tour of 100 random cities comes within 4 % of the best by 2-opt from many starts", () => {
  const n = 100;
  const random = new Random(42);
  const at = Array.from({ length: n }, () => [random.uniform(), random.uniform()] as const);
  const d = Float64Array.from({ length: n * n }, (_, k) => {
    const [a, b] = [at[Math.floor(k / n)]!, at[k % n]!];
    return Math.hypot(a[0] - b[0], a[1] - b[1]);
  });
  const length = (tour: Int32Array) => {
    let sum = d[tour[n - 1]! * n + tour[0]!]!;
    for (let i = 1; i < n; i++) sum += d[tour[i - 1]! * n + tour[i]!]!;
    return sum;
  };
  // The shortest tour of 300 descents by the best 2-opt exchange from random tours of these cities.
  const best = 7.7111;
  const result = evolve({
    genome: permutation(n),
    fitness: (tour) => -length(tour),
    seed: 1,
    maxEvaluations: 500_000,
  });
  expect(length(result.best)).toBeLessThanOrEqual(1.04 * best);
});

test("numbers, words of one's own, and the ends", () => {
  const sphere = evolve({
    genome: real([-3, -3], [3, 3]),
    fitness: (x) => -((x[0]! - 1) ** 2) - (x[1]! + 2) ** 2,
    seed: 1,
  });
  expect(sphere).toMatchObject({ status: "completed", reason: "patience", success: true });
  expect(sphere.fitness).toBeGreaterThan(-1e-6);
  const letters = "abcdefghijklmnopqrstuvwxyz";
  const target = "downhill";
  const word = evolve<string>({
    genome: {
      create: (random) => Array.from(target, () => letters[random.below(26)]!).join(""),
      crossover: (a, b, random) => Array.from(a, (c, i) => (random.below(2) ? c : b[i]!)).join(""),
      mutate: (w, random) => {
        const i = random.below(w.length);
        return w.slice(0, i) + letters[random.below(26)] + w.slice(i + 1);
      },
    },
    fitness: (w) => Array.from(w).filter((c, i) => c === target[i]).length,
    seed: 1,
  });
  expect(word.best).toBe(target);
  expect(evolve({ genome: binary(3), fitness: () => NaN })).toMatchObject({
    status: "failed",
    reason: "nonFinite",
  });
  expect(word.report()).toContain("fitness");
  const twice = () =>
    evolve({ genome: binary(30), fitness: (b) => b[3]! - b[4]!, seed: 9, maxEvaluations: 500 }).best;
  expect(twice()).toEqual(twice());
});

describe("operators of one's own", () => {
  type Pair = number[];
  const create = (random: Random): Pair => [random.uniform(), random.uniform()];
  const mixed = (a: Pair, b: Pair): Pair => [a[0]!, b[1]!];
  const moved = (a: Pair, random: Random): Pair => [a[0]!, random.uniform()];
  const run = (genome: Partial<Genome<Pair>>) =>
    evolve({
      genome: { create, crossover: mixed, mutate: moved, ...genome },
      fitness: ([a, b]) => a! + b!,
      seed: 1,
      maxIterations: 50,
    });

  test("that write into what they are given are refused: the best had another fitness than was told", () => {
    const into = (a: Pair, random: Random): Pair => {
      a[1] = random.uniform();
      return a;
    };
    const mix = (a: Pair, b: Pair): Pair => {
      a[0] = b[0]!;
      return a;
    };
    expect(() => run({ mutate: into })).toThrow(/evolve: genome.mutate changed an individual.*const child/);
    expect(() => run({ crossover: mix })).toThrow(/evolve: genome.crossover changed an individual/);
  });

  test.each(["create", "crossover", "mutate"] as const)(
    "%s that gives nothing is refused by name",
    (name) => {
      for (const nothing of [undefined, null])
        expect(() => run({ [name]: () => nothing as never })).toThrow(
          new RegExp(`genome.${name} must return an individual, got ${nothing}.*return the new individual`),
        );
    },
  );

  test("options of other packages are told what to take", () => {
    const asked = (more: object) => () => evolve({ genome: binary(4), fitness: () => 1, ...more });
    expect(asked({ maximize: true })).toThrow(/the fitness is made large/);
    expect(asked({ mutationFunction: () => 0 })).toThrow(/genome: \{ create, crossover, mutate \}/);
    expect(asked({ ngen: 5 })).toThrow(/maxIterations/);
  });
});

test("bad input is refused", () => {
  const fitness = () => 0;
  const bad: (() => unknown)[] = [
    () => permutation(0),
    () => permutation(3, { crossover: "cycle" as never }),
    () => binary(3, { rate: 2 }),
    () => real([0], [1, 2]),
    () => real([2], [1]),
    () => binary(3, { exchange: -1 }),
    () => evolve({ genome: { ...binary(3), popSize: 2 }, fitness }),
    () => evolve({ genome: { ...binary(3), crossoverRate: 2 }, fitness }),
    () => evolve({ genome: {} as never, fitness }),
    () => evolve({ genome: binary(3), fitness: 1 as never }),
    () => evolve({ genome: binary(3), fitness, popSize: 2 }),
    () => evolve({ genome: binary(3), fitness, generations: 2 } as never),
    () => evolve({ genome: binary(3), fitness: (() => "1") as never }),
    () => evolve({ genome: binary(3), fitness: (async () => 1) as never }),
  ];
  for (const call of bad) expect(call).toThrow(DownhillError);
});

describe("pulled, and taken up from its state, it is the same evolution to the bit", () => {
  const words = {
    create: (random: Random) => Array.from({ length: 6 }, () => random.below(9)),
    crossover: (a: number[], b: number[], random: Random) => a.map((v, i) => (random.below(2) ? v : b[i]!)),
    mutate: (w: number[], random: Random) => w.map((v) => (random.below(6) ? v : random.below(9))),
  };
  const pairs = {
    ...words,
    save: (w: number[]) => w.join(""),
    load: (text: unknown) => [...`${text}`].map(Number),
  };
  const falls = (v: ArrayLike<number>) => Array.from(v).reduce((sum, x, i) => sum - Math.abs(x - i), 0);
  const kinds: [string, Genome<never>][] = [
    ["permutation", permutation(12) as Genome<never>],
    ["binary", binary(30) as Genome<never>],
    ["real", real([-3, -3, -3], [3, 3, 3]) as Genome<never>],
    ["one's own", words as unknown as Genome<never>],
    ["one's own, saved as text", pairs as unknown as Genome<never>],
  ];
  test.each(kinds)("%s", (_, genome) => {
    const options = { genome, fitness: falls as (v: never) => number, seed: 4, patience: 12, popSize: 10 };
    const whole = evolve(options);
    expect(whole.reason).toBe("patience");
    for (const stop of [1, 2, 9, whole.nit]) {
      const first = iterateEvolve(options);
      let state: EvolveState | undefined;
      for (const { nit, fun } of first) {
        expect(fun).toBeLessThanOrEqual(whole.fitness);
        if (nit < stop) continue;
        state = structuredClone(JSON.parse(JSON.stringify(first.state())));
        break;
      }
      expect(first.result.status).toBe(stop < whole.nit ? "stopped" : first.result.status);
      const rest = iterateEvolve({ ...options, resume: state });
      for (const _ of rest);
      expect(rest.result).toMatchObject({
        status: "completed",
        reason: "patience",
        nit: whole.nit,
        nfev: whole.nfev,
      });
      expect([rest.result.best, rest.result.fitness]).toEqual([whole.best, whole.fitness]);
    }
  });

  test("a state of another search is refused", () => {
    const options = { genome: binary(8), fitness: falls, seed: 4, popSize: 6 };
    const run = iterateEvolve(options);
    run.next();
    const state = run.state();
    const refused = (changed: object, given: unknown = state) =>
      expect(() => iterateEvolve({ ...options, ...changed, resume: given as EvolveState })).toThrow(
        expect.objectContaining({ code: "SNAPSHOT" }),
      );
    refused({ seed: 5 });
    refused({ patience: Infinity });
    refused({ genome: binary(9) });
    refused({ genome: permutation(9), popSize: 6 });
    refused({}, { ...state, keys: "AAAA" });
    refused({}, null);
    expect(() => iterateEvolve({ ...options, resumed: state } as never)).toThrow(
      expect.objectContaining({ code: "OPTION" }),
    );
  });

  test("NaN everywhere and infinite fitness survive a state", () => {
    const options = { genome: binary(5), fitness: () => NaN, seed: 1, popSize: 4 };
    const run = iterateEvolve(options);
    for (let k = 0; k < 3; k++) run.next();
    const rest = iterateEvolve({ ...options, resume: JSON.parse(JSON.stringify(run.state())) });
    for (const _ of rest);
    expect(rest.result).toMatchObject({ status: "failed", reason: "nonFinite", nit: evolve(options).nit });
  });
});

test("an iteration, its trace and the error of an abort hold the best individual, a copy", async () => {
  const options = {
    genome: real([-5, -5], [5, 5]),
    fitness: ([x, y]: ArrayLike<number> & Iterable<number>) => -(x! * x! + y! * y!),
    seed: 1,
    maxIterations: 5,
  };
  const seen: number[] = [];
  const result = evolve({
    ...options,
    trace: true,
    onIteration: ({ best, fun }) => {
      expect(options.fitness(best!)).toBe(fun);
      seen.push(fun);
      best!.fill(9);
    },
  });
  expect(seen).toHaveLength(5);
  expect(result.fitness).toBe(seen.at(-1));
  for (const { best, fun } of iterateEvolve(options)) expect(options.fitness(best!)).toBe(fun);
  const ended = new AbortController();
  const reason = new DownhillError("OPTION", "enough");
  const run = evolveAsync({
    ...options,
    signal: ended.signal,
    onIteration: () => ended.abort(reason),
  });
  await expect(run).rejects.toBe(reason);
  const { best, fun } = reason.details.best as { best: Float64Array; fun: number };
  expect(options.fitness(best)).toBe(fun);
});

test("what an individual comes to know of itself later is no change, and large ones are watched at no cost", () => {
  class Route {
    cache: number | undefined;
    constructor(readonly v: readonly number[]) {}
    get score(): number {
      this.cache ??= -this.v.reduce((sum, x) => sum + x * x, 0);
      return this.cache;
    }
  }
  const result = evolve<Route>({
    genome: {
      create: (random) => new Route([random.uniform(), random.uniform()]),
      crossover: (a, b) => new Route(a.score > b.score ? [...a.v] : [...b.v]),
      mutate: (a, random) => new Route(a.v.map((x) => x + 0.1 * random.normal())),
    },
    fitness: (a) => a.score,
    seed: 1,
    maxIterations: 20,
  });
  expect(result.best.v.reduce((sum, x) => sum - x * x, 0)).toBe(result.fitness);
  const calls = { of: 0 };
  const list = new Float64Array(1e6);
  evolve<Float64Array>({
    genome: { create: () => list.slice(), crossover: (a) => a, mutate: (a) => a },
    fitness: (a) => a[0]! - calls.of++,
    seed: 1,
    maxIterations: 2,
    popSize: 4,
  });
  expect(calls.of).toBeGreaterThan(4);
});
