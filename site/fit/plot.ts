// The picture of a fit, for the canvas and for the SVG file: points with their errors, the curve, its bands; residuals below.

import { drawAxes, type Frame, spread } from "../draw/axes.js";
import type { Ink } from "../draw/ink.js";
import type { Pen } from "../draw/pen.js";
import { overlayColor } from "./beside.js";
import type { Overlay } from "./beside-jobs.js";
import type { FitView } from "./jobs.js";
import type { FitState, Points } from "./state.js";

export interface FitPicture {
  readonly points: Points;
  readonly view: FitView | null;
  readonly state: FitState;
  readonly active: number;
  readonly overlays?: readonly Overlay[] | undefined;
}

/** More points than this are drawn as specks. */
const MANY = 300;

/** Side of the square of pixels in which one speck stands for all. */
const CELL = 1.5;

/** Of many points those that do not cover an earlier one: x, y of each in pixels. */
function thinned(count: number, x: (k: number) => number, y: (k: number) => number): number[] {
  const taken = new Set<number>();
  const kept: number[] = [];
  for (let k = 0; k < count; k++) {
    const [px, py] = [x(k), y(k)];
    const cell = Math.floor(px / CELL) * 65536 + Math.floor(py / CELL);
    if (taken.has(cell)) continue;
    taken.add(cell);
    kept.push(px, py);
  }
  return kept;
}

const lineOf = (f: Frame, x: Float64Array, y: Float64Array): number[] =>
  Array.from({ length: 2 * x.length }, (_, k) => (k % 2 ? f.y(y[k >> 1]!) : f.x(x[k >> 1]!)));

/** The outline of a band: along its upper side, and back along the lower one. */
function bandOf(f: Frame, x: Float64Array, lower: Float64Array, upper: Float64Array): number[] {
  const points: number[] = [];
  const add = (i: number, side: Float64Array): void => {
    const y = f.y(side[i]!);
    if (Number.isFinite(y)) points.push(f.x(x[i]!), y);
  };
  for (let i = 0; i < x.length; i++) add(i, upper);
  for (let i = x.length - 1; i >= 0; i--) add(i, lower);
  return points;
}

const named = (name: string, unit: string): string => (unit ? `${name} (${unit})` : name);

export function domains({ points, view, state }: FitPicture): { x: [number, number]; y: [number, number] } {
  const errors = points.sigma ?? new Float64Array(points.y.length);
  const ends = [...points.y.map((v, i) => v - errors[i]!), ...points.y.map((v, i) => v + errors[i]!)];
  let [low, high] = spread(ends, 0.06);
  if (view) {
    // Between the first and the last point the curve is shown whole, as long as it does not shrink the points to a line; beyond
    // them it may run into a pole.
    const [first, last] = spread(points.x, 0);
    const { x: at, fit } = view.curve;
    const [a, b] = spread(
      fit.filter((_, i) => at[i]! >= first && at[i]! <= last),
      0,
    );
    const size = high - low;
    low = Math.max(Math.min(low, a - 0.04 * size), low - size);
    high = Math.min(Math.max(high, b + 0.04 * size), high + size);
  }
  let [x1, x2] = spread(points.x, 0.04);
  const positive = (values: Float64Array) => Math.min(...values.filter((v) => v > 0));
  if (state.logX && x1 <= 0) x1 = positive(points.x) / 1.3;
  if (state.logY && low <= 0) low = positive(points.y) / 1.5;
  if (!Number.isFinite(x1) || x1 >= x2) [x1, x2] = [0, 1];
  if (!Number.isFinite(low) || low >= high) [low, high] = [0, 1];
  return { x: [x1, x2], y: [low, high] };
}

