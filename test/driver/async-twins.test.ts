// Whatever iterates has an asynchronous twin: the same bits, promises where it calls back, an abort that rejects with the reason.
import { expect, test } from "vitest";
import * as downhill from "../../src/index.js";
import {
  binary,
  compileDensity,
  curveFitStudent,
  curveFitStudentAsync,
  curveFitVector,
  curveFitVectorAsync,
  DownhillError,
  dense,
  evolve,
  evolveAsync,
  findLearningRate,
  findLearningRateAsync,
  laplace,
  laplaceAsync,
  metropolisHastings,
  metropolisHastingsAsync,
  model,
  network,
  odr,
  odrAsync,
  permutation,
  pretrain,
  pretrainAsync,
  qpSession,
  tanh,
} from "../../src/index.js";

/** What takes `Limits` or trains, under its own name. Iterators are pulled: their callers wait where they like. */
const SOLVERS = [
  ..."admm bicgstab bootstrap cg chambollePock curveFit curveFitMany curveFitStudent curveFitVector denoise elasticNet evolve findLearningRate findRoot fitPeaks".split(
    " ",
  ),
  ..."gaussSeidel gmres jacobi laplace lasso lassoPath leastSquares lsmr lsqr metropolisHastings minimize minimizeConstrained".split(
    " ",
  ),
  ..."minimizeGlobal minimizeScalar minres multistart nnls odr pathfinder pretrain proximalGradient quantileRegression sample".split(
    " ",
  ),
  ..."solveEquations solveLP solveQP svm".split(" "),
];

test.each(SOLVERS)("%s has a twin", (name) => {
  const all = downhill as unknown as Readonly<Record<string, unknown>>;
  expect(typeof all[name]).toBe("function");
  expect(typeof all[`${name}Async`]).toBe("function");
});

test("no twin stands alone", () => {
  const twins = Object.keys(downhill).filter((name) => name.endsWith("Async"));
  expect(twins.map((name) => name.replace(/Async$/, "")).sort()).toEqual([...SOLVERS].sort());
});

const gone = new Error("gone");
/** Aborts at the second call. */
function aborting(): { signal: AbortSignal; count: <T>(value: T) => T } {
  const controller = new AbortController();
  let calls = 0;
  return {
    signal: controller.signal,
    count: (value) => {
      if (++calls === 2) controller.abort(gone);
      return value;
    },
  };
}
const late = <T>(value: T): Promise<T> => Promise.resolve(value);
const code = (name: string) => expect.objectContaining({ code: name });

test("evolve", async () => {
  const ones = (bits: ArrayLike<number>): number => Array.from(bits).reduce((sum, bit) => sum + bit, 0);
  const options = { genome: binary(20), seed: 3, patience: 20 };
  const seen: number[] = [];
  const now = evolve({ ...options, fitness: ones, trace: true });
  const then = await evolveAsync({
    ...options,
    fitness: (bits) => late(ones(bits)),
    onIteration: ({ fun }) => void seen.push(fun),
  });
  expect([then.best, then.fitness, then.nit, then.nfev]).toEqual([now.best, now.fitness, now.nit, now.nfev]);
  expect(then.fitness).toBe(20);
  expect(seen).toEqual(now.trace?.map(({ fun }) => fun));
  const { signal, count } = aborting();
  await expect(evolveAsync({ ...options, fitness: (b) => count(ones(b)), signal })).rejects.toBe(gone);
  await expect(evolveAsync({ genome: permutation(4), fitness: async () => "1" as never })).rejects.toEqual(
    code("CALLBACK_RESULT"),
  );
  await expect(evolveAsync({ ...options, fitness: () => Promise.reject(gone) })).rejects.toBe(gone);
  const promised = () => evolve({ ...options, fitness: (async () => 1) as never });
  expect(promised).toThrow(expect.objectContaining({ hint: expect.stringContaining("evolveAsync") }));
});

