// The polygon: corners are dragged, a click in the open adds one, the objective turns; the roads to the optimum are drawn.

import { useCallback, useRef, useState } from "preact/hooks";
import { drawAxes, type Frame } from "../draw/axes.js";
import type { Ink } from "../draw/ink.js";
import type { CanvasPen } from "../draw/pen.js";
import { Surface } from "../draw/surface.js";
import { short } from "../shell/numbers.js";
import { hull, middle, type Point } from "./geometry.js";
import type { LpAnswer, QpAnswer } from "./jobs.js";

const HALF = 5;
/** What is held: nothing, the centre of the objective, or a corner by its number. */
const FREE = -2;
const CENTRE = -1;
const BY: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-0.1, 0],
  ArrowRight: [0.1, 0],
  ArrowUp: [0, 0.1],
  ArrowDown: [0, -0.1],
};

/** Ellipses of equal value, and the roads of three methods to the lowest point of the polygon. */
function drawQuadratic(pen: CanvasPen, f: Frame, ink: Ink, { centre, P, answer }: Quadratic): void {
  const [[a, b], [, d]] = P as [[number, number], [number, number]];
  const [mean, half] = [(a + d) / 2, Math.hypot((a - d) / 2, b)];
  const turn = Math.atan2(2 * b, a - d) / 2;
  const ring = (level: number, stroke: { color: string; width: number; alpha?: number }): void => {
    const points: number[] = [];
    for (let i = 0; i <= 90; i++) {
      const t = (i / 90) * 2 * Math.PI;
      const u = Math.sqrt((2 * level) / (mean + half)) * Math.cos(t);
      const v = Math.sqrt((2 * level) / (mean - half)) * Math.sin(t);
      points.push(
        f.x(centre[0] + u * Math.cos(turn) - v * Math.sin(turn)),
        f.y(centre[1] + u * Math.sin(turn) + v * Math.cos(turn)),
      );
    }
    pen.line(points, stroke);
  };
  const pixels = (list: ArrayLike<number>) => Array.from(list, (v, i) => (i % 2 ? f.y(v) : f.x(v)));
  pen.clip(f.left, f.top, f.right - f.left, f.bottom - f.top, () => {
    for (let k = 1; k <= 9; k++) ring((k * k) / 2, { color: ink.soft, width: 0.8, alpha: 0.5 });
    if (answer?.status !== "solved") return;
    if (answer.value > 1e-9) ring(answer.value, { color: ink.accent, width: 1.6 });
    for (const [method, color, width] of [
      ["admm", ink.good, 1],
      ["interiorPoint", ink.accent, 2.2],
    ] as const) {
      const road = answer.roads.find((r) => r.method === method);
      if (road) pen.line(pixels(road.path), { color, width, alpha: 0.9 });
    }
    const dots = answer.roads.find((r) => r.method === "interiorPoint")?.path ?? [];
    for (let i = 0; i + 1 < dots.length; i += 2)
      pen.dot(f.x(dots[i]!), f.y(dots[i + 1]!), 3.2, ink.paper, { color: ink.accent, width: 1.5 });
    pen.dot(f.x(answer.x[0]!), f.y(answer.x[1]!), 7, ink.accent, { color: ink.paper, width: 2 });
  });
}
const MARGINS = { left: 34, right: 10, top: 10, bottom: 28 };

/** The objective where it is quadratic: its lowest point without constraints, and its matrix. */
export interface Quadratic {
  readonly centre: Point;
  readonly P: readonly (readonly [number, number])[];
  readonly answer: QpAnswer | null;
}

interface PolygonProps {
  quadratic: Quadratic | null;
  onCentre(centre: Point): void;
  corners: readonly Point[];
  angle: number;
  answer: LpAnswer | null;
  onCorners(corners: Point[]): void;
}

