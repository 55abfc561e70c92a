// Training, used: the digits are learnt, one is drawn and read; deep sigmoids show vanishing gradients.
import assert from "node:assert/strict";

const done = (page) => page.waitForSelector(".scoreline[data-done=yes]", { timeout: 40_000 });
const accuracy = (page) => page.$eval(".scoreline", (line) => Number(line.dataset.accuracy));

export async function use({ checks, page }) {
  await checks.check("train: two moons are told apart", async () => {
    await done(page);
    const share = await accuracy(page);
    assert.ok(share > 0.95, `${share}`);
  });
  await checks.check("train: the digits are read to more than 97 % of those held back", async () => {
    await page.getByLabel("Data", { exact: true }).selectOption("digits");
    await page.waitForSelector(".scoreline[data-done=no]");
    await done(page);
    const share = await accuracy(page);
    assert.ok(share > 0.97, `${share}`);
    return (await page.locator(".scoreline").textContent()).replace(/;.*/, "");
  });
  await checks.check("train: a one that is drawn is read as a one", async () => {
    const pad = await page.locator(".pad canvas").boundingBox();
    const at = (x, y) => [pad.x + x * pad.width, pad.y + y * pad.height];
    await page.mouse.move(...at(0.36, 0.34));
    await page.mouse.down();
    for (const [x, y] of [
      [0.44, 0.25],
      [0.52, 0.16],
      [0.52, 0.4],
      [0.52, 0.6],
      [0.52, 0.86],
    ])
      await page.mouse.move(...at(x, y), { steps: 6 });
    await page.mouse.up();
    await page.waitForSelector("[data-digit]");
    assert.equal(await page.$eval("[data-digit]", (e) => e.dataset.digit), "1");
  });
}
