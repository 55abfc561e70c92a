// adagrad, rmsprop, adadelta. Formulas, papers and equation numbers stand at the kernels, assembly/first-order/adaptive.ts.

import { room } from "../../wasm/adaptive.js";
import { firstOrder } from "../factory.js";
import { flag, fraction, guard, nonNegative, rate } from "../rule.js";

/**
 * AdaGrad (Duchi, Hazan & Singer 2011, fig. 1), as PyTorch: eps 1e-10 outside the root, sums from 0. (Keras, optax and
 * tfjs have eps 1e-7 inside the root and sums from 0.1: `initialAccumulator: 0.1`.) lr / (1 + t lrDecay) with t from
 * 0.
 */
export const adagrad = /* @__PURE__ */ firstOrder({
  name: "adagrad",
  room: () => room,
  options: {
    /** 1e-2. */
    lr: /* @__PURE__ */ rate(1e-2),
    /** 0. */
    lrDecay: /* @__PURE__ */ nonNegative(0),
    /** Where the sums of squares start; 0. */
    initialAccumulator: /* @__PURE__ */ nonNegative(0),
    /** 1e-10. */
    eps: /* @__PURE__ */ guard(1e-10),
    /** Adds weightDecay x to the gradient; 0. */
    weightDecay: /* @__PURE__ */ nonNegative(0),
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
 * RMSprop (Tieleman & Hinton 2012, lecture 6.5, slide 29), as PyTorch: eps 1e-8 outside the root, and lr outside the
 * momentum (Keras and optax: inside). `centered` takes the root of the variance (Graves 2013, eq. 38-41); where
 * rounding leaves that below zero it counts as zero (PyTorch gives NaN).
 */
export const rmsprop = /* @__PURE__ */ firstOrder({
  name: "rmsprop",
  room: () => room,
  options: {
    /** 1e-2. */
    lr: /* @__PURE__ */ rate(1e-2),
    /** Decay of the mean of the squares; 0.99. */
    alpha: /* @__PURE__ */ fraction(0.99),
    /** 1e-8. */
    eps: /* @__PURE__ */ guard(1e-8),
    /** false. */
    centered: /* @__PURE__ */ flag(false),
    /** In [0, 1]; 0. */
    momentum: /* @__PURE__ */ rate(0, 1),
    /** Adds weightDecay x to the gradient; 0. */
    weightDecay: /* @__PURE__ */ nonNegative(0),
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

/** Adadelta (Zeiler 2012, algorithm 1), as PyTorch: lr 1, rho 0.9, eps 1e-6 (the paper: rho 0.95 and no lr). */
export const adadelta = /* @__PURE__ */ firstOrder({
  name: "adadelta",
  room: () => room,
  options: {
    /** 1. */
    lr: /* @__PURE__ */ rate(1),
    /** Decay of both means of squares; 0.9. */
    rho: /* @__PURE__ */ fraction(0.9),
    /** 1e-6, inside both roots. */
    eps: /* @__PURE__ */ guard(1e-6),
    /** Adds weightDecay x to the gradient; 0. */
    weightDecay: /* @__PURE__ */ nonNegative(0),
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
