// A pasted table as columns: what is cut into cells by the command line's rules, with what commas mean, dates, and an error column.

import {
  bare,
  COMMA_NUMBER,
  cutRows,
  hasMarks,
  headOf,
  isBlank,
  isMissing,
  isNumberByAnyMark,
  kindOf,
  NUMBER,
  POINT_NUMBER,
  type Row,
  repeatedMark,
  THOUSANDS,
} from "../../src/cli/cells.js";
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

/** What commas mean in a table. */
interface Marks {
  readonly commas: "decimal" | "thousands" | "unclear";
  /** Beside decimal commas points part thousands, as some cell with both shows; else a cell with a point is a slip. */
  readonly points?: "thousands" | undefined;
  /** What is to be said of it. */
  readonly notes: readonly string[];
}

/** 1.234,5 and 1,234.5: thousands, and which mark is decimal. */
const BOTH_MARKS = /^[+-]?\d{1,3}((\.\d{3})+,|(,\d{3})+\.)\d+$/;

/** Commas are decimal where some can be nothing else and no point is decimal; where both are, or where all may part thousands, no cell with one is read. */
function marksOf(cells: readonly string[], delimiter: string): Marks {
  const numbers = cells.map((cell) => bare(cell.replace("%", "")));
  const groups = numbers.filter((cell) => THOUSANDS.test(cell));
  const thousands: Marks = {
    commas: "thousands",
    notes: groups.length > 0 ? ["commas part thousands"] : [],
  };
  const commas = numbers.filter(
    (cell) => COMMA_NUMBER.test(cell) || (BOTH_MARKS.test(cell) && !THOUSANDS.test(cell)),
  );
  const marks = new Set(numbers.map(repeatedMark));
  const decimal = commas.some((cell) => !THOUSANDS.test(cell));
  const points = numbers.some(
    (cell) =>
      (POINT_NUMBER.test(cell) && !POINT_GROUPS.test(cell)) || (THOUSANDS.test(cell) && cell.includes(".")),
  );
  // Between quotation marks, in a table whose columns are parted by commas.
  if (delimiter === "," && (groups.length > 0 || points)) return thousands;
  if (decimal && points)
    return {
      commas: "unclear",
      notes: [`decimal commas and points are mixed: ${plural(commas.length, "cell")} with a comma not read`],
    };
  if (decimal || (marks.has(".") && !points)) {
    if (commas.some((cell) => cell.includes(".")) || marks.has("."))
      return { commas: "decimal", points: "thousands", notes: ["decimal commas"] };
    const slips = numbers.filter((cell) => POINT_GROUPS.test(cell)).length;
    const unread = slips > 0 ? [`${plural(slips, "cell")} with a point not read`] : [];
    return { commas: "decimal", notes: ["decimal commas", ...unread] };
  }
  const [first] = groups;
  if (points || first === undefined || marks.has(",")) return thousands;
  const readings = `${first.replace(",", ".")} or ${first.replaceAll(",", "")}`;
  return {
    commas: "unclear",
    notes: [`“${first}” may be ${readings}: ${plural(groups.length, "cell")} with a comma not read`],
  };
}

function number(cell: string, { commas, points }: Marks): number {
  let text = bare(cell);
  if (text === "" || (commas === "unclear" && text.includes(","))) return Number.NaN;
  if (commas === "decimal") {
    if (points !== "thousands" && text.includes(".")) return Number.NaN;
    text = text.replaceAll(".", "").replace(",", ".");
  } else if (THOUSANDS.test(text)) text = text.replaceAll(",", "");
  return NUMBER.test(text) ? Number(text) : Number.NaN;
}

/** Numbers of a column whose cells are numbers, per cent, or dates (days since the first). */
function read(cells: readonly string[], marks: Marks): { values: Float64Array; unit: string } {
  const kind = kindOf(cells);
  const plain = (cell: string): number => number(cell, marks);
  if (kind === null) return { values: Float64Array.from(cells, plain), unit: "" };
  return {
    values: Float64Array.from(cells, (cell) => kind.read(cell, plain) ?? Number.NaN),
    unit: kind.unit,
  };
}

/** "time (s)", "U [V]", "t / s" as name and unit. */
function split(header: string): [string, string] {
  const found = /^(.*?)\s*[([]\s*([^)\]]*)\s*[)\]]\s*$/.exec(header) ?? /^(.*?)\s+\/\s+(.*)$/.exec(header);
  return found ? [found[1] || header, found[2] ?? ""] : [header.trim(), ""];
}

/** A column with blanks is one of numbers all the same: a wide table of groups has many. */
const isNumeric = (numbers: number, filled: number): boolean => numbers > 0 && numbers >= filled / 2;

/** Lines of one cell above a table of more are its title, or what an instrument says of itself. */
function withoutTitle(rows: readonly Row[]): readonly Row[] {
  const filled = rows.map(({ cells }) => cells.findLastIndex((cell) => cell !== "") + 1);
  const wide = filled.filter((count) => count > 1).length;
  const from = filled.findIndex((count) => count > 1);
  const isTitle =
    wide > rows.length / 2 && rows.slice(0, from).every(({ cells }) => !isNumberByAnyMark(cells[0]!));
  return isTitle ? rows.slice(from) : rows;
}

