// npm run demo:race: every method of minimize and every first-order rule, found among the exports, from one start on ten
// functions; where there are several minima the methods of minimizeGlobal as well. Writes one self-contained page with contours, paths and losses, and prints who got where.

import { readFileSync, writeFileSync } from "node:fs";
import * as downhill from "../src/index.js";
import {
  type GlobalMethodName,
  type MinimizeOptions,
  minimize,
  minimizeGlobal,
  minimizers,
  type Rule,
} from "../src/index.js";
import type { TestFunction } from "../src/testfunctions/index.js";
import * as functions from "../src/testfunctions/index.js";
import type { RaceCourse, RaceData, Runner } from "./race-data.js";

const courses: readonly [string, TestFunction][] = [
  ["rosenbrock", functions.rosenbrock()],
  ["beale", functions.beale()],
  ["saddle", functions.saddle()],
  ["cliff", functions.cliff()],
  [
    "illConditioned",
    {
      ...functions.quadratic(2, 1000),
      x0: [-0.8, 2.6],
      box: [
        [-1, 3],
        [-1, 3],
      ],
    },
  ],
  ["twoBasins", functions.twoBasins()],
  ["himmelblau", functions.himmelblau()],
  ["rastrigin", functions.rastrigin(2)],
  ["ackley", functions.ackley(2)],
  ["styblinskiTang", functions.styblinskiTang(2)],
];
/** Where the first minimum that is met need not be the lowest. */
const multimodal = new Set(["twoBasins", "himmelblau", "rastrigin", "ackley", "styblinskiTang"]);
const searches: readonly GlobalMethodName[] = [
  "cmaes",
  "differentialEvolution",
  "genetic",
  "simulatedAnnealing",
];

/** Learning rates that suit most of the six; what is not listed keeps its default. */
const rates: Record<string, number> = {
  sgd: 1e-3,
  asgd: 1e-3,
  adagrad: 0.5,
  adadelta: 1,
  rmsprop: 0.01,
  adam: 0.05,
  adamw: 0.05,
  adamax: 0.05,
  nadam: 0.05,
  radam: 0.05,
  amsgrad: 0.05,
  lion: 0.01,
  rprop: 0.01,
  deltaBarDelta: 1e-3,
};

type Factory = ((options?: object) => Rule) & { definition: unknown };
const isRule = (value: unknown): value is Factory => typeof value === "function" && "definition" in value;

function runners(): [string, number | null, MinimizeOptions["method"]][] {
  const methods = Object.entries(minimizers).map(
    ([name, make]): [string, null, MinimizeOptions["method"]] => [name, null, make()],
  );
  const rules = Object.entries(downhill)
    .filter((entry): entry is [string, Factory] => isRule(entry[1]))
    .map(([name, make]): [string, number, MinimizeOptions["method"]] => {
      const rule = make(rates[name] === undefined ? {} : { lr: rates[name] });
      return [name, rule.options.lr as number, rule];
    });
  return [...methods, ...rules];
}

const EVALUATIONS = 3000;
/** Near enough to a listed minimum. */
const ARRIVED = 1e-2;

type Point = [x: number, y: number, f: number];
type Recorder = (x: ArrayLike<number>) => number;
interface Ended {
  readonly status: string;
  readonly reason: string;
  readonly fun: number;
  readonly x: Float64Array;
}

/** Runs one, every evaluation recorded, and looks where it was and where it ended. */
function record(
  f: TestFunction,
  given: Pick<Runner, "name" | "rate" | "search">,
  run: (record: Recorder) => { end: Ended; boxed: boolean },
): Runner {
  const path: Point[] = [];
  const { end, boxed } = run((x) => {
    const value = f.fun(x as Float64Array);
    path.push([x[0]!, x[1]!, value]);
    return value;
  });
  const start = f.fun(Float64Array.from(f.x0));
  const outside = (point: Point) => f.box.some(([low, high], j) => point[j]! < low || point[j]! > high);
  const onBound = (point: Point) => f.box.some(([low, high], j) => point[j] === low || point[j] === high);
  const arrived = f.minima.find(({ x }) => x.every((v, j) => Math.abs(v - end.x[j]!) <= ARRIVED));
  return {
    ...given,
    path,
    status: `${end.status}/${end.reason}`,
    fun: end.fun,
    x: [end.x[0]!, end.x[1]!],
    evaluations: path.length,
    arrived: arrived?.kind ?? null,
    escaped: Math.abs(end.x[1]!) > 0.5,
    overshot: path.some(([, , value]) => value > start + 1e-9 * Math.abs(start)) || path.some(outside),
    clipped: boxed ? path.slice(1).some(onBound) : null,
  };
}

