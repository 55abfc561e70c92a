// npm run test:site: the studio in Chromium, used as a person uses it, from a folder of a static server, under its policy.
//   node scripts/test-site.mjs [page ...]     only these pages
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { chromium } from "playwright-core";
import { findChromium } from "./engines.mjs";
import { findFirefox, launchFirefox } from "./marionette.mjs";
import { Checks } from "./run.mjs";
import { buildSite, OUT, pages, serveSite, weight } from "./site.mjs";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
];
/** Of a page's own programs, the library apart. */
const LARGEST = 200_000;
const AXE = readFileSync("node_modules/axe-core/axe.min.js", "utf8");

/** A page that has been opened, with everything it complained of. */
async function open(browser, origin, path, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    reducedMotion: "reduce",
    ...options,
  });
  const page = await context.newPage();
  const complaints = [];
  const foreign = [];
  page.on("pageerror", (error) => complaints.push(String(error.stack ?? error)));
  page.on(
    "console",
    (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()),
  );
  page.on(
    "request",
    (request) =>
      /^(blob|data):/.test(request.url()) || request.url().startsWith(origin) || foreign.push(request.url()),
  );
  await page.goto(`${origin}/${path}`);
  await page.waitForSelector("main h1");
  return { page, complaints, foreign, close: () => context.close() };
}

/** Violations that axe-core finds, in both themes: rule and first place. */
async function violations(page) {
  const found = [];
  for (const theme of ["light", "dark"]) {
    const list = await page.evaluate(async (chosen) => {
      document.documentElement.dataset.theme = chosen;
      const { violations: all } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
      return all.map((v) => `${v.id}: ${v.nodes[0].target} (${v.nodes.length}) ${v.nodes[0].failureSummary}`);
    }, theme);
    found.push(...list.map((text) => `${theme} ${text}`));
  }
  return found;
}

/** What is wider than a phone, or too small for a finger there; links within a text are as high as its lines. */
function awkward() {
  const LEAST = 40;
  const found = [];
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 0) found.push(`the page is ${wide} pixels too wide`);
  for (const element of document.querySelectorAll("button, a, input, select, textarea, summary")) {
    const inText = element.tagName === "A" && getComputedStyle(element).display === "inline";
    if (inText || element.matches(".skip, [type=hidden]")) continue;
    const { width, height } = (element.closest("label") ?? element).getBoundingClientRect();
    if (
      width === 0 ||
      (Math.round(height) >= LEAST && (Math.round(width) >= LEAST || element.closest("label")))
    )
      continue;
    // A box in a table has its place around it.
    if (element.type === "checkbox" && element.closest("td") && height >= 24) continue;
    const name = element.textContent.trim().slice(0, 30) || element.ariaLabel || element.type;
    found.push(`${element.tagName.toLowerCase()} "${name}": ${Math.round(width)} x ${Math.round(height)}`);
  }
  return found;
}

/** The same pages in the Firefox that is installed; one line where there is none. */
async function inFirefox(checks, origin) {
  const path = findFirefox();
  if (!path) {
    console.log("skip  firefox: none is installed (FIREFOX=/path/to/it names one)");
    return;
  }
  const firefox = await launchFirefox(path);
  try {
    const { use } = await import("../test/site/firefox.mjs");
    const { misra: text, certified } = await import("../test/site/fit.mjs");
    await use({ checks, page: firefox.page, origin, table: { text, certified } });
  } finally {
    await firefox.close();
  }
}

async function main() {
  const checks = new Checks();
  const executablePath = findChromium();
  if (!executablePath) throw new Error("no Chromium found; CHROMIUM=/path/to/it names one");
  const metafile = await buildSite();
  // Deep in a folder, as on a project's page of a forge.
  const server = await serveSite({ base: "/some/folder/" });
  const origin = `http://127.0.0.1:${server.address().port}/some/folder`;
  const browser = await chromium.launch({ executablePath, headless: true, args: FLAGS });
  const wanted = process.argv.slice(2);
  try {
    for (const name of Object.keys(pages)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      if (!existsSync(`${OUT}/${name}.html`)) continue;
      await checks.check(`${name}: its own programs are at most ${LARGEST / 1000} kB`, () => {
        const bytes = weight(metafile, name);
        assert.ok(bytes <= LARGEST, `${bytes}`);
        return `${(bytes / 1000).toFixed(1)} kB gzip`;
      });
      const visit = await open(browser, origin, `${name}.html`);
      await checks.check(`${name}: is painted`, async () => {
        const paint = await visit.page.evaluate(
          () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
        );
        return paint === undefined ? "no time known" : `after ${Math.round(paint)} ms (reported only)`;
      });
      const script = `../test/site/${name}.mjs`;
      if (existsSync(`test/site/${name}.mjs`)) {
        const { use } = await import(script);
        await use({
          checks,
          browser,
          origin,
          open: (path, options) => open(browser, origin, path, options),
          ...visit,
        });
      }
      await checks.check(`${name}: axe-core finds no violation, light or dark`, async () => {
        // What axe is run from is not the page's: a second context that lets it in.
        const bare = await open(browser, origin, `${name}.html`, { bypassCSP: true });
        await bare.page.addScriptTag({ content: AXE });
        await bare.page.waitForTimeout(300);
        const found = await violations(bare.page);
        await bare.close();
        assert.deepEqual(found, []);
      });
      await checks.check(`${name}: fits a phone of 360 pixels, and a finger its controls`, async () => {
        const phone = await open(browser, origin, `${name}.html`, {
          viewport: { width: 360, height: 740 },
          isMobile: true,
          hasTouch: true,
        });
        await phone.page.waitForTimeout(1500);
        const found = await phone.page.evaluate(awkward);
        await phone.close();
        assert.deepEqual(found, []);
      });
      await checks.check(`${name}: logs no error, breaks no policy, asks nobody else`, () => {
        assert.deepEqual(visit.complaints, []);
        assert.deepEqual(visit.foreign, []);
      });
      await visit.close();
    }
    if (wanted.length === 0 || wanted.includes("firefox")) await inFirefox(checks, origin);
  } finally {
    await browser.close();
    server.close();
  }
  checks.close();
}

await main();