export function Polygon({ corners, angle, answer, quadratic, onCorners, onCentre }: PolygonProps) {
  const frame = useRef<Frame | null>(null);
  const held = useRef(FREE);
  const [size, setSize] = useState<[number, number]>([0, 0]);
  const [said, setSaid] = useState("");
  const draw = useCallback(
    (pen: CanvasPen, width: number, height: number, ink: Ink) => {
      const f = drawAxes(
        pen,
        width,
        height,
        { domain: [-HALF * 1.3, HALF * 1.3] },
        { domain: [-HALF, HALF] },
        ink,
        MARGINS,
      );
      frame.current = f;
      const shape = hull(corners);
      const pixels = (list: ArrayLike<number>) => Array.from(list, (v, i) => (i % 2 ? f.y(v) : f.x(v)));
      const outline = pixels(shape.flat());
      pen.area(outline, ink.cool, ink.dark ? 0.22 : 0.12);
      pen.line([...outline, outline[0]!, outline[1]!], { color: ink.cool, width: 1.8 });
      if (quadratic) {
        drawQuadratic(pen, f, ink, quadratic);
        return;
      }
      const [mx, my] = middle(shape);
      const [ux, uy] = [Math.cos(angle), Math.sin(angle)];
      for (let k = -8; k <= 8; k++) {
        const [px, py] = [mx + k * ux, my + k * uy];
        pen.clip(f.left, f.top, f.right - f.left, f.bottom - f.top, () =>
          pen.line(pixels([px - 20 * uy, py + 20 * ux, px + 20 * uy, py - 20 * ux]), {
            color: ink.soft,
            width: 0.8,
            alpha: 0.35,
          }),
        );
      }
      const [ax, ay] = [f.x(mx), f.y(my)];
      const [tx, ty] = [f.x(mx + 1.4 * ux), f.y(my + 1.4 * uy)];
      pen.line([ax, ay, tx, ty], { color: ink.ink, width: 2.2 });
      const [dx, dy] = [(tx - ax) / Math.hypot(tx - ax, ty - ay), (ty - ay) / Math.hypot(tx - ax, ty - ay)];
      pen.area([tx + 7 * dx, ty + 7 * dy, tx - 4 * dy, ty + 4 * dx, tx + 4 * dy, ty - 4 * dx], ink.ink);
      if (answer?.status !== "solved") return;
      pen.line(pixels(answer.simplex), { color: ink.ink, width: 3, alpha: 0.75 });
      for (let i = 0; i < answer.simplex.length; i += 2)
        pen.dot(f.x(answer.simplex[i]!), f.y(answer.simplex[i + 1]!), 4, ink.ink, {
          color: ink.paper,
          width: 1,
        });
      pen.line(pixels(answer.pdhg), { color: ink.good, width: 1, alpha: 0.9 });
      pen.line(pixels(answer.central), { color: ink.accent, width: 2.4 });
      for (let i = 0; i < answer.interior.length; i += 2)
        pen.dot(f.x(answer.interior[i]!), f.y(answer.interior[i + 1]!), 3.4, ink.paper, {
          color: ink.accent,
          width: 1.6,
        });
      pen.dot(f.x(answer.x[0]!), f.y(answer.x[1]!), 7, ink.accent, { color: ink.paper, width: 2 });
    },
    [corners, angle, answer, quadratic],
  );
  const value = (event: PointerEvent): [number, number] | null => {
    const f = frame.current;
    const stage = (event.currentTarget as HTMLElement).closest(".stage");
    if (!f || !stage) return null;
    const r = stage.querySelector("canvas")!.getBoundingClientRect();
    const clamp = (v: number, h: number) => Math.round(Math.min(Math.max(v, -h), h) * 100) / 100;
    return [
      clamp(f.x.invert(event.clientX - r.left), HALF * 1.3),
      clamp(f.y.invert(event.clientY - r.top), HALF),
    ];
  };
  const put = (i: number, to: Point): void => onCorners(corners.map((p, k) => (k === i ? to : p)));
  const place = ([x, y]: Point) => ({
    left: `${MARGINS.left + ((x + HALF * 1.3) / (2.6 * HALF)) * (size[0] - MARGINS.left - MARGINS.right)}px`,
    top: `${MARGINS.top + ((HALF - y) / (2 * HALF)) * (size[1] - MARGINS.top - MARGINS.bottom)}px`,
  });
  return (
    <div
      class="stage polygon"
      onPointerMove={(event) => {
        const to = held.current !== FREE ? value(event) : null;
        if (to && held.current === CENTRE) onCentre(to);
        else if (to) put(held.current, to);
      }}
      onPointerUp={(event) => {
        const dragged = held.current !== FREE;
        held.current = FREE;
        if (dragged || (event.target as HTMLElement).tagName !== "CANVAS" || corners.length >= 12) return;
        const to = value(event);
        if (to) onCorners([...corners, to]);
      }}
    >
      <Surface
        label="The feasible polygon, level lines of the objective, and the paths of the solvers to the optimum"
        draw={draw}
        onSize={(w, h) => setSize([w, h])}
      />
      {quadratic && (
        <button
          type="button"
          class="handle centre"
          style={place(quadratic.centre)}
          aria-label={`Lowest point of the objective, at ${short(quadratic.centre[0])}, ${short(quadratic.centre[1])}. Arrow keys move it.`}
          onPointerDown={(event) => {
            held.current = CENTRE;
            (event.currentTarget.closest(".stage") as HTMLElement).setPointerCapture(event.pointerId);
          }}
          onKeyDown={(event) => {
            const by = BY[event.key];
            if (!by) return;
            const [x, y] = quadratic.centre;
            onCentre([Number((x + by[0]).toFixed(2)), Number((y + by[1]).toFixed(2))]);
            event.preventDefault();
          }}
        />
      )}
      {corners.map((p, i) => (
        <button
          key={i}
          type="button"
          class="handle corner"
          style={place(p)}
          aria-label={`Corner ${i + 1} at ${short(p[0])}, ${short(p[1])}. Arrow keys move it, Delete takes it away.`}
          onPointerDown={(event) => {
            held.current = i;
            (event.currentTarget.closest(".stage") as HTMLElement).setPointerCapture(event.pointerId);
          }}
          onKeyDown={(event) => {
            const by = BY[event.key];
            if (by) put(i, [Number((p[0] + by[0]).toFixed(2)), Number((p[1] + by[1]).toFixed(2))]);
            else if (event.key === "Delete" && corners.length > 3)
              onCorners(corners.filter((_, k) => k !== i));
            else if (event.key === "Delete") setSaid("Three corners are the least: none is taken away.");
            else return;
            event.preventDefault();
          }}
        />
      ))}
      <p class="note" role="status">
        {said}
      </p>
    </div>
  );
}
