// Total variation of a picture: the dual of |u - f|^2 / 2 + lambda sum |grad u| by accelerated projected gradients with restart.
// A. Chambolle, J. Math. Imaging Vis. 20 (2004) 89-97 for the dual; A. Beck and M. Teboulle, IEEE Trans. Image Process. 18 (2009)
// 2419-2434 for the acceleration; B. O'Donoghue and E. Candes, Found. Comput. Math. 15 (2015) for the restart.

/** Vectors of a run over a picture of `width` x `height`, one channel. */
export class TotalVariation {
  readonly width: number;
  readonly height: number;
  readonly lambda: number;
  readonly f: Float64Array;
  /** The picture f + lambda div p. */
  readonly u: Float64Array;
  readonly #px: Float64Array;
  readonly #py: Float64Array;
  readonly #qx: Float64Array;
  readonly #qy: Float64Array;
  #t = 1;
  /** After `measure`: |u - f|^2 / 2 + lambda TV(u), and how far it is from the minimum at most. */
  objective = Infinity;
  gap = Infinity;

  constructor(width: number, height: number, lambda: number, f: Float64Array) {
    const size = width * height;
    this.width = width;
    this.height = height;
    this.lambda = lambda;
    this.f = f;
    this.u = new Float64Array(size);
    this.#px = new Float64Array(size);
    this.#py = new Float64Array(size);
    this.#qx = new Float64Array(size);
    this.#qy = new Float64Array(size);
  }

  step(): void {
    const { width, height, lambda, f, u } = this;
    picture(width, height, lambda, f, this.#qx, this.#qy, u);
    // FISTA's weights; a step that turns against the momentum begins anew.
    const next = (1 + Math.sqrt(1 + 4 * this.#t * this.#t)) / 2;
    const beta = (this.#t - 1) / next;
    const against = ascend(width, height, 1 / (8 * lambda), beta, u, this.#px, this.#py, this.#qx, this.#qy);
    this.#t = against ? 1 : next;
  }

  /** u, objective and gap of the dual point itself. */
  measure(): void {
    const { width, height, lambda, f, u } = this;
    picture(width, height, lambda, f, this.#px, this.#py, u);
    let variation = 0;
    let product = 0;
    for (let r = 0, i = 0; r < height; r++) {
      for (let c = 0; c < width; c++, i++) {
        const gx = c + 1 < width ? u[i + 1]! - u[i]! : 0;
        const gy = r + 1 < height ? u[i + width]! - u[i]! : 0;
        variation += Math.sqrt(gx * gx + gy * gy);
        product += this.#px[i]! * gx + this.#py[i]! * gy;
      }
    }
    let square = 0;
    for (let i = 0; i < u.length; i++) {
      const d = u[i]! - f[i]!;
      square += d * d;
    }
    this.objective = square / 2 + lambda * variation;
    // primal - dual = lambda sum (|grad u| - p . grad u).
    this.gap = Math.max(0, lambda * (variation - product));
  }
}

/** u = f + lambda div p. */
function picture(
  width: number,
  height: number,
  lambda: number,
  f: Float64Array,
  px: Float64Array,
  py: Float64Array,
  u: Float64Array,
): void {
  for (let c = 0, left = 0; c < width; c++) {
    u[c] = f[c]! + lambda * (px[c]! - left + py[c]!);
    left = px[c]!;
  }
  for (let r = 1; r < height; r++) {
    const begin = r * width;
    let left = 0;
    for (let i = begin; i < begin + width; i++) {
      const x = px[i]!;
      u[i] = f[i]! + lambda * (x - left + py[i]! - py[i - width]!);
      left = x;
    }
  }
}

/** p = projection of q + tau grad u, q = p + beta (p - p before); whether the step went against the momentum. */
function ascend(
  width: number,
  height: number,
  tau: number,
  beta: number,
  u: Float64Array,
  px: Float64Array,
  py: Float64Array,
  qx: Float64Array,
  qy: Float64Array,
): boolean {
  let along = 0;
  for (let r = 0; r < height; r++) {
    const begin = r * width;
    const last = begin + width - 1;
    const down = r + 1 < height ? width : 0;
    for (let i = begin; i <= last; i++) {
      const v = u[i]!;
      const ax = i < last ? qx[i]! + tau * (u[i + 1]! - v) : 0;
      const ay = qy[i]! + tau * (u[i + down]! - v);
      const square = ax * ax + ay * ay;
      const scale = square > 1 ? 1 / Math.sqrt(square) : 1;
      const [x, y] = [ax * scale, ay * scale];
      const [dx, dy] = [x - px[i]!, y - py[i]!];
      along += (qx[i]! - x) * dx + (qy[i]! - y) * dy;
      px[i] = x;
      py[i] = y;
      qx[i] = x + beta * dx;
      qy[i] = y + beta * dy;
    }
  }
  return along > 0;
}
