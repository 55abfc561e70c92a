// From what was typed to the options of curveFit: the table, the columns of it that are taken, the settings of the fit.

import type { LossName } from "../least-squares/settings.js";
import { DownhillError } from "../runtime/errors.js";
import type { ColumnOptions } from "./columns.js";
import { modelText, type ParamOptions, paramsOf, type Selection, selectRows } from "./data.js";
import { type DecimalMark, readTable, type Table } from "./table.js";

/** The world of a command: files, the terminal. */
export interface World {
  read(file: string): string;
  /** Throws where the file could not be written. */
  checkWritable(file: string): void;
  write(file: string, text: string): void;
  out(text: string): void;
  err(text: string): void;
  readonly columns: number;
  readonly node: string;
  /** Of this package. */
  readonly version: string;
}

export interface FitCommandOptions extends ColumnOptions, ParamOptions {
  decimal?: string;
  loss?: LossName;
  lossScale?: string;
  absoluteSigma?: boolean;
  level?: string;
  json?: boolean;
  plot?: boolean | string;
  html?: string;
  code?: string;
}

function levelOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const level = Number(text);
  if (level > 0 && level < 1) return level;
  throw new DownhillError("OPTION", `--level: ${JSON.stringify(text)} is no level`, {
    hint: "write a number between 0 and 1, such as 0.99",
  });
}

function scaleOf(text: string | undefined): number | "mad" | undefined {
  if (text === undefined || text === "mad") return text;
  const scale = Number(text);
  if (scale > 0 && scale < Infinity) return scale;
  throw new DownhillError("OPTION", `--loss-scale: ${JSON.stringify(text)} is no scale`, {
    hint: "write a number > 0, in units of y (of sigma, where it is given), or mad",
  });
}

function decimalOf(mark: string | undefined): DecimalMark | undefined {
  if (mark === undefined || mark === "comma" || mark === "point") return mark;
  throw new DownhillError("OPTION", `--decimal: ${JSON.stringify(mark)} is no mark`, {
    hint: "say comma or point",
  });
}

export interface Prepared {
  readonly selection: Selection;
  readonly options: Record<string, unknown>;
}

export interface NamedTable {
  readonly table: Table;
  readonly file: string;
}

export function tableOf(world: World, file: string, o: FitCommandOptions): NamedTable {
  const name = file === "-" ? "the input" : file;
  return { table: readTable(world.read(file), name, decimalOf(o.decimal)), file: name };
}

/** The options of curveFit for a table and a model. */
export function prepare({ table, file }: NamedTable, model: string, o: FitCommandOptions): Prepared {
  const read = modelText(model.trim(), table.names);
  const { text, min } = read;
  const selection = selectRows(table, file, read, o);
  const count = o.group === undefined ? 0 : selection.sets.length;
  const params = paramsOf(text, selection.variables, min, count, o);
  const scale = scaleOf(o.lossScale);
  if (o.absoluteSigma && o.sigma === undefined)
    throw new DownhillError("OPTION", "--absolute-sigma: there is no sigma", {
      hint: "name its column: --sigma err",
    });
  if (o.lossScale !== undefined && o.loss === undefined)
    throw new DownhillError("OPTION", "--loss-scale: there is no loss", { hint: "name it: --loss softL1" });
  const settings = {
    model: text,
    params,
    level: levelOf(o.level),
    ...(o.loss ? { loss: o.loss, lossScale: scale ?? "mad" } : {}),
    ...(o.absoluteSigma ? { absoluteSigma: true } : {}),
  };
  const sets = selection.sets.map(({ label, x, y, sigma }) => ({ x, y, ...(sigma ? { sigma } : {}), label }));
  if (o.group !== undefined) return { selection, options: { ...settings, data: sets } };
  if (o.shared !== undefined)
    throw new DownhillError("OPTION", "--shared: there is one set only", {
      hint: "name the column that tells the sets apart: --group subject",
    });
  const { label: _, ...single } = sets[0]!;
  return { selection, options: { ...settings, ...single } };
}

export function leftOut({ empty, outside }: Selection): string {
  const parts = [
    ...(empty > 0 ? [`${empty} row${empty > 1 ? "s" : ""} with an empty cell`] : []),
    ...(outside > 0 ? [`${outside} outside --range`] : []),
  ];
  return parts.length > 0 ? `left out: ${parts.join(", ")}` : "";
}

/** What was taken from the table: "conc against time, 8 rows". */
export function taken({ words, sets }: Selection): string {
  const rows = sets.reduce((sum, { y }) => sum + y.length, 0);
  return `${words}; ${rows} row${rows > 1 ? "s" : ""}`;
}
