// The update rules as the best plain JavaScript we can write: one fused loop over typed arrays, every scalar hoisted,
// running products for beta^t, many elements a turn in the rules most used (another 1.3 could be had by it in the others).
// The baselines of bench/first-order.bench.ts; test/first-order/plain.test.ts holds them to the twins of
// test/reference/first-order.ts. Options are the rules' defaults, with the lr that is passed.

export type Vector = Float64Array | Float32Array;
export type PlainStep = (x: Vector, g: Vector) => void;
type Make = (n: number, Type: Float64ArrayConstructor | Float32ArrayConstructor, lr: number) => PlainStep;

// The loops most used are functions of their own, and unrolled: V8 checks the arrays again in every turn. The others
// take what they use out of `at` first, as a loop that reads the variables around it reads them again in every turn.

function sgd(n: number, x: Vector, g: Vector, lr: number): void {
  const stop = n & ~15;
  let i = 0;
  for (; i < stop; i += 16) {
    x[i] = x[i]! - lr * g[i]!;
    x[i + 1] = x[i + 1]! - lr * g[i + 1]!;
    x[i + 2] = x[i + 2]! - lr * g[i + 2]!;
    x[i + 3] = x[i + 3]! - lr * g[i + 3]!;
    x[i + 4] = x[i + 4]! - lr * g[i + 4]!;
    x[i + 5] = x[i + 5]! - lr * g[i + 5]!;
    x[i + 6] = x[i + 6]! - lr * g[i + 6]!;
    x[i + 7] = x[i + 7]! - lr * g[i + 7]!;
    x[i + 8] = x[i + 8]! - lr * g[i + 8]!;
    x[i + 9] = x[i + 9]! - lr * g[i + 9]!;
    x[i + 10] = x[i + 10]! - lr * g[i + 10]!;
    x[i + 11] = x[i + 11]! - lr * g[i + 11]!;
    x[i + 12] = x[i + 12]! - lr * g[i + 12]!;
    x[i + 13] = x[i + 13]! - lr * g[i + 13]!;
    x[i + 14] = x[i + 14]! - lr * g[i + 14]!;
    x[i + 15] = x[i + 15]! - lr * g[i + 15]!;
  }
  for (; i < n; i++) x[i] = x[i]! - lr * g[i]!;
}

function momentum(n: number, x: Vector, g: Vector, b: Vector, lr: number, mu: number): void {
  const stop = n & ~15;
  let i = 0;
  for (; i < stop; i += 16) {
    const b0 = mu * b[i]! + g[i]!;
    b[i] = b0;
    x[i] = x[i]! - lr * b0;
    const b1 = mu * b[i + 1]! + g[i + 1]!;
    b[i + 1] = b1;
    x[i + 1] = x[i + 1]! - lr * b1;
    const b2 = mu * b[i + 2]! + g[i + 2]!;
    b[i + 2] = b2;
    x[i + 2] = x[i + 2]! - lr * b2;
    const b3 = mu * b[i + 3]! + g[i + 3]!;
    b[i + 3] = b3;
    x[i + 3] = x[i + 3]! - lr * b3;
    const b4 = mu * b[i + 4]! + g[i + 4]!;
    b[i + 4] = b4;
    x[i + 4] = x[i + 4]! - lr * b4;
    const b5 = mu * b[i + 5]! + g[i + 5]!;
    b[i + 5] = b5;
    x[i + 5] = x[i + 5]! - lr * b5;
    const b6 = mu * b[i + 6]! + g[i + 6]!;
    b[i + 6] = b6;
    x[i + 6] = x[i + 6]! - lr * b6;
    const b7 = mu * b[i + 7]! + g[i + 7]!;
    b[i + 7] = b7;
    x[i + 7] = x[i + 7]! - lr * b7;
    const b8 = mu * b[i + 8]! + g[i + 8]!;
    b[i + 8] = b8;
    x[i + 8] = x[i + 8]! - lr * b8;
    const b9 = mu * b[i + 9]! + g[i + 9]!;
    b[i + 9] = b9;
    x[i + 9] = x[i + 9]! - lr * b9;
    const b10 = mu * b[i + 10]! + g[i + 10]!;
    b[i + 10] = b10;
    x[i + 10] = x[i + 10]! - lr * b10;
    const b11 = mu * b[i + 11]! + g[i + 11]!;
    b[i + 11] = b11;
    x[i + 11] = x[i + 11]! - lr * b11;
    const b12 = mu * b[i + 12]! + g[i + 12]!;
    b[i + 12] = b12;
    x[i + 12] = x[i + 12]! - lr * b12;
    const b13 = mu * b[i + 13]! + g[i + 13]!;
    b[i + 13] = b13;
    x[i + 13] = x[i + 13]! - lr * b13;
    const b14 = mu * b[i + 14]! + g[i + 14]!;
    b[i + 14] = b14;
    x[i + 14] = x[i + 14]! - lr * b14;
    const b15 = mu * b[i + 15]! + g[i + 15]!;
    b[i + 15] = b15;
    x[i + 15] = x[i + 15]! - lr * b15;
  }
  for (; i < n; i++) {
    const b0 = mu * b[i]! + g[i]!;
    b[i] = b0;
    x[i] = x[i]! - lr * b0;
  }
}

