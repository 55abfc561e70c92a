// The chapters, read: thirteen of them, with pictures that come when they are reached, and links that set a page up.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

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
  await checks.check(
    "learn: two networks learn beside their chapter, with and without its point",
    async () => {
      const said = [];
      for (const id of ["batchnorm", "pretraining"]) {
        await page.locator(`#${id}`).scrollIntoViewIfNeeded();
        await page.waitForSelector(`#${id} [data-lesson='2']`, { timeout: 60_000 });
        assert.equal(await page.locator(`#${id} canvas`).count(), 2);
        const words = await page.locator(`#${id} figcaption`).allTextContents();
        const [first, second] = words.map((text) => Number(/(\d+) % right/.exec(text)[1]));
        assert.ok(first > second + 15, words.join("; "));
        said.push(...words);
      }
      return said.join("; ");
    },
  );
  await checks.check("learn: a chapter opens its race as it is shown", async () => {
    const link = page.locator("#saddles").getByRole("link", { name: "Open it in the race" });
    await page.waitForFunction(() => /#.+/.test(document.querySelector("#saddles .onward a").href));
    const again = await open(new URL(await link.getAttribute("href"), "http://x/").href.slice(9));
    await again.page.waitForFunction(() => document.querySelector("input.code").value === "x^2 - y^2 + y^4");
    await again.close();
  });
  await checks.check("learn: every example of every guide runs in the page", async () => {
    const guides = await page.$$eval("a[href^='guides/']", (all) => [
      ...new Set(all.map((a) => a.getAttribute("href"))),
    ]);
    let count = 0;
    for (const path of guides) {
      const guide = await open(path);
      const all = guide.page.locator("#run-all");
      if ((await all.count()) > 0) {
        await all.click();
        await guide.page.waitForSelector("#run-all[data-done=yes]", { timeout: 120_000 });
        const failed = await guide.page.$$eval(".live:not([data-ran=ok])", (boxes) =>
          boxes.map(
            (box) =>
              `${box.querySelector("textarea").value.slice(0, 200)}\n${box.querySelector(".output").textContent}`,
          ),
        );
        assert.deepEqual(failed, [], path);
        count += await guide.page.locator(".live[data-ran=ok]").count();
      }
      assert.deepEqual(guide.complaints, [], path);
      await guide.close();
    }
    assert.ok(count > 20, `${count}`);
    return `${count} examples`;
  });
  await checks.check("learn: a program without an end is stopped, and the next one runs", async () => {
    const guide = await open("guides/minimising.html");
    const first = guide.page.locator(".live").first();
    const ran = async (program, words) => {
      await first.locator("textarea").fill(program);
      await first.locator("textarea").press("Control+Enter");
      await guide.page.waitForFunction(
        (text) => document.querySelector(".live .output").textContent.includes(text),
        words,
        { timeout: 40_000 },
      );
    };
    await ran("while (true) {}", "Stopped after 10 s");
    await ran('console.log("again");', "again");
    await ran('import { nothere } from "downhill";', "has no export called nothere");
    await guide.close();
  });
  await checks.check(
    "learn: an example that is changed says what follows; the frame reaches nothing",
    async () => {
      const guide = await open("guides/minimising.html");
      const first = guide.page.locator(".live").first();
      await first
        .locator("textarea")
        .fill(
          'import { solve } from "downhill";\nsolve([[2, 0], [0, 4]], [2, 2]);\nawait fetch("/").then(() => console.log("reached"), () => console.log("nothing is reached"));',
        );
      await first.locator("textarea").press("Control+Enter");
      await guide.page.waitForFunction(() =>
        /nothing is reached/.test(document.querySelector(".live .output").textContent),
      );
      const said = await first.locator(".output").textContent();
      assert.match(said, /\[ 1, 0\.5 \]/);
      await guide.close();
    },
  );
  await checks.check("learn: every name in the tables of coming-from.md is one of ours", async () => {
    const ours = await import(pathToFileURL("dist/index.js").href);
    const rows = readFileSync("docs/coming-from.md", "utf8")
      .split("\n")
      .filter((line) => /^\| .*`/.test(line));
    const names = rows.flatMap((row) =>
      [...row.split("|")[2].matchAll(/`([a-z]\w*)`/gi)].map((found) => found[1]),
    );
    const options = ["lossScale", "jacobianPattern", "soft_l1", "f_scale", "weights", "maxTimeMs"];
    assert.deepEqual(
      names.filter((name) => !(name in ours) && !options.includes(name)),
      [],
    );
    assert.ok(names.length > 80, `${names.length}`);
    // What is said of results is there too.
    const results = {
      fit: ours.curveFit({ model: "a*exp(-k*x)", x: [0, 1, 2, 3, 4], y: [5.1, 3.9, 3.2, 2.4, 2.0] }),
      r: ours.minimize((x) => x[0] ** 2, [1]),
    };
    const members = rows.flatMap((row) => [...row.split("|")[2].matchAll(/`(fit|r)\.(\w+)/g)]);
    assert.ok(members.length > 20, `${members.length}`);
    for (const [said, of, name] of members) assert.ok(name in results[of], said);
    return `${names.length} names`;
  });
  await checks.check("learn: the reference and the guides are no wider than a phone", async () => {
    const phone = await open("learn.html", { viewport: { width: 390, height: 844 } });
    const reference = await phone.page.locator("a[href='reference/index.html']").count();
    const pages = [
      "guides/README.html",
      "guides/constrained.html",
      ...(reference > 0
        ? ["index", "modules/index", "functions/index.minimizeGlobal", "interfaces/index.FitAnswer"].map(
            (name) => `reference/${name}.html`,
          )
        : []),
    ];
    for (const path of pages) {
      await phone.page.goto(
        new URL(path, phone.page.url().replace(/(learn|guides\/|reference\/).*/, "")).href,
      );
      const over = await phone.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(over <= 0, `${path}: ${over} pixels`);
    }
    await phone.close();
    return `${pages.length} pages`;
  });
  await checks.check("learn: the guides are there, and llms.txt lists them", async () => {
    const guides = await page.$$eval("a[href^='guides/']", (all) => all.map((a) => a.href));
    assert.ok(guides.length > 3);
    for (const url of new Set(guides)) assert.equal((await page.request.get(url)).status(), 200, url);
    const list = await (await page.request.get(new URL("llms.txt", page.url()).href)).text();
    assert.match(list, /guides\/constrained\.md/);
    const whole = await (await page.request.get(new URL("llms-full.txt", page.url()).href)).text();
    assert.match(whole, /export declare function curveFit|declare function curveFit/);
  });
}
