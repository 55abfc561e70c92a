// A rule at work on parameters and gradients that already lie in a runtime's memory: option sets, parameter groups,
// counters, and the kernel calls of a step. It owns no memory, so a network may run a rule on its own parameters.

import { DownhillError } from "../runtime/errors.js";
import { checkKeys, optionError } from "../runtime/options.js";
import type { Room } from "../runtime/rooms.js";
import type { CoreRuntime } from "../runtime/runtime.js";
import { room } from "../wasm/first-order.js";
import { optionsOf, type Patch, type Range } from "./groups.js";
import {
  type AnyDefinition,
  type DType,
  type Kernels,
  MOST,
  type Rate,
  type Rule,
  type RuleKernels,
  rateAt,
  resolve,
  type Span,
} from "./rule.js";

export type { DType };

export interface RunOptions {
  readonly runtime: CoreRuntime;
  readonly dtype: DType;
  readonly n: number;
  /** Addresses of parameters, gradient and state vectors. */
  readonly x: number;
  readonly g: number;
  readonly s: Readonly<Record<string, number>>;
}

/** Options that hold for some of the spans, with the counters that belong to them. */
interface OptionSet {
  /** What a group was made with. */
  readonly own: Patch;
  /** What `configure` changed for this group alone. */
  patch: Patch;
  options: Readonly<Record<string, unknown>>;
  readonly counters: Record<string, number>;
  readonly spans: Span[];
  lr: number;
  momentum: number;
}

const suffixes = { f64: "F64", f32: "F32" } as const;

/** The kernels of one precision under their names without suffix. They hold on to the runtime's memory. */
export function kernelsOf<K = Kernels>(runtime: CoreRuntime, dtype: DType, from: Room<unknown> = room): K {
  const all = runtime.kernels(from) as object;
  const suffix = suffixes[dtype];
  const kernels: Record<string, unknown> = {};
  for (const [name, kernel] of Object.entries(all)) {
    if (name.endsWith(suffix)) kernels[name.slice(0, -suffix.length)] = kernel;
  }
  return kernels as K;
}

export const bytesOf = (dtype: DType): number => (dtype === "f64" ? 8 : 4);

export class RuleRun {
  readonly definition: AnyDefinition;
  readonly #kernels: RuleKernels;
  readonly #at: RunOptions;
  readonly #sets: OptionSet[];
  /** What `configure` changed for all sets. */
  #patch: Patch = {};
  readonly #rule: Rule;
  #ahead = false;
  /** The rule's two functions, and the set when it is the only one with a span: fields, so that a step looks nothing up. */
  readonly #advance: AnyDefinition["advance"];
  readonly #step: AnyDefinition["step"];
  readonly #single: OptionSet | null;
  #fixedRates = true;

  constructor(rule: Rule, groups: readonly Range[], at: RunOptions) {
    this.#rule = rule;
    this.definition = rule.definition;
    this.#advance = rule.definition.advance;
    this.#step = rule.definition.step;
    this.#at = at;
    this.#kernels = kernelsOf(at.runtime, at.dtype, rule.definition.room());
    const base = this.#newSet({});
    const sets = groups.map((group) => {
      const set = this.#newSet(optionsOf(group, rule));
      this.#addSpan(set, group.start, group.end);
      return set;
    });
    let from = 0;
    for (const { start, end } of [...groups].sort((a, b) => a.start - b.start)) {
      if (start > from) this.#addSpan(base, from, start);
      from = end;
    }
    if (from < at.n) this.#addSpan(base, from, at.n);
    this.#sets = [base, ...sets];
    this.#single = groups.length === 0 ? base : null;
    this.#refresh();
    this.reset();
  }

