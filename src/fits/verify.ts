// verify: what the result of a fit claims, recomputed from data and model at the reported parameters; and what an answer to a
// convex program (constrained/verify.ts) and a minimum (constrained/nonlinear/verify.ts) claim.

import type { LinearProgram, QuadraticProgram } from "../constrained/input.js";
import type { CompiledProgram } from "../constrained/nonlinear/compiled.js";
import {
  type NonlinearProblem,
  type PointClaim,
  type PointVerification,
  verifyPoint,
} from "../constrained/nonlinear/verify.js";
import {
  type ConvexClaim,
  type Verification,
  type VerifyOptions,
  verify as verifyProgram,
} from "../constrained/verify.js";
import type { FitResult } from "../least-squares/fit-result.js";
import { preparedOf } from "../least-squares/prepared.js";
import { sumOfSquares } from "../least-squares/run.js";
import type { Objective } from "../minimize/objective.js";
import { inNameOf } from "../runtime/in-name-of.js";
import { fromJSON, readReport } from "./from-json.js";
import { fitBehind, freeValues, linearise, refitter } from "./refit.js";
import { costAt, lowestCost, scaleFollows, weighted } from "./settled.js";

export interface FitVerification {
  /** The claim holds: rss and standard errors as recomputed, and where it says converged, a minimum. */
  readonly ok: boolean;
  /** Why not. */
  readonly why?: string;
  /** Whether a refit from the reported parameters stays where it is. */
  readonly status: { readonly claimed: string; readonly found: "minimum" | "not a minimum" };
  readonly rss: { readonly claimed: number; readonly found: number };
  /** Relative offset |projection of r on the columns of J| / |r|, 0 at a minimum inside the bounds. */
  readonly gradient: number;
  /** The largest relative difference of a standard error from the recomputed one. */
  readonly stderr: number;
}

/** Claims agree when they differ by less than this, relatively. */
const SAME = 1e-6;
/** A refit that lowers rss by more than this, relatively, started from no minimum. */
const LOWER = 1e-8;

/** |Q'r| / |r| with the columns of J made orthonormal (modified Gram-Schmidt, twice). */
function relativeOffset(J: Float64Array, r: Float64Array, n: number): number {
  const m = r.length;
  const Q: Float64Array[] = [];
  let projection = 0;
  let total = 0;
  for (let i = 0; i < m; i++) total += r[i]! * r[i]!;
  if (total === 0) return 0;
  for (let j = 0; j < n; j++) {
    const v = Float64Array.from({ length: m }, (_, i) => J[i * n + j]!);
    let size = 0;
    for (let i = 0; i < m; i++) size += v[i]! * v[i]!;
    for (let pass = 0; pass < 2; pass++) {
      for (const q of Q) {
        let dot = 0;
        for (let i = 0; i < m; i++) dot += q[i]! * v[i]!;
        for (let i = 0; i < m; i++) v[i]! -= dot * q[i]!;
      }
    }
    let left = 0;
    for (let i = 0; i < m; i++) left += v[i]! * v[i]!;
    // A column that depends on others adds no direction.
    if (!(left > 1e-24 * size)) continue;
    const scale = 1 / Math.sqrt(left);
    for (let i = 0; i < m; i++) v[i]! *= scale;
    Q.push(v);
    let dot = 0;
    for (let i = 0; i < m; i++) dot += v[i]! * r[i]!;
    projection += dot * dot;
  }
  return Math.sqrt(projection / total);
}

/** What a report says of its run and its input, which the parameters do not tell. */
const OF_RUN = new Set(
  "kind version input elapsedMs method variant warnings status reason success message nit nfev njev starts trace init".split(
    " ",
  ),
);
/** Numbers that are made of residuals: rounding, where the residuals are. */
const OF_RESIDUALS = new Set(
  "residuals rss rssY rssX cost redChi2 residualStd r2 aic aicc bic aicR bicR epsilon delta".split(" "),
);
/** Numbers that are made of the inverse of J'J. */
const OF_INVERSE = new Set("covariance correlation conditionNumber stderr ci".split(" "));
/** Residuals of a smaller share of the fitted values are rounding. */
const ROUNDING = 1e-12;

interface Tolerances {
  /** Of what is made of the inverse, of residuals, relatively; residuals and fitted values, as numbers. */
  readonly inverse: number;
  readonly residuals: number;
  readonly floor: number;
  /** The residuals are rounding. */
  readonly exact: boolean;
}

const relativeOf = (name: string, t: Tolerances): number =>
  OF_INVERSE.has(name) ? t.inverse : OF_RESIDUALS.has(name) ? t.residuals : SAME;

