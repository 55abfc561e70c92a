// Whether a stationary point of a program is no minimum: the second-order test of the methods, at any point, from the functions alone.

import type { Measure } from "../../driver/task.js";
import { Watch } from "../../driver/watch.js";
import { Evaluator } from "./evaluator.js";
import { measuredSlope } from "./measured-slope.js";
import type { NonlinearProgram } from "./problem.js";
import { lagrangianOf, secondOrder } from "./second-order.js";
import { type ConstrainedEnd, kktMeasure, ProgramSolve } from "./solve.js";
import { densified } from "./sparsity.js";

/** More variables take too long, full as the matrices are. */
const MOST = 100;

/** `below`: f of what counts as lower. "minimum" says no more than that nothing speaks against it; else a lower feasible point, where one was found. */
export function beside(
  given: NonlinearProgram,
  x: Float64Array,
  y: Float64Array,
  z: Float64Array,
  below: number,
): { fun: number; x: Float64Array } | "saddle" | "minimum" {
  if (given.n > MOST) return "minimum";
  const program = densified("verify", given);
  const watch = new Watch("verify", {}, [kktMeasure()], 1);
  const solve = new ProgramSolve(
    new Evaluator(program, watch, true),
    { gradTol: 1e-8, feasTol: 1e-6 },
    watch,
  );
  solve.here.x.set(x);
  solve.y.set(y);
  solve.z.set(z);
  (watch.measures[0] as Measure<ConstrainedEnd>).value = 0;
  const work = (function* () {
    yield solve.values(solve.here);
    yield solve.derivatives(solve.here);
    const slope = solve.evaluator.exactFirst ? null : yield* measuredSlope(solve, lagrangianOf(solve));
    return yield* secondOrder(solve, slope);
  })();
  let next = work.next();
  for (; !next.done; next = work.next()) if (next.value.kind === "call") next.value.run();
  if (next.value !== "left") return next.value;
  if (!(solve.here.f < below)) return "minimum";
  return { fun: solve.here.f, x: solve.here.x };
}
