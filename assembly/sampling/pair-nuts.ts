// Transitions of the No-U-Turn sampler for several chains, two of which take their leapfrog steps together: each makes its own tree, and
// whichever has made its transitions leaves its lane to the next chain. The operations of each chain are those of nuts.ts.

import {
  C_ACCEPTANCE, C_COUNT, C_DEPTH, C_END, C_FORWARD, C_FRAME, C_LEAVES, C_LEFT, C_MADE, C_NUMBERS, C_RECORD, C_REFERENCE, C_START, C_STEP,
  C_TOP, CHAIN_BYTES, F_D, F_DIVERGENCE, F_ENDS, F_G, F_INVERSE, F_MAX_DEPTH, F_NODES, F_Q, F_RANDOM, F_V, N_ACCEPTANCE, N_DEPTH,
  N_DIVERGENT, N_ENERGY, N_LEAVES, N_LP, N_POSITION, N_STEP, NODE_BYTES, P_G, P_X, T_DEPTH, T_ENERGY, T_FIRST_P, T_FIRST_V, T_G, T_LP,
  T_Q, T_WEIGHT,
} from "../../src/abi/sampling";
import { slot } from "./density";
import { exp } from "./elementary";
import { copy, dot, refresh } from "./leapfrog";
import { DIVERGENT, HEAVY } from "./nuts";
import { expPair, lanes, pairDensity } from "./pair-density";
import { enter, word } from "./random";
import { keepNumbers } from "./record";
import { append, at, leaf, reverse, weigh } from "./tree";

/** The first half kick and the drift of both; where they are goes to P_X. */
function kickPair(d: i32, a: usize, b: usize, x: usize): void {
  const size = <usize>d << 3;
  let qa = at(a, C_END), qb = at(b, C_END);
  let pa = qa + size, pb = qb + size, ga = pa + size, gb = pb + size;
  let ia = slot(at(a, C_FRAME), F_INVERSE), ib = slot(at(b, C_FRAME), F_INVERSE);
  const stepA = load<f64>(a, C_STEP), stepB = load<f64>(b, C_STEP);
  const ea = f64x2.splat(stepA), eb = f64x2.splat(stepB), ka = f64x2.splat(0.5 * stepA), kb = f64x2.splat(0.5 * stepB);
  const end = qa + (<usize>(d & ~1) << 3);
  while (qa < end) {
    const movedA = f64x2.add(v128.load(pa), f64x2.mul(ka, v128.load(ga)));
    const movedB = f64x2.add(v128.load(pb), f64x2.mul(kb, v128.load(gb)));
    const toA = f64x2.add(v128.load(qa), f64x2.mul(ea, f64x2.mul(v128.load(ia), movedA)));
    const toB = f64x2.add(v128.load(qb), f64x2.mul(eb, f64x2.mul(v128.load(ib), movedB)));
    v128.store(pa, movedA);
    v128.store(pb, movedB);
    v128.store(qa, toA);
    v128.store(qb, toB);
    v128.store(x, v128.shuffle<f64>(toA, toB, 0, 2));
    v128.store(x, v128.shuffle<f64>(toA, toB, 1, 3), 16);
    qa += 16, pa += 16, ga += 16, ia += 16, qb += 16, pb += 16, gb += 16, ib += 16, x += 32;
  }
  if (d & 1) {
    const movedA = load<f64>(pa) + 0.5 * stepA * load<f64>(ga), movedB = load<f64>(pb) + 0.5 * stepB * load<f64>(gb);
    const toA = load<f64>(qa) + stepA * (load<f64>(ia) * movedA), toB = load<f64>(qb) + stepB * (load<f64>(ib) * movedB);
    store<f64>(pa, movedA);
    store<f64>(pb, movedB);
    store<f64>(qa, toA);
    store<f64>(qb, toB);
    v128.store(x, lanes(toA, toB));
  }
}

