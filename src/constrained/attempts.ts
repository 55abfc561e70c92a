// What is tried for a convex program, in which order, and how exactly.

import { Admm } from "./admm.js";
import type { AttemptOptions } from "./attempt.js";
import { Pdhg } from "./pdhg.js";

export type MethodName = "interiorPoint" | "admm" | "pdhg" | "activeSet" | "simplex";

/** An attempt that ends above this makes infeasibility likely. */
export const FAR = 1e-4;
/** Attempts: the first is the fast one; the others differ in what rounding does to them. */
const INTERIOR: readonly AttemptOptions[] = [
  { presolve: true, shift: { x: 1e-8, y: 1e-8 } },
  { presolve: true, shift: { x: 1e-10, y: 1e-8 } },
  { presolve: true, shift: { x: 1e-9, y: 1e-9 } },
  { presolve: false, shift: { x: 1e-8, y: 1e-8 } },
];

/** The same for the programs whose solutions are proofs. */
export const PROOFS: readonly AttemptOptions[] = [
  { presolve: false, shift: { x: 1e-8, y: 1e-8 } },
  { presolve: true, shift: { x: 1e-10, y: 1e-8 } },
  { presolve: true, shift: { x: 1e-12, y: 1e-8 } },
];

export const ATTEMPTS: Record<MethodName, readonly AttemptOptions[]> = {
  activeSet: INTERIOR,
  interiorPoint: INTERIOR,
  admm: [{ presolve: true, engine: (p, runtime) => new Admm(p, runtime) }],
  pdhg: [{ presolve: true, engine: (p) => new Pdhg(p) }],
  simplex: [],
};
/** Where the caller does not say: the tolerance, what is reached where rounding allows it, and the iterations. */
export const DEFAULTS: Record<MethodName, readonly [number, number, number]> = {
  interiorPoint: [1e-6, 1e-10, 1000],
  activeSet: [1e-6, 1e-10, 50_000],
  admm: [1e-6, 1e-6, 20_000],
  pdhg: [1e-6, 1e-7, 400_000],
  simplex: [1e-6, 1e-10, 200_000],
};
