// The blocks of memory a network needs, by name.

import type { WorkspaceSpec } from "../runtime/workspace.js";
import { bytesOf, type DType, type Kernels } from "./kernels.js";
import type { Plan } from "./plan.js";

/** Parameters, gradients, statistics, and copies to go back to. */
export type ModelVector = "params" | "grads" | "kept" | "buffers" | "keptBuffers";
export type ModelSpec = WorkspaceSpec<ModelVector, ModelVector, never>;

/** Outputs of stage i are `y${i}`, its own numbers `own${i}`. */
export type ArenaVector = "input" | "grad" | "partner" | "targets" | "work" | `y${number}` | `own${number}`;
export type ArenaSpec = WorkspaceSpec<ArenaVector, ArenaVector, "labels">;

export function modelSpec(plan: Plan, dtype: DType): ModelSpec {
  const { paramCount: p, bufferCount: b } = plan;
  const sizes = { params: p, grads: p, kept: p, buffers: b, keptBuffers: b };
  return { key: `nn.model.${dtype}.${p}.${b}`, [dtype]: sizes };
}

/** What a batch of so many rows needs: input, outputs and own numbers of every stage, gradients, targets, workspace. */
export function arenaSpec(plan: Plan, dtype: DType, rows: number, kernels: Kernels): ArenaSpec {
  const { inputs, outputs, stages } = plan;
  const sizes: { [name in ArenaVector]?: number } = { input: rows * inputs };
  let widest = Math.max(inputs, outputs);
  let work = 16;
  for (const { inputs: k, outputs: n, index, layer } of stages) {
    const { definition, options } = layer;
    sizes[`y${index}`] = rows * n;
    const own = definition.saved?.(options, rows, k, n) ?? 0;
    if (own > 0) sizes[`own${index}`] = own;
    widest = Math.max(widest, n);
    work = Math.max(work, definition.work?.(kernels, bytesOf(dtype), rows, k, n) ?? 0);
  }
  Object.assign(sizes, { grad: rows * widest, partner: rows * widest, targets: rows * outputs });
  sizes.work = Math.ceil(work / bytesOf(dtype));
  return {
    key: `nn.arena.${dtype}.${rows}.${Object.entries(sizes)}`,
    [dtype]: sizes as Record<ArenaVector, number>,
    i32: { labels: rows },
  };
}
