// Faults that hostile input has shown, each by the smallest call that did.
import { expect, it } from "vitest";
import {
  adam,
  cholesky,
  clipValue,
  cmaes,
  compileModel,
  csrFromDense,
  curveFit,
  curveFitMany,
  DownhillError,
  dense,
  globalSearch,
  loadSync,
  matrix,
  minimizeConstrained,
  minimizeGlobal,
  multistart,
  model as namedProgram,
  network,
  odr,
  optimizer,
  pretrain,
  prox,
  proximalGradient,
  sample,
  sgd,
  solveLP,
  solveQP,
  sparseLdl,
  svm,
} from "../../src/index.js";

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return error instanceof DownhillError ? error.code : String(error);
  }
  return "none";
};

const linear = (runtime = loadSync({ memoryBytes: 1 << 20 })) => ({
  runtime,
  model: compileModel("a*x + b", { variables: ["x"], params: ["a", "b"], runtime }),
});

it("a promise that is refused ends nothing", async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on("unhandledRejection", note);
  const late = (): never => Promise.reject(new Error("late")) as never;
  using closure = optimizer(2, adam());
  expect(codeOf(() => closure.step(late))).toBe("CALLBACK_RESULT");
  expect(codeOf(() => optimizer(2, sgd({ lr: late })))).toBe("CALLBACK_RESULT");
  // Callbacks whose answer nobody needs are looked at all the same.
  expect(codeOf(() => namedProgram(late))).toBe("CALLBACK_RESULT");
  using net = network({ inputs: 1, layers: [dense(1), dense(1)], loss: "mse" });
  const trained = () => pretrain(net, [[1], [2]], undefined, { onBlock: late, epochs: 1, batchSize: 1 });
  expect(codeOf(trained)).toBe("CALLBACK_RESULT");
  await new Promise((resolve) => setTimeout(resolve, 10));
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});

it("input that throws at any reading leaves nothing in memory", () => {
  const mine = new Error("mine");
  const { runtime, model } = linear();
  for (let at = 0; at < 8; at++) {
    let reads = 0;
    const values = new Proxy([1, 2], {
      get(target, key) {
        if (typeof key === "string" && /^\d+$/.test(key) && ++reads > at) throw mine;
        return Reflect.get(target, key);
      },
    });
    for (const run of [
      () => optimizer(values, adam(), { runtime }).dispose(),
      () => runtime.f64(values).dispose(),
      () => model.evaluate([1, 2], values, new Float64Array(2)),
      () => model.jacobian(values, [1, 2], new Float64Array(4)),
    ]) {
      reads = 0;
      expect([String(mine), "none"]).toContain(codeOf(run));
      expect(runtime.memory.used).toBe(0);
    }
  }
});

it("what is no number, too many starts, a frozen array and another module are our errors", () => {
  const { model, runtime } = linear();
  const empty = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
  const other = loadSync({ wasm: { "linalg.simd": empty } });
  const diagonal = matrix(
    64,
    64,
    Array.from({ length: 4096 }, (_, i) => (i % 65 ? 0 : 2)),
  );
  expect(codeOf(() => model.evaluate([1], [1n, 1n] as never, new Float64Array(1)))).toBe("NON_FINITE_INPUT");
  expect(codeOf(() => runtime.f64({ length: 2 ** 31 }))).toBe("SHAPE");
  expect(codeOf(() => multistart(() => 0, { lower: [0], upper: [1] }, { starts: 2 ** 53 }))).toBe("OPTION");
  expect(codeOf(() => cholesky(diagonal, { runtime: other }))).toBe("OPTION");
  expect(codeOf(() => compileModel(5n as never, { params: [] }))).toBe("EXPRESSION");
  expect(codeOf(() => clipValue(Object.freeze([1, 5]) as never, 2))).toBe("SHAPE");
});

it("a Jacobian written over its own x is that of the x given", () => {
  const [n, { model }] = [3000, linear()];
  const block = new Float64Array(2 * n);
  const x = block.subarray(0, n);
  for (let i = 0; i < n; i++) x[i] = i;
  model.jacobian(x, [1, 2], block);
  expect(block.every((v, k) => v === (k % 2 ? 1 : k / 2))).toBe(true);
});

it("a length alone is no start, and no row", () => {
  const huge = { length: 2 ** 31 } as never;
  const f = (x: ArrayLike<number>) => -x[0]! * x[0]!;
  expect(codeOf(() => sample(f, huge))).toBe("SHAPE");
  expect(codeOf(() => sample(f, [huge, 0] as never))).toBe("SHAPE");
  expect(codeOf(() => sample(f, [0], null as never))).toBe("OPTION");
  const x = [{ length: 2 ** 52 }, 1, 2] as never;
  expect(codeOf(() => curveFitMany({ model: "a*x", x, y: [1, 2, 3], params: { a: 1 } }))).toBe("SHAPE");
});

