// The words of an LP file with their places, and which of them begin a section.

import { DownhillError } from "../runtime/errors.js";

export interface Word {
  readonly kind: "number" | "name" | "sign";
  readonly text: string;
  readonly line: number;
  readonly column: number;
  /** It is the first of its line. */
  readonly first: boolean;
}

export type Section = "min" | "max" | "rows" | "bounds" | "general" | "binary" | "end" | "other";

const named = (section: Section, names: string): Record<string, Section> =>
  Object.fromEntries(names.split(" ").map((name) => [name, section]));

/** Words that begin a section where they stand first in a line; those of two words are joined by a blank. */
export const SECTIONS: Readonly<Record<string, Section>> = {
  ...named("min", "minimize minimise minimum min"),
  ...named("max", "maximize maximise maximum max"),
  "subject to": "rows",
  "such that": "rows",
  "lazy constraints": "other",
  "user cuts": "other",
  "general constraints": "other",
  ...named("rows", "st s.t. st."),
  ...named("bounds", "bounds bound"),
  ...named("general", "general generals gen integer integers int"),
  ...named("binary", "binary binaries bin"),
  ...named("other", "semi-continuous semis semi sos sos1 sos2 pwlobj"),
  end: "end",
};

const PATTERN =
  /(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|(semi-continuous|[A-Za-z_!"#$%&(),;?@'`{}~][\w.!"#$%&(),;?@'`{}~/[\]]*)|(<=|=<|>=|=>|[-+*/^<>=:[\]])|(\s+)|(.)/gy;

export function refusal({ line, column }: { line: number; column: number }, message: string): DownhillError {
  return new DownhillError("PARSE", `readLP: line ${line}, column ${column}: ${message}`, {
    details: { line, column },
  });
}

/** What stands for infinity. */
export const infinite = (word: Word | undefined): boolean =>
  word?.kind === "name" && /^inf(inity)?$/i.test(word.text);

export const free = (word: Word | undefined): boolean => /^free$/i.test(word?.text ?? "");

export function wordsOf(text: string): { words: Word[]; lines: number } {
  const words: Word[] = [];
  const lines = text.split(/\r?\n/);
  lines.forEach((whole, i) => {
    const line = whole.replace(/\\.*$/, "");
    let first = true;
    for (const m of line.matchAll(PATTERN)) {
      if (m[4] !== undefined) continue;
      const at = { line: i + 1, column: m.index + 1 };
      if (m[5] !== undefined) throw refusal(at, `unexpected ${JSON.stringify(m[5])}`);
      if (m[1] !== undefined && !Number.isFinite(Number(m[0])))
        throw refusal(at, `the number ${m[0]} is too large; an infinite side is written inf`);
      const kind = m[1] !== undefined ? "number" : m[2] !== undefined ? "name" : "sign";
      words.push({ kind, text: m[0], ...at, first });
      first = false;
    }
  });
  return { words, lines: lines.length };
}
