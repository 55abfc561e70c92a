// With more variables than a Hessian is made for, a run that finds no lower point is judged by what its steps saw: smooth functions
// whose last digits are lost have converged, and kinks have not.
import { describe, expect, test } from "vitest";
import { minimize } from "../../src/index.js";

const METHODS = ["lbfgs", "bfgs", "nonlinearCG", "gradientDescent"] as const;
const BOXED = ["lbfgs", "bfgs", "gradientDescent"] as const;
const N = 30;

let seed = 7;
const random = (): number => {
  seed = (seed * 48271) % 2147483647;
  return seed / 2147483647 - 0.5;
};
const vector = (): Float64Array => Float64Array.from({ length: N }, random);

interface Problem {
  readonly f: { funGrad: (x: Float64Array, g: Float64Array) => number };
  readonly x0: Float64Array;
  readonly best: number;
}

/** The sum of terms of a_i'(x - x*), with `offset` added: a_i are unit vectors, mirrored. */
function smooth(term: (z: number) => [value: number, slope: number], offset: number): Problem {
  const [centre, u] = [vector(), vector()];
  const uu = u.reduce((s, v) => s + v * v, 0);
  const mirror = (x: Float64Array): Float64Array => {
    const d = (2 * x.reduce((s, v, j) => s + v * u[j]!, 0)) / uu;
    return x.map((v, j) => v - d * u[j]!);
  };
  const funGrad = (x: Float64Array, g: Float64Array): number => {
    let sum = offset;
    const slopes = mirror(x.map((v, j) => v - centre[j]!)).map((z) => {
      const [value, slope] = term(z);
      sum += value;
      return slope;
    });
    g.set(mirror(slopes));
    return sum;
  };
  return { f: { funGrad }, x0: vector().map((v) => 4 * v), best: offset + N * term(0)[0] };
}

/** The largest |a_i'x - b_i| or the sum of them, 0 at the best, with 100 added. */
function kinked(largest: boolean): Problem {
  const A = Array.from({ length: 2 * N }, vector);
  const centre = vector();
  const b = A.map((a) => a.reduce((s, v, j) => s + v * centre[j]!, 0));
  const funGrad = (x: Float64Array, g: Float64Array): number => {
    const z = A.map((a, i) => a.reduce((s, v, j) => s + v * x[j]!, -b[i]!));
    const most = Math.max(...z.map(Math.abs));
    const parts = z.map((v) => (largest && Math.abs(v) < most ? 0 : Math.sign(v)));
    for (let j = 0; j < N; j++) g[j] = parts.reduce((s, v, i) => s + v * A[i]![j]!, 0);
    return 100 + (largest ? most : z.reduce((s, v) => s + Math.abs(v), 0));
  };
  return { f: { funGrad }, x0: vector().map((v) => 2 * v), best: 100 };
}

const box = { lower: new Float64Array(N).fill(-10), upper: new Float64Array(N).fill(10) };
const cases = [
  ...METHODS.map((method) => ({ method, bounds: undefined, name: method })),
  ...BOXED.map((method) => ({ method, bounds: box, name: `${method} in a box` })),
];

const terms: Record<string, (z: number) => [number, number]> = {
  "sqrt(1 + 10000 z^2)": (z) => [Math.sqrt(1 + 1e4 * z * z), (1e4 * z) / Math.sqrt(1 + 1e4 * z * z)],
  "log(1 + 100 z^2)": (z) => [Math.log1p(100 * z * z), (200 * z) / (1 + 100 * z * z)],
  "log cosh 100 z": (z) => [
    Math.abs(100 * z) + Math.log1p(Math.exp(-200 * Math.abs(z))) - Math.LN2,
    100 * Math.tanh(100 * z),
  ],
  "exp(z) - z": (z) => [Math.exp(z) - z, Math.exp(z) - 1],
  "z^4": (z) => [z ** 4, 4 * z ** 3],
};

describe.each(cases)("$name", ({ method, bounds }) => {
  test.each(Object.entries(terms))("sums of %s converge to the last digits, whatever is added", (_, term) => {
    for (const offset of [1, 1e3, 1e6]) {
      const { f, x0, best } = smooth(term, offset);
      const r = minimize(f, x0, { method, bounds });
      expect(r.status, `${offset}: ${r.message}`).toBe("converged");
      expect(Math.abs(r.fun - best) / best).toBeLessThan(1e-10);
    }
  });
  test("no claim at a kink that is not the minimum", () => {
    for (let k = 0; k < 3; k++) {
      for (const largest of [true, false]) {
        const { f, x0, best } = kinked(largest);
        const r = minimize(f, x0, { method, bounds, maxIterations: 600 });
        if (r.status === "converged") expect((r.fun - best) / best, r.message).toBeLessThan(1e-7);
      }
    }
  });
});
