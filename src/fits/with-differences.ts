// withDifferences: a model in JavaScript with a Jacobian by central differences of steps that the user chooses, in place of those
// that curveFit finds from how the model responds.

import { type BlockModel, bindModel, type Data, refusePromise } from "../least-squares/model.js";
import { checkKeys, optionError } from "../runtime/options.js";

export interface DifferenceOptions {
  /** Step as a share of the size of each parameter, or by parameter. Default 6e-6, the third root of the rounding. */
  differenceStep?: number | Readonly<Record<string, number>> | undefined;
  /** Typical size of each parameter: a step is a share of it where the parameter is smaller. Default 1. */
  scale?: Readonly<Record<string, number>> | undefined;
}

type Point = (x: never, p: never) => number;

/** eps^(1/3), with which a central difference errs least where curvature and value are of one size. */
const CENTRAL = 6.055454452393343e-6;

function sizeOf(option: string, given: unknown, name: string, usual: number): number {
  const keyed = typeof given === "object" && given !== null;
  const value = keyed ? (given as Record<string, unknown>)[name] : given;
  if (value === undefined) return usual;
  if (typeof value === "number" && value > 0 && value < Infinity) return value;
  throw optionError("withDifferences", keyed ? `${option}.${name}` : option, value, "a number > 0");
}

/**
 * A model for curveFit whose derivatives are central differences of steps of one's own: for models that come from a simulation and
 * are rough below some scale.
 *
 * @param model a function of one point (x, p) => number.
 * @throws DownhillError OPTION for steps that are not > 0, or of no parameter.
 * @example
 * const rough = (x, { a, b }) => Math.round(1e6 * a * Math.exp(-b * x)) / 1e6;
 * const model = withDifferences(rough, { differenceStep: 1e-2 });
 * curveFit({ model, x: [0, 1, 2, 3], y: [2, 1.2, 0.75, 0.44], params: { a: 1, b: 1 } }).values; // { a: 2.0, b: 0.50 }
 */
export function withDifferences(
  model: Point,
  options: DifferenceOptions = {},
): BlockModel & { for(names: readonly string[]): BlockModel } {
  const where = "withDifferences";
  if (typeof model !== "function") throw optionError(where, "model", model, "a function (x, p) => number");
  checkKeys(where, options, ["differenceStep", "scale"]);
  const { differenceStep, scale } = options;
  if (scale !== undefined && (typeof scale !== "object" || scale === null))
    throw optionError(where, "scale", scale, "an object such as { a: 1e-3 }");
  const ordered = (names: readonly string[]): BlockModel => {
    for (const [option, given] of Object.entries({ differenceStep, scale }))
      if (typeof given === "object") checkKeys(`${where}: ${option}`, given, names);
    const shares = names.map((name) => sizeOf("differenceStep", differenceStep, name, CENTRAL));
    const sizes = names.map((name) => sizeOf("scale", scale, name, 1));
    const fill = (x: Data["x"], p: Float64Array, out: Float64Array): void => {
      const m = x instanceof Float64Array ? x.length : (Object.values(x)[0]?.length ?? 0);
      const bound = bindModel(where, model as never, names, { m, x });
      refusePromise(where, bound.evaluate(p, out), "give a synchronous model");
    };
    const n = names.length;
    const jacobian = (x: Data["x"], p: Float64Array, out: Float64Array): void => {
      const high = new Float64Array(out.length / n);
      const low = new Float64Array(out.length / n);
      const at = p.slice();
      for (let j = 0; j < n; j++) {
        const h = shares[j]! * Math.max(Math.abs(p[j]!), sizes[j]!);
        at[j] = p[j]! + h;
        const above = at[j]!;
        fill(x, at, high);
        at[j] = p[j]! - h;
        const width = above - at[j]!;
        fill(x, at, low);
        at[j] = p[j]!;
        for (let i = 0; i < high.length; i++) out[i * n + j] = (high[i]! - low[i]!) / width;
      }
    };
    return { evaluate: fill, jacobian } as BlockModel;
  };
  // What curveFit calls is `for`; without it there is no name of a parameter.
  return Object.freeze({ evaluate: () => {}, for: ordered });
}
