// What the lectures say: Newton's one step, exact search's right angles, Nesterov's rate.
import { expect, test } from "vitest";
import { gradientDescent, minimize, newton, nonlinearCG, sgd } from "../../src/index.js";
import { quadratic } from "../../src/testfunctions/index.js";

/** |A x - b|^2 with a random A (50 x 6). */
function leastSquaresProblem() {
  const [m, n] = [50, 6];
  let s = 12345;
  const random = () => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
    return s / 2 ** 31 - 1;
  };
  const A = Float64Array.from({ length: m * n }, random);
  const b = Float64Array.from({ length: m }, random);
  const residual = (x: ArrayLike<number>, i: number) => {
    let r = -(b[i] as number);
    for (let j = 0; j < n; j++) r += (A[i * n + j] as number) * (x[j] as number);
    return r;
  };
  return {
    n,
    fun(x: Float64Array) {
      let f = 0;
      for (let i = 0; i < m; i++) f += residual(x, i) ** 2;
      return f;
    },
    grad(x: Float64Array, g: Float64Array) {
      g.fill(0);
      for (let i = 0; i < m; i++) {
        const r = residual(x, i);
        for (let j = 0; j < n; j++) g[j] = (g[j] as number) + 2 * r * (A[i * n + j] as number);
      }
    },
    hess(_x: Float64Array, h: Float64Array) {
      h.fill(0);
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++)
          for (let k = 0; k < n; k++)
            h[j * n + k] = (h[j * n + k] as number) + 2 * (A[i * n + j] as number) * (A[i * n + k] as number);
    },
  };
}

test("Newton solves a linear least-squares problem in one step, from anywhere", () => {
  const problem = leastSquaresProblem();
  const a = minimize(problem, new Float64Array(problem.n), { method: "newton" });
  const b = minimize(problem, new Float64Array(problem.n).fill(100), { method: newton() });
  expect(a).toMatchObject({ status: "converged", nit: 1, nfev: 2, nhev: 1 });
  expect(b).toMatchObject({ status: "converged", nit: 1 });
  a.x.forEach((v, j) => {
    expect(v).toBeCloseTo(b.x[j] as number, 10);
  });
});

test("exact line search on a quadratic: each gradient is orthogonal to the one before", () => {
  const { fun, grad } = quadratic(5, 30);
  const gradients: Float64Array[] = [];
  minimize({ fun, grad }, [3, -2, 5, 0.5, -4], {
    method: gradientDescent({ lineSearch: "exact" }),
    maxIterations: 40,
    onIteration({ x }) {
      const g = new Float64Array(5);
      grad(x, g);
      gradients.push(g);
    },
  });
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, v, j) => sum + v * (b[j] as number), 0);
  expect(gradients.length).toBe(40);
  for (let k = 1; k < gradients.length; k++) {
    const [a, b] = [gradients[k - 1] as Float64Array, gradients[k] as Float64Array];
    expect(Math.abs(dot(a, b))).toBeLessThanOrEqual(1e-6 * Math.sqrt(dot(a, a) * dot(b, b)));
  }
});

test("conjugate gradients with exact search end on a quadratic of n variables after n steps", () => {
  for (const beta of ["prPlus", "hestenesStiefel", "hagerZhang"] as const) {
    const { fun, grad } = quadratic(8, 100);
    const r = minimize({ fun, grad }, new Float64Array(8), {
      method: nonlinearCG({ beta, lineSearch: "exact" }),
    });
    expect(r.status).toBe("converged");
    expect(r.nit).toBeLessThanOrEqual(10);
  }
});

test("Nesterov's momentum falls as 1/k^2 where gradient descent falls as 1/k", () => {
  // Smallest eigenvalues far below 1/k^2, so that k steps cannot see them.
  const n = 200;
  const eigen = Float64Array.from({ length: n }, (_, i) => ((i + 1) / n) ** 4);
  const fun = (x: Float64Array) => x.reduce((sum, v, i) => sum + ((eigen[i] as number) * v * v) / 2, 0);
  const grad = (x: Float64Array, g: Float64Array) => {
    for (let i = 0; i < n; i++) g[i] = (eigen[i] as number) * (x[i] as number);
  };
  const x0 = Float64Array.from({ length: n }, (_, i) => 1 / Math.sqrt(eigen[i] as number) ** 0.5);
  const after = (k: number, momentum: boolean) => {
    // PyTorch's form of Nesterov's method; mu_k = k / (k + 3).
    let step = 0;
    const rule = momentum
      ? sgd({ lr: 1, momentum: () => step++ / (step + 3), nesterov: true })
      : sgd({ lr: 1 });
    return minimize({ fun, grad }, x0, { method: rule, maxIterations: k, gradTol: 0 }).fun;
  };
  const distance = x0.reduce((sum, v) => sum + v * v, 0);
  for (const k of [50, 100, 200, 400]) {
    const accelerated = after(k, true);
    expect(accelerated).toBeLessThanOrEqual((2 * distance) / (k + 1) ** 2);
    expect(accelerated).toBeLessThan(0.25 * after(k, false));
  }
  // The exponent of k is twice as large.
  const exponent = (momentum: boolean) => Math.log(after(400, momentum) / after(100, momentum)) / Math.log(4);
  expect(exponent(true)).toBeLessThan(1.7 * exponent(false));
});
