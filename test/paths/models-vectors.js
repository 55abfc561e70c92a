// Elementary functions on arrays, at ordinary and odd numbers.
import { grid } from "./fit-data.js";

export function* cases(d) {
  const odd = [
    0,
    -0,
    1,
    -1,
    0.5,
    -0.5,
    1e-300,
    -1e-9,
    1e-4,
    3.7,
    -2.2,
    20,
    -40,
    700,
    710,
    -746,
    1e5,
    1e10,
    -1e22,
    1e300,
    5e-324,
    Infinity,
    -Infinity,
    NaN,
  ];
  const fine = grid(700, -9, 9);
  const large = grid(1100, 0.001, 1e6);
  for (const name of "exp expm1 log log1p log2 log10 cbrt sin cos tan asin acos atan sinh cosh tanh erf".split(
    " ",
  ))
    yield [`v${name}`, () => [odd, fine, large, fine.map((v) => v / 9)].map((x) => d[`v${name}`](x))];
  for (const name of ["pow", "atan2"])
    yield [
      `v${name}`,
      () =>
        [
          [odd.flatMap((v) => odd.map(() => v)), odd.flatMap(() => odd)],
          [large, large.map((_, i) => i / 90 - 6)],
        ].map(([x, y]) => d[`v${name}`](x, y)),
    ];
  yield [
    "v over itself",
    () =>
      [fine.slice(), fine.slice()].map((x, k) => {
        const v = Float64Array.from(x);
        return d.vexp(k ? v.subarray(0, 600) : v, k ? v.subarray(1, 601) : v);
      }),
  ];
}
