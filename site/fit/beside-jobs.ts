// What stands beside a fit: its posterior, the fit of the logarithms, other losses, profiles, and several sets in one fit.

import { compileModel, curveFit, iterateSample, posterior as posteriorOf } from "downhill";
import type { JobContext } from "../shell/rpc.js";
import { type FitRequest, solve } from "./jobs.js";

/** A curve beside the fit, with or without a band. */
export interface Overlay {
  readonly name: string;
  readonly x: Float64Array;
  readonly fit: Float64Array;
  readonly lower: Float64Array | null;
  readonly upper: Float64Array | null;
}

/** Lets other calls into the worker, and cancellations, come in between. */
const breath = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

const POINTS = 160;
export const gridOf = ([low, high]: readonly [number, number]): Float64Array =>
  Float64Array.from({ length: POINTS }, (_, i) => low + ((high - low) * i) / (POINTS - 1));

export interface Marginal {
  readonly name: string;
  readonly value: number;
  readonly stderr: number | null;
  readonly ci: readonly [number, number] | null;
  readonly mean: number;
  readonly sd: number;
  /** The highest-density interval of the level of the fit. */
  readonly hdi: readonly [number, number];
  /** Draws of all chains, thinned. */
  readonly draws: Float64Array;
}
export interface PosteriorView {
  readonly overlay: Overlay | null;
  readonly marginals: readonly Marginal[];
  readonly rHat: number;
  readonly ess: number;
  readonly divergences: number;
  readonly done: boolean;
}

const DRAWS = 1500;
const WARMUP = 600;

/** The posterior of the same data and model under flat priors (1/sigma for the scale), by NUTS. */
export async function posterior(
  request: FitRequest,
  { signal, progress }: JobContext,
): Promise<PosteriorView> {
  const r = solve({ ...request, loss: "linear" });
  const run = iterateSample(posteriorOf(r), undefined, { chains: 4, draws: DRAWS, warmup: WARMUP, seed: 1 });
  const view = (done: boolean): PosteriorView => {
    const p = run.result;
    const limits = p.hdi(request.level);
    const width = p.names.length;
    const total = p.chains * p.count;
    const step = Math.max(1, Math.floor(total / 3000));
    const marginals = p.names.flatMap((name, j): Marginal[] => {
      const param = r.params[name];
      if (!param) return [];
      return [
        {
          name,
          value: param.value,
          stderr: param.stderr,
          ci: param.ci ? [param.ci[0], param.ci[1]] : null,
          mean: p.mean[j]!,
          sd: p.sd[j]!,
          hdi: [limits.lower[j]!, limits.upper[j]!],
          draws: Float64Array.from(
            { length: Math.floor(total / step) },
            (_, k) => p.draws[k * step * width + j]!,
          ),
        },
      ];
    });
    const x = gridOf(request.range);
    const band = done ? p.predict({ [request.variable]: x }, { level: request.level }) : null;
    return {
      overlay: band && { name: "posterior", x, fit: band.mean, lower: band.lower, upper: band.upper },
      marginals,
      rHat: Math.max(...p.rHat),
      ess: Math.min(...p.essBulk),
      divergences: p.divergences,
      done,
    };
  };
  let told = performance.now();
  for (const it of run) {
    if (performance.now() - told < 150) continue;
    if (it.nit > WARMUP + 8) progress(view(false));
    await breath();
    told = performance.now();
    if (signal.aborted) break;
  }
  return view(true);
}

export interface Comparison {
  readonly rows: readonly {
    readonly name: string;
    readonly values: Readonly<Record<string, number>>;
    readonly errors: Readonly<Record<string, number | null>>;
    /** Converged, or why not. */
    readonly ending: string;
  }[];
  readonly overlays: readonly Overlay[];
}

type Solved = ReturnType<typeof solve>;
const rowOf = (name: string, r: Solved): Comparison["rows"][number] => ({
  name,
  values: r.values,
  errors: Object.fromEntries(Object.entries(r.params).map(([key, p]) => [key, p.stderr])),
  ending: r.status === "converged" ? "" : `${r.status}: ${r.reason}`,
});

const LOSSES = ["linear", "softL1", "huber", "cauchy", "arctan", "tukey"] as const;

/** The same fit under every loss. */
export async function losses(request: FitRequest, { signal }: JobContext): Promise<Comparison> {
  const x = gridOf(request.range);
  const solved: [string, Solved][] = [];
  for (const loss of LOSSES) {
    await breath();
    if (!signal.aborted) solved.push([loss, solve({ ...request, loss })]);
  }
  return {
    rows: solved.map(([loss, r]) => rowOf(loss, r)),
    overlays: solved.map(([name, r]) => ({
      name,
      x,
      fit: r.predict({ [request.variable]: x }),
      lower: null,
      upper: null,
    })),
  };
}

