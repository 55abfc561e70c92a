// One transition of the No-U-Turn sampler in the core, for compiled densities: src/sampling/nuts.ts and tree.ts written for
// linear memory, the same operations in the same order, so the same bits.

import {
  F_D, F_DIVERGENCE, F_ENDS, F_G, F_INVERSE, F_MAX_DEPTH, F_NODES, F_Q, F_RANDOM, F_V, N_ACCEPTANCE, N_DEPTH, N_DIVERGENT, N_ENERGY,
  N_LEAVES, N_LP, N_POSITION, N_STEP, NODE_BYTES, T_DEPTH, T_ENERGY, T_FIRST_P, T_FIRST_V, T_G, T_LAST_P, T_LAST_V, T_LP, T_Q, T_RHO,
  T_WEIGHT,
} from "../../src/sampling/frame";
import { log } from "../stats/elementary";
import { density, slot } from "./density";
import { exp } from "./elementary";
import { enter, normal, uniform, word } from "./random";

/** An energy error beyond this is a divergence. */
const DIVERGENT: f64 = 1000;

// @ts-ignore: decorator
@inline
function at(node: usize, field: usize): usize {
  return <usize>load<u32>(node + field);
}

/** memory.copy leaves the module: for a few doubles a loop is several times faster. */
function copy(d: i32, from: usize, to: usize): void {
  const end = to + (<usize>(d & ~1) << 3);
  for (; to < end; from += 16, to += 16) v128.store(to, v128.load(from));
  if (d & 1) store<f64>(to, load<f64>(from));
}

/** One vector to three places. */
function spread(d: i32, from: usize, a: usize, b: usize, c: usize): void {
  const end = a + (<usize>(d & ~1) << 3);
  for (; a < end; from += 16, a += 16, b += 16, c += 16) {
    const v = v128.load(from);
    v128.store(a, v);
    v128.store(b, v);
    v128.store(c, v);
  }
  if (d & 1) {
    const v = load<f64>(from);
    store<f64>(a, v);
    store<f64>(b, v);
    store<f64>(c, v);
  }
}

/** Even places, odd places, then both. */
function dot(d: i32, a: usize, b: usize): f64 {
  let sum = f64x2.splat(0);
  const end = a + (<usize>(d & ~1) << 3);
  for (; a < end; a += 16, b += 16) sum = f64x2.add(sum, f64x2.mul(v128.load(a), v128.load(b)));
  let even = f64x2.extract_lane(sum, 0);
  if (d & 1) even += load<f64>(a) * load<f64>(b);
  return even + f64x2.extract_lane(sum, 1);
}

/** v'(a + b). */
function dotSum(d: i32, v: usize, a: usize, b: usize): f64 {
  let sum = f64x2.splat(0);
  const end = v + (<usize>(d & ~1) << 3);
  for (; v < end; v += 16, a += 16, b += 16)
    sum = f64x2.add(sum, f64x2.mul(v128.load(v), f64x2.add(v128.load(a), v128.load(b))));
  let even = f64x2.extract_lane(sum, 0);
  if (d & 1) even += load<f64>(v) * (load<f64>(a) + load<f64>(b));
  return even + f64x2.extract_lane(sum, 1);
}

/** y += s x. */
function axpy(d: i32, s: f64, x: usize, y: usize): void {
  const end = y + (<usize>(d & ~1) << 3);
  const ss = f64x2.splat(s);
  for (; y < end; x += 16, y += 16) v128.store(y, f64x2.add(v128.load(y), f64x2.mul(ss, v128.load(x))));
  if (d & 1) store<f64>(y, load<f64>(y) + s * load<f64>(x));
}

/** z = x y, element by element. */
function times(d: i32, x: usize, y: usize, z: usize): void {
  const end = z + (<usize>(d & ~1) << 3);
  for (; z < end; x += 16, y += 16, z += 16) v128.store(z, f64x2.mul(v128.load(x), v128.load(y)));
  if (d & 1) store<f64>(z, load<f64>(x) * load<f64>(y));
}

/** log(e^a + e^b). */
function logAdd(a: f64, b: f64): f64 {
  if (a == -Infinity) return b;
  if (b == -Infinity) return a;
  return a > b ? a + log(1 + exp(b - a)) : b + log(1 + exp(a - b));
}

function leaf(d: i32, node: usize, q: usize, p: usize, v: usize, g: usize, lp: f64, energy: f64, weight: f64): void {
  store<i32>(node + T_DEPTH, 0);
  spread(d, p, at(node, T_FIRST_P), at(node, T_LAST_P), at(node, T_RHO));
  copy(d, v, at(node, T_FIRST_V));
  copy(d, v, at(node, T_LAST_V));
  copy(d, q, at(node, T_Q));
  copy(d, g, at(node, T_G));
  store<f64>(node + T_LP, lp);
  store<f64>(node + T_ENERGY, energy);
  store<f64>(node + T_WEIGHT, weight);
}

// @ts-ignore: decorator
@inline
function swap(a: usize, b: usize): void {
  const kept = load<u32>(a);
  store<u32>(a, load<u32>(b));
  store<u32>(b, kept);
}

/** Exchanges the ends. */
function reverse(node: usize): void {
  swap(node + T_FIRST_P, node + T_LAST_P);
  swap(node + T_FIRST_V, node + T_LAST_V);
}

