// Log densities as text: "normal(y, mu, sigma)" in an expression stands for the logarithm of the law's density, constants of the
// parameters left out, and -Infinity beyond its support. Each is replaced by arithmetic before the expression is compiled.

import { log } from "../runtime/elementary.js";
import { DownhillError, quote } from "../runtime/errors.js";

interface Law {
  /** Names of the arguments, as they are shown in errors; the first is what is distributed. */
  readonly args: readonly string[];
  /** Arguments that must be numbers, because their normalising constant would have to be differentiated. */
  readonly numbers?: readonly number[];
  readonly text: (...args: string[]) => string;
  /** Where the law has a density, as a condition: beyond it the logarithm is -Infinity. */
  readonly within?: (...args: string[]) => string;
  /** Its numbers are not negative; a parameter that cannot be needs no condition. */
  readonly half?: true;
  /** Arguments that are not 0 or less. */
  readonly positive?: readonly number[];
  /** What data of it must be. */
  readonly data?: "count" | "hit";
}

/** What is known of names: those that cannot be negative, and columns of data. */
export interface Known {
  readonly notNegative?: ReadonlySet<string> | undefined;
  readonly data?: Readonly<Record<string, ArrayLike<number>>> | undefined;
}

/** log(1 + exp(t)) without overflow; sign(0) = 0 makes the derivative 1/2 at 0. */
const softplus = (t: string): string => `(0.5*(${t} + abs(${t})) + log1p(exp(-abs(${t}))))`;

/** The argument where it is a plain number, else NaN. */
const plain = (text: string): number => (text === "()" ? NaN : Number(text.slice(1, -1)));

/** Of a plain number, a logarithm that need not be taken again for every gradient. */
function logOf(text: string): string {
  const value = log(plain(text));
  return Number.isFinite(value) ? `(${value})` : `log(${text})`;
}

/** Division by a scale, or, where it is a plain number, multiplication by its reciprocal: the cheaper by a factor of four. */
function over(numerator: string, scale: string): string {
  const reciprocal = 1 / Number(scale.slice(1, -1));
  const plain = Number.isFinite(reciprocal) && reciprocal !== 0 && scale !== "()";
  return plain
    ? `(${numerator}*${reciprocal < 0 ? `(${reciprocal})` : reciprocal})`
    : `(${numerator}/${scale})`;
}

/** factor (numerator / scale)^2, where the scale is a plain number with one multiplication and one square. */
function square(factor: number, numerator: string, scale: string): string {
  const s = plain(scale);
  const weight = factor / (s * s);
  // Not where s^2 or its reciprocal leaves the range of normal numbers.
  if (Math.abs(weight) > 1e-300 && Math.abs(weight) < 1e300) return `(${weight})*${numerator}^2`;
  return `(${factor})*${over(numerator, scale)}^2`;
}

