// x . y of the short rows of factors, in the order of sums that their results are recorded with.

export function inner(n: i32, x: usize, y: usize): f64 {
  let s = f64x2.splat(0), t = s;
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    s = f64x2.add(s, f64x2.mul(v128.load(x), v128.load(y)));
    t = f64x2.add(t, f64x2.mul(v128.load(x, 16), v128.load(y, 16)));
    x += 32;
    y += 32;
  }
  s = f64x2.add(s, t);
  let sum = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
  for (; i < n; i++) {
    sum += load<f64>(x) * load<f64>(y);
    x += 8;
    y += 8;
  }
  return sum;
}
