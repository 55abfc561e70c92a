// Pictures of a course: the losses of a training, the convergence of a run, several runs in a race.

import type { Iteration } from "../driver/task.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { copyNumbers } from "../runtime/numbers.js";
import { choiceOption, isArrayLike, isRecord, numberOption } from "../runtime/options.js";
import { shortNumber } from "./axis.js";
import { checkPictureKeys, type Draft, type PictureOptions, scaleOption } from "./options.js";
import { finite, type Mark, type Panel } from "./picture.js";
import { dashOf, SERIES } from "./theme.js";

/** What a picture of losses needs of a training's history: losses by epoch, or their numbers alone. */
export interface Losses {
  readonly loss: ArrayLike<number>;
  readonly valLoss?: ArrayLike<number> | undefined;
  readonly accuracy?: ArrayLike<number> | undefined;
  readonly valAccuracy?: ArrayLike<number> | undefined;
  readonly bestEpoch?: number | undefined;
}

export interface LossPlotOptions extends PictureOptions {
  /** Default: "log" where the losses are positive and span more than a factor of 30. */
  yScale?: "linear" | "log" | undefined;
  xScale?: "linear" | "log" | undefined;
}

/** What a picture of convergence needs of a result: how it ended, and every iteration (`trace: true`). */
export interface Traced {
  readonly method?: string | undefined;
  readonly status?: string | undefined;
  readonly reason?: string | undefined;
  readonly fun?: number | undefined;
  readonly maximize?: boolean | undefined;
  readonly trace?: readonly Iteration[] | undefined;
}

export interface TracePlotOptions extends PictureOptions {
  /** Default "nfev": evaluations; or iterations, or milliseconds. */
  against?: "nfev" | "nit" | "elapsedMs" | undefined;
  xScale?: "linear" | "log" | undefined;
  /** The value that f is measured from; default: the lowest of all. */
  minimum?: number | undefined;
}

const counts = (n: number): Float64Array => Float64Array.from({ length: n }, (_, i) => i + 1);

/** Positive numbers far apart are seen on a logarithmic axis only. */
export function suits(log: number, ...lists: (ArrayLike<number> | undefined)[]): boolean {
  let [low, high] = [Infinity, -Infinity];
  for (const list of lists)
    for (const v of Array.from(list ?? []))
      if (finite(v)) [low, high] = [Math.min(low, v), Math.max(high, v)];
  return low > 0 && high / low > log;
}

const LISTS = ["loss", "valLoss", "accuracy", "valAccuracy"] as const;

function takeLosses(where: string, history: unknown): Losses {
  const given = isArrayLike(history) ? { loss: history } : (history as Partial<Losses> | null);
  if (typeof given === "object" && given !== null && isArrayLike(given.loss)) {
    const lists = LISTS.filter((name) => given[name] !== undefined).map(
      (name) => [name, copyNumbers(where, name, given[name])] as const,
    );
    const whole = { min: -1, integer: true, infinite: true };
    const bestEpoch = numberOption(where, "bestEpoch", given.bestEpoch, 0, whole);
    return { loss: [], ...Object.fromEntries(lists), bestEpoch };
  }
  throw new DownhillError("SHAPE", `${where}: expected the history of a training, got ${quote(history)}`, {
    hint: "what net.fit() returns, an object with loss (and valLoss), or the losses themselves",
    details: { argument: "history" },
  });
}

const has = (list: ArrayLike<number> | undefined): list is ArrayLike<number> => (list?.length ?? 0) > 0;

const series = (y: ArrayLike<number>, tone: number, label: string, dash?: string): Mark => {
  // Validation may have been left out for some epochs: then its values have no epochs to stand at.
  const drawn = { x: counts(y.length), y, tone, label };
  return y.length > 1 ? { kind: "line", ...drawn, ...(dash ? { dash } : {}) } : { kind: "dots", ...drawn };
};

/** Several trainings by name: a line for each, validation in a panel of its own. */
function lossesDraft(where: string, histories: Record<string, unknown>, o: LossPlotOptions): Draft {
  const runs = Object.entries(histories).map(([name, one]) => [name, takeLosses(where, one)] as const);
  const xScale = scaleOption(where, "xScale", o.xScale);
  const lists = (["loss", "valLoss"] as const).filter((key) => runs.some(([, run]) => has(run[key])));
  const yScale = scaleOption(where, "yScale", o.yScale);
  const suited = suits(30, ...runs.flatMap(([, run]) => lists.map((key) => run[key]))) ? "log" : "linear";
  const panels = lists.map((key): Panel => {
    const marks = runs.flatMap(([name, run], i) =>
      has(run[key]) ? [series(run[key], i % SERIES, name, dashOf(i))] : [],
    );
    const y = { label: key === "loss" ? "loss" : "validation loss", scale: yScale ?? suited };
    return { x: { label: "epoch", scale: xScale, whole: xScale !== "log" }, y, marks };
  });
  const ends = runs.map(([name, { loss }]) => `${name} ${shortNumber(loss[loss.length - 1] ?? NaN)}`);
  return {
    title: "Courses of trainings",
    description: `Loss by epoch of ${runs.length} trainings, which end at ${ends.join("; ")}.`,
    rows: panels.map((panel, i) => ({ panels: [panel], joined: i < panels.length - 1 })),
    height: 60 + 200 * panels.length + (panels.length === 1 ? 100 : 0),
    legend: "top",
  };
}

