// Runs on functions: the same iterations in plain JavaScript, around the caller's products and preconditioner.

import { DownhillError, quote } from "../runtime/errors.js";
import type { Operator, Request } from "./request.js";
import type { IterativeEnd, Run } from "./session.js";

const DIVERGED = 1e8;

function dot(x: Float64Array, y: Float64Array): number {
  let s = 0;
  for (let i = 0; i < x.length; i++) s += x[i]! * y[i]!;
  return s;
}

function norm(x: Float64Array): number {
  const s = dot(x, x);
  if (s > 1e-280 && s < Infinity) return Math.sqrt(s);
  let largest = 0;
  for (const v of x) largest = Math.abs(v) > largest || Number.isNaN(v) ? Math.abs(v) : largest;
  if (!(largest > 0 && largest < Infinity)) return largest;
  let sum = 0;
  for (const v of x) sum += (v / largest) * (v / largest);
  return largest * Math.sqrt(sum);
}

/** Calls the user's function and refuses a promise: its `out` would be filled too late. */
function call(where: string, what: string, f: Operator, x: Float64Array, out: Float64Array): void {
  const answer: unknown = f(x, out);
  if (typeof answer !== "object" || answer === null || !("then" in answer)) return;
  throw new DownhillError(
    "CALLBACK_RESULT",
    `${where}: ${what} returned ${quote(answer)}, expected it to fill out`,
    {
      details: { argument: what },
    },
  );
}

export function operatorRun(request: Request): Run {
  const { where, n, b, tolerance, omega, preconditioner } = request;
  const apply = request.A as Operator;
  const diagonal = request.diagonal as Float64Array;
  const x = request.x0 ? request.x0.slice() : new Float64Array(n);
  const r = b.slice();
  const p = new Float64Array(n);
  const q = new Float64Array(n);
  const z = new Float64Array(n);
  const residual = () => {
    call(where, "A", apply, x, q);
    for (let i = 0; i < n; i++) r[i] = b[i]! - q[i]!;
    return norm(r);
  };
  const size = norm(b);
  const bound = tolerance * size;
  const first = request.x0 ? residual() : size;
  const history = [first];
  const most = where === "cg" ? Number.MAX_VALUE : DIVERGED * (size + first);
  let rz = 0;
  let fault: IterativeEnd | null = null;
  const judge = (length: number): IterativeEnd | null => {
    history.push(length);
    if (length <= bound) return { status: "converged", reason: "residual" };
    if (!(length <= most)) return { status: "failed", reason: "diverging" };
    return null;
  };
  /** z = M^-1 r. */
  const precondition = (): Float64Array => {
    if (preconditioner === "none") return r;
    if (typeof preconditioner === "function") call(where, "preconditioner", preconditioner, r, z);
    else for (let i = 0; i < n; i++) z[i] = r[i]! / diagonal[i]!;
    return z;
  };
  if (first <= bound) fault = { status: "converged", reason: "residual" };
  else if (where === "cg") {
    p.set(precondition());
    rz = dot(r, p);
    if (!(rz > 0)) fault = { status: "failed", reason: "breakdown" };
  }
  const jacobiStep = (): IterativeEnd | null => {
    for (let i = 0; i < n; i++) x[i] = x[i]! + (omega * r[i]!) / diagonal[i]!;
    return judge(residual());
  };
  const cgStep = (): IterativeEnd | null => {
    call(where, "A", apply, p, q);
    const curvature = dot(p, q);
    if (!(curvature > 0)) {
      return { status: "failed", reason: curvature <= 0 ? "notPositiveDefinite" : "diverging" };
    }
    const alpha = rz / curvature;
    for (let i = 0; i < n; i++) {
      x[i] = x[i]! + alpha * p[i]!;
      r[i] = r[i]! - alpha * q[i]!;
    }
    const ended = judge(norm(r));
    if (ended) return ended;
    const direction = precondition();
    const next = dot(r, direction);
    if (!(next > 0)) return { status: "failed", reason: "breakdown" };
    const beta = next / rz;
    for (let i = 0; i < n; i++) p[i] = direction[i]! + beta * p[i]!;
    rz = next;
    return null;
  };
  const step = where === "cg" ? cgStep : jacobiStep;
  return {
    n,
    history,
    advance(steps) {
      for (let t = 0; t < steps && !fault; t++) fault = step();
      return fault;
    },
    x: () => x.slice(),
    residualNorm: residual,
    release: () => {},
  };
}
