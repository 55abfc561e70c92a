// The plain twin of a generation of CMA-ES: Hansen's tutorial (arXiv:1604.00772) written to be read, on arrays of arrays' rows.

export interface PlainCma {
  readonly n: number;
  readonly rows: number;
  sigma: number;
  generation: number;
  readonly mean: Float64Array;
  readonly ps: Float64Array;
  readonly pc: Float64Array;
  /** n x n; a diagonal is held full. */
  readonly C: Float64Array;
  /** Eigenvectors by rows, and square roots of the eigenvalues. */
  readonly B: Float64Array;
  readonly D: Float64Array;
}

export interface Constants {
  readonly muEff: number;
  readonly cs: number;
  readonly cc: number;
  readonly c1: number;
  readonly cmu: number;
  readonly damps: number;
  readonly chi: number;
  readonly sumWeights: number;
}

export function plainCma(n: number, rows: number, mean: ArrayLike<number>): PlainCma {
  const identity = () => Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
  return {
    n,
    rows,
    sigma: 1,
    generation: 0,
    mean: Float64Array.from(mean),
    ps: new Float64Array(n),
    pc: new Float64Array(n),
    C: identity(),
    B: identity(),
    D: new Float64Array(n).fill(1),
  };
}

/** y = B D z for each row of Z. */
export function steps({ n, rows, B, D }: PlainCma, Z: Float64Array): Float64Array {
  const Y = new Float64Array(rows * n);
  for (let k = 0; k < rows; k++) {
    for (let i = 0; i < n; i++) {
      const size = D[i]! * Z[k * n + i]!;
      for (let j = 0; j < n; j++) Y[k * n + j] = Y[k * n + j]! + size * B[i * n + j]!;
    }
  }
  return Y;
}

/** (41) to (47) with the weight of each row; `diagonal` keeps the diagonal of C alone. */
export function update(
  cma: PlainCma,
  constants: Constants,
  Z: Float64Array,
  Y: Float64Array,
  w: ArrayLike<number>,
  diagonal: boolean,
): void {
  const { n, rows, mean, ps, pc, C, B } = cma;
  const { muEff, cs, cc, c1, cmu, damps, chi, sumWeights } = constants;
  const yw = new Float64Array(n);
  const zw = new Float64Array(n);
  for (let k = 0; k < rows; k++) {
    if (!(w[k]! > 0)) continue;
    for (let j = 0; j < n; j++) {
      yw[j] = yw[j]! + w[k]! * Y[k * n + j]!;
      zw[j] = zw[j]! + w[k]! * Z[k * n + j]!;
    }
  }
  cma.generation++;
  let length2 = 0;
  for (let j = 0; j < n; j++) {
    mean[j] = mean[j]! + cma.sigma * yw[j]!;
    let turned = 0;
    for (let i = 0; i < n; i++) turned += zw[i]! * B[i * n + j]!;
    ps[j] = (1 - cs) * ps[j]! + Math.sqrt(cs * (2 - cs) * muEff) * turned;
    length2 += ps[j]! * ps[j]!;
  }
  const stall = !(length2 / (1 - (1 - cs) ** (2 * cma.generation)) < (2 + 4 / (n + 1)) * n);
  for (let j = 0; j < n; j++)
    pc[j] = (1 - cc) * pc[j]! + (stall ? 0 : Math.sqrt(cc * (2 - cc) * muEff) * yw[j]!);
  const decay = 1 - c1 * (1 - (stall ? cc * (2 - cc) : 0)) - cmu * sumWeights;
  const scaled = Array.from({ length: rows }, (_, k) => {
    if (!(w[k]! < 0)) return w[k]!;
    let squares = 0;
    for (let i = 0; i < n; i++) squares += Z[k * n + i]! * Z[k * n + i]!;
    return (w[k]! * n) / squares;
  });
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (diagonal && i !== j) continue;
      let sum = decay * C[i * n + j]! + c1 * pc[i]! * pc[j]!;
      for (let k = 0; k < rows; k++) sum += cmu * scaled[k]! * Y[k * n + i]! * Y[k * n + j]!;
      C[i * n + j] = sum;
    }
  }
  cma.sigma *= Math.exp(Math.min(1, (cs / damps) * (Math.sqrt(length2) / chi - 1)));
}

/** B' D^2 B. */
export function compose({ n, B, D }: Pick<PlainCma, "n" | "B" | "D">): Float64Array {
  const C = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    const size = D[k]! * D[k]!;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) C[i * n + j] = C[i * n + j]! + size * B[k * n + i]! * B[k * n + j]!;
  }
  return C;
}

/** One point of LM-MA-ES (Loshchilov, Glasmachers and Beyer 2019, algorithm 2) from its paths, rows of P. */
export function limitedStep(
  z: ArrayLike<number>,
  P: readonly Float64Array[],
  rates: readonly number[],
): Float64Array {
  const y = Float64Array.from(z);
  P.forEach((m, j) => {
    const along = m.reduce((sum, v, i) => sum + v * y[i]!, 0);
    for (let i = 0; i < y.length; i++) y[i] = (1 - rates[j]!) * y[i]! + rates[j]! * m[i]! * along;
  });
  return y;
}
