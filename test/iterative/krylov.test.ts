// GMRES, BiCGSTAB, MINRES, LSQR and LSMR: the iteration counts and answers of SciPy 1.17.1 (NumPy 2.4.6) on the same
// systems, singular systems, preconditioners, and claims that are computed anew.

import { describe, expect, test } from "vitest";
import {
  bicgstab,
  cg,
  csrFromDense,
  csrFromTriplets,
  DownhillError,
  gmres,
  type IterativeResult,
  lsmr,
  lsqr,
  lstsq,
  type Matrix,
  matmul,
  matrix,
  minres,
  type SparseMatrix,
  solve,
  transpose,
} from "../../src/index.js";
import { uniform } from "../reference/linalg.js";

/** Diffusion and convection c along the columns on a g x g grid, central differences, less `shift` on the diagonal. */
function grid(g: number, c: number, shift: number): SparseMatrix {
  const t = { rows: g * g, cols: g * g, row: [] as number[], col: [] as number[], value: [] as number[] };
  const put = (i: number, j: number, v: number) => {
    t.row.push(i);
    t.col.push(j);
    t.value.push(v);
  };
  for (let r = 0; r < g; r++) {
    for (let q = 0; q < g; q++) {
      const i = r * g + q;
      put(i, i, 4 - shift);
      if (r > 0) put(i, i - g, -1);
      if (r < g - 1) put(i, i + g, -1);
      if (q > 0) put(i, i - 1, -1 - c);
      if (q < g - 1) put(i, i + 1, -1 + c);
    }
  }
  return csrFromTriplets(t);
}

const exact = Float64Array.from({ length: 64 }, (_, i) => 1 + (i % 7) / 7);
const flow = grid(8, 0.4, 0);
const b = flow.multiply(exact);
const waves = grid(8, 0, 3);
const bw = waves.multiply(exact);
const worst = (x: ArrayLike<number>, y: ArrayLike<number>): number =>
  Math.max(...Array.from(y, (v, i) => Math.abs(x[i]! - v)));
const residual = (A: SparseMatrix, x: ArrayLike<number>, rhs: ArrayLike<number>): number =>
  Math.hypot(...A.multiply(x).map((v, i) => v - rhs[i]!));

/** The residual is what it says, and the claim is so. */
function holds(r: IterativeResult, A: SparseMatrix, rhs: Float64Array, tolerance = 1e-10): void {
  const found = residual(A, r.x, rhs);
  const size = Math.hypot(...rhs);
  expect(Math.abs(found - r.residualNorm)).toBeLessThan(1e-12 * size);
  if (r.reason === "residual") expect(r.residualNorm).toBeLessThanOrEqual(tolerance * size);
  expect(r.success).toBe(r.status === "converged");
  expect(r.history).toHaveLength(r.nit + 1);
}

describe("SciPy's iteration counts", () => {
  const forms = {
    sparse: flow,
    dense: flow.toDense(),
    function: (x: Float64Array, out: Float64Array) => void flow.multiply(x, out),
  };
  test.each(Object.entries(forms))("a %s A", (_, A) => {
    const full = gmres(A, b, { restart: 64 });
    expect(Math.abs(full.nit - 33)).toBeLessThanOrEqual(1);
    const restarted = gmres(A, b, { restart: 10 });
    expect(Math.abs(restarted.nit - 55)).toBeLessThanOrEqual(1);
    const stabilised = bicgstab(A, b);
    expect(Math.abs(stabilised.nit - 21)).toBeLessThanOrEqual(2);
    for (const r of [full, restarted, stabilised]) {
      expect([r.status, r.reason]).toEqual(["converged", "residual"]);
      expect(worst(r.x, exact)).toBeLessThan(1e-8);
      holds(r, flow, b);
    }
    expect(full.nfev).toBe(full.nit + 1);
  });

  test("MINRES on an indefinite system", () => {
    const r = minres(waves, bw, { tolerance: 1e-12 });
    expect(Math.abs(r.nit - 39)).toBeLessThanOrEqual(1);
    expect(r.status).toBe("converged");
    expect(worst(r.x, exact)).toBeLessThan(1e-9);
    holds(r, waves, bw, 1e-12);
    expect(cg(waves, bw).reason).toBe("notPositiveDefinite");
  });
});

