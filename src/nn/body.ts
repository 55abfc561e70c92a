// The memory of a network and its passes over a batch. Parameters, gradients and running statistics are one block of a
// runtime; activations, gradients of activations and workspace of a batch are another, the arena, made once for the largest
// batch. A pass allocates nothing. What comes in here has been checked.

import { announce } from "../first-order/owners.js";
import type { Site } from "../first-order/place.js";
import { Random } from "../random/philox.js";
import { chosenRuntime, ownRuntime } from "../runtime/default.js";
import { type CoreRuntime, outOfMemory, type Runtime } from "../runtime/runtime.js";
import { type Workspace, workspaceBytes } from "../runtime/workspace.js";
import { bytesOf, type DType, type FloatVector, type Kernels, kernelsOf } from "./kernels.js";
import { type ArenaVector, arenaSpec, type ModelVector, modelSpec } from "./layout.js";
import type { Loss, Part } from "./loss.js";
import { claimOf } from "./owner.js";
import type { Plan, Tensor } from "./plan.js";
import type { Draws, Mode, Stage } from "./stage.js";

/** Rows the first arena holds; a larger batch brings a larger one. */
const FIRST_ROWS = 64;
/** Vectors as long as the parameters that are kept free for an optimizer. */
const SPARE = 4;

/** Everything that lies in one runtime. */
interface Home {
  readonly runtime: CoreRuntime;
  readonly kernels: Kernels;
  readonly model: Workspace;
  readonly stages: readonly Stage[];
  readonly params: FloatVector;
  readonly grads: FloatVector;
  readonly buffers: FloatVector;
  /** Copies of parameters and statistics: the last with which a loss was finite. */
  readonly kept: FloatVector;
  readonly keptBuffers: FloatVector;
}

interface Arena {
  readonly workspace: Workspace<ArenaVector, ArenaVector, "labels">;
  readonly rows: number;
  /** Addresses: of the input and of each stage's output. */
  readonly values: readonly number[];
  readonly input: FloatVector;
  readonly output: FloatVector;
  /** Gradient with respect to the output, and its partner that the backward pass alternates with. */
  readonly gradOut: FloatVector;
  readonly partner: number;
  readonly targets: FloatVector;
  readonly labels: Int32Array;
}

export class Body {
  readonly plan: Plan;
  readonly dtype: DType;
  readonly loss: Loss;
  readonly draws: Draws;
  readonly #given: Runtime | undefined;
  readonly #owned: CoreRuntime[] = [];
  #home: Home;
  #arena: Arena;
  readonly #part: Part = { from: 0, m: 0, rows: 1, weight: 1 };
  /** Optimizers at work on the parameters, which may not move to another runtime meanwhile; what ends each. */
  readonly #tenants = new Set<() => void>();
  readonly #claim = claimOf(() => this);
  /** Takes back that the parameters lie where they lie. */
  #leave: () => void;
  /** Layers and losses are at work in the arena, callbacks of the user's among them. */
  passing = false;
  /** Set to watch gradients: called with the stage and the address of dL/dy before its backward pass. */
  watch: ((index: number, dy: number, count: number) => void) | null = null;

