// Systems of the iterative solvers, and what their runs say.
import { entries, list } from "./numbers.js";
import { spoken } from "./several.js";

export const triplets = (d, rows, cols, all) =>
  d.csrFromTriplets({
    rows,
    cols,
    row: all.map(([i]) => i),
    col: all.map(([, j]) => j),
    value: all.map(([, , v]) => v),
  });

/** The five-point stencil on m x m points, `shift` off the definite one. */
export function grid(d, m, shift = 0, skew = 0) {
  const all = [];
  for (let i = 0; i < m; i++)
    for (let j = 0; j < m; j++) {
      const k = i * m + j;
      all.push([k, k, 4 - shift]);
      if (j + 1 < m) all.push([k, k + 1, -1 + skew], [k + 1, k, -1 - skew]);
      if (i + 1 < m) all.push([k, k + m, -1 + skew], [k + m, k, -1 - skew]);
    }
  return triplets(d, m * m, m * m, all);
}

export const dominant = (n, seed) =>
  entries(n, n, (i, j) => list(n * n, seed)[i * n + j] + (i === j ? n / 2 : 0));
export const turned = (A) => ({
  rows: A.rows,
  cols: A.cols,
  multiply: A.multiply,
  multiplyTransposed: A.multiplyTransposed,
});
export const product = (A) => (x, out) => void A.multiply(x, out);
export const square = ["jacobi", "gaussSeidel", "cg", "minres", "gmres", "bicgstab"];

/** The lines of these hold how the run ended; what each says is hashed with it, and its report. */
export function reported(run) {
  const r = run();
  return {
    status: r.status,
    reason: r.reason,
    nit: r.nit,
    nfev: r.nfev,
    r,
    text: [r.message, spoken(r)],
  };
}

/** n steps, the state, and the rest from it. */
export function resumed(iterate, A, b, n, o = {}) {
  const first = iterate(A, b, o);
  const seen = [];
  for (let i = 0; i < n; i++) {
    const { value, done } = first.next();
    if (!done) seen.push({ ...value });
  }
  const state = first.state();
  first.return();
  const rest = iterate(A, b, { ...o, resume: state });
  for (const it of rest) seen.push({ ...it });
  const r = rest.result;
  return {
    status: r.status,
    reason: r.reason,
    nit: r.nit,
    nfev: r.nfev,
    first: first.result,
    r,
    seen,
    state,
  };
}
