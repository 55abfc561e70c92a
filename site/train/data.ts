// Points in the plane with two classes, made from a seed; and the digits as they are in data/.

import { gaussian } from "../shell/noise.js";

export interface Samples {
  readonly x: Float32Array;
  readonly y: Int32Array;
  readonly inputs: number;
  readonly classes: number;
}

/** The picture of the plane: how much of it is seen, and at how many points the network is asked. */
export const VIEW = { columns: 60, rows: 48, halfWidth: 2.125, halfHeight: 1.7 } as const;

export type PlaneName = "moons" | "circles" | "spirals" | "xor";

type Shape = (
  i: number,
  n: number,
  noise: number,
  normal: () => number,
) => [x: number, y: number, label: number];

const shapes: Readonly<Record<PlaneName, Shape>> = {
  moons: (i, n, noise, normal) => {
    const angle = (Math.PI * i) / n;
    const upper = i % 2 === 0;
    const [x, y] = upper ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
    return [x - 0.5 + noise * normal(), y - 0.25 + noise * normal(), upper ? 0 : 1];
  },
  circles: (i, _n, noise, normal) => {
    const label = i % 2;
    const angle = 2.399963 * i;
    const r = label ? 0.5 : 1.1;
    return [r * Math.cos(angle) + noise * normal(), r * Math.sin(angle) + noise * normal(), label];
  },
  spirals: (i, n, noise, normal) => {
    const label = i % 2;
    const t = 0.15 + 0.85 * Math.sqrt(i / n);
    const angle = 9 * t + Math.PI * label;
    return [
      1.3 * t * Math.cos(angle) + (noise / 2) * normal(),
      1.3 * t * Math.sin(angle) + (noise / 2) * normal(),
      label,
    ];
  },
  xor: (_i, _n, noise, normal) => {
    const [u, v] = [normal(), normal()];
    const [x, y] = [Math.sign(u) * (0.25 + Math.abs(u) / 2.2), Math.sign(v) * (0.25 + Math.abs(v) / 2.2)];
    return [x + noise * normal(), y + noise * normal(), u * v > 0 ? 1 : 0];
  },
};

export function plane(name: PlaneName, n: number, noise: number, seed: number): Samples {
  const normal = gaussian(seed + 3);
  const x = new Float32Array(2 * n);
  const y = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const [a, b, label] = shapes[name](i, n, noise, normal);
    x.set([a, b], 2 * i);
    y[i] = label;
  }
  return { x, y, inputs: 2, classes: 2 };
}

export async function digits(): Promise<Samples> {
  const { default: text } = await import("../../data/digits.csv");
  const rows = text.trim().split("\n").slice(1);
  const x = new Float32Array(rows.length * 64);
  const y = new Int32Array(rows.length);
  for (const [i, row] of rows.entries()) {
    const numbers = row.split(",").map(Number);
    y[i] = numbers[0]!;
    for (let j = 0; j < 64; j++) x[64 * i + j] = numbers[j + 1]! / 16;
  }
  return { x, y, inputs: 64, classes: 10 };
}
