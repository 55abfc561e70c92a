// Every first-order rule as a method of minimize: one step of the rule an iteration, on the point itself; under
// bounds the point is projected after each step. The lowest point seen is the answer.

import { SHARED_SLOTS } from "../../abi/smooth.js";
import { ITERATION } from "../../driver/task.js";
import { optimizerAt } from "../../first-order/known-rules.js";
import type { Rule } from "../../first-order/rule.js";
import { DownhillError } from "../../runtime/errors.js";
import { begin } from "../begin.js";
import { DIVERGING, FAR, type MinimizeRun, NON_FINITE, type Solve } from "../solve.js";
import { configured, type MinimizeMethod } from "./types.js";

function* ruleRun(solve: Solve, rule: Rule): MinimizeRun {
  const { n, kernels: k, here, there, bounded } = solve;
  const { runtime } = solve.workspace;
  const { stepTol, funTol } = solve.tolerances;
  const small = stepTol > 0 || funTol > 0;
  const opt = optimizerAt({ runtime, x: here.xp, g: here.gp }, n, "f64", rule);
  try {
    if (solve.fresh) {
      const failure = yield* begin(solve);
      if (failure) return failure;
    } else if (solve.carried) opt.restore(solve.carried as Parameters<typeof opt.restore>[0]);
    solve.carry = opt;
    for (;;) {
      if (k.amaxF64(n, here.xp) > FAR * solve.scale) return DIVERGING;
      solve.keepHere();
      k.copyF64(n, here.xp, there.xp);
      if (small) k.copyF64(n, here.gp, there.gp);
      const before = here.f;
      opt.step();
      // Not a point to answer with before it has a value.
      here.f = Infinity;
      if (bounded) k.project(n, here.xp, solve.lower, solve.upper);
      solve.at = here;
      if (solve.exact) yield solve.both;
      else {
        yield solve.value;
        if (here.f - here.f === 0) yield solve.derivative;
      }
      const { f } = here;
      if (f === -Infinity) return DIVERGING;
      if (Number.isNaN(f)) here.f = Infinity;
      // A wall, unless that is far away.
      if (!(f < Infinity) || k.firstNonFinite(n, here.gp) >= 0)
        return k.amaxF64(n, here.xp) > FAR * solve.scale ? DIVERGING : NON_FINITE;
      solve.gradNorm = solve.gradientSize(here);
      solve.stepNorm = k.distance(n, here.xp, there.xp);
      const lowest = !(solve.kept.f < f);
      solve.step = stepTol > 0 && lowest ? k.relativeStep(n, here.xp, there.xp) : Infinity;
      // A step up is no sign of the end.
      const drop = before - f;
      const height = Math.max(Math.abs(f), Math.abs(before));
      solve.decrease = drop > 0 && lowest ? drop / height : Infinity;
      if (solve.step <= stepTol || solve.decrease <= funTol) solve.confirm(height);
      solve.gradient = lowest ? solve.gradNorm + solve.error : Infinity;
      solve.x = lowest ? here.x : solve.kept.x;
      solve.fun = lowest ? f : solve.kept.f;
      yield ITERATION;
    }
  } finally {
    solve.carry = null;
    opt.dispose();
  }
}

export function firstOrderMethod(rule: Rule): MinimizeMethod {
  if (rule.options.nesterov === "lookahead") {
    throw new DownhillError(
      "UNSUPPORTED",
      `${rule.name}: nesterov "lookahead" takes its gradient elsewhere`,
      {
        hint: "use nesterov: true here, or optimizer() with step(closure)",
        details: { option: "nesterov", value: "lookahead" },
      },
    );
  }
  const definition = {
    name: rule.name,
    bounds: true,
    iterations: () => 10000,
    vectors: () => ({ state: SHARED_SLOTS }),
    run: (solve: Solve) => ruleRun(solve, rule),
  };
  return configured(definition, {});
}
