// The same random fit three times: as text, as the functions compiled from it given as a block model, as a curve of
// curveFitMany. Models, methods, losses, weights, bounds and fixed parameters vary; data are noisy or exact, of any size.

import { compileModel, curveFit, curveFitMany, type ParamSpec } from "../../src/index.js";

interface Recipe {
  readonly text: string;
  readonly names: readonly string[];
  readonly truth: readonly number[];
  /** Parameters with the unit of y. */
  readonly linear: readonly number[];
  readonly at: (x: number, p: readonly number[]) => number;
}

const recipes: readonly Recipe[] = [
  {
    text: "a*exp(-b*x)+c",
    names: ["a", "b", "c"],
    truth: [3, 0.7, 0.5],
    linear: [0, 2],
    at: (x, [a, b, c]) => a! * Math.exp(-b! * x) + c!,
  },
  {
    text: "a/(1+b*x)",
    names: ["a", "b"],
    truth: [2, 0.4],
    linear: [0],
    at: (x, [a, b]) => a! / (1 + b! * x),
  },
  {
    text: "a*sin(w*x)+b*cos(w*x)+c",
    names: ["a", "w", "b", "c"],
    truth: [1, 1.3, 0.5, 0.2],
    linear: [0, 2, 3],
    at: (x, [a, w, b, c]) => a! * Math.sin(w! * x) + b! * Math.cos(w! * x) + c!,
  },
  { text: "a+b*x", names: ["a", "b"], truth: [1, -2], linear: [0, 1], at: (x, [a, b]) => a! + b! * x },
  { text: "a*x^2", names: ["a"], truth: [0.3], linear: [0], at: (x, [a]) => a! * x * x },
  {
    text: "a*exp(-(x-m)^2/(2*s^2))+b",
    names: ["a", "m", "s", "b"],
    truth: [4, 2.5, 0.8, 0.3],
    linear: [0, 3],
    at: (x, [a, m, s, b]) => a! * Math.exp(-((x - m!) ** 2) / (2 * s! * s!)) + b!,
  },
  {
    text: "a*exp(-b*x)+c*exp(-d*x)",
    names: ["a", "b", "c", "d"],
    truth: [2, 0.3, 1, 2.5],
    linear: [0, 2],
    at: (x, [a, b, c, d]) => a! * Math.exp(-b! * x) + c! * Math.exp(-d! * x),
  },
];

const methods = ["levenbergMarquardt", "levenberg", "gaussNewton", "dogleg"] as const;
const losses = ["linear", "linear", "linear", "softL1", "huber", "cauchy", "arctan", "tukey"] as const;
const sizes = [1, 1, 1, 1e-8, 1e6, 1e-100, 1e100, 1e-155, 1e-160, 1e150, 1e160];

/** Small and good enough for test data. */
function uniforms(seed: number): () => number {
  let s = seed >>> 0;
  return () => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
    return (((s ^ (s >>> 13)) >>> 0) + 0.5) / 4294967296;
  };
}

export interface Difference {
  readonly fit: string;
  readonly text: string;
  readonly other: string;
}

const compiled = new Map<string, ReturnType<typeof compileModel>>();

/** Fits number `from` to `to`, and where two of the three ways differ in a bit. */
export function differences(from: number, to: number): { ends: Record<string, number>; found: Difference[] } {
  const ends: Record<string, number> = {};
  const found: Difference[] = [];
  for (let seed = from; seed < to; seed++) {
    const u = uniforms(seed * 7919 + 17);
    for (let i = 0; i < 5; i++) u();
    const pick = <T>(list: readonly T[]): T => list[Math.floor(u() * list.length)]!;
    const recipe = pick(recipes);
    const { text, names, linear } = recipe;
    const method = pick(methods);
    const loss = pick(losses);
    const size = pick(sizes);
    const noise = pick([0, 0, 1e-15, 1e-3, 0.1]);
    const m = pick([6, 11, 25, 40, 400]);
    const scaled = (p: readonly number[]) => p.map((v, j) => (linear.includes(j) ? v * size : v));
    const truth = recipe.truth.map((v) => v * (0.7 + 0.6 * u()));
    const x = Float64Array.from({ length: m }, (_, i) => (5 * (i + u() * 0.5)) / m);
    const y = x.map((t) => (recipe.at(t, truth) + noise * (u() + u() + u() - 1.5)) * size);
    const start = scaled(truth.map((v) => v * (0.4 + 1.4 * u())));
    const fixed = u() < 0.15 && names.length > 1 ? Math.floor(u() * names.length) : -1;
    const bounded = u() < 0.2;
    const params: Record<string, ParamSpec> = Object.fromEntries(
      names.map((name, j) => {
        const init = start[j]!;
        const around = bounded
          ? { min: init - Math.abs(init) * 0.6, max: init + Math.abs(init) * 2 * u() }
          : {};
        return [name, j === fixed ? { init, fixed: true } : { init, ...around }];
      }),
    );
    const weighted = u() < 0.25;
    const options = {
      method,
      loss,
      ...(loss === "linear" ? {} : { lossScale: u() < 0.3 ? ("mad" as const) : size * 0.2 }),
      ...(weighted ? { sigma: x.map(() => size * (0.5 + u())) } : {}),
      ...(u() < 0.1 ? { absoluteSigma: weighted } : {}),
      ...(u() < 0.1 ? { maxEvaluations: 1 + Math.floor(8 * u()) } : {}),
      ...(u() < 0.1 ? { maxIterations: Math.floor(6 * u()) } : {}),
    };
    const functions = compiled.get(text) ?? compileModel(text, { variables: ["x"], params: names });
    compiled.set(text, functions);
    const block = {
      evaluate: (t: Float64Array, p: Float64Array, out: Float64Array) => void functions.evaluate(t, p, out),
      jacobian: (t: Float64Array, p: Float64Array, out: Float64Array) => void functions.jacobian(t, p, out),
    };
    const one = (model: unknown): string => {
      const fit = curveFit({
        model: model as string,
        x,
        y,
        params: params,
        ...options,
      });
      const rows = names.map((name) => {
        const { value, stderr } = fit.params[name]!;
        return `${value} ${stderr ?? NaN}`;
      });
      return `${fit.status}/${fit.reason} nit ${fit.nit} rss ${fit.rss}: ${rows.join(", ")}`;
    };
    // Two curves, so that the second one finds what the first left behind.
    const many = curveFitMany({
      model: text,
      x,
      y: [y, y],
      params: params,
      ...options,
    });
    const row = (c: number): string => {
      const n = names.length;
      const rows = names.map((_, j) => `${many.values[c * n + j]} ${many.stderr[c * n + j]}`);
      const end = `${many.statusNames[many.status[c]!]}/${many.reasonNames[many.reason[c]!]}`;
      return `${end} nit ${many.nit[c]} rss ${many.rss[c]}: ${rows.join(", ")}`;
    };
    const fit = `${seed}: ${text} ${method} ${loss} ${options.lossScale ?? ""} size ${size} noise ${noise} m ${m} fixed ${fixed} bounded ${bounded} weighted ${weighted}`;
    const asText = one(text);
    for (const other of [`block: ${one(block)}`, `many[0]: ${row(0)}`, `many[1]: ${row(1)}`])
      if (!other.endsWith(`: ${asText}`)) found.push({ fit, text: asText, other });
    const end = asText.slice(0, asText.indexOf(" "));
    ends[end] = (ends[end] ?? 0) + 1;
  }
  return { ends, found };
}
