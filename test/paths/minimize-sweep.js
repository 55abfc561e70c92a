// Many small problems drawn at random, by every method: what standard problems never meet is met here. A line holds what all its
// problems came to.
import { draws } from "./numbers.js";

/** Numbers by chance, what lies between two, one of a list. */
function drawer(seed) {
  const next = draws(seed);
  const unit = () => (next() + 1) / 2;
  const between = (a, b) => a + (b - a) * unit();
  return { unit, between, pick: (list) => list[Math.floor(unit() * list.length)] };
}

const POWERS = [1e-12, 1e-6, 1e-3, 1, 1, 1, 1e3, 1e6, 1e12];

/** Sums of squares, products and fourth powers, in units of their own; some of them have no minimum, some only where a quadratic form ends. */
function quartic(draw) {
  const n = 1 + Math.floor(draw.unit() * 5);
  const [F, X] = [draw.pick(POWERS), draw.pick(POWERS)];
  const a = Array.from({ length: n }, () => draw.pick([1, 1, 10, 0.01, 0, -0.3]) * draw.between(0.5, 1.5));
  const c = Array.from({ length: n }, () => draw.between(-2, 2));
  const b = Array.from({ length: n }, () => draw.pick([0, 1, 5]) * draw.unit());
  const e = Array.from({ length: n }, () => draw.pick([0, 0.1, 1]));
  const rise = draw.pick([0, 0, 1, -1e5]);
  const at = (x, i) => x[i] / X;
  const fun = (x) => {
    let f = rise;
    for (let i = 0; i < n; i++) {
      const u = at(x, i) - c[i];
      const p = at(x, i) * at(x, (i + 1) % n) - c[i];
      f += a[i] * u * u + b[i] * p * p + e[i] * u * u * u * u;
    }
    return F * f;
  };
  const grad = (x, out) => {
    for (let i = 0; i < n; i++) out[i] = 0;
    for (let i = 0; i < n; i++) {
      const k = (i + 1) % n;
      const u = at(x, i) - c[i];
      const p = at(x, i) * at(x, k) - c[i];
      out[i] += (F / X) * (2 * a[i] * u + 4 * e[i] * u * u * u);
      out[i] += (F / X) * 2 * b[i] * p * at(x, k);
      out[k] += (F / X) * 2 * b[i] * p * at(x, i);
    }
  };
  const hess = (x, out) => {
    for (let i = 0; i < n * n; i++) out[i] = 0;
    const by = F / X / X;
    for (let i = 0; i < n; i++) {
      const k = (i + 1) % n;
      const u = at(x, i) - c[i];
      const [v, w] = [at(x, i), at(x, k)];
      out[i * n + i] += by * (2 * a[i] + 12 * e[i] * u * u + 2 * b[i] * w * w);
      out[k * n + k] += by * 2 * b[i] * v * v;
      out[i * n + k] += by * 2 * b[i] * (2 * v * w - c[i]);
      out[k * n + i] += by * 2 * b[i] * (2 * v * w - c[i]);
    }
  };
  const start = Array.from(
    { length: n },
    () => X * draw.pick([draw.between(-3, 3), 0, 1, draw.between(-50, 50)]),
  );
  const box = {
    lower: start.map((v, i) => X * draw.pick([-Infinity, c[i] - 1, c[i], c[i] + 0.5, v / X])),
    upper: [],
  };
  box.upper = box.lower.map((v) =>
    draw.pick([Infinity, v === -Infinity ? X : v + X * draw.pick([0, 0.5, 2, 40])]),
  );
  const inside = start.map((v, i) => Math.min(Math.max(v, box.lower[i]), box.upper[i]));
  return { n, fun, grad, hess, start, inside, box, X };
}

/** What is not smooth: kinks, steps, walls of NaN and infinity, noise, flat ends. */
function rough(draw) {
  const p = quartic(draw);
  const { fun, X } = p;
  const cut = X * draw.between(-1, 3);
  const kinds = {
    kink: (x) => fun(x) + Math.abs(fun([...x].fill(cut))) * Math.abs((x[0] - cut) / X),
    step: (x) => fun(x) + (x[0] > cut ? Math.abs(fun([...x].fill(0))) : 0),
    wall: (x) => (x[0] > cut ? NaN : fun(x)),
    cliff: (x) => (x[0] > cut ? Infinity : fun(x)),
    noise: (x) => fun(x) * (1 + 1e-9 * ((((x[0] / X) * 1e6) % 1) - 0.5)),
    single: (x) => Math.fround(fun(x)),
    least: (x) => Math.max(fun(x), 0),
    root: (x) => Math.sqrt(Math.abs(fun(x))),
  };
  const kind = draw.pick(Object.keys(kinds));
  return { ...p, fun: kinds[kind] };
}

