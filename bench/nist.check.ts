// Fits without starting values: NIST's 14 nonlinear problems (digits of the certified values, first and later times), four parameters on
// 100 points, and with a file of published curves their known minima. Each model is new to the program when it is first fitted; an
// unrelated fit goes before. Run: npm run check -- nist [curves.json]; ten seconds. Exit code 1 where something is missed.
// The file: { curves: [{ id, model, variables, sets?, shared?, local?, start?, data, answer: { values, rss } }] }.
import { readFileSync } from "node:fs";
import { readNist } from "../demo/nist-data.js";
import { curveFit } from "../src/index.js";

const LONGEST = 150;
const LONGEST_OF_FOUR = 30;
let missed = 0;
const miss = (condition: boolean): string => {
  if (condition) missed++;
  return condition ? "  MISSED" : "";
};
const timed = <T>(run: () => T): [T, number] => {
  const started = performance.now();
  const out = run();
  return [out, performance.now() - started];
};
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;
const later = (run: () => unknown): number => median(Array.from({ length: 9 }, () => timed(run)[1]));

const ramp = Array.from({ length: 20 }, (_, i) => i);
curveFit({ model: "a*x/(1 + b*x)", x: ramp, y: ramp.map((t) => (2 * t) / (1 + 0.3 * t)) });
const problems = readNist("data/nist").filter(({ kind }) => kind === "nonlinear");
for (const { name, model, x, y, certified, n } of problems) {
  const run = () => curveFit({ model, x: x as number[], y });
  const [result, first] = timed(run);
  const found = Array.from({ length: n }, (_, j) => result.values[`b${j + 1}`]!);
  // Terms may have changed places, and a width may come with either sign.
  const apart = Math.max(
    ...found.map((v) => Math.min(...certified.map((c) => Math.abs(Math.abs(v / c) - 1)))),
  );
  const { tried = 0, polished = 0, minima = [] } = result.starts ?? {};
  console.log(
    `${name.padEnd(9)} ${(-Math.log10(apart)).toFixed(1).padStart(4)} digits, first ${first.toFixed(0).padStart(4)} ms, later ${later(run).toFixed(1).padStart(5)} ms, ${tried} tried, ${polished} fitted, ${minima.length} minima${miss(apart > 1e-6 || first > LONGEST)}`,
  );
}

const x = Array.from({ length: 100 }, (_, i) => i / 10);
const y = x.map((t, i) => 3 * Math.exp(-0.7 * t) + 2 * Math.exp(-0.1 * t) + 0.01 * Math.sin(97 * i * i));
const four = () => curveFit({ model: "a*exp(-b*x) + c*exp(-d*x)", x, y });
const [, first] = timed(four);
const again = later(four);
console.log(
  `four parameters on 100 points: first ${first.toFixed(1)} ms, later ${again.toFixed(1)} ms${miss(again > LONGEST_OF_FOUR)}`,
);

type Columns = Readonly<Record<string, number[]>>;
interface Curve {
  readonly id: string;
  readonly model: string;
  readonly variables: readonly string[];
  readonly sets?: readonly string[];
  readonly shared?: object;
  readonly local?: object;
  readonly start?: object;
  readonly data: Columns | Readonly<Record<string, Columns>>;
  readonly answer: { readonly rss: number };
}
const file = process.argv[2];
if (file) {
  const { curves } = JSON.parse(readFileSync(file, "utf8")) as { curves: Curve[] };
  let reached = 0;
  for (const { id, model, variables, sets, shared = {}, local = {}, start = {}, data, answer } of curves) {
    const xOf = (columns: Columns) =>
      variables.length === 1
        ? columns[variables[0]!]!
        : Object.fromEntries(variables.map((name) => [name, columns[name]!]));
    const one = data as Columns;
    const many = data as Readonly<Record<string, Columns>>;
    const free = (names: object, spec: object) =>
      Object.fromEntries(Object.keys(names).map((key) => [key, spec]));
    const input = sets
      ? { data: sets.map((set) => ({ x: xOf(many[set]!), y: many[set]!.y! })) }
      : { x: xOf(one), y: one.y!, ...(one.sigma ? { sigma: one.sigma } : {}) };
    const params = { ...free(shared, { shared: true }), ...free(local, {}), ...free(start, {}) };
    const [result, time] = timed(() => curveFit({ model, params, ...input } as never) as { rss: number });
    const good = result.rss <= answer.rss * (1 + 1e-7);
    if (good) reached++;
    console.log(
      `${id.padEnd(22)} ${time.toFixed(0).padStart(4)} ms, rss ${result.rss.toPrecision(10)}${good ? "" : `, known ${answer.rss.toPrecision(10)}`}`,
    );
  }
  console.log(
    `${reached} of ${curves.length} curves at the known minimum${miss(reached < 0.9 * curves.length)}`,
  );
}
process.exit(missed > 0 ? 1 : 0);
