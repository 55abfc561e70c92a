// Sampling, used: NUTS, HMC and a random walk on the banana.
import assert from "node:assert/strict";

export async function use({ checks, page }) {
  await checks.check("sample: NUTS on the banana ends with an R-hat below 1.01", async () => {
    await page.waitForSelector("[data-sampler=nuts][data-done=yes]", { timeout: 40_000 });
    const rHat = await page.$eval("[data-sampler=nuts]", (figure) => Number(figure.dataset.rhat));
    assert.ok(rHat < 1.01, `${rHat}`);
    const text = await page.locator("[data-sampler=nuts] dl").textContent();
    return `R-hat ${rHat.toFixed(4)}, ${/effective draws a second([\d,]+)/.exec(text)[1]} effective draws a second`;
  });
  await checks.check("sample: the posterior of a fit has the parameters of the fit", async () => {
    await page.getByLabel("Density").selectOption("enzyme");
    await page.waitForSelector("[data-sampler=nuts][data-done=no]", { timeout: 20_000 }).catch(() => {});
    await page.waitForSelector("[data-sampler=nuts][data-done=yes]", { timeout: 40_000 });
    const rHat = await page.$eval("[data-sampler=nuts]", (figure) => Number(figure.dataset.rhat));
    assert.ok(rHat < 1.01, `${rHat}`);
    await page.getByLabel("Density").selectOption("banana");
    await page.waitForSelector("[data-walk='80']", { timeout: 20_000 });
  });
  await checks.check("sample: one chain is shown step by step, its rejections too", async () => {
    await page.waitForSelector("[data-walk='80']", { timeout: 20_000 });
    const sampler = page.getByLabel("Sampler");
    await sampler.selectOption("metropolis");
    await page.waitForFunction(() =>
      /asked for the density at [12] point/.test(document.querySelector(".walk [role=status]")?.textContent),
    );
    const said = await page.locator(".walk [role=status]").textContent();
    assert.ok(Number(/80 steps (\d+) stayed/.exec(said)[1]) > 5, said);
    await page.getByRole("button", { name: "One step on" }).click();
    return said;
  });
  await checks.check(
    "sample: a density that is typed is sampled too, and a mistake is pointed at",
    async () => {
      await page.getByLabel("Density").selectOption("own");
      const field = page.getByLabel("log density of x and y");
      await field.fill("-x^2 - y^2 +");
      await page.waitForSelector(".field .error");
      for (const text of ["x^2 + y^2", "0"]) {
        await field.fill(text);
        await page.waitForFunction(() =>
          /cannot be normalised/.test(document.querySelector(".field .error")?.textContent ?? ""),
        );
      }
      await field.fill("-(x - 1)^2/2 - (y + 1)^2/2");
      await page.waitForSelector(".field .error", { state: "detached" });
      await page.waitForSelector("[data-sampler=nuts][data-done=yes]", { timeout: 40_000 });
    },
  );
  await checks.check("sample: a density that is flat along one axis has no draws", async () => {
    await page.getByLabel("Density", { exact: true }).selectOption("own");
    for (const text of ["-x^2", "-(x - y)^2"]) {
      await page.getByLabel("log density of x and y").fill("-x^2 - y^2");
      await page.waitForSelector(".field .error", { state: "detached" });
      await page.getByLabel("log density of x and y").fill(text);
      await page.waitForFunction(() =>
        /cannot be normalised/.test(document.querySelector(".field .error")?.textContent ?? ""),
      );
    }
  });
}