/** Between blanks an empty cell is not seen: a row with more or fewer cells than the others has its numbers in wrong columns. */
function evened(
  rows: readonly (readonly string[])[],
  delimiter: string,
  named: number,
): { data: readonly (readonly string[])[]; gaps: number } {
  if (!isBlank(delimiter)) return { data: rows, gaps: 0 };
  const times = new Map<number, number>();
  for (const { length } of rows) times.set(length, (times.get(length) ?? 0) + 1);
  const [usual = [0, 0]] = [...times].sort((a, b) => b[1] - a[1]);
  const wanted = times.has(named) ? named : usual[0];
  const data = rows.filter(({ length }) => length === wanted);
  return { data, gaps: rows.length - data.length };
}

export function readTable(text: string): Table {
  const { rows: all, separator: delimiter, unclear } = cutRows(text);
  const none = {
    columns: [],
    rows: 0,
    notes: ["Nothing to read yet"],
    errors: [],
    guess: { x: -1, y: -1, sigma: -1 },
  };
  if (all.length === 0) return none;
  if (unclear !== null)
    return {
      ...none,
      notes: [
        `The columns of “${unclear}” may be parted by blanks or by commas: put semicolons or tabs there`,
      ],
    };
  const rows = withoutTitle(all);
  const marks = marksOf(
    rows.flatMap(({ cells }) => cells),
    delimiter,
  );
  const isMarked = hasMarks(rows);
  const head = headOf(
    rows,
    (cell) => !Number.isNaN(number(cell, marks)) || COMMA_NUMBER.test(bare(cell)) || isMarked(cell),
  );
  const header = head.names ?? [];
  const units = (head.units ?? []).map((cell) => cell.replace(/^[([](.*)[)\]]$/, "$1"));
  const first = (head.names ? 1 : 0) + (head.units ? 1 : 0);
  const { data, gaps } = evened(
    rows.slice(first).map(({ cells }) => cells),
    delimiter,
    header.length,
  );
  const width = [header, ...data].reduce((most, row) => Math.max(most, row.length), 0);
  const unread: string[] = [];
  const columns = Array.from({ length: width }, (_, j): Column => {
    const [name, unit] = split(header[j]?.trim() || (width === 2 ? "xy"[j]! : `column ${j + 1}`));
    const { values, unit: own } = read(
      data.map((row) => row[j] ?? ""),
      marks,
    );
    const numbers = values.filter((v) => !Number.isNaN(v)).length;
    const filled = data.filter((row) => !isMissing(row[j] ?? "")).length;
    const numeric = isNumeric(numbers, filled);
    if (numeric && filled > numbers) unread.push(`${plural(filled - numbers, "cell")} of “${name}” not read`);
    return {
      name,
      unit: own || units[j] || unit,
      values,
      numeric,
      words: numeric ? [] : data.map((row) => row[j]?.trim() ?? ""),
    };
  });
  const numeric = columns.flatMap((column, j) => (column.numeric ? [j] : []));
  const called = columns.map(({ name }) => name);
  const errors = numeric.filter(
    (j) => header.length > 0 && (isError(called[j]!) || isErrorOf(called[j]!, called) >= 0),
  );
  const plain = numeric.filter((j) => !errors.includes(j));
  if (numeric.length === 0)
    return { ...none, notes: ["There is no column of numbers in it", ...marks.notes] };
  const names: Record<string, string> = { "\t": "tabs", ";": "semicolons", ",": "commas", "|": "bars" };
  const notes = [
    `${plural(data.length, "row")}, ${plural(width, "column")}${width > 1 ? `, separated by ${names[delimiter] ?? (isBlank(delimiter) ? "blanks" : delimiter)}` : ""}`,
    ...marks.notes,
    ...(rows.length < all.length
      ? [`${plural(all.length - rows.length, "line")} above the table left out`]
      : []),
    ...(gaps > 0 ? [`${plural(gaps, "row")} with more or fewer cells left out`] : []),
    ...(units.length > 0 ? ["a row of units"] : []),
    ...(marks.notes.some((note) => note.endsWith("not read")) ? [] : unread),
    ...columns.filter((c) => !c.numeric).map(({ name }) => `“${name}” is not numbers`),
    ...(plain.length === 1 ? ["the numbers of the rows are taken as x"] : []),
  ];
  return {
    columns,
    rows: data.length,
    notes,
    errors: errors.map((column) => {
      const named = isErrorOf(called[column]!, called);
      return { column, of: named >= 0 ? named : column - 1 };
    }),
    guess: {
      x: plain.length > 1 ? plain[0]! : -1,
      y: plain[1] ?? plain[0] ?? -1,
      sigma: errors[0] ?? -1,
    },
  };
}
