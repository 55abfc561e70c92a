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
const MISSING = /^(|-|\.|#?na|#?n\/a|nan|null|none)$/i;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const COMMA_NUMBER = /^[+-]?\d*,\d+([eE][+-]?\d+)?$/;
const POINT_NUMBER = /^[+-]?\d*\.\d+([eE][+-]?\d+)?$/;
/** 1,000 may be one or a thousand; 0,125 may not. */
const THOUSANDS = /^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/;

/** The same with any first digits, where the decimal mark was told. */
const COMMA_GROUPS = /^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/;
const POINT_GROUPS = /^[+-]?\d{1,3}(\.\d{3})+(,\d*)?$/;
/** Thousands parted by what is no decimal mark anywhere: 1 234,5 and 1'234.5 */
const BLANK_GROUPS = /^[+-]?\d{1,3}([ '\u2019\u00a0\u202f]\d{3})+([.,]\d*)?$/;
/** The first line that spreadsheets write and read: sep=; */
const TOLD_SEPARATOR = /^sep=(.)$/i;
const DATE = /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b|^\d{1,2}:\d{2}/;

export type DecimalMark = "comma" | "point";

function parseError(problem: string, hint: string, line?: number, column?: string): DownhillError {
  return new DownhillError("PARSE", problem, { hint, details: { line, column } });
}

/** Blanks that are never within a number; in a table of which every line has them the others part thousands. */
const PLAIN_BLANK = /\S[ \t]+\S/;
/** The separator of a table that has none but other blanks. */
const ANY_BLANK = "\u00a0";

/** The separator: the first of these that the lines agree on. */
function separatorOf(lines: readonly string[]): string {
  const some = lines.slice(0, 20);
  for (const separator of [";", "\t", "|"])
    if (some.every((line) => line.includes(separator))) return separator;
  if (some.every((line) => line.includes(","))) return ",";
  if (some.every((line) => PLAIN_BLANK.test(line))) return " ";
  return some.every((line) => /\S\s+\S/.test(line)) ? ANY_BLANK : ",";
}

/** A cell with the minus that is typed, and without what parts thousands and nothing else. */
function bare(cell: string): string {
  const text = cell.trim().replace("\u2212", "-");
  return BLANK_GROUPS.test(text) ? text.replace(/[^\d.,+-]/g, "") : text;
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
  if (MISSING.test(text)) return NaN;
  if (text.includes(other) && !(thousands && groups.test(text))) return null;
  const plain = text.replaceAll(other, "").replace(",", ".");
  return NUMBER.test(plain) ? Number(plain) : null;
}

function isNumberByAnyMark(cell: string): boolean {
  const text = bare(cell);
  return [NUMBER, COMMA_NUMBER, COMMA_GROUPS, POINT_GROUPS].some((form) => form.test(text));
}

interface Row {
  readonly cells: readonly string[];
  readonly line: number;
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
  for (const { cells, line } of rows)
    for (const cell of cells) {
      const text = bare(cell);
      if (POINT_NUMBER.test(text)) return false;
      if (!COMMA_NUMBER.test(text)) continue;
      first ??= { cell, line };
      open &&= THOUSANDS.test(text);
    }
  if (first === undefined || !open) return first !== undefined;
  const { cell, line } = first;
  throw parseError(
    `${file}, line ${line}: ${cell} may be ${cell.replace(",", ".")} or ${cell.replaceAll(",", "")}`,
    "say --decimal comma or --decimal point",
    line,
  );
}

interface Line {
  readonly content: string;
  readonly line: number;
}

/** Lines a cell in quotation marks may have. */
const LONGEST_CELL = 20;

const marksIn = (text: string): number => text.split('"').length - 1;

/** A cell in quotation marks may go on in the next line: where one ends within reach, its lines are one. */
function joinedLines(lines: readonly Line[]): Line[] {
  const joined: Line[] = [];
  for (let i = 0; i < lines.length; i++) {
    const { content, line } = lines[i]!;
    let more = 0;
    if (content.includes('"') && marksIn(content) % 2 === 1)
      for (let k = 1; more === 0 && k < LONGEST_CELL && i + k < lines.length; k++)
        if (marksIn(lines[i + k]!.content) % 2 === 1) more = k;
    const parts = lines.slice(i + 1, i + more + 1).map((part) => ` ${part.content}`);
    joined.push(more > 0 ? { content: content + parts.join(""), line } : lines[i]!);
    i += more;
  }
  return joined;
}

/** The lines that are no comment; the first may be names of which one is #, or say the separator. */
function linesOf(text: string): { lines: Line[]; told: string | undefined } {
  const all = text
    .replace(/^\ufeff/, "")
    .split(/\r\n|\r|\n/)
    .map((content, i) => ({ content, line: i + 1 }))
    .filter(({ content }) => content.trim() !== "");
  const told = TOLD_SEPARATOR.exec(all[0]?.content.trim() ?? "")?.[1];
  const filled = joinedLines(told === undefined ? all : all.slice(1));
  const kept = filled.filter(({ content }) => !COMMENT.test(content));
  const [first] = filled;
  const mark = first && NUMBERED.exec(first.content)?.[1];
  const marks = (content: string | undefined): number => content?.split(mark!).length ?? 0;
  const isNames = mark && marks(first.content) === marks(kept[0]?.content);
  return { lines: isNames ? [first, ...kept] : kept, told };
}

/** The cells of a line; only quotation marks need a parser. */
function cellsOf(content: string, separator: string): string[] {
  const blanks = separator === " " ? /[ \t]+/g : separator === ANY_BLANK ? /\s+/g : null;
  const given = blanks ? content.trim().replace(blanks, separator) : content;
  const cells = given.includes('"')
    ? (Papa.parse<string[]>(given, { delimiter: separator }).data[0] ?? [])
    : given.split(separator);
  return cells.map((cell) => cell.trim());
}

/** Reads a table; PARSE where there is none. `decimal`: the mark, where it was told. */
export function readTable(text: string, file: string, decimal?: DecimalMark): Table {
  const { lines: kept, told } = linesOf(text);
  if (kept.length === 0) throw parseError(`${file} holds no data`, "give a file with columns of numbers");
  if (/^\s*[[{]/.test(kept[0]!.content))
    throw parseError(`${file} is JSON, not a table`, "give a file with columns of numbers, such as CSV");
  const separator = told ?? separatorOf(kept.map(({ content }) => content));
  const cut = kept.map(({ content, line }): Row => ({ cells: cellsOf(content, separator), line }));
  // Numbers by either mark are no names: the line is data, or has a slip.
  const begins = cut[0]!.cells.every(isNumberByAnyMark);
  const marks = {
    decimalComma: readsCommas(begins ? cut : cut.slice(1), file, separator, decimal),
    thousands: decimal !== undefined,
  };
  const numeric = (cell: string): boolean => {
    const value = numberOf(cell, marks);
    return value !== null && !Number.isNaN(value);
  };
  const named = !begins && !cut[0]!.cells.some(numeric);
  const names = named
    ? cut[0]!.cells.map((name, i) => name || String(i + 1))
    : cut[0]!.cells.map((_, i) => (i === 0 ? "x" : i === 1 ? "y" : String(i + 1)));
  let from = named ? 1 : 0;
  let units: string[] | null = null;
  const second = cut[from]?.cells ?? [];
  const third = cut[from + 1]?.cells ?? [];
  // A line of units: nothing in it is a number, where the next line has some.
  if (named && third.some(numeric) && second.some((cell) => cell !== "") && !second.some(numeric)) {
    units = [...second];
    from++;
  }
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
  const short =
    (separator === " " || separator === ANY_BLANK) && rows.find(({ cells }) => cells.length < names.length);
  if (short)
    throw parseError(
      `${file}, line ${short.line}: ${short.cells.length} cells, but ${columns}`,
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

/** What may help with a cell that is no number. */
function advice(cell: string): string {
  if (DATE.test(cell)) return "times are numbers here: seconds, or days since the first";
  if (COMMA_NUMBER.test(cell) || THOUSANDS.test(cell) || POINT_GROUPS.test(cell))
    return "is the comma decimal, or does it part thousands? say --decimal comma or --decimal point";
  return "correct the cell, leave it empty, or choose another column with --x or --y";
}

/** A column as numbers, NaN where a cell is empty; PARSE with line and column for text. */
export function numbersOf(table: Table, column: number, file: string): Float64Array {
  return Float64Array.from(table.rows, (cells, i) => {
    const cell = cells[column] ?? "";
    const value = numberOf(cell, table);
    if (value !== null && Math.abs(value) !== Infinity) return value;
    throw parseError(
      `${file}, line ${table.lines[i]}, column ${table.names[column]}: ${JSON.stringify(cell)} is ${value === null ? "no number" : "beyond the largest number"}`,
      advice(cell),
      table.lines[i],
      table.names[column],
    );
  });
}
