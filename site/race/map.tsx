// The map: contours, walls, paths, what the method in focus sees, and the start, which is dragged or moved by arrow keys.

import { useCallback, useRef, useState } from "preact/hooks";
import { type Frame, gutter } from "../draw/axes.js";
import type { Ink } from "../draw/ink.js";
import { CanvasPen } from "../draw/pen.js";
import { Surface } from "../draw/surface.js";
import { plural, short } from "../shell/numbers.js";
import { colorOf } from "./entrants.js";
import type { Box } from "./functions.js";
import type { Field, RaceAnswer } from "./jobs.js";
import { MARGINS, paintBackdrop, paintPath, paintPushes, paintWalls } from "./paint.js";
import { drawSight, reached } from "./sight.js";
import type { Walls } from "./walls.js";

/** What a press and a drag do. */
export type Tool = "start" | "box" | "line" | "circle";

export interface MapProps {
  field: Field | null;
  box: Box;
  start: readonly [number, number];
  answer: RaceAnswer | null;
  /** The paths are those of a start that is being dragged. */
  draft: boolean;
  focus: string;
  lit: string;
  t: number;
  walls: Walls;
  tool: Tool;
  onDrag(start: [number, number]): void;
  onStart(start: [number, number]): void;
  onWalls(patch: Partial<Walls>): void;
  /** The colour of a method, where it is not that of the whole field. */
  color?: ((id: string, dark: boolean) => string) | undefined;
}

const digits = (v: number): number => Number(v.toPrecision(5));

/** The shape that a drag from p to q draws. */
function shapeOf(tool: Tool, p: readonly [number, number], q: readonly [number, number]): Partial<Walls> {
  if (tool === "box")
    return {
      bounds: [Math.min(p[0], q[0]), Math.max(p[0], q[0]), Math.min(p[1], q[1]), Math.max(p[1], q[1])],
    };
  if (tool === "line") return { line: [...p, ...q] };
  return { circle: [...p, digits(Math.hypot(q[0] - p[0], q[1] - p[1]))] };
}

