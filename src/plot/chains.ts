// Pictures that compare chains: their densities and courses, and how the ranks of all draws fall to them (rank bars, after
// Vehtari et al. 2021).

import { shortNumber } from "./axis.js";
import { type Chosen, type Drawn, grid, hidden } from "./drawn.js";
import type { Draft } from "./options.js";
import type { Mark, Panel, Row } from "./picture.js";
import { density, ranks, sortedFinite } from "./shapes.js";

/** A density as a line; a rule where all draws are one number. */
function outline(
  values: ArrayLike<number>,
  tone: number,
  extra: { width?: number; label?: string; opacity?: number } = {},
): Mark {
  const curve = density(values);
  if (curve) return { kind: "line", ...curve, tone, ...extra };
  return { kind: "rule", x: values[0] ?? NaN, tone, ...extra };
}

export function traces(p: Drawn, some: readonly Chosen[], words: string): Draft {
  const several = p.chains > 1;
  const rows = some.map(({ name, at, chains }, r): Row => {
    const left: Panel = {
      x: { label: name },
      y: hidden,
      marks: chains.map((chain, c) =>
        outline(chain, c, { width: 1.5, ...(several ? { label: `chain ${c + 1}` } : {}) }),
      ),
    };
    // Ticks below the course: the draws at which a trajectory diverged.
    const low = Math.min(...chains.map((chain) => sortedFinite(chain)[0] ?? 0));
    const bad = p.divergent.map(({ draw }) => draw);
    const right: Panel = {
      x: r === some.length - 1 ? { label: "draw", whole: true } : { label: " ", whole: true },
      y: {},
      marks: [
        ...chains.map(
          (y, c): Mark => ({
            kind: "line",
            x: Float64Array.from(y, (_, i) => i),
            y,
            tone: c,
            width: 0.7,
            opacity: 0.65,
          }),
        ),
        ...(bad.length > 0
          ? [
              {
                kind: "dots" as const,
                x: bad,
                y: bad.map(() => low),
                tone: "ink" as const,
                symbol: "cross" as const,
                label: "divergence",
              },
            ]
          : []),
      ],
      title: `${name}: R-hat ${known(p.rHat[at]!, 3)}, effective draws ${known(p.essBulk[at]!, 0)}`,
    };
    return { panels: [left, right], widths: [1, 2] };
  });
  return {
    title: "Traces of the chains",
    description: `For each parameter the density of each chain and its course, draw by draw. ${words} ${summary(p, some)}`,
    rows,
    height: 50 + 130 * rows.length,
    legend: "top",
  };
}

/** Few draws, or draws that are all one number, have neither. */
const known = (v: number, digits: number): string => (v - v === 0 ? v.toFixed(digits) : "not known");

const summary = (p: Drawn, some: readonly Chosen[]): string =>
  some
    .map(({ name, at }) => `${name}: mean ${shortNumber(p.mean[at]!)}, R-hat ${known(p.rHat[at]!, 3)}.`)
    .join(" ");

const BINS = 20;

export function rankBars(p: Drawn, some: readonly Chosen[], words: string): Draft {
  const names = Array.from({ length: p.chains }, (_, c) => `chain ${c + 1}`);
  const total = p.chains * p.count;
  const panels = some.map(({ name, at, chains }): Panel => {
    const counts = ranks(chains).map((own) => {
      const top = new Float64Array(BINS);
      for (const r of own) {
        const b = Math.min(BINS - 1, Math.floor(((r - 0.5) / total) * BINS));
        top[b] = top[b]! + 1;
      }
      return top;
    });
    const expected = p.count / BINS;
    const most = Math.max(expected * 1.5, ...counts.map((c) => Math.max(...c)));
    const edges = Float64Array.from({ length: BINS + 1 }, (_, b) => (b * total) / BINS);
    const up = (c: number, v: number): number => c - 0.45 + (0.88 * v) / most;
    return {
      x: { label: "rank among all draws", domain: [0, total] },
      y: { names },
      marks: counts.flatMap((top, c): Mark[] => [
        {
          kind: "columns",
          left: edges.slice(0, BINS),
          right: edges.slice(1),
          top: top.map((v) => up(c, v)),
          base: up(c, 0),
          tone: c,
          opacity: 0.75,
        },
        {
          kind: "rule",
          y: up(c, expected),
          tone: "ink",
          dash: "4 3",
          ...(c === 0 ? { label: "as many as expected" } : {}),
        },
      ]),
      title: `${name}: R-hat ${known(p.rHat[at]!, 3)}`,
    };
  });
  return {
    title: "Rank bars of the chains",
    description: `For each parameter, how many of its draws have a rank in each twentieth, chain by chain: even bars say that the chains agree. ${words} ${summary(p, some)}`,
    rows: grid(panels, 2),
    height: 50 + Math.ceil(panels.length / 2) * (80 + 34 * p.chains),
    legend: "top",
  };
}
