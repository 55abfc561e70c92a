// How large an error each component of a step may have: one rule for both integrators, of the solution and of its sensitivities.

/** A component counts at least as this share of the largest it has been, */
const LEAST_SHARE = 1e-3;
/** and of what its change in this step would make of it until the next time that is asked for: from 0 nothing else could start it. */
const LEAST_CHANGE = 1e-9;
/** Below this numbers lose digits. */
const LEAST = 1e-280;
/** Sensitivities count as y / p where that is more, up to so many times what they are: p may be far smaller than what matters. */
const BESIDE = 100;
/** Rounding of y / p is no error. */
const ROUNDING = 16 * 2.220446049250313e-16;

/** y of n variables, after it n*q sensitivities or none. */
export class StepScale {
  /** The error that a component may have, after `set`; Infinity for a sensitivity that is no number from the start. */
  readonly allowed: Float64Array;
  readonly #n: number;
  readonly #sizes: ArrayLike<number>;
  readonly #tolerance: number;
  readonly #loose: number;
  readonly #largest: Float64Array;

  /** `sizes`: of the q parameters; `loose`: what sensitivities may err, as `tolerance` for variables. */
  constructor(y0: Float64Array, n: number, sizes: ArrayLike<number>, tolerance: number, loose: number) {
    this.allowed = new Float64Array(y0.length);
    this.#n = n;
    this.#sizes = sizes;
    this.#tolerance = tolerance;
    this.#loose = loose;
    this.#largest = y0.map(Math.abs);
  }

  /** Of a step from y to there, which is `part` of the way to the next time. */
  set(y: Float64Array, there: Float64Array, part: number): void {
    const n = this.#n;
    const { allowed } = this;
    const ahead = LEAST_CHANGE / part;
    for (let i = 0; i < y.length; i++) {
      const [a, b] = [y[i]!, there[i]!];
      const own = Math.max(
        Math.abs(a),
        Math.abs(b),
        LEAST_SHARE * this.#largest[i]!,
        ahead * Math.abs(b - a),
        LEAST,
      );
      allowed[i] = (i < n ? this.#tolerance : this.#loose) * own;
    }
    const q = y.length / n - 1;
    for (let k = 0; k < q; k++) {
      const p = Math.abs(this.#sizes[k]!);
      if (p === 0) continue;
      for (let v = 0, i = n + k; v < n; v++, i += q) {
        const beside = Math.abs(there[v]!) / p;
        const most = Math.min(this.#loose * beside, BESIDE * allowed[i]!);
        allowed[i] = Math.max(allowed[i]!, most, ROUNDING * beside);
      }
    }
    for (let i = n; i < y.length; i++) if (!Number.isFinite(y[i]!)) allowed[i] = Infinity;
  }

  /** An error beside what is allowed: the variables' root mean square, or the worst of the sensitivities. */
  norm(error: Float64Array): number {
    const n = this.#n;
    let [worst, sum] = [0, 0];
    for (let i = 0; i < error.length; i++) {
      const e = error[i]!;
      const part = e === 0 || this.allowed[i] === Infinity ? 0 : e / this.allowed[i]!;
      if (i < n) sum += part * part;
      else if (!(part * part <= worst)) worst = part * part;
    }
    return Math.sqrt(Math.max(sum / n, worst));
  }

  reached(y: Float64Array): void {
    for (let i = 0; i < y.length; i++) this.#largest[i] = Math.max(this.#largest[i]!, Math.abs(y[i]!));
  }
}
