// Averages of an optimizer's iterates: the running mean (Polyak & Juditsky 1992), the mean of the last N, or exponential.
// Each update is one fused pass; `swap` exchanges parameters and average in place, for evaluation.

import { takeWorkspace } from "../runtime/default.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { checkKeys, choiceOption, numberOption } from "../runtime/options.js";
import type { CoreRuntime } from "../runtime/runtime.js";
import type { Workspace, WorkspaceSpec } from "../runtime/workspace.js";
import type { Kernels } from "./rule.js";
import { bytesOf, type DType, kernelsOf } from "./run.js";
import { FirstOrderOptimizer } from "./stepper.js";
import type { FloatVector, Optimizer } from "./types.js";

export type AverageOptions =
  | {
      kind: "polyak";
      /** Mean of the last `window` iterates (keeps them all: window + 2 vectors). Default: of all. */
      window?: number;
      /** Iterates count from this step of the optimizer on; before, the average is the iterate. Default 0. */
      start?: number;
    }
  | {
      kind: "ema";
      /** average = decay average + (1 - decay) params, from the first iterate; in [0, 1). */
      decay: number;
    };

export interface Average extends Disposable {
  /** Takes in the current parameters. Call it after each step, or after each epoch; not while an average is swapped in. */
  update(): void;
  /** The average: a live view, also after the optimizer is disposed. While swapped in, the parameters of before. */
  readonly params: FloatVector;
  /** Iterates in the average. */
  readonly count: number;
  /** Exchanges parameters and average; a second call changes them back. The optimizer waits in between (REENTRANT), and the training of its network. */
  swap(): void;
  dispose(): void;
}

/**
 * @example
 * const opt = optimizer([1, 2], sgd({ lr: 0.1 }));
 * const mean = average(opt, { kind: "ema", decay: 0.9 });
 * opt.step((p, g) => { g[0] = p[0]; g[1] = p[1]; return 0; });
 * mean.update(); // after each step
 * mean.swap(); // the average stands in opt.params, until the next swap
 * mean.dispose();
 * opt.dispose();
 */
export function average(opt: Optimizer, options: AverageOptions): Average {
  const where = "average";
  if (!(opt instanceof FirstOrderOptimizer)) {
    throw new DownhillError("OPTION", `${where}: expected an optimizer, got ${quote(opt)}`);
  }
  checkKeys(where, options, options?.kind === "ema" ? ["kind", "decay"] : ["kind", "window", "start"]);
  const kind = choiceOption(where, "kind", options.kind, ["polyak", "ema"], "polyak");
  if (options.kind === "ema") {
    const decay = numberOption(where, "decay", options.decay, null, { min: 0, below: 1 });
    return new IterateAverage(opt, { kind, decay, window: 0, start: 0 });
  }
  const window = options.window === Infinity ? undefined : options.window;
  return new IterateAverage(opt, {
    kind,
    decay: 0,
    window: numberOption(where, "window", window, 0, { min: 1, integer: true }),
    start: numberOption(where, "start", options.start, 0, { min: 0, integer: true }),
  });
}

interface AveragePlan {
  readonly kind: "polyak" | "ema";
  readonly decay: number;
  readonly window: number;
  readonly start: number;
}

/** By the memory of the parameters: averages that are swapped in there. */
const swapped = new WeakMap<object, Set<IterateAverage>>();

/** Whether these parameters are an average at the moment, and not the iterate. @internal */
export function isSwapped(params: FloatVector): boolean {
  for (const one of swapped.get(params.buffer) ?? []) if (one.standsIn(params)) return true;
  return false;
}

type Names = "mean" | "fresh" | "ring" | "copy";

class IterateAverage implements Average {
  readonly #opt: FirstOrderOptimizer;
  readonly #dtype: DType;
  readonly #plan: AveragePlan;
  readonly #length: number;
  #live: { readonly workspace: Workspace; readonly kernels: Kernels } | null;
  /** Addresses: of the parameters or their copy, the mean, and with a window the ring and the mean since it wrapped. */
  readonly #x: number;
  #mean: number;
  #fresh: number;
  readonly #ring: number;
  /** Address of the average: the mean, or until a window is full the fresh one. */
  #shown: number;
  /** Set when the average lies in another memory than the parameters: the view of their copy. */
  readonly #copy: FloatVector | null;
  #count = 0;
  #swapped = false;

