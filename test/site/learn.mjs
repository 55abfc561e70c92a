// The chapters, read: thirteen of them, with pictures that come when they are reached, and links that set a page up.
import assert from "node:assert/strict";

export async function use({ checks, page, open }) {
  await checks.check(
    "learn: thirteen chapters; the last one's picture is drawn when it is reached",
    async () => {
      assert.equal(await page.locator(".chapter").count(), 13);
      await page.getByRole("link", { name: "Beyond gradients" }).click();
      await page.waitForSelector("#beyond canvas");
      await page.waitForSelector("#taylor math", { state: "attached", timeout: 20_000 });
    },
  );
  await checks.check("learn: a chapter opens its race as it is shown", async () => {
    const link = page.locator("#saddles").getByRole("link", { name: "Open it in the race" });
    await page.waitForFunction(() => /#.+/.test(document.querySelector("#saddles .onward a").href));
    const again = await open(new URL(await link.getAttribute("href"), "http://x/").href.slice(9));
    await again.page.waitForFunction(() => document.querySelector("input.code").value === "x^2 - y^2 + y^4");
    await again.close();
  });
  await checks.check("learn: the guides are there, and llms.txt lists them", async () => {
    const guides = await page.$$eval("a[href^='guides/']", (all) => all.map((a) => a.href));
    assert.ok(guides.length > 3);
    for (const url of new Set(guides)) assert.equal((await page.request.get(url)).status(), 200, url);
    const list = await (await page.request.get(new URL("llms.txt", page.url()).href)).text();
    assert.match(list, /guides\/constrained\.md/);
  });
}
