// compileModel: an expression becomes a WebAssembly module with exact derivatives, evaluated for all points in one call.

import { chosenRuntime, takeWorkspace } from "../runtime/default.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { overlaps, takeNumbers } from "../runtime/numbers.js";
import { checkKeys, checkOut, isArrayLike, isRecord, optionError } from "../runtime/options.js";
import type { CoreRuntime, Runtime } from "../runtime/runtime.js";
import type { Workspace } from "../runtime/workspace.js";
import { type Instance, prepareWork } from "./cache.js";
import { type Compiled, compiled } from "./compiled.js";
import { toLaTeX, toMathML } from "./display.js";
import { paramNames } from "./names.js";
import type { Names } from "./parse.js";

/** One variable: its numbers. Several: an array of equal length for each. */
export type ModelInput = ArrayLike<number> | Readonly<Record<string, ArrayLike<number>>>;

export interface CompileOptions {
  /** Names of the independent variables. Default: x. */
  variables?: readonly string[] | undefined;
  /**
   * Names of the parameters, in the order of `p` and of the Jacobian's columns. Default: every other name of the text that is
   * no function or constant, in the order in which they occur.
   */
  params?: readonly string[] | undefined;
  /** Where `evaluate` and `jacobian` run. Default: the default runtime. */
  runtime?: Runtime | undefined;
}

export interface CompiledModel extends Disposable {
  readonly source: string;
  readonly variables: readonly string[];
  readonly params: readonly string[];
  /** The bytes of the module (variant simd). It imports env.memory and the elementary functions. */
  readonly wasm: Uint8Array;
  /** The host refused to compile, so the model runs in JavaScript: the same values, more slowly. Known after the first use. */
  readonly interpreted: boolean;
  /** out[i] = f(x_i; p). */
  evaluate(x: ModelInput, p: ArrayLike<number>, out: Float64Array): void;
  /** out[i * n + j] = d f(x_i; p) / d p_j, exact. */
  jacobian(x: ModelInput, p: ArrayLike<number>, out: Float64Array): void;
  toLaTeX(): string;
  toMathML(): string;
  /** Drops the module; a second call does nothing. */
  dispose(): void;
}

const optionKeys = ["variables", "params", "runtime"];
/** Points that go through the kernels at a time. */
const CHUNK = 1024;

/** A compiled text that is evaluated; `core` is for the rooms above. How it is written out is ExpressionModel's, which no fit needs. */
export class TextModel {
  readonly source: string;
  readonly variables: readonly string[];
  readonly params: readonly string[];
  readonly #runtime: Runtime | undefined;
  #core: Compiled | null;
  #interpreted = false;

  constructor(core: Compiled, runtime: Runtime | undefined) {
    this.#core = core;
    this.#runtime = runtime;
    this.source = core.tree.source;
    this.variables = core.tree.variables;
    this.params = core.tree.params;
  }

  /** @internal */
  get core(): Compiled {
    if (!this.#core) throw new DownhillError("DISPOSED", "this compiled model was disposed");
    return this.#core;
  }

  get wasm(): Uint8Array {
    return this.core.code.emitted("simd").bytes.slice();
  }

  get interpreted(): boolean {
    return this.#interpreted;
  }

  evaluate(x: ModelInput, p: ArrayLike<number>, out: Float64Array): void {
    this.#run("evaluate", x, p, out, 1);
  }

  jacobian(x: ModelInput, p: ArrayLike<number>, out: Float64Array): void {
    this.#run("jacobian", x, p, out, this.params.length);
  }

  dispose(): void {
    this.#core = null;
  }

  #run(
    what: "evaluate" | "jacobian",
    x: ModelInput,
    p: ArrayLike<number>,
    out: Float64Array,
    width: number,
  ): void {
    const { core } = this;
    const given = readColumns(what, x, this.variables);
    const m = given[0]?.length ?? 1;
    const n = this.params.length;
    const values = takeNumbers(what, "p", p, n);
    checkOut(what, out, m * width);
    // What is written over before it was read is read now.
    const columns = given.map((column) => (overlaps(column, out) ? Float64Array.from(column) : column));
    const runtime = chosenRuntime(this.#runtime);
    const instance = core.instance(runtime);
    if (instance) {
      runChunks(runtime, core, instance, what === "jacobian", columns, m, values, out);
      return;
    }
    this.#interpreted = true;
    const evaluator = core.evaluator(runtime);
    const flat = new Float64Array(m * columns.length);
    columns.forEach((column, v) => {
      flat.set(column, v * m);
    });
    if (what === "evaluate") evaluator.values(m, flat, m, values, out);
    else evaluator.jacobian(m, flat, m, values, new Float64Array(m), out, n);
  }
}

/** The class behind CompiledModel. */
export class ExpressionModel extends TextModel implements CompiledModel {
  constructor(core: Compiled, runtime: Runtime | undefined) {
    super(core, runtime);
    if (typeof Symbol.dispose === "symbol")
      Object.defineProperty(this, Symbol.dispose, { value: () => this.dispose() });
  }

