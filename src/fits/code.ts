// fitCode: the same fit as a program in JavaScript (this library), Python (SciPy) or R (nls), to be run elsewhere and to be
// published beside the numbers.

import { isCompiledModel } from "../least-squares/expression.js";
import type { PreparedFit } from "../least-squares/fit-problem.js";
import type { FitResult } from "../least-squares/fit-result.js";
import { parse } from "../models/parse.js";
import { type ProgramLanguage, programName, writeExpression } from "../models/programming.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { choiceOption } from "../runtime/options.js";
import { fitBehind, plainResiduals } from "./refit.js";

export type { ProgramLanguage } from "../models/programming.js";

const languages = ["js", "python", "r"] as const;

interface Parts {
  readonly fit: PreparedFit;
  readonly result: FitResult;
  readonly source: string;
  readonly variables: readonly string[];
  readonly columns: readonly (readonly [string, Float64Array])[];
  readonly sigma: Float64Array | null;
  readonly loss: string;
  readonly lossScale: number | "mad";
}

function refuse(problem: string, hint: string): DownhillError {
  return new DownhillError("UNSUPPORTED", `fitCode: ${problem}`, { hint });
}

function partsOf(result: FitResult): Parts {
  const fit = fitBehind("fitCode", result);
  if (result.sets) throw refuse("a global fit cannot be written", "write the fit of one set");
  plainResiduals("fitCode", fit);
  const { model } = fit.options as unknown as { model: unknown };
  const source = typeof model === "string" ? model : isCompiledModel(model) ? model.source : undefined;
  if (source === undefined)
    throw refuse(
      "the model is a function, whose text is not known",
      'fit the model as text, such as "a*exp(-b*x)"',
    );
  const { loss = "linear", lossScale = 1 } = fit.options;
  const { x } = fit.data;
  const columns = x instanceof Float64Array ? [["x", x] as const] : Object.entries(x);
  const sigma = fit.weights?.map((w) => 1 / w) ?? null;
  return { fit, result, source, variables: columns.map(([name]) => name), columns, sigma, loss, lossScale };
}

const list = (values: Float64Array): string => `[${Array.from(values, String).join(", ")}]`;

/** Every parameter with its start, bounds and ties, as the option params. */
function paramsText({ fit, result }: Parts): string {
  const { names, free, init, lower, upper, all, tied } = fit.parameters;
  const rows = all.map((name) => {
    const tie = tied.find((one) => one.name === name);
    if (tie) return `    ${JSON.stringify(name)}: { expr: ${JSON.stringify(tie.expr)} },`;
    const j = names.indexOf(name);
    const parts = [`init: ${init[j]}`];
    if (lower[j] !== -Infinity) parts.push(`min: ${lower[j]}`);
    if (upper[j] !== Infinity) parts.push(`max: ${upper[j]}`);
    if (!free.includes(j)) parts.push("fixed: true");
    return `    ${JSON.stringify(name)}: { ${parts.join(", ")} }, // ${result.values[name]}`;
  });
  return rows.join("\n");
}

const ERF_JS = `// The error function: its series, and Lentz's continued fraction of erfc beyond 3.
function erf(z) {
  const a = Math.abs(z);
  if (a > 6) return Math.sign(z);
  if (a < 3) {
    let term = a, sum = a;
    for (let k = 1; Math.abs(term) > 1e-17 * sum; k++) {
      term *= -a * a / k;
      sum += term / (2 * k + 1);
    }
    return Math.sign(z) * 2 / Math.sqrt(Math.PI) * sum;
  }
  let f = 0;
  for (let k = 60; k > 0; k--) f = k / 2 / (a + f);
  return Math.sign(z) * (1 - Math.exp(-a * a) / (a + f) / Math.sqrt(Math.PI));
}
`;

function treeOf({ fit, source, variables }: Parts) {
  return parse(source, { variables, params: fit.parameters.all });
}

