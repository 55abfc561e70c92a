// The fit, used: a German table is pasted, points are dragged and left out, the program that is exported is run.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

/** NIST StRD Misra1a as a spreadsheet with decimal commas and a row of units writes it, with its certified values. */
const misra = `Weg\tKraft
mm\tN
77,6\t10,07
114,9\t14,73
141,1\t17,94
190,8\t23,93
239,9\t29,61
289,0\t35,18
332,8\t40,02
378,4\t44,82
434,8\t50,76
477,3\t55,05
536,8\t61,01
593,1\t66,40
689,1\t75,47
760,0\t81,78`;
const certified = { b1: 238.94212918, b2: 5.5015643181e-4 };

const values = (page) =>
  page.$$eval("tr[data-param]", (all) =>
    Object.fromEntries(all.map((row) => [row.dataset.param, Number(row.dataset.value)])),
  );

async function settled(page, names) {
  await page.waitForFunction(
    (wanted) =>
      [...document.querySelectorAll("tr[data-param]")].map((row) => row.dataset.param).join() === wanted,
    names.join(),
    { timeout: 20_000 },
  );
}

const near = (value, expected, digits) =>
  assert.ok(
    Math.abs(value - expected) <= 10 ** -digits * Math.abs(expected),
    `${value} instead of ${expected}`,
  );

export async function use({ checks, page, open }) {
  await checks.check(
    "fit: a table with decimal commas and units gives the certified parameters",
    async () => {
      await settled(page, ["A0", "tau", "background"]);
      await page.getByLabel("Paste a table").fill(misra);
      await page.getByLabel("Model, y =").fill("b1*(1 - exp(-b2*x))");
      await settled(page, ["b1", "b2"]);
      const found = await values(page);
      for (const name of ["b1", "b2"]) near(found[name], certified[name], 8);
      assert.match(await page.locator("tr[data-param=b1]").textContent(), /238\.9\(2\.7\)/);
      assert.match(await page.locator(".field .note").textContent(), /decimal commas, a row of units/);
    },
  );
  await checks.check(
    "fit: the program that is exported, run in Node, gives the same parameters",
    async () => {
      const program = await page.locator("pre.program").textContent();
      mkdirSync("build/test", { recursive: true });
      const path = "build/test/exported-fit.mjs";
      writeFileSync(path, program.replace('"downhill"', JSON.stringify(pathToFileURL("dist/index.js").href)));
      const log = console.log;
      console.log = () => {};
      const { values: run } = await import(`${pathToFileURL(path).href}?${Date.now()}`).finally(() => {
        console.log = log;
      });
      const shown = await values(page);
      for (const [name, value] of Object.entries(shown)) near(run[name], value, 9);
    },
  );
  await checks.check("fit: a link opened again gives the same bits", async () => {
    await page.waitForTimeout(500);
    const again = await open(`fit.html${new URL(page.url()).hash}`);
    await settled(again.page, ["b1", "b2"]);
    assert.deepEqual(await values(again.page), await values(page));
    await again.close();
  });
  await checks.check(
    "fit: a point that is dragged changes the answer while it moves; undo brings it back",
    async () => {
      const before = await values(page);
      const box = await page.locator(".fitplot").boundingBox();
      // The last point stands close to the upper right corner: it is found by the keyboard, then taken by the mouse.
      await page.locator(".fitplot").focus();
      await page.keyboard.press("ArrowLeft");
      await page.keyboard.press("Shift+ArrowDown");
      await page.waitForFunction(
        (b1) => Number(document.querySelector("tr[data-param=b1]").dataset.value) !== b1,
        before.b1,
      );
      await page.keyboard.press("Control+z");
      await page.waitForFunction(
        (b1) => Math.abs(Number(document.querySelector("tr[data-param=b1]").dataset.value) / b1 - 1) < 1e-9,
        before.b1,
      );
      return `plot of ${Math.round(box.width)} pixels`;
    },
  );
  await checks.check("fit: a model that is no model is pointed at; one by name is taken", async () => {
    await page.getByLabel("Model, y =").fill("a*exp(b*x");
    await page.waitForSelector(".model .error");
    await page.getByLabel("or one by name").selectOption("michaelisMenten");
    await settled(page, ["vmax", "km"]);
    assert.match(await page.locator("tr[data-param=km]").textContent(), /half/);
  });
}
