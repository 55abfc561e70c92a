// Schedules: plain functions of the step, counted from 0, for `lr` and `momentum`. Formulas are PyTorch's where it has
// the schedule (torch.optim.lr_scheduler), in closed form: any step can be asked for at any time.

import { cosPi, pow } from "../runtime/elementary.js";
import { checkKeys, isArrayLike, numberOption, optionError } from "../runtime/options.js";
import { reader } from "./schedule-options.js";

export type Schedule = (step: number) => number;
/** Cycles the momentum against the learning rate: pass `s` as lr and `s.momentum` as momentum. */
export type CycledSchedule = Schedule & { readonly momentum: Schedule };

function checkSchedule(where: string, option: string, value: unknown): asserts value is Schedule {
  if (typeof value !== "function") throw optionError(where, option, value, "a schedule: (step) => number");
}

/** lr, or factor * lr during the first `steps` steps (ConstantLR). */
export function constant(options: { lr: number; factor?: number; steps?: number }): Schedule {
  const o = reader("constant", options, ["lr", "factor", "steps"]);
  const lr = o.rate("lr");
  const first = lr * o.rate("factor", 1);
  const steps = options.steps === undefined ? 0 : o.count("steps");
  return (step) => (step < steps ? first : lr);
}

/** From `from` to `to` in a straight line over `steps` steps, constant afterwards (LinearLR). */
export function piecewiseLinear(options: { from: number; to: number; steps: number }): Schedule {
  return line("piecewiseLinear", options);
}

function line(where: string, options: { from: number; to: number; steps: number }): Schedule {
  const o = reader(where, options, ["from", "to", "steps"]);
  const from = o.rate("from");
  const to = o.rate("to");
  const steps = o.length("steps");
  return (step) => (step >= steps ? to : from + (to - from) * (step / steps));
}

/** As piecewiseLinear, for `momentum`: small while the gradients are large, then up to its final value. */
export function momentumWarming(options: { from: number; to: number; steps: number }): Schedule {
  return line("momentumWarming", options);
}

/** lr gamma^t (ExponentialLR). */
export function exponential(options: { lr: number; gamma: number }): Schedule {
  const o = reader("exponential", options, ["lr", "gamma"]);
  const lr = o.rate("lr");
  const gamma = o.positive("gamma");
  return (step) => lr * pow(gamma, step);
}

/** lr gamma^floor(t / every) (StepLR). */
export function step(options: { lr: number; every: number; gamma: number }): Schedule {
  const o = reader("step", options, ["lr", "every", "gamma"]);
  const lr = o.rate("lr");
  const every = o.count("every");
  const gamma = o.positive("gamma");
  return (t) => lr * pow(gamma, Math.floor(t / every));
}

/** lr gamma^(milestones passed) (MultiStepLR); milestones ascend, a repeated one counts twice. */
export function multiStep(options: { lr: number; milestones: ArrayLike<number>; gamma: number }): Schedule {
  const o = reader("multiStep", options, ["lr", "milestones", "gamma"]);
  const lr = o.rate("lr");
  const gamma = o.positive("gamma");
  if (!isArrayLike(options.milestones)) {
    throw optionError("multiStep", "milestones", options.milestones, "an array of integers");
  }
  const milestones = Array.from(options.milestones);
  if (milestones.some((m, i) => !Number.isInteger(m) || m < 0 || m < (milestones[i - 1] ?? 0))) {
    throw optionError("multiStep", "milestones", options.milestones, "ascending integers from 0");
  }
  return (t) => lr * pow(gamma, milestones.filter((m) => m <= t).length);
}

/**
 * min + (lr - min) (1 + cos(pi t / steps)) / 2 (CosineAnnealingLR; Loshchilov & Hutter 2017, eq. 5). As in PyTorch it
 * rises again after `steps`; with `hold` it stays at min.
 */
export function cosine(options: { lr: number; steps: number; min?: number; hold?: boolean }): Schedule {
  const o = reader("cosine", options, ["lr", "steps", "min", "hold"]);
  const lr = o.rate("lr");
  const steps = o.count("steps");
  const min = o.rate("min", 0);
  const hold = o.flag("hold");
  return (t) => (hold && t >= steps ? min : anneal(lr, min, t / steps));
}

