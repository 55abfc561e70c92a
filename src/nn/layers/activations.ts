// Activations: each is the number that its kernel knows it by, and what its derivative is taken from. The formulas stand in
// assembly/nn/activations.ts.

import { GELU, LEAKY_RELU, RELU, SIGMOID, SOFTPLUS, TANH } from "../../abi/nn.js";
import { number, type Options } from "../../first-order/rule.js";
import { factory, type Layer, type LayerDefinition, type LayerFactory } from "../layer.js";
import { Stage, type StageClass } from "../stage.js";

/** Their names, in the order of the kernel's numbers. */
export const activations = ["relu", "leakyRelu", "tanh", "sigmoid", "softplus", "gelu"] as const;
export type Activation = (typeof activations)[number];

/** `code`: the kernel's number. `from`: what backward takes, the output or the input. */
const stageOf = (code: number, from: "input" | "output"): StageClass =>
  class ActivationStage extends Stage {
    readonly #slope = this.option("slope");

    forward(m: number, x: number, y: number): void {
      this.kernels.activate(code, m * this.plan.outputs, x, y, this.#slope);
    }

    backward(m: number, x: number, y: number, dy: number, dx: number): void {
      if (dx === 0) return;
      const v = from === "input" ? x : y;
      this.kernels.activateBack(code, m * this.plan.outputs, v, dy, dx, this.#slope);
    }
  };

/** An activation without options. */
function activation(
  name: string,
  code: number,
  from: "input" | "output",
  traits: Pick<LayerDefinition, "rectifies" | "range"> = {},
): LayerFactory<() => Layer> {
  const definition: LayerDefinition = { name, options: {}, stage: stageOf(code, from), ...traits };
  return factory(definition, (make) => () => make());
}

/** max(x, 0). */
export const relu = /* @__PURE__ */ activation("relu", RELU, "output", {
  rectifies: true,
  range: "non-negative",
});

/** x for x > 0, slope x otherwise; slope 0.01. */
export const leakyRelu = /* @__PURE__ */ factory(
  {
    name: "leakyRelu",
    options: { slope: /* @__PURE__ */ number(0.01, { min: 0, exclusive: true }) } as Options,
    stage: /* @__PURE__ */ stageOf(LEAKY_RELU, "output"),
  },
  (make) =>
    (options: { slope?: number | undefined } = {}): Layer =>
      make(options),
);

/** The hyperbolic tangent. */
export const tanh = /* @__PURE__ */ activation("tanh", TANH, "output");

/** 1 / (1 + exp(-x)). */
export const sigmoid = /* @__PURE__ */ activation("sigmoid", SIGMOID, "output", { range: "probabilities" });

/** x Phi(x), Phi the normal distribution function: the exact form, not the one by tanh. */
export const gelu = /* @__PURE__ */ activation("gelu", GELU, "input");

/** log(1 + exp(x)). */
export const softplus = /* @__PURE__ */ activation("softplus", SOFTPLUS, "input", { range: "non-negative" });
