// From a table and the options of a command to what curveFit takes: columns, sets, parameters.

import { polynomial } from "../models/named.js";
import { models } from "../models/named-table.js";
import { paramNames } from "../models/names.js";
import { DownhillError } from "../runtime/errors.js";
import { nearest } from "../runtime/options.js";
import { readBounds, readList, readRange, readValues } from "./arguments.js";
import { columnAt, numbersOf, type Table } from "./table.js";

export interface DataOptions {
  x?: string;
  y?: string;
  sigma?: string;
  group?: string;
  range?: string;
}

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
  readonly xName: string;
  readonly yName: string;
}

export interface ModelText {
  readonly text: string;
  readonly min: ReadonlyMap<string, number>;
  /** Of a model by name: its parameters are no columns, whatever they are called. */
  readonly variables: readonly string[] | null;
}

/** A text, or the text of a model by name. */
export function modelText(given: string): ModelText {
  const degree = /^polynomial\((\d+)\)$/.exec(given);
  const known = degree
    ? polynomial(Number(degree[1]))
    : (models as Record<string, (typeof models)["linear"]>)[given];
  if (known) {
    const least = known.params.flatMap(({ name, min }) => (min === undefined ? [] : [[name, min] as const]));
    return { text: known.text, min: new Map(least), variables: known.variables };
  }
  if (/^[A-Za-z]\w*$/.test(given)) {
    const meant = nearest(given, Object.keys(models));
    if (meant)
      throw new DownhillError("OPTION", `there is no model ${given}`, {
        hint: `did you mean ${meant}? "downhill models" lists them`,
        details: { option: "model" },
      });
  }
  return { text: given, min: new Map(), variables: null };
}

/** Rows by group, with the columns that the model names, else one x. */
export function selectRows(table: Table, file: string, model: ModelText, o: DataOptions): Selection {
  const found = model.variables ?? paramNames(model.text, [], []);
  const others = [o.y, o.sigma, o.group].filter((name) => name !== undefined);
  const named = found.filter((name) => name !== "x" && table.names.includes(name) && !others.includes(name));
  const xAt = o.x === undefined ? 0 : columnAt(table, o.x, "--x");
  // The model's own names of columns come first; x is the column --x, or the first.
  const keyed = named.length > 0;
  const variables = keyed ? [...named, ...(found.includes("x") ? ["x"] : [])] : ["x"];
  const places = variables.map((name) =>
    name === "x"
      ? table.names.includes("x") && o.x === undefined
        ? table.names.indexOf("x")
        : xAt
      : table.names.indexOf(name),
  );
  const group = o.group === undefined ? -1 : columnAt(table, o.group, "--group");
  const sigmaAt = o.sigma === undefined ? -1 : columnAt(table, o.sigma, "--sigma");
  const free = table.names.findIndex((_, i) => !places.includes(i) && i !== group && i !== sigmaAt);
  if (o.y === undefined && free < 0)
    throw new DownhillError("OPTION", `${file} has no column left for y`, {
      hint: `name it with --y; columns: ${table.names.join(", ")}`,
      details: { option: "--y" },
    });
  const yAt = o.y === undefined ? free : columnAt(table, o.y, "--y");
  const columns = places.map((place) => numbersOf(table, place, file));
  const y = numbersOf(table, yAt, file);
  const sigma = sigmaAt < 0 ? null : numbersOf(table, sigmaAt, file);
  const [low, high] = o.range === undefined ? [-Infinity, Infinity] : readRange("--range", o.range);
  let empty = 0;
  let outside = 0;
  const groups = new Map<string, number[]>();
  for (let i = 0; i < y.length; i++) {
    const cells = [...columns.map((column) => column[i]!), y[i]!, ...(sigma ? [sigma[i]!] : [])];
    if (cells.some(Number.isNaN)) empty++;
    else if (columns[0]![i]! < low || columns[0]![i]! > high) outside++;
    else {
      const label = group < 0 ? "" : (table.rows[i]![group] ?? "");
      groups.set(label, [...(groups.get(label) ?? []), i]);
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
  const xName = keyed ? variables.join(", ") : table.names[places[0]!]!;
  return { sets, variables, empty, outside, xName, yName: table.names[yAt]! };
}

/** The option params; every name that is told of has to occur. */
export function paramsOf(
  text: string,
  variables: readonly string[],
  least: ReadonlyMap<string, number>,
  o: ParamOptions,
): Record<string, object> {
  const starts = readValues("--start", o.start);
  const bounds = readBounds("--bound", o.bound);
  const fixed = readValues("--fix", o.fix);
  const shared = readList(o.shared);
  const told = [...starts.keys(), ...bounds.keys(), ...fixed.keys(), ...shared];
  const names = paramNames(text, variables, []);
  for (const name of told) {
    if (names.includes(name)) continue;
    // e, pi and names of functions are parameters where they are declared.
    if (new RegExp(`(^|[^\\p{L}\\p{N}_])${name}($|[^\\p{L}\\p{N}_(])`, "u").test(text)) {
      names.push(name);
      continue;
    }
    const meant = nearest(name, names);
    throw new DownhillError("OPTION", `the model has no parameter ${name}`, {
      hint: meant ? `did you mean ${meant}?` : `parameters: ${names.join(", ") || "none"}`,
      details: { option: "params", param: name },
    });
  }
  return Object.fromEntries(
    names.map((name) => {
      const [min, max] = bounds.get(name) ?? [least.get(name) ?? -Infinity, Infinity];
      const held = fixed.get(name);
      if (held !== undefined)
        return [name, { init: held, fixed: true, ...(shared.includes(name) ? { shared: true } : {}) }];
      const spec: Record<string, unknown> = {};
      if (starts.has(name)) spec.init = starts.get(name);
      if (min !== -Infinity) spec.min = min;
      if (max !== Infinity) spec.max = max;
      if (shared.includes(name)) spec.shared = true;
      return [name, spec];
    }),
  );
}
