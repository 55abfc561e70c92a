// Derivatives by central differences of two steps, extrapolated (Richardson): error h^4, for judging a point rather than for reaching it.
// Where a bound is nearer than the step the difference is one-sided, of second order.

/** The larger step over max(|x|, 1): truncation h^4 and rounding eps / h meet near eps^(1/5). */
const STEP = 1e-3;

/** rows(x) has `count` values; out: count x n. */
export function differenceRows(
  rows: (x: Float64Array) => Float64Array,
  x: Float64Array,
  count: number,
  lower: Float64Array,
  upper: Float64Array,
  out: Float64Array,
): void {
  const n = x.length;
  const here = rows(x);
  const at = (j: number, step: number) => {
    const to = x.slice();
    to[j] = x[j]! + step;
    return { step: to[j]! - x[j]!, values: rows(to) };
  };
  for (let j = 0; j < n; j++) {
    const h = STEP * Math.max(1, Math.abs(x[j]!));
    const room = { up: upper[j]! - x[j]!, down: x[j]! - lower[j]! };
    if (room.up >= h && room.down >= h) {
      const [a, b, c, d] = [at(j, h), at(j, -h), at(j, h / 2), at(j, -h / 2)];
      for (let i = 0; i < count; i++) {
        const wide = (a.values[i]! - b.values[i]!) / (a.step - b.step);
        const narrow = (c.values[i]! - d.values[i]!) / (c.step - d.step);
        out[i * n + j] = (4 * narrow - wide) / 3;
      }
      continue;
    }
    const s = room.up >= room.down ? 1 : -1;
    const k = s * Math.min(h / 16, Math.max(room.up, room.down) / 2);
    if (k === 0) continue;
    const [a, b] = [at(j, k), at(j, 2 * k)];
    for (let i = 0; i < count; i++)
      out[i * n + j] = (4 * a.values[i]! - b.values[i]! - 3 * here[i]!) / (2 * k);
  }
}

export function differenceGradient(
  f: (x: Float64Array) => number,
  x: Float64Array,
  lower: Float64Array,
  upper: Float64Array,
  out: Float64Array,
): void {
  differenceRows((at) => Float64Array.of(f(at)), x, 1, lower, upper, out);
}
