// The posterior of a fit whose model is text, as a compiled density: the likelihood of one datum written out around the model, so
// that trajectories run in the core and chains in threads. The same density as fit-density.ts computes from residuals.

import { TextModel } from "../models/model.js";
import { tokenize } from "../models/tokens.js";
import { log } from "../runtime/elementary.js";
import type { Runtime } from "../runtime/runtime.js";
import { type CompiledDensity, compileDensity, type DensityParam } from "./compile-density.js";
import type { Observation } from "./fit-observation.js";
import type { FitPosteriorOptions } from "./fit-prior.js";

export interface FitTerms {
  /** Name of the estimated standard deviation. */
  readonly scale: string;
  readonly prior: FitPosteriorOptions["prior"];
  readonly names: readonly string[];
  readonly lower: ArrayLike<number>;
  readonly upper: ArrayLike<number>;
  readonly observed: boolean;
  readonly scaleFree: boolean;
}

const WORD = /[\p{L}_][\p{L}\p{M}\p{Nd}_]*/gu;

/** The text with names replaced by what they stand for; what stands before a parenthesis is a function. */
function put(text: string, meaning: ReadonlyMap<string, string>): string {
  let [out, from] = ["", 0];
  const tokens = tokenize(text);
  tokens.forEach(({ kind, text: word, at }, i) => {
    const value = kind === "name" && tokens[i + 1]?.text !== "(" ? meaning.get(word) : undefined;
    if (value === undefined) return;
    out += text.slice(from, at) + value;
    from = at + word.length;
  });
  return out + text.slice(from);
}

/** Names that count the terms of sums. */
const indices = (text: string): string[] =>
  tokenize(text).flatMap(({ kind, text: word }, i, all) => {
    const sum = kind === "operator" && word === "(" && all[i - 1]?.text === "sum";
    return sum ? [all[i + 1]!.text] : [];
  });

/** A name that nobody has taken. */
function fresh(name: string, taken: ReadonlySet<string>): string {
  let own = name;
  while (taken.has(own)) own += "_";
  return own;
}

/** Null where the model is no text, or where the likelihood is no sum over the data (sigma marginalised, or a matrix). */
export function compiledFit(observation: Observation, terms: FitTerms): CompiledDensity | null {
  const { fit, weights, sigma, errors } = observation;
  const { model, parameters, data, y } = fit;
  const { names, lower, upper, prior } = terms;
  if (!(model instanceof TextModel) || sigma === "marginalised" || errors === "joint") return null;
  // Replaced as text, a parameter would be taken for the index of a sum, or an index for the parameter.
  const tiedNames = parameters.tied.map(({ name }) => name);
  const every = [...parameters.names, ...tiedNames, ...model.variables];
  const texts = [model.source, ...parameters.tied.map(({ expr }) => expr)];
  if (texts.flatMap(indices).some((name) => every.includes(name))) return null;
  const meaning = new Map<string, string>();
  parameters.names.forEach((name, i) => {
    if (!parameters.free.includes(i)) meaning.set(name, `(${parameters.init[i]!})`);
  });
  // Ties may name ties: as many passes as there are.
  let tied = new Map(parameters.tied.map(({ name, expr }) => [name, `(${expr})`]));
  for (const _ of parameters.tied)
    tied = new Map([...tied].map(([name, text]) => [name, put(text, new Map([...tied, ...meaning]))]));
  for (const [name, text] of tied) meaning.set(name, text);
  const value = `(${put(model.source, meaning)})`;

  const { variables } = model;
  const taken = new Set([...(value.match(WORD) ?? []), ...names, ...variables]);
  const datum = fresh("y", taken);
  const weight = fresh("w", taken);
  const { x } = data;
  const columns: Record<string, Float64Array> = {};
  for (const name of variables) columns[name] = x instanceof Float64Array ? x : x[name]!;
  columns[datum] = errors === "log" ? y.map(log) : y;
  if (weights) columns[weight] = weights;
  const params: Record<string, DensityParam> = {};
  const laws = Array.isArray(prior) ? {} : ((prior ?? {}) as Readonly<Record<string, string>>);
  names.forEach((name, i) => {
    params[name] = {
      ...(lower[i]! > -Infinity ? { lower: lower[i]! } : {}),
      ...(upper[i]! < Infinity ? { upper: upper[i]! } : {}),
      ...(laws[name] === undefined ? {} : { prior: laws[name] }),
    };
  });
  const free = terms.scaleFree ? [`-log(${terms.scale})`] : [];
  const priors = [...(Array.isArray(prior) ? prior : []), ...free];
  const { runtime } = fit.options as { runtime?: Runtime | undefined };
  if (!terms.observed) return compileDensity("0", { params, priors, runtime });
  return compileDensity(
    termOf(
      observation,
      terms.scale,
      errors === "log" ? `log${value}` : value,
      datum,
      weights ? weight : null,
    ),
    {
      ...{ params, data: columns, priors, runtime },
    },
  );
}

/** log likelihood of one datum, as the table of likelihoods.ts has it. */
function termOf(
  { likelihood, dof, sigma }: Observation,
  scale: string,
  value: string,
  y: string,
  w: string | null,
): string {
  if (likelihood === "poisson")
    return `${value} > 0 ? ${y}*log(${value}) - ${value} : (${y} + abs(${value}) == 0 ? 0 : log(-1))`;
  const estimated = sigma === "estimated";
  const r = `(${value} - ${y})${w ? `*${w}` : ""}${estimated ? `*(1/${scale})` : ""}`;
  const norm = estimated ? ` - log(${scale})` : "";
  return likelihood === "gaussian"
    ? `-0.5*(${r})^2${norm}`
    : `${-0.5 * (dof + 1)}*log1p((${r})^2*${1 / dof})${norm}`;
}
