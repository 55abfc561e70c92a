// How the iterative solvers end, and the words for it.

import type { Stopped } from "../driver/task.js";

export type IterativeEnd =
  | { status: "converged"; reason: "residual" | "gradient" }
  | Stopped
  | {
      status: "failed";
      reason: "breakdown" | "notPositiveDefinite" | "diverging" | "stalled" | "nonFinite" | "singular";
    };

type Failed = Extract<IterativeEnd, { status: "failed" }>["reason"];

const failed = (reason: Failed): IterativeEnd => Object.freeze({ status: "failed", reason });

export const SOLVED: IterativeEnd = Object.freeze({ status: "converged", reason: "residual" });
/** Of least squares: the gradient of |b - A x|^2 / 2 is 0 to the tolerance. */
export const LEAST: IterativeEnd = Object.freeze({ status: "converged", reason: "gradient" });
export const BROKEN = failed("breakdown");
export const INDEFINITE = failed("notPositiveDefinite");
export const DIVERGED = failed("diverging");
export const STALLED = failed("stalled");
export const NOT_FINITE = failed("nonFinite");
export const SINGULAR = failed("singular");

const words: Record<IterativeEnd["reason"], string> = {
  residual: "converged: |b - A x| <= tolerance |b|",
  gradient: "converged: |A'(b - A x)| <= tolerance |A| |b - A x|, the least squares solution",
  maxIterations: "stopped at the limit maxIterations",
  maxEvaluations: "stopped before a product beyond maxEvaluations",
  maxTime: "stopped at the limit maxTimeMs",
  callback: 'stopped because onIteration returned "stop", or the iterator was left',
  abort: "stopped by the AbortSignal",
  breakdown: "the preconditioner is not positive definite",
  notPositiveDefinite: "A is not positive definite: a direction of curvature <= 0 was met",
  diverging: "the residual grows without bound",
  stalled: "stalled: |b - A x|, computed anew, is above the tolerance and no longer falls",
  nonFinite:
    "a product is not finite: A or the preconditioner gave NaN or Infinity, or their numbers left the range",
  singular: "A is singular where the directions from b lead: none of them makes |b - A x| smaller",
};

export const describe = (reason: IterativeEnd["reason"], nit: number, method: string): string =>
  `${method === "bicgstab" && reason === "breakdown" ? "the recurrence broke down: its directions are dependent" : words[reason]}; after ${nit} ${nit === 1 ? "iteration" : "iterations"}`;
