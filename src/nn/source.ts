// Where the batches of a training come from: samples in memory, shuffled anew every epoch, or a generator of batches.

import { Random } from "../random/philox.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { checkKeys, isArrayLike, optionError } from "../runtime/options.js";
import { isPromise } from "../runtime/promises.js";
import { lonely } from "./blame.js";
import type { Body } from "./body.js";
import { type Features, gatherRows, type TargetValues } from "./inputs.js";
import { type ClassWeight, readRows, type Samples } from "./samples.js";

export interface Source {
  /** Batches of an epoch; 0 when nobody knows. */
  readonly batches: number;
  /** Starts an epoch, counted from 0. */
  begin(epoch: number): void;
  /** Takes the next batch: its rows, 0 when the epoch is over. A promise where batches come asynchronously. */
  next(): number | PromiseLike<number>;
  /**
   * Puts the batch that was taken into the arena. Only then, when it is trained on at once: while a batch is waited for, generators,
   * schedules and timers may call `predict`, which works in the arena too.
   */
  place(): void;
  /** Whether the batch that was taken is the last one of its epoch. */
  readonly last: boolean;
  /** Nothing more comes, in later epochs neither: a generator that can be gone through once is at its end. */
  readonly dry: boolean;
  /** Weights of its rows; null: all 1. */
  readonly weights: Float64Array | null;
  end(): void;
}

export class SampleSource implements Source {
  readonly batches: number;
  readonly dry = false;
  readonly #body: Body;
  readonly #samples: Samples;
  readonly #inOrder: Int32Array;
  readonly #size: number;
  readonly #seed: number;
  readonly #shuffle: boolean;
  /** A last batch of one sample has no variance: its turn comes in another epoch. */
  readonly #lone: boolean;
  readonly weights: Float64Array | null;
  #from = 0;
  #at = 0;

  constructor(body: Body, samples: Samples, size: number, seed: number, shuffle: boolean) {
    this.#body = body;
    this.#samples = samples;
    this.#inOrder = samples.order.slice();
    this.#size = size;
    this.#seed = seed;
    this.#shuffle = shuffle;
    this.#lone = body.stages.some((stage) => stage.batchStatistics);
    this.batches = Math.ceil(samples.order.length / size);
    this.weights = samples.weights && new Float64Array(size);
  }

