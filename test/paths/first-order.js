// Every first-order rule with every option in both precisions; guards, groups, schedules, averages, plateaus, states.
import { attempt, draws, wrong } from "./numbers.js";

const rules = [
  "sgd",
  "asgd",
  "adagrad",
  "adadelta",
  "rmsprop",
  "adam",
  "adamw",
  "adamax",
  "nadam",
  "radam",
  "amsgrad",
  "rprop",
  "deltaBarDelta",
  "lion",
];

/** A valley with a kink and a turn of sign, as products and sums alone. */
function gradient(x, g) {
  let f = 0;
  for (let i = 0; i < x.length; i++) {
    const a = x[i] - 1;
    const b = i + 1 < x.length ? x[i + 1] - x[i] * x[i] : 0;
    f += a * a + 2 * b * b + Math.abs(x[i]) / 10;
    g[i] = 2 * a - 8 * x[i] * b + (x[i] < 0 ? -0.1 : 0.1);
    if (i > 0) g[i] += 4 * (x[i] - x[i - 1] * x[i - 1]);
  }
  return f;
}

const start = (n) => Array.from({ length: n }, (_, i) => ((i * 7) % 5) / 2 - 1);

/** What an optimizer holds after some steps: its parameters, vectors, counts and state. */
function held(opt) {
  // The text of a state holds the bits of its numbers: those of a NaN are the engine's.
  const state = opt.params.every(Number.isFinite) ? opt.state() : null;
  return {
    params: opt.params.slice(),
    lr: attempt(() => opt.lr),
    norm: opt.gradNorm,
    steps: opt.steps,
    skipped: opt.skipped,
    state,
  };
}

function steps(d, rule, n, count, options = {}, each = () => {}) {
  const opt = d.optimizer(start(n), rule, options);
  try {
    const seen = [];
    for (let t = 0; t < count; t++) {
      each(opt, t);
      gradient(opt.params, opt.grads);
      opt.step();
      if (t < 3) seen.push(opt.params.slice());
    }
    return [seen, held(opt)];
  } finally {
    opt.dispose();
  }
}