/** The node that the running point of a chain becomes. */
// @ts-ignore: decorator
@inline
function nextNode(chain: usize): usize {
  return slot(at(chain, C_FRAME), F_NODES) + <usize>(load<i32>(chain, C_TOP) + 2) * NODE_BYTES;
}

/** The last half kick of both, and the nodes of the points where they end: see `land`. Returns p'v of both. */
function landPair(d: i32, a: usize, b: usize, g: usize): v128 {
  const size = <usize>d << 3;
  const nodeA = nextNode(a), nodeB = nextNode(b);
  let qa = at(a, C_END), qb = at(b, C_END);
  let pa = qa + size, pb = qb + size, ga = pa + size, gb = pb + size;
  let ia = slot(at(a, C_FRAME), F_INVERSE), ib = slot(at(b, C_FRAME), F_INVERSE);
  let pToA = at(nodeA, T_FIRST_P), vToA = at(nodeA, T_FIRST_V), qToA = at(nodeA, T_Q), gToA = at(nodeA, T_G);
  let pToB = at(nodeB, T_FIRST_P), vToB = at(nodeB, T_FIRST_V), qToB = at(nodeB, T_Q), gToB = at(nodeB, T_G);
  const halfA = 0.5 * load<f64>(a, C_STEP), halfB = 0.5 * load<f64>(b, C_STEP);
  const ka = f64x2.splat(halfA), kb = f64x2.splat(halfB);
  let sumA = f64x2.splat(0), sumB = sumA;
  const end = qa + (<usize>(d & ~1) << 3);
  while (qa < end) {
    const first = v128.load(g), second = v128.load(g, 16);
    const slopeA = v128.shuffle<f64>(first, second, 0, 2), slopeB = v128.shuffle<f64>(first, second, 1, 3);
    const movedA = f64x2.add(v128.load(pa), f64x2.mul(ka, slopeA)), movedB = f64x2.add(v128.load(pb), f64x2.mul(kb, slopeB));
    const velocityA = f64x2.mul(v128.load(ia), movedA), velocityB = f64x2.mul(v128.load(ib), movedB);
    v128.store(pa, movedA);
    v128.store(ga, slopeA);
    v128.store(pToA, movedA);
    v128.store(vToA, velocityA);
    v128.store(qToA, v128.load(qa));
    v128.store(gToA, slopeA);
    v128.store(pb, movedB);
    v128.store(gb, slopeB);
    v128.store(pToB, movedB);
    v128.store(vToB, velocityB);
    v128.store(qToB, v128.load(qb));
    v128.store(gToB, slopeB);
    sumA = f64x2.add(sumA, f64x2.mul(movedA, velocityA));
    sumB = f64x2.add(sumB, f64x2.mul(movedB, velocityB));
    qa += 16, pa += 16, ga += 16, ia += 16, pToA += 16, vToA += 16, qToA += 16, gToA += 16;
    qb += 16, pb += 16, gb += 16, ib += 16, pToB += 16, vToB += 16, qToB += 16, gToB += 16;
    g += 32;
  }
  let even = v128.shuffle<f64>(sumA, sumB, 0, 2);
  if (d & 1) {
    const slopeA = load<f64>(g), slopeB = load<f64>(g, 8);
    const movedA = load<f64>(pa) + halfA * slopeA, movedB = load<f64>(pb) + halfB * slopeB;
    const velocityA = load<f64>(ia) * movedA, velocityB = load<f64>(ib) * movedB;
    store<f64>(pa, movedA);
    store<f64>(ga, slopeA);
    store<f64>(pToA, movedA);
    store<f64>(vToA, velocityA);
    store<f64>(qToA, load<f64>(qa));
    store<f64>(gToA, slopeA);
    store<f64>(pb, movedB);
    store<f64>(gb, slopeB);
    store<f64>(pToB, movedB);
    store<f64>(vToB, velocityB);
    store<f64>(qToB, load<f64>(qb));
    store<f64>(gToB, slopeB);
    even = f64x2.add(even, lanes(movedA * velocityA, movedB * velocityB));
  }
  return f64x2.add(even, v128.shuffle<f64>(sumA, sumB, 1, 3));
}

