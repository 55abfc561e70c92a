// Data of the records of fits, and what is told of a fit beside its end and its counts. Exact operations only.
import { attempt, timeless } from "./several.js";

/** Numbers in (-1, 1) without an order: Lehmer's generator in whole numbers. */
export function noise(m, seed = 1) {
  let state = seed;
  return Array.from({ length: m }, () => {
    state = (state * 16807) % 2147483647;
    return state / 1073741823.5 - 1;
  });
}

export const grid = (m, from, to) => Array.from({ length: m }, (_, i) => from + ((to - from) * i) / (m - 1));

/** A text at x (an array, or columns), with errors of a size. */
export function values(d, text, x, p, size = 0, seed = 1) {
  const columns = Array.isArray(x) ? { x } : x;
  const [first] = Object.values(columns);
  const model = d.compileModel(text, { variables: Object.keys(columns), params: Object.keys(p) });
  const out = new Float64Array(first.length);
  model.evaluate(columns, Object.values(p), out);
  model.dispose();
  const errors = noise(first.length, seed);
  return Array.from(out, (v, i) => v + size * errors[i]);
}

/** Its end and counts stand in the line; the hash is of the whole of it and of `more`. */
export const told = (fit, ...more) => ({
  status: fit.status,
  reason: fit.reason,
  nit: fit.nit,
  nfev: fit.nfev,
  rss: fit.rss,
  fit,
  more,
});

/** A fit of one predictor with everything that can be asked of it at x. */
export function everything(fit, x) {
  const [a, b] = fit.freeNames;
  const asks = [
    () => fit.predict(x),
    () => fit.band(x),
    () => fit.band(x, { level: 0.8, kind: "prediction" }),
    () => fit.band(x, { kind: "prediction", sigma: 0.3 }),
    () => fit.profile(a),
    () => fit.profile(b ?? a, { level: 0.5 }),
    () => fit.leverage,
    () => [fit.standardized, fit.studentized, fit.cook],
    () => fit.tests,
    () => fit.derive(`${a} * 2 + sqrt(abs(${b ?? a}))`),
    () => [fit.cost, fit.lossScale, fit.covarianceForm],
    () => timeless(fit.report()),
    () => timeless(fit.report("brief")),
  ];
  return told(fit, ...asks.map(attempt));
}

/** Rates of an enzyme: R's data set Puromycin, treated and untreated cells. */
export const puromycin = {
  x: [0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.1, 1.1],
  treated: [76, 47, 97, 107, 123, 139, 159, 152, 191, 201, 207, 200],
  untreated: [67, 51, 84, 86, 98, 115, 131, 124, 144, 158, 160],
};

/** Pearson's data with York's weights. */
export const pearson = {
  x: [0, 0.9, 1.8, 2.6, 3.3, 4.4, 5.2, 6.1, 6.5, 7.4],
  y: [5.9, 5.4, 4.4, 4.6, 3.5, 3.7, 2.8, 2.8, 2.4, 1.5],
  sigmaX: [1000, 1000, 500, 800, 200, 80, 60, 20, 1.8, 1].map((w) => 1 / Math.sqrt(w)),
  sigma: [1, 1.8, 4, 8, 20, 20, 70, 70, 100, 500].map((w) => 1 / Math.sqrt(w)),
};
