// sgd and asgd. Formulas, papers and equation numbers stand at the kernels, assembly/first-order/momentum.ts.

import { pow } from "../../runtime/elementary.js";
import { optionError } from "../../runtime/options.js";
import { room } from "../../wasm/momentum.js";
import { firstOrder } from "../factory.js";
import { nonNegative, number, type Option, type Rate, rate } from "../rule.js";

const nesterov: Option<boolean | "lookahead"> = {
  fallback: false,
  read(where, name, value) {
    if (typeof value === "boolean" || value === "lookahead") return value;
    throw optionError(where, name, value, 'true, false or "lookahead"');
  },
};

const still = (momentum: Rate): boolean => momentum === 0;

/**
 * Gradient descent (Robbins & Monro 1951), with momentum (Polyak 1964, eq. 9) as PyTorch writes it: b = momentum b +
 * (1 - dampening) g (b = g at the first step), x -= lr b. Keras and Sutskever scale by lr inside b, which differs when
 * lr changes. `nesterov: true` is PyTorch's x -= lr (g + momentum b); `nesterov: "lookahead"` is Nesterov's own method
 * (1983; Sutskever et al. 2013, eq. 3-4), v = momentum v - lr grad f(x + momentum v), x += v, and needs
 * `step(closure)`. While a momentum schedule gives 0, b is the last gradient; PyTorch leaves its buffer alone then.
 */
export const sgd = /* @__PURE__ */ firstOrder({
  name: "sgd",
  room: () => room,
  options: {
    /** 1e-3. */
    lr: /* @__PURE__ */ rate(1e-3),
    /** In [0, 1]; 0. */
    momentum: /* @__PURE__ */ rate(0, 1),
    /** In [0, 1]; 0. */
    dampening: /* @__PURE__ */ number(0, { min: 0, max: 1 }),
    /** false. */
    nesterov,
    /** Adds weightDecay x to the gradient; 0. */
    weightDecay: /* @__PURE__ */ nonNegative(0),
  },
  check(where, o) {
    if (o.nesterov !== false && (still(o.momentum) || o.dampening !== 0)) {
      throw optionError(where, "nesterov", o.nesterov, "false without momentum or with dampening");
    }
  },
  // Two names, because they mean two things: buffer is a sum of gradients, velocity a displacement.
  vectors(o): { buffer?: 0; velocity?: 0; origin?: 0 } {
    if (o.nesterov === "lookahead") return { velocity: 0, origin: 0 };
    return still(o.momentum) ? {} : { buffer: 0 };
  },
  scratch: ["origin"],
  counters: { began: 0, lr: 0, momentum: 0, gain: 0 },
  advance(c, o, lr, momentum) {
    c.lr = lr;
    c.momentum = momentum;
    c.gain = c.began === 0 ? 1 : 1 - o.dampening;
    if (!still(o.momentum)) c.began = 1;
  },
  step(k, { n, x, g, s }, o, c, scale, limit) {
    const { lr, momentum, gain } = c;
    const decay = o.weightDecay;
    if (o.nesterov === "lookahead") {
      k.lookAheadStep(n, x, g, s.velocity, s.origin, scale, limit, decay, lr, momentum);
    } else if (still(o.momentum)) {
      k.sgd(n, x, g, scale, limit, decay, lr);
    } else {
      k.momentum(n, x, g, s.buffer, scale, limit, decay, lr, momentum, gain, o.nesterov ? 1 : 0);
    }
  },
  bind(k, { n, x, g, s }, o, c, { lr, momentum }, scale, limit) {
    if (o.dampening !== 0 || o.nesterov === "lookahead") return null;
    const { buffer } = s;
    const decay = o.weightDecay;
    const nesterov = o.nesterov ? 1 : 0;
    if (still(o.momentum)) return () => k.sgd(n, x, g, scale, limit, decay, lr);
    return () => {
      c.began = 1;
      k.momentum(n, x, g, buffer, scale, limit, decay, lr, momentum, 1, nesterov);
    };
  },
  ahead: {
    origin: "origin",
    needed: (o) => o.nesterov === "lookahead",
    move: (k, { n, x, s }, momentum) => k.lookAhead(n, x, s.velocity, s.origin, momentum),
  },
});

/**
 * Averaged SGD (Polyak & Juditsky 1992), with the step sizes of Bottou and PyTorch: x = (1 - lambda eta) x - eta g
 * with eta = lr / (1 + lambda lr t)^alpha, and from step t0 on the average a of the iterates: `vector("average")` of
 * the optimizer. With a schedule, eta uses the lr in force.
 */
export const asgd = /* @__PURE__ */ firstOrder({
  name: "asgd",
  room: () => room,
  options: {
    /** 1e-2. */
    lr: /* @__PURE__ */ rate(1e-2),
    /** Decay of x and of the rate; 1e-4. */
    lambda: /* @__PURE__ */ nonNegative(1e-4),
    /** Power of the decay of the rate; 0.75. */
    alpha: /* @__PURE__ */ nonNegative(0.75),
    /** Step after which the iterates are averaged; 1e6. */
    t0: /* @__PURE__ */ number(1e6, { min: 0, max: Infinity, infinite: true }),
    /** Adds weightDecay x to the gradient; 0. */
    weightDecay: /* @__PURE__ */ nonNegative(0),
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