  constructor(plan: Plan, dtype: DType, loss: Loss, seed: number, given: Runtime | undefined) {
    this.plan = plan;
    this.dtype = dtype;
    this.loss = loss;
    this.draws = { key0: seed >>> 0, key1: Math.floor(seed / 2 ** 32) >>> 0, step: 0 };
    this.#given = given;
    const runtime = chosenRuntime(given);
    [this.#home, this.#arena] = this.#settle(runtime, FIRST_ROWS) ?? this.#moveOut(runtime, FIRST_ROWS);
    this.#leave = announce(this.runtime.buffer, this.#claim);
    try {
      this.initialise(seed);
    } catch (error) {
      // A layer of one's own may throw in its init.
      this.release();
      throw error;
    }
  }

  /** Where parameters and gradients lie, for an optimizer that works on them in place. */
  get site(): Site {
    const { runtime, params, grads } = this;
    return { runtime, x: params.byteOffset, g: grads.byteOffset, hold: this.#hold };
  }

  /** Keeps the parameters where they are until the function that it returns is called. */
  pin(dispose: () => void): () => void {
    this.#tenants.add(dispose);
    return () => this.#tenants.delete(dispose);
  }

  /** Parameters of frozen layers, to be put back after a step: whatever momentum or decay an optimizer has. */
  readonly #hold = (): (() => void) | null => {
    const frozen = this.stages.filter((stage) => stage.frozen && stage.plan.params.length > 0);
    if (frozen.length === 0) return null;
    const held = frozen.flatMap(({ plan }) => plan.params.map((tensor) => this.view(tensor)));
    const copies = held.map((view) => view.slice());
    return () => {
      for (const [i, view] of held.entries()) view.set(copies[i]!);
    };
  };

  /** The runtime the user chose; undefined: the default one, or what fits. */
  get given(): Runtime | undefined {
    return this.#given;
  }
  get runtime(): CoreRuntime {
    return this.#home.runtime;
  }
  get kernels(): Kernels {
    return this.#home.kernels;
  }
  get stages(): readonly Stage[] {
    return this.#home.stages;
  }
  get params(): FloatVector {
    return this.#home.params;
  }
  get grads(): FloatVector {
    return this.#home.grads;
  }
  get buffers(): FloatVector {
    return this.#home.buffers;
  }
  get kept(): FloatVector {
    return this.#home.kept;
  }
  get arena(): Arena {
    return this.#arena;
  }
  /** Rows the arena holds. */
  get rows(): number {
    return this.#arena.rows;
  }

  /** Address and length of a stage's output (-1: the input) for m rows. */
  valueAt(index: number): number {
    return this.#arena.values[index + 1]!;
  }

  view(tensor: Tensor): FloatVector {
    const all = tensor.home === "statistics" ? this.buffers : this.params;
    return all.subarray(tensor.offset, tensor.offset + tensor.length);
  }

  initialise(seed: number): void {
    this.grads.fill(0);
    this.params.fill(0);
    this.buffers.fill(0);
    for (const { layer, params, buffers, inputs, outputs, index } of this.plan.stages) {
      const { definition, options } = layer;
      const views = Object.fromEntries(
        [...params, ...buffers].map((tensor) => [tensor.name, this.view(tensor)]),
      );
      definition.initialise?.(views, options, new Random(seed, 2 ** 32 + index), inputs, outputs);
    }
    this.keep();
  }

  /** Model and arena in this runtime; null when they do not fit with what an optimizer will need. */
  #settle(runtime: CoreRuntime, rows: number): [Home, Arena] | null {
    const kernels = kernelsOf(runtime, this.dtype);
    const model = runtime.takeWorkspace(modelSpec(this.plan, this.dtype));
    if (!model) return null;
    const workspace = runtime.takeWorkspace(arenaSpec(this.plan, this.dtype, rows, kernels));
    const spare = this.#given ? 0 : SPARE * this.plan.paramCount * bytesOf(this.dtype);
    if (!workspace || runtime.largest < spare) {
      workspace?.release();
      model.release();
      return null;
    }
    const home = this.#homeIn(runtime, kernels, model);
    return [home, this.#bind(home, workspace, rows)];
  }

  #homeIn(runtime: CoreRuntime, kernels: Kernels, model: Workspace<ModelVector, ModelVector, never>): Home {
    const { at } = model;
    const size = bytesOf(this.dtype);
    const { params, grads, buffers } = at;
    const addresses = { params, grads, buffers, size, memory: runtime.buffer };
    const views: Readonly<Record<ModelVector, FloatVector>> = this.dtype === "f64" ? model.f64 : model.f32;
    return {
      runtime,
      kernels,
      model,
      stages: this.plan.stages.map(
        (stage) => new stage.layer.definition.stage(stage, kernels, addresses, this.draws),
      ),
      params: views.params,
      grads: views.grads,
      buffers: views.buffers,
      kept: views.kept,
      keptBuffers: views.keptBuffers,
    };
  }

