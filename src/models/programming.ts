// The parsed tree as an expression of JavaScript, Python (NumPy) and R. One walk decides about parentheses; a language only
// says how its operators and functions are written. erf and round are the language's own, by name: whoever writes a program
// defines what is missing (`needs`).

import { DownhillError } from "../runtime/errors.js";
import type { BinaryOperator, Syntax, Tree } from "./syntax.js";

export type ProgramLanguage = "js" | "python" | "r";

interface Language {
  /** A function of the model language with its arguments written out. */
  readonly calls: Readonly<Record<string, (...args: string[]) => string>>;
  name(kind: "variable" | "param", name: string): string;
  readonly constants: Readonly<Record<string, string>>;
  power(a: string, b: string): string;
  /** Powers are a call, not an operator. */
  readonly powerIsCall: boolean;
  compare(a: string, op: BinaryOperator, b: string): string;
  choose(condition: string, yes: string, no: string): string;
}

const SUM = 1;
const PRODUCT = 2;
const MINUS = 3;
const POWER = 4;
const ATOM = 5;

interface Piece {
  readonly text: string;
  readonly strength: number;
}

const call =
  (name: string) =>
  (...args: string[]): string =>
    `${name}(${args.join(", ")})`;
const calls = (prefix: string, names: string): Record<string, (...args: string[]) => string> =>
  Object.fromEntries(
    names.split(" ").map((pair) => {
      const [name, theirs = name] = pair.split("=");
      return [name!, call(prefix + theirs)];
    }),
  );
/** z = (x - centre)/width of the peaks. */
const scaled = (x: string, centre?: string, width?: string): string =>
  width === undefined
    ? centre === undefined
      ? `(${x})`
      : `(${x} - (${centre}))`
    : `((${x} - (${centre}))/(${width}))`;

const JS: Language = {
  calls: {
    ...calls(
      "Math.",
      "exp expm1 log log1p log2 log10 cbrt sin cos tan asin acos atan sinh cosh tanh sqrt abs sign floor ceil hypot atan2 min max pow",
    ),
    erf: call("erf"),
    round: (a) => `Math.floor(${a} + 0.5)`,
    step: (a) => `(${a} >= 0 ? 1 : 0)`,
    not: (a) => `(${a} ? 0 : 1)`,
    mod: (a, b) => `(((${a}) % (${b}) + (${b})) % (${b}))`,
    sinc: (a) => `((${a}) === 0 ? 1 : Math.sin(${a})/(${a}))`,
    clamp: (a, low, high) => `Math.min(Math.max(${a}, ${low}), ${high})`,
    gaussian: (...a) => `Math.exp(-0.5*Math.pow(${scaled(...(a as [string]))}, 2))`,
    lorentzian: (...a) => `(1/(1 + Math.pow(${scaled(...(a as [string]))}, 2)))`,
    sigmoid: (...a) => `(1/(1 + Math.exp(-${scaled(...(a as [string]))})))`,
  },
  name: (kind, name) => {
    const plain = /^[\p{ID_Start}_][\p{ID_Continue}]*$/u.test(name);
    if (kind === "variable" && name === "x") return "x";
    const of = kind === "variable" ? "x" : "p";
    return plain ? `${of}.${name}` : `${of}[${JSON.stringify(name)}]`;
  },
  constants: { pi: "Math.PI", "\u03c0": "Math.PI", e: "Math.E" },
  power: (a, b) => `Math.pow(${a}, ${b})`,
  powerIsCall: true,
  compare: (a, op, b) => `(${a} ${op === "==" ? "===" : op === "!=" ? "!==" : op} ${b} ? 1 : 0)`,
  choose: (condition, yes, no) => `(${condition} ? ${yes} : ${no})`,
};

const PYTHON_WORDS = new Set(
  "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield np".split(
    " ",
  ),
);
/** Subscript digits and whatever else is no part of a name in another language become plain. */
const plainName = (name: string): string =>
  name.replace(/[\u2080-\u2089]/g, (c) => String(c.charCodeAt(0) - 0x2080));

