// npm run site:times [-- loads]: of every page of the studio the weight of its own programs and the first paint (median of seven loads, nothing
// cached), and the frames while a start of twelve methods and a point of a thousand are dragged. Printed, not asserted: half a minute.
import { dragPoint, dragStart } from "../test/site/frames.mjs";
import { launch } from "./browser.mjs";
import { buildSite, pages, serveSite, weight } from "./site.mjs";

const LOADS = Number(process.argv[2] ?? 7);
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

const metafile = await buildSite();
const server = await serveSite({ base: "/times/" });
const origin = `http://127.0.0.1:${server.address().port}/times`;
const browser = await launch();
console.log("| page | own programs, kB gzip (200) | first paint, ms (1000) |\n|---|---|---|");
for (const name of Object.keys(pages)) {
  const paints = [];
  for (let k = 0; k < LOADS; k++) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    await page.goto(`${origin}/${name}.html`);
    await page.waitForSelector("main h1");
    await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
    paints.push(
      await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime),
    );
    await context.close();
  }
  console.log(`| ${name} | ${(weight(metafile, name) / 1000).toFixed(1)} | ${Math.round(median(paints))} |`);
}
const open = async (name) => {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  await page.goto(`${origin}/${name}.html`);
  await page.waitForSelector("main h1");
  return page;
};
const race = await open("race");
console.log(`\nstart of twelve methods: ${await dragStart(race)}`);
const fit = await open("fit");
await fit.getByRole("combobox", { name: "Data" }).selectOption("thousand");
await fit.waitForSelector("tr[data-param=omega]", { timeout: 20_000 });
await fit.waitForTimeout(500);
console.log(`point of a thousand: ${await dragPoint(fit)}`);
await browser.close();
server.close();
