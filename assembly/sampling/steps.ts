// Leapfrog steps of the No-U-Turn sampler: of one chain, or of two together, whose densities the two lanes of one kernel compute. Each
// chain makes its own tree, and one that has made its transitions leaves its lane to the next.

import {
  C_END, C_FRAME, C_LEFT, C_REFERENCE, C_START, C_STEP, CHAIN_BYTES, F_D, F_GU, F_INVERSE, F_V, P_G, P_X, T_FIRST, T_POINT,
} from "../../src/abi/sampling";
import { density, slot } from "./density";
import { exp } from "./elementary";
import { arrive, enterChain, nextNode } from "./nuts";
import { expPair, lanes, pairDensity } from "./pair-density";
import { across, at } from "./tree";

/** A half kick and a drift of two coordinates of an end; where they are. */
// @ts-ignore: decorator
@inline
function drift(end: usize, inverse: usize, half: v128, e: v128): v128 {
  const moved = f64x2.add(v128.load(end, 16), f64x2.mul(half, v128.load(end, 32)));
  const to = f64x2.add(v128.load(end), f64x2.mul(e, f64x2.mul(v128.load(inverse), moved)));
  v128.store(end, to);
  v128.store(end, moved, 16);
  return to;
}

/** The last half kick of two coordinates, at the end and in the node of the point; their p v. */
// @ts-ignore: decorator
@inline
function land(end: usize, inverse: usize, half: v128, slope: v128, momentum: usize, point: usize): v128 {
  const moved = f64x2.add(v128.load(end, 16), f64x2.mul(half, slope));
  const velocity = f64x2.mul(v128.load(inverse), moved);
  v128.store(end, moved, 16);
  v128.store(end, slope, 32);
  v128.store(momentum, moved);
  v128.store(momentum, velocity, 16);
  v128.store(point, v128.load(end));
  v128.store(point, slope, 16);
  return f64x2.mul(moved, velocity);
}

/** The first half of a step of one chain, to `u`. */
function drifts(pairs: i32, chain: usize, u: usize): void {
  const e = load<f64>(chain, C_STEP);
  const step = f64x2.splat(e), half = f64x2.splat(0.5 * e);
  let end = at(chain, C_END), inverse = slot(at(chain, C_FRAME), F_INVERSE);
  for (const last = u + (<usize>pairs << 4); u < last; u += 16, end += 48, inverse += 16) v128.store(u, drift(end, inverse, half, step));
}

/** The second half, with the gradient at `g`; p'v. */
function lands(pairs: i32, chain: usize, g: usize): f64 {
  const node = nextNode(chain), half = f64x2.splat(0.5 * load<f64>(chain, C_STEP));
  let end = at(chain, C_END), inverse = slot(at(chain, C_FRAME), F_INVERSE), momentum = at(node, T_FIRST), point = at(node, T_POINT);
  let sum = f64x2.splat(0);
  for (const last = g + (<usize>pairs << 4); g < last; g += 16, end += 48, inverse += 16, momentum += 32, point += 32)
    sum = f64x2.add(sum, land(end, inverse, half, v128.load(g), momentum, point));
  return across(sum);
}

/** The transitions that one chain has left. */
export function nutsAlone(chain: usize): void {
  const frame = at(chain, C_FRAME);
  const pairs = (<i32>slot(frame, F_D) + 1) >> 1, u = slot(frame, F_V), g = slot(frame, F_GU);
  enterChain(chain);
  while (load<i32>(chain, C_LEFT) > 0) {
    drifts(pairs, chain, u);
    const lp = density(frame, u, g);
    let energy = 0.5 * lands(pairs, chain, g) - lp;
    if (energy != energy) energy = Infinity;
    const gain = load<f64>(chain, C_START) - energy;
    arrive(chain, lp, energy, gain, exp(gain - load<f64>(chain, C_REFERENCE)));
  }
}

