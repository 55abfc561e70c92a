// Marks that fill an area: correlations as squares, and filled level curves.

import { contours } from "d3-contour";
import type { Axis } from "./axis.js";
import { element, type Node, pixel, textOf } from "./element.js";
import { finite, type Mark } from "./picture.js";
import type { Paint } from "./theme.js";

/** Where a panel's marks go. */
export interface Place {
  readonly box: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  };
  readonly x: Axis;
  readonly y: Axis;
}

/** Correlations: the size of a square is |r|, its colour the sign, and the number stands in it. */
export function cells(
  { size, values }: Extract<Mark, { kind: "cells" }>,
  { x, y }: Place,
  paint: Paint,
): Node[] {
  const width = Math.abs(x.at(1) - x.at(0));
  const height = Math.abs(y.at(1) - y.at(0));
  return Array.from({ length: size * size }, (_, k): Node[] => {
    const [i, j] = [Math.floor(k / size), k % size];
    const r = values[k]!;
    if (!finite(r)) return [];
    const part = Math.sqrt(Math.min(1, Math.abs(r)));
    const [w, h] = [width * 0.94 * part, height * 0.94 * part];
    const [cx, cy] = [x.at(j), y.at(size - 1 - i)];
    const square = element("rect", {
      class: "cell",
      x: pixel(cx - w / 2),
      y: pixel(cy - h / 2),
      width: pixel(w),
      height: pixel(h),
      rx: 2,
      fill: paint(i === j ? "grid" : r < 0 ? 1 : 0),
      "fill-opacity": i === j ? 1 : 0.35,
    });
    const text = i === j ? "1" : r.toFixed(3).replace("-", "−");
    const style = { "font-size": 11, "text-anchor": "middle", fill: paint("ink") };
    return width > 34 ? [square, textOf(text, cx, cy + 4, style)] : [square];
  }).flat();
}

/** Filled level curves, the lowest the darkest. */
export function levelCurves(
  mark: Extract<Mark, { kind: "contours" }>,
  { x, y }: Place,
  paint: Paint,
): Node[] {
  const { columns: n, rows: m, heights, levels } = mark;
  // d3 puts the height of cell (i, j) at i + 1/2, j + 1/2.
  const px = (c: number): number => x.at(mark.x[0] + ((mark.x[1] - mark.x[0]) * (c - 0.5)) / (n - 1));
  const py = (r: number): number => y.at(mark.y[0] + ((mark.y[1] - mark.y[0]) * (r - 0.5)) / (m - 1));
  const shapes = contours()
    .size([n, m])
    .thresholds([...levels])(Array.from(heights));
  const ground = element("rect", {
    x: pixel(Math.min(px(0.5), px(n - 0.5))),
    y: pixel(Math.min(py(0.5), py(m - 0.5))),
    width: pixel(Math.abs(px(n - 0.5) - px(0.5))),
    height: pixel(Math.abs(py(m - 0.5) - py(0.5))),
    fill: paint("low"),
  });
  const one = (v: number): string => String(Math.round(v * 10) / 10 + 0);
  // Each layer covers the one below with a little of the light end: together they grade the colour.
  return [
    ground,
    ...shapes.map(({ coordinates }) => {
      const rings = coordinates.flat();
      const d = rings.map((ring) => `M${ring.map(([c, r]) => `${one(px(c!))} ${one(py(r!))}`).join("L")}Z`);
      return element("path", {
        class: "contour",
        d: d.join(""),
        fill: paint("high"),
        "fill-opacity": 0.2,
        stroke: paint("muted"),
        "stroke-opacity": 0.35,
        "stroke-width": 0.6,
      });
    }),
  ];
}
