// Directors within bounds that hold a Hessian in full: newton's and BFGS's. Each direction minimises the quadratic model over the
// box; where that is no descent, the projected steepest descent is taken.

import { S_COUNT, S_GRADIENT, S_HEAD, S_STEP } from "../../abi/smooth.js";
import type { Ask } from "../../driver/task.js";
import type { Vectors } from "../layout.js";
import type { Solve } from "../solve.js";
import type { Director } from "./descent.js";

/** The first trial is at most so many times |x| or the last step away, the last one as many times farther. */
const REACH = 10;

export function boxNewtonVectors(n: number, work: number): Vectors {
  return { hess: n * n, F: n * n, L: n * n, dg: n, dx: n, Hy: n, work: Math.ceil(work / 8) };
}

abstract class BoxNewton implements Director {
  slope = 0;
  first = 1;
  longest = 1;
  readonly ready = NaN;
  protected readonly solve: Solve;
  protected readonly d: number;
  /** The next direction is the projected steepest descent. */
  protected steepest = false;

  constructor(solve: Solve) {
    this.solve = solve;
    this.d = solve.address("d");
  }

  abstract direct(): Ask | null;
  abstract advance(): void;
  abstract forget(): boolean;

  /** d from the model whose Hessian lies in "hess"; `bold`: however long it is, it is tried in full first. */
  protected model(bold: boolean): null {
    const { solve, d } = this;
    const { n, kernels: k, here, lower, upper } = solve;
    const at = (name: "hess" | "F" | "L" | "dg" | "dx" | "work") => solve.address(name);
    this.slope = k.boxNewton(
      n,
      at("hess"),
      at("F"),
      at("L"),
      here.xp,
      here.gp,
      d,
      at("dg"),
      at("dx"),
      lower,
      upper,
      solve.address("held"),
      at("work"),
    );
    if (!(this.slope < 0)) return this.downhill();
    const length = k.nrm2F64(n, d);
    const reach = REACH * Math.max(solve.reach, k.nrm2F64(n, here.xp));
    this.first = bold ? 1 : Math.min(1, reach / length);
    const longest = k.boxLongest(n, here.xp, d, lower, upper);
    this.longest = bold ? longest : Math.min(longest, Math.max(1, (REACH * reach) / length));
    return null;
  }

  protected downhill(): null {
    const { n, kernels: k, here, lower, upper, reach, steepness } = this.solve;
    this.slope = k.projectedDirection(n, reach / steepness, here.xp, here.gp, this.d, lower, upper);
    this.first = 1;
    this.longest = k.boxLongest(n, here.xp, this.d, lower, upper);
    return null;
  }
}

/** Newton's. */
export class BoxFactored extends BoxNewton {
  #asked = false;

  direct(): Ask | null {
    if (this.steepest) return this.downhill();
    this.#asked = !this.#asked;
    return this.#asked ? this.solve.hessian : this.model(false);
  }

  advance(): void {
    const { solve } = this;
    const { s, n, kernels, here, there } = solve;
    this.steepest = false;
    s[S_GRADIENT] = solve.gradientSize(here);
    s[S_STEP] = kernels.distance(n, here.xp, there.xp);
  }

  forget(): boolean {
    if (this.steepest) return false;
    this.steepest = true;
    return true;
  }
}

/** BFGS of the Hessian itself. */
export class BoxFullMemory extends BoxNewton {
  direct(): null {
    return this.solve.s[S_COUNT] === 0 ? this.downhill() : this.model(true);
  }

  advance(): void {
    const { solve } = this;
    const { s, n, kernels, here, there, state } = solve;
    const [B, dx, dg, u] = [
      solve.address("hess"),
      solve.address("dx"),
      solve.address("dg"),
      solve.address("Hy"),
    ];
    kernels.bfgsHessian(n, here.xp, here.gp, there.xp, there.gp, B, dx, dg, u, state);
    s[S_GRADIENT] = solve.gradientSize(here);
  }

  forget(): boolean {
    const { s } = this.solve;
    if (s[S_COUNT] === 0) return false;
    s[S_COUNT] = s[S_HEAD] = 0;
    return true;
  }
}
