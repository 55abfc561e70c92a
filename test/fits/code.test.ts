// Fits written as programs: the JavaScript is run; the Python and the R are run where SciPy and R are installed, and where NumPy is
// missing the model alone is evaluated with the functions of Python's math.

import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import * as downhill from "../../src/index.js";
import { curveFit, DownhillError, type FitResult, fitCode, models } from "../../src/index.js";
import { parse } from "../../src/models/parse.js";
import { writeExpression } from "../../src/models/programming.js";

const x = [0.02, 0.06, 0.11, 0.22, 0.56, 1.1, 1.3];
const y = [76, 97, 123, 159, 191, 207, 211];
const sigma = [5, 5, 6, 6, 7, 7, 7];
const peakX = Array.from({ length: 30 }, (_, i) => i / 3);
const peakY = peakX.map((t, i) => 1 + 4 * Math.exp(-0.5 * (t - 5) ** 2) + 0.01 * ((i * 7) % 5));

const decayX = Array.from({ length: 12 }, (_, i) => i);
const decayY = decayX.map((t) => 3 * Math.exp(-0.4 * t) + 1 + 0.05 * Math.sin(31 * t * t));

const fits: Record<string, () => FitResult> = {
  plain: () => curveFit({ model: "Vm*x/(K + x)", x, y, params: { Vm: 180, K: 0.1 } }),
  "named, weighted, bounded": () =>
    curveFit({
      model: models.michaelisMenten,
      x,
      y,
      sigma,
      absoluteSigma: true,
      params: { vmax: 180, km: { init: 0.1, min: 0, max: 3 } },
    }),
  "tied and fixed": () =>
    curveFit({
      model: "a*gaussian(x, center, s) + c + 0*w",
      x: peakX,
      y: peakY,
      params: {
        a: 4,
        center: 5.2,
        half: 1.1,
        s: { expr: "half/1.17741" },
        c: 1,
        w: { init: 1, fixed: true },
      },
    }),
  "ties in another order than they follow each other": () =>
    curveFit({
      model: "a*exp(-b*x) + c",
      x: decayX,
      y: decayY,
      params: { a: { expr: "b*d" }, b: { expr: "c*0.4" }, c: {}, d: { fixed: true, init: 7.5 } },
    }),
  "a whole number": () =>
    curveFit({
      model: "a*x^n*exp(-b*x) + c",
      x: decayX,
      y: decayY,
      params: { a: {}, b: {}, c: {}, n: { integer: true, min: 0, max: 5 } },
    }),
  "names that the program has, too": () =>
    curveFit({
      model: "y*exp(-sigma*x) + which + 0*model",
      x: decayX,
      y: decayY,
      sigma: 0.05,
      params: { y: 3, sigma: 0.4, which: 1, model: { fixed: true, init: 1 } },
    }),
  "two variables": () =>
    curveFit({
      model: "k*u^2/(v + 1) + b",
      x: { u: x, v: x.map((t) => t * t) },
      y,
      params: { k: 300, b: 80 },
    }),
  "error function, powers": () =>
    curveFit({
      model: "top*(1 + erf(-(m - x)/w))/2 + 2^-x",
      x: peakX,
      y: peakX.map((t, i) => 3 / (1 + Math.exp(4 - t)) + 0.01 * ((i * 7) % 5) + 2 ** -t),
      params: { top: 3, m: 4, w: 2 },
    }),
};
const lineX = peakX;
const lineY = peakX.map((t, i) => 1 + t + (i === 9 ? 9 : 0.1 * ((i * 7) % 5)));
const line = (options: object) => curveFit({ model: "a + b*x", x: lineX, y: lineY, ...options });
/** With every loss; the scale is a number, or was taken from the data. */
const robust: Record<string, () => FitResult> = {
  huber: () => line({ loss: "huber", lossScale: 0.2 }),
  ...Object.fromEntries(
    (["softL1", "huber", "cauchy", "arctan", "tukey"] as const).map((loss) => [
      `${loss}, scale from the data`,
      () => line({ loss, lossScale: "mad", sigma: 0.5 }),
    ]),
  ),
};
const global: Record<string, () => FitResult> = {
  "two sets": () =>
    curveFit({
      model: "Vm*x/(K + x) + 0*c",
      data: [
        { x, y, sigma, label: "treated" },
        { x, y: y.map((v) => 0.8 * v + 1), sigma, label: "untreated" },
      ],
      params: { Vm: {}, K: { shared: true, init: 0.1, min: 0 }, c: { init: 1, fixed: true } },
    }),
};

