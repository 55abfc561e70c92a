// Densities: value and gradient at one point, or summed over data, and where there are no data at two points at once, one in each
// lane: what two chains ask for takes as long as what one does.

import { type EmitOptions, type Emitted, emit } from "./emit.js";
import type { Kernel, Reduction, Target } from "./loop.js";
import * as PARAMS from "./params.js";
import type { Program } from "./program.js";
import { reduction } from "./reduce.js";
import * as SIMD from "./simd.js";

/** Both lanes of each root. */
const lanes: Reduction = {
  ...reduction,
  point(body, writer, { roots, targets }) {
    for (const [i, root] of roots.entries()) {
      for (const [pointer, offset] of targets[i]!) {
        body.get(pointer);
        writer.push(root);
        body.memory(SIMD.store, 2 * offset);
      }
    }
  },
};

/**
 * Functions `value` and `gradient` as of `emitObjective`, and without data `pair`: the same with two numbers, side by side, for each one of
 * the parameters, the value and the gradient. Lane for lane the bits are those of `gradient`.
 */
export function emitDensity(program: Program, summed: boolean, options: EmitOptions = {}): Emitted {
  const roots = [program.value, ...program.first];
  const targets = roots.map((_, i): Target[] => [i === 0 ? [PARAMS.out, 0] : [PARAMS.jac, 8 * (i - 1)]]);
  const sink = summed ? "sum" : "point";
  const kernels: Kernel[] = [
    { name: "value", roots: roots.slice(0, 1), sink, targets: targets.slice(0, 1), reduction },
    { name: "gradient", roots, sink, targets, reduction },
  ];
  if (!summed) kernels.push({ name: "pair", roots, sink, targets, reduction: lanes, pair: true });
  return emit(kernels, options);
}
