// Is a point that a run ended in a minimum? Its Hessian, by differences of the gradient, over the variables that may move.

import type { Watch } from "../driver/watch.js";
import { forget, isPromise } from "../runtime/promises.js";

/** More variables than this are not looked at: 3 n + 1 gradients for each point. */
export const MOST_VARIABLES = 20;
/** Minima whose curvature is looked at: the lowest. */
export const MOST_MINIMA = 10;
/** Step of the differences, as a share of the box. */
const STEP = 1e-6;
/** A pivot of the Hessian with unit diagonal is positive above this. */
const PIVOT = 1e-7;
/** The slope along a variable grows by its second derivative: twice as far, no more than this many times as much. */
const GROWS = 3;
/** A minimum is no further than this share of the box from where its own quadratic model has it. */
const OFF = 1e-6;
/** A slope inwards from a bound of no more than this share of the steepest there is rounding. */
const SAME_SLOPE = 1e-6;

type Slopes = [Float64Array, Float64Array, Float64Array, Float64Array];
type GradientInto = (x: Float64Array, out: Float64Array) => unknown;

/** A gradient alone, or beside the value. */
interface Source {
  readonly grad?: unknown;
  readonly funGrad?: unknown;
}

/**
 * True where x is stationary and the Hessian positive definite, false where not, null where the gradient gives no answer at once, there is
 * none, or a limit forbids it. Variables at a bound, and those that are not in `free`, stay where they are; at a bound the slope must push
 * outwards.
 */
export function isBowl(
  { grad, funGrad }: Source,
  lower: ArrayLike<number>,
  upper: ArrayLike<number>,
  free: ArrayLike<number>,
  x: Float64Array,
  watch: Watch,
  counts: { njev: number } = watch,
): boolean | null {
  const gradient = (grad ?? funGrad) as GradientInto | undefined;
  const cost = grad ? 0 : 1;
  if (!gradient) return null;
  const width = (j: number) => upper[j]! - lower[j]!;
  const [moving, held]: [number[], number[]] = [[], []];
  for (const j of Array.from(free)) {
    const room = 2 * STEP * width(j);
    (x[j]! - room > lower[j]! && x[j]! + room < upper[j]! ? moving : held).push(j);
  }
  const n = moving.length;
  const H = new Float64Array(n * n);
  const at = x.slice();
  /** The gradient at x + steps times h along variable j; false where it comes later, or not any more. */
  const slopes = (j: number, steps: number, g: Float64Array): boolean => {
    at.set(x);
    at[j] = x[j]! + steps * STEP * width(j);
    if (watch.before(cost)) return false;
    watch.nfev += cost;
    counts.njev++;
    const done = gradient(at.slice(), g);
    if (!isPromise(done)) return true;
    forget(done);
    return false;
  };
  const [here, ahead, behind, far] = [0, 1, 2, 3].map(() => new Float64Array(x.length)) as Slopes;
  if (!slopes(0, 0, here)) return null;
  let steepest = 0;
  let consistent = true;
  for (let k = 0; k < n; k++) {
    const j = moving[k]!;
    if (!slopes(j, 1, ahead) || !slopes(j, -1, behind) || !slopes(j, 2, far)) return null;
    for (let i = 0; i < n; i++) {
      const row = moving[i]!;
      const second = (ahead[row]! - behind[row]!) / (2 * STEP * width(j));
      if (second - second !== 0) return null;
      H[i * n + k] = H[i * n + k]! + second / 2;
      H[k * n + i] = H[k * n + i]! + second / 2;
    }
    // Where the second derivative is 0, what differences see comes from the fourth and grows with their step.
    if (Math.abs(far[j]! - here[j]!) > GROWS * Math.abs(ahead[j]! - here[j]!)) consistent = false;
    for (const row of held) steepest = Math.max(steepest, Math.abs(ahead[row]!), Math.abs(behind[row]!));
  }
  for (const j of held) steepest = Math.max(steepest, Math.abs(here[j]!));
  for (const j of held) {
    const outwards = x[j]! - lower[j]! < upper[j]! - x[j]! ? here[j]! : -here[j]!;
    if (!(outwards >= -SAME_SLOPE * steepest)) return false;
  }
  const step = Float64Array.from(moving, (j) => here[j]!);
  return consistent && newtonStep(n, H, step) && step.every((d, k) => Math.abs(d) <= OFF * width(moving[k]!));
}

/** Cholesky of D^(-1/2) H D^(-1/2) with D the diagonal: false where a pivot is not positive. Else H^(-1) g is left in g. */
function newtonStep(n: number, H: Float64Array, g: Float64Array): boolean {
  const size = Float64Array.from({ length: n }, (_, i) => Math.sqrt(H[i * n + i]!));
  if (!size.every((s) => s > 0)) return false;
  for (let i = 0; i < n; i++) {
    g[i] = g[i]! / size[i]!;
    for (let j = 0; j < n; j++) H[i * n + j] = H[i * n + j]! / (size[i]! * size[j]!);
  }
  for (let k = 0; k < n; k++) {
    const pivot = H[k * n + k]!;
    if (!(pivot > PIVOT)) return false;
    for (let i = k + 1; i < n; i++) {
      const factor = H[i * n + k]! / pivot;
      for (let j = k; j < n; j++) H[i * n + j] = H[i * n + j]! - factor * H[k * n + j]!;
      g[i] = g[i]! - factor * g[k]!;
    }
  }
  for (let k = n - 1; k >= 0; k--) {
    for (let j = k + 1; j < n; j++) g[k] = g[k]! - H[k * n + j]! * g[j]!;
    g[k] = g[k]! / H[k * n + k]!;
  }
  for (let k = 0; k < n; k++) g[k] = g[k]! / size[k]!;
  return true;
}