  constructor(opt: FirstOrderOptimizer, plan: AveragePlan) {
    const { runtime, dtype, x } = opt.site;
    this.#opt = opt;
    this.#dtype = dtype;
    this.#plan = plan;
    const n = opt.params.length;
    this.#length = n;
    const { window } = plan;
    const sizes: Record<Names, number> = { mean: n, fresh: 0, ring: 0, copy: 0 };
    // Rows of the ring are whole registers long.
    if (window > 0) Object.assign(sizes, { fresh: n, ring: window * (this.#row() / bytesOf(dtype)) });
    const { workspace, near } = place(runtime, `average.${dtype}.${window}x${n}`, dtype, sizes, n);
    const { at } = workspace;
    const views: Readonly<Record<Names, FloatVector>> = dtype === "f64" ? workspace.f64 : workspace.f32;
    this.#copy = near ? null : views.copy;
    this.#x = near ? x : at.copy;
    this.#mean = at.mean;
    this.#shown = this.#mean;
    this.#fresh = window > 0 ? at.fresh : 0;
    this.#ring = window > 0 ? at.ring : 0;
    this.#live = { workspace, kernels: kernelsOf(workspace.runtime, dtype) };
    this.params.set(opt.params);
    if (typeof Symbol.dispose === "symbol") {
      Object.defineProperty(this, Symbol.dispose, { value: () => this.dispose() });
    }
  }

  declare [Symbol.dispose]: () => void;

  #row(): number {
    return Math.ceil((this.#length * bytesOf(this.#dtype)) / 16) * 16;
  }

  #alive() {
    const live = this.#live;
    if (live && !live.workspace.runtime.disposed) return live;
    throw new DownhillError("DISPOSED", "this average was disposed");
  }

  get params(): FloatVector {
    const { buffer } = this.#alive().workspace.runtime;
    const View = this.#dtype === "f64" ? Float64Array : Float32Array;
    return new View(buffer, this.#shown, this.#length);
  }

  get count(): number {
    return this.#count;
  }

  update(): void {
    const { kernels } = this.#alive();
    if (this.#swapped) {
      throw new DownhillError("REENTRANT", "this average is swapped in", { hint: "call swap() again first" });
    }
    this.#opt.checkIdle();
    const { kind, decay, window, start } = this.#plan;
    const n = this.#length;
    this.#copy?.set(this.#opt.params);
    const before = this.#opt.steps < start;
    const j = before ? 0 : this.#count++;
    if (window > 0 && !before) this.#slide(kernels, j, window);
    // A factor of 1 is not exact when the average is far larger than the iterate: copy.
    else if (j === 0) this.params.set(this.#opt.params);
    else kernels.blend(n, this.#x, this.#shown, kind === "ema" ? 1 - decay : 1 / (j + 1));
  }

  /** Iterate j, counted from 0, enters the window. */
  #slide(kernels: Kernels, j: number, window: number): void {
    const turn = j % window;
    const slot = this.#ring + turn * this.#row();
    if (turn === 0) this.#clear(this.#fresh);
    kernels.slide(this.#length, this.#x, slot, this.#mean, this.#fresh, 1 / window, 1 / (turn + 1));
    if (turn === window - 1) [this.#mean, this.#fresh] = [this.#fresh, this.#mean];
    this.#shown = j < window - 1 ? this.#fresh : this.#mean;
  }

  #clear(address: number): void {
    const bytes = this.#row();
    new Uint8Array(this.#alive().workspace.runtime.buffer, address, bytes).fill(0);
  }

  swap(): void {
    const { kernels } = this.#alive();
    const { params } = this.#opt;
    this.#opt.hold(!this.#swapped);
    this.#swapped = !this.#swapped;
    const here = swapped.get(params.buffer) ?? new Set();
    swapped.set(params.buffer, here);
    here[this.#swapped ? "add" : "delete"](this);
    this.#copy?.set(params);
    kernels.swap(this.#length, this.#x, this.#shown);
    if (this.#copy) params.set(this.#copy);
  }

  standsIn(params: FloatVector): boolean {
    return !this.#opt.disposed && this.#opt.params.byteOffset === params.byteOffset;
  }

  dispose(): void {
    if (!this.#live) return;
    const { workspace } = this.#live;
    if (this.#swapped && !this.#opt.disposed && !workspace.runtime.disposed) this.swap();
    if (!workspace.runtime.disposed) workspace.release();
    this.#live = null;
  }
}

/** Beside the parameters where it fits; otherwise in another memory, with a copy of them for every update. */
function place(
  runtime: CoreRuntime,
  key: string,
  dtype: DType,
  sizes: Record<Names, number>,
  n: number,
): { workspace: Workspace<Names, Names, never>; near: boolean } {
  const spec: WorkspaceSpec<Names, Names, never> = { key, [dtype]: sizes };
  const near = runtime.takeWorkspace(spec);
  if (near) return { workspace: near, near: true };
  const far = takeWorkspace<Names, Names, never>(undefined, {
    key: `${key}.far`,
    [dtype]: { ...sizes, copy: n },
  });
  return { workspace: far, near: false };
}
