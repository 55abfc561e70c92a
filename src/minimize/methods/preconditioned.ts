// lbfgs with the caller's own first approximation of the inverse Hessian: the two-loop recursion (Nocedal and Wright, algorithm
// 7.4) around it, scaled by s'y / y'Py, so that its unit does not matter.

import { S_COUNT, S_GRADIENT, S_HEAD, S_STEP, S_SY } from "../../abi/smooth.js";
import type { Ask, Call } from "../../driver/task.js";
import { DownhillError, quote } from "../../runtime/errors.js";
import { type Solve, UNBOUNDED } from "../solve.js";
import { rowLength } from "./box.js";
import { DIRECTOR_SLOTS, type Director } from "./descent.js";

/** Fills `out` with P g. */
export type Preconditioner = (g: Float64Array, out: Float64Array) => unknown;

const EPS = 2.220446049250313e-16;
/** The first trial is at most so many times |x| away: the unit of P is not known yet. */
const REACH = 10;
/** s'y / y'Py of the newest pair; 0: not asked for yet. */
const S_SCALE = DIRECTOR_SLOTS;
export const PRECONDITIONED_SLOTS = DIRECTOR_SLOTS + 1;

/** Below this the square of a number may be 0. */
const UNDERFLOWS = 1e-150;

export class Preconditioned implements Director {
  slope = 0;
  first = 1;
  readonly longest = UNBOUNDED;
  readonly ready = NaN;
  readonly #solve: Solve;
  readonly #m: number;
  readonly #ld: number;
  readonly #ask: Call;
  /** What P is asked for: nothing yet, the newest y, the direction. */
  #stage: "none" | "scale" | "direction" = "none";

  constructor(solve: Solve, m: number, preconditioner: Preconditioner) {
    this.#solve = solve;
    this.#m = m;
    this.#ld = rowLength(solve.n);
    this.#ask = {
      kind: "call",
      cost: () => 0,
      run: () => {
        const scale = this.#stage === "scale";
        const from = scale ? this.#row("Y", this.#newest) : solve.view("d");
        return solve.evaluator!.fill("preconditioner", preconditioner, from, solve.view(scale ? "Py" : "Pg"));
      },
    };
  }

  get #newest(): number {
    return (this.#solve.s[S_HEAD]! + this.#m - 1) % this.#m;
  }

  #row(name: "S" | "Y", i: number): Float64Array {
    return this.#solve.view(name).subarray(i * this.#ld, i * this.#ld + this.#solve.n);
  }

  #at(name: "S" | "Y", i: number): number {
    return this.#solve.address(name) + 8 * i * this.#ld;
  }

  direct(): Ask | null {
    const solve = this.#solve;
    const { s, n, kernels: k, here } = solve;
    const d = solve.address("d");
    const [count, m] = [s[S_COUNT]!, this.#m];
    if (this.#stage === "none" && count > 0 && s[S_SCALE] === 0) {
      this.#stage = "scale";
      return this.#ask;
    }
    if (this.#stage === "scale") {
      const yPy = k.dotF64(n, this.#at("Y", this.#newest), solve.address("Py"));
      if (!(yPy > 0)) throw this.#indefinite(yPy);
      s[S_SCALE] = s[S_SY]! / yPy;
      this.#stage = "none";
    }
    const [rho, alpha] = [solve.view("rho"), solve.view("alpha")];
    if (this.#stage === "none") {
      k.copyF64(n, here.gp, d);
      for (let age = 0; age < count; age++) {
        const i = (s[S_HEAD]! + 2 * m - 1 - age) % m;
        alpha[i] = rho[i]! * k.dotF64(n, this.#at("S", i), d);
        k.axpyF64(n, -alpha[i]!, this.#at("Y", i), d);
      }
      this.#stage = "direction";
      return this.#ask;
    }
    this.#stage = "none";
    const qPq = k.dotF64(n, d, solve.address("Pg"));
    // What the pairs already explain of the gradient is gone: of one variable, all of it.
    const gone = qPq === 0 && k.nrm2F64(n, d) < UNDERFLOWS;
    if (!(qPq > 0 || gone)) throw this.#indefinite(qPq);
    k.axpbyF64(n, count > 0 ? s[S_SCALE]! : 1, solve.address("Pg"), 0, d);
    for (let age = count - 1; age >= 0; age--) {
      const i = (s[S_HEAD]! + 2 * m - 1 - age) % m;
      const beta = rho[i]! * k.dotF64(n, this.#at("Y", i), d);
      k.axpyF64(n, alpha[i]! - beta, this.#at("S", i), d);
    }
    k.negative(n, d, d);
    this.slope = k.dotF64(n, here.gp, d);
    const reach = REACH * Math.max(solve.reach, k.nrm2F64(n, here.xp));
    this.first = count > 0 ? 1 : Math.min(1, reach / k.nrm2F64(n, d));
    return null;
  }

  #indefinite(value: number): DownhillError {
    const { where } = this.#solve.evaluator!;
    return new DownhillError(
      "CALLBACK_RESULT",
      `${where}: preconditioner must be positive definite, got v'Pv = ${quote(value)}`,
      { hint: "it fills out with P g, where P is near the inverse Hessian", details: { value } },
    );
  }

  advance(): void {
    const solve = this.#solve;
    const { s, n, kernels: k, here, there } = solve;
    const head = s[S_HEAD]!;
    const [ds, dy] = [this.#row("S", head), this.#row("Y", head)];
    for (let j = 0; j < n; j++) {
      ds[j] = here.x[j]! - there.x[j]!;
      dy[j] = here.g[j]! - there.g[j]!;
    }
    const [sp, yp] = [this.#at("S", head), this.#at("Y", head)];
    const sy = k.dotF64(n, sp, yp);
    s[S_GRADIENT] = k.amaxF64(n, here.gp);
    s[S_STEP] = k.nrm2F64(n, sp);
    s[S_SY] = sy;
    // As in assembly/smooth/lbfgs.ts: curvature beyond rounding, whatever the units.
    if (!(sy > EPS * s[S_STEP]! * k.nrm2F64(n, yp)) || sy === Infinity) return;
    solve.view("rho")[head] = 1 / sy;
    s[S_HEAD] = (head + 1) % this.#m;
    s[S_COUNT] = Math.min(s[S_COUNT]! + 1, this.#m);
    s[S_SCALE] = 0;
  }

  forget(): boolean {
    const { s } = this.#solve;
    if (s[S_COUNT] === 0) return false;
    s[S_COUNT] = s[S_HEAD] = 0;
    return true;
  }
}
