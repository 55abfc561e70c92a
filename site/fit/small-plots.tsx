// Small pictures of one parameter: its posterior beside the normal law, and its profile beside the parabola.

import { useCallback } from "preact/hooks";
import { drawAxes, spread } from "../draw/axes.js";
import type { Ink } from "../draw/ink.js";
import type { CanvasPen } from "../draw/pen.js";
import { Surface } from "../draw/surface.js";
import type { Marginal, Profile } from "./beside-jobs.js";

const BARS = 32;
const MARGINS = { left: 12, right: 10, top: 8, bottom: 38 };

export function MarginalPlot({ marginal }: { marginal: Marginal }) {
  const draw = useCallback(
    (pen: CanvasPen, width: number, height: number, ink: Ink) => {
      const { draws, value, stderr, name } = marginal;
      const sorted = draws.slice().sort();
      const at = (q: number) => sorted[Math.min(Math.floor(q * sorted.length), sorted.length - 1)] ?? 0;
      const [low, high] = spread(
        [at(0.002), at(0.998), ...(stderr ? [value - 3 * stderr, value + 3 * stderr] : [])],
        0.02,
      );
      const counts = new Float64Array(BARS);
      for (const v of draws) {
        const k = Math.floor(((v - low) / (high - low)) * BARS);
        if (k >= 0 && k < BARS) counts[k] = counts[k]! + 1;
      }
      const unit = (high - low) / BARS;
      const density = counts.map((c) => c / (draws.length * unit));
      const normal = (v: number) =>
        stderr ? Math.exp(-(((v - value) / stderr) ** 2) / 2) / (stderr * 2.5066282746310002) : 0;
      const top = Math.max(...density, normal(value)) * 1.06;
      const f = drawAxes(
        pen,
        width,
        height,
        { domain: [low, high], label: name, ticks: 3 },
        { domain: [0, top], ticks: 2, format: () => "" },
        ink,
        MARGINS,
      );
      density.forEach((d, k) => {
        const [a, b] = [f.x(low + k * unit) + 0.5, f.x(low + (k + 1) * unit) - 0.5];
        pen.area([a, f.bottom, a, f.y(d), b, f.y(d), b, f.bottom], ink.accent, 0.5);
      });
      if (!stderr) return;
      const line: number[] = [];
      for (let i = 0; i <= 90; i++) {
        const v = low + ((high - low) * i) / 90;
        line.push(f.x(v), f.y(normal(v)));
      }
      pen.line(line, { color: ink.cool, width: 2, dash: [5, 4] });
    },
    [marginal],
  );
  return (
    <Surface
      class="sheet small-plot"
      label={`Posterior of ${marginal.name} and its normal law`}
      draw={draw}
    />
  );
}

export function ProfilePlot({ profile }: { profile: Profile }) {
  const draw = useCallback(
    (pen: CanvasPen, width: number, height: number, ink: Ink) => {
      const { at, rise, value, stderr, name, interval } = profile;
      const [low, high] = spread(at, 0.01);
      const f = drawAxes(
        pen,
        width,
        height,
        { domain: [low, high], label: name, ticks: 3 },
        { domain: [0, 10], ticks: 3 },
        ink,
        { ...MARGINS, left: 30 },
      );
      pen.clip(f.left, f.top, f.right - f.left, f.bottom - f.top, () => {
        const parabola: number[] = [];
        for (let i = 0; i <= 80; i++) {
          const v = low + ((high - low) * i) / 80;
          parabola.push(f.x(v), f.y(((v - value) / stderr) ** 2));
        }
        pen.line(parabola, { color: ink.cool, width: 1.6, dash: [5, 4] });
        const line: number[] = [];
        for (let i = 0; i < at.length; i++) line.push(f.x(at[i]!), f.y(rise[i]!));
        pen.line(line, { color: ink.accent, width: 2.2 });
        const level = (v: number): number => {
          let k = 0;
          while (k + 2 < at.length && at[k + 1]! < v) k++;
          const share = (v - at[k]!) / (at[k + 1]! - at[k]! || 1);
          return rise[k]! + share * (rise[k + 1]! - rise[k]!);
        };
        for (const end of interval)
          pen.dot(f.x(end), f.y(level(end)), 4, ink.accent, { color: ink.paper, width: 1.5 });
      });
    },
    [profile],
  );
  return (
    <Surface
      class="sheet small-plot"
      label={`Profile of ${profile.name} and the parabola of its error`}
      draw={draw}
    />
  );
}