export function lossDraft(where: string, history: unknown, o: LossPlotOptions): Draft {
  checkPictureKeys(where, o, ["yScale", "xScale"]);
  if (isRecord(history) && !("loss" in history) && Object.keys(history).length > 0)
    return lossesDraft(where, history, o);
  const { loss, valLoss, accuracy, valAccuracy, bestEpoch } = takeLosses(where, history);
  const n = loss.length;
  const yScale = scaleOption(where, "yScale", o.yScale) ?? (suits(30, loss, valLoss) ? "log" : "linear");
  const xScale = scaleOption(where, "xScale", o.xScale);
  const marks: Mark[] = [];
  marks.push(series(loss, 0, "training"));
  if (has(valLoss)) marks.push(series(valLoss, 1, "validation"));
  const stops = bestEpoch !== undefined && bestEpoch > 0 && bestEpoch < n;
  const best: Mark[] = stops
    ? [{ kind: "rule", x: bestEpoch, tone: "muted", dash: "4 3", label: "best epoch" }]
    : [];
  const x = { label: "epoch", scale: xScale, whole: xScale !== "log" };
  const panels: Panel[] = [{ x, y: { label: "loss", scale: yScale }, marks: [...best, ...marks] }];
  if (has(accuracy) || has(valAccuracy)) {
    const shares = [
      ...(has(accuracy) ? [series(accuracy, 0, "training")] : []),
      ...(has(valAccuracy) ? [series(valAccuracy, 1, "validation")] : []),
    ];
    panels.push({ x, y: { label: "accuracy" }, marks: [...best, ...shares] });
  }
  const last = (list: ArrayLike<number> | undefined, name: string): string =>
    has(list) ? ` ${name} ends at ${shortNumber(list[list.length - 1]!)}.` : "";
  return {
    title: "Course of a training",
    description:
      `Loss over ${n} epoch${n === 1 ? "" : "s"}.${last(loss, "The training loss")}${last(valLoss, "The validation loss")}` +
      `${last(accuracy, "The accuracy")}${last(valAccuracy, "The validation accuracy")}` +
      `${stops ? ` The best epoch is ${bestEpoch}.` : ""}`,
    rows: panels.map((panel, i) => ({ panels: [panel], joined: i < panels.length - 1 })),
    height: 60 + 200 * panels.length + (panels.length === 1 ? 100 : 0),
    legend: "top",
  };
}

const AGAINST = { nfev: "evaluations", nit: "iterations", elapsedMs: "milliseconds" } as const;

export function traceOf(where: string, result: unknown, name = "result"): readonly Iteration[] {
  const { trace } = (result ?? {}) as Traced;
  if (Array.isArray(trace)) return trace as readonly Iteration[];
  const typed = typeof result === "object" && result !== null && "status" in result;
  throw typed
    ? new DownhillError("OPTION", `${where}: the ${name} has no trace`, {
        hint:
          "loss" in result
            ? "plotLoss draws trainings: plotLoss({ name: history })"
            : "run it with trace: true",
        details: { option: "trace" },
      })
    : new DownhillError("SHAPE", `${where}: expected the result of a run, got ${quote(result)}`, {
        details: { argument: name },
      });
}

export const traceKeys = ["against", "xScale", "minimum"] as const;

interface Way {
  readonly x: (it: Iteration) => number;
  readonly label: string;
  readonly log: boolean;
}

export function wayOf(
  where: string,
  o: TracePlotOptions,
  traces: readonly (readonly Iteration[])[],
  race: boolean,
): Way {
  const against = choiceOption(where, "against", o.against, ["nfev", "nit", "elapsedMs"], "nfev");
  const x = (it: Iteration): number => it[against];
  const scale = scaleOption(where, "xScale", o.xScale);
  const log = scale ? scale === "log" : race && suits(30, ...traces.map((trace) => trace.map(x)));
  return { x, label: AGAINST[against], log };
}

