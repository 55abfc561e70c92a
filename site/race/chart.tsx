// Loss curves: the lowest f so far above the least known, against evaluations or time; and the curves of many starts.

import { useCallback } from "preact/hooks";
import { drawAxes } from "../draw/axes.js";
import type { Ink } from "../draw/ink.js";
import type { CanvasPen } from "../draw/pen.js";
import { Surface } from "../draw/surface.js";
import { colorOf, methods } from "./entrants.js";
import type { RaceAnswer, Targets } from "./jobs.js";

/** Below this gap nothing is told apart. */
const FLOOR = 1e-16;
const LABEL = 13;
/** The middle of the highest name. */
const HIGHEST = 8;

interface End {
  readonly id: string;
  readonly x: number;
  readonly y: number;
}

/** Names beside the ends of their lines, pushed apart so that none covers another. */
function label(pen: CanvasPen, ends: readonly End[], ink: Ink, right: number, bottom: number): void {
  const sorted = [...ends].sort((a, b) => a.y - b.y);
  // More names than lines of the picture: they stand closer.
  const room = Math.min(LABEL, (bottom - HIGHEST) / Math.max(sorted.length - 1, 1));
  let free = HIGHEST;
  const rows = sorted.map((end) => {
    const y = Math.max(end.y, free);
    free = y + room;
    return { ...end, y };
  });
  let cap = bottom;
  for (const row of rows.reverse()) {
    const y = Math.min(row.y, cap);
    cap = y - room;
    const name = methods.find((m) => m.id === row.id)?.name ?? row.id;
    const color = colorOf(row.id, ink.dark);
    const end = ends.find((e) => e.id === row.id)!;
    pen.line([end.x + 3, end.y, right + 4, y, right + 8, y], { color, width: 0.8, alpha: 0.6 });
    pen.text(right + 11, y, name, { color, size: Math.min(11.5, Math.max(room - 1, 8)) });
  }
}

/** Pixels of the widest letters at the labels' size, and what stands before them. */
const [LETTER, BEFORE] = [7, 16];

/** Room for the longest name to the right of the picture; none on a phone, where the table has the names. */
function margin(width: number, ids: readonly string[]): number {
  const longest = Math.max(0, ...ids.map((id) => (methods.find((m) => m.id === id)?.name ?? id).length));
  return width > 460 ? BEFORE + LETTER * longest : 14;
}

interface ChartProps {
  answer: RaceAnswer | null;
  least: number;
  lit: string;
  t: number;
  /** Milliseconds of each run; null: the axis is evaluations. */
  times: Readonly<Record<string, number>> | null;
}

export function LossChart({ answer, least, lit, t, times }: ChartProps) {
  const draw = useCallback(
    (pen: CanvasPen, width: number, height: number, ink: Ink) => {
      if (!answer) return;
      const noisy = answer.runs.some((run) => run.noisy);
      const gap = (v: number) => Math.max(v - least, FLOOR);
      const cost = (id: string, evaluations: number, all: number) =>
        times
          ? (Math.max(evaluations, 1) / Math.max(all, 1)) * (times[id] ?? Number.NaN)
          : Math.max(evaluations, 1);
      let [low, high, first, last] = [1, 1, Infinity, 1e-9];
      for (const run of answer.runs) {
        const n = run.best.length - 1;
        if (n < 0) continue;
        low = Math.min(low, gap(run.best[n]!));
        const top = gap(run.best.find(Number.isFinite) ?? 1);
        high = Math.max(high, Math.min(top, 1e9));
        const all = run.at[n]!;
        first = Math.min(first, cost(run.id, run.at[0]!, all));
        last = Math.max(last, cost(run.id, all, all));
      }
      const right = margin(
        width,
        answer.runs.map(({ id }) => id),
      );
      const f = drawAxes(
        pen,
        width,
        height,
        {
          domain: [Math.min(first, last / 10), last * 1.05],
          log: true,
          label: times ? "milliseconds on this machine" : "evaluations of f",
        },
        {
          domain: [low / 2, high * 2],
          log: true,
          label: noisy ? "f, above the least" : "lowest f so far, above the least",
        },
        ink,
        { left: 56, right, top: 12, bottom: 44 },
      );
      const ends: End[] = [];
      pen.clip(f.left, f.top - 2, f.right - f.left, f.bottom - f.top + 4, () => {
        for (const run of answer.runs) {
          const points: number[] = [];
          const all = run.at[run.at.length - 1]!;
          for (let k = 0; k < run.at.length && run.at[k]! <= t; k++) {
            // Before the first point that the walls allow there is no line.
            if (!Number.isFinite(run.best[k]!)) continue;
            const y = f.y(gap(run.best[k]!));
            const x = f.x(cost(run.id, run.at[k]!, all));
            if (points.length > 0) points.push(x, points[points.length - 1]!);
            points.push(x, y);
          }
          if (points.length === 0) continue;
          const strong = run.id === lit;
          pen.line(points, {
            color: colorOf(run.id, ink.dark),
            width: strong ? 3 : 1.8,
            alpha: lit && !strong ? 0.25 : 1,
          });
          ends.push({ id: run.id, x: points[points.length - 2]!, y: points[points.length - 1]! });
        }
      });
      for (const { id, x, y } of ends) pen.dot(x, y, 3, colorOf(id, ink.dark));
      if (right > 20) label(pen, ends, ink, f.right, f.bottom);
    },
    [answer, least, lit, t, times],
  );
  return (
    <Surface
      class="chart"
      label="Lowest value so far of each method against its cost; the table has the numbers."
      draw={draw}
    />
  );
}

/** The share of starts from which each method came within the gap, against evaluations. */
export function TargetChart({ targets, budget }: { targets: Targets; budget: number }) {
  const draw = useCallback(
    (pen: CanvasPen, width: number, height: number, ink: Ink) => {
      const right = margin(width, Object.keys(targets.reached));
      const f = drawAxes(
        pen,
        width,
        height,
        { domain: [1, budget], log: true, label: "evaluations of f" },
        { domain: [0, 1.02], label: "share of the 20 starts", format: (v) => `${Math.round(v * 100)} %` },
        ink,
        { left: 74, right, top: 12, bottom: 44 },
      );
      const ends: End[] = [];
      for (const [id, values] of Object.entries(targets.reached)) {
        const sorted = [...values].filter(Number.isFinite).sort((a, b) => a - b);
        const points = [f.left, f.y(0)];
        sorted.forEach((v, i) => {
          points.push(f.x(v), f.y(i / values.length), f.x(v), f.y((i + 1) / values.length));
        });
        const y = points[points.length - 1]!;
        const done = points[points.length - 2]!;
        points.push(f.right, y);
        pen.line(points, { color: colorOf(id, ink.dark), width: 1.8 });
        ends.push({ id, x: Math.max(done, f.right - 4), y });
      }
      if (right > 20) label(pen, ends, ink, f.right, f.bottom);
    },
    [targets, budget],
  );
  return (
    <Surface
      class="chart"
      label="Share of twenty starts from which each method reached the target, against evaluations."
      draw={draw}
    />
  );
}
