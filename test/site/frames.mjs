// Frames while something is dragged: how far apart they are, how long their pictures take. Reported, never asserted.

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