function javascript(parts: Parts): string {
  const { fit, columns, sigma, source, loss, lossScale } = parts;
  const { text, needsErf } = writeExpression(treeOf(parts), "js");
  const single = fit.data.x instanceof Float64Array;
  const options = [
    `  model: ${JSON.stringify(source)},`,
    "  x, y,",
    ...(sigma ? ["  sigma,"] : []),
    ...(fit.absoluteSigma ? ["  absoluteSigma: true,"] : []),
    ...(loss === "linear"
      ? []
      : [`  loss: ${JSON.stringify(loss)}, lossScale: ${JSON.stringify(lossScale)},`]),
    ...(fit.level === 0.95 ? [] : [`  level: ${fit.level},`]),
    "  params: { // start, and what came out",
    paramsText(parts),
    "  },",
  ];
  const x = single
    ? `const x = ${list(columns[0]![1])};`
    : `const x = {\n${columns.map(([name, v]) => `  ${JSON.stringify(name)}: ${list(v)},`).join("\n")}\n};`;
  return `// npm install downhill
import { curveFit } from "downhill";

${x}
const y = ${list(fit.y)};
${sigma ? `const sigma = ${list(sigma)};\n` : ""}
export const fit = curveFit({
${options.join("\n")}
});
console.log(fit.report());

// The model as a function, for use without the library: model(${single ? "1.5" : "{ ... }"}, fit.values).
export const model = (x, p) => ${text};
${needsErf ? `${ERF_JS}` : ""}`;
}

const SCIPY_LOSS: Readonly<Record<string, string>> = {
  softL1: "soft_l1",
  huber: "huber",
  cauchy: "cauchy",
  arctan: "arctan",
};

const pythonNumber = (value: number): string =>
  value === Infinity ? "np.inf" : value === -Infinity ? "-np.inf" : String(value);