test("metropolisHastings", async () => {
  const weights = [1, 2, 4, 2, 1];
  const space = {
    start: 0,
    propose: (i: number, random: { below(n: number): number }) => (i + (random.below(3) ? 1 : 4)) % 5,
    logDensity: (i: number) => Math.log(weights[i]!),
    logRatio: (from: number, to: number) => ((from + 1) % 5 === to ? -Math.log(2) : Math.log(2)),
  };
  const options = { draws: 300, warmup: 10, chains: 2, seed: 4 };
  const now = metropolisHastings(space, options);
  const same = await metropolisHastingsAsync(space, options);
  const then = await metropolisHastingsAsync(
    {
      start: 0,
      propose: (i, random) => late(space.propose(i, random)),
      logDensity: (i) => late(space.logDensity(i)),
      logRatio: (from, to) => late(space.logRatio(from, to)),
    },
    options,
  );
  for (const other of [same, then]) {
    expect(other.states).toEqual(now.states);
    expect([other.acceptance, other.nfev, other.nit]).toEqual([now.acceptance, now.nfev, now.nit]);
  }
  const { signal, count } = aborting();
  const counted = { ...space, logDensity: (i: number) => count(space.logDensity(i)) };
  await expect(metropolisHastingsAsync(counted, { ...options, signal })).rejects.toBe(gone);
  for (const name of ["logDensity", "logRatio"])
    await expect(
      metropolisHastingsAsync({ ...space, [name]: async () => "1" } as never, options),
    ).rejects.toThrow(`metropolisHastingsAsync: ${name} must return a number`);
  for (const name of ["propose", "logDensity", "logRatio"])
    expect(() => metropolisHastings({ ...space, [name]: async () => 1 } as never, options)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining("metropolisHastingsAsync") }),
    );
  const limited = metropolisHastings(space, { ...options, maxEvaluations: 31 });
  expect([limited.status, limited.reason, limited.nfev]).toEqual(["stopped", "maxEvaluations", 31]);
});

test("laplace", async () => {
  const gamma = compileDensity("gamma(x, 3, 2)", { params: { x: "positive" } });
  const normal = (x: Float64Array) => -((x[0]! - 3) ** 2) / 2 - (x[1]! - x[0]!) ** 2 / 8;
  const slope = (x: Float64Array, g: Float64Array) => {
    g[0] = 3 - x[0]! + (x[1]! - x[0]!) / 4;
    g[1] = -(x[1]! - x[0]!) / 4;
    return normal(x);
  };
  const now = laplace(gamma, [1], { seed: 5, draws: 50 });
  expect((await laplaceAsync(gamma, [1], { seed: 5, draws: 50 })).draws).toEqual(now.draws);
  for (const gradient of ["exact", "differences"] as const) {
    const density = gradient === "exact" ? { logDensityGrad: slope, names: ["a", "b"] } : normal;
    const promised =
      gradient === "exact"
        ? { logDensityGrad: (x: Float64Array, g: Float64Array) => late(slope(x, g)), names: ["a", "b"] }
        : (x: Float64Array) => late(normal(x));
    const options = { seed: 6, draws: 40, gradient };
    const direct = laplace(density, [0, 0], options);
    const then = await laplaceAsync(promised as never, [0, 0], options);
    expect(direct.mode[0]).toBeCloseTo(3, 5);
    expect([then.draws, then.covariance, then.logEvidence, then.nit, then.nfev]).toEqual([
      direct.draws,
      direct.covariance,
      direct.logEvidence,
      direct.nit,
      direct.nfev,
    ]);
    // No limit is passed by more than the one evaluation that was under way.
    let calls = 0;
    const counted =
      gradient === "exact"
        ? { logDensityGrad: (x: Float64Array, g: Float64Array) => (calls++, slope(x, g)), names: ["a", "b"] }
        : (x: Float64Array) => (calls++, normal(x));
    for (let most = 1; most < direct.nfev; most += 7) {
      calls = 0;
      const short = laplace(counted as never, [0, 0], { ...options, maxEvaluations: most });
      expect([short.status, short.reason, short.draws.length]).toEqual(["stopped", "maxEvaluations", 0]);
      expect(calls).toBe(short.nfev);
      expect(calls).toBeLessThanOrEqual(most);
    }
  }
  const one = laplace(gamma, [1], { maxIterations: 1 });
  expect([one.status, one.reason, one.nit]).toEqual(["stopped", "maxIterations", 1]);
  expect(one.message).toContain("no draws before the mode");
  const { signal, count } = aborting();
  const counted = {
    logDensityGrad: (x: Float64Array, g: Float64Array) => count(slope(x, g)),
    names: ["a", "b"],
  };
  await expect(laplaceAsync(counted, [0, 0], { signal })).rejects.toBe(gone);
  const own = new DownhillError("OPTION", "enough");
  const seen: number[][] = [];
  const stop = new AbortController();
  const watching = laplaceAsync({ logDensityGrad: slope, names: ["a", "b"] }, [0, 0], {
    signal: stop.signal,
    onIteration: ({ x }) => {
      seen.push([...x]);
      stop.abort(own);
    },
  });
  await expect(watching).rejects.toBe(own);
  expect([...(own.details.best as { x: Float64Array }).x]).toEqual(seen.at(-1));
});