  declare [Symbol.dispose]: () => void;

  toLaTeX(): string {
    return toLaTeX(this.core.tree);
  }

  toMathML(): string {
    return toMathML(this.core.tree);
  }
}

function readColumns(where: string, x: ModelInput, variables: readonly string[]): ArrayLike<number>[] {
  if (isArrayLike(x)) {
    if (variables.length !== 1) {
      throw new DownhillError(
        "SHAPE",
        `${where}: x must be an object with the variables ${variables.join(", ")}, got ${quote(x)}`,
      );
    }
    return [takeNumbers(where, "x", x)];
  }
  if (!isRecord(x)) throw optionError(where, "x", x, "an array or an object of arrays");
  let m: number | undefined;
  return variables.map((name) => {
    const given = (x as Readonly<Record<string, ArrayLike<number>>>)[name];
    const column = takeNumbers(where, `x.${name}`, given, m);
    m = column.length;
    return column;
  });
}

const prepared = new WeakSet<Workspace>();

function runChunks(
  runtime: CoreRuntime,
  { code }: Compiled,
  instance: Instance,
  wide: boolean,
  columns: readonly ArrayLike<number>[],
  m: number,
  p: ArrayLike<number>,
  out: Float64Array,
): void {
  const n = p.length;
  const workspace = takeWorkspace(runtime, {
    key: `model ${code.id}${wide ? " jacobian" : ""}`,
    f64: {
      x: CHUNK * columns.length,
      p: n,
      out: CHUNK,
      jac: wide ? CHUNK * n : 0,
      work: Math.ceil(instance.work.bytes / 8),
    },
  });
  const { at, f64 } = workspace;
  const kernel = (wide ? instance.exports.jacobian : instance.exports.values) as (...args: number[]) => void;
  const result = f64[wide ? "jac" : "out"];
  const width = wide ? n : 1;
  try {
    if (!prepared.has(workspace)) {
      prepareWork(instance, runtime, at.work);
      prepared.add(workspace);
    }
    f64.p.set(p);
    for (let from = 0; from < m; from += CHUNK) {
      const count = Math.min(CHUNK, m - from);
      columns.forEach((column, v) => {
        const to = f64.x;
        for (let i = 0; i < count; i++) to[v * CHUNK + i] = column[from + i]!;
      });
      kernel(count, at.x, CHUNK, at.p, at.out, at.jac, n, at.work);
      out.set(result.subarray(0, count * width), from * width);
    }
  } finally {
    workspace.release();
  }
}

/** Names of variables or parameters: an array of strings, copied. */
export function readNames(where: string, option: string, given: unknown): string[] {
  const ok = Array.isArray(given) && given.every((name) => typeof name === "string");
  if (!ok) throw optionError(where, option, given, "an array of names");
  return [...(given as string[])];
}

/** What compileModel of the room `expressions` does. */
export function compileExpression(expression: string, options: CompileOptions = {}): CompiledModel {
  checkKeys("compileModel", options, optionKeys);
  const given = (option: "variables" | "params"): string[] | undefined =>
    options[option] === undefined ? undefined : readNames("compileModel", option, options[option]);
  const variables = given("variables") ?? ["x"];
  const params = given("params") ?? paramNames(expression, variables, []);
  const names: Names = { variables, params };
  if (options.runtime !== undefined) chosenRuntime(options.runtime);
  return new ExpressionModel(compiled(expression, names), options.runtime);
}
