// The parsed tree as LaTeX and as presentation MathML. One walk decides about parentheses; a notation only writes.

import type { BinaryOperator, Syntax, Tree } from "./parse.js";

interface Notation {
  number(text: string): string;
  name(base: string, subscript: string): string;
  operator(left: string, op: BinaryOperator | "", right: string): string;
  negative(a: string): string;
  fraction(a: string, b: string): string;
  power(a: string, b: string): string;
  root(a: string, degree: string): string;
  bars(a: string): string;
  parentheses(a: string): string;
  call(name: string, args: readonly string[]): string;
  choose(condition: string, yes: string, no: string): string;
}

const GREEK =
  "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega";
const LETTERS = [..."αβγδεζηθικλμνξπρστυφχψω"];
const SYMBOL = new Map(GREEK.split(" ").map((name, i) => [name, LETTERS[i]!]));

const latexWord = (word: string): string =>
  SYMBOL.has(word)
    ? `\\${word}`
    : (word !== "_" && [...word].length === 1) || /^\d+$/.test(word)
      ? word
      : `\\mathrm{${word.replaceAll("_", "\\_")}}`;
const LATEX_OPERATOR: Partial<Record<BinaryOperator | "", string>> = {
  "": "\\,", // a product whose factors need no sign between them
  "*": " \\cdot ",
  "<=": " \\le ",
  ">=": " \\ge ",
  "==": " = ",
  "!=": " \\ne ",
  "&&": " \\land ",
  "||": " \\lor ",
};
const LATEX_FUNCTIONS = new Set(["exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "min", "max"]);

const LATEX: Notation = {
  number: (text) => text.replace(/[eE]\+?(-?\d+)$/, " \\times 10^{$1}"),
  name: (base, subscript) => latexWord(base) + (subscript ? `_{${latexWord(subscript)}}` : ""),
  operator: (left, op, right) => `${left}${LATEX_OPERATOR[op] ?? ` ${op} `}${right}`,
  negative: (a) => `-${a}`,
  fraction: (a, b) => `\\frac{${a}}{${b}}`,
  power: (a, b) => `${a}^{${b}}`,
  root: (a, degree) => `\\sqrt${degree ? `[${degree}]` : ""}{${a}}`,
  bars: (a) => `\\left|${a}\\right|`,
  parentheses: (a) => `\\left(${a}\\right)`,
  call: (name, args) =>
    `${LATEX_FUNCTIONS.has(name) ? `\\${name}` : `\\operatorname{${name}}`}\\left(${args.join(", ")}\\right)`,
  choose: (condition, yes, no) =>
    `\\begin{cases} ${yes} & \\text{if } ${condition} \\\\ ${no} & \\text{otherwise} \\end{cases}`,
};

const MATHML_OPERATOR: Partial<Record<BinaryOperator | "", string>> = {
  "": "&#x2062;", // invisible times
  "*": "&#xB7;",
  "-": "&#x2212;",
  "<": "&lt;",
  ">": "&gt;",
  "<=": "&#x2264;",
  ">=": "&#x2265;",
  "==": "=",
  "!=": "&#x2260;",
  "&&": "&#x2227;",
  "||": "&#x2228;",
};
const mathmlWord = (word: string): string =>
  /^\d+$/.test(word) ? `<mn>${word}</mn>` : `<mi>${SYMBOL.get(word) ?? word}</mi>`;
const fenced = (open: string, inner: string, close: string): string =>
  `<mrow><mo>${open}</mo>${inner}<mo>${close}</mo></mrow>`;

const MATHML: Notation = {
  number: (text) => {
    const [digits, exponent] = text.toLowerCase().split("e") as [string, string?];
    if (exponent === undefined) return `<mn>${digits}</mn>`;
    return `<mrow><mn>${digits}</mn><mo>&#xD7;</mo><msup><mn>10</mn><mn>${exponent.replace("+", "")}</mn></msup></mrow>`;
  },
  name: (base, subscript) =>
    subscript ? `<msub>${mathmlWord(base)}${mathmlWord(subscript)}</msub>` : mathmlWord(base),
  // The thin space of LaTeX between factors: without it "rate v" reads as one name.
  operator: (left, op, right) =>
    `<mrow>${left}<mo${op ? "" : ' rspace="0.17em"'}>${MATHML_OPERATOR[op] ?? op}</mo>${right}</mrow>`,
  negative: (a) => `<mrow><mo>&#x2212;</mo>${a}</mrow>`,
  fraction: (a, b) => `<mfrac>${a}${b}</mfrac>`,
  power: (a, b) => `<msup>${a}${b}</msup>`,
  root: (a, degree) => (degree ? `<mroot>${a}<mn>${degree}</mn></mroot>` : `<msqrt>${a}</msqrt>`),
  bars: (a) => fenced("|", a, "|"),
  parentheses: (a) => fenced("(", a, ")"),
  call: (name, args) =>
    `<mrow><mi>${name}</mi><mo>&#x2061;</mo>${fenced("(", args.join("<mo>,</mo>"), ")")}</mrow>`,
  choose: (condition, yes, no) =>
    `<mrow><mo>{</mo><mtable><mtr><mtd>${yes}</mtd><mtd><mrow><mtext>if&#xA0;</mtext>${condition}</mrow></mtd></mtr>` +
    `<mtr><mtd>${no}</mtd><mtd><mtext>otherwise</mtext></mtd></mtr></mtable></mrow>`,
};

/** How strongly a piece of text holds together, and whether it begins with a digit or a minus. */
interface Piece {
  readonly text: string;
  readonly strength: number;
  readonly digit?: boolean;
  readonly negative?: boolean;
}
const CHOOSE = 0;
const LOGIC = 0.5;
const COMPARE = 1;
const SUM = 2;
const PRODUCT = 3;
const MINUS = 4;
const POWER = 5;
const ATOM = 6;

/** x1 and x_max are x with a subscript. */
function splitName(name: string): [string, string] {
  const [, base, subscript] = /^(.+?)_?(\d+)$/.exec(name) ?? /^([^_]+)_(.+)$/.exec(name) ?? [name, name, ""];
  return [base!, subscript!];
}

function piece(notation: Notation, node: Syntax, at: (index: number) => Piece): Piece {
  const atom = (text: string): Piece => ({ text, strength: ATOM });
  const least = ({ text, strength }: Piece, limit: number): string =>
    strength < limit ? notation.parentheses(text) : text;
  switch (node.kind) {
    case "number": {
      const strength = /e/i.test(node.text) ? PRODUCT : ATOM;
      return { text: notation.number(node.text), strength, digit: true };
    }
    case "constant":
      return atom(notation.name(node.name, ""));
    case "variable":
    case "param":
      return atom(notation.name(...splitName(node.name)));
    case "negate":
      return { text: notation.negative(least(at(node.a), PRODUCT)), strength: SUM, negative: true };
    case "choose":
      return { text: notation.choose(at(node.a).text, at(node.b).text, at(node.c).text), strength: CHOOSE };
    case "binary":
      return binary(notation, node.op, at(node.a), at(node.b), least);
    case "call": {
      const args = node.args.map((index) => at(index).text);
      if (node.name === "abs") return atom(notation.bars(args[0]!));
      if (node.name === "sqrt") return atom(notation.root(args[0]!, ""));
      if (node.name === "cbrt") return atom(notation.root(args[0]!, "3"));
      return atom(notation.call(node.name, args));
    }
  }
}

function binary(
  n: Notation,
  op: BinaryOperator,
  a: Piece,
  b: Piece,
  least: (p: Piece, limit: number) => string,
): Piece {
  switch (op) {
    case "/":
      // 2 times 3/4 is not the mixed number.
      return {
        text: n.fraction(a.text, b.text),
        strength: MINUS,
        digit: a.digit === true && b.digit === true,
      };
    case "^":
      return { text: n.power(least(a, ATOM), b.text), strength: POWER, ...(a.digit ? { digit: true } : {}) };
    case "*": {
      const sign = b.digit && b.strength >= PRODUCT ? "*" : "";
      if (a.negative)
        return { text: n.operator(a.text, sign, least(b, PRODUCT)), strength: SUM, negative: true };
      const text = n.operator(least(a, PRODUCT), sign, least(b, PRODUCT));
      return { text, strength: PRODUCT, ...(a.digit ? { digit: true } : {}) };
    }
    case "+":
    case "-":
      return { text: n.operator(least(a, SUM), op, least(b, PRODUCT)), strength: SUM };
    case "&&":
    case "||":
      return { text: n.operator(least(a, COMPARE), op, least(b, COMPARE)), strength: LOGIC };
    default:
      return { text: n.operator(least(a, SUM), op, least(b, SUM)), strength: COMPARE };
  }
}

function render(notation: Notation, tree: Tree): string {
  const made: Piece[] = [];
  for (const node of tree.nodes) made.push(piece(notation, node, (index) => made[index]!));
  return made[made.length - 1]!.text;
}

export function toLaTeX(tree: Tree): string {
  return render(LATEX, tree);
}

export function toMathML(tree: Tree): string {
  return `<math xmlns="http://www.w3.org/1998/Math/MathML">${render(MATHML, tree)}</math>`;
}

/** Entries row by row, between brackets. */
export function matrixMathML(entries: readonly Tree[], columns: number): string {
  let rows = "";
  for (let i = 0; i < entries.length; i += columns) {
    const cells = entries.slice(i, i + columns).map((tree) => `<mtd>${render(MATHML, tree)}</mtd>`);
    rows += `<mtr>${cells.join("")}</mtr>`;
  }
  return `<math xmlns="http://www.w3.org/1998/Math/MathML">${fenced("[", `<mtable>${rows}</mtable>`, "]")}</math>`;
}
