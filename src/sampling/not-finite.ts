// What is said of a start at which the density, or its gradient, is not finite: where, and by which parameter.

import { calledWith } from "../driver/called.js";
import type { Target } from "./target.js";

export function notFinite(
  target: Target,
  chain: number,
  q: Float64Array,
  value: number,
  gradient: Float64Array | null,
  tries: number,
): string {
  const x = new Float64Array(target.size);
  target.constrain(q, x);
  const point = target.names.map((name, i) => `${name} = ${Number(x[i]!.toPrecision(6))}`).join(", ");
  const tried = tries > 1 ? `, the last of ${tries} tried` : "";
  if (value === -Infinity) {
    const called = calledWith(target.function, "");
    return `the log density is not finite at the start of chain ${chain}${tried}: ${point}${called && `; ${called}`}`;
  }
  const bad = target.names.filter((_, i) => gradient && !Number.isFinite(gradient[i]));
  return `the gradient by ${bad.join(", ")} is not finite at the start of chain ${chain}${tried}: ${point}`;
}