function* everyRule(d) {
  const schedules = { schedule: (t) => 0.05 / (1 + t), object: { lr: 0.02 } };
  const given = {
    sgd: [
      { lr: 0.01 },
      { momentum: 0.9 },
      { momentum: 0.5, dampening: 0.3 },
      { momentum: 0.9, nesterov: true },
      { weightDecay: 0.1 },
      { momentum: 0.8, weightDecay: 0.1, dampening: 1 },
      { momentum: (t) => t / (t + 3) },
    ],
    asgd: [
      { lr: 0.02 },
      { lambda: 0.1 },
      { alpha: 0.5, lambda: 0.05 },
      { t0: 4, lr: 0.02 },
      { t0: Infinity },
      { weightDecay: 0.1 },
    ],
    adagrad: [
      { lr: 0.1 },
      { lrDecay: 0.3 },
      { initialAccumulator: 2 },
      { eps: 1e-2 },
      { eps: 0 },
      { weightDecay: 0.1 },
    ],
    adadelta: [{ lr: 0.5 }, { rho: 0.5 }, { eps: 1e-2 }, { weightDecay: 0.1 }],
    rmsprop: [
      { lr: 0.02 },
      { alpha: 0.5 },
      { eps: 1e-1 },
      { eps: 0 },
      { centered: true },
      { momentum: 0.7 },
      { centered: true, momentum: 0.7, weightDecay: 0.1 },
      { momentum: (t) => t / (t + 3) },
    ],
    adam: [
      { lr: 0.02 },
      { beta1: 0 },
      { beta2: 0.5 },
      { eps: 0.1 },
      { eps: 0 },
      { amsgrad: true },
      { weightDecay: 0.1 },
    ],
    adamw: [{ lr: 0.02 }, { weightDecay: 0.5 }, { amsgrad: true }, { beta1: 0.5, beta2: 0.6, eps: 0.01 }],
    adamax: [{ lr: 0.02 }, { beta1: 0.2 }, { beta2: 0.3 }, { eps: 0.1 }, { weightDecay: 0.1 }],
    nadam: [
      { lr: 0.02 },
      { beta1: 0.5 },
      { beta2: 0.4 },
      { momentumDecay: 0 },
      { momentumDecay: 1.5 },
      { eps: 0.1 },
      { weightDecay: 0.1 },
    ],
    radam: [{ lr: 0.02 }, { beta1: 0.5 }, { beta2: 0.9 }, { beta2: 0.6 }, { eps: 0.1 }, { weightDecay: 0.1 }],
    amsgrad: [{ lr: 0.02 }, { beta2: 0.3 }, { weightDecay: 0.1 }],
    rprop: [{ lr: 0.1 }, { etaMinus: 0.2 }, { etaPlus: 3 }, { stepMin: 0.01 }, { stepMax: 0.02 }],
    deltaBarDelta: [
      { lr: 0.01 },
      { kappa: 0.01, lr: 0.01 },
      { phi: 0.1, lr: 0.01 },
      { theta: 0.2, lr: 0.01 },
      { lrMax: 0.02, lr: 0.01 },
    ],
    lion: [{ lr: 0.01 }, { beta1: 0.3 }, { beta2: 0.5 }, { weightDecay: 0.5, lr: 0.01 }],
  };
  for (const name of rules) {
    for (const dtype of ["f64", "f32"]) {
      yield [`${name} ${dtype}`, () => [1, 2, 5, 8, 19].map((n) => steps(d, d[name](), n, 12, { dtype }))];
      for (const o of given[name]) {
        const words = Object.entries(o).map(
          ([key, v]) => `${key} ${typeof v === "function" ? "of the step" : v}`,
        );
        yield [`${name} ${dtype} ${words.join(" ")}`, () => steps(d, d[name](o), 6, 15, { dtype })];
      }
    }
    yield [`${name} long`, () => steps(d, d[name]({ lr: 0.01 }), 3, 300)];
    for (const [kind, lr] of Object.entries(schedules))
      yield [`${name} lr by a ${kind}`, () => steps(d, d[name]({ lr }), 5, 8)];
    yield [
      `${name} at odd gradients`,
      () =>
        ["f64", "f32"].map((dtype) => {
          const opt = d.optimizer(new Float64Array(7).fill(1), d[name]({ lr: 0.1 }), { dtype });
          try {
            for (const row of [
              [0, 1e-30, -1e-20, 1e20, -1e30, 1e-300, 5],
              [0, -1e-30, 1e-20, 1e10, 1e30, 0, -5],
              [0, 0, 0, 0, 0, 0, 0],
            ]) {
              opt.grads.set(row);
              opt.step();
            }
            return held(opt);
          } finally {
            opt.dispose();
          }
        }),
    ];
    yield [
      `${name} guarded`,
      () =>
        [
          { clipValue: 0.3 },
          { clipNorm: 0.5 },
          { clipNorm: 0.5, clipValue: 0.2 },
          { clipNorm: 1e3 },
          { maximize: true },
          { maximize: true, clipValue: 0.1 },
          { skipNonFinite: true },
        ].flatMap((o) =>
          ["f64", "f32"].map((dtype) => steps(d, d[name]({ lr: 0.01 }), 5, 6, { ...o, dtype })),
        ),
    ];
    yield [
      `${name} in groups`,
      () =>
        ["f64", "f32"].map((dtype) =>
          steps(
            d,
            d[name]({ lr: 0.01 }),
            9,
            6,
            {
              dtype,
              groups: [
                { start: 5, end: 8, lr: 0.03 },
                { start: 1, end: 4, lr: (t) => 0.02 / (t + 1) },
              ],
            },
            (opt, t) => {
              if (t === 2) opt.configure({ lr: 0.001 });
              if (t === 3) opt.configure({ lr: 0.002 }, 1);
              if (t === 4) opt.configure({ clipNorm: 0.4, maximize: true });
            },
          ),
        ),
    ];
    yield [
      `${name} by a closure`,
      () => {
        const opt = d.optimizer(start(5), d[name]({ lr: 0.01 }), { clipNorm: 2 });
        try {
          const values = [];
          for (let t = 0; t < 7; t++) values.push(opt.step((x, g) => (t === 4 ? NaN : gradient(x, g))));
          return [values, held(opt)];
        } finally {
          opt.dispose();
        }
      },
    ];
    yield [
      `${name} taken up again`,
      () => {
        const one = d.optimizer(start(4), d[name]({ lr: 0.02 }));
        const two = d.optimizer(start(4), d[name]({ lr: 0.02 }));
        try {
          for (let t = 0; t < 10; t++) {
            if (t === 5) {
              one.configure({ lr: 0.01, clipValue: 5 });
              two.restore(JSON.parse(JSON.stringify(one.state())));
            }
            for (const opt of t < 5 ? [one] : [one, two]) {
              gradient(opt.params, opt.grads);
              opt.step();
            }
          }
          const both = [held(one), held(two)];
          one.reset();
          return [...both, held(one)];
        } finally {
          one.dispose();
          two.dispose();
        }
      },
    ];
  }
}