/** Each argument arrives in parentheses. */
export const laws: Readonly<Record<string, Law>> = {
  normal: {
    args: ["x", "mean", "sd"],
    positive: [2],
    text: (x, m, s) => `(${square(-0.5, `(${x} - ${m})`, s)} - ${logOf(s)})`,
  },
  halfNormal: {
    args: ["x", "sd"],
    half: true,
    positive: [1],
    text: (x, s) => `(${square(-0.5, x, s)} - ${logOf(s)})`,
  },
  lognormal: {
    args: ["x", "mean", "sd"],
    half: true,
    positive: [2],
    text: (x, m, s) => `(${square(-0.5, `(log(${x}) - ${m})`, s)} - ${logOf(s)} - log(${x}))`,
  },
  studentT: {
    args: ["x", "dof", "location", "scale"],
    positive: [1, 3],
    numbers: [1],
    text: (x, nu, m, s) =>
      `(-0.5*(${nu} + 1)*log1p(${square(1 / plain(nu), `(${x} - ${m})`, s)}) - ${logOf(s)})`,
  },
  cauchy: {
    args: ["x", "location", "scale"],
    positive: [2],
    text: (x, m, s) => `(-log1p(${square(1, `(${x} - ${m})`, s)}) - ${logOf(s)})`,
  },
  halfCauchy: {
    args: ["x", "scale"],
    half: true,
    positive: [1],
    text: (x, s) => `(-log1p(${square(1, x, s)}) - ${logOf(s)})`,
  },
  laplace: {
    args: ["x", "location", "scale"],
    positive: [2],
    text: (x, m, s) => `(-${over(`abs(${x} - ${m})`, s)} - ${logOf(s)})`,
  },
  exponential: {
    args: ["x", "rate"],
    half: true,
    positive: [1],
    text: (x, r) => `(${logOf(r)} - ${r}*${x})`,
  },
  gamma: {
    args: ["x", "shape", "rate"],
    half: true,
    positive: [1, 2],
    numbers: [1],
    text: (x, a, b) => `((${a} - 1)*log(${x}) - ${b}*${x} + ${a}*${logOf(b)})`,
  },
  inverseGamma: {
    args: ["x", "shape", "scale"],
    half: true,
    positive: [1, 2],
    numbers: [1],
    text: (x, a, b) => `(-(${a} + 1)*log(${x}) - ${b}/${x} + ${a}*${logOf(b)})`,
  },
  beta: {
    args: ["x", "a", "b"],
    positive: [1, 2],
    within: (x) => `${x} >= 0 and ${x} <= 1`,
    numbers: [1, 2],
    text: (x, a, b) => `((${a} - 1)*log(${x}) + (${b} - 1)*log1p(-${x}))`,
  },
  weibull: {
    args: ["x", "shape", "scale"],
    half: true,
    positive: [1, 2],
    text: (x, k, s) => `(${logOf(k)} - ${k}*${logOf(s)} + (${k} - 1)*log(${x}) - (${x}/${s})^${k})`,
  },
  uniform: {
    args: ["x", "low", "high"],
    within: (x, a, b) => `${x} >= ${a} and ${x} <= ${b}`,
    text: (_x, a, b) => `(-log(${b} - ${a}))`,
  },
  poisson: { args: ["count", "rate"], data: "count", text: (k, r) => `(${k}*${logOf(r)} - ${r})` },
  poissonLog: { args: ["count", "logRate"], data: "count", text: (k, eta) => `(${k}*${eta} - exp(${eta}))` },
  bernoulli: {
    args: ["hit", "probability"],
    data: "hit",
    text: (y, p) => `(${y}*log(${p}) + (1 - ${y})*log1p(-${p}))`,
  },
  bernoulliLogit: {
    args: ["hit", "logit"],
    data: "hit",
    text: (y, eta) => `(${y}*${eta} - ${softplus(eta)})`,
  },
  binomial: {
    args: ["hits", "tries", "probability"],
    data: "count",
    text: (k, n, p) => `(${k}*log(${p}) + (${n} - ${k})*log1p(-${p}))`,
  },
  binomialLogit: {
    args: ["hits", "tries", "logit"],
    data: "count",
    text: (k, n, eta) => `(${k}*${eta} - ${n}*${softplus(eta)})`,
  },
};

const WORD = /[\p{L}_][\p{L}\p{M}\p{Nd}_]*/uy;

/** EXPRESSION for scales that are no scales, limits in the wrong order, and data that the law cannot have. */
function checkLaw(where: string, word: string, law: Law, given: readonly string[], { data }: Known): void {
  const number = (k: number): number => (given[k]?.trim() ? Number(given[k]) : NaN);
  const refuse = (what: string): DownhillError => new DownhillError("EXPRESSION", `${where}: ${what}`);
  for (const k of law.positive ?? [])
    if (number(k) <= 0) throw refuse(`${law.args[k]} of ${word} must be positive, got ${given[k]}`);
  if (word === "uniform" && number(1) >= number(2))
    throw refuse(`low of uniform must be below high, got ${given[1]} and ${given[2]}`);
  const name = given[0]!.trim();
  const column = law.data && data && Object.hasOwn(data, name) ? data[name] : undefined;
  if (!column) return;
  const most = law.data === "hit" ? 1 : Infinity;
  const bad = Array.from(column).findIndex((v) => !(Number.isInteger(v) && v >= 0 && v <= most));
  if (bad >= 0)
    throw refuse(`data.${name}[${bad}] is ${column[bad]}, ${word} has ${most === 1 ? "0 and 1" : "counts"}`);
}

/** The expression with every law written out. `first`: what a law of one argument too few is about. */
export function writeOut(where: string, source: string, first?: string, known: Known = {}): string {
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
    checkLaw(where, word, law, given, known);
    const args = given.map((text) => `(${writeOut(where, text, undefined, known)})`);
    const inside =
      law.half && !known.notNegative?.has(given[0]!.trim()) ? `${args[0]} >= 0` : law.within?.(...args);
    const text = law.text(...args);
    out += inside ? `if(${inside}, ${text}, -1/0)` : text;
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
