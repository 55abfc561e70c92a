// Pictures of a fit: data with error bars, curve and bands; residuals; normal quantiles; correlations.

import type { FitFields } from "../least-squares/fit-result.js";
import { normalTail } from "../random/laws.js";
import { DownhillError } from "../runtime/errors.js";
import { choiceOption, isArrayLike, numberOption } from "../runtime/options.js";
import { concise } from "./concise.js";
import {
  curvePoints,
  dataOf,
  type FitData,
  type FitPlotOptions,
  fitKeys,
  fitKinds,
  type Part,
  partsOf,
} from "./fit-data.js";
import { checkPictureKeys, type Draft, labelOption, type ScaleName, scaleOption } from "./options.js";
import { finite, type Mark, type Panel } from "./picture.js";
import { profileDraft } from "./profile.js";
import { MANY } from "./strokes.js";

const percent = (level: number): string => `${Number((100 * level).toPrecision(6))} %`;

function fitPanel(
  where: string,
  fit: FitFields,
  data: FitData & { x: Float64Array },
  o: FitPlotOptions,
): Panel {
  const xScale = scaleOption(where, "xScale", o.xScale);
  const yScale = scaleOption(where, "yScale", o.yScale);
  const bands = choiceOption(where, "bands", o.bands, ["both", "confidence", "prediction", "none"], "both");
  const level = numberOption(where, "level", o.level, data.level, { min: 0, exclusive: true, below: 1 });
  const parts = partsOf(fit, data);
  const several = parts.length > 1;
  const wanted = bands === "both" && several ? "confidence" : bands;
  const [under, over]: [Mark[], Mark[]] = [[], []];
  parts.forEach((part, s) => {
    if (part.x.length === 0) return;
    const x = curvePoints(where, part, o, xScale === "log");
    for (const [kind, opacity] of [
      ["prediction", 0.16],
      ["confidence", several ? 0.22 : 0.34],
    ] as const) {
      if (wanted !== "both" && wanted !== kind) continue;
      const { lower, upper } = part.band(x, { kind, level });
      const label = several && s > 0 ? {} : { label: `${percent(level)} ${kind}` };
      if (lower.some(finite)) under.push({ kind: "band", x, lower, upper, tone: s, opacity, ...label });
    }
    under.push({ kind: "line", x, y: part.predict(x), tone: s, ...(several ? {} : { label: "fit" }) });
    const tone = several ? s : "ink";
    const { sigma, y } = part;
    if (sigma) {
      const lower = y.map((v, i) => v - sigma[i]!);
      const upper = y.map((v, i) => v + sigma[i]!);
      over.push({ kind: "errors", x: part.x, lower, upper, tone });
    }
    over.push({
      kind: "dots",
      x: part.x,
      y,
      tone,
      radius: dotSize(data.y.length),
      label: `${part.label ?? (several ? `set ${s + 1}` : "data")}${lost(part, xScale, yScale)}`,
    });
  });
  const marks = [...under, ...over];
  return {
    x: { label: labelOption(where, "xLabel", o.xLabel, data.name), scale: xScale },
    y: { label: labelOption(where, "yLabel", o.yLabel, "y"), scale: yScale },
    marks,
  };
}

/** How many points have no place because an axis is logarithmic, in words. */
function lost({ x, y }: Pick<Part, "x" | "y">, xScale?: ScaleName, yScale?: ScaleName): string {
  const off = (scale: ScaleName | undefined, v: number): boolean => scale === "log" && v <= 0;
  const count = x.reduce((n, v, i) => (off(xScale, v) || off(yScale, y[i]!) ? n + 1 : n), 0);
  return count > 0 ? ` (${count} of ${x.length} ha${count > 1 ? "ve" : "s"} no logarithm)` : "";
}

export const dotSize = (count: number): number => (count > 1000 ? 1.2 : count > 200 ? 1.8 : 2.75);

/** Data minus fit, in units of sigma where it is known, weighted as they were fitted. */
const residualsOf = (fit: FitFields, { unit }: FitData): Float64Array =>
  Float64Array.from(fit.residuals, (v, i) => -v / (unit ? unit[i]! : 1));

function residualPanel(fit: FitFields, data: FitData, x: Float64Array, plan: Panel["x"]): Panel {
  const r = residualsOf(fit, data);
  const radius = dotSize(r.length);
  let from = 0;
  // The colours of the sets, where there are several.
  const clouds = (fit.sets && fit.sets.length > 1 ? fit.sets : [{ m: r.length }]).map(
    ({ m }, s, all): Mark => {
      const cut = (values: Float64Array): Float64Array => values.slice(from, from + m);
      const mark: Mark = { kind: "dots", x: cut(x), y: cut(r), tone: all.length > 1 ? s : "ink", radius };
      from += m;
      return mark;
    },
  );
  return {
    x: plan,
    y: { label: data.residual, include: [0] },
    marks: [{ kind: "rule", y: 0, tone: "muted" }, ...clouds],
  };
}

const params = (fit: FitFields): string =>
  Object.entries(fit.params)
    .slice(0, 8)
    .map(([name, { value, stderr }]) => `${name} = ${concise(value, stderr)}`)
    .join(", ");

const outcome = (fit: FitFields): string =>
  fit.success ? "The fit converged." : `The fit did not converge: ${fit.message}.`;

