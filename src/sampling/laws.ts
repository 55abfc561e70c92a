// Log densities as text: "normal(y, mu, sigma)" in an expression stands for the logarithm of the law's density, constants of the
// parameters left out. Each is replaced by arithmetic before the expression is compiled.

import { DownhillError, quote } from "../runtime/errors.js";

interface Law {
  /** Names of the arguments, as they are shown in errors; the first is what is distributed. */
  readonly args: readonly string[];
  /** Arguments that must be numbers, because their normalising constant would have to be differentiated. */
  readonly numbers?: readonly number[];
  readonly text: (...args: string[]) => string;
}

/** log(1 + exp(t)) without overflow, and with a smooth derivative at 0. */
const softplus = (t: string): string => `((${t}) > 0 ? (${t}) + log1p(exp(-(${t}))) : log1p(exp(${t})))`;

/** Each argument arrives in parentheses. */
export const laws: Readonly<Record<string, Law>> = {
  normal: { args: ["x", "mean", "sd"], text: (x, m, s) => `(-0.5*((${x} - ${m})/${s})^2 - log(${s}))` },
  halfNormal: { args: ["x", "sd"], text: (x, s) => `(-0.5*(${x}/${s})^2 - log(${s}))` },
  lognormal: {
    args: ["x", "mean", "sd"],
    text: (x, m, s) => `(-0.5*((log(${x}) - ${m})/${s})^2 - log(${s}) - log(${x}))`,
  },
  studentT: {
    args: ["x", "dof", "location", "scale"],
    numbers: [1],
    text: (x, nu, m, s) => `(-0.5*(${nu} + 1)*log1p(((${x} - ${m})/${s})^2/${nu}) - log(${s}))`,
  },
  cauchy: {
    args: ["x", "location", "scale"],
    text: (x, m, s) => `(-log1p(((${x} - ${m})/${s})^2) - log(${s}))`,
  },
  halfCauchy: { args: ["x", "scale"], text: (x, s) => `(-log1p((${x}/${s})^2) - log(${s}))` },
  laplace: { args: ["x", "location", "scale"], text: (x, m, s) => `(-abs(${x} - ${m})/${s} - log(${s}))` },
  exponential: { args: ["x", "rate"], text: (x, r) => `(log(${r}) - ${r}*${x})` },
  gamma: {
    args: ["x", "shape", "rate"],
    numbers: [1],
    text: (x, a, b) => `((${a} - 1)*log(${x}) - ${b}*${x} + ${a}*log(${b}))`,
  },
  inverseGamma: {
    args: ["x", "shape", "scale"],
    numbers: [1],
    text: (x, a, b) => `(-(${a} + 1)*log(${x}) - ${b}/${x} + ${a}*log(${b}))`,
  },
  beta: {
    args: ["x", "a", "b"],
    numbers: [1, 2],
    text: (x, a, b) => `((${a} - 1)*log(${x}) + (${b} - 1)*log1p(-${x}))`,
  },
  weibull: {
    args: ["x", "shape", "scale"],
    text: (x, k, s) => `(log(${k}) - ${k}*log(${s}) + (${k} - 1)*log(${x}) - (${x}/${s})^${k})`,
  },
  uniform: { args: ["x", "low", "high"], text: (_x, a, b) => `(-log(${b} - ${a}))` },
  poisson: { args: ["count", "rate"], text: (k, r) => `(${k}*log(${r}) - ${r})` },
  poissonLog: { args: ["count", "logRate"], text: (k, eta) => `(${k}*${eta} - exp(${eta}))` },
  bernoulli: { args: ["hit", "probability"], text: (y, p) => `(${y}*log(${p}) + (1 - ${y})*log1p(-${p}))` },
  bernoulliLogit: { args: ["hit", "logit"], text: (y, eta) => `(${y}*${eta} - ${softplus(eta)})` },
  binomial: {
    args: ["hits", "tries", "probability"],
    text: (k, n, p) => `(${k}*log(${p}) + (${n} - ${k})*log1p(-${p}))`,
  },
  binomialLogit: {
    args: ["hits", "tries", "logit"],
    text: (k, n, eta) => `(${k}*${eta} - ${n}*${softplus(eta)})`,
  },
};

const WORD = /[\p{L}_][\p{L}\p{M}\p{Nd}_]*/uy;

/** The expression with every law written out. `first`: what a law of one argument too few is about. */
export function writeOut(where: string, source: string, first?: string): string {
  if (typeof source !== "string")
    throw new DownhillError("OPTION", `${where}: an expression must be text, got ${quote(source)}`);
  let out = "";
  for (let at = 0; at < source.length; ) {
    WORD.lastIndex = at;
    const word = WORD.exec(source)?.[0];
    if (word === undefined) {
      out += source[at++];
      continue;
    }
    const open = at + word.length;
    const law = Object.hasOwn(laws, word) && source[open] === "(" ? laws[word] : undefined;
    if (!law) {
      out += word;
      at = open;
      continue;
    }
    const { parts, end } = argumentsOf(where, source, open);
    const given = parts.length === law.args.length - 1 && first !== undefined ? [first, ...parts] : parts;
    if (given.length !== law.args.length) {
      throw new DownhillError(
        "EXPRESSION",
        `${where}: ${word} takes (${law.args.join(", ")}), got ${given.length} arguments in ${quote(source)}`,
        { details: { position: at } },
      );
    }
    for (const k of law.numbers ?? []) {
      if (Number.isFinite(Number(given[k])) && given[k]!.trim() !== "") continue;
      throw new DownhillError(
        "EXPRESSION",
        `${where}: ${law.args[k]} of ${word} must be a number, got ${quote(given[k])}`,
        {
          hint: "its normalising constant is not in the language",
          details: { position: at },
        },
      );
    }
    out += law.text(...given.map((text) => `(${writeOut(where, text)})`));
    at = end;
  }
  return out;
}

/** The texts between commas of the parenthesis that opens at `open`, and the place after it. */
function argumentsOf(where: string, source: string, open: number): { parts: string[]; end: number } {
  const parts: string[] = [];
  let depth = 0;
  let from = open + 1;
  for (let at = open; at < source.length; at++) {
    const c = source[at];
    if (c === "(") depth++;
    else if (c === ")") depth--;
    if ((c === "," && depth === 1) || depth === 0) {
      parts.push(source.slice(from, at).trim());
      from = at + 1;
      if (depth === 0) return { parts, end: at + 1 };
    }
  }
  throw new DownhillError("EXPRESSION", `${where}: a parenthesis is not closed in ${quote(source)}`, {
    details: { position: open },
  });
}
