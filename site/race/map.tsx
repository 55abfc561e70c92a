// The map: contours, paths, what the method in focus sees, and the start, which is dragged or moved by arrow keys.

import { useCallback, useMemo, useRef, useState } from "preact/hooks";
import { drawAxes, type Frame } from "../draw/axes.js";
import type { Ink } from "../draw/ink.js";
import type { CanvasPen } from "../draw/pen.js";
import { Surface } from "../draw/surface.js";
import { short } from "../shell/numbers.js";
import { colorOf } from "./entrants.js";
import type { Box } from "./functions.js";
import type { Field, RaceAnswer } from "./jobs.js";
import { drawSight, reached } from "./sight.js";

const MARGINS = { left: 40, right: 8, top: 8, bottom: 30 };

interface MapProps {
  field: Field | null;
  box: Box;
  start: readonly [number, number];
  answer: RaceAnswer | null;
  focus: string;
  lit: string;
  t: number;
  onStart(start: [number, number]): void;
}

/** Level k of n as a colour: deep water below, paper above. */
function tint(k: number, n: number, dark: boolean): string {
  const s = k / Math.max(n - 1, 1);
  return dark
    ? `oklch(${0.44 - 0.2 * s ** 0.8} ${0.062 - 0.05 * s} ${225 + 12 * s})`
    : `oklch(${0.79 + 0.18 * s ** 0.75} ${0.062 - 0.052 * s} ${222 - 130 * s * s})`;
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

export function RaceMap({ field, box, start, answer, focus, lit, t, onStart }: MapProps) {
  const frame = useRef<Frame | null>(null);
  const backdrop = useRef<{ key: string; image: HTMLCanvasElement } | null>(null);
  const [at, setAt] = useState<[number, number]>([0, 0]);
  const size = useRef<[number, number]>([0, 0]);

  const place = (): void => {
    const [w, h] = size.current;
    const [x1, x2, y1, y2] = box;
    const px = MARGINS.left + ((start[0] - x1) / (x2 - x1)) * (w - MARGINS.left - MARGINS.right);
    const py = MARGINS.top + ((y2 - start[1]) / (y2 - y1)) * (h - MARGINS.top - MARGINS.bottom);
    if (at[0] !== px || at[1] !== py) setAt([px, py]);
  };
  place();

  const draw = useCallback(
    (pen: CanvasPen, width: number, height: number, ink: Ink) => {
      const [x1, x2, y1, y2] = box;
      const axes = () =>
        drawAxes(pen, width, height, { domain: [x1, x2] }, { domain: [y1, y2] }, ink, MARGINS);
      const f = axes();
      frame.current = f;
      const inside = (content: () => void) =>
        pen.clip(f.left, f.top, f.right - f.left, f.bottom - f.top, content);
      const ratio = pen.context.canvas.width / width;
      const key = field
        ? `${field.box} ${field.levels.length} ${field.levels[0]?.length} ${field.least} ${width} ${height} ${ratio} ${ink.dark}`
        : "";
      if (field && backdrop.current?.key !== key) {
        const image = document.createElement("canvas");
        image.width = Math.round(width * ratio);
        image.height = Math.round(height * ratio);
        const context = image.getContext("2d")!;
        context.scale(ratio, ratio);
        paintField({ context } as CanvasPen, field, f, ink);
        backdrop.current = { key, image };
      }
      inside(() => {
        if (backdrop.current) pen.context.drawImage(backdrop.current.image, 0, 0, width, height);
        if (!answer) return;
        const runs = [...answer.runs].sort(
          (a, b) => Number(a.id === (lit || focus)) - Number(b.id === (lit || focus)),
        );
        for (const run of runs) {
          const strong = run.id === (lit || focus);
          const faint = (lit || focus) !== "" && !strong;
          const k = reached(run, t);
          const points = new Float32Array(2 * (k + 1));
          for (let i = 0; i <= k; i++) {
            points[2 * i] = f.x(run.path[2 * i]!);
            points[2 * i + 1] = f.y(run.path[2 * i + 1]!);
          }
          const color = colorOf(run.id, ink.dark);
          if (!faint)
            pen.line(points, { color: ink.dark ? "#000" : "#fff", width: strong ? 5 : 3.4, alpha: 0.55 });
          pen.line(points, { color, width: strong ? 2.8 : 1.8, alpha: faint ? 0.28 : 1 });
          if (strong) {
            const many = Math.min(Math.floor(t), run.trials.length / 2, 600);
            for (let i = 0; i < many; i++)
              pen.dot(f.x(run.trials[2 * i]!), f.y(run.trials[2 * i + 1]!), 1.6, color);
          }
          pen.dot(points[2 * k]!, points[2 * k + 1]!, strong ? 5.5 : 4.2, color, {
            color: ink.paper,
            width: 1.5,
            alpha: faint ? 0.3 : 1,
          });
        }
        const run = answer.runs.find(({ id }) => id === focus);
        if (run) drawSight({ pen, frame: f, ink }, run, answer, t, colorOf(run.id, ink.dark));
      });
    },
    [field, box, answer, focus, lit, t],
  );

  const move = (clientX: number, clientY: number, canvas: DOMRect): void => {
    const f = frame.current;
    if (!f) return;
    const clamp = (v: number, a: number, b: number) => Math.min(Math.max(v, Math.min(a, b)), Math.max(a, b));
    const x = clamp(f.x.invert(clientX - canvas.left), box[0], box[1]);
    const y = clamp(f.y.invert(clientY - canvas.top), box[2], box[3]);
    onStart([Number(x.toPrecision(5)), Number(y.toPrecision(5))]);
  };
  const handlers = useMemo(() => {
    let from: DOMRect | null = null;
    return {
      onPointerDown(event: PointerEvent) {
        if (event.button !== 0) return;
        const element = event.currentTarget as HTMLElement;
        const stage = element.closest(".stage")!;
        from = stage.querySelector("canvas")!.getBoundingClientRect();
        element.setPointerCapture(event.pointerId);
      },
      onPointerUp: () => {
        from = null;
      },
      rect: () => from,
    };
  }, []);
  const drag = (event: PointerEvent): void => {
    const rect = handlers.rect();
    if (rect) move(event.clientX, event.clientY, rect);
  };
  const onKey = (event: KeyboardEvent): void => {
    const step = (event.shiftKey ? 0.1 : 0.01) * (box[1] - box[0]);
    const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] }[
      event.key
    ];
    if (!by) return;
    event.preventDefault();
    onStart([Number((start[0] + by[0]!).toPrecision(6)), Number((start[1] + by[1]!).toPrecision(6))]);
  };
  const words = `Contours of the function with the paths of ${answer?.runs.length ?? 0} methods from the start at x = ${short(start[0])}, y = ${short(start[1])}. The table below says where each ended.`;
  return (
    <div
      class="stage map"
      onPointerDown={(event) => {
        handlers.onPointerDown(event);
        if (event.pointerType === "mouse") drag(event);
      }}
      onPointerMove={drag}
      onPointerUp={(event) => {
        drag(event);
        handlers.onPointerUp();
      }}
      onPointerCancel={handlers.onPointerUp}
    >
      <Surface
        label={words}
        draw={draw}
        onSize={(w, h) => {
          size.current = [w, h];
          place();
        }}
      />
      <button
        type="button"
        class="handle"
        style={{ left: `${at[0]}px`, top: `${at[1]}px` }}
        aria-label={`Start at x = ${short(start[0])}, y = ${short(start[1])}. Drag it, or use the arrow keys; with Shift in larger steps.`}
        onKeyDown={onKey}
      />
    </div>
  );
}
