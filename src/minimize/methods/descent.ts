// The loop of every method that searches along a line. A director makes the directions and takes the steps in; the
// search judges the trials; where a direction fails, the director forgets its model and the steepest descent is tried.

import type { Ask, Method } from "../../driver/types.js";
import type { LineSearch } from "../line-search/types.js";
import { S_GRADIENT, S_STEP, SHARED_SLOTS } from "../slots.js";
import {
  BOTH,
  begin,
  DIVERGING,
  FAR,
  GRADIENT,
  giveUp,
  ITERATION,
  LINE_SEARCH,
  type Solve,
  VALUE,
} from "../solve.js";

export interface Director {
  /** Slope along d. */
  slope: number;
  /** The first step to try, and the longest; FAR where nothing bounds it. */
  first: number;
  longest: number;
  /** The step for which `solve.there` holds x + step d already, or NaN. */
  ready: number;
  /** Makes d at `solve.here`; asks for what that needs, until it answers null. */
  direct(): Ask | null;
  /** Takes in the step of length t from `solve.there` to `solve.here`; sets the measures of the point in the state. */
  advance(stop: number, t: number): void;
  /** Forgets its model, so that the next direction is the steepest descent; false when there is nothing to forget. */
  forget(): boolean;
}

/** Searches in a row that ended without their conditions. */
const S_POOR = SHARED_SLOTS;
/** Where a director's own slots begin. */
export const DIRECTOR_SLOTS = SHARED_SLOTS + 1;
const MAX_POOR = 10;

export function* descent(solve: Solve, search: LineSearch, director: Director): Method {
  const { n, kernels: k, s, bounded, lower, upper } = solve;
  const d = solve.address("d");
  const { gradTol } = solve.tolerances;
  const { slopes } = search;
  const ask = slopes ? BOTH : VALUE;
  if (solve.fresh) {
    const failure = yield* begin(solve);
    if (failure) return failure;
  }
  for (;;) {
    const { here, there } = solve;
    let outcome = "noDescent";
    let promise = Infinity;
    for (;;) {
      for (let need = director.direct(); need; need = director.direct()) yield need;
      const { slope } = director;
      if (promise === Infinity && slope < 0) promise = -slope * director.first;
      let at = director.ready;
      outcome = search.start(here.f, slope, director.first, director.longest);
      while (outcome === "trial") {
        if (search.step !== at) {
          at = search.step;
          if (bounded) k.moveInBox(n, at, d, here.xp, there.xp, lower, upper);
          else k.move(n, at, d, here.xp, there.xp);
        }
        solve.at = there;
        yield ask;
        const { f } = there;
        if (f === -Infinity) {
          solve.accept();
          return DIVERGING;
        }
        outcome = search.next(f, slopes && f - f === 0 ? k.dotF64(n, there.gp, d) : NaN);
        if (outcome !== "done") solve.keep();
      }
      if (outcome === "done" || (outcome !== "noDescent" && there.f < here.f)) break;
      if (!director.forget()) return yield* giveUp(solve, promise, LINE_SEARCH);
    }
    if (!slopes) {
      solve.at = there;
      yield GRADIENT;
      if (k.firstNonFinite(n, there.gp) >= 0) return yield* giveUp(solve, promise, LINE_SEARCH);
    }
    s[S_POOR] = outcome === "done" || outcome === "longest" ? 0 : (s[S_POOR] as number) + 1;
    solve.accept();
    if (outcome === "longest" && director.longest >= FAR) return DIVERGING;
    solve.measure(-1e-4 * search.step * director.slope);
    director.advance(gradTol, search.step);
    solve.gradNorm = solve.gradient = s[S_GRADIENT] as number;
    solve.stepNorm = s[S_STEP] as number;
    yield ITERATION;
    if ((s[S_POOR] as number) > MAX_POOR) return yield* giveUp(solve, promise, LINE_SEARCH);
    if (solve.stepNorm > FAR && solve.diverged) return DIVERGING;
  }
}
