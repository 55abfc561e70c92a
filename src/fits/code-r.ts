// A fit as a program for R (nls); a robust loss by nls with weights that are renewed.

import { programName, writeExpression } from "../models/programming.js";
import { flat, ownOfSets, type Parts, startsOf, tiesInOrder, treeOf } from "./code-parts.js";

/** rho'(z) of z = (r/scale)^2: the weight of a point in the next plain fit. */
const R_WEIGHTS: Readonly<Record<string, string>> = {
  softL1: "1/sqrt(1 + z)",
  huber: "ifelse(z <= 1, 1, 1/sqrt(z))",
  cauchy: "1/(1 + z)",
  arctan: "1/(1 + z^2)",
  tukey: "ifelse(z < 1, (1 - z)^2, 0)",
};

/** nls again and again, with weights of the residuals before (Holland and Welsch 1977). `own`: names of the program's own. */
function robustR(
  call: string,
  settings: readonly string[],
  { loss, lossScale, sigma }: Parts,
  first: string,
  own: (wanted: string) => string,
): string {
  const [y, scale, start, z, w, fit, step, pass] = [
    "y",
    "scale",
    "start",
    "z",
    "w",
    "fit",
    "step",
    "pass",
  ].map(own);
  return `# nls has no robust losses: it is called again with the weights of the ${loss} loss until nothing changes.
${scale} <- ${lossScale}
${start} <- list(${first})
for (${pass} in 1:500) {
  ${z} <- ((${y} - with(${start}, ${call}))${sigma ? `/${own("sigma")}` : ""}/${scale})^2
  ${w} <- ${R_WEIGHTS[loss]!.replace(/\bz\b/g, z!)}
  ${fit} <- nls(${y} ~ ${call},
             ${settings.join(",\n             ")},
             control = nls.control(tol = 1e-9, warnOnly = TRUE))
  ${step} <- max(abs(coef(${fit})/unlist(${start}) - 1))
  ${start} <- as.list(coef(${fit}))
  if (isTRUE(${step} < 1e-10)) break
}
`;
}

export function rText(parts: Parts): string {
  const { fit, columns, sigma, loss, result } = parts;
  const robust = loss !== "linear";
  const { names, free, init, lower, upper, bounded } = fit.parameters;
  const starts = startsOf(parts);
  const name = (given: string): string => programName("r", flat(given));
  const { text } = writeExpression(treeOf(parts), "r");
  // What is the program's own has names that neither a parameter nor a column has.
  const taken = [...columns.map(([given]) => given), ...parts.bases, ...names].map(name);
  const own = (wanted: string): string => (taken.includes(wanted) ? own(`${wanted}_`) : wanted);
  const [y, sigmas, set, model] = [own("y"), own("sigma"), own("which"), own("model")];
  const column = (values: Float64Array): string => `c(${Array.from(values, String).join(", ")})`;
  const rNumber = (value: number): string =>
    value === Infinity ? "Inf" : value === -Infinity ? "-Inf" : String(value);
  const pairs = (of: (j: number) => string): string =>
    free.map((j) => `${name(names[j]!)} = ${of(j)}`).join(", ");
  const settings = [
    robust ? `start = ${own("start")}` : `start = list(${pairs((j) => String(starts[j]))})`,
    ...(robust
      ? [`weights = ${sigma ? `${own("w")}/${sigmas}^2` : own("w")}`]
      : sigma
        ? [`weights = 1/${sigmas}^2`]
        : []),
    ...(bounded
      ? [
          'algorithm = "port"',
          `lower = c(${pairs((j) => rNumber(lower[j]!))})`,
          `upper = c(${pairs((j) => rNumber(upper[j]!))})`,
        ]
      : []),
  ];
  // Inside the function: outside they may have the name of a column, of y or of sigma.
  const fixed = names.flatMap((given, j) => (free.includes(j) ? [] : [`  ${name(given)} <- ${init[j]}\n`]));
  const ties = tiesInOrder(parts).map(
    ({ name: given, tree }) => `  ${name(given)} <- ${writeExpression(tree, "r").text}\n`,
  );
  const sets = ownOfSets(parts).map(
    (base) =>
      `  ${name(base)} <- c(${parts.labels!.map((_, k) => name(`${base}[${k}]`)).join(", ")})[${set}]\n`,
  );
  const which = parts.labels
    ? `# The set of each point: ${parts.labels.map((label, k) => `${k + 1} is ${label}`).join(", ")}.\n${set} <- ${column(parts.which.map((k) => k + 1))}\n`
    : "";
  const args = [...columns.map(([given]) => name(given)), ...free.map((j) => name(names[j]!))].join(", ");
  const call = `${model}(${args})`;
  return `${columns.map(([given, v]) => `${name(given)} <- ${column(v)}\n`).join("")}${y} <- ${column(fit.y)}
${sigma ? `${sigmas} <- ${column(sigma)}\n` : ""}${which}${model} <- function(${args}) {
${fixed.join("")}${ties.join("")}${sets.join("")}  ${text}
}
${
  robust
    ? robustR(
        call,
        settings,
        parts,
        pairs((j) => String(starts[j])),
        own,
      )
    : `${own("fit")} <- nls(${y} ~ ${call},\n           ${settings.join(",\n           ")})\n`
}print(summary(${own("fit")}))
# found here: ${free.map((j) => `${names[j]} = ${result.values[names[j]!]}`).join(", ")}${robust ? "\n# The errors of R are those of the last weighted fit: take the errors from here." : fit.absoluteSigma ? "\n# sigma is known: divide R's standard errors by its residual standard error." : ""}
`;
}
