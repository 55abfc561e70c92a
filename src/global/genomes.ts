// Genomes: what evolve breeds. Each makes, crosses and changes one kind of individual, and never writes into what it is given.

import type { Random } from "../random/philox.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { copyNumbers } from "../runtime/numbers.js";
import { checkFinite, checkKeys, choiceOption, numberOption, optionError } from "../runtime/options.js";
import { pack, unpack } from "./saving.js";

/** Three functions of a `Random`; individuals are the caller's own. Each returns a new individual and leaves those it is given as they are. */
export interface Genome<G> {
  create(random: Random): G;
  crossover(a: G, b: G, random: Random): G;
  mutate(individual: G, random: Random): G;
  /** What `evolve` takes where it is not told: how many individuals, and how often a child has two parents. */
  readonly popSize?: number | undefined;
  readonly crossoverRate?: number | undefined;
  /** An individual as plain data, for saved states, and back (undefined: it is none). Default: it is plain data as it is. */
  save?(individual: G): unknown;
  load?(saved: unknown): G | undefined;
}

/** Operators of ours beside a caller's own: what comes to them is an individual of theirs, or CALLBACK_RESULT. */
function guarded<G extends Int32Array | Uint8Array | Float64Array>(
  where: string,
  n: number,
  make: (numbers: Float64Array) => G,
  genome: Genome<G>,
): Genome<G> {
  const ours = (individual: G): G => {
    if (ArrayBuffer.isView(individual) && individual.length === n) return individual;
    throw new DownhillError(
      "CALLBACK_RESULT",
      `${where}: an individual must be a typed array of length ${n}, as create makes it, got ${quote(individual)}`,
      { hint: "your own create, crossover or mutate gave it", details: { value: individual } },
    );
  };
  return {
    ...genome,
    crossover: (a, b, random) => genome.crossover(ours(a), ours(b), random),
    mutate: (individual, random) => genome.mutate(ours(individual), random),
    save: (individual) => pack(ours(individual)),
    load: (saved) => {
      const numbers = new Float64Array(n);
      return unpack(saved, numbers) ? make(numbers) : undefined;
    },
  };
}

export interface PermutationOptions {
  /** "edge" (default, Whitley 1989): neighbours of either parent; "order" (Davis 1985), "pmx" (Goldberg and Lingle 1985): places. */
  crossover?: "edge" | "order" | "pmx" | undefined;
  /** "inversion" (default): a stretch is turned round; "swap": two change places; "scramble": a stretch is shuffled. */
  mutation?: "inversion" | "swap" | "scramble" | undefined;
}

/**
 * Orders of 0 to n - 1, as an Int32Array.
 *
 * @example
 * const at = [0, 3, 1, 2]; // places on a line: visit them in order
 * const fitness = (tour) => tour.reduce((s, i, k) => s + (k ? Math.abs(at[i] - at[tour[k - 1]]) : 0), 0);
 * evolve({ genome: permutation(4), fitness, seed: 1, maxEvaluations: 500 }).fun; // 3
 */
export function permutation(n: number, options: PermutationOptions = {}): Genome<Int32Array> {
  const where = "permutation";
  numberOption(where, "n", n, 1, { min: 1, max: 1e7, integer: true });
  checkKeys(where, options, ["crossover", "mutation"]);
  const crossover = choiceOption(where, "crossover", options.crossover, ["edge", "order", "pmx"], "edge");
  const mutation = choiceOption(
    where,
    "mutation",
    options.mutation,
    ["inversion", "swap", "scramble"],
    "inversion",
  );
  const crossing = { edge: crossingEdges(n), order: crossOrder, pmx: crossPlaces }[crossover];
  return guarded(where, n, (numbers) => Int32Array.from(numbers), {
    crossoverRate: 0.2, // a turned stretch alone is a move of 2-opt; more crossing costs time and finds no shorter tours
    create: (random) => random.shuffle(Int32Array.from({ length: n }, (_, i) => i)),
    crossover: crossing,
    mutate(individual, random) {
      const child = individual.slice();
      const [from, to] = stretch(n, random);
      if (mutation === "inversion") child.subarray(from, to + 1).reverse();
      else if (mutation === "scramble") random.shuffle(child.subarray(from, to + 1));
      else [child[from], child[to]] = [child[to]!, child[from]!];
      return child;
    },
  });
}