function asgd(n: number, x: Vector, g: Vector, a: Vector, shrink: number, eta: number, mu: number): void {
  const stop = n & ~7;
  let i = 0;
  for (; i < stop; i += 8) {
    const x0 = shrink * x[i]! - eta * g[i]!;
    x[i] = x0;
    a[i] = a[i]! + mu * (x0 - a[i]!);
    const x1 = shrink * x[i + 1]! - eta * g[i + 1]!;
    x[i + 1] = x1;
    a[i + 1] = a[i + 1]! + mu * (x1 - a[i + 1]!);
    const x2 = shrink * x[i + 2]! - eta * g[i + 2]!;
    x[i + 2] = x2;
    a[i + 2] = a[i + 2]! + mu * (x2 - a[i + 2]!);
    const x3 = shrink * x[i + 3]! - eta * g[i + 3]!;
    x[i + 3] = x3;
    a[i + 3] = a[i + 3]! + mu * (x3 - a[i + 3]!);
    const x4 = shrink * x[i + 4]! - eta * g[i + 4]!;
    x[i + 4] = x4;
    a[i + 4] = a[i + 4]! + mu * (x4 - a[i + 4]!);
    const x5 = shrink * x[i + 5]! - eta * g[i + 5]!;
    x[i + 5] = x5;
    a[i + 5] = a[i + 5]! + mu * (x5 - a[i + 5]!);
    const x6 = shrink * x[i + 6]! - eta * g[i + 6]!;
    x[i + 6] = x6;
    a[i + 6] = a[i + 6]! + mu * (x6 - a[i + 6]!);
    const x7 = shrink * x[i + 7]! - eta * g[i + 7]!;
    x[i + 7] = x7;
    a[i + 7] = a[i + 7]! + mu * (x7 - a[i + 7]!);
  }
  for (; i < n; i++) {
    const x1 = shrink * x[i]! - eta * g[i]!;
    x[i] = x1;
    a[i] = a[i]! + mu * (x1 - a[i]!);
  }
}

