// Every first-order rule with every option in both precisions; guards, groups, schedules, averages, plateaus, states.
import { draws } from "./numbers.js";
import { attempt } from "./several.js";

export const rules = [
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
export function gradient(x, g) {
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

export const start = (n) => Array.from({ length: n }, (_, i) => ((i * 7) % 5) / 2 - 1);

/** What an optimizer holds after some steps: its parameters, vectors, counts and state. */
export function held(opt) {
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

export function steps(d, rule, n, count, options = {}, each = () => {}) {
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
  yield* noisy(d);
}
