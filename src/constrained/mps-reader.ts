// The sections of an MPS or QPS file, line by line, into one program; whatever is damaged is refused with its line and column.

import { csrFromTriplets } from "../linalg/csr.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { checkKeys, choiceOption } from "../runtime/options.js";
import type { MPSOptions } from "./mps.js";
import { type Field, Lines, relaxed } from "./mps-fields.js";

interface Row {
  readonly type: string;
  /** Index among the constraints; -1 for the objective, -2 for another N row. */
  readonly index: number;
}

const SECTIONS = [
  "NAME",
  "OBJSENSE",
  "OBJNAME",
  "ROWS",
  "COLUMNS",
  "RHS",
  "RANGES",
  "BOUNDS",
  "QUADOBJ",
  "QMATRIX",
  "QSECTION",
  "ENDATA",
];
/** What each section needs before it. */
const NEEDS: Readonly<Record<string, string>> = {
  COLUMNS: "ROWS",
  RHS: "COLUMNS",
  RANGES: "COLUMNS",
  BOUNDS: "COLUMNS",
  QUADOBJ: "COLUMNS",
  QMATRIX: "COLUMNS",
  QSECTION: "COLUMNS",
  ENDATA: "COLUMNS",
};
/** Sections of programs that are no linear or quadratic ones. */
const OTHERS = /^(SOS\d?|SETS|CSECTION|QCMATRIX|INDICATORS|LAZYCONS|USERCUTS|PWLOBJ|GENCONS|SCENARIOS)$/;

export class Reader {
  readonly #lines: Lines;
  readonly #fixed: boolean;
  #sections = new Set<string>();
  /** The name of the set of each section that has sets, and what stands in it already. */
  #sets = new Map<string, string>();
  #given = new Set<string>();
  /** Where the last bound of a column stands. */
  #places = new Map<number, { line: number; column: number }>();
  #name = "";
  #sense: "min" | "max" = "min";
  #sensed = false;
  #objective: string | null = null;
  #wanted: string | null = null;
  #rows = new Map<string, Row>();
  #rowNames: string[] = [];
  #types: string[] = [];
  #columns = new Map<string, number>();
  #costs: number[] = [];
  #row: number[] = [];
  #col: number[] = [];
  #value: number[] = [];
  #rhs: number[] = [];
  #ranges: (number | undefined)[] = [];
  #lower: number[] = [];
  #upper: number[] = [];
  #lowered = new Set<number>();
  #constant = 0;
  #integers = new Set<number>();
  #inIntegers = false;
  #seen = new Set<string>();
  #last = -1;
  #quadratic = { row: [] as number[], col: [] as number[], value: [] as number[] };

  constructor(where: string, text: string, o: MPSOptions) {
    checkKeys(where, o, ["format"]);
    this.#lines = new Lines(where);
    this.#fixed = choiceOption(where, "format", o.format, ["free", "fixed"], "free") === "fixed";
    if (typeof text !== "string")
      throw new DownhillError("OPTION", `${where}: the file must be a text, got ${quote(text)}`, {
        details: { option: "text" },
      });
    this.#read(text);
  }