const PYTHON: Language = {
  calls: {
    ...calls(
      "np.",
      "exp expm1 log log1p log2 log10 cbrt sin cos tan asin=arcsin acos=arccos atan=arctan sinh cosh tanh sqrt abs sign floor ceil hypot atan2=arctan2 pow=power",
    ),
    erf: call("erf"),
    ...calls("special.", "erfc gamma lgamma=gammaln beta besselj0=j0 besselj1=j1"),
    lambertw: (a) => `special.lambertw(${a}).real`,
    voigt: (x, centre, sigma, gamma) =>
      `special.voigt_profile((${x}) - (${centre}), np.abs(${sigma}), np.abs(${gamma}))`,
    min: (...args) => args.reduce((a, b) => `np.minimum(${a}, ${b})`),
    max: (...args) => args.reduce((a, b) => `np.maximum(${a}, ${b})`),
    round: (a) => `np.floor(${a} + 0.5)`,
    step: (a) => `np.where((${a}) >= 0, 1.0, 0.0)`,
    not: (a) => `np.where(${a}, 0.0, 1.0)`,
    mod: (a, b) => `np.mod(${a}, ${b})`,
    sinc: (a) => `np.sinc((${a})/np.pi)`,
    clamp: (a, low, high) => `np.minimum(np.maximum(${a}, ${low}), ${high})`,
    gaussian: (...a) => `np.exp(-0.5*${scaled(...(a as [string]))}**2)`,
    lorentzian: (...a) => `(1/(1 + ${scaled(...(a as [string]))}**2))`,
    sigmoid: (...a) => `(1/(1 + np.exp(-${scaled(...(a as [string]))})))`,
  },
  name: (_, name) => (PYTHON_WORDS.has(name) ? `${name}_` : plainName(name)),
  constants: { pi: "np.pi", "\u03c0": "np.pi", e: "np.e" },
  power: (a, b) => `${a}**${b}`,
  powerIsCall: false,
  compare: (a, op, b) =>
    op === "&&" || op === "||"
      ? `(1.0*np.logical_${op === "&&" ? "and" : "or"}(${a}, ${b}))`
      : `(1.0*(${a} ${op} ${b}))`,
  choose: (condition, yes, no) => `np.where(${condition}, ${yes}, ${no})`,
};

const R: Language = {
  calls: {
    ...calls(
      "",
      "exp expm1 log log1p log2 log10 sin cos tan asin acos atan sinh cosh tanh sqrt abs sign floor ceil=ceiling atan2",
    ),
    pow: (a, b) => `(${a})^(${b})`,
    cbrt: (a) => `(sign(${a})*abs(${a})^(1/3))`,
    ...calls("", "gamma lgamma beta"),
    erfc: (a) => `(2*pnorm(-(${a})*sqrt(2)))`,
    besselj0: (a) => `besselJ(${a}, 0)`,
    besselj1: (a) => `besselJ(${a}, 1)`,
    erf: (a) => `(2*pnorm((${a})*sqrt(2)) - 1)`,
    min: call("pmin"),
    max: call("pmax"),
    hypot: (a, b) => `sqrt((${a})^2 + (${b})^2)`,
    round: (a) => `floor(${a} + 0.5)`,
    step: (a) => `((${a}) >= 0)`,
    not: (a) => `((${a}) == 0)`,
    mod: (a, b) => `((${a}) %% (${b}))`,
    sinc: (a) => `ifelse((${a}) == 0, 1, sin(${a})/(${a}))`,
    clamp: (a, low, high) => `pmin(pmax(${a}, ${low}), ${high})`,
    gaussian: (...a) => `exp(-0.5*${scaled(...(a as [string]))}^2)`,
    lorentzian: (...a) => `(1/(1 + ${scaled(...(a as [string]))}^2))`,
    sigmoid: (...a) => `(1/(1 + exp(-${scaled(...(a as [string]))})))`,
  },
  name: (_, given) => {
    const name = plainName(given);
    return /^[\p{L}][\p{L}\p{Nd}_]*$/u.test(name) &&
      !/^(if|else|for|while|repeat|function|in|next|break|TRUE|FALSE|NULL|NA|Inf|NaN)$/.test(name)
      ? name
      : `\`${name}\``;
  },
  constants: { pi: "pi", "\u03c0": "pi", e: "exp(1)" },
  power: (a, b) => `${a}^${b}`,
  powerIsCall: false,
  compare: (a, op, b) =>
    op === "&&" || op === "||" ? `(((${a}) != 0) ${op[0]} ((${b}) != 0))` : `(${a} ${op} ${b})`,
  choose: (condition, yes, no) => `ifelse((${condition}) != 0, ${yes}, ${no})`,
};