/** Two places in order. */
function stretch(n: number, random: Random): [number, number] {
  const a = random.below(n);
  const b = random.below(n);
  return a < b ? [a, b] : [b, a];
}

/** A stretch of a, then the others in the order of b after it. */
function crossOrder(a: Int32Array, b: Int32Array, random: Random): Int32Array {
  const n = a.length;
  const [from, to] = stretch(n, random);
  const child = a.slice();
  const taken = new Uint8Array(n);
  for (let i = from; i <= to; i++) taken[a[i]!] = 1;
  let place = (to + 1) % n;
  for (let i = 0; i < n; i++) {
    const value = b[(to + 1 + i) % n]!;
    if (taken[value]) continue;
    child[place] = value;
    place = (place + 1) % n;
  }
  return child;
}

/** A stretch of a; elsewhere b, where that is taken followed through the stretch. */
function crossPlaces(a: Int32Array, b: Int32Array, random: Random): Int32Array {
  const n = a.length;
  const [from, to] = stretch(n, random);
  const child = b.slice();
  const partner = new Int32Array(n).fill(-1);
  for (let i = from; i <= to; i++) {
    child[i] = a[i]!;
    partner[a[i]!] = b[i]!;
  }
  for (let i = 0; i < n; i++) {
    if (i >= from && i <= to) continue;
    let value = b[i]!;
    while (partner[value] !== -1) value = partner[value]!;
    child[i] = value;
  }
  return child;
}

/** From each place on to the neighbour, in either parent, that has the fewest neighbours left; to a random one where none is left. */
function crossingEdges(n: number): (a: Int32Array, b: Int32Array, random: Random) => Int32Array {
  // Four for each place, with repetitions: before and after it in a, then in b.
  const edges = new Int32Array(4 * n);
  /** Edges to places that were not visited yet. */
  const open = new Uint8Array(n);
  const used = new Uint8Array(n);
  // Those not used yet, and the place of each, so that a random one is found at once.
  const left = new Int32Array(n);
  const place = new Int32Array(n);
  const note = (parent: Int32Array, offset: number): void => {
    let [before, value] = [parent[n - 1]!, parent[0]!];
    for (let i = 0; i < n; i++) {
      const after = parent[i === n - 1 ? 0 : i + 1]!;
      edges[4 * value + offset] = before;
      edges[4 * value + offset + 1] = after;
      before = value;
      value = after;
    }
  };
  return (a, b, random) => {
    const child = new Int32Array(n);
    if (n === 1) return child;
    note(a, 0);
    note(b, 2);
    used.fill(0);
    open.fill(4);
    for (let i = 0; i < n; i++) left[i] = place[i] = i;
    let at = a[0]!;
    for (let i = 0, count = n - 1; i < n; i++, count--) {
      child[i] = at;
      used[at] = 1;
      const last = left[count]!;
      left[place[at]!] = last;
      place[last] = place[at]!;
      let next = -1;
      let fewest = 5;
      // Neighbours are mutual, repetitions too: each edge from here is one from there to here.
      for (let e = 4 * at; e < 4 * at + 4; e++) open[edges[e]!]!--;
      for (let e = 4 * at; e < 4 * at + 4; e++) {
        const candidate = edges[e]!;
        if (used[candidate] || open[candidate]! >= fewest) continue;
        fewest = open[candidate]!;
        next = candidate;
      }
      if (count > 0) at = next >= 0 ? next : left[random.below(count)]!;
    }
    return child;
  };
}

export interface BinaryOptions {
  /** Default "uniform". */
  crossover?: "uniform" | "onePoint" | "twoPoint" | undefined;
  /** Chance of each bit to flip. Default 1 / n. */
  rate?: number | undefined;
  /** Chance of a mutation to exchange a 1 for a 0 instead, which keeps their number: packings need it. Default 0.5. */
  exchange?: number | undefined;
}

