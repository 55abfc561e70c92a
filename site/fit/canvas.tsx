// The plot that is worked with: points are dragged, a click takes one out or back in, the keyboard walks along them.

import { useCallback, useRef, useState } from "preact/hooks";
import type { Frame } from "../draw/axes.js";
import type { Ink } from "../draw/ink.js";
import type { CanvasPen } from "../draw/pen.js";
import { Surface } from "../draw/surface.js";
import { plural, short } from "../shell/numbers.js";
import type { Overlay } from "./beside-jobs.js";
import type { FitView } from "./jobs.js";
import { drawFit, drawResiduals } from "./plot.js";
import type { FitState, Points } from "./state.js";

interface FitCanvasProps {
  points: Points;
  view: FitView | null;
  state: FitState;
  overlays: readonly Overlay[];
  onMove(row: number, to: readonly [number, number]): void;
  onToggle(row: number): void;
}
/** Pixels within which a point is taken, and beyond which a press is a drag. */
const NEAR = 18;
const DRAG = 4;

export function FitCanvas({ points, view, state, overlays, onMove, onToggle }: FitCanvasProps) {
  const frame = useRef<Frame | null>(null);
  const [active, setActive] = useState(-1);
  const press = useRef<{ i: number; x: number; y: number; moved: boolean; held: Frame } | null>(null);

  const draw = useCallback(
    (pen: CanvasPen, width: number, height: number, ink: Ink) => {
      const f = drawFit(pen, width, height, ink, { points, view, state, active, overlays });
      if (!press.current) frame.current = f;
    },
    [points, view, state, active, overlays],
  );
  const residuals = useCallback(
    (pen: CanvasPen, width: number, height: number, ink: Ink) =>
      drawResiduals(pen, width, height, ink, { points, view, state, active }),
    [points, view, state],
  );

  const nearest = (px: number, py: number): number => {
    const f = frame.current;
    let [best, least] = [-1, NEAR];
    for (let i = 0; f && i < points.x.length; i++) {
      const d = Math.hypot(f.x(points.x[i]!) - px, f.y(points.y[i]!) - py);
      if (d < least) [best, least] = [i, d];
    }
    return best;
  };
  const place = (event: PointerEvent): [number, number] => {
    const rect = (event.currentTarget as HTMLElement).querySelector("canvas")!.getBoundingClientRect();
    return [event.clientX - rect.left, event.clientY - rect.top];
  };
  const down = (event: PointerEvent): void => {
    const [px, py] = place(event);
    const i = nearest(px, py);
    setActive(i);
    if (i < 0 || !frame.current) return;
    press.current = { i, x: px, y: py, moved: false, held: frame.current };
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    event.preventDefault();
  };
  const move = (event: PointerEvent): void => {
    const [px, py] = place(event);
    const p = press.current;
    if (!p) {
      if (event.pointerType === "mouse") setActive(nearest(px, py));
      return;
    }
    if (!p.moved && Math.hypot(px - p.x, py - p.y) < DRAG) return;
    p.moved = true;
    const digits = (v: number) => Number(v.toPrecision(5));
    onMove(points.row[p.i]!, [digits(p.held.x.invert(px)), digits(p.held.y.invert(py))]);
  };
  const up = (): void => {
    const p = press.current;
    press.current = null;
    if (p && !p.moved) onToggle(points.row[p.i]!);
  };
  const key = (event: KeyboardEvent): void => {
    const n = points.x.length;
    const f = frame.current;
    if (!f || n === 0) return;
    const i = active;
    const walk = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const lift = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (walk !== undefined) setActive((Math.max(i, walk < 0 ? 0 : -1) + walk + n) % n);
    else if (lift !== undefined && i >= 0) {
      const y = f.y.invert(f.y(points.y[i]!) + lift * (event.shiftKey ? 20 : 3));
      onMove(points.row[i]!, [points.x[i]!, Number(y.toPrecision(6))]);
    } else if ((event.key === " " || event.key === "Enter" || event.key === "Delete") && i >= 0)
      onToggle(points.row[i]!);
    else return;
    event.preventDefault();
  };
  const said =
    active >= 0 && active < points.x.length
      ? `Point ${active + 1}: ${points.names.x} = ${short(points.x[active]!)}, ${points.names.y} = ${short(points.y[active]!)}${points.used[active] ? "" : ", left out"}`
      : "Drag a point to move it, click it to leave it out.";
  return (
    <>
      <div
        class={`stage fitplot ${active >= 0 ? "over" : ""}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the plot is worked with by keys
        tabIndex={0}
        role="application"
        aria-label="Data and fit. Left and right choose a point, up and down move it, Space leaves it out or takes it back."
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onPointerCancel={up}
        onPointerLeave={() => press.current || setActive(-1)}
        onKeyDown={key}
      >
        <Surface
          label={`${plural(points.x.length, "point")}${view ? " with the fitted curve and its bands" : ""}`}
          draw={draw}
          class="main"
        />
      </div>
      <Surface label="Residuals in standard deviations" draw={residuals} class="residuals" />
      <p class="note said" aria-live="polite">
        {said}
      </p>
    </>
  );
}