/** The fit that a program of this library makes, and its model. */
function runAgain(fit: FitResult): {
  again: FitResult;
  model: (at: unknown, p: unknown) => number;
} {
  const body = fitCode(fit, "js")
    .replace(/import \{ (\w+) \} from "downhill";/, "const { $1 } = downhill;")
    .replace(/export const/g, "const")
    .replace("console.log(fit.report());", "");
  return new Function("downhill", `${body}\nreturn { again: fit, model };`)(downhill);
}

test.each(Object.entries({ ...robust, ...global }))("JavaScript, run: %s", (_, make) => {
  const fit = make();
  const { again } = runAgain(fit);
  for (const name of fit.freeNames) {
    const { value, stderr } = fit.params[name]!;
    expect(Math.abs(again.values[name]! / value - 1)).toBeLessThan(1e-6);
    expect(Math.abs(again.params[name]!.stderr! / stderr! - 1)).toBeLessThan(1e-5);
  }
  if (fit.covarianceForm === "huber") expect(again.lossScale).toBe(fit.lossScale);
});

test.each(Object.entries(fits))("JavaScript, run: %s", (_, make) => {
  const fit = make();
  const { again, model } = runAgain(fit);
  expect(again.values).toEqual(fit.values);
  expect(again.params).toEqual(fit.params);
  // The plain function gives the model's values.
  const given = fit.toJSON().input as { x: number[] | Record<string, number[]> };
  for (const i of [0, 3, 6]) {
    const at = Array.isArray(given.x)
      ? given.x[i]!
      : Object.fromEntries(Object.entries(given.x).map(([name, values]) => [name, values[i]!]));
    expect(model(at, again.values)).toBeCloseTo(fit.fitted[i]!, 9);
  }
});

test("signs that stand beside signs, negative indices and widths", () => {
  const names = { variables: ["x"], params: ["a", "b", "c"] };
  const p = { a: 1.3, b: 0.7, c: 2.1 };
  const written = (text: string, language: "js" | "python" | "r") =>
    writeExpression(parse(text, names), language).text;
  const texts: [string, (x: number) => number][] = [
    ["--a*exp(-b*x) + c", (x) => 1.3 * Math.exp(-0.7 * x) + 2.1],
    ["c - -(-a)", () => 0.8],
    ["exp(-(-(-b*x)))", (x) => Math.exp(-0.7 * x)],
    ["a - --b", () => 0.6],
    ["sum(k, -2, 1, a*k^2)*exp(-b*x)", (x) => 1.3 * 6 * Math.exp(-0.7 * x)],
    ["sum(k, -3, -2, 2^k + a - k)", () => 0.375 + 2.6 + 5],
    ["mod(x - 3, 2)", (x) => x - 3 - 2 * Math.floor((x - 3) / 2)],
  ];
  for (const [text, truth] of texts) {
    const js = written(text, "js");
    const f = new Function("x", "p", `return ${js};`) as (x: number, own: typeof p) => number;
    for (const t of [0.5, 2.25]) expect([text, f(t, p)]).toEqual([text, expect.closeTo(truth(t), 12)]);
    expect(p).toEqual({ a: 1.3, b: 0.7, c: 2.1 });
    for (const language of ["js", "python", "r"] as const) {
      expect(written(text, language)).not.toMatch(/--|-\d+(\.\d+)?(\*\*|\^)/);
    }
  }
  expect(written("voigt(x, a, b, c)", "python")).toBe(
    "special.voigt_profile((x) - (a), np.abs(b), np.abs(c))",
  );
});

/** Runs programs with the language's own exec and reports their estimates; models alone where NumPy is missing. */
const DRIVER = `
import json, math, sys
programs = json.load(sys.stdin)
try:
    import numpy, scipy
    whole = True
except ImportError:
    whole = False
    import types
    fake = types.ModuleType("numpy")
    def where(c, a, b): return a if c else b
    names = dict(arcsin="asin", arccos="acos", arctan="atan", arctan2="atan2", power="pow", abs="fabs")
    for name in ["exp", "log", "sqrt", "sin", "cos", "tan", "floor", "ceil", "hypot", "pi", "e"]: setattr(fake, name, getattr(math, name))
    for name, theirs in names.items(): setattr(fake, name, getattr(math, theirs))
    fake.where = where
answers = []
for program, x, p in programs:
    space = {}
    if whole:
        import io, contextlib
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(program, "program", "exec"), space)
        answers.append(dict(values=list(map(float, space["values"])), errors=list(map(float, space["errors"]))))
    else:
        compile(program, "program", "exec")
        begin = program.index("def model"); end = program.index("\\n\\n\\n", begin)
        space = {"np": fake, "erf": math.erf}
        exec(program[begin:end], space)
        answers.append(dict(model=[space["model"](at, *p) for at in x]))
print(json.dumps(answers))
`;

