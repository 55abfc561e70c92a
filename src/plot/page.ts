// A fit as one page that needs nothing else: table, picture, warnings, the model as it is set in print.

import { analysisRows } from "../least-squares/analysis.js";
import type { FitFields } from "../least-squares/fit-result.js";
import { preparedOf } from "../least-squares/prepared.js";
import { modelMathML } from "../models/named.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { checkKeys } from "../runtime/options.js";
import { shortNumber } from "./axis.js";
import { concise } from "./concise.js";
import { escaped, type Node } from "./element.js";
import { type FitPlotOptions, fitKeys } from "./fit-data.js";
import { labelOption, pictureKeys } from "./options.js";
import { cssOf } from "./theme.js";

export type PageOptions = Omit<
  FitPlotOptions,
  "kind" | "terminal" | "color" | "theme" | "background" | "description"
>;

const pageKeys = [...fitKeys, ...pictureKeys].filter(
  (key) => !["kind", "terminal", "color", "theme", "background", "description"].includes(key),
);

/** Set by the page, for every picture in it. */
const STYLE = `
:root{color-scheme:light dark;${cssOf("light")}}
@media(prefers-color-scheme:dark){:root{${cssOf("dark")}}}
body{margin:0;background:var(--downhill-paper);color:var(--downhill-ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
main{max-width:720px;margin:0 auto;padding:24px 16px 64px}
h1{font-size:1.5rem;margin:0 0 .25rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}
.model{font-size:1.25rem;margin:1rem 0;overflow-x:auto}
.outcome{margin:0;color:var(--downhill-muted)}.failed{color:var(--downhill-2);font-weight:600}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:.3rem .9rem .3rem 0;text-align:right;border-bottom:1px solid var(--downhill-grid);white-space:nowrap}
th:first-child,td:first-child{text-align:left}thead th{font-weight:600;color:var(--downhill-muted)}
.statistics th{font-weight:400;color:var(--downhill-muted)}
svg{max-width:100%;height:auto;display:block}
.warnings{padding-left:1.1rem}.warnings code{color:var(--downhill-2)}
pre{overflow-x:auto;font-size:.85rem;background:var(--downhill-grid);padding:.75rem;border-radius:6px}
@media print{details{display:none}}
`.trim();

/** The model as MathML where it is a text, else its source. */
function modelOf(fit: FitFields): Node {
  const known = preparedOf(fit);
  const model: unknown = known?.options && (known.options as { model?: unknown }).model;
  if (typeof model === "string" && known) {
    const names = Object.keys(fit.params).map((name) => ({ name, meaning: "", unit: "" }));
    const variables = known.predictors ?? ["x"];
    try {
      const math = modelMathML({ title: "", text: model, variables, params: names, reference: "" });
      return `<div class="model">${math}</div>`;
    } catch (error) {
      // Sets of a global fit have parameters of their own: the text alone is shown.
      if (!(error instanceof DownhillError)) throw error;
      return `<pre>${escaped(model)}</pre>`;
    }
  }
  const compiled = model as { toMathML?: () => string; source?: string } | null | undefined;
  const math = typeof compiled === "object" && compiled?.toMathML?.();
  if (math) return `<div class="model">${math}</div>`;
  if (typeof compiled === "object" && compiled?.source) return `<pre>${escaped(compiled.source)}</pre>`;
  return typeof model === "function" ? `<pre>${escaped(Function.prototype.toString.call(model))}</pre>` : "";
}

const row = (cells: readonly string[], head = "td"): Node =>
  `<tr>${cells.map((cell, i) => (i === 0 ? `<th scope="row">${cell}</th>` : `<${head}>${cell}</${head}>`)).join("")}</tr>`;

function parameters(fit: FitFields): Node {
  const rows = Object.entries(fit.params).map(([name, { value, stderr, ci, init, fixed, atBound, expr }]) => {
    const note = expr !== undefined ? `= ${escaped(expr)}` : fixed ? "fixed" : atBound ? "at its bound" : "";
    return row([
      escaped(name),
      `<strong>${escaped(concise(value, stderr))}</strong>`,
      stderr === null ? "–" : shortNumber(stderr, 3),
      ci ? `${shortNumber(ci[0], 5)} to ${shortNumber(ci[1], 5)}` : "–",
      fixed || expr !== undefined ? "–" : shortNumber(init, 4),
      note,
    ]);
  });
  const level = preparedOf(fit)?.level ?? 0.95;
  const head = [
    "parameter",
    "value",
    "standard error",
    `${Number((100 * level).toPrecision(6))} % interval`,
    "start",
    "",
  ];
  return `<div class="wide"><table><thead><tr>${head.map((text) => `<th scope="col">${text}</th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

function statistics(fit: FitFields): Node {
  const rows: [string, number][] = [
    ["points", fit.fitted.length],
    ["degrees of freedom", fit.dof],
    ["sum of squares", fit.rss],
    ["reduced chi-square", fit.redChi2],
    ["residual standard deviation", fit.residualStd],
    ["R²", fit.r2],
    ["AIC", fit.aic],
    ["AICc", fit.aicc],
    ["BIC", fit.bic],
  ];
  const numbers = rows.map(([name, value]) => [
    name,
    Number.isNaN(value) ? "not known" : shortNumber(value, 6),
  ]);
  const words = analysisRows(fit).map((pair) => pair.map(escaped));
  const body = [...words, ...numbers].map((cells) => row(cells)).join("");
  return `<table class="statistics"><tbody>${body}</tbody></table>`;
}

/** @param draw A picture of the fit as SVG. */
export function pageOf(fit: FitFields, o: PageOptions, draw: (options: FitPlotOptions) => string): string {
  const where = "toHTML";
  checkKeys(where, o, pageKeys);
  if (typeof fit !== "object" || fit === null || !("params" in fit && "fitted" in fit)) {
    throw new DownhillError("SHAPE", `${where}: expected the result of a fit, got ${quote(fit)}`, {
      details: { argument: "fit" },
    });
  }
  const title = labelOption(where, "title", o.title, "Fit of a curve to data");
  const { title: _, ...plain } = o;
  const figure = (options: FitPlotOptions): Node =>
    `<figure style="margin:0">${draw({ ...plain, ...options, theme: "page" })}</figure>`;
  const several = fit.correlation && fit.freeNames.length > 1;
  const { width } = o;
  const extra: FitPlotOptions = width === undefined ? {} : { width };
  const warnings = fit.warnings.map(
    ({ code, message }) => `<li><code>${code}</code> ${escaped(message)}</li>`,
  );
  return [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">',
    `<title>${escaped(title)}</title><style>${STYLE}</style></head><body><main>`,
    `<h1>${escaped(title)}</h1>`,
    `<p class="outcome${fit.success ? "" : " failed"}">${escaped(fit.message)}</p>`,
    modelOf(fit),
    parameters(fit),
    warnings.length > 0 ? `<h2>Warnings</h2><ul class="warnings">${warnings.join("")}</ul>` : "",
    "<h2>Data and fit</h2>",
    figure({}),
    "<h2>Statistics</h2>",
    statistics(fit),
    "<h2>Residuals against the normal law</h2>",
    figure({ ...extra, kind: "quantiles", height: 360 }),
    several ? `<h2>Correlations</h2>${figure({ ...extra, kind: "correlation" })}` : "",
    `<details><summary>Report</summary><pre>${escaped(fit.report())}</pre></details>`,
    "</main></body></html>",
    "",
  ].join("\n");
}