/** Where a report says something else than what was recomputed: the path to the first such field. */
function difference(said: unknown, found: unknown, path: string, t: Tolerances): string | undefined {
  const name = path.slice(path.lastIndexOf(".") + 1);
  const ofResiduals = OF_RESIDUALS.has(name) || /^(covariance|stderr|ci)$/.test(name);
  if (OF_RUN.has(name) || (t.exact && ofResiduals)) return undefined;
  const relative = relativeOf(name, t);
  if (Array.isArray(found) && !found.some((v) => typeof v === "object" && v !== null)) {
    if (!Array.isArray(said) || said.length !== found.length) return path;
    const floor = ["residuals", "fitted"].includes(name) ? t.floor : 0;
    const numbers = found.map((v) => (typeof v === "number" ? Math.abs(v) : 0));
    const scale = name === "residuals" || name === "covariance" ? 0 : Math.max(0, ...numbers);
    const at = found.findIndex((v, i) => !agrees(said[i], v, relative * scale + floor, relative));
    return at < 0 ? undefined : `${path}[${at}]`;
  }
  if (typeof found !== "object" || found === null) return agrees(said, found, 0, relative) ? undefined : path;
  const parts = said as Readonly<Record<string, unknown>> | null | undefined;
  if (typeof parts !== "object" || parts === null) return path;
  for (const [key, value] of Object.entries(found)) {
    // A field that an earlier version did not write, or a version to come.
    if (parts[key] === undefined && path === "") continue;
    const where = difference(parts[key], value, path === "" ? key : `${path}.${key}`, t);
    if (where !== undefined) return where;
  }
  return undefined;
}

function agrees(said: unknown, found: unknown, floor: number, relative: number): boolean {
  if (typeof said !== "number" || typeof found !== "number") return said === found;
  return Math.abs(said - found) <= floor + relative * Math.max(Math.abs(said), Math.abs(found));
}

interface Estimate {
  readonly value: number;
  readonly stderr?: number | null;
  readonly ci?: readonly [number, number] | null;
}

/** The first interval that is not as many of its standard errors wide as the recomputed one. */
function falseInterval(said: Readonly<Record<string, Estimate>>, found: Readonly<Record<string, Estimate>>) {
  for (const [name, { value, stderr, ci }] of Object.entries(found)) {
    const own = said[name];
    if (!stderr || !ci || !own?.stderr || !own.ci) continue;
    for (const side of [0, 1]) {
      const half = ((ci[side]! - value) / stderr) * own.stderr;
      const room = SAME * Math.abs(half) + ROUNDING * Math.abs(value);
      if (!(Math.abs(own.ci[side]! - own.value - half) <= room)) return `params.${name}.ci[${side}]`;
    }
  }
  return undefined;
}

/** The first field of a report that does not follow from its parameters. */
function falseField(report: Readonly<Record<string, unknown>>, result: FitResult): string | undefined {
  const found = JSON.parse(JSON.stringify(result)) as Record<string, unknown>;
  const size = result.fitted.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const { conditionNumber: cond, residuals } = result;
  // Another variant of the kernels rounds otherwise: eps cond^2 in the covariance, eps cond in what terms that cancel come to.
  const floor = Math.max(ROUNDING, 1e-16 * cond || 0) * size;
  const rms = Math.sqrt(sumOfSquares(residuals) / residuals.length);
  const within = (share: number) => Math.min(0.1, Math.max(SAME, share)) || 0.1;
  return (
    difference(report, found, "", {
      inverse: within(1e-16 * cond * cond),
      residuals: within((2 * floor) / rms),
      floor,
      exact: residuals.every((r) => Math.abs(r) <= ROUNDING * size),
    }) ?? falseInterval(report.params as Record<string, Estimate>, found.params as Record<string, Estimate>)
  );
}

const told = ({ warnings }: FitResult, code: string): boolean => warnings.some((w) => w.code === code);

