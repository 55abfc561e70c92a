// A pasted table as columns: separators, decimal commas, a header, a row of units and an error column are recognised.

import Papa from "papaparse";
import { plural } from "../shell/numbers.js";

export interface Column {
  readonly name: string;
  readonly unit: string;
  /** NaN where a cell is no number. */
  readonly values: Float64Array;
  /** Most of its cells are numbers. */
  readonly numeric: boolean;
  /** What its cells say, where it is no column of numbers. */
  readonly words: readonly string[];
}
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: number;
  /** What was understood, in words. */
  readonly notes: readonly string[];
  /** Columns that look like errors, with the column whose error each is: by its name, or the one before it. */
  readonly errors: readonly { readonly column: number; readonly of: number }[];
  /** The columns that look like x, y and the error of y; -1 where there is none. */
  readonly guess: { readonly x: number; readonly y: number; readonly sigma: number };
}

const DIFFERENCE = /^d[A-Z]\w*$/; // dA beside A
const ERROR_NAME = /^(d[xy]?|delta.*|sigma.*|err.*|.*error|std.*|sd|se|unc.*|±.*|σ.*|Δ.*|u\(.*|fehler)$/i;
const COMMA_NUMBER = /^[+-]?(\d{1,3}(\.\d{3})+|\d*),\d+(e[+-]?\d+)?$/i;

/** 1,234.5, as a cell between quotation marks has it. */
const THOUSANDS = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/;

const isError = (name: string): boolean => ERROR_NAME.test(name) || DIFFERENCE.test(name);
/** sU, u_U, err U beside U: the place of U, or -1. */
const isErrorOf = (name: string, others: readonly string[]): number =>
  others.findIndex(
    (other) =>
      other !== "" &&
      /^(s|u|d|e|err|sd|se|std|sigma|delta|σ|Δ)[_ ]?$/i.test(name.slice(0, -other.length)) &&
      name.endsWith(other) &&
      name !== other,
  );

function delimiterOf(lines: readonly string[]): string {
  const share = (mark: string) => lines.filter((line) => line.includes(mark)).length / lines.length;
  if (share("\t") > 0.5) return "\t";
  if (share(";") > 0.5) return ";";
  // Blanks between numbers with decimal commas: a comma at every cell, and blanks besides.
  if (share(",") > 0.5 && !lines.every((line) => /\d,\d/.test(line) && /\S\s+\S/.test(line.trim())))
    return ",";
  return " ";
}

function number(cell: string, comma: boolean): number {
  let text = cell
    .trim()
    .replace(/^[−–]/, "-")
    .replaceAll(/[\u00a0\u202f]/g, "");
  if (text === "") return Number.NaN;
  if (comma) text = text.replaceAll(".", "").replace(",", ".");
  else if (THOUSANDS.test(text)) text = text.replaceAll(",", "");
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}

const PERCENT = /^\s*([+-]?[\d.,]+)\s*%\s*$/;
const DATE = /^\s*\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z?)?\s*$/;
const DAY = 86_400_000;
/** Midnight UTC where no time is given; a time without a zone is taken as UTC too, so that no hour is counted twice. */
const moment = (cell: string): number => {
  const text = cell.trim().replace(" ", "T");
  return DATE.test(cell)
    ? Date.parse(text.length > 10 && !text.endsWith("Z") ? `${text}Z` : text)
    : Number.NaN;
};

/** Numbers of a column whose cells are numbers, per cent, or dates (days since the first). */
function read(cells: readonly string[], comma: boolean): { values: Float64Array; unit: string } {
  const filled = cells.filter((cell) => cell.trim() !== "");
  const most = (fits: (cell: string) => boolean) =>
    filled.length > 0 && filled.filter(fits).length > filled.length / 2;
  if (most((cell) => PERCENT.test(cell)))
    return { values: Float64Array.from(cells, (cell) => number(cell.replace("%", ""), comma)), unit: "%" };
  if (most((cell) => !Number.isNaN(moment(cell)))) {
    const times = cells.map(moment);
    const first = times.reduce((least, t) => (t < least ? t : least), Infinity);
    return {
      values: Float64Array.from(times, (t) => (t - first) / DAY),
      unit: `days since ${new Date(first).toISOString().slice(0, 10)}`,
    };
  }
  return { values: Float64Array.from(cells, (cell) => number(cell, comma)), unit: "" };
}

