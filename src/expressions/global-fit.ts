// A global fit: one least-squares problem over several sets of data, some parameters shared. The sets are laid end to end with
// a column `set`; one block model sends each row to its set's model, so that everything a fit can do it does for all sets.

import type { Warning } from "../driver/types.js";
import { fitNow } from "../least-squares/curve-fit.js";
import type {
  ExpressionReader,
  FoundStarts,
  StartsReport,
  TiedParameters,
} from "../least-squares/expression.js";
import type { Band, BandOptions, FitParam, FitResult, FitSet, FitX } from "../least-squares/fit-result.js";
import type { BlockModel, Data } from "../least-squares/model.js";
import type { Parameters } from "../least-squares/parameters.js";
import { chosenRuntime } from "../runtime/default.js";
import { DownhillError } from "../runtime/errors.js";
import { optionError } from "../runtime/options.js";
import { type GlobalSets, readSets, type SetModel } from "./global-sets.js";
import { minimaOf, otherMinimum } from "./minima.js";
import { NOT_COMPILED } from "./read.js";

/** The column that tells sets apart. */
const SET = "set";

type Columns = Record<string, Float64Array>;
type Options = Readonly<Record<string, unknown>>;

const isGlobal = (options: unknown): boolean => (options as { data?: unknown } | null)?.data !== undefined;

/** Methods on the prototype: a result survives structuredClone. */
class SetOutcome implements FitSet {
  readonly label: string;
  readonly m: number;
  readonly rss: number;
  readonly values: Readonly<Record<string, number>>;
  readonly residuals: Float64Array;
  readonly fitted: Float64Array;
  readonly #whole: FitResult;
  readonly #index: number;
  readonly #pad: (x: FitX, set: number) => Columns;

  constructor(
    whole: FitResult,
    index: number,
    parts: Omit<FitSet, "predict" | "band">,
    pad: (x: FitX, set: number) => Columns,
  ) {
    this.label = parts.label;
    this.m = parts.m;
    this.rss = parts.rss;
    this.values = parts.values;
    this.residuals = parts.residuals;
    this.fitted = parts.fitted;
    this.#whole = whole;
    this.#index = index;
    this.#pad = pad;
  }

  get predict(): (x: FitX) => Float64Array {
    return (x) => this.#whole.predict(this.#pad(x, this.#index));
  }

  get band(): (x: FitX, options?: BandOptions) => Band {
    return (x, options) => this.#whole.band(this.#pad(x, this.#index), options);
  }
}

/** Columns of one set as rows of the whole: an array is the column x, what a set does not have is 0. */
function padded(x: FitX, set: number, names: readonly string[]): Columns {
  const own = (ArrayBuffer.isView(x) || Array.isArray(x) ? { x } : x) as Record<string, ArrayLike<number>>;
  const m = Object.values(own)[0]?.length ?? 0;
  const columns: Columns = { [SET]: new Float64Array(m).fill(set) };
  for (const name of names) columns[name] = own[name] ? Float64Array.from(own[name]) : new Float64Array(m);
  return columns;
}

/** Rows of each set, and the columns of these rows. */
interface Part {
  readonly rows: Int32Array;
  readonly x: Data["x"];
}

function partition(x: Columns, sets: readonly SetModel[]): Part[] {
  const which = x[SET]!;
  return sets.map(({ data }, s) => {
    const rows = Int32Array.from(which.keys()).filter((i) => which[i] === s);
    const pick = (column: Float64Array) => Float64Array.from(rows, (i) => column[i]!);
    if (data.x instanceof Float64Array) return { rows, x: pick(x.x!) };
    return { rows, x: Object.fromEntries(Object.keys(data.x).map((name) => [name, pick(x[name]!)])) };
  });
}