/** Adam: eight elements a turn, the averages as m + c (d - m). */
function adam(n: number, x: Vector, g: Vector, m: Vector, v: Vector, step: number, root: number): void {
  const c1 = 1 - 0.9;
  const c2 = 1 - 0.999;
  const rate = step / root;
  const eps = 1e-8 / root;
  const stop = n & ~7;
  let i = 0;
  for (; i < stop; i += 8) {
    const d0 = g[i]!;
    const m0 = m[i]! + c1 * (d0 - m[i]!);
    const v0 = v[i]! + c2 * (d0 * d0 - v[i]!);
    m[i] = m0;
    v[i] = v0;
    x[i] = x[i]! - (rate * m0) / (Math.sqrt(v0) + eps);
    const d1 = g[i + 1]!;
    const m1 = m[i + 1]! + c1 * (d1 - m[i + 1]!);
    const v1 = v[i + 1]! + c2 * (d1 * d1 - v[i + 1]!);
    m[i + 1] = m1;
    v[i + 1] = v1;
    x[i + 1] = x[i + 1]! - (rate * m1) / (Math.sqrt(v1) + eps);
    const d2 = g[i + 2]!;
    const m2 = m[i + 2]! + c1 * (d2 - m[i + 2]!);
    const v2 = v[i + 2]! + c2 * (d2 * d2 - v[i + 2]!);
    m[i + 2] = m2;
    v[i + 2] = v2;
    x[i + 2] = x[i + 2]! - (rate * m2) / (Math.sqrt(v2) + eps);
    const d3 = g[i + 3]!;
    const m3 = m[i + 3]! + c1 * (d3 - m[i + 3]!);
    const v3 = v[i + 3]! + c2 * (d3 * d3 - v[i + 3]!);
    m[i + 3] = m3;
    v[i + 3] = v3;
    x[i + 3] = x[i + 3]! - (rate * m3) / (Math.sqrt(v3) + eps);
    const d4 = g[i + 4]!;
    const m4 = m[i + 4]! + c1 * (d4 - m[i + 4]!);
    const v4 = v[i + 4]! + c2 * (d4 * d4 - v[i + 4]!);
    m[i + 4] = m4;
    v[i + 4] = v4;
    x[i + 4] = x[i + 4]! - (rate * m4) / (Math.sqrt(v4) + eps);
    const d5 = g[i + 5]!;
    const m5 = m[i + 5]! + c1 * (d5 - m[i + 5]!);
    const v5 = v[i + 5]! + c2 * (d5 * d5 - v[i + 5]!);
    m[i + 5] = m5;
    v[i + 5] = v5;
    x[i + 5] = x[i + 5]! - (rate * m5) / (Math.sqrt(v5) + eps);
    const d6 = g[i + 6]!;
    const m6 = m[i + 6]! + c1 * (d6 - m[i + 6]!);
    const v6 = v[i + 6]! + c2 * (d6 * d6 - v[i + 6]!);
    m[i + 6] = m6;
    v[i + 6] = v6;
    x[i + 6] = x[i + 6]! - (rate * m6) / (Math.sqrt(v6) + eps);
    const d7 = g[i + 7]!;
    const m7 = m[i + 7]! + c1 * (d7 - m[i + 7]!);
    const v7 = v[i + 7]! + c2 * (d7 * d7 - v[i + 7]!);
    m[i + 7] = m7;
    v[i + 7] = v7;
    x[i + 7] = x[i + 7]! - (rate * m7) / (Math.sqrt(v7) + eps);
  }
  for (; i < n; i++) {
    const d = g[i]!;
    const m1 = m[i]! + c1 * (d - m[i]!);
    const v1 = v[i]! + c2 * (d * d - v[i]!);
    m[i] = m1;
    v[i] = v1;
    x[i] = x[i]! - (rate * m1) / (Math.sqrt(v1) + eps);
  }
}

function adamw(
  n: number,
  x: Vector,
  g: Vector,
  m: Vector,
  v: Vector,
  step: number,
  root: number,
  shrink: number,
): void {
  const beta1 = 0.9;
  const beta2 = 0.999;
  const c1 = 1 - beta1;
  const c2 = 1 - beta2;
  const eps = 1e-8;
  const stop = n & ~3;
  let i = 0;
  for (; i < stop; i += 4) {
    const d0 = g[i]!;
    const m0 = beta1 * m[i]! + c1 * d0;
    const v0 = beta2 * v[i]! + c2 * d0 * d0;
    m[i] = m0;
    v[i] = v0;
    x[i] = shrink * x[i]! - (step * m0) / (root * Math.sqrt(v0) + eps);
    const d1 = g[i + 1]!;
    const m1 = beta1 * m[i + 1]! + c1 * d1;
    const v1 = beta2 * v[i + 1]! + c2 * d1 * d1;
    m[i + 1] = m1;
    v[i + 1] = v1;
    x[i + 1] = shrink * x[i + 1]! - (step * m1) / (root * Math.sqrt(v1) + eps);
    const d2 = g[i + 2]!;
    const m2 = beta1 * m[i + 2]! + c1 * d2;
    const v2 = beta2 * v[i + 2]! + c2 * d2 * d2;
    m[i + 2] = m2;
    v[i + 2] = v2;
    x[i + 2] = shrink * x[i + 2]! - (step * m2) / (root * Math.sqrt(v2) + eps);
    const d3 = g[i + 3]!;
    const m3 = beta1 * m[i + 3]! + c1 * d3;
    const v3 = beta2 * v[i + 3]! + c2 * d3 * d3;
    m[i + 3] = m3;
    v[i + 3] = v3;
    x[i + 3] = shrink * x[i + 3]! - (step * m3) / (root * Math.sqrt(v3) + eps);
  }
  for (; i < n; i++) {
    const d = g[i]!;
    const m1 = beta1 * m[i]! + c1 * d;
    const v1 = beta2 * v[i]! + c2 * d * d;
    m[i] = m1;
    v[i] = v1;
    x[i] = shrink * x[i]! - (step * m1) / (root * Math.sqrt(v1) + eps);
  }
}

