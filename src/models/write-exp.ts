// exp in line, step by step that of assembly/models/exponential.ts (Tang 1989), so both give the same bits. Vectors with a
// lane whose result could be subnormal or infinite, and NaN, go to the function itself, through 16 bytes of scratch.

import { OFFSETS } from "./constants.js";
import { type Body, SIMD } from "./wasm.js";

export interface ExpTarget {
  readonly body: Body;
  readonly relaxed: boolean;
  /** Local with the address of the elementary functions' table. */
  readonly table: number;
  /** Pushes the address of 16 bytes of scratch. */
  scratch(): void;
  /** Function index of exp. */
  imported(op: "exp"): number;
}

/** Replaces the vector on the stack by its exponential. */
export function writeExp({ body, relaxed, table, scratch, imported }: ExpTarget): void {
  const x = body.v128Local();
  const y = body.v128Local();
  const constant = (at: number): void => {
    body.get(table);
    body.memory(SIMD.load, at);
  };
  body.tee(x);
  body.simd(SIMD.abs);
  constant(OFFSETS.EXP_MAX);
  body.simd(SIMD.lt);
  body.simd(SIMD.allTrue);
  const fast = (): void => {
    writeFast(body, relaxed, table, x, constant);
    body.set(y);
  };
  const wide = (): void => {
    scratch();
    body.get(x);
    body.memory(SIMD.store, 0);
    body.get(table);
    body.i32(2);
    scratch();
    scratch();
    body.call(imported("exp"));
    scratch();
    body.memory(SIMD.load, 0);
    body.set(y);
  };
  body.block("if", fast, wide);
  body.get(y);
  body.release(x);
  body.release(y);
}

function writeFast(
  body: Body,
  relaxed: boolean,
  table: number,
  x: number,
  constant: (at: number) => void,
): void {
  const n = body.v128Local();
  const r = body.v128Local();
  const square = body.v128Local();
  const row = [body.i32Local(), body.i32Local()] as const;
  /** a b + c */
  const madd = (a: () => void, b: () => void, c: () => void): void => {
    if (!relaxed) c();
    a();
    b();
    if (relaxed) c();
    if (!relaxed) body.simd(SIMD.mul);
    body.simd(relaxed ? SIMD.madd : SIMD.add);
  };
  /** c - a b */
  const nmadd = (a: () => void, b: () => void, c: () => void): void => {
    if (!relaxed) c();
    a();
    b();
    if (relaxed) c();
    if (!relaxed) body.simd(SIMD.mul);
    body.simd(relaxed ? SIMD.nmadd : SIMD.sub);
  };
  const local = (index: number) => (): void => body.get(index);
  const at = (offset: number) => (): void => constant(offset);

  madd(local(x), at(OFFSETS.EXP_INV), at(OFFSETS.MAGIC));
  body.tee(n);
  constant(OFFSETS.MAGIC);
  body.simd(SIMD.sub);
  body.set(square); // n as a double, for the reduction only
  const first = (): void => nmadd(local(square), at(OFFSETS.EXP_STEP_HI), local(x));
  nmadd(local(square), at(OFFSETS.EXP_STEP_LO), first);
  body.tee(r);
  body.get(r);
  body.simd(SIMD.mul);
  body.set(square);
  // r + r^2 (e0 + e1 r + r^2 (e2 + e3 r))
  const low = (): void => madd(at(OFFSETS.EXP1), local(r), at(OFFSETS.EXP0));
  const high = (): void => madd(at(OFFSETS.EXP3), local(r), at(OFFSETS.EXP2));
  madd(local(square), () => madd(high, local(square), low), local(r));
  body.set(r);
  for (const lane of [0, 1] as const) {
    body.get(n);
    body.lane(SIMD.laneI32, 2 * lane);
    body.i32(63);
    body.i32And();
    body.i32Shl(4);
    body.get(table);
    body.i32Add();
    body.set(row[lane]);
  }
  const rows = (half: "low" | "high"): void => {
    for (const address of row) {
      body.get(address);
      body.memory(SIMD.load, OFFSETS.EXP_TABLE);
    }
    body.zip(half);
  };
  rows("low");
  body.tee(square);
  madd(local(square), local(r), () => rows("high"));
  body.simd(SIMD.add);
  body.get(n);
  body.i32(6);
  body.simd(SIMD.shr);
  body.i32(52);
  body.simd(SIMD.shl);
  body.simd(SIMD.addI64);
  for (const used of [n, r, square]) body.release(used);
}
