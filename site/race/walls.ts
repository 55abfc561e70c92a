// What may be drawn into the map: a box of bounds, a line, a circle. Each is a constraint c(x) >= 0 whose gradient at its wall has length 1.

import { nnls } from "downhill";
import type { Box } from "./functions.js";

export interface Walls {
  /** x1 x2 y1 y2, or empty. */
  readonly bounds: readonly number[];
  /** From and to: x, y, x, y; what lies to the left of it is allowed. Or empty. */
  readonly line: readonly number[];
  /** Centre and radius; the inside is allowed. Or empty. */
  readonly circle: readonly number[];
}
export const noWalls: Walls = { bounds: [], line: [], circle: [] };
type X = ArrayLike<number>;

interface Wall {
  readonly name: string;
  /** Bounds are taken by most methods, curves by those for constraints alone. */
  readonly bound: boolean;
  value(x: X): number;
  gradient(x: X): readonly [number, number];
  readonly curve: number;
}

export function wallsOf({ bounds, line, circle }: Walls): Wall[] {
  const list: Wall[] = [];
  const [x1, x2, y1, y2] = bounds;
  const side = (name: string, j: 0 | 1, sign: 1 | -1, at: number): Wall => ({
    name,
    bound: true,
    value: (x) => sign * (x[j]! - at),
    gradient: () => (j === 0 ? [sign, 0] : [0, sign]),
    curve: 0,
  });
  if (y2 !== undefined) {
    list.push(side("left bound", 0, 1, x1!), side("right bound", 0, -1, x2!));
    list.push(side("lower bound", 1, 1, y1!), side("upper bound", 1, -1, y2));
  }
  const [px, py, qx, qy] = line;
  if (qy !== undefined) {
    const length = Math.hypot(qx! - px!, qy - py!) || 1;
    const n: [number, number] = [-(qy - py!) / length, (qx! - px!) / length];
    list.push({
      name: "line",
      bound: false,
      value: (x) => n[0] * (x[0]! - px!) + n[1] * (x[1]! - py!),
      gradient: () => n,
      curve: 0,
    });
  }
  const [cx, cy, r] = circle;
  if (r !== undefined)
    list.push({
      name: "circle",
      bound: false,
      value: (x) => (r * r - (x[0]! - cx!) ** 2 - (x[1]! - cy!) ** 2) / (2 * r),
      gradient: (x) => [-(x[0]! - cx!) / r, -(x[1]! - cy!) / r],
      curve: -1 / r,
    });
  return list;
}

/** What makes the walls none at all, in words; or nothing. */
export function amiss({ bounds: [x1, x2, y1, y2], line: [px, py, qx, qy], circle: [, , r] }: Walls): string {
  if (y2 !== undefined && !(x1! < x2!)) return `The box of bounds is empty: x goes from ${x1} to ${x2}.`;
  if (y2 !== undefined && !(y1! < y2)) return `The box of bounds is empty: y goes from ${y1} to ${y2}.`;
  if (qy !== undefined && px === qx && py === qy) return "The line goes from a point to the same point.";
  if (r !== undefined && !(r > 0)) return `The circle has no inside: its radius is ${r}.`;
  return "";
}

/** How far x is outside of what is allowed; 0 inside. */
export const violation = (walls: readonly Wall[], x: X): number =>
  walls.reduce((worst, wall) => Math.max(worst, -wall.value(x)), 0);

/** A wall counts as touched within this share of the window. */
const TOUCH = 1e-6;

export interface Push {
  readonly name: string;
  /** Inward, times the multiplier. */
  readonly force: readonly [number, number];
  readonly multiplier: number;
}

/** Multipliers at x: the least-squares solution of sum multiplier_i grad c_i = grad f over the walls that are touched, none negative. */
export function pushes(walls: readonly Wall[], x: X, g: X, box: Box): { pushes: Push[]; rest: number } {
  const size = Math.max(box[1] - box[0], box[3] - box[2]);
  const touched = walls.filter((wall) => Math.abs(wall.value(x)) <= TOUCH * size);
  if (touched.length === 0) return { pushes: [], rest: Math.max(Math.abs(g[0]!), Math.abs(g[1]!)) };
  const normals = touched.map((wall) => wall.gradient(x));
  const rows = [0, 1].map((j) => normals.map((n) => n[j as 0]));
  const { x: multipliers } = nnls(rows, [g[0]!, g[1]!]);
  const rest = [0, 1].map((j) =>
    Math.abs(g[j]! - normals.reduce((sum, n, i) => sum + multipliers[i]! * n[j as 0], 0)),
  );
  return {
    pushes: touched.map(({ name }, i) => {
      const m = multipliers[i]!;
      return { name, multiplier: m, force: [m * normals[i]![0], m * normals[i]![1]] };
    }),
    rest: Math.max(...rest),
  };
}