test("Python, run by SciPy; the model alone where NumPy is missing", () => {
  const plain = Object.values({ ...fits, ...global }).map((make) => make());
  const all = [...plain, ...Object.values(robust).map((make) => make())];
  const programs = all.map((fit) => {
    const given = (fit.toJSON().input as { x?: number[] | Record<string, number[]> }).x ?? [];
    const rows = Array.isArray(given) ? given : given.u!.map((u, i) => [u, given.v![i]!]);
    return [fitCode(fit, "python"), rows, fit.freeNames.map((name) => fit.values[name]!)];
  });
  const { status, stdout, stderr } = spawnSync("python3", ["-c", DRIVER], {
    input: JSON.stringify(programs),
    encoding: "utf8",
  });
  if (status === null) return; // there is no Python here
  expect(stderr).not.toMatch(/Error/);
  const answers = JSON.parse(stdout) as { values?: number[]; errors?: number[]; model?: number[] }[];
  answers.forEach(({ values, errors, model }, k) => {
    const fit = all[k]!;
    model?.forEach((value, i) => {
      expect(value).toBeCloseTo(fit.fitted[i]!, 9);
    });
    values?.forEach((value, j) => {
      const name = fit.freeNames[j]!;
      const error = fit.params[name]!.stderr!;
      // SciPy stops at 1e-8 relative, and takes differences for the Jacobian.
      expect(Math.abs(value - fit.values[name]!)).toBeLessThan(1e-3 * error);
      // A robust loss to six digits: its scale is the very number of this fit.
      if (k >= plain.length) expect(Math.abs(value / fit.values[name]! - 1)).toBeLessThan(1e-6);
      else expect(Math.abs(errors![j]! / error - 1)).toBeLessThan(1e-3);
    });
  });
});

test("R, run by nls where R is installed; a robust loss by weights that are renewed", () => {
  const all = Object.values({ ...fits, ...global, ...robust }).map((make) => make());
  const programs = all.map((fit) => `${fitCode(fit, "r")}\ncat("values", coef(fit), "\\n")\n`);
  const { status, stdout } = spawnSync("Rscript", ["-"], {
    input: `options(digits = 15)\n${programs.map((p) => `local({\n${p}\n})`).join("\n")}`,
    encoding: "utf8",
  });
  if (status === null) return; // there is no R here
  const lines = [...stdout.matchAll(/^values (.*)$/gm)].map(([, text]) =>
    text!.trim().split(/\s+/).map(Number),
  );
  expect(lines.length).toBe(all.length);
  lines.forEach((values, k) => {
    values.forEach((value, j) => {
      const name = all[k]!.freeNames[j]!;
      expect(Math.abs(value - all[k]!.values[name]!)).toBeLessThan(1e-3 * all[k]!.params[name]!.stderr!);
      if (all[k]!.covarianceForm === "huber")
        expect(Math.abs(value / all[k]!.values[name]! - 1)).toBeLessThan(1e-6);
    });
  });
});

/** What a program of R assigns, in order, with the depth of braces. */
const assigned = (program: string): [string, number][] => {
  let depth = 0;
  return program.split("\n").flatMap((text): [string, number][] => {
    const name = /^\s*(\S+) <- /.exec(text)?.[1];
    const here: [string, number][] = name ? [[name, depth]] : [];
    depth += (text.match(/\{/g) ?? []).length - (text.match(/\}/g) ?? []).length;
    return here;
  });
};

test("programs in R: a tied parameter comes behind what it follows, and no name is given twice", () => {
  const inside = (name: string) =>
    assigned(fitCode(fits[name]!(), "r"))
      .filter(([, depth]) => depth === 1)
      .map(([given]) => given);
  expect(inside("ties in another order than they follow each other")).toEqual(["d", "b", "a"]);
  // A parameter that is held has the name of the column of errors.
  const held = curveFit({
    model: "a*exp(-b*x) + sigma",
    x: decayX,
    y: decayY,
    sigma: decayX.map((_, i) => 0.05 + 0.01 * i),
    params: { a: 3, b: 0.4, sigma: { fixed: true, init: 1 } },
  });
  const program = fitCode(held, "r");
  expect(program).toContain("weights = 1/sigma_^2");
  expect(assigned(program)).toContainEqual(["sigma", 1]);
  const named = fitCode(fits["names that the program has, too"]!(), "r");
  expect(named).toContain("fit <- nls(y_ ~ model_(x, y, sigma, which),");
  const columns = curveFit({
    model: "a*w + b*step + c*scale",
    x: { w: decayX, step: decayX.map((t) => t * t), scale: decayX.map((t) => Math.sin(t)) },
    y: decayX.map((t) => t + 0.1 * t * t + Math.sin(t) + (t === 5 ? 4 : 0.01 * (t % 3))),
    params: { a: 1, b: 0.1, c: 1 },
    loss: "huber",
    lossScale: 0.1,
  });
  const all = [
    program,
    named,
    fitCode(columns, "r"),
    ...Object.values(global).map((make) => fitCode(make(), "r")),
  ];
  for (const text of all) {
    const outside = assigned(text).flatMap(([name, depth]) => (depth === 0 ? [name] : []));
    expect(new Set(outside).size).toBe(outside.length);
  }
  // What the loop of a robust fit renews is no column.
  const loop = assigned(fitCode(columns, "r"))
    .slice(-5)
    .map(([name]) => name);
  expect(loop).toEqual(["z", "w_", "fit", "step_", "start"]);
});

