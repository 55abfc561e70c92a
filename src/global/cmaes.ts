// cmaes(options): CMA-ES with restarts, in its full, separable or limited form.

import { FORM_FULL, FORM_LIMITED, FORM_SEPARABLE } from "../abi/global.js";
import { DownhillError } from "../runtime/errors.js";
import { copyNumbers } from "../runtime/numbers.js";
import { booleanOption, checkFinite, checkKeys, choiceOption, numberOption } from "../runtime/options.js";
import { defaultPopulation } from "./cma-parameters.js";
import { CmaSearch } from "./cma-search.js";
import { partsElsewhere } from "./elsewhere.js";
import { configured, type GlobalDefinition, type GlobalMethod } from "./methods.js";
import { checkPopulation } from "./population.js";

export interface CmaesOptions {
  /** Where the first run begins. Default: random in the middle 80 % of the box. */
  x0?: ArrayLike<number> | undefined;
  /** The first standard deviation, one for all variables or one for each, in their units (of ln x where `log`). Default: a fifth of the width. */
  sigma?: number | ArrayLike<number> | undefined;
  /** Points of a generation of the first run, at least 4. Default 4 + floor(3 ln n). */
  popSize?: number | undefined;
  /** How often the population may double. Default 9; without end where evaluations or time are limited. */
  restarts?: number | undefined;
  /** Doubled populations in a row without a lower value that end the search. Default 2; never where evaluations or time are limited. */
  patience?: number | undefined;
  /** "full" (default to 100 variables), "limited" (beyond; not for integers) or "separable". */
  covariance?: "full" | "separable" | "limited" | undefined;
  /** Learn from the worse half of a generation too. Default true. */
  active?: boolean | undefined;
  /** Begin with a local search by values, and search along the axes after the first run. Default true to 100 variables. */
  portfolio?: boolean | undefined;
}

const FORMS = { full: FORM_FULL, separable: FORM_SEPARABLE, limited: FORM_LIMITED } as const;
/** Variables up to which the full form is the default. */
const FULL = 100;
/** The default first standard deviation, in the cube. */
const SPREAD = 0.2;
const KEYS = ["x0", "sigma", "popSize", "restarts", "patience", "covariance", "active", "portfolio"] as const;

const definition: GlobalDefinition = {
  name: "cmaes",
  search(context, options, popSize) {
    const o = options as CmaesOptions;
    const { n, limited } = context;
    const rows = popSize ?? o.popSize ?? defaultPopulation(n);
    checkPopulation("cmaes", rows);
    const cells = context.cells.some((count) => count > 0);
    const covariance = o.covariance ?? (n <= FULL ? "full" : cells ? "separable" : "limited");
    if (covariance === "limited" && cells) {
      throw new DownhillError("UNSUPPORTED", "cmaes: the limited covariance takes no integers or choices", {
        hint: 'use covariance: "separable"',
        details: { option: "covariance", value: covariance },
      });
    }
    return new CmaSearch(context, {
      rows,
      form: FORMS[covariance],
      active: o.active ?? true,
      start: o.x0 === undefined ? null : context.encode("x0", o.x0),
      spread: o.sigma === undefined ? new Float64Array(n).fill(SPREAD) : context.units("sigma", o.sigma),
      restarts: o.restarts ?? (limited ? Infinity : 9),
      patience: o.patience ?? (limited ? Infinity : 2),
      portfolio: o.portfolio ?? n <= FULL,
    });
  },
};

/**
 * CMA-ES (Hansen, The CMA Evolution Strategy: A Tutorial, arXiv:1604.00772) with active update, cumulative step-size adaptation and
 * BIPOP restarts. In the default portfolio a local search by values goes first, and after the first run one along each axis
 * (after HCMA: Loshchilov, Schoenauer and Sebag, GECCO 2013); `portfolio: false` is CMA-ES alone.
 *
 * @throws DownhillError OPTION for values out of range.
 * @example
 * const f = ([x, y]) => x * x + y * y;
 * minimizeGlobal(f, { lower: [-5, -5], upper: [5, 5] }, { method: cmaes({ popSize: 20, restarts: 1 }), seed: 1 }).x; // [0, 0]
 */
export function cmaes(options: CmaesOptions = {}): GlobalMethod {
  const where = "cmaes";
  checkKeys(where, options, KEYS, partsElsewhere(KEYS));
  const { x0, sigma, popSize, restarts, patience, active, portfolio } = options;
  const counted = { min: 0, integer: true, infinite: true } as const;
  const start = x0 === undefined ? undefined : copyNumbers(where, "x0", x0);
  if (start) checkFinite(where, "x0", start);
  if (typeof sigma !== "object") numberOption(where, "sigma", sigma, 1, { min: 0, exclusive: true });
  const spread = typeof sigma === "object" ? copyNumbers(where, "sigma", sigma) : undefined;
  if (popSize !== undefined) checkPopulation(where, popSize);
  numberOption(where, "restarts", restarts, 0, counted);
  numberOption(where, "patience", patience, 1, { ...counted, min: 1 });
  const covariance = choiceOption(
    where,
    "covariance",
    options.covariance,
    ["full", "separable", "limited"],
    "full",
  );
  booleanOption(where, "active", active, true);
  booleanOption(where, "portfolio", portfolio, true);
  return configured(definition, {
    ...options,
    ...(options.covariance === undefined ? {} : { covariance }),
    ...(start ? { x0: start } : {}),
    ...(spread ? { sigma: spread } : {}),
  });
}
