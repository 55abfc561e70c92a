// Kernel tests talk to the built WASM directly: a room over a memory of its own, and blocks between guard
// zones.

import { existsSync, readFileSync } from "node:fs";
import type { Numbers } from "../reference/blas.js";

export type Precision = "f64" | "f32";
export type Variant = "simd" | "relaxed";
export type Kernel = (...args: number[]) => number;

export interface Room {
  readonly memory: WebAssembly.Memory;
  /** A kernel by its name without suffix, in one precision. */
  kernel(name: string, precision: Precision): Kernel;
  exports: readonly string[];
}

// f64x2.relaxed_madd of three parameters: validates where relaxed SIMD exists.
const PROBE = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0, 32, 0, 32,
  1, 32, 2, 0xfd, 0x87, 2, 11,
];

/** The variants this engine runs. */
export const variants: readonly Variant[] = WebAssembly.validate(new Uint8Array(PROBE))
  ? ["simd", "relaxed"]
  : ["simd"];

export const epsilon: Record<Precision, number> = { f64: 2 ** -53, f32: 2 ** -24 };

export function room(name: "blas" | "dense", variant: Variant = "simd", pages = 64): Room {
  const memory = new WebAssembly.Memory({ initial: pages });
  const file = (v: Variant) => new URL(`../../dist/wasm/${name}.${v}.wasm`, import.meta.url);
  // A room without a relaxed build runs its simd one in both variants.
  const bytes = readFileSync(existsSync(file(variant)) ? file(variant) : file("simd"));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  return {
    memory,
    exports: Object.keys(exports),
    kernel(kernel, precision) {
      const found = exports[kernel + precision.toUpperCase()];
      if (typeof found !== "function") throw new Error(`no kernel ${kernel} in ${name}.${variant}`);
      return found as Kernel;
    },
  };
}

const GUARD = 64;
const CANARY = 0xa5;

/**
 * Blocks placed one after the other in a room's memory, each at its own offset modulo 16, guarded on both
 * sides.
 */
export class Blocks {
  private top = 1024;
  private readonly guards: [number, number][] = [];

  constructor(
    private readonly memory: WebAssembly.Memory,
    private readonly precision: Precision,
  ) {}

  /** Room for the numbers, starting `odd` elements after a multiple of 16 bytes. */
  place(numbers: ArrayLike<number>, odd = 0): Numbers {
    const size = this.precision === "f64" ? 8 : 4;
    const at = ((this.top + GUARD + 15) & ~15) + odd * size;
    const end = at + numbers.length * size;
    const bytes = new Uint8Array(this.memory.buffer);
    bytes.fill(CANARY, this.top, at);
    bytes.fill(CANARY, end, end + GUARD);
    this.guards.push([this.top, at], [end, end + GUARD]);
    this.top = end + GUARD;
    const view =
      this.precision === "f64"
        ? new Float64Array(this.memory.buffer, at, numbers.length)
        : new Float32Array(this.memory.buffer, at, numbers.length);
    view.set(numbers);
    return view;
  }

  /** The numbers at the very end of memory, where reading one byte too far traps. */
  last(numbers: ArrayLike<number>): Numbers {
    const Kind = this.precision === "f64" ? Float64Array : Float32Array;
    const at = this.memory.buffer.byteLength - numbers.length * Kind.BYTES_PER_ELEMENT;
    const view = new Kind(this.memory.buffer, at, numbers.length);
    view.set(numbers);
    return view;
  }

  /** Workspace of exactly so many bytes, full of NaN. */
  work(bytes: number, odd = 0): Numbers {
    const n = bytes / (this.precision === "f64" ? 8 : 4);
    return this.place(new Float64Array(n).fill(Number.NaN), odd);
  }

  /** Whether every guard zone is as it was. */
  intact(): boolean {
    const bytes = new Uint8Array(this.memory.buffer);
    return this.guards.every(([from, to]) => {
      for (let i = from; i < to; i++) if (bytes[i] !== CANARY) return false;
      return true;
    });
  }
}

/** A copy in plain JavaScript memory, of the same precision. */
export function copyOf(x: Numbers): Numbers {
  return x instanceof Float64Array ? Float64Array.from(x) : Float32Array.from(x);
}

/** Uniform numbers in [-1, 1) that repeat from run to run (xorshift32). */
export function uniform(seed: number): () => number {
  let s = seed | 0 || 1;
  return () => {
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    return (s | 0) / 2147483648;
  };
}
