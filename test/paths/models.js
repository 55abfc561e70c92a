// The model language: values and derivatives at ordinary and odd points, how texts are written out, objectives, named models.
import { grid } from "./fit-data.js";
import { attempt } from "./several.js";

const points = [0.3, -0.7, 0, 1, 2.5, -3, 30, -800, 1e-9, 1e9, Infinity, -Infinity, NaN];

const texts = [
  "a + b*x - c",
  "a*x^2 + b*x^3 - c*x^16 + x^17 + x^-2 + x^0.5 + x^1.5 + x^7.5 + x^8.5",
  "x^a + a^x + abs(x)^b + 2^x + e^x + x^0 + x^1 + (a + x)^b",
  "a*exp(-b*x) + c*expm1(x)",
  "exp(-a/x) + log(x)*b + log1p(x) + log2(abs(x)) + log10(x^2)",
  "sin(a*x + b)*cos(x) + tan(x/3)",
  "asin(x/4) + acos(x/4) + atan(a*x) + atan2(x, a)",
  "sinh(x) + cosh(a*x) + tanh(b*x)",
  "erf(a*x) + erfc(x - b)",
  "gamma(x + a) + lgamma(abs(x) + b) + beta(abs(x) + a, b)",
  "lambertw(a*x + b)",
  "besselj0(a*x) + besselj1(x - b)",
  "voigt(x, a, b, c)",
  "cbrt(a*x) + sqrt(b + x) + sqrt(x)^2",
  "abs(a - x) + sign(x)*b + step(x - a) + floor(a*x) + ceil(x/b) + round(x)",
  "mod(x, a) + hypot(x, a) + sinc(a*x) + clamp(x, a, b)",
  "min(x, a, b) + max(a*x, b) - min(a, a)",
  "gaussian(x, a, b) + gaussian(x) + lorentzian(x, a) + sigmoid(a*(x - b)) + sigmoid(-x, a, b)",
  "x < a ? a*x : x <= b ? b : c*x^2",
  "(x > a and x != b) + not(x == a or x >= b) + if(x, a, b)",
  "a/(b + c/(x + a)) - (-x)*(-a)/(-b)",
  "sum(k, 1, 4, a^k*x^k/k) + sum(i, 0, 2, sum(j, -1, i, (i + j)*b))",
  "a*exp(-(x/b)^c)",
  "b + (a - b)/(1 + (c/x)^b)",
  "pi*a + 2*pi*x + 1e3*b - 1.5E-3*c + .5",
  "2*x*4*a/8 + 0*x + x - x + x/x + 1*a + (-1)*b",
  "a*1e-320*x + 1e308*b*x*10",
  "exp(a*1000*x)*0 + exp(-exp(x)) + log(exp(x) + 1)",
];

function* language(d) {
  for (const text of texts) {
    const params = ["a", "b", "c"];
    yield [
      text.length > 40 ? `${text.slice(0, 40)}...` : text,
      () => {
        const model = d.compileModel(text, { params });
        const out = [];
        for (const p of [
          [1.2, 0.7, 2],
          [0, 0, 0],
          [-1, 2.5, -0.5],
          [1e-5, 1e5, 1],
        ]) {
          const [f, J] = [new Float64Array(points.length), new Float64Array(3 * points.length)];
          model.evaluate(points, p, f);
          model.jacobian(points, p, J);
          out.push(f, J);
        }
        out.push(model.toLaTeX(), model.toMathML(), model.wasm.length, model.interpreted);
        model.dispose();
        return out;
      },
    ];
    yield [
      `H ${text.length > 38 ? `${text.slice(0, 38)}...` : text}`,
      () => {
        const f = d.compileObjective(text, ["x", ...params]);
        const out = [];
        for (const p of [
          [0.3, 1.2, 0.7, 2],
          [0, 0, 0, 0],
          [-2, -1, 2.5, -0.5],
          [1, 1e-5, 1e5, 1],
        ]) {
          const [g, H] = [new Float64Array(4), new Float64Array(16)];
          f.hess(p, H);
          out.push(f.fun(p), f.funGrad(p, g), g, H);
        }
        const trees = ["gradient", "hessian"].map((part) => attempt(() => f.toMathML(part)));
        out.push(f.toLaTeX(), f.toMathML(), trees, f.wasm.length);
        f.dispose();
        return out;
      },
    ];
  }
  // Sizes about those of a chunk and of a block.
  for (const m of [0, 1, 2, 3, 255, 256, 257, 1023, 1024, 1025, 2049])
    yield [
      `${m} points`,
      () => {
        const model = d.compileModel("a*exp(-b*x)*sin(x) + (x > 1)");
        const x = grid(m, 0, 3).map((v) => (Number.isNaN(v) ? 1 : v));
        const [f, J] = [new Float64Array(m), new Float64Array(2 * m)];
        model.evaluate(x, [1, 2], f);
        model.jacobian(x, [1, 2], J);
        const sum = d.compileObjective("(a*exp(-b*x) - x)^2", {
          params: ["a", "b"],
          data: { x: m ? x : [1] },
          reduce: "sum",
        });
        const [g, H] = [new Float64Array(2), new Float64Array(4)];
        sum.hess([1, 2], H);
        const all = [f, J, sum.fun([1, 2]), sum.funGrad([1, 2], g), g, H];
        model.dispose();
        sum.dispose();
        return all;
      },
    ];
  yield [
    "out over x",
    () => {
      const model = d.compileModel("a*x + 1");
      const x = Float64Array.from({ length: 9 }, (_, i) => i);
      model.evaluate(x, [2], x);
      const shifted = Float64Array.from({ length: 9 }, (_, i) => i);
      model.evaluate(shifted.subarray(0, 8), [2], shifted.subarray(1));
      return [x, shifted];
    },
  ];
  // Deep, long, with more sums than locals.
  const deep = `${"sin(a + ".repeat(60)}x${")".repeat(60)}`;
  const long = Array.from({ length: 300 }, (_, i) => `a*x/${i + 1}`).join(" + ");
  const wide = ["a", "b", "c", "g", "h", "k", "l"]
    .map((name, i) => `${name}^2*exp(${name}*u/${i + 1})`)
    .join(" + ");
  for (const [name, text] of Object.entries({ deep, long, wide }))
    yield [
      name,
      () => {
        const f = d.compileObjective(text);
        const p = f.params.map((_, i) => 0.1 + i / 7);
        const [g, H] = [new Float64Array(p.length), new Float64Array(p.length * p.length)];
        f.hess(p, H);
        return [f.params, f.funGrad(p, g), g, H, f.toLaTeX().length, f.toMathML("gradient").length];
      },
    ];
  yield [
    "wide over data",
    () => {
      const f = d.compileObjective(wide, {
        data: { u: [1, 2, 3] },
        reduce: "sum",
        params: ["a", "b", "c", "g", "h", "k", "l"],
      });
      const [g, H] = [new Float64Array(7), new Float64Array(49)];
      f.hess(
        [1, 2, 3, 4, 5, 6, 7].map((v) => v / 9),
        H,
      );
      return [f.funGrad([1, 1, 1, 1, 1, 1, 1], g), g, H];
    },
  ];
}