describe("least squares", () => {
  const T = matrix(
    12,
    6,
    Float64Array.from({ length: 72 }, (_, k) => {
      const [i, j] = [Math.floor(k / 6), k % 6];
      return (((i * 7 + j * 13) % 11) - 5) / 5 + (i === j ? 1 : 0);
    }),
  );
  const rhs = Float64Array.from({ length: 12 }, (_, i) => (i % 5) - 1.5);
  // numpy.linalg.lstsq; with damping 0.5 numpy.linalg.solve of the normal equations.
  const least = [
    1.4079308800363026, 0.3830788089378475, 0.6851868828863602, -0.24315218668358254, 1.17138951895643,
    -0.8324475973518254,
  ];
  const damped = [
    1.2308455471750093, 0.3458822219380784, 0.5975577878353368, -0.2713347971395557, 1.0051318528175974,
    -0.7283500848243454,
  ];

  test.each([
    ["lsqr", lsqr],
    ["lsmr", lsmr],
  ] as const)("%s gives NumPy's answers, damped too, in as many iterations as unknowns", (_, solver) => {
    const map = {
      rows: 12,
      cols: 6,
      multiply: (x: Float64Array, out: Float64Array) => out.set(matmul(T, x)),
      multiplyTransposed: (y: Float64Array, out: Float64Array) => out.set(matmul(T, y, { transposeA: true })),
    };
    for (const A of [T, csrFromDense(T), map]) {
      const r = solver(A, rhs, { tolerance: 1e-13 });
      expect([r.status, r.reason]).toEqual(["converged", "gradient"]);
      expect(worst(r.x, least)).toBeLessThan(1e-12);
      expect(Math.abs(r.residualNorm - 3.8842077034425504)).toBeLessThan(1e-13);
      expect(r.gradientNorm).toBeLessThan(1e-11);
      expect(r.nit).toBeLessThanOrEqual(7);
      const d = solver(A, rhs, { tolerance: 1e-13, damp: 0.5 });
      expect(d.reason).toBe("gradient");
      expect(worst(d.x, damped)).toBeLessThan(1e-12);
    }
  });

  test.each([
    ["lsqr", lsqr],
    ["lsmr", lsmr],
  ] as const)("%s: wide, dependent and inconsistent systems have the x of least norm", (_, solver) => {
    const next = uniform(4);
    const wide = transpose(T);
    const short = Float64Array.from({ length: 6 }, next);
    const r = solver(wide, short, { tolerance: 1e-13 });
    expect(r.reason).toBe("residual");
    expect(worst(r.x, lstsq(wide, short).x)).toBeLessThan(1e-11);
    // Column 6 again as column 5.
    const twice = matrix(
      12,
      7,
      Float64Array.from({ length: 84 }, (__, k) => T.data[Math.floor(k / 7) * 6 + Math.min(k % 7, 5)]!),
    );
    const dependent = solver(twice, rhs, { tolerance: 1e-12 });
    expect(dependent.status).toBe("converged");
    expect(worst(dependent.x, lstsq(twice, rhs).x)).toBeLessThan(1e-10);
    expect(solver([[1], [1]], [1, -1])).toMatchObject({ status: "converged", reason: "gradient", nit: 0 });
    expect(solver([[0], [0]], [1, -1]).status).toBe("converged");
    expect(solver([[1], [0]], [0, 0])).toMatchObject({ status: "converged", reason: "residual", nit: 0 });
    // From a start, with the same end.
    expect(worst(solver(T, rhs, { x0: least.map((v) => v + 1), tolerance: 1e-12 }).x, least)).toBeLessThan(
      1e-10,
    );
  });

  test("LSQR's |r| and LSMR's |A'r| fall from one iteration to the next", () => {
    const next = uniform(8);
    const A = matrix(60, 40, Float64Array.from({ length: 2400 }, next));
    const y = Float64Array.from({ length: 60 }, next);
    const { history } = lsqr(A, y);
    for (let k = 1; k < history.length; k++)
      expect(history[k]).toBeLessThanOrEqual(history[k - 1]! * (1 + 1e-14));
    let last = Infinity;
    for (let k = 1; k < 30; k++) {
      const { gradientNorm } = lsmr(A, y, { maxIterations: k });
      expect(gradientNorm).toBeLessThanOrEqual(last * (1 + 1e-10));
      last = gradientNorm!;
    }
  });
});

