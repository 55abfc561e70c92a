// From a table and the options of a command to what curveFit takes: columns, sets, parameters.

import { polynomial } from "../models/named.js";
import { models } from "../models/named-table.js";
import { paramNames } from "../models/names.js";
import { tokenize } from "../models/tokens.js";
import { DownhillError } from "../runtime/errors.js";
import { nearest } from "../runtime/options.js";
import { readBounds, readList, readRange, readValues } from "./arguments.js";
import { type ColumnOptions, chooseColumns, columnNames, columnWords } from "./columns.js";
import { numbersOf, type Table, titleOf } from "./table.js";

export interface ParamOptions {
  start?: string;
  bound?: string;
  fix?: string;
  shared?: string;
}

export interface SetOfRows {
  readonly label: string;
  readonly x: Float64Array | Record<string, Float64Array>;
  readonly y: Float64Array;
  readonly sigma: Float64Array | null;
}

export interface Selection {
  readonly sets: readonly SetOfRows[];
  readonly variables: readonly string[];
  /** Rows left out: a cell is empty; x lies outside the range. */
  readonly empty: number;
  readonly outside: number;
  /** Which columns were taken, in words, as data, and for the axes of a picture. */
  readonly words: string;
  readonly columns: object;
  readonly xName: string;
  readonly yName: string;
}

export interface ModelText {
  readonly text: string;
  readonly min: ReadonlyMap<string, number>;
  /** Of a model by name: its parameters are no columns, whatever they are called. */
  readonly variables: readonly string[] | null;
}

/** A text, or the text of a model by name: one word alone is a name, unless a column is called so. */
export function modelText(given: string, columns: readonly string[]): ModelText {
  const degree = /^polynomial\((\d+)\)$/.exec(given);
  const known = degree
    ? polynomial(Number(degree[1]))
    : Object.hasOwn(models, given)
      ? (models as Record<string, (typeof models)["linear"]>)[given]
      : undefined;
  if (known) {
    const least = known.params.flatMap(({ name, min }) => (min === undefined ? [] : [[name, min] as const]));
    return { text: known.text, min: new Map(least), variables: known.variables };
  }
  if (/^[\p{L}_]\w*$/u.test(given) && given !== "x" && !columns.includes(given)) {
    const meant = nearest(given, Object.keys(models));
    throw new DownhillError("OPTION", `there is no model ${given}`, {
      hint: `${meant ? `did you mean ${meant}? ` : ""}"downhill models" lists them${meant ? "" : "; a mean is the model constant"}`,
      details: { option: "model" },
    });
  }
  return { text: given, min: new Map(), variables: null };
}

/** Rows by group, with the columns that the model names, else one x. */
export function selectRows(table: Table, file: string, model: ModelText, o: ColumnOptions): Selection {
  const found = model.variables ?? paramNames(model.text, [], []);
  const chosen = chooseColumns(table, file, found, model.variables ?? [], o);
  const { variables, places, keyed, group } = chosen;
  const columns = places.map((place) => numbersOf(table, place, file));
  const y = numbersOf(table, chosen.y, file);
  const sigma = chosen.sigma < 0 ? null : numbersOf(table, chosen.sigma, file);
  const [low, high] = o.range === undefined ? [-Infinity, Infinity] : readRange("--range", o.range);
  const cut = columns[places.indexOf(chosen.cut)]!;
  let empty = 0;
  let outside = 0;
  const groups = new Map<string, number[]>();
  const used = [...columns, y, ...(sigma ? [sigma] : [])];
  for (let i = 0; i < y.length; i++) {
    const label = group < 0 ? "" : (table.rows[i]![group] ?? "");
    if ((group >= 0 && label === "") || used.some((column) => Number.isNaN(column[i]))) empty++;
    else if (cut[i]! < low || cut[i]! > high) outside++;
    else {
      const rows = groups.get(label);
      if (rows) rows.push(i);
      else groups.set(label, [i]);
    }
  }
  if (groups.size === 0)
    throw new DownhillError("PARSE", `${file}: no row is left`, {
      hint: outside > 0 ? "widen --range" : "every row has an empty cell in a column that is used",
      details: { empty, outside },
    });
  const pick = (column: Float64Array, rows: readonly number[]) => Float64Array.from(rows, (i) => column[i]!);
  const sets = Array.from(groups, ([label, rows]): SetOfRows => {
    const x = keyed
      ? Object.fromEntries(variables.map((name, v) => [name, pick(columns[v]!, rows)]))
      : pick(columns[0]!, rows);
    return { label, x, y: pick(y, rows), sigma: sigma && pick(sigma, rows) };
  });
  const named = { words: columnWords(table, chosen), columns: columnNames(table, chosen) };
  return {
    sets,
    variables,
    empty,
    outside,
    ...named,
    xName: titleOf(table, places[0]!),
    yName: titleOf(table, chosen.y),
  };
}

