// The checks that every public function shares, and how they quote what came.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DownhillError, quote } from "../../src/runtime/errors.js";
import {
  booleanOption,
  checkArray,
  checkFinite,
  checkKeys,
  choiceOption,
  nearest,
  numberOption,
} from "../../src/runtime/options.js";

const error = (code: string, message: string, details?: object) =>
  expect.objectContaining({
    name: "DownhillError",
    code,
    message: expect.stringContaining(message),
    ...(details ? { details } : {}),
  });

describe("checkKeys", () => {
  const known = ["gradTol", "maxIterations", "lossScale", "x0"];

  test.each([
    ["gradtol", 'unknown option "gradtol" (did you mean "gradTol"?)'],
    ["maxIter", 'did you mean "maxIterations"?'],
    ["maxItersations", 'did you mean "maxIterations"?'],
    ["epochs", "known options: gradTol, lossScale, x0, maxIterations"],
    ["lossscale", 'did you mean "lossScale"?'],
    ["q", "known options"],
    ["tolerance", 'did you mean "gradTol"?'],
  ])("answers %s with %s", (key, message) => {
    expect(() => checkKeys("fit", { [key]: 1 }, known)).toThrow(error("OPTION", message));
  });

  test("carries the option and its value, and says where", () => {
    const wrong = error("OPTION", 'fit: unknown option "foo"', { option: "foo", value: 7 });
    expect(() => checkKeys("fit", { gradTol: 1, foo: 7 }, known)).toThrow(wrong);
  });

  test("a __proto__ key out of JSON is an unknown option and pollutes nothing", () => {
    const options = JSON.parse('{ "__proto__": { "polluted": 1 } }');
    expect(() => checkKeys("fit", options, known)).toThrow(error("OPTION", 'unknown option "__proto__"'));
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test("only an object is one", () => {
    for (const wrong of [null, undefined, 3, "gradTol", [], () => 0]) {
      expect(() => checkKeys("fit", wrong as never, known)).toThrow(
        error("OPTION", "must be a plain object"),
      );
    }
    checkKeys("fit", {}, known);
    checkKeys("fit", Object.create(null), known);
  });

  test("an exact name is always the nearest, and a name without likeness has none", () => {
    for (const name of known) expect(nearest(name, known)).toBe(name);
    expect(nearest("x", ["lr"])).toBeUndefined();
    expect(nearest("zzzzzz", known)).toBeUndefined();
    fc.assert(
      fc.property(fc.constantFrom("maxIterations", "lossScale"), fc.nat(12), (name, i) => {
        const typo = name.slice(0, i) + name.slice(i + 1);
        return nearest(typo, known) === name;
      }),
    );
  });
});

describe("numberOption", () => {
  test("takes numbers of its range, and the default for undefined", () => {
    expect(numberOption("f", "n", undefined, 5)).toBe(5);
    expect(numberOption("f", "n", 0, 5, { min: 0 })).toBe(0);
    expect(numberOption("f", "n", Infinity, 5, { infinite: true, integer: true })).toBe(Infinity);
    expect(numberOption("f", "n", 3, 5, { min: 3, max: 3, integer: true })).toBe(3);
  });

  test.each([
    [NaN, {}, "n must be a finite number, got NaN"],
    [Infinity, {}, "n must be a finite number, got Infinity"],
    [-1, { min: 0, infinite: true }, "n must be a number >= 0, got -1"],
    [0, { min: 0, exclusive: true }, "n must be a finite number > 0, got 0"],
    [1.5, { integer: true, min: 1, max: 9 }, "n must be an integer >= 1 and <= 9, got 1.5"],
    [10, { max: 9 }, "n must be a finite number <= 9, got 10"],
    ["10", {}, 'got "10"'],
    [null, {}, "got null"],
    [10n, {}, "got 10n"],
    [true, {}, "got true"],
  ])("%s is refused", (value, range, message) => {
    expect(() => numberOption("f", "n", value, 5, range)).toThrow(
      error("OPTION", `f: n must be`, { option: "n", value }),
    );
    expect(() => numberOption("f", "n", value, 5, range)).toThrow(error("OPTION", message));
  });
});

test("choiceOption and booleanOption take what they list", () => {
  expect(choiceOption("f", "loss", undefined, ["linear", "huber"], "linear")).toBe("linear");
  expect(choiceOption("f", "loss", "huber", ["linear", "huber"], "linear")).toBe("huber");
  expect(() => choiceOption("f", "loss", "Hubert", ["linear", "huber"], "linear")).toThrow(
    error("OPTION", 'loss must be one of linear, huber, got "Hubert" (did you mean "huber"?)'),
  );
  expect(() => choiceOption("f", "loss", 3, ["linear"], "linear")).toThrow(error("OPTION", "got 3"));
  expect([booleanOption("f", "b", undefined, true), booleanOption("f", "b", false, true)]).toEqual([
    true,
    false,
  ]);
  for (const wrong of [null, 0, 1, "true"])
    expect(() => booleanOption("f", "b", wrong, true)).toThrow(error("OPTION", "b must be true or false"));
});

describe("data", () => {
  test("any array of numbers passes, views of shared memory too", () => {
    const arrays = [
      [1],
      [],
      new Float64Array(1),
      new Int8Array(1),
      new Float32Array(new SharedArrayBuffer(4)),
    ];
    for (const values of [...arrays, { length: 1, 0: 5 }]) checkArray("fit", "x", values);
  });

  test.each([[null], [undefined], [5], ["1,2"], [new Map()], [new DataView(new ArrayBuffer(8))], [() => 1]])(
    "%s is SHAPE",
    (wrong) => {
      expect(() => checkArray("fit", "x", wrong)).toThrow(
        error("SHAPE", "fit: x must be an array of numbers, got", { argument: "x" }),
      );
    },
  );

  test("a wrong length is SHAPE with both lengths", () => {
    expect(() => checkArray("fit", "y", [1, 2], 3)).toThrow(
      error("SHAPE", "fit: y has length 2, expected 3", { argument: "y", length: 2, expected: 3 }),
    );
  });

  test("a transferred buffer is DETACHED_INPUT, an empty array is not", () => {
    const values = new Float64Array([1, 2]);
    structuredClone(values, { transfer: [values.buffer] });
    expect(() => checkArray("fit", "y", values, 2)).toThrow(
      error("DETACHED_INPUT", "fit: the buffer of y was transferred or detached", { argument: "y" }),
    );
    checkArray("fit", "y", new Float64Array(0), 0);
    checkArray("fit", "y", new Float64Array(new SharedArrayBuffer(0)), 0);
  });

  test("the first element that is not finite is named", () => {
    for (const [bad, text] of [
      [NaN, "NaN"],
      [-Infinity, "-Infinity"],
      ["3", '"3"'],
      [undefined, "undefined"],
      [2n, "2n"],
    ] as const) {
      expect(() => checkFinite("fit", "y", [1, bad, NaN] as number[])).toThrow(
        error("NON_FINITE_INPUT", `fit: y[1] is ${text}, expected a finite number`, {
          argument: "y",
          index: 1,
          value: bad,
        }),
      );
    }
    checkFinite("fit", "y", [0, -0, 5e-324, 1e308]);
  });
});

test.each([
  ["text", '"text"'],
  ['a "b"', '"a \\"b\\""'],
  ["x".repeat(100), `"${"x".repeat(57)}..."`],
  [3, "3"],
  [-0, "-0"],
  [NaN, "NaN"],
  [10n, "10n"],
  [null, "null"],
  [undefined, "undefined"],
  [true, "true"],
  [Symbol("s"), "Symbol(s)"],
  [[1, 2], "Array of length 2"],
  [new Float32Array(3), "Float32Array of length 3"],
  [new DataView(new ArrayBuffer(8)), "a DataView"],
  [new ArrayBuffer(8), "an ArrayBuffer"],
  [Promise.resolve(1), "a Promise"],
  [Math.sin, "function sin"],
  [() => 0, "function (anonymous)"],
  [{ a: 1, b: 2 }, "an object with keys a, b"],
  [{}, "an object with keys (none)"],
  [Object.create(null), "an object with keys (none)"],
  [new Date(0), "a Date"],
  [new Map(), "a Map"],
])("quote(%s) is %s", (value, text) => {
  expect(quote(value)).toBe(text);
});

test("an error carries code, hint, details and cause, and its message ends with the hint", () => {
  const cause = new Error("inner");
  const full = new DownhillError("OPTION", "n is wrong", { hint: "try 3", details: { n: 4 }, cause });
  expect(full).toBeInstanceOf(Error);
  expect(String(full)).toBe("DownhillError: n is wrong (try 3)");
  expect([full.code, full.hint, full.details, full.cause]).toEqual(["OPTION", "try 3", { n: 4 }, cause]);
  const bare = new DownhillError("SHAPE", "m < n");
  expect([bare.message, "hint" in bare, bare.details, "cause" in bare]).toEqual(["m < n", false, {}, false]);
});
