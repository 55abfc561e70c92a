// trustRegion: steps within a radius in which the quadratic model is trusted (Nocedal and Wright, algorithm 4.1).

import { SHARED_SLOTS } from "../../abi/smooth.js";
import { ITERATION } from "../../driver/task.js";
import { checkKeys, choiceOption, numberOption } from "../../runtime/options.js";
import { begin } from "../begin.js";
import { beyondSaddle, SADDLE } from "../curvature.js";
import { giveUp } from "../give-up.js";
import { NOISE } from "../line-search/types.js";
import { DIVERGING, type MinimizeRun, NON_FINITE, type Solve, STALLED } from "../solve.js";
import { boxedStep, makeSides } from "./face.js";
import { forcing, hessianVectors, usesProducts } from "./newton.js";
import { configured, type MethodDefinition, type MinimizeMethod } from "./types.js";

const S_RADIUS = SHARED_SLOTS;
/** The Hessian in hand belongs to the current point. */
const S_CURRENT = SHARED_SLOTS + 1;
/** Of the last iteration: whether its step was taken, refused, or refused for a change lost in rounding; what it promised. */
const S_VERDICT = SHARED_SLOTS + 2;
const S_PREDICTED = SHARED_SLOTS + 3;
const SLOTS = SHARED_SLOTS + 4;
const NONE = 0;
const TAKEN = 1;
const REFUSED = 2;
const BLIND = 3;

/** A step is taken when it gains this share of what was predicted. */
const ACCEPT = 1e-4;
const POOR = 0.25;
const GOOD = 0.75;
/** Radius below which, relative to x, no step changes anything. */
const TINY = 1e-16;

export interface TrustRegionMinimizeOptions {
  /** "steihaug" (default) follows negative curvature; "dogleg" factors the Hessian. */
  subproblem?: "steihaug" | "dogleg" | undefined;
  /** "full" holds the Hessian; "products" needs only its products with vectors. Default: by n, products beyond 200. */
  hessian?: "auto" | "full" | "products" | undefined;
  /** First radius. Default: |x0|, or less where f and its gradient say so. */
  radius?: number | undefined;
  maxRadius?: number | undefined;
}

type RegionValues = {
  readonly subproblem: "steihaug" | "dogleg";
  readonly solver: string;
  readonly radius: number;
  readonly maxRadius: number;
};

