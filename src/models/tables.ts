// The constants of the elementary functions. Their tables are computed in integers of many bits when they are first needed:
// as text they would be the most of it. Places are in assembly/models/layout.ts; tests compare every bit with mpmath's.

import { fromLetters } from "../runtime/letters.js";
import { SPLATS } from "./constants.js";

/** Bits after the point; the tables need 106. */
const POINT = 128n;
const LIMBS = 39;
/** Bits after the point for 2/pi. */
const FAR = 1300n;

/** The sum of z^k/k over odd k, of alternating signs or not: atan(z) or artanh(z), for z = a/b. */
function oddSeries(a: bigint, b: bigint, sign: 1n | -1n, point: bigint): bigint {
  const square = sign * a * a;
  const divisor = b * b;
  let sum = 0n;
  for (let term = (a << point) / b, k = 1n; term !== 0n; k += 2n) {
    sum += term / k;
    term = (term * square) / divisor;
  }
  return sum;
}

/** The largest integer whose square is at most n, from a start above it. */
function root(n: bigint, start: bigint): bigint {
  for (let x = start; ; ) {
    const next = (x + n / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

/** A double with `bits` bits after the point, and the rest. */
function parts(value: bigint, bits: bigint): [number, number] {
  const head = ((value >> (POINT - bits - 1n)) + 1n) >> 1n;
  return [Number(head) / Number(1n << bits), Number(value - (head << (POINT - bits))) * 2 ** -128];
}

/** 2^(j/64), j = 0..63. */
function exponentials(): number[] {
  let step = 2n << POINT;
  for (let i = 0; i < 6; i++) step = root(step << POINT, step);
  const out: number[] = [];
  for (let j = 0, value = 1n << POINT; j < 64; j++, value = (value * step) >> POINT)
    out.push(...parts(value, 52n));
  return out;
}

/** For 64 intervals from 0.69140625 to twice that: q near 1 over the middle, with 10 bits, -log(q), and 0. */
function logarithms(): number[] {
  const edge = (i: number): number => (i < 39.5 ? (88.5 + i) / 128 : (24.5 + i) / 64);
  return Array.from({ length: 64 }, (_, i) => {
    const q = i === 39 ? 1024 : Math.round(2048 / (edge(i) + edge(i + 1)));
    const log = 2n * oddSeries(BigInt(1024 - q), BigInt(1024 + q), 1n, POINT);
    return [q / 1024, ...parts(log, 42n), 0];
  }).flat();
}

/** atan(j/16), j = 0..16, from the differences of neighbours. */
function arcs(): number[] {
  const out = [0, 0];
  for (let j = 1n, value = 0n; j <= 16n; j++) {
    value += oddSeries(16n, 256n + j * (j - 1n), -1n, POINT);
    out.push(...parts(value, 42n));
  }
  return out;
}

/** Two zeros, then 2/pi in limbs of 32 bits; pi by J. Machin's formula. */
function twoOverPi(): number[] {
  const pi = 16n * oddSeries(1n, 5n, -1n, FAR) - 4n * oddSeries(1n, 239n, -1n, FAR);
  const ratio = (2n << (FAR + 32n * BigInt(LIMBS))) / pi;
  const limb = (i: number): number => Number(BigInt.asUintN(32, ratio >> (32n * BigInt(LIMBS - 1 - i))));
  return [0, 0, ...Array.from({ length: LIMBS }, (_, i) => limb(i))];
}

/** All tables in the order of the layout. */
export const makeTables = (): number[] => [...exponentials(), ...logarithms(), ...arcs(), ...twoOverPi()];

/** Writes the block into `target`, of ELEMENTARY_BYTES / 8 numbers: splats twice each, then the tables. It is read-only then. */
export function fillElementary(target: Float64Array): void {
  const splats = new Float64Array(fromLetters(SPLATS).buffer);
  splats.forEach((value, i) => {
    target.fill(value, 2 * i, 2 * i + 2);
  });
  target.set(makeTables(), 2 * splats.length);
}
