// The commands: each takes what was typed and answers with an exit code: 0 converged, 1 not converged. What is wrong throws.

import { short } from "../driver/report.js";
import { curveFit } from "../expressions/curve-fit.js";
import { curveFitMany } from "../expressions/many.js";
import { fitCode, type ProgramLanguage } from "../fits/code.js";
import { compareFits } from "../fits/compare.js";
import { verify } from "../fits/verify.js";
import type { FitResult } from "../least-squares/fit-result.js";
import type { LossName } from "../least-squares/settings.js";
import { minimize } from "../minimize/minimize.js";
import { models } from "../models/named-table.js";
import { paramNames } from "../models/names.js";
import { compileObjective } from "../models/objective.js";
import { plot, toHTML } from "../plot/index.js";
import { loadSync } from "../runtime/default.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { now } from "../runtime/now.js";
import { readList, readValues } from "./arguments.js";
import {
  type DataOptions,
  modelText,
  type ParamOptions,
  paramsOf,
  type Selection,
  selectRows,
} from "./data.js";
import { readTable } from "./table.js";

/** The world of a command: files, the terminal. */
export interface World {
  read(file: string): string;
  write(file: string, text: string): void;
  out(text: string): void;
  err(text: string): void;
  readonly columns: number;
  readonly node: string;
  /** Of this package. */
  readonly version: string;
}