function* trustRegionRun(solve: Solve, o: RegionValues): MinimizeRun {
  const { n, kernels: k, s, bounded } = solve;
  const products = usesProducts(n, o.solver);
  const sides = bounded ? makeSides(n) : null;
  solve.curved = !products;
  const p = solve.address("d");
  const [r, v, hv] = [solve.address("pr"), solve.address("v"), solve.address("hv")];
  const [H, L, work] = products
    ? [0, 0, 0]
    : [solve.address("hess"), solve.address("L"), solve.address("work")];
  if (solve.fresh) {
    const failure = yield* begin(solve);
    if (failure) return failure;
    s[S_RADIUS] = o.radius || solve.reach;
  }
  for (;;) {
    const { here, there } = solve;
    const verdict = s[S_VERDICT]!;
    if (verdict === TAKEN && solve.diverged) return DIVERGING;
    const shut = verdict === REFUSED && s[S_RADIUS]! <= TINY * k.nrm2F64(n, here.xp);
    if (verdict === BLIND || shut) {
      const end = yield* giveUp(solve, shut ? Infinity : s[S_PREDICTED]!, STALLED);
      if (end) return end;
      // From the lower point that was found.
      s[S_CURRENT] = 0;
      s[S_VERDICT] = NONE;
      s[S_RADIUS] = solve.reach;
      continue;
    }
    s[S_VERDICT] = NONE;
    const length = bounded ? solve.gradientSize(here) : k.nrm2F64(n, here.gp);
    const tolerance = forcing(length, solve.firstGradient) * length;
    const radius = s[S_RADIUS]!;
    if (!products && s[S_CURRENT] === 0) {
      yield solve.hessian;
      s[S_CURRENT] = 1;
    }
    let predicted: number;
    if (sides) predicted = yield* boxedStep(solve, !products, radius, tolerance, sides);
    else if (products) {
      // Steihaug's conjugate gradients, as the kernel has them, with a product for each turn.
      k.fillF64(n, 0, p);
      k.copyF64(n, here.gp, r);
      k.negative(n, here.gp, v);
      let rr = length * length;
      predicted = 0;
      for (let turn = 0; turn < 2 * n + 10 && Math.sqrt(rr) > tolerance; turn++) {
        yield solve.product;
        const curvature = k.dotF64(n, v, hv);
        const boundary = k.toBoundary(n, p, v, radius);
        const alpha = curvature > 0 ? rr / curvature : Infinity;
        const step = Math.min(alpha, boundary);
        predicted -= step * (k.dotF64(n, r, v) + (step * curvature) / 2);
        k.axpyF64(n, step, v, p);
        if (!(alpha < boundary)) break;
        k.axpyF64(n, alpha, hv, r);
        const next = k.dotF64(n, r, r);
        k.axpbyF64(n, -1, r, next / rr, v);
        rr = next;
      }
    } else {
      predicted =
        o.subproblem === "dogleg"
          ? k.dogleg(n, H, L, here.gp, radius, p, r, hv, work)
          : k.steihaug(n, H, here.gp, radius, tolerance, p, r, v, hv);
    }
    if (!(predicted - predicted === 0)) return NON_FINITE;
    if (bounded) k.moveInBox(n, 1, p, here.xp, there.xp, solve.lower, solve.upper);
    else k.move(n, 1, p, here.xp, there.xp);
    solve.at = there;
    yield solve.both;
    if (there.f === -Infinity) {
      solve.accept();
      return DIVERGING;
    }
    const size = k.nrm2F64(n, p);
    const finite = there.f - there.f === 0 && k.firstNonFinite(n, there.gp) < 0;
    const actual = here.f - there.f;
    const blind = predicted <= NOISE * Math.abs(here.f) && Math.abs(actual) <= NOISE * Math.abs(here.f);
    // Where f is lost in rounding the gradient decides.
    // A model that rises (its Hessian is not symmetric, say) predicts nothing.
    const ratio = !(finite && (blind || predicted > 0))
      ? -1
      : blind
        ? solve.gradientSize(there) < 0.9 * solve.gradNorm
          ? 1
          : -1
        : actual / predicted;
    const accepted = ratio > ACCEPT;
    if (ratio < POOR) s[S_RADIUS] = POOR * Math.min(size, radius);
    else if (ratio > GOOD && (bounded ? k.amaxF64(n, p) : size) >= 0.99 * radius)
      s[S_RADIUS] = Math.min(2 * radius, o.maxRadius);
    solve.stepNorm = accepted ? size : 0;
    if (accepted) {
      solve.accept();
      solve.measure(ACCEPT * predicted);
      solve.foundGradient(solve.gradientSize(solve.here));
      s[S_CURRENT] = 0;
      if (solve.curved && solve.met) {
        const found = yield* beyondSaddle(solve);
        if (found === "saddle") return SADDLE;
        if (found === "left") {
          s[S_RADIUS] = Math.max(s[S_RADIUS]!, solve.stepNorm);
          s[S_VERDICT] = TAKEN;
          continue;
        }
      }
    } else {
      solve.keep();
      solve.step = solve.decrease = Infinity;
    }
    s[S_VERDICT] = accepted ? TAKEN : blind ? BLIND : REFUSED;
    s[S_PREDICTED] = predicted;
    yield ITERATION;
  }
}

const definition: MethodDefinition<RegionValues> = {
  name: "trustRegion",
  bounds: true,
  rescued: true,
  vectors: (n, o, _bounded, k) => ({
    state: SLOTS,
    d: n,
    pr: n,
    ...hessianVectors(n, usesProducts(n, o.solver), k),
  }),
  shows: (solve) => ({ radius: solve.s[S_RADIUS]! }),
  run: trustRegionRun,
};

/**
 * Trust region with exact or differenced second derivatives. Within bounds the region is a box too, and the model is minimised by
 * conjugate gradients on its faces, whichever `subproblem` is asked for.
 *
 * @example
 * const f = { fun: ([x]) => x ** 4 - x, grad: ([x], g) => { g[0] = 4 * x ** 3 - 1; }, hess: ([x], H) => { H[0] = 12 * x * x; } };
 * minimize(f, [2], { method: trustRegion() }).x; // [0.63]
 */
export function trustRegion(options: TrustRegionMinimizeOptions = {}): MinimizeMethod {
  checkKeys("trustRegion", options, ["subproblem", "hessian", "radius", "maxRadius"]);
  const hessian = choiceOption(
    "trustRegion",
    "hessian",
    options.hessian,
    ["auto", "full", "products"],
    "auto",
  );
  const positive = { min: 0, exclusive: true, infinite: true };
  return configured(definition, {
    subproblem: choiceOption(
      "trustRegion",
      "subproblem",
      options.subproblem,
      ["steihaug", "dogleg"],
      "steihaug",
    ),
    solver:
      options.subproblem === "dogleg"
        ? "cholesky"
        : { auto: "auto", full: "cholesky", products: "cg" }[hessian],
    radius: numberOption("trustRegion", "radius", options.radius, 0, { min: 0, exclusive: true }),
    maxRadius: numberOption("trustRegion", "maxRadius", options.maxRadius, Infinity, positive),
  });
}
