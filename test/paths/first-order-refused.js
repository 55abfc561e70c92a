// Calls of rules, schedules and optimizers that are wrong: each line is the message.
import { wrong } from "./numbers.js";
import { attempt } from "./several.js";

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

export function* cases(d) {
  yield* wrong(mistakes(d));
}
