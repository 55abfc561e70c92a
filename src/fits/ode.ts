// ode: the solution of an ordinary differential equation as a model of curveFit, with its sensitivities: the equations of
// variation dS/dt = (df/dy) S + df/dp go along (Hairer, Norsett and Wanner 1993, I.14), and S jumps where a condition changes.

import type { BlockModel, OrderedModel } from "../least-squares/model.js";
import { DownhillError } from "../runtime/errors.js";
import { copyNumbers } from "../runtime/numbers.js";
import { checkFinite, choiceOption, isRecord, numberOption, optionError } from "../runtime/options.js";
import type { Runtime } from "../runtime/runtime.js";
import { equationsOf, readTexts, Solution } from "./ode-system.js";

export interface OdeOptions {
  /** dS/dt of every variable S: text over the variables, the parameters and the time. */
  derivatives: Readonly<Record<string, string>>;
  /** The variables in order. Default: the keys of `derivatives`. */
  variables?: readonly string[] | undefined;
  /** Values at `from`: numbers, or text over the parameters. Default: the variable S starts at the parameter S0. */
  initial?: Readonly<Record<string, number | string>> | undefined;
  /** What is measured: text over the variables, the parameters and the time. May be left out where there is one variable. */
  observe?: string | undefined;
  /** The name of the time, which is x of the fit. Default "t". */
  time?: string | undefined;
  /** When the initial values hold. Default 0. */
  from?: number | undefined;
  /** Names of the parameters. Default: every other name of the texts. */
  params?: readonly string[] | undefined;
  /**
   * Relative error of a step, of each variable's largest value so far at least a thousandth. Default 1e-10. That of derivatives by parameters may be
   * 100 times more and 1e-8 at least, 1000 times and 1e-7 where the method is "stiff".
   */
  tolerance?: number | undefined;
  /** Steps after which the solution is given up: what lies behind is NaN. Default 100000. */
  maxSteps?: number | undefined;
  /**
   * The longest step. Default: no limit. A step could go over what is short beside the time in which nothing else happens, such as a narrow peak or a
   * sharp sigmoid of the time; it does not go over a condition on the time.
   */
  maxStep?: number | undefined;
  /**
   * "explicit" (default): the Runge-Kutta method of Dormand and Prince, order 8. "stiff": the linearly implicit Euler method, extrapolated, for
   * equations in which some things happen much faster than what is measured, such as chemical kinetics.
   */
  method?: "explicit" | "stiff" | undefined;
  runtime?: Runtime | undefined;
}

/** A model of curveFit: x are the times, in any order. */
export interface OdeModel extends OrderedModel<Float64Array> {
  readonly variables: readonly string[];
  readonly params: readonly string[];
  /** The observed curve at times x; p in the order of `params`. */
  evaluate(x: ArrayLike<number>, p: ArrayLike<number>, out: Float64Array): void;
  /** Its derivatives by the parameters, integrated along with it, m*n row-major. */
  jacobian(x: ArrayLike<number>, p: ArrayLike<number>, out: Float64Array): void;
  /** Every variable at times x, given the parameters by name. */
  solve(x: ArrayLike<number>, p: Readonly<Record<string, number>>): Record<string, Float64Array>;
  /** The same model for parameters in another order. */
  for(names: readonly string[]): BlockModel<Float64Array>;
}

/**
 * The solution of an ordinary differential equation as a model of curveFit, with its derivatives by the parameters.
 *
 * Integrated with error control by the Runge-Kutta method of Dormand and Prince, which takes many small steps where the equations are
 * stiff, or by a method for these: `method: "stiff"`. Where the solution ends before a time of the data (a pole, too many steps), the model is NaN there and the fit takes a shorter step.
 *
 * Where a condition of the texts changes (`if(t >= lag, ...)`, `mod(t, 24) < 1`, `max(0, A - c)`, `floor(t)`), a step ends, and the derivatives
 * count that the time at which it does depends on the parameters: a lag can be fitted.
 *
 * @throws DownhillError EXPRESSION for texts that are not in the language, OPTION for names and numbers that cannot be.
 * @example
 * const days = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];
 * const infected = [3, 8, 26, 76, 225, 298, 258, 233, 189, 128, 68, 29, 14, 4];
 * const model = ode({
 *   derivatives: { S: "-beta*S*I/N", I: "beta*S*I/N - gamma*I" },
 *   initial: { S: "N - 1", I: 1 },
 *   observe: "I",
 * });
 * model.params; // ["beta", "N", "gamma"]
 * const fit = curveFit({ model, x: days, y: infected, params: { beta: 1, gamma: 0.3, N: { init: 763, fixed: true } } });
 */
