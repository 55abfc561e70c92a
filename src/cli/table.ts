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
  /** The other mark parts thousands: the decimal one was told. */
  readonly thousands: boolean;
}

const COMMENT = /^\s*(#|%|\/\/)/;
/** A line of names whose first column is called #. */
const NUMBERED = /^\s*#\s*([,;\t|])/;
/** What stands for a value that is missing. */
const MISSING = /^(|-|\.|na|n\/a|nan|null|none)$/i;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const COMMA_NUMBER = /^[+-]?\d*,\d+([eE][+-]?\d+)?$/;
const POINT_NUMBER = /^[+-]?\d*\.\d+([eE][+-]?\d+)?$/;
/** 1,000 may be one or a thousand; 0,125 may not. */
const THOUSANDS = /^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/;

/** The same with any first digits, where the decimal mark was told. */
const COMMA_GROUPS = /^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/;
const POINT_GROUPS = /^[+-]?\d{1,3}(\.\d{3})+(,\d*)?$/;

export type DecimalMark = "comma" | "point";

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
export function numberOf(
  cell: string,
  { decimalComma, thousands }: Pick<Table, "decimalComma" | "thousands">,
): number | null {
  const text = cell.trim();
  if (MISSING.test(text)) return NaN;
  // The mark that is not decimal parts thousands where that was told; else the cell is a slip.
  const [other, groups] = decimalComma ? [".", POINT_GROUPS] : [",", COMMA_GROUPS];
  if (text.includes(other) && !(thousands && groups.test(text))) return null;
  const plain = text.replaceAll(other, "").replace(",", ".").replace("\u2212", "-");
  return NUMBER.test(plain) ? Number(plain) : null;
}

/** Whether commas are decimal: as told, else where no number has a point; PARSE where every one may part thousands. */
function readsCommas(
  rows: readonly { readonly cells: readonly string[]; readonly line: number }[],
  file: string,
  separator: string,
  told: DecimalMark | undefined,
): boolean {
  if (told !== undefined) return told === "comma";
  const commas = rows.flatMap(({ cells, line }) =>
    cells.filter((cell) => COMMA_NUMBER.test(cell)).map((cell) => ({ cell, line })),
  );
  if (separator === "," || commas.length === 0) return false;
  if (rows.some(({ cells }) => cells.some((cell) => POINT_NUMBER.test(cell)))) return false;
  const [first] = commas;
  if (commas.every(({ cell }) => THOUSANDS.test(cell)))
    throw parseError(
      `${file}, line ${first!.line}: ${first!.cell} may be ${first!.cell.replace(",", ".")} or ${first!.cell.replaceAll(",", "")}`,
      "say --decimal comma or --decimal point",
      first!.line,
    );
  return true;
}

/** The lines that are no comment; the first may be names of which one is #. */
function linesOf(text: string): { content: string; line: number }[] {
  const filled = text
    .replace(/^\ufeff/, "")
    .split(/\r\n|\r|\n/)
    .map((content, i) => ({ content, line: i + 1 }))
    .filter(({ content }) => content.trim() !== "");
  const kept = filled.filter(({ content }) => !COMMENT.test(content));
  const [first] = filled;
  const mark = first && NUMBERED.exec(first.content)?.[1];
  const marks = (content: string | undefined): number => content?.split(mark!).length ?? 0;
  return mark && marks(first.content) === marks(kept[0]?.content) ? [first, ...kept] : kept;
}

/** Reads a table; PARSE where there is none. `decimal`: the mark, where it was told. */
export function readTable(text: string, file: string, decimal?: DecimalMark): Table {
  const kept = linesOf(text);
  if (kept.length === 0) throw parseError(`${file} holds no data`, "give a file with columns of numbers");
  if (/^\s*[[{]/.test(kept[0]!.content))
    throw parseError(`${file} is JSON, not a table`, "give a file with columns of numbers, such as CSV");
  const separator = separatorOf(kept.map(({ content }) => content));
  const cut = kept.map(({ content, line }) => {
    const given = separator === " " ? content.trim().replace(/\s+/g, " ") : content;
    const { data } = Papa.parse<string[]>(given, { delimiter: separator });
    return { cells: (data[0] ?? []).map((cell) => cell.trim()), line };
  });
  const marks = {
    decimalComma: readsCommas(cut.slice(1), file, separator, decimal),
    thousands: decimal !== undefined,
  };
  const numeric = (cell: string): boolean => {
    const value = numberOf(cell, marks);
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
  const short = separator === " " && rows.find(({ cells }) => cells.length < names.length);
  if (short)
    throw parseError(
      `${file}, line ${short.line}: ${short.cells.length} cells, but ${names.length} columns`,
      "blanks part the columns: write NA in an empty cell and _ in a name, or put commas or tabs between the columns",
      short.line,
    );
  return {
    names,
    units,
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

/** A column as numbers, NaN where a cell is empty; PARSE with line and column for text. */
export function numbersOf(table: Table, column: number, file: string): Float64Array {
  return Float64Array.from(table.rows, (cells, i) => {
    const cell = cells[column] ?? "";
    const value = numberOf(cell, table);
    if (value !== null) return value;
    throw parseError(
      `${file}, line ${table.lines[i]}, column ${table.names[column]}: ${JSON.stringify(cell)} is no number`,
      COMMA_NUMBER.test(cell) || THOUSANDS.test(cell)
        ? "is the comma decimal, or does it part thousands? say --decimal comma or --decimal point"
        : "correct the cell, leave it empty, or choose another column with --x or --y",
      table.lines[i],
      table.names[column],
    );
  });
}
