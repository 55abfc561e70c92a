// What curveFit refuses, and how it says so.
import { attempt } from "./several.js";

export function* cases(d) {
  const x = [0, 1, 2, 3];
  const y = [3, 2, 1.5, 1.2];
  const base = { model: "a*exp(-b*x)", x, y, params: { a: 1, b: 1 } };
  const params = (a) => ({ params: { a, b: 1 } });
  const V = [
    [1, 0.5],
    [0.2, 1],
  ];
  const wrong = {
    nothing: () => d.curveFit(),
    model: { model: 7 },
    text: { model: "a*exp(-b*x" },
    "a foreign model": { model: { toMathML: () => "", source: "a*x" } },
    "x of another length": { x: [1, 2] },
    "x of text": { x: "abc" },
    "x empty": { x: {} },
    "x of NaN": { x: [0, NaN, 2, 3] },
    "x of infinity": { x: [0, Infinity, 2, 3] },
    "y of NaN": { y: [0, NaN, 2, 3] },
    "y of null": { y: [0, null, 2, 3] },
    "a column missing": { model: "a*x + b*u", x: { x } },
    "an array for two": { model: d.compileModel("a*x + b*u", { variables: ["x", "u"] }) },
    "params of text": { params: "a" },
    "no free one": { params: { a: { init: 1, fixed: true }, b: { init: 1, min: 1, max: 1 } } },
    "no parameter": { model: "x + 1", params: undefined },
    "another parameter": { params: { a: 1 } },
    "too many": { model: "a + b*x + c*x^2 + g*x^3 + f*x^4", params: undefined },
    "init outside": params({ init: 5, max: 4 }),
    "min over max": params({ init: 5, min: 6, max: 4 }),
    "init of NaN": params(NaN),
    "fixed without": params({ fixed: true }),
    "fixed of 1": params({ init: 1, fixed: 1 }),
    "a key of a parameter": params({ init: 1, vary: false }),
    "a parameter of text": params("1"),
    "a tie to itself": params({ expr: "2*a" }),
    "a tie to nothing": params({ expr: "2*q" }),
    "a tie of a number": params({ expr: 2 }),
    "a tie with more": params({ expr: "b", min: 0 }),
    integer: params({ init: 1, integer: 1 }),
    "integer between": params({ init: 1.5, min: 1.2, max: 1.8, integer: true }),
    "sigma of 0": { sigma: [1, 0, 1, 1] },
    "sigma of another length": { sigma: [1, 1] },
    "sigma of text": { sigma: "1" },
    "sigma tiny": { sigma: 1e-310 },
    "absoluteSigma without": { absoluteSigma: true },
    "absoluteSigma of 1": { absoluteSigma: 1, sigma: 1 },
    "matrix not symmetric": { x: [0, 1], y: [3, 2], sigma: V, params: { b: 1, a: { init: 1, fixed: true } } },
    "matrix indefinite": {
      x: [0, 1],
      y: [3, 2],
      sigma: [1, 2, 2, 1],
      params: { b: 1, a: { init: 1, fixed: true } },
    },
    "matrix of short rows": { sigma: [[1], [1], [1], [1]] },
    "a mask of text": { mask: ["a", 1, 1, 1] },
    "a mask of another length": { mask: [1] },
    "a negative weight": { weights: [1, -1, 1, 1] },
    "weights and sigma": { weights: x, sigma: 1 },
    "relative of 0": { y: [1, 0, 1, 1], residuals: "relative" },
    "log of less": { y: [1, -1, 1, 1], residuals: "log" },
    "counts of less": { y: [1, -1, 1, 1], likelihood: "poisson" },
    "counts and sigma": { sigma: 1, likelihood: "poisson" },
    "log and loss": { residuals: "log", loss: "huber" },
    "two laws": { residuals: "log", likelihood: "student" },
    likelihood: { likelihood: "cauchy" },
    missing: { missing: "omit" },
    lossScale: { lossScale: 2 },
    nan_policy: { nan_policy: "omit" },
    minValues: { minValues: [0, 0] },
    bounds: { bounds: [0, 1] },
    "a key": { weigths: [1] },
    "sigmaX of 0": { sigmaX: 0 },
    "sigmaX of a name": { sigmaX: { u: 1 } },
    "sigmaX of another length": { sigmaX: [1] },
    "sigmaX and ties": { sigmaX: 0.1, params: { a: 1, b: { expr: "a" } } },
    starts: { starts: 1.5 },
    "starts of a name": { starts: [{ q: 1 }] },
    "starts of another length": { starts: [[1]] },
    "an option without a value": { mask: undefined },
    "steps of 0": { model: (v, { a, b }) => a * v + b, differenceStep: 0 },
    "steps of a name": { model: (v, { a, b }) => a * v + b, differenceStep: { q: 1 } },
    "a model of text": { model: () => "1" },
    "a model that promises": { model: async () => 1 },
    "data and x": { data: [{ x, y }] },
  };
  for (const [name, o] of Object.entries(wrong))
    yield [
      `refused ${name}`,
      () => {
        if (typeof o === "function") return o();
        const options = { ...base, ...o };
        if ("params" in o && o.params === undefined) delete options.params;
        return d.curveFit(options);
      },
    ];
  const sets = {
    "no set": { data: [] },
    "a set of null": { data: [null] },
    "a key of a set": { data: [{ x, y, z: 1 }] },
    "models for other sets": { data: [{ x, y }], model: ["a*x", "a*x"] },
    "one sigma of two": {
      data: [
        { x, y, sigma: 1 },
        { x, y },
      ],
    },
    "a column called set": { data: [{ x: { set: x }, y }], model: "a*set" },
    "shared of 1": { data: [{ x, y }], params: { a: { shared: 1 } } },
    "starts of shared": {
      data: [
        { x, y },
        { x, y },
      ],
      params: { a: { shared: true, init: [1, 2] }, b: 1 },
    },
    "starts of another length": {
      data: [
        { x, y },
        { x, y },
      ],
      params: { a: { init: [1] }, b: 1 },
    },
    "a function without params": { data: [{ x, y }], model: (v) => v },
    "mask beside": { data: [{ x, y }], mask: [1] },
    "whole, not shared": { data: [{ x, y }], params: { a: { init: 1, integer: true }, b: 1 } },
  };
  for (const [name, o] of Object.entries(sets))
    yield [`sets refused ${name}`, () => d.curveFit({ model: base.model, ...o })];
  const rows = {
    model: ["a*x", "b*x"],
    x: [1, 2],
    y: [
      [1, 2],
      [2, 4],
    ],
  };
  const vectors = {
    "no options": null,
    "y flat": { ...rows, y },
    "rows of other lengths": { ...rows, y: [[1, 2], [2]] },
    "other models": { ...rows, model: ["a*x"] },
    "a model of text": { ...rows, model: "a*x" },
    "no params": { ...rows, model: () => [1, 2] },
    "an answer": { ...rows, model: () => [1], params: { a: 1 } },
  };
  for (const [name, o] of Object.entries(vectors)) yield [`rows refused ${name}`, () => d.curveFitVector(o)];
  yield [
    "withDifferences refused",
    () => [attempt(() => d.withDifferences("a")), attempt(() => d.withDifferences(() => 1, { step: 1 }))],
  ];
}
