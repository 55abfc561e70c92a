// The elastic net by coordinate descent over an active set, finished by solving the equations of the support, so that zeros
// are exact and the others are as good as the factorisation. J. Friedman, T. Hastie, R. Tibshirani, J. Stat. Softw. 33 (2010);
// the gap is that of the lasso on [A; sqrt(l2) I], M. Massias, A. Gramfort, J. Salmon, ICML 2018.

import { CHECK, ITERATION, type Measure } from "../../driver/task.js";
import { factorInPlace } from "../nonlinear/small-factor.js";
import { type Columns, dot } from "./columns.js";
import type { ProximalEnd, ProximalMethod, State } from "./task.js";

/** |Ax - b|^2 / 2 + l1 |x|_1 + l2 |x|^2 / 2. */
export interface Penalty {
  readonly l1: number;
  readonly l2: number;
}

/** The vectors of a run; x is where it starts and where it ends. */
export class NetState implements State {
  readonly x: Float64Array;
  readonly residual: Float64Array;
  /** A'r - l2 x. */
  readonly slope: Float64Array;
  readonly active: Uint8Array;
  fun = Infinity;
  stepNorm = 0;
  /** Objective less the dual one. */
  gap = Infinity;

  constructor(n: number, m: number) {
    this.x = new Float64Array(n);
    this.residual = new Float64Array(m);
    this.slope = new Float64Array(n);
    this.active = new Uint8Array(n);
  }
}

/** Objective, slope and gap at x, all computed anew. */
export function measureNet(c: Columns, { l1, l2 }: Penalty, state: NetState): void {
  const { m, n, b } = c;
  const { x, residual: r, slope } = state;
  r.set(b);
  let norm1 = 0;
  let norm2 = 0;
  for (let j = 0; j < n; j++) {
    if (x[j] === 0) continue;
    c.subtract(j, x[j]!, r);
    norm1 += Math.abs(x[j]!);
    norm2 += x[j]! * x[j]!;
  }
  let steepest = 0;
  for (let j = 0; j < n; j++) {
    slope[j] = c.along(j, r) - l2 * x[j]!;
    steepest = Math.max(steepest, Math.abs(slope[j]!));
  }
  const rr = dot(m, r, 0, r, 0);
  state.fun = rr / 2 + l1 * norm1 + (l2 * norm2) / 2;
  const scale = steepest <= l1 ? 1 : l1 / steepest;
  const dual = scale * dot(m, b, 0, r, 0) - (scale * scale * (rr + l2 * norm2)) / 2;
  state.gap = Math.max(0, state.fun - dual);
}

/** One pass over the coordinates, all or those of the active set; the largest change of a fitted value's length. */
function pass(c: Columns, { l1, l2 }: Penalty, { x, residual: r, active }: NetState, all: boolean): number {
  const { n, squares } = c;
  let largest = 0;
  for (let j = 0; j < n; j++) {
    if (!all && !active[j]) continue;
    const size = squares[j]!;
    if (size === 0) continue;
    const old = x[j]!;
    const rho = c.along(j, r) + size * old;
    const shrunk = rho > l1 ? rho - l1 : rho < -l1 ? rho + l1 : 0;
    const next = shrunk / (size + l2);
    if (next === old) continue;
    x[j] = next;
    active[j] = 1;
    c.subtract(j, next - old, r);
    largest = Math.max(largest, size * (next - old) * (next - old));
  }
  return largest;
}

/**
 * Newton steps on the support with its signs. A step that would turn a sign stops where the first coefficient is 0, which leaves the
 * support; the last one has two steps of refinement. H. Lee et al., Efficient sparse coding algorithms, NIPS 2006 (feature-sign). What
 * these steps may cost is bounded: while the support is still far too large, passes over the coordinates empty it sooner.
 */
