// The learning-rate range test (Smith 2017, section 3.3): a short training whose rate grows from step to step, as far as the loss
// allows; its course says which rates are worth trying.

import { run, runAsync } from "../driver/run.js";
import type { Watch } from "../driver/watch.js";
import { type Rule, rateAt } from "../first-order/rule.js";
import { adam } from "../first-order/rules/adam.js";
import { pow } from "../runtime/elementary.js";
import { checkKeys, numberOption, optionError } from "../runtime/options.js";
import { COMPLETED, Course, type CourseEnd, type Parts, trained } from "./course.js";
import { checkOptimizer } from "./fit-options.js";
import type { Features, TargetValues } from "./inputs.js";
import { Network } from "./network.js";

export interface FindLearningRateOptions {
  /** The first rate, 1e-6, and the last, 1. */
  from?: number | undefined;
  to?: number | undefined;
  /** Steps between them, in equal ratios: 100. */
  steps?: number | undefined;
  /** Samples a step: 32. */
  batchSize?: number | undefined;
  /** The rule for a rate: (lr) => adam({ lr }). */
  optimizer?: ((lr: (step: number) => number) => Rule) | undefined;
  /** Of the order of the samples; default: the network's. */
  seed?: number | undefined;
  /** Ends the test early; `findLearningRateAsync` rejects with its reason. */
  signal?: AbortSignal | undefined;
}

export interface LearningRates {
  /** The rate at which the loss falls fastest, by ratio of rates: a good first choice. */
  readonly lr: number;
  /** The largest rate before the loss rose again: an upper end for oneCycle or cyclic. */
  readonly max: number;
  readonly rates: Float64Array;
  /** Losses of the batches (of those of one rate together), and their bias-corrected exponential means. */
  readonly losses: Float64Array;
  readonly smoothed: Float64Array;
  /** The loss grew to four times its least, or beyond all numbers, before the last rate. */
  readonly diverged: boolean;
}

/** Weight of the past in the mean of losses. */
const MEMORY = 0.9;
/** A mean loss of so many times the least one ends the test. */
const TOO_MUCH = 4;
/** Samples of one rate that tell it from luck: smaller batches are tried as often as that takes. */
const ENOUGH = 32;
/** A loss of so many times what was usual with the weights of the start does not come back. */
const LOST = 1e3;

/**
 * Tries growing learning rates on a network, which is afterwards as it was: weights, statistics and random draws. Every batch is looked at
 * with the weights of the start too, so that the luck of small batches is none of the rates'; batches of fewer than 32 samples are tried several
 * times from the same start, until each rate has had 32 samples, and the losses are means over these trials.
 *
 * @example
 * const [x, y] = [[[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]];
 * const net = network({ inputs: 2, layers: [dense(8), tanh(), dense(2)], loss: "softmaxCrossEntropy", seed: 1 });
 * const { lr } = findLearningRate(net, x, y);
 * net.fit(x, y, { epochs: 5, optimizer: adam({ lr }) });
 * net.dispose();
 */
export function findLearningRate(
  net: Network,
  x: Features,
  y: TargetValues,
  options: FindLearningRateOptions = {},
): LearningRates {
  return run(rangeTest("findLearningRate", net, x, y, options));
}

/**
 * As findLearningRate; the event loop gets a turn at least every 8 ms.
 *
 * @example
 * const [x, y] = [[[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]];
 * const net = network({ inputs: 2, layers: [dense(8), tanh(), dense(2)], loss: "softmaxCrossEntropy", seed: 1 });
 * const { lr } = await findLearningRateAsync(net, x, y);
 * net.dispose();
 */
export async function findLearningRateAsync(
  net: Network,
  x: Features,
  y: TargetValues,
  options: FindLearningRateOptions = {},
): Promise<LearningRates> {
  return runAsync(rangeTest("findLearningRateAsync", net, x, y, options, options?.signal));
}

