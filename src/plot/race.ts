// Several runs in one picture: the lowest (of maximisations the highest) value that each has reached against what it cost.

import { isRecord, numberOption, optionError } from "../runtime/options.js";
import { shortNumber } from "./axis.js";
import { suits, type Traced, type TracePlotOptions, traceKeys, traceOf, wayOf } from "./course.js";
import { checkPictureKeys, type Draft } from "./options.js";
import { finite, type Mark } from "./picture.js";
import { dashOf, SERIES } from "./theme.js";

export type RacePlotOptions = TracePlotOptions;

/** Results with labels: an object, a list of such objects, or a list of results named by their methods. */
export type Runners =
  | Readonly<Record<string, Traced>>
  | readonly (Traced | Readonly<Record<string, Traced>>)[];

function runnersOf(where: string, results: unknown): [string, Traced][] {
  const isResult = (v: unknown): v is Traced => typeof v === "object" && v !== null && "status" in v;
  if ((!Array.isArray(results) && !isRecord(results)) || isResult(results))
    throw optionError(where, "results", results, "a list of results, or an object of results by label");
  const named = (entry: object): [string, Traced][] => Object.entries(entry);
  const pairs = Array.isArray(results)
    ? results.flatMap((entry: unknown): [string, Traced][] => {
        if (isResult(entry)) return [[entry.method ?? "run", entry]];
        if (typeof entry === "object" && entry !== null) return named(entry);
        throw optionError(where, "results", entry, "results, or objects of results by label");
      })
    : named(results);
  // Two of one name are told apart.
  const seen = new Map<string, number>();
  return pairs.map(([name, result]) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return [times === 1 ? name : `${name} ${times}`, result];
  });
}

export function raceDraft(where: string, results: unknown, o: RacePlotOptions): Draft {
  checkPictureKeys(where, o, traceKeys);
  const runners = runnersOf(where, results);
  const traces = runners.map(([name, result]) => traceOf(where, result, `run ${JSON.stringify(name)}`));
  const { x: at, label, log } = wayOf(where, o, traces, true);
  const upwards = runners.filter(([, { maximize }]) => maximize).length;
  if (upwards > 0 && upwards < runners.length)
    throw optionError(where, "results", "both", "all minimised, or all maximised");
  // A maximisation is the minimisation of -f until it is written down.
  const sign = upwards > 0 ? -1 : 1;
  const best = traces.map((trace) => {
    let least = Infinity;
    return Float64Array.from(trace, ({ fun }) => {
      if (sign * fun < least) least = sign * fun;
      return least;
    });
  });
  const ends = best.map((values) => values[values.length - 1] ?? Infinity);
  const lowest = Math.min(...ends);
  const given = o.minimum === undefined ? undefined : sign * numberOption(where, "minimum", o.minimum, 0);
  const from = given ?? (finite(lowest) ? lowest : 0);
  const gaps = best.map((values) => values.map((v) => v - from));
  const scaled = suits(30, ...gaps.map((g) => g.filter((v) => v > 0)));
  // What has reached the minimum, or all but rounding of it, lies on a floor of its own, an eighth of the decades below the rest.
  const positive = gaps.flatMap((g) => Array.from(g).filter((v) => v > 0 && v < Infinity));
  const most = positive.reduce((a, b) => Math.max(a, b), 0);
  const rounding = 1e-16 * most;
  const least = positive.reduce((a, b) => (b < rounding ? a : Math.min(a, b)), Infinity);
  const floor = least / Math.max(10, Math.sqrt(Math.sqrt(Math.sqrt(most / least))));
  const below = gaps.flatMap((g) => Array.from(g).filter((v) => v < least));
  const tiny = below.some((v) => v > 0) ? `< ${shortNumber(rounding, 1)}` : "0";
  const text = below.some((v) => v < 0) ? "≤ 0" : tiny;
  // The best first, and the faster of two that are equal.
  const order = runners
    .map((_, i) => i)
    .sort((a, b) => ends[a]! - ends[b]! || traces[a]!.length - traces[b]!.length);
  const lines = order.map((i): Mark => {
    const y = scaled ? gaps[i]!.map((v) => (v < least ? floor : v)) : best[i]!.map((v) => sign * v);
    const x = traces[i]!.map(at);
    const dash = dashOf(i);
    const drawn = { x, y, tone: i % SERIES, label: runners[i]![0] };
    // A run of one iteration has no line.
    if (x.length === 1) return { kind: "dots", ...drawn };
    return { kind: "line", step: true, ...drawn, width: 1.9, ...(dash ? { dash } : {}) };
  });
  const places = order
    .slice(0, 12)
    .map((i) => `${runners[i]![0]} ${shortNumber(sign * ends[i]!)} after ${traces[i]!.at(-1)?.nfev ?? 0}`);
  const [word, end] = sign < 0 ? ["highest", "maximum"] : ["lowest", "minimum"];
  const target = given === undefined ? `${word} of all` : end;
  const gap = sign < 0 ? `${target} − highest f so far` : `lowest f so far − ${target}`;
  return {
    title: `Race: the ${word} value so far`,
    description: `The ${word} f so far against ${label}, one line for each of ${runners.length} runs. The ${word} value and evaluations of each, the best first: ${places.join("; ")}.`,
    rows: [
      {
        panels: [
          {
            x: { label, scale: log ? "log" : undefined },
            y: scaled
              ? {
                  label: gap,
                  scale: "log",
                  floor: below.length > 0 && floor > 0 ? { at: floor, text, least } : undefined,
                }
              : { label: `${word} f so far` },
            marks: lines,
          },
        ],
      },
    ],
    height: Math.max(380, 60 + 17 * Math.min(30, runners.length)),
    legend: "right",
  };
}
