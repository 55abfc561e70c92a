// A long table, one row for each measurement and a column that says to which group it belongs, as a wide one: a column for each group.

import type { Table } from "./table.js";

/** A table with more groups than this is not compared set by set. */
const MOST = 12;

export interface Groups {
  /** The column whose words are the groups. */
  readonly column: number;
  readonly names: readonly string[];
}

/** The first column of words of which each stands in several rows. */
export function groupsOf(table: Table): Groups | null {
  for (const [column, { numeric, words }] of table.columns.entries()) {
    if (numeric) continue;
    const names = [...new Set(words.filter((word) => word !== ""))];
    if (names.length > 1 && names.length <= MOST && 2 * names.length <= table.rows) return { column, names };
  }
  return null;
}

/** The text of the wide table: x, then y of each group, with its error where there is one. */
export function split(
  { columns, rows }: Table,
  { column, names }: Groups,
  chosen: { readonly x: number; readonly y: number; readonly sigma: number },
): string {
  const [x, y, sigma] = [columns[chosen.x], columns[chosen.y]!, columns[chosen.sigma]];
  const cell = (value: number): string => (Number.isNaN(value) ? "" : String(value));
  const head = [x?.name ?? "row", ...names.flatMap((name) => (sigma ? [name, `d ${name}`] : [name]))];
  const units = [x?.unit ?? "", ...names.flatMap(() => (sigma ? [y.unit, sigma.unit] : [y.unit]))];
  const lines = [head, ...(units.some((unit) => unit !== "") ? [units] : [])].map((line) => line.join("\t"));
  for (let i = 0; i < rows; i++) {
    const group = columns[column]!.words[i];
    const own = names.flatMap((name) => {
      const here = name === group;
      return [here ? cell(y.values[i]!) : "", ...(sigma ? [here ? cell(sigma.values[i]!) : ""] : [])];
    });
    if (own.some((text) => text !== "")) lines.push([cell(x ? x.values[i]! : i + 1), ...own].join("\t"));
  }
  return lines.join("\n");
}