  begin(epoch: number): void {
    this.#at = 0;
    if (!this.#shuffle) return;
    const { order } = this.#samples;
    order.set(this.#inOrder);
    new Random(this.#seed, epoch).shuffle(order);
  }

  next(): number {
    if (this.last) return 0;
    this.#from = this.#at;
    this.#at += Math.min(this.#size, this.#samples.order.length - this.#at);
    return this.#at - this.#from;
  }

  place(): void {
    const { x, y, width, order, weights } = this.#samples;
    const { arena, plan, loss } = this.#body;
    const from = this.#from;
    const m = this.#at - from;
    gatherRows(x, plan.inputs, order, from, m, arena.input);
    gatherRows(y, width, order, from, m, loss.definition.labels ? arena.labels : arena.targets);
    if (weights && this.weights) for (let i = 0; i < m; i++) this.weights[i] = weights[order[from + i]!]!;
  }

  get last(): boolean {
    const left = this.#samples.order.length - this.#at;
    return left <= 0 || (this.#lone && left === 1);
  }

  end(): void {}
}

/** A batch of a generator: with names, or as a pair. */
export type GivenBatch =
  | {
      readonly x: Features;
      readonly y: TargetValues;
      /** Weights as they are: the loss is the sum of weight times loss over the rows of the batch. */
      readonly sampleWeight?: ArrayLike<number> | undefined;
    }
  | readonly [x: Features, y: TargetValues];

/**
 * Batches of one epoch, or by a function those of each: `fit` takes what is synchronous, `fitAsync` both. A batch is pulled before the
 * one in front of it is trained on, so that the last is known to be it: a generator that asks the network sees it a step earlier.
 */
export type Batches =
  | Iterable<GivenBatch>
  | AsyncIterable<GivenBatch>
  | ((epoch: number) => Iterable<GivenBatch> | AsyncIterable<GivenBatch>);

export function isBatches(x: unknown): x is Batches {
  if (typeof x === "function") return true;
  if (typeof x !== "object" || x === null) return false;
  const first: unknown = Array.isArray(x) ? x[0] : null;
  if (typeof first === "object" && first !== null && "x" in first && "y" in first) return true;
  if (isArrayLike(x)) return false;
  return Symbol.asyncIterator in x || Symbol.iterator in x;
}

const isPair = (batch: GivenBatch): batch is readonly [Features, TargetValues] => Array.isArray(batch);

type Pulled = IteratorResult<GivenBatch> | PromiseLike<IteratorResult<GivenBatch>>;
type Puller = { next(): Pulled; return?: (() => unknown) | undefined };

/** An iterable that is its own iterator can be gone through once. */
export const isOnce = (given: Batches): boolean => {
  if (typeof given === "function") return false;
  const source = given as Partial<Iterable<unknown> & AsyncIterable<unknown>>;
  if (source[Symbol.asyncIterator]) return source[Symbol.asyncIterator]!() === (given as unknown);
  return source[Symbol.iterator]!() === (given as unknown);
};

export class BatchSource implements Source {
  readonly batches = 0;
  readonly #where: string;
  readonly #body: Body;
  readonly #given: Batches;
  readonly #once: boolean;
  readonly #most: number;
  readonly #classWeight: ClassWeight | undefined;
  #puller: Puller | null = null;
  /** What was pulled ahead, to know which batch is the last. */
  #ahead: Pulled | null = null;
  /** The batch that was taken: copies, so that a generator may fill the same arrays anew. */
  #taken: Samples | null = null;
  #count = 0;
  last = false;
  dry = false;
  weights: Float64Array | null = null;

  /** `most`: batches an epoch, where a generator has no end. */
  constructor(where: string, body: Body, given: Batches, most: number, classWeight: ClassWeight | undefined) {
    this.#where = where;
    this.#body = body;
    this.#given = given;
    this.#once = isOnce(given);
    this.#most = most;
    this.#classWeight = classWeight;
  }

  begin(epoch: number): void {
    this.#count = 0;
    this.last = false;
    if (this.#once && this.#puller) return;
    this.#ahead = null;
    const given: unknown = typeof this.#given === "function" ? this.#given(epoch) : this.#given;
    const source = given as Partial<Iterable<GivenBatch> & AsyncIterable<GivenBatch>> | null | undefined;
    const iterate: unknown = source?.[Symbol.asyncIterator] ?? source?.[Symbol.iterator];
    if (typeof iterate !== "function" || isArrayLike(given) !== Array.isArray(given)) {
      throw optionError(this.#where, "x", given, "an iterable of batches { x, y }");
    }
    this.#puller = iterate.call(source) as Puller;
  }

  next(): number | PromiseLike<number> {
    const pulled = this.#ahead ?? this.#puller!.next();
    this.#ahead = null;
    return isPromise(pulled)
      ? (pulled as PromiseLike<IteratorResult<GivenBatch>>).then((p) => this.#take(p))
      : this.#take(pulled as IteratorResult<GivenBatch>);
  }

  #take({ done, value }: IteratorResult<GivenBatch>): number | PromiseLike<number> {
    if (done) this.dry = this.#once;
    if (done || this.#count >= this.#most) return 0;
    this.#count++;
    const rows = this.#read(value);
    // What the one after it is must be known before this one is trained on.
    if (this.#count >= this.#most) {
      this.last = true;
      return rows;
    }
    const ahead = this.#puller!.next();
    this.#ahead = ahead;
    if (!isPromise(ahead)) {
      this.last = (ahead as IteratorResult<GivenBatch>).done === true;
      return rows;
    }
    return (ahead as PromiseLike<IteratorResult<GivenBatch>>).then((result) => {
      this.#ahead = result;
      this.last = result.done === true;
      return rows;
    });
  }

  #read(batch: GivenBatch): number {
    const where = `${this.#where}: batch ${this.#count}`;
    if (typeof batch !== "object" || batch === null) {
      throw new DownhillError("CALLBACK_RESULT", `${where} is ${quote(batch)}, expected { x, y }`, {
        details: { value: batch },
      });
    }
    if (!isPair(batch)) checkKeys(where, batch, ["x", "y", "sampleWeight"]);
    const {
      x,
      y,
      sampleWeight: weights,
    } = isPair(batch) ? { x: batch[0], y: batch[1], sampleWeight: undefined } : batch;
    const body = this.#body;
    const samples = readRows(where, body, x, y, weights, this.#classWeight);
    const rows = samples.order.length;
    if (rows === 1 && body.stages.some((stage) => stage.batchStatistics)) throw lonely(where, body, "x");
    this.#taken = samples;
    this.weights = samples.weights;
    return rows;
  }

  place(): void {
    const { x, y, order } = this.#taken!;
    this.#body.reserve(order.length);
    const { arena, loss } = this.#body;
    arena.input.set(x);
    (loss.definition.labels ? arena.labels : arena.targets).set(y);
  }

  end(): void {
    this.#puller?.return?.();
    this.#puller = null;
    this.#taken = null;
  }
}
