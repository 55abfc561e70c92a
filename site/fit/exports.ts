// This very fit as a program: for downhill in JavaScript, for SciPy, for R.

import type { FitRequest, FitView } from "./jobs.js";

const list = (values: ArrayLike<number>): string => Array.from(values, String).join(", ");
const value = (view: FitView, name: string): number => view.rows.find((row) => row.name === name)!.value;

export function javascript(r: FitRequest, view: FitView): string {
  const params = view.rows.map(({ name, value: v, fixed }) =>
    fixed ? `    ${name}: { init: ${v}, fixed: true },` : `    ${name}: ${short1(v)},`,
  );
  return `import { curveFit } from "downhill";

const ${r.variable} = [${list(r.x)}];
const y = [${list(r.y)}];
${r.sigma ? `const sigma = [${list(r.sigma)}];\n` : ""}
const fit = curveFit({
  model: ${JSON.stringify(r.model)},
  x: { ${r.variable} },
  y,${r.sigma ? `\n  sigma,\n  absoluteSigma: ${r.absolute},` : ""}${r.loss === "linear" ? "" : `\n  loss: "${r.loss}",\n  lossScale: "mad",`}
  level: ${r.level},
  params: {
${params.join("\n")}
  },
});
console.log(fit.report());
export const values = fit.values;
`;
}

/** A start is enough here: four digits of it. */
const short1 = (v: number): string => String(Number(v.toPrecision(4)));

/** Functions of the language that neither NumPy nor R has. */
const PYTHON: Readonly<Record<string, string>> = {
  gaussian: "def gaussian(x, c=0, w=1): return np.exp(-((x - c) / w) ** 2 / 2)",
  lorentzian: "def lorentzian(x, c=0, w=1): return 1 / (1 + ((x - c) / w) ** 2)",
  sigmoid: "def sigmoid(x): return 1 / (1 + np.exp(-x))",
  sinc: "def sinc(x): return np.sinc(x / np.pi)",
  step: "def step(x): return np.where(x > 0, 1.0, 0.0)",
  erf: "from scipy.special import erf",
};
const R: Readonly<Record<string, string>> = {
  gaussian: "gaussian <- function(x, c = 0, w = 1) exp(-((x - c) / w)^2 / 2)",
  lorentzian: "lorentzian <- function(x, c = 0, w = 1) 1 / (1 + ((x - c) / w)^2)",
  sigmoid: "sigmoid <- function(x) 1 / (1 + exp(-x))",
  erf: "erf <- function(x) 2 * pnorm(x * sqrt(2)) - 1",
  sinc: "sinc <- function(x) ifelse(x == 0, 1, sin(x) / x)",
  cbrt: "cbrt <- function(x) sign(x) * abs(x)^(1 / 3)",
};
const NUMPY: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    "exp expm1 log log1p log2 log10 sqrt cbrt abs sign sin cos tan sinh cosh tanh hypot floor ceil"
      .split(" ")
      .map((f) => [f, `np.${f}`]),
  ),
  asin: "np.arcsin",
  acos: "np.arccos",
  atan: "np.arctan",
  atan2: "np.arctan2",
  pow: "np.power",
  min: "np.minimum",
  max: "np.maximum",
};

interface Translation {
  readonly text: string;
  readonly needs: readonly string[];
}

