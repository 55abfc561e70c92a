// Level 1 inside the module: exact small cases in both precisions, tails, odd offsets, nothing past n.

import { amax, asum, axpby, axpy, copy, dot, fill, iamax, nrm2, scal, sum } from "../../assembly/blas/level1";

/** n + 2 numbers: 1 .. n between two guards of 777; alternating signs. */
function guarded<T>(n: i32): StaticArray<T> {
  const x = new StaticArray<T>(n + 2);
  x[0] = <T>777;
  x[n + 1] = <T>777;
  for (let i = 1; i <= n; i++) x[i] = <T>(i & 1 ? i : -i);
  return x;
}

/** Address of element 1: an odd offset, since arrays start on 16 bytes. */
function inner<T>(x: StaticArray<T>): usize {
  return changetype<usize>(x) + sizeof<T>();
}

function reductions<T>(): void {
  for (let n = 0; n <= 37; n++) {
    const x = guarded<T>(n);
    const p = inner<T>(x);
    // Integers small enough that every order of summation is exact.
    const squares = <T>((n * (n + 1) * (2 * n + 1)) / 6);
    expect(dot<T>(n, p, p)).toBe(squares);
    expect(asum<T>(n, p)).toBe(<T>((n * (n + 1)) / 2));
    expect(sum<T>(n, p)).toBe(<T>(n & 1 ? (n + 1) / 2 : -n / 2));
    expect(amax<T>(n, p)).toBe(<T>n);
    expect(iamax<T>(n, p)).toBe(n - 1);
    expect(nrm2<T>(n, p)).toBe(sqrt<T>(squares));
  }
}

function updates<T>(): void {
  let wrong = 0;
  for (let n = 0; n <= 37; n++) {
    const x = guarded<T>(n);
    const y = guarded<T>(n);
    axpy<T>(n, <T>2, inner<T>(x), inner<T>(y));
    for (let i = 1; i <= n; i++) if (y[i] != <T>(3 * x[i])) wrong++;
    axpby<T>(n, <T>1, inner<T>(x), <T>-1, inner<T>(y));
    for (let i = 1; i <= n; i++) if (y[i] != <T>(-2 * x[i])) wrong++;
    scal<T>(n, <T>-0.5, inner<T>(y));
    for (let i = 1; i <= n; i++) if (y[i] != x[i]) wrong++;
    fill<T>(n, <T>NaN, inner<T>(y));
    axpby<T>(n, <T>4, inner<T>(x), <T>0, inner<T>(y));
    for (let i = 1; i <= n; i++) if (y[i] != <T>(4 * x[i])) wrong++;
    copy<T>(n, inner<T>(x), inner<T>(y));
    for (let i = 1; i <= n; i++) if (y[i] != x[i]) wrong++;
    expect(x[0]).toBe(<T>777);
    expect(y[0]).toBe(<T>777);
    expect(x[n + 1]).toBe(<T>777);
    expect(y[n + 1]).toBe(<T>777);
  }
  expect(wrong).toBe(0);
}

function specials<T>(largest: T, tiny: T): void {
  for (let n = 2; n <= 19; n++) {
    const x = guarded<T>(n);
    const p = inner<T>(x);
    x[1] = <T>Infinity;
    expect(amax<T>(n, p)).toBe(<T>Infinity);
    expect(iamax<T>(n, p)).toBe(0);
    expect(nrm2<T>(n, p)).toBe(<T>Infinity);
    x[n] = <T>NaN;
    expect(isNaN<T>(amax<T>(n, p))).toBe(true);
    expect(iamax<T>(n, p)).toBe(n - 1);
    expect(isNaN<T>(nrm2<T>(n, p))).toBe(true);
    fill<T>(n, <T>0, p);
    x[n] = largest;
    expect(nrm2<T>(n, p)).toBe(largest);
    x[n] = tiny;
    expect(nrm2<T>(n, p)).toBe(tiny);
  }
}

describe("level 1", () => {
  it("sums in f64", () => reductions<f64>());
  it("sums in f32", () => reductions<f32>());
  it("updates in f64", () => updates<f64>());
  it("updates in f32", () => updates<f32>());
  it("treats NaN, Infinity, the largest and the smallest number in f64", () =>
    specials<f64>(f64.MAX_VALUE, 5e-324));
  it("treats NaN, Infinity, the largest and the smallest number in f32", () =>
    specials<f32>(f32.MAX_VALUE, 1e-45));
});
