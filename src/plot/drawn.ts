// What pictures of draws take: options, the draws of the chosen parameters by chain, panels in a grid.

import { DownhillError, quote } from "../runtime/errors.js";
import { optionError } from "../runtime/options.js";
import type { Posterior } from "../sampling/posterior.js";
import type { PictureOptions } from "./options.js";
import type { Panel, Row } from "./picture.js";

export type PosteriorPicture = "trace" | "rank" | "density" | "pairs" | "energy";

export interface PosteriorPlotOptions extends PictureOptions {
  /**
   * "trace" (default): densities and courses of the chains. "rank": how the ranks of all draws fall to the chains. "density":
   * with mean and the shortest interval. "pairs": draws of two parameters each. "energy": of Hamiltonian samplers.
   */
  kind?: PosteriorPicture | undefined;
  /** Which parameters, by name; default: the first 6, for pairs the first 4. */
  params?: readonly string[] | undefined;
  /** Of the shortest interval; default 0.95. */
  level?: number | undefined;
}

/** What a picture needs of a posterior. */
export type Drawn = Pick<
  Posterior,
  | "draws"
  | "names"
  | "chains"
  | "count"
  | "mean"
  | "rHat"
  | "essBulk"
  | "ebfmi"
  | "divergences"
  | "divergent"
  | "stats"
  | "hdi"
>;

export const kinds: readonly PosteriorPicture[] = ["trace", "rank", "density", "pairs", "energy"];

export interface Chosen {
  readonly name: string;
  /** Its place among the parameters. */
  readonly at: number;
  readonly chains: readonly Float64Array[];
}

export function chosen(where: string, p: Drawn, given: unknown, most: number): Chosen[] {
  const { names, chains, count, draws } = p;
  if (given !== undefined && !(Array.isArray(given) && given.length > 0))
    throw optionError(where, "params", given, "a list of names");
  const wanted: readonly unknown[] = (given as readonly unknown[] | undefined) ?? names.slice(0, most);
  return wanted.map((name) => {
    const at = names.indexOf(name as string);
    if (at < 0) {
      throw new DownhillError("OPTION", `${where}: there is no parameter ${quote(name)}`, {
        hint: `the parameters are ${names.join(", ")}`,
        details: { option: "params", value: name },
      });
    }
    const n = names.length;
    const list = Array.from({ length: chains }, (_, c) =>
      Float64Array.from({ length: count }, (_, i) => draws[(c * count + i) * n + at]!),
    );
    return { name: name as string, at, chains: list };
  });
}

export const pooled = ({ chains }: Chosen): number[] => chains.flatMap((chain) => Array.from(chain));
export const hidden = { hidden: true } as const;

/** Panels in lines of `columns`. */
export function grid(panels: readonly Panel[], columns: number): Row[] {
  const rows: Row[] = [];
  for (let i = 0; i < panels.length; i += columns) {
    const own = panels.slice(i, i + columns);
    const missing = rows.length > 0 ? columns - own.length : 0;
    rows.push({ panels: [...own, ...Array.from({ length: missing }, () => BLANK)] });
  }
  return rows;
}

export const BLANK: Panel = { x: hidden, y: hidden, marks: [], blank: true };