function* forms(d) {
  const written = [
    "-x^2",
    "2^-x",
    "-(a + b)*x",
    "a - (b - c)",
    "a - b - c",
    "a/(b/c)",
    "a/b/c",
    "(a*b)^2",
    "a^b^c",
    "(a^b)^c",
    "2*3*x",
    "2*(3/4)",
    "2*(-3)",
    "a*-b",
    "1e5*x",
    "1.5E-7^x",
    "x_max + x1 + alpha_2 + mu*omega + rate_slow",
    "a < b ? c : x",
    "(a < b) + (c >= x)",
    "(a and b) or not c",
    "abs(x) + sqrt(a + b) + cbrt(x)",
    "exp(x) + foo1*erf(x)",
    "y = a*x + b",
    "f(x) = a*x",
    "(x) => a*x",
    "x => a*x",
    "a·x − b × c ÷ 2 ≤ 3",
    "x² + x⁻¹ + √(a)",
    "ln(x) + arctan(x) + heaviside(x) + power(x, 2) + j0(x)",
    "π*x + θ",
    "a\n  + b\n  * x",
  ];
  for (const text of written)
    yield [
      `written ${text.replace(/\s+/g, " ")}`,
      () => {
        const model = d.compileModel(text);
        return [model.params, model.toLaTeX(), model.toMathML()];
      },
    ];
  const derived = [
    "x*y",
    "x^2*y^3/z",
    "sin(x*y)/z",
    "-x/(y*z) - 2*x",
    "x^(y*z)",
    "max(x, y*z)",
    "3*x*x*x - x/3/y",
    "exp(-(x - y)^2/(2*z^2))",
    "sinc(x) + hypot(y, z)",
    "7",
  ];
  for (const text of derived)
    yield [
      `derived ${text}`,
      () => {
        const f = d.compileObjective(text, ["x", "y", "z"]);
        return [f.toMathML("gradient"), f.toMathML("hessian")];
      },
    ];
  for (const [name, model] of Object.entries(d.models))
    yield [
      `named ${name}`,
      () => {
        const columns = Object.fromEntries(model.variables.map((one, k) => [one, grid(7, 0.1 + k, 5)]));
        const compiled = d.compileModel(model.text, {
          variables: model.variables,
          params: model.params.map((p) => p.name),
        });
        const p = model.params.map((_, i) => 1.5 - 0.2 * i);
        const [f, J] = [new Float64Array(7), new Float64Array(7 * p.length)];
        compiled.evaluate(columns, p, f);
        compiled.jacobian(columns, p, J);
        return [model, f, J, d.modelLaTeX(model), d.modelMathML(model)];
      },
    ];
  const two = d.prefix(d.models.gaussian, "p1_");
  yield [
    "made of named",
    () => [
      two,
      d.sum(two, d.models.linear),
      d.product(d.models.linear, d.models.sine, two),
      d.polynomial(0),
      d.polynomial(15),
      d.rational(0, 1),
      d.rational(15, 15),
    ],
  ];
}

export function* cases(d) {
  yield* language(d);
  yield* forms(d);
}