export function ode(options: OdeOptions): OdeModel {
  const where = "ode";
  const texts = readTexts(where, options);
  const { variables, params } = texts;
  const from = numberOption(where, "from", options.from, 0);
  const tolerance = numberOption(where, "tolerance", options.tolerance, 1e-10, { min: 1e-14, max: 0.1 });
  const maxSteps = numberOption(where, "maxSteps", options.maxSteps, 100000, { min: 1, integer: true });
  const maxStep = numberOption(where, "maxStep", options.maxStep, Infinity, {
    min: 0,
    exclusive: true,
    infinite: true,
  });
  const stiff = choiceOption(where, "method", options.method, ["explicit", "stiff"], "explicit") === "stiff";
  const equations = equationsOf(texts, options.runtime);
  const solution = new Solution(equations, from, { tolerance, maxSteps, maxStep, stiff });
  const { n, q } = equations;
  const evaluate = (x: ArrayLike<number>, p: ArrayLike<number>, out: Float64Array): void => {
    out.fill(NaN);
    const one = new Float64Array(1);
    solution.walk(x, p, false, (i, input) => {
      equations.observed.run(input, one);
      out[i] = one[0]!;
    });
  };
  const jacobian = (x: ArrayLike<number>, p: ArrayLike<number>, out: Float64Array): void => {
    out.fill(NaN);
    const h = new Float64Array(1 + n + q);
    solution.walk(x, p, true, (i, input, state) => {
      equations.observedVariation.run(input, h);
      for (let k = 0; k < q; k++) {
        let sum = h[1 + n + k]!;
        for (let j = 0; j < n; j++) sum += h[1 + j]! * state[n + j * q + k]!;
        out[i * q + k] = sum;
      }
    });
  };
  const ordered = (names: readonly string[]): BlockModel<Float64Array> => {
    if (names.length !== q || !params.every((name) => names.includes(name))) {
      throw new DownhillError(
        "OPTION",
        `curveFit: the equation has the parameters ${params.join(", ")}, params has ${names.join(", ")}`,
        { hint: "give each of them a start, or { init, fixed: true }", details: { option: "params" } },
      );
    }
    if (names.every((name, k) => name === params[k])) return { evaluate, jacobian };
    const own = new Float64Array(q);
    const place = params.map((name) => names.indexOf(name));
    const sorted = (p: ArrayLike<number>): Float64Array => {
      for (let k = 0; k < q; k++) own[k] = p[place[k]!]!;
      return own;
    };
    return {
      evaluate: (x, p, out) => evaluate(x, sorted(p), out),
      jacobian: (x, p, out) => {
        const wide = new Float64Array(out.length);
        jacobian(x, sorted(p), wide);
        const m = out.length / q;
        for (let i = 0; i < m; i++) for (let k = 0; k < q; k++) out[i * q + place[k]!] = wide[i * q + k]!;
      },
    };
  };
  const solve = (x: ArrayLike<number>, p: Readonly<Record<string, number>>): Record<string, Float64Array> => {
    const at = copyNumbers("solve", "x", x);
    checkFinite("solve", "x", at);
    if (!isRecord(p)) throw optionError("solve", "p", p, "values by name");
    const values = params.map((name) => {
      if (typeof p[name] === "number") return p[name];
      throw optionError("solve", `p.${name}`, p[name], "a number");
    });
    const out = variables.map(() => new Float64Array(at.length).fill(NaN));
    solution.walk(at, values, false, (i, _, state) => {
      out.forEach((column, j) => {
        column[i] = state[j]!;
      });
    });
    return Object.fromEntries(variables.map((name, j) => [name, out[j]!]));
  };
  return Object.freeze({ variables, params, evaluate, jacobian, solve, for: ordered });
}