/** From a to b along half a cosine. */
const anneal = (a: number, b: number, part: number): number => b + ((a - b) * (1 + cosPi(part))) / 2;

/** Cosine decays of period, mult period, mult^2 period ... steps (CosineAnnealingWarmRestarts). */
export function cosineRestarts(options: {
  lr: number;
  period: number;
  mult?: number;
  min?: number;
}): Schedule {
  const o = reader("cosineRestarts", options, ["lr", "period", "mult", "min"]);
  const lr = o.rate("lr");
  const period = o.count("period");
  const mult = o.count("mult", 1);
  const min = o.rate("min", 0);
  return (t) => {
    let length = period;
    if (mult === 1) t %= period;
    else
      while (t >= length) {
        t -= length;
        length *= mult;
      }
    return anneal(lr, min, t / length);
  };
}

/** lr (1 - t / steps)^power, then 0 (PolynomialLR). */
export function polynomial(options: { lr: number; steps: number; power?: number }): Schedule {
  const o = reader("polynomial", options, ["lr", "steps", "power"]);
  const lr = o.rate("lr");
  const steps = o.count("steps");
  const power = o.positive("power", 1);
  return (t) => (t >= steps ? 0 : lr * pow((steps - t) / steps, power));
}

export interface ScheduleWarning {
  readonly code: "W_ROBBINS_MONRO";
  readonly message: string;
}

/**
 * lr / (1 + t)^power. The conditions of Robbins & Monro (1951, eq. 26), sum lr_t = Infinity and sum lr_t^2 < Infinity,
 * hold for 1/2 < power <= 1; otherwise `warnings` says which one fails, and so does the console, once a schedule.
 */
export function robbinsMonro(options: { lr: number; power?: number }): Schedule & {
  readonly warnings: readonly ScheduleWarning[];
} {
  const o = reader("robbinsMonro", options, ["lr", "power"]);
  const lr = o.rate("lr");
  const power = o.rate("power", 1);
  const warnings: ScheduleWarning[] = [];
  const warn = (message: string) => {
    warnings.push({ code: "W_ROBBINS_MONRO", message });
    console.warn(`downhill: W_ROBBINS_MONRO: ${message}`);
  };
  if (power > 1) warn(`power ${power} > 1: the sum of the steps is finite, so they may never arrive`);
  if (power <= 0.5) {
    warn(`power ${power} <= 1/2: the sum of the squared steps is infinite, so the noise may never die out`);
  }
  return Object.assign((t: number) => lr / pow(1 + t, power), { warnings });
}

/** `from` to `to` in a straight line over `steps` steps (0: none), then the schedule or number `then`, from its step 0. */
export function warmup(options: {
  from: number;
  to: number;
  steps: number;
  then: Schedule | number;
}): Schedule {
  checkKeys("warmup", options, ["from", "to", "steps", "then"]);
  const { then, ...rest } = options;
  const { steps } = rest;
  const rise = line("warmup", rest);
  if (typeof then !== "number") checkSchedule("warmup", "then", then);
  const after = typeof then === "number" ? constant({ lr: then }) : then;
  return (t) => (t < steps ? rise(t) : after(t - steps));
}

/** One schedule after the other, each for its number of steps (0: it is left out) and from its own step 0; the last goes on. */
export function sequence(parts: readonly (readonly [steps: number, schedule: Schedule])[]): Schedule {
  if (!Array.isArray(parts) || parts.length === 0) {
    throw optionError("sequence", "parts", parts, "a list of [steps, schedule]");
  }
  const list = parts.map((part: unknown, i) => {
    if (!Array.isArray(part)) throw optionError("sequence", `parts[${i}]`, part, "[steps, schedule]");
    const [steps, schedule] = part as unknown as (typeof parts)[number];
    numberOption("sequence", `parts[${i}][0]`, steps, null, { min: 0, integer: true, infinite: true });
    checkSchedule("sequence", `parts[${i}][1]`, schedule);
    return { steps, schedule };
  });
  const last = list.length - 1;
  return (t) => {
    let i = 0;
    for (; i < last && t >= (list[i] as (typeof list)[0]).steps; i++)
      t -= (list[i] as (typeof list)[0]).steps;
    return (list[i] as (typeof list)[0]).schedule(t);
  };
}

