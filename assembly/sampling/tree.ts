// The nodes of a trajectory: src/sampling/tree.ts for linear memory. Two coordinates stand side by side, momentum before velocity, point
// before gradient; beside the last of an odd number stands a coordinate that is always 0.

import { T_DEPTH, T_ENERGY, T_FIRST, T_LAST, T_LP, T_POINT, T_RHO, T_WEIGHT } from "../../src/abi/sampling";
import { uniform } from "./stream";

// @ts-ignore: decorator
@inline
export function at(node: usize, field: usize): usize {
  return <usize>load<u32>(node + field);
}

/** What a node of one point has beside its vectors. */
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
export function across(sum: v128): f64 {
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** Whether the sums of even and odd places are positive: of a in one lane, of b in the other. */
// @ts-ignore: decorator
@inline
function positive(a: v128, b: v128): v128 {
  return f64x2.gt(f64x2.add(v128.shuffle<f64>(a, b, 0, 2), v128.shuffle<f64>(a, b, 1, 3)), f64x2.splat(0));
}

/** rho = p + next p, and whether v'rho > 0 at both points. */
function joinPoints(pairs: i32, end: usize, next: usize, rho: usize): bool {
  let a = f64x2.splat(0), b = a;
  for (const last = rho + (<usize>pairs << 4); rho < last; end += 32, next += 32, rho += 16) {
    const sum = f64x2.add(v128.load(end), v128.load(next));
    a = f64x2.add(a, f64x2.mul(v128.load(end, 16), sum));
    b = f64x2.add(b, f64x2.mul(v128.load(next, 16), sum));
    v128.store(rho, sum);
  }
  return i64x2.bitmask(positive(a, b)) == 3;
}

/** rho += more, and whether the whole and each part with the nearest point of the other go on: six products in one pass. */
function joinParts(pairs: i32, first: usize, last: usize, nextFirst: usize, nextLast: usize, rho: usize, more: usize): bool {
  let a = f64x2.splat(0), b = a, c = a, e = a, f = a, h = a;
  for (
    const end = rho + (<usize>pairs << 4); rho < end;
    first += 32, last += 32, nextFirst += 32, nextLast += 32, rho += 16, more += 16
  ) {
    const r = v128.load(rho), m = v128.load(more);
    const sum = f64x2.add(r, m), left = f64x2.add(r, v128.load(nextFirst)), right = f64x2.add(m, v128.load(last));
    const v = v128.load(first, 16), w = v128.load(nextFirst, 16), x = v128.load(last, 16), y = v128.load(nextLast, 16);
    a = f64x2.add(a, f64x2.mul(v, sum));
    b = f64x2.add(b, f64x2.mul(y, sum));
    c = f64x2.add(c, f64x2.mul(v, left));
    e = f64x2.add(e, f64x2.mul(w, left));
    f = f64x2.add(f, f64x2.mul(x, right));
    h = f64x2.add(h, f64x2.mul(y, right));
    v128.store(rho, sum);
  }
  return i64x2.bitmask(v128.and(v128.and(positive(a, b), positive(c, e)), positive(f, h))) == 3;
}

// @ts-ignore: decorator
@inline
function swap(a: usize, b: usize): void {
  const kept = load<u32>(a);
  store<u32>(a, load<u32>(b));
  store<u32>(b, kept);
}

/** Where `taken`, the point of `next` becomes that of `node`; `next` keeps the storage. */
// @ts-ignore: decorator
@inline
function choose(node: usize, next: usize, taken: bool): void {
  const point = load<u32>(node + T_POINT), other = load<u32>(next + T_POINT);
  store<u32>(node + T_POINT, select(other, point, taken));
  store<u32>(next + T_POINT, select(point, other, taken));
  // Log density and energy.
  const from = select(next, node, taken);
  v128.store(node + T_LP, v128.load(from + T_LP));
}

/** Exchanges the ends `when` so, without a branch; a single point has one. */
// @ts-ignore: decorator
@inline
export function reverse(node: usize, when: bool): void {
  const turns = when && load<i32>(node + T_DEPTH) > 0;
  const first = load<u32>(node + T_FIRST), last = load<u32>(node + T_LAST);
  store<u32>(node + T_FIRST, select(last, first, turns));
  store<u32>(node + T_LAST, select(first, last, turns));
}

/** Appends `next` to `node`: the point, the weight, the criterion. See Subtree.append. `pairs` of coordinates. */
export function append(pairs: i32, node: usize, next: usize, random: usize, biased: boolean): boolean {
  const own = load<f64>(node + T_WEIGHT), gained = load<f64>(next + T_WEIGHT);
  const total = own + gained;
  const bar = biased ? own : total;
  // No branch on what is drawn: half of them would be mispredicted, and wait for the exponential of the weight.
  choose(node, next, gained >= bar || uniform(random) * bar < gained);
  store<f64>(node + T_WEIGHT, total);
  const depth = load<i32>(node + T_DEPTH);
  store<i32>(node + T_DEPTH, depth + 1);
  // Both parts have the same depth. Of two points, the six products are two.
  if (depth == 0) {
    const goesOn = joinPoints(pairs, at(node, T_FIRST), at(next, T_FIRST), at(node, T_RHO));
    swap(node + T_LAST, next + T_FIRST);
    return goesOn;
  }
  const goesOn = joinParts(
    pairs, at(node, T_FIRST), at(node, T_LAST), at(next, T_FIRST), at(next, T_LAST), at(node, T_RHO), at(next, T_RHO),
  );
  swap(node + T_LAST, next + T_LAST);
  return goesOn;
}
