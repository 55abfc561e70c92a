// The room `special`: special functions of models, f(x) for arrays of doubles. The first argument is that of the room `models`, unused.
import { besselj } from "./bessel";
import { erfc, faddeeva } from "./faddeeva";
import { beta, gamma, lgamma, polygamma } from "./gamma";
import { lambertw } from "./lambert";

/** Which function: each loop is this one. */
function at(f: i32, x: f64, y: f64): f64 {
  if (f < 4) return besselj(f, x);
  if (f < 6) return polygamma(f - 4, x);
  if (f == 6) return gamma(x);
  if (f == 7) return lgamma(x);
  if (f == 8) return erfc(x);
  if (f == 9) return lambertw(x);
  return f == 10 ? beta(x, y) : faddeeva(f - 11, x, y);
}

function map(f: i32, n: i32, x: usize, y: usize, out: usize): void {
  for (const end = x + (<usize>n << 3); x < end; x += 8, y += 8, out += 8)
    store<f64>(out, at(f, load<f64>(x), load<f64>(y)));
}

export function vbesselj0(_k: usize, n: i32, x: usize, out: usize): void {
  map(0, n, x, x, out);
}
export function vbesselj1(_k: usize, n: i32, x: usize, out: usize): void {
  map(1, n, x, x, out);
}
export function vbesselj2(_k: usize, n: i32, x: usize, out: usize): void {
  map(2, n, x, x, out);
}
export function vbesselj3(_k: usize, n: i32, x: usize, out: usize): void {
  map(3, n, x, x, out);
}
export function vdigamma(_k: usize, n: i32, x: usize, out: usize): void {
  map(4, n, x, x, out);
}
export function vtrigamma(_k: usize, n: i32, x: usize, out: usize): void {
  map(5, n, x, x, out);
}
export function vgamma(_k: usize, n: i32, x: usize, out: usize): void {
  map(6, n, x, x, out);
}
export function vlgamma(_k: usize, n: i32, x: usize, out: usize): void {
  map(7, n, x, x, out);
}
export function verfc(_k: usize, n: i32, x: usize, out: usize): void {
  map(8, n, x, x, out);
}
export function vlambertw(_k: usize, n: i32, x: usize, out: usize): void {
  map(9, n, x, x, out);
}
export function vbeta(_k: usize, n: i32, x: usize, y: usize, out: usize): void {
  map(10, n, x, y, out);
}
export function vfaddeeva0(_k: usize, n: i32, x: usize, y: usize, out: usize): void {
  map(11, n, x, y, out);
}
export function vfaddeeva2(_k: usize, n: i32, x: usize, y: usize, out: usize): void {
  map(13, n, x, y, out);
}
export function vfaddeeva3(_k: usize, n: i32, x: usize, y: usize, out: usize): void {
  map(14, n, x, y, out);
}
export function vfaddeeva4(_k: usize, n: i32, x: usize, y: usize, out: usize): void {
  map(15, n, x, y, out);
}
export function vfaddeeva5(_k: usize, n: i32, x: usize, y: usize, out: usize): void {
  map(16, n, x, y, out);
}
export function vfaddeeva6(_k: usize, n: i32, x: usize, y: usize, out: usize): void {
  map(17, n, x, y, out);
}
export function vfaddeeva7(_k: usize, n: i32, x: usize, y: usize, out: usize): void {
  map(18, n, x, y, out);
}
export function vfaddeeva8(_k: usize, n: i32, x: usize, y: usize, out: usize): void {
  map(19, n, x, y, out);
}
