// Starting values for models in JavaScript: a design between the bounds of the parameters.

import { CHECK } from "../driver/task.js";
import type { ExpressionReader, StartRequest } from "../least-squares/expression.js";
import { bindModel, needNow } from "../least-squares/model.js";
import type { Parameters } from "../least-squares/parameters.js";
import { type LeastSquaresSettings, lossNames } from "../least-squares/settings.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { design } from "./design.js";
import { lossOf } from "./robust-part.js";
import { logEvenly } from "./scales.js";
import type { Candidate } from "./search.js";
import type { Work } from "./searching.js";

/** Points of the design for a function, by the number of searched parameters. */
const POINTS_OF_FUNCTION = [1, 32, 128, 256, 512];

/** Points of a model in JavaScript: between bounds, its linear parameters unknown. */
export function* pointsOfFunction(
  { where, options, data, y, weights }: StartRequest,
  missing: readonly string[],
  parameters: Parameters,
  count: number | undefined,
  polisher: Pick<ExpressionReader, "read">,
  over: () => boolean,
): Work<Candidate[]> {
  const { names, free, init, lower, upper } = parameters;
  const { loss = "linear", lossScale = 1 } = options as Pick<LeastSquaresSettings, "loss" | "lossScale">;
  const open = free.filter((j) => upper[j]! - lower[j]! < Infinity);
  const unbounded = missing.find((name) => !open.includes(names.indexOf(name)));
  if (unbounded !== undefined || open.length === 0) {
    const name = unbounded ?? names[0]!;
    throw new DownhillError(
      "OPTION",
      `${where}: parameter ${quote(name)}: init must be a finite number, got undefined`,
      {
        hint: "a model in JavaScript needs a start, or min and max, for each parameter: then one is searched between them",
        details: { option: "params", param: name },
      },
    );
  }
  const { model } = polisher.read({
    where,
    model: options.model as never,
    parameters,
    data,
    runtime: options.runtime as never,
  });
  const bound = bindModel(where, model, names, data);
  const next = design(open.length);
  const out = new Float64Array(y.length);
  const wanted = count ?? POINTS_OF_FUNCTION[Math.min(open.length, 4)]!;
  const found: Candidate[] = [];
  while (found.length < wanted && !over()) {
    const u = next();
    const p = Float64Array.from(init);
    open.forEach((j, k) => {
      const [low, high] = [lower[j]!, upper[j]!];
      // Positive bounds are searched by orders of magnitude.
      p[j] = low > 0 ? logEvenly(low, high)(u[k]!) : low + u[k]! * (high - low);
    });
    needNow(where, bound.evaluate(p, out));
    for (let r = 0; r < out.length; r++) out[r] = (out[r]! - y[r]!) * (weights?.[r] ?? 1);
    const rss = lossOf(out, lossNames.indexOf(loss), lossScale);
    found.push({ p, u, rss: rss < Infinity ? rss : Infinity });
    yield CHECK;
  }
  return found;
}
