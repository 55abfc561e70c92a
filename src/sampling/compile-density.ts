// compileDensity: a log density as text, with laws for data and priors, names with constraints, and exact gradients.

import { readNames } from "../models/model.js";
import { paramNames } from "../models/names.js";
import { chosenRuntime } from "../runtime/default.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { copyNumbers, takeNumbers } from "../runtime/numbers.js";
import { checkFinite, checkKeys, checkOut, choiceOption, isRecord, optionError } from "../runtime/options.js";
import type { Runtime } from "../runtime/runtime.js";
import { checkConstraint, confined } from "./constraint.js";
import type { Constraint, LogDensity } from "./density.js";
import { DensityPart } from "./density-part.js";
import type { ConstraintKind } from "./transform.js";
import { type Domains, writeOut, writePrior } from "./write-out.js";

/**
 * A parameter: a constraint, bounds, how many there are (`name1`, `name2` ...), and a law: "normal(0, 5)". It lies where the laws that are
 * terms of the sum have a density: of the prior "gamma(3, 2)" it is positive.
 */
export interface DensityParam {
  kind?: ConstraintKind | undefined;
  lower?: number | undefined;
  upper?: number | undefined;
  size?: number | undefined;
  prior?: string | undefined;
}

export interface CompileDensityOptions {
  /**
   * Names, or an object of constraints: `{ mu: {}, tau: "positive", w: { kind: "simplex", size: 3 } }`. Default: the names of the text
   * and its `priors` that are no data, as they first occur.
   */
  params?: readonly string[] | Readonly<Record<string, ConstraintKind | DensityParam>> | undefined;
  /** Columns of equal length for the variables of the text. */
  data?: Readonly<Record<string, ArrayLike<number>>> | undefined;
  /** "sum" (default with data): the text is the term of one datum. */
  reduce?: "sum" | undefined;
  /** Terms that are added once: `["normal(mu, 0, 5)", "halfCauchy(tau, 5)"]`. */
  priors?: readonly string[] | undefined;
  /** Where chains start, by name. Default: drawn at random. */
  start?: Readonly<Record<string, number>> | undefined;
  runtime?: Runtime | undefined;
}

/** What `compileDensity` was told, as plain data: a thread makes the same density of it. */
export interface Recipe {
  readonly text: string;
  readonly options: CompileDensityOptions;
}

/** What `compileDensity` has made of a text. */
export interface DensityMade {
  readonly names: readonly string[];
  readonly constraints: readonly Constraint[];
  readonly parts: readonly DensityPart[];
  /** One datum's term with all its constants; null without data. */
  readonly terms: DensityPart | null;
  /** Constants that `parts` leave out. */
  readonly left: readonly DensityPart[];
  readonly start: Float64Array | null;
  readonly runtime: Runtime | undefined;
  readonly recipe: Recipe;
}

/** A compiled density: `sample` takes it as it is, and runs whole trajectories of it in the core. */
export class CompiledDensity implements LogDensity {
  readonly source: string;
  readonly names: readonly string[];
  readonly constraints: readonly Constraint[];
  /** log density of each datum at x with all its constants, for `loo` and `waic`; absent without data. */
  declare readonly pointwise?: (x: ArrayLike<number>) => Float64Array;
  declare readonly start?: Float64Array;
  readonly #parts: readonly DensityPart[];
  readonly #left: readonly DensityPart[];
  readonly #recipe: Recipe;
  readonly #runtime: Runtime | undefined;

  constructor(
    source: string,
    { names, constraints, parts, terms, left, start, runtime, recipe }: DensityMade,
  ) {
    this.source = source;
    this.#recipe = recipe;
    this.names = names;
    this.constraints = constraints;
    this.#parts = parts;
    this.#left = left;
    this.#runtime = runtime;
    if (start) this.start = start;
    if (terms) this.pointwise = (x) => terms.terms(chosenRuntime(runtime), x);
  }

