// rprop, deltaBarDelta, lion. Formulas, papers and equation numbers stand at the kernels, assembly/first-order/sign.ts.

import { optionError } from "../../runtime/options.js";
import { room } from "../../wasm/sign.js";
import { firstOrder } from "../factory.js";
import { fraction, nonNegative, number, rate } from "../rule.js";

/**
 * Rprop (Riedmiller & Braun 1993), as PyTorch: without weight-backtracking (iRprop-, Igel & Huesken 2000). lr 1e-2 is
 * the first step of every parameter and has no effect later. For full batches.
 */
export const rprop = /* @__PURE__ */ firstOrder({
  name: "rprop",
  room: () => room,
  options: {
    /** 1e-2. */
    lr: /* @__PURE__ */ rate(1e-2),
    /** In (0, 1); 0.5. */
    etaMinus: /* @__PURE__ */ number(0.5, { min: 0, exclusive: true, below: 1 }),
    /** Above 1; 1.2. */
    etaPlus: /* @__PURE__ */ number(1.2, { min: 1, exclusive: true }),
    /** 1e-6. */
    stepMin: /* @__PURE__ */ nonNegative(1e-6),
    /** 50. */
    stepMax: /* @__PURE__ */ number(50, { min: 0, max: Infinity, infinite: true }),
  },
  check(where, o) {
    if (o.stepMin > o.stepMax) throw optionError(where, "stepMin", o.stepMin, `<= stepMax ${o.stepMax}`);
  },
  vectors: (_o, lr): { previous: 0; size: number } => ({ previous: 0, size: lr }),
  counters: {},
  advance() {},
  step(k, { n, x, g, s }, { etaPlus, etaMinus, stepMin, stepMax }, _c, scale, limit) {
    k.rprop(n, x, g, s.previous, s.size, scale, limit, 0, etaPlus, etaMinus, stepMin, stepMax);
  },
});

/**
 * Delta-bar-delta after Jacobs (1988, eq. 6-8), which PyTorch and Keras have not, with the defaults of Tveter's
 * program: kappa 0.25, phi 0.5, theta 0.7, lrMax 10. lr is the first rate of every parameter and has no effect later.
 * For full batches.
 */
export const deltaBarDelta = /* @__PURE__ */ firstOrder({
  name: "deltaBarDelta",
  room: () => room,
  options: {
    /** 0.1. */
    lr: /* @__PURE__ */ rate(0.1),
    /** Added to a rate while the gradient keeps its sign; 0.25. */
    kappa: /* @__PURE__ */ nonNegative(0.25),
    /** Share of a rate that is lost when the sign turns, in [0, 1); 0.5. */
    phi: /* @__PURE__ */ fraction(0.5),
    /** Decay of the mean gradient, in [0, 1); 0.7. */
    theta: /* @__PURE__ */ fraction(0.7),
    /** 10. */
    lrMax: /* @__PURE__ */ number(10, { min: 0, max: Infinity, infinite: true }),
  },
  vectors: (_o, lr): { rate: number; mean: 0 } => ({ rate: lr, mean: 0 }),
  counters: {},
  advance() {},
  step(k, { n, x, g, s }, { kappa, phi, theta, lrMax }, _c, scale, limit) {
    k.deltaBarDelta(n, x, g, s.rate, s.mean, scale, limit, 0, kappa, 1 - phi, theta, 1 - theta, lrMax);
  },
});

/** Lion after Chen et al. (2023, algorithm 2): the decay is decoupled and scaled by lr. lr 1e-4, betas 0.9 and 0.99. */
export const lion = /* @__PURE__ */ firstOrder({
  name: "lion",
  room: () => room,
  options: {
    /** 1e-4. */
    lr: /* @__PURE__ */ rate(1e-4),
    /** Share of the mean in the direction; 0.9. */
    beta1: /* @__PURE__ */ fraction(0.9),
    /** Decay of the mean; 0.99. */
    beta2: /* @__PURE__ */ fraction(0.99),
    /** 0. */
    weightDecay: /* @__PURE__ */ nonNegative(0),
  },
  vectors: (): { m: 0 } => ({ m: 0 }),
  counters: { lr: 0, shrink: 1 },
  advance(c, o, lr) {
    c.lr = lr;
    c.shrink = 1 - lr * o.weightDecay;
  },
  step(k, { n, x, g, s }, { beta1, beta2 }, c, scale, limit) {
    k.lion(n, x, g, s.m, scale, limit, 0, beta1, 1 - beta1, beta2, 1 - beta2, c.shrink, c.lr);
  },
});