const adamLike =
  (decay: number, amsgrad: boolean): Make =>
  (n, Type, lr) => {
    const at = { n, lr, m: new Type(n), v: new Type(n), w: new Type(n) };
    let beta1t = 1;
    let beta2t = 1;
    if (amsgrad) {
      return (x, g) => {
        const { n, lr, m, v, w } = at;
        const beta1 = 0.9;
        const beta2 = 0.999;
        const eps = 1e-8;
        beta1t *= beta1;
        beta2t *= beta2;
        const step = lr / (1 - beta1t);
        const root = 1 / Math.sqrt(1 - beta2t);
        const c1 = 1 - beta1;
        const c2 = 1 - beta2;
        for (let i = 0; i < n; i++) {
          const d = g[i]!;
          const m1 = beta1 * m[i]! + c1 * d;
          const v1 = beta2 * v[i]! + c2 * d * d;
          const w0 = w[i]!;
          const w1 = v1 > w0 ? v1 : w0;
          m[i] = m1;
          v[i] = v1;
          w[i] = w1;
          x[i] = x[i]! - (step * m1) / (root * Math.sqrt(w1) + eps);
        }
      };
    }
    return (x, g) => {
      beta1t *= 0.9;
      beta2t *= 0.999;
      const step = lr / (1 - beta1t);
      const root = 1 / Math.sqrt(1 - beta2t);
      if (decay === 0) adam(n, x, g, at.m, at.v, step, root);
      else adamw(n, x, g, at.m, at.v, step, root, 1 - lr * decay);
    };
  };

