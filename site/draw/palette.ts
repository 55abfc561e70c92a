// A colour for each family of methods, and a shade of it for each member.

/** Hue of a family in OKLCH. */
export const HUES = {
  rule: 40,
  quasi: 235,
  second: 300,
  direct: 145,
  global: 350,
  constrained: 195,
} as const;
export type Family = keyof typeof HUES;

/** Member `index` of a family of `count`: the hue drifts a little and the lightness alternates, so neighbours differ. */
export function shade(family: Family, index: number, count: number, dark: boolean): string {
  const drift = count > 1 ? (index / (count - 1) - 0.5) * (family === "rule" ? 80 : 44) : 0;
  const light = (dark ? 0.74 : 0.56) + (index % 2 === 0 ? 0 : dark ? -0.09 : 0.09);
  const chroma = dark ? 0.13 : 0.15;
  return `oklch(${light} ${chroma} ${(HUES[family] + drift + 360) % 360})`;
}

/** Colour `index` of `count` where few are shown together and their families do not matter: as far apart as the circle allows. */
export function apart(index: number, count: number, dark: boolean): string {
  const light = (dark ? 0.78 : 0.52) + (index % 2 === 0 ? 0 : dark ? -0.1 : 0.12);
  return `oklch(${light} ${dark ? 0.14 : 0.16} ${(25 + (360 * index) / count) % 360})`;
}
