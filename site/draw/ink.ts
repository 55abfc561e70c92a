// The colours of pictures, read from the style sheet so that canvas and page agree; and those of an export, on white.

export interface Ink {
  readonly paper: string;
  readonly ink: string;
  readonly soft: string;
  readonly line: string;
  readonly grid: string;
  readonly accent: string;
  readonly cool: string;
  readonly good: string;
  readonly dark: boolean;
}

export const LIGHT: Ink = {
  paper: "#ffffff",
  ink: "#1c2126",
  soft: "#59616a",
  line: "#b9bfc5",
  grid: "#eceef0",
  accent: "#b83a14",
  cool: "#24637f",
  good: "#2f7044",
  dark: false,
};

export function currentInk(): Ink {
  const root = document.documentElement;
  const style = getComputedStyle(root);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return {
    paper: read("--raised"),
    ink: read("--ink"),
    soft: read("--soft"),
    line: read("--line-strong"),
    grid: read("--grid"),
    accent: read("--accent"),
    cool: read("--cool"),
    good: read("--good"),
    dark: root.dataset.theme === "dark",
  };
}
