// The end of a search of a smooth function: lbfgs from the lowest point, over the continuous variables, within the box; a task within
// that of the search, under what is left of its budget.

import { run, runAsync } from "../driver/run.js";
import type { Call } from "../driver/task.js";
import type { Watch } from "../driver/watch.js";
import { Minimisation } from "../minimize/minimisation.js";
import type { MinimizeResult } from "../minimize/result.js";
import { inputOf } from "../minimize/settings.js";
import type { Best } from "./best.js";
import type { GlobalInput } from "./settings.js";

type FunGrad = (x: Float64Array, g: Float64Array) => number | PromiseLike<number>;

/** The call that polishes, or null where there is nothing to be moved. `keep` takes the gradient at the end. */
export function polishCall(
  { where, evaluator, variables, limits, constraints }: GlobalInput,
  best: Best,
  watch: Watch,
  keep: (grad: Float64Array) => void,
): Call | null {
  const { smooth } = evaluator;
  const free = variables.plain;
  const left = watch.left.maxEvaluations;
  if (!smooth || free.length === 0 || constraints || variables.names || !(left >= 1)) return null;
  const parts = smooth as {
    fun?: (x: Float64Array) => number;
    grad?: (x: Float64Array, g: Float64Array) => void;
    funGrad?: FunGrad;
  };
  const x = best.x.slice();
  const g = new Float64Array(variables.count);
  const place = (v: Float64Array): Float64Array => {
    free.forEach((j, k) => {
      x[j] = v[k]!;
    });
    return x;
  };
  const gather = (out: Float64Array): void => {
    for (let k = 0; k < free.length; k++) out[k] = g[free[k]!]!;
  };
  const funGrad = parts.funGrad
    ? (v: Float64Array, out: Float64Array) => {
        const value = parts.funGrad!(place(v), g);
        if (typeof value === "number") {
          gather(out);
          return value;
        }
        return value.then((late) => {
          gather(out);
          return late;
        });
      }
    : undefined;
  const objective = funGrad
    ? { funGrad: funGrad as (v: Float64Array, out: Float64Array) => number }
    : {
        fun: (v: Float64Array) => parts.fun!(place(v)),
        grad: (v: Float64Array, out: Float64Array) => {
          parts.grad!(place(v), g);
          gather(out);
        },
      };
  const pick = (from: Float64Array) => Float64Array.from(free, (j) => from[j]!);
  const bounds = { lower: pick(variables.lower), upper: pick(variables.upper) };
  const { signal, runtime } = limits;
  const given = inputOf(where, objective, pick(best.x), { bounds, signal, runtime });
  const take = ({ x: end, fun, grad, nfev, njev }: MinimizeResult): void => {
    watch.nfev += nfev;
    watch.njev += njev;
    if (!(fun <= best.fun)) return;
    best.replace(place(end), fun);
    const full = new Float64Array(variables.count);
    free.forEach((j, k) => {
      full[j] = grad[k]!;
    });
    keep(full);
  };
  // Under the limits, the clock and the signal of the search; its iterations are nobody's generations.
  const within = { watch, maxIterations: given.maxIterations, silent: true };
  return {
    kind: "call",
    cost: () => 1,
    run: () => {
      const task = new Minimisation(given, within);
      if (watch.clock) return runAsync(task).then(take);
      take(run(task));
      return undefined;
    },
  };
}
