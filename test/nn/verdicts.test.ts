// What diagnose() says of networks that have learned, whatever their schedule, and of those whose rate was too large.

import { describe, expect, test } from "vitest";
import {
  adam,
  batchNorm,
  dense,
  dropout,
  type Layer,
  network,
  type Rule,
  relu,
  schedules,
  sgd,
  tanh,
} from "../../src/index.js";

const N = 101;
const x = Array.from({ length: N }, (_, i) => [Math.sin(1.3 * i), Math.cos(0.7 * i)]);
const y = x.map(([a, b]) => Number(a! * b! > 0));

const EPOCHS = 100;
const STEPS = 4 * EPOCHS;
const rates = {
  constant: (lr: number) => lr,
  cosine: (lr: number) => schedules.cosine({ lr, steps: STEPS }),
  oneCycle: (lr: number) => schedules.oneCycle({ max: lr, steps: STEPS }),
  polynomial: (lr: number) => schedules.polynomial({ lr, steps: STEPS }),
  exponential: (lr: number) => schedules.exponential({ lr, gamma: 0.96 }),
};
const rules = {
  adam: (rate: keyof typeof rates) => adam({ lr: rates[rate](0.02) }),
  momentum: (rate: keyof typeof rates) => sgd({ lr: rates[rate](0.1), momentum: 0.9 }),
};

const trained = (layers: Layer[], seed: number, optimizer: Rule, epochs = EPOCHS) => {
  const net = network({ inputs: 2, layers, loss: "softmaxCrossEntropy", seed });
  try {
    net.fit(x, y, { epochs, optimizer });
    return { ...net.evaluate(x, y), diagnosis: net.diagnose() };
  } finally {
    net.dispose();
  }
};

describe("a network that has learned is healthy", () => {
  const kinds: Record<string, () => Layer[]> = {
    relu: () => [dense(16), relu(), dense(16), relu(), dense(2)],
    tanh: () => [dense(16), tanh(), dense(2)],
    dropout: () => [dense(32), relu(), dropout(0.5), dense(2)],
    "much dropout": () => [dense(16), relu(), dropout(0.9), dense(2)],
    batchNorm: () => [dense(16), batchNorm(), relu(), dense(2)],
  };
  for (const [kind, layers] of Object.entries(kinds))
    for (const [name, rule] of Object.entries(rules))
      test(`with ${kind} and ${name} under every schedule`, () => {
        let learned = 0;
        for (const rate of Object.keys(rates) as (keyof typeof rates)[])
          for (let seed = 0; seed < 4; seed++) {
            const { accuracy, diagnosis } = trained(layers(), seed, rule(rate));
            if (accuracy! < 0.93) continue;
            learned++;
            expect(`${rate} ${seed}: ${diagnosis.verdict}`).toBe(`${rate} ${seed}: healthy`);
          }
        expect(learned).toBeGreaterThan(4);
      });
});

test("a rate that spoiled the weights in the first epoch is named, however still it was afterwards", () => {
  for (const lr of [30, 100, 1000]) {
    const { diagnosis } = trained([dense(16), relu(), dense(2)], 1, sgd({ lr }), 20);
    expect(diagnosis.verdict).toMatch(/fast/);
    expect(diagnosis.verdict).not.toMatch(/slow/);
    const { message, evidence } = diagnosis.findings.find(({ kind }) => kind === "fast")!;
    expect(message).toMatch(/the learning rate is too large: the loss began with/);
    expect(evidence.loss).toBeGreaterThan(2 * Math.log(2));
  }
});

test("a rate that moves nothing is slow by every step", () => {
  const { diagnosis } = trained([dense(16), relu(), dense(2)], 1, sgd({ lr: 1e-9 }), 20);
  expect(diagnosis.verdict).toBe("slow, stuck");
});

test("features whose squares are below all numbers are ill-conditioned, constant ones are not", () => {
  const small = x.map(([a, b]) => [a! * 1e-170, b! * 1e-170]);
  const one = network({ inputs: 2, layers: [dense(2)], loss: "mse", dtype: "f64" });
  expect(one.diagnose(small, small).verdict).toMatch(/ill-conditioned/);
  expect(
    one.diagnose(
      x.map(() => [0.1, 0.7]),
      x,
    ).verdict,
  ).toBe("healthy");
  one.dispose();
});
