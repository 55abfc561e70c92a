// Several sets in one fit, with the parameters that they share.

import { compileModel, curveFit, type FitResult } from "downhill";
import { gridOf, type Overlay } from "./beside-jobs.js";

export interface TogetherRequest {
  readonly sets: readonly {
    readonly label: string;
    readonly x: Float64Array;
    readonly y: Float64Array;
    readonly sigma: Float64Array | null;
  }[];
  readonly variable: string;
  readonly model: string;
  readonly shared: readonly string[];
  readonly absolute: boolean;
  readonly loss: string;
  /** Parameters that are held, at one value for all sets. */
  readonly fixed: Readonly<Record<string, number>>;
  readonly level: number;
  readonly range: readonly [number, number];
  /** Where to start instead of searching: one number, or one for each set. */
  readonly from?: Readonly<Record<string, number | readonly number[]>> | undefined;
}
export interface Together {
  readonly names: readonly string[];
  /** Parameters of each set, and their errors; a shared one is the same in all. */
  readonly sets: readonly {
    readonly label: string;
    readonly values: readonly number[];
    readonly errors: readonly (number | null)[];
    readonly curve: Overlay;
  }[];
  readonly aicc: number;
  readonly rss: number;
  readonly dof: number;
  readonly free: number;
  readonly status: string;
  readonly reason: string;
}

export function solveTogether(request: TogetherRequest): FitResult {
  const { sets, variable, model, shared, level, from, fixed, loss } = request;
  const start = (name: string) => fixed[name] ?? from?.[name];
  const { params: names } = compileModel(model, { variables: [variable] });
  return curveFit({
    model,
    data: sets.map(({ x, y, sigma, label }) => ({
      x: { [variable]: x },
      y,
      label,
      ...(sigma ? { sigma } : {}),
    })),
    params: Object.fromEntries(
      names.map((name) => [
        name,
        {
          ...(shared.includes(name) && fixed[name] === undefined ? { shared: true } : {}),
          ...(start(name) === undefined ? {} : { init: start(name)! }),
          ...(fixed[name] === undefined ? {} : { fixed: true }),
        },
      ]),
    ),
    level,
    loss: loss as "linear",
    ...(loss === "linear" ? {} : { lossScale: "mad" as const }),
    ...(sets.every(({ sigma }) => sigma) ? { absoluteSigma: request.absolute } : {}),
  });
}

/** One model over several sets, with the parameters that they share. */
export function together(request: TogetherRequest): Together {
  const { variable, model, range } = request;
  const { params: names } = compileModel(model, { variables: [variable] });
  const r = solveTogether(request);
  const x = gridOf(range);
  const errorOf = (name: string, k: number): number | null =>
    (r.params[name] ?? r.params[`${name}[${k}]`])?.stderr ?? null;
  return {
    names,
    sets: r.sets!.map((set, k) => {
      const band = set.band({ [variable]: x });
      return {
        label: set.label,
        values: names.map((name) => set.values[name]!),
        errors: names.map((name) => errorOf(name, k)),
        curve: { name: set.label, x, fit: band.fit, lower: band.lower, upper: band.upper },
      };
    }),
    aicc: r.aicc,
    rss: r.rss,
    dof: r.dof,
    free: r.freeNames.length,
    status: r.status,
    reason: r.reason,
  };
}
