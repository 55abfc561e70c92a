// What the map is made of: the contours and axes behind, walls over them, paths, and the forces at a wall.

import { drawAxes, type Frame } from "../draw/axes.js";
import type { Ink } from "../draw/ink.js";
import type { CanvasPen, Pen } from "../draw/pen.js";
import type { Box } from "./functions.js";
import type { Field } from "./jobs.js";
import type { Run } from "./run.js";
import { arrow } from "./sight.js";
import type { Walls } from "./walls.js";

export const MARGINS = { left: 40, right: 14, top: 8, bottom: 30 };

/** Level k of n as a colour: deep water below, paper above. */
function tint(k: number, n: number, dark: boolean): string {
  const s = k / Math.max(n - 1, 1);
  return dark
    ? `oklch(${0.44 - 0.2 * s ** 0.8} ${0.062 - 0.05 * s} ${225 + 12 * s})`
    : `oklch(${0.79 + 0.18 * s ** 0.75} ${0.062 - 0.052 * s} ${222 - 130 * s * s})`;
}

/** Axes and contours: what stays while the start is dragged. */
export function paintBackdrop(
  pen: CanvasPen,
  width: number,
  height: number,
  box: Box,
  field: Field | null,
  ink: Ink,
): Frame {
  const frame = drawAxes(
    pen,
    width,
    height,
    { domain: [box[0], box[1]] },
    { domain: [box[2], box[3]] },
    ink,
    MARGINS,
  );
  if (field)
    pen.clip(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top, () =>
      paintField(pen, field, frame, ink),
    );
  return frame;
}

function paintField({ context: c }: CanvasPen, field: Field, frame: Frame, ink: Ink): void {
  const [x1, x2, y1, y2] = field.box;
  const n = field.levels.length;
  field.levels.forEach((ring, k) => {
    const path = new Path2D();
    let begun = false;
    for (let i = 0; i < ring.length; i += 2) {
      if (Number.isNaN(ring[i]!)) {
        path.closePath();
        begun = false;
        continue;
      }
      const x = frame.x(x1 + ring[i]! * (x2 - x1));
      const y = frame.y(y1 + ring[i + 1]! * (y2 - y1));
      if (begun) path.lineTo(x, y);
      else path.moveTo(x, y);
      begun = true;
    }
    c.fillStyle = tint(k, n, ink.dark);
    c.fill(path, "evenodd");
    c.lineWidth = 0.7;
    c.setLineDash([]);
    c.strokeStyle = ink.dark ? "rgb(255 255 255 / 0.07)" : "rgb(30 60 70 / 0.16)";
    c.stroke(path);
  });
}

/** What lies outside of the walls is veiled; the walls themselves are lines. */
export function paintWalls({ context: c }: CanvasPen, walls: Walls, f: Frame, ink: Ink): void {
  const shapes: Path2D[] = [];
  const [x1, x2, y1, y2] = walls.bounds;
  if (y2 !== undefined) {
    const shape = new Path2D();
    shape.rect(f.x(x1!), f.y(y2), f.x(x2!) - f.x(x1!), f.y(y1!) - f.y(y2));
    shapes.push(shape);
  }
  const [px, py, qx, qy] = walls.line;
  if (qy !== undefined) {
    const [ax, ay, bx, by] = [f.x(px!), f.y(py!), f.x(qx!), f.y(qy)];
    const length = Math.hypot(bx - ax, by - ay) || 1;
    const far = 4 * (f.right - f.left + f.bottom - f.top);
    const [ux, uy] = [((bx - ax) / length) * far, ((by - ay) / length) * far];
    const shape = new Path2D();
    shape.moveTo(ax - ux, ay - uy);
    shape.lineTo(ax + ux, ay + uy);
    // In pixels, where y points down, the left of the line is at (uy, -ux).
    shape.lineTo(ax + ux + uy, ay + uy - ux);
    shape.lineTo(ax - ux + uy, ay - uy - ux);
    shape.closePath();
    shapes.push(shape);
  }
  const [cx, cy, r] = walls.circle;
  if (r !== undefined) {
    const shape = new Path2D();
    shape.ellipse(
      f.x(cx!),
      f.y(cy!),
      Math.abs(f.x(cx! + r) - f.x(cx!)),
      Math.abs(f.y(cy! + r) - f.y(cy!)),
      0,
      0,
      7,
    );
    shapes.push(shape);
  }
  for (const shape of shapes) {
    const outside = new Path2D();
    outside.rect(f.left, f.top, f.right - f.left, f.bottom - f.top);
    outside.addPath(shape);
    c.globalAlpha = 0.5;
    c.fillStyle = ink.paper;
    c.fill(outside, "evenodd");
    c.globalAlpha = 1;
    c.strokeStyle = ink.ink;
    c.lineWidth = 2;
    c.setLineDash([]);
    c.stroke(shape);
  }
}

/** Steps of less than this many pixels are not drawn one by one. */
const FINE = 0.8;

/** The first k + 1 points of a path, in pixels; its last one is always there. */
export function pathOf(run: Run, k: number, f: Frame): number[] {
  const points: number[] = [];
  let [lastX, lastY] = [Infinity, Infinity];
  for (let i = 0; i <= k; i++) {
    const [x, y] = [f.x(run.path[2 * i]!), f.y(run.path[2 * i + 1]!)];
    if (i < k && Math.abs(x - lastX) + Math.abs(y - lastY) < FINE) continue;
    points.push(x, y);
    [lastX, lastY] = [x, y];
  }
  return points;
}

export function paintPath(
  pen: CanvasPen,
  run: Run,
  k: number,
  f: Frame,
  ink: Ink,
  color: string,
  look: "strong" | "plain" | "faint",
): void {
  const points = pathOf(run, k, f);
  const strong = look === "strong";
  const faint = look === "faint";
  if (!faint) pen.line(points, { color: ink.dark ? "#000" : "#fff", width: strong ? 5 : 3.4, alpha: 0.55 });
  pen.line(points, { color, width: strong ? 2.8 : 1.8, alpha: faint ? 0.28 : 1 });
  const end = points.length;
  pen.dot(points[end - 2] ?? Number.NaN, points[end - 1] ?? Number.NaN, strong ? 5.5 : 4.2, color, {
    color: ink.paper,
    width: 1.5,
    alpha: faint ? 0.3 : 1,
  });
}

/** Where a run ended at a wall: the slope pulls, each wall pushes back by its multiplier. */
export function paintPushes(pen: Pen, run: Run, f: Frame, ink: Ink): void {
  if (run.pushes.length === 0) return;
  const [sx, sy] = [f.x(1) - f.x(0), f.y(1) - f.y(0)];
  const total: [number, number] = [0, 0];
  for (const { force } of run.pushes) {
    total[0] += force[0];
    total[1] += force[1];
  }
  const size = Math.hypot(...total);
  if (!(size > 0)) return;
  const [px, py] = [f.x(run.x[0]), f.y(run.x[1])];
  const draw = ([u, v]: readonly [number, number], color: string): void => {
    const length = (64 * Math.hypot(u, v)) / size;
    if (length > 3) arrow(pen, px, py, u * sx, v * sy, length, color);
  };
  draw([-total[0], -total[1]], ink.cool);
  for (const { force } of run.pushes) draw(force, ink.accent);
}