it("numbers are read once, and what was read is checked", () => {
  // The first reading gives a number, every later one an object that no number can be made of.
  const shifty = (values: number[]): number[] => {
    const seen = new Set<string>();
    return new Proxy(values, {
      get(target, key) {
        if (typeof key === "symbol" || !/^\d+$/.test(key)) return Reflect.get(target, key);
        if (seen.has(key)) return Object.create(null);
        seen.add(key);
        return Reflect.get(target, key);
      },
    });
  };
  const f = (x: ArrayLike<number>) => x[0]! * x[0]!;
  expect(codeOf(() => minimizeConstrained(f, shifty([1]), { bounds: { lower: [0], upper: [2] } }))).toBe(
    "none",
  );
  const linear = { A: [[1]], l: shifty([0.5]), u: shifty([2]) };
  expect(codeOf(() => minimizeConstrained(f, [1], { linear }))).toBe("none");
  expect(codeOf(() => cmaes({ x0: shifty([1]), sigma: shifty([1]) }))).toBe("none");
  expect(codeOf(() => solveQP({ P: [[2]], q: shifty([1]), lower: [0], upper: [1] }))).toBe("none");
  // Looked at once to tell a vector from a matrix: refused, and by us.
  using factor = sparseLdl(csrFromDense([[2]]));
  expect(codeOf(() => factor.solve(shifty([1])))).toBe("NON_FINITE_INPUT");
  expect(codeOf(() => svm([[1], [2]], shifty([1, -1])))).toBe("none");
  const smooth = { A: [[1]], b: [1] };
  expect(codeOf(() => proximalGradient({ f: smooth, g: prox.l1(1), x0: shifty([0]) }))).toBe("none");
});

it("a limit of iterations is checked in multistart too, and a length is read once", () => {
  const gone = new Float64Array(2);
  structuredClone(gone.buffer, { transfer: [gone.buffer] });
  const box = { lower: [-1], upper: [2] };
  const f = (x: ArrayLike<number>) => x[0]! * x[0]!;
  for (const maxIterations of [gone, "7", null, {}, -1, 1.5])
    expect(codeOf(() => multistart(f, box, { starts: 2, maxIterations } as never))).toBe("OPTION");
  // Says 2, then two thousand million numbers.
  let reads = 0;
  const growing = new Proxy([1, 2], {
    get: (target, key) =>
      key === "length" ? (++reads > 4 ? 2 ** 31 : 2) : reads > 4 ? NaN : Reflect.get(target, key),
  });
  expect(codeOf(() => clipValue(growing, 2))).toBe("none");
  expect(codeOf(() => clipValue({ length: 2 ** 30 } as never, 2))).toBe("SHAPE");
});

it("a row whose length grows beyond any memory is refused, not read for minutes", () => {
  const row = new Proxy([1, 2], { get: (_, key) => (key === "length" ? 2 ** 31 : 1) });
  expect(codeOf(() => solveLP({ c: [1, 2], A: [row], l: [1], u: [3] }))).toBe("SHAPE");
  expect(codeOf(() => cholesky([row]))).toBe("SHAPE");
  const search = globalSearch({ lower: [-1], upper: [2] }, { seed: 1 });
  expect(codeOf(() => search.tell([1, 2], row as never))).toBe("SHAPE");
  search.dispose();
  const equality = { count: 2 ** 32, fun: () => undefined };
  expect(codeOf(() => minimizeConstrained(() => 0, [0], { equality }))).toBe("OPTION");
  expect(codeOf(() => minimizeGlobal(() => 0, { lower: [-1], upper: [2] }, { equality }))).toBe("OPTION");
  const gone = new Float64Array(2);
  structuredClone(gone.buffer, { transfer: [gone.buffer] });
  expect(codeOf(() => cholesky([gone]))).toBe("DETACHED_INPUT");
});

it("options that are null are refused, not taken for none", () => {
  const fit = curveFit({ model: "a*x + b", x: [0, 1, 2], y: [1, 3, 5.1], params: { a: 1, b: 1 } });
  for (const options of [null, 2, "level"])
    expect(codeOf(() => fit.band([3], options as never))).toBe("OPTION");
});

it("columns and rows of a fit are read once, and rows have a width that somebody may mean", () => {
  const x = [0, 1, 2, 3];
  for (const width of [2 ** 53, 2 ** 31, 5000])
    expect(codeOf(() => curveFit({ model: "a*x", x, y: [{ length: width }, 1, 2, 3] } as never))).toBe(
      "SHAPE",
    );
  for (let at = 0; at < 8; at++) {
    let reads = 0;
    const growing = new Proxy([0, 1, 2, 3], {
      get: (target, key) => (key === "length" ? (++reads > at ? 2 ** 31 : 4) : Reflect.get(target, key)),
    });
    const run = () => odr({ model: "a + b*x", x: growing, y: [1, 2, 2.9, 4.2], sigmaX: 0.1, sigma: 0.2 });
    expect(["SHAPE", "none"]).toContain(codeOf(run));
  }
});
