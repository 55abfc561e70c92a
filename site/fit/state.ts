// What of a fit is in the address: the table as it was pasted, the columns, the model and what was done to the points.

import { examples } from "./examples.js";
import type { FitRequest } from "./jobs.js";
import type { Table } from "./table.js";

export interface FitState {
  example: string;
  table: string;
  /** Columns; -1: as guessed. -2: the number of the row as x, no sigma. */
  x: number;
  y: number;
  sigma: number;
  model: string;
  loss: string;
  absolute: boolean;
  level: number;
  excluded: readonly number[];
  moved: Readonly<Record<string, readonly [number, number]>>;
  fixed: Readonly<Record<string, number>>;
  band: string;
  logX: boolean;
  logY: boolean;
  /** What is shown beside the fit. */
  beside: string;
  /** Further columns that are fitted together with y, and the parameters that all of them share. */
  more: readonly number[];
  shared: readonly string[];
}

const first = examples[0]!;
export const defaults: FitState = {
  example: first.id,
  table: first.table,
  x: -1,
  y: -1,
  sigma: -1,
  model: first.model,
  loss: "linear",
  absolute: true,
  level: 0.95,
  excluded: [],
  moved: {},
  fixed: {},
  band: "both",
  logX: false,
  logY: false,
  beside: "nothing",
  more: [],
  shared: [],
};

export interface Points {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly sigma: Float64Array | null;
  /** Row of the table of each point, and whether it takes part. */
  readonly row: Int32Array;
  readonly used: Uint8Array;
  /** Rows that are left out: some cell is no number; the error is not above 0. */
  readonly left: number;
  readonly noError: number;
  readonly names: { readonly x: string; readonly y: string; readonly xUnit: string; readonly yUnit: string };
  readonly columns: { readonly x: number; readonly y: number; readonly sigma: number };
}

/** The points that the columns give, with moves and exclusions. Rows that are no numbers are left out and counted. */
export function pointsOf(table: Table, s: FitState): Points | null {
  const pick = (given: number, guess: number) => (given >= 0 && given < table.columns.length ? given : guess);
  const columns = {
    x: s.x === -2 ? -1 : pick(s.x, table.guess.x),
    y: pick(s.y, table.guess.y),
    sigma: s.sigma === -2 ? -1 : pick(s.sigma, table.guess.sigma),
  };
  const cy = table.columns[columns.y];
  if (!cy) return null;
  const cx = table.columns[columns.x];
  const cs = table.columns[columns.sigma];
  const [x, y, sigma, row, used]: number[][] = [[], [], [], [], []];
  let noError = 0;
  for (let i = 0; i < table.rows; i++) {
    const [mx, my] = s.moved[i] ?? [];
    const px = mx ?? (cx ? cx.values[i]! : i + 1);
    const py = my ?? cy.values[i]!;
    const ps = cs ? cs.values[i]! : 1;
    if (!Number.isFinite(px) || !Number.isFinite(py) || Number.isNaN(ps)) continue;
    if (!(ps > 0)) {
      noError++;
      continue;
    }
    x!.push(px);
    y!.push(py);
    sigma!.push(ps);
    row!.push(i);
    used!.push(s.excluded.includes(i) ? 0 : 1);
  }
  return {
    x: Float64Array.from(x!),
    y: Float64Array.from(y!),
    sigma: cs ? Float64Array.from(sigma!) : null,
    row: Int32Array.from(row!),
    used: Uint8Array.from(used!),
    left: table.rows - x!.length - noError,
    noError,
    names: { x: cx?.name ?? "row", y: cy.name, xUnit: cx?.unit ?? "", yUnit: cy.unit },
    columns,
  };
}

/** x, unless the text calls it by the name of its column. */
export function variableOf(model: string, name: string): string {
  const word = /^[A-Za-z_]\w*$/.test(name) ? name : "x";
  const uses = (v: string) => new RegExp(`(?<![\\w.])${v}(?!\\w|\\()`).test(model);
  return word !== "x" && !uses("x") && uses(word) ? word : "x";
}

export function requestOf(
  p: Points,
  s: FitState,
  from: FitRequest["from"],
  range: readonly [number, number],
): FitRequest {
  const keep = (values: Float64Array) => values.filter((_, i) => p.used[i] === 1);
  return {
    x: keep(p.x),
    y: keep(p.y),
    sigma: p.sigma ? keep(p.sigma) : null,
    rows: p.row.filter((_, i) => p.used[i] === 1),
    variable: variableOf(s.model, p.names.x),
    model: s.model,
    loss: s.loss,
    absolute: s.absolute,
    level: s.level,
    fixed: s.fixed,
    from,
    range,
  };
}