/** The first half of a step of both, to `x`, side by side. */
function driftsOfBoth(pairs: i32, a: usize, b: usize, x: usize): void {
  const stepA = load<f64>(a, C_STEP), stepB = load<f64>(b, C_STEP);
  const ea = f64x2.splat(stepA), eb = f64x2.splat(stepB), halfA = f64x2.splat(0.5 * stepA), halfB = f64x2.splat(0.5 * stepB);
  let endA = at(a, C_END), endB = at(b, C_END);
  let inverseA = slot(at(a, C_FRAME), F_INVERSE), inverseB = slot(at(b, C_FRAME), F_INVERSE);
  for (const last = x + (<usize>pairs << 5); x < last; x += 32, endA += 48, endB += 48, inverseA += 16, inverseB += 16) {
    const toA = drift(endA, inverseA, halfA, ea), toB = drift(endB, inverseB, halfB, eb);
    v128.store(x, v128.shuffle<f64>(toA, toB, 0, 2));
    v128.store(x, v128.shuffle<f64>(toA, toB, 1, 3), 16);
  }
}

/** The second half, with the gradients at `g`; p'v of both. */
function landsOfBoth(pairs: i32, a: usize, b: usize, g: usize): v128 {
  const nodeA = nextNode(a), nodeB = nextNode(b);
  const halfA = f64x2.splat(0.5 * load<f64>(a, C_STEP)), halfB = f64x2.splat(0.5 * load<f64>(b, C_STEP));
  let endA = at(a, C_END), endB = at(b, C_END);
  let inverseA = slot(at(a, C_FRAME), F_INVERSE), inverseB = slot(at(b, C_FRAME), F_INVERSE);
  let momentumA = at(nodeA, T_FIRST), momentumB = at(nodeB, T_FIRST), pointA = at(nodeA, T_POINT), pointB = at(nodeB, T_POINT);
  let sumA = f64x2.splat(0), sumB = sumA;
  for (const last = g + (<usize>pairs << 5); g < last; g += 32) {
    const first = v128.load(g), second = v128.load(g, 16);
    sumA = f64x2.add(sumA, land(endA, inverseA, halfA, v128.shuffle<f64>(first, second, 0, 2), momentumA, pointA));
    sumB = f64x2.add(sumB, land(endB, inverseB, halfB, v128.shuffle<f64>(first, second, 1, 3), momentumB, pointB));
    endA += 48, inverseA += 16, momentumA += 32, pointA += 32;
    endB += 48, inverseB += 16, momentumB += 32, pointB += 32;
  }
  return f64x2.add(v128.shuffle<f64>(sumA, sumB, 0, 2), v128.shuffle<f64>(sumA, sumB, 1, 3));
}

/** The transitions that each of `count` >= 2 chains has left, at least one. */
export function nutsTogether(pair: usize, chains: usize, count: i32): void {
  let a = chains, b = chains + CHAIN_BYTES, next = 2;
  const frame = at(a, C_FRAME);
  const pairs = (<i32>slot(frame, F_D) + 1) >> 1, x = slot(pair, P_X), g = slot(pair, P_G);
  enterChain(a);
  enterChain(b);
  for (;;) {
    driftsOfBoth(pairs, a, b, x);
    const lp = pairDensity(frame, pair);
    const rough = f64x2.sub(f64x2.mul(f64x2.splat(0.5), landsOfBoth(pairs, a, b, g)), lp);
    const energy = v128.bitselect(rough, f64x2.splat(Infinity), f64x2.eq(rough, rough));
    const gain = f64x2.sub(lanes(load<f64>(a, C_START), load<f64>(b, C_START)), energy);
    const weight = expPair(f64x2.sub(gain, lanes(load<f64>(a, C_REFERENCE), load<f64>(b, C_REFERENCE))));
    if (load<i32>(a, C_LEFT) > 0)
      arrive(a, f64x2.extract_lane(lp, 0), f64x2.extract_lane(energy, 0), f64x2.extract_lane(gain, 0), f64x2.extract_lane(weight, 0));
    if (load<i32>(b, C_LEFT) > 0)
      arrive(b, f64x2.extract_lane(lp, 1), f64x2.extract_lane(energy, 1), f64x2.extract_lane(gain, 1), f64x2.extract_lane(weight, 1));
    if (load<i32>(a, C_LEFT) > 0 && load<i32>(b, C_LEFT) > 0) continue;
    if (load<i32>(a, C_LEFT) == 0 && next < count) {
      a = chains + <usize>(next++) * CHAIN_BYTES;
      enterChain(a);
    }
    if (load<i32>(b, C_LEFT) == 0 && next < count) {
      b = chains + <usize>(next++) * CHAIN_BYTES;
      enterChain(b);
    }
    if (load<i32>(a, C_LEFT) == 0 && load<i32>(b, C_LEFT) == 0) return;
  }
}
