// The limited form of CMA-ES for many variables: a step is a product of rank-one changes along a few paths, LM-MA-ES (Loshchilov,
// Glasmachers and Beyer, IEEE Trans. Evol. Comput. 23 (2019) 353, algorithm 2). Cost of a point: 4 paths n.

import { axpy, dot, scal } from "../blas/level1";

/** y = z, then y = (1 - c_d) y + c_d m (m'y) for each path in turn; paths: rows of P; c_d in `rates`. */
export function limitedSteps(n: i32, rows: i32, paths: i32, Z: usize, Y: usize, P: usize, rates: usize): void {
  memory.copy(Y, Z, <usize>(rows * n) << 3);
  for (let k = 0; k < rows; k++) {
    const y = Y + (<usize>(k * n) << 3);
    for (let j = 0; j < paths; j++) {
      const cd = load<f64>(rates + (<usize>j << 3));
      const m = P + (<usize>(j * n) << 3);
      const along = cd * dot<f64>(n, m, y);
      scal<f64>(n, 1 - cd, y);
      axpy<f64>(n, along, m, y);
    }
  }
}

/** m_j = (1 - c_j) m_j + sqrt(mueff c_j (2 - c_j)) z_w with c_j = rows / (4^j n), each path over a longer time. */
export function limitedUpdate(n: i32, paths: i32, rows: i32, muEff: f64, zw: usize, P: usize): void {
  let c = min<f64>(1, <f64>rows / <f64>n);
  for (let j = 0; j < paths; j++) {
    const m = P + (<usize>(j * n) << 3);
    scal<f64>(n, 1 - c, m);
    axpy<f64>(n, sqrt(muEff * c * (2 - c)), zw, m);
    c /= 4;
  }
}
