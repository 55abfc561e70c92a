// Projections on convex sets, each also the proximal operator of the set's indicator (0 inside, Infinity outside).

import { lstsq } from "../../linalg/lstsq.js";
import { element, readMatrix } from "../../linalg/matrix.js";
import { DownhillError } from "../../runtime/errors.js";
import { copyNumbers } from "../../runtime/numbers.js";
import { checkArray, checkFinite, numberOption, optionError } from "../../runtime/options.js";
import {
  aboveThreshold,
  l1BallInto,
  norm1,
  norm2,
  normInf,
  operator,
  type ProximalOperator,
  share,
  simplexThreshold,
} from "./operators.js";

export interface Projection extends ProximalOperator {
  /** The nearest point of the set, into `out` (which may be v), or a new array. */
  project(v: ArrayLike<number>, out?: Float64Array): Float64Array;
}

/** Points count as inside within this share of max(1, |x|). */
const INSIDE = 1e-6;

function projection(
  name: string,
  outside: (x: ArrayLike<number>) => number,
  apply: (v: Float64Array, out: Float64Array) => void,
): Projection {
  const inside = (x: ArrayLike<number>): boolean => outside(x) <= INSIDE * Math.max(1, normInf(x));
  const base = operator(
    name,
    (x) => (inside(x) ? 0 : Infinity),
    (v, _, out) => apply(v, out),
    "project",
  );
  const found = Object.freeze({
    ...base,
    project: (v: ArrayLike<number>, out?: Float64Array) => (out ? base.prox(v, 1, out) : base.prox(v)),
  });
  share(base, found);
  return found;
}

function notEmpty(where: string, v: Float64Array): void {
  if (v.length === 0)
    throw new DownhillError("SHAPE", `${where}: v has length 0, expected at least 1`, {
      details: { argument: "v", length: 0 },
    });
}

const radiusOf = (where: string, radius: unknown): number =>
  numberOption(`project.${where}`, "radius", radius, 1, { min: 0 });

/** A number for every element, or one for each. */
const sideOf = (name: string, given: number | ArrayLike<number>, length?: number): number | Float64Array =>
  typeof given === "number" ? given : copyNumbers("project.box", name, given, length);

/** lower <= x <= upper; numbers, or arrays. */
export function box(
  lower: number | ArrayLike<number> = -Infinity,
  upper: number | ArrayLike<number> = Infinity,
): Projection {
  const at = (side: number | Float64Array, i: number): number => (typeof side === "number" ? side : side[i]!);
  const low = sideOf("lower", lower);
  const high = sideOf("upper", upper, typeof low === "number" ? undefined : low.length);
  const n = typeof low !== "number" ? low.length : typeof high !== "number" ? high.length : undefined;
  for (let i = 0; i < (n ?? 1); i++)
    if (!(at(low, i) <= at(high, i)))
      throw optionError("project.box", `lower[${i}]`, at(low, i), `<= ${at(high, i)}`);
  return projection(
    "box",
    (x) => {
      let worst = 0;
      for (let i = 0; i < x.length; i++) worst = Math.max(worst, at(low, i) - x[i]!, x[i]! - at(high, i));
      return worst;
    },
    (v, out) => {
      checkArray("project.box", "v", v, n);
      for (let i = 0; i < v.length; i++) out[i] = Math.min(Math.max(v[i]!, at(low, i)), at(high, i));
    },
  );
}

/** x >= 0. */
export const nonnegative = (): Projection => box(0, Infinity);

/** x >= 0, sum x = total. */
export function simplex(total = 1): Projection {
  numberOption("project.simplex", "total", total, 1, { min: 0, exclusive: true });
  return projection(
    "simplex",
    (x) => {
      let s = -total;
      let worst = 0;
      for (let i = 0; i < x.length; i++) {
        s += x[i]!;
        worst = Math.max(worst, -x[i]!);
      }
      return Math.max(worst, Math.abs(s));
    },
    (v, out) => {
      notEmpty("project.simplex", v);
      const threshold = simplexThreshold(v, total);
      for (let i = 0; i < v.length; i++) out[i] = aboveThreshold(v[i]!, threshold);
    },
  );
}

/** |x|_1 <= radius. */
export function l1Ball(radius?: number): Projection {
  const r = radiusOf("l1Ball", radius);
  return projection(
    "l1Ball",
    (x) => norm1(x) - r,
    (v, out) => l1BallInto(v, r, out),
  );
}

