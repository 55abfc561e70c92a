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
const POINT_NUMBER = /^[+-]?(\d{1,3}(,\d{3})+|\d*)\.\d+(e[+-]?\d+)?$/i;

/** 1,234.5; of 1,234 alone nobody knows whether it is one or a thousand. */
const THOUSANDS = /^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/;
/** 1.234, which is 1234 beside decimal commas. */
const POINT_GROUPS = /^[+-]?[1-9]\d{0,2}(\.\d{3})+$/;

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

/** What commas mean in a table. */
interface Marks {
  readonly commas: "decimal" | "thousands" | "unclear";
  /** What is to be said of it. */
  readonly notes: readonly string[];
}

const bare = (cell: string): string =>
  cell
    .trim()
    .replace(/^[−–]/, "-")
    .replaceAll(/[\u00a0\u202f]/g, "");

/** Commas are decimal where some can be nothing else and no point is decimal; where both are, or where all may part thousands, no cell with one is read. */
function marksOf(cells: readonly string[], delimiter: string): Marks {
  const numbers = cells.map((cell) => bare(cell.replace("%", "")));
  const groups = numbers.filter((cell) => THOUSANDS.test(cell));
  const thousands: Marks = {
    commas: "thousands",
    notes: groups.length > 0 ? ["commas part thousands"] : [],
  };
  // Between quotation marks, in a table whose columns are parted by commas.
  if (delimiter === ",") return thousands;
  const commas = numbers.filter((cell) => COMMA_NUMBER.test(cell));
  const decimal = commas.some((cell) => !THOUSANDS.test(cell));
  const points = numbers.some((cell) => POINT_NUMBER.test(cell) && !POINT_GROUPS.test(cell));
  if (decimal && points)
    return {
      commas: "unclear",
      notes: [`decimal commas and points are mixed: ${plural(commas.length, "cell")} with a comma not read`],
    };
  if (decimal) return { commas: "decimal", notes: ["decimal commas"] };
  const [first] = groups;
  if (points || first === undefined) return thousands;
  const readings = `${first.replace(",", ".")} or ${first.replaceAll(",", "")}`;
  return {
    commas: "unclear",
    notes: [`“${first}” may be ${readings}: ${plural(groups.length, "cell")} with a comma not read`],
  };
}

function number(cell: string, { commas }: Marks): number {
  let text = bare(cell);
  if (text === "" || (commas === "unclear" && text.includes(","))) return Number.NaN;
  if (commas === "decimal") text = text.replaceAll(".", "").replace(",", ".");
  else if (THOUSANDS.test(text)) text = text.replaceAll(",", "");
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}

const PERCENT = /^\s*([+-]?[\d.,]+)\s*%\s*$/;
const DATE = /^\s*\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z?)?\s*$/;
const DAY = 86_400_000;
/** Midnight UTC where no time is given; a time without a zone is taken as UTC too, so that no hour is counted twice. */
const moment = (cell: string): number => {
  const text = cell.trim().replace(" ", "T");
  if (!DATE.test(cell)) return Number.NaN;
  const time = Date.parse(text.length > 10 && !text.endsWith("Z") ? `${text}Z` : text);
  // The 30th of February is no day, where Date.parse goes on into March.
  const day = Number.isNaN(time) ? "" : new Date(time).toISOString().slice(0, 10);
  return day === text.slice(0, 10) ? time : Number.NaN;
};

/** Numbers of a column whose cells are numbers, per cent, or dates (days since the first). */
function read(cells: readonly string[], marks: Marks): { values: Float64Array; unit: string } {
  const filled = cells.filter((cell) => cell.trim() !== "");
  const most = (fits: (cell: string) => boolean) =>
    filled.length > 0 && filled.filter(fits).length > filled.length / 2;
  if (most((cell) => PERCENT.test(cell)))
    return { values: Float64Array.from(cells, (cell) => number(cell.replace("%", ""), marks)), unit: "%" };
  if (most((cell) => !Number.isNaN(moment(cell)))) {
    const times = cells.map(moment);
    const first = times.reduce((least, t) => (t < least ? t : least), Infinity);
    return {
      values: Float64Array.from(times, (t) => (t - first) / DAY),
      unit: `days since ${new Date(first).toISOString().slice(0, 10)}`,
    };
  }
  return { values: Float64Array.from(cells, (cell) => number(cell, marks)), unit: "" };
}

/** "time (s)", "U [V]", "t / s" as name and unit. */
function split(header: string): [string, string] {
  const found = /^(.*?)\s*[([]\s*([^)\]]*)\s*[)\]]\s*$/.exec(header) ?? /^(.*?)\s+\/\s+(.*)$/.exec(header);
  return found ? [found[1] || header, found[2] ?? ""] : [header.trim(), ""];
}

/** A column with blanks is one of numbers all the same: a wide table of groups has many. */
const isNumeric = (numbers: number, filled: number): boolean => numbers > 0 && numbers >= filled / 2;

/** Between blanks an empty cell is not seen: a row with more or fewer cells than the others has its numbers in wrong columns. */
function evened(
  rows: readonly (readonly string[])[],
  delimiter: string,
  named: number,
): { data: readonly (readonly string[])[]; gaps: number } {
  if (delimiter !== " ") return { data: rows, gaps: 0 };
  const times = new Map<number, number>();
  for (const { length } of rows) times.set(length, (times.get(length) ?? 0) + 1);
  const [usual = [0, 0]] = [...times].sort((a, b) => b[1] - a[1]);
  const wanted = times.has(named) ? named : usual[0];
  const data = rows.filter(({ length }) => length === wanted);
  return { data, gaps: rows.length - data.length };
}

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
  const marks = marksOf(rows.flat(), delimiter);
  const isText = (row: readonly string[] | undefined) =>
    row?.every(
      (cell) =>
        Number.isNaN(number(cell, marks)) &&
        !COMMA_NUMBER.test(bare(cell)) &&
        !PERCENT.test(cell) &&
        !DATE.test(cell),
    ) && row.some((cell) => cell.trim() !== "");
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
  const { data, gaps } = evened(rows.slice(first), delimiter, header.length);
  const width = [header, ...data].reduce((most, row) => Math.max(most, row.length), 0);
  const columns = Array.from({ length: width }, (_, j): Column => {
    const [name, unit] = split(header[j]?.trim() || (width === 2 ? "xy"[j]! : `column ${j + 1}`));
    const { values, unit: own } = read(
      data.map((row) => row[j] ?? ""),
      marks,
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
  if (numeric.length === 0)
    return { ...none, notes: ["There is no column of numbers in it", ...marks.notes] };
  const names = { "\t": "tabs", ";": "semicolons", ",": "commas", " ": "blanks" };
  const notes = [
    `${plural(data.length, "row")}, ${plural(width, "column")}${width > 1 ? `, separated by ${names[delimiter as ";"]}` : ""}`,
    ...marks.notes,
    ...(gaps > 0 ? [`${plural(gaps, "row")} with more or fewer cells left out`] : []),
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
