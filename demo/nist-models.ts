// The models of the NIST problems with their gradients, written as a user would write them: one point at a
// time, value returned, gradient filled into g.

import type { BlockModel } from "../src/index.js";

type Point = (x: number, b: Float64Array, g: Float64Array) => number;

const { exp, log, sin, cos, atan, PI } = Math;

const growth: Point = (x, b, g) => {
  const e = exp(-b[1]! * x);
  g[0] = 1 - e;
  g[1] = b[0]! * x * e;
  return b[0]! * (1 - e);
};

/** exp(-z^2) peak with height, centre and width at h, h + 1, h + 2. */
const peak = (x: number, b: Float64Array, h: number, g: Float64Array): number => {
  const z = (x - b[h + 1]!) / b[h + 2]!;
  const f = exp(-z * z);
  g[h] = f;
  g[h + 1] = (2 * b[h]! * f * z) / b[h + 2]!;
  g[h + 2] = g[h + 1]! * z;
  return b[h]! * f;
};

const points: Record<string, Point> = {
  BoxBOD: growth,
  Misra1a: growth,
  Misra1b: (x, b, g) => {
    const q = 1 + (b[1]! * x) / 2;
    g[0] = 1 - 1 / (q * q);
    g[1] = (b[0]! * x) / (q * q * q);
    return b[0]! * g[0]!;
  },
  Chwirut2: (x, b, g) => {
    const d = b[1]! + b[2]! * x;
    const v = exp(-b[0]! * x) / d;
    g[0] = -x * v;
    g[1] = -v / d;
    g[2] = (-v * x) / d;
    return v;
  },
  DanWood: (x, b, g) => {
    const l = log(x);
    g[0] = exp(b[1]! * l);
    g[1] = b[0]! * g[0]! * l;
    return b[0]! * g[0]!;
  },
  Eckerle4: (x, b, g) => {
    const z = (x - b[2]!) / b[1]!;
    const e = exp(-0.5 * z * z) / b[1]!;
    g[0] = e;
    g[1] = (b[0]! * e * (z * z - 1)) / b[1]!;
    g[2] = (b[0]! * e * z) / b[1]!;
    return b[0]! * e;
  },
  ENSO: (x, b, g) => {
    const w = 2 * PI * x;
    const cycle = (period: number, h: number) => {
      g[h] = cos(w / period);
      g[h + 1] = sin(w / period);
      return b[h]! * g[h]! + b[h + 1]! * g[h + 1]!;
    };
    const turn = (h: number) => ((b[h + 1]! * g[h + 2]! - b[h + 2]! * g[h + 1]!) * w) / (b[h]! * b[h]!);
    g[0] = 1;
    const v = b[0]! + cycle(12, 1) + cycle(b[3]!, 4) + cycle(b[6]!, 7);
    g[3] = turn(3);
    g[6] = turn(6);
    return v;
  },
  Gauss1: (x, b, g) => {
    const e = exp(-b[1]! * x);
    g[0] = e;
    g[1] = -x * b[0]! * e;
    return b[0]! * e + peak(x, b, 2, g) + peak(x, b, 5, g);
  },
  Kirby2: (x, b, g) => {
    const d = 1 + x * (b[3]! + x * b[4]!);
    const v = (b[0]! + x * (b[1]! + x * b[2]!)) / d;
    g[0] = 1 / d;
    g[1] = x / d;
    g[2] = (x * x) / d;
    g[3] = (-v * x) / d;
    g[4] = (-v * x * x) / d;
    return v;
  },
  Lanczos3: (x, b, g) => {
    let v = 0;
    for (let k = 0; k < 6; k += 2) {
      const e = exp(-b[k + 1]! * x);
      g[k] = e;
      g[k + 1] = -x * b[k]! * e;
      v += b[k]! * e;
    }
    return v;
  },
  MGH09: (x, b, g) => {
    const p = x * (x + b[1]!);
    const d = x * (x + b[2]!) + b[3]!;
    const v = (b[0]! * p) / d;
    g[0] = p / d;
    g[1] = (b[0]! * x) / d;
    g[2] = (-v * x) / d;
    g[3] = -v / d;
    return v;
  },
  MGH17: (x, b, g) => {
    const e = exp(-b[3]! * x);
    const f = exp(-b[4]! * x);
    g[0] = 1;
    g[1] = e;
    g[2] = f;
    g[3] = -x * b[1]! * e;
    g[4] = -x * b[2]! * f;
    return b[0]! + b[1]! * e + b[2]! * f;
  },
  Rat42: (x, b, g) => {
    const e = exp(b[1]! - b[2]! * x);
    const d = 1 + e;
    const s = (b[0]! * e) / (d * d);
    g[0] = 1 / d;
    g[1] = -s;
    g[2] = x * s;
    return b[0]! / d;
  },
  Roszman1: (x, b, g) => {
    const t = x - b[3]!;
    const d = t * t + b[2]! * b[2]!;
    g[0] = 1;
    g[1] = -x;
    g[2] = -t / d / PI;
    g[3] = -b[2]! / d / PI;
    return b[0]! - b[1]! * x - atan(b[2]! / t) / PI;
  },
};

export const nistModels = Object.keys(points);

/** The model of a problem with n parameters, for all points at once, with its Jacobian. */
export function blockModel(name: string, n: number): Required<BlockModel<Float64Array>> {
  const point = points[name];
  if (!point) throw new RangeError(`no model is written for ${name}`);
  const g = new Float64Array(n);
  return {
    evaluate(x, b, out) {
      for (let i = 0; i < x.length; i++) out[i] = point(x[i]!, b, g);
    },
    jacobian(x, b, out) {
      for (let i = 0; i < x.length; i++) {
        point(x[i]!, b, g);
        for (let j = 0; j < n; j++) out[i * n + j] = g[j]!;
      }
    },
  };
}

/** The same model as a function of one point and named parameters, without a Jacobian. */
export function pointModel(
  name: string,
  names: readonly string[],
): (x: number, p: Readonly<Record<string, number>>) => number {
  const point = points[name];
  if (!point) throw new RangeError(`no model is written for ${name}`);
  const b = new Float64Array(names.length);
  const g = new Float64Array(names.length);
  return (x, p) => {
    for (let j = 0; j < b.length; j++) b[j] = p[names[j]!]!;
    return point(x, b, g);
  };
}
