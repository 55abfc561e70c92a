// Roots over numbers, run at one point: compiled to straight-line code in the core where it is asked for again and again, as by the
// steps of an integration; number by number in JavaScript elsewhere, and where a host compiles nothing. The same bits either way.

import { Code, prepareWork } from "../models/cache.js";
import { emit } from "../models/emit.js";
import type { FunctionTable } from "../models/evaluate.js";
import type { GraphNode } from "../models/graph.js";
import * as PARAMS from "../models/params.js";
import { reduction } from "../models/reduce.js";
import { chosenRuntime, takeWorkspace, unlessDisposed } from "../runtime/default.js";
import type { Runtime } from "../runtime/runtime.js";
import { Tape } from "./tape.js";

/** Holds memory until it is released. */
export interface Compiled {
  /** One number for each parameter of the graph. */
  readonly input: Float64Array;
  /** One for each root, after `run`. */
  readonly out: Float64Array;
  run(): void;
  release(): void;
}

/** More roots than this take longer to compile than they save. */
const MOST_ROOTS = 2000;

export class Routine {
  readonly #roots: readonly GraphNode[];
  readonly #inputs: number;
  readonly #tape: Tape;
  #code: Code | undefined;

  /** `inputs`: how many parameters the graph has. */
  constructor(roots: readonly GraphNode[], inputs: number, table: FunctionTable) {
    this.#roots = roots;
    this.#inputs = inputs;
    this.#tape = new Tape(roots, table);
  }

  /** Once, in JavaScript. */
  run(input: Float64Array, out: Float64Array): void {
    this.#tape.run(input, out);
  }

  take(given: Runtime | undefined): Compiled {
    const roots = this.#roots;
    const targets = roots.map((_, i) => [[PARAMS.out, 8 * i]] as const);
    // Never fused: the steps of an integration are the same in both variants.
    this.#code ??= new Code(() => emit([{ name: "run", roots, sink: "point", targets, reduction }], {}));
    const runtime = unlessDisposed(given);
    const compiled = roots.length <= MOST_ROOTS ? this.#code.instance(chosenRuntime(runtime)) : null;
    if (!compiled) {
      const input = new Float64Array(this.#inputs);
      const out = new Float64Array(roots.length);
      return { input, out, run: () => this.#tape.run(input, out), release: () => {} };
    }
    const work = Math.ceil(compiled.work.bytes / 8);
    const workspace = takeWorkspace(runtime, {
      key: `routine ${this.#code.id}`,
      f64: { input: this.#inputs, out: roots.length, work },
    });
    const { at, f64 } = workspace;
    // Of a runtime of its own where the default one is full.
    const instance = this.#code.instance(workspace.runtime)!;
    prepareWork(instance, workspace.runtime, at.work);
    const kernel = instance.exports.run!;
    return {
      input: f64.input,
      out: f64.out,
      run: () => kernel(1, 0, 0, at.input, at.out, 0, 0, at.work),
      release: () => workspace.release(),
    };
  }
}
