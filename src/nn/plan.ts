// From a list of layers to named stages with shapes: what must fit together is checked here, before anything is allocated.

import { DownhillError } from "../runtime/errors.js";
import type { Layer, Shapes } from "./layer.js";

/** A piece of the flat vector of parameters (or of statistics). */
export interface Tensor {
  readonly name: string;
  readonly home: "params" | "statistics";
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

const endOf = (tensors: readonly Tensor[], start: number): number => {
  const last = tensors.at(-1);
  return last ? last.offset + last.length : start;
};

/** Tensors of these shapes, one after the other. */
function tensorsOf(home: Tensor["home"], shapes: Shapes = {}, start: number): Tensor[] {
  let offset = start;
  return Object.entries(shapes).map(([name, shape]) => {
    const length = shape.reduce((a, b) => a * b, 1);
    offset += length;
    return { name, home, shape, offset: offset - length, length };
  });
}

export function planOf(where: string, inputs: number, layers: readonly Layer[]): Plan {
  const stages: StagePlan[] = [];
  const counts: Record<string, number> = {};
  let width = inputs;
  let from = "the network has";
  let paramCount = 0;
  let bufferCount = 0;
  for (const [index, layer] of layers.entries()) {
    const { definition, options: o, kind } = layer;
    counts[kind] = (counts[kind] ?? 0) + 1;
    const name = `${kind}${counts[kind]}`;
    const expected = o.inputs ?? 0;
    if (expected !== 0 && expected !== width) {
      throw new DownhillError(
        "SHAPE",
        `${where}: layer ${index} (${name}) is made for ${expected} inputs, but ${from} ${width}`,
        { details: { layer: name, index, inputs: width, expected } },
      );
    }
    const outputs = definition.outputs?.(o, width) ?? width;
    const params = tensorsOf("params", definition.params?.(o, width, outputs), paramCount);
    const buffers = tensorsOf("statistics", definition.statistics?.(o, width, outputs), bufferCount);
    paramCount = endOf(params, paramCount);
    bufferCount = endOf(buffers, bufferCount);
    stages.push({ layer, index, name, inputs: width, outputs, params, buffers });
    width = outputs;
    from = `${name} gives`;
  }
  if (paramCount > 2 ** 28) {
    throw new DownhillError("SHAPE", `${where}: ${paramCount} parameters are too many`, {
      details: { parameters: paramCount },
    });
  }
  return { inputs, outputs: width, stages, paramCount, bufferCount };
}
