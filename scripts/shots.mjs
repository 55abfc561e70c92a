// npm run shots -- [page ...] [--out=build/shots]: pictures of every page of the studio at 1400, 800 and 390 pixels, light and dark, and
// ("cli") of what the command line prints at 80 and 120 columns and the pages it writes. To be looked at; nothing is asserted.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { launch } from "./browser.mjs";
import { buildSite, pages, serveSite } from "./site.mjs";

const args = process.argv.slice(2);
const out = args.find((arg) => arg.startsWith("--out="))?.slice(6) ?? "build/shots";
const wanted = args.filter((arg) => !arg.startsWith("--"));
const WIDTHS = [1400, 800, 390];
const THEMES = ["light", "dark"];
mkdirSync(out, { recursive: true });

/** What is pressed before a page has something to show. */
const PRESS = { measure: "Measure", sample: "Sample" };

async function studio(browser) {
  await buildSite();
  const server = await serveSite({ base: "/shots/" });
  const origin = `http://127.0.0.1:${server.address().port}/shots`;
  for (const name of Object.keys(pages)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    for (const theme of THEMES)
      for (const width of WIDTHS) {
        const context = await browser.newContext({
          viewport: { width, height: width < 500 ? 844 : 900 },
          colorScheme: theme,
          reducedMotion: "reduce",
        });
        const page = await context.newPage();
        await page.goto(`${origin}/${name}.html`);
        await page.waitForSelector("main h1");
        const button = page.getByRole("button", { name: PRESS[name], exact: false }).first();
        if (PRESS[name] && (await button.count()) > 0) await button.click();
        await page.waitForTimeout(3000);
        // What is drawn when it is reached is reached; pictures make the page longer on the way.
        for (let y = 0, height = 1; y < height; y += 600) {
          height = await page.evaluate((top) => {
            scrollTo(0, top);
            return document.documentElement.scrollHeight;
          }, y);
          await page.waitForTimeout(150);
        }
        await page.evaluate(() => scrollTo(0, 0));
        await page.waitForTimeout(name === "learn" ? 6000 : 1000);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        await page.screenshot({
          path: `${out}/${name}-${width}-${theme}.png`,
          fullPage: true,
          timeout: 120_000,
        });
        if (wide > 0) console.log(`${name} at ${width}, ${theme}: ${wide} pixels too wide`);
        await context.close();
      }
  }
  server.close();
}

const COMMANDS = {
  bod: ["fit", "data/bod.csv", "A*(1 - exp(-k*x))", "--plot"],
  theophylline: ["fit", "data/theophylline.csv", "oneCompartment", "--plot"],
  puromycin: ["fit", "data/puromycin.csv", "Vm*x/(K + x)", "--group", "state", "--shared", "K", "--plot"],
  compare: ["compare", "data/bod.csv", "--models", "auto"],
  help: ["fit", "--help"],
  models: ["models"],
  doctor: ["doctor"],
  minimize: ["minimize", "(1-x)^2+100*(y-x^2)^2", "--start", "x=-1.2,y=1"],
  "no file": ["fit", "data/none.csv", "a*x"],
  "no column": ["fit", "data/bod.csv", "a*x", "--y", "signal"],
  "text in a column": ["fit", "data/puromycin.csv", "a*x", "--y", "state"],
  "a typo": ["fit", "data/bod.csv", "A*(1 - exq(-k*x))"],
};
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

async function commandLine(browser) {
  const file = `${out}/fit.html`;
  spawnSync(process.execPath, ["dist/cli/downhill.js", ...COMMANDS.puromycin, "--html", file]);
  for (const theme of THEMES)
    for (const width of WIDTHS) {
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: theme });
      await page.setContent(readFileSync(file, "utf8"));
      await page.screenshot({ path: `${out}/html-${width}-${theme}.png`, fullPage: true, timeout: 120_000 });
      await page.close();
    }
  for (const columns of [80, 120]) {
    const said = Object.values(COMMANDS).map((command) => {
      const run = spawnSync(process.execPath, ["dist/cli/downhill.js", ...command], {
        encoding: "utf8",
        env: { ...process.env, COLUMNS: String(columns) },
      });
      return `$ downhill ${command.join(" ")}\n${run.stdout}${run.stderr}[exit ${run.status}]`;
    });
    for (const theme of THEMES) {
      const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
      const [ink, paper] = theme === "dark" ? ["#ddd", "#111"] : ["#222", "#fff"];
      await page.setContent(
        `<body style="background:${paper};color:${ink};margin:8px">${said.map((text) => `<pre style="width:${columns}ch;box-sizing:content-box;border-right:1px solid #888;font:13px/1.25 'DejaVu Sans Mono',monospace;overflow:visible">${escaped(text)}</pre>`).join("<hr>")}</body>`,
      );
      await page.screenshot({ path: `${out}/cli-${columns}-${theme}.png`, fullPage: true, timeout: 120_000 });
      await page.close();
    }
  }
}

const browser = await launch();
if (wanted.length === 0 || wanted.includes("cli")) await commandLine(browser);
if (wanted.some((name) => name !== "cli") || wanted.length === 0) await studio(browser);
await browser.close();
console.log(`${out}: done`);
