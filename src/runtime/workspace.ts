// A workspace is everything one solve needs: one allocation, carved into named vectors before the first
// iteration. It goes back to the runtime's free-list, so a solve of the same shape finds it ready. Its content
// is arbitrary when it is taken (NaN under `debug: true`, which shows whoever reads before writing).

import { ALIGN, roundUp } from "./allocator.js";
import type { CoreRuntime } from "./runtime.js";

export interface WorkspaceSpec {
  /**
   * Names the layout, with every size in it: workspaces with the same key are interchangeable, and the counts
   * below are not even read when one of them lies ready.
   */
  readonly key: string;
  /** Number of elements of each vector. */
  readonly f64?: Readonly<Record<string, number>>;
  readonly f32?: Readonly<Record<string, number>>;
  readonly i32?: Readonly<Record<string, number>>;
}

export function workspaceBytes({ f64 = {}, f32 = {}, i32 = {} }: WorkspaceSpec): number {
  let bytes = 0;
  for (const name in f64) bytes += roundUp((f64[name] as number) * 8);
  for (const name in f32) bytes += roundUp((f32[name] as number) * 4);
  for (const name in i32) bytes += roundUp((i32[name] as number) * 4);
  return Math.max(ALIGN, bytes);
}

export class Workspace {
  readonly runtime: CoreRuntime;
  readonly key: string;
  readonly ptr: number;
  readonly bytes: number;
  /** False while it lies in the free-list. */
  taken = true;
  /** Addresses by name. */
  readonly at: Readonly<Record<string, number>>;
  readonly f64: Readonly<Record<string, Float64Array>>;
  readonly f32: Readonly<Record<string, Float32Array>>;
  readonly i32: Readonly<Record<string, Int32Array>>;
  /** Set when the runtime was made for this workspace alone. */
  ownsRuntime = false;

  constructor(runtime: CoreRuntime, spec: WorkspaceSpec, ptr: number) {
    this.runtime = runtime;
    this.key = spec.key;
    this.ptr = ptr;
    this.bytes = workspaceBytes(spec);
    const at: Record<string, number> = {};
    const f64: Record<string, Float64Array> = {};
    const f32: Record<string, Float32Array> = {};
    const i32: Record<string, Int32Array> = {};
    const { buffer } = runtime;
    let next = ptr;
    for (const name in spec.f64) {
      const length = spec.f64[name] as number;
      at[name] = next;
      f64[name] = new Float64Array(buffer, next, length);
      next += roundUp(length * 8);
    }
    for (const name in spec.f32) {
      const length = spec.f32[name] as number;
      at[name] = next;
      f32[name] = new Float32Array(buffer, next, length);
      next += roundUp(length * 4);
    }
    for (const name in spec.i32) {
      const length = spec.i32[name] as number;
      at[name] = next;
      i32[name] = new Int32Array(buffer, next, length);
      next += roundUp(length * 4);
    }
    this.at = at;
    this.f64 = f64;
    this.f32 = f32;
    this.i32 = i32;
  }

  /** Gives the memory back; with a runtime of its own, the runtime too. A second call does nothing. */
  release(): void {
    if (!this.taken) return;
    this.taken = false;
    if (this.ownsRuntime) this.runtime.dispose();
    else this.runtime.returnWorkspace(this);
  }
}
