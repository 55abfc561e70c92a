// A fit as a program for SciPy (curve_fit).

import { programName, writeExpression } from "../models/programming.js";
import { flat, list, ownOfSets, type Parts, startsOf, tiesInOrder, treeOf } from "./code-parts.js";

const SCIPY_LOSS: Readonly<Record<string, string>> = {
  softL1: '"soft_l1"',
  huber: '"huber"',
  cauchy: '"cauchy"',
  arctan: '"arctan"',
  tukey: "tukey",
};
/** rho, rho' and rho'' of z = (r/scale)^2, as least_squares of SciPy takes a loss that it does not have. */
const TUKEY_PYTHON = `

def tukey(z):
    u = np.maximum(1 - z, 0)
    return np.array([(1 - u**3)/3, u**2, -2*u])
`;

const pythonNumber = (value: number): string =>
  value === Infinity ? "np.inf" : value === -Infinity ? "-np.inf" : String(value);

export function python(parts: Parts): string {
  const { fit, columns, sigma, loss, lossScale, result } = parts;
  const { names, free, init, lower, upper, bounded } = fit.parameters;
  const starts = startsOf(parts);
  const robust = loss !== "linear";
  const { text, needsErf } = writeExpression(treeOf(parts), "python");
  const name = (given: string): string => programName("python", flat(given));
  const freeNames = free.map((j) => names[j]!);
  const fixed = names.flatMap((given, j) => (free.includes(j) ? [] : [`    ${name(given)} = ${init[j]}`]));
  const ties = tiesInOrder(parts).map(
    ({ name: given, tree }) => `    ${name(given)} = ${writeExpression(tree, "python").text}`,
  );
  const single = columns.length === 1;
  const unpack = single
    ? columns[0]![0] === "x"
      ? []
      : [`    ${name(columns[0]![0])} = x`]
    : [`    ${columns.map(([column]) => name(column)).join(", ")} = x`];
  const settings = [
    `p0=[${free.map((j) => starts[j]).join(", ")}]`,
    ...(sigma ? ["sigma=sigma"] : []),
    ...(fit.absoluteSigma ? ["absolute_sigma=True"] : []),
    ...(bounded
      ? [
          `bounds=([${free.map((j) => pythonNumber(lower[j]!)).join(", ")}], [${free.map((j) => pythonNumber(upper[j]!)).join(", ")}])`,
        ]
      : []),
    ...(robust ? [`method="trf", loss=${SCIPY_LOSS[loss]}, f_scale=${lossScale}`] : []),
    // SciPy's own tolerances, 1e-8 of the sum of squares, leave the parameters with four or five digits.
    robust || bounded ? "ftol=1e-14, xtol=1e-14, gtol=1e-14" : "ftol=1e-12, xtol=1e-12",
    ...(robust || bounded ? ["max_nfev=10000"] : ["maxfev=10000"]),
  ];
  const sets = ownOfSets(parts).map(
    (base) =>
      `    ${name(base)} = np.array([${parts.labels!.map((_, k) => name(`${base}[${k}]`)).join(", ")}])[which]`,
  );
  return `# pip install numpy scipy
import numpy as np
from scipy.optimize import curve_fit
${needsErf ? "from scipy.special import erf\n" : ""}${text.includes("special.") ? "from scipy import special\n" : ""}
${
  single
    ? `x = np.array(${list(columns[0]![1])})`
    : `x = np.array([\n${columns.map(([, v]) => `    ${list(v)},`).join("\n")}\n])  # rows: ${columns.map(([column]) => column).join(", ")}`
}
y = np.array(${list(fit.y)})
${sigma ? `sigma = np.array(${list(sigma)})\n` : ""}${
  parts.labels
    ? `# The set of each point: ${parts.labels.map((label, k) => `${k} is ${label}`).join(", ")}.\nwhich = np.array(${list(parts.which)})\n`
    : ""
}${loss === "tukey" ? TUKEY_PYTHON : ""}

def model(x, ${freeNames.map(name).join(", ")}):
${[...unpack, ...fixed, ...ties, ...sets, `    return ${text}${columns.length === 0 ? " + 0*x" : ""}`].join("\n")}


names = [${freeNames.map((given) => JSON.stringify(given)).join(", ")}]
values, covariance = curve_fit(model, x, y, ${settings.join(", ")})
errors = np.sqrt(np.diag(covariance))
for name, value, error in zip(names, values, errors):
    print(f"{name} = {value:.10g} +/- {error:.6g}")
# found here: ${freeNames.map((given) => `${given} = ${result.values[given]}`).join(", ")}${robust ? "\n# SciPy's errors of robust fits are those of the weighted Jacobian alone: take the errors from here." : ""}
`;
}
