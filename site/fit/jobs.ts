// What the worker does for the fit: the fit itself with its bands, the ranking of models, intervals, the report.

import { compileModel, curveFit, type FitResult, modelMathML, models } from "downhill";
import type { JobContext } from "../shell/rpc.js";
import { readTable, type Table } from "./table.js";

export interface FitRequest {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly sigma: Float64Array | null;
  /** Row of the table of each point, from 0. */
  readonly rows?: Int32Array | undefined;
  /** The name that the text uses for x. */
  readonly variable: string;
  readonly model: string;
  readonly loss: string;
  readonly absolute: boolean;
  readonly level: number;
  readonly fixed: Readonly<Record<string, number>>;
  /** Where to start instead of searching; names that are not in the model are ignored. */
  readonly from: Readonly<Record<string, number>> | null;
  /** Of a robust loss; taken from the data where it is missing. */
  readonly lossScale?: number | undefined;
  readonly range: readonly [number, number];
}
export interface FitRow {
  readonly name: string;
  readonly meaning: string;
  readonly value: number;
  readonly stderr: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly atBound: boolean;
  readonly fixed: boolean;
}
export interface Curve {
  readonly x: Float64Array;
  readonly fit: Float64Array;
  readonly confidence: { readonly lower: Float64Array; readonly upper: Float64Array };
  readonly prediction: { readonly lower: Float64Array; readonly upper: Float64Array };
}
export interface FitView {
  readonly status: string;
  readonly reason: string;
  readonly rows: readonly FitRow[];
  readonly curve: Curve;
  readonly residuals: Float64Array;
  readonly fitted: Float64Array;
  readonly correlation: Float64Array | null;
  readonly free: readonly string[];
  readonly stats: Readonly<Record<"rss" | "dof" | "residualStd" | "redChi2" | "r2" | "aicc" | "bic", number>>;
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  readonly minima: readonly {
    readonly rss: number;
    readonly hits: number;
    readonly values: Readonly<Record<string, number>>;
  }[];
  readonly lossScale: number;
  /** Why there is no answer at all: the model is no number at a point. Else empty. */
  readonly wrong: string;
  readonly report: string;
  readonly took: number;
}

const POINTS = 240;

function meanings(text: string): Map<string, string> {
  const named = Object.values(models).find((model) => model.text === text);
  return new Map(named?.params.map(({ name, meaning }) => [name, meaning]) ?? []);
}

function lowest(text: string): Record<string, number> {
  const named = Object.values(models).find((model) => model.text === text);
  return Object.fromEntries(
    named?.params.flatMap(({ name, min }) => (min === undefined ? [] : [[name, min]])) ?? [],
  );
}

export function solve(request: FitRequest): FitResult {
  const { x, y, sigma, model, variable, from, fixed } = request;
  const { params: names } = compileModel(model, { variables: [variable] });
  const low = lowest(model);
  const params = Object.fromEntries(
    names.map((name) => {
      const init = fixed[name] ?? from?.[name];
      const min = low[name];
      return [
        name,
        {
          ...(init === undefined ? {} : { init: min === undefined ? init : Math.max(init, min) }),
          ...(min === undefined ? {} : { min }),
          ...(fixed[name] === undefined ? {} : { fixed: true }),
        },
      ];
    }),
  );
  return curveFit({
    model,
    x: { [variable]: x },
    y,
    params,
    level: request.level,
    loss: request.loss as "linear",
    ...(request.loss === "linear" ? {} : { lossScale: request.lossScale ?? ("mad" as const) }),
    ...(sigma ? { sigma, absoluteSigma: request.absolute } : {}),
  });
}

/** The first points at which the model is no number, whatever its parameters. */
function noNumber({ x, rows, variable }: FitRequest, { fitted }: FitResult): string {
  const at = [...fitted.keys()].filter((i) => !Number.isFinite(fitted[i]!));
  const first = at[0];
  if (first === undefined) return "The model, or its slope, leaves the range of numbers on the way.";
  const more = at.length > 1 ? `, and at ${at.length - 1} more` : "";
  return `The model is not a number at row ${(rows?.[first] ?? first) + 1}, where ${variable} = ${x[first]}${more}: leave that point out, or change the model.`;
}

/** The fit that was asked for last: a report is of that very run. */
let latest: { readonly request: FitRequest; readonly r: FitResult } | null = null;

