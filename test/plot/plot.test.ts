// Pictures by their structure: which marks, how many, what words; never by their bytes.
import { expect, test } from "vitest";
import {
  compileProgram,
  curveFit,
  dense,
  minimize,
  minimizeConstrained,
  network,
  tanh,
} from "../../src/index.js";
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

const decayX = Array.from({ length: 12 }, (_, i) => i);
const decayY = decayX.map((t) => 3 * Math.exp(-0.4 * t) + 1 + 0.05 * Math.sin(31 * t * t));
const decay = (options: object = {}) =>
  curveFit({ model: "a*exp(-b*x) + c", x: decayX, y: decayY, ...options });
/** Pixels of the points of a path. */
const places = (path: { attributes: Readonly<Record<string, string>> }): [number, number][] =>
  [...path.attributes.d!.matchAll(/M(-?[\d.]+) (-?[\d.]+)/g)].map(([, px, py]) => [Number(px), Number(py)]);

test.each([{}, { range: [-5, 30] as const }])(
  "panels one above the other have one axis; what has no logarithm is counted: %j",
  (options) => {
    const root = checkPicture(plot(decay(), { xScale: "log", ...options }));
    const [data, below] = classed(root, "dots")
      .map(places)
      .filter((all) => all.length > 1);
    expect(data!.length).toBe(11);
    expect(below!.map(([px]) => px)).toEqual(data!.map(([px]) => px));
    // The curve begins at the first of them, and every one lies where the ticks below say, as far apart as their logarithms.
    const [line] = classed(root, "line");
    expect(Number(/M([\d.]+)/.exec(line!.attributes.d!)![1])).toBeCloseTo(data![0]![0], 1);
    const tick = (text: string) =>
      Number(
        find(root, "text").find((one) => one.text === text && one.attributes["text-anchor"] === "middle")!
          .attributes.x,
      );
    const decade = tick("10") - tick("1");
    data!.forEach(([px], i) => {
      expect(px).toBeCloseTo(tick("1") + decade * Math.log10(decayX[i + 1]!), 1);
    });
    expect(find(root, "desc")[0]!.text).toContain("12 points (1 of 12 has no logarithm)");
    expect(texts(root)).toContain("data (1 of 12 has no logarithm)");
  },
);

test("a logarithmic axis of y counts what lies below 0, in the terminal too", () => {
  const low = decay({ y: decayY.map((v) => v - 1.06) });
  expect(find(checkPicture(plot(low, { yScale: "log" })), "desc")[0]!.text).toMatch(
    new RegExp(
      `^12 points \\(${low.fitted.length - decayY.filter((v) => v > 1.06).length} of 12 have no logarithm\\)`,
    ),
  );
  expect(plot(decay(), { terminal: true, xScale: "log" })).toContain("• data (1 of 12 has no logarithm)");
});

