// Frames while something is dragged: how far apart they are, how long their pictures take. Reported, never asserted.

import assert from "node:assert/strict";

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;

/** Moves the pressed mouse along `steps` points at the pace of a hand and says what the frames did meanwhile. */
export async function whileDragging(page, steps) {
  await page.evaluate(() => {
    performance.clearMeasures("draw");
    const w = globalThis;
    w.frames = [];
    w.drafts = [];
    let last = 0;
    const turn = (now) => {
      if (!w.frames) return;
      if (last) w.frames.push(now - last);
      last = now;
      requestAnimationFrame(turn);
    };
    requestAnimationFrame(turn);
    w.watcher = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) (entry.name === "draw" ? [] : w.drafts).push(entry.duration);
    });
    w.watcher.observe({ type: "measure" });
  });
  for (const [x, y] of steps) {
    await page.mouse.move(x, y);
    await page.waitForTimeout(8);
  }
  const { frames, drafts, draws } = await page.evaluate(() => {
    const w = globalThis;
    const found = {
      frames: w.frames,
      drafts: w.drafts,
      draws: performance.getEntriesByName("draw").map((e) => e.duration),
    };
    w.watcher.disconnect();
    w.frames = null;
    return found;
  });
  const ms = (list) => (list.length > 0 ? `${median(list).toFixed(1)} ms` : "–");
  return `a frame every ${ms(frames)}, a picture drawn in ${ms(draws)}, ${draws.length} pictures in ${frames.length} frames${drafts.length > 0 ? `, the worker at work for ${ms(drafts)}` : ""} (medians, reported only)`;
}

/** Drags the start of a race of twelve methods; what the frames did. */
export async function dragStart(page) {
  await page.waitForSelector("tr[data-method]", { timeout: 20_000 });
  assert.equal(await page.locator("tr[data-method]").count(), 12);
  const handle = await page.locator(".handle").boundingBox();
  const [x, y] = [handle.x + handle.width / 2, handle.y + handle.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  const said = await whileDragging(
    page,
    Array.from({ length: 80 }, (_, i) => [x + 2 * i, y - i]),
  );
  await page.mouse.up();
  return said;
}

/** Drags one point of a plot of a fit; what the frames did. */
export async function dragPoint(page) {
  const stage = page.locator(".fitplot");
  await stage.scrollIntoViewIfNeeded();
  const box = await stage.boundingBox();
  // Some point lies near the middle of the plot: the mouse looks for it.
  let [x, y] = [0, 0];
  search: for (let j = 0; j < 12; j++)
    for (let i = 0; i < 6; i++) {
      [x, y] = [box.x + box.width * (0.3 + 0.05 * i), box.y + box.height * (0.35 + 0.03 * j)];
      await page.mouse.move(x, y);
      if ((await page.locator(".fitplot.over").count()) > 0) break search;
    }
  await page.mouse.down();
  const said = await whileDragging(
    page,
    Array.from({ length: 60 }, (_, i) => [x, y - 2 * i]),
  );
  await page.mouse.up();
  return said;
}
