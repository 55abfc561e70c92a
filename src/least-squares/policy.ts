// How long the next step may be, judged by the ratio of the actual to the predicted decrease. The numbers live
// in the state that the kernels read.

import type { LeastSquaresMethodName } from "./settings.js";
import { S_CLIPPED, S_DAMPING, S_FRACTION, S_FULL, S_LAMBDA, S_LENGTH, S_RADIUS, S_SLOPE } from "./state.js";

export interface Verdict {
  accepted: boolean;
  /** actual / predicted decrease; -1 when the model predicts none. */
  ratio: number;
  cost: number;
  trialCost: number;
}

export interface Policy {
  judge(s: Float64Array, verdict: Verdict): void;
  /** Lets steps of this length through again, before the Jacobian becomes finer. */
  widen(s: Float64Array, length: number): void;
}

/** Moré's radius (1978; MINPACK lmder): shrunk by the parabola through both costs and the slope, doubled after a good step. */
function trustRegion(): Policy {
  let first = true;
  return {
    judge(s, { ratio, cost, trialCost }) {
      const length = s[S_LENGTH] as number;
      if (first && length > 0) s[S_RADIUS] = Math.min(s[S_RADIUS] as number, length);
      first = false;
      if (ratio <= 0.25) {
        const slope = s[S_SLOPE] as number;
        let t = trialCost > cost ? -slope / (2 * (trialCost - cost - slope)) : 0.5;
        if (!(t >= 0.1) || trialCost >= 100 * cost) t = 0.1;
        t = Math.min(t, 0.5);
        s[S_RADIUS] = t * Math.min(s[S_RADIUS] as number, length);
        s[S_LAMBDA] = (s[S_LAMBDA] as number) / t;
      } else if (s[S_FULL] === 1 || ratio >= 0.75) {
        s[S_RADIUS] = s[S_CLIPPED] === 1 ? Math.max(s[S_RADIUS] as number, 2 * length) : 2 * length;
        s[S_LAMBDA] = 0.5 * (s[S_LAMBDA] as number);
      }
    },
    widen(s, length) {
      s[S_RADIUS] = Math.max(s[S_RADIUS] as number, length);
    },
  };
}

/** Nielsen's update of lambda (1999, eq. 2.4): max(1/3, 1 - (2 ratio - 1)^3) after success, doubling growth after failure. */
function damping(): Policy {
  let growth = 2;
  return {
    judge(s, { accepted, ratio }) {
      if (accepted) {
        const t = 2 * ratio - 1;
        s[S_DAMPING] = (s[S_DAMPING] as number) * Math.max(1 / 3, 1 - t * t * t);
        growth = 2;
      } else {
        s[S_DAMPING] = (s[S_DAMPING] as number) * growth;
        growth *= 2;
      }
    },
    widen() {},
  };
}

/** The Gauss-Newton step, halved until the cost falls. */
function halving(): Policy {
  return {
    judge(s, { accepted }) {
      s[S_FRACTION] = accepted ? 1 : (s[S_FRACTION] as number) / 2;
    },
    widen(s) {
      s[S_FRACTION] = 1;
    },
  };
}

export function makePolicy(method: LeastSquaresMethodName): Policy {
  if (method === "levenberg") return damping();
  return method === "gaussNewton" ? halving() : trustRegion();
}
