// A runtime is one fixed WebAssembly memory, the allocator that owns it and the rooms instantiated over it.
// The memory never grows, so a view stays valid until its handle is disposed.

/// <reference lib="esnext.disposable" preserve="true" />
import { Allocator } from "./allocator.js";
import { DownhillError, quote } from "./errors.js";
import { takeNumbers } from "./numbers.js";
import { PAGE, reserve } from "./pages.js";
import { chooseVariant, compileRoom, instantiate, type Room, type Variant } from "./rooms.js";
import {
  checkRuntimeOptions,
  compileOverrides,
  instantiateGiven,
  MAX_BYTES,
  type RuntimeOptions,
} from "./settings.js";
import { makeVec, type Vec } from "./vec.js";
import type { WasmModule, WasmNames } from "./wasm-types.js";
import { Workspace, type WorkspaceSpec, workspaceBytes } from "./workspace.js";

/** Bytes below this address are never handed out: 0 is no valid pointer, and the compiler of the kernels folds offsets up to here. */
const RESERVED = 1024;
/** Freed blocks that `debug: true` keeps out of use, so that a stale view reads NaN for a while. */
const QUARANTINE = 64;
/** Workspaces kept for reuse; beyond this many the oldest is given back. */
const IDLE_LIMIT = 16;

export type { RuntimeOptions } from "./settings.js";

export interface Runtime extends Disposable {
  readonly variant: Variant;
  /** `used` counts the bytes of live handles and running solves. */
  readonly memory: { readonly capacity: number; readonly used: number; handles(): string[] };
  /** A vector of zeros of this length, or a copy of these values, in the runtime's memory. */
  f64(lengthOrValues: number | ArrayLike<number>): Vec;
  f32(lengthOrValues: number | ArrayLike<number>): Vec;
  /** Ends the runtime and every handle of it. A second call does nothing. */
  dispose(): void;
}

export class CoreRuntime implements Runtime {
  readonly variant: Variant;
  readonly memory: { readonly capacity: number; readonly used: number; handles(): string[] };
  readonly debug: boolean;
  #memory: WebAssembly.Memory | null;
  readonly #allocator: Allocator;
  readonly #overrides: Map<string, WebAssembly.Module>;
  readonly #kernels = new Map<string, unknown>();
  readonly #handles = new Map<number, string>();
  readonly #idle: Workspace[] = [];
  readonly #quarantine: number[] = [];
  readonly #permanent = new Map<string, number>();
  #permanentBytes = 0;
  #idleBytes = 0;
  #quarantineBytes = 0;

