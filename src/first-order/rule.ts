// A rule is data: a name, options, the names of its state vectors, and one kernel call. A definition is written once per
// rule and frozen; a Rule is a definition with options. Everything that rules share lives in run.ts and optimizer.ts.

import { DownhillError, quote } from "../runtime/errors.js";
import { checkKeys, type NumberRange, numberOption, optionError } from "../runtime/options.js";
import type { Room } from "../runtime/rooms.js";
import type { AdamKernels } from "../wasm/adam.js";
import type { AdaptiveKernels } from "../wasm/adaptive.js";
import type { FirstOrderKernels } from "../wasm/first-order.js";
import type { MomentumKernels } from "../wasm/momentum.js";
import type { SignKernels } from "../wasm/sign.js";
import type { Schedule } from "./schedules.js";

/** A number, a schedule of the step (from 0), or an object whose `lr` is read before every step. */
export type Rate = number | Schedule | { readonly lr: number };

/** Kernels of one precision, without their suffix. */
type Plain<All> = { readonly [K in keyof All as K extends `${infer Name}F64` ? Name : never]: All[K] };

/** What every rule needs. */
export type Kernels = Plain<FirstOrderKernels>;

/** The kernels of the rules; a run has those of its rule's room. */
export type RuleKernels = Plain<AdamKernels & AdaptiveKernels & MomentumKernels & SignKernels>;

/** A range of parameters as kernels take it: addresses, and how the gradient is to be read. */
export interface Span<S extends string = string> {
  readonly n: number;
  readonly x: number;
  readonly g: number;
  /** Addresses of the state vectors. */
  readonly s: Readonly<Record<S, number>>;
}

export interface Option<T> {
  readonly fallback: T;
  /** `most`: the largest number there may be. */
  read(where: string, name: string, value: unknown, most?: number): T;
}
export type Options = Readonly<Record<string, Option<unknown>>>;
export type Given<P extends Options> = { [K in keyof P]?: P[K] extends Option<infer T> ? T : never };
type Values<P extends Options> = { readonly [K in keyof P]: P[K] extends Option<infer T> ? T : never };

export interface Definition<P extends Options, S extends string, C extends string> {
  readonly name: string;
  /** Where its kernels are; a function, so that a rule as JSON does not hold their bytes. */
  room(): Room<unknown>;
  readonly options: P;
  /** Refuses options that do not go together. */
  check?(where: string, o: Values<P>): void;
  /** The state vectors, shaped like the parameters, with the value they start from. */
  vectors(o: Values<P>, lr: number): Partial<Record<S, number>>;
  /** State vectors that are only scratch: no part of a snapshot. */
  readonly scratch?: readonly NoInfer<S>[];
  /** Scalars of the state (running products, counts), with their start; `advance` may keep what it derives here, too. */
  readonly counters: Readonly<Record<C, number>>;
  /** Takes the scalars one step on, in double. Neither this nor `step` may use `this`. */
  advance(c: Record<C, number>, o: Values<P>, lr: number, momentum: number): void;
  /** One kernel call. scale and limit edit the gradient: see `edit` in assembly/registers.ts. */
  step(
    k: RuleKernels,
    span: Span<S>,
    o: Values<P>,
    c: Readonly<Record<C, number>>,
    scale: number,
    limit: number,
  ): void;
  /**
   * The kernel call of every step, with all its arguments bound, when none changes from step to step; else null.
   * For rules so short that looking up the arguments would show. It takes the place of `advance`, too.
   */
  bind?(
    k: RuleKernels,
    span: Span<S>,
    o: Values<P>,
    c: Record<C, number>,
    rates: { readonly lr: number; readonly momentum: number },
    scale: number,
    limit: number,
  ): (() => void) | null;
  /** Where the gradient is to be taken ahead of the parameters: moves there, keeping the parameters in `origin`. */
  readonly ahead?: {
    readonly origin: NoInfer<S>;
    needed(o: Values<P>): boolean;
    move(k: RuleKernels, span: Span<S>, momentum: number): void;
  };
}

/** Any definition, as the code that serves all rules sees it. */
export type AnyDefinition = Definition<Options, string, string>;

