// The optimizer itself: what a step does, when it is refused, and what survives it. Parameters, gradient and state lie in
// one block of the runtime's memory; a step is one kernel call (with clipping by norm, or a check for non-finite
// gradients, one more pass over the gradient before it).

import { DownhillError } from "../runtime/errors.js";
import { optionError } from "../runtime/options.js";
import type { CoreRuntime } from "../runtime/runtime.js";
import type { Workspace } from "../runtime/workspace.js";
import { checkGroups, type Patch } from "./groups.js";
import { guardKeys, readGuards } from "./guards.js";
import { findPlace, type Site } from "./place.js";
import { type Busy, busyError, closureNeeded, nonFiniteGradient, notALoss } from "./refusals.js";
import type { Kernels, Rule } from "./rule.js";
import { type DType, kernelsOf, RuleRun } from "./run.js";
import {
  checkKept,
  configuredOf,
  type Kept,
  keep,
  type OptimizerState,
  type Shape,
  sealed,
  unsealed,
} from "./snapshot.js";
import type { Closure, FloatVector, Optimizer, OptimizerOptions } from "./types.js";

export class FirstOrderOptimizer implements Optimizer {
  readonly #shape: Shape;
  readonly #hold: Site["hold"];
  /** Leaves the owner of the parameters. @internal */
  leave: (() => void) | null = null;
  readonly #where: string;
  readonly #length: number;
  /** The whole step, while nothing is to be asked first: alive, idle, unguarded, with fixed rates. */
  #quick: (() => void) | null = null;
  /** What holds on to the memory; null once disposed, so that the memory can go although the optimizer is kept. */
  #live: {
    readonly run: RuleRun;
    readonly kernels: Kernels;
    readonly workspace: Workspace;
    readonly vectors: Readonly<Record<string, FloatVector>>;
  } | null;
  readonly #g: number;
  readonly #runtime: CoreRuntime;
  #params: FloatVector | null;
  #grads: FloatVector | null;
  #steps = 0;
  #skipped = 0;
  /** Norm of the last step's gradient; -1 while it is not known. */
  #norm = -1;
  #busy: "" | Busy = "";
  #clipValue = Infinity;
  #clipNorm = Infinity;
  #sign = 1;
  #skipNonFinite = false;
  #guarded = false;
  /** Guards as they were given, and those that `configure` changed. */
  readonly #given: Patch;
  #configured: Patch = {};

  constructor(length: number, dtype: DType, rule: Rule, options: OptimizerOptions, site: Site | null) {
    this.#where = rule.name;
    this.#hold = site?.hold;
    this.#length = length;
    const groups = checkGroups("optimizer", options.groups, length);
    const ranges = groups.map(({ start, end }) => [start, end] as const);
    this.#shape = { rule: rule.name, dtype, length, groups: ranges };
    const { clipValue, clipNorm, maximize, skipNonFinite } = options;
    this.#given = { clipValue, clipNorm, maximize, skipNonFinite };
    readGuards("optimizer", this.#given);
    const place = findPlace(rule, groups, length, dtype, options.runtime, site);
    const { runtime, workspace, x, g, s } = place;
    this.#runtime = runtime;
    this.#g = g;
    try {
      const run = new RuleRun(rule, groups, { runtime, dtype, n: length, x, g, s });
      this.#live = { run, kernels: kernelsOf(runtime, dtype), workspace, vectors: place.vectors };
    } catch (error) {
      workspace.release();
      throw error;
    }
    this.#params = place.params;
    this.#grads = place.grads;
    this.#guard({});
    if (typeof Symbol.dispose === "symbol") {
      Object.defineProperty(this, Symbol.dispose, { value: () => this.dispose() });
    }
  }

  declare [Symbol.dispose]: () => void;

  #guard(configured: Patch): void {
    const guards = readGuards(this.#where, { ...this.#given, ...configured });
    this.#configured = configured;
    this.#clipValue = guards.clipValue;
    this.#clipNorm = guards.clipNorm;
    this.#sign = guards.maximize ? -1 : 1;
    this.#skipNonFinite = guards.skipNonFinite;
    this.#guarded = guards.skipNonFinite || guards.clipNorm !== Infinity;
    this.#settle();
  }

  /** Recomputes what lets `step()` do nothing but the step. */
  #settle(): void {
    const run = this.#live?.run;
    const plain = run && this.#busy === "" && !this.#guarded && !run.looksAhead && !this.#hold;
    this.#quick = plain ? run.bound(this.#sign, this.#clipValue) : null;
  }

  #occupy(busy: "" | Busy): void {
    this.#busy = busy;
    this.#settle();
  }

  get params(): FloatVector {
    return this.#params && !this.#runtime.disposed ? this.#params : this.#gone();
  }

  get grads(): FloatVector {
    return this.#grads && !this.#runtime.disposed ? this.#grads : this.#gone();
  }

  get steps(): number {
    return this.#steps;
  }

  get skipped(): number {
    return this.#skipped;
  }

  get lr(): number {
    return this.#alive().run.lrAt(this.#steps);
  }

  get gradNorm(): number {
    if (this.#norm >= 0 || Number.isNaN(this.#norm)) return this.#norm;
    const norm = this.#alive().kernels.norm(this.#length, this.#g, Infinity);
    if (this.#steps + this.#skipped > 0) this.#norm = norm;
    return norm;
  }

  /** The runtime the parameters live in, and their address. @internal */
  get site(): { runtime: CoreRuntime; dtype: DType; x: number } {
    return { runtime: this.#runtime, dtype: this.#shape.dtype, x: this.params.byteOffset };
  }

  /** @internal */
  get disposed(): boolean {
    return this.#live === null || this.#runtime.disposed;
  }

  /** Forbids steps while the parameters are swapped for their average. @internal */
  hold(held: boolean): void {
    if (held) this.#ready();
    else this.#free();
    this.#occupy(held ? "average" : "");
  }

  /** DISPOSED, or REENTRANT while the parameters are not the iterate. @internal */
  checkIdle(): void {
    this.#ready();
  }

  #gone(): never {
    throw new DownhillError("DISPOSED", `this optimizer (${this.#where}) was disposed`);
  }

  #alive() {
    const live = this.#live;
    return live && !this.#runtime.disposed ? live : this.#gone();
  }

  #free(): void {
    if (this.#busy === "closure" || this.#busy === "schedule") throw busyError(this.#where, this.#busy);
  }

  /** Evaluates the schedules of the next step. They are callbacks: what they do to this optimizer is refused. */
  #schedule(run: RuleRun): void {
    this.#busy = "schedule";
    try {
      run.schedule(this.#steps);
    } finally {
      this.#busy = "";
    }
  }

  #ready() {
    const live = this.#alive();
    if (this.#busy !== "") throw busyError(this.#where, this.#busy);
    return live;
  }

  step(): void;
  step(closure: Closure): number;
  step(closure?: Closure): number | undefined {
    const quick = this.#quick;
    if (quick !== null && closure === undefined && !this.#runtime.disposed) {
      this.#norm = -1;
      this.#steps++;
      quick();
      return undefined;
    }
    const { run } = this.#ready();
    if (closure !== undefined) return this.#closureStep(closure);
    if (run.looksAhead) throw closureNeeded(this.#where);
    this.#schedule(run);
    this.#norm = -1;
    if (!this.#guarded) {
      this.#apply(1);
    } else {
      this.#guardedStep();
    }
    return undefined;
  }

  /** Applies the step if the gradient may be used; otherwise skips it, or throws. */
  #guardedStep(): boolean {
    const { kernels } = this.#alive();
    let factor = 1;
    if (this.#clipNorm !== Infinity) {
      const norm = kernels.norm(this.#length, this.#g, this.#clipValue);
      if (this.#clipValue === Infinity) this.#norm = norm;
      // PyTorch's clip_grad_norm_, with its 1e-6.
      factor = Math.min(1, this.#clipNorm / (norm + 1e-6));
      if (!(norm < Infinity) && this.#refuse()) return false;
    } else if (this.#skipNonFinite && this.#refuse()) return false;
    this.#apply(factor);
    return true;
  }

  #apply(factor: number): void {
    const back = this.#hold?.();
    this.#alive().run.apply(factor * this.#sign, this.#clipValue);
    back?.();
    this.#steps++;
  }

  /** Whether the gradient is not finite and the step is skipped for it; NON_FINITE_INPUT unless skipping is wanted. */
  #refuse(): boolean {
    const index = this.#alive().kernels.firstNonFinite(this.#length, this.#g);
    if (index < 0) return false;
    if (this.#skipNonFinite) {
      this.#skipped++;
      return true;
    }
    throw nonFiniteGradient(this.#where, index, this.grads[index]!);
  }

  #closureStep(closure: Closure): number {
    if (typeof closure !== "function")
      throw optionError(this.#where, "closure", closure, "a function", "gradients go into grads");
    const { run } = this.#alive();
    const ahead = run.looksAhead;
    this.#schedule(run);
    const grads = this.grads;
    grads.fill(0);
    if (ahead) run.moveAhead();
    this.#occupy("closure");
    let taken = false;
    try {
      const loss: unknown = closure(this.params, grads);
      this.#alive();
      this.#norm = -1;
      if (typeof loss !== "number") throw notALoss(this.#where, loss);
      if (!Number.isFinite(loss)) {
        this.#skipped++;
      } else if (this.#guarded) {
        taken = this.#guardedStep();
      } else {
        this.#apply(1);
        taken = true;
      }
      return loss;
    } finally {
      this.#occupy("");
      if (ahead && !taken && !this.#runtime.disposed) run.moveBack();
    }
  }

  zeroGrad(): void {
    this.#ready();
    this.grads.fill(0);
  }

  configure(patch: Readonly<Record<string, unknown>>, group?: number): void {
    const { run } = this.#ready();
    run.checkPatch("configure", patch, group === undefined ? guardKeys : []);
    const guards: Patch = { ...this.#configured };
    const options: Patch = {};
    for (const [name, value] of Object.entries(patch)) {
      if (value === undefined) continue;
      ((guardKeys as readonly string[]).includes(name) ? guards : options)[name] = value;
    }
    readGuards("configure", { ...this.#given, ...guards });
    run.configure(options, group);
    this.#guard(guards);
  }

  reset(): void {
    const { run } = this.#ready();
    this.#busy = "schedule";
    try {
      run.reset();
    } finally {
      this.#busy = "";
    }
    this.#steps = 0;
    this.#skipped = 0;
    this.#norm = -1;
  }

  vector(name: string): FloatVector {
    const { vectors } = this.#alive();
    const found = Object.hasOwn(vectors, name) ? vectors[name] : undefined;
    if (found) return found.slice();
    throw optionError(this.#where, "vector", name, `one of ${Object.keys(vectors).join(", ") || "(none)"}`);
  }

  /** What a snapshot holds: parameters and state vectors, scratch excepted. */
  #kept(params: boolean): Record<string, FloatVector> {
    const { run, vectors } = this.#alive();
    const { scratch } = run.definition;
    const kept = Object.entries(vectors).filter(([name]) => !scratch?.includes(name));
    return { ...(params ? { params: this.params } : {}), ...Object.fromEntries(kept) };
  }

  /** The state as copies (in those of `into`, where they fit), with the parameters or without. @internal */
  kept(params = true, into: Kept | null = null): Kept {
    const { run } = this.#ready();
    const counts = { steps: this.#steps, skipped: this.#skipped };
    return keep(this.#shape, counts, run.snapshot(), this.#configured, this.#kept(params), into?.vectors);
  }

  /** Goes on from what `kept` gave, with the parameters it has; SNAPSHOT, with nothing changed, when it does not fit. @internal */
  takeOver(where: string, state: Kept): void {
    const { run } = this.#ready();
    const views = this.#kept("params" in state.vectors);
    checkKept(where, state, this.#shape, views, Object.keys(run.definition.counters));
    const { configured, guards } = configuredOf(state);
    try {
      readGuards(where, { ...this.#given, ...guards });
      run.restore(state.counters, configured);
    } catch (cause) {
      const message = `${where}: the configured options do not fit this optimizer`;
      throw new DownhillError("SNAPSHOT", message, { cause });
    }
    this.#guard(guards);
    for (const name in views) views[name]!.set(state.vectors[name]!);
    this.#steps = state.steps;
    this.#skipped = state.skipped;
    this.#norm = -1;
  }

  state(): OptimizerState {
    return sealed(this.kept());
  }

  restore(state: OptimizerState): void {
    this.#ready();
    const kept = unsealed("restore", state);
    if (!("params" in kept.vectors))
      throw new DownhillError("SNAPSHOT", "restore: the state has no parameters");
    this.takeOver("restore", kept);
  }

  dispose(): void {
    if (!this.#live) return;
    this.#free();
    if (!this.#runtime.disposed) this.#live.workspace.release();
    this.#live = null;
    this.leave?.();
    this.leave = null;
    this.#settle();
    this.#params = this.#grads = null;
  }
}
