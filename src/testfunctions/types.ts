// A test function: an objective with everything known about it. It can be handed to `minimize` as it is.

export interface KnownMinimum {
  readonly x: readonly number[];
  readonly f: number;
  readonly kind: "global" | "local";
}

export interface TestFunction {
  readonly name: string;
  readonly n: number;
  /** The field's standard start. */
  readonly x0: readonly number[];
  /** Where it is usually drawn, and where global searches look: [lower, upper] of each variable. */
  readonly box: readonly (readonly [number, number])[];
  readonly minima: readonly KnownMinimum[];
  fun(x: ArrayLike<number>): number;
  grad(x: ArrayLike<number>, out: Float64Array | number[]): void;
  /** n*n, row-major. */
  hess(x: ArrayLike<number>, out: Float64Array | number[]): void;
}

export type Vector = ArrayLike<number>;
export type Out = Float64Array | number[];

export const repeat = (n: number, ...values: number[]): number[] =>
  Array.from({ length: n }, (_, i) => values[i % values.length]!);

export const square = (n: number, low: number, high: number): [number, number][] =>
  Array.from({ length: n }, () => [low, high]);

/** Element i; the formulas below index only what exists. */
export const at = (x: Vector, i: number): number => x[i]!;

/** A sum of squares: from residuals, their gradients and Hessians, f = sum r^2, g = 2 sum r r', H = 2 sum (r'r'^T + r r''). */
export function sumOfSquares(
  n: number,
  count: number,
  residual: (i: number, x: Vector, slope: Float64Array, bend: Float64Array) => number,
): Pick<TestFunction, "fun" | "grad" | "hess"> {
  const slope = new Float64Array(n);
  const bend = new Float64Array(n * n);
  const each = (x: Vector, visit: (r: number) => void) => {
    for (let i = 0; i < count; i++) {
      slope.fill(0);
      bend.fill(0);
      visit(residual(i, x, slope, bend));
    }
  };
  return {
    fun(x) {
      let f = 0;
      each(x, (r) => {
        f += r * r;
      });
      return f;
    },
    grad(x, out) {
      out.fill(0);
      each(x, (r) => {
        for (let j = 0; j < n; j++) out[j] = at(out, j) + 2 * r * at(slope, j);
      });
    },
    hess(x, out) {
      out.fill(0);
      each(x, (r) => {
        for (let j = 0; j < n; j++) {
          for (let k = 0; k < n; k++) {
            const e = j * n + k;
            out[e] = at(out, e) + 2 * (at(slope, j) * at(slope, k) + r * at(bend, e));
          }
        }
      });
    },
  };
}
