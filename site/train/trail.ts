// Where the weights of a training went: the first ones, and those after some of the epochs.

/** So many weights are kept at most; beyond, every second one is dropped. */
const KEPT = 64;

export class Trail {
  readonly first: Float64Array;
  #points: Float64Array[] = [];
  #every = 1;
  #seen = 0;

  constructor(params: ArrayLike<number>) {
    this.first = Float64Array.from(params);
  }

  note(params: ArrayLike<number>): void {
    if (this.#seen++ % this.#every !== 0) return;
    this.#points.push(Float64Array.from(params));
    if (this.#points.length <= KEPT) return;
    this.#points = this.#points.filter((_, i) => i % 2 === 0);
    this.#every *= 2;
  }

  get points(): readonly Float64Array[] {
    return this.#points;
  }
}
