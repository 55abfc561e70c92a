// What a posterior warns of, with the parameters concerned and what to try: thresholds of Vehtari et al. (2021) and of Stan.

import { short } from "../driver/report.js";
import type { Warning } from "../driver/types.js";
import { correlatedMost, divergentPlaces, movesWithEnergy } from "./blame.js";
import { HEAVY } from "./heavy.js";
import type { SamplingMethod } from "./methods.js";
import type { Quantity } from "./quantity.js";
import type { Recorded } from "./recorder.js";
import type { Target } from "./target.js";

/** R-hat beyond this: the chains have not mixed. */
const R_HAT = 1.01;
/** Effective draws for each chain, bulk and tail, below which no diagnostic can be trusted. */
const ESS = 100;
/** Halves of chains of fewer draws have no effective size. */
const FEWEST = 6;
/** E-BFMI below this: energies are explored by a slow random walk. */
const E_BFMI = 0.3;
/** Exchanges taken below this: points hardly travel between temperatures. */
const EXCHANGE = 0.1;

export interface Judged {
  readonly target: Pick<Target, "names" | "infiniteAt">;
  readonly ebfmi: Float64Array;
  readonly method: SamplingMethod;
  /** Whose slopes differ from differences. */
  readonly mismatch: readonly string[] | null;
  readonly exchange: number;
  /** Trajectories diverged where the density is 0. */
  readonly outside?: boolean | undefined;
}

