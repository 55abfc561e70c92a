// adagrad, rmsprop, adadelta. Formulas, papers and equation numbers stand at the kernels, assembly/first-order/adaptive.ts.

import { firstOrder, flag, fraction, nonNegative, rate } from "../rule.js";

/**
 * AdaGrad as PyTorch: eps 1e-10 outside the root, sums from 0. (Keras, optax and tfjs have eps 1e-7 inside the root and
 * sums from 0.1: `initialAccumulator: 0.1`.) lr / (1 + t lrDecay) with t from 0.
 */
export const adagrad = /* @__PURE__ */ firstOrder({
  name: "adagrad",
  options: {
    lr: rate(1e-2),
    lrDecay: nonNegative(0),
    initialAccumulator: nonNegative(0),
    eps: nonNegative(1e-10),
    weightDecay: nonNegative(0),
  },
  vectors: (o): { s: number } => ({ s: o.initialAccumulator }),
  counters: { t: 0, lr: 0 },
  advance(c, o, lr) {
    c.lr = lr / (1 + c.t * o.lrDecay);
    c.t++;
  },
  step(k, { n, x, g, s }, o, c, scale, limit) {
    k.adagrad(n, x, g, s.s, scale, limit, o.weightDecay, c.lr, o.eps);
  },
});

/**
 * RMSprop as PyTorch: eps 1e-8 outside the root, and lr outside the momentum (Keras and optax: inside). `centered` takes
 * the root of the variance instead; where rounding leaves that below zero it counts as zero (PyTorch gives NaN).
 */
export const rmsprop = /* @__PURE__ */ firstOrder({
  name: "rmsprop",
  options: {
    lr: rate(1e-2),
    alpha: fraction(0.99),
    eps: nonNegative(1e-8),
    centered: flag(false),
    momentum: rate(0, 1),
    weightDecay: nonNegative(0),
  },
  vectors: (o): { v: 0; a?: 0; b?: 0 } => ({
    v: 0,
    ...(o.centered ? { a: 0 as const } : {}),
    ...(o.momentum === 0 ? {} : { b: 0 as const }),
  }),
  counters: { lr: 0, momentum: 0 },
  advance(c, _o, lr, momentum) {
    c.lr = lr;
    c.momentum = momentum;
  },
  step(k, { n, x, g, s }, o, c, scale, limit) {
    const { alpha, eps } = o;
    const a = o.centered ? s.a : 0;
    const b = o.momentum === 0 ? 0 : s.b;
    k.rmsprop(n, x, g, s.v, a, b, scale, limit, o.weightDecay, c.lr, alpha, 1 - alpha, eps, c.momentum);
  },
});

/** Adadelta as PyTorch: lr 1, rho 0.9, eps 1e-6 (the paper: rho 0.95 and no lr). */
export const adadelta = /* @__PURE__ */ firstOrder({
  name: "adadelta",
  options: {
    lr: rate(1),
    rho: fraction(0.9),
    eps: nonNegative(1e-6),
    weightDecay: nonNegative(0),
  },
  vectors: (): { v: 0; u: 0 } => ({ v: 0, u: 0 }),
  counters: { lr: 0 },
  advance(c, _o, lr) {
    c.lr = lr;
  },
  step(k, { n, x, g, s }, { rho, eps, weightDecay }, c, scale, limit) {
    k.adadelta(n, x, g, s.v, s.u, scale, limit, weightDecay, c.lr, rho, 1 - rho, eps);
  },
});