function* lookahead(d) {
  for (const dtype of ["f64", "f32"])
    for (const o of [{}, { weightDecay: 0.1 }, { momentum: (t) => t / (t + 4) }])
      yield [
        `lookahead ${dtype} ${Object.keys(o).join(" ")}`,
        () => {
          const opt = d.optimizer(start(5), d.sgd({ lr: 0.02, momentum: 0.9, nesterov: "lookahead", ...o }), {
            dtype,
            groups: [{ start: 1, end: 3, lr: 0.01 }],
          });
          try {
            const values = [];
            for (let t = 0; t < 8; t++)
              values.push(opt.step((x, g) => (t === 3 ? Infinity : gradient(x, g))));
            return [values, held(opt)];
          } finally {
            opt.dispose();
          }
        },
      ];
}

function* guards(d) {
  const rows = [
    [1, NaN, 3],
    [Infinity, 0, 0],
    [-1e308, 1e308, 1e308],
    [1e-300, 1e-300, 0],
    [3, 4, 0],
  ];
  for (const o of [
    { clipNorm: 1 },
    { clipNorm: 1, skipNonFinite: true },
    { skipNonFinite: true },
    { clipNorm: Infinity, clipValue: 2 },
    { clipNorm: 1, clipValue: 2 },
    {},
  ])
    yield [
      `odd gradients, ${JSON.stringify(o)}`,
      () =>
        ["f64", "f32"].map((dtype) => {
          const opt = d.optimizer([1, 2, 3], d.sgd({ lr: 0.1 }), { ...o, dtype });
          try {
            return rows.map((row) => {
              opt.grads.set(row);
              return [attempt(() => opt.step() ?? "stepped"), opt.gradNorm, held(opt)];
            });
          } finally {
            opt.dispose();
          }
        }),
    ];
  const vectors = [
    [3, 4],
    [0, 0],
    [1e-200, 1e-200],
    [1e200, 1e200],
    [1e-140, 3e-140],
    [-Infinity, 1],
    [NaN, 1],
    [1e154, 1e154],
    [],
  ];
  yield [
    "clipValue",
    () =>
      [0, 1, 3.5, Infinity].map((limit) =>
        vectors.map((v) => {
          const g = [...v];
          d.clipValue(g, limit);
          return g;
        }),
      ),
  ];
  for (const norm of [1, 2, Infinity])
    yield [
      `clipNorm ${norm}`,
      () =>
        [0, 1, 5, 1e-3, Infinity].map((limit) =>
          vectors.map((v) => {
            const g = [Float64Array.from(v), Float32Array.from(v), [...v]];
            return [d.clipNorm(g, limit, { norm }), g, d.clipNorm([...v], limit, { norm })];
          }),
        ),
    ];
}

