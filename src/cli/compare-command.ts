// The command compare: models by name or as texts, ranked by AICc.

import { short } from "../driver/report.js";
import { curveFit } from "../expressions/curve-fit.js";
import { compareFits } from "../fits/compare.js";
import type { FitResult } from "../least-squares/fit-result.js";
import { models } from "../models/named-table.js";
import { tokenize } from "../models/tokens.js";
import { DownhillError } from "../runtime/errors.js";
import { ofNames, readModels } from "./arguments.js";
import { folded } from "./commands.js";
import { type ModelText, modelText, selectRows } from "./data.js";
import { type FitCommandOptions, prepare, tableOf, taken, type World } from "./prepare.js";

/** Rows of a comparison that are printed. */
const SHOWN = 10;

/** What "auto" means: every named model of x. */
const ALL: readonly string[] = [
  ...Object.entries(models).flatMap(([name, { variables }]) => (variables.join() === "x" ? [name] : [])),
  "polynomial(2)",
  "polynomial(3)",
];

type CompareOptions = FitCommandOptions & { models?: string };

const OF_PARAMS = ["start", "bound", "fix", "shared"] as const;

/** For each model what is told of its own parameters; a name that none of them has is refused. */
function optionsByModel(
  texts: ReadonlyMap<string, ModelText>,
  o: CompareOptions,
): ReadonlyMap<string, FitCommandOptions> {
  const seen = new Set<string>();
  const own = new Map<string, FitCommandOptions>();
  for (const [name, { text }] of texts) {
    const mine = tokenize(text).flatMap((token) => (token.kind === "name" ? [token.text] : []));
    const parts = OF_PARAMS.map((option) => [option, ofNames(o[option], mine, seen)] as const);
    own.set(name, { ...o, ...Object.fromEntries(parts) });
  }
  for (const option of OF_PARAMS)
    for (const part of o[option]?.split(",") ?? []) {
      const none = new Set<string>();
      if (ofNames(part, [...seen], none) !== undefined || part.trim() === "") continue;
      throw new DownhillError(
        "OPTION",
        `--${option}: none of the models has a parameter ${part.split("=")[0]}`,
        {
          hint: "downhill models lists them",
          details: { option: `--${option}` },
        },
      );
    }
  return own;
}

export function compareCommand(world: World, file: string, o: CompareOptions): number {
  const listed = readModels(o.models ?? "auto");
  const told = new Set(listed.filter((name) => name !== "auto"));
  const names = [...new Set(listed.flatMap((name) => (name === "auto" ? ALL : [name])))];
  const table = tableOf(world, file, o);
  const texts = new Map(names.map((name) => [name, modelText(name, table.table.names)]));
  if (names.length < 2)
    throw new DownhillError("OPTION", "one model has nothing to be compared with", {
      hint: "give two or more: --models linear,exponential",
      details: { option: "--models" },
    });
  const fits: { name: string; fit: FitResult }[] = [];
  const used = new Map<string, object>();
  const left: string[] = [];
  const failed: unknown[] = [];
  // Columns that are not there are no fault of a model.
  selectRows(table.table, table.file, modelText("linear", []), o);
  const own = optionsByModel(texts, o);
  for (const name of names) {
    try {
      const { selection, options } = prepare(table, name, own.get(name)!);
      used.set(taken(selection), selection.columns);
      const fit = curveFit(options as never) as FitResult;
      if (fit.success && Number.isFinite(fit.aicc)) fits.push({ name, fit });
      else if (told.has(name))
        left.push(
          `${name}: ${fit.success ? `${fit.freeNames.length} parameters for ${fit.residuals.length} points have no AICc` : fit.message}`,
        );
    } catch (error) {
      // Of all models some cannot be fitted to these data: too many parameters, x = 0 in a logarithm.
      if (told.has(name) || !(error instanceof DownhillError) || error.code === "PARSE") throw error;
      failed.push(error);
    }
  }
  // What every model is refused for is no fault of a model either.
  if (failed.length === names.length) throw failed[0];
  // Whoever named a model is told where it is.
  for (const words of left) world.err(folded(`left out: ${words}`, world.columns));
  if (fits.length < 2)
    throw new DownhillError("OPTION", `${fits.length} of ${names.length} models could be fitted`, {
      hint: "give more points, or other models: downhill models lists them",
    });
  fits.sort((a, b) => a.fit.aicc - b.fit.aicc);
  const comparison = compareFits(...fits.map(({ fit }) => fit));
  if (o.json) {
    const more = { names: fits.map(({ name }) => name), columns: [...used.values()] };
    world.out(JSON.stringify({ ...comparison.toJSON(), ...more }, null, 2));
    return 0;
  }
  for (const words of used.keys()) world.out(folded(words, world.columns));
  const wide = Math.max(24, ...fits.map(({ name }) => name.length));
  world.out(`${"model".padEnd(wide)} params  delta AICc  weight  delta BIC  rss`);
  const rows = comparison.models;
  rows.forEach((row, i) => {
    // The best by BIC may lie far behind by AICc.
    if (i >= SHOWN && row.deltaBic !== 0) return;
    world.out(
      `${fits[i]!.name.padEnd(wide)} ${String(row.params).padEnd(7)} ${short(row.deltaAicc, 4).padEnd(11)} ${short(row.weight, 2).padEnd(7)} ${short(row.deltaBic, 4).padEnd(10)} ${short(row.rss, 5)}`,
    );
  });
  const hidden = rows.filter((row, i) => i >= SHOWN && row.deltaBic !== 0).length;
  if (hidden > 0) world.out(`and ${hidden} more, which --json lists`);
  return 0;
}