test("bars are drawn of a sigma that was given, and residuals have the name of what they are", () => {
  const weights = decayX.map(() => 1e-4);
  const seen = (options: object) => {
    const root = checkPicture(plot(decay(options)));
    const label = texts(root)
      .find((text) => text.includes("residual"))!
      .replace(/ \(10.*/, "");
    return [classed(root, "errors").length, find(root, "desc")[0]!.text.includes("error bars"), label];
  };
  expect(seen({})).toEqual([0, false, "residual"]);
  expect(seen({ weights })).toEqual([0, false, "weighted residual"]);
  expect(seen({ residuals: "log" })).toEqual([0, false, "relative residual"]);
  expect(seen({ residuals: "relative" })).toEqual([0, false, "relative residual"]);
  expect(seen({ sigma: 0.05, residuals: "relative" })).toEqual([1, true, "residual / σ"]);
  expect(seen({ y: decayY.map((v) => Math.round(9 * v)), likelihood: "poisson" })).toEqual([
    1,
    true,
    "residual / σ",
  ]);
  const sets = (own: object) => {
    const data = [0, 1].map((k) => ({ x: decayX, y: decayY.map((v) => v + k), ...own }));
    const fit = curveFit({ data, model: "a*exp(-b*x) + c", params: { a: {}, b: { shared: true }, c: {} } });
    return classed(checkPicture(plot(fit)), "errors").length;
  };
  expect(sets({})).toBe(0);
  expect(sets({ sigma: 0.1 })).toBe(2);
  // Residuals of weights are those of the fit: sqrt(w) (y - f).
  const root = checkPicture(plot(decay({ weights: decayX.map((t) => 1 + t) }), { kind: "residuals" }));
  const [cloud] = classed(root, "dots").map(places);
  const fit = decay({ weights: decayX.map((t) => 1 + t) });
  const r = decayX.map((t, i) => Math.sqrt(1 + t) * (decayY[i]! - fit.fitted[i]!));
  const unit = (cloud![1]![1] - cloud![0]![1]) / (r[1]! - r[0]!);
  for (const [i, v] of r.entries()) expect(cloud![i]![1]).toBeCloseTo(cloud![0]![1] + unit * (v - r[0]!), 0);
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

test("several trainings: a line for each, validation in a panel of its own", () => {
  const net = network({ inputs: 1, layers: [dense(4), tanh(), dense(1)], loss: "mse", seed: 1 });
  const y = [[0], [0.4], [0.8], [1]];
  const history = net.fit([[0], [0.5], [1], [1.5]], y, { epochs: 5, validation: { x: [[0.2]], y: [[0.2]] } });
  net.dispose();
  const root = checkPicture(plotLoss({ adam: history, sgd: { loss: [3, 2, 1] }, once: [0.5] }));
  expect(classed(root, "line").length).toBe(3);
  expect(texts(root)).toEqual(expect.arrayContaining(["adam", "sgd", "once", "loss", "validation loss"]));
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`r${i}`, [i + 2, i + 1]]));
  expect(classed(checkPicture(plotLoss(many)), "line").length).toBe(20);
  expect(plotLoss({ a: [3, 2], b: [1, 0.01] }, { terminal: true })).toMatch(/a/);
  expect(() => plotLoss({ a: [1], b: 7 } as never)).toThrow(/expected the history of a training, got 7/);
  for (const draw of [() => plotRace({ adam: history }), () => plotTrace(history)])
    expect(draw).toThrow(
      expect.objectContaining({ hint: "plotLoss draws trainings: plotLoss({ name: history })" }),
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

const bowl = ([a]: Float64Array) => a! * a! - 5;
const hill = ([a]: Float64Array) => 5 - a! * a!;
const climb = (method: "lbfgs" | "nelderMead") =>
  minimize(hill, [3], { method, trace: true, maximize: true });
const descend = (method: "lbfgs" | "nelderMead") => minimize(bowl, [3], { method, trace: true });

test("a race of maximisations goes for the highest value; both in one race have no order", () => {
  const one = checkPicture(plotRace({ nm: climb("nelderMead") }, { minimum: 6 }));
  expect(find(one, "desc")[0]!.text).toMatch(/The highest f so far .* the best first: nm 5 after/);
  expect(texts(one)).toContain("highest f so far");
  // The line rises: on paper upwards, to smaller pixels.
  const path = classed(one, "line")[0]!.attributes.d!;
  const ys = [...path.matchAll(/[ML]([\d.]+),([\d.]+)/g)].map(([, , py]) => Number(py));
  expect(ys.at(-1)).toBe(Math.min(...ys));
  expect(ys.at(-1)).toBeLessThan(ys[0]!);
  const poor = minimize(hill, [3], { method: "nelderMead", trace: true, maximize: true, maxIterations: 3 });
  const two = checkPicture(plotRace({ poor, good: climb("nelderMead") }));
  expect(find(two, "desc")[0]!.text).toMatch(/best first: good 5 .*; poor [−\d.]+ after/);
  expect(texts(two)).toContain("highest of all − highest f so far");
  const known = checkPicture(plotRace({ poor, good: climb("nelderMead") }, { minimum: 5 }));
  expect(texts(known)).toContain("maximum − highest f so far");
  // It is the same race upside down.
  const lines = (svg: string) => svg.match(/ d="[^"]*"/g);
  expect(lines(plotRace([climb("lbfgs"), climb("nelderMead")]))).toEqual(
    lines(plotRace([descend("lbfgs"), descend("nelderMead")])),
  );
  // A compiled program that says max tells its values as they are written.
  const program = compileProgram("max 5 - (x - 2)^4 - y^2; x*y <= 1");
  const tops = (["sqp", "interiorPoint"] as const).map((method) =>
    minimizeConstrained(program, [-1, 1], { method, trace: true }),
  );
  expect(find(checkPicture(plotRace(tops)), "desc")[0]!.text).toMatch(/The highest f so far/);
  expect(() => plotRace([tops[0]!, descend("lbfgs")])).toThrow(/all minimised, or all maximised/);
  expect(() => plotRace([climb("lbfgs"), descend("lbfgs")])).toThrow(/all minimised, or all maximised/);
});

test("what reached the lowest value lies on a floor with the name 0, far below the rest", () => {
  const root = checkPicture(plotRace({ quick: descend("lbfgs"), "Nelder-Mead": descend("nelderMead") }));
  const zero = find(root, "text").find(({ text }) => text === "0")!;
  const floor = Number(zero.attributes.y) - 4;
  const path = classed(root, "line")[0]!.attributes.d!;
  const ys = [...path.matchAll(/[ML]([\d.]+),([\d.]+)/g)].map(([, , py]) => Number(py));
  expect(ys.at(-1)).toBeCloseTo(floor, 1);
  const tick = (text: string) =>
    Number(find(root, "text").find((one) => one.text === text)!.attributes.y) - 4;
  // A decade or more below the least distance that is none.
  const least = [...ys].sort((a, b) => b - a).find((py) => py < floor - 1)!;
  expect(floor - least).toBeGreaterThanOrEqual(tick("0.1") - tick("1") - 0.1);
  // The winner has one iteration, and is seen all the same.
  expect(
    classed(root, "dots")
      .map(places)
      .some(([at]) => Math.abs(at![1] - floor) < 0.1),
  ).toBe(true);
  // A value below the minimum that was given is no 0; what is left to rounding has its bound.
  const runs = { a: run("lbfgs"), b: run("nelderMead") };
  expect(texts(checkPicture(plotRace(runs, { minimum: 1e-3 })))).toContain("≤ 0");
  expect(texts(checkPicture(plotRace(runs, { minimum: 0 }))).some((text) => /^< \d·10⁻¹/.test(text))).toBe(
    true,
  );
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
  expect(lines.filter((line) => /^── residual \/ σ ─+$/.test(line)).length).toBe(1);
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

test("a run that was over at its start stands at its one point, and what has no finite value has a frame", () => {
  const over = minimize(([x, y]) => x! * x! + y! * y! + 3, [0, 0], { trace: true });
  expect(over.trace).toEqual([]);
  const svg = plot(over);
  expect(svg).toContain("the last value is 3.");
  expect(svg).toMatch(/<circle|<path[^>]*class="[^"]*dots|<use/);
  expect(svg).toMatch(/>evaluations<\/text>/);
  expect(plot(minimize(() => Number.NaN, [0], { trace: true }))).toMatch(/>evaluations<\/text>/);
});

test("very many points are drawn where they are seen, within a quarter of a pixel and none left out", () => {
  const m = 20_000;
  const at = Array.from({ length: m }, (_, i) => i / m);
  // A cloud so wide that many points stand alone.
  const seen = at.map((_, i) => Math.sin(i * i) + (i % 1000 === 0 ? i / m : 0));
  const many = curveFit({ model: "a + b*x", x: at, y: seen, sigma: 0.5 });
  const picture = plot(many);
  expect(picture.length).toBeLessThan(1_000_000);
  const root = checkPicture(picture);
  expect(find(root, "desc")[0]!.text).toContain("20000 points (drawn to a quarter of a pixel)");
  const [, d] = /class="dots" d="([^"]*)"/.exec(picture)!;
  const strokes = [...d!.matchAll(/M(\S+) ([^hVM]+)(?:h0|V([^M]+))/g)].map(([, px, top, bottom]) => [
    Number(px),
    Number(top),
    Number(bottom ?? top),
  ]);
  // Where each point belongs: the axes are linear, and the first and last of all are seen.
  const [xs, ys] = [strokes.map(([px]) => px!), strokes.flatMap(([, top, bottom]) => [top!, bottom!])];
  const scale = (v: number, low: number, high: number, from: number, to: number) =>
    from + ((v - low) / (high - low)) * (to - from);
  const [low, high] = [Math.min(...seen), Math.max(...seen)];
  const ends = [Math.min(...xs), Math.max(...xs), Math.max(...ys), Math.min(...ys)] as const;
  const columns = new Map<number, number[][]>();
  for (const one of strokes) columns.set(one[0]!, [...(columns.get(one[0]!) ?? []), one]);
  at.forEach((v, i) => {
    const px = scale(v, 0, at[m - 1]!, ends[0], ends[1]);
    const py = scale(seen[i]!, low, high, ends[2], ends[3]);
    // Half a pixel by the ends, which are rounded themselves, and a quarter.
    const found = [...columns].some(
      ([column, list]) =>
        Math.abs(column - px) <= 0.75 &&
        list.some(([, top, bottom]) => py >= top! - 0.75 && py <= bottom! + 0.75),
    );
    if (!found) throw new Error(`point ${i} at ${px}, ${py} is not drawn`);
  });
  const [few] = [plot(curveFit({ model: "a + b*x", x: at.slice(0, 5000), y: seen.slice(0, 5000) }))];
  expect(classed(checkPicture(few), "dots").map(dots)).toContain(5000);
});

test("points at one x have a curve beside them", () => {
  for (const one of [0, 2, -3e5]) {
    const same = curveFit({ model: "a + 0*x", x: [one, one, one], y: [1, 2, 4], params: { a: 1 } });
    const picture = plot(same);
    expect(classed(checkPicture(picture), "line").length).toBe(1);
    const [, d] = /class="line" d="([^"]*)"/.exec(picture)!;
    const xs = [...d!.matchAll(/[ML]([\d.]+)/g)].map(([, v]) => Number(v));
    expect(Math.max(...xs) - Math.min(...xs)).toBeGreaterThan(400);
  }
});

test("a label without room is cut and told whole, and one with room is neither", () => {
  const long = "concentration of the substance in the plasma, ".repeat(4);
  const root = checkPicture(plot(fit, { xLabel: long, yLabel: long, title: long }));
  const cut = texts(root).filter((text) => text.includes("…"));
  expect(cut.length).toBe(3);
  for (const text of cut)
    expect([text.length < 100, long.startsWith(text.split("…")[0]!)]).toEqual([true, true]);
  const whole = find(root, "title").map(({ text }) => text);
  expect(whole.filter((text) => text === long).length).toBe(4);
  expect(texts(checkPicture(plot(fit, { title: "reaction rates" }))).some((text) => text.includes("…"))).toBe(
    false,
  );
  const set = { x: [0, 1, 2, 3], y: [1, 3.1, 4.9, 7], label: long };
  const named = checkPicture(plot(curveFit({ model: "a*x + b", data: [set, { ...set, label: "other" }] })));
  expect(texts(named).filter((text) => text.includes("…")).length).toBe(1);
});
