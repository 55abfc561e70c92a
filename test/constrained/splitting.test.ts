// proximalGradient, admm, chambollePock and denoise, each against another way to the same answer.
import { describe, expect, test } from "vitest";
import {
  admm,
  chambollePock,
  csr,
  DownhillError,
  denoise,
  denoiseAsync,
  lasso,
  project,
  prox,
  proximalGradient,
  solveLP,
  solveQP,
} from "../../src/index.js";
import { uniform } from "../kernels/instance.js";

/** Numbers in [low, high). */
function draws(n: number, low: number, high: number, seed: number): Float64Array {
  const next = uniform(Math.imul(seed + 1, 2654435761));
  return Float64Array.from({ length: n }, () => low + ((high - low) * (1 + next())) / 2);
}

const A = Array.from({ length: 10 }, (_, i) => [...draws(16, -1, 1, 7 + i)]);
const b = A.map((row) => 2 * row[0]! - 3 * row[4]! + 0.1 * row[9]!);
const close = (x: ArrayLike<number>, y: ArrayLike<number>, by: number) => {
  for (let i = 0; i < y.length; i++) expect(Math.abs(x[i]! - y[i]!)).toBeLessThan(by);
};

describe("the lasso, four ways", () => {
  const exact = lasso(A, b, 0.3).x;

  test("proximalGradient with a matrix and with functions", () => {
    const r = proximalGradient({ f: { A, b }, g: prox.l1(0.3), x0: new Float64Array(16) });
    expect(`${r.status}/${r.reason}`).toBe("converged/residual");
    close(r.x, exact, 1e-6);
    const funGrad = (x: Float64Array, out: Float64Array) => {
      out.fill(0);
      let s = 0;
      A.forEach((row, i) => {
        const e = row.reduce((t, a, j) => t + a * x[j]!, -b[i]!);
        s += e * e;
        row.forEach((a, j) => {
          out[j]! += a * e;
        });
      });
      return s / 2;
    };
    close(proximalGradient({ f: { funGrad }, g: prox.l1(0.3), x0: new Float64Array(16) }).x, exact, 1e-6);
  });

  test("admm: the sparse copy z", () => {
    // x: argmin |x - v|^2 / 2t + f is what proxF knows; here the split is Ax - z = 0 with f = lambda |x|_1.
    const r = admm({ proxF: prox.l1(0.3), proxG: prox.squared(1, b), A });
    expect(r.success).toBe(true);
    close(r.x, exact, 1e-5);
    expect(r.primalResidual).toBeLessThan(1e-6);
  });

  test("chambollePock", () => {
    const r = chambollePock({ K: A, proxF: prox.squared(1, b), proxG: prox.l1(0.3) });
    expect(r.success).toBe(true);
    close(r.x, exact, 1e-5);
    // y is the gradient of F at Kx: the residual.
    close(
      r.y,
      A.map((row, i) => row.reduce((s, a, j) => s + a * r.x[j]!, -b[i]!)),
      1e-5,
    );
  });
});

test("basis pursuit is a linear program", () => {
  const signal = new Float64Array(16);
  signal[2] = 1.5;
  signal[11] = -2;
  const y = A.map((row) => row.reduce((s, a, j) => s + a * signal[j]!, 0));
  const r = chambollePock({ K: A, proxF: project.box(y, y), proxG: prox.l1(1) });
  const split = A.map((row) => [...row, ...row.map((a) => -a)]);
  const lp = solveLP({ c: new Float64Array(32).fill(1), A: split, l: y, u: y, lower: new Float64Array(32) });
  expect(lp.status).toBe("solved");
  expect(r.x.reduce((s, v) => s + Math.abs(v), 0)).toBeCloseTo(lp.objective, 5);
  close(r.x, signal, 1e-5);
});

test("a portfolio by admm is a quadratic program", () => {
  const P = [
    [4, 1, 0.5],
    [1, 3, 0.2],
    [0.5, 0.2, 2],
  ];
  const q = [-1, -2, -0.5];
  const qp = solveQP({ P, q, A: [[1, 1, 1]], l: [1], u: [1], lower: [0, 0, 0] });
  // The x step solves (P + I/t) x = v/t - q, by Gauss-Seidel to the end.
  const step = (v: Float64Array, t: number, out: Float64Array) => {
    for (let k = 0; k < 200; k++)
      for (let i = 0; i < 3; i++) {
        let s = v[i]! / t - q[i]!;
        for (let j = 0; j < 3; j++) if (j !== i) s -= P[i]![j]! * out[j]!;
        out[i] = s / (P[i]![i]! + 1 / t);
      }
  };
  const r = admm({ proxF: step, proxG: project.simplex(), x0: [0, 0, 0] });
  expect(r.success).toBe(true);
  close(r.z, qp.x, 1e-6);
});

test("x + z = c, and a sparse A", () => {
  const r = admm({
    proxF: prox.squared(1, [4, 0]),
    proxG: prox.squared(1, [0, 0]),
    B: [
      [1, 0],
      [0, 1],
    ],
    c: [2, 2],
    x0: [0, 0],
  });
  // min (x - 4)^2 / 2 + z^2 / 2, x + z = 2: x - 4 = z: x = 3, z = -1.
  close(r.x, [3, 1], 1e-6);
  close(r.z, [-1, 1], 1e-6);
  const S = csr({ rows: 1, cols: 2, rowPtr: [0, 2], colIdx: [0, 1], values: [1, 2] });
  const sparse = chambollePock({ K: S, proxF: project.box([2], [2]), proxG: prox.l1(1) });
  close(sparse.x, [0, 1], 1e-6);
});