const refuseParam = (option: string, param: string, problem: string, hint: string): DownhillError =>
  new DownhillError("OPTION", problem, { hint, details: { option, param } });

/** a[0] and a[1] are the starts of a in the sets. */
const OF_A_SET = /^(.*)\[(\d+)\]$/;

/** Starts by parameter; of several sets a list where each was told apart. */
function startsOf(text: string | undefined, sets: number, shared: readonly string[]) {
  const starts = new Map<string, number | number[]>();
  for (const [told, value] of readValues("--start", text)) {
    const [, name = "", index = ""] = OF_A_SET.exec(told) ?? [];
    if (sets === 0 || name === "") {
      starts.set(told, value);
      continue;
    }
    if (shared.includes(name) || Number(index) >= sets)
      throw refuseParam(
        "--start",
        told,
        `--start: there is no ${told}`,
        shared.includes(name) ? `${name} is shared: write ${name}=${value}` : `the sets are 0 to ${sets - 1}`,
      );
    const list = starts.get(name) ?? new Array<number>(sets).fill(Number.NaN);
    if (typeof list === "number")
      throw refuseParam("--start", name, `--start: ${name} and ${told} are both given`, "give one");
    list[Number(index)] = value;
    starts.set(name, list);
  }
  for (const [name, list] of starts) {
    const gap = typeof list === "number" ? -1 : list.findIndex(Number.isNaN);
    if (gap >= 0)
      throw refuseParam(
        "--start",
        name,
        `--start: no value for ${name}[${gap}]`,
        "give one for every set, or none",
      );
  }
  return starts;
}

/** The option params; every name that is told of has to occur. `sets`: of a fit by groups their number, else 0. */
export function paramsOf(
  text: string,
  variables: readonly string[],
  least: ReadonlyMap<string, number>,
  sets: number,
  o: ParamOptions,
): Record<string, object> {
  const bounds = readBounds("--bound", o.bound);
  const fixed = readValues("--fix", o.fix);
  const shared = readList(o.shared);
  const starts = startsOf(o.start, sets, shared);
  const told = [...starts.keys(), ...bounds.keys(), ...fixed.keys(), ...shared];
  const names = paramNames(text, variables, []);
  const tokens = tokenize(text);
  for (const name of told) {
    if (names.includes(name)) continue;
    // e, pi and names of functions are parameters where they are declared.
    if (
      tokens.some((token, i) => token.kind === "name" && token.text === name && tokens[i + 1]?.text !== "(")
    ) {
      names.push(name);
      continue;
    }
    const meant = nearest(name, names);
    throw refuseParam(
      "params",
      name,
      `the model has no parameter ${name}`,
      meant ? `did you mean ${meant}?` : `parameters: ${names.join(", ") || "none"}`,
    );
  }
  return Object.fromEntries(
    names.map((name) => {
      const [min, max] = bounds.get(name) ?? [least.get(name) ?? -Infinity, Infinity];
      const held = fixed.get(name);
      if (held !== undefined) {
        if (starts.has(name))
          throw refuseParam("--fix", name, `${name} has a value by --fix and another by --start`, "give one");
        if (bounds.has(name) && !(held >= min && held <= max))
          throw refuseParam(
            "--fix",
            name,
            `${name} is held at ${held}, outside of its --bound`,
            "leave one of them out",
          );
        return [name, { init: held, fixed: true, ...(shared.includes(name) ? { shared: true } : {}) }];
      }
      const spec: Record<string, unknown> = {};
      if (starts.has(name)) spec.init = starts.get(name);
      if (min !== -Infinity) spec.min = min;
      if (max !== Infinity) spec.max = max;
      if (shared.includes(name)) spec.shared = true;
      return [name, spec];
    }),
  );
}
