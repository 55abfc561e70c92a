// The tree of the No-U-Turn sampler in the core, for compiled densities: src/sampling/nuts.ts written for linear memory, the same
// operations in the same order, so the same bits. It waits for one leapfrog step after the other: who takes them is in steps.ts.

import {
  C_ACCEPTANCE, C_COUNT, C_DEPTH, C_END, C_FORWARD, C_FRAME, C_LEAVES, C_LEFT, C_MADE, C_NUMBERS, C_RECORD, C_REFERENCE, C_START, C_STEP,
  C_TOP, F_D, F_DIVERGENCE, F_ENDS, F_G, F_INVERSE, F_MAX_DEPTH, F_NODES, F_Q, F_RANDOM, F_V, F_WORDS, N_ACCEPTANCE, N_DEPTH, N_DIVERGENT,
  N_ENERGY, N_LEAVES, N_LP, N_POSITION, N_STEP, NODE_BYTES, T_DEPTH, T_ENERGY, T_FIRST, T_LP, T_POINT, T_WEIGHT,
} from "../../src/abi/sampling";
import { slot } from "./density";
import { exp } from "./elementary";
import { copy } from "./leapfrog";
import { keepNumbers } from "./record";
import { enter, fillNormals, word } from "./stream";
import { across, append, at, reverse, weigh } from "./tree";

/** An energy error beyond this is a divergence. */
export const DIVERGENT: f64 = 1000;
/** See src/sampling/tree.ts. */
const HEAVY: f64 = 200;

/** A doubling begins. */
function double(chain: usize, frame: usize, depth: i32): void {
  const forward = (word(slot(frame, F_RANDOM)) & 1) == 1;
  const back = slot(frame, F_ENDS), step = load<f64>(at(chain, C_NUMBERS), 8 * N_STEP);
  const ahead = back + <usize>((slot(frame, F_D) + 1) >> 1) * 48;
  store<i32>(chain, forward ? 1 : 0, C_FORWARD);
  store<u32>(chain, <u32>(forward ? ahead : back), C_END);
  store<f64>(chain, forward ? step : -step, C_STEP);
  store<i32>(chain, depth, C_DEPTH);
  store<i32>(chain, 1 << depth, C_COUNT);
  store<i32>(chain, 0, C_MADE);
  store<i32>(chain, -1, C_TOP);
}

/** A transition begins, from the chain's point with a new momentum. */
function begin(chain: usize): void {
  const frame = at(chain, C_FRAME), main = slot(frame, F_NODES);
  const d = <i32>slot(frame, F_D), pairs = <usize>((d + 1) >> 1);
  let z = slot(frame, F_V);
  fillNormals(d, slot(frame, F_RANDOM), slot(frame, F_WORDS), z);
  if (d & 1) store<f64>(z + (<usize>d << 3), 0);
  let back = slot(frame, F_ENDS), ahead = back + pairs * 48, end = at(main, T_FIRST), point = at(main, T_POINT);
  let inverse = slot(frame, F_INVERSE), q = slot(frame, F_Q), g = slot(frame, F_G);
  let sum = f64x2.splat(0);
  for (const last = z + (pairs << 4); z < last; z += 16, inverse += 16, q += 16, g += 16, back += 48, ahead += 48, end += 32, point += 32) {
    const scale = v128.load(inverse), where = v128.load(q), slope = v128.load(g);
    const p = f64x2.div(v128.load(z), f64x2.sqrt(scale));
    const v = f64x2.mul(scale, p);
    sum = f64x2.add(sum, f64x2.mul(p, v));
    v128.store(back, where);
    v128.store(back, p, 16);
    v128.store(back, slope, 32);
    v128.store(ahead, where);
    v128.store(ahead, p, 16);
    v128.store(ahead, slope, 32);
    v128.store(end, p);
    v128.store(end, v, 16);
    v128.store(point, where);
    v128.store(point, slope, 16);
  }
  const lp = load<f64>(at(chain, C_NUMBERS), 8 * N_LP);
  const start = 0.5 * across(sum) - lp;
  weigh(main, lp, start, 1);
  store<f64>(chain, start, C_START);
  store<f64>(chain, 0, C_REFERENCE);
  store<f64>(chain, 0, C_ACCEPTANCE);
  store<i32>(chain, 0, C_LEAVES);
  double(chain, frame, 0);
}

/** A chain begins with its transitions. */
export function enterChain(chain: usize): void {
  enter(slot(at(chain, C_FRAME), F_RANDOM), load<f64>(at(chain, C_NUMBERS), 8 * N_POSITION));
  begin(chain);
}

/** A transition ends; the next one begins where one is left. */
function finish(chain: usize, frame: usize, depth: i32, divergent: bool): void {
  const d = <i32>slot(frame, F_D), main = slot(frame, F_NODES), numbers = at(chain, C_NUMBERS);
  const record = at(chain, C_RECORD), leaves = load<i32>(chain, C_LEAVES);
  const own = slot(frame, F_Q);
  let q = own, g = slot(frame, F_G), point = at(main, T_POINT);
  for (const last = q + (<usize>((d + 1) >> 1) << 4); q < last; q += 16, g += 16, point += 32) {
    v128.store(q, v128.load(point));
    v128.store(g, v128.load(point, 16));
  }
  copy(d, own, record);
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

/** A trajectory ends where its energy is lost. */
function diverge(chain: usize, frame: usize, depth: i32): void {
  let end = at(chain, C_END), to = slot(frame, F_DIVERGENCE);
  for (const last = to + (<usize>((slot(frame, F_D) + 1) >> 1) << 4); to < last; to += 16, end += 48) v128.store(to, v128.load(end));
  finish(chain, frame, depth, true);
}

/** The node that the running point of a chain becomes. */
// @ts-ignore: decorator
@inline
export function nextNode(chain: usize): usize {
  return slot(at(chain, C_FRAME), F_NODES) + <usize>(load<i32>(chain, C_TOP) + 2) * NODE_BYTES;
}

/** What a chain does with the point where it has come to, which stands in its next node. */
export function arrive(chain: usize, lp: f64, energy: f64, gain: f64, weight: f64): void {
  const frame = at(chain, C_FRAME);
  const pairs = (<i32>slot(frame, F_D) + 1) >> 1, depth = load<i32>(chain, C_DEPTH);
  const main = slot(frame, F_NODES), stack = main + NODE_BYTES, random = slot(frame, F_RANDOM);
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
    diverge(chain, frame, depth);
    return;
  }
  let node = stack + <usize>(++top) * NODE_BYTES;
  weigh(node, lp, energy, weight);
  let goesOn = true;
  while (top > 0 && goesOn && load<i32>(node + T_DEPTH) == load<i32>(node - NODE_BYTES + T_DEPTH)) {
    goesOn = append(pairs, node - NODE_BYTES, node, random, false);
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
  goesOn = append(pairs, main, stack, random, true);
  reverse(main, backward);
  if (goesOn && depth + 1 < <i32>slot(frame, F_MAX_DEPTH)) double(chain, frame, depth + 1);
  else finish(chain, frame, depth + 1, false);
}
