// Constrained parameters as functions of free ones, with log |Jacobian| and its derivative: the transforms that Stan documents
// (Stan Reference Manual, "Constraint Transforms"). One table, one entry for each kind.

import { log } from "../runtime/elementary.js";
import { correlation } from "./correlation.js";
import { exp } from "./exponential.js";
import type { Block, ConstraintKind, Transform } from "./transform.js";

const same = (size: number): number => size;

function sigmoid(v: number): number {
  if (v >= 0) return 1 / (1 + exp(-v));
  const e = exp(v);
  return e / (1 + e);
}

/** log(1 / (1 + exp(-v))). */
function logSigmoid(v: number): number {
  return v < 0 ? v - log(1 + exp(v)) : -log(1 + exp(-v));
}

/** Each coordinate for itself. */
function each(
  one: (b: Block, u: number, out: [number, number]) => void,
  inverse: (b: Block, x: number) => number,
  slope: (b: Block, u: number, x: number, gx: number) => number,
  wrong: (b: Block, x: number) => string | null,
): Transform {
  const pair: [number, number] = [0, 0];
  return {
    free: same,
    constrain(b, u, x) {
      let jacobian = 0;
      for (let k = 0; k < b.size; k++) {
        one(b, u[b.freeAt + k]!, pair);
        x[b.at + k] = pair[0];
        jacobian += pair[1];
      }
      return jacobian;
    },
    unconstrain(b, x, u) {
      for (let k = 0; k < b.size; k++) u[b.freeAt + k] = inverse(b, x[b.at + k]!);
    },
    pull(b, u, x, gx, gu) {
      for (let k = 0; k < b.size; k++)
        gu[b.freeAt + k] = slope(b, u[b.freeAt + k]!, x[b.at + k]!, gx[b.at + k]!);
    },
    inside(b, x) {
      for (let k = 0; k < b.size; k++) {
        const message = wrong(b, x[b.at + k]!);
        if (message) return message;
      }
      return null;
    },
  };
}

/** x1 = u1 or exp(u1), xk = x(k-1) + exp(uk). */
function increasing(positive: boolean): Transform {
  const first = positive ? 0 : 1;
  return {
    free: same,
    constrain(b, u, x) {
      let jacobian = 0;
      for (let k = 0; k < b.size; k++) {
        const v = u[b.freeAt + k]!;
        if (k < first) x[b.at] = v;
        else {
          x[b.at + k] = (k === 0 ? 0 : x[b.at + k - 1]!) + exp(v);
          jacobian += v;
        }
      }
      return jacobian;
    },
    unconstrain(b, x, u) {
      for (let k = 0; k < b.size; k++) {
        const before = k === 0 ? 0 : x[b.at + k - 1]!;
        u[b.freeAt + k] = k < first ? x[b.at]! : log(x[b.at + k]! - before);
      }
    },
    pull(b, u, _x, gx, gu) {
      let after = 0;
      for (let k = b.size - 1; k >= 0; k--) {
        after += gx[b.at + k]!;
        gu[b.freeAt + k] = k < first ? after : after * exp(u[b.freeAt + k]!) + 1;
      }
    },
    inside(b, x) {
      let before = positive ? 0 : -Infinity;
      for (let k = 0; k < b.size; k++) {
        if (!(x[b.at + k]! > before)) return positive ? "must be positive and increase" : "must increase";
        before = x[b.at + k]!;
      }
      return null;
    },
  };
}