/** The text of a model in another language; null where it has what cannot be put word for word. */
function translate(
  model: string,
  own: Readonly<Record<string, string>>,
  known: Readonly<Record<string, string>>,
  params: readonly string[],
): Translation | null {
  if (/[?:&|]|\bif\s*\(|\bsum\s*\(|==|!=|\bmod\b/.test(model)) return null;
  const needs = new Set<string>();
  const text = model.replaceAll(/(?<![\w.])[A-Za-z_]\w*(\s*\()?/g, (word) => {
    const name = word.replace(/\s*\($/, "");
    const call = word !== name;
    if (!call && !params.includes(name) && name === "pi")
      return known.exp?.startsWith("np.") ? "np.pi" : "pi";
    if (!call && !params.includes(name) && name === "e")
      return known.exp?.startsWith("np.") ? "np.e" : "exp(1)";
    if (!call) return name;
    if (own[name]) needs.add(own[name]!);
    return `${known[name] ?? name}(`;
  });
  return { text, needs: [...needs] };
}

export function python(r: FitRequest, view: FitView): string {
  const names = view.rows.map(({ name }) => name);
  const free = view.rows.filter(({ fixed }) => !fixed).map(({ name }) => name);
  const fixed = names.filter((name) => !free.includes(name));
  const made = translate(r.model, PYTHON, NUMPY, names);
  if (!made)
    return "# This model has a condition or a sum, which SciPy has no word for: write it as a function by hand.\n";
  const body = made.text.replaceAll("^", "**");
  const head = `import numpy as np
from scipy.optimize import ${r.loss === "linear" ? "curve_fit" : "least_squares"}
${made.needs.map((line) => `${line}\n`).join("")}
${r.variable} = np.array([${list(r.x)}])
y = np.array([${list(r.y)}])
${r.sigma ? `sigma = np.array([${list(r.sigma)}])\n` : ""}${fixed.map((name) => `${name} = ${value(view, name)}\n`).join("")}
def model(${r.variable}, ${free.join(", ")}):
    return ${body}

start = [${free.map((name) => short1(value(view, name))).join(", ")}]
`;
  if (r.loss === "linear") {
    return `${head}values, covariance = curve_fit(model, ${r.variable}, y, start${r.sigma ? `, sigma=sigma, absolute_sigma=${r.absolute ? "True" : "False"}` : ""})
for name, value, error in zip(${JSON.stringify(free)}, values, np.sqrt(np.diag(covariance))):
    print(name, repr(float(value)), "+/-", repr(float(error)))
`;
  }
  const loss = { softL1: "soft_l1", huber: "huber", cauchy: "cauchy", arctan: "arctan" }[r.loss];
  if (!loss) return `# SciPy's least_squares has no ${r.loss} loss.\n`;
  return `${head}# The scale of the loss is that of the residuals: 1.4826 times their median size.
residual = lambda p: (model(${r.variable}, *p) - y)${r.sigma ? " / sigma" : ""}
scale = 1.4826 * np.median(np.abs(residual(start)))
found = least_squares(residual, start, loss="${loss}", f_scale=scale)
for name, value in zip(${JSON.stringify(free)}, found.x):
    print(name, repr(float(value)))
`;
}

export function rCode(r: FitRequest, view: FitView): string {
  const names = view.rows.map(({ name }) => name);
  const free = view.rows.filter(({ fixed }) => !fixed).map(({ name }) => name);
  const made = translate(r.model, R, { asin: "asin", hypot: "hypot", min: "pmin", max: "pmax" }, names);
  if (!made)
    return "# This model has a condition or a sum, which nls has no word for: write it as a function by hand.\n";
  if (r.loss !== "linear") return "# nls has no robust losses: see the package robustbase, nlrob().\n";
  return `${made.needs.map((line) => `${line}\n`).join("")}${r.variable} <- c(${list(r.x)})
y <- c(${list(r.y)})
${r.sigma ? `sigma <- c(${list(r.sigma)})\n` : ""}${view.rows
  .filter(({ fixed }) => fixed)
  .map(({ name, value: v }) => `${name} <- ${v}\n`)
  .join("")}fit <- nls(y ~ ${made.text},
  start = list(${free.map((name) => `${name} = ${short1(value(view, name))}`).join(", ")})${r.sigma ? ",\n  weights = 1 / sigma^2" : ""})
summary(fit)${r.sigma && r.absolute ? "  # R scales the errors by the residuals; divide them by sigma(fit) for errors that are known" : ""}
print(coef(fit), digits = 15)
`;
}

export function csv(r: FitRequest, view: FitView): string {
  const rows = Array.from(r.x, (x, i) =>
    [x, r.y[i], ...(r.sigma ? [r.sigma[i]] : []), view.fitted[i], view.residuals[i]].join(","),
  );
  return `${r.variable},y,${r.sigma ? "sigma," : ""}fitted,residual\n${rows.join("\n")}\n`;
}
