// Whole transitions of NUTS, HMC and MALA in the core (assembly/sampling), for compiled densities under a diagonal metric: one call
// instead of one for each leapfrog step, several chains at once where the density has no data, and the same bits.

import * as F from "../abi/sampling.js";
import { takeWorkspace } from "../runtime/default.js";
import type { CoreRuntime } from "../runtime/runtime.js";
import { beside, type Workspace } from "../runtime/workspace.js";
import { room, type SamplingKernels } from "../wasm/sampling.js";
import { isPlain, type PartSlots, recordWidth, Seat, takesConstraints } from "./core-seat.js";
import type { DensityPart } from "./density-part.js";
import type { Evaluation } from "./evaluation.js";
import type { Hamiltonian } from "./hamiltonian.js";
import { DiagonalMetric } from "./metric.js";
import type { Target } from "./target.js";

/** Places in the core's table that nobody uses now. */
const idle = new WeakMap<WebAssembly.Table, number[]>();

/** What is done with a chain's transitions: rows of `width` doubles, see R_* of the abi. `place`: of the chain among those asked for. */
export type Keep = (place: number, rows: Float64Array, width: number) => void;

/** Transitions of each chain that a call makes at most: what their records have room for. */
export const MOST_TRANSITIONS = 64;
/** Chains that share a call: two run, the others take over from one that has made its transitions. */
const TOGETHER = 4;
/** Beyond so many coordinates a step waits for memory, not for arithmetic. */
const MOST_PAIRED = 1000;

type Pair = Workspace<
  "u" | "x" | "g" | "p" | "inverse" | "root" | "q" | "fromG" | "value",
  never,
  "frame" | "chains"
>;

export class CoreTrajectory {
  /** What the driver runs: the transitions of the chains that were handed to `ask`. */
  readonly call: { readonly kind: "call"; cost(): number; run(): undefined };
  readonly #runtime: CoreRuntime;
  readonly #kernels: SamplingKernels;
  readonly #target: Target;
  readonly #maxDepth: number;
  readonly #parts: Workspace[] = [];
  readonly #slots: readonly PartSlots[];
  readonly #places: number[] = [];
  readonly #seats: Seat[] = [];
  #pair: Pair | null = null;
  /** In the table, the density at two points; -1 where there is none. */
  readonly #twice: number;
  #chains: readonly Hamiltonian[] = [];
  #count = 1;
  #keep: Keep | null = null;