export interface LogFit extends Comparison {
  /** Points that have no logarithm and are left out of that fit. */
  readonly left: number;
  /** Rank correlation of |residual| and fitted value: of the fit as it is, and of the fit of the logarithms. */
  readonly plain: number;
  readonly logarithmic: number;
}

/** ln y = ln f(x): errors in per cent instead of errors in units. */
export function logFit(request: FitRequest): LogFit {
  const r = solve({ ...request, loss: "linear" });
  const keep = [...request.y.keys()].filter((i) => request.y[i]! > 0);
  const take = (values: Float64Array) => Float64Array.from(keep, (i) => values[i]!);
  const y = take(request.y);
  const model = `log(${request.model})`;
  const { params } = compileModel(model, { variables: [request.variable] });
  const solved = curveFit({
    model,
    x: { [request.variable]: take(request.x) },
    y: y.map(Math.log),
    level: request.level,
    // d ln y = dy / y
    ...(request.sigma
      ? { sigma: take(request.sigma).map((s, i) => s / y[i]!), absoluteSigma: request.absolute }
      : {}),
    params: Object.fromEntries(
      params.map((name) => [
        name,
        { init: r.values[name]!, ...(request.fixed[name] === undefined ? {} : { fixed: true }) },
      ]),
    ),
  });
  const x = gridOf(request.range);
  const band = solved.band({ [request.variable]: x });
  const size = (values: Float64Array) => values.map(Math.abs);
  return {
    rows: [rowOf("as it is", r), rowOf("of the logarithms", solved as Solved)],
    overlays: [
      {
        name: "fit of log y",
        x,
        fit: band.fit.map(Math.exp),
        lower: band.lower.map(Math.exp),
        upper: band.upper.map(Math.exp),
      },
    ],
    left: request.y.length - y.length,
    plain: rankCorrelation(size(r.residuals), r.fitted),
    logarithmic: rankCorrelation(size(solved.residuals), solved.fitted),
  };
}

/** Spearman's; ties have the mean of their ranks. */
function rankCorrelation(a: Float64Array, b: Float64Array): number {
  const ranks = (values: Float64Array): Float64Array => {
    const order = [...values.keys()].sort((i, j) => values[i]! - values[j]!);
    const found = new Float64Array(values.length);
    for (let i = 0; i < order.length; ) {
      let j = i;
      while (j < order.length && values[order[j]!] === values[order[i]!]) j++;
      for (let k = i; k < j; k++) found[order[k]!] = (i + j - 1) / 2;
      i = j;
    }
    return found;
  };
  const [p, q] = [ranks(a), ranks(b)];
  const mean = (a.length - 1) / 2;
  let [pq, pp, qq] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    pq += (p[i]! - mean) * (q[i]! - mean);
    pp += (p[i]! - mean) ** 2;
    qq += (q[i]! - mean) ** 2;
  }
  return pp > 0 && qq > 0 ? pq / Math.sqrt(pp * qq) : 0;
}

export interface Profile {
  readonly name: string;
  readonly value: number;
  readonly stderr: number;
  /** Values at which the parameter was held, and by how many standard deviations squared the sum of squares rises. */
  readonly at: Float64Array;
  readonly rise: Float64Array;
  readonly interval: readonly [number, number];
}
const STEPS = 10;
const REACH = 3.2;

/** Profiles of all free parameters: each is held at values around its own, and the others are fitted anew. */
export async function profiles(request: FitRequest, { signal }: JobContext): Promise<Profile[]> {
  const r = solve(request);
  const variance = request.sigma && request.absolute ? 1 : r.rss / Math.max(r.dof, 1);
  const list: Profile[] = [];
  for (const name of r.freeNames) {
    const { value, stderr } = r.params[name]!;
    if (stderr === null || !(stderr > 0)) continue;
    const points: [number, number][] = [[value, 0]];
    for (const sign of [-1, 1]) {
      let from: Record<string, number> = { ...r.values };
      for (let k = 1; k <= STEPS; k++) {
        await breath();
        if (signal.aborted) return list;
        const held = value + (sign * REACH * stderr * k) / STEPS;
        try {
          const next = solve({ ...request, from, fixed: { ...request.fixed, [name]: held } });
          from = { ...next.values };
          points.push([held, Math.max((next.rss - r.rss) / variance, 0)]);
        } catch {
          break; // a value that bounds or the model do not allow ends this side
        }
      }
    }
    points.sort((a, b) => a[0] - b[0]);
    list.push({
      name,
      value,
      stderr,
      at: Float64Array.from(points, ([v]) => v),
      rise: Float64Array.from(points, ([, v]) => v),
      interval: r.profile(name),
    });
  }
  return list;
}