/** One model of all rows. */
function wholeModel(sets: readonly SetModel[], total: number): BlockModel<Columns> {
  const known = new WeakMap<object, Part[]>();
  const partsOf = (x: Columns): Part[] => {
    let parts = known.get(x);
    if (!parts) {
      parts = partition(x, sets);
      known.set(x, parts);
    }
    return parts;
  };
  const own = sets.map(({ names }) => new Float64Array(names.length));
  const place = ({ at }: SetModel, s: number, p: Float64Array): Float64Array => {
    at.forEach((j, k) => {
      own[s]![k] = j < 0 ? 0 : p[j]!;
    });
    return own[s]!;
  };
  const evaluate = (x: Columns, p: Float64Array, out: Float64Array): void => {
    partsOf(x).forEach(({ rows, x: mine }, s) => {
      if (rows.length === 0) return;
      const values = new Float64Array(rows.length);
      sets[s]!.evaluate(mine, rows.length, place(sets[s]!, s, p), values);
      rows.forEach((i, r) => {
        out[i] = values[r]!;
      });
    });
  };
  if (sets.some(({ jacobian }) => !jacobian)) return { evaluate };
  const jacobian = (x: Columns, p: Float64Array, out: Float64Array): void => {
    out.fill(0);
    partsOf(x).forEach(({ rows, x: mine }, s) => {
      if (rows.length === 0) return;
      const { at } = sets[s]!;
      const wide = new Float64Array(rows.length * at.length).fill(NaN);
      sets[s]!.jacobian!(mine, rows.length, place(sets[s]!, s, p), wide);
      rows.forEach((i, r) => {
        at.forEach((j, k) => {
          if (j >= 0) out[i * total + j] = wide[r * at.length + k]!;
        });
      });
    });
  };
  return { evaluate, jacobian };
}

/** Rows of tied parameters, set by set: b[0], or b where every set gives the same. */
function tiesOf(sets: readonly SetModel[], whole: Parameters): TiedParameters {
  return {
    table(rows, _, covariance, t) {
      const out = { ...rows };
      const n = whole.free.length;
      sets.forEach((set, s) => {
        if (!set.ties) return;
        const { parameters, at } = set;
        const free = parameters.free.filter((j) => at[j]! >= 0);
        const places = free.map((j) => whole.free.indexOf(at[j]!));
        const init = parameters.init.slice();
        at.forEach((j, k) => {
          if (j >= 0) init[k] = whole.init[j]!;
        });
        const own = Float64Array.from(free, (j) => rows[whole.names[at[j]!]!]!.value);
        const part =
          covariance &&
          Float64Array.from({ length: free.length * free.length }, (_, i) => {
            const [a, b] = [Math.floor(i / free.length), i % free.length];
            return covariance[places[a]! * n + places[b]!]!;
          });
        const plain = Object.fromEntries(set.names.map((name) => [name, {} as FitParam]));
        const table = set.ties({ ...parameters, free, init }).table(plain, own, part, t);
        for (const { name } of parameters.tied) out[`${name}[${s}]`] = table[name]!;
      });
      return out;
    },
  };
}

/** A start of one parameter, from fits of the sets alone: of the set, else of all that have one. */
function startFor(
  name: string,
  s: number,
  alone: readonly (FitResult | null)[],
  from: number,
): number | undefined {
  const value = (fit: FitResult | null | undefined) => fit?.values[name];
  return value(alone[s]) ?? value(alone[from]) ?? alone.map(value).find((v) => v !== undefined);
}

/** Starts of the whole fit: each set fitted alone, the shared parameters then from each set in turn. */
function findGlobalStarts(
  where: string,
  { sets, specs }: GlobalSets,
  options: Options,
  fitAlone: (options: Options) => FitResult,
  fitWhole: (params: Options) => FitResult,
): FoundStarts | null {
  const missing = (spec: unknown) =>
    typeof spec === "object" && (spec as { init?: unknown }).init === undefined;
  const open = Object.keys(specs).filter((name) => missing(specs[name]));
  if (open.length === 0) return null;
  const settings: Record<string, unknown> = { ...options };
  for (const key of [
    "data",
    "model",
    "params",
    "starts",
    "onIteration",
    "every",
    "trace",
    "signal",
    "sigma",
    "absoluteSigma",
  ])
    delete settings[key];
  const alone = sets.map(({ given, data, y, sigma }) => {
    try {
      const weighted = sigma ? { sigma } : {};
      const fit = fitAlone({ ...settings, ...given, x: data.x, y, ...weighted });
      return Number.isFinite(fit.rss) ? fit : null;
    } catch (error) {
      // A set may be too small to be fitted alone: others give the starts then.
      if (error instanceof DownhillError && error.code === "SHAPE") return null;
      throw error;
    }
  });
  const fits: FitResult[] = [];
  const candidates = new Map<string, Options>();
  alone.forEach((fit, from) => {
    if (!fit) return;
    const found: Record<string, unknown> = { ...specs };
    for (const name of open) {
      const local = /^(.*)\[(\d+)\]$/.exec(name);
      const value = local ? startFor(local[1]!, Number(local[2]), alone, from) : fit.values[name];
      const init = value ?? startFor(local?.[1] ?? name, from, alone, from);
      if (init !== undefined) found[name] = { ...(specs[name] as object), init };
    }
    if (open.every((name) => !missing(found[name]))) candidates.set(JSON.stringify(found), found);
  });
  for (const params of candidates.values()) fits.push(fitWhole(params));
  const ended = fits.filter(({ rss }) => Number.isFinite(rss)).sort((a, b) => a.rss - b.rss);
  const best = ended[0];
  if (!best) {
    throw new DownhillError("OPTION", `${where}: no start was found for ${open.join(", ")}`, {
      hint: "no set can be fitted alone: give each of them `init`",
      details: { option: "params", param: open[0]! },
    });
  }
  const minima = minimaOf(ended);
  const tried = alone.reduce((sum, fit) => sum + (fit?.starts?.tried ?? 0), 0);
  const starts: StartsReport = { tried, polished: fits.length, minima };
  const params = Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [
      name,
      missing(spec) ? { ...(spec as object), init: best.values[name]! } : spec,
    ]),
  );
  return { params, starts, warnings: otherMinimum(minima, best, fits.length) };
}

