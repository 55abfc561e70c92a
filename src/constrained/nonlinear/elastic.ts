// Programs of a step whose linearised rows contradict each other: every row gets elastic variables v, w >= 0 with the price
// gamma (sum v + w), those that are met too: less violation in all may need some of theirs. So there is always an answer. P. Gill, W. Murray, M. Saunders, SIAM Review 47 (2005), 4.3.

import { DualActiveSet } from "./dual-active-set.js";
import type { ProgramSolve } from "./solve.js";
import type { StepEnd, StepProgram } from "./step-program.js";

/** How much the price of an elastic variable grows over the violation: it keeps the program strictly convex. */
const SOFT = 1e-2;

/**
 * Rows that are met only by a step longer than max(1, |x|), and by multipliers so many times larger than the gradient of f, contradict each
 * other here (Gill, Murray and Saunders 2005, section 4.3).
 */
const UNREASONABLE = 1e3;

export class Elastic {
  readonly d: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
  /** Sum of the violations of the linearised rows after the step. */
  left = 0;
  readonly #n: number;
  readonly #m: number;

  constructor(n: number, m: number) {
    this.#n = n;
    this.#m = m;
    this.d = new Float64Array(n);
    this.y = new Float64Array(m);
    this.z = new Float64Array(n);
  }

  solve(p: StepProgram, gamma: number): StepEnd {
    const [n, m] = [this.#n, this.#m];
    let worst = 0;
    const signs: number[] = [];
    const rows: number[] = [];
    for (let i = 0; i < m; i++) {
      const [below, above] = [p.rowLower[i]! - p.c[i]!, p.c[i]! - p.rowUpper[i]!];
      worst = Math.max(worst, below, above);
      if (p.rowLower[i]! > -Infinity) {
        rows.push(i);
        signs.push(1);
      }
      if (p.rowUpper[i]! < Infinity) {
        rows.push(i);
        signs.push(-1);
      }
    }
    const N = n + rows.length;
    const H = new Float64Array(N * N);
    const g = new Float64Array(N);
    const J = new Float64Array(m * N);
    const low = new Float64Array(N);
    const high = new Float64Array(N).fill(Infinity);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) H[i * N + j] = p.H[i * n + j]!;
    g.set(p.g.subarray(0, n));
    low.set(p.low);
    high.set(p.high);
    for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) J[i * N + j] = p.J[i * n + j]!;
    rows.forEach((i, k) => {
      J[i * N + n + k] = signs[k]!;
      g[n + k] = gamma;
      H[(n + k) * N + n + k] = (SOFT * gamma) / worst;
    });
    const qp = new DualActiveSet(N, m);
    const end = qp.solve({ ...p, n: N, H, g, J, low, high });
    if (end !== "solved") return end;
    this.d.set(qp.d.subarray(0, n));
    this.y.set(qp.y);
    this.z.set(qp.z.subarray(0, n));
    this.left = 0;
    for (let k = 0; k < rows.length; k++) this.left += Math.max(0, qp.d[n + k]!);
    return end;
  }
}

/** The rows are violated, and a step that meets them is long and has enormous multipliers. */
export function unreasonable(solve: ProgramSolve, { d, y }: DualActiveSet): boolean {
  const { here, m, n, tolerances } = solve;
  if (!(largest(d) > Math.max(1, largest(here.x)))) return false;
  if (!(solve.violationOf(here, true) > tolerances.feasTol)) return false;
  const most = UNREASONABLE * largest(here.g);
  for (let i = 0; i < m; i++) {
    if (Math.abs(y[i]!) * largest(here.J.subarray(i * n, i * n + n)) > most) return true;
  }
  return false;
}

const largest = (v: Float64Array): number => v.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
