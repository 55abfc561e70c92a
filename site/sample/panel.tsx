// One sampler: its draws on the density, its traces, and what the diagnostics say so far.

import { useCallback } from "preact/hooks";
import { drawAxes, spread } from "../draw/axes.js";
import type { Ink } from "../draw/ink.js";
import type { CanvasPen } from "../draw/pen.js";
import { Surface } from "../draw/surface.js";
import type { SampleReport } from "./jobs.js";

interface SamplerProps {
  method: string;
  title: string;
  report: SampleReport | null;
  levels: readonly Float32Array[];
  box: readonly number[];
  names: readonly [string, string];
}

const CHAINS = (ink: Ink): string[] =>
  ink.dark ? ["#7cbad6", "#f0845a", "#86c79b", "#c9a3e6"] : ["#24637f", "#b83a14", "#2f7044", "#7a4c9e"];

const BINS = 20;

/** Ranks of all draws, counted chain by chain (Vehtari and others 2021): bars of equal height where the chains agree. */
function drawRanks(pen: CanvasPen, width: number, height: number, ink: Ink, report: SampleReport): void {
  const { points, chains, count } = report;
  const total = chains * count;
  const order = Float64Array.from({ length: total }, (_, k) => points[2 * k]!);
  const rank = [...order.keys()].sort((i, j) => order[i]! - order[j]!);
  const bars = new Float64Array(chains * BINS);
  rank.forEach((draw, r) => {
    const at = Math.floor(draw / count) * BINS + Math.floor((r * BINS) / total);
    bars[at] = bars[at]! + 1;
  });
  const even = count / BINS;
  const colors = CHAINS(ink);
  const gap = 10;
  const wide = (width - gap * (chains - 1)) / chains;
  for (let chain = 0; chain < chains; chain++) {
    const left = chain * (wide + gap);
    for (let b = 0; b < BINS; b++) {
      const h = Math.min(bars[chain * BINS + b]! / even / 2, 1) * height;
      const x = left + (b * wide) / BINS;
      pen.area(
        [x, height, x, height - h, x + wide / BINS - 0.6, height - h, x + wide / BINS - 0.6, height],
        colors[chain % 4]!,
        0.75,
      );
    }
    pen.line([left, height / 2, left + wide, height / 2], { color: ink.soft, width: 1, dash: [3, 3] });
  }
}

export function Sampler({ method, title, report, levels, box, names }: SamplerProps) {
  const draw = useCallback(
    (pen: CanvasPen, width: number, height: number, ink: Ink) => {
      const [x1, x2, y1, y2] = box as [number, number, number, number];
      const f = drawAxes(
        pen,
        width,
        height,
        { domain: [x1, x2], label: names[0] },
        { domain: [y1, y2], label: names[1] },
        ink,
        {
          left: 40,
          right: 8,
          top: 10,
          bottom: 40,
        },
      );
      pen.clip(f.left, f.top, f.right - f.left, f.bottom - f.top, () => {
        for (const ring of levels) {
          const points = Array.from(ring, (v, i) =>
            i % 2 ? f.y(y1 + v * (y2 - y1)) : f.x(x1 + v * (x2 - x1)),
          );
          pen.line(points, { color: ink.soft, width: 0.8, alpha: 0.6 });
        }
        if (!report) return;
        const colors = CHAINS(ink);
        const { points, chains, count } = report;
        const c = pen.context;
        for (let chain = 0; chain < chains; chain++) {
          c.fillStyle = colors[chain % 4]!;
          c.globalAlpha = count > 400 ? 0.35 : 0.6;
          for (let k = 0; k < count; k++) {
            const at = 2 * (chain * count + k);
            c.fillRect(f.x(points[at]!) - 1.2, f.y(points[at + 1]!) - 1.2, 2.4, 2.4);
          }
        }
        c.globalAlpha = 1;
        // Where the chains went last: steps of a random walk are short, those of a trajectory long.
        for (let chain = 0; chain < chains && !report.done; chain++) {
          const tail: number[] = [];
          for (let k = Math.max(count - 12, 0); k < count; k++) {
            const at = 2 * (chain * count + k);
            tail.push(f.x(points[at]!), f.y(points[at + 1]!));
          }
          pen.line(tail, { color: colors[chain % 4]!, width: 1.6 });
          pen.dot(tail[tail.length - 2]!, tail[tail.length - 1]!, 4, colors[chain % 4]!, {
            color: ink.paper,
            width: 1.5,
          });
        }
      });
    },
    [report, levels, box, names],
  );
  const trace = useCallback(
    (pen: CanvasPen, width: number, height: number, ink: Ink) => {
      if (!report || report.count < 2) return;
      const { points, chains, count } = report;
      const y = Float32Array.from({ length: chains * count }, (_, k) => points[2 * k]!);
      const [low, high] = spread(y, 0.02);
      const every = Math.max(1, Math.floor(count / Math.max(width, 1)));
      for (let chain = 0; chain < chains; chain++) {
        const line: number[] = [];
        for (let k = 0; k < count; k += every)
          line.push(
            (k / (count - 1)) * width,
            height - ((y[chain * count + k]! - low) / (high - low)) * height,
          );
        pen.line(line, { color: CHAINS(ink)[chain % 4]!, width: 0.8, alpha: 0.75 });
      }
    },
    [report],
  );
  const ranks = useCallback(
    (pen: CanvasPen, width: number, height: number, ink: Ink) => {
      if (!report || report.count < 50) return;
      drawRanks(pen, width, height, ink, report);
    },
    [report],
  );
  const bad = report !== null && report.rHat > 1.01;
  return (
    <figure data-sampler={method} data-rhat={report?.rHat ?? ""} data-done={report?.done ? "yes" : "no"}>
      <figcaption>{title}</figcaption>
      <Surface class="sheet samples" label={`Draws of ${title}`} draw={draw} />
      <Surface class="trace" label={`Traces of ${names[0]} in four chains`} draw={trace} />
      <Surface class="ranks" label={`Ranks of ${names[0]} in four chains`} draw={ranks} />
      <dl aria-live="off">
        <dt>R-hat, the worst</dt>
        <dd class={bad ? "bad" : "fine"}>
          {report && Number.isFinite(report.rHat) ? report.rHat.toFixed(3) : "–"}
        </dd>
        <dt>effective draws</dt>
        <dd>{report ? `${Math.round(report.essBulk || 0)} of ${report.chains * report.count}` : "–"}</dd>
        <dt>effective draws a second</dt>
        <dd>{report && report.perSecond > 0 ? Math.round(report.perSecond).toLocaleString("en") : "–"}</dd>
        <dt>evaluations</dt>
        <dd>{report ? report.evaluations.toLocaleString("en") : "–"}</dd>
        <dt>accepted</dt>
        <dd>
          {report && Number.isFinite(report.acceptance) ? `${Math.round(100 * report.acceptance)} %` : "–"}
        </dd>
        <dt>divergences</dt>
        <dd class={report && report.divergences > 0 ? "bad" : ""}>{report?.divergences ?? "–"}</dd>
      </dl>
      {report?.done && report.warnings.length > 0 && (
        <details>
          <summary>What to know before using these draws</summary>
          <ul class="warnings">
            {report.warnings.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </details>
      )}
    </figure>
  );
}