const LANGUAGES: Readonly<Record<ProgramLanguage, Language>> = { js: JS, python: PYTHON, r: R };

function binary(l: Language, op: BinaryOperator, a: Piece, b: Piece): Piece {
  const at = ({ text, strength }: Piece, least: number): string => (strength < least ? `(${text})` : text);
  switch (op) {
    case "+":
      return { text: `${at(a, SUM)} + ${at(b, SUM + 1)}`, strength: SUM };
    case "-":
      return { text: `${at(a, SUM)} - ${at(b, SUM + 1)}`, strength: SUM };
    case "*":
    case "/":
      return { text: `${at(a, PRODUCT)}${op}${at(b, PRODUCT + 1)}`, strength: PRODUCT };
    case "^":
      if (l.powerIsCall) return { text: l.power(a.text, b.text), strength: ATOM };
      return { text: l.power(at(a, ATOM), at(b, POWER)), strength: POWER };
    default:
      return { text: l.compare(at(a, SUM), op, at(b, SUM)), strength: ATOM };
  }
}

function pieceOf(l: Language, node: Syntax, at: (index: number) => Piece): Piece {
  const atom = (text: string): Piece => ({ text, strength: ATOM });
  switch (node.kind) {
    case "number":
      // 1/3 of whole numbers is a third everywhere; R and NumPy take every spelling of the model language.
      return atom(/^\./.test(node.text) ? `0${node.text}` : node.text);
    case "constant":
      return atom(l.constants[node.name] ?? String(node.value));
    case "variable":
    case "param":
      return atom(l.name(node.kind, node.name));
    case "negate": {
      // Two signs in a row are another operator in JavaScript.
      const { text, strength } = at(node.a);
      const apart = strength < PRODUCT || text.startsWith("-");
      return { text: apart ? `-(${text})` : `-${text}`, strength: MINUS };
    }
    case "choose":
      return atom(l.choose(at(node.a).text, at(node.b).text, at(node.c).text));
    case "binary":
      return binary(l, node.op, at(node.a), at(node.b));
    case "call": {
      const write = l.calls[node.name];
      if (!write)
        throw new DownhillError("OPTION", `fitCode: ${node.name} has no form in this language`, {
          hint: "ask for python",
          details: { option: "language", name: node.name },
        });
      return atom(write(...node.args.map((index) => at(index).text)));
    }
  }
}

export interface Written {
  /** The expression. */
  readonly text: string;
  /** It calls erf, which the language does not have. */
  readonly needsErf: boolean;
}

/** The tree as an expression of a language; parameters of JavaScript are fields of p, variables other than x fields of x. */
export function writeExpression(tree: Tree, language: ProgramLanguage): Written {
  const l = LANGUAGES[language];
  const made: Piece[] = [];
  for (const node of tree.nodes) made.push(pieceOf(l, node, (index) => made[index]!));
  const needsErf = tree.nodes.some((node) => node.kind === "call" && node.name === "erf");
  return { text: made[made.length - 1]!.text, needsErf: needsErf && language !== "r" };
}

/** A name as the language writes it. */
export const programName = (language: ProgramLanguage, name: string): string =>
  language === "js" ? name : LANGUAGES[language].name("param", name);