function python(parts: Parts): string {
  const { fit, columns, sigma, loss, lossScale, result } = parts;
  const { names, free, init, lower, upper, tied, bounded } = fit.parameters;
  const robust = loss !== "linear";
  if (robust && !SCIPY_LOSS[loss])
    throw refuse(`SciPy has no loss ${quote(loss)}`, "huber, cauchy, softL1 and arctan are there");
  if (robust && lossScale === "mad")
    throw refuse('SciPy has no lossScale "mad"', "give lossScale as a number");
  const { text, needsErf } = writeExpression(treeOf(parts), "python");
  const name = (given: string): string => programName("python", given);
  const freeNames = free.map((j) => names[j]!);
  const fixed = names.flatMap((given, j) => (free.includes(j) ? [] : [`    ${name(given)} = ${init[j]}`]));
  const ties = tied.map(({ name: given, expr }) => {
    const tree = parse(expr, { variables: [], params: fit.parameters.all });
    return `    ${name(given)} = ${writeExpression(tree, "python").text}`;
  });
  const single = columns.length === 1;
  const unpack = single
    ? columns[0]![0] === "x"
      ? []
      : [`    ${name(columns[0]![0])} = x`]
    : [`    ${columns.map(([column]) => name(column)).join(", ")} = x`];
  const settings = [
    `p0=[${free.map((j) => init[j]).join(", ")}]`,
    ...(sigma ? ["sigma=sigma"] : []),
    ...(fit.absoluteSigma ? ["absolute_sigma=True"] : []),
    ...(bounded
      ? [
          `bounds=([${free.map((j) => pythonNumber(lower[j]!)).join(", ")}], [${free.map((j) => pythonNumber(upper[j]!)).join(", ")}])`,
        ]
      : []),
    ...(robust ? [`method="trf", loss="${SCIPY_LOSS[loss]}", f_scale=${lossScale}`] : []),
    ...(robust || bounded ? ["max_nfev=10000"] : ["maxfev=10000"]),
  ];
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
${sigma ? `sigma = np.array(${list(sigma)})\n` : ""}

def model(x, ${freeNames.map(name).join(", ")}):
${[...unpack, ...fixed, ...ties, `    return ${text}${columns.length === 0 ? " + 0*x" : ""}`].join("\n")}


names = [${freeNames.map((given) => JSON.stringify(given)).join(", ")}]
values, covariance = curve_fit(model, x, y, ${settings.join(", ")})
errors = np.sqrt(np.diag(covariance))
for name, value, error in zip(names, values, errors):
    print(f"{name} = {value:.10g} +/- {error:.6g}")
# found here: ${freeNames.map((given) => `${given} = ${result.values[given]}`).join(", ")}${robust ? "\n# SciPy's errors of robust fits are those of the weighted Jacobian alone: take the errors from here." : ""}
`;
}

function rText(parts: Parts): string {
  const { fit, columns, sigma, loss, result } = parts;
  if (loss !== "linear")
    throw refuse(`R's nls has no loss ${quote(loss)}`, "write it in Python, or fit with the linear loss");
  const { names, free, init, lower, upper, tied, bounded } = fit.parameters;
  const name = (given: string): string => programName("r", given);
  const { text } = writeExpression(treeOf(parts), "r");
  const column = (values: Float64Array): string => `c(${Array.from(values, String).join(", ")})`;
  const rNumber = (value: number): string =>
    value === Infinity ? "Inf" : value === -Infinity ? "-Inf" : String(value);
  const pairs = (of: (j: number) => string): string =>
    free.map((j) => `${name(names[j]!)} = ${of(j)}`).join(", ");
  const settings = [
    `start = list(${pairs((j) => String(init[j]))})`,
    ...(sigma ? ["weights = 1/sigma^2"] : []),
    ...(bounded
      ? [
          'algorithm = "port"',
          `lower = c(${pairs((j) => rNumber(lower[j]!))})`,
          `upper = c(${pairs((j) => rNumber(upper[j]!))})`,
        ]
      : []),
  ];
  const fixed = names.flatMap((given, j) => (free.includes(j) ? [] : [`${name(given)} <- ${init[j]}\n`]));
  // A tied parameter is written out where it stands.
  const ties = tied.map(({ name: given, expr }) => {
    const tree = parse(expr, { variables: [], params: fit.parameters.all });
    return `  ${name(given)} <- ${writeExpression(tree, "r").text}\n`;
  });
  const args = [...columns.map(([given]) => name(given)), ...free.map((j) => name(names[j]!))].join(", ");
  return `${columns.map(([given, v]) => `${name(given)} <- ${column(v)}\n`).join("")}y <- ${column(fit.y)}
${sigma ? `sigma <- ${column(sigma)}\n` : ""}${fixed.join("")}model <- function(${args}) {
${ties.join("")}  ${text}
}
fit <- nls(y ~ model(${args}),
           ${settings.join(",\n           ")})
print(summary(fit))
# found here: ${free.map((j) => `${names[j]} = ${result.values[names[j]!]}`).join(", ")}${fit.absoluteSigma ? "\n# sigma is known: divide R's standard errors by its residual standard error." : ""}
`;
}

/**
 * This very fit as a program: data, model, starts, bounds, weights and ties written out.
 *
 * @param language "js" (this library, with the model as a plain function beside it), "python" (scipy.optimize.curve_fit) or "r"
 * (nls).
 * @throws DownhillError UNSUPPORTED for models that are functions, for global fits, and for losses that the language's fit lacks.
 * @example
 * const fit = curveFit({ model: "a*exp(-b*x)", x: [0, 1, 2, 3], y: [2, 1.2, 0.75, 0.44] });
 * console.log(fitCode(fit, "python"));
 */
export function fitCode(fit: FitResult, language: ProgramLanguage): string {
  const chosen = choiceOption("fitCode", "language", language, languages, "js");
  const parts = partsOf(fit);
  return chosen === "js" ? javascript(parts) : chosen === "python" ? python(parts) : rText(parts);
}
