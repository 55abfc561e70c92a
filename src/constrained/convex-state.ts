// Saved runs of solveQP and solveLP: the numbers of the attempt that is under way. What came after its last step of its own (the search
// for a proof), and the active-set method, is taken again from there, to the bit.

import { DownhillError } from "../runtime/errors.js";
import { crc32, numbersToText, type Sealed, seal, textToNumbers, unseal } from "../runtime/saved.js";
import type { Program, Rows } from "./program.js";

const FORMAT = "downhill.convex";
const VERSION = 1;

/** An attempt between two of its steps, with the best point of the whole run. */
export interface Anchor {
  readonly attempt: number;
  readonly method: string;
  /** A proof had been looked for. */
  readonly sought: boolean;
  readonly counts: readonly [nit: number, nfev: number];
  /** Vectors in base64: the best x and y of the run, then those of the attempt. */
  readonly vectors: readonly string[];
}

/** A run of `iterateQP` or `iterateLP` between two iterations, as plain data. */
export interface ConvexState extends Sealed {
  readonly method: string;
  readonly n: number;
  readonly m: number;
  /** CRC-32 of the program's numbers. */
  readonly program: string;
  readonly counts: readonly [nit: number, nfev: number];
  /** Null: from the beginning. */
  readonly anchor: Anchor | null;
}

/** Of the numbers of a program. */
export function fingerprint({ P, q, A, l, u, lower, upper }: Program): string {
  const matrix = (M: Rows | null) => (M ? [M.rowPtr, M.colIdx, M.values] : []);
  let crc = 0;
  for (const part of [...matrix(P), q, ...matrix(A), l, u, lower, upper])
    crc = crc32(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), crc);
  return crc.toString(16).padStart(8, "0");
}

export const anchorVectors = (parts: readonly Float64Array[]): string[] => parts.map(numbersToText);

/** Null where they are not vectors of these lengths. */
export function readVectors(texts: readonly string[], lengths: readonly number[]): Float64Array[] | null {
  if (!Array.isArray(texts) || texts.length !== lengths.length) return null;
  const read = texts.map((text, i) => textToNumbers(text, lengths[i]!));
  return read.includes(null) ? null : (read as Float64Array[]);
}

export const sealConvex = (state: Omit<ConvexState, keyof Sealed>): ConvexState =>
  seal(FORMAT, VERSION, state) as ConvexState;

export const refusedState = (where: string, why: string): DownhillError =>
  new DownhillError("SNAPSHOT", `${where}: the state ${why}`, {
    hint: "give the same program and method as the run it was saved from",
  });

/** SNAPSHOT where it is damaged, or of another program or method. */
export function unsealConvex(where: string, given: unknown, method: string, program: Program): ConvexState {
  const state = unseal<ConvexState>(where, given, FORMAT, VERSION);
  if (state.method !== method) throw refusedState(where, `is of method ${state.method}, not ${method}`);
  if (state.n !== program.n || state.m !== program.m || state.program !== fingerprint(program))
    throw refusedState(where, `is of another program, with ${state.m} rows and ${state.n} variables`);
  return state;
}
