// Upright strokes as a path: points, whose strokes have no length, and bars of errors.

import { pixel } from "./element.js";

/** Of very many strokes each is drawn within a quarter of a pixel, and those that touch are one. */
export const MANY = 5000;

/** x, top and bottom, in pixels. */
export type Stroke = [x: number, top: number, bottom: number];

export function strokes(list: readonly Stroke[]): string {
  let runs: readonly Stroke[] = list;
  if (list.length > MANY) {
    const joined: Stroke[] = [];
    const near = list.map((one) => one.map((v) => Math.round(2 * v) / 2) as Stroke);
    for (const one of near.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
      const last = joined.at(-1);
      if (last?.[0] === one[0] && one[1] <= last[2] + 0.5) last[2] = Math.max(last[2], one[2]);
      else joined.push(one);
    }
    runs = joined;
  }
  return runs
    .map(([x, top, bottom]) => `M${pixel(x)} ${pixel(top)}${top === bottom ? "h0" : `V${pixel(bottom)}`}`)
    .join("");
}
