// Which layer is to be named when something cannot go on.

import { DownhillError } from "../runtime/errors.js";
import type { Body } from "./body.js";

/** The first layer whose output has a NaN or an infinity for the batch in the arena; "loss" when none has. */
export function firstBad(body: Body, m: number): string {
  for (const { plan } of body.stages) {
    if (body.kernels.firstNonFinite(m * plan.outputs, body.valueAt(plan.index)) >= 0) return plan.name;
  }
  return "loss";
}

/** The first layer on the way back whose gradient has a NaN or an infinity. */
export function firstBadGradient(body: Body): string {
  const { grads, kernels } = body;
  for (const { name, params } of [...body.plan.stages].reverse()) {
    const bad = params.some(
      ({ offset, length }) =>
        kernels.firstNonFinite(length, grads.byteOffset + offset * grads.BYTES_PER_ELEMENT) >= 0,
    );
    if (bad) return name;
  }
  return "loss";
}

/** The layer that parameter i belongs to. */
export function ownerOf(body: Body, i: number): string {
  const stage = body.plan.stages.find(({ params }) =>
    params.some(({ offset, length }) => i >= offset && i < offset + length),
  );
  return stage?.name ?? "loss";
}

export function lonely(where: string, body: Body, argument: string): DownhillError {
  const name = body.stages.find((stage) => stage.batchStatistics)?.plan.name;
  // Only forward is told the mode.
  const mode = where === "forward" ? ', or mode "eval"' : "";
  return new DownhillError(
    "SHAPE",
    `${where}: ${name} cannot train on a batch of one sample: it has no variance`,
    {
      hint: argument === "batchSize" ? "use a batchSize of two or more" : `use two or more samples${mode}`,
      details: { layer: name, argument },
    },
  );
}
