// The commands: each takes what was typed and answers with an exit code: 0 converged, 1 not converged. What is wrong throws.

import { short } from "../driver/report.js";
import { curveFit } from "../expressions/curve-fit.js";
import { curveFitMany } from "../expressions/many.js";
import { fitCode, type ProgramLanguage } from "../fits/code.js";
import { verify } from "../fits/verify.js";
import type { FitResult } from "../least-squares/fit-result.js";
import { models } from "../models/named-table.js";
import { plot, toHTML } from "../plot/index.js";
import { loadSync } from "../runtime/default.js";
import { DownhillError } from "../runtime/errors.js";
import { now } from "../runtime/now.js";
import { type FitCommandOptions, leftOut, prepare, tableOf, taken, type World } from "./prepare.js";

/** What hinders a file from being written is said of the option. */
function writing(option: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new DownhillError("OPTION", `${option}: ${(error as Error).message}`, {
      hint: "give a file in a folder that is there and may be written to",
      details: { option },
    });
  }
}

const plainPath = (file: string): string => file.replace(/^(\.\/+)+/, "");

/**
 * Pictures are SVG and pages HTML, whatever the file is called: a name that promises something else would be no file of that kind. The data
 * are not written over. What cannot be written is refused before anything is fitted.
 */
function checkFile(
  world: World,
  option: string,
  file: string | boolean | undefined,
  kind: string,
  data: string,
): void {
  if (typeof file !== "string") return;
  const [to] = kind.split(" ");
  if (file.trim() === "" || file === "-")
    throw new DownhillError("OPTION", `${option}: ${JSON.stringify(file)} is no name of a file`, {
      hint: `call it fit.${to}`,
      details: { option },
    });
  if (plainPath(file) === plainPath(data))
    throw new DownhillError("OPTION", `${option}: ${file} holds the data`, {
      hint: `call it ${file.replace(/\.[^./\\]*$/, "")}.${to}`,
      details: { option },
    });
  const ending = /\.([^./\\]+)$/.exec(file)?.[1];
  if (ending !== undefined && !kind.split(" ").includes(ending.toLowerCase()))
    throw new DownhillError("OPTION", `${option}: ${to} is written, not ${ending.toLowerCase()}`, {
      hint: `call it ${file.slice(0, -ending.length)}${to}${to === "svg" ? "; browsers and Inkscape make other pictures of it" : ""}`,
      details: { option },
    });
  writing(option, () => world.checkWritable(file));
}

/** What goes to the output is one thing. */
function oneOutput({ json, code, plot: picture }: FitCommandOptions): void {
  const wanted = [
    ...(json ? ["--json"] : []),
    ...(code === undefined ? [] : ["--code"]),
    ...(picture === true ? ["--plot"] : []),
  ];
  if (wanted.length > 1 && wanted[0] !== "--plot")
    throw new DownhillError("OPTION", `${wanted.join(" and ")} go to one output`, {
      hint: picture === true ? "give the picture a file: --plot fit.svg" : "give one",
    });
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
  oneOutput(o);
  checkFile(world, "--plot", o.plot, "svg", file);
  checkFile(world, "--html", o.html, "html htm", file);
  const { selection, options } = prepare(tableOf(world, file, o), model, o);
  const fit = curveFit(options as never) as FitResult;
  const note = leftOut(selection);
  if (note) world.err(note);
  if (o.code !== undefined) {
    const program = fitCode(fit, o.code as ProgramLanguage);
    world.out(`${o.code === "js" ? "//" : "#"} ${taken(selection)}\n${program}`);
  } else if (o.json) world.out(JSON.stringify({ ...fit.toJSON(), columns: selection.columns }, null, 2));
  else {
    world.out(folded(taken(selection), world.columns));
    world.out(folded(fit.report(), world.columns));
    fit.sets?.forEach(({ label, m, rss }) => {
      world.out(`set ${label}: ${m} points, rss ${short(rss)}`);
    });
  }
  const labels = { xLabel: selection.xName, yLabel: selection.yName };
  const { html, plot: picture } = o;
  if (html !== undefined)
    writing("--html", () => world.write(html, toHTML(fit, { ...labels, title: taken(selection) })));
  if (typeof picture === "string") writing("--plot", () => world.write(picture, plot(fit, labels)));
  else if (picture) world.out(plot(fit, { ...labels, terminal: true, width: world.columns }));
  return fit.success ? 0 : 1;
}

export function guessCommand(world: World, file: string, model: string, o: FitCommandOptions): number {
  const { selection, options } = prepare(tableOf(world, file, o), model, o);
  const fit = curveFit({ ...options, ...(options.data ? {} : { starts: "auto" }) } as never) as FitResult;
  const { tried, minima } = fit.starts ?? { tried: 0, minima: [] };
  if (o.json) {
    const { columns } = selection;
    world.out(JSON.stringify({ tried, minima, columns }, null, 2));
    return fit.success ? 0 : 1;
  }
  world.out(folded(taken(selection), world.columns));
  world.out(
    `${tried} starts tried, ${minima.length} different ${minima.length === 1 ? "minimum" : "minima"}:`,
  );
  for (const { values, rss, hits } of minima) {
    const list = Object.entries(values).map(([name, value]) => `${name}=${short(value)}`);
    world.out(
      `  --start ${list.join(",")}    rss ${short(rss)}, found ${hits === 1 ? "once" : `${hits} times`}`,
    );
  }
  return fit.success ? 0 : 1;
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
