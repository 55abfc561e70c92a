// The fit, used: a German table is pasted, points are dragged and left out, the program that is exported is run.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { dragPoint } from "./frames.mjs";

/** NIST StRD Misra1a as a spreadsheet with decimal commas and a row of units writes it, with its certified values. */
export const misra = `Weg\tKraft
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
export const certified = { b1: 238.94212918, b2: 5.5015643181e-4 };

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

/** The program on the page, once it has these words. */
async function programOf(page, words) {
  await page.waitForFunction(
    (text) => document.querySelector("pre.program").textContent.includes(text),
    words,
  );
  return page.locator("pre.program").textContent();
}

/** What the exported program finds, run by SciPy; null where there is none. */
function inPython(program) {
  const { status, stdout } = spawnSync(
    "python3",
    ["-c", `${program}\nimport json\nprint(json.dumps(dict(zip(names, map(float, values)))))`],
    { encoding: "utf8" },
  );
  return status === 0 ? JSON.parse(stdout.trim().split("\n").at(-1)) : null;
}

const beside = (page, kind) =>
  page.waitForSelector(`[data-beside=${kind}][data-done=yes]`, { timeout: 30_000 });

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
      await page.waitForFunction(() => /exp\(-b2/.test(document.querySelector("pre.program").textContent));
      const program = await page.locator("pre.program").textContent();
      mkdirSync("build/test", { recursive: true });
      const path = "build/test/exported-fit.mjs";
      writeFileSync(path, program.replace('"downhill"', JSON.stringify(pathToFileURL("dist/index.js").href)));
      const log = console.log;
      console.log = () => {};
      const {
        fit: { values: run },
      } = await import(`${pathToFileURL(path).href}?${Date.now()}`).finally(() => {
        console.log = log;
      });
      const shown = await values(page);
      for (const [name, value] of Object.entries(shown)) near(run[name], value, 9);
    },
  );
  await checks.check("fit: a held parameter has a slider, and the others follow it", async () => {
    const before = await values(page);
    await page.getByLabel(/^Hold b2 at/).check();
    const slider = page.getByRole("slider", { name: "b2, held" });
    await slider.press("ArrowRight");
    await page.waitForFunction(
      (b1) => Number(document.querySelector("tr[data-param=b1]").dataset.value) !== b1,
      before.b1,
    );
    near((await values(page)).b2, 1.01 * before.b2, 9);
    await page.getByLabel(/^Hold b2 at/).uncheck();
    await page.waitForFunction(
      (b1) => Math.abs(Number(document.querySelector("tr[data-param=b1]").dataset.value) / b1 - 1) < 1e-9,
      before.b1,
    );
  });
  await checks.check("fit: the picture is taken along as a PNG of twice its size", async () => {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Picture (PNG)" }).click(),
    ]);
    const bytes = readFileSync(await download.path());
    assert.equal(bytes.subarray(1, 4).toString(), "PNG");
    assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [1520, 960]);
    return `${bytes.length} bytes`;
  });
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
  await checks.check("fit: the posterior by NUTS stands beside the fit and agrees with it", async () => {
    await page.getByLabel("its posterior, by NUTS").check();
    await beside(page, "posterior");
    const found = await page.$eval("tr[data-marginal=b1]", (row) => ({ ...row.dataset }));
    const words = await page.locator(".beside .note").textContent();
    // A nearly linear model: mean and width of the posterior are those of the normal law, Student's tails apart.
    assert.ok(Math.abs(found.mean - certified.b1) < 2, found.mean);
    assert.ok(found.sd > 2.4 && found.sd < 3.6, found.sd);
    return words.slice(0, 62);
  });
  await checks.check("fit: logarithms, losses and profiles stand beside the fit", async () => {
    await page.getByLabel("the fit of log y").check();
    await beside(page, "log");
    assert.match(await page.locator("tr[data-row='of the logarithms']").textContent(), /\d\(/);
    await page.getByLabel("all losses").check();
    await beside(page, "losses");
    assert.equal(await page.locator(".beside tr[data-row]").count(), 6);
    await page.getByRole("radio", { name: "profiles" }).check();
    await beside(page, "profiles");
    // By profile likelihood (R, confint of nls): asymmetric, but hardly.
    return await page.locator("tr[data-profile=b1]").textContent();
  });
  await checks.check("fit: two sets share a parameter", async () => {
    await page.getByRole("combobox", { name: "Data" }).selectOption("treated");
    // The example opens as it is named: both sets, km shared.
    await page.waitForSelector("[data-together='3']");
    await page.locator(".together").getByRole("checkbox", { name: "km" }).uncheck();
    await page.waitForSelector("[data-together='4']");
    await page.locator(".together").getByRole("checkbox", { name: "km" }).check();
    await page.waitForSelector("[data-together='3']");
    const kms = await page.$$eval("tr[data-set]", (rows) => rows.map((r) => r.cells[2].dataset.value));
    assert.equal(kms[0], kms[1]);
    // What is exported is this fit, not that of one set.
    await page.waitForFunction(() => /untreated/.test(document.querySelector("pre.program").textContent));
    await page.getByRole("radio", { name: "Python (SciPy)" }).check();
    const km = inPython(await programOf(page, "import numpy"))?.km;
    if (km !== undefined) near(km, Number(kms[0]), 6);
    return `km = ${kms[0]}`;
  });
  await checks.check("fit: two sets with their own errors are weighted by them", async () => {
    const place = page.getByLabel("Paste a table");
    await place.fill(
      "x\ta\tda\tb\tdb\n1\t2,1\t0,1\t3,0\t0,1\n2\t3,9\t0,1\t6,2\t0,2\n3\t6,1\t0,1\t8,9\t0,2\n4\t8,0\t0,1\t14\t5",
    );
    await page.getByLabel("Model, y =").fill("k*x");
    await settled(page, ["k"]);
    const sets = page.locator(".together");
    assert.deepEqual(await sets.locator("label").allTextContents(), ["b"]);
    await sets.getByRole("checkbox", { name: "b" }).check();
    await page.waitForSelector("[data-set=b]");
    assert.match(await sets.textContent(), /weighted by its own column of errors/);
    // sum w x y / sum w x²: the wild last value has an error of 5.
    const k = Number(await page.locator("[data-set=b] td").first().getAttribute("data-value"));
    const [w, x, y] = [
      [100, 25, 25, 0.04],
      [1, 2, 3, 4],
      [3, 6.2, 8.9, 14],
    ];
    const sum = (of) => w.reduce((s, v, i) => s + v * x[i] * of[i], 0);
    near(k, sum(y) / sum(x), 8);
    await place.fill("x\ta\tda\tb\n1\t2,1\t0,1\t3,0\n2\t3,9\t0,1\t6,2\n3\t6,1\t0,1\t8,9");
    await page.waitForFunction(() => !document.querySelector("[data-set]"));
    assert.match(await page.locator(".together label").first().textContent(), /b/);
    await page.locator(".together").getByRole("checkbox", { name: "b" }).check();
    await page.waitForFunction(() =>
      /named as the error of b/.test(document.querySelector(".together").textContent),
    );
    await page.locator(".together").getByRole("checkbox", { name: "b" }).uncheck();
    return `k = ${k}`;
  });
  await checks.check("fit: a robust fit, exported, is the same fit to six digits in SciPy", async () => {
    await page.getByRole("combobox", { name: "Data" }).selectOption("outliers");
    await page.getByLabel("Against outliers").selectOption("huber");
    await settled(page, ["intercept", "slope"]);
    await page.waitForFunction(() => /f_scale/.test(document.querySelector("pre.program").textContent));
    const shown = await values(page);
    const found = inPython(await programOf(page, "f_scale"));
    await page.getByRole("radio", { name: "R", exact: true }).check();
    assert.match(await programOf(page, "nls("), /has no robust losses/);
    await page.getByRole("radio", { name: "JavaScript" }).check();
    await page.getByLabel("Against outliers").selectOption("linear");
    if (!found) return "there is no SciPy here";
    for (const [name, value] of Object.entries(shown)) near(found[name], value, 6);
    return `slope ${found.slope}`;
  });
  await checks.check("fit: a long table is taken apart by its groups; a hint is given once", async () => {
    const place = page.getByLabel("Paste a table");
    const model = page.getByLabel("Model, y =");
    await model.fill("k*x");
    await place.fill(
      "Zeit\tGruppe\tOD\nh\t\tAU\n1\tWT\t0,11\n2\tWT\t0,24\n3\tWT\t0,5\n1\tmut\t0,08\n2\tmut\t0,13\n3\tmut\t0,2\n",
    );
    await page.getByRole("button", { name: "Take OD apart by Gruppe: WT, mut" }).click();
    await page.waitForSelector("[data-set=mut]");
    const shown = await page.$$eval("tr[data-set] td", (cells) => cells.map((c) => Number(c.dataset.value)));
    // sum x y / sum x²
    near(shown[0], (0.11 + 0.48 + 1.5) / 14, 8);
    near(shown[1], (0.08 + 0.26 + 0.6) / 14, 8);
    await place.fill("x\ty\n1\t2");
    await model.fill("a*x + b");
    await page.waitForFunction(() => /too few/.test(document.querySelector("p.error")?.textContent ?? ""));
    const said = await page.locator("p.error").textContent();
    assert.equal(said.split("as many points").length, 2, said);
    assert.match(await page.locator(".field .note").textContent(), /1 row, 2 columns/);
    await model.fill("2*x");
    await page.waitForFunction(() =>
      /no parameter/.test(document.querySelector(".field .error")?.textContent ?? ""),
    );
    await place.fill("no table at all");
    await page.waitForFunction(() =>
      /no column of numbers/.test(document.querySelector("aside .note").textContent),
    );
    await place.fill('t,n\n0,"1,234"\n1,"1,100"\n2,"980"');
    await model.fill("a + b*x");
    await settled(page, ["a", "b"]);
    return said;
  });
  await checks.check("fit: a point of a thousand is dragged, and fit and bands follow", async () => {
    await page.getByLabel("nothing").check();
    await page.getByRole("combobox", { name: "Data" }).selectOption("thousand");
    await settled(page, ["a", "tau", "omega", "phase", "c"]);
    const before = await values(page);
    const said = await dragPoint(page);
    await page.waitForFunction(
      (c) => Number(document.querySelector("tr[data-param=c]").dataset.value) !== c,
      before.c,
    );
    return said;
  });
  await checks.check(
    "fit: what is no number is said with its row; an empty table has no answer",
    async () => {
      await page.getByLabel("Model, y =").fill("a*log(x) + b");
      await page.getByLabel("Paste a table").fill("x,y\n-1,1\n2,3\n3,4\n4,4.5");
      await page.waitForFunction(() =>
        /not a number at row 1, where x = −1|not a number at row 1, where x = -1/.test(
          document.body.innerText,
        ),
      );
      assert.equal(await page.locator("tr[data-param]").count(), 0);
      await page.getByLabel("Paste a table").fill("x,y\n1,1\n2,3\n3,4\n4,4.5");
      await settled(page, ["a", "b"]);
      await page.getByLabel("Paste a table").fill("");
      await page.waitForFunction(() => document.querySelectorAll("tr[data-param]").length === 0);
      assert.equal(await page.locator("pre.program").count(), 0);
    },
  );
  await checks.check("fit: per cent and dates are read; a column that is not numbers is named", async () => {
    await page.getByLabel("Model, y =").fill("a*x + b");
    await page
      .getByLabel("Paste a table")
      .fill("day;share\n2024-01-01;20%\n2024-01-03;24%\n2024-01-05;28%\n2024-01-08;34%");
    await settled(page, ["a", "b"]);
    const found = await values(page);
    near(found.a, 2, 9);
    near(found.b, 20, 9);
    await page.getByLabel("Paste a table").fill("who;y\nanna;1\nbert;3\ncarl;5\ndora;7");
    await page.waitForFunction(() =>
      /“who” is not numbers, the numbers of the rows are taken as x/.test(
        document.querySelector(".field .note").textContent,
      ),
    );
  });
  await checks.check("fit: what the data do not determine is not headed as converged", async () => {
    await page.getByLabel("Paste a table").fill("x,y\n2,1\n2,2\n2,3\n2,4");
    await page.waitForFunction(() => /One of many answers/.test(document.body.innerText));
    assert.doesNotMatch(await page.locator("section[aria-label=Result]").innerText(), /a\*b/);
  });
  await checks.check("fit: errors that are too large are told in words", async () => {
    await page
      .getByLabel("Paste a table")
      .fill("x,y,dy\n1,1.1,9\n2,2,9\n3,2.9,9\n4,4.1,9\n5,5,9\n6,6,9\n7,7,9\n8,8,9");
    await page.waitForFunction(() =>
      /times closer to the curve than their errors say/.test(document.body.innerText),
    );
  });
  await checks.check("fit: five thousand rows are pasted, and no frame is long", async () => {
    const rows = Array.from(
      { length: 5000 },
      (_, i) => `${i / 250}\t${(2 * Math.exp(-i / 1250) + 0.5 + 0.01 * Math.sin(i * i)).toFixed(4)}`,
    );
    await page.getByLabel("Model, y =").fill("a*exp(-b*x) + c");
    await page.evaluate(() => {
      globalThis.longest = 0;
      let last = performance.now();
      const tick = () => {
        const now = performance.now();
        globalThis.longest = Math.max(globalThis.longest, now - last);
        last = now;
        globalThis.ticking = requestAnimationFrame(tick);
      };
      tick();
    });
    await page.getByLabel("Paste a table").fill("");
    await page.getByLabel("Paste a table").evaluate(
      (field, text) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text", text);
        field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
      },
      ["x\ty", ...rows].join("\n"),
    );
    await settled(page, ["a", "b", "c"]);
    await page.waitForFunction(
      () => Math.abs(Number(document.querySelector("tr[data-param=a]").dataset.value) - 2) < 0.01,
    );
    await page.waitForTimeout(600);
    const pasted = await page.evaluate(() => {
      const { longest } = globalThis;
      globalThis.longest = 0;
      return longest;
    });
    await page.getByRole("radio", { name: "of the curve" }).check();
    await page.waitForTimeout(500);
    const band = await page.evaluate(() => [globalThis.longest, cancelAnimationFrame(globalThis.ticking)][0]);
    await page.getByRole("radio", { name: "both" }).check();
    await page.getByRole("button", { name: "Clear the table" }).click();
    await page.getByRole("combobox", { name: "Data" }).selectOption("puromycin");
    return `longest frame ${Math.round(pasted)} ms while it is pasted and fitted, ${Math.round(band)} ms at a change of the band (reported only)`;
  });
  await checks.check("fit: the numbers of the rows are taken as x where that is chosen", async () => {
    const other = await open("fit.html");
    await settled(other.page, ["A0", "tau", "background"]);
    const x = other.page.getByLabel("x", { exact: true });
    await x.selectOption({ label: "row number" });
    await other.page.getByLabel("Model, y =").fill("a + b*x");
    await settled(other.page, ["a", "b"]);
    assert.equal(await x.locator("option:checked").textContent(), "row number");
    // Fourteen rows, 1023.4 in the first: a straight line loses less than 100 a row and more than 30.
    const b = await other.page.$eval("tr[data-param=b]", (row) => Number(row.dataset.value));
    assert.ok(b < -30 && b > -100, `${b}`);
    await other.page.getByLabel("Paste a table").fill("x,y,err\n1,2,0\n2,3,0\n3,4,-1");
    await other.page.getByText("3 rows have errors not above 0").waitFor();
    await other.close();
  });
  await checks.check("fit: where nothing may be copied the button does not say that it was", async () => {
    const other = await open("fit.html");
    await settled(other.page, ["A0", "tau", "background"]);
    await other.page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new Error("refused"));
      document.execCommand = () => false;
    });
    await other.page.getByRole("button", { name: "Copy the program" }).click();
    await other.page.getByRole("button", { name: "Mark it and copy it" }).waitFor();
    await other.page.getByRole("button", { name: "Link" }).click();
    await other.page.getByRole("button", { name: "It is the address above" }).waitFor();
    await other.close();
  });
  await checks.check("fit: a damaged link says so", async () => {
    const again = await open("fit.html#AAAAdamaged");
    await again.page.getByText("This link is damaged: the example is shown instead.").waitFor();
    await settled(again.page, ["A0", "tau", "background"]);
    await again.close();
  });
  await checks.check("fit: a model that is no model is pointed at; one by name is taken", async () => {
    await page.getByLabel("Model, y =").fill("a*exp(b*x");
    await page.waitForSelector(".model .error");
    await page.getByLabel("or one by name").selectOption("michaelisMenten");
    await settled(page, ["vmax", "km"]);
    assert.match(await page.locator("tr[data-param=km]").textContent(), /half/);
  });
}
