// plot and its kin: which picture a result asks for.

import type { FitFields } from "../least-squares/fit-result.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { isRecord, optionError } from "../runtime/options.js";
import { isPromise } from "../runtime/promises.js";
import {
  type Losses,
  type LossPlotOptions,
  lossDraft,
  type Traced,
  type TracePlotOptions,
  traceDraft,
} from "./course.js";
import type { Drawn, PosteriorPlotOptions } from "./drawn.js";
import { fitDraft } from "./fit.js";
import type { FitPlotOptions } from "./fit-data.js";
import { type ContourPlotOptions, contourDraft } from "./landscape.js";
import { type Draft, type PictureOptions, render } from "./options.js";
import { type PageOptions, pageOf } from "./page.js";
import { posteriorDraft } from "./posterior.js";
import { type RacePlotOptions, type Runners, raceDraft } from "./race.js";

const WANTED = "the result of a fit, a minimisation, a training or a sampling";

const has = (value: object, ...keys: string[]): boolean => keys.every((key) => key in value);

function draftOf(where: string, subject: unknown, options: object): Draft {
  if (typeof subject === "object" && subject !== null) {
    if (has(subject, "fitted", "params", "residuals")) return fitDraft(where, subject as FitFields, options);
    if (has(subject, "loss", "epochs")) return lossDraft(where, subject, options);
    if (has(subject, "draws", "names", "rHat")) return posteriorDraft(where, subject as Drawn, options);
    if ("fun" in options || (options as ContourPlotOptions).kind === "contour")
      return contourDraft(where, subject as Traced, options);
    if (has(subject, "status", "nit")) return traceDraft(where, subject as Traced, options);
  }
  throw new DownhillError("SHAPE", `${where}: there is no picture of ${quote(subject)}`, {
    hint: `${isPromise(subject) ? "await it: " : ""}give ${WANTED}`,
    details: { argument: "subject" },
  });
}

/**
 * A picture of a result, as SVG text: of a curve fit its data, curve, bands and residuals; of a training its losses; of a
 * sampling its chains; of a minimisation (run with `trace: true`) its convergence, or with `fun`, where it has two variables,
 * its way over the level curves. `terminal: true` gives lines of text instead.
 *
 * @throws DownhillError OPTION for an unknown option or one that the result cannot serve; SHAPE for what is no result.
 * @example
 * const fit = curveFit({ model: "a*exp(-b*x)", x: [0, 1, 2, 3], y: [4, 2.5, 1.4, 0.9] });
 * const svg = plot(fit); // "<svg ..."
 * console.log(plot(fit, { terminal: true, width: 60 }));
 */
export function plot(fit: FitFields, options?: FitPlotOptions): string;
export function plot(
  history: Losses & { readonly epochs: readonly unknown[] },
  options?: LossPlotOptions,
): string;
export function plot(posterior: Drawn, options?: PosteriorPlotOptions): string;
export function plot(result: Traced, options?: ContourPlotOptions): string;
export function plot(subject: unknown, options: PictureOptions = {}): string {
  if (!isRecord(options))
    throw optionError(
      "plot",
      "the second argument",
      options,
      "an object of options",
      `plot takes ${WANTED}, then options`,
    );
  return render("plot", draftOf("plot", subject, options), options);
}

/**
 * The losses (and accuracies) of a training by epoch. Takes what `fit` of a network returns, an object with `loss` and
 * `valLoss`, or the losses alone. Several of these by name are compared: `{ adam: history, sgd: other }`.
 *
 * @example
 * const svg = plotLoss({ loss: [1, 0.4, 0.2, 0.15], valLoss: [1.1, 0.6, 0.5, 0.52] });
 * const race = plotLoss({ adam: [1, 0.4, 0.2], sgd: [1, 0.7, 0.5] });
 */
export function plotLoss(
  history: Losses | ArrayLike<number> | Readonly<Record<string, Losses | ArrayLike<number>>>,
  options: LossPlotOptions = {},
): string {
  return render("plotLoss", lossDraft("plotLoss", history, options), options);
}

/**
 * The convergence of one run: f, and whatever measures its iterations have, against evaluations. The run needs `trace: true`.
 *
 * @throws DownhillError OPTION where the result has no trace.
 * @example
 * const svg = plotTrace(minimize(([x, y]) => (1 - x) ** 2 + 100 * (y - x * x) ** 2, [-1.2, 1], { trace: true }));
 */
export function plotTrace(result: Traced, options: TracePlotOptions = {}): string {
  return render("plotTrace", traceDraft("plotTrace", result, options), options);
}

/**
 * The lowest value so far of several runs against evaluations: `{ label: result }`, a list of such objects, or a list of
 * results, which are named by their methods. Each needs `trace: true`.
 *
 * @throws DownhillError OPTION where a result has no trace.
 * @example
 * const run = (method) => minimize(([x, y]) => (1 - x) ** 2 + 100 * (y - x * x) ** 2, [-1.2, 1], { method, trace: true });
 * const svg = plotRace({ "L-BFGS": run("lbfgs"), "Nelder-Mead": run("nelderMead") }, { minimum: 0 });
 */
export function plotRace(results: Runners, options: RacePlotOptions = {}): string {
  return render("plotRace", raceDraft("plotRace", results, options), options);
}

/**
 * A fit as one self-contained HTML page: the model in MathML, parameters as 9.931(67) with errors and intervals, warnings,
 * pictures, statistics and the report. Options as `plot` has them, for its picture; `title` is that of the page.
 *
 * @throws DownhillError SHAPE for what is no fit.
 * @example
 * const page = toHTML(curveFit({ model: "a*exp(-b*x)", x: [0, 1, 2, 3], y: [4, 2.5, 1.4, 0.9] }), { title: "Decay" });
 */
export function toHTML(fit: FitFields, options: PageOptions = {}): string {
  return pageOf(fit, options, (own) => render("toHTML", fitDraft("toHTML", fit, own), own));
}