export interface OneCycleOptions {
  max: number;
  /** Length of the cycle; the step before `steps` is the last. */
  steps: number;
  /** The cycle starts at max / divFactor (25) and ends at that / finalDivFactor (1e4). */
  divFactor?: number;
  finalDivFactor?: number;
  /** Share of the cycle that rises: 0.3. */
  rise?: number;
  anneal?: "cosine" | "linear";
  /** Falls back to the start in as many steps as it rose, then to the end. */
  threePhase?: boolean;
  momentumMin?: number;
  momentumMax?: number;
}

/** The one-cycle policy (Smith & Topin 2017; OneCycleLR): up to max and down again, momentum the other way. */
export function oneCycle(options: OneCycleOptions): CycledSchedule {
  const o = reader("oneCycle", options, [
    "max",
    "steps",
    "divFactor",
    "finalDivFactor",
    "rise",
    "anneal",
    "threePhase",
    "momentumMin",
    "momentumMax",
  ]);
  const max = o.rate("max");
  const steps = o.count("steps");
  const start = max / o.positive("divFactor", 25);
  const end = start / o.positive("finalDivFactor", 1e4);
  const rise = o.unit("rise", 0.3);
  const low = o.unit("momentumMin", 0.85);
  const high = o.unit("momentumMax", 0.95);
  const linear = o.choice("anneal", ["cosine", "linear"]) === "linear";
  const top = rise * steps - 1;
  const threePhase = o.flag("threePhase");
  const ends = threePhase ? [top, 2 * rise * steps - 2, steps - 1] : [top, steps - 1];
  const rates = threePhase ? [start, max, start, end] : [start, max, end];
  const momenta = threePhase ? [high, low, high, high] : [high, low, high];
  const between = (values: readonly number[]): Schedule => {
    return (t) => {
      let phase = 0;
      while (phase < ends.length - 1 && t > ends[phase]!) phase++;
      const from = phase === 0 ? 0 : ends[phase - 1]!;
      const length = ends[phase]! - from;
      // A rise of one step is over at once.
      const part = length > 0 ? Math.min(1, (t - from) / length) : 1;
      const a = values[phase]!;
      const b = values[phase + 1]!;
      return linear ? a + (b - a) * part : anneal(a, b, part);
    };
  };
  return Object.assign(between(rates), { momentum: between(momenta) });
}

export interface CyclicOptions {
  min: number;
  max: number;
  /** Steps that rise (2000), and that fall (as many as rise). */
  up?: number;
  down?: number;
  /** "triangular2" halves the height with each cycle, "expRange" shrinks it by gamma^t. */
  mode?: "triangular" | "triangular2" | "expRange";
  gamma?: number;
  momentumMin?: number;
  momentumMax?: number;
}

/** Cyclical learning rates (Smith 2017; CyclicLR): a triangle wave from min to max, momentum the other way. */
export function cyclic(options: CyclicOptions): CycledSchedule {
  const o = reader("cyclic", options, [
    "min",
    "max",
    "up",
    "down",
    "mode",
    "gamma",
    "momentumMin",
    "momentumMax",
  ]);
  const min = o.rate("min");
  const max = o.rate("max");
  const up = o.count("up", 2000);
  const down = o.count("down", up);
  const mode = o.choice("mode", ["triangular", "triangular2", "expRange"]);
  const gamma = o.positive("gamma", 1);
  const low = o.unit("momentumMin", 0.8);
  const high = o.unit("momentumMax", 0.9);
  const height = (t: number): number => {
    const cycle = Math.floor(t / (up + down));
    const at = t - cycle * (up + down);
    const part = at <= up ? at / up : (up + down - at) / down;
    if (mode === "triangular2") return part * pow(0.5, cycle);
    return mode === "expRange" ? part * pow(gamma, t) : part;
  };
  return Object.assign((t: number) => min + (max - min) * height(t), {
    momentum: (t: number) => high - (high - low) * height(t),
  });
}
