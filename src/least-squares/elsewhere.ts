// What SciPy, lmfit, ODRPACK, MATLAB and ml-levenberg-marquardt call the options of a fit, beside what every room is asked for.

import type { Elsewhere } from "../runtime/options.js";

/** An option here, or a sentence with one; behind it the names of others in small letters. */
const table = [
  "bounds go with params: { a: { init: 1, min: 0 } }|lb|ub|bounds|lower|upper|minvalues|maxvalues",
  "params|beta0|inits",
  "weights|weight|w",
  "sigma|dy|sy",
  "sigmaX|xerr|dx|sx",
  "model.jacobian|jac|jacobian",
  "model|func|fcn",
  "differenceStep|epsfcn|gradientdifference",
  "funTol|errortolerance",
  'missing: "drop" leaves gaps out|nanpolicy',
];

/** Of these names those that lead to an option of `keys`, beside its own ones. */
export const fitElsewhere = (keys: readonly string[], own?: Elsewhere): Elsewhere => {
  const found: Record<string, string> = { ...own };
  for (const entry of table) {
    const [here, ...names] = entry.split("|") as [string, ...string[]];
    if (here.split(/\W/).some((word) => keys.includes(word))) for (const name of names) found[name] ??= here;
  }
  return found;
};

const root = "sigma is 1 / sqrt(weight)";
/** Of functions that have no weights. */
export const weightsElsewhere: Elsewhere = { weight: root, weights: root, w: root };
