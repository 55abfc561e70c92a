// Constraints, used: a corner is dragged, the objective turned, and a picture denoised.
import assert from "node:assert/strict";

const solved = async (page) => {
  await page.waitForSelector("[data-lp=solved]", { timeout: 20_000 });
  return page.$eval("[data-lp]", (line) => line.dataset.x.split(" ").map(Number));
};

export async function use({ checks, page }) {
  await checks.check(
    "constrained: the linear program that is drawn is solved at the right corner",
    async () => {
      const [x, y] = await solved(page);
      assert.ok(Math.abs(x - 5.2) < 1e-6 && Math.abs(y - 1) < 1e-6, `${x}, ${y}`);
    },
  );
  await checks.check(
    "constrained: the simplex method goes from the worst corner over others to the optimum",
    async () => {
      const [x, y] = await solved(page);
      const path = await page.$eval("[data-corners]", (e) => e.dataset.corners.split(" ").map(Number));
      assert.ok(path.length >= 6 && path.length % 2 === 0, path.join());
      const corners = ["-5,-2.5", "-1,-4", "4,-3", "5.2,1", "2,4", "-3.4,3"];
      for (let i = 0; i < path.length; i += 2) {
        const at = `${Number(path[i].toFixed(4))},${Number(path[i + 1].toFixed(4))}`;
        assert.ok(corners.includes(at), `${at} of ${path.join()}`);
      }
      assert.deepEqual(path.slice(0, 2), [-5, -2.5]);
      const [lastX, lastY] = path.slice(-2);
      assert.ok(Math.abs(lastX - x) < 1e-5 && Math.abs(lastY - y) < 1e-5, path.join());
      assert.match(await page.locator(".roads .simplex").textContent(), /[1-9]\d* pivots/);
    },
  );
  await checks.check("constrained: a corner that is moved takes the optimum along", async () => {
    const corner = page.getByRole("button", { name: /^Corner 4 / });
    await corner.focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
    await page.waitForFunction(
      () => Math.abs(Number(document.querySelector("[data-lp]").dataset.x.split(" ")[0]) - 5.5) < 1e-6,
    );
    const box = await corner.boundingBox();
    await page.mouse.move(box.x + 22, box.y + 22);
    await page.mouse.down();
    await page.mouse.move(box.x + 22, box.y - 30, { steps: 5 });
    await page.mouse.up();
    await page.waitForFunction(
      () => Number(document.querySelector("[data-lp]").dataset.x.split(" ")[1]) > 1.3,
    );
  });
  await checks.check(
    "constrained: with a quadratic objective three methods meet at the touching ellipse",
    async () => {
      await page.getByRole("radio", { name: "quadratic" }).check();
      await page.waitForSelector("[data-qp=solved]");
      const before = await page.$eval("[data-qp]", (e) => e.dataset.x);
      const centre = page.getByRole("button", { name: /^Lowest point of the objective/ });
      await centre.focus();
      for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowUp");
      await page.waitForFunction((old) => document.querySelector("[data-qp]").dataset.x !== old, before);
      // At the optimum the gradient is a combination of the binding rows: the answer is not the free minimum, and has a price.
      const prices = await page.$$eval("aside table td.number", (all) =>
        all.map((td) => Number(td.textContent)),
      );
      assert.ok(prices.some((p) => p > 0) && prices.every((p) => p >= 0), prices.join());
      const said = await page.locator(".roads").textContent();
      await page.getByRole("radio", { name: "linear", exact: true }).check();
      return said.replace(/\s+/g, " ").slice(0, 80);
    },
  );
  await checks.check("constrained: the picture is nearer to the clean one than before", async () => {
    await page.waitForSelector("[data-denoised=yes]", { timeout: 30_000 });
    const text = await page.locator("[data-denoised]").textContent();
    const [, before, after] = /: ([\d.]+) grey levels before, ([\d.]+) after/.exec(text);
    assert.ok(Number(after) < 0.5 * Number(before), text);
    return text;
  });
  await checks.check("constrained: a file that is no picture is refused in words", async () => {
    await page.setInputFiles("input[type=file]", "package.json");
    await page.getByText("package.json is no picture that this browser can read.").waitFor();
  });
}
