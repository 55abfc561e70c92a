// Compiled programs by text: asking twice for the same model compiles once. The cache is small; what falls out of it
// lives on as long as someone holds it.

import { DownhillError } from "../runtime/errors.js";
import type { Variant } from "../runtime/rooms.js";
import { compileBytes } from "../runtime/rooms.js";
import type { CoreRuntime } from "../runtime/runtime.js";
import { elementary, kernelOf } from "./elementary.js";
import type { Emitted } from "./emit.js";

/** Least recently used out first. */
export class TextCache<T> {
  readonly #entries = new Map<string, T>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string, make: () => T): T {
    let entry = this.#entries.get(key);
    if (entry === undefined) entry = make();
    else this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size > this.#limit) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest);
        break;
      }
    }
    return entry;
  }
}

export type ModelKernel = (
  m: number,
  x: number,
  ldx: number,
  p: number,
  out: number,
  second: number,
  third: number,
  work: number,
) => void;

export interface Instance {
  readonly exports: Readonly<Record<string, ModelKernel>>;
  readonly work: Emitted["work"];
  /** Of the elementary functions: belongs into the first word of the work block. */
  readonly table: number;
}

let count = 0;

/** Emitted code of one program: its bytes and module by variant, its instance by runtime. */
export class Code {
  /** Tells workspaces that hold this code's constants from others. */
  readonly id = ++count;
  readonly #emit: (relaxed: boolean) => Emitted;
  readonly #emitted = new Map<Variant, Emitted>();
  readonly #modules = new Map<Variant, WebAssembly.Module>();
  readonly #instances = new WeakMap<CoreRuntime, Instance>();
  #refused = false;

  constructor(emit: (relaxed: boolean) => Emitted) {
    this.#emit = emit;
  }

  emitted(variant: Variant): Emitted {
    let emitted = this.#emitted.get(variant);
    if (!emitted) {
      emitted = this.#emit(variant === "relaxed");
      this.#emitted.set(variant, emitted);
    }
    return emitted;
  }

  /**
   * The instance over a runtime's memory; null where the host has compiled our rooms but compiles nothing at run time
   * (edge hosts). Where not even the rooms may be compiled: WASM_BLOCKED.
   */
  instance(runtime: CoreRuntime): Instance | null {
    const known = this.#instances.get(runtime);
    if (known) return known;
    const functions = elementary(runtime);
    if (this.#refused) return null;
    const { variant } = runtime;
    const emitted = this.emitted(variant);
    let module = this.#modules.get(variant);
    if (!module) {
      try {
        module = compileBytes(emitted.bytes);
      } catch (error) {
        if (!(error instanceof DownhillError && error.code === "WASM_BLOCKED")) throw error;
        this.#refused = true;
        return null;
      }
      this.#modules.set(variant, module);
    }
    const math = Object.fromEntries(
      emitted.functions.map((name) => [name, kernelOf(runtime, functions, name) as WebAssembly.ExportValue]),
    );
    const exports = runtime.instantiate(module, { math }) as unknown as Instance["exports"];
    const instance = { exports, work: emitted.work, table: functions.table };
    this.#instances.set(runtime, instance);
    return instance;
  }
}

/** Writes what the kernels of an instance expect in their work block. */
export function prepareWork(instance: Instance, runtime: CoreRuntime, at: number): void {
  const { constants, constantsAt } = instance.work;
  new Int32Array(runtime.buffer, at, 1)[0] = instance.table;
  new Float64Array(runtime.buffer, at + constantsAt, constants.length).set(constants);
}
