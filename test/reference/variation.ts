// Total variation of a picture in plain JavaScript, one pixel after the other: the oracle of assembly/constrained/variation.ts.

type Numbers = Float64Array;

/** f + lambda div p, the divergence being the negative adjoint of the forward gradient. */
export function tvPicture(
  width: number,
  height: number,
  lambda: number,
  f: Numbers,
  px: Numbers,
  py: Numbers,
): Numbers {
  return f.map((v, i) => {
    const [r, c] = [Math.floor(i / width), i % width];
    let d = px[i]! - (c > 0 ? px[i - 1]! : 0) + py[i]!;
    if (r > 0) d -= py[i - width]!;
    return height > 0 ? v + lambda * d : v;
  });
}

function gradient(width: number, height: number, u: Numbers, i: number): [number, number] {
  const [r, c] = [Math.floor(i / width), i % width];
  return [c + 1 < width ? u[i + 1]! - u[i]! : 0, r + 1 < height ? u[i + width]! - u[i]! : 0];
}

/** Changes p and q; sum (q - p)'(p - p before). */
export function tvAscend(
  width: number,
  height: number,
  tau: number,
  beta: number,
  u: Numbers,
  p: [Numbers, Numbers],
  q: [Numbers, Numbers],
): number {
  let along = 0;
  for (let i = 0; i < u.length; i++) {
    const g = gradient(width, height, u, i);
    const a = g.map((v, k) => q[k]![i]! + tau * v);
    if (i % width === width - 1) a[0] = 0;
    const square = a[0]! * a[0]! + a[1]! * a[1]!;
    const scale = square > 1 ? 1 / Math.sqrt(square) : 1;
    a.forEach((v, k) => {
      const next = v * scale;
      const d = next - p[k]![i]!;
      along += (q[k]![i]! - next) * d;
      p[k]![i] = next;
      q[k]![i] = next + beta * d;
    });
  }
  return along;
}

/** sum |grad u|, sum p'grad u, |u - f|^2. */
export function tvMeasure(
  width: number,
  height: number,
  f: Numbers,
  u: Numbers,
  p: [Numbers, Numbers],
): [number, number, number] {
  const sums: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < u.length; i++) {
    const [gx, gy] = gradient(width, height, u, i);
    sums[0] += Math.sqrt(gx * gx + gy * gy);
    sums[1] += p[0][i]! * gx + p[1][i]! * gy;
    sums[2] += (u[i]! - f[i]!) * (u[i]! - f[i]!);
  }
  return sums;
}