/** What was found so far. */
class Found {
  readonly rates: number[] = [];
  readonly losses: number[] = [];
  readonly smoothed: number[] = [];
  /** Means of what training has changed of the losses. */
  readonly changes: number[] = [];
  diverged = false;
  #mean = 0;
  #change = 0;
  #least = Infinity;

  /** The loss at a rate, and that of the same batch with the weights of the start. True when the loss has grown too much. */
  add(rate: number, loss: number, untrained: number): boolean {
    const share = 1 - pow(MEMORY, this.rates.length + 1);
    this.#mean = MEMORY * this.#mean + (1 - MEMORY) * loss;
    this.#change = MEMORY * this.#change + (1 - MEMORY) * (loss - untrained);
    const corrected = this.#mean / share;
    this.rates.push(rate);
    this.losses.push(loss);
    this.smoothed.push(corrected);
    this.changes.push(this.#change / share);
    if (this.rates.length > 5) this.#least = Math.min(this.#least, corrected);
    this.diverged = corrected > TOO_MUCH * this.#least;
    return this.diverged;
  }

  get answer(): LearningRates {
    const { rates, losses, smoothed, diverged } = this;
    return { ...choose(rates, this.changes), ...arrays({ rates, losses, smoothed }), diverged };
  }
}

/** Losses at each rate of trials one after the other. */
class Trials {
  readonly #losses: Float64Array;
  readonly #untrained: Float64Array;
  readonly #counts: Float64Array;
  /** Rates that no trial has failed at. */
  sound: number;
  /** The step under way of the trial under way. */
  at = 0;

  /** `usual`: the mean loss with the weights of the start. */
  constructor(
    steps: number,
    readonly usual: number,
  ) {
    this.#losses = new Float64Array(steps);
    this.#untrained = new Float64Array(steps);
    this.#counts = new Float64Array(steps);
    this.sound = steps;
  }

  /** True at the end of a trial. */
  add(loss: number, untrained: number): boolean {
    const { at } = this;
    if (this.usual > 0 && loss > LOST * Math.max(untrained, this.usual)) {
      this.fail();
      return true;
    }
    this.#losses[at]! += loss;
    this.#untrained[at]! += untrained;
    this.#counts[at]!++;
    this.at++;
    return this.at >= this.sound;
  }

  fail(): void {
    this.sound = Math.min(this.sound, this.at);
  }

