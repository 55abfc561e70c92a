// A fit as a program for R (nls); a robust loss by nls with weights that are renewed.

import { parse } from "../models/parse.js";
import { programName, writeExpression } from "../models/programming.js";
import { flat, ownOfSets, type Parts, treeOf } from "./code-parts.js";

/** rho'(z) of z = (r/scale)^2: the weight of a point in the next plain fit. */
const R_WEIGHTS: Readonly<Record<string, string>> = {
  softL1: "1/sqrt(1 + z)",
  huber: "ifelse(z <= 1, 1, 1/sqrt(z))",
  cauchy: "1/(1 + z)",
  arctan: "1/(1 + z^2)",
  tukey: "ifelse(z < 1, (1 - z)^2, 0)",
};

/** nls again and again, with weights of the residuals before (Holland and Welsch 1977). */
function robustR(
  args: string,
  settings: readonly string[],
  loss: string,
  lossScale: number,
  weighted: boolean,
  start: string,
): string {
  return `# nls has no robust losses: it is called again with the weights of the ${loss} loss until nothing changes.
scale <- ${lossScale}
start <- list(${start})
for (pass in 1:500) {
  z <- ((y - with(start, model(${args})))${weighted ? "/sigma" : ""}/scale)^2
  w <- ${R_WEIGHTS[loss]}
  fit <- nls(y ~ model(${args}),
             ${settings.join(",\n             ")},
             control = nls.control(tol = 1e-9, warnOnly = TRUE))
  step <- max(abs(coef(fit)/unlist(start) - 1))
  start <- as.list(coef(fit))
  if (isTRUE(step < 1e-10)) break
}
`;
}

export function rText(parts: Parts): string {
  const { fit, columns, sigma, loss, lossScale, result } = parts;
  const robust = loss !== "linear";
  const { names, free, init, lower, upper, tied, bounded } = fit.parameters;
  const name = (given: string): string => programName("r", flat(given));
  const { text } = writeExpression(treeOf(parts), "r");
  const column = (values: Float64Array): string => `c(${Array.from(values, String).join(", ")})`;
  const rNumber = (value: number): string =>
    value === Infinity ? "Inf" : value === -Infinity ? "-Inf" : String(value);
  const pairs = (of: (j: number) => string): string =>
    free.map((j) => `${name(names[j]!)} = ${of(j)}`).join(", ");
  const settings = [
    robust ? "start = start" : `start = list(${pairs((j) => String(init[j]))})`,
    ...(robust ? [`weights = ${sigma ? "w/sigma^2" : "w"}`] : sigma ? ["weights = 1/sigma^2"] : []),
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
  const sets = ownOfSets(parts).map(
    (base) =>
      `  ${name(base)} <- c(${parts.labels!.map((_, k) => name(`${base}[${k}]`)).join(", ")})[which]\n`,
  );
  const which = parts.labels
    ? `# The set of each point: ${parts.labels.map((label, k) => `${k + 1} is ${label}`).join(", ")}.\nwhich <- ${column(parts.which.map((k) => k + 1))}\n`
    : "";
  const args = [...columns.map(([given]) => name(given)), ...free.map((j) => name(names[j]!))].join(", ");
  return `${columns.map(([given, v]) => `${name(given)} <- ${column(v)}\n`).join("")}y <- ${column(fit.y)}
${sigma ? `sigma <- ${column(sigma)}\n` : ""}${which}${fixed.join("")}model <- function(${args}) {
${ties.join("")}${sets.join("")}  ${text}
}
${
  robust
    ? robustR(
        args,
        settings,
        loss,
        lossScale,
        sigma !== null,
        pairs((j) => String(init[j])),
      )
    : `fit <- nls(y ~ model(${args}),\n           ${settings.join(",\n           ")})\n`
}print(summary(fit))
# found here: ${free.map((j) => `${names[j]} = ${result.values[names[j]!]}`).join(", ")}${robust ? "\n# The errors of R are those of the last weighted fit: take the errors from here." : fit.absoluteSigma ? "\n# sigma is known: divide R's standard errors by its residual standard error." : ""}
`;
}
