// What ends a search for peaks: the criterion, the most that were allowed, time, a signal; and a number that is known.

import { expect, test } from "vitest";
import { fitPeaks, fitPeaksAsync } from "../../src/index.js";

/** Gaussians 38 apart, sigma 4, height 100, with a ripple for noise. */
const row = (count: number) => {
  const x = Float64Array.from({ length: 38 * (count + 1) }, (_, i) => i);
  const y = x.map((v, i) => {
    let sum = 2 + 0.3 * Math.sin(97 * i * i);
    for (let k = 1; k <= count; k++) sum += 100 * Math.exp(-(((v - 38 * k) / 4) ** 2) / 2);
    return sum;
  });
  return { x, y };
};
const centers = ({ peaks }: { peaks: readonly { center: number }[] }): number[] =>
  peaks.map(({ center }) => Math.round(center / 38));

test("what maxCount cuts off is told, and nothing where the criterion ended the search", () => {
  const cut = fitPeaks({ ...row(6), maxCount: 4 });
  expect(cut.peaks).toHaveLength(4);
  expect(cut.warnings).toMatchObject([{ code: "W_SEARCH_CUT", message: /^4 peaks are maxCount/ }]);
  for (const maxCount of [6, 7, undefined]) {
    const all = fitPeaks({ ...row(6), maxCount });
    expect([centers(all), all.warnings]).toEqual([[1, 2, 3, 4, 5, 6], []]);
  }
  const many = fitPeaks(row(23));
  expect([many.peaks.length, many.warnings[0]!.code]).toEqual([20, "W_SEARCH_CUT"]);
});

test("a number that is known is fitted at once where all stand out, one by one where they do not", () => {
  const all = fitPeaks({ ...row(30), count: 30 });
  expect(centers(all)).toEqual(Array.from({ length: 30 }, (_, k) => k + 1));
  expect(all.warnings).toEqual([]);
  // Two of seven are merged: six maxima.
  const { x, y } = row(6);
  const merged = y.map((v, i) => v + 60 * Math.exp(-(((x[i]! - 120) / 3) ** 2) / 2));
  const found = fitPeaks({ x, y: merged, count: 7 });
  expect(
    found.peaks.some(({ center, height }) => Math.abs(center - 120) < 1 && Math.abs(height - 60) < 6),
  ).toBe(true);
});

test("time ends it with what was found, or tells that nothing was; a signal ends it as it ends a fit", async () => {
  expect(() => fitPeaks({ ...row(6), maxTimeMs: 1e-9 })).toThrow(/ended \(maxTime\) at 0 peaks/);
  expect(() => fitPeaks({ ...row(2), maxTimeMs: -1 })).toThrow(/maxTimeMs/);
  const controller = new AbortController();
  controller.abort(new Error("enough"));
  await expect(fitPeaksAsync({ ...row(6), signal: controller.signal })).rejects.toThrow("enough");
  const later = await fitPeaksAsync({ ...row(6), maxTimeMs: 60_000 });
  const now = fitPeaks(row(6));
  expect(later.peaks).toEqual(now.peaks);
  await expect(fitPeaksAsync({ x: [1, 2], y: [1, 2] })).rejects.toThrow(/^fitPeaksAsync: 2 points/);
});
