// The gradient that a density gives, compared with differences of its value, at the start and at a point beside it: at a mode every
// multiple of a gradient is 0. Coordinate by coordinate, or along random directions where there are many; steps, slopes and their errors
// are those of checkGradient.

import { gradientDifferences } from "../minimize/gradient-differences.js";
import { errorOf, type Slope, surestSlope } from "../minimize/surest-slope.js";
import { Random } from "../random/philox.js";
import { freeNames } from "./escape.js";
import type { Evaluation } from "./evaluation.js";
import type { Settings } from "./settings.js";
import type { Target } from "./target.js";
import { allFinite } from "./vectors.js";

/** Relative disagreement beyond which a gradient is doubted, after what differences leave open is taken off, */
const DOUBT = 1e-3;
/** if it changes the log density by this over the length along which that bends. */
const MATTERS = 1e-5;
/** Coordinates up to which each is looked at, and directions where there are more. */
const FEW = 50;
const DIRECTIONS = 6;
/** The point beside the start is so often drawn nearer until the density is positive there. */
const HALVINGS = 10;

type Asks<Out> = Generator<Evaluation, Out, void>;

/** Random directions come from a stream of their own. */
const STREAM = 2 ** 41;

/** At the start of a run. */
export const checkStart = (
  { target, seed, around }: Pick<Settings, "target" | "seed" | "around">,
  evaluation: Evaluation,
  q: Float64Array,
  g: Float64Array,
) => checkGradientAt(target, evaluation, q, g, new Random(seed, STREAM), around?.spread ?? null);

/** Names of the coordinates whose derivative is wrong, or null. `g` is the gradient at q; `spread`: standard deviations, where they are known. */
export function* checkGradientAt(
  target: Target,
  evaluation: Evaluation,
  q: Float64Array,
  g: Float64Array,
  random: Random,
  spread: ArrayLike<number> | null,
): Asks<readonly string[] | null> {
  const d = q.length;
  const units = Float64Array.from(q, (v, i) => spread?.[i] || unitOf(v, d > FEW ? g[i]! : 0));
  const lengths = new Float64Array(d);
  let wrong = yield* compare(evaluation, q, g, units, lengths, random);
  if (wrong.length === 0) {
    const sides = Float64Array.from(q, () => (random.word() & 1 ? 1 : -1) * (0.5 + random.uniform()));
    const away = new Float64Array(d);
    const own = new Float64Array(d);
    for (let k = 0, share = 1; k < HALVINGS; k++, share /= 2) {
      for (let i = 0; i < d; i++) away[i] = q[i]! + share * sides[i]! * lengths[i]!;
      evaluation.ask(away, own);
      yield evaluation;
      if (evaluation.value > -Infinity && allFinite(d, own)) {
        wrong = yield* compare(evaluation, away, own, lengths.slice(), lengths, random);
        break;
      }
    }
  }
  if (wrong.length === 0) return null;
  const names = freeNames(target);
  return [...new Set(wrong.flatMap((i) => names[i]!))];
}

/** What a coordinate is measured in: its size, and among many its share of the slope. */
function unitOf(v: number, slope: number): number {
  const size = Math.abs(v) || 1;
  return slope === 0 ? size : Math.min(size, 1 / Math.abs(slope));
}

/** The coordinates whose derivative is wrong at q; fills `lengths` with those over which the density changes. */
function* compare(
  evaluation: Evaluation,
  q: Float64Array,
  g: Float64Array,
  units: Float64Array,
  lengths: Float64Array,
  random: Random,
): Asks<number[]> {
  const d = q.length;
  evaluation.ask(q, null);
  yield evaluation;
  const base = evaluation.value;
  const direction = new Float64Array(d);
  if (d > FEW) {
    let doubt = false;
    for (let k = 0; k < DIRECTIONS && !doubt; k++) {
      let given = 0;
      let squares = 0;
      for (let i = 0; i < d; i++) {
        direction[i] = (random.word() & 1 ? 1 : -1) * units[i]!;
        given += direction[i]! * g[i]!;
        squares += direction[i]! * g[i]! * (direction[i]! * g[i]!);
      }
      const found = yield* slopeAlong(evaluation, q, base, direction);
      for (let i = 0; i < d; i++) lengths[i] = units[i]! * found.length;
      doubt = isWrong(given, found, Math.sqrt(squares));
    }
    if (!doubt) return [];
  }
  const wrong: number[] = [];
  for (let i = 0; i < d; i++) {
    direction.fill(0);
    direction[i] = units[i]!;
    const given = units[i]! * g[i]!;
    const found = yield* slopeAlong(evaluation, q, base, direction);
    lengths[i] = units[i]! * found.length;
    if (isWrong(given, found, Math.abs(given))) wrong.push(i);
  }
  return wrong;
}

interface Found {
  /** Null where differences say nothing. */
  readonly slope: Slope | null;
  /** Along the direction, in units of it: over which the log density bends by 1/2. */
  readonly length: number;
}

function isWrong(given: number, { slope, length }: Found, size: number): boolean {
  if (!slope || !Number.isFinite(slope.value) || !Number.isFinite(slope.error)) return false;
  const apart = errorOf(given, slope) * Math.max(Math.abs(given), Math.abs(slope.value));
  return apart > DOUBT * Math.max(size, Math.abs(slope.value)) && apart * length > MATTERS;
}

/** A second difference beyond so many units of rounding is curvature. */
const VISIBLE = 64 * Number.EPSILON;

/** The slope of the log density at q along a direction, first the step from how it responds, then what is most certain. */
function* slopeAlong(
  evaluation: Evaluation,
  q: Float64Array,
  base: number,
  direction: Float64Array,
): Asks<Found> {
  const d = q.length;
  const near = new Float64Array(d);
  const ask = (t: number): void => {
    for (let i = 0; i < d; i++) near[i] = q[i]! + t * direction[i]!;
    evaluation.ask(near, null);
  };
  const one = () => new Float64Array(1);
  const memory = { steps: one(), thirds: one(), bends: one(), noise: one(), probe: one() };
  const rough = one();
  // Of a function to minimise.
  const search = gradientDifferences(one(), -base, rough, true, null, memory, true);
  let asked = search.next();
  while (!asked.done) {
    ask(memory.probe[0]!);
    yield evaluation;
    asked = search.next(-evaluation.value);
  }
  const h = memory.steps[0]!;
  const bend = Math.abs(memory.bends[0]!);
  const visible = bend * h * h > VISIBLE * Math.abs(base) || (base === 0 && bend > 0);
  // A place q + t d is rounded, which is noise in t: the slope makes it noise of the density.
  let blur = 0;
  for (let i = 0; i < d; i++)
    if (direction[i] !== 0)
      blur = Math.max(blur, (Number.EPSILON * Math.abs(q[i]!)) / Math.abs(direction[i]!));
  const heard = Math.max(memory.noise[0]!, (Math.abs(rough[0]!) + 2 * bend * h) * blur);
  const work = surestSlope(base, h, Infinity, heard);
  let next = work.next();
  while (!next.done) {
    ask(next.value);
    yield evaluation;
    next = work.next(evaluation.value);
  }
  const slope = next.value;
  const steep = Math.abs(slope?.value ?? 0);
  return { slope, length: visible ? 1 / Math.sqrt(2 * bend) : Math.min(1, 1 / steep) };
}