export function fit(request: FitRequest): FitView {
  const begun = performance.now();
  const r = solve(request);
  latest = { request, r };
  const took = performance.now() - begun;
  const [low, high] = request.range;
  const grid = Float64Array.from({ length: POINTS }, (_, i) => low + ((high - low) * i) / (POINTS - 1));
  const at = { [request.variable]: grid };
  const confidence = r.band(at);
  const prediction = r.band(at, { kind: "prediction" });
  const meaning = meanings(request.model);
  const { rss, dof, residualStd, redChi2, r2, aicc, bic } = r;
  return {
    status: r.status,
    reason: r.reason,
    rows: Object.entries(r.params).map(([name, p]) => ({
      name,
      meaning: meaning.get(name) ?? "",
      value: p.value,
      stderr: p.stderr,
      low: p.ci?.[0] ?? null,
      high: p.ci?.[1] ?? null,
      atBound: p.atBound,
      fixed: p.fixed,
    })),
    curve: {
      x: grid,
      fit: confidence.fit,
      confidence: { lower: confidence.lower, upper: confidence.upper },
      prediction: { lower: prediction.lower, upper: prediction.upper },
    },
    residuals: r.residuals,
    fitted: r.fitted,
    correlation: r.correlation,
    free: r.freeNames,
    stats: { rss, dof, residualStd, redChi2, r2, aicc, bic },
    // Of errors that do not suit, the page speaks in words of its own, without names of options.
    warnings: r.warnings
      .filter(({ code }) => code !== "W_SIGMA_IMPLAUSIBLE")
      .map(({ code, message }) => ({ code, message })),
    minima:
      r.starts?.minima.slice(0, 3).map(({ rss: sum, hits, values }) => ({ rss: sum, hits, values })) ?? [],
    lossScale: r.lossScale,
    wrong: r.reason === "nonFinite" ? noNumber(request, r) : "",
    report: r.report(),
    took,
  };
}

/** Characters of a formula beyond which a browser is busy with nothing else. */
const LONGEST = 100_000;

/** The model set as a formula; throws with position and caret where the text cannot be read. */
export function formula({ model, variable }: { model: string; variable: string }): {
  mathml: string;
  params: readonly string[];
} {
  const compiled = compileModel(model, { variables: [variable] });
  const mathml = compiled.toMathML();
  return { mathml: mathml.length > LONGEST ? "" : mathml, params: compiled.params };
}

export interface Ranked {
  readonly key: string;
  readonly title: string;
  readonly text: string;
  readonly mathml: string;
  readonly params: number;
  readonly aicc: number;
  readonly rss: number;
}

const list = () =>
  Object.entries(models).filter(([, m]) => m.variables.length === 1 && m.variables[0] === "x");

/** The models by name. */
export function catalogue(): { key: string; title: string; text: string }[] {
  return list().map(([key, { title, text }]) => ({ key, title, text }));
}

/** Every model of the library that converges on the data, the likeliest by AICc first. */
export async function rank(request: FitRequest, { signal, progress }: JobContext): Promise<Ranked[]> {
  const found: Ranked[] = [];
  const all = list();
  for (const [i, [key, model]] of all.entries()) {
    if (signal.aborted) break;
    try {
      const r = solve({
        ...request,
        model: model.text,
        variable: "x",
        fixed: {},
        from: null,
        loss: "linear",
      });
      if (
        r.success &&
        Number.isFinite(r.aicc) &&
        !r.warnings.some(({ code }) => code === "W_COVARIANCE_SINGULAR")
      ) {
        found.push({
          key,
          title: model.title,
          text: model.text,
          mathml: modelMathML(model),
          params: model.params.length,
          aicc: r.aicc,
          rss: r.rss,
        });
      }
    } catch {
      // a model that these data do not allow (logarithms of negative x, too few points) is not in the list
    }
    progress((i + 1) / all.length);
    await new Promise((resolve) => setTimeout(resolve));
  }
  return found.sort((a, b) => a.aicc - b.aicc);
}

/** Of the same data, model and settings; where it started does not matter. */
const same = (a: FitRequest, b: FitRequest): boolean => {
  const key = ({ from: _, x, y, sigma, ...others }: FitRequest): string =>
    JSON.stringify([others, [...x], [...y], sigma && [...sigma]]);
  return key(a) === key(b);
};

export function toJson(request: FitRequest): string {
  return JSON.stringify(
    (latest && same(latest.request, request) ? latest.r : solve(request)).toJSON(),
    (_, value) => (ArrayBuffer.isView(value) ? [...(value as Float64Array)] : value),
    1,
  );
}

/** A long table, read where no frame waits for it. */
export const table = ({ text }: { text: string }): Table => readTable(text);

export * from "./beside-jobs.js";
export * from "./program-jobs.js";
export * from "./together-jobs.js";
