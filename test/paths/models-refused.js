// What the model language refuses, and how it says so.
import { attempt } from "./several.js";

const texts = [
  "",
  "  ",
  "a +",
  "* a",
  "(a",
  "a)",
  "a b",
  "2a",
  "2(a)",
  "a(b)",
  "a = b",
  "a == b == c",
  "x => y => z",
  "a < b < c",
  "a ? b",
  "a ? b : ",
  "1,5*x",
  "f(a, b)",
  "sinn(a)",
  "Sin(a)",
  "sin",
  "sin()",
  "sin(a, b)",
  "min(a)",
  "gaussian(a, b, c, a)",
  "if(a, b)",
  "clamp(a, b)",
  "bx",
  "ab",
  "sum(k, 1, 2)",
  "sum(1, 2, 3, a)",
  "sum(k, 1.5, 3, a)",
  "sum(k, 3, 1, a)",
  "sum(k, 1, 1001, a)",
  "a[1]",
  "{a}",
  '"a"',
  "p.a",
  "a; b",
  "a & b",
  "a | b",
  "a % b",
  "a # b",
  "1e999",
  "a ++ b",
  "a -- b",
  "a /* b",
  "!a",
  "a ** b",
  "a != b",
  "a²b",
  "constructor",
  "this",
  "__proto__ + a",
  "a\n+ b\n* q",
  "a + é",
  "α + β",
];

export function* cases(d) {
  const params = ["a", "b", "c"];
  for (const text of texts)
    yield [
      `text ${JSON.stringify(text)}`,
      () => {
        const model = d.compileModel(text, { params });
        const out = new Float64Array(3);
        model.evaluate([1, 2, 3], [1, 2, 3], out);
        return [out, attempt(() => d.compileModel(text).params)];
      },
    ];
  const nested = (k) => `${"(".repeat(k)}a${")".repeat(k)}`;
  const long = (k) => `a${" + a".repeat(k)}`;
  for (const [name, text] of Object.entries({
    198: nested(198),
    199: nested(199),
    200: nested(200),
    499: long(499),
    5001: long(5001),
    far: `${"a + ".repeat(40)}q${" + a".repeat(40)}`,
  }))
    yield [`size ${name}`, () => d.compileModel(text, { params }).params];
  const f = d.compileObjective("(a - 1)^2 + b^2", ["a", "b"]);
  const model = d.compileModel("a*x + b*u", { variables: ["x", "u"] });
  const gone = d.compileObjective("a^2");
  gone.dispose();
  gone.dispose();
  const lost = d.compileModel("a*x");
  lost.dispose();
  const out = new Float64Array(2);
  const data = { x: [1, 2], y: [3, 4] };
  const wrong = {
    "a number": () => d.compileModel(7),
    "a name twice": () => d.compileModel("a", { params: ["a", "a"] }),
    "a variable twice": () => d.compileModel("x", { params: ["x"] }),
    "no name": () => d.compileModel("a", { params: ["1a"] }),
    "an empty name": () => d.compileModel("a", { params: [""] }),
    "a reserved name": () => d.compileModel("a", { params: ["this"] }),
    "names of numbers": () => d.compileModel("a", { params: [1] }),
    "names of text": () => d.compileModel("a", { params: "a" }),
    "a key": () => d.compileModel("a", { parameters: ["a"] }),
    runtime: () => d.compileModel("a", { runtime: {} }),
    "x flat": () => model.evaluate([1, 2], [1, 2], out),
    "x without u": () => model.evaluate({ x: [1, 2] }, [1, 2], out),
    "x of other lengths": () => model.evaluate({ x: [1, 2], u: [1] }, [1, 2], out),
    "x of null": () => model.evaluate(null, [1, 2], out),
    "p of another length": () => model.evaluate({ x: [1, 2], u: [1, 2] }, [1], out),
    "out of another length": () => model.jacobian({ x: [1, 2], u: [1, 2] }, [1, 2], out),
    "out of a list": () => model.evaluate({ x: [1, 2], u: [1, 2] }, [1, 2], [0, 0]),
    "a model disposed": () => lost.evaluate([1], [1], out),
    "x of the objective": () => f.fun([1]),
    "grad of another length": () => f.grad([1, 2], new Float64Array(1)),
    "hess of another length": () => f.hess([1, 2], out),
    "part of MathML": () => f.toMathML("jacobian"),
    "an objective disposed": () => gone.fun([1]),
    "no reduce": () => d.compileObjective("a*x", { data }),
    "another reduce": () => d.compileObjective("a*x", { data, reduce: "mean" }),
    "no data": () => d.compileObjective("a*x", { reduce: "sum" }),
    "no columns": () => d.compileObjective("a", { data: {}, reduce: "sum" }),
    "columns of other lengths": () => d.compileObjective("a", { data: { x: [1], y: [1, 2] }, reduce: "sum" }),
    "data of NaN": () => d.compileObjective("a", { data: { x: [NaN] }, reduce: "sum" }),
    "polynomial 16": () => d.polynomial(16),
    "polynomial -1": () => d.polynomial(-1),
    "polynomial 1.5": () => d.polynomial(1.5),
    "rational 1/0": () => d.rational(1, 0),
    "prefix 1": () => d.prefix(d.models.linear, "1"),
    "prefix of text": () => d.prefix("a*x", "p_"),
    "prefix of an operator": () => d.prefix(d.models.linear, "a+"),
    "sum of nothing": () => d.sum(),
    "sum of twins": () => d.sum(d.models.linear, d.models.linear),
    "product of text": () => d.product(d.models.linear, "a"),
    modelLaTeX: () => d.modelLaTeX({ text: "a" }),
    "vexp out": () => d.vexp([1, 2], new Float64Array(1)),
    "vexp of text": () => d.vexp("ab"),
    "vexp key": () => d.vexp([1], undefined, { out: 1 }),
    "vpow lengths": () => d.vpow([1, 2], [1]),
  };
  for (const [name, call] of Object.entries(wrong)) yield [`refused ${name}`, call];
}
