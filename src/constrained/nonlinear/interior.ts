// The inner point of the interior-point method: slacks of the inequality rows and the multipliers of all sides, with the
// barrier, its slope and the steps that stay inside.

import { log } from "../../runtime/elementary.js";
import type { NewtonSystem } from "./newton-system.js";
import { copyPoint, type Point } from "./point.js";
import type { ProgramSolve } from "./solve.js";

/** How far a start is pushed from a side: this share of max(1, |side|), or of the width (section 3.6). */
const PUSH = 1e-2;
/** z stays within [mu / (k d), k mu / d] of its primal value (16). */
const KAPPA = 1e10;
/** No step is longer than so many times max(1, |x|): almost no curvature says nothing about so far away. */
const FARTHEST = 100;
/** Price of the distance from a bound whose opposite there is not, over mu: else nothing holds a variable without influence (section 3.7). */
const DAMPING = 1e-5;

export class Interior {
  readonly solve: ProgramSolve;
  /** Rows with a slack: those that are no equalities. */
  readonly slack: Uint8Array;
  readonly s: Float64Array;
  readonly sTrial: Float64Array;
  /** Multipliers of lower and upper sides, of the variables and of the slacks. */
  readonly zl: Float64Array;
  readonly zu: Float64Array;
  readonly vl: Float64Array;
  readonly vu: Float64Array;
  readonly fixed: Uint8Array;
  /** Finite sides; at least 1. */
  readonly count: number;
  readonly #rest: Float64Array;

  constructor(solve: ProgramSolve) {
    const { n, m, lower, upper } = solve;
    const { rowLower, rowUpper } = solve.evaluator.program;
    this.solve = solve;
    this.#rest = new Float64Array(n);
    this.slack = Uint8Array.from(rowLower, (lo, i) => +(lo !== rowUpper[i]));
    this.fixed = Uint8Array.from(lower, (lo, j) => +(lo === upper[j]));
    this.s = new Float64Array(m);
    this.sTrial = new Float64Array(m);
    this.zl = new Float64Array(n);
    this.zu = new Float64Array(n);
    this.vl = new Float64Array(m);
    this.vu = new Float64Array(m);
    let count = 0;
    for (let j = 0; j < n; j++)
      if (!this.fixed[j]) count += +(lower[j]! > -Infinity) + +(upper[j]! < Infinity);
    for (let i = 0; i < m; i++)
      if (this.slack[i]) count += +(rowLower[i]! > -Infinity) + +(rowUpper[i]! < Infinity);
    this.count = Math.max(1, count);
  }

