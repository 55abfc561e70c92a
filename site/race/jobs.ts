// What the worker does for the race: compile a text, draw its contours, run the entrants, and measure them.

import { contours } from "d3-contour";
import { type CompiledObjective, compileModel, compileObjective } from "downhill";
import type { JobContext } from "../shell/rpc.js";
import type { Box } from "./functions.js";
import { infoOf } from "./methods.js";
import { type RaceInput, type Run, runOne, velocities } from "./run.js";

let compiled: { text: string; f: CompiledObjective } | null = null;
function objective(text: string): CompiledObjective {
  if (compiled?.text !== text) {
    const f = compileObjective(text, ["x", "y"]);
    compiled = { text, f };
  }
  return compiled!.f;
}

export interface Described {
  readonly value: string;
  readonly gradient: string;
  readonly hessian: string;
}

/** The function and its exact derivatives as MathML. */
export function describe({ text }: { text: string }): Described {
  const f = objective(text);
  return { value: f.toMathML(), gradient: f.toMathML("gradient"), hessian: f.toMathML("hessian") };
}

export interface Field {
  readonly box: Box;
  /** One for each level, lowest first: rings as x, y ... with NaN between them, in shares of the box. */
  readonly levels: readonly Float32Array[];
  readonly least: number;
}
const GRID = 128;
const LEVELS = 20;

/** Filled contours. Levels are quantiles of the values, so that valleys are drawn as finely as walls. */
export function field({ text, box }: { text: string; box: Box }): Field {
  const f = objective(text);
  const values = new Float64Array(GRID * GRID);
  const point = new Float64Array(2);
  for (let j = 0; j < GRID; j++) {
    point[1] = box[2] + ((j + 0.5) / GRID) * (box[3] - box[2]);
    for (let i = 0; i < GRID; i++) {
      point[0] = box[0] + ((i + 0.5) / GRID) * (box[1] - box[0]);
      values[j * GRID + i] = f.fun(point);
    }
  }
  const sorted = Float64Array.from(values.filter((v) => Number.isFinite(v))).sort();
  const high = sorted[sorted.length - 1] ?? 0;
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) values[i] = high;
  const quantiles = Array.from(
    { length: LEVELS },
    (_, k) => sorted[Math.floor((k / LEVELS) ** 1.35 * (sorted.length - 1))] ?? 0,
  );
  const thresholds = [...new Set(quantiles)].sort((a, b) => a - b);
  const shapes = contours().size([GRID, GRID]).thresholds(thresholds)(values as unknown as number[]);
  const levels = shapes.map(({ coordinates }) => {
    const xy: number[] = [];
    for (const polygon of coordinates) {
      for (const ring of polygon) {
        for (const [x, y] of ring) xy.push(x! / GRID, y! / GRID);
        xy.push(Number.NaN, Number.NaN);
      }
    }
    return Float32Array.from(xy);
  });
  return { box, levels, least: sorted[0] ?? 0 };
}

export interface RaceRequest extends RaceInput {
  readonly text: string;
  readonly on: readonly string[];
  readonly focus: string;
}
export interface RaceAnswer {
  readonly runs: readonly Run[];
  /** Milliseconds for all of them. */
  readonly took: number;
  readonly velocity: Float32Array | null;
  /** Gradient and Hessian along the path of the method in focus: g1 g2 h11 h12 h22 for each iterate. */
  readonly local: Float32Array | null;
}

