// The race, used: the start is dragged, methods are chosen, a function is typed, a link is opened again.
import assert from "node:assert/strict";
import { dragStart, whileDragging } from "./frames.mjs";

const rows = (page) =>
  page.$$eval("tr[data-method]", (all) =>
    all.map((row) => ({
      id: row.dataset.method,
      gap: row.cells[1].textContent,
      why: row.cells[4].textContent,
    })),
  );

/** The map as a picture. */
const drawn = async (page) => (await page.locator(".map canvas").screenshot()).toString("base64");

async function chooseAll(page) {
  await page.getByRole("button", { name: /^All \d+$/ }).click();
  await page.waitForFunction(() => document.querySelectorAll("tr[data-method]").length >= 20);
}

export async function use({ checks, page, open }) {
  await checks.check("race: twelve methods follow the start while it is dragged", async () => {
    const said = await dragStart(page);
    await page.waitForTimeout(300);
    return said;
  });
  await checks.check("race: more than 20 methods run at once, and the good ones arrive", async () => {
    await page.waitForSelector("tr[data-method]", { timeout: 20_000 });
    await chooseAll(page);
    const found = await rows(page);
    const newton = found.find(({ id }) => id === "newton");
    assert.match(newton.why, /At the minimum/);
    return `${found.length} methods`;
  });
  await checks.check("race: the words why each stopped are seen whole, at 1300 and 390 pixels", async () => {
    const before = page.viewportSize();
    const cut = () =>
      page.$eval(".scores .scroll", (box) => {
        const last = [...box.querySelectorAll(".why")].map((cell) => cell.getBoundingClientRect().right);
        return [box.scrollWidth - box.clientWidth, Math.max(...last) - box.getBoundingClientRect().right];
      });
    for (const width of [1300, 390]) {
      await page.setViewportSize({ width, height: 900 });
      for (const over of await cut()) assert.ok(over <= 1, `${over} pixels at ${width}`);
    }
    await page.setViewportSize(before);
  });
  await checks.check(
    "race: averaged steps end nearer than those that are not, where there is noise",
    async () => {
      const state = await open("learn.html");
      await state.page.waitForFunction(() => /#.+/.test(document.querySelector("#averaging .onward a").href));
      const link = await state.page.locator("#averaging .onward a").first().getAttribute("href");
      await state.close();
      const other = await open(link.replace(/^\//, ""));
      await other.page.waitForSelector("tr[data-method=asgd]", { timeout: 20_000 });
      const gaps = Object.fromEntries((await rows(other.page)).map(({ id, gap }) => [id, gap]));
      await other.close();
      assert.ok(Number(gaps.asgd) < Number(gaps.sgd) / 5, JSON.stringify(gaps));
      return JSON.stringify(gaps);
    },
  );
  await checks.check("race: the start is dragged, and all methods are drawn again", async () => {
    const before = await drawn(page);
    const handle = await page.locator(".handle").boundingBox();
    const [x, y] = [handle.x + handle.width / 2, handle.y + handle.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    const steps = Array.from({ length: 40 }, (_, i) => [x + 3 * i, y - 1.5 * i]);
    const frames = await whileDragging(page, steps);
    await page.mouse.up();
    const took = page.locator(".took");
    await took.waitFor();
    for (let i = 0; i < 40 && (await drawn(page)) === before; i++) await page.waitForTimeout(100);
    assert.notEqual(await drawn(page), before);
    const label = await page.locator(".handle").getAttribute("aria-label");
    assert.doesNotMatch(label, /x = −1\.2,/);
    return `${await took.textContent()} when released; ${frames}`;
  });
  await checks.check("race: the start moves by the arrow keys too", async () => {
    const handle = page.locator(".handle");
    const before = await handle.getAttribute("aria-label");
    await handle.focus();
    await page.keyboard.press("Shift+ArrowRight");
    await page.waitForFunction(
      (old) => document.querySelector(".handle").getAttribute("aria-label") !== old,
      before,
    );
    await page.keyboard.press("Control+z");
  });
  await checks.check("race: a box and a line are drawn; SQP ends at both, with multipliers", async () => {
    await page.getByText("Bounds and constraints").click();
    await page.getByLabel("draws bounds").check();
    const map = await page.locator(".map canvas").boundingBox();
    const at = (x, y) => [map.x + x * map.width, map.y + y * map.height];
    const drag = async (from, to) => {
      await page.mouse.move(...at(...from));
      await page.mouse.down();
      await page.mouse.move(...at(...to), { steps: 4 });
      await page.mouse.up();
    };
    await drag([0.1, 0.2], [0.6, 0.9]);
    const right = page.getByLabel("a box of bounds: to").first();
    await right.fill("0.5");
    await right.press("Enter");
    const ended = (id, word) =>
      page.waitForFunction(
        ([method, text]) =>
          document.querySelector(`tr[data-method='${method}'] .why`)?.textContent.includes(text),
        [id, word],
      );
    await page.waitForFunction(() =>
      /right bound [\d.]+/.test(document.querySelector(".walls .note").textContent),
    );
    await ended("lbfgs", "At the minimum");
    await page.getByRole("checkbox", { name: "a line, its left side allowed" }).check();
    for (const [i, v] of ["0.3", "-1", "0.3", "3"].entries()) {
      const field = page.locator(".walls .numbers").nth(1).locator("input").nth(i);
      await field.fill(v);
      // Drawn again while it is typed: it stays.
      await page.waitForTimeout(50);
      assert.equal(await field.inputValue(), v);
      await field.press("Enter");
    }
    await ended("sqp", "At the minimum");
    await ended("lbfgs", "does not know this wall");
    await page.waitForFunction(() => /line [\d.]+/.test(document.querySelector(".walls .note").textContent));
    const words = await page.locator(".walls .note").textContent();
    await page.getByRole("checkbox", { name: "a box of bounds" }).uncheck();
    await page.getByRole("checkbox", { name: "a line, its left side allowed" }).uncheck();
    await page.getByLabel("moves the start").check();
    return words.replace(/.*multiplier: /, "");
  });
  await checks.check("race: a typed function has its exact Hessian; a mistake is pointed at", async () => {
    const field = page.getByLabel("f(x, y) =");
    await field.fill("x^2*y + sin(y)");
    await page.waitForFunction(() => document.querySelectorAll(".formulas math").length === 3);
    await page.waitForFunction(() =>
      /2\s*y/.test(document.querySelectorAll(".formulas math")[2].textContent.replace(/\u2062/g, "")),
    );
    await field.fill("x^2 +");
    await page.waitForSelector(".field .error");
    await field.fill("(x - 1)^2 + 4*(y + 0.5)^2");
    await page.waitForSelector(".field .error", { state: "detached" });
    await page.waitForFunction(() =>
      /At the minimum/.test(document.querySelector("tr[data-method='newton']")?.textContent ?? ""),
    );
  });
  await checks.check(
    "race: a start outside of the domain, and a function without a floor, are told",
    async () => {
      const field = page.getByLabel("f(x, y) =");
      const why = (id, words) =>
        page.waitForFunction(
          ([method, text]) =>
            (document.querySelector(`tr[data-method='${method}']`)?.textContent ?? "").includes(text),
          [id, words],
          { timeout: 20_000 },
        );
      await field.fill("log(x - 1000) + y^2");
      await why("newton", "not a number at the start");
      await field.fill("x + y - 1/0");
      await why("sgd", "−∞ at the start");
      await field.fill("-x^2 - y^2");
      await page.waitForFunction(
        () => document.querySelector(".results th.number")?.textContent.trim() === "f",
      );
      assert.doesNotMatch((await page.locator("tr[data-method=newton]").textContent()) ?? "", /smaller rate/);
      await field.fill("(x - 1)^2 + 4*(y + 0.5)^2");
      await why("newton", "At the minimum");
    },
  );
  await checks.check("race: walls that are none are told, and nothing old is called the answer", async () => {
    await page.getByText("Bounds and constraints").click();
    await page.getByRole("checkbox", { name: "a box of bounds" }).check();
    await page.waitForFunction(() =>
      /touches no wall|pushes back/.test(document.querySelector(".walls").textContent),
    );
    const from = page.getByLabel("a box of bounds: x from");
    await from.fill("9");
    await from.blur();
    await page.getByText(/The box of bounds is empty: x goes from 9 to/).waitFor();
    await page.getByText("Of the last race that could be run").waitFor();
    assert.equal(await page.getByRole("button", { name: "Run from twenty starts" }).isDisabled(), true);
    await page.getByRole("checkbox", { name: "a box of bounds" }).uncheck();
    await page.getByText("Of the last race that could be run").waitFor({ state: "detached" });
    await page.getByText("Bounds and constraints").click();
  });
  await checks.check("race: of a link with values of another kind the rest is shown", async () => {
    const { deflateRawSync } = await import("node:zlib");
    const text = JSON.stringify({ fn: "ravine", on: null, start: "here", budget: "much", walls: 3 });
    const other = await open(`race.html#${deflateRawSync(text).toString("base64url")}`);
    await other.page.waitForSelector("tr[data-method=newton]", { timeout: 20_000 });
    assert.equal(await other.page.getByLabel("Landscape").inputValue(), "ravine");
    assert.deepEqual(other.complaints, []);
    await other.close();
  });
  await checks.check("race: a link opened again shows the same numbers", async () => {
    await page.waitForTimeout(500);
    const expected = await rows(page);
    const again = await open(`race.html${new URL(page.url()).hash}`);
    await again.page.waitForFunction(
      (n) => document.querySelectorAll("tr[data-method]").length === n,
      expected.length,
      { timeout: 20_000 },
    );
    assert.deepEqual(await rows(again.page), expected);
    await again.close();
  });
}
