// This very fit as a program: for downhill in JavaScript, for SciPy, for R. The library writes it.

import { fitCode, type ProgramLanguage } from "downhill";
import { type FitRequest, type FitView, solve } from "./jobs.js";
import { solveTogether, type Together, type TogetherRequest } from "./together-jobs.js";

export interface ProgramRequest {
  readonly language: ProgramLanguage;
  readonly fit: FitRequest;
  readonly view: Pick<FitView, "rows" | "lossScale">;
  /** Several sets in one fit are written in place of the fit of one. */
  readonly together: { readonly request: TogetherRequest; readonly answer: Together } | null;
}

/** A start is enough in a program: four digits of what was found. */
const rounded = (value: number): number => Number(value.toPrecision(4));

/** What these programs are made of makes no program longer than this. */
const MOST_POINTS = 5000;

export function program({ language, fit, view, together }: ProgramRequest): string {
  const mark = language === "js" ? "//" : "#";
  if (fit.x.length > MOST_POINTS)
    return `${mark} ${fit.x.length} points are too many for a page of text: take the numbers as CSV, and write the fit around them.`;
  try {
    if (together) {
      const { request, answer } = together;
      const starts = answer.names.map((name, i): [string, number | number[]] => {
        const all = answer.sets.map(({ values }) => rounded(values[i]!));
        return [name, request.shared.includes(name) ? all[0]! : all];
      });
      return fitCode(solveTogether({ ...request, from: Object.fromEntries(starts) }), language);
    }
    const from = Object.fromEntries(view.rows.map(({ name, value }) => [name, rounded(value)]));
    return fitCode(solve({ ...fit, from, lossScale: view.lossScale }), language);
  } catch (error) {
    return `${mark} ${(error as Error).message.replace(/^fitCode: /, "").replaceAll("\n", `\n${mark} `)}`;
  }
}
