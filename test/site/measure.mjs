// Measuring, used: the small sizes, with ratios that are numbers. No ratio is asserted.
import assert from "node:assert/strict";

export async function use({ checks, page }) {
  await checks.check("measure: the small sizes are measured, each with a ratio", async () => {
    await page.getByLabel("small sizes only").check();
    await page.getByRole("button", { name: "Measure", exact: true }).click();
    await page.waitForSelector("[data-measured=yes]", { timeout: 50_000 });
    const ratios = await page.$$eval(".measured tbody b", (all) => all.map((b) => Number(b.textContent)));
    assert.equal(ratios.length, 14);
    assert.ok(
      ratios.every((r) => r > 0 && Number.isFinite(r)),
      ratios.join(),
    );
    return `ratios ${ratios.join(", ")}`;
  });
  await checks.check(
    "measure: the relaxed variant is measured too, and named in what is copied",
    async () => {
      await page.getByLabel("fused multiply-add").check();
      await page.getByRole("button", { name: "Measure", exact: true }).click();
      await page.waitForSelector("[data-measured=no]");
      await page.waitForSelector("[data-measured=yes]", { timeout: 50_000 });
      assert.equal(await page.locator(".measured").getAttribute("data-variant"), "relaxed");
      assert.equal(await page.locator(".error").count(), 0);
    },
  );
}
