// One certified fit, run as it is in Node, in a page, in a Worker and in workerd. The default variant and a
// model of exact operations give the same bits on every engine, so all answers must be equal to the last digit.

import { trainOnce } from "./train.js";

/** NIST StRD MGH09 (Kowalik and Osborne 1978), with its second starting point and certified values. */
const x = [4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625];
const y = [0.1957, 0.1947, 0.1735, 0.16, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246];
const start = { b1: 0.25, b2: 0.39, b3: 0.415, b4: 0.39 };
const certified = {
  values: [0.19280693458, 0.19128232873, 0.12305650693, 0.13606233068],
  stderr: [0.011435312227, 0.19633220911, 0.080842031232, 0.090025542308],
  rss: 0.00030750560385,
};

export function fitOnce({ curveFit, loadSync }, variant) {
  const runtime = loadSync({ variant, memoryBytes: 1 << 20 });
  const result = curveFit({
    model: (at, { b1, b2, b3, b4 }) => (b1 * (at * at + at * b2)) / (at * at + at * b3 + b4),
    x,
    y,
    params: start,
    runtime,
  });
  const left = runtime.memory.used;
  runtime.dispose();
  const { status, reason, rss, nit, nfev } = result;
  const values = Object.values(result.values);
  const stderr = Object.values(result.params).map((parameter) => parameter.stderr);
  return { status, reason, values, stderr, rss, nit, nfev, variant: result.variant, left };
}

/** Digits in which a fit agrees with the certificate, the worst of all its numbers. */
export function digits({ values, stderr, rss }) {
  const agree = (a, b) => (a === b ? 16 : -Math.log10(Math.abs(a - b) / Math.abs(b)));
  return Math.min(
    agree(rss, certified.rss),
    ...values.map((value, i) => agree(value, certified.values[i])),
    ...stderr.map((value, i) => agree(value, certified.stderr[i])),
  );
}

const model = "a*exp(-b*t) + c*sin(t) + d/(1 + t^2)";
const t = Array.from({ length: 41 }, (_, i) => i / 8);
const params = { a: 1, b: 1, c: 0.5, d: 1 };

/** Three curves of a model given as text, with noise of exact operations. */
export const curves = {
  model,
  x: { t },
  y: Array.from({ length: 3 * t.length }, (_, i) => 4 / (1 + t[i % t.length]) + ((i * 37) % 11) / 100),
  params,
};

/** A model given as text, alone and three curves at once: compiled, or evaluated where compiling is forbidden. */
export function fitText({ curveFit, curveFitMany }) {
  const result = curveFit({ model, x: { t }, y: curves.y.slice(0, t.length), params });
  const many = curveFitMany(curves);
  const { status, reason, rss, nit } = result;
  return {
    answer: { status, reason, rss, nit, values: Object.values(result.values), many: [...many.values] },
    warnings: result.warnings.map(({ code }) => code),
  };
}

/** What a page or a Worker reports: fits, models given as text, trained networks, or the error a user would see. */
export function report(downhill) {
  try {
    const nets = { f32: trainOnce(downhill, "f32"), f64: trainOnce(downhill, "f64") };
    const [simd, auto] = [fitOnce(downhill, "simd"), fitOnce(downhill, "auto")];
    return { simd, auto, text: fitText(downhill), nets };
  } catch (error) {
    return { error: { name: error.name, code: error.code, message: error.message } };
  }
}
