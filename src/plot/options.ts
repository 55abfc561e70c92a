// What every picture takes: size, theme, words, and the terminal.

import {
  booleanOption,
  checkKeys,
  choiceOption,
  isArrayLike,
  numberOption,
  optionError,
} from "../runtime/options.js";
import type { Picture } from "./picture.js";
import { toSvg } from "./svg.js";
import { toTerminal } from "./terminal.js";
import type { Theme } from "./theme.js";

export interface PictureOptions {
  /** Pixels; default 640. With `terminal` columns; default 80. */
  width?: number | undefined;
  /** Pixels; the default suits the picture. With `terminal` lines; default 24. */
  height?: number | undefined;
  /**
   * "auto" (default) follows the reader's setting, "light" and "dark" are plain colours for other programs, "page" leaves the
   * colours to the page (CSS variables `--downhill-ink`, `--downhill-1` ...) and has no style element, for a strict
   * Content-Security-Policy.
   */
  theme?: "auto" | "light" | "dark" | "page" | undefined;
  /** Paint the ground; default true. */
  background?: boolean | undefined;
  /** Shown above the picture; without it a title is made for screen readers only. */
  title?: string | undefined;
  /** Alternative text; default: what is to be seen, in sentences. */
  description?: string | undefined;
  /** Lines of text for a terminal (braille) instead of SVG; default false. */
  terminal?: boolean | undefined;
  /** With `terminal`: colours by ANSI escapes; default false. */
  color?: boolean | undefined;
}

export const pictureKeys = [
  "width",
  "height",
  "theme",
  "background",
  "title",
  "description",
  "terminal",
  "color",
] as const;

/** As Matplotlib and Plotly call them. */
const elsewhere = {
  xlim: "range",
  log: 'xScale or yScale: "log"',
  logx: "xScale",
  logy: "yScale",
  figsize: "width and height",
};

const text = (where: string, option: string, value: unknown): string | undefined => {
  if (value !== undefined && typeof value !== "string") throw optionError(where, option, value, "a string");
  return value;
};

/** What the options say, over what the picture itself suggests. */
export interface Draft extends Omit<Picture, "width" | "height" | "shown"> {
  readonly height: number;
}

/** OPTION for keys that are neither of every picture nor `own`. */
export function checkPictureKeys(where: string, options: object, own: readonly string[]): void {
  checkKeys(where, options, [...own, ...pictureKeys], elsewhere);
}

export function render(where: string, draft: Draft, o: PictureOptions): string {
  const terminal = booleanOption(where, "terminal", o.terminal, false);
  const color = booleanOption(where, "color", o.color, false);
  const theme: Theme = choiceOption(where, "theme", o.theme, ["auto", "light", "dark", "page"], "auto");
  const background = booleanOption(where, "background", o.background, true);
  const size = (option: "width" | "height", fallback: number, min: number): number =>
    numberOption(where, option, o[option], fallback, { min, max: 10000, integer: terminal });
  const title = text(where, "title", o.title);
  const picture: Picture = {
    ...draft,
    title: title ?? draft.title,
    shown: title !== undefined,
    description: text(where, "description", o.description) ?? draft.description,
    width: terminal ? size("width", 80, 20) : size("width", 640, 120),
    height: terminal ? size("height", 24, 6) : size("height", draft.height, 80),
  };
  return terminal ? toTerminal(picture, color) : toSvg(picture, { theme, background });
}

export type ScaleName = "linear" | "log";

export const scaleOption = (where: string, option: string, value: unknown): ScaleName | undefined =>
  value === undefined
    ? undefined
    : choiceOption<ScaleName>(where, option, value, ["linear", "log"], "linear");

export const labelOption = (where: string, option: string, value: unknown, fallback: string): string =>
  text(where, option, value) ?? fallback;

/** Two numbers, the first the lower. */
export function rangeOption(where: string, option: string, value: unknown): [number, number] | undefined {
  if (value === undefined) return undefined;
  const ok =
    isArrayLike(value) &&
    value.length === 2 &&
    Number.isFinite(value[0]) &&
    Number.isFinite(value[1]) &&
    value[0]! < value[1]!;
  if (!ok) throw optionError(where, option, value, "two finite numbers, the lower first");
  return [value[0]!, value[1]!];
}