  /** What normalises the laws of the text and depends on no parameter: `logDensity` leaves it out, an evidence takes it in. */
  get logConstant(): number {
    let sum = 0;
    for (const part of this.#left)
      for (const v of part.terms(chosenRuntime(this.#runtime), new Float64Array(0))) sum += v;
    return sum;
  }

  /** For the samplers: the terms whose sum it is. @internal */
  get parts(): readonly DensityPart[] {
    return this.#parts;
  }

  /** For threads. @internal */
  get recipe(): Recipe {
    return this.#recipe;
  }

  /** The log density at x, in the order of `names`; no Jacobians. */
  logDensity(x: ArrayLike<number>): number {
    const point = takeNumbers("logDensity", "x", x, this.names.length);
    const runtime = chosenRuntime(this.#runtime);
    let value = 0;
    for (const part of this.#parts) value += part.evaluate(runtime, point, null);
    return value;
  }

  /** The same, filling `g` with the gradient. */
  logDensityGrad(x: ArrayLike<number>, g: Float64Array): number {
    const point = takeNumbers("logDensityGrad", "x", x, this.names.length);
    checkOut("logDensityGrad", g, this.names.length);
    const runtime = chosenRuntime(this.#runtime);
    g.fill(0);
    let value = 0;
    for (const part of this.#parts) value += part.evaluate(runtime, point, g);
    return value;
  }
}

/**
 * Compiles a log density. In text, `normal(y, mu, sigma)` and its kin are logarithms of densities, up to `logConstant`: normal
 * halfNormal lognormal studentT cauchy halfCauchy laplace exponential gamma inverseGamma beta weibull uniform poisson
 * poissonLog bernoulli bernoulliLogit binomial binomialLogit.
 *
 * @param text the term of one datum where there are data, else the whole log density; may be "0" with priors only.
 * @throws DownhillError EXPRESSION, with the position in the text written out; OPTION, SHAPE, NON_FINITE_INPUT for names and data.
 * @example
 * ```ts
 * const density = compileDensity("normal(y, a + b*x, sigma)", {
 *   params: { a: { prior: "normal(0, 10)" }, b: { prior: "normal(0, 10)" }, sigma: { kind: "positive", prior: "halfCauchy(2)" } },
 *   data: { x: [1, 2, 3, 4], y: [2.1, 3.9, 6.2, 7.8] },
 * });
 * console.log(sample(density, "random", { seed: 1 }).report());
 * ```
 */
export function compileDensity(text: string, options: CompileDensityOptions = {}): CompiledDensity {
  const where = "compileDensity";
  checkKeys(where, options, ["params", "data", "reduce", "priors", "start", "runtime"]);
  const { data, runtime } = options;
  if (runtime !== undefined) chosenRuntime(runtime);
  choiceOption(where, "reduce", options.reduce, ["sum"], "sum");
  const leftOnce: string[] = [];
  const given = options.priors ?? [];
  if (!Array.isArray(given)) throw optionError(where, "priors", given, "an array of texts");
  const domains: Domains = new Map();
  const written = [text, ...given].map((each) => writeOut(where, each, undefined, { domains }));
  const params = options.params === undefined ? namesIn(written, data) : options.params;
  const { names, constraints, priors, notNegative } = readParams(where, params, leftOnce, domains);
  const known = { notNegative, data: data ?? undefined };
  const once = [
    ...priors,
    ...given.map((prior) => writeOut(where, prior, undefined, { notNegative, left: leftOnce })),
  ];
  const left: string[] = [];
  const term = writeOut(where, text, undefined, { ...known, left });
  const none = new Float64Array(0);
  const constants: DensityPart[] = [];
  const parts: DensityPart[] = [];
  let terms: DensityPart | null = null;
  let own: Record<string, Float64Array> | undefined;
  if (data !== undefined) {
    const { variables, columns, m } = readData(where, data);
    const part = (source: string, params: readonly string[]) =>
      new DensityPart(source, params, variables, columns, m);
    const likelihood = part(term, names);
    terms = left.length > 0 ? part(writeOut(where, text, undefined, known), names) : likelihood;
    if (left.length > 0) constants.push(part(left.join(" + "), []));
    parts.push(...likelihood.fastParts());
    own = Object.fromEntries(variables.map((name, v) => [name, columns.subarray(v * m, (v + 1) * m)]));
  } else {
    once.unshift(term);
    leftOnce.push(...left);
  }
  if (once.length > 0) parts.push(new DensityPart(once.join(" + "), names, [], none, 1));
  if (leftOnce.length > 0) constants.push(new DensityPart(leftOnce.join(" + "), [], [], none, 1));
  const start = readStart(where, options.start, names);
  const recipe = { text, options: { params: copyParams(params), data: own, priors: [...given] } };
  return new CompiledDensity(text, {
    ...{ names, constraints, parts, terms, left: constants, start, runtime, recipe },
  });
}

type DensityParams = NonNullable<CompileDensityOptions["params"]>;

function namesIn(written: readonly string[], data: unknown): string[] {
  const columns = isRecord(data) ? Object.keys(data) : [];
  const names = new Set<string>();
  for (const each of written) for (const name of paramNames(each, [], [])) names.add(name);
  return [...names].filter((name) => !columns.includes(name));
}

const NOT_NEGATIVE: ReadonlySet<string> = new Set(["positive", "simplex", "positiveOrdered"]);

/** Names and plain objects of numbers and texts, so that what the caller does with them later changes nothing. */
function copyParams(params: DensityParams): DensityParams {
  if (Array.isArray(params)) return [...params];
  const copy = (param: ConstraintKind | DensityParam) => (typeof param === "string" ? param : { ...param });
  return Object.fromEntries(Object.entries(params).map(([name, param]) => [name, copy(param)]));
}

function readParams(
  where: string,
  params: DensityParams,
  left: string[],
  domains: Domains,
): { names: string[]; constraints: Constraint[]; priors: string[]; notNegative: Set<string> } {
  if (!Array.isArray(params) && !isRecord(params))
    throw optionError(where, "params", params, "names, or an object of constraints by name");
  const entries: (readonly [string, ConstraintKind | DensityParam])[] = Array.isArray(params)
    ? readNames(where, "params", params).map((name) => [name, {}])
    : Object.entries(params);
  if (entries.length === 0) throw new DownhillError("SHAPE", `${where}: there are no parameters`);
  const names: string[] = [];
  const priors: string[] = [];
  const notNegative = new Set<string>();
  // Every law is heard before any name is confined: one prior may speak of another's parameter.
  const said = entries.map(([name, given]) => {
    const which = `${where}: params.${name}`;
    const param: DensityParam = typeof given === "string" ? { kind: given } : given;
    if (typeof given === "string" && given.includes("("))
      throw optionError(where, `params.${name}`, given, `a constraint, or { prior: ${quote(given)} }`);
    checkKeys(which, param, ["kind", "lower", "upper", "size", "prior"]);
    const { prior, ...rest } = param;
    const constraint = checkConstraint(which, { name, ...rest });
    const { size } = constraint;
    const own = size === 1 ? [name] : Array.from({ length: size }, (_, k) => `${name}${k + 1}`);
    if (prior !== undefined) for (const each of own) writePrior(where, prior, each, { domains });
    return { which, prior, constraint, own };
  });
  const constraints = said.map(({ which, prior, constraint, own }): Constraint => {
    names.push(...own);
    // What the laws alone say is asked of every x that is given: there the density is 0.
    if (NOT_NEGATIVE.has(constraint.kind) || constraint.lower >= 0)
      for (const each of own) notNegative.add(each);
    if (prior !== undefined)
      priors.push(...own.map((each) => writePrior(where, prior, each, { notNegative, left })));
    return confined(which, constraint, own, domains);
  });
  return { names, constraints, priors, notNegative };
}

function readData(where: string, data: Readonly<Record<string, ArrayLike<number>>>) {
  if (!isRecord(data))
    throw optionError(where, "data", data, "an object of arrays such as { x: [...], y: [...] }");
  const variables = Object.keys(data);
  if (variables.length === 0) throw new DownhillError("SHAPE", `${where}: data has no columns`);
  const m = data[variables[0]!]?.length ?? 0;
  const columns = new Float64Array(m * variables.length);
  variables.forEach((name, v) => {
    const column = copyNumbers(where, `data.${name}`, data[name], m);
    checkFinite(where, `data.${name}`, column);
    columns.set(column, v * m);
  });
  if (m === 0) throw new DownhillError("SHAPE", `${where}: data.${variables[0]} is empty`);
  return { variables, columns, m };
}

function readStart(
  where: string,
  start: Readonly<Record<string, number>> | undefined,
  names: readonly string[],
): Float64Array | null {
  if (start === undefined) return null;
  checkKeys(`${where}: start`, start, names);
  const missing = names.find((name) => typeof start[name] !== "number");
  if (missing !== undefined)
    throw new DownhillError(
      "OPTION",
      `${where}: start.${missing} must be a number, got ${quote(start[missing])}`,
    );
  return Float64Array.from(names, (name) => start[name]!);
}

/** What `sample` can run in the core: a compiled density, or the one that a density brings. */
export function compiledOf(density: unknown): CompiledDensity | null {
  if (density instanceof CompiledDensity) return density;
  const inner = (density as { compiled?: unknown } | null)?.compiled;
  return inner instanceof CompiledDensity ? inner : null;
}