export function warningsOf(
  recorded: Recorded,
  quantities: readonly Quantity[],
  { target, ebfmi, method, mismatch, exchange, outside }: Judged,
): Warning[] {
  const { names, infiniteAt } = target;
  const warnings: Warning[] = [];
  const { chains, count, stats, divergences } = recorded;
  if (mismatch) {
    warnings.push({
      code: "W_GRADIENT_MISMATCH",
      message: `the gradient by ${mismatch.join(", ")} differs from differences of the log density at the start: correct it, or leave it out and set gradient: "differences"`,
      params: mismatch,
    });
  }
  if (infiniteAt) {
    const place = names.map((name, i) => `${name} = ${short(infiniteAt[i]!, 6)}`).join(", ");
    warnings.push({
      code: "W_INFINITE_DENSITY",
      message: `the log density was Infinity, first at ${place}; such places count as those of density 0. Where it overflows, write it by logarithms; a density that grows without end needs bounds or a prior that end it`,
      params: [...names],
    });
  }
  if (count === 0) return warnings;
  const total = chains * count;
  if (divergences.length > 0) {
    const places = divergentPlaces(recorded, names);
    const where = places.map(({ name, side }) => `${side} ${name}`).join(", ");
    const remedy =
      method.name === "nuts" || method.name === "tempering"
        ? "nuts({ targetAcceptance: 0.95 })"
        : `${method.name}({ targetAcceptance: 0.95 }), or nuts`;
    warnings.push({
      code: "W_DIVERGENCES",
      message: `${divergences.length} of ${total} transitions diverged${where && `, mostly at ${where}`}, ${
        outside
          ? 'where the density is 0 (its logarithm is no finite number), so the draws near that edge are biased: give the parameters their bounds (lower, upper or "positive"), which chains cannot leave, or where these depend on others write the model by shares of them'
          : `so regions of high curvature are left out and the draws are biased: raise targetAcceptance (${remedy}), or write the model so that its parameters depend less on each other (a non-centred parametrisation)`
      }`,
      params: places.length > 0 ? places.map(({ name }) => name) : [...names],
    });
  }
  if (method.name === "nuts") {
    const deep = stats.treeDepth.filter((depth) => depth >= method.maxTreeDepth).length;
    if (deep > 0) {
      const most = correlatedMost(recorded, names);
      const slowest = quantities.reduce((k, q, j) => (q.essBulk < quantities[k]!.essBulk ? j : k), 0);
      const cause = most
        ? `${most.pair.join(" and ")} correlate by ${most.correlation.toFixed(3)}`
        : `${names[slowest]} moves slowest`;
      warnings.push({
        code: "W_MAX_TREE_DEPTH",
        message: `${deep} of ${total} trajectories ended at maxTreeDepth = ${method.maxTreeDepth}, which costs time, not correctness; ${cause}: try metric: "lowRank" or "dense", scale or reparametrise, or raise maxTreeDepth`,
        params: most ? [...most.pair] : [names[slowest]!],
      });
    }
  }
  if (exchange < EXCHANGE) {
    warnings.push({
      code: "W_RARE_EXCHANGES",
      message: `neighbouring temperatures exchange only ${(100 * exchange).toFixed(1)} % of the points offered, so the cold chain hears little of other modes: take more temperatures, tempering({ temperatures: 16 })`,
    });
  }
  const named = (test: (q: Quantity) => boolean): string[] => names.filter((_, i) => test(quantities[i]!));
  const apart = named((q) => q.rHat > R_HAT);
  if (apart.length > 0) {
    const worst = Math.max(...quantities.map((q) => (q.rHat > R_HAT ? q.rHat : 0)));
    warnings.push({
      code: "W_R_HAT",
      message: `R-hat of ${list(apart)} is up to ${worst.toFixed(3)}, more than ${R_HAT}: the ${chains === 1 ? "halves of the chain" : "chains"} do not agree. Draw longer; if it stays so, start the chains elsewhere and look for several modes`,
      params: apart,
    });
  }
  const still = neverMoved(recorded, names.length);
  if (still > 0) {
    warnings.push({
      code: "W_LOW_ESS",
      message: `${neverLeft(still, chains)} where the density is positive all around`,
      params: [...names],
    });
  }
  if (count < FEWEST) {
    warnings.push({
      code: "W_LOW_ESS",
      message: `${count} draws of each chain are too few for any diagnostic: R-hat and effective draws need at least ${FEWEST}. Draw longer`,
      params: [...names],
    });
  }
  if (chains === 1) {
    warnings.push({
      code: "W_ONE_CHAIN",
      message:
        "R-hat of one chain compares its halves: it sees no other mode, and no start that was never left. Draw four chains",
      params: [...names],
    });
  }
  const few = named((q) => q.essBulk < ESS * chains || q.essTail < ESS * chains);
  if (few.length > 0) {
    warnings.push({
      code: "W_LOW_ESS",
      message: `${list(few)}: fewer than ${ESS * chains} effective draws (${ESS} for each chain), so means and quantiles are not reliable. Draw longer`,
      params: few,
    });
  }
  const tails = quantities.map((q) => q.heaviness);
  const heavy = names.filter((_, i) => tails[i]! > HEAVY);
  if (heavy.length > 0) {
    const most = Math.max(...tails.filter((k) => k > HEAVY));
    warnings.push({
      code: "W_HEAVY_TAILS",
      message: `${list(heavy)}: tails of shape k up to ${most.toFixed(2)}, beyond ${HEAVY}, so mean, sd and mcse do not settle with more draws, and may not exist: take the median and quantiles, or a prior with lighter tails`,
      params: heavy,
    });
  }
  const slow = [...ebfmi].filter((v) => v < E_BFMI).length;
  if (slow > 0) {
    const name = movesWithEnergy(recorded, names);
    warnings.push({
      code: "W_E_BFMI",
      message: `E-BFMI is below ${E_BFMI} in ${slow} of ${chains} chains: heavy tails are explored slowly, those of ${name} most of all. Reparametrise it (its logarithm, or non-centred), give it a narrower prior, or draw longer`,
      params: [name],
    });
  }
  return warnings;
}

/** Of chains that stand still; what to try follows. */
export const neverLeft = (still: number, chains: number): string =>
  `${still} of ${chains} chains never left their start, so their draws say nothing: start`;

/** Chains of which every draw is the first one. */
function neverMoved({ chains, count, draws }: Recorded, size: number): number {
  let still = 0;
  for (let c = 0; c < chains && count > 1; c++) {
    const from = c * count * size;
    let i = size;
    while (i < count * size && draws[from + i] === draws[from + i - size]) i++;
    if (i === count * size) still++;
  }
  return still;
}

const list = (names: readonly string[]): string =>
  names.length <= 6 ? names.join(", ") : `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`;