export function run(request: RaceRequest): RaceAnswer {
  const f = objective(request.text);
  const begun = performance.now();
  const runs = request.on.map((id) => runOne(f, infoOf(id), request));
  const took = performance.now() - begun;
  const focus = runs.find(({ id }) => id === request.focus);
  let local: Float32Array | null = null;
  let velocity: Float32Array | null = null;
  if (focus) {
    const info = infoOf(focus.id);
    const count = focus.path.length / 2;
    local = new Float32Array(5 * count);
    const [x, g, h] = [new Float64Array(2), new Float64Array(2), new Float64Array(4)];
    for (let k = 0; k < count; k++) {
      x.set(focus.path.subarray(2 * k, 2 * k + 2));
      f.grad(x, g);
      f.hess(x, h);
      local.set([g[0]!, g[1]!, h[0]!, h[1]!, h[3]!], 5 * k);
    }
    if (info.family === "rule") velocity = velocities(f, info, request);
  }
  return { runs, took, velocity, local };
}

export interface Draft {
  readonly runs: readonly Run[];
  readonly took: number;
}
/** Milliseconds that a draft may take, and evaluations of each method in it. */
const SLICE = 9;
const COARSE = 220;
let turn = 0;

/** Paths for a start that is being dragged: as many methods as fit into a slice of time, the next slice goes on with the others. */
export function draft(request: RaceRequest): Draft {
  const f = objective(request.text);
  const begun = performance.now();
  const runs: Run[] = [];
  const { on } = request;
  for (let k = 0; k < on.length && (k === 0 || performance.now() - begun < SLICE); k++)
    runs.push(runOne(f, infoOf(on[(turn + k) % on.length]!), { ...request, draft: COARSE }));
  turn += runs.length;
  return { runs, took: performance.now() - begun };
}

/** Milliseconds of one run of each entrant, nothing recorded but its points: the median of three repeated measurements. */
export async function time(request: RaceRequest): Promise<Record<string, number>> {
  const f = objective(request.text);
  const found: Record<string, number> = {};
  for (const id of request.on) {
    const info = infoOf(id);
    const rounds: number[] = [];
    for (let round = 0; round < 3; round++) {
      let count = 0;
      const begun = performance.now();
      do {
        runOne(f, info, request);
        count++;
      } while (performance.now() - begun < 6);
      rounds.push((performance.now() - begun) / count);
    }
    found[id] = rounds.sort((a, b) => a - b)[1]!;
    await new Promise((resolve) => setTimeout(resolve));
  }
  return found;
}

export interface Targets {
  readonly least: number;
  readonly gap: number;
  /** For each entrant the evaluations that each of the runs took to the target; Infinity where it was not reached. */
  readonly reached: Readonly<Record<string, Float64Array>>;
}
export const SEEDS = 20;

/** Evaluations to within `gap` of the minimum, from random starts in the box: one start for each seed, the same for all. */
export async function targets(
  request: RaceRequest & { least: number; gap: number },
  { signal, progress }: JobContext,
): Promise<Targets> {
  const f = objective(request.text);
  const { box, least, gap } = request;
  const reached: Record<string, Float64Array> = {};
  for (const [k, id] of request.on.entries()) {
    const info = infoOf(id);
    reached[id] = Float64Array.from({ length: SEEDS }, (_, seed) => {
      const [u, v] = place(seed);
      const start = [box[0] + u * (box[1] - box[0]), box[2] + v * (box[3] - box[2])] as const;
      const { best, at } = runOne(f, info, {
        ...request,
        start,
        seed,
        target: least + gap,
        budget: request.budget,
      });
      const first = best.findIndex((value) => value <= least + gap);
      return first < 0 ? Infinity : Math.max(at[first]!, 1);
    });
    progress((k + 1) / request.on.length);
    await new Promise((resolve) => setTimeout(resolve));
    if (signal.aborted) break;
  }
  return { least, gap, reached };
}

/** Points of Roberts' R2 sequence: evenly spread, and the same on every machine. */
const place = (k: number): readonly [number, number] => [
  (0.5 + 0.7548776662466927 * (k + 1)) % 1,
  (0.5 + 0.5698402909980532 * (k + 1)) % 1,
];

/** A formula of any names, set in MathML. */
export function formula({ text }: { text: string }): string {
  return compileModel(text, { variables: [] }).toMathML();
}
