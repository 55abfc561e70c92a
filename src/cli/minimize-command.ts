// The command minimize: an expression, where to begin, and bounds.

import { minimize } from "../minimize/minimize.js";
import { paramNames } from "../models/names.js";
import { compileObjective } from "../models/objective.js";
import { parse } from "../models/parse.js";
import { tokenize } from "../models/tokens.js";
import { DownhillError } from "../runtime/errors.js";
import { readBounds, readValues } from "./arguments.js";
import { folded } from "./commands.js";
import type { World } from "./prepare.js";

export interface MinimizeCommandOptions {
  start?: string;
  bound?: string;
  json?: boolean;
}

/** Names behind an option that do not occur in the expression would be asked for in vain. */
function checkNames(option: string, given: Iterable<string>, names: readonly string[]): void {
  for (const name of given)
    if (!names.includes(name))
      throw new DownhillError("OPTION", `${option}: the expression has no variable ${name}`, {
        hint: `variables: ${names.join(", ") || "none"}`,
        details: { option },
      });
}

export function minimizeCommand(world: World, typed: string, o: MinimizeCommandOptions): number {
  const text = typed.trim();
  const start = readValues("--start", o.start);
  const bounds = readBounds("--bound", o.bound);
  const occur = new Set(tokenize(text).map((token) => token.text));
  const names = paramNames(text, [], [...start.keys()]).filter((name) => occur.has(name));
  // What is no expression is said before what else is missing.
  parse(text, { variables: [], params: names });
  if (names.length === 0)
    throw new DownhillError("OPTION", "the expression has no variable", { hint: "write one: (x - 1)^2" });
  checkNames("--start", start.keys(), names);
  checkNames("--bound", bounds.keys(), names);
  const missing = names.filter((name) => !start.has(name));
  if (missing.length > 0)
    throw new DownhillError("OPTION", `--start: no value for ${missing.join(", ")}`, {
      hint: `write --start ${names.map((name) => `${name}=${start.get(name) ?? 1}`).join(",")}`,
    });
  for (const name of names) {
    const [value, [low, high]] = [start.get(name)!, bounds.get(name) ?? [-Infinity, Infinity]];
    if (!(value < low || value > high)) continue;
    throw new DownhillError("OPTION", `--start: ${name}=${value} is outside --bound ${name}=${low}:${high}`, {
      hint: `write --start ${names.map((n) => `${n}=${n === name ? (value < low ? low : high) : start.get(n)}`).join(",")}`,
      details: { option: "--start" },
    });
  }
  const end = (side: 0 | 1) => names.map((name) => bounds.get(name)?.[side] ?? (side ? Infinity : -Infinity));
  const found = minimize(
    compileObjective(text, names),
    names.map((name) => start.get(name)!),
    bounds.size > 0 ? { bounds: { lower: end(0), upper: end(1) } } : {},
  );
  if (o.json) world.out(JSON.stringify({ ...found.toJSON(), names }, null, 2));
  else {
    // The report counts variables; here they have names.
    const named = found
      .report()
      .replace(/x\[(\d+)\]( *)/g, (all, i: string) => (names[Number(i)] ?? all).padEnd(all.length));
    world.out(folded(named, world.columns));
    names.forEach((name, i) => {
      world.out(`${name} = ${found.x[i]}`);
    });
  }
  return found.success ? 0 : 1;
}
