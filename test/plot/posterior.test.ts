// Pictures of draws, profiles, level curves, global fits and pages, by their structure.
import { expect, test } from "vitest";
import { curveFit, fromJSON, minimize, posterior, sample } from "../../src/index.js";
import { levelCurves } from "../../src/plot/areas.js";
import { plot, toHTML } from "../../src/plot/index.js";
import { checkPicture, classed, dots, find } from "./svg.js";

const x = Array.from({ length: 20 }, (_, i) => i / 4);
const y = x.map((v, i) => 3 * Math.exp(-v / 2) + 1 + 0.05 * ((i * 7) % 5) - 0.1);
const fit = curveFit({ model: "a*exp(-b*x) + c", x, y, params: { a: 3, b: 0.5, c: 1 } });
/** The corners of a path. */
const points = (d: string): [number, number][] =>
  [...d.matchAll(/(-?[\d.]+)[ ,](-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
const texts = (svg: string): string[] => find(checkPicture(svg), "text").map(({ text }) => text);

test("each kind of picture of a posterior has its marks", () => {
  const draws = sample(posterior(fit), undefined, { seed: 1, warmup: 100, draws: 60, chains: 2 });
  const n = draws.names.length;
  const count = (svg: string, name: string) => classed(checkPicture(svg), name).length;
  // Two chains in two panels for each parameter.
  expect(count(plot(draws), "line")).toBe(4 * n);
  expect(texts(plot(draws))).toEqual(expect.arrayContaining(["chain 1", "chain 2", "draw"]));
  expect(count(plot(draws, { kind: "rank", params: ["b"] }), "columns")).toBe(2);
  expect(count(plot(draws, { kind: "density", params: ["a", "b"] }), "band")).toBe(2);
  const pairs = checkPicture(plot(draws, { kind: "pairs", params: ["a", "b", "c"] }));
  expect(classed(pairs, "columns").length).toBe(3);
  expect(
    classed(pairs, "dots")
      .map(dots)
      .filter((d) => d > 100).length,
  ).toBe(3);
  expect(count(plot(draws, { kind: "energy" }), "line")).toBe(2);
  expect(() => plot(draws, { params: ["q"] })).toThrow(expect.objectContaining({ code: "OPTION" }));
  expect(plot(draws, { terminal: true }).split("\n").length).toBeLessThanOrEqual(40);
});

test("divergences are marked where they were, and draws without energy have no picture of it", () => {
  const funnel = {
    names: ["v", "x"],
    logDensity: ([v, w]: Float64Array) => -(v! * v!) / 18 - (w! * w! * Math.exp(-v!)) / 2 - v! / 2,
    logDensityGrad: ([v, w]: Float64Array, g: Float64Array) => {
      g[0] = -v! / 9 + (w! * w! * Math.exp(-v!)) / 2 - 0.5;
      g[1] = -w! * Math.exp(-v!);
      return -(v! * v!) / 18 - (w! * w! * Math.exp(-v!)) / 2 - v! / 2;
    },
  };
  const draws = sample(funnel, [0, 0], { seed: 3, warmup: 200, draws: 200 });
  expect(draws.divergences).toBeGreaterThan(0);
  const words = texts(plot(draws, { kind: "pairs" }));
  expect(words).toContain("divergences");
  expect(texts(plot(draws))).toContain("divergence");
  const walk = sample(funnel, [0, 0], { seed: 3, warmup: 50, draws: 50, method: "slice" });
  checkPicture(plot(walk, { kind: "trace" }));
  expect(() => plot(walk, { kind: "energy" })).toThrow(expect.objectContaining({ code: "UNSUPPORTED" }));
});

test("a profile has two curves for each parameter, which meet at its value", () => {
  const root = checkPicture(plot(fit, { kind: "profile" }));
  const lines = classed(root, "line").map(({ attributes }) => points(attributes.d!));
  expect(lines.length).toBe(6);
  for (const line of lines) {
    // From 99 % over nothing to 99 %, from left to right.
    const [xs, ys] = [line.map(([x]) => x), line.map(([, y]) => y)];
    const lowest = ys.indexOf(Math.max(...ys));
    for (let i = 1; i < line.length; i++) {
      expect(xs[i]!).toBeGreaterThan(xs[i - 1]!);
      expect(Math.sign(ys[i]! - ys[i - 1]!)).toBe(i <= lowest ? 1 : -1);
    }
    expect(ys[0]!).toBeCloseTo(ys.at(-1)!, 6);
  }
  // The standard error's are as far on both sides.
  for (const line of lines.filter((_, i) => classed(root, "line")[i]!.attributes["stroke-dasharray"])) {
    const middle = line[(line.length - 1) / 2]!;
    expect(line[0]![0]! + line.at(-1)![0]!).toBeCloseTo(2 * middle[0]!, 0);
  }
  expect(find(root, "text").map(({ text }) => text)).toEqual(
    expect.arrayContaining(["95 %", "by the likelihood"]),
  );
  expect(() => plot(fit, { kind: "profile", params: ["q"] })).toThrow(
    expect.objectContaining({ code: "OPTION" }),
  );
});

test("level curves show the way of a minimisation", () => {
  const fun = ([a, b]: Float64Array) => (1 - a!) ** 2 + 100 * (b! - a! * a!) ** 2;
  const result = minimize(fun, [-1.2, 1], { trace: true });
  const root = checkPicture(plot(result, { fun, x0: [-1.2, 1] }));
  expect(classed(root, "contour").length).toBe(16);
  expect(classed(root, "line").length).toBe(1);
  expect(Math.max(...classed(root, "dots").map(dots))).toBe(result.trace!.length + 2);
  // A function that is NaN over half of the picture.
  checkPicture(plot(result, { fun: (p: Float64Array) => Math.sqrt(p[0]!), lower: [-1, -1], upper: [1, 1] }));
  expect(() => plot(result, { kind: "contour" })).toThrow(expect.objectContaining({ code: "OPTION" }));
  expect(() => plot(result, { fun, lower: [2, 2], upper: [1, 1] })).toThrow(
    expect.objectContaining({ code: "OPTION" }),
  );
});

test("a global fit has a colour for each set", () => {
  const data = [0, 1, 2].map((s) => ({
    x: x.slice(s),
    y: x.slice(s).map((v) => (3 - s) * Math.exp(-v / 2) + 0.01 * s * v),
    label: `dose ${s}`,
  }));
  const all = curveFit({
    data,
    model: "a*exp(-k*x)",
    params: { k: { shared: true, init: 1 }, a: { init: 1 } },
  });
  const svg = plot(all);
  const root = checkPicture(svg);
  expect(classed(root, "line").length).toBe(3);
  expect(classed(root, "band").length).toBe(3);
  expect(texts(svg)).toEqual(expect.arrayContaining(["dose 0", "dose 1", "dose 2"]));
  expect(find(root, "desc")[0]!.text).toContain("in 3 sets");
});

test("a page holds model, table, pictures and report, and nothing from elsewhere", () => {
  const page = toHTML(fit, { title: "A <decay>" });
  expect(page).toContain("<title>A &lt;decay&gt;</title>");
  expect(page).toMatch(/<math[\s\S]*<mi>a<\/mi>/);
  expect(page).toMatch(/<strong>\d\.\d+\(\d\d\)<\/strong>/);
  expect(page.match(/<svg/g)?.length).toBe(3);
  expect(page).not.toMatch(/<script|<link|src=|href=|url\((?!#)/);
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const again = toHTML(fromJSON(JSON.stringify(fit)));
  expect(again.match(/<strong>[^<]*/g)).toEqual(page.match(/<strong>[^<]*/g));
  const own = curveFit({
    model: (v, { a }: { a: number }) => a * v,
    x: [1, 2, 3],
    y: [1, 2, 4],
    params: { a: 1 },
  });
  expect(toHTML(own)).toContain("a * v");
  expect(() => toHTML({} as never)).toThrow(expect.objectContaining({ code: "SHAPE" }));
  expect(() => toHTML(fit, { kind: "fit" } as never)).toThrow(expect.objectContaining({ code: "OPTION" }));
});

test("a page says what was minimised", () => {
  const x = [0, 1, 2, 3, 4, 5];
  const y = [1, 2.1, 2.9, 9, 5.1, 6];
  const cells = (options: object) => {
    const page = toHTML(curveFit({ model: "a + b*x", x, y, ...options }));
    const [, table] = /<table class="statistics">(.*?)<\/table>/.exec(page)!;
    return Object.fromEntries(
      [...table!.matchAll(/<th scope="row">(.*?)<\/th><td>(.*?)<\/td>/g)].map(([, name, value]) => [
        name,
        value,
      ]),
    );
  };
  expect(cells({})).toMatchObject({ covariance: "redChi2", points: "6" });
  expect(cells({})).not.toHaveProperty("loss");
  const huber = cells({ loss: "huber", lossScale: 0.5 });
  expect(huber).toMatchObject({ loss: "huber", "loss scale": "0.5", covariance: "huber" });
  expect(huber.statistics).toBe("of the squares, without the loss");
  expect(cells({ residuals: "log" })).toMatchObject({ residuals: "log" });
  expect(cells({ likelihood: "poisson" })).toMatchObject({ likelihood: "poisson", covariance: "absolute" });
});

test("level curves lie where the function has their level, on ground that fills the picture", () => {
  // f = x on [0, 2] x [0, 1]: the level q is the line x = q, and what is higher lies on its right.
  const [n, m] = [5, 3];
  const heights = Float64Array.from({ length: n * m }, (_, k) => (k % n) / 2);
  const place = { x: { at: (v: number) => 100 * v }, y: { at: (v: number) => 100 - 100 * v } };
  const mark = { kind: "contours", columns: n, rows: m, heights, levels: [0.25, 1.6], x: [0, 2], y: [0, 1] };
  const [ground, ...curves] = levelCurves(mark as never, place as never, (name) => String(name));
  const text = [ground, ...curves].map((node) => String(node));
  const number = (name: string) => Number(new RegExp(` ${name}="([^"]*)"`).exec(text[0]!)![1]);
  expect(["x", "y", "width", "height"].map(number)).toEqual([0, 0, 200, 100]);
  expect(curves.length).toBe(2);
  text.slice(1).forEach((path, i) => {
    const corners = points(/ d="([^"]*)"/.exec(path)![1]!);
    expect(Math.min(...corners.map(([x]) => x))).toBeCloseTo([25, 160][i]!, 9);
    expect(Math.max(...corners.map(([x]) => x))).toBeGreaterThanOrEqual(200);
    expect(Math.min(...corners.map(([, y]) => y))).toBeLessThanOrEqual(0);
    expect(Math.max(...corners.map(([, y]) => y))).toBeGreaterThanOrEqual(100);
  });
});

test("draws that are all one number are a line within the frame, and what they do not tell is not known", () => {
  const one = sample(posterior(fit), undefined, { seed: 1, warmup: 10, draws: 1, chains: 1 });
  for (const kind of ["trace", "density"] as const) {
    const svg = plot(one, { kind });
    expect(svg).not.toContain("NaN");
    const root = checkPicture(svg);
    const frames = find(root, "rect")
      .filter(({ attributes }) => attributes.fill === "none")
      .map(({ attributes: { x, width } }) => [Number(x), Number(x) + Number(width)] as const);
    const rules = classed(root, "rule").map(({ attributes }) =>
      Number(/^M([-\d.]+)/.exec(attributes.d!)![1]),
    );
    expect(rules.length).toBe(one.names.length);
    // The first of each row, or each in a panel of its own: every line lies in the middle of its panel.
    for (const at of rules)
      expect(frames.some(([left, right]) => Math.abs(at - (left + right) / 2) < 1e-6 * right + 0.02)).toBe(
        true,
      );
  }
  expect(texts(plot(one)).join()).toContain("a: R-hat not known, effective draws not known");
  expect(plot(one)).toContain("Chains: 1; draws of each: 1; divergences:");
});
