// The sections of an MPS or QPS file, line by line, into one program; whatever is damaged is refused with its line and column.

import { csrFromTriplets } from "../linalg/csr.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { checkKeys, choiceOption } from "../runtime/options.js";
import type { MPSOptions } from "./mps.js";

interface Field {
  readonly text: string;
  readonly column: number;
}

interface Row {
  readonly type: string;
  /** Index among the constraints; -1 for the objective, -2 for another N row. */
  readonly index: number;
}

const FIXED = [
  [1, 3],
  [4, 12],
  [14, 22],
  [24, 36],
  [39, 47],
  [49, 61],
] as const;
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

export class Reader {
  readonly #where: string;
  readonly #fixed: boolean;
  #line = 0;
  #name = "";
  #sense: "min" | "max" = "min";
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
  #seen = new Set<number>();
  #last = -1;
  #quadratic = { row: [] as number[], col: [] as number[], value: [] as number[] };

  constructor(where: string, text: string, o: MPSOptions) {
    checkKeys(where, o, ["format"]);
    this.#where = where;
    this.#fixed = choiceOption(where, "format", o.format, ["free", "fixed"], "free") === "fixed";
    if (typeof text !== "string")
      throw new DownhillError("OPTION", `${where}: the file must be a text, got ${quote(text)}`, {
        details: { option: "text" },
      });
    this.#read(text);
  }

  #fail(column: number, message: string): DownhillError {
    return new DownhillError("PARSE", `${this.#where}: line ${this.#line}, column ${column}: ${message}`, {
      details: { line: this.#line, column },
    });
  }

  #read(text: string): void {
    let section = "";
    for (const raw of text.split("\n")) {
      this.#line++;
      const line = raw.replace(/\r$/, "");
      if (line.trim() === "" || line.startsWith("*") || section === "ENDATA") continue;
      if (/^\S/.test(line)) {
        section = this.#header(line, section);
        continue;
      }
      const fields = this.#fields(line);
      if (section === "OBJSENSE") this.#setSense(fields[0]!);
      else if (section === "OBJNAME") this.#wanted = fields[0]!.text;
      else if (section === "ROWS") this.#addRow(fields);
      else if (section === "COLUMNS") this.#addColumn(fields);
      else if (section === "RHS") this.#pairs(fields, (row, v) => this.#setRhs(row, v));
      else if (section === "RANGES")
        this.#pairs(fields, (row, v) => {
          if (row.index >= 0) this.#ranges[row.index] = v;
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
  }

  #header(line: string, before: string): string {
    const [word = "", ...rest] = line.trim().split(/\s+/);
    const section = word.toUpperCase();
    if (before === "" && section !== "NAME" && section !== "ROWS" && !SECTIONS.includes(section))
      throw this.#fail(1, `expected a section, got ${quote(word)}`);
    if (!SECTIONS.includes(section))
      throw this.#fail(1, `unknown section ${quote(word)}; known are ${SECTIONS.join(", ")}`);
    if (section === "NAME") this.#name = rest.join(" ");
    if (section === "OBJSENSE" && rest.length > 0)
      this.#setSense({ text: rest[0]!, column: line.indexOf(rest[0]!) + 1 });
    return section;
  }

  #fields(line: string): Field[] {
    if (!this.#fixed || line.includes("'MARKER'")) {
      return [...line.matchAll(/\S+/g)].map((m) => ({ text: m[0], column: m.index + 1 }));
    }
    const found: Field[] = [];
    FIXED.forEach(([from, to], k) => {
      const text = line.slice(from, to).trim();
      // The type comes first in ROWS and BOUNDS only; elsewhere its place is empty.
      if (text !== "" || (k === 1 && found.length > 0)) found.push({ text, column: from + 1 });
    });
    return found;
  }

  #number(field: Field | undefined, after: Field): number {
    if (!field) throw this.#fail(after.column + after.text.length, "a number is missing");
    const v = Number(field.text.replace(/[dD]/, "e"));
    if (field.text === "" || Number.isNaN(v))
      throw this.#fail(field.column, `expected a number, got ${quote(field.text)}`);
    return v;
  }

  #setSense(field: Field): void {
    const word = field.text.toUpperCase();
    if (word === "MAX" || word === "MAXIMIZE") this.#sense = "max";
    else if (word === "MIN" || word === "MINIMIZE") this.#sense = "min";
    else throw this.#fail(field.column, `the sense must be MIN or MAX, got ${quote(field.text)}`);
  }

  #addRow(fields: Field[]): void {
    const [type, name] = fields;
    const kind = type!.text.toUpperCase();
    if (!["N", "L", "G", "E"].includes(kind))
      throw this.#fail(type!.column, `the type of a row must be N, L, G or E, got ${quote(type!.text)}`);
    if (!name) throw this.#fail(type!.column + 1, "the row has no name");
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

  #rowNamed(field: Field): Row {
    const row = this.#rows.get(field.text);
    if (row) return row;
    throw this.#fail(field.column, `there is no row ${quote(field.text)}`);
  }

  #addColumn(fields: Field[]): void {
    const [name, second, third] = fields;
    const marker = /^'?MARKER'?$/i;
    if (second && marker.test(second.text)) {
      const what = (third?.text ?? "").replace(/'/g, "").toUpperCase();
      if (what !== "INTORG" && what !== "INTEND")
        throw this.#fail(third?.column ?? second.column, "a marker must be INTORG or INTEND");
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
      const v = this.#number(fields[k + 1], fields[k]!);
      if (row.index === -2) continue;
      if (this.#seen.has(row.index))
        throw this.#fail(fields[k]!.column, `the entry of row ${quote(fields[k]!.text)} stands here twice`);
      this.#seen.add(row.index);
      if (row.index === -1) this.#costs[j] = v;
      else {
        this.#row.push(row.index);
        this.#col.push(j);
        this.#value.push(v);
      }
    }
  }

  /** Pairs of row and number, after the name of the set, which free form may leave out. */
  #pairs(fields: Field[], use: (row: Row, v: number) => void): void {
    for (let k = fields.length % 2; k < fields.length; k += 2)
      use(this.#rowNamed(fields[k]!), this.#number(fields[k + 1], fields[k]!));
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
    const j = this.#columns.get(name.text);
    if (j === undefined) throw this.#fail(name.column, `there is no column ${quote(name.text)}`);
    const v = bare ? 0 : this.#number(fields[last + 1], name);
    if (kind === "LI" || kind === "UI" || kind === "BV") this.#integers.add(j);
    if (kind === "LO" || kind === "LI") {
      this.#lower[j] = v;
      this.#lowered.add(j);
    } else if (kind === "UP" || kind === "UI" || kind === "SC") {
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
    const v = this.#number(fields[2], b!);
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
      quadratic: { row, col, value: value.map((v) => sign * v) },
    };
  }
}