/** A doubling begins. */
function double(chain: usize, frame: usize, depth: i32): void {
  const forward = (word(slot(frame, F_RANDOM)) & 1) == 1;
  const back = slot(frame, F_ENDS), step = load<f64>(at(chain, C_NUMBERS), 8 * N_STEP);
  store<i32>(chain, forward ? 1 : 0, C_FORWARD);
  store<u32>(chain, <u32>(forward ? back + <usize>slot(frame, F_D) * 24 : back), C_END);
  store<f64>(chain, forward ? step : -step, C_STEP);
  store<i32>(chain, depth, C_DEPTH);
  store<i32>(chain, 1 << depth, C_COUNT);
  store<i32>(chain, 0, C_MADE);
  store<i32>(chain, -1, C_TOP);
}

/** A transition begins, from the chain's point. */
function begin(chain: usize): void {
  const frame = at(chain, C_FRAME);
  const d = <i32>slot(frame, F_D);
  const size = <usize>d << 3;
  const back = slot(frame, F_ENDS), p = back + size, v = slot(frame, F_V);
  const lp = load<f64>(at(chain, C_NUMBERS), 8 * N_LP);
  refresh(frame, d, p, v);
  const start = 0.5 * dot(d, p, v) - lp;
  copy(d, slot(frame, F_Q), back);
  copy(d, slot(frame, F_G), back + 2 * size);
  leaf(d, slot(frame, F_NODES), back, v, lp, start, 1);
  copy(3 * d, back, back + 3 * size);
  store<f64>(chain, start, C_START);
  store<f64>(chain, 0, C_REFERENCE);
  store<f64>(chain, 0, C_ACCEPTANCE);
  store<i32>(chain, 0, C_LEAVES);
  double(chain, frame, 0);
}

/** A transition ends; the next one begins where one is left. */
function finish(chain: usize, frame: usize, depth: i32, divergent: bool): void {
  const d = <i32>slot(frame, F_D), main = slot(frame, F_NODES), numbers = at(chain, C_NUMBERS);
  const record = at(chain, C_RECORD), leaves = load<i32>(chain, C_LEAVES);
  copy(d, at(main, T_Q), slot(frame, F_Q));
  copy(d, at(main, T_Q), record);
  copy(d, at(main, T_G), slot(frame, F_G));
  store<f64>(numbers, load<f64>(main + T_LP), 8 * N_LP);
  store<f64>(numbers, load<f64>(chain, C_ACCEPTANCE) / <f64>leaves, 8 * N_ACCEPTANCE);
  store<f64>(numbers, <f64>depth, 8 * N_DEPTH);
  store<f64>(numbers, <f64>leaves, 8 * N_LEAVES);
  store<f64>(numbers, divergent ? 1 : 0, 8 * N_DIVERGENT);
  store<f64>(numbers, load<f64>(main + T_ENERGY), 8 * N_ENERGY);
  store<u32>(chain, <u32>keepNumbers(frame, numbers, record), C_RECORD);
  const left = load<i32>(chain, C_LEFT) - 1;
  store<i32>(chain, left, C_LEFT);
  if (left > 0) {
    begin(chain);
    return;
  }
  store<f64>(numbers, <f64>load<u64>(slot(frame, F_RANDOM)), 8 * N_POSITION);
  // In a lane that nobody takes it stays where it is.
  store<f64>(chain, 0, C_STEP);
}