  #bind(home: Home, workspace: Workspace<ArenaVector, ArenaVector, "labels">, rows: number): Arena {
    const { at } = workspace;
    const views: Readonly<Record<ArenaVector, FloatVector>> =
      this.dtype === "f64" ? workspace.f64 : workspace.f32;
    const { work } = at;
    for (const stage of home.stages) stage.bind({ own: at[`own${stage.plan.index}`] ?? 0, work });
    const last = this.plan.stages.length - 1;
    return {
      workspace,
      rows,
      values: [at.input, ...home.stages.map((_, i) => at[`y${i}`]!)],
      input: views.input,
      output: views[`y${last}`]!,
      gradOut: views.grad,
      partner: at.partner,
      targets: views.targets,
      labels: workspace.i32.labels,
    };
  }

  /** Model and arena in a runtime of their own, sized for them; OUT_OF_MEMORY when a runtime was given. */
  #moveOut(like: CoreRuntime, rows: number): [Home, Arena] {
    const model = workspaceBytes(modelSpec(this.plan, this.dtype));
    const arena = workspaceBytes(arenaSpec(this.plan, this.dtype, rows, kernelsOf(like, this.dtype)));
    const spare = SPARE * this.plan.paramCount * bytesOf(this.dtype);
    const bytes = model + arena + spare + 2 ** 16;
    if (this.#given || this.#tenants.size > 0) throw outOfMemory(model + arena, like.largest, "network");
    const runtime = ownRuntime(bytes, like, "network");
    this.#owned.push(runtime);
    const settled = this.#settle(runtime, rows);
    if (!settled) throw outOfMemory(bytes, runtime.largest, "network");
    return settled;
  }

  /** Makes the arena hold at least this many rows. */
  reserve(rows: number): void {
    if (rows <= this.#arena.rows) return;
    const wanted = Math.ceil(rows / 16) * 16;
    const { runtime, kernels } = this.#home;
    const workspace = runtime.takeWorkspace(arenaSpec(this.plan, this.dtype, wanted, kernels));
    if (workspace) {
      this.#arena.workspace.release();
      this.#arena = this.#bind(this.#home, workspace, wanted);
      return;
    }
    const old = this.#home;
    const oldArena = this.#arena;
    const [home, arena] = this.#moveOut(runtime, wanted);
    home.params.set(old.params);
    home.grads.set(old.grads);
    home.buffers.set(old.buffers);
    home.kept.set(old.kept);
    home.keptBuffers.set(old.keptBuffers);
    for (const [i, stage] of home.stages.entries()) {
      const before = old.stages[i] as Stage;
      stage.frozen = before.frozen;
      stage.count = before.count;
    }
    oldArena.workspace.release();
    old.model.release();
    this.#leave();
    this.#leave = announce(home.runtime.buffer, this.#claim);
    this.#home = home;
    this.#arena = arena;
    while (this.#owned.length > 1) this.#owned.shift()?.dispose();
  }

  /** m rows of the arena's input to its output. */
  forward(m: number, mode: Mode, until = this.plan.stages.length): void {
    const { stages } = this.#home;
    const { values } = this.#arena;
    this.passing = true;
    try {
      for (let i = 0; i < until; i++) {
        (stages[i] as Stage).forward(m, values[i]!, values[i + 1]!, mode);
      }
    } finally {
      this.passing = false;
    }
  }

  /** The loss of the part. */
  #evaluate(): number {
    const { definition, options } = this.loss;
    this.passing = true;
    try {
      return definition.evaluate(this.kernels, this.#arena, this.plan.outputs, this.#part, options);
    } finally {
      this.passing = false;
    }
  }

  /** Mean loss of m rows against targets or labels of the arena; its gradient goes to `gradOut`. */
  lossGradient(m: number): number {
    const part = this.#part;
    part.from = 0;
    part.m = part.rows = m;
    part.weight = 1;
    return this.#evaluate();
  }

  /** As `lossGradient`, each row with its weight: the sum of weight times loss over m. */
  weightedLoss(m: number, weights: ArrayLike<number>): number {
    const part = this.#part;
    part.m = 1;
    part.rows = m;
    let sum = 0;
    for (let i = 0; i < m; i++) {
      part.from = i;
      part.weight = weights[i]!;
      sum += this.#evaluate();
    }
    return sum;
  }

  /**
   * From the gradient in `gradOut` to the parameters' gradients. Returns the address of the gradient with respect to the
   * input when it is wanted, else 0; the pass ends where nothing below is trainable.
   */
  backward(m: number, inputWanted = false): number {
    this.passing = true;
    try {
      return this.#backward(m, inputWanted);
    } finally {
      this.passing = false;
    }
  }

  #backward(m: number, inputWanted: boolean): number {
    const { stages } = this.#home;
    const { values, gradOut, partner } = this.#arena;
    let first = 0;
    while (!inputWanted && first < stages.length && !(stages[first] as Stage).trainable) first++;
    let dy = gradOut.byteOffset;
    let other = partner;
    for (let i = stages.length - 1; i >= first; i--) {
      const stage = stages[i] as Stage;
      this.watch?.(i, dy, m * stage.plan.outputs);
      const wanted = i > first || inputWanted;
      const dx = wanted ? (stage.inPlace ? dy : other) : 0;
      stage.backward(m, values[i]!, values[i + 1]!, dy, dx);
      if (wanted && !stage.inPlace) {
        other = dy;
        dy = dx;
      }
    }
    return inputWanted ? dy : 0;
  }

  /** Remembers parameters (or those given for them) and statistics. */
  keep(params: FloatVector = this.#home.params): void {
    const { buffers, kept, keptBuffers } = this.#home;
    kept.set(params);
    keptBuffers.set(buffers);
  }

  /** Goes back to what `keep` remembered. */
  goBack(): void {
    const { params, buffers, kept, keptBuffers } = this.#home;
    params.set(kept);
    buffers.set(keptBuffers);
  }

  /** Whether the memory is still there. */
  get alive(): boolean {
    return !this.#home.runtime.disposed;
  }

  release(): void {
    for (const dispose of [...this.#tenants]) dispose();
    this.#leave();
    if (this.alive) {
      this.#arena.workspace.release();
      this.#home.model.release();
    }
    for (const runtime of this.#owned) runtime.dispose();
  }
}
