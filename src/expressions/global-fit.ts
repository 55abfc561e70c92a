// A global fit: one least-squares problem over several sets of data, some parameters shared. The sets are laid end to end with
// a column `set`; one block model sends each row to its set's model, so that everything a fit can do it does for all sets.

import type { Limits, Warning } from "../driver/types.js";
import { Watch } from "../driver/watch.js";
import { fitWithin } from "../least-squares/curve-fit.js";
import type { ExpressionReader, StartsReport } from "../least-squares/expression.js";
import type { FitResult } from "../least-squares/fit-result.js";
import type { BlockModel } from "../least-squares/model.js";
import { chosenRuntime } from "../runtime/default.js";
import { DownhillError } from "../runtime/errors.js";
import { optionError } from "../runtime/options.js";
import { refuseBeside } from "./data-options.js";
import { SET } from "./formed-band.js";
import { padded, setsOf, tiesOf, wholeModel } from "./global-model.js";
import { type GlobalSets, readSets } from "./global-sets.js";
import { minimaOf, otherMinimum } from "./minima.js";
import { spentOf } from "./polish.js";
import { NOT_COMPILED } from "./read.js";
import { Searching, type Work } from "./searching.js";
import { charge, completed, withInit, within, withoutLimits } from "./start-options.js";

type Options = Readonly<Record<string, unknown>>;

const isGlobal = (options: unknown): boolean => (options as { data?: unknown } | null)?.data !== undefined;

const missing = (spec: unknown): boolean =>
  typeof spec === "object" && (spec as { init?: unknown }).init === undefined;

/** Starts of the whole fit: each set fitted alone, the shared parameters then from each set in turn. */
function* findGlobalStarts(
  where: string,
  { sets, specs }: GlobalSets,
  options: Options,
  fitAlone: (options: Options) => Work<FitResult>,
  fitWhole: (own: Options) => Work<FitResult>,
): Work {
  const open = Object.keys(specs).filter((name) => missing(specs[name]));
  const watch = new Watch(where, options as Limits, [], Infinity);
  const settings = withoutLimits(options, ["data", "model", "params", "sigma", "absoluteSigma"]);
  let hint = "no set can be fitted alone: give each of them `init`";
  const alone: (FitResult | null)[] = [];
  for (const { given, data, y, sigma } of sets) {
    alone.push(null);
    try {
      if (watch.before(2)) continue;
      const weighted = sigma ? { sigma } : {};
      const own = { ...settings, ...within(watch), ...given, x: data.x, y, ...weighted };
      const fit = charge(watch, yield* fitAlone(own));
      if (Number.isFinite(fit.rss)) alone[alone.length - 1] = fit;
      else hint = fit.message;
    } catch (error) {
      // A set may be too small to be fitted alone: others give the starts then.
      if (!(error instanceof DownhillError && error.code === "SHAPE")) throw error;
    }
  }
  const fits: FitResult[] = [];
  const candidates = new Map<string, Options>();
  alone.forEach((fit, from) => {
    if (!fit) return;
    const found: Record<string, unknown> = { ...specs };
    for (const name of open) {
      // From the fit of its own set, else of this one, else of any that has one.
      const [, base = name, s = from] = /^(.*)\[(\d+)\]$/.exec(name) ?? [];
      const init = [Number(s), from, ...alone.keys()]
        .map((k) => (sets[k]!.at[sets[k]!.names.indexOf(base)]! < 0 ? undefined : alone[k]?.values[base]))
        .find((v) => v !== undefined);
      if (init !== undefined) found[name] = { ...(specs[name] as object), init };
    }
    if (open.every((name) => !missing(found[name]))) candidates.set(JSON.stringify(found), found);
  });
  for (const params of candidates.values())
    if (!watch.before(2)) fits.push(charge(watch, yield* fitWhole({ ...within(watch), params })));
  const ended = fits.filter(({ rss }) => Number.isFinite(rss)).sort((a, b) => a.rss - b.rss);
  const best = ended[0];
  if (!best && !watch.before(2)) {
    throw new DownhillError("OPTION", `${where}: no start was found for ${open.join(", ")}`, {
      hint,
      details: { option: "params", param: open[0]! },
    });
  }
  const minima = minimaOf(ended);
  const tried = alone.reduce((sum, fit) => sum + (fit?.starts?.tried ?? 0), 0);
  const starts: StartsReport = { tried, polished: fits.length, minima };
  const params = Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [
      name,
      missing(spec) && best ? withInit(spec, best.values[name]!) : spec,
    ]),
  );
  return {
    params: completed(params),
    starts,
    warnings: best ? otherMinimum(minima, best, fits.length, false) : [],
    spent: spentOf(watch),
  };
}

/** A fit with `data` as an ordinary one: its options and what reads them. Null for an ordinary fit. */
export function asOneFit(
  where: string,
  given: unknown,
  plain: (options: Options) => { reader: ExpressionReader; options: unknown },
): { reader: ExpressionReader; options: Options } | null {
  if (!isGlobal(given)) return null;
  const options = given as Options;
  refuseBeside(where, options, ["x", "y", "sigma"]);
  const whole = readSets(where, options as never);
  const { sets } = whole;
  const columns = [
    ...new Set(sets.flatMap(({ data: { x } }) => (x instanceof Float64Array ? ["x"] : Object.keys(x)))),
  ];
  if (columns.includes(SET))
    throw optionError(where, "a predictor of `data`", SET, "called otherwise", "the fit numbers the sets so");
  const parts = sets.map(({ data }, s) => padded(data.x, s, columns));
  const joined = (pick: (s: number) => Float64Array): Float64Array =>
    Float64Array.from(sets.flatMap((_, s) => Array.from(pick(s))));
  const x = Object.fromEntries([SET, ...columns].map((name) => [name, joined((s) => parts[s]![name]!)]));
  const total = Object.keys(whole.specs).length;
  const block = wholeModel(sets, total);
  const { core } = sets[0]!;
  const at = chosenRuntime(options.runtime as never);
  const warnings: readonly Warning[] = sets.some((set) => set.core && !set.core.instance(at))
    ? [NOT_COMPILED]
    : [];
  const finish = (result: object): void => {
    Object.assign(result, { sets: setsOf(result as FitResult, sets, columns) });
  };
  const one = {
    ...options,
    // Seen as text, so that the reader below is asked for everything.
    model: {
      source: core?.tree.source ?? "",
      variables: columns,
      params: Object.keys(whole.specs),
      toMathML: () => "",
    },
    x,
    y: joined((s) => sets[s]!.y),
    ...(sets[0]!.sigma ? { sigma: joined((s) => sets[s]!.sigma!) } : {}),
    params: whole.specs,
  };
  const { data: _, ...others } = one as Record<string, unknown>;
  const reader: ExpressionReader = {
    read: ({ parameters }) => ({
      model: block as BlockModel,
      ...(sets.some(({ ties }) => ties) ? { ties: tiesOf(sets, parameters) } : {}),
      warnings,
      finish,
    }),
    start(request) {
      if (!Object.values(whole.specs).some(missing)) return null;
      const { late } = request;
      const alone = { ...reader, start: () => null };
      return new Searching(request, ({ watch }) =>
        findGlobalStarts(
          where,
          whole,
          options,
          (own) => {
            const one = plain(own);
            return fitWithin(one.reader, one.options, late, watch);
          },
          (own) => fitWithin(alone, { ...withoutLimits(others), ...own }, late, watch),
        ),
      );
    },
  };
  return { reader, options: others };
}