test("odr", async () => {
  const data = { x: [0, 1, 2, 3], y: [0.1, 0.9, 2.2, 2.8], sigmaX: 0.1, sigma: 0.2 };
  const now = odr({ model: "a + b*x", ...data });
  const then = await odrAsync({ model: "a + b*x", ...data });
  expect([then.values, then.delta, then.covariance]).toEqual([now.values, now.delta, now.covariance]);
  await expect(odrAsync({ model: "a + b*x", ...data, sigmaX: undefined as never })).rejects.toThrow(
    "odrAsync: sigmaX",
  );
  await expect(odrAsync({ model: "a + b*x", ...data, y: [1] })).rejects.toThrow(/^odrAsync: /);
  const { signal, count } = aborting();
  const options = { ...data, params: { a: 0, b: 1 }, signal };
  const line = (x: number, { a, b }: { a: number; b: number }) => count(a + b * x);
  await expect(odrAsync({ model: line as never, ...options })).rejects.toBe(gone);
});

test("fits under names of their own", async () => {
  const line = { model: "a + b*x", x: [0, 1, 2, 3, 4, 5], y: [0.1, 1, 2.1, 9, 3.9, 5.1] };
  const student = await curveFitStudentAsync(line);
  expect(student.values).toEqual(curveFitStudent(line).values);
  expect(student.values.b).toBeCloseTo(1, 1);
  await expect(curveFitStudentAsync({ ...line, loss: "huber" } as never)).rejects.toThrow(
    /^curveFitStudentAsync: loss/,
  );
  const x = [0, 1, 2, 3];
  const wave = {
    model: ["a*cos(w*x)", "a*sin(w*x)"],
    x,
    y: x.map((t) => [2 * Math.cos(0.5 * t), 2 * Math.sin(0.5 * t)]),
  };
  expect((await curveFitVectorAsync(wave)).values).toEqual(curveFitVector(wave).values);
  await expect(curveFitVectorAsync({ ...wave, y: [[1]] })).rejects.toThrow(/^curveFitVectorAsync: /);
  await expect(curveFitVectorAsync({ ...wave, signal: AbortSignal.abort(gone) })).rejects.toBe(gone);
});

test("models and sessions", async () => {
  for (const text of ["max 3x + 5y; x <= 4; 2y <= 12; 3x + 2y <= 18", "min x^2 + y^2 - 3x; x + y >= 2"]) {
    const { elapsedMs: _, result: a, ...now } = model(text).solve();
    const { elapsedMs: __, result: b, ...then } = await model(text).solveAsync();
    expect(then).toEqual(now);
    expect(b.x).toEqual(a.x);
    await expect(model(text).solveAsync({ signal: AbortSignal.abort(gone) })).rejects.toBe(gone);
  }
  using session = qpSession({
    P: [
      [2, 0],
      [0, 2],
    ],
    q: [-2, -5],
    A: [[1, 2]],
    u: [3],
  });
  const solving = session.solveAsync();
  for (const use of [() => session.solve(), () => session.update({}), () => session.dispose()])
    expect(use).toThrow(code("REENTRANT"));
  await expect(session.solveAsync()).rejects.toEqual(code("REENTRANT"));
  expect((await solving).x[1]).toBeCloseTo(1.3, 8);
  expect((await session.update({ u: [2] }).solveAsync()).x[1]).toBeCloseTo(0.9, 8);
});

test("what solve and odr refuse names what there is", async () => {
  const problem = { P: [[2]], q: [-2] };
  using session = qpSession(problem, { onIteration: async () => undefined });
  expect(() => session.solve()).toThrow(
    expect.objectContaining({
      code: "CALLBACK_RESULT",
      hint: expect.stringMatching(/: qpSession.solveAsync takes/),
    }),
  );
  expect((await session.solveAsync()).status).toBe("solved");
  const late = { model: async () => 1, x: [0, 1, 2], y: [0, 1, 2], sigmaX: 0.1, params: { a: 1 } };
  // @ts-expect-error a model that is asynchronous
  await expect(odrAsync(late)).rejects.toEqual(code("CALLBACK_RESULT"));
});

