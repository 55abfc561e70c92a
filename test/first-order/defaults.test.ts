// The defaults of every rule: PyTorch's, as its documentation gives them (torch.optim, version 2.7), and for the rest the papers'.
import { expect, test } from "vitest";
import * as downhill from "../../src/index.js";

const adam = { lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0 };
const documented = {
  sgd: { lr: 1e-3, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false },
  adam: { ...adam, amsgrad: false },
  adamw: { ...adam, weightDecay: 1e-2, amsgrad: false },
  amsgrad: { ...adam, amsgrad: true },
  adamax: { ...adam, lr: 2e-3 },
  nadam: { ...adam, lr: 2e-3, momentumDecay: 4e-3 },
  radam: adam,
  rmsprop: { lr: 1e-2, alpha: 0.99, eps: 1e-8, weightDecay: 0, momentum: 0, centered: false },
  adagrad: { lr: 1e-2, lrDecay: 0, weightDecay: 0, initialAccumulator: 0, eps: 1e-10 },
  adadelta: { lr: 1, rho: 0.9, eps: 1e-6, weightDecay: 0 },
  asgd: { lr: 1e-2, lambda: 1e-4, alpha: 0.75, t0: 1e6, weightDecay: 0 },
  rprop: { lr: 1e-2, etaMinus: 0.5, etaPlus: 1.2, stepMin: 1e-6, stepMax: 50 },
  // Chen et al. 2023, algorithm 2.
  lion: { lr: 1e-4, beta1: 0.9, beta2: 0.99, weightDecay: 0 },
} as const;

test.each(Object.entries(documented))("%s", (name, options) => {
  expect(downhill[name as keyof typeof documented]().options).toEqual(options);
});