  constructor(options: RuntimeOptions = {}) {
    const { variant, memoryBytes, debug } = checkRuntimeOptions("runtime", options);
    this.variant = chooseVariant(variant);
    this.debug = debug;
    this.#overrides = compileOverrides(options.wasm);
    const pages = Math.ceil(memoryBytes / PAGE);
    this.#memory = reserve(pages);
    // The end of a block must not wrap to address 0.
    this.#allocator = new Allocator(RESERVED, Math.min(pages * PAGE, MAX_BYTES - RESERVED));
    const allocator = this.#allocator;
    const kept = () => this.#idleBytes + this.#quarantineBytes + this.#permanentBytes;
    const used = () => (this.#memory ? allocator.used - kept() : 0);
    const handles = () => [...this.#handles.values()];
    this.memory = {
      capacity: allocator.capacity,
      get used() {
        return used();
      },
      handles,
    };
    if (typeof Symbol.dispose === "symbol")
      Object.defineProperty(this, Symbol.dispose, { value: () => this.dispose() });
  }

  declare [Symbol.dispose]: () => void;

  /** The memory's buffer; DISPOSED after `dispose()`. */
  get buffer(): ArrayBuffer {
    if (!this.#memory) throw disposed();
    return this.#memory.buffer as ArrayBuffer;
  }

  get disposed(): boolean {
    return this.#memory === null;
  }

  /** The kernels of a room, compiled and instantiated on first use. */
  kernels<K>(room: Room<K>): K {
    const known = this.#kernels.get(room.name);
    if (known) return known as K;
    if (!this.#memory) throw disposed();
    const variant = this.variant === "relaxed" && room.relaxed !== undefined ? "relaxed" : "simd";
    const file = `${room.name}.${variant}`;
    const given = this.#overrides.get(file);
    const module = given ?? compileRoom(room, variant, this.#memory);
    // The plain exports: those of the loader wrap every function in another one, and cannot stand in a table.
    const others = room.needs?.map((other) => [other.name, this.kernels(other)] as const) ?? [];
    const imports = { ...Object.fromEntries(others), env: { memory: this.#memory } } as WebAssembly.Imports;
    const exports = given ? instantiateGiven(file, given, imports) : instantiate(module, imports);
    this.#kernels.set(room.name, exports);
    return exports as K;
  }

  /** The longest block that `alloc` could still give. */
  get largest(): number {
    return this.#allocator.largest;
  }

  /** A runtime of another size, else as this one. */
  sibling(memoryBytes: number): CoreRuntime {
    const { variant, debug } = this;
    return new CoreRuntime({ variant, debug, memoryBytes, wasm: Object.fromEntries(this.#overrides) });
  }

  /** An instance of a module made at run time, over this memory. */
  instantiate(module: WasmModule, imports: WasmNames): WasmNames {
    if (!this.#memory) throw disposed();
    return instantiate(module, { ...imports, env: { memory: this.#memory } } as WebAssembly.Imports);
  }

  /** A block that belongs to the runtime, like its rooms: made and filled on first use, never freed, not counted as used. */
  permanent(name: string, bytes: number, fill: (block: Float64Array) => void): number {
    const known = this.#permanent.get(name);
    if (known !== undefined) return known;
    const ptr = this.alloc(bytes, name);
    this.#handles.delete(ptr);
    this.#permanent.set(name, ptr);
    this.#permanentBytes += this.#allocator.sizeOf(ptr);
    fill(new Float64Array(this.buffer, ptr, bytes / 8));
    return ptr;
  }

  /** A named block of memory, zeroed; OUT_OF_MEMORY when it does not fit. */
  alloc(bytes: number, name: string): number {
    const ptr = this.tryAlloc(bytes, name);
    if (ptr === 0) throw outOfMemory(bytes, this.largest, name);
    return ptr;
  }

  /** As `alloc`, but 0 when it does not fit. */
  tryAlloc(bytes: number, name: string): number {
    const ptr = this.#place(bytes, name);
    if (ptr !== 0) this.#fill(ptr, 0);
    return ptr;
  }

  #fill(ptr: number, byte: number): void {
    new Uint8Array(this.buffer, ptr, this.#allocator.sizeOf(ptr)).fill(byte);
  }

  /** A block with arbitrary content, or 0. */
  #place(bytes: number, name: string): number {
    if (!this.#memory) throw disposed();
    let ptr = this.#allocator.alloc(bytes);
    if (ptr === 0) {
      this.#reclaim();
      ptr = this.#allocator.alloc(bytes);
    }
    if (ptr !== 0) this.#handles.set(ptr, name);
    return ptr;
  }

  /** Gives a block back; RangeError for an address that is not a live block. */
  free(ptr: number): void {
    if (!this.#memory) return;
    if (!this.#handles.delete(ptr)) throw new RangeError(`no block is allocated at ${ptr}`);
    if (!this.debug) {
      this.#allocator.free(ptr);
      return;
    }
    this.#fill(ptr, 0xff);
    this.#quarantine.push(ptr);
    this.#quarantineBytes += this.#allocator.sizeOf(ptr);
    if (this.#quarantine.length > QUARANTINE) this.#releaseQuarantined();
  }

  #releaseQuarantined(): void {
    const ptr = this.#quarantine.shift();
    if (ptr === undefined) return;
    this.#quarantineBytes -= this.#allocator.sizeOf(ptr);
    this.#allocator.free(ptr);
  }

  /** Gives back what is only kept for reuse. */
  #reclaim(): void {
    for (const workspace of this.#idle) this.#allocator.free(workspace.ptr);
    this.#idle.length = 0;
    this.#idleBytes = 0;
    while (this.#quarantine.length > 0) this.#releaseQuarantined();
  }

  /** A workspace of this layout, from the free-list when one is there; null when it does not fit. */
  takeWorkspace<F64 extends string, F32 extends string, I32 extends string>(
    spec: WorkspaceSpec<F64, F32, I32>,
  ): Workspace<F64, F32, I32> | null {
    // Same key, same layout.
    return this.#take(spec as WorkspaceSpec) as Workspace<F64, F32, I32> | null;
  }

  #take(spec: WorkspaceSpec): Workspace | null {
    for (let i = this.#idle.length - 1; i >= 0; i--) {
      const idle = this.#idle[i] as Workspace;
      if (idle.key !== spec.key) continue;
      idle.taken = true;
      this.#idle.splice(i, 1);
      this.#idleBytes -= idle.bytes;
      this.#handles.set(idle.ptr, idle.key);
      return idle;
    }
    const ptr = this.#place(workspaceBytes(spec), spec.key);
    if (ptr === 0) return null;
    if (this.debug) this.#fill(ptr, 0xff);
    return new Workspace(this, spec, ptr);
  }

  /** Called by `Workspace.release`. */
  returnWorkspace(workspace: Workspace): void {
    if (!this.#memory) return;
    if (this.debug) {
      this.free(workspace.ptr);
      return;
    }
    this.#handles.delete(workspace.ptr);
    this.#idle.push(workspace);
    this.#idleBytes += workspace.bytes;
    if (this.#idle.length <= IDLE_LIMIT) return;
    const oldest = this.#idle.shift() as Workspace;
    this.#idleBytes -= oldest.bytes;
    this.#allocator.free(oldest.ptr);
  }

  f64(lengthOrValues: number | ArrayLike<number>): Vec {
    return this.#vec(lengthOrValues, Float64Array);
  }

  f32(lengthOrValues: number | ArrayLike<number>): Vec {
    return this.#vec(lengthOrValues, Float32Array);
  }

  #vec(lengthOrValues: number | ArrayLike<number>, Type: typeof Float64Array | typeof Float32Array): Vec {
    const name = Type === Float64Array ? "f64" : "f32";
    const values =
      typeof lengthOrValues === "number" ? null : takeNumbers(`runtime.${name}`, "values", lengthOrValues);
    const length = typeof lengthOrValues === "number" ? lengthOrValues : values!.length;
    if (!Number.isInteger(length) || length < 0) {
      throw new DownhillError(
        "SHAPE",
        `runtime.${name}: the length must be an integer >= 0, got ${quote(length)}`,
      );
    }
    const ptr = this.alloc(length * Type.BYTES_PER_ELEMENT, `${name}[${length}]`);
    const data = new Type(this.buffer, ptr, length);
    if (values) data.set(values);
    return makeVec(this, ptr, data);
  }

  dispose(): void {
    if (this.debug && this.#memory) for (const ptr of this.#handles.keys()) this.#fill(ptr, 0xff);
    this.#memory = null;
    this.#kernels.clear();
    this.#handles.clear();
    this.#idle.length = 0;
    this.#quarantine.length = 0;
  }
}

const disposed = () => new DownhillError("DISPOSED", "this runtime was disposed");

export function outOfMemory(requested: number, available: number, name: string): DownhillError {
  return new DownhillError(
    "OUT_OF_MEMORY",
    `${name} needs ${requested} bytes, the longest free block has ${available}`,
    {
      hint: "pass a runtime made with a larger memoryBytes, or dispose what is no longer used",
      details: { requested, available },
    },
  );
}
