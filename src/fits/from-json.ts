// fromJSON: a report of a fit, read back. The model is evaluated again at the reported parameters, so that the result can
// predict, draw bands, take profiles and be plotted; what the report claims of the run is kept.

import { REPORT_VERSION } from "../driver/answer.js";
import { curveFit } from "../expressions/curve-fit.js";
import type { FitResult } from "../least-squares/fit-result.js";
import { preparedOf } from "../least-squares/prepared.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { inNameOf } from "../runtime/in-name-of.js";
import { checkKeys } from "../runtime/options.js";
import { fitBehind } from "./refit.js";
import { atScale, scaleOf } from "./settled.js";

export interface FromJSONOptions {
  /** The model, where the report is of a fit whose model was a function. */
  model?: unknown;
}

type Json = Readonly<Record<string, unknown>>;

const CLAIMS = [
  "status",
  "reason",
  "success",
  "message",
  "nit",
  "nfev",
  "njev",
  "method",
  "variant",
  "elapsedMs",
  "warnings",
  "starts",
];

/** Options that govern how a run goes: a reading has none. */
const LIMITS = ["maxIterations", "maxEvaluations", "maxTimeMs", "target"];
const OF_RUN = [...LIMITS, "trace", "every", "starts"];

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function refuse(problem: string, hint: string): DownhillError {
  return new DownhillError("PARSE", `fromJSON: ${problem}`, { hint, details: { option: "report" } });
}

const HINT = "give what JSON.stringify(fit) wrote";

/** The report as an object; PARSE where it is none. */
export function readReport(given: unknown): Json {
  let report = given;
  if (typeof report === "string") {
    try {
      report = JSON.parse(report);
    } catch (cause) {
      throw new DownhillError("PARSE", `fromJSON: the report is no JSON: ${(cause as Error).message}`, {
        hint: HINT,
        details: { option: "report" },
        cause,
      });
    }
  }
  if (!isObject(report) || report.kind !== "fit" || !isObject(report.input) || !isObject(report.params))
    throw refuse(
      `this is no report of a fit: ${isObject(report) && preparedOf(report) ? "the result itself" : quote(report)}`,
      isObject(report) ? `${HINT}; of other results verify(result, problem)` : HINT,
    );
  if (report.version !== REPORT_VERSION)
    throw refuse(
      `the report has version ${quote(report.version)}, this library reads ${REPORT_VERSION}`,
      "write it again with this version",
    );
  return report;
}

/** How a report says that its run ended, or PARSE. */
function checkEnd({ status, success, reason }: Json): void {
  const known = typeof status === "string" && ["converged", "stopped", "failed"].includes(status);
  if (known && typeof reason === "string" && success === (status === "converged")) return;
  throw refuse(
    `status ${quote(status)}, reason ${quote(reason)} and success ${quote(success)} are of no fit`,
    HINT,
  );
}

/** null stands for a number that JSON cannot hold: a missing value. */
const numbers = (values: unknown): unknown =>
  Array.isArray(values) ? values.map((v) => (v === null ? NaN : numbers(v))) : values;

function columns(x: unknown): unknown {
  return isObject(x)
    ? Object.fromEntries(Object.entries(x).map(([name, v]) => [name, numbers(v)]))
    : numbers(x);
}

/** The text of a model in a report; undefined where it was a function. */
const textOf = (model: unknown): unknown =>
  isObject(model) ? (model.text ?? model.source) : (model ?? undefined);

const withInit = (spec: unknown, init: unknown): unknown => (isObject(spec) ? { ...spec, init } : init);

/** The option params with the reported values as starts. */
function paramsAt(input: Json, reported: Json): Json {
  const value = (name: string): unknown => (reported[name] as { value?: unknown } | undefined)?.value;
  const given = isObject(input.params)
    ? input.params
    : Object.fromEntries(Object.keys(reported).map((name) => [name.replace(/\[\d+\]$/, ""), {}]));
  return Object.fromEntries(
    Object.entries(given).map(([name, asked]) => {
      // JSON writes an infinite bound as null.
      const spec = isObject(asked)
        ? Object.fromEntries(
            Object.entries(asked).filter(([key, v]) => v !== null || !/^m(in|ax)$/.test(key)),
          )
        : asked;
      if (isObject(spec) && spec.expr !== undefined) return [name, spec];
      if (value(name) !== undefined) return [name, withInit(spec, value(name))];
      const sets = Array.isArray(input.data) ? input.data.length : 0;
      const each = Array.from({ length: sets }, (_, s) => value(`${name}[${s}]`));
      const some = each.find((v) => v !== undefined);
      return [name, { ...(isObject(spec) ? spec : {}), init: each.map((v) => v ?? some) }];
    }),
  );
}

