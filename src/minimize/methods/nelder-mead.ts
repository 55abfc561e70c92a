// nelderMead: the downhill simplex, with the adaptive coefficients of Gao and Han (2012), bounds by projection, and
// restarts: a simplex that has shrunk to a point starts anew there, until a new one finds nothing lower.

import { SHARED_SLOTS } from "../../abi/smooth.js";
import { type Ask, CHECK, ITERATION } from "../../driver/task.js";
import { checkKeys, numberOption } from "../../runtime/options.js";
import { DIVERGING, FAR, type MinimizeRun, NON_FINITE, type Solve } from "../solve.js";
import { configured, type MethodDefinition, type MinimizeMethod } from "./types.js";

const S_RESTARTS = SHARED_SLOTS;
/** f at the last restart. */
const S_BEFORE = SHARED_SLOTS + 1;
/** Vertices of the simplex that still have to be evaluated, when it starts anew. */
const S_TODO = SHARED_SLOTS + 2;
/** f at the start: what has been gained since is the scale of f where it goes to 0. */
const S_FIRST = SHARED_SLOTS + 3;
/** Iterations in a row over which f was flat to rounding. */
const S_FLAT = SHARED_SLOTS + 4;
const SLOTS = SHARED_SLOTS + 5;

/** First edges: this share of |x_j|, or this where x_j is 0. */
const EDGE = 0.05;
const ZERO_EDGE = 0.00025;
/** Where the best vertex lies on a bound, f is looked at so many times these edges within. */
const WITHIN = [1, 1 / 16, 1 / 256, 1 / 4096] as const;
/** Spread of f over a simplex that is flat to rounding. */
const FLAT = 1e-15;
/** A simplex that is so for this many iterations a variable has fallen onto a line, along which it creeps by last bits. */
const CREEPING = 100;
/** A coordinate that comes nearer to 0 than so small a share of its start is measured by that. */
const LEAST = 1e-3;

export interface NelderMeadOptions {
  /** Coefficients that grow with n (Gao and Han). Default true; false: 1, 2, 1/2, 1/2. */
  adaptive?: boolean | undefined;
  /** New simplices at the end, until one finds nothing lower. Default 8. */
  restarts?: number | undefined;
}

type SimplexValues = { readonly adaptive: boolean; readonly restarts: number };

const edgeAt = (x: number): number => (x === 0 ? ZERO_EDGE : EDGE * Math.abs(x));

