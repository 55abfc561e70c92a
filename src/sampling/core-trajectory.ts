// Whole transitions of NUTS, HMC and MALA in the core (assembly/sampling/nuts.ts), for compiled densities under a diagonal
// metric: one call instead of one for each leapfrog step, and the same bits.

import * as F from "../abi/sampling.js";
import { takeWorkspace } from "../runtime/default.js";
import type { CoreRuntime } from "../runtime/runtime.js";
import type { Workspace } from "../runtime/workspace.js";
import { room, type SamplingKernels } from "../wasm/sampling.js";
import type { DensityPart } from "./density-part.js";
import type { Evaluation } from "./evaluation.js";
import type { Hamiltonian } from "./hamiltonian.js";
import { DiagonalMetric } from "./metric.js";
import type { Target } from "./target.js";

const kinds: Readonly<Record<string, number>> = {
  real: F.K_REAL,
  positive: F.K_POSITIVE,
  lower: F.K_LOWER,
  upper: F.K_UPPER,
  interval: F.K_INTERVAL,
};

/** Places in the core's table that nobody uses now. */
const idle = new WeakMap<WebAssembly.Table, number[]>();

type Vectors =
  | "ends"
  | "v"
  | "inverse"
  | "q"
  | "g"
  | "divergence"
  | "x"
  | "gx"
  | "nodes"
  | "bounds"
  | "eachBounds"
  | "vectors"
  | "numbers"
  | "records";

type Words = "frame" | "blocks" | "kinds" | "random" | "words";

/** What is done with transitions that were kept: `count` rows of `width` doubles each, the point first (see R_* of the abi). */
export type Keep = (rows: Float64Array, width: number, count: number) => void;

/** Transitions that a call makes at most: what their records have room for. */
export const MOST_TRANSITIONS = 64;

export class CoreTrajectory {
  /** What the driver runs: the transition of the chain that was handed to `ask`. */
  readonly call: { readonly kind: "call"; cost(): number; run(): undefined };
  readonly #kernels: SamplingKernels;
  readonly #workspace: Workspace<Vectors, never, Words>;
  readonly #parts: Workspace[] = [];
  readonly #places: number[] = [];
  #chain: Hamiltonian | null = null;
  #count = 1;
  #keep: Keep | null = null;

