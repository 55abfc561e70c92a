// Profiles of a fit's parameters: the confidence at which each value would be left out, by the profile likelihood and, dashed, by
// the standard error (Bates and Watts 1988, section 6.1): where the two differ, the model is far from linear.

import type { FitFields } from "../least-squares/fit-result.js";
import { preparedOf } from "../least-squares/prepared.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { optionError } from "../runtime/options.js";
import { concise } from "./concise.js";
import { grid } from "./drawn.js";
import type { FitPlotOptions } from "./fit-data.js";
import type { Draft } from "./options.js";
import { finite, type Panel } from "./picture.js";

/** Two-sided levels of the normal law at z standard deviations, the scale of the axis. */
const LEVELS: readonly (readonly [z: number, level: number])[] = [
  [0.25, 0.19741265136584],
  [0.5, 0.38292492254802],
  [1, 0.68268949213709],
  [1.5, 0.86638559746228],
  [2, 0.95449973610364],
  [2.5, 0.98758066934844],
  [2.8, 0.99488974410394],
];
const TICKS = [
  { value: 0, text: "0" },
  { value: 0.6744897501960817, text: "50 %" },
  { value: 1, text: "68 %" },
  { value: 1.6448536269514722, text: "90 %" },
  { value: 1.959963984540054, text: "95 %" },
  { value: 2.5758293035489004, text: "99 %" },
];
const MOST = 6;

/** Half-width of the interval by the standard error at a level, relative to that at the level of the fit: Student's t, as the band has it. */
function ratios(fit: FitFields): number[] {
  const known = preparedOf(fit);
  const x = known?.data.x;
  const level = known?.level ?? 0.95;
  if (!x) return LEVELS.map(() => NaN);
  const width = (at: number): Float64Array => {
    const { lower, upper } = fit.band(x, { level: at });
    return upper.map((v, i) => v - lower[i]!);
  };
  const whole = width(level);
  // The widest place of the band has the most digits.
  const i = whole.reduce((best, v, k) => (v > whole[best]! ? k : best), 0);
  return LEVELS.map(([, at]) => width(at)[i]! / whole[i]!);
}

export function profileDraft(where: string, fit: FitFields, o: FitPlotOptions): Draft {
  const { params, freeNames } = fit;
  if (!fit.covariance) {
    throw new DownhillError("UNSUPPORTED", `${where}: this fit has no profiles`, {
      hint: "the data do not determine every parameter; see its warnings",
    });
  }
  const given: unknown = o.params;
  if (given !== undefined && !(Array.isArray(given) && given.length > 0))
    throw optionError(where, "params", given, "a list of names");
  const names = (given as readonly string[] | undefined) ?? freeNames.slice(0, MOST);
  const wrong = names.find((name) => !freeNames.includes(name));
  if (wrong !== undefined) {
    throw new DownhillError("OPTION", `${where}: ${quote(wrong)} is not a free parameter of this fit`, {
      hint: `free parameters: ${freeNames.join(", ")}`,
      details: { option: "params", value: wrong },
    });
  }
  const t = ratios(fit);
  const panels = names.map((name, k): Panel => {
    const { value, ci, stderr } = params[name]!;
    const ends = LEVELS.map(([, level]) => fit.profile(name, { level }));
    const half = ci ? (ci[1] - ci[0]) / 2 : NaN;
    const side = (points: readonly (readonly [number, number])[]): [number[], number[]] => {
      const kept = points.filter(([x]) => finite(x)).sort((a, b) => a[0] - b[0]);
      return [kept.map(([x]) => x), kept.map(([, z]) => z)];
    };
    const likelihood = side([
      [value, 0],
      ...LEVELS.flatMap(([z], i): [number, number][] => [
        [ends[i]![0], z],
        [ends[i]![1], z],
      ]),
    ]);
    const linear = side([
      [value, 0],
      ...LEVELS.flatMap(([z], i): [number, number][] => [
        [value - t[i]! * half, z],
        [value + t[i]! * half, z],
      ]),
    ]);
    return {
      x: { label: name },
      y: { label: k % 3 === 0 ? "confidence" : undefined, domain: [0, 2.9], ticks: TICKS },
      marks: [
        { kind: "rule", x: value, tone: "muted" },
        {
          kind: "line",
          x: linear[0],
          y: linear[1],
          tone: 1,
          dash: "6 4",
          width: 1.5,
          label: "by the standard error",
        },
        { kind: "line", x: likelihood[0], y: likelihood[1], tone: 0, label: "by the likelihood" },
      ],
      title: `${name} = ${concise(value, stderr)}`,
    };
  });
  const columns = panels.length < 3 ? panels.length : panels.length === 4 ? 2 : 3;
  const rows = grid(panels, columns);
  const words = names.map((name) => {
    const [low, high] = fit.profile(name);
    return `${name}: ${low.toPrecision(4)} to ${high.toPrecision(4)}`;
  });
  return {
    title: "Profiles of the parameters",
    description: `For each parameter the level of confidence that leaves its values out, by the profile likelihood and by the standard error. Profile intervals at the level of the fit: ${words.join("; ")}.`,
    rows,
    height: 60 + 240 * rows.length,
    legend: "top",
  };
}