function* averages(d) {
  const kinds = [
    { kind: "polyak" },
    { kind: "polyak", start: 3 },
    { kind: "polyak", window: 1 },
    { kind: "polyak", window: 4 },
    { kind: "polyak", window: 4, start: 2 },
    { kind: "polyak", window: Infinity },
    { kind: "ema", decay: 0.9 },
    { kind: "ema", decay: 0 },
  ];
  for (const o of kinds)
    yield [
      `average ${Object.values(o).join(" ")}`,
      () =>
        ["f64", "f32"].flatMap((dtype) =>
          [1, 3, 6].map((n) => {
            const opt = d.optimizer(start(n), d.sgd({ lr: 0.03 }), { dtype });
            const mean = d.average(opt, o);
            try {
              const seen = [];
              for (let t = 0; t < 11; t++) {
                gradient(opt.params, opt.grads);
                opt.step();
                mean.update();
                seen.push(mean.params.slice(), mean.count);
                if (t === 6) {
                  mean.swap();
                  seen.push(
                    opt.params.slice(),
                    mean.params.slice(),
                    attempt(() => opt.step()),
                    attempt(() => mean.update()),
                  );
                  mean.swap();
                }
              }
              return [seen, held(opt)];
            } finally {
              mean.dispose();
              opt.dispose();
            }
          }),
        ),
    ];
}

function* schedules(d) {
  const s = d.schedules;
  // biome-ignore lint/suspicious/noThenProperty: it is the name of an option.
  const warmup = (rise, after) => s.warmup({ ...rise, then: after });
  const at = [0, 1, 2, 3, 4, 5, 7, 9, 10, 11, 19, 20, 21, 35, 50, 99, 100, 101, 1000, 4001];
  const made = {
    constant: () => s.constant({ lr: 0.1 }),
    "constant warmed": () => s.constant({ lr: 0.1, factor: 0.2, steps: 5 }),
    piecewiseLinear: () => s.piecewiseLinear({ from: 0.1, to: 0.7, steps: 10 }),
    "piecewiseLinear of none": () => s.piecewiseLinear({ from: 0.1, to: 0.7, steps: 0 }),
    momentumWarming: () => s.momentumWarming({ from: 0.5, to: 0.99, steps: 20 }),
    exponential: () => s.exponential({ lr: 0.1, gamma: 0.9 }),
    step: () => s.step({ lr: 0.1, every: 5, gamma: 0.5 }),
    multiStep: () => s.multiStep({ lr: 0.1, milestones: [2, 5, 5, 20], gamma: 0.3 }),
    cosine: () => s.cosine({ lr: 0.1, steps: 20 }),
    "cosine with a floor": () => s.cosine({ lr: 0.1, steps: 20, min: 0.01 }),
    "cosine held": () => s.cosine({ lr: 0.1, steps: 20, min: 0.01, hold: true }),
    cosineRestarts: () => s.cosineRestarts({ lr: 0.1, period: 7 }),
    "cosineRestarts longer": () => s.cosineRestarts({ lr: 0.1, period: 3, mult: 2, min: 0.02 }),
    polynomial: () => s.polynomial({ lr: 0.1, steps: 20 }),
    "polynomial of power": () => s.polynomial({ lr: 0.1, steps: 20, power: 2.5 }),
    robbinsMonro: () => s.robbinsMonro({ lr: 0.1 }),
    "robbinsMonro of power": () => s.robbinsMonro({ lr: 0.1, power: 0.6 }),
    warmup: () => warmup({ from: 0, to: 0.1, steps: 10 }, s.cosine({ lr: 0.1, steps: 20 })),
    "warmup to a number": () => warmup({ from: 0.01, to: 0.1, steps: 4 }, 0.05),
    sequence: () =>
      s.sequence([
        [5, s.constant({ lr: 0.1 })],
        [0, s.constant({ lr: 9 })],
        [10, s.piecewiseLinear({ from: 0, to: 1, steps: 10 })],
        [Infinity, s.exponential({ lr: 1, gamma: 0.5 })],
      ]),
    oneCycle: () => s.oneCycle({ max: 0.1, steps: 50 }),
    "oneCycle linear": () =>
      s.oneCycle({ max: 0.1, steps: 50, anneal: "linear", rise: 0.4, divFactor: 10, finalDivFactor: 100 }),
    "oneCycle in three phases": () =>
      s.oneCycle({ max: 0.1, steps: 50, threePhase: true, momentumMin: 0.7, momentumMax: 0.9 }),
    "oneCycle of one": () => s.oneCycle({ max: 0.1, steps: 1 }),
    cyclic: () => s.cyclic({ min: 0.01, max: 0.1, up: 10 }),
    "cyclic by default": () => s.cyclic({ min: 0.01, max: 0.1 }),
    "cyclic triangular2": () => s.cyclic({ min: 0.01, max: 0.1, up: 5, down: 15, mode: "triangular2" }),
    "cyclic expRange": () =>
      s.cyclic({
        min: 0.01,
        max: 0.1,
        up: 10,
        mode: "expRange",
        gamma: 0.99,
        momentumMin: 0.5,
        momentumMax: 0.95,
      }),
  };
  for (const [name, make] of Object.entries(made))
    yield [
      `schedule ${name}`,
      () => {
        const schedule = make();
        return [at.map(schedule), schedule.momentum ? at.map(schedule.momentum) : [], schedule.warnings];
      },
    ];
  yield [
    "robbinsMonro warns",
    () => {
      const { warn } = console;
      console.warn = () => {};
      try {
        return [0, 0.4, 0.5, 0.50001, 1, 1.00001, 2].map(
          (power) => s.robbinsMonro({ lr: 0.1, power }).warnings,
        );
      } finally {
        console.warn = warn;
      }
    },
  ];
  yield [
    "a cycle of rate and momentum",
    () => {
      const cycle = s.oneCycle({ max: 0.02, steps: 12 });
      return steps(d, d.sgd({ lr: cycle, momentum: cycle.momentum }), 5, 12);
    },
  ];
}

