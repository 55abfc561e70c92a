// Tables of the command line: what is cut into cells by cells.ts, refused where it cannot be read or may be read in two ways.

import { DownhillError } from "../runtime/errors.js";
import { nearest } from "../runtime/options.js";
import {
  bare,
  COMMA_GROUPS,
  COMMA_NUMBER,
  cutRows,
  hasMarks,
  headOf,
  isBlank,
  isMissing,
  isNumberByAnyMark,
  type Kind,
  kindOf,
  NUMBER,
  POINT_GROUPS,
  POINT_NUMBER,
  type Row,
  repeatedMark,
  THOUSANDS,
} from "./cells.js";

export interface Table {
  readonly names: readonly string[];
  /** Units of the columns where the table has a line of them. */
  readonly units: readonly string[] | null;
  readonly rows: readonly (readonly string[])[];
  /** Lines of the rows in the file, from 1. */
  readonly lines: readonly number[];
  readonly decimalComma: boolean;
  /** The other mark parts thousands: the decimal one was told. */
  readonly thousands: boolean;
}

const CLOCK = /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b|^\d{1,2}:\d{2}/;

export type DecimalMark = "comma" | "point";

function parseError(problem: string, hint: string, line?: number, column?: string): DownhillError {
  return new DownhillError("PARSE", problem, { hint, details: { line, column } });
}

/** A number, NaN for a missing one, or null for text. */
export function numberOf(
  cell: string,
  { decimalComma, thousands }: Pick<Table, "decimalComma" | "thousands">,
): number | null {
  // The mark that is not decimal parts thousands where that was told; else the cell is a slip.
  const [other, groups] = decimalComma ? [".", POINT_GROUPS] : [",", COMMA_GROUPS];
  if (NUMBER.test(cell) && !cell.includes(other)) return Number(cell);
  const text = bare(cell);
  if (isMissing(text)) return NaN;
  if (text.includes(other) && !(groups.test(text) && (thousands || repeatedMark(text) === other)))
    return null;
  const plain = text.replaceAll(other, "").replace(",", ".");
  return NUMBER.test(plain) ? Number(plain) : null;
}

/** Whether commas are decimal: as told, else where no number has a point; PARSE where every one may part thousands. */
function readsCommas(
  rows: readonly Row[],
  file: string,
  separator: string,
  told: DecimalMark | undefined,
): boolean {
  if (told !== undefined) return told === "comma";
  if (separator === ",") return false;
  let first: { cell: string; line: number } | undefined;
  let open = true;
  let parted = false;
  for (const { cells, line } of rows)
    for (const cell of cells) {
      const text = bare(cell.replace("%", ""));
      const mark = repeatedMark(text);
      parted ||= mark === ".";
      if (POINT_NUMBER.test(text) || mark === ",") return false;
      if (!COMMA_NUMBER.test(text)) continue;
      first ??= { cell, line };
      open &&= THOUSANDS.test(text);
    }
  if (first === undefined || !open || parted) return first !== undefined || parted;
  const { cell, line } = first;
  throw parseError(
    `${file}, line ${line}: ${cell} may be ${cell.replace(",", ".")} or ${cell.replaceAll(",", "")}`,
    "say --decimal comma or --decimal point",
    line,
  );
}