/** Only maxIterations has a default that is a limit. */
function limitsOf(input: Json): Json {
  const given = Object.entries(input).filter(([key, v]) => LIMITS.includes(key) && v !== null);
  return { ...(input.maxIterations === null && { maxIterations: Infinity }), ...Object.fromEntries(given) };
}

/** The iterations as a run keeps them. */
function traceOf({ trace }: Json): object[] | undefined {
  if (trace === undefined) return undefined;
  const whole = (it: unknown): it is Json & { x: unknown[] } => isObject(it) && Array.isArray(it.x);
  if (!Array.isArray(trace) || !trace.every(whole)) throw refuse("the trace is of no fit", HINT);
  return trace.map((it) => {
    const known = Object.entries(it).map(([key, v]) => [key, v ?? NaN]);
    return { ...Object.fromEntries(known), x: Float64Array.from(numbers(it.x) as number[]) };
  });
}

/** The rows of the parameters as they were computed, with the starts of the run. */
function withStarts(rows: object, reported: Json): Json {
  const init = (name: string): unknown => (reported[name] as { init?: unknown } | undefined)?.init;
  return Object.fromEntries(
    Object.entries(rows).map(([name, row]) => [name, { ...row, init: init(name) ?? row.init }]),
  );
}

/**
 * The result of a fit from what `JSON.stringify(fit)` wrote: it predicts, bands, profiles and plots again.
 *
 * The numbers that follow from the parameters (rss, covariance, standard errors, residuals) are computed anew; how the run went
 * (status, message, iterations, warnings, trace, starts) is what the report says, but for the stop measures, which are those at the
 * answer. `verify(report)` tells whether both agree.
 *
 * @param report the text, or the object that it stands for.
 * @throws DownhillError PARSE for what is no report of a fit, or of another version; UNSUPPORTED for a model that was a function,
 * unless `model` gives it.
 * @example
 * const text = JSON.stringify(curveFit({ model: "a*exp(-b*x)", x: [0, 1, 2, 3], y: [2, 1.2, 0.75, 0.44] }));
 * fromJSON(text).predict([1.5]); // 0.945
 */
export function fromJSON(report: string | object, options: FromJSONOptions = {}): FitResult {
  checkKeys("fromJSON", options, ["model"]);
  const read = readReport(report);
  const input = read.input as Json;
  const source = Array.isArray(input.model) ? input.model.map(textOf) : textOf(input.model);
  const model = options.model ?? source;
  if ([model].flat().includes(undefined)) {
    throw new DownhillError(
      "UNSUPPORTED",
      "fromJSON: the model of this fit was a function, which JSON does not hold",
      {
        hint: "give it again: fromJSON(report, { model })",
      },
    );
  }
  // null stands for an infinite number, which is no limit.
  const others = Object.fromEntries(
    Object.entries(input).filter(([key, v]) => v !== null && !OF_RUN.includes(key)),
  );
  const data = Array.isArray(input.data)
    ? { data: input.data.map((set: Json) => ({ ...set, x: columns(set.x), y: numbers(set.y) })) }
    : { x: columns(input.x), y: numbers(input.y) };
  const params = paramsAt(input, read.params as Json);
  const again = { ...others, ...data, model, params, maxIterations: 0 };
  const first = inNameOf("fromJSON", "curveFit", () => curveFit(again as never)) as FitResult;
  const scale = scaleOf(read);
  const fit = scale === undefined ? first : atScale("fromJSON", first, scale);
  checkEnd(read);
  // No iteration is what reading took, not what was asked of the fit and is of its refits.
  const prepared = fitBehind("fromJSON", fit);
  const { maxIterations: _, ...kept } = prepared.options;
  const asked = { ...kept, ...limitsOf(input) };
  Object.assign(prepared, { options: asked, given: { ...input, ...data, model } });
  const trace = traceOf(read);
  const said = { ...read, trace, params: withStarts(fit.params, read.params as Json) } as Json;
  for (const key of [...CLAIMS, "trace", "params"])
    if (said[key] !== undefined)
      Object.defineProperty(fit, key, {
        value: said[key],
        enumerable: key !== "message",
        configurable: true,
      });
  return fit;
}
