// LSQR (Paige and Saunders 1982) and LSMR (Fong and Saunders 2011) for |b - A x|^2 + damp^2 |x|^2: both read x from the
// bidiagonalisation of Golub and Kahan, LSQR so that |r| falls in every iteration, LSMR so that |A'r| does.

import type { Ask } from "../../driver/task.js";
import { type IterativeEnd, NOT_FINITE, STALLED } from "../ends.js";
import type { LinearMethod, Mapped } from "../mapped.js";
import type { System } from "../request.js";
import type { Steps } from "../task.js";
import { hypot, rotation } from "./rotations.js";

type Vectors = "u" | "low" | "v" | "w" | "h" | "g" | "Av";
type Run = Mapped<Vectors>;

const EPS = 2.220446049250313e-16;

const lengths =
  (damp: number) =>
  ({ rows: m, cols: n }: System): Readonly<Record<Vectors, number>> => ({
    u: m,
    // The part of u that belongs to the rows damp I.
    low: damp > 0 ? n : 0,
    v: n,
    w: n,
    h: n,
    g: n,
    Av: Math.max(m, n),
  });

/** The state of a bidiagonalisation: the last alpha and beta, and |A|_F of what it has seen. */
interface Bidiagonal {
  alpha: number;
  beta: number;
  size: number;
}

/** beta u = r, alpha v = A'u; r has just been computed. */
function* beginBidiagonal(run: Run, damp: number, to: Bidiagonal): Generator<Ask, void, void> {
  const { space, transposed } = run;
  const { u, low, v } = space.v;
  const { r, x } = run.common;
  space.copy(r, u);
  for (let j = 0; j < low.f64.length; j++) low.f64[j] = -damp * x.f64[j]!;
  to.beta = hypot(space.norm(u), space.norm(low));
  normalise(run, to.beta);
  yield transposed.of(u, v);
  space.add(damp, low, dampedPart(v, low));
  to.alpha = space.norm(v);
  if (to.alpha > 0) space.scale(1 / to.alpha, v);
}

/** One step: beta u = A v - alpha u, alpha v = A'u - beta v. */
function* stepBidiagonal(run: Run, damp: number, b: Bidiagonal): Generator<Ask, void, void> {
  const { space, A, transposed } = run;
  const { u, low, v, g } = space.v;
  const Av = part(space.v.Av, u.f64.length);
  b.size = hypot(b.size, b.alpha);
  yield A.of(v, Av);
  space.turn(Av, -b.alpha, u);
  space.scale(-b.alpha, low);
  space.add(damp, dampedPart(v, low), low);
  b.beta = hypot(space.norm(u), space.norm(low));
  // What is left is rounding.
  if (b.beta <= 10 * EPS * b.alpha) b.beta = 0;
  b.size = hypot(b.size, b.beta);
  if (b.beta === 0) {
    b.alpha = 0;
    return;
  }
  normalise(run, b.beta);
  yield transposed.of(u, g);
  space.add(damp, low, dampedPart(g, low));
  space.turn(g, -b.beta, v);
  b.alpha = space.norm(v);
  if (b.alpha <= 10 * EPS * b.beta) b.alpha = 0;
  else space.scale(1 / b.alpha, v);
}

function normalise({ space }: Run, length: number): void {
  if (!(length > 0)) return;
  space.scale(1 / length, space.v.u);
  space.scale(1 / length, space.v.low);
}

type Part = Run["space"]["v"]["u"];
const part = (x: Part, length: number): Part => ({ at: x.at, f64: x.f64.subarray(0, length) });
/** As many elements as `low` has: none without damping. */
const dampedPart = (x: Part, low: Part): Part => part(x, low.f64.length);

/** |A'r - damp^2 x| of the residual in r. */
function* gradientOf(run: Run, damp: number): Generator<Ask, number, void> {
  const { space, transposed } = run;
  const { g } = space.v;
  const { r, x } = run.common;
  yield transposed.of(r, g);
  space.add(-damp * damp, x, g);
  return space.norm(g);
}

/** Whether what the recurrence claims is so: either measure is met by residuals computed anew. */
function* confirmLeast(
  run: Run,
  damp: number,
  size: number,
): Generator<Ask, "confirmed" | "again" | IterativeEnd, void> {
  const { space, system, bound } = run;
  const { x } = run.common;
  const truth = yield* run.residual();
  if (!(truth < Infinity)) return NOT_FINITE;
  if (truth <= bound && damp === 0) {
    run.measure.value = truth;
    return "confirmed";
  }
  const length = hypot(truth, damp * space.norm(x));
  const relative = (yield* gradientOf(run, damp)) / size / length;
  if (relative <= system.tolerance) {
    run.gradient.value = relative;
    return "confirmed";
  }
  const far = Math.min(
    damp === 0 ? truth / (bound || Number.MIN_VALUE) : Infinity,
    relative / (system.tolerance || Number.MIN_VALUE),
  );
  return run.again(far);
}

export const lsqrMethod = (damp: number): LinearMethod<Vectors> => ({
  lengths: lengths(damp),
  gradient: (run) => gradientOf(run, damp),
  steps: (run, resumed) => lsqrSteps(run, damp, resumed),
});

