// The update rules in plain JavaScript, one number after the other, as their papers and PyTorch write them: the oracle of
// the kernels. Every exported rule has its twin here, under the same name.

type Numbers = Float64Array;
/** One step, t from 1: changes x by the gradient g. `o` holds the rule's options, lr and momentum as numbers. */
export type Twin = (x: Numbers, g: Numbers, t: number) => void;
type Name =
  | "lr momentum dampening weightDecay lambda alpha t0 lrDecay initialAccumulator eps rho beta1 beta2 momentumDecay"
  | "etaPlus etaMinus stepMin stepMax kappa phi theta lrMax";
type Split<S extends string> = S extends `${infer A} ${infer B}` ? A | Split<B> : S;
type Options = Readonly<Record<Split<Name>, number> & Record<"nesterov" | "centered" | "amsgrad", boolean>>;

const each = (x: Numbers, update: (i: number) => void): void => {
  for (let i = 0; i < x.length; i++) update(i);
};

function adamTwin(o: Options, n: number, decoupled: boolean): Twin {
  const { lr, beta1, beta2, eps, amsgrad, weightDecay } = o;
  const m = new Float64Array(n);
  const v = new Float64Array(n);
  const w = new Float64Array(n);
  return (x, g, t) =>
    each(x, (i) => {
      if (decoupled) x[i]! *= 1 - lr * weightDecay;
      const d = g[i]! + (decoupled ? 0 : weightDecay * x[i]!);
      m[i] = beta1 * m[i]! + (1 - beta1) * d;
      v[i] = beta2 * v[i]! + (1 - beta2) * d * d;
      w[i] = amsgrad ? Math.max(w[i]!, v[i]!) : v[i]!;
      x[i]! -= ((lr / (1 - beta1 ** t)) * m[i]!) / (Math.sqrt(w[i]! / (1 - beta2 ** t)) + eps);
    });
}

