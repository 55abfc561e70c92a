// A point of a nonlinear program with what is known there: value, rows and first derivatives, all scaled.

/** A point with what is known there, scaled. */
export interface Point {
  readonly x: Float64Array;
  f: number;
  /** Rows (m). */
  readonly c: Float64Array;
  readonly g: Float64Array;
  /** The entries of the Jacobian's pattern, row by row: m*n row-major where it is full. */
  readonly J: Float64Array;
}

export const newPoint = (n: number, m: number, entries: number): Point => ({
  x: new Float64Array(n),
  f: NaN,
  c: new Float64Array(m),
  g: new Float64Array(n),
  J: new Float64Array(entries),
});

export function copyPoint(from: Point, to: Point): void {
  to.x.set(from.x);
  to.f = from.f;
  to.c.set(from.c);
  to.g.set(from.g);
  to.J.set(from.J);
}

export const finite = (values: ArrayLike<number>): boolean => {
  for (let i = 0; i < values.length; i++) if (!(values[i]! - values[i]! === 0)) return false;
  return true;
};

export const finitePoint = (p: Point): boolean => p.f - p.f === 0 && finite(p.c);
export const finiteDerivatives = (p: Point): boolean => finite(p.g) && finite(p.J);