function* minima(d) {
  const limits = { maxIterations: 120, maxEvaluations: 4000 };
  const seen = {
    values: ({ fun }) => fun,
    gradient: ({ fun, grad }) => ({ fun, grad }),
    hessian: ({ fun, grad, hess }) => ({ fun, grad, hess }),
  };
  const many = (seed, count, make, solve) => () => {
    const draw = drawer(seed);
    return Array.from({ length: count }, () => {
      const problem = make(draw);
      try {
        return solve(problem, draw);
      } catch (error) {
        return `${error.code} ${error.message}`;
      }
    });
  };
  let seed = 1;
  for (const method of Object.keys(d.minimizers)) {
    for (const [kind, of] of Object.entries(seen)) {
      const free = (p) => d.minimize(of(p), p.start, { method, ...limits });
      const boxed = (p) => d.minimize(of(p), p.inside, { method, bounds: p.box, ...limits });
      yield [`quartics by ${method}, ${kind}`, many(seed++, 60, quartic, free)];
      if (method !== "nonlinearCG")
        yield [`quartics in boxes by ${method}, ${kind}`, many(seed++, 60, quartic, boxed)];
    }
    yield [
      `rough by ${method}`,
      many(seed++, 60, rough, (p) => d.minimize(p.fun, p.start, { method, ...limits })),
    ];
    yield [
      `a wrong gradient by ${method}`,
      many(seed++, 20, quartic, ({ fun, grad, start, n }) => {
        const wrong = (x, g) => {
          grad(x, g);
          g[n - 1] *= 1.01;
        };
        return d.minimize({ fun, grad: wrong }, start, { method, ...limits });
      }),
    ];
  }
  for (const lineSearch of d.lineSearchNames)
    for (const method of ["lbfgs", "nonlinearCG", "gradientDescent", "newton"]) {
      const solve = (p) =>
        d.minimize({ fun: p.fun, grad: p.grad, hess: p.hess }, p.start, { method, lineSearch, ...limits });
      yield [`quartics by ${method} with ${lineSearch}`, many(seed++, 40, quartic, solve)];
      yield [
        `rough by ${method} with ${lineSearch}`,
        many(seed++, 20, rough, (p) => d.minimize(p.fun, p.start, { method, lineSearch, ...limits })),
      ];
    }
  for (const [name, options] of Object.entries({
    forward: { differences: "forward" },
    maximize: { maximize: true },
    tolerances: { gradTol: 1e-3, stepTol: 1e-4, funTol: 1e-5 },
    relative: { gradTolRelative: 1e-3 },
    scale: { scale: "auto" },
    products: { method: d.trustRegion({ hessian: "products" }) },
    dogleg: { method: d.trustRegion({ subproblem: "dogleg", radius: 0.5, maxRadius: 2 }) },
    restarts: { method: d.nelderMead({ restarts: 3, adaptive: true }) },
    cg: { method: d.newton({ solver: "cg" }) },
    preconditioned: {
      method: d.lbfgs({
        preconditioner: (g, out) => {
          for (let i = 0; i < g.length; i++) out[i] = g[i] / (i + 2);
        },
      }),
    },
  })) {
    yield [
      `quartics, ${name}`,
      many(seed++, 40, quartic, (p) =>
        d.minimize({ fun: p.fun, grad: p.grad }, p.start, { ...limits, ...options }),
      ),
    ];
    if (name !== "preconditioned")
      yield [
        `quartics in boxes, ${name}`,
        many(seed++, 40, quartic, (p) =>
          d.minimize(p.fun, p.inside, { ...limits, bounds: p.box, ...options }),
        ),
      ];
  }
  yield [
    "gradients looked at",
    many(seed++, 60, quartic, ({ fun, grad, start, n }, draw) => {
      const wrong = draw.pick([0, 1e-9, 1e-4, 0.5]);
      return d.checkGradient(
        {
          fun,
          grad: (x, g) => {
            grad(x, g);
            g[n - 1] *= 1 + wrong;
          },
        },
        start,
      );
    }),
  ];
}