export function RaceMap(props: MapProps) {
  const { field, box, start, answer, draft, focus, lit, t, walls, tool, color: tint = colorOf } = props;
  const frame = useRef<Frame | null>(null);
  const backdrop = useRef<{ key: string; field: Field | null; image: HTMLCanvasElement } | null>(null);
  const [size, setSize] = useState<readonly [number, number]>([0, 0]);
  const press = useRef<{ rect: DOMRect; from: [number, number] } | null>(null);
  const [sketch, setSketch] = useState<Partial<Walls> | null>(null);
  const shown: Walls = { ...walls, ...sketch };

  const draw = useCallback(
    (pen: CanvasPen, width: number, height: number, ink: Ink) => {
      const ratio = pen.context.canvas.width / width;
      const key = `${box} ${width} ${height} ${ratio} ${ink.dark}`;
      if (backdrop.current?.key !== key || backdrop.current.field !== field) {
        const image = document.createElement("canvas");
        image.width = Math.round(width * ratio);
        image.height = Math.round(height * ratio);
        const context = image.getContext("2d")!;
        context.scale(ratio, ratio);
        frame.current = paintBackdrop(new CanvasPen(context), width, height, box, field, ink);
        backdrop.current = { key, field, image };
      }
      const f = frame.current!;
      pen.context.drawImage(backdrop.current.image, 0, 0, width, height);
      pen.clip(f.left, f.top, f.right - f.left, f.bottom - f.top, () => {
        paintWalls(pen, shown, f, ink);
        if (!answer) return;
        const first = lit || focus;
        const chosen = answer.runs.find(({ id }) => id === first);
        for (const run of answer.runs)
          if (run !== chosen)
            paintPath(pen, run, reached(run, t), f, ink, tint(run.id, ink.dark), chosen ? "faint" : "plain");
        if (chosen) {
          const color = tint(chosen.id, ink.dark);
          paintPath(pen, chosen, reached(chosen, t), f, ink, color, "strong");
          const many = Math.min(Math.floor(t), chosen.trials.length / 2, 600);
          for (let i = 0; i < many; i++)
            pen.dot(f.x(chosen.trials[2 * i]!), f.y(chosen.trials[2 * i + 1]!), 1.6, color);
        }
        if (draft) return;
        const run = answer.runs.find(({ id }) => id === focus);
        if (run) drawSight({ pen, frame: f, ink }, run, answer, t, tint(run.id, ink.dark));
        const pushed = run ?? pushedBest(answer);
        if (pushed && t >= (pushed.at[pushed.at.length - 1] ?? 0)) paintPushes(pen, pushed, f, ink);
      });
    },
    [field, box, answer, draft, focus, lit, t, walls, sketch, tint],
  );

  const pointOf = (event: PointerEvent): [number, number] | null => {
    const f = frame.current;
    const rect = press.current?.rect;
    if (!f || !rect) return null;
    const clamp = (v: number, a: number, b: number) => Math.min(Math.max(v, Math.min(a, b)), Math.max(a, b));
    return [
      digits(clamp(f.x.invert(event.clientX - rect.left), box[0], box[1])),
      digits(clamp(f.y.invert(event.clientY - rect.top), box[2], box[3])),
    ];
  };
  const down = (event: PointerEvent): void => {
    const stage = event.currentTarget as HTMLElement;
    if (event.button !== 0) return;
    const handle = (event.target as HTMLElement).closest(".handle") !== null;
    press.current = { rect: stage.querySelector("canvas")!.getBoundingClientRect(), from: [0, 0] };
    press.current.from = pointOf(event)!;
    stage.setPointerCapture(event.pointerId);
    // A finger that presses beside the handle may want to scroll.
    if (tool === "start" && (handle || event.pointerType === "mouse")) props.onDrag(press.current.from);
    else if (tool === "start") press.current = null;
  };
  const move = (event: PointerEvent): void => {
    const to = pointOf(event);
    if (!to) return;
    if (tool === "start") props.onDrag(to);
    else setSketch(shapeOf(tool, press.current!.from, to));
  };
  const up = (event: PointerEvent): void => {
    const to = pointOf(event);
    if (!to) return;
    const { from } = press.current!;
    press.current = null;
    if (tool === "start") props.onStart(to);
    else {
      setSketch(null);
      // A click without a drag takes the shape away.
      const near = Math.hypot(to[0] - from[0], to[1] - from[1]) < 0.01 * (box[1] - box[0]);
      const empty = { box: { bounds: [] }, line: { line: [] }, circle: { circle: [] } }[tool];
      props.onWalls(near ? empty : shapeOf(tool, from, to));
    }
  };
  const onKey = (event: KeyboardEvent): void => {
    const step = (event.shiftKey ? 0.1 : 0.01) * (box[1] - box[0]);
    const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] }[
      event.key
    ];
    if (!by) return;
    event.preventDefault();
    props.onStart([Number((start[0] + by[0]!).toPrecision(6)), Number((start[1] + by[1]!).toPrecision(6))]);
  };
  const [w, h] = size;
  const left = gutter({ domain: [box[2], box[3]] }, h, MARGINS);
  const at = [
    left + ((start[0] - box[0]) / (box[1] - box[0])) * (w - left - MARGINS.right),
    MARGINS.top + ((box[3] - start[1]) / (box[3] - box[2])) * (h - MARGINS.top - MARGINS.bottom),
  ];
  const words = `Contours of the function with the paths of ${plural(answer?.runs.length ?? 0, "method")} from the start at x = ${short(start[0])}, y = ${short(start[1])}. The table below says where each ended.`;
  return (
    <div
      class={`stage map ${tool === "start" ? "" : "drawing"}`}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={() => {
        press.current = null;
        setSketch(null);
      }}
    >
      <Surface label={words} draw={draw} onSize={(width, height) => setSize([width, height])} />
      <button
        type="button"
        class="handle"
        style={{ transform: `translate(${at[0]}px, ${at[1]}px)` }}
        aria-label={`Start at x = ${short(start[0])}, y = ${short(start[1])}. Drag it, or use the arrow keys; with Shift in larger steps.`}
        onKeyDown={onKey}
      />
    </div>
  );
}

/** Where walls push and nothing is in focus: the lowest of the runs that ended within them. */
function pushedBest({ runs }: RaceAnswer): RaceAnswer["runs"][number] | undefined {
  const allowed = runs.filter((run) => run.violation <= 1e-6 && run.pushes.length > 0);
  return allowed.sort((a, b) => a.fun - b.fun)[0];
}
