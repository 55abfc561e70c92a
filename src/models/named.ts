// What a model by name is, and how they add, multiply and take prefixes. The table is in named-table.ts; curveFit finds
// their starting values.

import { DownhillError, quote } from "../runtime/errors.js";
import { toLaTeX, toMathML } from "./display.js";
import { nameAt } from "./language.js";
import { parse, type Tree } from "./parse.js";
import { tokenize } from "./tokens.js";

export interface NamedParam {
  readonly name: string;
  readonly meaning: string;
  /** In units of x and y: "y", "1/x", "y/x", "" for a pure number. */
  readonly unit: string;
  /** The smallest value that means something. */
  readonly min?: number | undefined;
}

/** A model as data, taken by `curveFit({ model })` of the main entry. */
export interface NamedModel {
  readonly title: string;
  readonly text: string;
  readonly variables: readonly string[];
  readonly params: readonly NamedParam[];
  readonly reference: string;
}

export type Row = readonly [name: string, meaning: string, unit: string, min?: number];

/** One model of the table. */
export function named(
  title: string,
  text: string,
  params: readonly Row[],
  reference: string,
  variables: readonly string[] = ["x"],
): NamedModel {
  const list = params.map(([name, meaning, unit, min]) =>
    Object.freeze(min === undefined ? { name, meaning, unit } : { name, meaning, unit, min }),
  );
  return Object.freeze({
    title,
    text,
    variables: Object.freeze([...variables]),
    params: Object.freeze(list),
    reference,
  });
}

/**
 * c0 + c1 x + ... + cn x^n.
 *
 * @throws DownhillError OPTION unless 0 <= degree <= 15.
 * @example
 * polynomial(2).text; // "c0 + c1*x + c2*x^2"
 */
export function polynomial(degree: number): NamedModel {
  const terms = powers("polynomial", "degree", degree, "c", 0);
  return named(
    `polynomial of degree ${degree}`,
    terms.map(({ term }) => term).join(" + "),
    terms.map(({ name, k }): Row => [name, `factor of x^${k}`, k === 0 ? "y" : `y/x^${k}`]),
    "-",
  );
}

/**
 * (p0 + p1 x + ... ) / (1 + q1 x + ...).
 *
 * @throws DownhillError OPTION unless both degrees are from 0 to 15, the second at least 1.
 * @example
 * rational(1, 2).text; // "(p0 + p1*x)/(1 + q1*x + q2*x^2)"
 */
export function rational(above: number, below: number): NamedModel {
  const p = powers("rational", "the first degree", above, "p", 0);
  const q = powers("rational", "the second degree", below, "q", 1);
  const rows = [
    ...p.map(({ name, k }): Row => [name, `factor of x^${k} above`, k === 0 ? "y" : `y/x^${k}`]),
    ...q.map(({ name, k }): Row => [name, `factor of x^${k} below`, `1/x^${k}`]),
  ];
  const text = (list: typeof p): string => list.map(({ term }) => term).join(" + ");
  return named(`rational function ${above}/${below}`, `(${text(p)})/(1 + ${text(q)})`, rows, "-");
}

const HIGHEST = 15;

function powers(where: string, option: string, degree: number, letter: string, from: number) {
  if (!Number.isInteger(degree) || degree < from || degree > HIGHEST) {
    throw new DownhillError(
      "OPTION",
      `${where}: ${option} must be a whole number from ${from} to ${HIGHEST}, got ${quote(degree)}`,
      { details: { option, value: degree } },
    );
  }
  return Array.from({ length: degree - from + 1 }, (_, i) => {
    const k = i + from;
    const name = `${letter}${k}`;
    return { k, name, term: k === 0 ? name : k === 1 ? `${name}*x` : `${name}*x^${k}` };
  });
}

/**
 * The model with every parameter's name prefixed.
 *
 * @throws DownhillError OPTION where the result would be no name.
 * @example
 * prefix(models.gaussian, "p1_").text; // "p1_height*gaussian(x, p1_center, p1_sigma)"
 */
