// The nodes of a trajectory: src/sampling/tree.ts for linear memory. A node of one point has one momentum and one velocity; what
// the other fields would repeat is neither copied nor summed.

import {
  T_DEPTH, T_ENERGY, T_FIRST_P, T_FIRST_V, T_G, T_LAST_P, T_LAST_V, T_LP, T_Q, T_RHO, T_WEIGHT,
} from "../../src/abi/sampling";
import { uniform } from "./random";

// @ts-ignore: decorator
@inline
export function at(node: usize, field: usize): usize {
  return <usize>load<u32>(node + field);
}

/** A node of one point: the end at `end` (q, p, g) with velocity v. */
export function leaf(d: i32, node: usize, end: usize, v: usize, lp: f64, energy: f64, weight: f64): void {
  const size = <usize>d << 3;
  let p = end + size, g = p + size, to = at(node, T_FIRST_P), toV = at(node, T_FIRST_V), toQ = at(node, T_Q), toG = at(node, T_G);
  const last = to + (<usize>(d & ~1) << 3);
  for (; to < last; to += 16, toV += 16, toQ += 16, toG += 16, end += 16, p += 16, g += 16, v += 16) {
    v128.store(to, v128.load(p));
    v128.store(toV, v128.load(v));
    v128.store(toQ, v128.load(end));
    v128.store(toG, v128.load(g));
  }
  if (d & 1) {
    store<f64>(to, load<f64>(p));
    store<f64>(toV, load<f64>(v));
    store<f64>(toQ, load<f64>(end));
    store<f64>(toG, load<f64>(g));
  }
  weigh(node, lp, energy, weight);
}

/**
 * The last half kick of a leapfrog step, and the node of the point where it ends: p at the end, and p, v, q, g in the node. Returns p'v.
 * The node's log density, energy and weight are for `weigh`.
 */
export function land(d: i32, kick: f64, inverse: usize, end: usize, node: usize): f64 {
  const size = <usize>d << 3;
  let p = end + size, g = p + size, to = at(node, T_FIRST_P), toV = at(node, T_FIRST_V), toQ = at(node, T_Q), toG = at(node, T_G);
  const last = to + (<usize>(d & ~1) << 3);
  const kk = f64x2.splat(kick);
  let sum = f64x2.splat(0);
  for (; to < last; to += 16, toV += 16, toQ += 16, toG += 16, end += 16, p += 16, g += 16, inverse += 16) {
    const slope = v128.load(g);
    const moved = f64x2.add(v128.load(p), f64x2.mul(kk, slope));
    const velocity = f64x2.mul(v128.load(inverse), moved);
    v128.store(p, moved);
    v128.store(to, moved);
    v128.store(toV, velocity);
    v128.store(toQ, v128.load(end));
    v128.store(toG, slope);
    sum = f64x2.add(sum, f64x2.mul(moved, velocity));
  }
  let even = f64x2.extract_lane(sum, 0);
  if (d & 1) {
    const slope = load<f64>(g), moved = load<f64>(p) + kick * slope, velocity = load<f64>(inverse) * moved;
    store<f64>(p, moved);
    store<f64>(to, moved);
    store<f64>(toV, velocity);
    store<f64>(toQ, load<f64>(end));
    store<f64>(toG, slope);
    even += moved * velocity;
  }
  return even + f64x2.extract_lane(sum, 1);
}

/** What else a node of one point has. */
// @ts-ignore: decorator
@inline
export function weigh(node: usize, lp: f64, energy: f64, weight: f64): void {
  store<i32>(node + T_DEPTH, 0);
  store<f64>(node + T_LP, lp);
  store<f64>(node + T_ENERGY, energy);
  store<f64>(node + T_WEIGHT, weight);
}

