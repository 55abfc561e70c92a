// The symmetric matrix [H + diag(a) J'; J diag(b)] of an interior-point step, full: factored with pivots, refined against itself.

import { type LdlFactor, ldl } from "../../linalg/ldl.js";
import { finite } from "./point.js";
import type { ProgramSolve } from "./solve.js";

/** Rows and columns of fixed variables are those of the unit matrix. */
export interface KktMatrix {
  /** H null: the zero matrix. */
  assemble(H: Float64Array | null, fixed: Uint8Array, a: Float64Array, b: Float64Array): void;
  /** False where numbers are not finite. */
  refactor(): boolean;
  /** Negative eigenvalues, and those that count as 0. */
  readonly negative: number;
  readonly zero: number;
  /** Relative residual of the last solution. */
  readonly accuracy: number;
  /** Of a finite right-hand side. The answer is not finite where a number leaves its range on the way. */
  solve(rhs: Float64Array, answer: Float64Array): void;
  dispose(): void;
}

export class FullKkt implements KktMatrix {
  readonly accuracy = 0;
  readonly #solve: ProgramSolve;
  readonly #K: Float64Array;
  readonly #rest: Float64Array;
  #factor: LdlFactor | null = null;

  constructor(solve: ProgramSolve) {
    const N = solve.n + solve.m;
    this.#solve = solve;
    this.#K = new Float64Array(N * N);
    this.#rest = new Float64Array(N);
  }

  assemble(
    H: Float64Array | null,
    fixed: Uint8Array,
    diagonalX: Float64Array,
    diagonalY: Float64Array,
  ): void {
    const { n, m, here } = this.#solve;
    const N = n + m;
    const K = this.#K;
    K.fill(0);
    for (let a = 0; a < n; a++) {
      if (fixed[a]) {
        K[a * N + a] = 1;
        continue;
      }
      for (let b = 0; b <= a; b++) if (!fixed[b] && H) K[a * N + b] = H[a * n + b]!;
      K[a * N + a]! += diagonalX[a]!;
    }
    for (let i = 0; i < m; i++) {
      const row = (n + i) * N;
      for (let j = 0; j < n; j++) if (!fixed[j]) K[row + j] = here.J[i * n + j]!;
      K[row + n + i] = diagonalY[i]!;
    }
  }

  refactor(): boolean {
    const N = this.#rest.length;
    const K = { rows: N, cols: N, data: this.#K };
    if (!finite(this.#K)) return false;
    this.#factor = this.#factor ? this.#factor.refactor(K) : ldl(K, { check: false });
    return true;
  }

  get negative(): number {
    return this.#factor!.inertia.negative;
  }
  get zero(): number {
    return this.#factor!.inertia.zero;
  }

  solve(rhs: Float64Array, answer: Float64Array): void {
    const [K, rest] = [this.#K, this.#rest];
    const N = rest.length;
    const factor = this.#factor!;
    factor.solve(rhs, answer);
    for (let round = 0; round < 2; round++) {
      for (let a = 0; a < N; a++) {
        let t = rhs[a]!;
        for (let b = 0; b < N; b++) t -= (b <= a ? K[a * N + b]! : K[b * N + a]!) * answer[b]!;
        rest[a] = t;
      }
      if (!finite(rest)) return;
      factor.solve(rest, rest);
      for (let a = 0; a < N; a++) answer[a]! += rest[a]!;
    }
  }

  dispose(): void {
    this.#factor?.dispose();
  }
}
