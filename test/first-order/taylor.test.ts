import { expect, test } from "vitest";
import { stepAnalysis } from "../../src/index.js";

const code = (wanted: string) => expect.objectContaining({ code: wanted });
const diagonal = (d: number[]) => (v: Float64Array, out: Float64Array) => {
  d.forEach((di, i) => {
    out[i] = di * (v[i] as number);
  });
};

test("the prediction is the exact change of a quadratic", () => {
  const d = [1, 4, 10];
  const x = [3, -2, 1];
  const f = (p: number[]) => p.reduce((sum, pi, i) => sum + ((d[i] as number) * pi * pi) / 2, 0);
  const g = x.map((xi, i) => (d[i] as number) * xi);
  const a = stepAnalysis(g, diagonal(d));
  for (const lr of [0.01, 0.1, 0.3]) {
    const moved = x.map((xi, i) => xi - lr * (g[i] as number));
    expect(a.predict(lr)).toBeCloseTo(f(moved) - f(x), 10);
  }
  expect(a.predict(a.bestLr)).toBeLessThan(a.predict(a.bestLr * 1.01));
  expect(a.predict(a.descentLr)).toBeCloseTo(0, 10);
  expect([a.largest, a.smallest, a.conditionNumber, a.stableLr].map((v) => +v.toFixed(9))).toEqual([
    10, 1, 10, 0.2,
  ]);
});

test("stableLr is where gradient descent starts to diverge", () => {
  const d = Array.from({ length: 100 }, (_, i) => 0.1 + i);
  const a = stepAnalysis(new Array(100).fill(1), diagonal(d));
  const run = (lr: number) => {
    const x = new Array(100).fill(1);
    for (let t = 0; t < 3000; t++) {
      d.forEach((di, i) => {
        x[i] -= lr * di * x[i];
      });
    }
    return Math.max(...x.map(Math.abs));
  };
  expect(a.products).toBeLessThanOrEqual(31);
  expect(run(0.99 * a.stableLr)).toBeLessThan(1);
  expect(run(1.02 * a.stableLr)).toBeGreaterThan(1e3);
});

test("as many products as parameters give both ends of a dense spectrum", () => {
  // The second difference matrix: eigenvalues 2 - 2 cos(k pi / (n + 1)).
  const n = 25;
  const a = stepAnalysis(
    new Array(n).fill(1),
    (v, out) => {
      for (let i = 0; i < n; i++) out[i] = 2 * v[i]! - (v[i - 1] ?? 0) - (v[i + 1] ?? 0);
    },
    { products: n, tolerance: 0 },
  );
  expect(a.largest).toBeCloseTo(2 + 2 * Math.cos(Math.PI / (n + 1)), 12);
  expect(a.smallest).toBeCloseTo(2 - 2 * Math.cos(Math.PI / (n + 1)), 12);
});

test("negative curvature: no best step along it, an infinite condition number", () => {
  const a = stepAnalysis([1, 0], diagonal([-2, 1]));
  expect([a.bestLr, a.conditionNumber]).toEqual([Infinity, Infinity]);
  expect(a.smallest).toBeCloseTo(-2, 10);
  expect(a.stableLr).toBeCloseTo(2, 10);
});

test("a zero gradient and a zero Hessian have answers, bad input has errors", () => {
  expect(stepAnalysis([0, 0], diagonal([3, 1])).largest).toBeCloseTo(3, 10);
  expect(stepAnalysis([1, 1], (_v, out) => void out.fill(0)).stableLr).toBe(Infinity);
  expect(() => stepAnalysis([], diagonal([]))).toThrow(code("SHAPE"));
  expect(() => stepAnalysis([NaN], diagonal([1]))).toThrow(code("NON_FINITE_INPUT"));
  expect(() => stepAnalysis([1], (_v, out) => void out.fill(NaN))).toThrow(code("CALLBACK_RESULT"));
  expect(() => stepAnalysis([1], diagonal([1]), { product: 3 } as never)).toThrow(code("OPTION"));
  const error = new Error("mine");
  expect(() =>
    stepAnalysis([1], () => {
      throw error;
    }),
  ).toThrow(error);
});

test("no unit of gradient or Hessian changes the answer", () => {
  const d = [2, 20];
  const plain = stepAnalysis([2, 40], diagonal(d));
  const far = [1e-300, 1e-200, 1e-160, 1e160, 1e200, 1e300];
  for (const unit of far) {
    const a = stepAnalysis([2 * unit, 40 * unit], diagonal(d));
    expect(a.bestLr).toBeCloseTo(1604 / 32008, 14);
    expect([a.stableLr, a.smallest]).toEqual([expect.closeTo(0.1, 12), expect.closeTo(2, 10)]);
    expect(a.products).toBe(plain.products);
  }
  for (const unit of far.filter((u) => u > 1e-300 && u < 1e300)) {
    const a = stepAnalysis([2, 40], diagonal(d.map((v) => v * unit)));
    expect(a.bestLr * unit).toBeCloseTo(1604 / 32008, 14);
    expect([a.largest / unit, a.smallest / unit]).toEqual([expect.closeTo(20, 10), expect.closeTo(2, 10)]);
  }
  expect(stepAnalysis([2e-160, 40e-160], diagonal(d)).predict(0.1)).toBeCloseTo(0, 300);
});
