// What does not fit gives back all that it took, at whatever place the memory ends.
import { expect, test } from "vitest";
import {
  compileDensity,
  loadSync,
  qpSession,
  type Runtime,
  sample,
  solveLP,
  solveQP,
  svm,
} from "../../src/index.js";

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const n = 20;
const P = range(n).map((i) => range(n).map((j) => (i === j ? n : 1 / (1 + i + j))));
const program = { P, q: range(n), lower: range(n).map(() => -1), upper: range(n).map(() => 1) };
const A = range(n).map((i) => range(n).map((j) => ((i * 7 + j * 3) % 5 === 0 ? 1 + (j % 3) : 0)));
const linear = {
  c: range(n).map((i) => -1 - (i % 7)),
  A,
  u: range(n).map(() => 10),
  lower: range(n).map(() => 0),
};
const points = range(40).map((i) => [Math.sin(i), Math.cos(3 * i)]);
const labels = points.map(([x]) => (x! > 0 ? 1 : -1));
const density = compileDensity("normal(a, 1, 2) + normal(b, a, 1)", { params: ["a", "b"] });
const few = { seed: 1, warmup: 10, draws: 10, chains: 4 };

const solves: Record<string, (runtime: Runtime) => void> = {
  "solveQP, activeSet": (runtime) => void solveQP(program, { method: "activeSet", runtime }),
  "solveLP, simplex": (runtime) => void solveLP(linear, { method: "simplex", runtime }),
  qpSession: (runtime) => qpSession(program, { runtime }).dispose(),
  svm: (runtime) => void svm(points, labels, { runtime }),
  "sample of a compiled density": (runtime) => void sample(density, [0.1, 0.2], { ...few, runtime }),
};

/** A runtime in which about so many bytes are left: a kilobyte is its own. */
function narrow(bytes: number): Runtime {
  const runtime = loadSync({ memoryBytes: 2 ** 20 });
  runtime.f64((2 ** 20 - 2 ** 10 - bytes) >> 3);
  return runtime;
}

test.each(Object.entries(solves))("%s gives its memory back where it does not fit", (_name, solveIn) => {
  const codes = new Set<string>();
  let fitted = 0;
  for (let bytes = 512; fitted < 2; bytes = Math.ceil(bytes * 1.1)) {
    const runtime = narrow(bytes);
    const before = runtime.memory.used;
    try {
      solveIn(runtime);
      fitted++;
    } catch (error) {
      codes.add((error as { code: string }).code);
    }
    expect([bytes, runtime.memory.used, runtime.memory.handles().length]).toEqual([bytes, before, 1]);
    runtime.dispose();
  }
  expect([...codes]).toEqual(["OUT_OF_MEMORY"]);
});

test("a session whose update does not fit is over, with nothing left", () => {
  const open = { ...program, lower: range(n).map(() => -Infinity), upper: range(n).map(() => Infinity) };
  let refused = 0;
  for (let bytes = 512; bytes < 2 ** 18; bytes = Math.ceil(bytes * 1.1)) {
    const runtime = narrow(bytes);
    const before = runtime.memory.used;
    try {
      const session = qpSession(open, { runtime });
      try {
        session.update({ lower: program.lower, upper: program.upper });
      } catch (error) {
        expect(error).toMatchObject({ code: "OUT_OF_MEMORY" });
        expect(() => session.solve()).toThrow(/this qpSession was disposed/);
        refused++;
      }
      session.dispose();
    } catch (error) {
      expect(error).toMatchObject({ code: "OUT_OF_MEMORY" });
    }
    expect(runtime.memory.used).toBe(before);
    runtime.dispose();
  }
  expect(refused).toBeGreaterThan(0);
});