  #fail(column: number, message: string, hint?: string): DownhillError {
    return this.#lines.fail(column, message, hint);
  }

  #read(text: string): void {
    let section = "";
    for (const raw of text.split("\n")) {
      this.#lines.line++;
      const line = raw.replace(/\r$/, "");
      if (line.trim() === "" || line.startsWith("*")) continue;
      if (section === "ENDATA") throw this.#fail(1, "nothing may follow ENDATA");
      if (/^\S/.test(line)) {
        section = this.#header(line, section);
        continue;
      }
      const fields = this.#lines.fields(line, this.#fixed);
      if (section === "OBJSENSE") this.#setSense(fields[0]!);
      else if (section === "OBJNAME") this.#wanted = fields[0]!.text;
      else if (section === "ROWS") this.#addRow(fields);
      else if (section === "COLUMNS") this.#addColumn(fields);
      else if (section === "RHS") this.#pairs(fields, section, (row, v) => this.#setRhs(row, v));
      else if (section === "RANGES")
        this.#pairs(fields, section, (row, v, field) => {
          if (row.index < 0)
            throw this.#fail(field.column, `row ${quote(field.text)} is of type N and has no range`);
          this.#ranges[row.index] = v;
        });
      else if (section === "BOUNDS") this.#bound(fields);
      else if (section.startsWith("Q")) this.#quadraticEntry(fields, section);
      else
        throw this.#fail(
          1,
          section === "" ? "data before the first section" : `section ${section} has no data`,
        );
    }
    if (section !== "ENDATA") throw this.#fail(1, "the file ends without ENDATA");
    if (this.#objective === null)
      throw this.#fail(
        1,
        this.#wanted === null
          ? "there is no row of type N: no objective"
          : `there is no row ${quote(this.#wanted)} of type N`,
      );
    this.#checkBounds();
  }

  #checkBounds(): void {
    const names = [...this.#columns.keys()];
    for (const [j, { line, column }] of this.#places) {
      const [lower, upper] = [this.#lower[j]!, this.#upper[j]!];
      if (lower <= upper && lower < Infinity && upper > -Infinity) continue;
      this.#lines.line = line;
      throw this.#fail(
        column,
        `the bounds of ${quote(names[j])} contradict each other: ${lower} and ${upper}`,
      );
    }
  }

  /** The set that a line names: one for a section, which lines may leave out. */
  #oneSet(section: string, field: Field | undefined): void {
    if (!field || field.text === "") return;
    const known = this.#sets.get(section) ?? field.text;
    if (known !== field.text)
      throw this.#fail(field.column, `a second set ${quote(field.text)} beside ${quote(known)}: one is read`);
    this.#sets.set(section, known);
  }

  #once(what: string, field: Field, message: string): void {
    if (this.#given.has(what)) throw this.#fail(field.column, `${message} stands here twice`);
    this.#given.add(what);
  }

  #header(line: string, before: string): string {
    const [word = "", ...rest] = line.trim().split(/\s+/);
    const section = word.toUpperCase();
    if (before === "" && section !== "NAME" && section !== "ROWS" && !SECTIONS.includes(section))
      throw this.#fail(1, `expected a section, got ${quote(word)}`);
    if (OTHERS.test(section)) throw this.#lines.unsupported(1, `section ${word}`);
    if (!SECTIONS.includes(section))
      throw this.#fail(1, `unknown section ${quote(word)}; known are ${SECTIONS.join(", ")}`);
    if (this.#sections.has(section)) throw this.#fail(1, `section ${section} stands here twice`);
    if (before === "OBJSENSE" && !this.#sensed)
      throw this.#fail(1, "section OBJSENSE says neither MIN nor MAX");
    const need = NEEDS[section];
    if (need && !this.#sections.has(need))
      throw this.#fail(1, `section ${section} without ${need} before it`);
    if (before === "COLUMNS" && this.#inIntegers) throw this.#fail(1, "a marker INTORG without its INTEND");
    this.#sections.add(section);
    if (section === "NAME") this.#name = rest.join(" ");
    if (section === "OBJSENSE" && rest.length > 0)
      this.#setSense({ text: rest[0]!, column: line.indexOf(rest[0]!) + 1 });
    return section;
  }

  #setSense(field: Field): void {
    const word = field.text.toUpperCase();
    if (this.#sensed) throw this.#fail(field.column, "the sense stands here twice");
    this.#sensed = true;
    if (word === "MAX" || word === "MAXIMIZE") this.#sense = "max";
    else if (word === "MIN" || word === "MINIMIZE") this.#sense = "min";
    else throw this.#fail(field.column, `the sense must be MIN or MAX, got ${quote(field.text)}`);
  }

  #addRow(fields: Field[]): void {
    const [type, name, more] = fields;
    const kind = type!.text.toUpperCase();
    if (!["N", "L", "G", "E"].includes(kind))
      throw this.#fail(type!.column, `the type of a row must be N, L, G or E, got ${quote(type!.text)}`);
    if (!name) throw this.#fail(type!.column + 1, "the row has no name");
    if (more) throw this.#fail(more.column, `unexpected ${quote(more.text)} after the name of a row`);
    if (this.#rows.has(name.text)) throw this.#fail(name.column, `row ${quote(name.text)} stands here twice`);
    if (kind === "N") {
      const first = this.#objective === null && (this.#wanted === null || this.#wanted === name.text);
      if (first) this.#objective = name.text;
      this.#rows.set(name.text, { type: "N", index: first ? -1 : -2 });
      return;
    }
    this.#rows.set(name.text, { type: kind, index: this.#rowNames.length });
    this.#rowNames.push(name.text);
    this.#types.push(kind);
    this.#rhs.push(0);
    this.#ranges.push(undefined);
  }

  get #blanks(): string | undefined {
    return this.#fixed ? undefined : 'names with blanks are read with { format: "fixed" }';
  }

  #rowNamed(field: Field): Row {
    const row = this.#rows.get(field.text);
    if (row) return row;
    throw this.#fail(field.column, `there is no row ${quote(field.text)}`, this.#blanks);
  }

  #addColumn(fields: Field[]): void {
    const [name, second, third] = fields;
    const marker = /^'?MARKER'?$/i;
    if (second && marker.test(second.text)) {
      const what = (third?.text ?? "").replace(/'/g, "").toUpperCase();
      if (what !== "INTORG" && what !== "INTEND")
        throw this.#fail(third?.column ?? second.column, "a marker must be INTORG or INTEND");
      if (this.#inIntegers === (what === "INTORG"))
        throw this.#fail(
          third!.column,
          what === "INTORG" ? "INTORG within integers" : "INTEND without its INTORG",
        );
      this.#inIntegers = what === "INTORG";
      return;
    }
    let j = this.#columns.get(name!.text);
    if (j === undefined) {
      j = this.#columns.size;
      this.#columns.set(name!.text, j);
      this.#costs.push(0);
      this.#lower.push(0);
      this.#upper.push(Infinity);
      if (this.#inIntegers) this.#integers.add(j);
      this.#seen.clear();
    } else if (j !== this.#last)
      throw this.#fail(name!.column, `column ${quote(name!.text)} stands in two places`);
    this.#last = j;
    if (fields.length < 3)
      throw this.#fail(name!.column + name!.text.length, "a row and a number are missing");
    for (let k = 1; k < fields.length; k += 2) {
      const row = this.#rowNamed(fields[k]!);
      const v = this.#lines.number(fields[k + 1], fields[k]!);
      if (this.#seen.has(fields[k]!.text))
        throw this.#fail(fields[k]!.column, `the entry of row ${quote(fields[k]!.text)} stands here twice`);
      this.#seen.add(fields[k]!.text);
      if (row.index === -2) continue;
      if (row.index === -1) this.#costs[j] = v;
      else {
        this.#row.push(row.index);
        this.#col.push(j);
        this.#value.push(v);
      }
    }
  }

  /** Pairs of row and number, after the name of the set, which free form may leave out. */
  #pairs(fields: Field[], section: string, use: (row: Row, v: number, field: Field) => void): void {
    const from = fields.length % 2;
    if (from === 1) this.#oneSet(section, fields[0]);
    if (fields.length === 1)
      throw this.#fail(fields[0]!.column + fields[0]!.text.length, "a row and a number are missing");
    for (let k = from; k < fields.length; k += 2) {
      const field = fields[k]!;
      const row = this.#rowNamed(field);
      const v = this.#lines.number(fields[k + 1], field);
      this.#once(`${section} ${field.text}`, field, `row ${quote(field.text)}`);
      use(row, v, field);
    }
  }

  #setRhs(row: Row, v: number): void {
    if (row.index === -1) this.#constant = -v;
    else if (row.index >= 0) this.#rhs[row.index] = v;
  }

  #bound(fields: Field[]): void {
    const kind = fields[0]!.text.toUpperCase();
    const bare = ["FR", "MI", "PL", "BV"].includes(kind);
    if (!bare && !["UP", "LO", "FX", "LI", "UI", "SC"].includes(kind))
      throw this.#fail(fields[0]!.column, `unknown bound ${quote(fields[0]!.text)}`);
    // Free form may leave the name of the set out.
    const last =
      fields.length - (bare ? (fields.length > 2 && !this.#columns.has(fields.at(-1)!.text) ? 2 : 1) : 2);
    const name = fields[last];
    if (!name || last < 1) throw this.#fail(fields[0]!.column + kind.length, "the column is missing");
    const end = fields.at(-1)!;
    if (!bare && fields.length < 4 && !this.#columns.has(name.text) && this.#columns.has(end.text))
      throw this.#fail(end.column + end.text.length, "a number is missing");
    const j = this.#columns.get(name.text);
    if (j === undefined)
      throw this.#fail(name.column, `there is no column ${quote(name.text)}`, this.#blanks);
    if (kind === "SC")
      throw this.#lines.unsupported(fields[0]!.column, "a semi-continuous variable (bound SC)");
    const v = bare ? 0 : this.#lines.number(fields[last + 1], name, true);
    if (last > 1) this.#oneSet("BOUNDS", fields[1]);
    this.#once(`${kind} ${j}`, fields[0]!, `bound ${kind} of ${quote(name.text)}`);
    this.#places.set(j, { line: this.#lines.line, column: fields[0]!.column });
    if (kind === "LI" || kind === "UI" || kind === "BV") this.#integers.add(j);
    if (kind === "LO" || kind === "LI") {
      this.#lower[j] = v;
      this.#lowered.add(j);
    } else if (kind === "UP" || kind === "UI") {
      this.#upper[j] = v;
      if (v < 0 && !this.#lowered.has(j)) this.#lower[j] = -Infinity;
    } else if (kind === "FX") this.#lower[j] = this.#upper[j] = v;
    else if (kind === "BV") [this.#lower[j], this.#upper[j]] = [0, 1];
    else if (kind === "FR") [this.#lower[j], this.#upper[j]] = [-Infinity, Infinity];
    else if (kind === "MI") this.#lower[j] = -Infinity;
    else this.#upper[j] = Infinity;
  }

  #quadraticEntry(fields: Field[], section: string): void {
    const [a, b] = fields;
    const at = (field: Field | undefined) => {
      const j = field && this.#columns.get(field.text);
      if (j === undefined) throw this.#fail(field?.column ?? 1, `there is no column ${quote(field?.text)}`);
      return j;
    };
    const [i, j] = [at(a), at(b)];
    const v = this.#lines.number(fields[2], b!);
    const pair = section === "QMATRIX" || i < j ? `${i} ${j}` : `${j} ${i}`;
    this.#once(`Q ${pair}`, a!, `the entry of ${quote(a!.text)} and ${quote(b!.text)}`);
    const { row, col, value } = this.#quadratic;
    row.push(i);
    col.push(j);
    value.push(v);
    // One triangle, but in QMATRIX both.
    if (section === "QMATRIX" || i === j) return;
    row.push(j);
    col.push(i);
    value.push(v);
  }

  program() {
    const sign = this.#sense === "max" ? -1 : 1;
    const m = this.#rowNames.length;
    const n = this.#columns.size;
    const l = new Float64Array(m).fill(-Infinity);
    const u = new Float64Array(m).fill(Infinity);
    for (let i = 0; i < m; i++) {
      const [type, b, range] = [this.#types[i]!, this.#rhs[i]!, this.#ranges[i]];
      if (type !== "L") l[i] = b;
      if (type !== "G") u[i] = b;
      if (range === undefined) continue;
      if (type === "L") l[i] = b - Math.abs(range);
      else if (type === "G") u[i] = b + Math.abs(range);
      else if (range < 0) l[i] = b + range;
      else u[i] = b + range;
    }
    const { row, col, value } = this.#quadratic;
    return {
      name: this.#name,
      sense: this.#sense,
      q: Float64Array.from(this.#costs, (v) => sign * v),
      constant: sign * this.#constant,
      A: csrFromTriplets({ rows: m, cols: n, row: this.#row, col: this.#col, value: this.#value }),
      l,
      u,
      lower: Float64Array.from(this.#lower),
      upper: Float64Array.from(this.#upper),
      names: [...this.#columns.keys()],
      rowNames: this.#rowNames,
      integer: [...this.#integers],
      warnings: relaxed(this.#integers.size),
      quadratic: { row, col, value: value.map((v) => sign * v) },
    };
  }
}