/** Reads a table; PARSE where there is none. `decimal`: the mark, where it was told. */
export function readTable(text: string, file: string, decimal?: DecimalMark): Table {
  const { rows: cut, separator, unclear } = cutRows(text);
  if (unclear !== null)
    throw parseError(
      `${file}: the columns of "${unclear}" may be parted by blanks or by commas`,
      "put semicolons or tabs between the columns, or a line of names above them",
    );
  if (cut.length === 0) throw parseError(`${file} holds no data`, "give a file with columns of numbers");
  if (/^\s*[[{]/.test(cut[0]!.cells[0]!))
    throw parseError(`${file} is JSON, not a table`, "give a file with columns of numbers, such as CSV");
  const begins = cut[0]!.cells.every(isNumberByAnyMark);
  const marks = {
    decimalComma: readsCommas(begins ? cut : cut.slice(1), file, separator, decimal),
    thousands: decimal !== undefined,
  };
  const isMarked = hasMarks(cut);
  const head = headOf(cut, (cell) => {
    const value = numberOf(cell, marks);
    return (value !== null && !Number.isNaN(value)) || isMarked(cell);
  });
  const names = head.names
    ? head.names.map((name, i) => name || String(i + 1))
    : cut[0]!.cells.map((_, i) => (i === 0 ? "x" : i === 1 ? "y" : String(i + 1)));
  const from = (head.names ? 1 : 0) + (head.units ? 1 : 0);
  // What instruments write behind the last column is no cell.
  const rows = cut.slice(from).map(({ cells, line }): Row => {
    let { length } = cells;
    while (length > names.length && cells[length - 1] === "") length--;
    return { cells: cells.slice(0, length), line };
  });
  if (rows.length === 0)
    throw parseError(`${file} has names but no rows`, "give at least one line of numbers");
  const columns = `${names.length} column${names.length === 1 ? "" : "s"}`;
  const ragged = rows.find(({ cells }) => cells.length > names.length);
  if (ragged)
    throw parseError(
      `${file}, line ${ragged.line}: ${ragged.cells.length} cells, but ${columns}`,
      names.length === 1
        ? `put # before what is no table, as line ${cut[0]!.line}`
        : separator === ","
          ? "decimal commas need semicolons or tabs between the columns"
          : "remove what is too much",
      ragged.line,
    );
  const short = isBlank(separator) && rows.find(({ cells }) => cells.length < names.length);
  if (short)
    throw parseError(
      `${file}, line ${short.line}: ${short.cells.length} cells, but ${columns}`,
      "blanks part the columns: write NA in an empty cell and _ in a name, or put commas or tabs between the columns",
      short.line,
    );
  return {
    names,
    units: head.units,
    rows: rows.map(({ cells }) => cells),
    lines: rows.map(({ line }) => line),
    ...marks,
  };
}

/** The place of a column by name or by number from 1. */
export function columnAt(table: Table, wanted: string, option: string): number {
  const byName = table.names.indexOf(wanted);
  const twin = table.names.indexOf(wanted, byName + 1);
  if (byName >= 0 && twin >= 0)
    throw new DownhillError("OPTION", `${option}: two columns are called ${wanted}`, {
      hint: `give the number of the one that is meant, ${byName + 1} or ${twin + 1}`,
      details: { option },
    });
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

/** What may help with a cell that is no number. */
function advice(cell: string): string {
  if (CLOCK.test(cell))
    return "write dates as 2024-02-28 or 2024-02-28 12:30, and times as numbers, such as seconds";
  if (COMMA_NUMBER.test(cell) || THOUSANDS.test(cell) || POINT_GROUPS.test(cell))
    return "is the comma decimal, or does it part thousands? say --decimal comma or --decimal point";
  return "correct the cell, leave it empty, or choose another column with --x or --y";
}

const cellsOf = (table: Table, column: number): string[] => table.rows.map((cells) => cells[column] ?? "");

/** "%" or "days since 2024-01-31" of a column that is so, else "". */
export const unitOf = (table: Table, column: number): string => kindOf(cellsOf(table, column))?.unit ?? "";

/** A column's name with its unit: of what it holds, else from the line of units. */
export function titleOf(table: Table, column: number): string {
  const told = table.units?.[column]?.replace(/^[([](.*)[)\]]$/, "$1");
  const unit = unitOf(table, column) || told;
  return `${table.names[column]}${unit ? ` (${unit})` : ""}`;
}

function numberAs(kind: Kind | null, cell: string, table: Table): number | null {
  const number = (text: string): number | null => numberOf(text, table);
  if (kind === null) return number(cell);
  return isMissing(cell) ? NaN : kind.read(cell, number);
}

/** A column as numbers, NaN where a cell is empty; PARSE with line and column for text. */
export function numbersOf(table: Table, column: number, file: string): Float64Array {
  const cells = cellsOf(table, column);
  const kind = kindOf(cells);
  return Float64Array.from(cells, (cell, i) => {
    const value = numberAs(kind, cell, table);
    if (value !== null && Math.abs(value) !== Infinity) return value;
    throw parseError(
      `${file}, line ${table.lines[i]}, column ${table.names[column]}: ${JSON.stringify(cell)} is ${value === null ? "no number" : "beyond the largest number"}`,
      kind
        ? `the column has cells such as ${kind.example}: correct the cell, or leave it empty`
        : advice(cell),
      table.lines[i],
      table.names[column],
    );
  });
}
