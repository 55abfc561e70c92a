// The fields of a line of an MPS file with their columns: between blanks, or at the places of the fixed form.

import { DownhillError, quote } from "../runtime/errors.js";

export interface Field {
  readonly text: string;
  readonly column: number;
}

const FIXED = [
  [1, 3],
  [4, 12],
  [14, 22],
  [24, 36],
  [39, 47],
  [49, 61],
] as const;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d+)?$/;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;

/** Where a line stands, and what is said of it. */
export class Lines {
  readonly where: string;
  line = 0;

  constructor(where: string) {
    this.where = where;
  }

  fail(column: number, message: string, hint?: string): DownhillError {
    return new DownhillError("PARSE", `${this.where}: line ${this.line}, column ${column}: ${message}`, {
      ...(hint ? { hint } : {}),
      details: { line: this.line, column },
    });
  }

  unsupported(column: number, what: string): DownhillError {
    return new DownhillError("UNSUPPORTED", `${this.where}: line ${this.line}, column ${column}: ${what}`, {
      details: { line: this.line, column },
    });
  }

  /** A number, or where `sides` says so an infinity. */
  number(field: Field | undefined, after: Field, sides = false): number {
    if (!field) throw this.fail(after.column + after.text.length, "a number is missing");
    const infinite = sides ? INFINITE.exec(field.text) : null;
    if (infinite) return infinite[1] === "-" ? -Infinity : Infinity;
    if (!NUMBER.test(field.text))
      throw this.fail(field.column, `expected a number, got ${quote(field.text)}`);
    const v = Number(field.text.replace(/[dD]/, "e"));
    if (!Number.isFinite(v)) throw this.fail(field.column, `the number ${field.text} is too large`);
    return v;
  }

  fields(line: string, fixed: boolean): Field[] {
    if (!fixed || line.includes("'MARKER'"))
      return [...line.matchAll(/\S+/g)].map((m) => ({ text: m[0], column: m.index + 1 }));
    if (line.includes("\t")) throw this.fail(line.indexOf("\t") + 1, "a tab has no place in fixed form");
    for (let k = 0; k < line.length; k++)
      if (line[k] !== " " && !FIXED.some(([from, to]) => k >= from && k < to))
        throw this.fail(k + 1, `${quote(line[k])} stands outside the fields of the fixed form`);
    const found: Field[] = [];
    FIXED.forEach(([from, to], k) => {
      const text = line.slice(from, to).trim();
      // The type comes first in ROWS and BOUNDS only; elsewhere its place is empty.
      if (text !== "" || (k === 1 && found.length > 0)) found.push({ text, column: from + 1 });
    });
    return found;
  }
}

/** The warning about integer variables. */
export const relaxed = (count: number): string[] =>
  count === 0
    ? []
    : [
        `${count === 1 ? "1 variable is" : `${count} variables are`} to be integer: read as real, as a relaxation`,
      ];
