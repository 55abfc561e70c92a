// The Adam family. Formulas, papers and equation numbers stand at the kernels, assembly/first-order/adam.ts.
// beta^t is a running product: a counter of the state, so it follows changes of beta and is the same on every engine.

import { pow } from "../../runtime/elementary.js";
import { optionError } from "../../runtime/options.js";
import { room } from "../../wasm/adam.js";
import { firstOrder } from "../factory.js";
import { flag, fraction, guard, nonNegative, rate } from "../rule.js";

// Options that the rules share, one by one: an object spread within a rule would keep the rule in every bundle.
const beta1 = /* @__PURE__ */ fraction(0.9);
const beta2 = /* @__PURE__ */ fraction(0.999);
const eps = /* @__PURE__ */ guard(1e-8);

interface Moments {
  beta1t: number;
  beta2t: number;
  rest1: number;
  rest2: number;
  step: number;
  root: number;
}
/** The counters of a rule, which has more of them. */
const moments = /* @__NO_SIDE_EFFECTS__ */ <More extends object>(more: More): Moments & More => ({
  beta1t: 1,
  beta2t: 1,
  rest1: 0,
  rest2: 0,
  step: 0,
  root: 0,
  ...more,
});

/** step = lr / (1 - beta1^t), root = 1 / sqrt(1 - beta2^t). */
function advanceMoments(c: Moments, beta1: number, beta2: number, lr: number): void {
  c.beta1t *= beta1;
  c.beta2t *= beta2;
  c.rest1 = 1 - beta1;
  c.rest2 = 1 - beta2;
  c.step = lr / (1 - c.beta1t);
  c.root = 1 / Math.sqrt(1 - c.beta2t);
}

/** Adam, AdamW and AMSGrad: `decoupled` multiplies x by 1 - lr weightDecay instead of adding weightDecay x to g. */
const adamRule = (name: string, amsgradDefault: boolean, decayDefault: number, decoupled: boolean) =>
  firstOrder({
    name,
    room: () => room,
    options: {
      /** 1e-3. */
      lr: /* @__PURE__ */ rate(1e-3),
      /** Decay of the mean of the gradient; 0.9. */
      beta1,
      /** Decay of the mean of its square; 0.999. */
      beta2,
      /** 1e-8. */
      eps,
      /** Divides by the root of the largest v so far (AMSGrad); false, true for `amsgrad`. */
      amsgrad: /* @__PURE__ */ flag(amsgradDefault),
      /** adam, amsgrad: adds weightDecay x to the gradient; 0. adamw: multiplies x by 1 - lr weightDecay; 0.01. */
      weightDecay: /* @__PURE__ */ nonNegative(decayDefault),
    },
    check(where, o) {
      if (amsgradDefault && !o.amsgrad) {
        throw optionError(where, "amsgrad", o.amsgrad, "true: the rule without it is adam");
      }
    },
    vectors: (o): { m: 0; v: 0; w?: 0 } => (o.amsgrad ? { m: 0, v: 0, w: 0 } : { m: 0, v: 0 }),
    counters: moments({ shrink: 1, decay: 0 }),
    advance(c, o, lr) {
      advanceMoments(c, o.beta1, o.beta2, lr);
      c.shrink = decoupled ? 1 - lr * o.weightDecay : 1;
      c.decay = decoupled ? 0 : o.weightDecay;
    },
    step(k, { n, x, g, s }, { beta1: b1, beta2: b2, eps, amsgrad }, c, scale, limit) {
      const { rest1, rest2, shrink, step, root, decay } = c;
      if (amsgrad) {
        k.amsgrad(n, x, g, s.m, s.v, s.w, scale, limit, decay, b1, rest1, b2, rest2, shrink, step, root, eps);
      } else {
        k.adam(n, x, g, s.m, s.v, scale, limit, decay, b1, rest1, b2, rest2, shrink, step, root, eps);
      }
    },
  });

/**
 * Adam (Kingma & Ba 2015, algorithm 1), as the paper and PyTorch: x -= lr m^ / (sqrt(v^) + eps). Keras has the paper's
 * eps-hat: eps is added before the correction of v. lr 1e-3.
 */
