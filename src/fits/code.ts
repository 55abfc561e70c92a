// fitCode: the same fit as a program in JavaScript (this library), Python (SciPy) or R (nls), to be run elsewhere and to be
// published beside the numbers. A global fit is written with its sets end to end.

import type { FitResult } from "../least-squares/fit-result.js";
import { type ProgramLanguage, writeExpression } from "../models/programming.js";
import { choiceOption } from "../runtime/options.js";
import { list, type Parts, partsOf, treeOf } from "./code-parts.js";
import { python } from "./code-python.js";
import { rText } from "./code-r.js";

export type { ProgramLanguage } from "../models/programming.js";

const languages = ["js", "python", "r"] as const;

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

/** The same of a global fit: one start of what is shared, one for each set of what is not. */
function globalParams({ fit, result, bases, labels }: Parts): string {
  const { names, free, init, lower, upper } = fit.parameters;
  const rows = bases.map((base) => {
    const shared = names.indexOf(base);
    const own = labels!.map((_, k) => names.indexOf(`${base}[${k}]`));
    const j = shared >= 0 ? shared : own[0]!;
    const parts = [
      ...(shared >= 0
        ? ["shared: true", `init: ${init[j]}`]
        : [`init: [${own.map((k) => init[k]).join(", ")}]`]),
      ...(lower[j] === -Infinity ? [] : [`min: ${lower[j]}`]),
      ...(upper[j] === Infinity ? [] : [`max: ${upper[j]}`]),
      ...(free.includes(j) ? [] : ["fixed: true"]),
    ];
    const found = (shared >= 0 ? [shared] : own).map((k) => result.values[names[k]!]);
    return `    ${JSON.stringify(base)}: { ${parts.join(", ")} }, // ${found.join(", ")}`;
  });
  return rows.join("\n");
}

/** The sets as the option data. */
function setsText({ fit, columns, sigma, labels, which }: Parts): string {
  const of = (values: Float64Array, k: number) => list(values.filter((_, i) => which[i] === k));
  return labels!
    .map((label, k) => {
      const x = columns.map(([name, values]) => `${JSON.stringify(name)}: ${of(values, k)}`).join(", ");
      const own = sigma ? `,\n    sigma: ${of(sigma, k)}` : "";
      return `  {\n    label: ${JSON.stringify(label)},\n    x: { ${x} },\n    y: ${of(fit.y, k)}${own},\n  },`;
    })
    .join("\n");
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

function javascript(parts: Parts): string {
  const { fit, columns, sigma, source, loss, lossScale } = parts;
  const { text, needsErf } = writeExpression(treeOf(parts), "js");
  const single = fit.data.x instanceof Float64Array;
  const options = [
    `  model: ${JSON.stringify(source)},`,
    parts.labels ? "  data," : "  x, y,",
    ...(sigma && !parts.labels ? ["  sigma,"] : []),
    ...(fit.absoluteSigma ? ["  absoluteSigma: true,"] : []),
    ...(loss === "linear" ? [] : [`  loss: ${JSON.stringify(loss)}, lossScale: ${lossScale},`]),
    ...(fit.level === 0.95 ? [] : [`  level: ${fit.level},`]),
    "  params: { // start, and what came out",
    parts.labels ? globalParams(parts) : paramsText(parts),
    "  },",
  ];
  const x = single
    ? `const x = ${list(columns[0]![1])};`
    : `const x = {\n${columns.map(([name, v]) => `  ${JSON.stringify(name)}: ${list(v)},`).join("\n")}\n};`;
  return `// npm install downhill
import { curveFit } from "downhill";

${
  parts.labels
    ? `const data = [\n${setsText(parts)}\n];\n`
    : `${x}\nconst y = ${list(fit.y)};\n${sigma ? `const sigma = ${list(sigma)};\n` : ""}`
}
export const fit = curveFit({
${options.join("\n")}
});
console.log(fit.report());

// The model as a function, for use without the library: model(${single ? "1.5" : "{ ... }"}, ${parts.labels ? "fit.sets[0].values" : "fit.values"}).
export const model = (x, p) => ${text};
${needsErf ? `${ERF_JS}` : ""}`;
}

/**
 * This very fit as a program: data, model, starts, bounds, weights, ties and the scale of a robust loss written out; a global
 * fit with its sets and what they share. Python and R, whose methods are others, start at the values that were found.
 *
 * @param language "js" (this library, with the model as a plain function beside it), "python" (scipy.optimize.curve_fit) or "r"
 * (nls; a robust loss by nls with weights, renewed).
 * @throws DownhillError UNSUPPORTED for models that are functions, and for global fits whose sets have models of their own or
 * tied parameters.
 * @example
 * const fit = curveFit({ model: "a*exp(-b*x)", x: [0, 1, 2, 3], y: [2, 1.2, 0.75, 0.44] });
 * console.log(fitCode(fit, "python"));
 */
export function fitCode(fit: FitResult, language: ProgramLanguage): string {
  const chosen = choiceOption("fitCode", "language", language, languages, "js");
  const parts = partsOf(fit);
  return chosen === "js" ? javascript(parts) : chosen === "python" ? python(parts) : rText(parts);
}
