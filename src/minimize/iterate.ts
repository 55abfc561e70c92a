// iterate(f, x0): a minimisation that the caller pulls, one iteration at a time.

import type { MinimizeResult } from "../driver/result.js";
import type { Iteration, Termination, Warning } from "../driver/types.js";
import { DownhillError } from "../runtime/errors.js";
import { loadState, type MinimizeState, saveState } from "./checkpoint.js";
import { Engine } from "./engine.js";
import { mismatch } from "./mismatch.js";
import type { Objective } from "./objective.js";
import { readResult } from "./result.js";
import { checkOptions, inputOf, type MinimizeOptions, minimizeKeys } from "./settings.js";
import { S_COUNT, S_HEAD } from "./slots.js";

export interface IterateOptions extends MinimizeOptions {
  /** Continues from a state saved earlier, bit for bit. */
  resume?: MinimizeState | undefined;
}

export interface MinimizeIterator extends IterableIterator<Iteration> {
  /** The answer so far; final once the iteration is over. After `break` its status is stopped/callback. */
  readonly result: MinimizeResult;
  /** Everything to continue from here in another `iterate`; survives structuredClone and JSON. */
  state(): MinimizeState;
}

const BROKEN: Termination = { status: "stopped", reason: "callback" };

class Pulled implements MinimizeIterator {
  readonly #engine: Engine;
  #end: Termination | null = null;
  /** The run is over, its memory not yet given back: the last iteration's state can still be taken. */
  #ending: Termination | null = null;
  #result: MinimizeResult | null = null;

  constructor(engine: Engine, resumed: boolean) {
    this.#engine = engine;
    const over = resumed ? engine.monitor.check(engine.solve) : null;
    if (over) this.#conclude(over);
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Iteration, undefined> {
    if (this.#ending) this.#release(this.#ending);
    if (this.#end) return { done: true, value: undefined };
    const { monitor, solve } = this.#engine;
    const before = monitor.nit;
    try {
      const end = this.#engine.advance();
      if (!end) return { done: false, value: monitor.iteration(solve) };
      if (monitor.nit > before) {
        // The last iteration is yielded as the others are.
        this.#conclude(end);
        return { done: false, value: monitor.iteration(solve) };
      }
      this.#finish(end);
    } catch (error) {
      this.#release(BROKEN);
      throw error;
    }
    return { done: true, value: undefined };
  }

  /** What `break` calls: the best point is kept, the memory goes back. */
  return(): IteratorResult<Iteration, undefined> {
    if (this.#ending) this.#release(this.#ending);
    else if (!this.#end) this.#finish(BROKEN);
    return { done: true, value: undefined };
  }

  /** Over after an iteration. */
  #conclude(end: Termination): void {
    this.#result = readResult(this.#engine, end, []);
    this.#ending = end;
    // Where the gradient met its tolerance there is no next direction: whoever continues with a smaller one starts a new model.
    const { s } = this.#engine.solve;
    if (end.reason === "gradient") s[S_COUNT] = s[S_HEAD] = 0;
  }

  #finish(end: Termination): void {
    const suspicious = end.reason === "lineSearch" || end.reason === "stalled";
    try {
      const warnings = suspicious ? (mismatch(this.#engine) as Warning[]) : [];
      this.#result = readResult(this.#engine, end, warnings);
    } finally {
      this.#release(end);
    }
  }

  #release(end: Termination): void {
    this.#end = end;
    this.#ending = null;
    this.#engine.stop();
    this.#engine.release();
  }

  get result(): MinimizeResult {
    if (this.#result) return this.#result;
    if (this.#end) throw new DownhillError("DISPOSED", "iterate: the run ended with an error");
    return readResult(this.#engine, BROKEN, []);
  }

  state(): MinimizeState {
    if (!this.#end) return saveState(this.#engine);
    throw new DownhillError("DISPOSED", "iterate: the run is over, its memory went back", {
      hint: "take the state before the loop ends",
    });
  }
}

/**
 * Minimises f as `minimize` does, yielding after each iteration. `break` ends the run and frees its memory; a run that is
 * neither finished nor broken off holds it until `return()`.
 */
export function iterate(f: Objective, x0: ArrayLike<number>, options: IterateOptions = {}): MinimizeIterator {
  checkOptions("iterate", options, [...minimizeKeys, "resume"]);
  const engine = new Engine(inputOf("iterate", f, x0, options, false));
  const resumed = options.resume !== undefined;
  try {
    if (resumed) loadState(engine, options.resume as MinimizeState);
    return new Pulled(engine, resumed);
  } catch (error) {
    engine.release();
    throw error;
  }
}
