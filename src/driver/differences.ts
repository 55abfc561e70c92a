// Jacobians by finite differences, column by column. Steps are scaled per parameter and never leave the
// bounds: forward (or backward) with h = eps^(1/2) s, central with h = eps^(1/3) s, where s is |x| but at least
// a tenth of the largest |x| so far, so that a parameter passing through 0 keeps a usable step. Beside a bound
// that leaves no room the three-point one-sided formula keeps the order of the central one.
// Gill, Murray and Wright, Practical Optimization (1981), section 4.6.

export interface DifferenceSpace {
  /** The perturbed point, n. */
  readonly x: Float64Array;
  /** Values at one and two steps, m each. */
  readonly a: Float64Array;
  readonly b: Float64Array;
}

const FORWARD_STEP = 1.4901161193847656e-8;
/** Smallest share of its largest size so far that a variable is taken to have. */
const LEAST_SHARE = 0.1;
const CENTRAL_STEP = 6.055454452393343e-6;

/** Step of a central difference of a variable of this size now, and at most so far. */
export const centralStep = (size: number, span: number): number =>
  CENTRAL_STEP * Math.max(size, LEAST_SHARE * span);

/**
 * Fills J (m*n row-major) around x, where r holds the values at x and span
 * the largest |x| so far. Yields `space.a` or `space.b` each time
 * the caller must evaluate `space.x` into it.
 */
export function* differences(
  x: Float64Array,
  r: Float64Array,
  J: Float64Array,
  central: boolean,
  bounds: { lower: Float64Array; upper: Float64Array } | null,
  span: Float64Array,
  space: DifferenceSpace,
): Generator<Float64Array, void, void> {
  const n = x.length;
  const m = r.length;
  const { x: at, a, b } = space;
  at.set(x);
  for (let j = 0; j < n; j++) {
    const xj = x[j]!;
    const low = bounds ? bounds.lower[j]! : -Infinity;
    const high = bounds ? bounds.upper[j]! : Infinity;
    const below = xj - low;
    const above = high - xj;
    // No room for two more points.
    if (xj + (below + above) / 8 === xj) {
      for (let i = 0; i < m; i++) J[i * n + j] = 0;
      continue;
    }
    const scale = Math.max(Math.abs(xj), LEAST_SHARE * span[j]!);
    const size = (central ? CENTRAL_STEP : FORWARD_STEP) * scale;
    // The step actually taken is exact: xj + h - xj is representable.
    if (central && below >= size && above >= size) {
      const plus = xj + size;
      const minus = xj - size;
      at[j] = plus;
      yield a;
      at[j] = minus;
      yield b;
      const width = plus - minus;
      for (let i = 0; i < m; i++) J[i * n + j] = (a[i]! - b[i]!) / width;
    } else {
      // Away from zero where there is room, else inwards, else towards the farther bound.
      const outwards = xj < 0 ? -1 : 1;
      const ahead = outwards > 0 ? above : below;
      const behind = outwards > 0 ? below : above;
      const sign = ahead >= size || ahead >= behind ? outwards : -outwards;
      const room = sign === outwards ? ahead : behind;
      const h = sign * Math.min(size, central ? room / 2 : room);
      const h1 = xj + h - xj;
      at[j] = xj + h1;
      yield a;
      if (central) {
        // The bound itself, not x and the room, whose sum is rounded.
        const x2 = Math.min(Math.max(xj + 2 * h1, low), high);
        at[j] = x2;
        const h2 = x2 - xj;
        yield b;
        // Divided differences at 0, h1, h2: f'(0) = s1 - h1 (s2 - s1) / (h2 - h1), s the slopes from 0.
        for (let i = 0; i < m; i++) {
          const s1 = (a[i]! - r[i]!) / h1;
          const s2 = (b[i]! - r[i]!) / h2;
          J[i * n + j] = s1 - (h1 * (s2 - s1)) / (h2 - h1);
        }
      } else {
        for (let i = 0; i < m; i++) J[i * n + j] = (a[i]! - r[i]!) / h1;
      }
    }
    at[j] = xj;
  }
}

/** Evaluations that `differences` asks for at most. */
export const differenceCost = (n: number, central: boolean): number => (central ? 2 * n : n);

/** The size of each variable so far, of which its step is a share: 1 while it has only been 0. */
export function growSpan(span: Float64Array, x: Float64Array): void {
  for (let j = 0; j < x.length; j++) {
    const size = Math.abs(x[j]!);
    span[j] = Math.max(size, span[j]! || (size === 0 ? 1 : 0));
  }
}
