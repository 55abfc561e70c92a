// The blocks of memory a network needs, by name.

import type { WorkspaceSpec } from "../runtime/workspace.js";
import { bytesOf, type DType, type Kernels } from "./kernels.js";
import type { Plan } from "./plan.js";
import { ownNumbers } from "./stages.js";

/** Parameters, gradients, statistics, and copies to go back to. */
export function modelSpec(plan: Plan, dtype: DType): WorkspaceSpec {
  const { paramCount: p, bufferCount: b } = plan;
  const sizes = { params: p, grads: p, kept: p, buffers: b, keptBuffers: b };
  return { key: `nn.model.${dtype}.${p}.${b}`, [dtype]: sizes };
}

/** What a batch of so many rows needs: input, outputs and own numbers of every stage, gradients, targets, workspace. */
export function arenaSpec(plan: Plan, dtype: DType, rows: number, kernels: Kernels): WorkspaceSpec {
  const { inputs, outputs, stages } = plan;
  const sizes: Record<string, number> = { input: rows * inputs };
  let widest = Math.max(inputs, outputs);
  let work = 16;
  for (const stage of stages) {
    const { inputs: k, outputs: n, index } = stage;
    sizes[`y${index}`] = rows * n;
    const own = ownNumbers(stage, rows);
    if (own > 0) sizes[`own${index}`] = own;
    widest = Math.max(widest, n);
    if (stage.layer.kind !== "dense") work = Math.max(work, 3 * n * bytesOf(dtype));
    else {
      const products = [
        [rows, n, k],
        [k, n, rows],
        [rows, k, n],
      ] as const;
      for (const [a, b, c] of products) work = Math.max(work, kernels.productWork(a, b, c));
    }
  }
  Object.assign(sizes, { grad: rows * widest, partner: rows * widest, targets: rows * outputs });
  sizes.work = Math.ceil(work / bytesOf(dtype));
  const widths = stages.map(({ layer, outputs: n }) => `${layer.kind}${n}`);
  return {
    key: `nn.arena.${dtype}.${rows}.${inputs}.${widths}`,
    [dtype]: sizes,
    i32: { labels: rows },
  };
}
