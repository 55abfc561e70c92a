// Pictures by their structure: which marks, how many, what words; never by their bytes.
import { expect, test } from "vitest";
import { curveFit, dense, minimize, network, tanh } from "../../src/index.js";
import { plot, plotLoss, plotRace, plotTrace } from "../../src/plot/index.js";
import { checkPicture, classed, dots, find } from "./svg.js";

const x = Array.from({ length: 20 }, (_, i) => i / 4);
const y = x.map((v, i) => 3 / (1 + v) + 0.5 + 0.05 * ((i * 7) % 5) - 0.1);
const fit = curveFit({ model: "a/(1 + b*x) + c", x, y, sigma: 0.1, params: { a: 3, b: 1, c: 0.5 } });
const valley = ([a, b]: Float64Array) => (1 - a!) ** 2 + 100 * (b! - a! * a!) ** 2;
const run = (method: "lbfgs" | "nelderMead" | "bfgs") => minimize(valley, [-1.2, 1], { method, trace: true });

const texts = (root: ReturnType<typeof checkPicture>): string[] => find(root, "text").map(({ text }) => text);

test("a fit shows data, error bars, curve, two bands and residuals", () => {
  const root = checkPicture(plot(fit));
  expect(classed(root, "downhill-marks").length).toBe(2);
  expect(classed(root, "band").length).toBe(2);
  expect(classed(root, "line").length).toBe(1);
  expect(classed(root, "errors").length).toBe(1);
  const clouds = classed(root, "dots").map(dots);
  // Data, their sample in the legend, residuals.
  expect(clouds.sort((a, b) => a - b)).toEqual([1, 20, 20]);
  expect(texts(root)).toEqual(
    expect.arrayContaining(["data", "fit", "95 % confidence", "95 % prediction", "residual / σ"]),
  );
  const [words] = find(root, "desc");
  expect(words!.text).toContain("20 points with error bars");
  expect(words!.text).toMatch(/a = 2\.\d+\(\d\d\)/);
  expect(words!.text).toContain("The fit converged.");
});

test("options choose bands, size, words and theme", () => {
  const svg = plot(fit, {
    bands: "none",
    width: 400,
    height: 300,
    title: "<b> & co",
    theme: "dark",
    yLabel: "signal",
  });
  const root = checkPicture(svg);
  expect(classed(root, "band").length).toBe(0);
  expect(root.attributes.viewBox).toBe("0 0 400 300");
  expect(texts(root)).toEqual(expect.arrayContaining(["<b> & co", "signal"]));
  expect(svg).not.toContain("var(");
  expect(svg).not.toContain("<style");
  expect(plot(fit, { theme: "page" })).not.toContain("<style");
  expect(plot(fit)).toContain("prefers-color-scheme:dark");
});

test("residuals, quantiles and correlations have pictures", () => {
  expect(classed(checkPicture(plot(fit, { kind: "residuals" })), "dots").map(dots)).toEqual([20, 20]);
  expect(classed(checkPicture(plot(fit, { kind: "quantiles" })), "dots").map(dots)).toEqual([1, 20]);
  const root = checkPicture(plot(fit, { kind: "correlation" }));
  expect(classed(root, "cell").length).toBe(9);
  const shown = texts(root).filter((text) => /^[−\d.]+$/.test(text));
  expect(shown.length).toBe(9);
});

test("a copy of a fit has lost its data, which may be given", () => {
  const bare = {
    ...fit,
    predict: fit.predict,
    band: fit.band,
    profile: fit.profile,
    report: fit.report,
    toJSON: () => ({}),
  };
  expect(() => plot(bare)).toThrow(
    expect.objectContaining({ code: "OPTION", hint: expect.stringContaining("plot(fit, { x })") }),
  );
  const root = checkPicture(plot(bare, { x }));
  expect(classed(root, "dots").map(dots)).toContain(20);
});

test("several predictors are shown as observed against fitted", () => {
  const z = x.map((v) => Math.sin(v));
  const both = curveFit({
    model: "a*x + b*z",
    x: { x, z },
    y: x.map((v, i) => 2 * v - z[i]! + 0.01 * (i % 3)),
    params: { a: 1, b: 1 },
  });
  const root = checkPicture(plot(both));
  expect(texts(root)).toEqual(expect.arrayContaining(["observed value", "fitted value"]));
});

