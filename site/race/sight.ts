// What the method in focus sees at a step: its arrows, its trust circle, its simplex, its quadratic model, its population.

import type { Frame } from "../draw/axes.js";
import type { Ink } from "../draw/ink.js";
import type { Pen } from "../draw/pen.js";
import type { RaceAnswer } from "./jobs.js";
import type { Run } from "./run.js";

/** The iterate that has been reached after `t` evaluations. */
export function reached(run: Run, t: number): number {
  let k = 0;
  while (k + 1 < run.at.length && run.at[k + 1]! <= t) k++;
  return k;
}

interface Place {
  readonly pen: Pen;
  readonly frame: Frame;
  readonly ink: Ink;
}

export function arrow(
  pen: Pen,
  x: number,
  y: number,
  dx: number,
  dy: number,
  length: number,
  color: string,
): void {
  const size = Math.hypot(dx, dy);
  if (!(size > 0)) return;
  const [ux, uy] = [(dx / size) * length, (dy / size) * length];
  const [tx, ty] = [x + ux, y + uy];
  pen.line([x, y, tx, ty], { color, width: 2.5 });
  const [px, py] = [ux / length, uy / length];
  pen.area([tx + 6 * px, ty + 6 * py, tx - 4 * py, ty + 4 * px, tx + 4 * py, ty - 4 * px], color);
}

/** Points of the level line q = `level` of g'd + d'Hd/2 around x, if H is positive definite. */
function ellipse({ frame }: Place, center: [number, number], h: readonly number[], radius: number): number[] {
  const [a, b, d] = h as [number, number, number];
  const [mean, half] = [(a + d) / 2, Math.hypot((a - d) / 2, b)];
  const [l1, l2] = [mean + half, mean - half];
  const angle = Math.atan2(2 * b, a - d) / 2;
  const points: number[] = [];
  for (let i = 0; i <= 64; i++) {
    const t = (i / 64) * 2 * Math.PI;
    const [u, v] = [(radius * Math.cos(t)) / Math.sqrt(l1), (radius * Math.sin(t)) / Math.sqrt(l2)];
    points.push(
      frame.x(center[0] + u * Math.cos(angle) - v * Math.sin(angle)),
      frame.y(center[1] + u * Math.sin(angle) + v * Math.cos(angle)),
    );
  }
  return points;
}

/** Draws what the method in focus knows where it is. */
export function drawSight(place: Place, run: Run, answer: RaceAnswer, t: number, color: string): void {
  const { pen, frame, ink } = place;
  const k = reached(run, t);
  const [x, y] = [run.path[2 * k]!, run.path[2 * k + 1]!];
  const [px, py] = [frame.x(x), frame.y(y)];
  if (
    run.id === "cmaes" ||
    run.id === "differentialEvolution" ||
    run.id === "genetic" ||
    run.id === "simulatedAnnealing"
  ) {
    population(place, run, t, color);
    return;
  }
  if (run.simplex) {
    const s = Math.max(Math.min(k - 1, run.simplex.length / 6 - 1), 0);
    const corners = Array.from(run.simplex.subarray(6 * s, 6 * s + 6), (v, i) =>
      i % 2 ? frame.y(v) : frame.x(v),
    );
    pen.area(corners, color, 0.25);
    pen.line([...corners, corners[0]!, corners[1]!], { color, width: 2 });
    return;
  }
  const [g1, g2, a, b, d] = answer.local?.subarray(5 * k, 5 * k + 5) ?? [];
  if (g1 === undefined) return;
  if (run.id === "newton" || run.id === "trustRegion") {
    const determinant = a! * d! - b! * b!;
    if (a! > 0 && determinant > 0) {
      const step: [number, number] = [
        -(d! * g1 - b! * g2!) / determinant,
        -(a! * g2! - b! * g1) / determinant,
      ];
      const center: [number, number] = [x + step[0], y + step[1]];
      const height = Math.sqrt(Math.max(-(g1 * step[0] + g2! * step[1]), 0));
      for (const share of [0.33, 0.66, 1])
        pen.line(ellipse(place, center, [a!, b!, d!], share * height), { color, width: 1.2, dash: [5, 4] });
      pen.dot(frame.x(center[0]), frame.y(center[1]), 3.5, null, { color, width: 1.5 });
    }
    const radius = run.radius?.[Math.max(Math.min(k - 1, run.radius.length - 1), 0)];
    if (radius !== undefined && radius > 0) {
      const ring: number[] = [];
      for (let i = 0; i <= 64; i++) {
        const angle = (i / 64) * 2 * Math.PI;
        ring.push(frame.x(x + radius * Math.cos(angle)), frame.y(y + radius * Math.sin(angle)));
      }
      pen.line(ring, { color, width: 2 });
    }
  }
  const sy = frame.y(1) - frame.y(0) < 0 ? -1 : 1;
  arrow(
    pen,
    px,
    py,
    -g1 * (frame.x(1) - frame.x(0)),
    -g2! * Math.abs(frame.y(1) - frame.y(0)) * sy,
    54,
    ink.cool,
  );
  const v = answer.velocity;
  if (v && k > 0 && 2 * k <= v.length) {
    const [v1, v2] = [v[2 * k - 2]!, v[2 * k - 1]!];
    arrow(
      pen,
      px,
      py,
      -v1 * (frame.x(1) - frame.x(0)),
      -v2 * Math.abs(frame.y(1) - frame.y(0)) * sy,
      54,
      ink.accent,
    );
  }
}

