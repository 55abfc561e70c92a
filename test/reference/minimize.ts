// Readable twins of the kernels of smooth minimisation: the textbook, one line a formula, no care for speed.

type Vector = readonly number[];
const dot = (a: Vector, b: Vector): number => a.reduce((sum, v, i) => sum + v * (b[i] as number), 0);
const plus = (a: Vector, t: number, b: Vector): number[] => a.map((v, i) => v + t * (b[i] as number));

export interface Pair {
  readonly s: Vector;
  readonly y: Vector;
}

/** -H g by the two-loop recursion over pairs, oldest first (Nocedal and Wright, algorithm 7.4). */
export function twoLoop(pairs: readonly Pair[], g: Vector): number[] {
  let q = g.map((v) => -v);
  const alphas: number[] = [];
  for (const { s, y } of [...pairs].reverse()) {
    const alpha = dot(s, q) / dot(s, y);
    q = plus(q, -alpha, y);
    alphas.unshift(alpha);
  }
  const last = pairs.at(-1);
  if (last) q = q.map((v) => (v * dot(last.s, last.y)) / dot(last.y, last.y));
  pairs.forEach(({ s, y }, i) => {
    q = plus(q, (alphas[i] as number) - dot(y, q) / dot(s, y), s);
  });
  return q;
}

export type Matrix = readonly Vector[];
export const times = (A: Matrix, x: Vector): number[] => A.map((row) => dot(row, x));
export const identity = (n: number, scale = 1): number[][] =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? scale : 0)));

/** The BFGS update of the inverse Hessian (eq. 6.17): (I - rho s y') H (I - rho y s') + rho s s'. */
export function bfgsUpdate(H: Matrix, { s, y }: Pair): number[][] {
  const rho = 1 / dot(s, y);
  const Hy = times(H, y);
  const yHy = dot(y, Hy);
  return H.map((row, i) =>
    row.map(
      (v, j) =>
        v -
        rho * ((s[i] as number) * (Hy[j] as number) + (Hy[i] as number) * (s[j] as number)) +
        rho * (1 + rho * yHy) * (s[i] as number) * (s[j] as number),
    ),
  );
}

/** The Hessian itself that L-BFGS represents: theta I, updated pair by pair (eq. 6.19). */
export function limitedHessian(pairs: readonly Pair[], n: number): number[][] {
  const last = pairs.at(-1);
  let B = identity(n, last ? dot(last.y, last.y) / dot(last.s, last.y) : 1);
  for (const { s, y } of pairs) {
    const Bs = times(B, s);
    const [sBs, sy] = [dot(s, Bs), dot(s, y)];
    B = B.map((row, i) =>
      row.map(
        (v, j) =>
          v - ((Bs[i] as number) * (Bs[j] as number)) / sBs + ((y[i] as number) * (y[j] as number)) / sy,
      ),
    );
  }
  return B;
}

/**
 * The generalised Cauchy point: the first local minimiser of the model g'z + z'Bz/2 along the projected path
 * P(x - t g), by walking from breakpoint to breakpoint with B in full (Byrd, Lu, Nocedal and Zhu 1995, section 4).
 */
export function cauchyPoint(x: Vector, g: Vector, lower: Vector, upper: Vector, B: Matrix): number[] {
  const breaks = g.map((v, i) => {
    if (v < 0) return ((x[i] as number) - (upper[i] as number)) / v;
    return v > 0 ? ((x[i] as number) - (lower[i] as number)) / v : Infinity;
  });
  const times_ = [...new Set(breaks.filter((t) => t > 0))].sort((a, b) => a - b);
  let z = x.map(() => 0);
  let before = 0;
  for (const t of [...times_, Infinity]) {
    const d = g.map((v, i) => ((breaks[i] as number) > before ? -v : 0));
    const slope = dot(g, d) + dot(d, times(B, z));
    const curvature = dot(d, times(B, d));
    if (slope >= 0) break;
    const step = -slope / curvature;
    if (step < t - before) {
      z = plus(z, step, d);
      break;
    }
    z = plus(z, t - before, d);
    before = t;
  }
  return x.map((v, i) => Math.min(Math.max(v + (z[i] as number), lower[i] as number), upper[i] as number));
}

export { dot };
