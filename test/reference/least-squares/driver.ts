// Answers the requests of the generator from plain functions; differences where no Jacobian is given.
import { leastSquares, type Options, type Outcome, type Request } from "./lm.js";

export interface Problem {
  m: number;
  n: number;
  residuals(x: Float64Array, out: Float64Array): void;
  jacobian?(x: Float64Array, out: Float64Array): void;
}
export function solve(
  problem: Problem,
  x0: ArrayLike<number>,
  o: Options & { fd?: boolean } = {},
): Outcome & { total: number } {
  const run = leastSquares(problem.m, problem.n, x0, o);
  let extra = 0;
  for (;;) {
    const step = run.next();
    if (step.done) return { ...step.value, total: step.value.nfev + extra };
    const q = step.value;
    if (q.kind === "residuals") problem.residuals(q.x, q.residuals);
    else if (problem.jacobian && !o.fd) {
      problem.jacobian(q.x, q.jacobian);
      q.exact = true;
    } else extra += differences(problem, q, o.lower, o.upper);
  }
}

const FORWARD = 2 ** -26; // sqrt(eps)
const CENTRAL = 6.055454452393343e-6; // cbrt(eps)

/** Forward or (fine) central differences inside the box, three one-sided points where central does not fit. Returns the evaluations spent. */
export function differences(
  { m, n, residuals }: Problem,
  q: Request,
  lower?: ArrayLike<number>,
  upper?: ArrayLike<number>,
): number {
  const { x, residuals: r, jacobian: J } = q;
  const at = Float64Array.from(x);
  const a = new Float64Array(m);
  const b = new Float64Array(m);
  let count = 0;
  for (let j = 0; j < n; j++) {
    const xj = x[j]!;
    const low = lower?.[j] ?? Number.NEGATIVE_INFINITY;
    const high = upper?.[j] ?? Number.POSITIVE_INFINITY;
    if (low === high) {
      for (let i = 0; i < m; i++) J[i * n + j] = 0;
      continue;
    }
    const size = Math.max(Math.abs(xj), 0.1 * q.span[j]!);
    const roomier = high - xj >= xj - low ? 1 : -1;
    const room = Math.max(high - xj, xj - low);
    if (!q.fine) {
      let h = FORWARD * size * (xj < 0 ? -1 : 1);
      if (xj + h > high || xj + h < low) h = -h;
      if (xj + h > high || xj + h < low) h = roomier * room;
      at[j] = xj + h;
      h = at[j]! - xj;
      residuals(at, a);
      count += 1;
      for (let i = 0; i < m; i++) J[i * n + j] = (a[i]! - r[i]!) / h;
    } else {
      const h = CENTRAL * size;
      count += 2;
      if (xj + h <= high && xj - h >= low) {
        at[j] = xj + h;
        const right = at[j]!;
        residuals(at, a);
        at[j] = xj - h;
        const width = right - at[j]!;
        residuals(at, b);
        for (let i = 0; i < m; i++) J[i * n + j] = (a[i]! - b[i]!) / width;
      } else {
        const t = roomier * Math.min(h, room / 2);
        at[j] = xj + t;
        const t1 = at[j]! - xj;
        residuals(at, a);
        at[j] = Math.min(Math.max(xj + 2 * t, low), high);
        const t2 = at[j]! - xj;
        residuals(at, b);
        for (let i = 0; i < m; i++)
          J[i * n + j] = ((a[i]! - r[i]!) * t2 * t2 - (b[i]! - r[i]!) * t1 * t1) / (t1 * t2 * (t2 - t1));
      }
    }
    at[j] = xj;
  }
  return count;
}
