// The Hessian of a Lagrangian from the user's second derivatives: full, from matrices or products, or the entries of its pattern.

import { checkFilled } from "../../minimize/objective.js";
import { checkWhole, checkWritten, UNWRITTEN } from "../../runtime/unwritten.js";
import type { Walk } from "./evaluator.js";
import type { NonlinearProgram } from "./problem.js";

export class SecondDerivatives {
  /** n*n, or the entries of the program's `hessian`. */
  readonly H: Float64Array;
  readonly #where: string;
  readonly #program: NonlinearProgram;
  readonly #x: Float64Array;
  readonly #v: Float64Array;
  readonly #product: Float64Array;
  /** What one callback fills. */
  readonly #part: Float64Array;
  readonly #own: Float64Array;

  constructor(where: string, program: NonlinearProgram, exact: boolean) {
    const { n, m, hessian } = program;
    this.#where = where;
    this.#program = program;
    const full = exact ? n * n : 0;
    this.H = new Float64Array(hessian ? hessian.colIdx.length : full);
    this.#part = new Float64Array(hessian ? hessian.most : full);
    this.#x = new Float64Array(n);
    this.#v = new Float64Array(n);
    this.#product = new Float64Array(n);
    this.#own = new Float64Array(m);
  }

  #input(x: Float64Array): Float64Array {
    this.#x.set(x);
    return this.#x;
  }

  /** H = w Hess f - sum weights_i scale_i Hess c_i at x. */
  *fill(x: Float64Array, w: number, weights: Float64Array, scale: Float64Array): Walk {
    const { H } = this;
    const { n, objective, groups, hessian } = this.#program;
    H.fill(0);
    const first = this.#room(hessian?.ofObjective);
    if (objective.hess) {
      checkFilled(this.#where, "hess", yield objective.hess(this.#input(x), first));
      checkWritten(this.#where, "hess", first);
    } else yield* this.#byProducts("hessVec", (v, out) => objective.hessVec?.(this.#input(x), v, out));
    this.#add(w, first, hessian?.ofObjective);
    for (let g = 0; g < groups.length; g++) {
      const { name, first, count, parts } = groups[g]!;
      const own = this.#own.subarray(0, count);
      for (let i = 0; i < count; i++) own[i] = weights[first + i]! * scale[first + i]!;
      const map = hessian?.ofGroups[g];
      const room = this.#room(map);
      if (parts?.hess) {
        checkFilled(this.#where, `${name}.hess`, yield parts.hess(this.#input(x), own, room));
        checkWritten(this.#where, `${name}.hess`, room);
      } else
        yield* this.#byProducts(`${name}.hessVec`, (v, out) => parts?.hessVec?.(this.#input(x), own, v, out));
      this.#add(-1, room, map);
    }
    if (!hessian)
      for (let i = 0; i < n; i++)
        for (let j = 0; j < i; j++) H[i * n + j] = H[j * n + i] = (H[i * n + j]! + H[j * n + i]!) / 2;
    return true;
  }

  #room(map: Int32Array | undefined): Float64Array {
    const room = map ? this.#part.subarray(0, map.length) : this.#part;
    return room.fill(UNWRITTEN);
  }

  #add(w: number, part: Float64Array, map: Int32Array | undefined): void {
    const { H } = this;
    if (map) for (let k = 0; k < map.length; k++) H[map[k]!]! += w * part[k]!;
    else for (let k = 0; k < part.length; k++) H[k]! += w * part[k]!;
  }

  *#byProducts(
    name: string,
    product: (v: Float64Array, out: Float64Array) => unknown,
  ): Generator<unknown, void, unknown> {
    const { n } = this.#program;
    const [v, out, square] = [this.#v, this.#product, this.#part];
    for (let j = 0; j < n; j++) {
      v.fill(0);
      v[j] = 1;
      out.fill(UNWRITTEN);
      checkFilled(this.#where, name, yield product(v, out));
      checkWhole(this.#where, name, out);
      square.set(out, j * n);
    }
  }
}