/** |x|_2 <= radius. */
export function l2Ball(radius?: number): Projection {
  const r = radiusOf("l2Ball", radius);
  return projection(
    "l2Ball",
    (x) => norm2(x) - r,
    (v, out) => {
      const size = norm2(v);
      const keep = size > r ? r / size : 1;
      for (let i = 0; i < v.length; i++) out[i] = keep * v[i]!;
    },
  );
}

/** |x_i| <= radius. */
export function linfBall(radius?: number): Projection {
  const r = radiusOf("linfBall", radius);
  return box(-r, r);
}

/** |(x_1 ... x_{n-1})|_2 <= x_n, the last number being the height of the cone. */
export function secondOrderCone(): Projection {
  const parts = (x: ArrayLike<number>) => ({
    size: norm2(Array.prototype.slice.call(x, 0, x.length - 1)),
    height: x[x.length - 1]!,
  });
  return projection(
    "secondOrderCone",
    (x) => {
      const { size, height } = parts(x);
      return size - height;
    },
    (v, out) => {
      notEmpty("project.secondOrderCone", v);
      const { size, height } = parts(v);
      if (size <= height) {
        out.set(v);
        return;
      }
      // Below the polar cone 0, else halfway: Parikh and Boyd, equation (6.8).
      const keep = size <= -height ? 0 : (1 + height / size) / 2;
      for (let i = 0; i < v.length - 1; i++) out[i] = keep * v[i]!;
      out[v.length - 1] = keep * size;
    },
  );
}

/** a'x <= b. */
export function halfspace(normal: ArrayLike<number>, b: number): Projection {
  const given = copyNumbers("project.halfspace", "a", normal);
  checkFinite("project.halfspace", "a", given);
  numberOption("project.halfspace", "b", b, null);
  const size = norm2(given);
  if (size === 0 && b < 0)
    throw optionError("project.halfspace", "b", b, ">= 0 where a is 0: no point has 0 <= b");
  // In units of its length where the square of that is no number.
  const by = size === 0 || (size > 1e-150 && size < 1e150) ? 1 : size;
  const a = given.map((v) => v / by);
  const square = norm2(a) * norm2(a);
  const above = (x: ArrayLike<number>): number => {
    let s = -b / by;
    for (let i = 0; i < a.length; i++) s += a[i]! * x[i]!;
    return s;
  };
  return projection("halfspace", above, (v, out) => {
    checkArray("project.halfspace", "v", v, a.length);
    const t = square > 0 ? Math.max(0, above(v)) / square : 0;
    for (let i = 0; i < v.length; i++) out[i] = v[i]! - t * a[i]!;
  });
}

/** Ax = b (where b is out of reach, A'Ax = A'b): v less the least-norm correction. */
export function affine(A: unknown, right: ArrayLike<number>): Projection {
  const where = "project.affine";
  const s = readMatrix(where, "A", A);
  const [m, n] = [s.rows, s.cols];
  const b = copyNumbers(where, "b", right, m);
  checkFinite(where, "b", b);
  const data = new Float64Array(m * n);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) data[i * n + j] = element(s, i, j);
  checkFinite(where, "A", data);
  // pinv(A), column by column, once: a projection is two products.
  const pinv = new Float64Array(n * m);
  const e = new Float64Array(m);
  for (let i = 0; i < m; i++) {
    e.fill(0);
    e[i] = 1;
    const column = lstsq({ rows: m, cols: n, data }, e).x;
    for (let j = 0; j < n; j++) pinv[j * m + i] = column[j]!;
  }
  const r = new Float64Array(m);
  const residual = (x: ArrayLike<number>): void => {
    for (let i = 0; i < m; i++) {
      let t = -b[i]!;
      for (let j = 0; j < n; j++) t += data[i * n + j]! * x[j]!;
      r[i] = t;
    }
  };
  return projection(
    "affine",
    (x) => {
      residual(x);
      return normInf(r);
    },
    (v, out) => {
      checkArray(where, "v", v, n);
      residual(v);
      for (let j = 0; j < n; j++) {
        let t = v[j]!;
        for (let i = 0; i < m; i++) t -= pinv[j * m + i]! * r[i]!;
        out[j] = t;
      }
    },
  );
}