export function fitDraft(where: string, fit: FitFields, o: FitPlotOptions): Draft {
  checkPictureKeys(where, o, fitKeys);
  const kind = choiceOption(where, "kind", o.kind, fitKinds, "fit");
  if (kind === "correlation") return correlation(where, fit);
  if (kind === "profile") return profileDraft(where, fit, o);
  const data = dataOf(where, fit, o);
  const words = `${outcome(fit)} ${params(fit)}.`;
  const m = data.y.length;
  const count = `${m} point${m === 1 ? "" : "s"}${m > MANY ? " (drawn to a quarter of a pixel)" : ""}`;
  if (kind === "quantiles") return quantiles(fit, data, words);
  const { x } = data;
  if (kind === "residuals" || x === null) {
    const against = Float64Array.from(fit.fitted);
    const panels = [
      ...(x && kind === "residuals"
        ? [residualPanel(fit, data, x, { label: labelOption(where, "xLabel", o.xLabel, data.name) })]
        : []),
      residualPanel(fit, data, against, { label: "fitted value" }),
    ];
    if (kind === "residuals") {
      return {
        title: "Residuals of a fit",
        description: `Residuals of ${count} against ${x ? `${data.name} and against ` : ""}the fitted values. ${words}`,
        rows: panels.map((panel) => ({ panels: [panel] })),
        height: 90 + 150 * panels.length,
        legend: "none",
      };
    }
    return observed(fit, data, panels[0]!, words, count);
  }
  const main = fitPanel(where, fit, { ...data, x }, o);
  const below = residualPanel(fit, data, x, main.x);
  const parts = main.marks.flatMap((mark) => (mark.kind === "band" && mark.label ? [mark.label] : []));
  const sets = fit.sets && fit.sets.length > 1 ? ` in ${fit.sets.length} sets` : "";
  return {
    title: "Fit of a curve to data",
    description:
      `${count}${lost({ ...data, x }, main.x.scale, main.y.scale)}${sets}${data.sigma ? " with error bars" : ""}, the fitted curve${sets ? "s" : ""}${parts.length > 0 ? ` with bands (${parts.join(", ")})` : ""}` +
      `; below, the residuals. ${words}`,
    rows: [
      { panels: [main], weight: 3, joined: true },
      { panels: [below], weight: 1 },
    ],
    height: 440,
    legend: "top",
  };
}

/** With several predictors: what was observed against what was fitted. */
function observed(fit: FitFields, data: FitData, below: Panel, words: string, count: string): Draft {
  let [low, high] = [Infinity, -Infinity];
  for (const v of fit.fitted) if (finite(v)) [low, high] = [Math.min(low, v), Math.max(high, v)];
  const line = [low, high];
  return {
    title: "Fit to data with several predictors",
    description: `${count}: observed against fitted values, with the line of equality; below, the residuals. ${words}`,
    rows: [
      {
        panels: [
          {
            x: { label: "fitted value" },
            y: { label: "observed value" },
            marks: [
              { kind: "line", x: line, y: line, tone: 0, label: "equality" },
              {
                kind: "dots",
                x: fit.fitted,
                y: data.y,
                tone: "ink",
                radius: dotSize(data.y.length),
                label: "data",
              },
            ],
          },
        ],
        weight: 3,
        joined: true,
      },
      { panels: [below], weight: 1 },
    ],
    height: 440,
    legend: "top",
  };
}

function quantiles(fit: FitFields, data: FitData, words: string): Draft {
  const r = residualsOf(fit, data);
  const sorted = r.slice().sort();
  const n = sorted.length;
  // Scaled by their own spread, so that the line of equality is the normal law.
  const scale = Math.sqrt(sorted.reduce((sum, v) => sum + v * v, 0) / Math.max(1, fit.dof));
  const y = sorted.map((v) => (scale > 0 ? v / scale : 0));
  // Plotting positions of Blom (1958): (i - 3/8) / (n + 1/4).
  const x = Float64Array.from({ length: n }, (_, i) => normalScore((i + 0.625) / (n + 0.25)));
  const ends = [Math.min(x[0]!, y[0]!), Math.max(x[n - 1]!, y[n - 1]!)];
  return {
    title: "Normal quantiles of residuals",
    description: `Standardised residuals of ${n} points, in order, against quantiles of the normal law; on the line they are equal. ${words}`,
    rows: [
      {
        panels: [
          {
            x: { label: "normal quantile" },
            y: { label: "standardised residual" },
            marks: [
              { kind: "line", x: ends, y: ends, tone: 0, width: 1.5, label: "normal law" },
              { kind: "dots", x, y, tone: "ink", radius: dotSize(n), label: "residuals" },
            ],
          },
        ],
      },
    ],
    height: 420,
    legend: "top",
  };
}

const normalScore = (p: number): number => (p < 0.5 ? -normalTail(p) : p > 0.5 ? normalTail(1 - p) : 0);

function correlation(where: string, fit: FitFields): Draft {
  const { correlation: values, freeNames } = fit;
  if (!values || !isArrayLike(values)) {
    throw new DownhillError("UNSUPPORTED", `${where}: this fit has no correlations`, {
      hint: "the data do not determine every parameter; see its warnings",
    });
  }
  const n = freeNames.length;
  const pairs = freeNames.flatMap((a, i) =>
    freeNames.slice(i + 1).map((b, j) => ({ a, b, r: values[i * n + i + 1 + j]! })),
  );
  pairs.sort((p, q) => Math.abs(q.r) - Math.abs(p.r));
  const strongest = pairs.slice(0, 3).map(({ a, b, r }) => `${a} and ${b}: ${r.toFixed(3)}`);
  return {
    title: "Correlations of the parameters",
    description: `Correlations of ${n} parameter${n === 1 ? "" : "s"}; the larger a square, the stronger. Strongest: ${strongest.join("; ") || "none"}.`,
    rows: [
      {
        panels: [
          {
            x: { names: freeNames },
            y: { names: [...freeNames].reverse() },
            marks: [{ kind: "cells", size: n, values }],
          },
        ],
      },
    ],
    height: Math.min(640, 120 + 70 * n),
    legend: "none",
  };
}
