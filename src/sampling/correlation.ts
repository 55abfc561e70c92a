// Correlation matrices as functions of free coordinates, with log |Jacobian| and the way back of gradients.

import { exp, log } from "../runtime/elementary.js";
import type { Block, Transform } from "./transform.js";

/** tanh u and 1 - tanh^2 u without cancellation. */
function tanhOf(u: number, out: [number, number]): void {
  const e = exp(-2 * Math.abs(u));
  const t = (1 - e) / (1 + e);
  out[0] = u < 0 ? -t : t;
  out[1] = (4 * e) / ((1 + e) * (1 + e));
}

/** The K of a K x K block. */
const order = (b: Block): number => Math.round(Math.sqrt(b.size));

/**
 * A correlation matrix, all K*K entries row-major, by canonical partial correlations z = tanh u (Lewandowski, Kurowicka and
 * Joe 2009): R = L L', L_ij = z_ij prod_k<j sqrt(1 - z_ik^2); the Jacobian is prod (1 - z_ij^2)^((K - j - 1) / 2 + 1), j from 1.
 */
export const correlation: Transform = {
  free: (size) => {
    const K = Math.round(Math.sqrt(size));
    return (K * (K - 1)) / 2;
  },
  constrain(b, u, x) {
    const K = order(b);
    const { L, jacobian } = factor(b, u, K);
    for (let i = 0; i < K; i++) {
      for (let j = 0; j < K; j++) {
        let s = 0;
        for (let k = 0; k <= Math.min(i, j); k++) s += L[i * K + k]! * L[j * K + k]!;
        x[b.at + i * K + j] = i === j ? 1 : s;
      }
    }
    return jacobian;
  },
  unconstrain(b, x, u) {
    const K = order(b);
    const L = new Float64Array(K * K);
    let at = b.freeAt;
    for (let i = 0; i < K; i++) {
      let left = 1;
      for (let j = 0; j <= i; j++) {
        let s = x[b.at + i * K + j]!;
        for (let k = 0; k < j; k++) s -= L[i * K + k]! * L[j * K + k]!;
        L[i * K + j] = i === j ? Math.sqrt(s) : s / L[j * K + j]!;
        if (j === i) continue;
        const z = L[i * K + j]! / Math.sqrt(left);
        u[at++] = 0.5 * log((1 + z) / (1 - z));
        left -= L[i * K + j]! * L[i * K + j]!;
      }
    }
  },
  pull(b, u, _x, gx, gu) {
    const K = order(b);
    const { L } = factor(b, u, K);
    // dL = (G + G') L of R = L L'; the diagonal of R is constant.
    const gL = new Float64Array(K * K);
    for (let i = 0; i < K; i++) {
      for (let j = 0; j <= i; j++) {
        let s = 0;
        for (let k = 0; k < K; k++) {
          if (k !== i) s += (gx[b.at + i * K + k]! + gx[b.at + k * K + i]!) * L[k * K + j]!;
        }
        gL[i * K + j] = s;
      }
    }
    const pair: [number, number] = [0, 0];
    let at = b.freeAt;
    for (let i = 1; i < K; i++) {
      const start = at;
      // Backwards through L_ij = z_j w_j, w_(j+1) = w_j sqrt(1 - z_j^2), L_ii = w_i.
      const w = new Float64Array(i + 1).fill(1);
      for (let j = 0; j < i; j++) {
        tanhOf(u[start + j]!, pair);
        w[j + 1] = w[j]! * Math.sqrt(pair[1]);
      }
      let gw = gL[i * K + i]!;
      for (let j = i - 1; j >= 0; j--) {
        tanhOf(u[start + j]!, pair);
        const [z, rest] = pair;
        const root = Math.sqrt(rest);
        const gz = gL[i * K + j]! * w[j]! - (gw * w[j]! * z) / root;
        gw = gL[i * K + j]! * z + gw * root;
        gu[start + j] = gz * rest - 2 * z * ((K - j - 2) / 2 + 1);
      }
      at += i;
    }
  },
  inside(b, x) {
    const K = order(b);
    if (K * K !== b.size) return "must be a square matrix";
    const L = new Float64Array(K * K);
    for (let i = 0; i < K; i++) {
      if (x[b.at + i * K + i] !== 1) return "must have a diagonal of 1";
      for (let j = 0; j <= i; j++) {
        if (x[b.at + i * K + j] !== x[b.at + j * K + i]) return "must be symmetric";
        let s = x[b.at + i * K + j]!;
        for (let k = 0; k < j; k++) s -= L[i * K + k]! * L[j * K + k]!;
        if (i === j && !(s > 0)) return "must be positive definite";
        L[i * K + j] = i === j ? Math.sqrt(s) : s / L[j * K + j]!;
      }
    }
    return null;
  },
};

function factor(b: Block, u: Float64Array, K: number): { L: Float64Array; jacobian: number } {
  const L = new Float64Array(K * K);
  const pair: [number, number] = [0, 0];
  let jacobian = 0;
  let at = b.freeAt;
  for (let i = 0; i < K; i++) {
    let w = 1;
    for (let j = 0; j < i; j++) {
      tanhOf(u[at++]!, pair);
      L[i * K + j] = pair[0] * w;
      w *= Math.sqrt(pair[1]);
      jacobian += ((K - j - 2) / 2 + 1) * log(pair[1]);
    }
    L[i * K + i] = w;
  }
  return { L, jacobian };
}
