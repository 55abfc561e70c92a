// The dual active-set method on a dense program, as a part of a run: the answer is what its measures say.

import type { Mark } from "../driver/task.js";
import type { Watch } from "../driver/watch.js";
import type { Runtime } from "../runtime/runtime.js";
import { beside } from "../runtime/workspace.js";
import { DenseCore } from "./dense-core.js";
import { DualSet } from "./dual-set.js";
import type { Program } from "./program.js";

/** Changes of the set over n + m at which it is given up. */
const PATIENCE = 20;
/** Measures at which nothing is left to correct, and corrections at most. */
const EXACT = 1e-13;
const CORRECTIONS = 3;

/**
 * Shows its point to `take`, which says how good it is. Returns multipliers that seem to contradict the rows, or null: the point is there,
 * or P is not positive definite, or the set did not settle.
 */
export function* dualRun(
  program: Program,
  runtime: Runtime | undefined,
  watch: Watch,
  take: (x: Float64Array, y: Float64Array) => number,
): Generator<Mark, Float64Array | null, void> {
  const { n, m } = program;
  const core = DenseCore.make(program, runtime);
  if (!core) return null;
  const set = beside(core, () => new DualSet(program, core, runtime));
  try {
    set.begin();
    for (let before = 0; ; ) {
      const left = Math.min(watch.maxIterations - watch.nit, watch.maxEvaluations - watch.nfev);
      const end = set.advance(Math.max(1, Math.min(1 + (n >> 3), left)));
      const { changes } = set;
      const iterations = Math.max(1, changes - before);
      before = changes;
      watch.nfev += iterations;
      if (end === "infeasible") return set.contradiction();
      if (end === "full" || changes > PATIENCE * (n + m)) return null;
      if (end === "solved") {
        set.finish();
        let value = take(set.x, set.y);
        for (let turn = 0; turn < CORRECTIONS && value > EXACT && set.correct(); turn++)
          value = take(set.x, set.y);
      }
      yield { kind: "iteration", iterations };
      if (end === "solved") return null;
    }
  } finally {
    set.release();
  }
}