/**
 * n bits, as a Uint8Array of 0 and 1.
 *
 * @example
 * // A knapsack: which of three things, at most 5 kg
 * const [worth, weight] = [[3, 4, 5], [2, 3, 4]];
 * const fitness = (take) => {
 *   const total = (v) => take.reduce((s, t, i) => s + t * v[i], 0);
 *   return total(weight) <= 5 ? -total(worth) : 0;
 * };
 * evolve({ genome: binary(3), fitness, seed: 1, maxEvaluations: 500 }).best; // [1, 1, 0]
 */
export function binary(n: number, options: BinaryOptions = {}): Genome<Uint8Array> {
  const where = "binary";
  numberOption(where, "n", n, 1, { min: 1, max: 1e7, integer: true });
  checkKeys(where, options, ["crossover", "rate", "exchange"]);
  const kind = choiceOption(
    where,
    "crossover",
    options.crossover,
    ["uniform", "onePoint", "twoPoint"],
    "uniform",
  );
  const rate = numberOption(where, "rate", options.rate, 1 / n, { min: 0, max: 1 });
  const exchange = numberOption(where, "exchange", options.exchange, 0.5, { min: 0, max: 1 });
  return guarded(where, n, (numbers) => Uint8Array.from(numbers), {
    popSize: Math.min(Math.max(50, 2 * n), 1000), // fewer lose the right value of a bit before it is found out
    create: (random) => Uint8Array.from({ length: n }, () => random.below(2)),
    crossover(a, b, random) {
      const child = a.slice();
      if (kind === "uniform") for (let i = 0; i < n; i++) child[i] = random.below(2) === 0 ? a[i]! : b[i]!;
      else {
        const [from, to] = stretch(n, random);
        const end = kind === "onePoint" ? n : to + 1;
        child.set(b.subarray(from, end), from);
      }
      return child;
    },
    mutate(individual, random) {
      if (random.uniform() >= exchange)
        return individual.map((bit) => (random.uniform() < rate ? 1 - bit : bit));
      const child = individual.slice();
      const from = random.below(n);
      // From a place at random on to the first bit that differs.
      let to = random.below(n);
      for (let i = 0; i < n && child[to] === child[from]; i++) to = (to + 1) % n;
      [child[from], child[to]] = [child[to]!, child[from]!];
      return child;
    },
  });
}

/**
 * Numbers within bounds: BLX-alpha crossover, and a normal change of a tenth of the width of one variable in n.
 *
 * @example
 * evolve({ genome: real([-5, -5], [5, 5]), fitness: ([x, y]) => x * x + y * y, seed: 1, maxEvaluations: 2000 }).best; // near [0, 0]
 */
export function real(lower: ArrayLike<number>, upper: ArrayLike<number>): Genome<Float64Array> {
  const where = "real";
  const low = copyNumbers(where, "lower", lower);
  const n = low.length;
  const high = copyNumbers(where, "upper", upper, n);
  checkFinite(where, "lower", low);
  checkFinite(where, "upper", high);
  for (let j = 0; j < n; j++)
    if (low[j]! > high[j]!)
      throw optionError(where, `lower[${j}]`, low[j], `at most upper[${j}] = ${high[j]}`);
  const within = (v: number, j: number) => Math.min(high[j]!, Math.max(low[j]!, v));
  return guarded(where, n, (numbers) => numbers, {
    create: (random) =>
      Float64Array.from({ length: n }, (_, j) => low[j]! + (high[j]! - low[j]!) * random.uniform()),
    crossover: (a, b, random) =>
      a.map((x, j) => within(Math.min(x, b[j]!) + (2 * random.uniform() - 0.5) * Math.abs(x - b[j]!), j)),
    mutate: (individual, random) =>
      individual.map((x, j) =>
        random.uniform() * n < 1 ? within(x + 0.1 * (high[j]! - low[j]!) * random.normal(), j) : x,
      ),
  });
}
