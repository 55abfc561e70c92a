// Fits that lmfit, R and SciPy made (test/reference-data/curve-fit.json), and the models they were made with.

import { readFileSync } from "node:fs";
import type { BlockModel, CurveFitOptions, LossName, ParamSpec } from "../../src/index.js";

export interface ReferenceFit {
  readonly name: string;
  readonly model: "decay" | "peak";
  readonly x: number[];
  readonly y: number[];
  readonly sigma: number[] | null;
  readonly absoluteSigma: boolean;
  readonly params: string[];
  readonly start: number[];
  readonly fixed: string[];
  readonly values: number[];
  readonly stderr: number[];
  readonly covariance: number[];
  readonly correlation: number[];
  readonly ci: [number, number][];
  readonly dof: number;
  readonly rss: number;
  readonly redChi2: number;
  readonly residualStd: number;
  readonly r2: number;
  readonly aic: number;
  readonly bic: number;
  readonly aicR: number;
  readonly bicR: number;
  readonly conditionNumber: number;
  readonly band: { x: number[]; fit: number[]; confidence: number[]; prediction: number[] };
  readonly profile: Record<string, [number, number]>;
}

export interface RobustReference {
  readonly name: string;
  readonly model: "decay" | "peak";
  readonly x: number[];
  readonly y: number[];
  readonly params: string[];
  readonly start: number[];
  readonly fits: { loss: LossName; lossScale: number; values: number[]; fun: number }[];
}

const file = new URL("../reference-data/curve-fit.json", import.meta.url);
export const reference = JSON.parse(readFileSync(file, "utf8")) as {
  fits: ReferenceFit[];
  robust: RobustReference[];
};

type Block = Required<BlockModel<Float64Array>>;

/** value(x, p, g): the model at one point, its gradient into g. */
type Point = (x: number, p: Float64Array, g: Float64Array) => number;

const points: Record<"decay" | "peak", Point> = {
  decay: (x, p, g) => {
    const [a, b, c] = [p[0]!, p[1]!, p[2]!];
    const e = Math.exp(-b * x);
    g.set([e, -a * x * e, 1]);
    return a * e + c;
  },
  peak: (x, p, g) => {
    const [h, x0, w, c, s] = [p[0]!, p[1]!, p[2]!, p[3]!, p[4]!];
    const z = (x - x0) / w;
    const e = Math.exp(-z * z);
    g.set([e, (2 * h * e * z) / w, (2 * h * e * z * z) / w, 1, x]);
    return h * e + c + s * x;
  },
};

export function blockOf(model: "decay" | "peak"): Block {
  const point = points[model];
  const n = model === "decay" ? 3 : 5;
  const g = new Float64Array(n);
  return {
    evaluate(x, p, out) {
      for (let i = 0; i < x.length; i++) out[i] = point(x[i]!, p, g);
    },
    jacobian(x, p, out) {
      for (let i = 0; i < x.length; i++) {
        point(x[i]!, p, g);
        out.set(g, i * n);
      }
    },
  };
}

type Given = Pick<ReferenceFit, "model" | "x" | "y" | "params" | "start"> & Partial<ReferenceFit>;

/** The options of curveFit for a reference, with the model's Jacobian. */
export function optionsOf(given: Given): CurveFitOptions<string> {
  const { model, x, y, params, start, sigma, absoluteSigma, fixed = [] } = given;
  const specs = params.map((name, j): [string, ParamSpec] => [
    name,
    { init: start[j] as number, ...(fixed.includes(name) ? { fixed: true } : {}) },
  ]);
  return {
    model: blockOf(model),
    x,
    y,
    params: Object.fromEntries(specs),
    ...(sigma ? { sigma } : {}),
    ...(absoluteSigma ? { absoluteSigma } : {}),
  };
}