  /** Hands over the means. */
  tell(found: Found, rate: (step: number) => number): void {
    for (let i = 0; i < this.sound && this.#counts[i]! > 0; i++) {
      const n = this.#counts[i]!;
      if (found.add(rate(i), this.#losses[i]! / n, this.#untrained[i]! / n)) return;
    }
    found.diverged = this.sound < this.#losses.length;
  }
}

/** One training, after which the network is put back however it ends. Checks everything first. */
function rangeTest(
  where: string,
  net: Network,
  x: Features,
  y: TargetValues,
  options: FindLearningRateOptions,
  signal?: AbortSignal | undefined,
): Course<LearningRates> {
  const found = new Found();
  return new Course(
    where,
    signal,
    (watch) => growing(watch, net, x, y, options, found),
    () => found.answer,
  );
}

function growing(
  watch: Watch,
  net: Network,
  x: Features,
  y: TargetValues,
  options: FindLearningRateOptions,
  found: Found,
): Parts<CourseEnd> {
  const { where } = watch;
  if (!(net instanceof Network)) throw optionError(where, "net", net, "a network");
  checkKeys(where, options, ["from", "to", "steps", "batchSize", "optimizer", "seed", "signal"]);
  const from = numberOption(where, "from", options.from, 1e-6, { min: 0, exclusive: true });
  const to = numberOption(where, "to", options.to, 1, { min: from, exclusive: true });
  const steps = numberOption(where, "steps", options.steps, 100, { min: 10, max: 1e6, integer: true });
  const { optimizer = (lr) => adam({ lr }), batchSize, seed, signal } = options;
  if (typeof optimizer !== "function")
    throw optionError(where, "optimizer", optimizer, "a function (lr) => adam({ lr })");
  const rate = (step: number) => from * pow(to / from, Math.min(step, steps - 1) / (steps - 1));
  const rule = checkOptimizer(where, optimizer(rate));
  if (!rule)
    throw optionError(where, "optimizer", rule, "a function that gives a rule: (lr) => adam({ lr })");
  rateAt(where, "lr", rate, 0);
  const body = net.claim(where);
  return (function* grow(): Parts<CourseEnd> {
    const before = {
      params: body.params.slice(),
      buffers: body.buffers.slice(),
      counts: body.stages.map(({ count }) => count),
      step: body.draws.step,
    };
    const restore = () => {
      body.params.set(before.params);
      body.buffers.set(before.buffers);
      body.draws.step = before.step;
      for (const [i, stage] of body.stages.entries()) stage.count = before.counts[i] ?? 0;
    };
    const remembered = net.remember();
    const trials = Math.ceil(ENOUGH / (batchSize ?? ENOUGH));
    const untrained: number[] = [];
    try {
      const test = { epochs: steps * trials, batchSize, seed, signal };
      const still = net.trainer(where, x, y, {
        ...test,
        optimizer: adam({ lr: 0 }),
        onBatch: ({ loss }) => (untrained.push(loss) >= steps * trials ? "stop" : undefined),
      });
      yield* trained(watch, still);
      restore();
      const told = new Trials(steps, untrained.reduce((sum, loss) => sum + loss, 0) / untrained.length);
      let [seen, done] = [0, 0];
      const trainer = net.trainer(where, x, y, {
        ...test,
        optimizer: rule,
        onBatch: ({ loss }) => {
          const before = untrained[seen++] ?? loss;
          if (trials === 1)
            return found.add(rate(seen - 1), loss, before) || seen >= steps ? "stop" : undefined;
          if (!told.add(loss, before)) return undefined;
          if (++done >= trials) return "stop";
          told.at = 0;
          restore();
          trainer.opt.reset();
          return undefined;
        },
      });
      const { status } = yield* trained(watch, trainer);
      if (status === "failed") told.fail();
      if (trials > 1) told.tell(found, rate);
      found.diverged ||= status === "failed";
    } finally {
      if (body.alive) restore();
      remembered();
    }
    return COMPLETED;
  })();
}

const arrays = <K extends string>(lists: Readonly<Record<K, number[]>>): Record<K, Float64Array> =>
  Object.fromEntries(
    Object.entries<number[]>(lists).map(([name, list]) => [name, Float64Array.from(list)]),
  ) as Record<K, Float64Array>;

/** Share of the whole fall below which the mean change may be luck as well. */
const BEGUN = 0.3;

/**
 * The steepest fall to the least mean change, over five steps, as rates grow in equal ratios; of the last descent only, before which
 * the mean does not come back. `changes` are of the same batches with the weights of the start: losses themselves, of small batches, fall
 * and rise as steeply at rates that do nothing.
 */
function choose(rates: readonly number[], changes: readonly number[]): { lr: number; max: number } {
  let bottom = 0;
  for (let i = 0; i < changes.length; i++) if (changes[i]! < changes[bottom]!) bottom = i;
  let from = bottom;
  while (from > 0 && changes[from]! < BEGUN * changes[bottom]!) from--;
  let best = 0;
  let steepest = 0;
  for (let i = Math.max(2, from - 1); i + 2 <= bottom; i++) {
    const fall = changes[i - 2]! - changes[i + 2]!;
    if (fall > steepest) {
      steepest = fall;
      best = i;
    }
  }
  // A loss that never falls leaves the first rate.
  return { lr: rates[best] ?? NaN, max: rates[bottom] ?? NaN };
}