function* plateaus(d) {
  const courses = {
    falling: [5, 4, 3, 2, 1, 0.5, 0.4, 0.3],
    flat: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    rising: [1, 2, 3, 4, 5, 6, 7, 8, 9],
    creeping: [1, 0.99995, 0.9999, 0.9998, 0.99, 0.98995, 0.9895],
    odd: [NaN, Infinity, 3, NaN, -Infinity, -Infinity, 2, 1],
    negative: [-1, -1.00005, -1.001, -2, -2, -2, -1],
  };
  const all = [
    {},
    { patience: 0 },
    { patience: 2, factor: 0.5 },
    { patience: 1, cooldown: 2 },
    { patience: 0, cooldown: Infinity },
    { patience: 0, min: 0.03 },
    { patience: 0, eps: 0.05 },
    { patience: 0, eps: 0.1 - 0.1 * 0.1 },
    { patience: 0, threshold: 0.1 },
    { patience: 0, threshold: 0.1, thresholdMode: "absolute" },
    { patience: 0, mode: "max" },
    { patience: 0, mode: "max", thresholdMode: "absolute", threshold: 1 },
    { patience: Infinity },
  ];
  for (const o of all)
    yield [
      `plateau ${JSON.stringify(o)}`,
      () =>
        Object.values(courses).map((course) => {
          const p = d.reduceOnPlateau({ lr: 0.1, ...o });
          const seen = course.map((v) => [p.report(v), p.state()]);
          const q = d.reduceOnPlateau({ lr: 0.1, ...o });
          q.restore(JSON.parse(JSON.stringify(p.state())));
          return [seen, q.report(0.1), q.lr, q.state()];
        }),
    ];
  yield [
    "a rule on a plateau",
    () => {
      const p = d.schedules.reduceOnPlateau({ lr: 0.05, patience: 1, factor: 0.5 });
      return steps(d, d.adam({ lr: p }), 4, 9, {}, () => p.report(1));
    },
  ];
}