  get #rowLower(): Float64Array {
    return this.solve.evaluator.scaledLower;
  }
  get #rowUpper(): Float64Array {
    return this.solve.evaluator.scaledUpper;
  }

  /** The start moves away from its bounds (section 3.6). */
  pushInside(): void {
    const { n, here, lower, upper } = this.solve;
    for (let j = 0; j < n; j++) here.x[j] = inside(here.x[j]!, lower[j]!, upper[j]!);
  }

  start(mu: number): void {
    const { m, here } = this.solve;
    for (let i = 0; i < m; i++)
      if (this.slack[i]) this.s[i] = inside(here.c[i]!, this.#rowLower[i]!, this.#rowUpper[i]!);
    this.resetDuals(mu);
  }

  /** Multipliers of all sides from the barrier alone, at most 1000. */
  resetDuals(mu: number): void {
    const { n, m, here, lower, upper } = this.solve;
    const dual = (d: number): number => (d < Infinity ? Math.min(Math.max(mu / d, 1e-8), 1e3) : 0);
    for (let j = 0; j < n; j++) {
      this.zl[j] = this.fixed[j] ? 0 : dual(here.x[j]! - lower[j]!);
      this.zu[j] = this.fixed[j] ? 0 : dual(upper[j]! - here.x[j]!);
    }
    for (let i = 0; i < m; i++) {
      this.vl[i] = this.slack[i] ? dual(this.s[i]! - this.#rowLower[i]!) : 0;
      this.vu[i] = this.slack[i] ? dual(this.#rowUpper[i]! - this.s[i]!) : 0;
    }
  }

  /** After x was moved by others: back inside, with slacks that follow the rows. */
  follow(mu: number): void {
    const { m, n, here, lower, upper } = this.solve;
    for (let j = 0; j < n; j++) {
      if (this.fixed[j]) continue;
      // Only as far as the barrier parameter asks for: the values at x stay true enough for the slacks.
      const edge = Math.min(mu, 1e-8) * Math.max(1, Math.abs(here.x[j]!));
      const room = Math.min(edge, (upper[j]! - lower[j]!) / 4);
      here.x[j] = Math.min(Math.max(here.x[j]!, lower[j]! + room), upper[j]! - room);
    }
    for (let i = 0; i < m; i++) {
      if (!this.slack[i]) continue;
      const [lo, up] = [this.#rowLower[i]!, this.#rowUpper[i]!];
      const room = Math.min(Math.min(mu, 1e-2), (up - lo) / 4);
      this.s[i] = Math.min(Math.max(here.c[i]!, lo + room), up - room);
    }
  }

  /** z = zl - zu. */
  combine(z: Float64Array): void {
    for (let j = 0; j < z.length; j++) z[j] = this.zl[j]! - this.zu[j]!;
  }

  /** What row i misses: its equality, or its slack. */
  row(p: Point, s: Float64Array, i: number): number {
    return p.c[i]! - (this.slack[i] ? s[i]! : this.#rowLower[i]!);
  }

  thetaOf(p: Point, s: Float64Array): number {
    let t = 0;
    for (let i = 0; i < this.solve.m; i++) t += Math.abs(this.row(p, s, i));
    return t;
  }

  theta(p: Point): number {
    return this.thetaOf(p, this.s);
  }

  /** f - mu sum log of all distances (3a). */
  barrier(p: Point, s: Float64Array, mu: number): number {
    const { n, m, lower, upper } = this.solve;
    let t = 0;
    const take = (d: number): void => {
      if (d < Infinity) t += d > 0 ? log(d) : -Infinity;
    };
    for (let j = 0; j < n; j++) {
      if (this.fixed[j]) continue;
      take(p.x[j]! - lower[j]!);
      take(upper[j]! - p.x[j]!);
      t -= this.damping(j) * p.x[j]!;
    }
    for (let i = 0; i < m; i++) {
      if (!this.slack[i]) continue;
      take(s[i]! - this.#rowLower[i]!);
      take(this.#rowUpper[i]! - s[i]!);
    }
    return p.f - mu * t;
  }

  /** Over mu, the slope that keeps x_j near its only bound. */
  damping(j: number): number {
    const { lower, upper } = this.solve;
    return DAMPING * (+(lower[j]! > -Infinity) - +(upper[j]! < Infinity));
  }

  /** Of the barrier function along a step. */
  slope(dx: Float64Array, ds: Float64Array, mu: number): number {
    const { n, m, here, lower, upper } = this.solve;
    let t = 0;
    for (let j = 0; j < n; j++)
      t +=
        (here.g[j]! + mu * this.damping(j) - mu / (here.x[j]! - lower[j]!) + mu / (upper[j]! - here.x[j]!)) *
          (this.fixed[j] ? 0 : 1) *
          dx[j]! || 0;
    for (let i = 0; i < m; i++)
      if (this.slack[i])
        t += (mu / (this.#rowUpper[i]! - this.s[i]!) - mu / (this.s[i]! - this.#rowLower[i]!)) * ds[i]!;
    return t;
  }

  /** The longest step of at most 1 that keeps 1 - tau of every distance (15a). */
  longest(dx: Float64Array, ds: Float64Array, tau: number): number {
    const { n, m, here, lower, upper } = this.solve;
    let alpha = 1;
    const take = (distance: number, d: number): void => {
      if (d < 0 && -d * alpha > tau * distance) alpha = (tau * distance) / -d;
    };
    let size = 1;
    let step = 0;
    for (let j = 0; j < n; j++) {
      size = Math.max(size, Math.abs(here.x[j]!));
      step = Math.max(step, Math.abs(dx[j]!));
    }
    if (step > FARTHEST * size) alpha = (FARTHEST * size) / step;
    for (let j = 0; j < n; j++) {
      if (this.fixed[j]) continue;
      take(here.x[j]! - lower[j]!, dx[j]!);
      take(upper[j]! - here.x[j]!, -dx[j]!);
    }
    for (let i = 0; i < m; i++) {
      if (!this.slack[i]) continue;
      take(this.s[i]! - this.#rowLower[i]!, ds[i]!);
      take(this.#rowUpper[i]! - this.s[i]!, -ds[i]!);
    }
    return alpha;
  }

  /** Steps of the multipliers into the system's own vectors, and the longest of them (15b). */
  longestDual(mu: number, system: NewtonSystem, tau: number): number {
    const { n, m, here, lower, upper } = this.solve;
    let alpha = 1;
    const dual = (z: number, distance: number, d: number): number => {
      if (!(distance < Infinity)) return 0;
      const dz = mu / distance - z - (z / distance) * d;
      if (dz < 0 && -dz * alpha > tau * z) alpha = (tau * z) / -dz;
      return dz;
    };
    for (let j = 0; j < n; j++) {
      if (this.fixed[j]) continue;
      system.dzl[j] = dual(this.zl[j]!, here.x[j]! - lower[j]!, system.dx[j]!);
      system.dzu[j] = dual(this.zu[j]!, upper[j]! - here.x[j]!, -system.dx[j]!);
    }
    for (let i = 0; i < m; i++) {
      if (!this.slack[i]) continue;
      system.dvl[i] = dual(this.vl[i]!, this.s[i]! - this.#rowLower[i]!, system.ds[i]!);
      system.dvu[i] = dual(this.vu[i]!, this.#rowUpper[i]! - this.s[i]!, -system.ds[i]!);
    }
    return alpha;
  }

  isTiny(dx: Float64Array, ds: Float64Array, share: number): boolean {
    const { n, m, here } = this.solve;
    for (let j = 0; j < n; j++) if (!(Math.abs(dx[j]!) <= share * (1 + Math.abs(here.x[j]!)))) return false;
    for (let i = 0; i < m; i++)
      if (this.slack[i] && !(Math.abs(ds[i]!) <= share * (1 + Math.abs(this.s[i]!)))) return false;
    return this.theta(here) <= 1e-4;
  }

  place(dx: Float64Array, ds: Float64Array, alpha: number): void {
    const { n, m, here, there, lower, upper } = this.solve;
    for (let j = 0; j < n; j++) {
      const x = here.x[j]! + (this.fixed[j] ? 0 : alpha * dx[j]!);
      there.x[j] = Math.min(Math.max(x, lower[j]!), upper[j]!);
    }
    for (let i = 0; i < m; i++) this.sTrial[i] = this.s[i]! + alpha * ds[i]!;
  }

  /** The trial's slacks are those of the point; multipliers move by alpha and stay near their primal values. */
  accept(alpha: number, mu: number, { dzl, dzu, dvl, dvu }: NewtonSystem): void {
    const { n, m, here, lower, upper } = this.solve;
    this.s.set(this.sTrial);
    const near = (z: number, distance: number): number =>
      distance < Infinity ? Math.max(Math.min(z, (KAPPA * mu) / distance), mu / (KAPPA * distance)) : 0;
    for (let j = 0; j < n; j++) {
      if (this.fixed[j]) continue;
      this.zl[j] = near(this.zl[j]! + alpha * dzl[j]!, here.x[j]! - lower[j]!);
      this.zu[j] = near(this.zu[j]! + alpha * dzu[j]!, upper[j]! - here.x[j]!);
    }
    for (let i = 0; i < m; i++) {
      if (!this.slack[i]) continue;
      this.vl[i] = near(this.vl[i]! + alpha * dvl[i]!, this.s[i]! - this.#rowLower[i]!);
      this.vu[i] = near(this.vu[i]! + alpha * dvu[i]!, this.#rowUpper[i]! - this.s[i]!);
    }
  }

  /** E_mu (5): stationarity, rows, complementarity, the first and the last relative to the multipliers. */
  error(mu: number): number {
    const { n, m, here, lower, upper, y } = this.solve;
    let sum = 0;
    for (let i = 0; i < m; i++) sum += Math.abs(y[i]!) + this.vl[i]! + this.vu[i]!;
    let bounds = 0;
    for (let j = 0; j < n; j++) bounds += this.zl[j]! + this.zu[j]!;
    const size = Math.max(100, (sum + bounds) / (n + 2 * m)) / 100;
    let worst = 0;
    const rest = this.#rest;
    for (let j = 0; j < n; j++) rest[j] = here.g[j]! + mu * this.damping(j) - this.zl[j]! + this.zu[j]!;
    this.solve.subtractRows(here, y, rest);
    for (let j = 0; j < n; j++) if (!this.fixed[j]) worst = Math.max(worst, Math.abs(rest[j]!) / size);
    let rows = 0;
    for (let i = 0; i < m; i++) {
      rows = Math.max(rows, Math.abs(this.row(here, this.s, i)));
      if (this.slack[i]) worst = Math.max(worst, Math.abs(y[i]! - this.vl[i]! + this.vu[i]!) / size);
    }
    const pair = (z: number, distance: number): void => {
      if (distance < Infinity) worst = Math.max(worst, Math.abs(z * distance - mu) / size);
    };
    for (let j = 0; j < n; j++) {
      if (this.fixed[j]) continue;
      pair(this.zl[j]!, here.x[j]! - lower[j]!);
      pair(this.zu[j]!, upper[j]! - here.x[j]!);
    }
    for (let i = 0; i < m; i++) {
      if (!this.slack[i]) continue;
      pair(this.vl[i]!, this.s[i]! - this.#rowLower[i]!);
      pair(this.vu[i]!, this.#rowUpper[i]! - this.s[i]!);
    }
    return Math.max(worst, rows);
  }

  /** The trial with its own copy, for who needs to keep it. */
  keep(p: Point): void {
    copyPoint(this.solve.there, p);
  }
}

function inside(v: number, lo: number, up: number): number {
  if (lo === up) return lo;
  const pushLow = Math.min(PUSH * Math.max(1, Math.abs(lo)), PUSH * (up - lo));
  const pushHigh = Math.min(PUSH * Math.max(1, Math.abs(up)), PUSH * (up - lo));
  const low = lo === -Infinity ? lo : lo + pushLow;
  const high = up === Infinity ? up : up - pushHigh;
  return Math.min(Math.max(v, low), high);
}
