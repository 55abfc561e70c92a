// Quasi-Newton methods: lbfgs (Liu and Nocedal 1989) and bfgs. The kernel that takes a step in also makes the next
// direction and its unit trial, so an iteration whose first trial is accepted is two calls into WASM.

import * as S from "../../abi/smooth.js";
import { S_COUNT, S_HEAD, S_SLOPE } from "../../abi/smooth.js";
import { checkKeys, numberOption, optionError } from "../../runtime/options.js";
import { type Solve, UNBOUNDED } from "../solve.js";
import { BoxLimitedMemory, boxVectors, rowLength } from "./box.js";
import { BoxFullMemory, boxNewtonVectors } from "./box-newton.js";
import { DIRECTOR_SLOTS, type Director, descent } from "./descent.js";
import { PRECONDITIONED_SLOTS, Preconditioned, type Preconditioner } from "./preconditioned.js";
import { LbfgsTurns, type TurnDirector } from "./turns.js";
import {
  configured,
  type MethodDefinition,
  type MinimizeMethod,
  makeSearch,
  readSearch,
  type SearchOptions,
  type SearchValues,
  searchKeys,
} from "./types.js";

export interface LbfgsOptions extends SearchOptions {
  /** Pairs of steps and gradient changes kept. Default 10, or 2 n + 2 where that is less. */
  memory?: number | undefined;
  /**
   * Fills `out` with P g, where P is symmetric, positive definite and near the inverse Hessian, in any unit; without bounds. Such as
   * the inverse of the Hessian's diagonal, or a solve with an incomplete factor.
   */
  preconditioner?: Preconditioner | undefined;
}

abstract class QuasiNewton implements Director {
  slope = 0;
  readonly first = 1;
  readonly longest = UNBOUNDED;
  ready = NaN;
  protected readonly solve: Solve;
  protected readonly d: number;

  constructor(solve: Solve) {
    this.solve = solve;
    this.d = solve.address("d");
  }

  /** `there` no longer holds the unit trial: another search has been there. */
  stale = false;

  direct(): null {
    const { s, n, kernels, here } = this.solve;
    const modelled = s[S_COUNT] !== 0;
    this.ready = modelled && !this.stale ? 1 : NaN;
    this.stale = false;
    this.slope = modelled ? s[S_SLOPE]! : kernels.steepest(n, this.solve.reach, here.gp, this.d);
    return null;
  }

  abstract advance(stop: number): void;

  forget(): boolean {
    const { s } = this.solve;
    if (s[S_COUNT] === 0) return false;
    s[S_COUNT] = s[S_HEAD] = 0;
    return true;
  }
}

class LimitedMemory extends QuasiNewton implements TurnDirector {
  readonly #m: number;
  readonly #ld: number;
  readonly #S: number;
  readonly #Y: number;
  readonly #rho: number;
  readonly #alpha: number;

  constructor(solve: Solve, m: number) {
    super(solve);
    this.#m = m;
    this.#ld = rowLength(solve.n);
    this.#S = solve.address("S");
    this.#Y = solve.address("Y");
    this.#rho = solve.address("rho");
    this.#alpha = solve.address("alpha");
  }

  frame(slots: Int32Array): void {
    slots[S.T_N] = this.solve.n;
    slots[S.T_M] = this.#m;
    slots[S.T_LD] = this.#ld;
    slots[S.T_D] = this.d;
    slots[S.T_S] = this.#S;
    slots[S.T_Y] = this.#Y;
    slots[S.T_RHO] = this.#rho;
    slots[S.T_ALPHA] = this.#alpha;
  }

  advance(stop: number): void {
    const { here, there, n, kernels, state } = this.solve;
    kernels.lbfgsStep(
      n,
      this.#m,
      this.#ld,
      here.xp,
      here.gp,
      there.xp,
      there.gp,
      this.d,
      this.#S,
      this.#Y,
      this.#rho,
      this.#alpha,
      state,
      stop,
    );
  }
}

class FullMemory extends QuasiNewton {
  readonly #H: number;
  readonly #s: number;
  readonly #y: number;
  readonly #u: number;

  constructor(solve: Solve) {
    super(solve);
    this.#H = solve.address("H");
    this.#s = solve.address("dx");
    this.#y = solve.address("dg");
    this.#u = solve.address("Hy");
  }