  private constructor(
    runtime: CoreRuntime,
    parts: readonly DensityPart[],
    target: Target,
    maxDepth: number,
    watch: Evaluation["watch"],
  ) {
    this.#runtime = runtime;
    this.#kernels = runtime.kernels(room);
    this.#target = target;
    this.#maxDepth = maxDepth;
    const { table } = this.#kernels;
    const free = idle.get(table) ?? [];
    idle.set(table, free);
    const enter = (kernel: unknown): number => {
      const place = free.pop() ?? table.grow(1);
      this.#places.push(place);
      table.set(place, kernel);
      return place;
    };
    this.#slots = beside(this, () =>
      parts.map((part) => {
        const instance = part.instance(runtime)!;
        const own = part.workspace(runtime, instance);
        this.#parts.push(own);
        const { data, value, grad, work } = own.at as Record<string, number>;
        return [enter(instance.exports.gradient), part.m, data!, value!, grad!, work!];
      }),
    );
    const twice = parts.length === 1 ? parts[0]!.instance(runtime)!.exports.pair : undefined;
    this.#twice = twice && target.free <= MOST_PAIRED ? enter(twice) : -1;
    this.#seats.push(beside(this, () => this.#seat()));
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
    if (!takesConstraints(target) || parts.length > F.MOST_PARTS) return null;
    if (parts.some((part) => !part.instance(runtime))) return null;
    return new CoreTrajectory(runtime, parts, target, maxDepth, watch);
  }

  #seat(): Seat {
    return new Seat(this.#runtime, this.#target, this.#maxDepth, MOST_TRANSITIONS, this.#slots);
  }

  /** Whether the chain's metric is diagonal. */
  takes(chain: Hamiltonian): boolean {
    return chain.metric instanceof DiagonalMetric;
  }

  /** Chains that `ask` takes at once. */
  get most(): number {
    return this.#twice >= 0 ? TOGETHER : 1;
  }

  /**
   * The transitions that `call` makes next, at most MOST_TRANSITIONS of each of at most `most` chains; null where a chain's metric is not
   * diagonal.
   */
  ask(chains: readonly Hamiltonian[], count = 1, keep: Keep | null = null): CoreTrajectory["call"] | null {
    for (const chain of chains) if (!this.takes(chain)) return null;
    this.#chains = chains;
    this.#count = count;
    this.#keep = keep;
    return this.call;
  }

  /** Where the chains of a call are named, and the memory of two at once where the density can be taken at two points. */
  #together(): Pair {
    if (this.#pair) return this.#pair;
    const d = this.#target.free;
    // The kernels of trees take two coordinates at a time.
    const size = this.#twice >= 0 ? 2 * (d + (d & 1)) : 0;
    const pair: Pair = takeWorkspace(this.#runtime, {
      key: `sampling together ${size}`,
      f64: {
        ...{ u: size, x: size, g: size, p: size, inverse: size, root: size, q: size, fromG: size },
        value: 2,
      },
      i32: { frame: F.PAIR_SLOTS, chains: (TOGETHER * F.CHAIN_BYTES) / 4 },
    });
    const { at } = pair;
    const { frame } = pair.i32;
    const slots: readonly (readonly [number, number])[] = [
      [F.P_U, at.u],
      [F.P_X, isPlain(this.#target) ? at.u : at.x],
      [F.P_G, at.g],
      [F.P_P, at.p],
      [F.P_INVERSE, at.inverse],
      [F.P_ROOT, at.root],
      [F.P_Q, at.q],
      [F.P_FROM_G, at.fromG],
      [F.P_FUNCTION, this.#twice],
      [F.P_VALUE, at.value],
      [F.P_WORK, this.#parts[0]!.at.work!],
    ];
    for (const [k, value] of slots) frame[k] = value;
    pair.f64.g.fill(0);
    this.#pair = pair;
    return pair;
  }

  #transitions(): number {
    const chains = this.#chains;
    const count = this.#count;
    const nuts = chains[0]!.trajectory.name === "nuts" ? 1 : 0;
    while (this.#seats.length < chains.length) this.#seats.push(this.#seat());
    const seats = this.#seats;
    for (let c = 0; c < chains.length; c++) seats[c]!.enter(chains[c]!);
    const pair = this.#together();
    const words = pair.i32.chains;
    for (let c = 0; c < chains.length; c++) {
      const { at } = seats[c]!;
      const to = (c * F.CHAIN_BYTES) / 4;
      words[to + F.C_FRAME / 4] = at.frame;
      words[to + F.C_NUMBERS / 4] = at.numbers;
      words[to + F.C_RECORD / 4] = at.records;
      words[to + F.C_LEFT / 4] = count;
    }
    this.#kernels.transitions(pair.at.frame, pair.at.chains, chains.length, nuts);
    const width = recordWidth(this.#target.free);
    let leaves = 0;
    for (let c = 0; c < chains.length; c++) {
      leaves += seats[c]!.leave(chains[c]!, count);
      this.#keep?.(c, seats[c]!.records, width);
    }
    return leaves;
  }

  release(): void {
    for (const part of this.#parts.splice(0)) part.release();
    for (const seat of this.#seats.splice(0)) seat.release();
    this.#pair?.release();
    this.#pair = null;
    idle.get(this.#kernels.table)!.push(...this.#places.splice(0));
  }
}
