// One transition of the No-U-Turn sampler in the core, for compiled densities: src/sampling/nuts.ts written for linear memory,
// the same operations in the same order, so the same bits.

import {
  F_D, F_DIVERGENCE, F_ENDS, F_G, F_INVERSE, F_MAX_DEPTH, F_NODES, F_Q, F_RANDOM, F_V, N_ACCEPTANCE, N_DEPTH, N_DIVERGENT, N_ENERGY,
  N_LEAVES, N_LP, N_STEP, NODE_BYTES, T_DEPTH, T_ENERGY, T_G, T_LP, T_Q, T_WEIGHT,
} from "../../src/abi/sampling";
import { density, slot } from "./density";
import { exp } from "./elementary";
import { copy, dot, kickAndDrift, refresh } from "./leapfrog";
import { word } from "./random";
import { append, at, land, leaf, reverse, weigh } from "./tree";

/** An energy error beyond this is a divergence. */
export const DIVERGENT: f64 = 1000;
/** See src/sampling/tree.ts. */
export const HEAVY: f64 = 200;

/** A transition from the chain's point; numbers in and out are the slots N_* of `numbers`. */
export function nutsStep(frame: usize, numbers: usize): void {
  const d = <i32>slot(frame, F_D), maxDepth = <i32>slot(frame, F_MAX_DEPTH);
  const main = slot(frame, F_NODES), stack = main + NODE_BYTES;
  const size = <usize>d << 3;
  const back = slot(frame, F_ENDS), ahead = back + 3 * size;
  const v = slot(frame, F_V), inverse = slot(frame, F_INVERSE), random = slot(frame, F_RANDOM);
  const step = load<f64>(numbers, 8 * N_STEP), lp0 = load<f64>(numbers, 8 * N_LP);

  const p0 = back + size;
  refresh(frame, d, p0, v);
  const start = 0.5 * dot(d, p0, v) - lp0;
  copy(d, slot(frame, F_Q), back);
  copy(d, slot(frame, F_G), back + 2 * size);
  leaf(d, main, back, v, lp0, start, 1);
  copy(3 * d, back, ahead);

  let acceptance: f64 = 0, reference: f64 = 0;
  let leaves = 0, depth = 0;
  let divergent = false, goesOn = true;
  while (goesOn && depth < maxDepth) {
    const forward = (word(random) & 1) == 1;
    const end = forward ? ahead : back;
    const e = forward ? step : -step;
    const count = 1 << depth;
    let top = -1;
    for (let k = 0; k < count && goesOn; k++) {
      kickAndDrift(d, 0.5 * e, e, inverse, end + 2 * size, end + size, end);
      const lp = density(frame, end, end + 2 * size);
      leaves++;
      let node = stack + <usize>(top + 1) * NODE_BYTES;
      let energy = 0.5 * land(d, 0.5 * e, inverse, end, node) - lp;
      if (energy != energy) energy = Infinity;
      const gain = start - energy;
      if (gain - reference > HEAVY) {
        const factor = exp(reference - gain);
        for (let k = -1, each = main; k <= top; k++, each += NODE_BYTES)
          store<f64>(each + T_WEIGHT, load<f64>(each + T_WEIGHT) * factor);
        reference = gain;
      }
      const weight = exp(gain - reference);
      acceptance += min(1, reference == 0 ? weight : exp(gain));
      if (-gain > DIVERGENT) {
        divergent = true;
        goesOn = false;
        copy(d, end, slot(frame, F_DIVERGENCE));
        break;
      }
      top++;
      weigh(node, lp, energy, weight);
      while (top > 0 && goesOn && load<i32>(node + T_DEPTH) == load<i32>(node - NODE_BYTES + T_DEPTH)) {
        goesOn = append(d, node - NODE_BYTES, node, random, false);
        node -= NODE_BYTES;
        top--;
      }
    }
    if (!goesOn) break;
    depth++;
    reverse(main, !forward);
    goesOn = append(d, main, stack, random, true);
    reverse(main, !forward);
  }
  copy(d, at(main, T_Q), slot(frame, F_Q));
  copy(d, at(main, T_G), slot(frame, F_G));
  store<f64>(numbers, load<f64>(main + T_LP), 8 * N_LP);
  store<f64>(numbers, leaves > 0 ? acceptance / <f64>leaves : 0, 8 * N_ACCEPTANCE);
  store<f64>(numbers, <f64>depth, 8 * N_DEPTH);
  store<f64>(numbers, <f64>leaves, 8 * N_LEAVES);
  store<f64>(numbers, divergent ? 1 : 0, 8 * N_DIVERGENT);
  store<f64>(numbers, load<f64>(main + T_ENERGY), 8 * N_ENERGY);
}