/** Functions of one number with poles, jumps, flat places and units of their own. */
function curve(draw) {
  const X = draw.pick(POWERS);
  const F = draw.pick(POWERS);
  const [p, q, r] = [draw.between(-1, 3), draw.between(-1, 3), draw.between(-2, 2)];
  const kinds = [
    (u) => (u - p) * (u - q) * (u - r),
    (u) => (u - p) * (u - p) * (u - p),
    (u) => (u - p) / (1 + (u - q) * (u - q)),
    (u) => 1 / (u - p),
    (u) => (u < p ? -1 : 1 + u * u),
    (u) => (u - p) * (u - p) * (u - p) * (u - p) * (u - p) * 1e6 + (u - p),
    (u) => Math.sqrt(Math.abs(u - p)) * (u < p ? -1 : 1),
    (u) => (u > p + 0.2 ? NaN : u - p),
    (u) => Math.abs(u - p) - 0.5,
    (u) => (u - p) * (u - p) - 1e-3,
    (u) => Math.max(u - p, 0),
    (u) => u * u * u * u - 2 * u * u + q * u,
  ];
  const kind = draw.pick(kinds);
  return { f: (x) => F * kind(x / X), ends: [X * draw.between(-3, 0.5), X * draw.between(0.6, 4)] };
}

function* lines(d) {
  const many = (seed, solve) => () => {
    const draw = drawer(seed);
    return Array.from({ length: 150 }, () => {
      try {
        return solve(curve(draw), draw);
      } catch (error) {
        return `${error.code} ${error.message}`;
      }
    });
  };
  let seed = 1000;
  for (const method of ["brent", "itp"])
    for (const stepTol of [undefined, 1e-3])
      yield [
        `roots by ${method}, ${stepTol}`,
        many(seed++, ({ f, ends }) => d.findRoot(f, { bracket: ends, method, stepTol })),
      ];
  for (const method of ["brent", "golden"])
    for (const key of ["bounds", "bracket"]) {
      yield [
        `minima on a line by ${method}, ${key}`,
        many(seed++, ({ f, ends }) => d.minimizeScalar(f, { [key]: ends, method })),
      ];
      yield [
        `rough minima on a line by ${method}, ${key}`,
        many(seed++, ({ f, ends }) => d.minimizeScalar(f, { [key]: ends, method, stepTol: 1e-4 })),
      ];
    }
}

function* systems(d) {
  const many = (seed, solve) => () => {
    const draw = drawer(seed);
    return Array.from({ length: 60 }, () => {
      const n = 1 + Math.floor(draw.unit() * 5);
      const F = Array.from({ length: n }, () => draw.pick(POWERS));
      const X = draw.pick([1e-6, 1, 1, 1e6]);
      const A = Array.from({ length: n * n }, () => draw.pick([0, 1, 1, draw.between(-2, 2)]));
      const c = Array.from({ length: n }, () => draw.between(-2, 2));
      const bend = draw.pick([0, 0.1, 1, 10]);
      const kink = draw.pick([0, 0, 0, 1]);
      const equations = c.map((shift, i) => (x) => {
        let v = -shift;
        for (let j = 0; j < n; j++) v += A[i * n + j] * (x[j] / X);
        const u = x[i] / X;
        return F[i] * (v + bend * u * u * (i % 2 ? 1 : u) + kink * Math.abs(u - 0.3));
      });
      const start = c.map(() => X * draw.pick([0, 1, draw.between(-3, 3)]));
      return solve(equations, start);
    });
  };
  let seed = 2000;
  for (const method of ["hybrid", "newton"]) {
    yield [
      `equations by ${method}`,
      many(seed++, (f, x0) => d.solveEquations(f, x0, { method, maxEvaluations: 600 })),
    ];
    yield [
      `equations by ${method}, loose`,
      many(seed++, (f, x0) =>
        d.solveEquations(f, x0, { method, stepTol: 1e-4, funTol: 1e-6, maxIterations: 30 }),
      ),
    ];
  }
}

export function* cases(d) {
  yield* minima(d);
  yield* lines(d);
  yield* systems(d);
}
