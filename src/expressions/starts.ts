// Starting values for models given as text: names read from the text, a design over the nonlinear parameters with the linear
// ones solved for, the best few fitted, distinct minima kept.

import type { Limits } from "../driver/types.js";
import { Watch } from "../driver/watch.js";
import type { StartRequest } from "../least-squares/expression.js";
import { isCompiledModel } from "../least-squares/expression.js";
import { type Parameters, readParameters } from "../least-squares/parameters.js";
import { isRecord } from "../runtime/options.js";
import { pointsOfFunction } from "./function-starts.js";
import { type Polisher, Polishing } from "./polish.js";
import { compiledFor, variablesOf } from "./read.js";
import { bestApart } from "./search.js";
import { Searching, type Work } from "./searching.js";
import {
  completed,
  isMissing,
  namesOf,
  pointsWanted,
  pointWanted,
  type Specs,
  type Wanted,
} from "./start-options.js";
import { StartSearch } from "./start-search.js";

/** The best so many are fitted, of a number that was asked for this share. */
const POLISHED = 8;
const SHARE = 0.05;
/** Of the harder search, where the first one's answer is doubtful. */
const MORE_POLISHED = 12;

/** The option params as one object with every name; null where it is not an object (readParameters refuses it then). */
function declaredParams({ where, options, data }: StartRequest): Specs | null {
  const { model, params } = options;
  if (params !== undefined) {
    if (!isRecord(params)) return null;
    // Where all are tied, the model tells which ones are left out.
    const tied = Object.values(params).every((spec) => isRecord(spec) && spec.expr !== undefined);
    if (tied && typeof model === "string")
      compiledFor(where, model, Object.keys(params), variablesOf(data.x));
    return { ...params };
  }
  if (isCompiledModel(model)) return Object.fromEntries(model.params.map((name) => [name, {}]));
  return typeof model === "string" ? namesOf(where, model, variablesOf(data.x)) : null;
}

export function findStarts(request: StartRequest, polisher: Polisher): Searching | null {
  const { where, options } = request;
  const wanted = pointsWanted(where, options.starts);
  const specs = declaredParams(request);
  if (!specs) return null;
  const missing = Object.keys(specs).filter((name) => isMissing(specs[name]));
  if (missing.length === 0 && wanted === null) return null;
  // What is wrong is refused before the run begins, which may have been aborted.
  const parameters = readParameters(where, completed(specs));
  const watch = new Watch(where, options as Limits, [], Infinity);
  const asked = { wanted, specs, missing, parameters, watch };
  const { model } = options;
  const text = typeof model === "string" || isCompiledModel(model);
  const own =
    text && !Array.isArray(wanted)
      ? new StartSearch(
          request,
          missing,
          parameters,
          () => isOver(watch),
          typeof wanted === "number" ? wanted : 0,
        )
      : null;
  return new Searching(request, (run) => search(request, polisher, asked, own, run));
}

interface Asked {
  readonly wanted: Wanted;
  readonly specs: Specs;
  readonly missing: readonly string[];
  readonly parameters: Parameters;
  readonly watch: Watch;
}

/** No more points; one evaluation is left for the fit itself. */
function isOver(watch: Watch): boolean {
  if (watch.before(2)) return true;
  watch.nfev++;
  return false;
}

function* search(
  request: StartRequest,
  polisher: Polisher,
  { wanted, specs, missing, parameters, watch }: Asked,
  own: StartSearch | null,
  run: Searching,
): Work {
  const { where } = request;
  const { names, init } = parameters;
  const count = typeof wanted === "number" ? wanted : undefined;
  const polishing = new Polishing(request, specs, parameters, polisher, watch, run);
  let starts: Float64Array[];
  let tried = 0;
  if (Array.isArray(wanted)) {
    // What is in no point and has no start is refused where starts are read.
    const others = init.map((v, j) => (missing.includes(names[j]!) ? NaN : v));
    starts = wanted.map((point) => pointWanted(where, point, names, others));
    tried = starts.length;
  } else {
    const found = yield* own
      ? own.candidates(count)
      : pointsOfFunction(request, missing, parameters, count, polisher, () => isOver(watch));
    tried = own?.tried ?? found.length;
    const most = Math.max(POLISHED, Math.ceil(SHARE * (count ?? 0)));
    starts = bestApart(found, own?.nonlinear.length === 0 ? 1 : most).map(({ p }) => p);
  }
  if (missing.length === 0 || starts.length === 0) starts.unshift(init);
  yield* polishing.all(starts, own);
  if (own?.nonlinear.length && typeof wanted !== "number" && polishing.doubtful) {
    own.harder();
    const harder = bestApart(yield* own.candidates(), MORE_POLISHED).map(({ p }) => p);
    yield* polishing.all(harder, own);
    tried = own.tried;
  }
  return polishing.found(starts[0]!, tried, count);
}
