// Polynomials of least squares, in Chebyshev's basis on the interval of the data.

import { checkKeys, numberOption } from "../runtime/options.js";
import type { Runtime } from "../runtime/runtime.js";
import { scaleByPower } from "./determinant.js";
import { lstsq } from "./lstsq.js";
import { shapeError } from "./matrix.js";
import { exponentOf, largestOf, powerBelow } from "./scaling.js";
import { allFinite, checkResult, checkVector } from "./vectors.js";

export interface PolyfitOptions {
  /** Weights w >= 0: the sum of w_i^2 (y_i - p(x_i))^2 is least (1 / sigma_i for known errors); default 1. */
  weights?: ArrayLike<number> | undefined;
  runtime?: Runtime | undefined;
}

export interface Polynomial {
  /** coefficients[k] belongs to x^k: ascending powers, unlike numpy.polyfit and MATLAB. */
  readonly coefficients: Float64Array;
  readonly degree: number;
  /** Coefficients that the data determine: degree + 1 unless too few x are different. */
  readonly rank: number;
  /** Root of the weighted sum of squared residuals. */
  readonly residualNorm: number;
  /** p(x), from Chebyshev's form, which keeps digits that the powers lose. */
  evaluate(x: number): number;
  evaluate(x: ArrayLike<number>): Float64Array;
}

/**
 * The polynomial of this degree with the least sum of squares, by QR in Chebyshev's basis on [min x, max x], and its
 * coefficients in powers of x. Where x lies far from 0 or the degree is high, powers are ill-conditioned: use `evaluate`.
 *
 * @throws SHAPE, OPTION, NON_FINITE_INPUT; UNSUPPORTED where a coefficient leaves the range of doubles.
 * @example
 * polyfit([0, 1, 2, 3], [1, 3, 5, 7], 1).coefficients; // [1, 2]: 1 + 2 x
 */
export function polyfit(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  degree: number,
  o: PolyfitOptions = {},
): Polynomial {
  const where = "polyfit";
  checkKeys(where, o, ["weights", "runtime"]);
  const [xs, unitX] = inUnits(checkVector(where, "x", x));
  const m = xs.length;
  if (m === 0) throw shapeError(where, "x is empty", { argument: "x" });
  const [ys, unitY] = inUnits(checkVector(where, "y", y, m));
  const wanted = numberOption(where, "degree", degree, null, { min: 0, max: 1000, integer: true });
  const [weights, unit] =
    o.weights !== undefined ? inUnits(checkVector(where, "weights", o.weights, m)) : [null, 1];
  for (let i = 0; i < m; i++)
    if (weights && weights[i]! < 0)
      throw shapeError(where, `weights[${i}] is negative`, { argument: "weights", index: i });
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < m; i++) {
    low = Math.min(low, xs[i]!);
    high = Math.max(high, xs[i]!);
  }
  // u = (x - middle) / half, in [-1, 1].
  const middle = (low + high) / 2;
  const half = (high - low) / 2 || 1;
  const n = wanted + 1;
  const rows = new Float64Array(m * n);
  const right = new Float64Array(m);
  for (let i = 0; i < m; i++) {
    const u = (xs[i]! - middle) / half;
    const weight = weights ? weights[i]! : 1;
    let [before, now] = [u, 1];
    for (let k = 0; k < n; k++) {
      rows[i * n + k] = weight * now;
      // T_0 = 1, T_1 = u, T_{k+1} = 2 u T_k - T_{k-1}.
      [before, now] = [now, k === 0 ? u : 2 * u * now - before];
    }
    right[i] = weight * ys[i]!;
  }
  const { x: c, rank, residualNorm } = lstsq({ rows: m, cols: n, data: rows }, right, { runtime: o.runtime });
  const at = (value: number): number => {
    // Clenshaw's recurrence.
    const u = (value / unitX - middle) / half;
    let [b1, b2] = [0, 0];
    for (let k = n - 1; k > 0; k--) [b1, b2] = [c[k]! + 2 * u * b1 - b2, b1];
    return (c[0]! + u * b1 - b2) * unitY;
  };
  function evaluate(value: number): number;
  function evaluate(values: ArrayLike<number>): Float64Array;
  function evaluate(value: number | ArrayLike<number>): number | Float64Array {
    if (typeof value === "number") return at(value);
    return Float64Array.from(checkVector("evaluate", "x", value), at);
  }
  const direct = rank === n ? powersOf(xs, ys, weights, n, o.runtime) : null;
  const coefficients = (direct ?? inPowers(c, middle, half)).map((v, k) =>
    scaleByPower(v, exponentOf(unitY) - k * exponentOf(unitX)),
  );
  checkResult(where, coefficients, "x or y");
  return { coefficients, degree: wanted, rank, residualNorm: residualNorm * unitY * unit, evaluate };
}

/** The numbers in a unit, a power of two, in which the largest is in [1, 2): their powers and products stay in range. */
function inUnits(values: ArrayLike<number>): [Float64Array, number] {
  const unit = powerBelow(largestOf(values));
  return [Float64Array.from(values, (v) => v / unit), unit];
}

/** rcond of the powers' own least squares problem above which it gives their coefficients with the most digits. */
const SOUND = 1e-10;

/** The coefficients by QR of the powers themselves, refined; null where they are too ill-conditioned for that. */
function powersOf(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  weights: ArrayLike<number> | null,
  n: number,
  runtime: Runtime | undefined,
): Float64Array | null {
  const m = x.length;
  const data = new Float64Array(m * n);
  const right = new Float64Array(m);
  for (let i = 0; i < m; i++) {
    const weight = weights ? weights[i]! : 1;
    let power = weight;
    for (let k = 0; k < n; k++) {
      data[i * n + k] = power;
      power *= x[i]!;
    }
    right[i] = weight * y[i]!;
  }
  if (!allFinite(data) || !allFinite(right)) return null;
  const { x: c, rank, rcond } = lstsq({ rows: m, cols: n, data }, right, { runtime });
  return rank === n && rcond > SOUND ? c : null;
}

/** sum c_k T_k((x - middle) / half) in powers of x. */
function inPowers(c: Float64Array, middle: number, half: number): Float64Array {
  const n = c.length;
  // Of u: T_{k+1} = 2 u T_k - T_{k-1} on coefficients.
  const inU = new Float64Array(n);
  let [before, now] = [new Float64Array(n), new Float64Array(n)];
  now[0] = 1;
  for (let k = 0; k < n; k++) {
    for (let i = 0; i <= k; i++) inU[i] = inU[i]! + c[k]! * now[i]!;
    const next = new Float64Array(n);
    for (let i = 0; i + 1 < n; i++) next[i + 1] = (k === 0 ? 1 : 2) * now[i]!;
    if (k > 0) for (let i = 0; i < n; i++) next[i] = next[i]! - before[i]!;
    [before, now] = [now, next];
  }
  // Horner in u = (x - middle) / half.
  const powers = new Float64Array(n);
  for (let k = n - 1; k >= 0; k--) {
    for (let i = n - 1; i >= 0; i--) {
      const lower = i > 0 ? powers[i - 1]! : 0;
      powers[i] = (lower - middle * powers[i]!) / half;
    }
    powers[0] = powers[0]! + inU[k]!;
  }
  return powers;
}
