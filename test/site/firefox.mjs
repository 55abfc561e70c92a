// The pages in Firefox, used: a table is pasted, the start is dragged, digits are learnt, a banana sampled, a corner moved, an example run.
import assert from "node:assert/strict";

/** As a person's paste does it: the value, and the event that says so. */
const fill = (selector, text) => {
  const field = document.querySelector(selector);
  const type =
    field.tagName === "TEXTAREA"
      ? HTMLTextAreaElement
      : field.tagName === "SELECT"
        ? HTMLSelectElement
        : HTMLInputElement;
  Object.getOwnPropertyDescriptor(type.prototype, "value").set.call(field, text);
  field.dispatchEvent(new Event(field.tagName === "SELECT" ? "change" : "input", { bubbles: true }));
  return true;
};
const painted = () => Math.round(performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? -1);
const RIGHT = "\uE014";

export async function use({ checks, page, origin, table }) {
  const open = async (path) => {
    await page.open(`${origin}/${path}`);
    await page.until(() => document.querySelector("main h1") !== null);
    return `painted after ${await page.evaluate(painted)} ms (reported only)`;
  };
  await checks.check(
    "firefox: a pasted table with decimal commas gives the certified parameters",
    async () => {
      const said = await open("fit.html");
      await page.until(() => document.querySelectorAll("tr[data-param]").length === 3);
      await page.evaluate(fill, "textarea", table.text);
      await page.evaluate(fill, ".model input.code", "b1*(1 - exp(-b2*x))");
      await page.until(() => document.querySelector("tr[data-param=b2]") !== null);
      const found = await page.evaluate(() =>
        Object.fromEntries(
          [...document.querySelectorAll("tr[data-param]")].map((r) => [
            r.dataset.param,
            Number(r.dataset.value),
          ]),
        ),
      );
      for (const [name, value] of Object.entries(table.certified))
        assert.ok(Math.abs(found[name] / value - 1) < 1e-8, `${name}: ${found[name]}`);
      return said;
    },
  );
  await checks.check("firefox: the start is dragged, and all methods run from there", async () => {
    const said = await open("race.html");
    await page.until(() => document.querySelectorAll("tr[data-method]").length === 12);
    const [x, y] = await page.evaluate(() => {
      const r = document.querySelector(".handle").getBoundingClientRect();
      return [r.x + r.width / 2, r.y + r.height / 2];
    });
    await page.drag(Array.from({ length: 30 }, (_, i) => [x + 3 * i, y - i]));
    await page.until(() => !/x = −1\.2,/.test(document.querySelector(".handle").getAttribute("aria-label")));
    await page.until(() =>
      /At the minimum/.test(document.querySelector("tr[data-method=newton]").textContent),
    );
    return said;
  });
  await checks.check("firefox: the digits are learnt to more than 97 %", async () => {
    const said = await open("train.html");
    await page.until(() => document.querySelector(".scoreline[data-done=yes]") !== null);
    await page.evaluate(fill, "aside select", "digits");
    await page.until(() => document.querySelector(".scoreline[data-done=no]") !== null);
    await page.until(() => document.querySelector(".scoreline[data-done=yes]") !== null);
    const share = await page.evaluate(() => Number(document.querySelector(".scoreline").dataset.accuracy));
    assert.ok(share > 0.97, `${share}`);
    return `${(100 * share).toFixed(1)} %; ${said}`;
  });
  await checks.check("firefox: NUTS on the banana ends with an R-hat below 1.01", async () => {
    const said = await open("sample.html");
    await page.until(() => document.querySelector("[data-sampler=nuts][data-done=yes]") !== null);
    const rHat = await page.evaluate(() =>
      Number(document.querySelector("[data-sampler=nuts]").dataset.rhat),
    );
    assert.ok(rHat < 1.01, `${rHat}`);
    return said;
  });
  await checks.check("firefox: a corner is moved by the keyboard, and the optimum goes along", async () => {
    const said = await open("constrained.html");
    await page.until(() => document.querySelector("[data-lp=solved]") !== null);
    await page.evaluate(() => {
      document.querySelectorAll(".handle.corner")[3].focus();
      return true;
    });
    await page.keys(RIGHT.repeat(3));
    await page.until(
      () => Math.abs(Number(document.querySelector("[data-lp]").dataset.x.split(" ")[0]) - 5.5) < 1e-6,
    );
    return said;
  });
  await checks.check("firefox: the examples of a guide run in their frame", async () => {
    await open("guides/fitting.html");
    await page.evaluate(() => {
      document.querySelector("#run-all").click();
      return true;
    });
    await page.until(() => document.querySelector("#run-all").dataset.done === "yes");
    const failed = await page.evaluate(() =>
      [...document.querySelectorAll(".live:not([data-ran=ok])")].map((b) => b.textContent),
    );
    assert.deepEqual(failed, []);
  });
  await checks.check("firefox: an example without an end is stopped, and the next one runs", async () => {
    await open("guides/minimising.html");
    const ran = async (program, words) => {
      await page.evaluate(fill, ".live textarea", program);
      await page.evaluate(() => {
        document.querySelector(".live button").click();
        return true;
      });
      await page.until((text) => document.querySelector(".live .output").textContent.includes(text), words);
    };
    await ran("while (true) {}", "Stopped after 10 s");
    await ran('console.log("again");', "again");
  });
  await checks.check("firefox: the chapters are there, with pictures", async () => {
    const said = await open("learn.html");
    assert.equal(await page.evaluate(() => document.querySelectorAll(".chapter").length), 13);
    await page.until(() => document.querySelector(".chapter canvas") !== null);
    return said;
  });
}
