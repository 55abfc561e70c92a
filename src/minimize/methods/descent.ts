// The loop of every method that searches along a line. A director makes the directions and takes the steps in; the
// search judges the trials; where a direction fails, the director forgets its model and the steepest descent is tried.

import { S_GRADIENT, S_SY, S_UPDATED, SHARED_SLOTS } from "../../abi/smooth.js";
import { type Ask, ITERATION } from "../../driver/task.js";
import { begin } from "../begin.js";
import { beyondSaddle, SADDLE } from "../curvature.js";
import { giveUp } from "../give-up.js";
import { Fixed } from "../line-search/armijo.js";
import type { LineSearch, Outcome } from "../line-search/types.js";
import { DIVERGING, LINE_SEARCH, type MinimizeRun, type Solve } from "../solve.js";

export interface Director {
  /** Slope along d. */
  slope: number;
  /** The first step to try, and the longest; UNBOUNDED where nothing does. */
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

/** Steps in a row that got nowhere: searches that ended without their conditions, or with neither a lower f nor a smaller gradient. */
const S_POOR = SHARED_SLOTS;
/** The last of the shared ones, which no kernel uses. */
const S_PROMISE = SHARED_SLOTS - 1;
/** Where a director's own slots begin. */
export const DIRECTOR_SLOTS = SHARED_SLOTS + 1;
const MAX_POOR = 10;
/** After a step along which f bent downwards, a search that only shortens begins with so many times its length. */
const LONGER = 4;

/** What happens between two requests; the generator below is left with the order of things, and few locals. */
class Course {
  readonly ask: Ask;
  readonly #solve: Solve;
  readonly #search: LineSearch;
  readonly #director: Director;
  readonly #d: number;
  outcome: Outcome = "noDescent";

  constructor(solve: Solve, search: LineSearch, director: Director) {
    this.#solve = solve;
    this.#search = search;
    this.#director = director;
    this.#d = solve.address("d");
    this.ask = search.slopes ? solve.both : solve.value;
  }

  /** Starts the search along d; true when there is a trial to evaluate. */
  begin(): boolean {
    const { slope, longest, ready } = this.#director;
    let { first } = this.#director;
    const { s, n, kernels, stepNorm } = this.#solve;
    // No model of a curvature that is not positive makes a step longer.
    if (!this.#search.slopes && stepNorm > 0 && s[S_UPDATED]! < 0)
      first = Math.max(first, (LONGER * stepNorm) / kernels.nrm2F64(n, this.#d));
    if (this.promise === Infinity && slope < 0) this.promise = -slope * first;
    this.outcome = this.#search.start(this.#solve.here.f, slope, first, longest);
    if (this.outcome !== "trial") return false;
    this.#place(ready);
    return true;
  }

  /** The trial at the search's step, which `there` may hold already. */
  #place(ready: number): void {
    const solve = this.#solve;
    const { here, there } = solve;
    const { step } = this.#search;
    if (step !== ready) {
      const { n, kernels, lower, upper } = solve;
      if (solve.bounded) kernels.moveInBox(n, step, this.#d, here.xp, there.xp, lower, upper);
      else kernels.move(n, step, this.#d, here.xp, there.xp);
    }
    solve.at = there;
  }

  /** After an evaluation; true when there is another trial. */
  judge(): boolean {
    const solve = this.#solve;
    const { f, gp } = solve.there;
    const slope = f - f === 0 && this.ask === solve.both ? solve.kernels.dotF64(solve.n, gp, this.#d) : NaN;
    this.outcome = this.#search.next(f, slope);
    if (this.outcome === "done") return false;
    solve.keep();
    if (this.outcome !== "trial") return false;
    this.#place(NaN);
    return true;
  }

  /** Decrease that the first direction of this iteration promised; it stays known until the next one. */
  get promise(): number {
    return this.#solve.s[S_PROMISE]!;
  }

  set promise(value: number) {
    this.#solve.s[S_PROMISE] = value;
  }

  get lower(): boolean {
    const { outcome } = this;
    return outcome === "done" || (outcome !== "noDescent" && this.#solve.there.f < this.#solve.here.f);
  }

  /** Steps to the trial. */
  take(): void {
    const solve = this.#solve;
    const director = this.#director;
    const { s } = solve;
    const { step } = this.#search;
    const good = this.outcome === "done" || this.outcome === "longest";
    solve.accept();
    solve.measure(-1e-4 * step * director.slope);
    s[S_SY] = step * (solve.kernels.dotF64(solve.n, solve.here.gp, this.#d) - director.slope);
    director.advance(solve.stop, step);
    // A fixed step goes where it goes.
    if (!(this.#search instanceof Fixed)) countPoor(solve, good);
    solve.publish();
  }

  /** From a point that another than this loop has found. */
  anew(): void {
    this.#director.forget();
    this.#solve.s[S_POOR] = 0;
  }

  /** After an iteration: how the run ends by itself, if it does. */
  get lost(): boolean {
    return isLost(this.#solve);
  }
}

/**
 * After a step, before its gradient is published. Steps between points of the same f go on while their gradients shrink; two
 * points that differ by rounding would be visited in turn for ever.
 */
export function countPoor(solve: Solve, good: boolean): void {
  const { s, here, there, gradNorm } = solve;
  if (good && here.f < there.f) s[S_POOR] = 0;
  else if (!good || !(s[S_GRADIENT]! < gradNorm)) s[S_POOR] = s[S_POOR]! + 1;
}

export const isLost = (solve: Solve): boolean => solve.s[S_POOR]! > MAX_POOR;

/**
 * `promised`: what a direction that failed before promised, where the loop is entered after one; `lost`: it was the last that
 * there was.
 */
export function* descent(
  solve: Solve,
  search: LineSearch,
  director: Director,
  promised = Infinity,
  lost = false,
): MinimizeRun {
  const course = new Course(solve, search, director);
  if (solve.fresh) {
    const failure = yield* begin(solve);
    if (failure) return failure;
  }
  for (;;) {
    // After an iteration, or where one continues that was saved after it.
    if (solve.diverged) return DIVERGING;
    if (course.lost || lost) {
      const end = yield* giveUp(solve, lost ? promised : course.promise, LINE_SEARCH);
      if (end) return end;
      course.anew();
      lost = false;
    }
    course.promise = promised;
    promised = Infinity;
    do {
      for (let need = director.direct(); need; need = director.direct()) yield need;
      for (let more = course.begin(); more; more = course.judge()) {
        yield course.ask;
        if (solve.there.f === -Infinity) {
          solve.accept();
          return DIVERGING;
        }
      }
      if (course.lower) break;
    } while (director.forget());
    if (!course.lower) {
      const end = yield* giveUp(solve, course.promise, LINE_SEARCH);
      if (end) return end;
      course.anew();
      continue;
    }
    if (course.ask === solve.value) {
      // Where a limit forbids the gradient, the trial is still the best point.
      solve.keep();
      yield solve.derivative;
      if (solve.kernels.firstNonFinite(solve.n, solve.there.gp) >= 0) return LINE_SEARCH;
    }
    course.take();
    if (solve.curved && solve.met) {
      const found = yield* beyondSaddle(solve);
      if (found === "saddle") return SADDLE;
      // The step that led to the saddle is counted with the one that left it.
      if (found === "left") continue;
    }
    yield ITERATION;
  }
}
