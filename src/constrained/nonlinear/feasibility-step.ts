// The step of a restoration: the linearised violation plus weight |d|^2 / 2, least in a box; by the dense active-set solver, or as a sparse
// quadratic program by the room's interior point method.

import { run } from "../../driver/run.js";
import { largest, type Program } from "../program.js";
import { ConvexTask } from "../run.js";
import { Elastic } from "./elastic.js";
import type { ProgramSolve } from "./solve.js";
import type { StepProgram } from "./step-program.js";

export interface FeasibilityStep {
  readonly d: Float64Array;
  /** Multipliers of the rows, positive at the lower side. */
  readonly y: Float64Array;
  /** Sum of the linearised violations after the step. */
  readonly left: number;
  /** At `solve.here`, with low <= d <= high; false where there is none. */
  solve(weight: number, low: Float64Array, high: Float64Array): boolean;
}

/** How much the price of an elastic variable grows over the violation: it keeps the program strictly convex. */
const SOFT = 1e-2;

export const feasibilityStep = (solve: ProgramSolve): FeasibilityStep =>
  solve.evaluator.program.hessian ? new SparseStep(solve) : new FullStep(solve);

class FullStep implements FeasibilityStep {
  readonly #elastic: Elastic;
  readonly #program: StepProgram;
  readonly #solve: ProgramSolve;

  constructor(solve: ProgramSolve) {
    const { n, m, here, evaluator, rowNoise } = solve;
    this.#solve = solve;
    this.#elastic = new Elastic(n, m);
    const room = () => new Float64Array(n);
    this.#program = {
      n,
      m,
      H: new Float64Array(n * n),
      g: room(),
      J: here.J,
      c: here.c,
      rowLower: evaluator.scaledLower,
      rowUpper: evaluator.scaledUpper,
      low: room(),
      high: room(),
      rowNoise,
    };
  }

  get d(): Float64Array {
    return this.#elastic.d;
  }
  get y(): Float64Array {
    return this.#elastic.y;
  }
  get left(): number {
    return this.#elastic.left;
  }

  solve(weight: number, low: Float64Array, high: Float64Array): boolean {
    const program = this.#program;
    const { n } = program;
    program.low.set(low);
    program.high.set(high);
    this.#solve.noise(this.#solve.here);
    program.H.fill(0);
    for (let j = 0; j < n; j++) program.H[j * n + j] = weight;
    return this.#elastic.solve(program, 1) === "solved";
  }
}

class SparseStep implements FeasibilityStep {
  readonly d: Float64Array;
  readonly y: Float64Array;
  left = 0;
  readonly #solve: ProgramSolve;

  constructor(solve: ProgramSolve) {
    this.#solve = solve;
    this.d = new Float64Array(solve.n);
    this.y = new Float64Array(solve.m);
  }

  solve(weight: number, low: Float64Array, high: Float64Array): boolean {
    const { n, m, here, evaluator } = this.#solve;
    const { scaledLower, scaledUpper } = evaluator;
    const { rowPtr, colIdx } = evaluator.program;
    const ptr = [0];
    const idx: number[] = [];
    const values: number[] = [];
    let worst = 0;
    let elastic = 0;
    for (let i = 0; i < m; i++) {
      const [below, above] = [scaledLower[i]! - here.c[i]!, here.c[i]! - scaledUpper[i]!];
      worst = Math.max(worst, below, above);
      for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) {
        idx.push(colIdx[k]!);
        values.push(here.J[k]!);
      }
      const add = (sign: number): void => {
        idx.push(n + elastic++);
        values.push(sign);
      };
      if (scaledLower[i]! > -Infinity) add(1);
      if (scaledUpper[i]! < Infinity) add(-1);
      ptr.push(idx.length);
    }
    const N = n + elastic;
    const program: Program = {
      n: N,
      m,
      P: {
        rows: N,
        cols: N,
        rowPtr: Int32Array.from({ length: N + 1 }, (_, j) => j),
        colIdx: Int32Array.from({ length: N }, (_, j) => j),
        values: Float64Array.from({ length: N }, (_, j) => (j < n ? weight : SOFT / worst)),
      },
      q: Float64Array.from({ length: N }, (_, j) => (j < n ? 0 : 1)),
      A: {
        rows: m,
        cols: N,
        rowPtr: Int32Array.from(ptr),
        colIdx: Int32Array.from(idx),
        values: Float64Array.from(values),
      },
      l: scaledLower.map((v, i) => v - here.c[i]!),
      u: scaledUpper.map((v, i) => v - here.c[i]!),
      lower: new Float64Array(N),
      upper: new Float64Array(N).fill(Infinity),
      constant: 0,
    };
    program.lower.set(low);
    program.upper.set(high);
    const { runtime } = this.#solve;
    const answer = run(new ConvexTask("minimizeConstrained", program, { runtime }, "interiorPoint"));
    if (answer.status !== "solved" || !(largest(answer.x) < Infinity)) return false;
    this.d.set(answer.x.subarray(0, n));
    for (let i = 0; i < m; i++) this.y[i] = 0 - answer.y[i]!;
    this.left = 0;
    for (let k = n; k < N; k++) this.left += Math.max(0, answer.x[k]!);
    return true;
  }
}
