// Tables as people have them, cut into cells: commas, tabs, semicolons, bars or blanks between the columns, decimal commas, comments,
// lines of names and of units, empty cells. Papa Parse takes cells out of quotation marks; what else a text may be is decided here, for the
// command line, which refuses what it cannot read, and for the studio, which reads what it can and says what it left out.

import Papa from "papaparse";

const COMMENT = /^\s*(#|%|\/\/)/;
/** A line of names whose first column is called #. */
const NUMBERED = /^\s*#\s*([,;\t|])/;
/** The line below the names in Markdown and in what databases print. */
function isRule(content: string): boolean {
  if (!/^[\s|+:-]+$/.test(content)) return false;
  const parts = content.split(/[\s|+]+/).filter((part) => part !== "");
  return parts.length > 0 && parts.every((part) => /^:?-{2,}:?$/.test(part));
}
/** The first line that spreadsheets write and read: sep=; */
const TOLD_SEPARATOR = /^sep=(.)\s*$/i;
/** What stands for a value that is missing. */
const MISSING = /^(|-|\.|#?na|#?n\/a|nan|null|none)$/i;

export const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
export const COMMA_NUMBER = /^[+-]?\d*,\d+([eE][+-]?\d+)?$/;
export const POINT_NUMBER = /^[+-]?\d*\.\d+([eE][+-]?\d+)?$/;
/** 1,000 may be one or a thousand; 0,125 may not. */
export const THOUSANDS = /^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/;
/** The same with any first digits, where the decimal mark was told. */
export const COMMA_GROUPS = /^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/;
export const POINT_GROUPS = /^[+-]?\d{1,3}(\.\d{3})+(,\d*)?$/;
/** Thousands parted by what is no decimal mark anywhere: 1 234,5 and 1'234.5 */
const BLANK_GROUPS = /^[+-]?\d{1,3}([ '\u2019\u00a0\u202f]\d{3})+([.,]\d*)?$/;

/** Thousands more than once: 1,234,567 and 1.234.567,5. Where the mark is not decimal they can be nothing else. */
const REPEATED_GROUPS = /^[+-]?[1-9]\d{0,2}([.,])\d{3}(\1\d{3})+((?!\1)[.,]\d*)?$/;
/** The mark that parts thousands more than once in a bare cell. */
export const repeatedMark = (text: string): string | undefined => REPEATED_GROUPS.exec(text)?.[1];
/** A sum of money: $1.50, -$2, 1,50 € */
const MONEY = /^([+-]?)[$€£¥]\s?(?=[\d.,])|(?<=^[+-]?[\d.,' \u2019\u00a0\u202f]+)\s?[$€£¥]$/;

/** A cell with the minus that is typed and the exponent that Fortran writes with D, without the sign of a currency and the blanks that part thousands. */
export function bare(cell: string): string {
  const text = cell
    .trim()
    .replaceAll(/[\u2212\u2013]/g, "-")
    .replace(/^([+-]?[\d.]+)[dD]([+-]?\d+)$/, "$1e$2")
    .replace(MONEY, "$1");
  return BLANK_GROUPS.test(text) ? text.replace(/[^\d.,+-]/g, "") : text;
}

export const isMissing = (cell: string): boolean => MISSING.test(bare(cell));

export function isNumberByAnyMark(cell: string): boolean {
  const text = bare(cell);
  return [NUMBER, COMMA_NUMBER, COMMA_GROUPS, POINT_GROUPS].some((form) => form.test(text));
}

/** Blanks that are never within a number; in a table of which every line has them the others part thousands. */
const PLAIN_BLANK = /\S[ \t]+\S/;
/** The separator of a table that has none but other blanks. */
const ANY_BLANK = "\u00a0";

export const isBlank = (separator: string): boolean => separator === " " || separator === ANY_BLANK;

/** Lines that are looked at for the separator. */
const LOOKED_AT = 100;
/** Cells between quotation marks. */
const QUOTED = /(?<=^|[,;\t| \u00a0])"([^"]|"")*"/g;

/** A time of day. */
const TIME = /^\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$/;

/** Null where both readings fit and no header decides: 1 234,5. Numbers between blanks whose commas are decimal: 0,5 1,5. Between commas 5 1 would be no number. Beside words one such number is not enough: "Run 1,5" are a name and a 5. */
function decimalBetweenBlanks(lines: readonly string[]): boolean | null {
  const blanks = (line: string): string[] => line.trim().split(/[ \t]+/);
  const isRead = (cell: string): boolean =>
    isNumberByAnyMark(cell.replace("%", "")) || isMissing(cell) || DATE.test(cell) || TIME.test(cell);
  const [head = ""] = lines;
  const isHead = !blanks(head).some((cell) => cell.split(",").some(isRead));
  const data = (isHead ? lines.slice(1) : lines).filter((line) => /\d/.test(line));
  const columns = data[0] === undefined ? 0 : blanks(data[0]).length;
  const isDecimal =
    columns > 1 &&
    data.every((line) => {
      const cells = blanks(line);
      const commas = cells.filter((cell) => cell.includes(","));
      return (
        cells.length === columns &&
        commas.every((cell) => isNumberByAnyMark(cell.replace("%", ""))) &&
        (commas.length > 1 || cells.every(isRead))
      );
    });
  if (!isDecimal || !data.every((line) => line.split(",").every(isRead))) return isDecimal;
  const isInner = data.some((line) =>
    line.split(",").some((cell) => /\S\s+\S/.test(cell) && !DATE.test(cell)),
  );
  // Commas part the columns where blanks stand beside them alone: 0, 5
  if (!isInner) return false;
  if (isHead && head.includes(",")) return false;
  return isHead && blanks(head).length === columns ? true : null;
}

/** The separator: the first of these that most lines have, but the comma where the first line has it alone and all have as many. */
function separatorOf(lines: readonly string[]): string | null {
  const some = lines.slice(0, LOOKED_AT).map((line) => line.replaceAll(QUOTED, '""'));
  const most = (form: RegExp): boolean => some.filter((line) => form.test(line)).length > some.length / 2;
  const [first = ""] = some;
  const width = first.split(",").length;
  const isEven = width > 1 && some.every((line) => line.split(",").length === width);
  for (const mark of [";", "\t", "|"])
    if (
      some.filter((line) => line.includes(mark)).length > some.length / 2 &&
      !(isEven && !first.includes(mark))
    )
      return mark;
  if (most(/,/)) {
    const decimal = decimalBetweenBlanks(some);
    return decimal === null ? null : decimal ? " " : ",";
  }
  if (most(PLAIN_BLANK)) return " ";
  return most(/\S\s+\S/) ? ANY_BLANK : ",";
}

interface Line {
  readonly content: string;
  readonly line: number;
}

/** Lines a cell in quotation marks may have. */
const LONGEST_CELL = 20;

/** Whether the end of a line is within a cell in quotation marks; such a cell begins at the line's or behind a separator: 5" is none, nor is 5 " beside commas. */
function endsWithin(text: string, begun: boolean): boolean {
  let within = begun;
  const opens = (at: number): boolean => {
    const before = text.slice(0, at).trimEnd();
    if (before === "" || /[,;\t|]$/.test(text.slice(0, at).replace(/[ \u00a0]+$/, ""))) return true;
    return before.length < at && !/[,;\t|]/.test(text);
  };
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1))
    if (within && text[at + 1] === '"') at++;
    else if (within || opens(at)) within = !within;
  return within;
}

/** A cell in quotation marks may go on in the next line: where one ends within reach, its lines are one. */
function joinedLines(lines: readonly Line[]): Line[] {
  const joined: Line[] = [];
  for (let i = 0; i < lines.length; i++) {
    const { content, line } = lines[i]!;
    let more = 0;
    if (endsWithin(content, false))
      for (let k = 1; more === 0 && k < LONGEST_CELL && i + k < lines.length; k++)
        if (!endsWithin(lines[i + k]!.content, true)) more = k;
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
  const told = TOLD_SEPARATOR.exec(all[0]?.content.replace(/^\s+/, "") ?? "")?.[1];
  const filled = joinedLines(told === undefined ? all : all.slice(1));
  const kept = filled.filter(({ content }) => !COMMENT.test(content) && !isRule(content));
  const [first] = filled;
  const mark = first && NUMBERED.exec(first.content)?.[1];
  const marks = (content: string | undefined): number => content?.split(mark!).length ?? 0;
  const isNames = mark && marks(first.content) === marks(kept[0]?.content);
  return { lines: isNames ? [first, ...kept] : kept, told };
}

/** The cells of a line; only quotation marks need a parser. */
function cellsOf(content: string, separator: string): string[] {
  const blanks = separator === " " ? /[ \t]+/g : separator === ANY_BLANK ? /\s+/g : null;
  let given = blanks ? content.trim().replace(blanks, separator) : content;
  // Bars stand at both ends, or between.
  if (separator === "|" && /^\s*\|/.test(given)) given = given.trim().replace(/^\||\|$/g, "");
  if (!given.includes('"')) return given.split(separator).map((cell) => cell.trim());
  // A blank before a quotation mark is no part of the cell.
  const [cells = []] = Papa.parse<string[]>(given.replaceAll(/(^|[,;\t|]) +"/g, '$1"'), {
    delimiter: separator,
  }).data;
  return cells.map((cell) => cell.trim());
}

export interface Row {
  readonly cells: readonly string[];
  /** Its place in the text, from 1. */
  readonly line: number;
}

/** All rows of a text. What instruments write behind the last column is no cell. */
export function cutRows(text: string): { rows: readonly Row[]; separator: string; unclear: string | null } {
  const { lines, told } = linesOf(text);
  const found = told ?? separatorOf(lines.map(({ content }) => content));
  const separator = found ?? ",";
  const rows = lines.map(({ content, line }): Row => ({ cells: cellsOf(content, separator), line }));
  const width = rows.reduce(
    (most, { cells }) => Math.max(most, cells.findLastIndex((cell) => cell !== "") + 1),
    0,
  );
  return {
    rows: rows.map(({ cells, line }) => ({ cells: cells.slice(0, Math.max(width, 1)), line })),
    separator,
    // A line where blanks and commas may both part the columns.
    unclear:
      found === null ? (lines.find(({ content }) => /\d,\d/.test(content))?.content.trim() ?? "") : null,
  };
}

export interface Head {
  readonly names: readonly string[] | null;
  readonly units: readonly string[] | null;
}

/** The lines above the data. A line of units: nothing in it is a number or missing alone, where the next line has numbers. */
export function headOf(rows: readonly Row[], isNumber: (cell: string) => boolean): Head {
  const isText = (row: Row | undefined): row is Row =>
    row?.cells.some((cell) => !isMissing(cell)) === true && !row.cells.some(isNumber);
  const [first, second, third] = rows;
  // Numbers by either mark are no names: the line is data, or has a slip.
  if (!isText(first) || first.cells.every(isNumberByAnyMark)) return { names: null, units: null };
  const isUnits = isText(second) && !second.cells.some(isNumberByAnyMark);
  const units = isUnits && third?.cells.some(isNumber) ? second.cells : null;
  return { names: first.cells, units };
}

const PERCENT = /^\s*([+-]?[\d.,]+)\s*%\s*$/;
const DATE = /^\s*\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z?)?\s*$/;
const DAY = 86_400_000;
const isPercent = (cell: string): boolean => PERCENT.test(cell.replace(/[\u2212\u2013]/, "-"));

/** Whether a cell is a date or per cent of the data: in the first line alone these are names of columns, as of quantiles or days. */
export function hasMarks(rows: readonly Row[]): (cell: string) => boolean {
  const isMarked = (cell: string): boolean => isPercent(cell) || DATE.test(cell);
  return rows.slice(1).some(({ cells }) => cells.some(isMarked)) ? isMarked : () => false;
}

/** Milliseconds of a date; midnight UTC where no time is given; a time without a zone is taken as UTC too, so that no hour is counted twice. */
function moment(cell: string): number {
  const text = cell.trim().replace(" ", "T");
  if (!DATE.test(cell)) return Number.NaN;
  const time = Date.parse(text.length > 10 && !text.endsWith("Z") ? `${text}Z` : text);
  // The 30th of February is no day, where Date.parse goes on into March.
  const day = Number.isNaN(time) ? "" : new Date(time).toISOString().slice(0, 10);
  return day === text.slice(0, 10) ? time : Number.NaN;
}

/** What most cells of a column are, where it is more than numbers: its unit, and what it reads of a cell; null for what is not so. */
export interface Kind {
  readonly unit: string;
  readonly example: string;
  read(cell: string, number: (text: string) => number | null): number | null;
}

/** Per cent, or dates (days since the first). */
export function kindOf(cells: readonly string[]): Kind | null {
  const filled = cells.filter((cell) => !isMissing(cell));
  const most = (fits: (cell: string) => boolean) =>
    filled.length > 0 && filled.filter(fits).length > filled.length / 2;
  if (most(isPercent))
    return {
      unit: "%",
      example: "12.5%",
      read: (cell, number) => (isPercent(cell) ? number(cell.replace("%", "").trim()) : null),
    };
  if (!most((cell) => !Number.isNaN(moment(cell)))) return null;
  const first = filled.reduce((least, cell) => {
    const time = moment(cell);
    return time < least ? time : least;
  }, Infinity);
  return {
    unit: `days since ${new Date(first).toISOString().slice(0, 10)}`,
    example: "2024-02-28 or 2024-02-28 12:30",
    read: (cell) => {
      const time = moment(cell);
      return Number.isNaN(time) ? null : (time - first) / DAY;
    },
  };
}
