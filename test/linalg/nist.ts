// The certified linear regressions of NIST StRD in data/nist: design matrix, response, certified coefficients.

import { readFileSync } from "node:fs";

interface Regression {
  A: number[][];
  y: number[];
  certified: number[];
}

const powers: Record<string, number> = { Norris: 1, Wampler1: 5, Filip: 10 };

export function regression(name: string): Regression {
  const file = new URL(`../../data/nist/${name}.json`, import.meta.url);
  const { x, y, certified } = JSON.parse(readFileSync(file, "utf8"));
  const degree = powers[name];
  const A = (x as (number | number[])[]).map((v) => {
    if (Array.isArray(v)) return [1, ...v];
    if (degree === undefined) return [v];
    const row = [1];
    for (let p = 0; p < degree; p++) row.push((row[p] as number) * v);
    return row;
  });
  return { A, y, certified };
}

/** Digits of agreement: -log10 of the largest relative error, at most 16. */
export function digits(x: ArrayLike<number>, certified: readonly number[]): number {
  let worst = 1e-16;
  certified.forEach((c, i) => {
    worst = Math.max(worst, Math.abs(((x[i] as number) - c) / c));
  });
  return -Math.log10(worst);
}
