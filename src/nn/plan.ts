// From a list of layers to named stages with shapes: what must fit together is checked here, before anything is allocated.

import { DownhillError } from "../runtime/errors.js";
import type { Layer } from "./layers.js";

/** A piece of the flat vector of parameters (or of statistics). */
export interface Tensor {
  readonly name: "weight" | "bias" | "runningMean" | "runningVar";
  readonly shape: readonly number[];
  readonly offset: number;
  readonly length: number;
}

export interface StagePlan {
  readonly layer: Layer;
  readonly index: number;
  /** Kind and number among its kind: dense1, batchNorm1, dense2. */
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  /** Parts of `params`. */
  readonly params: readonly Tensor[];
  /** Parts of the running statistics. */
  readonly buffers: readonly Tensor[];
}

export interface Plan {
  readonly inputs: number;
  readonly outputs: number;
  readonly stages: readonly StagePlan[];
  readonly paramCount: number;
  readonly bufferCount: number;
}

export function planOf(where: string, inputs: number, layers: readonly Layer[]): Plan {
  const stages: StagePlan[] = [];
  const counts: Record<string, number> = {};
  let width = inputs;
  let from = "the network's inputs";
  let paramCount = 0;
  let bufferCount = 0;
  for (const [index, layer] of layers.entries()) {
    const { kind } = layer;
    counts[kind] = (counts[kind] ?? 0) + 1;
    const name = `${kind}${counts[kind]}`;
    const outputs = layer.kind === "dense" ? layer.options.units : width;
    const expected = "inputs" in layer.options ? layer.options.inputs : 0;
    if (expected !== 0 && expected !== width) {
      throw new DownhillError(
        "SHAPE",
        `${where}: layer ${index} (${name}) is made for ${expected} inputs, but ${from} gives ${width}`,
        { details: { layer: name, index, inputs: width, expected } },
      );
    }
    const params: Tensor[] = [];
    const buffers: Tensor[] = [];
    const param = (tensor: "weight" | "bias", shape: number[]) => {
      const length = shape.reduce((a, b) => a * b, 1);
      params.push({ name: tensor, shape, offset: paramCount, length });
      paramCount += length;
    };
    if (layer.kind === "dense") {
      param("weight", [width, outputs]);
      if (layer.options.bias) param("bias", [outputs]);
    } else if (layer.kind === "batchNorm") {
      if (layer.options.affine) {
        param("weight", [width]);
        param("bias", [width]);
      }
      for (const tensor of ["runningMean", "runningVar"] as const) {
        buffers.push({ name: tensor, shape: [width], offset: bufferCount, length: width });
        bufferCount += width;
      }
    }
    stages.push({ layer, index, name, inputs: width, outputs, params, buffers });
    width = outputs;
    from = name;
  }
  if (paramCount > 2 ** 28) {
    throw new DownhillError("SHAPE", `${where}: ${paramCount} parameters are too many`, {
      details: { parameters: paramCount },
    });
  }
  return { inputs, outputs: width, stages, paramCount, bufferCount };
}
