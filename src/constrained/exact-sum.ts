// Sums of products in twice the precision: products by Dekker's splitting, sums by Knuth's (Ogita, Rump and Oishi 2005, "Dot2").

/** 2^27 + 1. */
const SPLIT = 134217729;
/** Beyond this the splitting overflows; the product is taken as it is. */
const HUGE = 1e150;

export class ExactSum {
  #s = 0;
  #c = 0;

  clear(): this {
    this.#s = 0;
    this.#c = 0;
    return this;
  }

  add(v: number): this {
    const t = this.#s + v;
    const b = t - this.#s;
    this.#c += this.#s - (t - b) + (v - b);
    this.#s = t;
    return this;
  }

  /** Adds a b, and what rounding took from it. */
  addProduct(a: number, b: number): this {
    const p = a * b;
    this.add(p);
    if (!(Math.abs(a) < HUGE && Math.abs(b) < HUGE)) return this;
    const ta = SPLIT * a;
    const ah = ta - (ta - a);
    const al = a - ah;
    const tb = SPLIT * b;
    const bh = tb - (tb - b);
    const bl = b - bh;
    this.#c += ah * bh - p + ah * bl + al * bh + al * bl;
    return this;
  }

  get value(): number {
    return this.#s + this.#c;
  }

  /** Goes on from a sum that stands in two parts, and puts it back there. */
  load(heads: Float64Array, tails: Float64Array, j: number): this {
    this.#s = heads[j]!;
    this.#c = tails[j]!;
    return this;
  }

  store(heads: Float64Array, tails: Float64Array, j: number): void {
    heads[j] = this.#s;
    tails[j] = this.#c;
  }
}