export const twins: Readonly<Record<string, (o: Options, n: number) => Twin>> = {
  sgd({ lr, momentum, dampening, nesterov, weightDecay }, n) {
    const b = new Float64Array(n);
    return (x, g, t) =>
      each(x, (i) => {
        const d = g[i]! + weightDecay * x[i]!;
        b[i] = t === 1 ? d : momentum * b[i]! + (1 - dampening) * d;
        x[i]! -= lr * (momentum === 0 ? d : nesterov ? d + momentum * b[i]! : b[i]!);
      });
  },

  asgd({ lr, lambda, alpha, t0, weightDecay }, n) {
    const a = new Float64Array(n);
    return (x, g, t) => {
      const eta = lr / (1 + lambda * lr * (t - 1)) ** alpha;
      const mu = 1 / Math.max(1, t - 1 - t0);
      each(x, (i) => {
        const d = g[i]! + weightDecay * x[i]!;
        x[i] = x[i]! * (1 - lambda * eta) - eta * d;
        a[i]! += (x[i]! - a[i]!) * mu;
      });
    };
  },

  adagrad({ lr, lrDecay, initialAccumulator, eps, weightDecay }, n) {
    const s = new Float64Array(n).fill(initialAccumulator);
    return (x, g, t) =>
      each(x, (i) => {
        const d = g[i]! + weightDecay * x[i]!;
        s[i]! += d * d;
        x[i]! -= ((lr / (1 + (t - 1) * lrDecay)) * d) / (Math.sqrt(s[i]!) + eps);
      });
  },

  rmsprop({ lr, alpha, eps, centered, momentum, weightDecay }, n) {
    const v = new Float64Array(n);
    const a = new Float64Array(n);
    const b = new Float64Array(n);
    return (x, g) =>
      each(x, (i) => {
        const d = g[i]! + weightDecay * x[i]!;
        v[i] = alpha * v[i]! + (1 - alpha) * d * d;
        a[i] = alpha * a[i]! + (1 - alpha) * d;
        const square = centered ? Math.max(v[i]! - a[i]! * a[i]!, 0) : v[i]!;
        b[i] = momentum * b[i]! + d / (Math.sqrt(square) + eps);
        x[i]! -= lr * b[i]!;
      });
  },

  adadelta({ lr, rho, eps, weightDecay }, n) {
    const v = new Float64Array(n);
    const u = new Float64Array(n);
    return (x, g) =>
      each(x, (i) => {
        const d = g[i]! + weightDecay * x[i]!;
        v[i] = rho * v[i]! + (1 - rho) * d * d;
        const step = Math.sqrt((u[i]! + eps) / (v[i]! + eps)) * d;
        u[i] = rho * u[i]! + (1 - rho) * step * step;
        x[i]! -= lr * step;
      });
  },

  adam: (o, n) => adamTwin(o, n, false),
  amsgrad: (o, n) => adamTwin(o, n, false),
  adamw: (o, n) => adamTwin(o, n, true),

  adamax({ lr, beta1, beta2, eps, weightDecay }, n) {
    const m = new Float64Array(n);
    const u = new Float64Array(n);
    return (x, g, t) =>
      each(x, (i) => {
        const d = g[i]! + weightDecay * x[i]!;
        m[i] = beta1 * m[i]! + (1 - beta1) * d;
        u[i] = Math.max(beta2 * u[i]!, Math.abs(d) + eps);
        x[i]! -= ((lr / (1 - beta1 ** t)) * m[i]!) / u[i]!;
      });
  },

  nadam({ lr, beta1, beta2, eps, momentumDecay, weightDecay }, n) {
    const m = new Float64Array(n);
    const v = new Float64Array(n);
    const mu = (t: number) => beta1 * (1 - 0.5 * 0.96 ** (t * momentumDecay));
    let product = 1;
    return (x, g, t) => {
      product *= mu(t);
      each(x, (i) => {
        const d = g[i]! + weightDecay * x[i]!;
        m[i] = beta1 * m[i]! + (1 - beta1) * d;
        v[i] = beta2 * v[i]! + (1 - beta2) * d * d;
        const hat = (mu(t + 1) * m[i]!) / (1 - product * mu(t + 1)) + ((1 - mu(t)) * d) / (1 - product);
        x[i]! -= (lr * hat) / (Math.sqrt(v[i]! / (1 - beta2 ** t)) + eps);
      });
    };
  },

  radam({ lr, beta1, beta2, eps, weightDecay }, n) {
    const m = new Float64Array(n);
    const v = new Float64Array(n);
    return (x, g, t) => {
      const most = 2 / (1 - beta2) - 1;
      const r = most - (2 * t * beta2 ** t) / (1 - beta2 ** t);
      const rectify = Math.sqrt(((r - 4) * (r - 2) * most) / ((most - 4) * (most - 2) * r));
      each(x, (i) => {
        const d = g[i]! + weightDecay * x[i]!;
        m[i] = beta1 * m[i]! + (1 - beta1) * d;
        v[i] = beta2 * v[i]! + (1 - beta2) * d * d;
        const hat = m[i]! / (1 - beta1 ** t);
        x[i]! -=
          r > 5 ? (lr * hat * rectify * Math.sqrt(1 - beta2 ** t)) / (Math.sqrt(v[i]!) + eps) : lr * hat;
      });
    };
  },

  rprop({ lr, etaPlus, etaMinus, stepMin, stepMax }, n) {
    const size = new Float64Array(n).fill(lr);
    const previous = new Float64Array(n);
    return (x, g) =>
      each(x, (i) => {
        const agree = Math.sign(g[i]!) * Math.sign(previous[i]!);
        const factor = agree > 0 ? etaPlus : agree < 0 ? etaMinus : 1;
        size[i] = Math.min(Math.max(size[i]! * factor, stepMin), stepMax);
        previous[i] = agree < 0 ? 0 : g[i]!;
        x[i]! -= Math.sign(previous[i]!) * size[i]!;
      });
  },

  deltaBarDelta({ lr, kappa, phi, theta, lrMax }, n) {
    const rate = new Float64Array(n).fill(lr);
    const mean = new Float64Array(n);
    return (x, g) =>
      each(x, (i) => {
        const agree = Math.sign(g[i]!) * Math.sign(mean[i]!);
        if (agree > 0) rate[i]! += kappa;
        if (agree < 0) rate[i]! *= 1 - phi;
        rate[i] = Math.min(rate[i]!, lrMax);
        mean[i] = theta * mean[i]! + (1 - theta) * g[i]!;
        x[i]! -= rate[i]! * g[i]!;
      });
  },

  lion({ lr, beta1, beta2, weightDecay }, n) {
    const m = new Float64Array(n);
    return (x, g) =>
      each(x, (i) => {
        const way = Math.sign(beta1 * m[i]! + (1 - beta1) * g[i]!);
        x[i]! -= lr * (way + weightDecay * x[i]!);
        m[i] = beta2 * m[i]! + (1 - beta2) * g[i]!;
      });
  },
};
