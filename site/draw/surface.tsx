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

/** Milliseconds that the last drawings took, for those who measure; the newest last. */
export const drawings: number[] = [];

export function Surface({ label, draw, class: name, onSize }: SurfaceProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const latest = useRef(draw);
  const request = useRef(0);
  latest.current = draw;

  const redraw = (): void => {
    if (request.current) return;
    request.current = requestAnimationFrame(() => {
      request.current = 0;
      const element = canvas.current;
      const context = element?.getContext("2d");
      if (!element || !context) return;
      const { clientWidth: width, clientHeight: height } = element;
      if (width === 0 || height === 0) return;
      const ratio = devicePixelRatio || 1;
      const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
      if (element.width !== w || element.height !== h) {
        element.width = w;
        element.height = h;
      }
      const begun = performance.now();
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, width, height);
      latest.current(new CanvasPen(context), width, height, currentInk());
      drawings.push(performance.now() - begun);
      if (drawings.length > 500) drawings.splice(0, 250);
    });
  };

  useEffect(() => {
    const element = canvas.current!;
    const sized = new ResizeObserver(() => {
      onSize?.(element.clientWidth, element.clientHeight);
      redraw();
    });
    sized.observe(element);
    const themed = new MutationObserver(redraw);
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
