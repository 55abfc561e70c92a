// svd, pinv, nullSpace, eig and polyfit: LAPACK's test ratios over shapes and kinds, values to 50 digits from mpmath 1.3 (60
// digits), NIST's Wampler and Filip, and the matrices that break estimators and downdated norms.

import { describe, expect, test } from "vitest";
import {
  DownhillError,
  eig,
  eigSym,
  lstsq,
  type Matrix,
  type MatrixLike,
  matmul,
  matrix,
  norm,
  nullSpace,
  pinv,
  polyfit,
  qr,
  rcond,
  svd,
  transpose,
} from "../../src/index.js";
import { uniform } from "../reference/linalg.js";

const U = 2 ** -53;
type M = Matrix<Float64Array>;

function thrown(run: () => unknown): DownhillError {
  try {
    run();
  } catch (error) {
    if (error instanceof DownhillError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const random = (m: number, n: number, seed: number): M =>
  matrix(m, n, Float64Array.from({ length: m * n }, uniform(seed)));
const entries = (m: number, n: number, at: (i: number, j: number) => number): M =>
  matrix(
    m,
    n,
    Float64Array.from({ length: m * n }, (_, k) => at(Math.floor(k / n), k % n)),
  );
const columns = (A: M, count: number): M => entries(A.rows, count, (i, j) => A.data[i * A.cols + j]!);
const distance = (A: M, B: M): number =>
  norm(entries(A.rows, A.cols, (i, j) => A.data[i * A.cols + j]! - B.data[i * A.cols + j]!));
const fromIdentity = (A: M): number => {
  const G = matmul(A, A, { transposeA: true });
  return distance(
    G,
    entries(G.rows, G.rows, (i, j) => (i === j ? 1 : 0)),
  );
};

const shapes: [number, number][] = [
  [1, 1],
  [1, 5],
  [5, 1],
  [3, 2],
  [2, 3],
  [8, 8],
  [30, 11],
  [11, 30],
  [67, 67],
  [100, 40],
  [90, 50],
  [50, 90],
];
const kinds: Record<string, (m: number, n: number) => M> = {
  general: (m, n) => random(m, n, m + 100 * n),
  "of rank 1": (m, n) => entries(m, n, (i, j) => (i + 1) * (j - 2)),
  graded: (m, n) => {
    const A = random(m, n, m * n);
    return entries(m, n, (i, j) => A.data[i * n + j]! * 10 ** (-j / 2));
  },
  huge: (m, n) => entries(m, n, (i, j) => (((i * 7 + j * 3) % 5) - 2) * 1e300),
  tiny: (m, n) => entries(m, n, (i, j) => (((i * 7 + j * 3) % 5) - 2) * 1e-300),
  zero: (m, n) => matrix(m, n),
};

describe.each(Object.entries(kinds))("svd, %s", (kind, make) => {
  test.each(shapes)("%i x %i: A = U s V' and orthonormal bases", (m, n) => {
    const A = make(m, n);
    const k = Math.min(m, n);
    const unit = kind === "huge" ? 1e-300 : kind === "tiny" ? 1e300 : 1;
    const scaled = entries(m, n, (i, j) => A.data[i * n + j]! * unit);
    const size = norm(scaled) || 1;
    for (const full of [false, true]) {
      const { U: left, s, V, rank } = svd(A, { full });
      expect([left.rows, left.cols, s.length, V.rows, V.cols]).toEqual(
        full ? [m, m, k, n, n] : [m, k, k, n, k],
      );
      const product = matmul(
        entries(m, k, (i, j) => left.data[i * left.cols + j]! * s[j]! * unit),
        columns(V, k),
        { transposeB: true },
      );
      expect(distance(product, scaled) / (size * Math.max(m, n) * U)).toBeLessThan(10);
      expect(fromIdentity(left) / (m * U)).toBeLessThan(10);
      expect(fromIdentity(V) / (n * U)).toBeLessThan(10);
      for (let j = 1; j < k; j++) expect(s[j]).toBeLessThanOrEqual(s[j - 1]!);
      if (kind === "zero") expect(rank).toBe(0);
      if (kind === "general") expect(rank).toBe(k);
      if (kind === "of rank 1" && n > 3) expect(rank).toBe(1);
    }
    const alone = svd(A, { vectors: false });
    expect(alone.U.data).toHaveLength(0);
    expect(Math.max(...alone.s.map((v, j) => Math.abs(v - svd(A).s[j]!) * unit))).toBeLessThan(
      4 * U * Math.max(m, n) * size,
    );
  });

  test.each(shapes)("%i x %i: pinv meets Penrose's four conditions, nullSpace is annihilated", (m, n) => {
    if (kind === "huge" || kind === "tiny" || kind === "graded") return;
    const A = make(m, n);
    const P = pinv(A);
    expect([P.rows, P.cols]).toEqual([n, m]);
    const { s, rank } = svd(A);
    const cond = rank > 0 ? s[0]! / s[rank - 1]! : 1;
    const limit = 30 * Math.max(m, n) * U * cond;
    const [AP, PA] = [matmul(A, P), matmul(P, A)];
    expect(distance(matmul(AP, A), A)).toBeLessThanOrEqual(limit * norm(A));
    expect(distance(matmul(PA, P), P)).toBeLessThanOrEqual(limit * norm(P));
    expect(distance(AP, transpose(AP) as M)).toBeLessThanOrEqual(limit * 10);
    expect(distance(PA, transpose(PA) as M)).toBeLessThanOrEqual(limit * 10);
    const N = nullSpace(A);
    expect([N.rows, N.cols]).toEqual([n, n - rank]);
    if (N.cols === 0) return;
    expect(fromIdentity(N) / (n * U)).toBeLessThan(10);
    expect(norm(matmul(A, N))).toBeLessThanOrEqual(10 * Math.max(m, n) * U * (norm(A) || 1));
  });
});

describe("singular values known otherwise", () => {
  test("of Hilbert's matrix of order 8, to high relative accuracy", () => {
    const exact = [
      1.6959389969219494, 0.2981252113169307, 0.026212843578119052, 0.001467688117741847,
      5.4369433697508964e-5, 1.2943320918741794e-6, 1.7988737460063012e-8, 1.1115389694888081e-10,
    ];
    const { s } = svd(entries(8, 8, (i, j) => 1 / (i + j + 1)));
    s.forEach((v, j) => {
      expect(Math.abs(v - exact[j]!)).toBeLessThan(2e-16 * 8);
    });
  });

  test("of a 6 x 4 matrix as NumPy 2.4.6 has them, of its transpose, and in single precision", () => {
    const A = entries(6, 4, (i, j) => (((i * 5 + j * 3) % 7) - 3) / 2 + (i === j ? 1 : 0));
    const exact = [3.582476903204894, 2.3658127636968413, 1.7990692689750933, 1.353565281233973];
    for (const B of [A, transpose(A)])
      svd(B).s.forEach((v, j) => {
        expect(Math.abs(v - exact[j]!)).toBeLessThan(3e-15);
      });
    const single = svd(matrix(6, 4, Float32Array.from(A.data)));
    expect(single.s).toBeInstanceOf(Float32Array);
    expect(single.U.data).toBeInstanceOf(Float32Array);
    single.s.forEach((v, j) => {
      expect(Math.abs(v - exact[j]!)).toBeLessThan(1e-6);
    });
  });

  test("columns of very different size keep their small singular values", () => {
    // Orthogonal columns times powers of ten: the singular values are the powers.
    const H = [
      [1, 1, 1, 1],
      [1, -1, 1, -1],
      [1, 1, -1, -1],
      [1, -1, -1, 1],
    ];
    const { s } = svd(entries(4, 4, (i, j) => 0.5 * H[i]![j]! * 10 ** (-40 * j)));
    s.forEach((v, j) => {
      expect(Math.abs(v / 10 ** (-40 * j) - 1)).toBeLessThan(1e-14);
    });
  });
});

test("from order 48 on too, where columns or rows differ much in size; where they do not, to roundings of the largest", () => {
  // Orthonormal columns: the singular values are their factors.
  const n = 64;
  const H = (i: number, j: number) => {
    let sign = 1;
    for (let bits = i & j; bits > 0; bits >>= 1) if (bits & 1) sign = -sign;
    return sign / 8;
  };
  for (const factor of [0.1, 0.5, 0.9]) {
    const A = entries(n, n, (i, j) => H(i, j) * factor ** j);
    for (const B of [A, transpose(A) as M])
      svd(B).s.forEach((v, j) => {
        const error = Math.abs(v / factor ** j - 1);
        expect(factor < 0.9 ? error : error * factor ** j).toBeLessThan(1e-13);
      });
  }
});

/** |A v - lambda v| of every eigenvalue, over n u |A|. */
function residualRatio(A: M): number {
  const n = A.rows;
  const { re, im, vectors } = eig(A);
  let worst = 0;
  for (let j = 0; j < n; j++) {
    if (im[j]! < 0) continue;
    const column = (c: number) => Float64Array.from({ length: n }, (_, i) => vectors!.data[i * n + c]!);
    const x = column(j);
    const y = im[j]! > 0 ? column(j + 1) : new Float64Array(n);
    expect(Math.abs(Math.hypot(...x, ...y) - 1)).toBeLessThan(1e-14);
    const [ax, ay] = [matmul(A, x), matmul(A, y)];
    for (let i = 0; i < n; i++) {
      const real = ax[i]! - re[j]! * x[i]! + im[j]! * y[i]!;
      const imaginary = ay[i]! - re[j]! * y[i]! - im[j]! * x[i]!;
      worst = Math.max(worst, Math.abs(real), Math.abs(imaginary));
    }
    if (im[j]! > 0) {
      expect(im[j + 1]).toBe(-im[j]!);
      let most = 0;
      for (let i = 1; i < n; i++)
        if (Math.hypot(x[i]!, y[i]!) > Math.hypot(x[most]!, y[most]!) * (1 + 1e-12)) most = i;
      const real = x.findIndex(
        (v, i) => y[i] === 0 && v > 0 && Math.hypot(v) >= (1 - 1e-12) * Math.hypot(x[most]!, y[most]!),
      );
      expect(real).toBeGreaterThanOrEqual(0);
    }
  }
  return worst / (n * U * (norm(A, "frobenius") || 1));
}

describe("eig", () => {
  test.each([1, 2, 3, 4, 5, 8, 17, 40, 67])("n = %i: A v = lambda v for every kind", (n) => {
    expect(residualRatio(random(n, n, n))).toBeLessThan(10);
    expect(residualRatio(entries(n, n, (i, j) => (j === (i + 1) % n ? 1 : 0)))).toBeLessThan(10);
    const A = random(n, n, n + 1);
    expect(residualRatio(entries(n, n, (i, j) => (j > i ? 0 : A.data[i * n + j]!)))).toBeLessThan(10);
    // Symmetric: the same values as eigSym.
    const S = entries(n, n, (i, j) => A.data[i * n + j]! + A.data[j * n + i]!);
    const { re, im } = eig(S, { vectors: false });
    expect(im.every((v) => v === 0)).toBe(true);
    const sorted = re.slice().sort();
    eigSym(S).values.forEach((v, i) => {
      expect(Math.abs(v - sorted[i]!)).toBeLessThan(20 * n * U * norm(S));
    });
  });

  // A sweep's reflections go through the rest of the matrix 32 at a time, in parts of 256 columns.
  test.each([31, 33, 34, 35, 63, 66, 97, 130, 300])(
    "n = %i: values alone are those that come with vectors",
    (n) => {
      const A = random(n, n, 3 * n);
      if (n < 200) expect(residualRatio(A)).toBeLessThan(10);
      const { re, im } = eig(A);
      const alone = eig(A, { vectors: false });
      expect([alone.re, alone.im]).toEqual([re, im]);
      // Their sum is the trace, that of their squares the trace of the square.
      let [sum, squares, trace, square] = [0, 0, 0, 0];
      for (let i = 0; i < n; i++) {
        sum += re[i]!;
        squares += re[i]! ** 2 - im[i]! ** 2;
        trace += A.data[i * n + i]!;
        for (let j = 0; j < n; j++) square += A.data[i * n + j]! * A.data[j * n + i]!;
      }
      const size = norm(A, "frobenius");
      expect(Math.abs(sum - trace)).toBeLessThan(20 * n * U * size);
      expect(Math.abs(squares - square)).toBeLessThan(20 * n * U * size * size);
    },
  );

  test("values to 18 digits from mpmath", () => {
    const A = entries(6, 6, (i, j) => (((i * 5 + j * 3) % 7) - 3) / 2 + (i === j ? 1 : 0));
    const exact: [number, number][] = [
      [-1.3730604871803231, 0],
      [-0.18784771412009008, -2.2422797212400645],
      [-0.18784771412009008, 2.2422797212400645],
      [1.4366296230132847, 0],
      [2.4060631462036093, -1.9095046914114957],
      [2.4060631462036093, 1.9095046914114957],
    ];
    const { re, im } = eig(A);
    for (const [a, b] of exact)
      expect(Math.min(...Array.from(re, (v, i) => Math.hypot(v - a, im[i]! - b)))).toBeLessThan(1e-14);
    // Frank's matrix of order 9: condition of the smallest eigenvalues about 1e4.
    const frank = entries(9, 9, (i, j) => (j >= i - 1 ? 9 - Math.max(i, j) : 0));
    const known = [
      0.04480272184333895, 0.08201589020339742, 0.16258272948688954, 0.37412114091212506, 1,
      2.6729310125644132, 6.150714797051299, 12.19275920215002, 22.32007250578851,
    ];
    const found = eig(frank).re.slice().sort();
    known.forEach((v, i) => {
      expect(Math.abs(found[i]! - v)).toBeLessThan(1e-11);
    });
  });

  test("balancing finds the eigenvalues of a badly scaled matrix", () => {
    // D^-1 B D with D = diag(1, 1e8, 1e-8): the eigenvalues of B.
    const B = [
      [1, 2, 0],
      [3, 4, 1],
      [0, 1, 5],
    ];
    const d = [1, 2 ** 27, 2 ** -27];
    const plain = eig(B).re.slice().sort();
    const scaled = eig(entries(3, 3, (i, j) => (B[i]![j]! * d[j]!) / d[i]!))
      .re.slice()
      .sort();
    plain.forEach((v, i) => {
      expect(Math.abs(v - scaled[i]!)).toBeLessThan(1e-14);
    });
    for (const unit of [2 ** 900, 2 ** -900]) {
      const far = eig(B.map((row) => row.map((v) => v * unit)))
        .re.slice()
        .sort();
      plain.forEach((v, i) => {
        expect(far[i]! / unit).toBeCloseTo(v, 13);
      });
    }
  });

  test("a defective matrix and the smallest ones", () => {
    expect(
      eig([
        [0, -1],
        [1, 0],
      ]),
    ).toMatchObject({ re: Float64Array.of(0, 0), im: Float64Array.of(1, -1) });
    expect([
      ...eig([
        [2, 1],
        [0, 2],
      ]).re,
    ]).toEqual([2, 2]);
    expect(eig([[7]])).toMatchObject({ re: Float64Array.of(7), vectors: { data: Float64Array.of(1) } });
    expect(eig([[7]], { vectors: false }).vectors).toBeUndefined();
    expect(
      residualRatio(
        matrix([
          [5, 4, 2],
          [0, 1, -1],
          [-1, -1, 3],
        ]),
      ),
    ).toBeLessThan(10);
    // One eigenvalue only: its vector comes from a shift by a rounding of the norm, whatever that is.
    for (const size of [1e-12, 1e-3, 1, 1e6])
      for (const n of [2, 3, 8])
        for (const value of [0, size])
          expect(
            residualRatio(
              entries(n, n, (i, j) => (i === j ? value : i < j ? size * (1 + ((i + j) % 3)) : 0)),
            ),
          ).toBeLessThan(10);
    expect([...eig(matrix(3, 3)).re]).toEqual([0, 0, 0]);
    expect(eig(matrix(2, 2, Float32Array.of(1, 2, 3, 4))).re).toBeInstanceOf(Float32Array);
  });
});

describe("polyfit", () => {
  const xs = Array.from({ length: 21 }, (_, i) => i);

  test("NIST's Wampler1 and Wampler2: exact polynomials of degree 5", () => {
    const one = polyfit(
      xs,
      xs.map((x) => 1 + x * (1 + x * (1 + x * (1 + x * (1 + x))))),
      5,
    );
    // Of the powers themselves, refined; by way of Chebyshev's basis they would have 10 digits.
    for (const c of one.coefficients) expect(Math.abs(c - 1)).toBeLessThan(1e-14);
    const two = polyfit(
      xs,
      xs.map((x) => 1 + (x / 10) * (1 + (x / 10) * (1 + (x / 10) * (1 + (x / 10) * (1 + x / 10))))),
      5,
    );
    two.coefficients.forEach((c, k) => {
      expect(Math.abs(c * 10 ** k - 1)).toBeLessThan(1e-12);
    });
    expect(one.evaluate(2)).toBeCloseTo(63, 9);
    expect(one.evaluate([0, 1])[1]).toBeCloseTo(6, 9);
    expect([one.degree, one.rank]).toEqual([5, 6]);
  });

  test("far from the origin, of high degree, with weights", () => {
    const far = Array.from({ length: 40 }, (_, i) => 2019 + i / 10);
    const fit = polyfit(
      far,
      far.map((x) => (x - 2021) ** 3),
      3,
    );
    expect(fit.residualNorm).toBeLessThan(1e-12);
    expect(fit.evaluate(2020.25)).toBeCloseTo(-0.421875, 12);
    const runge = polyfit(
      xs.map((i) => Math.cos((Math.PI * (i + 0.5)) / 21)),
      xs.map((i) => 1 / (1 + i)),
      20,
    );
    expect(runge.residualNorm).toBeLessThan(1e-13);
    // A weight of 0 takes a point out.
    const line = polyfit([0, 1, 2, 3], [1, 3, 5, 1000], 1, { weights: [1, 1, 1, 0] });
    expect(line.coefficients[0]).toBeCloseTo(1, 12);
    expect(line.coefficients[1]).toBeCloseTo(2, 12);
    expect(polyfit([1, 1, 1], [1, 2, 3], 2).rank).toBe(1);
    expect(polyfit([1, 1, 1], [1, 2, 3], 2).evaluate(1)).toBeCloseTo(2, 12);
  });

  test.each([
    [1e-150, 1, 1],
    [1e-150, 1e-300, 1e-200],
    [1e-320, 1e-320, 1],
    [1e150, 1, 1e200],
    [1e153, 1e306, 1e-300],
    [1, 1e-307, 1e300],
  ])("x in units of %s, y of %s, weights of %s", (unit, height, weight) => {
    // y = 1 - 3 x + 2 x^2 in these units: a coefficient of x^k is height / unit^k.
    const x = Float64Array.from([-1, 0, 1, 2, 3], (v) => v * unit);
    const y = Float64Array.from([6, 1, 0, 3, 10], (v) => v * height);
    const degree = unit === 1e-320 ? 1 : 2;
    const fit = polyfit(x, degree === 1 ? x : y, degree, { weights: x.map(() => weight) });
    const exact = degree === 1 ? [0, 1] : [height, (-3 * height) / unit, (2 * height) / unit / unit];
    fit.coefficients.forEach((c, k) => {
      expect(Math.abs(c - exact[k]!)).toBeLessThanOrEqual(1e-13 * Math.abs(exact[k]!) + 1e-323);
    });
    expect(fit.rank).toBe(degree + 1);
    if (degree === 2) expect(fit.evaluate(4 * unit) / height).toBeCloseTo(21, 12);
    expect(fit.residualNorm / height / weight).toBeLessThan(1e-13);
  });

  test("a coefficient beyond the range of doubles is told in its own words", () => {
    expect(thrown(() => polyfit([1e-200, 2e-200, 3e-200], [1, 2, 1], 2)).message).toBe(
      "polyfit: the result leaves the range of double precision (scale x or y)",
    );
  });

  test("bad input", () => {
    expect(thrown(() => polyfit([], [], 1)).code).toBe("SHAPE");
    expect(thrown(() => polyfit([1], [1, 2], 1)).code).toBe("SHAPE");
    expect(thrown(() => polyfit([1, 2], [1, 2], -1)).code).toBe("OPTION");
    expect(thrown(() => polyfit([1, 2], [1, 2], undefined as never)).code).toBe("OPTION");
    expect(thrown(() => polyfit([1, Infinity], [1, 2], 1)).code).toBe("NON_FINITE_INPUT");
    expect(thrown(() => polyfit([1, 2], [1, 2], 1, { weights: [1, -1] })).code).toBe("SHAPE");
    expect(thrown(() => polyfit([1, 2], [1, 2], 1, { weight: [1, 1] } as object)).code).toBe("OPTION");
  });
});

test("shapes and options", () => {
  for (const f of [svd, pinv, nullSpace] as ((A: MatrixLike, o?: object) => unknown)[]) {
    expect(thrown(() => f([])).code).toBe("SHAPE");
    expect(thrown(() => f([[1, Number.NaN]])).code).toBe("NON_FINITE_INPUT");
    expect(thrown(() => f([[1]], { tolerance: 2 })).code).toBe("OPTION");
    expect(thrown(() => f([[1]], { tol: 1 })).hint).toMatch(/tolerance/);
  }
  expect(thrown(() => eig([[1, 2]])).code).toBe("SHAPE");
  expect(thrown(() => eig([[1]], { vector: true } as object)).code).toBe("OPTION");
  expect(
    svd(
      [
        [3, 0],
        [0, 1e-3],
      ],
      { tolerance: 0.01 },
    ).rank,
  ).toBe(1);
  expect(pinv(matrix(1, 2, Float32Array.of(1, 0))).data).toBeInstanceOf(Float32Array);
});

describe("what breaks short cuts", () => {
  test("the estimate of rcond sees Higham's counterexample, on which Hager's method alone fails", () => {
    // As Higham (1988), section 2: A^-1 = I + theta d d', where d is orthogonal to all ones (the start), has d_0 = 0 (the first unit
    // vector) and is orthogonal to 0, 1, 2 ... (the last vector without its signs): only the alternating vector sees theta.
    const n = 8;
    const theta = 1e6;
    const d = [0, 1, -2, 1, 0, 0, 0, 0];
    const dd = d.reduce((a, b) => a + b * b, 0);
    // A^-1 = I + theta d d', so A = I - theta d d' / (1 + theta d'd).
    const A = entries(n, n, (i, j) => (i === j ? 1 : 0) - (theta * d[i]! * d[j]!) / (1 + theta * dd));
    const inverse = entries(n, n, (i, j) => (i === j ? 1 : 0) + theta * d[i]! * d[j]!);
    const exact = 1 / (norm(A) * norm(inverse));
    expect(rcond(A) / exact).toBeGreaterThan(0.99);
    // 2 |A^-1 v|_1 / (3 n) of that vector is 12 / 7 theta, the norm 8 theta.
    expect(rcond(A) / exact).toBeLessThan(5);
  });

  test("pivoted QR recomputes norms that cancellation has eaten (Drmač and Bujanović 2008)", () => {
    // Columns that lie in the plane of the first but for 1e-9: what is left of them is all rounding in a downdated norm.
    const n = 6;
    const A = entries(12, n, (i, j) => {
      const next = uniform(1 + j);
      for (let k = 0; k < i; k++) next();
      const base = 1 + i / 12;
      return j === 0 ? base : base * (1 + j) + 1e-9 * 4 ** j * next();
    });
    const f = qr(A, { pivot: true });
    const { R } = f;
    // With true norms |R_kk| >= |R_kj| below each other: the defining property of column pivoting.
    for (let k = 0; k < n; k++) {
      for (let j = k + 1; j < n; j++) {
        let rest = 0;
        for (let i = k; i <= j; i++) rest += R.data[i * n + j]! ** 2;
        expect(Math.sqrt(rest)).toBeLessThanOrEqual(Math.abs(R.data[k * n + k]!) * (1 + 1e-6));
      }
    }
    f.dispose();
    expect(lstsq(A, new Array(12).fill(1)).rank).toBe(n);
  });
});
