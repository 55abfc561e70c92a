// The loop of `descent` for lbfgs with its default search, where one kernel does all there is to do between two
// evaluations.

import * as S from "../../abi/smooth.js";
import { type Ask, ITERATION, type Requests } from "../../driver/task.js";
import type { Termination } from "../../driver/types.js";
import { begin } from "../begin.js";
import { NOISE } from "../line-search/types.js";
import { DIVERGING, type Solve } from "../solve.js";
import { countPoor, type Director, descent, isLost } from "./descent.js";
import { makeSearch, type SearchValues } from "./types.js";

export interface TurnDirector extends Director {
  /** `there` no longer holds the unit trial: another search has been there. */
  stale: boolean;
  /** Sizes and addresses of the history, for `lbfgsTurn`. */
  frame(slots: Int32Array): void;
}

/** Where the turns are when the driver comes back. */
const BEGINNING = 0;
const EVALUATED = 1;
const ITERATED = 2;
const LEFT = 3;

/**
 * Whatever is out of the ordinary goes to the general loop, for the rest of the run. What is left is so little that a
 * generator would cost a tenth of it: this is one written out, with one answer for all its requests.
 */
export class LbfgsTurns implements Requests<Termination> {
  readonly #solve: Solve;
  readonly #options: SearchValues;
  readonly #director: TurnDirector;
  readonly #frame: number;
  readonly #request: IteratorYieldResult<Ask>;
  #where = BEGINNING;
  /** The start, later the general loop. */
  #other: Generator<Ask, Termination | null, void>;

  constructor(solve: Solve, o: SearchValues, director: TurnDirector) {
    this.#solve = solve;
    this.#options = o;
    this.#director = director;
    this.#frame = solve.address("frame");
    this.#request = { done: false, value: solve.both };
    this.#other = begin(solve);
  }

  next(): IteratorResult<Ask, Termination> {
    const solve = this.#solve;
    const { s } = solve;
    if (this.#where === EVALUATED) {
      const { f } = solve.there;
      if (f === -Infinity) {
        solve.accept();
        return { done: true, value: DIVERGING };
      }
      const { here } = solve;
      if (f > here.f && f - here.f <= NOISE * Math.abs(here.f)) {
        // The kernel may take this step up, and then writes over the lower point.
        solve.keepHere();
        s[S.M_KEPT] = solve.kept.f;
      }
      const code = solve.kernels.lbfgsTurn(f, this.#frame, solve.state);
      if (code === S.TURN_ACCEPTED) return this.#take();
      solve.kept.f = s[S.M_KEPT]!;
      return this.#try(code);
    }
    if (this.#where === ITERATED) {
      if (solve.diverged) return { done: true, value: DIVERGING };
      if (isLost(solve)) return this.#leave(S.TURN_STUCK);
      if (s[S.M_TRIALS]! >= 0) return this.#try(S.TURN_TRIAL);
      const again = s[S.S_COUNT] === 0;
      return this.#try(
        again ? solve.kernels.lbfgsBegin(solve.here.f, solve.reach, this.#frame, solve.state) : S.TURN_FAILED,
      );
    }
    if (this.#where === LEFT || solve.fresh) {
      const other = this.#other.next();
      if (!other.done) return other;
      if (other.value) return { done: true, value: other.value };
    }
    return this.#first();
  }

  /** The first trial of the run, or of one that continues. */
  #first(): IteratorResult<Ask, Termination> {
    const { here, there, kept, s, kernels, state, workspace, fresh } = this.#solve;
    if (!fresh && this.#solve.diverged) return { done: true, value: DIVERGING };
    const slots = workspace.i32.frame;
    this.#director.frame(slots);
    slots[S.T_X] = here.xp;
    slots[S.T_G] = here.gp;
    slots[S.T_X0] = there.xp;
    slots[S.T_G0] = there.gp;
    slots[S.T_X3] = kept.xp;
    slots[S.T_G3] = kept.gp;
    s[S.M_C1] = this.#options.c1;
    s[S.M_C2] = this.#options.c2;
    s[S.M_MAX_TRIALS] = this.#options.maxTrials;
    s[S.M_STOP] = this.#solve.stop;
    s[S.M_KEPT] = kept.f;
    this.#solve.fresh = false;
    if (fresh) return this.#try(kernels.lbfgsBegin(here.f, this.#solve.reach, this.#frame, state));
    const goesOn = s[S.M_LEFT] === 0 && s[S.M_TRIALS]! >= 0;
    return this.#try(goesOn ? S.TURN_TRIAL : S.TURN_FAILED);
  }

  /** Asks for the trial, unless there is none. */
  #try(code: number): IteratorResult<Ask, Termination> {
    if (code === S.TURN_FAILED || code === S.TURN_STUCK) return this.#leave(code);
    this.#solve.at = this.#solve.there;
    this.#where = EVALUATED;
    this.#request.value = this.#solve.both;
    return this.#request;
  }

  /** The kernel stepped to the trial. */
  #take(): IteratorResult<Ask, Termination> {
    const solve = this.#solve;
    const { s } = solve;
    solve.accept();
    s[S.M_KEPT] = solve.kept.f;
    const step = s[S.S_STEP]!;
    solve.measure(-1e-4 * s[S.M_PROMISED]!, { ss: step * step, sy: s[S.S_SY]! });
    countPoor(solve, true);
    solve.publish();
    this.#where = ITERATED;
    this.#request.value = ITERATION;
    return this.#request;
  }

  /** Goes on in the general loop. A search that found nothing is not repeated: the steepest descent is next. */
  #leave(code: number): IteratorResult<Ask, Termination> {
    const solve = this.#solve;
    const director = this.#director;
    const { s } = solve;
    director.stale = s[S.M_LEFT] === 0;
    s[S.M_LEFT] = 1;
    const promise = code === S.TURN_STUCK ? -s[S.M_SLOPE0]! : Infinity;
    const over = code === S.TURN_STUCK && !director.forget();
    const other = descent(solve, makeSearch(this.#options), director, promise, over);
    this.#other = other;
    this.#where = LEFT;
    return other.next();
  }

  return(end: Termination): IteratorResult<Ask, Termination> {
    this.#other.return(end);
    return { done: true, value: end };
  }
}
