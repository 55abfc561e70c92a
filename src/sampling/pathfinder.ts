// pathfinder: a variational approximation from the paths of several climbs, resampled by importance (Zhang, Carpenter, Gelman and
// Vehtari, JMLR 23 (2022) 306). A few hundred gradients give draws near the posterior: a start for chains, or a first look.

import { run, runAsync } from "../driver/run.js";
import { ITERATION, type Method, type Stopped, type Task } from "../driver/task.js";
import type { Iteration, Limits } from "../driver/types.js";
import { Watch } from "../driver/watch.js";
import { Random } from "../random/philox.js";
import { exp, log } from "../runtime/elementary.js";
import { checkKeys, numberOption } from "../runtime/options.js";
import { begin } from "./begin.js";
import { climb, type Path } from "./climb.js";
import type { Density } from "./density.js";
import { Evaluation } from "./evaluation.js";
import { resampled, weigh } from "./importance.js";
import type { PathNormal } from "./inverse-hessian.js";
import { type Found, type PathfinderEnd, PathfinderResult } from "./pathfinder-result.js";
import { readSettings, type Settings, type Start } from "./settings.js";

export { type PathfinderEnd, PathfinderResult };

export interface PathfinderOptions extends Limits {
  /** Draws of the result, resampled from as many of each path. Default 1000. */
  draws?: number | undefined;
  /** Climbs, each from a place of its own. Default 4. */
  paths?: number | undefined;
  /** An integer from 0. Default 0. */
  seed?: number | undefined;
  /** "differences": for a density without gradient. */
  gradient?: "exact" | "differences" | undefined;
}

const COMPLETED = Object.freeze({ status: "completed", reason: "draws" } as const);
const NON_FINITE = Object.freeze({ status: "failed", reason: "nonFinite" } as const);
const STALLED = Object.freeze({ status: "failed", reason: "stalled" } as const);
/** Laws that are drawn from: of more paths, those with the largest lower bounds. */
const MOST_LAWS = 32;
/** Streams of paths, apart from those of chains. */
const STREAM = 2 ** 42;

class PathfinderTask implements Task<PathfinderEnd, PathfinderResult> {
  readonly watch: Watch;
  readonly method: Method<PathfinderEnd>;
  readonly #settings: Settings;
  readonly #paths: number;
  readonly #bounds: Float64Array;
  readonly #point: Float64Array;
  #found: Omit<Found, "lowerBounds">;

  constructor(settings: Settings, paths: number) {
    const { where, limits, target } = settings;
    this.#settings = settings;
    this.#paths = paths;
    this.#bounds = new Float64Array(paths).fill(-Infinity);
    this.#point = new Float64Array(target.size).fill(NaN);
    this.#found = {
      draws: new Float64Array(0),
      paretoK: NaN,
      variances: new Float64Array(target.free).fill(NaN),
    };
    this.watch = new Watch(where, limits, [], Infinity);
    this.method = this.#run();
  }

  *#run(): Method<PathfinderEnd> {
    const { target, draws, seed, starts } = this.#settings;
    const { free, size } = target;
    const evaluation = new Evaluation(target, this.watch);
    const [u, g] = [new Float64Array(free), new Float64Array(free)];
    const paths: { readonly path: Path; readonly random: Random }[] = [];
    let anyStart = false;
    for (let p = 0; p < this.#paths; p++) {
      const random = new Random(seed, STREAM + p);
      const from = yield* begin(evaluation, starts && (starts[p] ?? starts[0]!), random, u, g);
      if (from > -Infinity) {
        anyStart = true;
        const path: Path | null = yield* climb(evaluation, u, g, from, random);
        if (path) {
          this.#bounds[p] = path.lowerBound;
          paths.push({ path, random });
          target.constrain(path.normal.mean, this.#point);
        }
      }
      yield ITERATION;
    }
    if (paths.length === 0) return anyStart ? STALLED : NON_FINITE;
    // Stable: of equal bounds the first path comes first.
    paths.sort((a, b) => b.path.lowerBound - a.path.lowerBound).splice(MOST_LAWS);
    const laws = paths.map(({ path }) => path.normal);
    const points: Float64Array[] = [];
    const ratios: number[] = [];
    for (const { path, random } of paths) {
      for (let s = 0; s < draws; s++) {
        path.normal.draw(random, u);
        evaluation.ask(u, null);
        yield evaluation;
        const x = new Float64Array(size);
        target.constrain(u, x);
        points.push(x);
        ratios.push(evaluation.value - mixture(laws, u));
      }
    }
    const { logWeights, k } = weigh(Float64Array.from(ratios));
    const places = resampled(logWeights, new Random(seed, STREAM - 1));
    const chosen = new Float64Array(draws * size);
    // Draws of one path lie together: every so many of them.
    for (let s = 0; s < draws; s++) chosen.set(points[places[s * (points.length / draws)]!]!, s * size);
    this.#found = { draws: chosen, paretoK: k, variances: laws[0]!.variances };
    return COMPLETED;
  }

  look(): Iteration {
    const { nit, nfev, elapsedMs } = this.watch;
    const fun = Math.max(...this.#bounds);
    return { nit, nfev, x: this.#point.slice(), fun, gradNorm: NaN, stepNorm: NaN, elapsedMs };
  }

  out(end: PathfinderEnd | Stopped): PathfinderResult {
    return new PathfinderResult(end, this.watch, this.#settings, {
      ...this.#found,
      lowerBounds: this.#bounds,
    });
  }

  release(): void {}
}

