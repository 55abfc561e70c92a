// A small writer of WebAssembly binaries: LEB128, sections, and function bodies (WebAssembly core specification 2.0,
// chapter 5; relaxed SIMD opcodes from its 3.0). It knows nothing of models.

import * as SIMD from "./simd.js";

export const I32 = 0x7f;
export const V128 = 0x7b;
const EMPTY = 0x40;

/** Bytes under construction. */
export class Bytes {
  list: number[] = [];

  byte(value: number): void {
    this.list.push(value);
  }
  u32(value: number): void {
    let rest = value;
    for (; rest >= 128; rest >>>= 7) this.list.push((rest & 127) | 128);
    this.list.push(rest);
  }
  s32(value: number): void {
    let rest = value;
    for (; rest < -64 || rest > 63; rest >>= 7) this.list.push((rest & 127) | 128);
    this.list.push(rest & 127);
  }
  append(bytes: readonly number[]): void {
    for (const byte of bytes) this.list.push(byte);
  }
  /** A vector of bytes: its length comes first. */
  sized(bytes: readonly number[]): void {
    this.u32(bytes.length);
    this.append(bytes);
  }
  text(value: string): void {
    // Names in a module are ASCII.
    this.sized(Array.from(value, (letter) => letter.charCodeAt(0)));
  }
}

/** The body of one function. Locals are numbered after its parameters; freed vector locals are taken again. */
export class Body {
  readonly code = new Bytes();
  readonly #params: number;
  readonly #locals: number[] = [];
  readonly #free: number[] = [];

  constructor(params: number) {
    this.#params = params;
  }

  i32Local(): number {
    return this.#params + this.#locals.push(I32) - 1;
  }
  v128Local(): number {
    return this.#free.pop() ?? this.#params + this.#locals.push(V128) - 1;
  }
  release(local: number): void {
    this.#free.push(local);
  }

  get(local: number): void {
    this.code.byte(0x20);
    this.code.u32(local);
  }
  set(local: number): void {
    this.code.byte(0x21);
    this.code.u32(local);
  }
  tee(local: number): void {
    this.code.byte(0x22);
    this.code.u32(local);
  }
  i32(value: number): void {
    this.code.byte(0x41);
    this.code.s32(value);
  }
  i32Add(): void {
    this.code.byte(0x6a);
  }
  i32Mul(): void {
    this.code.byte(0x6c);
  }
  i32Load(offset: number): void {
    this.code.byte(0x28);
    this.code.u32(2);
    this.code.u32(offset);
  }
  i32Shl(bits: number): void {
    this.i32(bits);
    this.code.byte(0x74);
  }
  /** a > b, signed. */
  i32Greater(): void {
    this.code.byte(0x4a);
  }
  /** Of the two values below the condition: the first if it holds. */
  choose(): void {
    this.code.byte(0x1b);
  }
  /** local += amount */
  advance(local: number, amount: number): void {
    this.get(local);
    this.i32(amount);
    this.i32Add();
    this.set(local);
  }
  /** Pushes local + stride * index, `stride` being a local too. */
  element(local: number, stride: number, index: number): void {
    this.get(local);
    this.get(stride);
    this.i32(index);
    this.i32Mul();
    this.i32Add();
  }
  call(index: number): void {
    this.code.byte(0x10);
    this.code.u32(index);
  }
  block(kind: "loop" | "if", inner: () => void, otherwise?: () => void): void {
    this.code.byte(kind === "loop" ? 3 : 4);
    this.code.byte(EMPTY);
    inner();
    if (otherwise) {
      this.code.byte(5);
      otherwise();
    }
    this.code.byte(0x0b);
  }
  branchIf(depth: number): void {
    this.code.byte(0x0d);
    this.code.u32(depth);
  }
  simd(op: number): void {
    this.code.byte(0xfd);
    this.code.u32(op);
  }
  /** A vector load or store; `lane` for the instructions that take one. Addresses need only the alignment of a double. */
  memory(op: number, offset: number, lane?: number): void {
    this.simd(op);
    this.code.u32(3);
    this.code.u32(offset);
    if (lane !== undefined) this.code.byte(lane);
  }
  /** The second lane of the vector on the stack becomes 0. */
  firstLane(): void {
    this.simd(SIMD.constant);
    for (let i = 0; i < 16; i++) this.code.byte(i < 8 ? 255 : 0);
    this.simd(SIMD.and);
  }
  /** Of vectors a, b on the stack: [a0, b0] for "low", [a1, b1] for "high". */
  zip(half: "low" | "high"): void {
    this.simd(SIMD.shuffle);
    const from = half === "low" ? 0 : 8;
    for (let i = 0; i < 8; i++) this.code.byte(from + i);
    for (let i = 0; i < 8; i++) this.code.byte(16 + from + i);
  }

  /** Locals in runs of one type, then the code. */
  done(): number[] {
    const runs: [number, number][] = [];
    for (const type of this.#locals) {
      const last = runs[runs.length - 1];
      if (last && last[1] === type) last[0]++;
      else runs.push([1, type]);
    }
    const out = new Bytes();
    out.u32(runs.length);
    for (const [count, type] of runs) {
      out.u32(count);
      out.byte(type);
    }
    out.append(this.code.list);
    out.byte(0x0b);
    return out.list;
  }
}

export interface ImportedFunction {
  readonly module: string;
  readonly name: string;
  /** How many i32 it takes; it returns nothing. */
  readonly params: number;
}

/** A module over an imported memory: functions of i32 without results. Imported functions come first in the numbering. */
export class ModuleWriter {
  readonly #imports: ImportedFunction[] = [];
  readonly #bodies: Body[] = [];
  readonly #arity: number[] = [];
  readonly #exports: [string, number][] = [];

  import(fn: ImportedFunction): number {
    const known = this.#imports.findIndex((i) => i.module === fn.module && i.name === fn.name);
    if (known >= 0) return known;
    if (this.#bodies.length > 0) throw new Error("imports come before functions");
    return this.#imports.push(fn) - 1;
  }

  add(body: Body, params: number, exported?: string): number {
    this.#arity.push(params);
    const index = this.#imports.length + this.#bodies.push(body) - 1;
    if (exported !== undefined) this.#exports.push([exported, index]);
    return index;
  }

  done(): Uint8Array<ArrayBuffer> {
    const arities = [...new Set([...this.#imports.map((i) => i.params), ...this.#arity])];
    const out = new Bytes();
    out.append([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    const section = (id: number, count: number, fill: (s: Bytes) => void): void => {
      const inner = new Bytes();
      inner.u32(count);
      fill(inner);
      out.byte(id);
      out.sized(inner.list);
    };
    section(1, arities.length, (s) => {
      for (const arity of arities) {
        s.byte(0x60);
        s.u32(arity);
        for (let i = 0; i < arity; i++) s.byte(I32);
        s.u32(0);
      }
    });
    section(2, 1 + this.#imports.length, (s) => {
      s.text("env");
      s.text("memory");
      s.append([2, 0, 0]);
      for (const { module, name, params } of this.#imports) {
        s.text(module);
        s.text(name);
        s.byte(0);
        s.u32(arities.indexOf(params));
      }
    });
    section(3, this.#bodies.length, (s) => {
      for (const arity of this.#arity) s.u32(arities.indexOf(arity));
    });
    section(7, this.#exports.length, (s) => {
      for (const [name, index] of this.#exports) {
        s.text(name);
        s.byte(0);
        s.u32(index);
      }
    });
    section(10, this.#bodies.length, (s) => {
      for (const body of this.#bodies) s.sized(body.done());
    });
    return new Uint8Array(out.list);
  }
}
