// withDifferences, and the options `differenceStep` and `scale` of curveFit: a model in JavaScript with a Jacobian by central differences
// of steps that the user chooses, in place of those that curveFit finds from how the model responds.

import {
  type AnyModel,
  type BlockModel,
  bindModel,
  type Data,
  dataOf,
  needNow,
  type OrderedModel,
} from "../least-squares/model.js";
import { checkArray, checkKeys, isArrayLike, optionError } from "../runtime/options.js";

/** One for all, by name, or in the order of the parameters. */
export type ByParameter = number | ArrayLike<number> | Readonly<Record<string, number>>;

export interface DifferenceOptions {
  /**
   * Steps of derivatives by central differences, as shares of the size of each parameter: for models that come from a simulation and
   * are rough below some scale. Default: found from how the model responds; with `scale` alone 6e-6, the third root of the rounding.
   * Exact derivatives (of a text, or `jacobian`) have no use for it.
   */
  differenceStep?: ByParameter | undefined;
  /** Typical sizes of the parameters, of which a step is a share where the parameter is smaller. "auto" (default): 1. */
  scale?: ByParameter | "auto" | undefined;
}

type Point = (x: never, p: never) => number;

/** eps^(1/3), with which a central difference errs least where curvature and value are of one size. */
const CENTRAL = 6.055454452393343e-6;

/** The sizes of an option, by parameter. */
function sizesOf(where: string, option: string, given: unknown, names: readonly string[], usual: number) {
  const listed = isArrayLike(given);
  const keyed = !listed && typeof given === "object" && given !== null;
  if (listed) checkArray(where, option, given, names.length);
  if (keyed) checkKeys(`${where}: ${option}`, given, names);
  return names.map((name, j) => {
    const value = listed ? given[j] : keyed ? (given as Record<string, unknown>)[name] : given;
    if (value === undefined && !listed) return usual;
    if (typeof value === "number" && value > 0 && value < Infinity) return value;
    throw optionError(where, listed || keyed ? `${option}.${name}` : option, value, "a number > 0");
  });
}

/** The same of a model that has no use for them, whose parameters may not be known yet. */
export function checkDifferences(where: string, options: DifferenceOptions): void {
  for (const option of ["differenceStep", "scale"] as const) {
    const given = options[option];
    if (given !== undefined && (given !== "auto" || option === "differenceStep"))
      sizesOf(where, option, given, typeof given === "object" ? Object.keys(given ?? [""]) : [""], 1);
  }
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
export function withDifferences(model: Point, options: DifferenceOptions = {}): DifferencedModel {
  const where = "withDifferences";
  if (typeof model !== "function") throw optionError(where, "model", model, "a function (x, p) => number");
  checkKeys(where, options, ["differenceStep", "scale"]);
  return differenced(where, model as never, options);
}

export type DifferencedModel = BlockModel & { for(names: readonly string[]): BlockModel };

/** A model with differences of these steps in place of those that the fit finds; one with a Jacobian as it is. */
export function differenced(
  where: string,
  model: AnyModel,
  { differenceStep, scale }: DifferenceOptions,
): DifferencedModel {
  const ordered = (names: readonly string[]): BlockModel => {
    const shares = sizesOf(where, "differenceStep", differenceStep, names, CENTRAL);
    const sizes = sizesOf(where, "scale", scale === "auto" ? undefined : scale, names, 1);
    const own = (model as Partial<OrderedModel>).for?.(names) ?? model;
    if (typeof own !== "function" && own.jacobian !== undefined) return own;
    const fill = (x: Data["x"], p: Float64Array, out: Float64Array): void =>
      needNow(where, bindModel(where, own, names, dataOf(x)).evaluate(p, out));
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