  #newSet(own: Patch): OptionSet {
    return { own, patch: {}, options: {}, counters: {}, spans: [], lr: 0, momentum: 0 };
  }

  #addSpan(set: OptionSet, start: number, end: number): void {
    const { dtype, x, g, s } = this.#at;
    const skip = start * bytesOf(dtype);
    const moved: Record<string, number> = {};
    for (const name in s) moved[name] = s[name]! + skip;
    set.spans.push({ n: end - start, x: x + skip, g: g + skip, s: moved });
  }

  #resolved({ own }: OptionSet, all: Patch, patch: Patch): Readonly<Record<string, unknown>> {
    return resolve(
      this.definition,
      { ...this.#rule.options, ...all, ...own, ...patch },
      MOST[this.#at.dtype],
    );
  }

  #refresh(): void {
    for (const set of this.#sets) set.options = this.#resolved(set, this.#patch, set.patch);
    const { ahead } = this.definition;
    this.#ahead = this.#sets.some((set) => ahead?.needed(set.options));
    this.#fixedRates = this.#sets.every(
      ({ options }) => typeof options.lr === "number" && typeof (options.momentum ?? 0) === "number",
    );
    for (const set of this.#sets) {
      set.lr = typeof set.options.lr === "number" ? set.options.lr : NaN;
      set.momentum = typeof set.options.momentum === "number" ? set.options.momentum : 0;
    }
  }

  /** A step with this scale and limit as one call, while lr and momentum are numbers; null when they are not. */
  bound(scale: number, limit: number): (() => void) | null {
    const set = this.#single;
    if (!this.#fixedRates) return null;
    const span = set?.spans[0];
    const { bind } = this.definition;
    const call = span && bind?.(this.#kernels, span, set.options, set.counters, set, scale, limit);
    return call ?? (() => this.apply(scale, limit));
  }

  /** Whether a gradient is to be taken ahead of the parameters. */
  get looksAhead(): boolean {
    return this.#ahead;
  }

  lrAt(step: number): number {
    return rateAt(this.definition.name, "lr", this.#sets[0]?.options.lr as Rate, step, MOST[this.#at.dtype]);
  }

  /** Evaluates the schedules for this step: whatever they throw comes before anything has changed. */
  schedule(step: number): void {
    if (this.#fixedRates) return;
    const { name } = this.definition;
    for (let i = 0; i < this.#sets.length; i++) {
      const set = this.#sets[i] as OptionSet;
      set.lr = rateAt(name, "lr", set.options.lr as Rate, step, MOST[this.#at.dtype]);
      set.momentum = rateAt(name, "momentum", (set.options.momentum ?? 0) as Rate, step, 1);
    }
  }

  /** Moves to the point where the gradient is to be taken. */
  moveAhead(): void {
    const { ahead } = this.definition;
    for (const set of this.#sets) {
      if (!ahead?.needed(set.options)) continue;
      for (const span of set.spans) ahead.move(this.#kernels, span, set.momentum);
    }
  }

  /** Takes back `moveAhead`, bit for bit. */
  moveBack(): void {
    const { ahead } = this.definition;
    const bytes = new Uint8Array(this.#at.runtime.buffer);
    for (const set of this.#sets) {
      if (!ahead?.needed(set.options)) continue;
      for (const { n, x, s } of set.spans) {
        const origin = s[ahead.origin]!;
        bytes.copyWithin(x, origin, origin + n * bytesOf(this.#at.dtype));
      }
    }
  }

  /** One step with the gradient as it lies, clipped to +-limit and times scale. */
  apply(scale: number, limit: number): void {
    if (this.#single) {
      this.#applySet(this.#single, scale, limit);
      return;
    }
    for (const set of this.#sets) this.#applySet(set, scale, limit);
  }

  #applySet({ spans, options, counters, lr, momentum }: OptionSet, scale: number, limit: number): void {
    const advance = this.#advance;
    const step = this.#step;
    advance(counters, options, lr, momentum);
    for (let i = 0; i < spans.length; i++) {
      step(this.#kernels, spans[i] as Span, options, counters, scale, limit);
    }
  }

  /** State vectors and counters as before the first step. */
  reset(): void {
    const { runtime, dtype } = this.#at;
    const { buffer } = runtime;
    this.schedule(0);
    for (const set of this.#sets) {
      Object.assign(set.counters, this.definition.counters);
      const starts = this.definition.vectors(set.options, set.lr);
      for (const { n, s } of set.spans) {
        for (const name in s) {
          const view = new (dtype === "f64" ? Float64Array : Float32Array)(buffer, s[name]!, n);
          view.fill(starts[name] ?? 0);
        }
      }
    }
  }

  /** New option values: for all sets that do not set them themselves, or for one group. */
  configure(patch: Patch, group?: number): void {
    const target = typeof group === "number" && group >= 0 ? this.#sets[group + 1] : undefined;
    if (group !== undefined && !target) {
      throw optionError("configure", "group", group, `the index of one of ${this.#sets.length - 1} groups`);
    }
    const all = target ? this.#patch : { ...this.#patch, ...patch };
    for (const set of this.#sets) {
      this.#checkVectors(this.#resolved(set, all, set === target ? { ...set.patch, ...patch } : set.patch));
    }
    if (target) target.patch = { ...target.patch, ...patch };
    this.#patch = all;
    this.#refresh();
  }

  /** Memory was reserved once: an option that needs another state vector comes too late. */
  #checkVectors(options: Readonly<Record<string, unknown>>): void {
    for (const name in this.definition.vectors(options, 0)) {
      if (name in this.#at.s) continue;
      const { name: rule } = this.definition;
      throw new DownhillError("OPTION", `configure: ${rule} was made without the state vector "${name}"`, {
        hint: "make the optimizer with this option, for example with a momentum schedule that starts at 0",
        details: { vector: name },
      });
    }
  }

  checkPatch(where: string, patch: Patch, extra: readonly string[]): void {
    checkKeys(where, patch, [...Object.keys(this.definition.options), ...extra]);
  }

  /** Counters and configured options of every set: the rule's own first, then the groups'. */
  snapshot(): { counters: Record<string, number>[]; configured: Patch[] } {
    return {
      counters: this.#sets.map(({ counters }) => ({ ...counters })),
      configured: [this.#patch, ...this.#sets.slice(1).map(({ patch }) => patch)].map((patch) => ({
        ...patch,
      })),
    };
  }

  /** The inverse of `snapshot`; schedules, which a snapshot has not, stay as they are. */
  restore(counters: readonly Record<string, number>[], configured: readonly Patch[]): void {
    const live = (patch: Patch) =>
      Object.fromEntries(
        Object.entries(patch).filter(([, v]) => typeof v === "function" || typeof v === "object"),
      );
    const all = { ...live(this.#patch), ...configured[0] };
    const patches = this.#sets.map(({ patch }, i) =>
      i === 0 ? patch : { ...live(patch), ...configured[i] },
    );
    for (const [i, set] of this.#sets.entries()) {
      this.#checkVectors(this.#resolved(set, all, patches[i] as Patch));
    }
    this.#patch = all;
    for (const [i, set] of this.#sets.entries()) {
      Object.assign(set.counters, this.definition.counters, counters[i]);
      set.patch = patches[i] as Patch;
    }
    this.#refresh();
  }
}
