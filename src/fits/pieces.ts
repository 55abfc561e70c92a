// Right sides put together of smooth pieces, as conditions do: an integrator stays on one piece, beyond its end if need be, looks
// whether a step left it, and lands a step on the place where it did. So steps see smooth functions only, and what happens between two
// of their evaluations is not missed.

import type { StepScale } from "./step-scale.js";

export interface Pieces {
  /** Whether only the time says which piece holds. */
  readonly byTime: boolean;
  /** Look at every evaluation which piece holds: for pieces that are not finite beyond their end. */
  live: boolean;
  /** Whether another piece than the one in use holds at (t, y): the one found. */
  leaves(t: number, y: Float64Array): boolean;
  /** Goes over to the piece found last. */
  take(): void;
  /** Back to the piece before. */
  giveBack(): void;
  /** What going over at (t, y) does to the sensitivities in y, whose rates were `before` and are `after`: the time at which it happens depends on the parameters. */
  jump(t: number, y: Float64Array, before: Float64Array, after: Float64Array): void;
}

type RightSide = (t: number, y: Float64Array, dy: Float64Array) => void;

/** A step is looked at in so many places. */
const LOOKS = 8;
/** Times closer than this, relatively, are one. */
const RESOLUTION = 32 * 2.220446049250313e-16;
/** What taking a piece too late does to the solution may be this share of what a step may do. */
const HARMLESS = 0.1;
/** After so many tries to land on it a place is taken as it is. */
const TRIES = 30;
/** More pieces than this in no time, and there is no solution to follow. */
const CHATTER = 100;
/** The next step is at most so many times as long as the longer of the last two pieces. */
const GROWTH = 6;
/** So many steps that are not finite, and the piece is taken to have no value beyond its end. */
const ENDLESS = 20;

/** Goes over to the piece found last: `after` is its rate, `before` that of the piece in use. */
function cross(
  pieces: Pieces,
  f: RightSide,
  t: number,
  y: Float64Array,
  before: Float64Array,
  after: Float64Array,
): void {
  pieces.take();
  f(t, y, after);
  pieces.jump(t, y, before, after);
  f(t, y, after);
}

/** The share of a step after which another piece holds, which is the one found last; 0 where none does. `at` gives y there. */
function leftAt(
  pieces: Pieces,
  t: number,
  h: number,
  resolution: number,
  at: (theta: number) => Float64Array,
): number {
  let low = 0;
  for (let s = 1; s <= LOOKS; s++) {
    let high = s / LOOKS;
    if (!pieces.leaves(t + high * h, at(high))) {
      low = high;
      continue;
    }
    while ((high - low) * Math.abs(h) > resolution) {
      const middle = low + (high - low) / 2;
      if (pieces.leaves(t + middle * h, at(middle))) high = middle;
      else low = middle;
    }
    pieces.leaves(t + high * h, at(high));
    return high;
  }
  return 0;
}

/** Keeps the steps of one integration on pieces. */
export class Landing {
  readonly #pieces: Pieces;
  readonly #f: RightSide;
  readonly #scale: StepScale;
  readonly #other: Float64Array;
  #tries = 0;
  #endless = 0;
  #chatter = 0;
  /** The longest step that was cut short on the way to the next piece. */
  #wanted = 0;
  #since: number;
  #piece = 0;

  constructor(pieces: Pieces, f: RightSide, scale: StepScale, t0: number, size: number) {
    this.#pieces = pieces;
    this.#f = f;
    this.#scale = scale;
    this.#since = t0;
    this.#other = new Float64Array(size);
  }

  /** The piece at the start, reached from that of the time `before` where it is another. */
  enter(before: number, t0: number, y: Float64Array): void {
    const pieces = this.#pieces;
    pieces.live = false;
    pieces.leaves(before, y);
    pieces.take();
    if (!pieces.leaves(t0, y)) return;
    const rate = new Float64Array(y.length);
    this.#f(t0, y, rate);
    cross(pieces, this.#f, t0, y, rate, this.#other);
  }

  /** A step came to nothing: whether the error was a number. */
  refused(finite: boolean): void {
    if (!finite && ++this.#endless > ENDLESS) this.#pieces.live = true;
  }

  /**
   * What an accepted step from t to (after, there) is: 0 is one on the piece in use, 1 one that ends where another begins, a share between one
   * that goes too far by the rest. `rate` is f at its end, `at` gives y within.
   */
  judge(
    t: number,
    h: number,
    after: number,
    there: Float64Array,
    rate: Float64Array,
    at: (theta: number) => Float64Array,
  ): number {
    const pieces = this.#pieces;
    if (pieces.live) return pieces.leaves(after, there) ? 1 : 0;
    const resolution = RESOLUTION * Math.max(Math.abs(t), Math.abs(h));
    const left = leftAt(pieces, t, h, resolution, at);
    if (left === 0) return 0;
    const late = (1 - left) * Math.abs(h);
    if (late <= 4 * resolution || this.#tries++ >= TRIES) return 1;
    const other = this.#other;
    pieces.take();
    this.#f(after, there, other);
    const more = pieces.leaves(after, there);
    pieces.giveBack();
    for (let i = 0; i < other.length; i++) other[i] = late * (other[i]! - rate[i]!);
    if (!more && this.#scale.norm(other) <= HARMLESS) return 1;
    this.#wanted = Math.max(this.#wanted, Math.abs(h));
    return Math.max(left, (4 * resolution) / Math.abs(h));
  }

  /**
   * Goes over to the next piece at (t, y): `before` is the rate of the last, `after` becomes that of the next. Returns how long the next step
   * may be, where `wanted` was, and 0 where pieces follow each other without end.
   */
  pass(t: number, y: Float64Array, before: Float64Array, after: Float64Array, wanted: number): number {
    this.#pieces.live = false;
    cross(this.#pieces, this.#f, t, y, before, after);
    const piece = Math.abs(t - this.#since);
    const long = Math.max(this.#wanted, wanted);
    const ahead = Math.max(piece, this.#piece);
    this.#chatter = piece <= 1000 * RESOLUTION * Math.max(Math.abs(t), long) ? this.#chatter + 1 : 0;
    [this.#since, this.#piece, this.#wanted, this.#tries, this.#endless] = [t, piece, 0, 0, 0];
    if (this.#chatter > CHATTER) return 0;
    return ahead > 0 ? Math.min(long, GROWTH * ahead) : long;
  }
}