function verifyFit(
  result: FitResult,
  claim: { rss: number; params: Readonly<Record<string, unknown>> },
  report?: Readonly<Record<string, unknown>>,
): FitVerification {
  const where = "verify";
  const fit = fitBehind(where, result);
  const { loss = "linear" } = fit.options;
  const robust = loss !== "linear";
  const p = freeValues(result);
  const plain = linearise(where, fit, p);
  const { lossScale } = result;
  const { residuals, jacobian } = robust ? weighted(loss, lossScale, plain) : plain;
  const found = sumOfSquares(plain.residuals);
  const gradient = relativeOffset(jacobian, residuals, p.length);
  const [what, now, lowest] = robust
    ? ["robust sum", costAt(where, fit, p, lossScale), lowestCost(where, fit, p, lossScale)]
    : ["rss", found, refitter(where, fit)(fit.y, fit.weights, p).rss];
  const minimum = !(lowest < now * (1 - LOWER));
  const loose =
    robust && !scaleFollows(fit, plain.residuals, lossScale) && !told(result, "W_SCALE_UNSETTLED");
  let worst = 0;
  for (const [name, { stderr }] of Object.entries(result.params)) {
    const said = (claim.params[name] as { stderr?: number | null } | undefined)?.stderr ?? null;
    if (said === null && stderr === null) continue;
    const off =
      said === null || stderr === null ? Infinity : Math.abs(said - stderr) / Math.max(stderr, 1e-300);
    worst = Math.max(worst, off);
  }
  const rssOff =
    Math.abs(claim.rss - found) > SAME * Math.max(found, 1e-300) && Math.abs(claim.rss - found) > 1e-300;
  const wrong = report && falseField(report, result);
  const why = rssOff
    ? `the rss at these parameters is ${found}, not ${claim.rss}`
    : worst > SAME
      ? `a standard error differs by ${worst}, relatively`
      : result.status === "converged" && !minimum
        ? `a refit from these parameters lowers the ${what} from ${now} to ${lowest}`
        : loose
          ? `the scale ${lossScale} of the loss is not the one that was given or that these residuals ask for`
          : wrong && `${wrong} does not follow from the parameters`;
  return {
    ok: why === undefined,
    ...(why === undefined ? {} : { why }),
    status: { claimed: result.status, found: minimum ? "minimum" : "not a minimum" },
    rss: { claimed: claim.rss, found },
    gradient,
    stderr: worst,
  };
}

const isAnswer = (v: unknown): boolean =>
  typeof v === "object" && v !== null && typeof (v as { status?: unknown }).status === "string";

/**
 * Recomputes what a result claims. Of a fit, or of its report in JSON (text models): rss, gradient and standard errors at the
 * reported parameters, whether they are a minimum, and of a report every field that follows from parameters and data. Of an answer to a linear or quadratic program: feasibility, stationarity,
 * gap and objective, or the certificate. Of a minimum, free or constrained, as `verify(result, problem)` with the function, a compiled
 * program or `{ f, equality, inequality, linear, bounds, maximize }`: value, feasibility, the gradient of the Lagrangian by the problem's own
 * derivatives or by extrapolated differences, complementarity, and whether a lower point lies beside it. A status is never trusted.
 *
 * A robust fit is held against its robust sum at the scale that it reports, and the scale against the residuals.
 *
 * @throws DownhillError OPTION, PARSE for what is neither; as `fromJSON` for reports.
 * @example
 * const fit = curveFit({ model: "a*exp(-b*x)", x: [0, 1, 2, 3], y: [2, 1.2, 0.75, 0.44] });
 * verify(fit).ok; // true
 * verify(JSON.stringify(fit)).ok; // true
 *
 * @example
 * const program = { c: [-3, -5], A: [[1, 0], [0, 2], [3, 2]], u: [4, 12, 18], lower: [0, 0] };
 * verify(program, solveLP(program)).ok; // true
 *
 * @example
 * const f = (x) => (x[0] - 1) ** 2 + x[0] * x[1] + x[1] ** 2;
 * verify(minimize(f, [0, 0]), f).ok; // true
 */
export function verify(fit: FitResult | string | object): FitVerification;
export function verify(
  problem: LinearProgram | QuadraticProgram,
  answer: ConvexClaim,
  o?: VerifyOptions,
): Verification;
export function verify(
  result: PointClaim,
  problem: Objective | CompiledProgram | NonlinearProblem,
  o?: VerifyOptions,
): PointVerification;
export function verify(
  first: FitResult | LinearProgram | QuadraticProgram | PointClaim | string | object,
  ...others: readonly unknown[]
): FitVerification | Verification | PointVerification {
  const fit = typeof first === "object" && first !== null && preparedOf(first) !== undefined;
  if (others.length > 0 && !fit) {
    const [second, o] = others as [unknown, VerifyOptions | undefined];
    // The result may stand first or second.
    const [problem, answer] = isAnswer(first) && !isAnswer(second) ? [second, first] : [first, second];
    if (typeof problem !== "object" || problem === null || !("c" in problem || "q" in problem))
      if (isAnswer(answer)) return verifyPoint(problem, answer as PointClaim, o);
    return verifyProgram(problem as LinearProgram, answer as ConvexClaim, o);
  }
  if (fit) {
    const result = first as FitResult;
    return verifyFit(result, { rss: result.rss, params: result.params });
  }
  const report = inNameOf("verify", "fromJSON", () => readReport(first));
  return verifyFit(
    fromJSON(report),
    {
      rss: Number(report.rss),
      params: report.params as Readonly<Record<string, unknown>>,
    },
    report,
  );
}
