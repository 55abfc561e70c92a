// One run of CMA-ES from one start with one population: a state machine. ask() makes a generation in the unit cube, tell() learns
// from its values. Steps, paths, covariance and decomposition are kernels (assembly/global/cma.ts).

import * as slot from "../abi/global.js";
import { normalTail } from "../random/laws.js";
import { takeWorkspace } from "../runtime/default.js";
import type { Runtime } from "../runtime/runtime.js";
import type { Workspace } from "../runtime/workspace.js";
import { type GlobalKernels, room } from "../wasm/global.js";
import { BoundPenalty } from "./bound-penalty.js";
import { ADDRESSES, CmaLayout, paths } from "./cma-layout.js";
import { type CmaParameters, cmaParameters } from "./cma-parameters.js";
import { CmaTests, type Known, type RunEnd } from "./cma-tests.js";
import { rankOf, sortRows } from "./ranking.js";
import { pack, packList, unpack, unpackList } from "./saving.js";

export interface CmaStart {
  readonly n: number;
  /** Points of a generation. */
  readonly rows: number;
  readonly form: number;
  readonly active: boolean;
  /** The first mean, in the unit cube. */
  readonly mean: ArrayLike<number>;
  /** The first standard deviation of each variable, in the unit cube. */
  readonly spread: ArrayLike<number>;
  readonly seed: number;
  readonly stream: number;
  readonly maxGenerations: number;
  /** Cells of each variable, 0 where it is continuous. */
  readonly cells: Int32Array;
  /** Ranks by an augmented Lagrangian, which changes from generation to generation. */
  readonly constrained?: boolean;
}

/** Vectors that a generation leaves to the next. */
const LASTING = ["mean", "ps", "pc", "c", "b", "d", "m", "gamma", "state"] as const;

const UNKNOWN: Known = { u: new Float64Array(0), f: Infinity };

export class CmaRun {
  readonly n: number;
  readonly rows: number;
  readonly form: number;
  readonly parameters: CmaParameters;
  readonly workspace: Workspace;
  /** The generation's points, rows x n, in the unit cube. */
  readonly points: Float64Array;
  /** To be filled with their values before tell. */
  readonly values: Float64Array;
  /** With constraints: what each point is worth beside those of other generations. */
  readonly keys: Float64Array | null;
  readonly state: Float64Array;
  readonly mean: Float64Array;
  readonly limit: Float64Array;
  readonly scale: Float64Array;
  readonly gamma: Float64Array;
  readonly c: Float64Array;
  readonly penalty = new BoundPenalty();
  readonly tests: CmaTests;
  /** The lowest value of this run, and where. */
  best = Infinity;
  readonly bestPoint: Float64Array;
  readonly #start: CmaStart;
  readonly #kernels: GlobalKernels;
  readonly #frame: number;
  readonly #state: number;
  readonly #sorted: Float64Array;
  readonly #order: Int32Array;
  #position = 0;

  constructor(start: CmaStart, runtime: Runtime | undefined) {
    const { n, rows, form } = start;
    this.#start = start;
    this.n = n;
    this.rows = rows;
    this.form = form;
    this.parameters = cmaParameters(n, rows, form, start.active);
    const w = takeWorkspace(runtime, new CmaLayout(n, rows, form));
    this.workspace = w;
    this.#kernels = w.runtime.kernels(room);
    const { f64 } = w;
    this.points = f64.points!;
    this.values = f64.values!;
    this.keys = start.constrained ? new Float64Array(rows) : null;
    this.state = f64.state!;
    this.mean = f64.mean!;
    this.limit = f64.limit!;
    this.scale = f64.scale!;
    this.gamma = f64.gamma!;
    this.c = f64.c!;
    this.#order = w.i32.order!;
    this.#frame = w.at.frame!;
    this.#state = w.at.state!;
    this.#sorted = new Float64Array(rows);
    this.bestPoint = Float64Array.from(start.mean);
    this.#prepare();
    this.tests = new CmaTests(this, start.maxGenerations);
  }

  get sigma(): number {
    return this.state[slot.S_SIGMA]!;
  }

