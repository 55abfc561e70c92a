// sgd and asgd. Formulas, papers and equation numbers stand at the kernels, assembly/first-order/momentum.ts.

import { pow } from "../../runtime/elementary.js";
import { optionError } from "../../runtime/options.js";
import { firstOrder, nonNegative, number, type Option, type Rate, rate } from "../rule.js";

const nesterov: Option<boolean | "lookahead"> = {
  fallback: false,
  read(where, name, value) {
    if (typeof value === "boolean" || value === "lookahead") return value;
    throw optionError(where, name, value, 'true, false or "lookahead"');
  },
};

const still = (momentum: Rate): boolean => momentum === 0;

/**
 * Gradient descent, with momentum as PyTorch writes it: b = momentum b + (1 - dampening) g (b = g at the first step),
 * x -= lr b. Keras and Sutskever scale by lr inside b, which differs when lr changes.
 * `nesterov: true` is PyTorch's x -= lr (g + momentum b); `nesterov: "lookahead"` is Nesterov's own method,
 * v = momentum v - lr grad f(x + momentum v), x += v, and needs `step(closure)`.
 */
export const sgd = /* @__PURE__ */ firstOrder({
  name: "sgd",
  options: {
    /** 1e-3. */
    lr: rate(1e-3),
    /** In [0, 1]; 0. */
    momentum: rate(0, 1),
    /** In [0, 1]; 0. */
    dampening: number(0, { min: 0, max: 1 }),
    nesterov,
    /** Adds weightDecay x to the gradient; 0. */
    weightDecay: nonNegative(0),
  },
  check(where, o) {
    if (o.nesterov !== false && (still(o.momentum) || o.dampening !== 0)) {
      throw optionError(where, "nesterov", o.nesterov, "false without momentum or with dampening");
    }
  },
  vectors(o): { velocity?: 0; origin?: 0 } {
    if (o.nesterov === "lookahead") return { velocity: 0, origin: 0 };
    return still(o.momentum) ? {} : { velocity: 0 };
  },
  scratch: ["origin"],
  counters: { began: 0, lr: 0, momentum: 0, gain: 0 },
  advance(c, o, lr, momentum) {
    c.lr = lr;
    c.momentum = momentum;
    c.gain = c.began === 0 ? 1 : 1 - o.dampening;
    c.began = 1;
  },
  step(k, { n, x, g, s }, o, c, scale, limit) {
    const { lr, momentum, gain } = c;
    const decay = o.weightDecay;
    if (o.nesterov === "lookahead") {
      k.lookAheadStep(n, x, g, s.velocity, s.origin, scale, limit, decay, lr, momentum);
    } else if (still(o.momentum)) {
      k.sgd(n, x, g, scale, limit, decay, lr);
    } else {
      k.momentum(n, x, g, s.velocity, scale, limit, decay, lr, momentum, gain, o.nesterov ? 1 : 0);
    }
  },
  bind(k, { n, x, g, s }, o, { lr, momentum }, scale, limit) {
    if (o.dampening !== 0 || o.nesterov === "lookahead") return null;
    const { velocity } = s;
    const decay = o.weightDecay;
    const nesterov = o.nesterov ? 1 : 0;
    return still(o.momentum)
      ? () => k.sgd(n, x, g, scale, limit, decay, lr)
      : () => k.momentum(n, x, g, velocity, scale, limit, decay, lr, momentum, 1, nesterov);
  },
  ahead: {
    origin: "origin",
    needed: (o) => o.nesterov === "lookahead",
    move: (k, { n, x, s }, momentum) => k.lookAhead(n, x, s.velocity, s.origin, momentum),
  },
});

/**
 * Averaged SGD as PyTorch: x = (1 - lambda eta) x - eta g with eta = lr / (1 + lambda lr t)^alpha, and from step t0 on
 * the average a of the iterates: `vector("average")` of the optimizer. With a schedule, eta uses the lr in force.
 */
export const asgd = /* @__PURE__ */ firstOrder({
  name: "asgd",
  options: {
    lr: rate(1e-2),
    lambda: nonNegative(1e-4),
    alpha: nonNegative(0.75),
    t0: number(1e6, { min: 0, infinite: true }),
    weightDecay: nonNegative(0),
  },
  vectors: (): { average: 0 } => ({ average: 0 }),
  counters: { t: 0, eta: 0, shrink: 0, mu: 0 },
  advance(c, { lambda, alpha, t0 }, lr) {
    c.eta = lr / pow(1 + lambda * lr * c.t, alpha);
    c.shrink = 1 - lambda * c.eta;
    c.mu = 1 / Math.max(1, c.t - t0);
    c.t++;
  },
  step(k, { n, x, g, s }, o, c, scale, limit) {
    k.asgd(n, x, g, s.average, scale, limit, o.weightDecay, c.shrink, c.eta, 1 - c.mu, c.mu);
  },
});