export const plain: Readonly<Record<string, Make>> = {
  sgd: (n, _Type, lr) => (x, g) => sgd(n, x, g, lr),

  "sgd momentum": (n, Type, lr) => {
    const b = new Type(n);
    return (x, g) => momentum(n, x, g, b, lr, 0.9);
  },

  asgd: (n, Type, lr) => {
    const a = new Type(n);
    let t = 0;
    return (x, g) => {
      const eta = lr / (1 + 1e-4 * lr * t) ** 0.75;
      const mu = 1 / Math.max(1, t - 1e6);
      t++;
      asgd(n, x, g, a, 1 - 1e-4 * eta, eta, mu);
    };
  },

  adagrad: (n, Type, lr) => {
    const at = { n, lr, s: new Type(n) };
    return (x, g) => {
      const { n, lr, s } = at;
      for (let i = 0; i < n; i++) {
        const d = g[i]!;
        const s1 = s[i]! + d * d;
        s[i] = s1;
        x[i] = x[i]! - (lr * d) / (Math.sqrt(s1) + 1e-10);
      }
    };
  },

  rmsprop: (n, Type, lr) => {
    const at = { n, lr, v: new Type(n), rest: 1 - 0.99 };
    return (x, g) => {
      const { n, lr, v, rest } = at;
      for (let i = 0; i < n; i++) {
        const d = g[i]!;
        const v1 = 0.99 * v[i]! + rest * d * d;
        v[i] = v1;
        x[i] = x[i]! - (lr * d) / (Math.sqrt(v1) + 1e-8);
      }
    };
  },

  adadelta: (n, Type, lr) => {
    const at = { n, lr, v: new Type(n), u: new Type(n), rest: 1 - 0.9 };
    return (x, g) => {
      const { n, lr, v, u, rest } = at;
      for (let i = 0; i < n; i++) {
        const d = g[i]!;
        const v1 = 0.9 * v[i]! + rest * d * d;
        const u0 = u[i]!;
        const step = Math.sqrt((u0 + 1e-6) / (v1 + 1e-6)) * d;
        v[i] = v1;
        u[i] = 0.9 * u0 + rest * step * step;
        x[i] = x[i]! - lr * step;
      }
    };
  },

  adam: adamLike(0, false),
  adamw: adamLike(0.01, false),
  amsgrad: adamLike(0, true),

  adamax: (n, Type, lr) => {
    const at = { n, lr, m: new Type(n), u: new Type(n), c1: 1 - 0.9 };
    let beta1t = 1;
    return (x, g) => {
      const { n, lr, m, u, c1 } = at;
      beta1t *= 0.9;
      const step = lr / (1 - beta1t);
      for (let i = 0; i < n; i++) {
        const d = g[i]!;
        const m1 = 0.9 * m[i]! + c1 * d;
        const a = Math.abs(d) + 1e-8;
        const b = 0.999 * u[i]!;
        const u1 = a > b ? a : b;
        m[i] = m1;
        u[i] = u1;
        x[i] = x[i]! - (step * m1) / u1;
      }
    };
  },

  nadam: (n, Type, lr) => {
    const at = { n, lr, m: new Type(n), v: new Type(n), ratio: 0.96 ** 4e-3 };
    let warm = 1;
    let product = 1;
    let beta2t = 1;
    return (x, g) => {
      const { n, lr, m, v, ratio } = at;
      warm *= ratio;
      beta2t *= 0.999;
      const mu = 0.9 * (1 - 0.5 * warm);
      const muNext = 0.9 * (1 - 0.5 * warm * ratio);
      product *= mu;
      const now = (lr * (1 - mu)) / (1 - product);
      const next = (lr * muNext) / (1 - product * muNext);
      const root = 1 / Math.sqrt(1 - beta2t);
      const c1 = 1 - 0.9;
      const c2 = 1 - 0.999;
      for (let i = 0; i < n; i++) {
        const d = g[i]!;
        const m1 = 0.9 * m[i]! + c1 * d;
        const v1 = 0.999 * v[i]! + c2 * d * d;
        m[i] = m1;
        v[i] = v1;
        x[i] = x[i]! - (now * d + next * m1) / (root * Math.sqrt(v1) + 1e-8);
      }
    };
  },

  radam: (n, Type, lr) => {
    const at = { n, lr, m: new Type(n), v: new Type(n), most: 2 / (1 - 0.999) - 1 };
    let beta1t = 1;
    let beta2t = 1;
    let t = 0;
    return (x, g) => {
      const { n, lr, m, v, most } = at;
      t++;
      beta1t *= 0.9;
      beta2t *= 0.999;
      const r = most - (2 * t * beta2t) / (1 - beta2t);
      const rectified = r > 5;
      const rectify = Math.sqrt(((r - 4) * (r - 2) * most) / ((most - 4) * (most - 2) * r));
      const step = (lr / (1 - beta1t)) * (rectified ? rectify * Math.sqrt(1 - beta2t) : 1);
      const c1 = 1 - 0.9;
      const c2 = 1 - 0.999;
      for (let i = 0; i < n; i++) {
        const d = g[i]!;
        const m1 = 0.9 * m[i]! + c1 * d;
        const v1 = 0.999 * v[i]! + c2 * d * d;
        m[i] = m1;
        v[i] = v1;
        x[i] = x[i]! - (rectified ? (step * m1) / (Math.sqrt(v1) + 1e-8) : step * m1);
      }
    };
  },

  rprop: (n, Type, lr) => {
    const at = { n, lr, size: new Type(n).fill(lr), previous: new Type(n) };
    return (x, g) => {
      const { n, size, previous } = at;
      for (let i = 0; i < n; i++) {
        let d = g[i]!;
        const agree = d * previous[i]!;
        let h = size[i]!;
        if (agree > 0) h = Math.min(h * 1.2, 50);
        else if (agree < 0) {
          h = Math.max(h * 0.5, 1e-6);
          d = 0;
        }
        size[i] = h;
        previous[i] = d;
        if (d > 0) x[i] = x[i]! - h;
        else if (d < 0) x[i] = x[i]! + h;
      }
    };
  },

  deltaBarDelta: (n, Type, lr) => {
    const at = { n, lr, rate: new Type(n).fill(lr), mean: new Type(n), rest: 1 - 0.7 };
    return (x, g) => {
      const { n, rate, mean, rest } = at;
      for (let i = 0; i < n; i++) {
        const d = g[i]!;
        const b = mean[i]!;
        const agree = d * b;
        let r = rate[i]!;
        if (agree > 0) r = Math.min(r + 0.25, 10);
        else if (agree < 0) r *= 0.5;
        rate[i] = r;
        mean[i] = 0.7 * b + rest * d;
        x[i] = x[i]! - r * d;
      }
    };
  },

  lion: (n, Type, lr) => {
    const at = { n, lr, m: new Type(n), c1: 1 - 0.9, c2: 1 - 0.99 };
    return (x, g) => {
      const { n, lr, m, c1, c2 } = at;
      for (let i = 0; i < n; i++) {
        const d = g[i]!;
        const m0 = m[i]!;
        const way = 0.9 * m0 + c1 * d;
        m[i] = 0.99 * m0 + c2 * d;
        if (way > 0) x[i] = x[i]! - lr;
        else if (way < 0) x[i] = x[i]! + lr;
      }
    };
  },
};
