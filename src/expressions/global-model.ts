// The model of a global fit: one block model that sends each row to the model of its set, what it tells of each set
// afterwards, and the tied parameters of each set.

import type { TiedParameters } from "../least-squares/expression.js";
import type { Band, BandOptions, FitParam, FitResult, FitX } from "../least-squares/fit-result.js";
import type { Calibrated, CalibrateOptions, FitSet } from "../least-squares/fit-set.js";
import type { BlockModel, Data } from "../least-squares/model.js";
import type { Parameters } from "../least-squares/parameters.js";
import { preparedOf } from "../least-squares/prepared.js";
import { DownhillError } from "../runtime/errors.js";
import { calibrate } from "./calibrate.js";
import { SET } from "./formed-band.js";
import type { FullPrepared } from "./full-fit.js";
import type { SetModel } from "./global-sets.js";

export type Columns = Record<string, Float64Array>;

/** Methods on the prototype: a result survives structuredClone. */
class SetOutcome implements FitSet {
  declare readonly label: string;
  declare readonly m: number;
  declare readonly rss: number;
  declare readonly values: Readonly<Record<string, number>>;
  declare readonly residuals: Float64Array;
  declare readonly fitted: Float64Array;
  readonly #whole: FitResult;
  readonly #index: number;
  readonly #pad: (x: FitX, set: number) => Columns;
  readonly #x: Data["x"];
  /** Of a new observation: the root of the mean square over the set. Null where sigma follows from the curve. */
  readonly #sigma: number | null;

  constructor(
    whole: FitResult,
    index: number,
    parts: Omit<FitSet, "predict" | "band" | "calibrate">,
    pad: (x: FitX, set: number) => Columns,
    x: Data["x"],
    sigma: number | null,
  ) {
    Object.assign(this, parts);
    this.#whole = whole;
    this.#index = index;
    this.#pad = pad;
    this.#x = x;
    this.#sigma = sigma;
  }

  get predict(): (x: FitX) => Float64Array {
    return (x) => this.#whole.predict(this.#pad(x, this.#index));
  }

  get band(): (x: FitX, options?: BandOptions) => Band {
    return (x, options) => {
      const given = options?.kind === "prediction" && this.#sigma !== null && options.sigma === undefined;
      const own = given ? { ...options, sigma: this.#sigma! } : options;
      return this.#whole.band(this.#pad(x, this.#index), own);
    };
  }

  get calibrate(): (y: number | ArrayLike<number>, options?: CalibrateOptions) => Calibrated {
    const at = (x: FitX) => this.#pad(x, this.#index);
    return (y, options = {}) => calibrate(this.#x, this, this.#whole, y, options, at, this.#sigma);
  }
}

/** Columns of one set as rows of the whole: an array is the column x, what a set does not have is 0. */
export function padded(x: FitX, set: number, names: readonly string[]): Columns {
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
  const stray = which.find((s) => !(s in sets));
  if (stray !== undefined)
    throw new DownhillError(
      "OPTION",
      `set must be a whole number from 0 to ${sets.length - 1}, got ${stray}`,
    );
  return sets.map(({ data }, s) => {
    const rows = Int32Array.from(which.keys()).filter((i) => which[i] === s);
    const pick = (column: Float64Array) => Float64Array.from(rows, (i) => column[i]!);
    if (data.x instanceof Float64Array) return { rows, x: pick(x.x!) };
    return { rows, x: Object.fromEntries(Object.keys(data.x).map((name) => [name, pick(x[name]!)])) };
  });
}

/** One model of all rows. */
export function wholeModel(sets: readonly SetModel[], total: number): BlockModel<Columns> {
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
export function tiesOf(sets: readonly SetModel[], whole: Parameters): TiedParameters {
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
          init[k] = j < 0 ? NaN : whole.init[j]!;
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
        // What follows from a parameter that the model of this set does not contain is none of it either.
        for (const { name } of parameters.tied)
          if (!at.some((j) => j < 0) || !Number.isNaN(table[name]!.value))
            out[`${name}[${s}]`] = table[name]!;
      });
      return out;
    },
  };
}

/** The sets of a finished fit. */
export function setsOf(fit: FitResult, sets: readonly SetModel[], columns: readonly string[]): FitSet[] {
  const { residuals = "plain", counts } = (preparedOf(fit) ?? {}) as Partial<FullPrepared>;
  const formed = counts || residuals !== "plain";
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
    let squares = 0;
    for (const v of set.sigma ?? []) squares += v * v;
    const usual = formed || !set.sigma ? null : Math.sqrt(squares / set.sigma.length);
    const parts = { label: set.label, m: set.data.m, rss, values, residuals, fitted };
    return new SetOutcome(fit, s, parts, (x, index) => padded(x, index, columns), set.data.x, usual);
  });
}
