// Which columns are x, y, sigma and group: what was typed first, then what the model names, then the names x and y, then the order of
// the table; no column has two parts. What was chosen is said in every report.

import { DownhillError } from "../runtime/errors.js";
import { columnAt, type Table, unitOf } from "./table.js";

export interface ColumnOptions {
  x?: string;
  y?: string;
  sigma?: string;
  group?: string;
  range?: string;
}

export interface Columns {
  /** What the model calls its variables, and the places of their columns. */
  readonly variables: readonly string[];
  readonly places: readonly number[];
  /** The variables have names of their own: x is an object. */
  readonly keyed: boolean;
  readonly y: number;
  /** -1 where there is none. */
  readonly sigma: number;
  readonly group: number;
  /** Of --range. */
  readonly cut: number;
}

const PARTS = ["x", "y", "sigma", "group"] as const;

const refuse = (option: string, problem: string, hint: string): DownhillError =>
  new DownhillError("OPTION", problem, { hint, details: { option } });

/** @param found Names in the model; @param needed Variables that a model by name cannot do without. */
export function chooseColumns(
  table: Table,
  file: string,
  found: readonly string[],
  needed: readonly string[],
  o: ColumnOptions,
): Columns {
  const { names } = table;
  const all = `columns: ${names.join(", ")}`;
  const told = PARTS.map((part) => {
    const wanted = o[part];
    return wanted === undefined ? -1 : columnAt(table, wanted, `--${part}`);
  });
  told.forEach((place, i) => {
    const first = told.indexOf(place);
    if (place >= 0 && first < i)
      throw refuse(
        `--${PARTS[i]}`,
        `--${PARTS[first]} and --${PARTS[i]} are both the column ${names[place]}`,
        all,
      );
  });
  const [xAt, yAt, sigma, group] = told as [number, number, number, number];
  const isFree = (place: number): boolean => place >= 0 && ![yAt, sigma, group].includes(place);
  const called = (name: string): number =>
    names.includes(name) ? columnAt(table, name, `the model's ${name}`) : -1;
  // A name of the model that is a column of its own part (--y, --group) is a parameter.
  const named = found.filter((name) => name !== "x" && isFree(names.indexOf(name)));
  const missing = needed.filter((name) => name !== "x" && !named.includes(name));
  if (missing.length > 0)
    throw refuse("model", `${file} has no column ${missing[0]}, which the model needs`, all);
  const own = named.map(called);
  const hasX = found.includes("x") || named.length === 0;
  if (xAt >= 0 && !hasX && !own.includes(xAt))
    throw refuse(
      "--x",
      `--x: the model has no x, it names ${named.join(", ")}`,
      `write x for ${names[xAt]} in the model, or leave --x out`,
    );
  const places = [...own];
  if (hasX) {
    const byName = xAt < 0 && isFree(names.indexOf("x")) ? called("x") : xAt;
    const x = byName >= 0 ? byName : names.findIndex((_, i) => isFree(i) && !own.includes(i));
    if (x < 0) throw refuse("--x", `${file} has no column left for x`, `name it with --x; ${all}`);
    places.push(x);
  }
  const left = (place: number): boolean => isFree(place) && !places.includes(place);
  const y =
    yAt >= 0
      ? yAt
      : left(names.indexOf("y"))
        ? columnAt(table, "y", "--y")
        : names.findIndex((_, i) => left(i));
  if (y < 0) throw refuse("--y", `${file} has no column left for y`, `name it with --y; ${all}`);
  if (o.range !== undefined && !hasX && places.length > 1)
    throw refuse(
      "--range",
      `--range: the model has no x, but several columns: ${named.join(", ")}`,
      "write x for the one whose rows are chosen",
    );
  return {
    variables: hasX ? [...named, "x"] : named,
    places,
    keyed: named.length > 0,
    y,
    sigma,
    group,
    cut: places[hasX ? places.length - 1 : 0]!,
  };
}

/** What a column is called; of twins with its number. */
const calledAt = ({ names }: Table, place: number): string => {
  const name = names[place]!;
  return names.indexOf(name) === names.lastIndexOf(name) ? name : `${name} (column ${place + 1})`;
};

/** As data, for reports in JSON. */
export function columnNames(table: Table, { variables, places, y, sigma, group }: Columns): object {
  const at = (place: number): string => calledAt(table, place);
  return {
    x: Object.fromEntries(variables.map((variable, i) => [variable, at(places[i]!)])),
    y: at(y),
    ...(sigma >= 0 ? { sigma: at(sigma) } : {}),
    ...(group >= 0 ? { group: at(group) } : {}),
  };
}

/** "y: conc against x: time; sigma: err; sets by subject" */
export function columnWords(table: Table, { variables, places, y, sigma, group }: Columns): string {
  const part = (variable: string, place: number): string => {
    const unit = unitOf(table, place);
    const name = `${calledAt(table, place)}${unit ? ` (${unit})` : ""}`;
    return variable === name ? variable : `${variable}: ${name}`;
  };
  return [
    `${part("y", y)} against ${variables.map((variable, i) => part(variable, places[i]!)).join(", ")}`,
    ...(sigma >= 0 ? [part("sigma", sigma)] : []),
    ...(group >= 0 ? [`sets by ${calledAt(table, group)}`] : []),
  ].join("; ");
}
