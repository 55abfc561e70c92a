// Tables as people have them: commas, tabs, semicolons or blanks between the columns, decimal commas, comments, a line of names, a
// line of units, empty cells. The cells are cut by Papa Parse; what they mean is decided here.

import Papa from "papaparse";
import { DownhillError } from "../runtime/errors.js";
import { nearest } from "../runtime/options.js";

export interface Table {
  readonly names: readonly string[];
  /** Units of the columns where the table has a line of them. */
  readonly units: readonly string[] | null;
  readonly rows: readonly (readonly string[])[];
  /** Lines of the rows in the file, from 1. */
  readonly lines: readonly number[];
  readonly decimalComma: boolean;
}

const COMMENT = /^\s*(#|%|\/\/)/;
/** What stands for a value that is missing. */
const MISSING = /^(|-|\.|na|n\/a|nan|null|none)$/i;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

function parseError(problem: string, hint: string, line?: number, column?: string): DownhillError {
  return new DownhillError("PARSE", problem, { hint, details: { line, column } });
}

/** The separator: the first of these that the lines agree on. */
function separatorOf(lines: readonly string[]): string {
  const some = lines.slice(0, 20);
  for (const separator of [";", "\t", "|"])
    if (some.every((line) => line.includes(separator))) return separator;
  if (some.every((line) => line.includes(","))) return ",";
  return some.every((line) => /\S\s+\S/.test(line)) ? " " : ",";
}

/** A number, NaN for a missing one, or null for text. */
export function numberOf(cell: string, decimalComma: boolean): number | null {
  const text = cell.trim();
  if (MISSING.test(text)) return NaN;
  const plain = (decimalComma ? text.replace(",", ".") : text).replace("\u2212", "-");
  return NUMBER.test(plain) ? Number(plain) : null;
}

/** Reads a table; PARSE where there is none. */
export function readTable(text: string, file: string): Table {
  const kept = text
    .replace(/^\ufeff/, "")
    .split(/\r\n|\r|\n/)
    .map((content, i) => ({ content, line: i + 1 }))
    .filter(({ content }) => content.trim() !== "" && !COMMENT.test(content));
  if (kept.length === 0) throw parseError(`${file} holds no data`, "give a file with columns of numbers");
  if (/^\s*[[{]/.test(kept[0]!.content))
    throw parseError(`${file} is JSON, not a table`, "give a file with columns of numbers, such as CSV");
  const separator = separatorOf(kept.map(({ content }) => content));
  const cut = kept.map(({ content, line }) => {
    const given = separator === " " ? content.trim().replace(/\s+/g, " ") : content;
    const { data } = Papa.parse<string[]>(given, { delimiter: separator });
    return { cells: (data[0] ?? []).map((cell) => cell.trim()), line };
  });
  const body = cut.slice(1).flatMap(({ cells }) => cells);
  const decimalComma =
    separator !== "," &&
    body.some((cell) => /^[+-]?\d*,\d+([eE][+-]?\d+)?$/.test(cell)) &&
    !body.some((cell) => /^[+-]?\d*\.\d+([eE][+-]?\d+)?$/.test(cell));
  const numeric = (cell: string): boolean => {
    const value = numberOf(cell, decimalComma);
    return value !== null && !Number.isNaN(value);
  };
  const named = !cut[0]!.cells.some(numeric);
  const names = named
    ? cut[0]!.cells.map((name, i) => name || String(i + 1))
    : cut[0]!.cells.map((_, i) => (i === 0 ? "x" : i === 1 ? "y" : String(i + 1)));
  let from = named ? 1 : 0;
  let units: string[] | null = null;
  const second = cut[from]?.cells ?? [];
  const third = cut[from + 1]?.cells ?? [];
  // A line of units: nothing in it is a number, where the next line has some.
  if (named && third.some(numeric) && second.some((cell) => cell !== "") && !second.some(numeric)) {
    units = second;
    from++;
  }
  const rows = cut.slice(from);
  if (rows.length === 0)
    throw parseError(`${file} has names but no rows`, "give at least one line of numbers");
  const ragged = rows.find(({ cells }) => cells.length > names.length);
  if (ragged)
    throw parseError(
      `${file}, line ${ragged.line}: ${ragged.cells.length} cells, but ${names.length} columns`,
      separator === ","
        ? "decimal commas need semicolons or tabs between the columns"
        : "remove what is too much",
      ragged.line,
    );
  return {
    names,
    units,
    rows: rows.map(({ cells }) => cells),
    lines: rows.map(({ line }) => line),
    decimalComma,
  };
}

/** The place of a column by name or by number from 1. */
export function columnAt(table: Table, wanted: string, option: string): number {
  const byName = table.names.indexOf(wanted);
  if (byName >= 0) return byName;
  const number = Number(wanted);
  if (Number.isInteger(number) && number >= 1 && number <= table.names.length) return number - 1;
  const meant = nearest(wanted, table.names);
  throw new DownhillError("OPTION", `${option}: there is no column ${JSON.stringify(wanted)}`, {
    hint: meant
      ? `did you mean ${meant}?`
      : `columns: ${table.names.join(", ")}; or a number from 1 to ${table.names.length}`,
    details: { option },
  });
}

/** A column as numbers, NaN where a cell is empty; PARSE with line and column for text. */
export function numbersOf(table: Table, column: number, file: string): Float64Array {
  return Float64Array.from(table.rows, (cells, i) => {
    const cell = cells[column] ?? "";
    const value = numberOf(cell, table.decimalComma);
    if (value !== null) return value;
    const comma = /^[+-]?\d+,\d+$/.test(cell);
    throw parseError(
      `${file}, line ${table.lines[i]}, column ${table.names[column]}: ${JSON.stringify(cell)} is no number`,
      comma
        ? "decimal commas and decimal points are mixed in this file"
        : "correct the cell, leave it empty, or choose another column with --x or --y",
      table.lines[i],
      table.names[column],
    );
  });
}
