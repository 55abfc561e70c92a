// The page of the race: contours with the chosen paths, losses against evaluations, and a table, drawn by Observable Plot.

import * as Plot from "@observablehq/plot";
import type { TestFunction } from "../src/testfunctions/index.js";
import * as functions from "../src/testfunctions/index.js";
import type { RaceCourse, RaceData, Runner } from "./race-data.js";

declare global {
  interface Window {
    race: RaceData;
  }
}

const formulas: Record<string, TestFunction> = {
  rosenbrock: functions.rosenbrock(),
  beale: functions.beale(),
  saddle: functions.saddle(),
  cliff: functions.cliff(),
  illConditioned: functions.quadratic(2, 1000),
  twoBasins: functions.twoBasins(),
  himmelblau: functions.himmelblau(),
  rastrigin: functions.rastrigin(2),
  ackley: functions.ackley(2),
  styblinskiTang: functions.styblinskiTang(2),
};

const { courses } = window.race;
const names = [...new Set(courses.flatMap(({ runners }) => runners.map(({ name }) => name)))];
/** Golden-angle hues: neighbours in the list differ most. */
const colour = (name: string) => {
  const i = names.indexOf(name);
  return `hsl(${(i * 137.5) % 360} ${i % 2 === 0 ? 75 : 60}% ${i % 3 === 0 ? 38 : 46}%)`;
};
const chosen = new Set([
  "lbfgs",
  "newton",
  "nonlinearCG",
  "nelderMead",
  "sgd",
  "adam",
  "rprop",
  "cmaes",
  "differentialEvolution",
  "genetic",
  "simulatedAnnealing",
]);

function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const points = ({ name, path, at }: Runner) =>
  path.map(([x, y, f], i) => ({ x, y, f, name, evaluation: (at?.[i] ?? i) + 1 }));

function contours(course: RaceCourse): Element {
  const f = formulas[course.id] as TestFunction;
  const [[x1, x2], [y1, y2]] = course.box;
  const lowest = Math.min(...course.minima.map(([, , value]) => value));
  const height = (x: number, y: number) => Math.log10(f.fun([x, y]) - lowest + 1e-3);
  const inside = ({ x, y }: { x: number; y: number }) => x >= x1 && x <= x2 && y >= y1 && y <= y2;
  const shown = course.runners.filter(({ name }) => chosen.has(name));
  return Plot.plot({
    width: 560,
    height: 520,
    marginLeft: 44,
    x: { domain: [x1, x2], label: "x" },
    y: { domain: [y1, y2], label: "y" },
    color: { type: "linear", range: ["#b9c8dd", "#fbfcfd"], legend: false },
    marks: [
      Plot.contour({
        fill: height,
        stroke: "#8a94a3",
        strokeOpacity: 0.35,
        strokeWidth: 0.6,
        thresholds: 16,
        pixelSize: 3,
        x1,
        x2,
        y1,
        y2,
      }),
      // The points of a search have no way between them.
      ...shown
        .filter(({ search }) => !search)
        .map((r) =>
          Plot.line(points(r), {
            x: "x",
            y: "y",
            stroke: colour(r.name),
            strokeWidth: 1.4,
            clip: true,
          }),
        ),
      ...shown.map((r) =>
        Plot.dot(
          points(r)
            .slice(0, r.search ? 400 : 100)
            .filter(inside),
          {
            x: "x",
            y: "y",
            r: r.search ? 1.4 : 1.8,
            fill: colour(r.name),
            clip: true,
            title: (d: { name: string; evaluation: number; f: number }) =>
              `${d.name}, evaluation ${d.evaluation}: f = ${d.f}`,
          },
        ),
      ),
      Plot.dot(course.minima, { x: "0", y: "1", symbol: "star", fill: "#d4a400", stroke: "#5b4700", r: 7 }),
      Plot.dot([course.start], { x: "0", y: "1", r: 5, fill: "white", stroke: "black", strokeWidth: 1.5 }),
    ],
  });
}

const FLOOR = 1e-16;
const SIZE = { width: 600, height: 520, marginLeft: 56, marginRight: 136, marginTop: 24, marginBottom: 34 };
/** Room for a label, by its letters, and between two of them, in pixels. */
const LETTER = 6.6;
const LINE = 13;

interface Label {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

/** Where each name goes, so that none covers another: beside the end of its line, or higher, or else lower. */
function place(ends: readonly Label[]): Label[] {
  const placed: Label[] = [];
  const free = (x: number, y: number, name: string) =>
    y >= SIZE.marginTop &&
    placed.every(
      (p) => Math.abs(p.y - y) >= LINE || p.x + LETTER * p.name.length < x || x + LETTER * name.length < p.x,
    );
  for (const { name, x, y } of [...ends].sort((a, b) => a.x - b.x)) {
    const steps = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? -1 : 1) * Math.ceil(i / 2) * LINE);
    const down = y < SIZE.height - SIZE.marginBottom - 2 * LINE;
    const shift = steps.find((dy) => (dy <= 0 || down) && free(x + 6, y - 8 + dy, name)) ?? 0;
    placed.push({ name, x: x + 6, y: y - 8 + shift });
  }
  return placed;
}

