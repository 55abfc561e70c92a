// A canvas that is drawn again when its size, the theme or what it shows changes, at most once a frame.

import { useEffect, useRef } from "preact/hooks";
import { currentInk, type Ink } from "./ink.js";
import { CanvasPen } from "./pen.js";

export type Draw = (pen: CanvasPen, width: number, height: number, ink: Ink) => void;

interface SurfaceProps {
  /** What the picture shows, in words. */
  label: string;
  draw: Draw;
  class?: string | undefined;
  onSize?: ((width: number, height: number) => void) | undefined;
}

/** The newest drawings stay in the timeline of the browser, under this name, for those who measure. */
const DRAWN = "draw";
const KEPT = 200;
let drawn = 0;

export function Surface({ label, draw, class: name, onSize }: SurfaceProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const latest = useRef(draw);
  const request = useRef(0);
  // Asking the page for sizes and colours at every drawing would make it lay itself out each time.
  const size = useRef<readonly [number, number]>([0, 0]);
  const ink = useRef<Ink | null>(null);
  latest.current = draw;

  const redraw = (): void => {
    if (request.current) return;
    request.current = requestAnimationFrame(() => {
      request.current = 0;
      const element = canvas.current;
      const context = element?.getContext("2d");
      const [width, height] = size.current;
      if (!element || !context || width === 0 || height === 0) return;
      const start = performance.now();
      const ratio = devicePixelRatio || 1;
      const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
      if (element.width !== w || element.height !== h) {
        element.width = w;
        element.height = h;
      }
      ink.current ??= currentInk();
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, width, height);
      latest.current(new CanvasPen(context), width, height, ink.current);
      if (drawn++ % KEPT === 0) performance.clearMeasures(DRAWN);
      performance.measure(DRAWN, { start, end: performance.now() });
    });
  };

  useEffect(() => {
    const element = canvas.current!;
    const sized = new ResizeObserver(() => {
      size.current = [element.clientWidth, element.clientHeight];
      onSize?.(...size.current);
      redraw();
    });
    sized.observe(element);
    const themed = new MutationObserver(() => {
      ink.current = null;
      redraw();
    });
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => {
      sized.disconnect();
      themed.disconnect();
      cancelAnimationFrame(request.current);
    };
  }, []);
  useEffect(redraw, [draw]);

  return <canvas ref={canvas} class={`surface ${name ?? ""}`} role="img" aria-label={label} />;
}