  /** The mean in the cube. */
  get centre(): Float64Array {
    return Float64Array.from(this.mean, (m, j) => Math.min(1, Math.max(0, m * this.scale[j]!)));
  }

  get generation(): number {
    return this.state[slot.S_GENERATION]!;
  }

  /** sigma^2 C_jj, in units of the first spread. */
  variance(j: number): number {
    const c = this.form === slot.FORM_FULL ? this.c[j * this.n + j]! : this.c[j]!;
    return this.sigma * this.sigma * (this.form === slot.FORM_LIMITED ? 1 : c);
  }

  #prepare(): void {
    const { n, rows, form, parameters, state } = this;
    const { f64, i32, at } = this.workspace;
    const frame = i32.frame!;
    for (const [place, name] of ADDRESSES) frame[place] = at[name]!;
    frame[slot.G_N] = n;
    frame[slot.G_ROWS] = rows;
    frame[slot.G_FORM] = form;
    frame[slot.G_PATHS] = form === slot.FORM_LIMITED ? paths(n) : 0;
    frame[slot.G_USED] = 0;
    for (let j = 0; j < n; j++) {
      const spread = this.#start.spread[j]!;
      this.scale[j] = spread;
      this.limit[j] = 1 / spread;
      this.mean[j] = this.#start.mean[j]! / spread;
    }
    for (const name of ["ps", "pc", "c", "b", "m", "gamma"]) f64[name]!.fill(0);
    const d = f64.d!;
    if (form === slot.FORM_LIMITED) {
      let rate = 1 / n;
      for (let j = 0; j < d.length; j++, rate /= 1.5) d[j] = rate;
    } else d.fill(1);
    if (form === slot.FORM_SEPARABLE) this.c.fill(1);
    if (form === slot.FORM_FULL) {
      for (let j = 0; j < n; j++) for (const name of ["c", "b", "m"]) f64[name]![j * n + j] = 1;
    }
    state.fill(0);
    state[slot.S_SIGMA] = 1;
    state[slot.S_MU_EFF] = parameters.muEff;
    state[slot.S_CS] = parameters.cs;
    state[slot.S_CC] = parameters.cc;
    state[slot.S_C1] = parameters.c1;
    state[slot.S_CMU] = parameters.cmu;
    state[slot.S_DAMPS] = parameters.damps;
    state[slot.S_CHI] = parameters.chi;
    state[slot.S_SUM_W] = parameters.sumWeights;
  }

  /** Fills `points` with the next generation. */
  ask(): void {
    const { n, rows } = this;
    const { seed, stream } = this.#start;
    const count = n * rows;
    const z = this.workspace.at.z!;
    this.#kernels.normals(
      count,
      seed,
      Math.floor(seed / 2 ** 32),
      stream,
      Math.floor(stream / 2 ** 32),
      this.#position,
      z,
      this.workspace.at.y!,
    );
    this.#position += 2 * (count + (count % 2));
    this.#kernels.cmaSteps(this.#frame);
    this.#kernels.cmaPoints(this.#frame, this.sigma);
  }

  /** Learns from `values`; says how the run ended, or null. `rival`: the lowest value of all runs so far; `known`: a minimum. */
  tell(rival: number, known: Known = UNKNOWN): RunEnd | null {
    const { rows, values, parameters, state } = this;
    const keys = this.workspace.f64.keys!;
    const w = this.workspace.f64.w!;
    const order = this.#order;
    let finite = 0;
    for (let k = 0; k < rows; k++) {
      keys[k] = rankOf(values[k]!);
      if (keys[k]! < Infinity) finite++;
    }
    if (finite === 0) return this.tests.nothing();
    sortRows(rows, keys, order);
    for (let k = 0; k < rows; k++) this.#sorted[k] = keys[order[k]!]!;
    this.#take(order[0]!, this.#sorted[0]!);
    this.tests.record(this.#sorted, finite);
    if (this.penalty.active) {
      this.#kernels.cmaPenalties(this.#frame, this.sigma, this.workspace.at.penalties!);
      const penalties = this.workspace.f64.penalties!;
      for (let k = 0; k < rows; k++) keys[k] = keys[k]! + penalties[k]!;
      sortRows(rows, keys, order);
    }
    for (let k = 0; k < rows; k++) {
      const weight = parameters.weights[k]!;
      // A failed evaluation moves nothing towards it.
      w[order[k]!] = keys[order[k]!]! < Infinity ? weight : Math.min(0, weight);
    }
    this.#kernels.cmaUpdate(this.#frame, this.#state);
    this.penalty.update(this, this.#sorted, finite);
    const frame = this.workspace.i32.frame!;
    if (this.form === slot.FORM_LIMITED) frame[slot.G_USED] = Math.min(frame[slot.G_PATHS]!, this.generation);
    else if (this.#margin() || state[slot.S_LEARNT]! >= parameters.lazy) {
      if (this.#kernels.cmaDecompose(this.#frame, this.#state) !== 0) return "condition";
    }
    return this.tests.end(this.#sorted, finite, rival, known);
  }

  /** The generation's best: its first by rank, or by its keys. */
  #take(first: number, value: number): void {
    const { keys } = this;
    let row = first;
    if (keys) for (let k = 0; k < this.rows; k++) if (keys[k]! < keys[row]!) row = k;
    const f = keys ? keys[row]! : value;
    if (!(f < this.best)) return;
    this.best = f;
    this.bestPoint.set(this.points.subarray(row * this.n, (row + 1) * this.n));
  }

  /**
   * CMA-ES with margin (Hamano, Saito, Nomura and Shirakawa, GECCO 2022, 639): each side of a variable with cells keeps at least the
   * chance 1 / (2 n rows) of leaving the cell of the mean. True where the covariance has changed.
   */
  #margin(): boolean {
    const { n, rows, form, mean, scale, c } = this;
    const { cells } = this.#start;
    const d = this.workspace.f64.d!;
    let changed = false;
    for (let j = 0; j < n; j++) {
      const count = cells[j]!;
      if (count === 0) continue;
      const most = normalTail(1 / (2 * n * rows));
      // Bounds of the mean's cell, in units of the first spread.
      const width = 1 / (count * scale[j]!);
      const cell = Math.min(count - 1, Math.max(0, Math.floor(mean[j]! / width)));
      const [low, high] = [cell * width, (cell + 1) * width];
      const sd = Math.sqrt(this.variance(j));
      const below = Math.min(most, Math.max(-most, (mean[j]! - low) / sd));
      const above = Math.min(most, Math.max(-most, (high - mean[j]!) / sd));
      if (cell === 0) mean[j] = high - above * sd;
      else if (cell === count - 1) mean[j] = low + below * sd;
      else {
        const grown = width / (below + above);
        mean[j] = low + below * grown;
        const factor = grown / sd;
        if (!(factor > 1.0000001)) continue;
        changed = true;
        if (form !== slot.FORM_FULL) {
          c[j] = c[j]! * factor * factor;
          d[j] = d[j]! * factor;
        } else
          for (let i = 0; i < n; i++) {
            c[i * n + j] = c[i * n + j]! * factor;
            c[j * n + i] = c[j * n + i]! * factor;
          }
      }
    }
    return changed && form === slot.FORM_FULL;
  }

  /** Everything that lasts from one generation to the next. */
  save(): unknown {
    const { f64, i32 } = this.workspace;
    const lasting = LASTING.map((name) => f64[name]!);
    return {
      numbers: pack([this.#position, this.best, i32.frame![slot.G_USED]!], this.bestPoint, ...lasting),
      penalty: packList(this.penalty.save()),
      tests: this.tests.save(),
    };
  }

  restore(saved: unknown): boolean {
    const { numbers, penalty, tests } = saved as { numbers: unknown; penalty: unknown; tests: unknown };
    const { f64, i32 } = this.workspace;
    const head = new Float64Array(3);
    const history = unpackList(penalty);
    if (!history || !unpack(numbers, head, this.bestPoint, ...LASTING.map((name) => f64[name]!)))
      return false;
    this.#position = head[0]!;
    this.best = head[1]!;
    i32.frame![slot.G_USED] = head[2]!;
    this.penalty.restore(history);
    return this.tests.restore(tests);
  }

  release(): void {
    this.workspace.release();
  }
}
