// A workspace is everything one solve needs: one allocation, carved into named vectors before the first
// iteration. It goes back to the runtime's free-list, so a solve of the same shape finds it ready. Its content
// is arbitrary when it is taken (NaN under `debug: true`, which shows whoever reads before writing).

import { ALIGN, roundUp } from "./allocator.js";
import type { CoreRuntime } from "./runtime.js";

export interface WorkspaceSpec<
  F64 extends string = string,
  F32 extends string = string,
  I32 extends string = string,
> {
  /**
   * Names the layout, with every size in it: workspaces with the same key are interchangeable, and the counts
   * below are not even read when one of them lies ready.
   */
  readonly key: string;
  /** Number of elements of each vector. */
  readonly f64?: Readonly<Record<F64, number>>;
  readonly f32?: Readonly<Record<F32, number>>;
  readonly i32?: Readonly<Record<I32, number>>;
}

type Lengths = Readonly<Record<string, number>>;

export function workspaceBytes({ f64, f32, i32 }: WorkspaceSpec): number {
  let bytes = 0;
  for (const name in f64) bytes += roundUp(f64[name]! * 8);
  for (const name in f32) bytes += roundUp(f32[name]! * 4);
  for (const name in i32) bytes += roundUp(i32[name]! * 4);
  return Math.max(ALIGN, bytes);
}

/** The names of its vectors are part of its type: a misspelt one is an error of the compiler. */
export class Workspace<
  F64 extends string = string,
  F32 extends string = string,
  I32 extends string = string,
> {
  readonly runtime: CoreRuntime;
  readonly key: string;
  readonly ptr: number;
  readonly bytes: number;
  /** False while it lies in the free-list. */
  taken = true;
  /** Addresses by name. */
  readonly at: Readonly<Record<F64 | F32 | I32, number>>;
  readonly f64: Readonly<Record<F64, Float64Array>>;
  readonly f32: Readonly<Record<F32, Float32Array>>;
  readonly i32: Readonly<Record<I32, Int32Array>>;
  /** Set when the runtime was made for this workspace alone. */
  ownsRuntime = false;

  constructor(runtime: CoreRuntime, spec: WorkspaceSpec<F64, F32, I32>, ptr: number) {
    this.runtime = runtime;
    this.key = spec.key;
    this.ptr = ptr;
    this.bytes = workspaceBytes(spec as WorkspaceSpec);
    const at: Record<string, number> = {};
    const f64: Record<string, Float64Array> = {};
    const f32: Record<string, Float32Array> = {};
    const i32: Record<string, Int32Array> = {};
    const { buffer } = runtime;
    let next = ptr;
    const place = (name: string, bytes: number): number => {
      const start = next;
      at[name] = start;
      next += roundUp(bytes);
      return start;
    };
    const lengths: { f64?: Lengths; f32?: Lengths; i32?: Lengths } = spec;
    for (const [name, length] of Object.entries(lengths.f64 ?? {}))
      f64[name] = new Float64Array(buffer, place(name, length * 8), length);
    for (const [name, length] of Object.entries(lengths.f32 ?? {}))
      f32[name] = new Float32Array(buffer, place(name, length * 4), length);
    for (const [name, length] of Object.entries(lengths.i32 ?? {}))
      i32[name] = new Int32Array(buffer, place(name, length * 4), length);
    this.at = at as typeof this.at;
    this.f64 = f64 as typeof this.f64;
    this.f32 = f32 as typeof this.f32;
    this.i32 = i32 as typeof this.i32;
  }

  /** Gives the memory back; with a runtime of its own, the runtime too. A second call does nothing. */
  release(): void {
    if (!this.taken) return;
    this.taken = false;
    if (this.ownsRuntime) this.runtime.dispose();
    else this.runtime.returnWorkspace(this);
  }
}

/** What `make` makes beside `held`, which is given back where that throws: memory that is taken in parts is taken whole, or not. */
export function beside<T>(held: { release(): void }, make: () => T): T {
  try {
    return make();
  } catch (error) {
    held.release();
    throw error;
  }
}