function* simplexRun(solve: Solve, o: SimplexValues): MinimizeRun {
  const { n, s } = solve;
  const adaptive = o.adaptive === true && n > 1;
  const expansion = adaptive ? 1 + 2 / n : 2;
  const contraction = adaptive ? 0.75 - 1 / (2 * n) : 0.5;
  const shrinkage = adaptive ? 1 - 1 / n : 0.5;
  const V = solve.view("simplex");
  const F = solve.view("values");
  const centre = solve.view("centre");
  const least = solve.view("least");
  const { stepTol, funTol } = solve.tolerances;
  const trial = solve.there;
  const vertex = (i: number) => V.subarray(i * n, (i + 1) * n);
  if (solve.fresh) {
    solve.at = solve.here;
    yield solve.value;
    const { f } = solve.here;
    solve.fun = f;
    if (f === -Infinity) return DIVERGING;
    if (!(f - f === 0)) return NON_FINITE;
    solve.started = true;
    solve.scale = Math.max(1, solve.kernels.amaxF64(n, solve.here.xp));
    yield CHECK;
    s[S_BEFORE] = Infinity;
    s[S_FIRST] = f;
    solve.here.x.forEach((v, j) => {
      least[j] = LEAST * (v === 0 ? 1 : Math.abs(v));
    });
    build(1);
  }
  for (;;) {
    if (solve.kernels.amaxF64(n, solve.here.xp) > FAR * solve.scale) return DIVERGING;
    // Vertices that a new simplex or a shrinkage left without a value.
    while (s[S_TODO]! > 0) {
      const i = n + 1 - s[S_TODO]!;
      trial.x.set(vertex(i));
      solve.at = trial;
      yield solve.value;
      const value = found();
      if (value === -Infinity) return DIVERGING;
      F[i] = value;
      s[S_TODO] = s[S_TODO]! - 1;
      if (s[S_TODO] === 0) sort();
    }
    publish();
    const size = diameter();
    const spread = F[n]! - F[0]!;
    const scale = Math.max(Math.abs(F[0]!), s[S_FIRST]! - F[0]!);
    const flat = spread <= Math.max(funTol, FLAT) * scale;
    s[S_FLAT] = flat ? s[S_FLAT]! + 1 : 0;
    const creeps = s[S_FLAT]! > CREEPING * n;
    if (flat && (size <= stepTol || creeps)) {
      s[S_FLAT] = 0;
      const gain = s[S_BEFORE]! - F[0]!;
      if (s[S_RESTARTS]! < o.restarts && gain > FLAT * scale) {
        s[S_RESTARTS] = s[S_RESTARTS]! + 1;
        s[S_BEFORE] = F[0]!;
        build(s[S_RESTARTS]!);
        continue;
      }
      if (yield* inside(scale)) continue;
      solve.step = size;
      if (creeps) solve.decrease = 0;
      yield CHECK;
    }
    if (size === 0 || (size <= 1e-15 && stepTol < 1e-15)) {
      // Not one representable point lies between the vertices.
      solve.step = stepTol;
      yield CHECK;
    }
    // Reflect the worst vertex through the centre of the others.
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += V[i * n + j]!;
      centre[j] = sum / n;
    }
    const best = F[0]!;
    const second = F[n - 1]!;
    const worst = F[n]!;
    along(1);
    solve.at = trial;
    yield solve.value;
    const reflected = found();
    if (reflected === -Infinity) return DIVERGING;
    if (reflected < best) {
      const kept = trial.x.slice();
      along(expansion);
      solve.at = trial;
      yield solve.value;
      const expanded = found();
      if (expanded === -Infinity) return DIVERGING;
      if (expanded < reflected) replace(trial.x, expanded);
      else replace(kept, reflected);
    } else if (reflected < second) replace(trial.x, reflected);
    else {
      const outside = reflected < worst;
      const limit = outside ? reflected : worst;
      along(outside ? contraction : -contraction);
      solve.at = trial;
      yield solve.value;
      const contracted = found();
      if (contracted === -Infinity) return DIVERGING;
      if (contracted < limit || (outside && contracted === limit)) replace(trial.x, contracted);
      else shrink();
    }
    publish();
    yield ITERATION;
  }

  /** The value of the trial; beyond the domain every point is worse than all others. */
  function found(): number {
    const { f } = trial;
    if (f === -Infinity) {
      solve.here.x.set(trial.x);
      solve.here.f = solve.fun = f;
    }
    // Until it is a vertex in its place: a limit may come before.
    solve.keep();
    return Number.isNaN(f) ? Infinity : f;
  }

  /** Projection flattens a simplex onto a face, from which it does not come back: a lower point within is where a new one begins. */
  function* inside(scale: number): Generator<Ask, boolean, void> {
    const [lower, upper] = solve.sides;
    for (let j = 0; lower && j < n; j++) {
      const b = V[j]!;
      const [down, up] = [b - lower[j]!, upper![j]! - b];
      if (lower[j] === upper![j] || !(Math.min(down, up) < WITHIN[3] * edgeAt(b))) continue;
      for (const share of WITHIN) {
        trial.x.set(vertex(0));
        const edge = share * edgeAt(b);
        trial.x[j] = solve.within(down < up ? b + edge : b - edge, j);
        solve.at = trial;
        yield solve.value;
        if (!(found() < F[0]! - FLAT * scale)) continue;
        V.set(trial.x, 0);
        F[0] = trial.f;
        publish();
        build(1, share);
        return true;
      }
    }
    return false;
  }

  function along(t: number): void {
    for (let j = 0; j < n; j++) {
      const c = centre[j]!;
      trial.x[j] = solve.within(c + t * (c - V[n * n + j]!), j);
    }
  }

  /** Puts a vertex in the place of the worst, in order. */
  function replace(x: Float64Array, f: number): void {
    let i = n;
    for (; i > 0 && f < F[i - 1]!; i--) {
      F[i] = F[i - 1]!;
      V.copyWithin(i * n, (i - 1) * n, i * n);
    }
    F[i] = f;
    V.set(x, i * n);
  }

  /** Towards the best vertex. */
  function shrink(): void {
    for (let i = 1; i <= n; i++) {
      for (let j = 0; j < n; j++) {
        const b = V[j]!;
        V[i * n + j] = solve.within(b + shrinkage * (V[i * n + j]! - b), j);
      }
    }
    s[S_TODO] = n;
  }

  function sort(): void {
    for (let i = 1; i <= n; i++) {
      const f = F[i]!;
      const x = vertex(i).slice();
      let k = i;
      for (; k > 0 && f < F[k - 1]!; k--) {
        F[k] = F[k - 1]!;
        V.copyWithin(k * n, (k - 1) * n, k * n);
      }
      F[k] = f;
      V.set(x, k * n);
    }
  }

  /** A new simplex around the best point; every second one faces the other way. */
  function build(turn: number, share = 1): void {
    const x = turn === 1 && s[S_RESTARTS]! === 0 ? solve.here.x.slice() : vertex(0).slice();
    V.set(x, 0);
    F[0] = solve.here.f;
    for (let j = 0; j < n; j++) {
      const i = j + 1;
      V.set(x, i * n);
      const xj = x[j]!;
      const edge = edgeAt(xj) * (turn % 2 === 0 ? -share : share);
      const [one, other] = [solve.within(xj + edge, j), solve.within(xj - edge, j)];
      // Away from a bound that cuts the edge: a simplex that is flat along a variable sees nothing of it.
      V[i * n + j] = Math.abs(other - xj) > 2 * Math.abs(one - xj) ? other : one;
    }
    s[S_TODO] = n;
  }

  function publish(): void {
    const f = F[0]!;
    solve.step = solve.decrease = solve.gradient = Infinity;
    const { here } = solve;
    if (!(f < here.f)) {
      solve.stepNorm = 0;
      return;
    }
    let sum = 0;
    for (let j = 0; j < n; j++) {
      const d = V[j]! - here.x[j]!;
      sum += d * d;
    }
    solve.stepNorm = Math.sqrt(sum);
    here.x.set(vertex(0));
    here.f = solve.fun = f;
    if (!(solve.kept.f < f)) solve.kept.f = NaN;
  }

  /** Largest distance of a coordinate from the best vertex, relative to its size, or where that is less, to LEAST of the start's. */
  function diameter(): number {
    let most = 0;
    for (let i = 1; i <= n; i++) {
      for (let j = 0; j < n; j++) {
        const b = V[j]!;
        const d = Math.abs(V[i * n + j]! - b);
        most = Math.max(most, d / Math.max(Math.abs(b), least[j]!));
      }
    }
    return most;
  }
}

const definition: MethodDefinition<SimplexValues> = {
  name: "nelderMead",
  bounds: true,
  derivativeFree: true,
  iterations: (n) => 2000 * n,
  vectors: (n) => ({ state: SLOTS, simplex: (n + 1) * n, values: n + 1, centre: n, least: n }),
  shows(solve) {
    const { n } = solve;
    const simplex = solve.view("simplex");
    const points = Array.from({ length: n + 1 }, (_, i) => simplex.slice(i * n, (i + 1) * n));
    return { simplex: { points, values: solve.view("values").slice() } };
  },
  run: simplexRun,
};

/**
 * Nelder and Mead's simplex: values only, for few variables or functions without derivatives.
 *
 * @example
 * minimize(([x, y]) => (x - 1) ** 2 + 10 * (y - x) ** 2, [0, 0], { method: nelderMead() }).x; // [1, 1]
 */
export function nelderMead(options: NelderMeadOptions = {}): MinimizeMethod {
  checkKeys("nelderMead", options, ["adaptive", "restarts"]);
  return configured(definition, {
    adaptive: options.adaptive !== false,
    restarts: numberOption("nelderMead", "restarts", options.restarts, 8, { min: 0, integer: true }),
  });
}