/** Stick breaking: z_k = sigmoid(u_k - log(K - k)), x_k = r_k z_k of what is left, r_k. */
const simplex: Transform = {
  free: (size) => size - 1,
  constrain(b, u, x) {
    let left = 1;
    let jacobian = 0;
    const last = b.size - 1;
    for (let k = 0; k < last; k++) {
      const v = u[b.freeAt + k]! - log(last - k);
      jacobian += logSigmoid(v) + logSigmoid(-v) + log(left);
      x[b.at + k] = left * sigmoid(v);
      left *= sigmoid(-v);
    }
    x[b.at + last] = left;
    return jacobian;
  },
  unconstrain(b, x, u) {
    let left = 0;
    const last = b.size - 1;
    for (let k = 0; k < b.size; k++) left += x[b.at + k]!;
    for (let k = 0; k < last; k++) {
      const rest = left - x[b.at + k]!;
      u[b.freeAt + k] = log(x[b.at + k]! / rest) + log(last - k);
      left = rest;
    }
  },
  pull(b, u, x, gx, gu) {
    const last = b.size - 1;
    let slope = gx[b.at + last]!;
    let left = x[b.at + last]!;
    for (let k = last - 1; k >= 0; k--) {
      const z = sigmoid(u[b.freeAt + k]! - log(last - k));
      const before = left + x[b.at + k]!;
      gu[b.freeAt + k] = (gx[b.at + k]! - slope) * before * z * (1 - z) + 1 - 2 * z;
      slope = gx[b.at + k]! * z + slope * (1 - z) + (k > 0 ? 1 / before : 0);
      left = before;
    }
  },
  inside(b, x) {
    let sum = 0;
    for (let k = 0; k < b.size; k++) {
      if (!(x[b.at + k]! > 0)) return "must be positive";
      sum += x[b.at + k]!;
    }
    return Math.abs(sum - 1) <= 1e-8 ? null : "must add up to 1";
  },
};

/** x = u / |u| with u standard normal: the length of u is a free number that nothing else sees. */
const unitVector: Transform = {
  free: same,
  constrain(b, u, x) {
    let squares = 0;
    for (let k = 0; k < b.size; k++) squares += u[b.freeAt + k]! * u[b.freeAt + k]!;
    const length = Math.sqrt(squares);
    for (let k = 0; k < b.size; k++) x[b.at + k] = u[b.freeAt + k]! / length;
    return -0.5 * squares;
  },
  unconstrain(b, x, u) {
    for (let k = 0; k < b.size; k++) u[b.freeAt + k] = x[b.at + k]!;
  },
  pull(b, u, x, gx, gu) {
    let squares = 0;
    let along = 0;
    for (let k = 0; k < b.size; k++) {
      squares += u[b.freeAt + k]! * u[b.freeAt + k]!;
      along += x[b.at + k]! * gx[b.at + k]!;
    }
    const length = Math.sqrt(squares);
    for (let k = 0; k < b.size; k++)
      gu[b.freeAt + k] = (gx[b.at + k]! - along * x[b.at + k]!) / length - u[b.freeAt + k]!;
  },
  inside(b, x) {
    let squares = 0;
    for (let k = 0; k < b.size; k++) squares += x[b.at + k]! * x[b.at + k]!;
    return Math.abs(squares - 1) <= 1e-8 ? null : "must have length 1";
  },
};

export const transforms: Readonly<Record<ConstraintKind, Transform>> = {
  real: each(
    (_b, u, out) => {
      out[0] = u;
      out[1] = 0;
    },
    (_b, x) => x,
    (_b, _u, _x, gx) => gx,
    () => null,
  ),
  positive: each(
    (_b, u, out) => {
      out[0] = exp(u);
      out[1] = u;
    },
    (_b, x) => log(x),
    (_b, _u, x, gx) => gx * x + 1,
    (_b, x) => (x > 0 ? null : "must be positive"),
  ),
  lower: each(
    (b, u, out) => {
      out[0] = b.lower + exp(u);
      out[1] = u;
    },
    (b, x) => log(x - b.lower),
    (_b, u, _x, gx) => gx * exp(u) + 1,
    (b, x) => (x > b.lower ? null : `must be greater than ${b.lower}`),
  ),
  upper: each(
    (b, u, out) => {
      out[0] = b.upper - exp(u);
      out[1] = u;
    },
    (b, x) => log(b.upper - x),
    (_b, u, _x, gx) => 1 - gx * exp(u),
    (b, x) => (x < b.upper ? null : `must be less than ${b.upper}`),
  ),
  interval: each(
    (b, u, out) => {
      out[0] = b.lower + (b.upper - b.lower) * sigmoid(u);
      out[1] = log(b.upper - b.lower) + logSigmoid(u) + logSigmoid(-u);
    },
    (b, x) => log((x - b.lower) / (b.upper - x)),
    (b, u, _x, gx) => {
      const s = sigmoid(u);
      return gx * (b.upper - b.lower) * s * (1 - s) + 1 - 2 * s;
    },
    (b, x) => (x > b.lower && x < b.upper ? null : `must be between ${b.lower} and ${b.upper}`),
  ),
  simplex,
  ordered: increasing(false),
  positiveOrdered: increasing(true),
  unitVector,
  correlation,
};
