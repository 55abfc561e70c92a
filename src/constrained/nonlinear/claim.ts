// Before a claim is made: slopes by differences are measured anew, with their errors, and what is stationary is asked whether it is a minimum.
// Where the answer is no the method begins again, from a lower point or with what was learnt of the noise; the same rule for all methods.

import type { Ask } from "../../driver/task.js";
import { differencedPart, measuredSlope } from "./measured-slope.js";
import { heard, listen } from "./noise.js";
import { lagrangianOf, secondOrder } from "./second-order.js";
import { type ConstrainedEnd, failed, HOLDS, type Method, type Phase, type ProgramSolve } from "./solve.js";

/** How often a run may leave a point where f curves downwards, learn of noise, or measure a slope that it did not know. */
const MOST_LEFT = 25;
const MOST_LEARNT = 4;
const MOST_WRONG = 3;
const MOST_BEGUN = 3;
/** Iterations at one and the same point. */
const STOOD = 8;
/** Iterations between two measurements of noise, and without a gain beyond noise that is known. */
const RENEWAL = 20;
const IDLE = 20;
const GAIN = 0.5;
/** Errors of differences are known to this factor. */
const DOUBT = 4;

type Verdict = "holds" | "again" | ConstrainedEnd;

const SADDLE: ConstrainedEnd = { status: "failed", reason: "saddle" };

export function* vetted(solve: ProgramSolve, begin: () => Method): Method {
  let [left, learnt, wrong, begun] = [0, 0, 0, 0];
  const stood = new Float64Array(solve.n);

  function* judge(): Phase<Verdict> {
    const { evaluator, here, y, z, n, tolerances } = solve;
    // Where some derivatives are the user's, differences answer for the others only.
    const part = evaluator.exactFirst ? null : differencedPart(solve);
    const of = part?.of ?? lagrangianOf(solve);
    const slope = evaluator.exactFirst ? null : yield* measuredSlope(solve, of);
    if (slope) {
      const sizes = solve.sizes(here, y, z);
      let known = part?.size ?? Math.abs(here.f);
      if (!part) for (let i = 0; i < y.length; i++) known += Math.abs(y[i]! * here.c[i]!);
      const noise = yield* heard(solve, of, slope, known, part?.terms ?? Math.abs(solve.first));
      const loud = noise > 0;
      let [off, error] = [0, 0];
      for (let j = 0; j < n; j++) {
        if (solve.lower[j] === solve.upper[j]) continue;
        const g = slope.g[j]! + (part?.rest[j] ?? 0);
        // At a bound the multiplier takes what the slope is.
        if (Math.abs(z[j]!) > HOLDS && z[j]! * g > 0) continue;
        const allowed = tolerances.gradTol * Math.max(solve.floor(j), sizes[j]!);
        const rest = Math.abs(g - z[j]!);
        const doubt = slope.errors[j]!;
        off = Math.max(off, (loud ? rest + doubt : rest - DOUBT * doubt) / allowed);
        error = Math.max(error, doubt / solve.evaluator.fScale);
      }
      if (!(off <= 1)) {
        if (loud && learnt++ < MOST_LEARNT && (yield* listen(solve))) return "again";
        if (loud) return tooLoud(solve, noise, error);
        if (wrong++ < MOST_WRONG) {
          evaluator.forgetSteps();
          return "again";
        }
        solve.detail = `differences do not agree on the slope, which may be ${short(off * tolerances.gradTol)}`;
        return failed("stalled");
      }
    }
    const found = yield* secondOrder(solve, part ? yield* measuredSlope(solve, lagrangianOf(solve)) : slope);
    if (found === "minimum") return "holds";
    if (found === "left" && left++ < MOST_LEFT) return "again";
    solve.detail = "";
    return SADDLE;
  }

  let marks = 0;
  for (;;) {
    const run = begin();
    let again = false;
    let [idle, still, lowest, least, flattest] = [0, 0, Infinity, Infinity, Infinity];
    try {
      let next = run.next();
      for (; !next.done; next = run.next()) {
        const ask: Ask = next.value;
        if (ask.kind !== "call" && solve.kkt <= 1) {
          const verdict = yield* judge();
          if (verdict !== "holds") {
            solve.measureOfKkt.value = Infinity;
            if (verdict !== "again") return verdict;
            again = true;
            break;
          }
        }
        yield ask;
        if (ask.kind !== "iteration" || solve.evaluator.exactFirst) continue;
        if (++marks % RENEWAL === 0 && learnt < MOST_LEARNT && (yield* listen(solve))) learnt++;
        still = stood.every((v, j) => v === solve.here.x[j]) ? still + 1 : 0;
        stood.set(solve.here.x);
        const hum = solve.hum(solve.y);
        // What noise hides is no progress.
        const violation = solve.infeasibility(solve.here.c);
        const gain =
          solve.here.f < lowest - hum || violation < GAIN * least || solve.unresolved < GAIN * flattest;
        idle = gain || hum === 0 ? 0 : idle + 1;
        lowest = Math.min(lowest, solve.here.f);
        least = Math.min(least, violation);
        flattest = Math.min(flattest, solve.unresolved);
        if (idle < IDLE && still < STOOD) continue;
        if (begun++ < MOST_BEGUN) {
          solve.evaluator.forgetSteps();
          again = true;
          break;
        }
        if (hum === 0) return failed("stalled");
        const { noise, errors } = yield* measuredSlope(solve, lagrangianOf(solve));
        return tooLoud(solve, noise, Math.max(...errors) / solve.evaluator.fScale);
      }
      if (!again && next.done) {
        const end = next.value;
        if (end.status === "converged") return end;
        // Flat as it looks to first derivatives, it may be a maximum.
        if (end.reason === "stalled" && solve.kkt <= 1) {
          solve.measureOfKkt.value = Infinity;
          const slope = solve.evaluator.exactFirst ? null : yield* measuredSlope(solve, lagrangianOf(solve));
          if ((yield* secondOrder(solve, slope)) === "left" && left++ < MOST_LEFT) again = true;
        }
        if (!again && solve.started && end.reason !== "diverging" && end.reason !== "nonFinite")
          again = learnt++ < MOST_LEARNT && (yield* listen(solve));
        if (!again) {
          const unsure = end.reason === "stalled" || end.reason === "lineSearch";
          if (!unsure || solve.hum(solve.y) === 0) return end;
          const { noise, errors } = yield* measuredSlope(solve, lagrangianOf(solve));
          return tooLoud(solve, noise, Math.max(...errors) / solve.evaluator.fScale);
        }
      }
    } finally {
      run.return(failed("stalled"));
    }
    solve.detail = "";
  }
}

function tooLoud(solve: ProgramSolve, noise: number, error: number): ConstrainedEnd {
  solve.detail = `values are known to ${short(noise / solve.evaluator.fScale)} only, and slopes to ${short(error)}, which gradTol asks more of`;
  return failed("stalled");
}

const short = (v: number): string => v.toExponential(1);