test("other methods start where this fit ended", () => {
  const fit = fits["a whole number"]!();
  const { a, b, c } = fit.values;
  expect(fitCode(fit, "python")).toContain(`p0=[${a}, ${b}, ${c}]`);
  expect(fitCode(fit, "r")).toContain(`start = list(a = ${a}, b = ${b}, c = ${c})`);
  // Of a fit that found no numbers the starts are kept.
  const lost = curveFit({ model: "a*sqrt(x - 20)", x: decayX, y: decayY, params: { a: 2 } });
  expect(lost.success).toBe(false);
  expect(fitCode(lost, "python")).toMatch(/p0=\[-?\d/);
});

test("every function of the language is written in each, and JavaScript computes what the model does", () => {
  const texts = [
    "exp(x) + expm1(x) + log(x + 2) + log1p(x) + log2(x + 2) + log10(x + 2) + cbrt(x)",
    "sin(x) + cos(x) + tan(x) + asin(x/2) + acos(x/2) + atan(x) + sinh(x) + cosh(x) + tanh(x) + erf(x)",
    "pow(x + 1, 2.5) + atan2(x, a) + sqrt(x + 1) + abs(-x) + sign(x - 0.5) + step(x - 0.5) + not(x > 0.5)",
    "floor(3*x) + ceil(3*x) + round(3*x) + mod(3*x, a) + hypot(x, a) + sinc(x) + clamp(x, 0.2, 0.6)",
    "min(x, a, 0.3) + max(x, 0.3) + gaussian(x, a, 2) + lorentzian(x, a) + sigmoid(x) + gaussian(x)",
    "x < a ? x^2 : -x^2^0.5 - (x - (a - 1)) - x/(a/2) + (x > 0.1 && x <= 0.5) + (x < 0.1 || x != 0.5) + (x == 0.5)*pi*e",
    "if(x >= 0.5, .5, 1e-1)*2^-x - -x*(a + 1)",
  ];
  for (const source of texts) {
    const tree = parse(source, { variables: ["x"], params: ["a"] });
    for (const language of ["python", "r"] as const)
      expect(writeExpression(tree, language).text).not.toMatch(/undefined/);
    const { text } = writeExpression(tree, "js");
    const erf = (z: number) => {
      let [term, sum] = [z, z];
      for (let k = 1; k < 60; k++) {
        term *= (-z * z) / k;
        sum += term / (2 * k + 1);
      }
      return (2 / Math.sqrt(Math.PI)) * sum;
    };
    const model = new Function("x", "p", "erf", `return ${text};`);
    const at = [0, 0.05, 0.25, 0.5, 0.75, 1];
    const out = new Float64Array(at.length);
    downhill.compileModel(source, { params: ["a"] }).evaluate(at, [0.4], out);
    at.forEach((value, i) => {
      expect(Number(model(value, { a: 0.4 }, erf))).toBeCloseTo(out[i]!, 10);
    });
  }
});

test("what cannot be written says why", () => {
  const refused = (call: () => unknown): DownhillError => {
    try {
      call();
    } catch (error) {
      expect(error).toBeInstanceOf(DownhillError);
      return error as DownhillError;
    }
    throw new Error("not refused");
  };
  const plain = fits.plain!();
  expect(refused(() => fitCode(plain, "julia" as never)).code).toBe("OPTION");
  expect(refused(() => fitCode({} as never, "js")).code).toBe("OPTION");
  const callback = curveFit({ model: (t: number, p: { a: number }) => p.a * t, x, y, params: { a: 1 } });
  expect(refused(() => fitCode(callback, "js")).hint).toMatch(/text/);
  const whole = curveFit({
    data: [
      { x, y },
      { x, y },
    ],
    model: ["a*x", "2*a*x"],
  });
  expect(refused(() => fitCode(whole, "python")).message).toMatch(/global/);
});

test("the level of confidence is written where it is not the usual one", () => {
  const level = (options: object) => /^ {2}level: (.*),$/m.exec(fitCode(line(options), "js"))?.[1];
  expect([level({}), level({ level: 0.95 }), level({ level: 0.683 })]).toEqual([
    undefined,
    undefined,
    "0.683",
  ]);
});
