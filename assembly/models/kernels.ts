// The array kernels: out[i] = f(x[i]) for i < n, exactly n elements read and written, 8-byte alignment, out
// === x allowed. k is the constants block (layout.ts). `@inline` classes stand in for function arguments:
// each loop has its body inlined.
import { erf } from "./erf";
import { expArray, expm1 } from "./exponential";
import { cosh, sinh, tanh } from "./hyperbolic";
import { acos, asin, atan, atan2 } from "./inverse";
import { log, log10, log1p, log2 } from "./logarithm";
import { cbrt, pow } from "./power";
import { cos, sin, sincos, tan } from "./trigonometric";

// One loop serves the odd last element too: a second copy of every body would double the module.
// @ts-ignore: decorator
@inline function map<F>(k: usize, n: i32, x: usize, out: usize): void {
  for (; n > 0; n -= 2, x += 16, out += 16) {
    const y = changetype<F>(0).at(k, n > 1 ? v128.load(x) : v128.load_splat<f64>(x));
    if (n > 1) v128.store(out, y);
    else v128.store_lane<f64>(out, y, 0);
  }
}

// @ts-ignore: decorator
@inline function map2<F>(k: usize, n: i32, x: usize, y: usize, out: usize): void {
  for (; n > 0; n -= 2, x += 16, y += 16, out += 16) {
    const a = n > 1 ? v128.load(x) : v128.load_splat<f64>(x);
    const z = changetype<F>(0).at(k, a, n > 1 ? v128.load(y) : v128.load_splat<f64>(y));
    if (n > 1) v128.store(out, z);
    else v128.store_lane<f64>(out, z, 0);
  }
}

export function vexp(k: usize, n: i32, x: usize, out: usize): void {
  expArray(k, n, x, out);
}

@unmanaged class Expm1 {
  // @ts-ignore: decorator
  @inline at(k: usize, x: v128): v128 {
    return expm1(k, x);
  }
}
export function vexpm1(k: usize, n: i32, x: usize, out: usize): void {
  map<Expm1>(k, n, x, out);
}

@unmanaged class Log {
  // @ts-ignore: decorator
  @inline at(k: usize, x: v128): v128 {
    return log(k, x);
  }
}
export function vlog(k: usize, n: i32, x: usize, out: usize): void {
  map<Log>(k, n, x, out);
}

@unmanaged class Log1p {
  // @ts-ignore: decorator
  @inline at(k: usize, x: v128): v128 {
    return log1p(k, x);
  }
}
export function vlog1p(k: usize, n: i32, x: usize, out: usize): void {
  map<Log1p>(k, n, x, out);
}

@unmanaged class Log2 {
  // @ts-ignore: decorator
  @inline at(k: usize, x: v128): v128 {
    return log2(k, x);
  }
}
export function vlog2(k: usize, n: i32, x: usize, out: usize): void {
  map<Log2>(k, n, x, out);
}

@unmanaged class Log10 {
  // @ts-ignore: decorator
  @inline at(k: usize, x: v128): v128 {
    return log10(k, x);
  }
}
export function vlog10(k: usize, n: i32, x: usize, out: usize): void {
  map<Log10>(k, n, x, out);
}

@unmanaged class Sin {
  // @ts-ignore: decorator
  @inline at(k: usize, x: v128): v128 {
    return sin(k, x);
  }
}
export function vsin(k: usize, n: i32, x: usize, out: usize): void {
  map<Sin>(k, n, x, out);
}

@unmanaged class Cos {
  // @ts-ignore: decorator
  @inline at(k: usize, x: v128): v128 {
    return cos(k, x);
  }
}
export function vcos(k: usize, n: i32, x: usize, out: usize): void {
  map<Cos>(k, n, x, out);
}

@unmanaged class Tan {
  // @ts-ignore: decorator
  @inline at(k: usize, x: v128): v128 {
    return tan(k, x);
  }
}
export function vtan(k: usize, n: i32, x: usize, out: usize): void {
  map<Tan>(k, n, x, out);
}

@unmanaged class Asin {
  // @ts-ignore: decorator
  @inline at(k: usize, x: v128): v128 {
    return asin(k, x);
  }
}
export function vasin(k: usize, n: i32, x: usize, out: usize): void {
  map<Asin>(k, n, x, out);
}

@unmanaged class Acos {
  // @ts-ignore: decorator
  @inline at(k: usize, x: v128): v128 {
    return acos(k, x);
  }
}
export function vacos(k: usize, n: i32, x: usize, out: usize): void {
  map<Acos>(k, n, x, out);
}

@unmanaged class Atan {
  // @ts-ignore: decorator
  @inline at(k: usize, x: v128): v128 {
    return atan(k, x);
  }
}
export function vatan(k: usize, n: i32, x: usize, out: usize): void {
  map<Atan>(k, n, x, out);
}

@unmanaged class Sinh {
  // @ts-ignore: decorator
  @inline at(k: usize, x: v128): v128 {
    return sinh(k, x);
  }
}
export function vsinh(k: usize, n: i32, x: usize, out: usize): void {
  map<Sinh>(k, n, x, out);
}

@unmanaged class Cosh {
  // @ts-ignore: decorator
  @inline at(k: usize, x: v128): v128 {
    return cosh(k, x);
  }
}
export function vcosh(k: usize, n: i32, x: usize, out: usize): void {
  map<Cosh>(k, n, x, out);
}

@unmanaged class Tanh {
  // @ts-ignore: decorator
  @inline at(k: usize, x: v128): v128 {
    return tanh(k, x);
  }
}
export function vtanh(k: usize, n: i32, x: usize, out: usize): void {
  map<Tanh>(k, n, x, out);
}

@unmanaged class Cbrt {
  // @ts-ignore: decorator
  @inline at(k: usize, x: v128): v128 {
    return cbrt(k, x);
  }
}
export function vcbrt(k: usize, n: i32, x: usize, out: usize): void {
  map<Cbrt>(k, n, x, out);
}

@unmanaged class Erf {
  // @ts-ignore: decorator
  @inline at(k: usize, x: v128): v128 {
    return erf(k, x);
  }
}
export function verf(k: usize, n: i32, x: usize, out: usize): void {
  map<Erf>(k, n, x, out);
}

@unmanaged class Pow {
  // @ts-ignore: decorator
  @inline at(k: usize, x: v128, y: v128): v128 {
    return pow(k, x, y);
  }
}
/** x^y; out may be x or y. */
export function vpow(k: usize, n: i32, x: usize, y: usize, out: usize): void {
  map2<Pow>(k, n, x, y, out);
}

@unmanaged class Atan2 {
  // @ts-ignore: decorator
  @inline at(k: usize, x: v128, y: v128): v128 {
    return atan2(k, x, y);
  }
}
/** the angle of (x, y), first argument y as in Math.atan2; out may be x or y. */
export function vatan2(k: usize, n: i32, x: usize, y: usize, out: usize): void {
  map2<Atan2>(k, n, x, y, out);
}

/** sines and cosines from one reduction; x may be s or c. */
export function vsincos(k: usize, n: i32, x: usize, s: usize, c: usize): void {
  for (; n > 0; n -= 2, x += 16, s += 16, c += 16) {
    const y = sincos(k, n > 1 ? v128.load(x) : v128.load_splat<f64>(x), c, n > 1);
    if (n > 1) v128.store(s, y);
    else v128.store_lane<f64>(s, y, 0);
  }
}