/** The newest points, and the ellipse of two standard deviations of their spread. */
function population({ pen, frame, ink }: Place, run: Run, t: number, color: string): void {
  const size = run.id === "cmaes" ? 12 : 24;
  const end = Math.min(Math.floor(t), run.trials.length / 2);
  const begin = Math.max(end - size, 0);
  let [n, mx, my] = [0, 0, 0];
  for (let i = begin; i < end; i++) {
    const [x, y] = [run.trials[2 * i]!, run.trials[2 * i + 1]!];
    pen.dot(frame.x(x), frame.y(y), 3.2, color, { color: ink.paper, width: 1 });
    n++;
    mx += (x - mx) / n;
    my += (y - my) / n;
  }
  if (run.id !== "cmaes" || n < 4) return;
  let [a, b, d] = [0, 0, 0];
  for (let i = begin; i < end; i++) {
    const [u, v] = [run.trials[2 * i]! - mx, run.trials[2 * i + 1]! - my];
    a += (u * u) / (n - 1);
    b += (u * v) / (n - 1);
    d += (v * v) / (n - 1);
  }
  const determinant = a * d - b * b;
  if (determinant > 0) {
    const inverse = [d / determinant, -b / determinant, a / determinant];
    pen.line(ellipse({ pen, frame, ink }, [mx, my], inverse, 2), { color, width: 2 });
  }
}

/** What the picture shows for the method in focus. */
export function sightWords(run: Run): string {
  if (run.simplex) return "The triangle is its simplex: three points, of which the worst is replaced.";
  if (run.id === "trustRegion")
    return "Dashed: level lines of its quadratic model and the model’s minimum. Circle: how far it trusts the model. Blue arrow: steepest descent.";
  if (run.id === "newton")
    return "Dashed: level lines of its quadratic model and the model’s minimum. Blue arrow: steepest descent.";
  if (run.id === "cmaes")
    return "Its two newest generations, and the ellipse of two standard deviations of their spread.";
  if (["differentialEvolution", "genetic", "simulatedAnnealing"].includes(run.id))
    return "The 24 newest points that it tried.";
  return run.at.length > 0 && run.radius === null
    ? "Blue arrow: steepest descent. Red arrow: the average of past gradients, where it keeps one. Both are drawn of one length."
    : "Blue arrow: steepest descent.";
}