  advance(stop: number): void {
    const { here, there, n, kernels, state } = this.solve;
    kernels.bfgsStep(
      n,
      here.xp,
      here.gp,
      there.xp,
      there.gp,
      this.d,
      this.#H,
      this.#s,
      this.#y,
      this.#u,
      state,
      stop,
    );
  }
}

/** Of 19 standard problems those with n <= 3 take no more evaluations with 2 n + 2 pairs than with 10. */
const pairs = (n: number, memory: number): number => memory || Math.min(10, 2 * n + 2);

type LbfgsValues = SearchValues & { readonly memory: number };

const lbfgsDefinition: MethodDefinition<LbfgsValues> = {
  name: "lbfgs",
  search: true,
  bounds: true,
  vectors(n, o, bounded) {
    const m = pairs(n, o.memory);
    const history = m * rowLength(n);
    const box = bounded ? boxVectors(n, m) : {};
    return { state: S.TURN_SLOTS, d: n, S: history, Y: history, rho: m, alpha: m, ...box };
  },
  i32: (n, _o, bounded) => (bounded ? { heap: n } : { frame: S.FRAME_SLOTS }),
  run(solve, o) {
    const m = pairs(solve.n, o.memory);
    if (solve.bounded) return descent(solve, makeSearch(o), new BoxLimitedMemory(solve, m));
    const director = new LimitedMemory(solve, m);
    const plain = o.lineSearch !== "moreThuente" || solve.tolerances.stepTol > 0;
    return plain ? descent(solve, makeSearch(o), director) : new LbfgsTurns(solve, o, director);
  },
};

/** The same with the caller's first approximation of the inverse Hessian; a function is no data, so it is part of the definition. */
const preconditionedBy = (
  preconditioner: Preconditioner,
): MethodDefinition<LbfgsValues & { readonly preconditioned: boolean }> => ({
  name: "lbfgs",
  search: true,
  vectors(n, o) {
    const m = pairs(n, o.memory);
    const history = m * rowLength(n);
    return { state: PRECONDITIONED_SLOTS, d: n, S: history, Y: history, rho: m, alpha: m, Pg: n, Py: n };
  },
  run: (solve, o) =>
    descent(solve, makeSearch(o), new Preconditioned(solve, pairs(solve.n, o.memory), preconditioner)),
});

/**
 * Limited-memory BFGS: O(n) memory and work an iteration. The default method; within bounds L-BFGS-B.
 *
 * @example
 * minimize(([x, y]) => (x - 1) ** 2 + 10 * (y - x) ** 2, [0, 0], { method: lbfgs({ memory: 20 }) }).x; // [1, 1]
 */
export function lbfgs(options: LbfgsOptions = {}): MinimizeMethod {
  checkKeys("lbfgs", options, [...searchKeys, "memory", "preconditioner"]);
  const memory = numberOption("lbfgs", "memory", options.memory, 0, { min: 1, max: 1000, integer: true });
  const { preconditioner } = options;
  if (preconditioner !== undefined && typeof preconditioner !== "function")
    throw optionError("lbfgs", "preconditioner", preconditioner, "a function (g, out) => void");
  const read = { ...readSearch("lbfgs", options, "moreThuente", 0.9), memory };
  if (!preconditioner) return configured(lbfgsDefinition, read);
  return configured(preconditionedBy(preconditioner), { ...read, preconditioned: true });
}

const bfgsDefinition: MethodDefinition<SearchValues> = {
  name: "bfgs",
  search: true,
  bounds: true,
  vectors: (n, _o, bounded, k) => ({
    state: DIRECTOR_SLOTS,
    d: n,
    ...(bounded ? boxNewtonVectors(n, k.newtonWork(n)) : { H: n * n, dx: n, dg: n, Hy: n }),
  }),
  i32: (n, _o, bounded) => (bounded ? { held: 2 * n } : {}),
  run: (solve, o) =>
    descent(solve, makeSearch(o), solve.bounded ? new BoxFullMemory(solve) : new FullMemory(solve)),
};

/**
 * BFGS with the inverse Hessian in full: n*n memory, fewest evaluations for small n. Within bounds the Hessian itself is kept, and
 * its model minimised over the box.
 *
 * @example
 * minimize(([x, y]) => (x - 1) ** 2 + 10 * (y - x) ** 2, [0, 0], { method: bfgs() }).x; // [1, 1]
 */
export function bfgs(options: SearchOptions = {}): MinimizeMethod {
  checkKeys("bfgs", options, searchKeys);
  return configured(bfgsDefinition, readSearch("bfgs", options, "moreThuente", 0.9));
}
