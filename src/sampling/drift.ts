// Whether chains that do not agree in the end are on a way without end. The density is looked at far beyond all draws: where it falls more
// slowly than 1/distance along a coordinate, its conditional law there has no finite mass, and so has the whole (Fubini).

import type { Call } from "../driver/task.js";
import type { Watch } from "../driver/watch.js";
import { ln } from "../random/laws.js";
import { chainOf } from "./chains.js";
import { rHatBasic } from "./diagnostics.js";
import { ranAway } from "./escape.js";
import type { Evaluation } from "./evaluation.js";
import { Probe } from "./probe.js";
import type { Recorded } from "./recorder.js";
import { inTurns, type Steps } from "./steps.js";
import type { Target } from "./target.js";

/** Chains that agree to this are on no way. */
const AGREE = 1.1;
/** Coordinates that are looked at: those that agree least. */
const MOST = 16;
/** Distances in units of the range of all draws. */
const DISTANCES = [1e3, 1e6, 1e9, 1e12];

/** What is to be said of a density without finite mass; null where nothing speaks for one. */
export function* drift(
  target: Target,
  recorded: Recorded,
  watch: Watch,
): Generator<Evaluation | Call, string | null, void> {
  if (watch.counts) return null;
  const suspects = yield* inTurns(apart(target, recorded), watch);
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
        if (watch.interrupted()) return null;
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
function* apart({ blocks, names, size }: Target, { draws, chains, count }: Recorded): Steps<Suspect[]> {
  const found: Suspect[] = [];
  for (const { kind, at, freeAt, size: width } of blocks) {
    if (kind !== "real") continue;
    for (let k = 0; k < width; k++) {
      const j = at + k;
      const own: Float64Array[] = [];
      for (let c = 0; c < chains; c++) {
        own.push(chainOf(draws, c, count, size, j));
        yield;
      }
      // In heavy tails the few largest draws hide that chains differ, in place or in scale: their logarithms do not.
      const rHats = [rHatBasic(own)];
      for (const view of [signedLogs, logs]) {
        const seen: Float64Array[] = [];
        for (const chain of own) {
          seen.push(view(chain));
          yield;
        }
        rHats.push(rHatBasic(seen));
        yield;
      }
      const rHat = Math.max(...rHats);
      if (!(rHat > AGREE)) continue;
      const low = Math.min(...own.map((chain) => chain.reduce((a, b) => Math.min(a, b), Infinity)));
      const high = Math.max(...own.map((chain) => chain.reduce((a, b) => Math.max(a, b), -Infinity)));
      const range = high - low;
      if (range > 0 && range < 1e280) found.push({ free: freeAt + k, name: names[j]!, rHat, range });
    }
  }
  return found.sort((a, b) => b.rHat - a.rHat).slice(0, MOST);
}
