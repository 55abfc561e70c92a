// npm run test:browser: the built package in Chromium, in a page and in a module Worker, under a strict
// Content-Security-Policy. CHROMIUM names a browser that is not in the usual place.
import assert from "node:assert/strict";
import * as downhill from "../dist/index.js";
import { chainHashes } from "../test/browser/chains.js";
import { digits, fitOnce, fitText } from "../test/browser/fit.js";
import { hashes, trainOnce } from "../test/browser/train.js";
import { launch, serve } from "./browser.mjs";
import { checkPaths } from "./check-paths.mjs";
import { Checks } from "./run.mjs";

/** The reports of a page, with what it requested and every error it logged. */
async function visit(browser, origin, policy) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const requests = [];
  const errors = [];
  page.on("request", (request) => requests.push(new URL(request.url()).pathname.replace(/^\/\w+\//, "")));
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.goto(`${origin}/${policy}/test/browser/page.html`);
  const reports = await page.evaluate(() => globalThis.reports);
  await context.close();
  return { ...reports, requests, errors };
}

async function main() {
  const checks = new Checks();
  const server = await serve(/^(dist|test\/browser|test\/paths)\/[\w./-]+$/);
  const browser = await launch();
  try {
    const origin = `http://127.0.0.1:${server.address().port}`;
    const here = fitOnce(downhill, "simd");
    const open = await visit(browser, origin, "open");
    for (const place of ["page", "worker"]) {
      const { error, simd, auto } = open[place];
      await checks.check(`a fit in the ${place}, allowed by 'wasm-unsafe-eval'`, () => {
        assert.equal(error, undefined);
        assert.equal(simd.status, "converged");
        assert.ok(digits(simd) >= 6, `${digits(simd)} digits`);
        assert.equal(simd.left, 0, "memory is given back");
        return `Chromium ${browser.version()}, ${digits(simd).toFixed(1)} digits`;
      });
      await checks.check(`the ${place} computes the same bits as Node ${process.versions.node}`, () => {
        assert.deepEqual(simd, here);
      });
      await checks.check(`training in the ${place} ends with the same weights as in Node, to the bit`, () => {
        for (const dtype of ["f32", "f64"]) {
          assert.deepEqual(open[place].nets[dtype], trainOnce(downhill, dtype));
          assert.equal(open[place].nets[dtype].hash, hashes[dtype]);
        }
        return `hashes ${Object.values(hashes).join(", ")}`;
      });
      await checks.check(`a model given as text is compiled in the ${place}, with the same bits`, () => {
        assert.deepEqual(open[place].text, fitText(downhill));
      });
      await checks.check(`variant "auto" is relaxed SIMD in the ${place}`, () => {
        assert.equal(auto.variant, "relaxed");
        assert.ok(digits(auto) >= 6, `${digits(auto)} digits`);
      });
    }
    await checks.check("every sampler in the page draws the same bits as in Node", () => {
      assert.deepEqual(open.chains, chainHashes);
      return `${Object.keys(chainHashes).length} hashes`;
    });
    await checks.check("every method of every room takes the path of Node", () => checkPaths(open.paths));
    await checks.check("a pool of two threads in the page gives the same bits", () => {
      assert.deepEqual(open.pool, { values: fitText(downhill).answer.many });
    });
    await checks.check("the page asks for its modules and nothing else, and logs no error", () => {
      const modules = open.requests.filter(
        (path) => !/^(dist\/[\w/-]+\.js|test\/(browser|paths)\/[\w-]+\.\w+)$/.test(path),
      );
      assert.deepEqual(modules, []);
      assert.deepEqual(open.errors, []);
    });
    await checks.check("a fit where every connection but scripts is forbidden", async () => {
      const { page, worker } = await visit(browser, origin, "offline");
      assert.deepEqual(page.simd, here);
      assert.deepEqual(worker.simd, here);
    });
    await checks.check("one file by a script tag: a fit, a minimum, a picture", async () => {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(`${origin}/open/test/browser/script-tag.html`);
      const there = await page.evaluate(() => {
        const { curveFit, minimize, plot } = globalThis.downhill;
        const fit = curveFit({ model: "a*exp(-b*x)", x: [0, 1, 2, 3], y: [2, 1.2, 0.75, 0.44] });
        const { x } = minimize(([u]) => (u - 1) ** 2, [0]);
        return { values: fit.values, x: [...x], svg: plot(fit).slice(0, 4) };
      });
      await context.close();
      const fit = downhill.curveFit({ model: "a*exp(-b*x)", x: [0, 1, 2, 3], y: [2, 1.2, 0.75, 0.44] });
      assert.deepEqual(there, {
        values: fit.values,
        x: [...downhill.minimize(([u]) => (u - 1) ** 2, [0]).x],
        svg: "<svg",
      });
    });
    const closed = await visit(browser, origin, "closed");
    for (const place of ["page", "worker"]) {
      await checks.check(`without 'wasm-unsafe-eval' the ${place} is told which header to set`, () => {
        const { error } = closed[place];
        assert.equal(error?.code, "WASM_BLOCKED");
        assert.match(error.message, /Content-Security-Policy: script-src 'self' 'wasm-unsafe-eval'/);
      });
    }
  } finally {
    await browser.close();
    server.close();
  }
  checks.close();
}

await main();