const x = Array.from({ length: 40 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
const y = x.map((row) => (row[0]! > 0 ? 1 : 0));
const made = () =>
  network({
    inputs: 2,
    layers: [dense(6), tanh(), dense(5), tanh(), dense(2)],
    loss: "softmaxCrossEntropy",
    seed: 1,
  });

test.each([null, y])("pretrain (%#)", async (targets) => {
  using a = made();
  using b = made();
  const heard: string[] = [];
  const options = { epochs: 3, batchSize: 8 };
  const now = pretrain(a, x, targets, options);
  const then = await pretrainAsync(b, x, targets, {
    ...options,
    onBlock: async ({ layers }) => {
      await late(0);
      heard.push(layers.join());
    },
  });
  expect(b.params).toEqual(a.params);
  expect(then.blocks.map(({ history }) => history.loss)).toEqual(
    now.blocks.map(({ history }) => history.loss),
  );
  expect(heard).toEqual(now.blocks.map(({ layers }) => layers.join()));
  expect(() => pretrain(a, x, targets, { ...options, onBlock: async () => 0 })).toThrow(
    expect.objectContaining({ code: "CALLBACK_RESULT", hint: expect.stringContaining("pretrainAsync") }),
  );
});

test("what holds a network while it is pre-trained", async () => {
  const net = made();
  const running = pretrainAsync(net, x, null, { epochs: 3 });
  for (const use of [() => net.dispose(), () => net.fit(x, y, { epochs: 1 })])
    expect(use).toThrow(code("REENTRANT"));
  await running;
  const ending = pretrainAsync(net, x, null, { epochs: 2, onBlock: () => net.dispose() });
  await expect(ending).rejects.toEqual(code("DISPOSED"));
  using other = made();
  expect(() => pretrain(other, x, null, { epochs: 1, onEpoch: () => other.dispose() })).toThrow(
    code("REENTRANT"),
  );
  const before = other.params.slice();
  await expect(pretrainAsync(other, x, null, { epochs: 9, signal: AbortSignal.abort(gone) })).rejects.toBe(
    gone,
  );
  expect(other.params).toEqual(before);
  await expect(pretrainAsync(other, x, null, { batchSize: 0 })).rejects.toThrow(/^pretrainAsync: batchSize/);
  // Whatever the signal says, wrong calls are told.
  const over = { signal: AbortSignal.abort(gone) };
  expect(() => pretrain(other, x, null, { ...over, method: "x" as never })).toThrow(/^pretrain: method/);
  await expect(pretrainAsync(other, x.slice(1), y, { ...over, method: 1 as never })).rejects.toThrow(
    /method/,
  );
  expect(pretrain(other, x, null, over).blocks.map(({ history }) => history.reason)).toEqual([
    "abort",
    "abort",
  ]);
  expect(other.fit(x, y, { epochs: 1 }).epochs).toHaveLength(1);
});

test("an abort does not wait for what onBlock promises", async () => {
  using net = made();
  const stop = new AbortController();
  const onBlock = () => {
    setTimeout(() => stop.abort(gone), 1);
    return new Promise(() => undefined);
  };
  const running = pretrainAsync(net, x, null, { epochs: 1, signal: stop.signal, onBlock });
  await expect(running).rejects.toBe(gone);
  expect(net.fit(x, y, { epochs: 1 }).epochs).toHaveLength(1);
});

test("targets that the caller writes over after the call are not looked at again", async () => {
  using a = made();
  using b = made();
  const own = [...y];
  const options = { epochs: 2, method: "supervised" } as const;
  await pretrainAsync(a, x, own, { ...options, onBlock: () => void own.fill(0) });
  pretrain(b, x, y, options);
  expect(a.params).toEqual(b.params);
});

test("what a network is busy with is named, and what is allowed meanwhile is true", async () => {
  using net = made();
  const options = { steps: 10, batchSize: 8 };
  const busy = (work: string) =>
    expect.objectContaining({
      code: "REENTRANT",
      message: expect.stringContaining(`while this network is in ${work} `),
      hint: "until that has ended only predict, classify, activations, evaluate, params, diagnose(), summary and save are allowed",
    });
  net.fit(x, y, { epochs: 1 });
  for (const [work, begun] of [
    ["pretrainAsync", () => pretrainAsync(net, x, null, { epochs: 1 })],
    ["findLearningRateAsync", () => findLearningRateAsync(net, x, y, options)],
    ["fitAsync", () => net.fitAsync(x, y, { epochs: 1 })],
  ] as const) {
    const running = begun();
    for (const use of [
      () => net.fit(x, y),
      () => net.forward(x),
      () => net.diagnose(x, y),
      () => net.freeze(),
    ])
      expect(use).toThrow(busy(work));
    net.predict(x);
    net.classify(x);
    net.activations(x, 0);
    net.evaluate(x, y);
    net.summary();
    net.save();
    await running;
  }
  net.diagnose();
});

test("findLearningRate", async () => {
  using net = made();
  const options = { steps: 30, batchSize: 8 };
  const before = net.params.slice();
  const now = findLearningRate(net, x, y, options);
  const running = findLearningRateAsync(net, x, y, options);
  expect(() => net.fit(x, y, { epochs: 1 })).toThrow(code("REENTRANT"));
  expect(await running).toEqual(now);
  await expect(findLearningRateAsync(net, x, y, { signal: AbortSignal.abort(gone) })).rejects.toBe(gone);
  await expect(findLearningRateAsync(net, x, y.slice(1), options)).rejects.toThrow(
    /^findLearningRateAsync: /,
  );
  expect(net.params).toEqual(before);
});