export function drawFit(pen: Pen, width: number, height: number, ink: Ink, picture: FitPicture): Frame {
  const { points, view, state, active } = picture;
  const { x, y } = domains(picture);
  const { names } = points;
  const f = drawAxes(
    pen,
    width,
    height,
    { domain: x, label: named(names.x, names.xUnit), log: state.logX },
    { domain: y, label: named(names.y, names.yUnit), log: state.logY },
    ink,
    { left: 62, right: 16, top: 14, bottom: 44 },
  );
  pen.clip(f.left, f.top, f.right - f.left, f.bottom - f.top, () => {
    if (view) {
      const { curve } = view;
      const outline = (lower: Float64Array, upper: Float64Array) => bandOf(f, curve.x, lower, upper);
      const { confidence, prediction } = curve;
      if (state.band === "both" || state.band === "prediction")
        pen.area(outline(prediction.lower, prediction.upper), ink.cool, ink.dark ? 0.16 : 0.1);
      if (state.band === "both" || state.band === "confidence")
        pen.area(outline(confidence.lower, confidence.upper), ink.cool, ink.dark ? 0.34 : 0.24);
      const line: number[] = [];
      for (let i = 0; i < curve.x.length; i++) line.push(f.x(curve.x[i]!), f.y(curve.fit[i]!));
      pen.line(line, { color: ink.cool, width: 2.2 });
    }
    picture.overlays?.forEach(({ x: at, fit, lower, upper }, k, all) => {
      const color = overlayColor(k, all.length, ink.dark);
      if (lower && upper) {
        pen.area(bandOf(f, at, lower, upper), color, 0.16);
        for (const side of [lower, upper]) pen.line(lineOf(f, at, side), { color, width: 1, dash: [3, 3] });
      }
      pen.line(lineOf(f, at, fit), { color, width: 1.8 });
    });
    const many = points.x.length > MANY;
    if (many) {
      const shown = [...points.x.keys()].filter((i) => points.used[i] === 1 && i !== active);
      pen.specks(
        thinned(
          shown.length,
          (k) => f.x(points.x[shown[k]!]!),
          (k) => f.y(points.y[shown[k]!]!),
        ),
        3.4,
        ink.ink,
      );
    }
    for (let i = 0; i < points.x.length; i++) {
      const used = points.used[i] === 1;
      if (many && used && i !== active) continue;
      const [px, py] = [f.x(points.x[i]!), f.y(points.y[i]!)];
      if (points.sigma && !many) {
        const s = points.sigma[i]!;
        pen.line([px, f.y(points.y[i]! - s), px, f.y(points.y[i]! + s)], {
          color: ink.ink,
          width: 1,
          alpha: used ? 0.7 : 0.3,
        });
      }
      const r = (many ? 2.4 : 4) + (i === active ? 2 : 0);
      if (used) pen.dot(px, py, r, i === active ? ink.accent : ink.ink, { color: ink.paper, width: 1 });
      else {
        const c = { color: ink.soft, width: 1.4 };
        pen.line([px - 4, py - 4, px + 4, py + 4], c);
        pen.line([px - 4, py + 4, px + 4, py - 4], c);
      }
    }
  });
  return f;
}

/** Residuals in standard deviations, against x. */
export function drawResiduals(pen: Pen, width: number, height: number, ink: Ink, picture: FitPicture): void {
  const { points, view, state } = picture;
  if (!view) return;
  const { x } = domains(picture);
  const at = [...points.x.keys()].filter((i) => points.used[i] === 1);
  const scale = view.stats.residualStd || 1;
  const known = points.sigma !== null;
  const z = at.map(
    (i, k) =>
      -(view.residuals[k] ?? Number.NaN) / (known ? points.sigma![i]! * (state.absolute ? 1 : scale) : scale),
  );
  const most = 1.1 * z.reduce((a, v) => (Number.isFinite(v) ? Math.max(a, Math.abs(v)) : a), 2.5);
  const f = drawAxes(
    pen,
    width,
    height,
    { domain: x, log: state.logX },
    { domain: [-most, most], ticks: 3, label: "residual / σ" },
    ink,
    {
      left: 62,
      right: 16,
      top: 8,
      bottom: 24,
    },
  );
  pen.area([f.left, f.y(-2), f.right, f.y(-2), f.right, f.y(2), f.left, f.y(2)], ink.cool, 0.08);
  pen.line([f.left, f.y(0), f.right, f.y(0)], { color: ink.cool, width: 1.4 });
  const zero = f.y(0);
  const [x0, y0] = [at.map((i) => f.x(points.x[i]!)), z.map((v) => f.y(v))];
  if (at.length > MANY) {
    const far = (k: number) => Math.abs(z[k]!) > 3;
    for (const [color, which] of [
      [ink.ink, false],
      [ink.accent, true],
    ] as const) {
      const those = [...z.keys()].filter((k) => far(k) === which);
      pen.specks(
        thinned(
          those.length,
          (k) => x0[those[k]!]!,
          (k) => y0[those[k]!]!,
        ),
        3,
        color,
      );
    }
    return;
  }
  x0.forEach((px, k) => {
    pen.line([px, zero, px, y0[k]!], { color: ink.soft, width: 1, alpha: 0.6 });
    pen.dot(px, y0[k]!, 3, Math.abs(z[k]!) > 3 ? ink.accent : ink.ink);
  });
}
