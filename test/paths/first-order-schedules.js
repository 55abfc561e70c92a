// Rates by schedules and plateaus, averages of iterates, and analyses of a gradient.
import { gradient, held, start, steps } from "./first-order.js";
import { attempt } from "./several.js";

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

export function* cases(d) {
  yield* averages(d);
  yield* schedules(d);
  yield* plateaus(d);
  yield* analyses(d);
}