describe("preconditioners", () => {
  const n = 200;
  const next = uniform(6);
  const scales = Float64Array.from({ length: n }, () => 10 ** (3 * next()));
  const rows: number[][] = Array.from({ length: n }, (_, i) =>
    Array.from(
      { length: n },
      (__, j) => (i === j ? 3 : Math.abs(i - j) === 1 ? -1 : 0) * scales[i]! * scales[j]!,
    ),
  );
  const A = csrFromDense(rows);
  const y = A.multiply(new Float64Array(n).fill(1));
  const divide = (r: Float64Array, z: Float64Array) => {
    for (let i = 0; i < n; i++) z[i] = r[i]! / (3 * scales[i]! * scales[i]!);
  };

  test.each([
    ["gmres", gmres],
    ["bicgstab", bicgstab],
    ["minres", minres],
  ] as const)("%s with the diagonal, given or taken, and as a function", (_, solver) => {
    const options = { tolerance: 1e-11, maxIterations: 3000 };
    const taken = solver(A, y, { ...options, preconditioner: "jacobi" });
    const own = solver(A, y, { ...options, preconditioner: divide });
    const given = solver((x: Float64Array, out: Float64Array) => void A.multiply(x, out), y, {
      ...options,
      preconditioner: "jacobi",
      diagonal: Float64Array.from(scales, (s) => 3 * s * s),
    });
    for (const r of [taken, own, given]) {
      expect(r.status).toBe("converged");
      holds(r, A, y, 1e-11);
      expect(r.nit).toBeLessThan(200);
    }
    expect(Math.abs(own.nit - taken.nit)).toBeLessThanOrEqual(3);
  });

  test("one that is not positive definite is named by cg and MINRES", () => {
    const negative = (r: Float64Array, z: Float64Array) => z.set(r.map((v) => -v));
    for (const solver of [cg, minres]) {
      const r = solver(A, y, { preconditioner: negative });
      expect([r.status, r.reason]).toEqual(["failed", "breakdown"]);
      expect(r.message).toMatch(/preconditioner/);
    }
  });
});

describe("systems without a solution", () => {
  test("are no success", () => {
    const flat: Matrix<Float64Array> = matrix([
      [1, 0],
      [0, 0],
    ]);
    for (const solver of [gmres, minres]) {
      const r = solver(flat, [1, 1]);
      expect([r.status, r.reason]).toEqual(["failed", "singular"]);
      expect(r.residualNorm).toBeCloseTo(1, 12);
      expect(r.x[0]).toBeCloseTo(1, 12);
      expect(solver(flat, [1, 0])).toMatchObject({ status: "converged", reason: "residual" });
    }
    expect(
      gmres(
        [
          [0, 1],
          [-1, 0],
        ],
        [1, 2],
        { restart: 1 },
      ),
    ).toMatchObject({ reason: "stalled", nit: 1 });
    expect(
      gmres(
        [
          [0, 1],
          [-1, 0],
        ],
        [1, 2],
      ).status,
    ).toBe("converged");
    const skew = bicgstab(
      [
        [0, 1],
        [-1, 0],
      ],
      [1, 2],
    );
    expect([skew.reason, /preconditioner/.test(skew.message)]).toEqual(["breakdown", false]);
  });
});

describe("claims are computed anew", () => {
  /** T^2, T = tridiag(-1, 2, -1): the clamped beam, condition n^4. */
  const beam = (n: number): SparseMatrix => {
    const t = { rows: n, cols: n, row: [] as number[], col: [] as number[], value: [] as number[] };
    for (let i = 0; i < n; i++) {
      for (const [k, v] of [
        [-2, 1],
        [-1, -4],
        [0, i === 0 || i === n - 1 ? 5 : 6],
        [1, -4],
        [2, 1],
      ] as const) {
        if (i + k < 0 || i + k >= n) continue;
        t.row.push(i);
        t.col.push(i + k);
        t.value.push(v);
      }
    }
    return csrFromTriplets(t);
  };

  test.each(["none", "jacobi", "ssor", "ic0"] as const)("cg on a beam, %s", (preconditioner) => {
    for (const n of [50, 400]) {
      const A = beam(n);
      const y = new Float64Array(n).fill(1);
      const r = cg(A, y, { preconditioner, maxIterations: 100000 });
      expect(["residual", "stalled"]).toContain(r.reason);
      holds(r, A, y);
      if (r.reason === "stalled") expect(r.residualNorm).toBeGreaterThan(1e-10 * Math.sqrt(n));
    }
  });

  test.each([
    ["cg", cg],
    ["minres", minres],
    ["gmres", gmres],
    ["bicgstab", bicgstab],
    ["lsqr", lsqr],
    ["lsmr", lsmr],
  ] as const)("%s with tolerance 0 ends where the residual ends to fall, and says so", (name, solver) => {
    const A = grid(5, name === "cg" || name === "minres" ? 0 : 0.3, 0);
    const y = A.multiply(Float64Array.from({ length: 25 }, uniform(9)));
    const r = solver(A, y, { tolerance: 0, maxIterations: 5000 });
    expect(["stalled", "residual", "breakdown", "gradient"]).toContain(r.reason);
    expect(r.residualNorm).toBeLessThan(1e-13);
    if (r.reason === "residual") expect(r.residualNorm).toBe(0);
    expect(r.nit).toBeLessThan(1000);
    expect(r.message).not.toMatch(/preconditioner|grows/);
  });

  test.each([
    ["cg", cg],
    ["minres", minres],
    ["gmres", gmres],
    ["bicgstab", bicgstab],
  ] as const)("%s: a product of NaN is named", (_, solver) => {
    const r = solver((__: Float64Array, out: Float64Array) => out.fill(Number.NaN), [1, 2, 3]);
    expect([r.status, r.reason, r.success]).toEqual(["failed", "nonFinite", false]);
    expect(r.message).toMatch(/not finite/);
  });

  test("nothing depends on the units of b", () => {
    for (const solver of [cg, gmres, bicgstab, lsqr, lsmr] as const) {
      const one = solver(waves, bw, { maxIterations: 12 });
      for (const unit of [2 ** -600, 2 ** 600, 2 ** 1000]) {
        const other = solver(
          waves,
          bw.map((v) => v * unit),
          { maxIterations: 12 },
        );
        expect([other.status, other.reason, other.nit]).toEqual([one.status, one.reason, one.nit]);
        expect(
          worst(
            other.x.map((v) => v / unit),
            one.x,
          ),
        ).toBeLessThan(1e-12);
      }
    }
  });
});

