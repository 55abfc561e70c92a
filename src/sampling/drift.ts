// Whether chains that do not agree in the end are on a way without end. The density is looked at far beyond all draws: where it falls more
// slowly than 1/distance along a coordinate, its conditional law there has no finite mass, and so has the whole (Fubini).

import type { Done } from "../driver/task.js";
import type { Watch } from "../driver/watch.js";
import { ln } from "../random/laws.js";
import { rHatBasic } from "./diagnostics.js";
import { ranAway } from "./escape.js";
import { Evaluation } from "./evaluation.js";
import type { Recorded } from "./recorder.js";
import type { Target } from "./target.js";

/** Chains that agree to this are on no way. */
const AGREE = 1.1;
/** Coordinates that are looked at: those that agree least. */
const MOST = 16;
/** Distances in units of the range of all draws. */
const DISTANCES = [1e3, 1e6, 1e9, 1e12];

/** So far out a density may do what it likes: what it throws is no density. */
class Probe extends Evaluation {
  override run(): Done {
    try {
      const late = super.run() as PromiseLike<unknown> | undefined;
      return late?.then(undefined, () => this.#nothing());
    } catch {
      return this.#nothing();
    }
  }

  #nothing(): undefined {
    this.value = -Infinity;
  }
}

/** What is to be said of a density without finite mass; null where nothing speaks for one. */
export function* drift(
  target: Target,
  recorded: Recorded,
  watch: Watch,
): Generator<Evaluation, string | null, void> {
  if (watch.counts) return null;
  const suspects = apart(target, recorded);
  if (suspects.length === 0) return null;
  const probe = new Probe(target, watch);
  const { draws, chains, count } = recorded;
  const n = target.size;
  const u = new Float64Array(target.free);
  for (let chain = 0; chain < chains; chain++) {
    const last = ((chain + 1) * count - 1) * n;
    target.unconstrain(draws.subarray(last, last + n), u);
    probe.ask(u, null);
    yield probe;
    const here = probe.value;
    for (const { free, name, range } of suspects) {
      const at = u[free]!;
      for (const side of [1, -1]) {
        let k = 0;
        for (; k < DISTANCES.length; k++) {
          u[free] = at + side * DISTANCES[k]! * range;
          probe.ask(u, null);
          yield probe;
          if (!(probe.value >= here - ln(DISTANCES[k]!))) break;
        }
        u[free] = at;
        if (k === DISTANCES.length) return ranAway(name, chain, "infinity", at);
      }
    }
  }
  return null;
}

const logs = (x: Float64Array): Float64Array => x.map((v) => ln(1 + Math.abs(v)));
const signedLogs = (x: Float64Array): Float64Array => logs(x).map((v, i) => (x[i]! < 0 ? -v : v));

interface Suspect {
  readonly free: number;
  readonly name: string;
  readonly rHat: number;
  /** Of all draws. */
  readonly range: number;
}

/** Coordinates without bounds in which the chains are apart, the worst first. */
function apart({ blocks, names, size }: Target, { draws, chains, count }: Recorded): Suspect[] {
  const found: Suspect[] = [];
  for (const { kind, at, freeAt, size: width } of blocks) {
    if (kind !== "real") continue;
    for (let k = 0; k < width; k++) {
      const j = at + k;
      const own = Array.from({ length: chains }, (_, c) =>
        Float64Array.from({ length: count }, (_, i) => draws[(c * count + i) * size + j]!),
      );
      // In heavy tails the few largest draws hide that chains differ, in place or in scale: their logarithms do not.
      const rHat = Math.max(...[own, own.map(signedLogs), own.map(logs)].map(rHatBasic));
      if (!(rHat > AGREE)) continue;
      let [low, high] = [Infinity, -Infinity];
      for (const chain of own)
        for (const v of chain) {
          low = Math.min(low, v);
          high = Math.max(high, v);
        }
      const range = high - low;
      if (range > 0 && range < 1e280) found.push({ free: freeAt + k, name: names[j]!, rHat, range });
    }
  }
  return found.sort((a, b) => b.rHat - a.rHat).slice(0, MOST);
}