/** A frozen description of an optimizer: serves any number of runs. */
export interface Rule {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** @internal */
  readonly definition: AnyDefinition;
}

export type RuleFactory<P extends Options> = ((options?: Given<P>) => Rule) & {
  /** @internal */
  readonly definition: AnyDefinition;
};

export type DType = "f64" | "f32";

/** The largest number that a rule may have: a product of two is finite, and so is what a correction for the start makes of one. */
export const MOST = { f64: 1e150, f32: 1e18 } as const;

/** All options of a rule, checked, with defaults; with `most` as the precision of which it is the largest can count with them. */
export function resolve(
  definition: Pick<AnyDefinition, "name" | "options" | "check">,
  given: object,
  most?: number,
): Values<Options> {
  const { name, options } = definition;
  const known = Object.keys(options);
  checkKeys(name, given, known, {
    betas: "they are two options: beta1 and beta2",
    learningrate: "lr",
    eta: "lr",
    epsilon: "eps",
    ...(known.includes("beta2") && { rho: "beta2" }),
    ...(known.includes("alpha") ? { rho: "alpha", decay: "alpha" } : { decay: "weightDecay" }),
  });
  const values: Record<string, unknown> = {};
  for (const key in options) {
    const option = options[key] as Option<unknown>;
    const value = (given as Record<string, unknown>)[key];
    values[key] = value === undefined ? option.fallback : option.read(name, key, value, most);
  }
  definition.check?.(name, values);
  return values;
}

/** A number option in its range. */
export const number = /* @__NO_SIDE_EFFECTS__ */ (fallback: number, range: NumberRange): Option<number> => ({
  fallback,
  read: (where, name, value, most = Infinity) =>
    numberOption(where, name, value, fallback, { max: most, ...range }),
});

/** 0 or more. */
export const nonNegative = /* @__NO_SIDE_EFFECTS__ */ (fallback: number): Option<number> =>
  number(fallback, { min: 0 });

/**
 * What is added to a divisor: 0 or more, but at least what changes no divisor that is not 0: where a gradient has always been 0
 * the step is 0 and not 0 / 0.
 */
export const guard = /* @__NO_SIDE_EFFECTS__ */ (fallback: number): Option<number> => ({
  fallback,
  read: (where, name, value, most = Infinity) =>
    Math.max(numberOption(where, name, value, fallback, { min: 0, max: most }), 1 / most / most),
});

/** The decay of an average: in [0, 1). */
export const fraction = /* @__NO_SIDE_EFFECTS__ */ (fallback: number): Option<number> =>
  number(fallback, { min: 0, below: 1 });

export const flag = /* @__NO_SIDE_EFFECTS__ */ (fallback: boolean): Option<boolean> => ({
  fallback,
  read(where, name, value) {
    if (typeof value !== "boolean") throw optionError(where, name, value, "true or false");
    return value;
  },
});

/** A rate: its number is checked here, what a schedule returns at every step. */
export const rate = /* @__NO_SIDE_EFFECTS__ */ (fallback: number, limit = Infinity): Option<Rate> => ({
  fallback,
  read(where, name, value, most = Infinity) {
    if (typeof value === "function") return value as Schedule;
    if (typeof value === "object" && value !== null && "lr" in value) return value as { readonly lr: number };
    if (typeof value !== "number") {
      throw optionError(where, name, value, "a number, a schedule or an object with an lr");
    }
    return numberOption(where, name, value, fallback, { min: 0, max: Math.min(limit, most) });
  },
});

/** The value of a rate at a step; CALLBACK_RESULT when a schedule gives anything but a number from 0 to max. */
export function rateAt(where: string, name: string, value: Rate, step: number, max = Infinity): number {
  if (typeof value === "number") return value;
  const now: unknown = typeof value === "function" ? value(step) : value.lr;
  if (typeof now === "number" && now >= 0 && now < Infinity && now <= max) return now;
  throw new DownhillError(
    "CALLBACK_RESULT",
    `${where}: ${name} at step ${step} must be a number from 0 to ${max}, got ${quote(now)}`,
    { details: { option: name, step, value: now } },
  );
}