describe("denoise", () => {
  test("a single row is the taut string", () => {
    const data = draws(40, 0, 100, 5);
    const r = denoise({ width: 40, height: 1, data }, { lambda: 12, tolerance: 1e-12 });
    expect(r.success).toBe(true);
    close(r.image.data, prox.totalVariation(12).prox(data), 1e-3);
    expect(denoise({ width: 1, height: 40, data }, { lambda: 12, tolerance: 1e-12 }).fun).toBeCloseTo(
      r.fun,
      6,
    );
  });

  test("keeps what is flat, and bytes as bytes", () => {
    const data = new Uint8ClampedArray(4 * 12).fill(77);
    const r = denoise({ width: 4, height: 3, data }, { lambda: 5 });
    expect(r.image.data).toBeInstanceOf(Uint8ClampedArray);
    expect(r.image.data).toEqual(data);
    expect(r.gap).toBe(0);
  });

  test("colours are smoothed one by one, opacity is left alone", async () => {
    const grey = draws(48, 0, 255, 9);
    const data = Float64Array.from({ length: 4 * 48 }, (_, i) =>
      i % 4 === 0 ? grey[i >> 2]! : i % 4 === 3 ? i : 50,
    );
    const alone = denoise({ width: 8, height: 6, data: grey }, { lambda: 20, tolerance: 1e-10 });
    const r = await denoiseAsync({ width: 8, height: 6, data }, { lambda: 20, tolerance: 1e-10 });
    for (let i = 0; i < 48; i++) {
      expect(Math.abs(r.image.data[4 * i]! - alone.image.data[i]!)).toBeLessThan(1e-2);
      expect(r.image.data[4 * i + 1]).toBeCloseTo(50, 6);
      expect(r.image.data[4 * i + 3]).toBe(4 * i + 3);
    }
  });

  test("the gap bounds the distance, and no edge is lost to noise", () => {
    const n = 32;
    const noise = draws(n * n, -20, 20, 3);
    const clean = Float64Array.from({ length: n * n }, (_, i) => (i % n < n / 2 ? 60 : 160));
    const data = clean.map((v, i) => v + noise[i]!);
    const rough = denoise({ width: n, height: n, data }, { lambda: 25, tolerance: 1e-2 });
    const fine = denoise({ width: n, height: n, data }, { lambda: 25, tolerance: 1e-9 });
    const square = Array.from(rough.image.data).reduce(
      (s: number, v: number, i: number) => s + (v - fine.image.data[i]!) ** 2,
      0,
    );
    expect(square).toBeLessThanOrEqual(2 * rough.gap);
    const error = (d: ArrayLike<number>) => clean.reduce((s, v, i) => s + (v - d[i]!) ** 2, 0);
    expect(error(fine.image.data)).toBeLessThan(error(data) / 10);
  });
});

test("steps that the operator does not know converge to what is not finite, and say so", () => {
  const r = proximalGradient({
    f: { fun: () => NaN, grad: (_, out) => out.fill(0) && undefined },
    g: prox.zero(),
    x0: [1],
  });
  expect(`${r.status}/${r.reason}`).toBe("failed/nonFinite");
});

test.each<[string, () => unknown, string]>([
  ["no gradient", () => proximalGradient({ f: { fun: () => 1 }, g: prox.zero(), x0: [1] }), "OPTION"],
  ["no operator", () => proximalGradient({ f: { A: [[1]], b: [1] }, g: 3 as never, x0: [1] }), "OPTION"],
  ["no length", () => admm({ proxF: prox.zero(), proxG: prox.zero() }), "OPTION"],
  [
    "rows that do not meet",
    () => admm({ proxF: prox.zero(), proxG: prox.zero(), A: [[1]], B: [[1], [2]] }),
    "SHAPE",
  ],
  [
    "a map without its adjoint",
    () => chambollePock({ K: { apply: () => undefined }, proxF: prox.zero(), proxG: prox.zero() }),
    "OPTION",
  ],
  ["a number for an operator", () => admm({ proxF: 1 as never, proxG: prox.zero(), x0: [1] }), "OPTION"],
  [
    "a picture of another size",
    () => denoise({ width: 2, height: 2, data: [1, 2, 3] }, { lambda: 1 }),
    "SHAPE",
  ],
  ["no picture", () => denoise(null as never, { lambda: 1 }), "OPTION"],
  ["no width", () => denoise({ width: 0, height: 2, data: [] }, { lambda: 1 }), "SHAPE"],
  ["no lambda", () => denoise({ width: 1, height: 1, data: [1] }, {} as never), "OPTION"],
  ["NaN pixels", () => denoise({ width: 1, height: 1, data: [NaN] }, { lambda: 1 }), "NON_FINITE_INPUT"],
])("refuses %s", (_, call, code) => {
  try {
    call();
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(DownhillError);
    expect((error as DownhillError).code).toBe(code);
  }
});
