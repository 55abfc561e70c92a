// Pictures of draws: traces, rank bars, densities, pairs with divergences, energies; as ArviZ shows them (Kumar et al., JOSS
// 4 (2019) 1143).

import { DownhillError } from "../runtime/errors.js";
import { choiceOption, numberOption } from "../runtime/options.js";
import { shortNumber } from "./axis.js";
import { rankBars, traces } from "./chains.js";
import {
  BLANK,
  type Chosen,
  chosen,
  type Drawn,
  grid,
  hidden,
  kinds,
  type PosteriorPlotOptions,
  pooled,
} from "./drawn.js";
import { checkPictureKeys, type Draft } from "./options.js";
import type { Mark, Panel, Row } from "./picture.js";
import { density, histogram, quantile, sortedFinite } from "./shapes.js";

export function posteriorDraft(where: string, p: Drawn, o: PosteriorPlotOptions): Draft {
  checkPictureKeys(where, o, ["kind", "params", "level"]);
  const kind = choiceOption(where, "kind", o.kind, kinds, "trace");
  const level = numberOption(where, "level", o.level, 0.95, { min: 0, exclusive: true, below: 1 });
  if (p.count === 0)
    throw new DownhillError("UNSUPPORTED", `${where}: there are no draws to show`, {
      hint: "see the result's message",
    });
  const some = chosen(where, p, o.params, kind === "pairs" ? 4 : 6);
  const words = `Chains: ${p.chains}; draws of each: ${p.count}; divergences: ${p.divergences}.`;
  switch (kind) {
    case "trace":
      return traces(p, some, words);
    case "rank":
      return rankBars(p, some, words);
    case "density":
      return densities(p, some, words, level);
    case "pairs":
      return pairs(p, some, words);
    case "energy":
      return energies(where, p, words);
  }
}

function densities(p: Drawn, some: readonly Chosen[], words: string, level: number): Draft {
  const { lower, upper } = p.hdi(level);
  const percent = `${Number((100 * level).toPrecision(4))} %`;
  const panels = some.map((one): Panel => {
    const all = pooled(one);
    const curve = density(all);
    const [low, high] = [lower[one.at]!, upper[one.at]!];
    const marks: Mark[] = [];
    if (curve) {
      const inside = Array.from(curve.x, (v, i) => ({ v, y: curve.y[i]! })).filter(
        ({ v }) => v >= low && v <= high,
      );
      marks.push(
        {
          kind: "band",
          x: inside.map(({ v }) => v),
          lower: inside.map(() => 0),
          upper: inside.map(({ y }) => y),
          tone: 0,
          opacity: 0.3,
          label: `shortest interval with ${percent}`,
        },
        { kind: "line", ...curve, tone: 0 },
      );
    }
    marks.push({ kind: "rule", x: p.mean[one.at]!, tone: 1, dash: "5 3", label: "mean" });
    return {
      x: { label: one.name },
      y: { hidden: true, include: [0] },
      marks,
      title: `${shortNumber(p.mean[one.at]!, 3)} [${shortNumber(low, 3)}, ${shortNumber(high, 3)}]`,
    };
  });
  const columns = panels.length === 1 ? 1 : panels.length % 2 === 0 && panels.length < 5 ? 2 : 3;
  return {
    title: "Densities of the parameters",
    description: `For each parameter the density of all draws, its mean and the shortest interval that holds ${percent}. ${words} ${some
      .map(
        ({ name, at }) =>
          `${name}: mean ${shortNumber(p.mean[at]!)}, from ${shortNumber(lower[at]!)} to ${shortNumber(upper[at]!)}.`,
      )
      .join(" ")}`,
    rows: grid(panels, columns),
    height: 50 + Math.ceil(panels.length / columns) * 190,
    legend: "top",
  };
}

/** Points of a cloud: more would only make it darker. */
const CLOUD = 1500;

function pairs(p: Drawn, some: readonly Chosen[], words: string): Draft {
  const total = p.chains * p.count;
  const stride = Math.max(1, Math.ceil(total / CLOUD));
  const thin = (values: readonly number[]): number[] => values.filter((_, i) => i % stride === 0);
  const all = some.map(pooled);
  const n = some.length;
  const rows = some.map((row, i): Row => {
    const panels = some.map((column, j): Panel => {
      if (j > i) return BLANK;
      const x = { label: i === n - 1 ? column.name : undefined };
      if (i === j) {
        const bars = histogram(all[i]!, 24);
        return {
          x,
          y: hidden,
          marks: [{ kind: "columns", ...bars, tone: 0 }],
          title: i === 0 ? row.name : undefined,
        };
      }
      const bad = p.divergent;
      return {
        x,
        y: j === 0 ? { label: row.name } : hidden,
        marks: [
          {
            kind: "dots",
            x: thin(all[j]!),
            y: thin(all[i]!),
            tone: 0,
            radius: 1.3,
            opacity: 0.4,
            label: "draws",
          },
          ...(bad.length > 0
            ? [
                {
                  kind: "dots" as const,
                  x: bad.map((d) => d.x[column.at]!),
                  y: bad.map((d) => d.x[row.at]!),
                  tone: 1,
                  symbol: "cross" as const,
                  label: "divergences",
                  fits: false,
                },
              ]
            : []),
        ],
      };
    });
    return { panels, joined: i < n - 1 };
  });
  return {
    title: "Draws of pairs of parameters",
    description: `Histograms of ${some.map(({ name }) => name).join(", ")} on the diagonal, the draws of each two below it${p.divergences > 0 ? ", with the places where trajectories diverged" : ""}. ${words}`,
    rows,
    height: Math.max(320, 60 + 150 * n),
    legend: "top",
  };
}

function energies(where: string, p: Drawn, words: string): Draft {
  const { chains, count } = p;
  const { energy } = p.stats;
  if (!energy.some((v) => v - v === 0) || count < 3) {
    throw new DownhillError("UNSUPPORTED", `${where}: these draws have no energies`, {
      hint: "they come with nuts and hmc",
      details: { option: "kind", value: "energy" },
    });
  }
  const marginal: number[] = [];
  const steps: number[] = [];
  const mean = energy.reduce((sum, v) => sum + v / energy.length, 0);
  for (let c = 0; c < chains; c++) {
    for (let i = 0; i < count; i++) {
      const at = c * count + i;
      marginal.push(energy[at]! - mean);
      if (i > 0) steps.push(energy[at]! - energy[at - 1]!);
    }
  }
  const area = (values: number[], tone: number, label: string): Mark[] => {
    const curve = density(values);
    if (!curve) return [];
    const lower = new Float64Array(curve.x.length);
    return [
      { kind: "band", x: curve.x, lower, upper: curve.y, tone, opacity: 0.25 },
      { kind: "line", ...curve, tone, label },
    ];
  };
  const bfmi = Array.from(p.ebfmi, (v) => v.toFixed(2)).join(", ");
  const wide = quantile(sortedFinite(steps), 0.95) - quantile(sortedFinite(steps), 0.05);
  return {
    title: "Energies of the chains",
    description: `The energy about its mean and its change from draw to draw: where the second is much narrower, the chains explore badly. E-BFMI by chain: ${bfmi}. 90 % of the changes span ${shortNumber(wide)}. ${words}`,
    rows: [
      {
        panels: [
          {
            x: { label: "energy − mean" },
            y: { hidden: true, include: [0] },
            marks: [...area(marginal, 0, "energy"), ...area(steps, 1, "change from draw to draw")],
            title: `E-BFMI by chain: ${bfmi}`,
          },
        ],
      },
    ],
    height: 360,
    legend: "top",
  };
}
