// All that is said of one quantity, for one sorting of its draws: what the functions of diagnostics.ts say one by one.

import {
  type Chains,
  effectiveOf,
  effectiveOfQuantile,
  quantileOf,
  ratio,
  undefinedFor,
  varianceOf,
} from "./effective.js";
import { foldedOrdering, ordering } from "./order.js";
import { normalScores, pooled, splitChains, unpooled } from "./ranks.js";
import { atOnce, inBlocks, type Steps } from "./steps.js";

/** What is said of one quantity, each number that of the function of its name. */
export interface Diagnosis {
  readonly mean: number;
  readonly sd: number;
  readonly mcse: number;
  readonly rHat: number;
  readonly essBulk: number;
  readonly essTail: number;
  /** All draws, ascending. */
  readonly sorted: Float64Array;
}

/** `x` at these places. */
function* takenAt(x: Float64Array, places: Uint32Array): Steps<Float64Array> {
  const out = new Float64Array(places.length);
  yield* inBlocks(out.length, (first, last) => {
    for (let i = first; i < last; i++) out[i] = x[places[i]!]!;
  });
  return out;
}

/** |x - centre|. */
function foldedAbout(x: Float64Array, centre: number): Float64Array {
  const out = new Float64Array(x.length);
  for (let i = 0; i < out.length; i++) out[i] = Math.abs(x[i]! - centre);
  return out;
}

/** All of them for one sorting of the draws. */
export const diagnose = (chains: Chains): Diagnosis => atOnce(diagnosing(chains));

export function* diagnosing(chains: Chains): Steps<Diagnosis> {
  const n = chains[0]?.length ?? 0;
  const all = pooled(chains);
  const count = all.length;
  // NaN is no draw: what has none has no mean.
  let sum = 0;
  for (let i = 0; i < count; i++) sum += all[i]!;
  const mean = sum / count;
  yield;
  const sd = Math.sqrt(varianceOf(all));
  yield;
  if (undefinedFor(chains))
    return { mean, sd, mcse: NaN, rHat: NaN, essBulk: NaN, essTail: NaN, sorted: all.sort() };
  // Ranks are those of the halves: without the middle draw where there is one.
  const even = n % 2 === 0 || n === 1;
  const halves = even ? chains : splitChains(chains);
  const own = even ? all : pooled(halves);
  const length = halves[0]!.length;
  const order = yield* ordering(own);
  const sorted = yield* takenAt(all, even ? order : yield* ordering(all));
  const median = quantileOf(sorted, 0.5);
  const folded = foldedAbout(own, median);
  const scored = function* (values: Float64Array, places: Uint32Array): Steps<Float64Array[]> {
    const scores = unpooled(yield* normalScores(values, places), length);
    return even ? splitChains(scores) : scores;
  };
  const bulk = yield* scored(own, order);
  const tail = ratio(yield* scored(folded, yield* foldedOrdering(folded, own, order, median)));
  yield;
  return {
    mean,
    sd,
    mcse: sd / Math.sqrt(yield* effectiveOf(splitChains(chains))),
    rHat: Math.max(ratio(bulk), tail),
    essBulk: yield* effectiveOf(bulk),
    essTail: Math.min(
      yield* effectiveOfQuantile(chains, sorted, 0.05),
      yield* effectiveOfQuantile(chains, sorted, 0.95),
    ),
    sorted,
  };
}