export interface FitCommandOptions extends DataOptions, ParamOptions {
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

interface Prepared {
  readonly selection: Selection;
  readonly options: Record<string, unknown>;
}

/** The options of curveFit for a file and a model. */
function prepare(world: World, file: string, model: string, o: FitCommandOptions): Prepared {
  const table = readTable(world.read(file), file === "-" ? "the input" : file);
  const read = modelText(model);
  const { text, min } = read;
  const selection = selectRows(table, file === "-" ? "the input" : file, read, o);
  const params = paramsOf(text, selection.variables, min, o);
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

function leftOut({ empty, outside }: Selection): string {
  const parts = [
    ...(empty > 0 ? [`${empty} row${empty > 1 ? "s" : ""} with an empty cell`] : []),
    ...(outside > 0 ? [`${outside} outside --range`] : []),
  ];
  return parts.length > 0 ? `left out: ${parts.join(", ")}` : "";
}

/** Lines that are longer than the terminal go on, indented, after the last blank that fits. */
export function folded(text: string, columns: number): string {
  const fold = (line: string): string => {
    const at = line.lastIndexOf(" ", columns);
    if (line.length <= columns || line.slice(0, Math.max(0, at)).trim() === "") return line;
    return `${line.slice(0, at)}\n${fold(`        ${line.slice(at + 1)}`)}`;
  };
  return text.split("\n").map(fold).join("\n");
}

export function fitCommand(world: World, file: string, model: string, o: FitCommandOptions): number {
  const { selection, options } = prepare(world, file, model, o);
  const fit = curveFit(options as never) as FitResult;
  const note = leftOut(selection);
  if (note) world.err(note);
  if (o.code !== undefined) world.out(fitCode(fit, o.code as ProgramLanguage));
  else if (o.json) world.out(JSON.stringify(fit, null, 2));
  else {
    world.out(folded(fit.report(), world.columns));
    fit.sets?.forEach(({ label, m, rss }) => {
      world.out(`set ${label}: ${m} points, rss ${short(rss)}`);
    });
  }
  if (o.html !== undefined) world.write(o.html, toHTML(fit));
  if (typeof o.plot === "string") world.write(o.plot, plot(fit));
  else if (o.plot) world.out(plot(fit, { terminal: true, width: world.columns }));
  return fit.success ? 0 : 1;
}

export function guessCommand(world: World, file: string, model: string, o: FitCommandOptions): number {
  const { options } = prepare(world, file, model, o);
  const fit = curveFit({ ...options, ...(options.data ? {} : { starts: "auto" }) } as never) as FitResult;
  const { tried, minima } = fit.starts ?? { tried: 0, minima: [] };
  world.out(`${tried} starts tried, ${minima.length} different minima:`);
  for (const { values, rss, hits } of minima) {
    const list = Object.entries(values).map(([name, value]) => `${name}=${short(value)}`);
    world.out(`  --start ${list.join(",")}    rss ${short(rss)}, found ${hits} times`);
  }
  return fit.success ? 0 : 1;
}

export function compareCommand(
  world: World,
  file: string,
  o: FitCommandOptions & { models?: string },
): number {
  const wanted = o.models ?? "auto";
  const auto = wanted === "auto";
  const names = auto
    ? [
        ...Object.keys(models).filter(
          (name) =>
            (models as Record<string, { variables: readonly string[] }>)[name]!.variables.join() === "x",
        ),
        "polynomial(2)",
        "polynomial(3)",
      ]
    : readList(wanted.replace(/polynomial\((\d+)\)/g, "polynomial($1)"));
  const unknown = names.find((name) => /^[A-Za-z]\w*$/.test(name) && !(name in models));
  if (unknown !== undefined)
    throw new DownhillError("OPTION", `there is no model ${quote(unknown)}`, {
      hint: "downhill models lists them",
    });
  if (names.length < 2)
    throw new DownhillError("OPTION", "one model has nothing to be compared with", {
      hint: "give two or more: --models linear,exponential",
    });
  const fits: { name: string; fit: FitResult }[] = [];
  for (const name of names) {
    try {
      const fit = curveFit(prepare(world, file, name, o).options as never) as FitResult;
      if (fit.success && Number.isFinite(fit.aicc)) fits.push({ name, fit });
    } catch (error) {
      // Of all models some cannot be fitted to these data: too many parameters, x = 0 in a logarithm.
      if (!auto || !(error instanceof DownhillError) || error.code === "PARSE") throw error;
    }
  }
  if (fits.length < 2)
    throw new DownhillError("OPTION", `${fits.length} of ${names.length} models could be fitted`, {
      hint: "give more points, or other models: downhill models lists them",
    });
  fits.sort((a, b) => a.fit.aicc - b.fit.aicc);
  const comparison = compareFits(...fits.map(({ fit }) => fit));
  if (o.json) {
    world.out(JSON.stringify({ ...comparison.toJSON(), names: fits.map(({ name }) => name) }, null, 2));
    return 0;
  }
  world.out(`${"model".padEnd(24)} params  delta AICc  weight  delta BIC  rss`);
  comparison.models.slice(0, 10).forEach((row, i) => {
    world.out(
      `${fits[i]!.name.padEnd(24)} ${String(row.params).padEnd(7)} ${short(row.deltaAicc, 4).padEnd(11)} ${short(row.weight, 2).padEnd(7)} ${short(row.deltaBic, 4).padEnd(10)} ${short(row.rss, 5)}`,
    );
  });
  return 0;
}

export function modelsCommand(world: World): number {
  for (const [name, { title, text, params }] of Object.entries(models)) {
    world.out(`${name}: ${title}\n    ${text}`);
    for (const { name: param, meaning, unit } of params)
      world.out(`        ${param.padEnd(12)} ${meaning}${unit ? ` [${unit}]` : ""}`);
  }
  world.out("polynomial(n): c0 + c1*x + ... + cn*x^n, n from 0 to 15");
  return 0;
}

export function minimizeCommand(world: World, text: string, o: { start?: string; json?: boolean }): number {
  const start = readValues("--start", o.start);
  const names = paramNames(text, [], [...start.keys()]);
  const missing = names.filter((name) => !start.has(name));
  if (missing.length > 0)
    throw new DownhillError("OPTION", `--start: no value for ${missing.join(", ")}`, {
      hint: `write --start ${names.map((name) => `${name}=${start.get(name) ?? 1}`).join(",")}`,
    });
  const found = minimize(
    compileObjective(text, names),
    names.map((name) => start.get(name)!),
  );
  if (o.json) world.out(JSON.stringify(found, null, 2));
  else {
    world.out(folded(found.report(), world.columns));
    names.forEach((name, i) => {
      world.out(`${name} = ${found.x[i]}`);
    });
  }
  return found.success ? 0 : 1;
}

export function verifyCommand(world: World, file: string): number {
  const found = verify(world.read(file));
  world.out(
    found.ok
      ? `the report holds: rss ${short(found.rss.found, 10)}, relative offset ${short(found.gradient, 3)}, ${found.status.found}`
      : `the report does not hold: ${found.why}`,
  );
  return found.ok ? 0 : 1;
}

/** Curves of the speed check: decays of 100 points. */
const CURVES = 500;
const SPEED_MS = 1000;

export function doctorCommand(world: World): number {
  const x = Array.from({ length: 100 }, (_, i) => i / 20);
  const y = new Float64Array(CURVES * x.length);
  for (let k = 0; k < CURVES; k++)
    x.forEach((t, i) => {
      y[k * x.length + i] = 2 / (1 + t * (0.5 + k / CURVES)) + 0.01 * ((i * 7) % 5);
    });
  const variants = (["simd", "relaxed"] as const).map((variant) => {
    try {
      return { variant, runtime: loadSync({ variant }) };
    } catch (error) {
      return { variant, why: (error as Error).message };
    }
  });
  world.out(`node        ${world.node}`);
  for (const { variant, runtime, why } of variants) {
    if (!runtime) {
      world.out(`${variant.padEnd(11)} not available: ${why}`);
      continue;
    }
    const started = now();
    let fits = 0;
    while (now() - started < SPEED_MS / variants.length) {
      const { counts } = curveFitMany({
        model: "a*exp(-b*x) + c",
        x,
        y,
        params: { a: 2, b: 1, c: 0 },
        runtime,
      });
      fits += counts.converged;
    }
    const rate = Math.round((1000 * fits) / (now() - started));
    world.out(
      `${variant.padEnd(11)} works, ${runtime.memory.capacity} bytes of memory, ${rate} fits of 3 parameters to 100 points a second`,
    );
    runtime.dispose();
  }
  return variants[0]!.runtime ? 0 : 1;
}