/** The sums of a vector's even and odd places. */
// @ts-ignore: decorator
@inline
function across(sum: v128): f64 {
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** rho = p + more, and whether v'rho > 0 at both points. */
function joinPoints(d: i32, v: usize, p: usize, nextV: usize, more: usize, rho: usize): bool {
  let a = f64x2.splat(0), b = a;
  const end = rho + (<usize>(d & ~1) << 3);
  for (; rho < end; v += 16, p += 16, nextV += 16, more += 16, rho += 16) {
    const sum = f64x2.add(v128.load(p), v128.load(more));
    a = f64x2.add(a, f64x2.mul(v128.load(v), sum));
    b = f64x2.add(b, f64x2.mul(v128.load(nextV), sum));
    v128.store(rho, sum);
  }
  if (d & 1) {
    const sum = load<f64>(p) + load<f64>(more);
    a = f64x2.replace_lane(a, 0, f64x2.extract_lane(a, 0) + load<f64>(v) * sum);
    b = f64x2.replace_lane(b, 0, f64x2.extract_lane(b, 0) + load<f64>(nextV) * sum);
    store<f64>(rho, sum);
  }
  return across(a) > 0 && across(b) > 0;
}

/** rho += more, and whether the whole and each part with the nearest point of the other go on: six products in one pass. */
function joinParts(
  d: i32, first: usize, last: usize, nextFirst: usize, nextLast: usize, rho: usize, more: usize, lastP: usize, nextP: usize,
): bool {
  let a = f64x2.splat(0), b = a, c = a, e = a, f = a, h = a;
  const end = rho + (<usize>(d & ~1) << 3);
  for (; rho < end; first += 16, last += 16, nextFirst += 16, nextLast += 16, rho += 16, more += 16, lastP += 16, nextP += 16) {
    const r = v128.load(rho), m = v128.load(more);
    const sum = f64x2.add(r, m), left = f64x2.add(r, v128.load(nextP)), right = f64x2.add(m, v128.load(lastP));
    const v = v128.load(first), w = v128.load(nextFirst), x = v128.load(last), y = v128.load(nextLast);
    a = f64x2.add(a, f64x2.mul(v, sum));
    b = f64x2.add(b, f64x2.mul(y, sum));
    c = f64x2.add(c, f64x2.mul(v, left));
    e = f64x2.add(e, f64x2.mul(w, left));
    f = f64x2.add(f, f64x2.mul(x, right));
    h = f64x2.add(h, f64x2.mul(y, right));
    v128.store(rho, sum);
  }
  if (d & 1) {
    const r = load<f64>(rho), m = load<f64>(more);
    const sum = r + m, left = r + load<f64>(nextP), right = m + load<f64>(lastP);
    const v = load<f64>(first), w = load<f64>(nextFirst), x = load<f64>(last), y = load<f64>(nextLast);
    a = f64x2.replace_lane(a, 0, f64x2.extract_lane(a, 0) + v * sum);
    b = f64x2.replace_lane(b, 0, f64x2.extract_lane(b, 0) + y * sum);
    c = f64x2.replace_lane(c, 0, f64x2.extract_lane(c, 0) + v * left);
    e = f64x2.replace_lane(e, 0, f64x2.extract_lane(e, 0) + w * left);
    f = f64x2.replace_lane(f, 0, f64x2.extract_lane(f, 0) + x * right);
    h = f64x2.replace_lane(h, 0, f64x2.extract_lane(h, 0) + y * right);
    store<f64>(rho, sum);
  }
  return across(a) > 0 && across(b) > 0 && across(c) > 0 && across(e) > 0 && across(f) > 0 && across(h) > 0;
}

// @ts-ignore: decorator
@inline
export function swap(a: usize, b: usize): void {
  const kept = load<u32>(a);
  store<u32>(a, load<u32>(b));
  store<u32>(b, kept);
}

/** Where `taken`, the point of `next` becomes that of `node`; `next` keeps the storage. */
export function choose(node: usize, next: usize, taken: bool): void {
  const q = load<u32>(node + T_Q), nextQ = load<u32>(next + T_Q), g = load<u32>(node + T_G), nextG = load<u32>(next + T_G);
  store<u32>(node + T_Q, select(nextQ, q, taken));
  store<u32>(next + T_Q, select(q, nextQ, taken));
  store<u32>(node + T_G, select(nextG, g, taken));
  store<u32>(next + T_G, select(g, nextG, taken));
  store<f64>(node + T_LP, select(load<f64>(next + T_LP), load<f64>(node + T_LP), taken));
  store<f64>(node + T_ENERGY, select(load<f64>(next + T_ENERGY), load<f64>(node + T_ENERGY), taken));
}

/** Exchanges two addresses `when` so, without a branch. */
// @ts-ignore: decorator
@inline
function swapWhen(a: usize, b: usize, when: bool): void {
  const one = load<u32>(a), other = load<u32>(b);
  store<u32>(a, select(other, one, when));
  store<u32>(b, select(one, other, when));
}

/** Exchanges the ends `when` so; a single point has one. */
// @ts-ignore: decorator
@inline
export function reverse(node: usize, when: bool): void {
  if (load<i32>(node + T_DEPTH) == 0) return;
  swapWhen(node + T_FIRST_P, node + T_LAST_P, when);
  swapWhen(node + T_FIRST_V, node + T_LAST_V, when);
}

/** Appends `next` to `node`: the point, the weight, the criterion. See Subtree.append. */
export function append(d: i32, node: usize, next: usize, random: usize, biased: boolean): boolean {
  const own = load<f64>(node + T_WEIGHT), gained = load<f64>(next + T_WEIGHT);
  const total = own + gained;
  const bar = biased ? own : total;
  // No branch: half of them would be mispredicted, and wait for the exponential of the weight.
  choose(node, next, gained >= bar || uniform(random) * bar < gained);
  store<f64>(node + T_WEIGHT, total);
  const depth = load<i32>(node + T_DEPTH);
  store<i32>(node + T_DEPTH, depth + 1);
  let goesOn = false;
  // Both parts have the same depth. Of two points, the six products are two.
  if (depth == 0) {
    goesOn = joinPoints(d, at(node, T_FIRST_V), at(node, T_FIRST_P), at(next, T_FIRST_V), at(next, T_FIRST_P), at(node, T_RHO));
    swap(node + T_LAST_P, next + T_FIRST_P);
    swap(node + T_LAST_V, next + T_FIRST_V);
  } else {
    goesOn = joinParts(
      d, at(node, T_FIRST_V), at(node, T_LAST_V), at(next, T_FIRST_V), at(next, T_LAST_V), at(node, T_RHO), at(next, T_RHO),
      at(node, T_LAST_P), at(next, T_FIRST_P),
    );
    swap(node + T_LAST_P, next + T_LAST_P);
    swap(node + T_LAST_V, next + T_LAST_V);
  }
  return goesOn;
}