  private constructor(
    runtime: CoreRuntime,
    parts: readonly DensityPart[],
    target: Target,
    maxDepth: number,
    watch: Evaluation["watch"],
  ) {
    const d = target.free;
    const nodes = maxDepth + 2;
    this.#kernels = runtime.kernels(room);
    this.#workspace = takeWorkspace(runtime, {
      key: `sampling ${d} ${maxDepth} ${target.blocks.length}`,
      f64: {
        ends: 6 * d,
        v: d,
        inverse: d,
        q: d,
        g: d,
        divergence: d,
        x: d,
        gx: d,
        nodes: (nodes * F.NODE_BYTES) / 8,
        bounds: 2 * target.blocks.length,
        eachBounds: 2 * d,
        vectors: 7 * d * nodes,
        numbers: F.NUMBERS,
        records: MOST_TRANSITIONS * (d + F.RECORD_EXTRA),
      },
      i32: {
        frame: F.FRAME_SLOTS,
        blocks: 3 * target.blocks.length,
        kinds: d,
        random: F.RANDOM_WORDS,
        words: 2 * d + 12,
      },
    }) as Workspace<Vectors, never, Words>;
    this.#fill(runtime, parts, target, maxDepth, nodes);
    this.call = {
      kind: "call",
      cost: () => 2 ** 20,
      run: () => {
        const leaves = this.#transitions();
        watch.nfev += leaves;
        watch.njev += leaves;
        return undefined;
      },
    };
  }

  /** Null where the density, its constraints or the host do not allow it. */
  static make(
    runtime: CoreRuntime,
    parts: readonly DensityPart[],
    target: Target,
    maxDepth: number,
    watch: Evaluation["watch"],
  ): CoreTrajectory | null {
    const simple = target.blocks.every((b) => kinds[b.kind] !== undefined);
    if (!simple || parts.length > F.MOST_PARTS || parts.some((part) => !part.instance(runtime))) return null;
    return new CoreTrajectory(runtime, parts, target, maxDepth, watch);
  }

  #fill(
    runtime: CoreRuntime,
    parts: readonly DensityPart[],
    target: Target,
    maxDepth: number,
    nodes: number,
  ): void {
    const { at, f64, i32 } = this.#workspace;
    const d = target.free;
    const { frame } = i32;
    frame[F.F_D] = d;
    frame[F.F_MAX_DEPTH] = maxDepth;
    const addresses: readonly (readonly [number, number])[] = [
      [F.F_NODES, at.nodes],
      [F.F_ENDS, at.ends],
      [F.F_V, at.v],
      [F.F_INVERSE, at.inverse],
      [F.F_Q, at.q],
      [F.F_G, at.g],
      [F.F_DIVERGENCE, at.divergence],
      [F.F_BLOCKS, at.blocks],
      [F.F_BLOCK_COUNT, target.blocks.length],
      [F.F_BOUNDS, at.bounds],
      [F.F_KINDS, at.kinds],
      [F.F_EACH_BOUNDS, at.eachBounds],
      [F.F_X, at.x],
      [F.F_GX, at.gx],
      [F.F_RANDOM, at.random],
      [F.F_WORDS, at.words],
      [F.F_PARTS, parts.length],
      [F.F_PLAIN, target.blocks.every(({ kind }) => kind === "real") ? 1 : 0],
    ];
    for (const [k, value] of addresses) frame[k] = value;
    target.blocks.forEach((b, k) => {
      i32.blocks.set([kinds[b.kind]!, b.at, b.size], 3 * k);
      f64.bounds.set([b.lower, b.upper], 2 * k);
      for (let j = b.at; j < b.at + b.size; j++) {
        i32.kinds[j] = kinds[b.kind]!;
        f64.eachBounds.set([b.lower, b.upper], 2 * j);
      }
    });
    const words = new Int32Array(runtime.buffer, at.nodes, (nodes * F.NODE_BYTES) / 4);
    for (let node = 0, address = at.vectors; node < nodes; node++)
      for (let k = 0; k < 7; k++, address += 8 * d) words[(node * F.NODE_BYTES) / 4 + k] = address;
    const { table } = this.#kernels;
    const free = idle.get(table) ?? [];
    idle.set(table, free);
    parts.forEach((part, k) => {
      const instance = part.instance(runtime)!;
      const own = part.workspace(runtime, instance);
      this.#parts.push(own);
      const place = free.pop() ?? table.grow(1);
      this.#places.push(place);
      table.set(place, instance.exports.gradient);
      const { data, value, grad, work } = own.at as Record<string, number>;
      frame.set([place, part.m, data!, value!, grad!, work!], F.F_FIRST_PART + k * F.PART_SLOTS);
    });
  }

  /** Whether the chain's metric is diagonal. */
  takes(chain: Hamiltonian): boolean {
    return chain.metric instanceof DiagonalMetric;
  }

  /** The transitions that `call` makes next, at most MOST_TRANSITIONS; null where the chain's metric is not diagonal. */
  ask(chain: Hamiltonian, count = 1, keep: Keep | null = null): CoreTrajectory["call"] | null {
    if (!this.takes(chain)) return null;
    this.#chain = chain;
    this.#count = count;
    this.#keep = keep;
    return this.call;
  }

  #transitions(): number {
    const chain = this.#chain!;
    const { at, f64, i32 } = this.#workspace;
    const { random, stat, q, g, d, trajectory } = chain;
    const { inverse } = chain.metric as DiagonalMetric;
    const { numbers, records, q: ownQ, g: ownG, inverse: ownInverse } = f64;
    // A loop: `set` of a few doubles takes several times as long.
    for (let i = 0; i < d; i++) {
      ownQ[i] = q[i]!;
      ownG[i] = g[i]!;
      ownInverse[i] = inverse[i]!;
    }
    random.key(i32.random, 6);
    numbers[F.N_LP] = chain.lp[0]!;
    numbers[F.N_STEP] = chain.stepSize.step;
    numbers[F.N_POSITION] = random.position;
    const nuts = trajectory.name === "nuts" ? 1 : 0;
    if (nuts === 0) {
      numbers[F.N_STEPS] = trajectory.steps!;
      numbers[F.N_JITTER] = trajectory.jitter!;
    }
    const width = d + F.RECORD_EXTRA;
    let leaves = 0;
    for (let left = this.#count; left > 0; ) {
      const made = this.#kernels.transitions(at.frame, at.numbers, nuts, left, at.records);
      left -= made;
      for (let row = 0; row < made; row++) leaves += records[row * width + d + F.R_LEAVES]!;
      // A transition that diverged is the last of a call.
      if (numbers[F.N_DIVERGENT]) chain.divergence.set(f64.divergence);
      this.#keep?.(records, width, made);
    }
    random.position = numbers[F.N_POSITION]!;
    for (let i = 0; i < d; i++) {
      q[i] = ownQ[i]!;
      g[i] = ownG[i]!;
    }
    chain.lp[0] = numbers[F.N_LP]!;
    stat.acceptance = numbers[F.N_ACCEPTANCE]!;
    stat.depth = numbers[F.N_DEPTH]!;
    stat.leaves = numbers[F.N_LEAVES]!;
    stat.divergent = numbers[F.N_DIVERGENT]!;
    stat.energy = numbers[F.N_ENERGY]!;
    return leaves;
  }

  release(): void {
    for (const part of this.#parts.splice(0)) part.release();
    const free = idle.get(this.#kernels.table)!;
    free.push(...this.#places.splice(0));
    this.#workspace.release();
  }
}