function* analyses(d) {
  const diagonal = (c) => (v, out) => {
    for (let i = 0; i < c.length; i++) out[i] = c[i] * v[i];
  };
  const curvatures = {
    definite: [1, 2, 3, 4, 100],
    indefinite: [-1, 2, 0.5],
    flat: [0, 0, 0],
    alike: [3, 3, 3, 3],
    one: [2],
    negative: [-5, -1],
    wide: Array.from({ length: 40 }, (_, i) => 1 + i * i),
    graded: [1e-12, 1, 1e12],
  };
  for (const [name, c] of Object.entries(curvatures))
    yield [
      `stepAnalysis ${name}`,
      () =>
        [
          {},
          { products: 1 },
          { products: 3 },
          { seed: 5 },
          { tolerance: 0 },
          { tolerance: 1e-2 },
          { products: 100 },
        ].map((o) => {
          const a = d.stepAnalysis(
            c.map((_, i) => 1 + (i % 3)),
            diagonal(c),
            o,
          );
          return [a, a.predict(0.1), a.predict(a.bestLr === Infinity ? 1 : a.bestLr)];
        }),
    ];
  yield ["stepAnalysis at a minimum", () => d.stepAnalysis([0, 0], diagonal([1, 4]))];
}

function mistakes(d) {
  const rule = d.sgd({ lr: 0.1 });
  const opt =
    (call, o = {}, r = rule) =>
    () => {
      const made = d.optimizer([1, 2, 3], r, o);
      try {
        return call(made);
      } finally {
        made.dispose();
      }
    };
  const s = d.schedules;
  return {
    "no rule": () => d.optimizer([1], {}),
    "a factory": () => attempt(() => d.optimizer([1], d.adam)).replace(/function.*\(call/, "function (call"),
    "no parameters": () => d.optimizer([], rule),
    "a NaN": () => d.optimizer([1, NaN], rule),
    "beyond f32": () => d.optimizer([1e39], rule, { dtype: "f32" }),
    dtype: () => d.optimizer([1], rule, { dtype: "f16" }),
    "an unknown option": () => d.optimizer([1], rule, { lr: 1 }),
    betas: () => d.adam({ betas: [0.9, 0.99] }),
    "learning rate": () => d.adam({ learningRate: 1 }),
    decay: () => d.rmsprop({ decay: 0.9 }),
    "rho of adam": () => d.adam({ rho: 0.9 }),
    lr: () => d.sgd({ lr: -1 }),
    "lr that is none": () => d.sgd({ lr: "1" }),
    momentum: () => d.sgd({ momentum: 1.5 }),
    nesterov: () => d.sgd({ nesterov: true }),
    "nesterov of a kind": () => d.sgd({ momentum: 0.9, nesterov: "ahead" }),
    "amsgrad without": () => d.amsgrad({ amsgrad: false }),
    "amsgrad of a number": () => d.adam({ amsgrad: 1 }),
    "stepMin above": () => d.rprop({ stepMin: 60 }),
    etaPlus: () => d.rprop({ etaPlus: 1 }),
    "groups that are none": () => d.optimizer([1], rule, { groups: {} }),
    "a group that is none": () => d.optimizer([1], rule, { groups: [3] }),
    "groups that overlap": () =>
      d.optimizer([1, 2, 3], rule, {
        groups: [
          { start: 1, end: 3 },
          { start: 0, end: 2 },
        ],
      }),
    "a group beyond": () => d.optimizer([1, 2], rule, { groups: [{ start: 1, end: 3 }] }),
    "a group of an option": () => d.optimizer([1, 2], rule, { groups: [{ start: 0, end: 1, beta1: 0.5 }] }),
    clipNorm: () => d.optimizer([1], rule, { clipNorm: 0 }),
    maximize: () => d.optimizer([1], rule, { maximize: 1 }),
    skipNonFinite: () => d.optimizer([1], rule, { skipNonFinite: 1 }),
    "configure of a name": opt((o) => o.configure({ beta1: 1 })),
    "configure of a group": opt((o) => o.configure({ lr: 1 }, 0)),
    "configure that needs a vector": opt((o) => o.configure({ momentum: 0.9 })),
    vector: opt((o) => o.vector("m")),
    "vector of adam": opt((o) => o.vector("v").length + o.vector("w").length, {}, d.adam()),
    "a closure that is none": opt((o) => o.step(3)),
    "a loss that is none": opt((o) => o.step(() => "1")),
    "a step within a closure": opt((o) => o.step(() => o.step())),
    "a step within a schedule": () => {
      const made = d.optimizer([1], d.sgd({ lr: (t) => (t === 0 ? 1 : made.step()) }));
      try {
        made.step();
        return made.step();
      } finally {
        made.dispose();
      }
    },
    "lookahead without a closure": opt((o) => o.step(), {}, d.sgd({ momentum: 0.9, nesterov: "lookahead" })),
    "a schedule that gives none": opt((o) => o.step(), {}, d.sgd({ lr: (t) => (t === 0 ? NaN : 1) })),
    "a momentum above 1": () => {
      const made = d.optimizer([1], d.sgd({ momentum: () => 2 }));
      made.dispose();
    },
    "no state": opt((o) => o.restore({})),
    "a state of another rule": opt((o) => {
      const other = d.optimizer([1, 2, 3], d.adam());
      try {
        return o.restore(other.state());
      } finally {
        other.dispose();
      }
    }),
    "a state of another length": opt((o) => {
      const other = d.optimizer([1, 2], rule);
      try {
        return o.restore(other.state());
      } finally {
        other.dispose();
      }
    }),
    disposed: () => {
      const made = d.optimizer([1], rule);
      made.dispose();
      made.step();
    },
    "average of none": () => d.average({}, { kind: "ema", decay: 0.5 }),
    "average of a kind": opt((o) => d.average(o, { kind: "mean" })),
    "average without decay": opt((o) => d.average(o, { kind: "ema" })),
    window: opt((o) => d.average(o, { kind: "polyak", window: 0 })),
    "clip of frozen numbers": () => d.clipNorm(Object.freeze([3, 4]), 1),
    "clip to a norm": () => d.clipNorm([1], 1, { norm: 3 }),
    "clip below 0": () => d.clipValue([1], -1),
    "schedule of a number": () => s.cosine(3),
    "schedule without": () => s.cosine({ lr: 1 }),
    "schedule elsewhere": () => s.step({ lr: 1, stepSize: 3, gamma: 0.5 }),
    milestones: () => s.multiStep({ lr: 1, milestones: [3, 1], gamma: 0.5 }),
    "milestones that are none": () => s.multiStep({ lr: 1, milestones: 3, gamma: 0.5 }),
    "what comes after": () => s.warmup({ from: 0, to: 1, steps: 1, ...JSON.parse(`{"then":"x"}`) }),
    "a sequence of none": () => s.sequence([]),
    "a sequence of numbers": () => s.sequence([[1, 2]]),
    mode: () => s.cyclic({ min: 0, max: 1, mode: "square" }),
    "plateau without lr": () => d.reduceOnPlateau({}),
    factor: () => d.reduceOnPlateau({ lr: 1, factor: 1 }),
    "plateau of a word": () => d.reduceOnPlateau({ lr: 1 }).report("1"),
    "plateau of no state": () => d.reduceOnPlateau({ lr: 1 }).restore({ lr: 1 }),
    "analysis of nothing": () => d.stepAnalysis([], () => {}),
    "analysis of no function": () => d.stepAnalysis([1], 3),
    "analysis of a NaN": () => d.stepAnalysis([1], (_v, out) => void out.fill(NaN)),
    "analysis that returns": () => d.stepAnalysis([1], () => [1]),
    "analysis of promises": () => d.stepAnalysis([1], () => Promise.resolve()),
  };
}

/** Numbers are shuffled and drawn for the random orders of batches elsewhere; here the noise of a gradient. */
function* noisy(d) {
  for (const name of rules)
    yield [
      `${name} of a noisy gradient`,
      () => {
        const next = draws(3);
        const opt = d.optimizer(start(4), d[name]({ lr: 0.02 }));
        try {
          for (let t = 0; t < 60; t++) {
            gradient(opt.params, opt.grads);
            for (let i = 0; i < 4; i++) opt.grads[i] += next();
            opt.step();
          }
          return held(opt);
        } finally {
          opt.dispose();
        }
      },
    ];
}

export function* cases(d) {
  yield* everyRule(d);
  yield* lookahead(d);
  yield* guards(d);
  yield* averages(d);
  yield* schedules(d);
  yield* plateaus(d);
  yield* analyses(d);
  yield* noisy(d);
  yield* wrong(mistakes(d));
}
