// A chart of several lines over one axis, each with its name at its end, or above where there is no room beside it.

import { useCallback } from "preact/hooks";
import { drawAxes, spread } from "./axes.js";
import type { Ink } from "./ink.js";
import type { CanvasPen } from "./pen.js";
import { Surface } from "./surface.js";

export interface Line {
  readonly name: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly color: (ink: Ink) => string;
  readonly dash?: readonly number[] | undefined;
}
interface LinesProps {
  label: string;
  lines: readonly Line[];
  xLabel: string;
  yLabel: string;
  logX?: boolean | undefined;
  logY?: boolean | undefined;
  class?: string | undefined;
}

const values = (lines: readonly Line[], of: "x" | "y", log: boolean): number[] =>
  lines.flatMap((line) => Array.from(line[of]).filter((v) => Number.isFinite(v) && (!log || v > 0)));

function domainOf(lines: readonly Line[], of: "x" | "y", log: boolean): [number, number] {
  const all = values(lines, of, log);
  if (!log) return of === "x" ? spread(all, 0.001) : spread(all, 0.06);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  return all.length > 0 ? [low / 1.4, high * 1.4] : [0.1, 1];
}

/** Narrower than this there is no room beside the lines. */
const NARROW = 420;
const ROW = 16;
const SWATCH = 14;
/** Wide enough for a letter of 12 pixels. */
const LETTER = 6.8;

interface Place {
  readonly line: Line;
  readonly x: number;
  readonly y: number;
}

/** Where the names stand above the chart, row by row. */
function placesAbove(lines: readonly Line[], left: number, width: number): Place[] {
  let [x, y] = [left, ROW / 2];
  return lines.map((line) => {
    const long = SWATCH + 6 + line.name.length * LETTER;
    if (x > left && x + long > width) [x, y] = [left, y + ROW];
    const place = { line, x, y };
    x += long + 12;
    return place;
  });
}

export function Lines({ label, lines, xLabel, yLabel, logX = false, logY = false, class: name }: LinesProps) {
  const draw = useCallback(
    (pen: CanvasPen, width: number, height: number, ink: Ink) => {
      const isNarrow = width <= NARROW;
      const right = isNarrow ? 14 : 96;
      const above = isNarrow && lines.length > 1 ? placesAbove(lines, 10, width - 6) : [];
      for (const { line, x, y } of above) {
        const color = line.color(ink);
        pen.line([x, y, x + SWATCH, y], { color, width: 1.8, dash: line.dash });
        pen.text(x + SWATCH + 6, y, line.name, { color, size: 12 });
      }
      const f = drawAxes(
        pen,
        width,
        height,
        { domain: domainOf(lines, "x", logX), label: xLabel, log: logX },
        { domain: domainOf(lines, "y", logY), label: yLabel, log: logY },
        ink,
        { left: 56, right, top: 12 + (above.at(-1)?.y ?? 0), bottom: 42 },
      );
      const ends: { name: string; y: number; color: string }[] = [];
      pen.clip(f.left, f.top - 2, f.right - f.left + 2, f.bottom - f.top + 4, () => {
        for (const line of lines) {
          const points: number[] = [];
          for (let i = 0; i < line.x.length; i++) {
            const ok = (!logX || line.x[i]! > 0) && (!logY || line.y[i]! > 0);
            points.push(ok ? f.x(line.x[i]!) : Number.NaN, ok ? f.y(line.y[i]!) : Number.NaN);
          }
          const color = line.color(ink);
          pen.line(points, { color, width: 1.8, dash: line.dash });
          const y = points[points.length - 1];
          if (y !== undefined && Number.isFinite(y)) ends.push({ name: line.name, y, color });
        }
      });
      if (isNarrow) return;
      let free = f.top;
      for (const end of ends.sort((a, b) => a.y - b.y)) {
        const y = Math.max(end.y, free);
        free = y + 14;
        pen.text(f.right + 8, y, end.name, { color: end.color, size: 12 });
      }
    },
    [lines, logX, logY, xLabel, yLabel],
  );
  return <Surface class={name ?? "lines"} label={label} draw={draw} />;
}