export function prefix(model: NamedModel, text: string): NamedModel {
  checkNamed("prefix", model);
  if (typeof text !== "string" || nameAt(`${text}a`, 0) !== `${text}a`) {
    throw new DownhillError("OPTION", `prefix: ${quote(text)} cannot begin a name`, {
      hint: 'letters, digits and _, such as "p1_"',
      details: { option: "prefix", value: text },
    });
  }
  const names = new Set(model.params.map(({ name }) => name));
  let out = "";
  let from = 0;
  for (const token of tokenize(model.text)) {
    // gaussian(...) is a function, whatever a parameter is called.
    const called = model.text[token.at + token.text.length] === "(";
    if (token.kind !== "name" || called || !names.has(token.text)) continue;
    out += `${model.text.slice(from, token.at)}${text}`;
    from = token.at;
  }
  const params = model.params.map((param) => Object.freeze({ ...param, name: text + param.name }));
  return Object.freeze({ ...model, text: out + model.text.slice(from), params: Object.freeze(params) });
}

function joined(
  where: string,
  list: readonly NamedModel[],
  sign: string,
  wrap: (text: string) => string,
): NamedModel {
  if (list.length === 0) throw new DownhillError("OPTION", `${where}: at least one model is needed`);
  for (const model of list) checkNamed(where, model);
  const params = list.flatMap((model) => model.params);
  const twice = params.find(({ name }, i) => params.findIndex((other) => other.name === name) < i);
  if (twice) {
    throw new DownhillError("OPTION", `${where}: two models have a parameter ${quote(twice.name)}`, {
      hint: `prefix(model, "p2_") gives one of them other names`,
      details: { param: twice.name },
    });
  }
  return Object.freeze({
    title: list.map(({ title }) => title).join(` ${sign} `),
    text: list.map(({ text }) => wrap(text)).join(` ${sign} `),
    variables: Object.freeze([...new Set(list.flatMap(({ variables }) => variables))]),
    params: Object.freeze(params),
    reference:
      [...new Set(list.map(({ reference }) => reference).filter((r) => r !== "-"))].join("; ") || "-",
  });
}

/**
 * The sum of models; parameters of one name are refused (`prefix` renames them).
 *
 * @throws DownhillError OPTION where two parameters have one name.
 * @example
 * sum(prefix(models.gaussian, "p1_"), prefix(models.gaussian, "p2_"), models.linear).params.length; // 8
 */
export const sum = (...list: readonly NamedModel[]): NamedModel =>
  joined("sum", list, "+", (text) => (/[?<>=!&|]/.test(text) ? `(${text})` : text));

/**
 * The product of models, as `sum`.
 *
 * @example
 * const [x, y] = [[0, 1, 2, 3, 4], [2.5, 1.6, 1.1, 0.8, 0.7]];
 * curveFit({ model: product(models.linear, models.exponential), x, y }).status;
 */
export const product = (...list: readonly NamedModel[]): NamedModel =>
  joined("product", list, "*", (text) => `(${text})`);

/** OPTION unless this is a model as data. */
function checkNamed(where: string, model: unknown): asserts model is NamedModel {
  const { text, variables, params } = (model ?? {}) as Partial<Record<keyof NamedModel, unknown>>;
  const strings = (list: unknown): boolean =>
    Array.isArray(list) && list.every((name) => typeof name === "string");
  const named = Array.isArray(params) && strings(params.map((param) => param?.name));
  if (typeof text === "string" && strings(variables) && named) return;
  throw new DownhillError("OPTION", `${where}: expected a named model, got ${quote(model)}`, {
    hint: "such as models.gaussian, or polynomial(2)",
    details: { option: "model", value: model },
  });
}

function treeOf(where: string, model: NamedModel): Tree {
  checkNamed(where, model);
  const { text, variables, params } = model;
  return parse(text, { variables, params: params.map(({ name }) => name) });
}

/**
 * A named model in LaTeX.
 *
 * @example
 * modelLaTeX(models.gaussian);
 */
export const modelLaTeX = (model: NamedModel): string => toLaTeX(treeOf("modelLaTeX", model));
/**
 * A named model in presentation MathML.
 *
 * @example
 * modelMathML(models.gaussian);
 */
export const modelMathML = (model: NamedModel): string => toMathML(treeOf("modelMathML", model));
