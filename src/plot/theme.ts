// Colours: Okabe and Ito's (2008) palette, told apart by every kind of colour vision, each a little darker on white and a
// little lighter on black, so that lines keep a contrast of 3 to 1 and more.

import type { Tone } from "./picture.js";

export type Theme = "auto" | "light" | "dark" | "page";

interface Colours {
  readonly paper: string;
  readonly ink: string;
  readonly muted: string;
  readonly grid: string;
  readonly low: string;
  readonly high: string;
  readonly series: readonly string[];
}

const light: Colours = {
  paper: "#ffffff",
  ink: "#1b2430",
  muted: "#5b6675",
  grid: "#dfe4ea",
  low: "#9fb8d6",
  high: "#f6f8fb",
  series: ["#0072b2", "#d55e00", "#00845f", "#b4578f", "#a97600", "#2f8fc7", "#6b5fb5"],
};

const dark: Colours = {
  paper: "#12161c",
  ink: "#e8ecf1",
  muted: "#a2adba",
  grid: "#2b333e",
  low: "#2c4a6e",
  high: "#161b22",
  series: ["#4fb0ea", "#f3854a", "#2fbf95", "#dd92bf", "#e6a91c", "#9ad4f5", "#b3a8ee"],
};

const names = (c: Colours): [string, string][] => [
  ["paper", c.paper],
  ["ink", c.ink],
  ["muted", c.muted],
  ["grid", c.grid],
  ["low", c.low],
  ["high", c.high],
  ...c.series.map((colour, i): [string, string] => [String(i + 1), colour]),
];

const set = (c: Colours): string =>
  names(c)
    .map(([name, colour]) => `--downhill-${name}:${colour}`)
    .join(";");

export const SERIES = light.series.length;

/** Dashes tell apart what has one colour, from the eighth series on. */
export const dashOf = (series: number): string | undefined =>
  [undefined, "7 3", "2 3", "9 3 2 3"][Math.floor(series / SERIES) % 4];

export type Paint = (tone: Tone | "paper" | "low" | "high") => string;

/** How a theme writes a colour: itself, or as a CSS variable of the page with the light colour where it is not set. */
export function paintOf(theme: Theme): Paint {
  const colours = theme === "dark" ? dark : light;
  return (tone) => {
    const name = typeof tone === "number" ? String((tone % SERIES) + 1) : tone;
    const colour = typeof tone === "number" ? colours.series[tone % SERIES]! : colours[tone];
    return theme === "auto" || theme === "page" ? `var(--downhill-${name},${colour})` : colour;
  };
}

/** The style element of a picture that follows the reader's setting. */
export function styleOf(theme: Theme): string {
  if (theme !== "auto") return "";
  return `<style>.downhill-plot{${set(light)};color-scheme:light dark}@media(prefers-color-scheme:dark){.downhill-plot{${set(dark)}}}</style>`;
}

/** The colours as CSS declarations, for a page that holds pictures. */
export const cssOf = (theme: "light" | "dark"): string => set(theme === "light" ? light : dark);
