// Who may run: every first-order rule, the methods with curvature, those without a gradient, and the searches of a box.

import * as downhill from "downhill";
import { type MethodInfo, methods } from "./entrants.js";

type Rule = ReturnType<typeof downhill.sgd>;

export interface Settings {
  /** Factor on the rate that suits the rule. */
  readonly rate: number;
  readonly momentum: number;
  readonly schedule: string;
  readonly budget: number;
}

function scheduled(lr: number, { schedule, budget }: Settings): number | ((step: number) => number) {
  const { schedules } = downhill;
  switch (schedule) {
    case "cosine":
      return schedules.cosine({ lr, steps: budget, hold: true });
    case "exponential":
      return schedules.exponential({ lr, gamma: 0.01 ** (1 / budget) });
    case "robbinsMonro":
      return schedules.robbinsMonro({ lr, power: 0.6 });
    case "oneCycle":
      return schedules.oneCycle({ max: lr, steps: budget + 1 });
    case "warmup":
      // biome-ignore lint/suspicious/noThenProperty: the option is called so
      return schedules.warmup({ from: lr / 20, to: lr, steps: Math.ceil(budget / 10), then: lr });
    default:
      return lr;
  }
}

/** The rule with its rate, momentum and schedule. */
export function ruleOf(info: MethodInfo, settings: Settings): Rule {
  const lr = scheduled((info.lr ?? 1e-3) * settings.rate, settings);
  const m = settings.momentum;
  switch (info.id) {
    case "momentum":
      return downhill.sgd({ lr, momentum: m });
    case "nesterov":
      return downhill.sgd({ lr, momentum: Math.max(m, 1e-9), nesterov: true });
    case "sgd":
      return downhill.sgd({ lr });
    // Once the first twentieth of the steps has brought it near; without the decay of PyTorch's ASGD, which moves the minimum.
    case "asgd":
      return downhill.asgd({ lr, lambda: 0, t0: settings.budget / 20 });
    default: {
      const withMoment = MOMENT[info.id];
      return withMoment ? withMoment({ lr, beta1: m }) : PLAIN[info.id]!({ lr });
    }
  }
}
type Lr = number | ((step: number) => number);
const MOMENT: Readonly<Record<string, (options: { lr: Lr; beta1: number }) => Rule>> = {
  adam: downhill.adam,
  adamw: downhill.adamw,
  adamax: downhill.adamax,
  nadam: downhill.nadam,
  radam: downhill.radam,
  amsgrad: downhill.amsgrad,
  lion: downhill.lion,
};
const PLAIN: Readonly<Record<string, (options: { lr: Lr }) => Rule>> = {
  adagrad: downhill.adagrad,
  adadelta: downhill.adadelta,
  rmsprop: downhill.rmsprop,
  rprop: downhill.rprop,
  deltaBarDelta: downhill.deltaBarDelta,
};

export const infoOf = (id: string): MethodInfo => methods.find((m) => m.id === id)!;