function* lsqrSteps(run: Run, damp: number, resumed: boolean): Steps {
  const { space, bound, system } = run;
  const { v, w } = space.v;
  const { x, scalars } = run.common;
  const s = scalars.f64;
  const b: Bidiagonal = { alpha: s[0]!, beta: s[1]!, size: s[2]! };
  let [phibar, rhobar, most] = [s[3]!, s[4]!, s[5]!];
  let again = !resumed || s[6] === 1;
  for (;;) {
    if (again) {
      again = false;
      yield* beginBidiagonal(run, damp, b);
      if (!(b.beta < Infinity && b.alpha < Infinity)) return NOT_FINITE;
      space.copy(v, w);
      [phibar, rhobar, b.size] = [b.beta, b.alpha, 0];
      const verdict = b.alpha === 0 ? yield* confirmLeast(run, damp, 1) : "go on";
      if (verdict === "confirmed") yield { kind: "check" };
      else if (verdict !== "go on") return verdict === "again" ? STALLED : verdict;
    }
    yield* stepBidiagonal(run, damp, b);
    most = Math.max(most, b.size);
    const [c, q, rho] = rotation(rhobar, b.beta);
    const theta = q * b.alpha;
    rhobar = -c * b.alpha;
    const phi = c * phibar;
    phibar = q * phibar;
    if (rho > 0) {
      space.add(phi / rho, w, x);
      space.turn(v, -theta / rho, w);
    }
    let fault: IterativeEnd | null = rho < Infinity && phi - phi === 0 ? null : NOT_FINITE;
    const slope = b.alpha * Math.abs(c * phibar);
    const met = (damp === 0 && phibar <= bound) || slope <= system.tolerance * most * phibar;
    if (!fault && (met || b.alpha === 0)) {
      const verdict = yield* confirmLeast(run, damp, most);
      if (verdict === "again") again = true;
      else if (verdict !== "confirmed") fault = verdict;
    }
    s.set([b.alpha, b.beta, b.size, phibar, rhobar, most, again ? 1 : 0]);
    yield run.marked(phibar);
    if (fault) return fault;
  }
}

export const lsmrMethod = (damp: number): LinearMethod<Vectors> => ({
  lengths: lengths(damp),
  gradient: (run) => gradientOf(run, damp),
  steps: (run, resumed) => lsmrSteps(run, damp, resumed),
});

function* lsmrSteps(run: Run, damp: number, resumed: boolean): Steps {
  const { space, bound, system } = run;
  // w is the paper's hbar.
  const { v, h, w } = space.v;
  const { x, scalars } = run.common;
  const s = scalars.f64;
  const b: Bidiagonal = { alpha: s[0]!, beta: s[1]!, size: s[2]! };
  let [most, zetabar, alphabar, rho, rhobar, cbar, sbar] = [s[3]!, s[4]!, s[5]!, s[6]!, s[7]!, s[8]!, s[9]!];
  let [zeta, betadd, betad, rhodold, tautildeold, thetatilde] = [
    s[10]!,
    s[11]!,
    s[12]!,
    s[13]!,
    s[14]!,
    s[15]!,
  ];
  let again = !resumed || s[16] === 1;
  for (;;) {
    if (again) {
      again = false;
      yield* beginBidiagonal(run, damp, b);
      if (!(b.beta < Infinity && b.alpha < Infinity)) return NOT_FINITE;
      [zetabar, alphabar, rho, rhobar, cbar, sbar] = [b.alpha * b.beta, b.alpha, 1, 1, 1, 0];
      [zeta, betadd, betad, rhodold, tautildeold, thetatilde] = [0, b.beta, 0, 1, 0, 0];
      b.size = 0;
      space.copy(v, h);
      w.f64.fill(0);
      const verdict = b.alpha === 0 ? yield* confirmLeast(run, damp, 1) : "go on";
      if (verdict === "confirmed") yield { kind: "check" };
      else if (verdict !== "go on") return verdict === "again" ? STALLED : verdict;
    }
    yield* stepBidiagonal(run, damp, b);
    most = Math.max(most, b.size);
    // The two rotations of an iteration: equations (2.3) and (2.5).
    const rhoold = rho;
    const [c, q, root] = rotation(alphabar, b.beta);
    rho = root;
    const thetanew = q * b.alpha;
    alphabar = c * b.alpha;
    const rhobarold = rhobar;
    const zetaold = zeta;
    const thetabar = sbar * rho;
    const [c2, s2, root2] = rotation(cbar * rho, thetanew);
    cbar = c2;
    sbar = s2;
    rhobar = root2;
    zeta = cbar * zetabar;
    zetabar = -sbar * zetabar;
    if (rho > 0 && rhobar > 0) {
      space.turn(h, -(thetabar / rhobarold) * (rho / rhoold), w);
      space.add(zeta / rho / rhobar, w, x);
      space.turn(v, -thetanew / rho, h);
    }
    // |r|, section 3.2 (damping stands in A).
    const betahat = c * betadd;
    betadd = -q * betadd;
    const thetatildeold = thetatilde;
    const [ct, st, rhotildeold] = rotation(rhodold, thetabar);
    thetatilde = st * rhobar;
    rhodold = ct * rhobar;
    betad = -st * betad + ct * betahat;
    tautildeold = rhotildeold > 0 ? (zetaold - thetatildeold * tautildeold) / rhotildeold : 0;
    const taud = rhodold > 0 ? (zeta - thetatilde * tautildeold) / rhodold : 0;
    const norm = hypot(betad - taud, betadd);
    let fault: IterativeEnd | null = rho < Infinity && zeta - zeta === 0 ? null : NOT_FINITE;
    const met = (damp === 0 && norm <= bound) || Math.abs(zetabar) <= system.tolerance * most * norm;
    if (!fault && (met || b.alpha === 0)) {
      const verdict = yield* confirmLeast(run, damp, most);
      if (verdict === "again") again = true;
      else if (verdict !== "confirmed") fault = verdict;
    }
    s.set([b.alpha, b.beta, b.size, most, zetabar, alphabar, rho, rhobar, cbar, sbar]);
    s.set([zeta, betadd, betad, rhodold, tautildeold, thetatilde, again ? 1 : 0], 10);
    yield run.marked(norm);
    if (fault) return fault;
  }
}
