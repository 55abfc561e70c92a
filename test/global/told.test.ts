// What is told of options and values that are wrong, or that would do nothing.
import { expect, test } from "vitest";
import { compileDensity, genetic, globalSearch, minimizeGlobal } from "../../src/index.js";

const box = { lower: [-1, -1], upper: [1, 1] };
const f = ([x = 0, y = 0]: Float64Array) => x * x + y * y;
const thrown = (call: () => unknown): unknown => {
  try {
    return call();
  } catch (e) {
    return e;
  }
};

test('options of genetic that "rex" makes no use of are refused, with others they serve', () => {
  const options = {
    selection: "roulette",
    crossoverRate: 0.5,
    mutation: "gaussian",
    mutationRate: 0.2,
    elite: 1,
  } as const;
  const run = (o: object) =>
    thrown(() => minimizeGlobal(f, box, { method: genetic(o), maxEvaluations: 200 }));
  for (const [name, value] of Object.entries(options)) {
    expect(run({ [name]: value })).toMatchObject({
      code: "OPTION",
      message: expect.stringContaining(`genetic: ${name} must be left out with crossover "rex", got`),
      details: { option: name, value },
    });
    for (const crossover of ["sbx", "blx", "arithmetic"])
      expect(run({ [name]: value, crossover })).not.toBeInstanceOf(Error);
    // Too few points for a family: "blx" does the work.
    expect(run({ [name]: value, popSize: 4 })).not.toBeInstanceOf(Error);
  }
});

test("messages name what was meant", () => {
  expect(thrown(() => compileDensity("nomal(a, 0, 1)", { params: ["a"] }))).toMatchObject({
    code: "EXPRESSION",
    hint: 'did you mean "normal"?',
  });
  expect(thrown(() => compileDensity("zzzzzzzz(a, 0, 1)", { params: ["a"] }))).toMatchObject({
    hint: expect.stringMatching(/known functions: .*exp.*normal/),
  });
  for (const generations of ["generations", "maxGenerations"])
    expect(thrown(() => minimizeGlobal(f, box, { [generations]: 9 } as never))).toMatchObject({
      code: "OPTION",
      hint: 'did you mean "maxIterations"?',
    });
  expect(thrown(() => minimizeGlobal(() => 0, { a: { lower: 1 } }))).toMatchObject({
    code: "NON_FINITE_INPUT",
    message: expect.stringContaining("upper of a must be a finite number, got undefined"),
  });
  const search = globalSearch(box as never);
  search.ask();
  expect(thrown(() => search.tell(["a"] as never))).toBeInstanceOf(Error);
  const values: unknown[] = search.ask().map(() => 1);
  values[0] = "a";
  expect(thrown(() => search.tell(values as never))).toMatchObject({
    message: expect.stringContaining('values[0] must be a number, got "a"'),
  });
  search.dispose();
});