/** A fit with `data` as an ordinary one: its options and what reads them. Null for an ordinary fit. */
export function asOneFit(
  where: string,
  given: unknown,
  fitAlone: (options: Options) => FitResult,
): { reader: ExpressionReader; options: Options } | null {
  if (!isGlobal(given)) return null;
  const options = given as Options;
  for (const key of ["x", "y", "sigma"])
    if (options[key] !== undefined)
      throw optionError(where, key, options[key], "nothing beside `data`, whose sets have their own");
  const whole = readSets(where, options as never);
  const { sets } = whole;
  const columns = [
    ...new Set(sets.flatMap(({ data: { x } }) => (x instanceof Float64Array ? ["x"] : Object.keys(x)))),
  ];
  if (columns.includes(SET))
    throw optionError(where, "data", SET, "another name for this column: it tells the sets apart");
  const parts = sets.map(({ data }, s) => padded(data.x, s, columns));
  const joined = (pick: (s: number) => Float64Array): Float64Array =>
    Float64Array.from(sets.flatMap((_, s) => Array.from(pick(s))));
  const x = Object.fromEntries([SET, ...columns].map((name) => [name, joined((s) => parts[s]![name]!)]));
  const total = Object.keys(whole.specs).length;
  const block = wholeModel(sets, total);
  const { core } = sets[0]!;
  const at = chosenRuntime(options.runtime as never);
  const warnings: readonly Warning[] = sets.some((set) => set.core && !set.core.instance(at))
    ? [NOT_COMPILED]
    : [];
  const finish = (result: object): void => {
    const fit = result as FitResult & { sets?: readonly FitSet[] };
    fit.sets = setsOf(fit, sets, columns);
  };
  const one = {
    ...options,
    // Seen as text, so that the reader below is asked for everything.
    model: {
      source: core?.tree.source ?? "",
      variables: columns,
      params: Object.keys(whole.specs),
      toMathML: () => "",
    },
    x,
    y: joined((s) => sets[s]!.y),
    ...(sets[0]!.sigma ? { sigma: joined((s) => sets[s]!.sigma!) } : {}),
    params: whole.specs,
  };
  const { data: _, ...others } = one as Record<string, unknown>;
  const reader: ExpressionReader = {
    read: ({ parameters }) => ({
      model: block as BlockModel,
      ...(sets.some(({ ties }) => ties) ? { ties: tiesOf(sets, parameters) } : {}),
      warnings,
      finish,
    }),
    start: () =>
      findGlobalStarts(where, whole, options, fitAlone, (params) => {
        const { starts: __, onIteration: ___, ...plain } = others;
        return fitNow({ ...reader, start: () => null }, { ...plain, params } as never) as FitResult;
      }),
  };
  return { reader, options: others };
}

function setsOf(fit: FitResult, sets: readonly SetModel[], columns: readonly string[]): FitSet[] {
  let from = 0;
  return sets.map((set, s) => {
    const residuals = fit.residuals.slice(from, from + set.data.m);
    const fitted = fit.fitted.slice(from, from + set.data.m);
    from += set.data.m;
    const values = Object.fromEntries(
      set.parameters.all.flatMap((name) => {
        const value = fit.values[`${name}[${s}]`] ?? fit.values[name];
        return value === undefined ? [] : [[name, value]];
      }),
    );
    let rss = 0;
    residuals.forEach((r, i) => {
      const scaled = set.sigma ? r / set.sigma[i]! : r;
      rss += scaled * scaled;
    });
    const parts = { label: set.label, m: set.data.m, rss, values, residuals, fitted };
    return new SetOutcome(fit, s, parts, (x, index) => padded(x, index, columns));
  });
}
