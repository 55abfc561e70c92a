// Whole minimisations of extended Rosenbrock to max |g| <= 1e-8 with an objective in JavaScript: against plain-JavaScript
// L-BFGS of the same algorithm, and against liblbfgs in C (bench/native/lbfgs.c) where Debian's liblbfgs-dev is there.
// passes: plain native

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { lbfgs, minimize } from "../src/index.js";
import { bench, wanted } from "./harness.js";
import { plainLbfgs } from "./plain/minimize.js";

const sizes = [2, 10, 100, 1000, 10_000];

export function rosenbrock(x: Float64Array, g: Float64Array): number {
  let f = 0;
  for (let i = 0; i < x.length; i += 2) {
    const xi = x[i] as number;
    const a = 1 - xi;
    const b = 10 * ((x[i + 1] as number) - xi * xi);
    const c = 20 * b;
    g[i + 1] = c;
    g[i] = -2 * (xi * c + a);
    f += a * a + b * b;
  }
  return f;
}

const start = (n: number) => Float64Array.from({ length: n }, (_, i) => (i % 2 === 0 ? -1.2 : 1));
const f = { funGrad: rosenbrock };

bench("minimize", {
  name: "lbfgs vs plain",
  sizes,
  goal: (n) => (n >= 100 ? 2 : 1),
  warmMs: 200,
  setup: (n) => {
    const x0 = start(n);
    const method = lbfgs({ memory: 10 });
    return { ours: () => minimize(f, x0, { method }), peer: () => plainLbfgs(rosenbrock, x0) };
  },
});

/** The C program, built once; null where compiler or library is missing. */
function native(): string | null {
  const program = "build/native/lbfgs";
  if (!existsSync("/usr/include/lbfgs.h")) return null;
  mkdirSync("build/native", { recursive: true });
  try {
    execFileSync("cc", ["-O3", "-march=native", "bench/native/lbfgs.c", "-o", program, "-llbfgs", "-lm"]);
    return program;
  } catch {
    return null;
  }
}

const quantile = (values: number[], q: number): number =>
  values.sort((a, b) => a - b)[Math.round(q * (values.length - 1))] as number;

/** The program times itself, so each round runs it once beside as many solves of ours. CPU time on both sides. */
function againstNative(program: string, rounds = 31): void {
  const given = process.argv.find((arg) => arg.startsWith("--sizes="))?.slice(8);
  for (const n of given ? given.split(",").map(Number) : sizes) {
    const x0 = start(n);
    const runs = Math.max(2, Math.round(20_000 / (n + 10)));
    const cpu = () => process.cpuUsage().user * 1e3;
    for (let i = 0; i < Math.max(runs, 500) && i * n < 1e6; i++) minimize(f, x0);
    const [ratios, ours, theirs]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < rounds; round++) {
      const peer = () =>
        Number(
          execFileSync(program, [`${n}`, `${runs}`])
            .toString()
            .split(" ")[0],
        );
      const own = () => {
        const begun = cpu();
        for (let i = 0; i < runs; i++) minimize(f, x0);
        return (cpu() - begun) / runs;
      };
      const first = round % 2 === 0 ? peer() : null;
      const us = own();
      const them = first ?? peer();
      ratios.push(them / us);
      ours.push(us);
      theirs.push(them);
    }
    const goal = n >= 100 ? 1 : 1 / 1.5;
    const ratio = quantile(ratios, 0.5);
    const quartiles = `[${quantile(ratios, 0.25).toFixed(2)}, ${quantile(ratios, 0.75).toFixed(2)}]`;
    const micro = (ns: number) => `${(ns / 1e3).toPrecision(3)} us`;
    console.log(
      `${"minimize lbfgs vs liblbfgs (C)".padEnd(44)} ${String(n).padStart(9)}  ${`${ratio.toFixed(2)} ${quartiles}`.padEnd(22)} ` +
        `${micro(quantile(ours, 0.5))} vs ${micro(quantile(theirs, 0.5))}; fastest ${micro(Math.min(...ours))} vs ${micro(Math.min(...theirs))}  ` +
        `${ratio >= goal ? "meets" : "MISSES"} ${goal.toFixed(2)}`,
    );
  }
}

if (wanted("minimize lbfgs vs liblbfgs native")) {
  const program = native();
  if (program) againstNative(program);
  else console.log("liblbfgs: not measured (apt-get install liblbfgs-dev)");
}