/**
 * Log density at u of the mixture of the laws in equal parts. Weighed against it (Owen and Zhou 2000; Elvira et al. 2019), not against
 * its own law, a draw of a law that is too narrow cannot outweigh all others where another law covers the place.
 */
function mixture(laws: readonly PathNormal[], u: Float64Array): number {
  const each = laws.map((law) => law.logDensity(u));
  const top = Math.max(...each);
  let sum = 0;
  for (const value of each) sum += exp(value - top);
  return top + log(sum / laws.length);
}

function taskOf(
  where: string,
  density: Density,
  start: Start | undefined,
  options: PathfinderOptions,
): PathfinderTask {
  checkKeys(where, options, [
    ...["draws", "paths", "seed", "gradient", "maxIterations", "maxEvaluations", "maxTimeMs", "signal"],
    ...["onIteration", "every", "trace", "runtime"],
  ]);
  const { paths: given, ...rest } = options;
  const paths = numberOption(where, "paths", given, 4, { min: 1, max: 10_000, integer: true });
  return new PathfinderTask(
    readSettings(where, density, start, { ...rest, chains: paths, method: "nuts" }),
    paths,
  );
}

/**
 * Draws near a posterior without chains: several climbs by L-BFGS, the normal law along each that is closest to the density, and
 * its draws resampled by their weights. For a first look, or as starts: `sample(density, "pathfinder")` does that for every chain.
 *
 * @param density as for `sample`, with a gradient or `gradient: "differences"`.
 * @param start as for `sample`: one point, one for each path, or "random" (default, where the density has no start of its own).
 * @returns completed/draws; stopped at a limit, without draws; failed/nonFinite; failed/stalled where no path gave a law.
 * @throws DownhillError OPTION, SHAPE, NON_FINITE_INPUT before any evaluation.
 * @example
 * const density = compileDensity("normal(a, 1, 2) + normal(b, a, 1)", { params: ["a", "b"] });
 * const near = pathfinder(density, "random", { seed: 1 });
 * [near.mean, near.sd, near.paretoK]; // about [1, 1], [2, 2.2], and far below 0.7
 */
export function pathfinder(
  density: Density,
  start?: Start,
  options: PathfinderOptions = {},
): PathfinderResult {
  return run(taskOf("pathfinder", density, start, options));
}

/**
 * As `pathfinder`, for densities that may return promises; the event loop gets a turn at least every 8 ms.
 *
 * @example
 * const density = compileDensity("normal(a, 1, 2)", { params: ["a"] });
 * (await pathfinderAsync(density, [0], { seed: 1, draws: 100 })).mean; // about [1]
 */
export async function pathfinderAsync(
  density: Density,
  start?: Start,
  options: PathfinderOptions = {},
): Promise<PathfinderResult> {
  return runAsync(taskOf("pathfinderAsync", density, start, options));
}