/** What a chain does with the point where it has come to. */
function arrive(d: i32, chain: usize, lp: f64, energy: f64, gain: f64, weight: f64): void {
  const frame = at(chain, C_FRAME);
  const main = slot(frame, F_NODES), stack = main + NODE_BYTES, random = slot(frame, F_RANDOM);
  const depth = load<i32>(chain, C_DEPTH);
  let reference = load<f64>(chain, C_REFERENCE), top = load<i32>(chain, C_TOP);
  store<i32>(chain, load<i32>(chain, C_LEAVES) + 1, C_LEAVES);
  if (gain - reference > HEAVY) {
    const factor = exp(reference - gain);
    for (let k = -1, each = main; k <= top; k++, each += NODE_BYTES)
      store<f64>(each + T_WEIGHT, load<f64>(each + T_WEIGHT) * factor);
    reference = gain;
    store<f64>(chain, gain, C_REFERENCE);
    weight = exp(gain - reference);
  }
  store<f64>(chain, load<f64>(chain, C_ACCEPTANCE) + min(1, reference == 0 ? weight : exp(gain)), C_ACCEPTANCE);
  if (-gain > DIVERGENT) {
    copy(d, at(chain, C_END), slot(frame, F_DIVERGENCE));
    finish(chain, frame, depth, true);
    return;
  }
  let node = stack + <usize>(++top) * NODE_BYTES;
  weigh(node, lp, energy, weight);
  let goesOn = true;
  while (top > 0 && goesOn && load<i32>(node + T_DEPTH) == load<i32>(node - NODE_BYTES + T_DEPTH)) {
    goesOn = append(d, node - NODE_BYTES, node, random, false);
    node -= NODE_BYTES;
    top--;
  }
  if (!goesOn) {
    finish(chain, frame, depth, false);
    return;
  }
  store<i32>(chain, top, C_TOP);
  const made = load<i32>(chain, C_MADE) + 1;
  store<i32>(chain, made, C_MADE);
  if (made < load<i32>(chain, C_COUNT)) return;
  const backward = load<i32>(chain, C_FORWARD) == 0;
  reverse(main, backward);
  goesOn = append(d, main, stack, random, true);
  reverse(main, backward);
  if (goesOn && depth + 1 < <i32>slot(frame, F_MAX_DEPTH)) double(chain, frame, depth + 1);
  else finish(chain, frame, depth + 1, false);
}

// @ts-ignore: decorator
@inline
function enterChain(chain: usize): void {
  enter(slot(at(chain, C_FRAME), F_RANDOM), load<f64>(at(chain, C_NUMBERS), 8 * N_POSITION));
  begin(chain);
}

/** The transitions that each of `count` >= 2 chains has left, at least one. */
export function nutsTogether(pair: usize, chains: usize, count: i32): void {
  let a = chains, b = chains + CHAIN_BYTES, next = 2;
  const frame = at(a, C_FRAME);
  const d = <i32>slot(frame, F_D), x = slot(pair, P_X), g = slot(pair, P_G);
  enterChain(a);
  enterChain(b);
  for (;;) {
    kickPair(d, a, b, x);
    const lp = pairDensity(frame, pair);
    const rough = f64x2.sub(f64x2.mul(f64x2.splat(0.5), landPair(d, a, b, g)), lp);
    const energy = v128.bitselect(rough, f64x2.splat(Infinity), f64x2.eq(rough, rough));
    const gain = f64x2.sub(lanes(load<f64>(a, C_START), load<f64>(b, C_START)), energy);
    const weight = expPair(f64x2.sub(gain, lanes(load<f64>(a, C_REFERENCE), load<f64>(b, C_REFERENCE))));
    if (load<i32>(a, C_LEFT) > 0)
      arrive(
        d, a, f64x2.extract_lane(lp, 0), f64x2.extract_lane(energy, 0), f64x2.extract_lane(gain, 0), f64x2.extract_lane(weight, 0),
      );
    if (load<i32>(b, C_LEFT) > 0)
      arrive(
        d, b, f64x2.extract_lane(lp, 1), f64x2.extract_lane(energy, 1), f64x2.extract_lane(gain, 1), f64x2.extract_lane(weight, 1),
      );
    const restsA = load<i32>(a, C_LEFT) == 0, restsB = load<i32>(b, C_LEFT) == 0;
    if (!restsA && !restsB) continue;
    if (restsA && next < count) {
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