describe("bad input", () => {
  const thrown = (run: () => unknown): DownhillError => {
    try {
      run();
    } catch (error) {
      if (error instanceof DownhillError) return error;
      throw error;
    }
    throw new Error("nothing was thrown");
  };

  test("functions that return instead of filling", () => {
    const product = (v: ArrayLike<number>) => [2 * v[0]! + v[1]!, v[0]! + 2 * v[1]!];
    for (const solver of [cg, minres, gmres, bicgstab]) {
      const error = thrown(() => solver(product, [1, 2]));
      expect([error.code, error.details.argument]).toEqual(["CALLBACK_RESULT", "A"]);
      expect(error.hint).toMatch(/out/);
      const own = thrown(() =>
        solver(
          [
            [2, 1],
            [1, 2],
          ],
          [1, 2],
          { preconditioner: (r) => [...r] },
        ),
      );
      expect([own.code, own.details.argument]).toEqual(["CALLBACK_RESULT", "preconditioner"]);
    }
    // What an arrow returns by the way does no harm.
    expect(cg((x, out) => out.set([2 * x[0]!, 3 * x[1]!]), [2, 3]).status).toBe("converged");
    expect(cg((x, out) => (out[0] = 2 * x[0]!), [2]).x[0]).toBeCloseTo(1, 12);
    expect(cg((x, out) => flow.multiply(x, out), b, { maxIterations: 2 }).nit).toBe(2);
  });

  test("what a function writes into its input reaches nobody", () => {
    const harm = (x: Float64Array, out: Float64Array) => {
      flow.multiply(x, out);
      x.fill(Number.NaN);
    };
    expect([...gmres(harm, b).x]).toEqual([...gmres((x, out) => flow.multiply(x, out), b).x]);
  });

  test("options, shapes, symmetry", () => {
    const A = csrFromDense([
      [1, 2],
      [3, 4],
    ]);
    expect(thrown(() => minres(A, [1, 2])).code).toBe("NOT_SYMMETRIC");
    expect(thrown(() => gmres(A, [1, 2, 3])).code).toBe("SHAPE");
    expect(thrown(() => gmres([[1, 2]], [1])).code).toBe("SHAPE");
    expect(thrown(() => lsqr([], [])).code).toBe("SHAPE");
    expect(
      thrown(() => lsqr({ rows: 1.5, cols: 1, multiply: () => 0, multiplyTransposed: () => 0 }, [1])).code,
    ).toBe("SHAPE");
    expect(thrown(() => gmres(A, [1, 2], { restart: 0 })).code).toBe("OPTION");
    expect(thrown(() => gmres(A, [1, 2], { preconditioner: "ilu" as never })).code).toBe("OPTION");
    expect(thrown(() => lsqr(A, [1, 2], { damp: -1 })).code).toBe("OPTION");
    expect(thrown(() => lsqr(A, [1, 2], { resume: {} } as object)).code).toBe("OPTION");
    expect(
      thrown(() =>
        gmres(
          [
            [0, 1],
            [1, 0],
          ],
          [1, 2],
          { preconditioner: "jacobi" },
        ),
      ).code,
    ).toBe("SINGULAR");
    expect(
      [
        ...solve(
          [
            [1, 2],
            [3, 4],
          ],
          [1, 2],
        ),
      ].map((v, i) => Math.abs(v - gmres(A, [1, 2]).x[i]!) < 1e-10),
    ).toEqual([true, true]);
  });
});