const boundsOf = (f: TestFunction) => ({
  lower: f.box.map(([low]) => low),
  upper: f.box.map(([, high]) => high),
});

function race(
  f: TestFunction,
  name: string,
  rate: Runner["rate"],
  method: MinimizeOptions["method"],
): Runner {
  return record(f, { name, rate, search: false }, (fun) => {
    const run = (boxed: boolean) =>
      minimize({ fun, grad: f.grad, hess: f.hess }, f.x0, {
        ...(method === undefined ? {} : { method }),
        ...(boxed ? { bounds: boundsOf(f) } : {}),
        maxEvaluations: EVALUATIONS,
        gradTol: 1e-10,
      });
    try {
      return { end: run(true), boxed: true };
    } catch {
      return { end: run(false), boxed: false };
    }
  });
}

/** A search of the whole box, by values alone; `target` ends it where it has what it can get. */
function search(f: TestFunction, method: GlobalMethodName): Runner {
  const lowest = Math.min(...f.minima.map(({ f: value }) => value));
  return record(f, { name: method, rate: null, search: true }, (fun) => ({
    end: minimizeGlobal(fun, boundsOf(f), {
      method,
      seed: 1,
      maxEvaluations: EVALUATIONS,
      target: lowest + 1e-9,
    }),
    boxed: true,
  }));
}

const data: RaceData = {
  courses: courses.map(
    ([id, f]): RaceCourse => ({
      id,
      name: f.name,
      box: f.box as RaceCourse["box"],
      start: [f.x0[0] as number, f.x0[1] as number],
      minima: f.minima.map(({ x, f: value }) => [x[0] as number, x[1] as number, value]),
      runners: [
        ...runners().map(([name, rate, method]) => race(f, name, rate, method)),
        ...(multimodal.has(id) ? searches.map((method) => search(f, method)) : []),
      ],
    }),
  ),
};

const yes = (value: boolean | null) => (value === null ? "-" : value ? "yes" : "");
for (const { id, name, runners: all } of data.courses) {
  console.log(`\n${name}`);
  console.log(
    `  ${"method".padEnd(21)} ${"end".padEnd(24)} ${"f".padStart(11)} evaluations  minimum   ${id === "saddle" ? "escaped  " : ""}overshot  clipped`,
  );
  for (const r of all) {
    const escaped = id === "saddle" ? `${yes(r.escaped).padEnd(8)} ` : "";
    console.log(
      `  ${r.name.padEnd(21)} ${r.status.padEnd(24)} ${r.fun.toExponential(3).padStart(11)} ${String(r.evaluations).padStart(11)}  ` +
        `${(r.arrived ?? "").padEnd(9)} ${escaped}${yes(r.overshot).padEnd(9)} ${yes(r.clipped)}`,
    );
  }
}

// The page's program lies beside this one, where scripts/race.mjs bundled it.
const page = readFileSync("build/demo/race-page.js", "utf8");
const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>downhill: the race</title>
<style>${readFileSync("demo/race.css", "utf8")}</style>
<main></main>
<script>window.race = ${JSON.stringify(compact(data)).replaceAll("<", "\\u003c")};</script>
<script>${page.replaceAll("</script", "<\\/script")}</script>
</html>
`;
writeFileSync("build/demo/race.html", html);
console.log(`\nbuild/demo/race.html: ${(html.length / 1024).toFixed(0)} kB`);

/**
 * Long paths keep their beginning, every step that can be told apart on a screen, and of a search each
 * value lower than all before.
 */
function compact({ courses: all }: RaceData): RaceData {
  const kept = ({ path, search: jumps }: Runner): number[] => {
    let least = Infinity;
    return path.flatMap(([, , f], i) => {
      const lower = f < least;
      if (lower) least = f;
      const seen = i < 100 || i === path.length - 1 || i % Math.ceil(path.length / 300) === 0;
      return seen || (lower && jumps) ? [i] : [];
    });
  };
  const short = (v: number) => Number(v.toPrecision(5));
  return {
    courses: all.map((course) => ({
      ...course,
      runners: course.runners.map((r) => {
        const at = kept(r);
        return { ...r, at, path: at.map((i) => r.path[i]!.map(short) as Runner["path"][number]) };
      }),
    })),
  };
}
