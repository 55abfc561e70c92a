// A room is one WASM module: pure kernels over the runtime's memory. Its bytes are inlined, packed and as letters, or
// imported as a compiled module where the engine forbids compiling at run time.

import { instantiateSync } from "@assemblyscript/loader";
import { type UnpackKernels, room as unpacker } from "../wasm/unpack.js";
import { DownhillError } from "./errors.js";
import { fromLetters } from "./letters.js";
import { PAGE, reserve } from "./pages.js";
import type { WasmModule } from "./wasm-types.js";

/** Letters of the packed module, its bytes, and what turns them into the variant. */
interface Packed {
  readonly text: string;
  readonly size: number;
  readonly fuse?: (bytes: Uint8Array) => void;
}

/** Letters of the bytes, what packs them, or the compiled module itself. */
export type WasmSource = string | Packed | WasmModule;

export interface Room<Kernels> {
  readonly name: string;
  readonly simd: WasmSource;
  readonly relaxed?: WasmSource;
  /** Rooms whose kernels this one imports, by their names. */
  readonly needs?: readonly Room<unknown>[];
  /** Carries the type of the kernels; never set. */
  readonly kernels?: Kernels;
}

export type Variant = "simd" | "relaxed";

// (v128, v128, v128) -> v128 around f64x2.relaxed_madd, and () -> v128 around i32x4.splat.
const RELAXED_PROBE = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0, 32, 0, 32,
  1, 32, 2, 253, 135, 2, 11,
];
const SIMD_PROBE = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 17, 11,
];

const validates = (bytes: readonly number[]): boolean => WebAssembly.validate(new Uint8Array(bytes));

/** Turns the wish of the options into a variant this engine can run; UNSUPPORTED when it cannot. */
export function chooseVariant(wish: Variant | "auto"): Variant {
  if (typeof WebAssembly !== "object") {
    throw new DownhillError("UNSUPPORTED", "this engine has no WebAssembly", {
      details: { missing: "WebAssembly" },
    });
  }
  if (wish !== "simd" && validates(RELAXED_PROBE)) return "relaxed";
  if (wish === "relaxed") {
    throw new DownhillError("UNSUPPORTED", "this engine has no relaxed SIMD", {
      hint: 'use variant "simd" (the default), or "auto" to take relaxed SIMD only where it exists',
      details: { missing: "relaxed SIMD" },
    });
  }
  if (!validates(SIMD_PROBE)) {
    throw new DownhillError("UNSUPPORTED", "this engine has no WebAssembly SIMD", {
      details: { missing: "SIMD" },
    });
  }
  return "simd";
}

/** Bytes of workspace that the kernel `unpack` takes. */
const WORKSPACE = 21504;

/** A compiled module, of this realm or another. */
export const isModule = (value: unknown): value is WebAssembly.Module =>
  Object.prototype.toString.call(value) === "[object WebAssembly.Module]";

const compiled = new WeakMap<object, WebAssembly.Module>();
const compiledRelaxed = new WeakMap<object, WebAssembly.Module>();

/** The compiled module of a room, compiled at most once a process. `memory` is used on the way, and left as it was. */
export function compileRoom(
  room: Room<unknown>,
  variant: Variant,
  memory: WebAssembly.Memory,
): WebAssembly.Module {
  const relaxed = variant === "relaxed" && room.relaxed !== undefined;
  const cache = relaxed ? compiledRelaxed : compiled;
  const known = cache.get(room);
  if (known) return known;
  const source = (relaxed ? room.relaxed : room.simd) as WasmSource;
  const module = isModule(source) ? source : compileBytes(bytesOf(source, room.needs?.[0], memory));
  cache.set(room, module);
  return module;
}

/** The bytes of a module. What a room needs stands before it, as it may repeat that. */
function bytesOf(
  source: string | Packed,
  needed: Room<unknown> | undefined,
  memory: WebAssembly.Memory,
): Uint8Array<ArrayBuffer> {
  if (typeof source === "string") return fromLetters(source);
  const before = needed ? bytesOf(needed.simd as Packed, undefined, memory) : new Uint8Array(1);
  const packed = fromLetters(source.text);
  const module = compileRoom(unpacker, "simd", memory);
  const at = packed.length + before.length;
  const work = (at + source.size + 15) & ~15;
  // In the first bytes of the memory, which are put back, or in a memory of its own where that is too small.
  const size = work + WORKSPACE;
  const roomy = memory.buffer.byteLength >= size;
  const used = roomy ? memory : reserve(Math.ceil(size / PAGE));
  const view = new Uint8Array(used.buffer as ArrayBuffer, 0, size);
  const saved = view.slice();
  const exports = instantiate(module, { env: { memory: used } });
  view.set(packed);
  view.set(before, packed.length);
  (exports as unknown as UnpackKernels).unpack(0, source.size, at, work);
  const bytes = view.slice(at, at + source.size);
  view.set(saved);
  source.fuse?.(bytes);
  return bytes;
}

/** These bytes validate, so a CompileError means that the page or host forbids compiling. */
export function compileBytes(bytes: BufferSource): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes);
  } catch (error) {
    throw blocked(error);
  }
}

/** The exports of a module; a policy may let modules compile and refuse their instances. */
export function instantiate(module: WebAssembly.Module, imports: WebAssembly.Imports): WebAssembly.Exports {
  try {
    // The loader takes a module of another realm for bytes.
    if (module instanceof WebAssembly.Module) return instantiateSync(module, imports).instance.exports;
    return new WebAssembly.Instance(module, imports).exports;
  } catch (error) {
    throw blocked(error);
  }
}

export function blocked(cause: unknown): unknown {
  if ((cause as Error | null)?.name !== "CompileError") return cause;
  return new DownhillError("WASM_BLOCKED", "this page or host does not allow WebAssembly to be compiled", {
    hint:
      "send the header Content-Security-Policy: script-src 'self' 'wasm-unsafe-eval'; " +
      "on an edge runtime bundle with the condition workerd or edge-light",
    cause,
  });
}