export const adam = /* @__PURE__ */ adamRule("adam", false, 0, false);

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter 2019, algorithm 2), as PyTorch: the decay 0.01 is scaled by lr
 * (in the paper by the schedule's multiplier alone). lr 1e-3.
 */
export const adamw = /* @__PURE__ */ adamRule("adamw", false, 1e-2, true);

/**
 * AMSGrad (Reddi, Kale & Kumar 2018, algorithm 2), `adam({ amsgrad: true })`: as PyTorch, with bias correction of m and
 * of the largest raw v (the paper has none; optax corrects v before it takes the largest). lr 1e-3.
 */
export const amsgrad = /* @__PURE__ */ adamRule("amsgrad", true, 0, false);

/**
 * AdaMax (Kingma & Ba 2015, algorithm 2), as PyTorch: eps is added to |g| (the paper has none, Keras adds it to u). lr
 * 2e-3.
 */
export const adamax = /* @__PURE__ */ firstOrder({
  name: "adamax",
  room: () => room,
  options: {
    /** 2e-3. */
    lr: /* @__PURE__ */ rate(2e-3),
    /** Decay of the mean of the gradient; 0.9. */
    beta1,
    /** Decay of the mean of its square; 0.999. */
    beta2,
    /** 1e-8. */
    eps,
    /** Adds weightDecay x to the gradient; 0. */
    weightDecay: /* @__PURE__ */ nonNegative(0),
  },
  vectors: (): { m: 0; u: 0 } => ({ m: 0, u: 0 }),
  counters: { beta1t: 1, step: 0 },
  advance(c, o, lr) {
    c.beta1t *= o.beta1;
    c.step = lr / (1 - c.beta1t);
  },
  step(k, { n, x, g, s }, { beta1, beta2, eps, weightDecay }, c, scale, limit) {
    k.adamax(n, x, g, s.m, s.u, scale, limit, weightDecay, beta1, 1 - beta1, beta2, c.step, eps);
  },
});

/**
 * NAdam (Dozat 2016, algorithm 2), as PyTorch's documentation and PyTorch from 2.0: mu_t = beta1 (1 - 0.96^(t
 * momentumDecay) / 2) with momentumDecay 4e-3 (Dozat's 0.96^(t/250)). PyTorch 1.13 multiplies the next product by mu_t
 * once too often; Keras has 0.96^t; optax has no schedule. lr 2e-3.
 */
export const nadam = /* @__PURE__ */ firstOrder({
  name: "nadam",
  room: () => room,
  options: {
    /** 2e-3. */
    lr: /* @__PURE__ */ rate(2e-3),
    /** Decay of the mean of the gradient; 0.9. */
    beta1,
    /** Decay of the mean of its square; 0.999. */
    beta2,
    /** 1e-8. */
    eps,
    /** Of the momentum schedule; 4e-3. */
    momentumDecay: /* @__PURE__ */ nonNegative(4e-3),
    /** Adds weightDecay x to the gradient; 0. */
    weightDecay: /* @__PURE__ */ nonNegative(0),
  },
  vectors: (): { m: 0; v: 0 } => ({ m: 0, v: 0 }),
  counters: /* @__PURE__ */ moments({
    /** 0.96^(t momentumDecay) as a running product of `ratio`, and the momentumDecay that belongs to it. */
    warm: 1,
    ratio: 1,
    ratioOf: 0,
    /** mu_1 mu_2 ... mu_t. */
    product: 1,
    now: 0,
    next: 0,
  }),
  advance(c, o, lr) {
    advanceMoments(c, o.beta1, o.beta2, lr);
    if (c.ratioOf !== o.momentumDecay) {
      c.ratioOf = o.momentumDecay;
      c.ratio = pow(0.96, o.momentumDecay);
    }
    c.warm *= c.ratio;
    const mu = o.beta1 * (1 - 0.5 * c.warm);
    const muNext = o.beta1 * (1 - 0.5 * c.warm * c.ratio);
    c.product *= mu;
    c.now = (lr * (1 - mu)) / (1 - c.product);
    c.next = (lr * muNext) / (1 - c.product * muNext);
  },
  step(k, { n, x, g, s }, { beta1: b1, beta2: b2, eps, weightDecay }, c, scale, limit) {
    const { rest1, rest2, now, next, root } = c;
    k.nadam(n, x, g, s.m, s.v, scale, limit, weightDecay, b1, rest1, b2, rest2, now, next, root, eps);
  },
});

/**
 * RAdam (Liu et al. 2020, algorithm 2), as PyTorch: rectified from rho_t > 5 on (the paper: 4), eps added to sqrt(v)
 * before its correction. lr 1e-3.
 */
export const radam = /* @__PURE__ */ firstOrder({
  name: "radam",
  room: () => room,
  options: {
    /** 1e-3. */
    lr: /* @__PURE__ */ rate(1e-3),
    /** Decay of the mean of the gradient; 0.9. */
    beta1,
    /** Decay of the mean of its square; 0.999. */
    beta2,
    /** 1e-8. */
    eps,
    /** Adds weightDecay x to the gradient; 0. */
    weightDecay: /* @__PURE__ */ nonNegative(0),
  },
  vectors: (): { m: 0; v: 0 } => ({ m: 0, v: 0 }),
  counters: /* @__PURE__ */ moments({ t: 0, rectified: 0 }),
  advance(c, o, lr) {
    c.t++;
    advanceMoments(c, o.beta1, o.beta2, lr);
    const most = 2 / (1 - o.beta2) - 1;
    const length = most - (2 * c.t * c.beta2t) / (1 - c.beta2t);
    c.rectified = length > 5 ? 1 : 0;
    // Beside 1 that is nothing, but of an Infinity it is one, where 0 times it is NaN.
    c.root = c.rectified || 2 ** -126;
    if (c.rectified === 0) return;
    const rectify = ((length - 4) * (length - 2) * most) / ((most - 4) * (most - 2) * length);
    c.step *= Math.sqrt(rectify) * Math.sqrt(1 - c.beta2t);
  },
  step(k, { n, x, g, s }, { beta1: b1, beta2: b2, eps, weightDecay }, c, scale, limit) {
    // Without rectification the denominator is next to nothing of sqrt(v), + 1: plain momentum.
    const e = c.rectified === 1 ? eps : 1;
    const { rest1, rest2, step, root } = c;
    k.adam(n, x, g, s.m, s.v, scale, limit, weightDecay, b1, rest1, b2, rest2, 1, step, root, e);
  },
});