function losses(course: RaceCourse): Element {
  const lowest = Math.min(...course.minima.map(([, , value]) => value));
  const shown = course.runners.filter(({ name }) => chosen.has(name));
  // A line ends where it gets no lower.
  const best = (r: Runner) => {
    let least = Infinity;
    const line = points(r).map((d) => {
      least = Math.min(least, d.f);
      return { ...d, gap: Math.min(Math.max(least - lowest, FLOOR), 1e6) };
    });
    const done = line.findIndex(({ gap }) => gap <= 1.001 * (line.at(-1)?.gap ?? 0));
    return line.slice(0, done + 1);
  };
  const lines = shown.map(best);
  const gaps = lines.flat().map(({ gap }) => gap);
  const [low, high] = [Math.min(1, ...gaps), Math.max(1, ...gaps)];
  const most = Math.max(10, ...lines.flat().map(({ evaluation }) => evaluation));
  const across = (v: number) =>
    SIZE.marginLeft + (SIZE.width - SIZE.marginLeft - SIZE.marginRight) * (Math.log(v) / Math.log(most));
  const up = (v: number) =>
    SIZE.marginTop +
    (SIZE.height - SIZE.marginTop - SIZE.marginBottom) * (Math.log(high / v) / Math.log(high / low));
  const labels = place(
    lines.map((line) => {
      const end = line.at(-1) as (typeof line)[number];
      return { name: end.name, x: across(end.evaluation), y: up(end.gap) };
    }),
  );
  return Plot.plot({
    ...SIZE,
    x: { type: "log", domain: [1, most], label: "evaluations" },
    y: {
      type: "log",
      domain: [low, high],
      label: "lowest f so far, above the minimum",
      grid: true,
      tickFormat: (v: number) => v.toExponential(0),
    },
    marks: [
      ...lines.map((line) =>
        Plot.line(line, {
          x: "evaluation",
          y: "gap",
          stroke: colour(line[0]?.name ?? ""),
          strokeWidth: 1.6,
        }),
      ),
      ...labels.map(({ name, x, y }) =>
        Plot.text([name], {
          frameAnchor: "top-left",
          dx: x - SIZE.marginLeft,
          dy: y - SIZE.marginTop,
          text: (d: string) => d,
          textAnchor: "start",
          fontSize: 11,
          fill: colour(name),
          stroke: "white",
          strokeWidth: 3,
        }),
      ),
    ],
  });
}

function table(course: RaceCourse): HTMLElement {
  const saddle = course.id === "saddle";
  const heads = [
    "method",
    "learning rate",
    "end",
    "f",
    "evaluations",
    "minimum",
    ...(saddle ? ["escaped"] : []),
    "overshot",
    "clipped",
  ];
  const yes = (value: boolean | null) => (value === null ? "takes no bounds" : value ? "yes" : "");
  const rows = course.runners.map((r) =>
    element(
      "tr",
      {},
      element("td", {}, element("span", { class: "dot", style: `background:${colour(r.name)}` }), r.name),
      element("td", { class: "number" }, r.rate === null ? "" : String(r.rate)),
      element("td", {}, r.status),
      element("td", { class: "number" }, r.fun.toExponential(2)),
      element("td", { class: "number" }, String(r.evaluations)),
      element("td", {}, r.arrived ?? ""),
      ...(saddle ? [element("td", {}, yes(r.escaped))] : []),
      element("td", {}, yes(r.overshot)),
      element("td", {}, yes(r.clipped)),
    ),
  );
  const head = element("tr", {}, ...heads.map((text) => element("th", {}, text)));
  return element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows));
}

const main = document.querySelector("main") as HTMLElement;
const sections = courses.map((course) => ({ course, plots: element("div", { class: "plots" }) }));

function draw(): void {
  for (const { course, plots } of sections) {
    plots.replaceChildren(element("figure", {}, contours(course)), element("figure", {}, losses(course)));
  }
}

const buttons = names.map((name) => {
  const button = element(
    "button",
    {
      type: "button",
      "aria-pressed": String(chosen.has(name)),
      style: `--of:${colour(name)}`,
    },
    name,
  );
  button.addEventListener("click", () => {
    if (!chosen.delete(name)) chosen.add(name);
    button.setAttribute("aria-pressed", String(chosen.has(name)));
    draw();
  });
  return button;
});

main.append(
  element("h1", {}, "The race downhill"),
  element(
    "p",
    {},
    "Every method of minimize and every first-order rule from one start, within the drawn box where it takes bounds. ",
    "White: the start. Stars: the minima. Overshot: some evaluation was higher than the start, or outside the box. ",
    "Clipped: some evaluation lay on the edge of the box. The rules' learning rates are one choice for all. ",
    "Where there are several minima, the global methods search the whole box by values alone (seed 1); the points they looked at are drawn. ",
    "Choose who is drawn:",
  ),
  element("nav", {}, ...buttons),
  ...sections.flatMap(({ course, plots }) => [element("h2", {}, course.name), plots, table(course)]),
);
draw();
