// A runtime is one fixed WebAssembly memory, the allocator that owns it and the rooms instantiated over it.
// The memory never grows, so a view stays valid until its handle is disposed.

/// <reference lib="esnext.disposable" preserve="true" />
import { instantiateSync } from "@assemblyscript/loader";
import { Allocator } from "./allocator.js";
import { DownhillError, quote } from "./errors.js";
import { checkArray, checkKeys, choiceOption, numberOption } from "./options.js";
import { chooseVariant, compileRoom, type Room, type Variant } from "./rooms.js";
import { makeVec, type Vec } from "./vec.js";
import { Workspace, type WorkspaceSpec, workspaceBytes } from "./workspace.js";

const PAGE = 65536;
/** Bytes below this address are never handed out, so that 0 is no valid pointer. */
const RESERVED = 64;
const DEFAULT_BYTES = 64 * 1024 * 1024;
/** Freed blocks that `debug: true` keeps out of use, so that a stale view reads NaN for a while. */
const QUARANTINE = 64;
/** Workspaces kept for reuse; beyond this many the oldest is given back. */
const IDLE_LIMIT = 16;

export interface RuntimeOptions {
  /** "simd" (default) gives the same bits on every engine; "relaxed" uses fused multiply-add; "auto" takes relaxed where it exists. */
  variant?: Variant | "auto";
  /** Size of the fixed memory; default 64 MiB, rounded up to whole pages of 64 KiB. */
  memoryBytes?: number;
  /** Modules or bytes by file name without `.wasm`, for example `{ "dense.simd": module }`, used instead of the inlined ones. */
  wasm?: Readonly<Record<string, WebAssembly.Module | BufferSource>>;
  /** Fills freed blocks with NaN and keeps them out of use for a while. */
  debug?: boolean;
}

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

export const runtimeKeys = ["variant", "memoryBytes", "wasm", "debug"] as const;

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
  #idleBytes = 0;
  #quarantineBytes = 0;

  constructor(options: RuntimeOptions = {}) {
    checkKeys("runtime", options, runtimeKeys);
    const bytes = numberOption("runtime", "memoryBytes", options.memoryBytes, DEFAULT_BYTES, {
      min: PAGE,
      max: 65536 * PAGE,
      integer: true,
    });
    this.variant = chooseVariant(
      choiceOption("runtime", "variant", options.variant, ["simd", "relaxed", "auto"], "simd"),
    );
    this.debug = options.debug === true;
    this.#overrides = compileOverrides(options.wasm);
    const pages = Math.ceil(bytes / PAGE);
    this.#memory = reserve(pages);
    this.#allocator = new Allocator(RESERVED, pages * PAGE);
    const allocator = this.#allocator;
    const used = () => allocator.used - this.#idleBytes - this.#quarantineBytes;
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
    if (!this.#memory) throw new DownhillError("DISPOSED", "this runtime was disposed");
    return this.#memory.buffer as ArrayBuffer;
  }

  get disposed(): boolean {
    return this.#memory === null;
  }

  /** The kernels of a room, compiled and instantiated on first use. */
  kernels<K>(room: Room<K>): K {
    const known = this.#kernels.get(room.name);
    if (known) return known as K;
    if (!this.#memory) throw new DownhillError("DISPOSED", "this runtime was disposed");
    const variant = this.variant === "relaxed" && room.relaxed !== undefined ? "relaxed" : "simd";
    const module = this.#overrides.get(`${room.name}.${variant}`) ?? compileRoom(room, variant);
    const { exports } = instantiateSync(module, { env: { memory: this.#memory } });
    this.#kernels.set(room.name, exports);
    return exports as K;
  }

  /** A named block of memory, zeroed; OUT_OF_MEMORY when it does not fit. */
  alloc(bytes: number, name: string): number {
    const ptr = this.tryAlloc(bytes, name);
    if (ptr === 0) throw outOfMemory(bytes, this.#allocator.largest, name);
    return ptr;
  }

  /** As `alloc`, but 0 when it does not fit. */
  tryAlloc(bytes: number, name: string): number {
    const { buffer } = this;
    let ptr = this.#allocator.alloc(bytes);
    if (ptr === 0) {
      this.#reclaim();
      ptr = this.#allocator.alloc(bytes);
    }
    if (ptr === 0) return 0;
    this.#handles.set(ptr, name);
    new Uint8Array(buffer, ptr, this.#allocator.sizeOf(ptr)).fill(0);
    return ptr;
  }

  free(ptr: number): void {
    if (!this.#memory) return;
    const size = this.#allocator.sizeOf(ptr);
    this.#handles.delete(ptr);
    if (!this.debug) {
      this.#allocator.free(ptr);
      return;
    }
    new Uint8Array(this.buffer, ptr, size).fill(0xff);
    this.#quarantine.push(ptr);
    this.#quarantineBytes += size;
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
  takeWorkspace(spec: WorkspaceSpec): Workspace | null {
    for (let i = this.#idle.length - 1; i >= 0; i--) {
      const idle = this.#idle[i] as Workspace;
      if (idle.key !== spec.key) continue;
      this.#idle.splice(i, 1);
      this.#idleBytes -= idle.bytes;
      this.#handles.set(idle.ptr, idle.key);
      return idle;
    }
    const ptr = this.tryAlloc(workspaceBytes(spec), spec.key);
    return ptr === 0 ? null : new Workspace(this, spec, ptr);
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
    if (typeof lengthOrValues !== "number") checkArray(`runtime.${name}`, "values", lengthOrValues);
    const length = typeof lengthOrValues === "number" ? lengthOrValues : lengthOrValues.length;
    if (!Number.isInteger(length) || length < 0 || length > 2 ** 32 / Type.BYTES_PER_ELEMENT) {
      throw new DownhillError(
        "SHAPE",
        `runtime.${name}: the length must be an integer from 0, got ${quote(length)}`,
      );
    }
    const ptr = this.alloc(length * Type.BYTES_PER_ELEMENT, `${name}[${length}]`);
    const data = new Type(this.buffer, ptr, length);
    if (typeof lengthOrValues !== "number") data.set(lengthOrValues);
    return makeVec(this, ptr, data);
  }

  dispose(): void {
    this.#memory = null;
    this.#kernels.clear();
    this.#handles.clear();
    this.#idle.length = 0;
  }
}

function reserve(pages: number): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages });
  } catch (cause) {
    throw new DownhillError("OUT_OF_MEMORY", `the engine refused a memory of ${pages * PAGE} bytes`, {
      hint: "ask for less with memoryBytes, or dispose runtimes that are no longer used",
      details: { requested: pages * PAGE },
      cause,
    });
  }
}

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

function compileOverrides(wasm: RuntimeOptions["wasm"]): Map<string, WebAssembly.Module> {
  const modules = new Map<string, WebAssembly.Module>();
  for (const [name, source] of Object.entries(wasm ?? {})) {
    try {
      modules.set(name, source instanceof WebAssembly.Module ? source : new WebAssembly.Module(source));
    } catch (cause) {
      throw new DownhillError(
        "OPTION",
        `runtime: wasm[${quote(name)}] is not a module this engine compiles`,
        {
          details: { option: "wasm", value: name },
          cause,
        },
      );
    }
  }
  return modules;
}
