// The plane as the network sees it: its probability as a tint, its border, and the points.

import { useCallback } from "preact/hooks";
import type { Ink } from "../draw/ink.js";
import type { CanvasPen } from "../draw/pen.js";
import { Surface } from "../draw/surface.js";
import { type PlaneName, plane, VIEW } from "./data.js";

interface DecisionProps {
  data: string;
  noise: number;
  seed: number;
  decision: Float32Array | null;
}

/** The two classes: red and blue, as far apart in lightness as in hue. */
const colors = (ink: Ink): [string, string] => (ink.dark ? ["#f0845a", "#7cbad6"] : ["#b83a14", "#24637f"]);

export function Decision({ data, noise, seed, decision }: DecisionProps) {
  const draw = useCallback(
    (pen: CanvasPen, width: number, height: number, ink: Ink) => {
      const [zero, one] = colors(ink);
      const { columns, rows, halfWidth, halfHeight } = VIEW;
      const scale = Math.min(width / halfWidth, height / halfHeight) / 2;
      const px = (x: number) => width / 2 + x * scale;
      const py = (y: number) => height / 2 - y * scale;
      if (decision) {
        const image = new ImageData(columns, rows);
        const rgb = [zero, one].map((color) =>
          [1, 3, 5].map((k) => Number.parseInt(color.slice(k, k + 2), 16)),
        );
        decision.forEach((p, k) => {
          const [i, j] = [k % columns, rows - 1 - Math.floor(k / columns)];
          image.data.set(
            [...rgb[p > 0.5 ? 1 : 0]!, 255 * (0.05 + 0.45 * Math.abs(2 * p - 1))],
            4 * (j * columns + i),
          );
        });
        const small = document.createElement("canvas");
        [small.width, small.height] = [columns, rows];
        small.getContext("2d")!.putImageData(image, 0, 0);
        pen.context.drawImage(
          small,
          px(-halfWidth),
          py(halfHeight),
          2 * halfWidth * scale,
          2 * halfHeight * scale,
        );
      }
      const { x, y } = plane(data as PlaneName, 500, noise, seed);
      for (let i = 0; i < y.length; i++)
        pen.dot(px(x[2 * i]!), py(x[2 * i + 1]!), 3, y[i] ? one : zero, { color: ink.paper, width: 1 });
    },
    [data, noise, seed, decision],
  );
  return (
    <Surface
      class="square"
      label="Points of two classes and the regions that the network gives to each"
      draw={draw}
    />
  );
}