function finish(c: Columns, penalty: Penalty, state: NetState): void {
  const { x, residual: r } = state;
  const support: number[] = [];
  for (let j = 0; j < c.n; j++) if (x[j] !== 0) support.push(j);
  if (support.length > LARGEST_SUPPORT) return;
  let left = Math.max(LEAST_WORK, PASSES * c.m * c.n);
  while (support.length > 0) {
    const k = support.length;
    left -= k * k * (c.m / 2 + k / 6);
    if (left < 0) return;
    const L = new Float64Array(k * k);
    let size = 0;
    for (let a = 0; a < k; a++) {
      for (let e = 0; e <= a; e++) L[a * k + e] = c.inner(support[a]!, support[e]!);
      L[a * k + a]! += penalty.l2;
      size = Math.max(size, L[a * k + a]!);
    }
    const gram = L.slice();
    if (!factorInPlace(k, L, 1e-13 * size)) {
      // Columns that depend on each other: a step that is only nearly Newton's still falls.
      L.set(gram);
      for (let a = 0; a < k; a++) L[a * k + a]! += 1e-8 * size;
      if (!factorInPlace(k, L, 0)) return;
    }
    let alpha = newtonOn(c, penalty, state, support, L);
    if (alpha === 1) {
      for (let round = 0; round < 2 && alpha === 1; round++) alpha = newtonOn(c, penalty, state, support, L);
      if (alpha === 1) return;
    }
    for (let a = k - 1; a >= 0; a--) {
      const j = support[a]!;
      if (x[j] !== 0) continue;
      support.splice(a, 1);
    }
    if (support.length === k) return;
    r.set(c.b);
    for (const j of support) c.subtract(j, x[j]!, r);
  }
}

/** One step: 1 where it was taken in full, 0 where a coefficient became 0 before. */
function newtonOn(
  c: Columns,
  { l1, l2 }: Penalty,
  { x, residual: r }: NetState,
  support: readonly number[],
  L: Float64Array,
): number {
  const k = support.length;
  // g = A_S'r - l2 x_S - l1 sign: minus the gradient; then the Newton step.
  const g = Float64Array.from(support, (j) => c.along(j, r) - l2 * x[j]! - l1 * Math.sign(x[j]!));
  for (let a = 0; a < k; a++) {
    let s = g[a]!;
    for (let e = 0; e < a; e++) s -= L[a * k + e]! * g[e]!;
    g[a] = s / L[a * k + a]!;
  }
  for (let a = k - 1; a >= 0; a--) {
    let s = g[a]!;
    for (let e = a + 1; e < k; e++) s -= L[e * k + a]! * g[e]!;
    g[a] = s / L[a * k + a]!;
  }
  let alpha = 1;
  let first = -1;
  for (let a = 0; a < k; a++) {
    const v = x[support[a]!]!;
    if (v * (v + alpha * g[a]!) < 0) {
      alpha = -v / g[a]!;
      first = a;
    }
  }
  for (let a = 0; a < k; a++) {
    const j = support[a]!;
    const by = a === first ? -x[j]! : alpha * g[a]!;
    x[j] = a === first ? 0 : x[j]! + by;
    c.subtract(j, by, r);
  }
  return first < 0 ? 1 : 0;
}

const LARGEST_SUPPORT = 2000;
/** Multiplications that the steps of one finish may take: these, or so many times those of a pass over all coordinates. */
const LEAST_WORK = 1e7;
const PASSES = 10;
/** Passes over the active set before all coordinates are looked at again. */
const INNER = 10;

export function* elasticNetMethod(
  c: Columns,
  penalty: Penalty,
  state: NetState,
  measure: Measure<ProximalEnd>,
): ProximalMethod {
  const whole = dot(c.m, c.b, 0, c.b, 0) / 2;
  const look = (): void => {
    measureNet(c, penalty, state);
    measure.value = whole > 0 ? state.gap / whole : 0;
  };
  look();
  yield CHECK;
  const kept = new Float64Array(c.n);
  let idle = 0;
  for (;;) {
    const before = measure.value;
    const first = pass(c, penalty, state, true);
    let inner = first;
    for (let k = 0; k < INNER && inner > 1e-4 * first; k++) inner = pass(c, penalty, state, false);
    state.stepNorm = Math.sqrt(first);
    look();
    kept.set(state.x);
    const [fun, value] = [state.fun, measure.value];
    finish(c, penalty, state);
    look();
    if (!(state.fun <= fun)) {
      const fallen = state.fun - fun <= 1e-15 * whole && measure.value < value;
      if (!fallen) {
        state.x.set(kept);
        look();
      }
    }
    idle = measure.value < 0.999 * before || value < 0.999 * before ? 0 : idle + 1;
    yield ITERATION;
    if (idle > 50) return { status: "failed", reason: "stalled" };
  }
}
