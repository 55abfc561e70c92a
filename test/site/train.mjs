// Training, used: the digits are learnt, one is drawn and read; deep sigmoids show vanishing gradients.
import assert from "node:assert/strict";

const done = (page) => page.waitForSelector(".scoreline[data-done=yes]", { timeout: 40_000 });
const accuracy = (page) => page.$eval(".scoreline", (line) => Number(line.dataset.accuracy));

export async function use({ checks, page }) {
  await checks.check("train: two moons are told apart", async () => {
    await done(page);
    const share = await accuracy(page);
    assert.ok(share > 0.95, `${share}`);
    for (const what of ["gradient at the outputs", "outputs"])
      assert.ok(await page.getByLabel(`Norm of the ${what} of each dense layer`).isVisible());
  });
  await checks.check("train: the loss around the answer and the covariate shift are drawn", async () => {
    await page.getByRole("button", { name: "The loss around the answer" }).click();
    await page.waitForSelector("[data-plane=yes] canvas", { timeout: 30_000 });
    const said = await page.locator("[data-plane] .note").first().textContent();
    const [, first, least] = /from ([\d.]+) to ([\d.]+) there/.exec(said);
    assert.ok(Number(least) < Number(first) / 2, said);
    const before = await accuracy(page);
    await page.getByRole("button", { name: /^Covariate shift/ }).click();
    await page.waitForSelector("[data-shifts='2']", { timeout: 30_000 });
    // Looking changes nothing: the network is the same as before.
    assert.equal(await accuracy(page), before);
    return await page.locator("[data-shifts] .roads").textContent();
  });
  await checks.check("train: with pre-training the moons are told apart too", async () => {
    await page.getByLabel("Before it").selectOption("autoencoder");
    await page.waitForSelector(".scoreline[data-done=no]");
    await done(page);
    const share = await accuracy(page);
    await page.getByLabel("Before it").selectOption("none");
    assert.ok(share > 0.9, `${share}`);
    return `${(100 * share).toFixed(1)} %`;
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
    await page.locator(".pad canvas").scrollIntoViewIfNeeded();
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