/** "time (s)", "U [V]", "t / s" as name and unit. */
function split(header: string): [string, string] {
  const found = /^(.*?)\s*[([]\s*([^)\]]*)\s*[)\]]\s*$/.exec(header) ?? /^(.*?)\s+\/\s+(.*)$/.exec(header);
  return found ? [found[1] || header, found[2] ?? ""] : [header.trim(), ""];
}

/** A column with blanks is one of numbers all the same: a wide table of groups has many. */
const isNumeric = (numbers: number, filled: number): boolean => numbers > 0 && numbers >= filled / 2;

export function readTable(text: string): Table {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "" && !/^\s*[#%]/.test(line));
  const none = {
    columns: [],
    rows: 0,
    notes: ["Nothing to read yet"],
    errors: [],
    guess: { x: -1, y: -1, sigma: -1 },
  };
  if (lines.length === 0) return none;
  const delimiter = delimiterOf(lines);
  const clean = delimiter === " " ? lines.map((line) => line.trim().replaceAll(/\s+/g, " ")) : lines;
  const rows = Papa.parse<string[]>(clean.join("\n"), { delimiter, skipEmptyLines: "greedy" }).data;
  const cells = rows.flat();
  const comma = delimiter !== "," && cells.some((cell) => COMMA_NUMBER.test(cell.trim()));
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const isText = (row: readonly string[] | undefined) =>
    row?.every((cell) => Number.isNaN(number(cell, comma)) && !PERCENT.test(cell) && !DATE.test(cell)) &&
    row.some((cell) => cell.trim() !== "");
  let first = 0;
  let header: readonly string[] = [];
  let units: readonly string[] = [];
  if (isText(rows[0])) {
    header = rows[0]!;
    first = 1;
    if (isText(rows[1])) {
      units = rows[1]!.map((cell) => cell.trim().replace(/^[([](.*)[)\]]$/, "$1"));
      first = 2;
    }
  }
  const data = rows.slice(first);
  const columns = Array.from({ length: width }, (_, j): Column => {
    const [name, unit] = split(header[j]?.trim() || (width === 2 ? "xy"[j]! : `column ${j + 1}`));
    const { values, unit: own } = read(
      data.map((row) => row[j] ?? ""),
      comma,
    );
    const numbers = values.filter((v) => !Number.isNaN(v)).length;
    const filled = data.filter((row) => row[j]?.trim()).length;
    const numeric = isNumeric(numbers, filled);
    return {
      name,
      unit: own || units[j] || unit,
      values,
      numeric,
      words: numeric ? [] : data.map((row) => row[j]?.trim() ?? ""),
    };
  });
  const numeric = columns.flatMap((column, j) => (column.numeric ? [j] : []));
  const all = columns.map(({ name }) => name);
  const errors = numeric.filter(
    (j) => header.length > 0 && (isError(all[j]!) || isErrorOf(all[j]!, all) >= 0),
  );
  const plain = numeric.filter((j) => !errors.includes(j));
  if (numeric.length === 0) return { ...none, notes: ["There is no column of numbers in it"] };
  const names = { "\t": "tabs", ";": "semicolons", ",": "commas", " ": "blanks" };
  const notes = [
    `${plural(data.length, "row")}, ${plural(width, "column")}${width > 1 ? `, separated by ${names[delimiter as ";"]}` : ""}`,
    ...(comma ? ["decimal commas"] : []),
    ...(units.length > 0 ? ["a row of units"] : []),
    ...columns.filter((c) => !c.numeric).map(({ name }) => `“${name}” is not numbers`),
    ...(plain.length === 1 ? ["the numbers of the rows are taken as x"] : []),
  ];
  return {
    columns,
    rows: data.length,
    notes,
    errors: errors.map((column) => {
      const named = isErrorOf(all[column]!, all);
      return { column, of: named >= 0 ? named : column - 1 };
    }),
    guess: {
      x: plain.length > 1 ? plain[0]! : -1,
      y: plain[1] ?? plain[0] ?? -1,
      sigma: errors[0] ?? -1,
    },
  };
}
