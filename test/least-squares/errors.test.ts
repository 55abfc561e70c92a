// Bad input: each with its code, a message that quotes what came, and before any call of the model.
import { describe, expect, test } from "vitest";
import { curveFit, curveFitAsync, DownhillError, leastSquares, loadSync } from "../../src/index.js";

let calls = 0;
const line = (x: number, p: Readonly<Record<string, number>>): number => {
  calls++;
  return (p.a as number) + (p.b as number) * x;
};
const good = { model: line, x: [1, 2, 3, 4], y: [2, 4, 6.5, 8], params: { a: 1, b: 1 } };
type Options = Parameters<typeof curveFit>[0];
const fitWith = (changes: Record<string, unknown>) => curveFit({ ...good, ...changes } as Options);

function caught(run: () => unknown): DownhillError {
  try {
    run();
  } catch (error) {
    if (error instanceof DownhillError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const detached = (): Float64Array => {
  const data = Float64Array.from([1, 2, 3, 4]);
  structuredClone(data.buffer, { transfer: [data.buffer] });
  return data;
};

/** [changes to a good fit, code, words of the message] */
const table: [Record<string, unknown>, string, RegExp][] = [
  [{ y: [1, 2, 3] }, "SHAPE", /y has length 3, expected 4/],
  [{ x: [1, 2, 3] }, "SHAPE", /y has length 4, expected 3/],
  [{ sigma: [1, 1] }, "SHAPE", /sigma has length 2, expected 4/],
  [{ x: [1], y: [1] }, "SHAPE", /too few residuals for 2 parameters: 1/],
  [{ x: [], y: [] }, "SHAPE", /too few residuals for 2 parameters: 0/],
  [{ x: 5 }, "SHAPE", /x must be an array of numbers, got 5/],
  [{ x: "1234" }, "SHAPE", /x must be an array of numbers, got "1234"/],
  [{ y: null }, "SHAPE", /y must be an array of numbers, got null/],
  [{ y: new DataView(new ArrayBuffer(32)) }, "SHAPE", /y must be an array/],
  [{ x: {} }, "SHAPE", /no predictors/],
  [{ x: { u: [1, 2, 3, 4], v: [1, 2] } }, "SHAPE", /x\.v has length 2, expected 4/],
  [{ x: { u: 3 } }, "SHAPE", /x\.u must be an array of numbers, got 3/],
  [{ params: {} }, "SHAPE", /no free parameter/],
  [{ params: { a: { init: 1, fixed: true } } }, "SHAPE", /no free parameter among \[a\]/],
  [{ params: { a: { init: 1, min: 1, max: 1 } } }, "SHAPE", /no free parameter/],
  [{ x: [1, NaN, 3, 4] }, "NON_FINITE_INPUT", /x\[1\] is NaN/],
  [{ x: [1, 2, 3, Infinity] }, "NON_FINITE_INPUT", /x\[3\] is Infinity/],
  [{ y: [1, 2, -Infinity, 4] }, "NON_FINITE_INPUT", /y\[2\] is -Infinity/],
  [{ y: ["1", 2, 3, 4] }, "NON_FINITE_INPUT", /y\[0\] is "1"/],
  [{ y: Object.assign(new Array(4), [1, 2]) }, "NON_FINITE_INPUT", /y\[2\] is undefined/],
  [{ y: [1n, 2, 3, 4] }, "NON_FINITE_INPUT", /y\[0\] is 1n/],
  [{ x: { u: [1, 2, null, 4] } }, "NON_FINITE_INPUT", /x\.u\[2\] is null/],
  [{ sigma: [1, 1, NaN, 1] }, "NON_FINITE_INPUT", /sigma\[2\] is NaN/],
  [{ sigma: [1, 0, 1, 1] }, "OPTION", /sigma\[1\] must be > 0, got 0/],
  [{ sigma: [1, 1, 1, -2] }, "OPTION", /sigma\[3\] must be > 0, got -2/],
  [{ sigma: 0 }, "OPTION", /sigma.* must be > 0, got 0/],
  [{ sigma: -1 }, "OPTION", /sigma.* must be > 0, got -1/],
  [{ sigma: "1" }, "OPTION", /sigma must be .*, got "1"/],
  [{ params: { a: NaN, b: 1 } }, "OPTION", /"a".*finite number, got NaN/],
  [{ params: { a: "1", b: 1 } }, "OPTION", /"a".*got "1"/],
  [{ params: { a: { min: 0 }, b: 1 } }, "OPTION", /"a".*init must be a finite number, got undefined/],
  [{ params: { a: { init: 1, mim: 0 }, b: 1 } }, "OPTION", /unknown option "mim".*"min"/],
  [
    { params: { a: { init: 1, min: 2 }, b: 1 } },
    "OPTION",
    /"a".*init 1 is outside its bounds \[2, Infinity\]/,
  ],
  [{ params: { a: { init: 1, min: 2, max: 0 }, b: 1 } }, "OPTION", /min 2 is greater than max 0/],
  [{ params: { a: { init: 1, min: NaN }, b: 1 } }, "OPTION", /min must be a number, got NaN/],
  [{ params: { a: { init: 1, max: "2" }, b: 1 } }, "OPTION", /max must be a number, got "2"/],
  [{ params: { a: { init: 1, fixed: 1 }, b: 1 } }, "OPTION", /fixed must be true or false, got 1/],
  [{ params: [1, 2] }, "OPTION", /params must be an object/],
  [{ params: undefined }, "OPTION", /params must be an object.*undefined/],
  [{ model: undefined }, "OPTION", /model must be a function/],
  [{ model: {} }, "OPTION", /model must be a function/],
  [{ model: { evaluate: line, jacobian: 3 } }, "OPTION", /model must be a function/],
  [{ methid: "dogleg" }, "OPTION", /unknown option "methid".*"method"/],
  [{ maxIteration: 5 }, "OPTION", /unknown option "maxIteration".*"maxIterations"/],
  [{ bounds: {} }, "OPTION", /unknown option "bounds"/],
  [{ method: "levenbergMarquart" }, "OPTION", /method must be one of.*"levenbergMarquardt"/],
  [{ method: 3 }, "OPTION", /method must be one of.*got 3/],
  [{ method: { name: "bfgs" } }, "OPTION", /method must be one of/],
  [{ loss: "hubert" }, "OPTION", /loss must be one of.*got "hubert".*"huber"/],
  [{ lossScale: 0, loss: "huber" }, "OPTION", /lossScale must be a number > 0 or "mad", got 0/],
  [{ lossScale: "sd", loss: "huber" }, "OPTION", /lossScale must be .*got "sd"/],
  [{ gradTol: -1 }, "OPTION", /gradTol must be a finite number >= 0, got -1/],
  [{ stepTol: NaN }, "OPTION", /stepTol must be .*got NaN/],
  [{ funTol: Infinity }, "OPTION", /funTol must be .*got Infinity/],
  [{ target: NaN }, "OPTION", /target must be .*got NaN/],
  [{ maxIterations: -1 }, "OPTION", /maxIterations must be .*got -1/],
  [{ maxIterations: 1.5 }, "OPTION", /maxIterations must be an integer.*got 1.5/],
  [{ maxEvaluations: 0 }, "OPTION", /maxEvaluations must be .*got 0/],
  [{ maxEvaluations: "9" }, "OPTION", /maxEvaluations must be .*got "9"/],
  [{ maxTimeMs: -5 }, "OPTION", /maxTimeMs must be .*got -5/],
  [{ every: 0 }, "OPTION", /every must be .*got 0/],
  [{ trace: "yes" }, "OPTION", /trace must be .*got "yes"/],
  [{ signal: {} }, "OPTION", /signal must be an AbortSignal/],
  [{ onIteration: "stop" }, "OPTION", /onIteration must be a function, got "stop"/],
  [{ level: 1 }, "OPTION", /level must be .*got 1/],
  [{ level: 95 }, "OPTION", /level must be .*got 95/],
  [{ absoluteSigma: 1 }, "OPTION", /absoluteSigma must be true or false, got 1/],
  [{ runtime: {} }, "OPTION", /runtime must come from load/],
];

describe("curveFit refuses", () => {
  test.each(table)("%o with %s", (changes, code, words) => {
    calls = 0;
    const error = caught(() => fitWith(changes));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(words);
    expect(error.message).toMatch(/^curveFit|^runtime/);
    expect(error.name).toBe("DownhillError");
    expect(calls).toBe(0);
  });

  test.each(table)("asynchronously too: %o", async (changes, code, words) => {
    calls = 0;
    const error = await curveFitAsync({ ...good, ...changes } as Options).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(DownhillError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(words) });
    expect(calls).toBe(0);
  });

  test("options that are no object", () => {
    for (const options of [undefined, null, 3, "fit", []]) {
      expect(caught(() => curveFit(options as unknown as Options)).code).toBe("OPTION");
    }
  });

  test("detached buffers", () => {
    for (const name of ["x", "y", "sigma"]) {
      const error = caught(() => fitWith({ [name]: detached() }));
      expect([error.code, error.message.includes(name)]).toEqual(["DETACHED_INPUT", true]);
    }
    expect(caught(() => fitWith({ x: { u: detached() } })).code).toBe("DETACHED_INPUT");
  });

  test("a disposed runtime", () => {
    const runtime = loadSync({ memoryBytes: 65536 });
    runtime.dispose();
    expect(caught(() => fitWith({ runtime })).code).toBe("DISPOSED");
  });

  test("a problem larger than the runtime given, which stays usable", () => {
    const runtime = loadSync({ memoryBytes: 65536 });
    const x = Array.from({ length: 20_000 }, (_, i) => i / 1000);
    const error = caught(() => fitWith({ x, y: x, runtime }));
    expect(error.code).toBe("OUT_OF_MEMORY");
    expect(error.details.requested).toBeGreaterThan(65536);
    expect(error.message).toContain(String(error.details.requested));
    expect(runtime.memory.used).toBe(0);
    expect(fitWith({ runtime }).success).toBe(true);
    runtime.dispose();
  });

  test("details are for programs: argument, index, value, option", () => {
    expect(caught(() => fitWith({ y: [1, NaN, 3, 4] })).details).toEqual({
      argument: "y",
      index: 1,
      value: NaN,
    });
    expect(caught(() => fitWith({ sigma: [1, 1, 0, 1] })).details).toMatchObject({
      option: "sigma",
      index: 2,
    });
    expect(caught(() => fitWith({ params: { a: 1, b: { init: 9, max: 2 } } })).details).toMatchObject({
      param: "b",
    });
    expect(caught(() => fitWith({ fnutol: 1 })).details).toMatchObject({ option: "fnutol", value: 1 });
  });
});

describe("leastSquares refuses", () => {
  const residuals = (p: Float64Array, out: Float64Array) => {
    calls++;
    out.fill(p[0] as number);
  };
  type Arguments = Parameters<typeof leastSquares>;
  const cases: [string, unknown[], string, RegExp][] = [
    ["m < n", [residuals, 1, [1, 2]], "SHAPE", /too few residuals for 2 parameters: 1 /],
    ["n = 0", [residuals, 3, []], "SHAPE", /no parameter/],
    ["m = 0, n = 0", [residuals, 0, []], "SHAPE", /no parameter/],
    ["NaN in p0", [residuals, 3, [1, NaN]], "NON_FINITE_INPUT", /p0\[1\] is NaN/],
    ["p0 as a number", [residuals, 3, 1], "SHAPE", /p0 must be an array/],
    ["a fractional m", [residuals, 2.5, [1]], "OPTION", /m must be an integer.*2\.5/],
    ["a missing m", [residuals, undefined, [1]], "OPTION", /m must be/],
    ["a negative m", [residuals, -1, [1]], "OPTION", /m must be .*-1/],
    ["m as a string", [residuals, "3", [1]], "OPTION", /m must be .*"3"/],
    ["an m beyond every memory", [residuals, 2 ** 31, [1]], "OUT_OF_MEMORY", /\d+ bytes/],
    ["an m whose bytes overflow 32 bits", [residuals, 2 ** 32 + 3, [1]], "OUT_OF_MEMORY", /\d+ bytes/],
    ["an m beyond integers", [residuals, 1e300, [1]], "OUT_OF_MEMORY", /\d+ bytes/],
    ["no residuals", [undefined, 3, [1]], "OPTION", /residuals must be a function/],
    [
      "a Jacobian that is no function",
      [residuals, 3, [1], { jacobian: [] }],
      "OPTION",
      /jacobian must be a function/,
    ],
    ["options that are no object", [residuals, 3, [1], 7], "OPTION", /options must be a plain object, got 7/],
    ["null options", [residuals, 3, [1], null], "OPTION", /options must be a plain object, got null/],
    ["unknown bounds", [residuals, 3, [1], { bounds: { min: 0 } }], "OPTION", /unknown option "min"/],
    [
      "bounds of another length",
      [residuals, 3, [1], { bounds: { lower: [0, 0] } }],
      "SHAPE",
      /lower has length 2, expected 1/,
    ],
    [
      "a start below",
      [residuals, 3, [1], { bounds: { lower: 2 } }],
      "OPTION",
      /x\[0\] = 1 is outside \[2, Infinity\]/,
    ],
    ["a start above", [residuals, 3, [1], { bounds: { upper: [0] } }], "OPTION", /x\[0\] = 1 is outside/],
    [
      "lower above upper",
      [residuals, 3, [1], { bounds: { lower: 2, upper: 0 } }],
      "OPTION",
      /lower\[0\] = 2 is not <= .*upper\[0\] = 0/,
    ],
    ["NaN as a bound", [residuals, 3, [1], { bounds: { lower: [NaN] } }], "OPTION", /lower\[0\] = NaN/],
    ["an option of curveFit", [residuals, 3, [1], { sigma: 1 }], "OPTION", /unknown option "sigma"/],
  ];
  test.each(cases)("%s", (_, given, code, words) => {
    calls = 0;
    const error = caught(() => leastSquares(...(given as unknown as Arguments)));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(words);
    expect(calls).toBe(0);
  });
});

test("method makers check their own options", async () => {
  const { dogleg, levenberg, levenbergMarquardt, gaussNewton } = await import("../../src/index.js");
  for (const make of [dogleg, levenberg, levenbergMarquardt]) {
    expect(caught(() => make({ factor: 0 })).message).toMatch(/factor must be .*> 0, got 0/);
    expect(caught(() => make({ facto: 1 } as object)).message).toMatch(/"factor"/);
    expect(Object.isFrozen(make())).toBe(true);
    expect(fitWith({ method: make({ factor: 0.3 }) }).success).toBe(true);
    expect(fitWith({ method: make.name }).values).toEqual(fitWith({ method: make() }).values);
  }
  expect(fitWith({ method: gaussNewton() }).method).toBe("gaussNewton");
});

test("a report style that does not exist is refused", () => {
  const fit = fitWith({});
  expect(caught(() => fit.report({ style: "short" as "brief" })).code).toBe("OPTION");
  const plain = leastSquares((p, out) => out.fill(p[0] as number), 2, [1]);
  expect(caught(() => plain.report({ style: "short" as "brief" })).code).toBe("OPTION");
});
