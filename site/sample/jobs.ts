// What the worker does for sampling: one sampler after the other on a compiled density, with what it knows so far.

import { contours } from "d3-contour";
import { type CompiledDensity, compileDensity, iterateSample } from "downhill";
import type { JobContext } from "../shell/rpc.js";

export interface SampleRequest {
  readonly text: string;
  readonly params: readonly string[];
  readonly method: string;
  readonly draws: number;
  readonly warmup: number;
  readonly seed: number;
  readonly shown: readonly [number, number];
}
export interface SampleReport {
  /** Of the two parameters shown: chain after chain, x and y of each draw. */
  readonly points: Float32Array;
  readonly chains: number;
  readonly count: number;
  /** The worst of all parameters. */
  readonly rHat: number;
  readonly essBulk: number;
  readonly essTail: number;
  readonly acceptance: number;
  readonly divergences: number;
  readonly evaluations: number;
  readonly perSecond: number;
  readonly warnings: readonly string[];
  readonly names: readonly string[];
  readonly mean: Float64Array;
  readonly sd: Float64Array;
  readonly done: boolean;
}
/** Milliseconds between two reports. */
const EVERY = 140;

const density = (text: string, params: readonly string[]): CompiledDensity =>
  compileDensity(text, { params });

export async function sample(
  request: SampleRequest,
  { signal, progress }: JobContext,
): Promise<SampleReport> {
  const { text, params, method, draws, warmup, seed, shown } = request;
  const run = iterateSample(density(text, params), "random", {
    method: method as "nuts",
    chains: 4,
    draws,
    warmup,
    seed,
  });
  let told = performance.now();
  let evaluations = 0;
  let milliseconds = 0;
  let resting = 0;
  const begun = performance.now();
  const report = (done: boolean): SampleReport => {
    const r = run.result;
    const d = r.names.length;
    const points = new Float32Array(2 * r.chains * r.count);
    for (let k = 0; k < r.chains * r.count; k++) {
      points[2 * k] = r.draws[k * d + shown[0]]!;
      points[2 * k + 1] = r.draws[k * d + shown[1]]!;
    }
    const ess = Math.min(...r.essBulk);
    return {
      points,
      chains: r.chains,
      count: r.count,
      rHat: Math.max(...r.rHat),
      essBulk: ess,
      essTail: Math.min(...r.essTail),
      acceptance: r.acceptance.reduce((sum, a) => sum + a, 0) / r.chains,
      divergences: r.divergences,
      evaluations,
      perSecond: (1000 * ess) / milliseconds,
      warnings: r.warnings.map(({ message }) => message),
      names: [...r.names],
      mean: r.mean.slice(),
      sd: r.sd.slice(),
      done,
    };
  };
  for (const it of run) {
    evaluations = it.nfev;
    const now = performance.now();
    milliseconds = now - begun - resting;
    if (now - told < EVERY) continue;
    if (it.nit > warmup + 4) progress(report(false));
    await new Promise((resolve) => setTimeout(resolve));
    told = performance.now();
    resting += told - now;
    if (signal.aborted) break;
  }
  return report(true);
}

/** Along the axes and between them. */
const STRAIGHT: readonly (readonly [number, number])[] = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
  [1, 1],
  [-1, 1],
  [-1, -1],
  [1, -1],
];

/**
 * Whether the density can be integrated over the plane, as far as rays tell: along each of them exp(f) r^2 must fall between two far
 * radii. Where f is no number there is no density.
 */
export function proper({ text, params }: { text: string; params: readonly string[] }): boolean {
  const f = density(text, params);
  const along = ([x, y]: readonly [number, number], r: number): number =>
    f.logDensity([r * x, r * y]) + 2 * Math.log(r);
  const RAYS = 48;
  const rays = Array.from({ length: RAYS }, (_, k): readonly [number, number] => {
    const angle = (2 * Math.PI * (k + 0.37)) / RAYS;
    return [Math.cos(angle), Math.sin(angle)];
  });
  // What does not depend on x, y, their sum or their difference is flat along a line that other rays miss.
  for (const ray of [...rays, ...STRAIGHT]) {
    const [near, far] = [along(ray, 1e5), along(ray, 1e8)];
    if (Number.isNaN(far) || far === -Infinity) continue;
    if (!(far < near)) return false;
  }
  return true;
}

const GRID = 96;

/** Level lines of the density over the window, where it has two parameters: rings in shares of the window. */
export function levels({
  text,
  params,
  box,
}: {
  text: string;
  params: readonly string[];
  box: readonly number[];
}): Float32Array[] {
  const f = density(text, params);
  if (params.length !== 2) return [];
  const [x1, x2, y1, y2] = box as [number, number, number, number];
  const values = new Float64Array(GRID * GRID);
  for (let j = 0; j < GRID; j++)
    for (let i = 0; i < GRID; i++)
      values[j * GRID + i] = f.logDensity([
        x1 + ((i + 0.5) / GRID) * (x2 - x1),
        y1 + ((j + 0.5) / GRID) * (y2 - y1),
      ]);
  const top = Math.max(...values.filter((v) => Number.isFinite(v)));
  const thresholds = [-8, -5, -3, -1.6, -0.7, -0.15].map((v) => top + v);
  const finite = values.map((v) => (Number.isFinite(v) ? v : top - 1e6));
  return contours()
    .size([GRID, GRID])
    .thresholds(thresholds)(finite as unknown as number[])
    .map(({ coordinates }) => {
      const xy: number[] = [];
      for (const polygon of coordinates)
        for (const ring of polygon) {
          // Along the edge of the window a ring is no level line.
          const edge = (v: number) => v <= 0.5 || v >= GRID - 0.5;
          for (const [x, y] of ring)
            if (edge(x!) || edge(y!)) xy.push(Number.NaN, Number.NaN);
            else xy.push(x! / GRID, y! / GRID);
          xy.push(Number.NaN, Number.NaN);
        }
      return Float32Array.from(xy);
    });
}

export * from "./walk-jobs.js";