/** What the numbers of an iteration are called in words, by the room that the result comes from. */
function namesOf(result: object): Readonly<Record<string, string>> {
  const more = { violation: "violation", kkt: "KKT residual" };
  if ("primalResidual" in result)
    return { ...more, fun: "objective", gradNorm: "dual residual", stepNorm: "primal residual" };
  if ("residualNorm" in result)
    return { ...more, fun: "residual norm", gradNorm: "residual norm", stepNorm: "step" };
  return { ...more, fun: "f", gradNorm: "gradient", stepNorm: "step" };
}

const NOT_MEASURES = new Set([
  "nit",
  "nfev",
  "elapsedMs",
  "fun",
  "restarts",
  "objective",
  "dualObjective",
  "epoch",
]);

/** The numbers of a trace that fall when it converges: positive somewhere, and not a count. */
function measuresOf(trace: readonly Iteration[]): string[] {
  const keys = new Set(trace.flatMap((it) => Object.keys(it)));
  return [...keys].filter(
    (key) =>
      !NOT_MEASURES.has(key) &&
      trace.some((it) => read(it, key) !== it.fun) &&
      trace.some((it) => {
        const v = read(it, key);
        return finite(v) && v > 0;
      }),
  );
}

const read = (it: Iteration, key: string): number => {
  const v: unknown = (it as unknown as Record<string, unknown>)[key];
  return typeof v === "number" ? v : NaN;
};

export function traceDraft(where: string, result: Traced, o: TracePlotOptions): Draft {
  checkPictureKeys(where, o, [...traceKeys, "kind"]);
  choiceOption(where, "kind", (o as { kind?: unknown }).kind, ["convergence"], "convergence");
  const told = traceOf(where, result);
  // A run that was over at its start has made no iteration: its result is where it stands.
  const trace = told[0] ? told : [result as unknown as Iteration];
  const names = namesOf(result);
  const { x: at, label, log } = wayOf(where, o, [trace], false);
  const x = Float64Array.from(trace, at);
  const f = Float64Array.from(trace, ({ fun }) => fun);
  const plan = {
    label,
    scale: log ? ("log" as const) : undefined,
    whole: !log && label !== AGAINST.elapsedMs,
  };
  const panels: Panel[] = [{ x: plan, ...valuePanel(where, names.fun!, f, x, o.minimum) }];
  const measures = measuresOf(told).map((key) => ({ key, name: names[key] ?? key }));
  const lines = measures.flatMap(({ key, name }, i): Mark[] => {
    const y = trace.map((it) => read(it, key));
    const line: Mark = { kind: "line", x, y, tone: i + 1, width: 1.75, label: name };
    // Few points are seen one by one: a measure that is 0 at times has gaps beside them.
    return trace.length > 80 ? [line] : [line, { kind: "dots", x, y, tone: i + 1, radius: 2 }];
  });
  if (lines.length > 0) {
    const axis = { label: measures.length === 1 ? measures[0]!.name : "measure", scale: "log" as const };
    panels.push({ x: plan, y: axis, marks: lines });
  }
  const { method = "run", status = "", reason = "" } = result;
  return {
    title: `Convergence of ${method}`,
    description:
      `The ${names.fun === "f" ? "value of f" : names.fun} over ${told.length} iterations of ${method}, against ${label}` +
      `${measures.length > 0 ? `, and ${measures.map(({ name }) => name).join(", ")}` : ""}. ` +
      `It ended with ${status}/${reason}; the last value is ${shortNumber(f[f.length - 1]!)}.`,
    rows: panels.map((panel, i) => ({ panels: [panel], joined: i < panels.length - 1 })),
    height: panels.length > 1 ? 440 : 340,
    legend: measures.length > 1 ? "top" : "none",
  };
}

/** f itself where it is positive or spans little; else its height above the lowest value, logarithmic. */
function valuePanel(
  where: string,
  name: string,
  f: Float64Array,
  x: Float64Array,
  minimum: number | undefined,
): Pick<Panel, "y" | "marks"> {
  const known = minimum === undefined ? undefined : numberOption(where, "minimum", minimum, 0);
  const lowest = known ?? f.reduce((least, v) => (v < least ? v : least), Infinity);
  const gaps = f.map((v) => v - lowest);
  const line = (y: Float64Array): readonly Mark[] => [
    { kind: "line", x, y, tone: 0 },
    { kind: "dots", x, y, tone: 0, radius: f.length > 200 ? 0.8 : 2 },
  ];
  if (known === undefined && suits(100, f)) return { y: { label: name, scale: "log" }, marks: line(f) };
  const positive = gaps.filter((v) => v > 0);
  if (!suits(100, positive)) return { y: { label: name }, marks: line(f) };
  return {
    y: { label: known === undefined ? `${name} − lowest` : `${name} − minimum`, scale: "log" },
    marks: line(gaps),
  };
}