/** Appends `next` to `node`: the point, the weight, the criterion. See Subtree.append. */
function append(d: i32, node: usize, next: usize, random: usize, biased: boolean): boolean {
  const own = load<f64>(node + T_WEIGHT), new_ = load<f64>(next + T_WEIGHT);
  const total = logAdd(own, new_);
  const gain = new_ - (biased ? own : total);
  if (gain >= 0 || uniform(random) < exp(gain)) {
    swap(node + T_Q, next + T_Q);
    swap(node + T_G, next + T_G);
    store<f64>(node + T_LP, load<f64>(next + T_LP));
    store<f64>(node + T_ENERGY, load<f64>(next + T_ENERGY));
  }
  store<f64>(node + T_WEIGHT, total);
  store<i32>(node + T_DEPTH, load<i32>(node + T_DEPTH) + 1);
  const rho = at(node, T_RHO), more = at(next, T_RHO);
  const goesOn = dotSum(d, at(node, T_FIRST_V), rho, more) > 0 &&
    dotSum(d, at(next, T_LAST_V), rho, more) > 0 &&
    dotSum(d, at(node, T_FIRST_V), rho, at(next, T_FIRST_P)) > 0 &&
    dotSum(d, at(next, T_FIRST_V), rho, at(next, T_FIRST_P)) > 0 &&
    dotSum(d, at(node, T_LAST_V), more, at(node, T_LAST_P)) > 0 &&
    dotSum(d, at(next, T_LAST_V), more, at(node, T_LAST_P)) > 0;
  axpy(d, 1, more, rho);
  swap(node + T_LAST_P, next + T_LAST_P);
  swap(node + T_LAST_V, next + T_LAST_V);
  return goesOn;
}

/** The leapfrog step of the end at `end` (q, p, g): half a kick, a drift, the gradient, half a kick. Returns the log density. */
function leapfrog(frame: usize, d: i32, end: usize, e: f64): f64 {
  const size = <usize>d << 3;
  const q = end, p = end + size, g = p + size, v = slot(frame, F_V), inverse = slot(frame, F_INVERSE);
  axpy(d, 0.5 * e, g, p);
  times(d, inverse, p, v);
  axpy(d, e, v, q);
  const lp = density(frame, q, g);
  axpy(d, 0.5 * e, g, p);
  times(d, inverse, p, v);
  return lp;
}

/** A transition from the chain's point; numbers in and out are the slots N_* of `numbers`. */
export function nutsTransition(frame: usize, numbers: usize): void {
  const d = <i32>slot(frame, F_D), maxDepth = <i32>slot(frame, F_MAX_DEPTH);
  const main = slot(frame, F_NODES), stack = main + NODE_BYTES;
  const size = <usize>d << 3;
  const back = slot(frame, F_ENDS), ahead = back + 3 * size;
  const v = slot(frame, F_V), inverse = slot(frame, F_INVERSE), random = slot(frame, F_RANDOM);
  const step = load<f64>(numbers, 8 * N_STEP), lp0 = load<f64>(numbers, 8 * N_LP);
  enter(random, load<f64>(numbers, 8 * N_POSITION));

  const p0 = back + size;
  for (let i: usize = 0; i < size; i += 8) store<f64>(p0 + i, normal(random) / sqrt(load<f64>(inverse + i)));
  times(d, inverse, p0, v);
  const start = 0.5 * dot(d, p0, v) - lp0;
  leaf(d, main, slot(frame, F_Q), p0, v, slot(frame, F_G), lp0, start, 0);
  copy(d, slot(frame, F_Q), back);
  copy(d, slot(frame, F_G), back + 2 * size);
  copy(3 * d, back, ahead);

  let acceptance: f64 = 0;
  let leaves = 0, depth = 0;
  let divergent = false, goesOn = true;
  while (goesOn && depth < maxDepth) {
    const forward = (word(random) & 1) == 1;
    const end = forward ? ahead : back;
    const e = forward ? step : -step;
    const count = 1 << depth;
    let top = -1;
    for (let k = 0; k < count && goesOn; k++) {
      const lp = leapfrog(frame, d, end, e);
      leaves++;
      let energy = 0.5 * dot(d, end + size, v) - lp;
      if (energy != energy) energy = Infinity;
      const gain = start - energy;
      acceptance += gain >= 0 ? 1 : gain > -745 ? exp(gain) : 0;
      if (-gain > DIVERGENT) {
        divergent = true;
        goesOn = false;
        copy(d, end, slot(frame, F_DIVERGENCE));
        break;
      }
      top++;
      let node = stack + <usize>top * NODE_BYTES;
      leaf(d, node, end, end + size, v, end + 2 * size, lp, energy, gain);
      while (top > 0 && goesOn && load<i32>(node + T_DEPTH) == load<i32>(node - NODE_BYTES + T_DEPTH)) {
        goesOn = append(d, node - NODE_BYTES, node, random, false);
        node -= NODE_BYTES;
        top--;
      }
    }
    if (!goesOn) break;
    depth++;
    if (!forward) reverse(main);
    goesOn = append(d, main, stack, random, true);
    if (!forward) reverse(main);
  }
  copy(d, at(main, T_Q), slot(frame, F_Q));
  copy(d, at(main, T_G), slot(frame, F_G));
  store<f64>(numbers, load<f64>(main + T_LP), 8 * N_LP);
  store<f64>(numbers, <f64>load<u64>(random), 8 * N_POSITION);
  store<f64>(numbers, leaves > 0 ? acceptance / <f64>leaves : 0, 8 * N_ACCEPTANCE);
  store<f64>(numbers, <f64>depth, 8 * N_DEPTH);
  store<f64>(numbers, <f64>leaves, 8 * N_LEAVES);
  store<f64>(numbers, divergent ? 1 : 0, 8 * N_DIVERGENT);
  store<f64>(numbers, load<f64>(main + T_ENERGY), 8 * N_ENERGY);
}