test("losses: training, validation and accuracy in two panels", () => {
  const root = checkPicture(
    plotLoss({ loss: [1, 0.5, 0.2], valLoss: [1.1, 0.7, 0.6], accuracy: [0.5, 0.8, 0.9], bestEpoch: 2 }),
  );
  expect(classed(root, "line").length).toBe(3);
  expect(classed(root, "rule").length).toBe(2);
  expect(texts(root)).toEqual(
    expect.arrayContaining(["training", "validation", "best epoch", "epoch", "loss", "accuracy"]),
  );
  // A rule where the best epoch was not the last; -1 and Infinity are what a training says that has none.
  const rules = (bestEpoch: number) =>
    classed(checkPicture(plotLoss({ loss: [1, 0.5, 0.2], bestEpoch })), "rule").length;
  expect([-1, 0, 1, 2, 3, 4, Infinity].map(rules)).toEqual([0, 0, 1, 1, 0, 0, 0]);
  for (const bad of [-2, 1.5, NaN]) expect(() => rules(bad)).toThrow(/bestEpoch/);
  checkPicture(plotLoss([3]));
  checkPicture(plotLoss([]));
  const net = network({ inputs: 1, layers: [dense(4), tanh(), dense(1)], loss: "mse", seed: 1 });
  const history = net.fit([[0], [0.5], [1], [1.5]], [[0], [0.4], [0.8], [1]], { epochs: 5, seed: 1 });
  expect(classed(checkPicture(plot(history)), "line").length).toBe(1);
  net.dispose();
});

test("a trace shows f and its measures, a race one line for each run, the best first", () => {
  const root = checkPicture(plotTrace(run("lbfgs")));
  expect(classed(root, "line").length).toBe(3);
  expect(texts(root)).toEqual(expect.arrayContaining(["gradient", "step", "evaluations"]));
  checkPicture(plot(run("bfgs")));
  const race = checkPicture(plotRace({ slow: run("nelderMead"), fast: run("lbfgs") }, { minimum: 0 }));
  expect(classed(race, "line").length).toBe(2);
  const twice = checkPicture(plotRace([run("lbfgs"), run("lbfgs"), { other: run("bfgs") }]));
  expect(texts(twice)).toEqual(expect.arrayContaining(["lbfgs", "lbfgs 2", "other"]));
  const result = minimize(valley, [-1.2, 1]);
  expect(() => plotTrace(result)).toThrow(
    expect.objectContaining({ code: "OPTION", hint: "run it with trace: true" }),
  );
});

test("a race without a minimum counts from the lowest end", () => {
  const high = (x: Float64Array) => valley(x) + 5;
  const runs = {
    a: minimize(high, [-1.2, 1], { trace: true }),
    b: minimize(high, [2, 2], { maxIterations: 5, trace: true }),
  };
  const minimum = Math.min(runs.a.fun, runs.b.fun);
  const paths = (svg: string) => svg.match(/ d="[^"]*"/g);
  expect(paths(plotRace(runs))).toEqual(paths(plotRace(runs, { minimum })));
  expect(paths(plotRace(runs))).not.toEqual(paths(plotRace(runs, { minimum: 0 })));
});

test("the terminal gets lines of one width, in braille, with and without colours", () => {
  const lines = plot(fit, { terminal: true, width: 60, height: 18 }).split("\n");
  expect(lines.length).toBeLessThanOrEqual(18);
  expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(60);
  expect(lines.join("")).toMatch(/[\u2801-\u28ff]/);
  expect((lines.join("\n").match(/•/g) ?? []).length).toBeGreaterThan(20);
  // The names of the ticks are whole: those of the values, from 3.4 down to 1, then those of the residuals.
  const ticks = lines.flatMap((line) => /^ *(\S*)┤/.exec(line)?.[1] ?? []);
  expect(ticks).toEqual(["3", "2", "1", "1", "−1"]);
  expect(lines.at(-1)!.trim().split(/ +/)).toEqual(["0", "2", "4"]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence is what is looked for.
  expect(plot(fit, { terminal: true, color: true })).toMatch(/\u001b\[34m/);
});

test("what is no picture is refused with its reason", () => {
  const code = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      return (error as { code?: string }).code;
    }
    return "";
  };
  expect(code(() => plot(3 as never))).toBe("SHAPE");
  expect(code(() => plot({} as never))).toBe("SHAPE");
  expect(code(() => plot(fit, { tilte: "a" } as never))).toBe("OPTION");
  expect(code(() => plot(fit, { kind: "pie" as never }))).toBe("OPTION");
  expect(code(() => plot(fit, { width: NaN }))).toBe("OPTION");
  expect(code(() => plot(fit, { range: [2, 1] }))).toBe("OPTION");
  expect(code(() => plotLoss("a" as never))).toBe("SHAPE");
  expect(code(() => plotRace(7 as never))).toBe("OPTION");
  expect(code(() => plotTrace(undefined as never))).toBe("SHAPE");
  expect(code(() => plot(fit, null as never))).toBe("OPTION");
});
