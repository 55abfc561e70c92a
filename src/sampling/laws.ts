// Log densities as text: "normal(y, mu, sigma)" in an expression stands for the logarithm of the law's density, -Infinity beyond its
// support: the table of laws. write-out.ts replaces each by its arithmetic before the expression is compiled.

import { logGamma } from "../random/log-gamma.js";
import { log } from "../runtime/elementary.js";

export interface Law {
  /** Names of the arguments, as they are shown in errors; the first is what is distributed. */
  readonly args: readonly string[];
  readonly text: (...args: string[]) => string;
  /** What normalises `text`: of numbers and data alone it is a constant. */
  readonly constant?: (...args: string[]) => string;
  /** Where the law has a density, as a condition: beyond it the logarithm is -Infinity. */
  readonly within?: (...args: string[]) => string;
  /** Its numbers are not negative; a parameter that cannot be needs no condition. */
  readonly half?: true;
  /** With `half`: 0 is not among them either. */
  readonly open?: true;
  /** Arguments that are not 0 or less. */
  readonly positive?: readonly number[];
  /** Of these that are no plain numbers: what 0 or less the arithmetic would take, so that it needs a condition. */
  readonly checked?: readonly number[];
  /** Arguments between 0 and 1, and one that is not negative. */
  readonly unit?: number;
  readonly rate?: number;
  /** What data of it must be. */
  readonly data?: "count" | "hit";
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

/** log |gamma|, as a number where its argument is one. */
function gammaOf(text: string): string {
  const value = plain(text);
  return value > 0 && value < Infinity ? `(${logGamma(value)})` : `lgamma${text}`;
}

/** Of (offset + factor text). */
function gammaAt(text: string, offset: number, factor = 1): string {
  const value = plain(text);
  return gammaOf(Number.isNaN(value) ? `(${offset} + ${factor}*${text})` : `(${offset + factor * value})`);
}

// At the ends of a law's support 0 log 0 is 0: there the logarithm is taken of 1 more. Such additions, and penalties, are choices between
// numbers, which have no derivative; choices between terms that have one would cost the reverse mode.
const oneIf = (condition: string): string => `if(${condition}, 1, 0)`;
const penalty = (allowed: string): string => `if(${allowed}, 0, -1/0)`;

/** (a - 1) log(x), 0 where a is 1. */
const powerOf = (x: string, a: string): string =>
  plain(a) !== 1 && !Number.isNaN(plain(a))
    ? `(${a} - 1)*log(${x})`
    : `(${a} - 1)*log(${x} + ${oneIf(`${x} == 0 and ${a} == 1`)})`;

/** (b - 1) log(1 - x), 0 where b is 1. */
const powerOfRest = (x: string, b: string): string =>
  plain(b) !== 1 && !Number.isNaN(plain(b))
    ? `(${b} - 1)*log1p(-${x})`
    : `(${b} - 1)*log1p(${oneIf(`${x} == 1 and ${b} == 1`)} - ${x})`;

/** k log(p) + (n - k) log(1 - p), for 0 <= p <= 1. */
const hitsOf = (k: string, n: string, p: string): string =>
  plain(p) > 0 && plain(p) < 1
    ? `${k}*log(${p}) + (${n} - ${k})*log1p(-${p})`
    : `${k}*log(${p} + ${oneIf(`${k} == 0`)}) + (${n} - ${k})*log1p(${oneIf(`${k} == ${n}`)} - ${p}) + ${penalty(`${p} >= 0 and ${p} <= 1`)}`;

/** Hits from 0 to n, a whole number. */
const possible = (k: string, n: string): string =>
  penalty(`${k} >= 0 and ${k} <= ${n} and floor(${n}) == ${n}`);

/** -log(2 pi)/2, log(2/pi)/2, -log(pi), log(2/pi), -log(2). */
const NORMAL = "(-0.9189385332046728)";
const HALF_NORMAL = "(-0.22579135264472744)";
const CAUCHY = "(-1.1447298858494002)";
const HALF_CAUCHY = "(-0.45158270528945488)";
const LAPLACE = "(-0.6931471805599453)";

const ofCount = (k: string): string => `-${gammaAt(k, 1)}`;
/** The absolute value keeps n off the poles where this would be Infinity, not -Infinity. */
const ofCounts = (k: string, n: string): string =>
  `(${gammaAt(plain(n) >= 0 ? n : `(abs(${n}))`, 1)} - ${gammaAt(k, 1)} - ${gammaOf(`(1 + ${n} - ${k})`)})`;

/** Each argument arrives in parentheses. */
export const laws: Readonly<Record<string, Law>> = {
  normal: {
    args: ["x", "mean", "sd"],
    positive: [2],
    text: (x, m, s) => `(${square(-0.5, `(${x} - ${m})`, s)} - ${logOf(s)})`,
    constant: () => NORMAL,
  },
  halfNormal: {
    args: ["x", "sd"],
    half: true,
    positive: [1],
    text: (x, s) => `(${square(-0.5, x, s)} - ${logOf(s)})`,
    constant: () => HALF_NORMAL,
  },
  lognormal: {
    args: ["x", "mean", "sd"],
    half: true,
    open: true,
    positive: [2],
    text: (x, m, s) => `(${square(-0.5, `(log(${x}) - ${m})`, s)} - ${logOf(s)} - log(${x}))`,
    constant: () => NORMAL,
  },
  studentT: {
    args: ["x", "dof", "location", "scale"],
    positive: [1, 3],
    text: (x, nu, m, s) => {
      const squares = Number.isNaN(plain(nu))
        ? `${square(1, `(${x} - ${m})`, s)}/${nu}`
        : square(1 / plain(nu), `(${x} - ${m})`, s);
      return `(-0.5*(${nu} + 1)*log1p(${squares}) - ${logOf(s)})`;
    },
    constant: (_x, nu) =>
      `(${gammaAt(nu, 0.5, 0.5)} - ${gammaAt(nu, 0, 0.5)} - 0.5*${logOf(nu)} - 0.5723649429247001)`,
  },
  cauchy: {
    args: ["x", "location", "scale"],
    positive: [2],
    text: (x, m, s) => `(-log1p(${square(1, `(${x} - ${m})`, s)}) - ${logOf(s)})`,
    constant: () => CAUCHY,
  },
  halfCauchy: {
    args: ["x", "scale"],
    half: true,
    positive: [1],
    text: (x, s) => `(-log1p(${square(1, x, s)}) - ${logOf(s)})`,
    constant: () => HALF_CAUCHY,
  },
  laplace: {
    args: ["x", "location", "scale"],
    positive: [2],
    text: (x, m, s) => `(-${over(`abs(${x} - ${m})`, s)} - ${logOf(s)})`,
    constant: () => LAPLACE,
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
    checked: [1, 2],
    text: (x, a, b) => `(${powerOf(x, a)} - ${b}*${x} + ${a}*${logOf(b)})`,
    constant: (_x, a) => `-${gammaOf(a)}`,
  },
  inverseGamma: {
    args: ["x", "shape", "scale"],
    half: true,
    open: true,
    positive: [1, 2],
    checked: [1, 2],
    text: (x, a, b) => `(-(${a} + 1)*log(${x}) - ${b}/${x} + ${a}*${logOf(b)})`,
    constant: (_x, a) => `-${gammaOf(a)}`,
  },
  beta: {
    args: ["x", "a", "b"],
    unit: 0,
    positive: [1, 2],
    checked: [1, 2],
    within: (x) => `${x} >= 0 and ${x} <= 1`,
    text: (x, a, b) => `(${powerOf(x, a)} + ${powerOfRest(x, b)})`,
    constant: (_x, a, b) =>
      `(${gammaOf(`(${plain(a) + plain(b) || `${a} + ${b}`})`)} - ${gammaOf(a)} - ${gammaOf(b)})`,
  },
  weibull: {
    args: ["x", "shape", "scale"],
    half: true,
    positive: [1, 2],
    checked: [1, 2],
    text: (x, k, s) => `(${logOf(k)} - ${k}*${logOf(s)} + ${powerOf(x, k)} - (${x}/${s})^${k})`,
  },
  uniform: {
    args: ["x", "low", "high"],
    within: (x, a, b) => `${x} >= ${a} and ${x} <= ${b}`,
    text: (_x, a, b) => `(-log(${b} - ${a}))`,
  },
  poisson: {
    args: ["count", "rate"],
    rate: 1,
    data: "count",
    text: (k, r) =>
      plain(r) > 0
        ? `(${k}*${logOf(r)} - ${r})`
        : `(${k}*log(abs(${r}) + ${oneIf(`${k} == 0`)}) - ${r} + ${penalty(`${r} >= 0`)})`,
    constant: ofCount,
  },
  poissonLog: {
    args: ["count", "logRate"],
    data: "count",
    text: (k, eta) => `(${k}*${eta} - exp(${eta}))`,
    constant: ofCount,
  },
  bernoulli: {
    args: ["hit", "probability"],
    unit: 1,
    data: "hit",
    text: (y, p) => `(${hitsOf(y, "1", p)})`,
  },
  bernoulliLogit: {
    args: ["hit", "logit"],
    data: "hit",
    text: (y, eta) => `(${y}*${eta} - ${softplus(eta)})`,
  },
  binomial: {
    args: ["hits", "tries", "probability"],
    unit: 2,
    data: "count",
    text: (k, n, p) => `(${hitsOf(k, n, p)} + ${possible(k, n)})`,
    constant: ofCounts,
  },
  binomialLogit: {
    args: ["hits", "tries", "logit"],
    data: "count",
    text: (k, n, eta) => `(${k}*${eta} - ${n}*${softplus(eta)} + ${possible(k, n)})`,
    constant: ofCounts,
  },
};
