// What can be looked at in a training: the loss on a plane through its weights, and how inputs of a layer shift while it learns.

import { contours } from "d3-contour";
import { trainTestSplit } from "downhill";
import type { JobContext } from "../shell/rpc.js";
import { build, rateOf, rules, samplesOf, trained } from "./jobs.js";
import type { TrainState } from "./state.js";

const breath = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

export interface LossPlane {
  /** x1 x2 y1 y2, in units of the way from the first weights to the last. */
  readonly box: readonly [number, number, number, number];
  /** Level lines, as x, y with NaN between rings, in shares of the box; and their values. */
  readonly levels: readonly Float32Array[];
  readonly values: readonly number[];
  /** The training in that plane. */
  readonly trail: Float32Array;
  readonly least: number;
  readonly first: number;
}

const SIDE = 25;
const SAMPLES = 240;

/**
 * The loss on the plane through the last weights: one axis leads from the first weights to the last, the other is at right angles to it,
 * along what the trail did besides (its largest excursion).
 */
export async function lossPlane(_: object, { signal, progress }: JobContext): Promise<LossPlane | null> {
  const now = trained();
  if (!now) return null;
  const { net, samples, trail } = now;
  const last = Float64Array.from(net.params);
  const n = last.length;
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, v, i) => sum + v * b[i]!, 0);
  const along = last.map((v, i) => v - trail.first[i]!);
  const length = Math.sqrt(dot(along, along)) || 1;
  const u = along.map((v) => v / length);
  let across = new Float64Array(n);
  let most = 0;
  for (const p of trail.points) {
    const d = p.map((v, i) => v - last[i]!);
    const share = dot(d, u);
    const rest = d.map((v, i) => v - share * u[i]!);
    const size = Math.sqrt(dot(rest, rest));
    if (size > most) [across, most] = [rest, size];
  }
  const v = most > 0 ? across.map((w) => w / most) : across;
  const place = (p: Float64Array): [number, number] => {
    const d = p.map((w, i) => w - trail.first[i]!);
    return [dot(d, u) / length, dot(d, v) / length];
  };
  const path = [trail.first, ...trail.points, last].map(place);
  const [xs, ys] = [path.map(([x]) => x), path.map(([, y]) => y)];
  const pad = 0.35;
  const high = Math.max(Math.max(...ys), -Math.min(...ys), 0.3) + pad;
  const box = [Math.min(...xs) - pad, Math.max(...xs) + pad, -high, high] as const;
  const count = Math.min(SAMPLES, samples.y.length);
  const every = Math.floor(samples.y.length / count);
  const x = new Float32Array(count * samples.inputs);
  const y = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    x.set(
      samples.x.subarray(i * every * samples.inputs, (i * every + 1) * samples.inputs),
      i * samples.inputs,
    );
    y[i] = samples.y[i * every]!;
  }
  const loss = new Float64Array(SIDE * SIDE);
  const at = (p: number, q: number): number => {
    for (let i = 0; i < n; i++) net.params[i] = trail.first[i]! + length * (p * u[i]! + q * v[i]!);
    return net.evaluate(x, y).loss;
  };
  try {
    for (let j = 0; j < SIDE; j++) {
      for (let i = 0; i < SIDE; i++)
        loss[j * SIDE + i] = at(
          box[0] + ((i + 0.5) / SIDE) * (box[1] - box[0]),
          box[2] + ((j + 0.5) / SIDE) * (box[3] - box[2]),
        );
      // Others may ask the network for something meanwhile: it has its own weights then.
      net.params.set(last);
      progress((j + 1) / SIDE);
      await breath();
      if (signal.aborted || trained() !== now) return null;
    }
    const first = at(0, 0);
    const finite = loss.filter(Number.isFinite);
    const [low, top] = [Math.min(...finite), Math.max(...finite)];
    const values = Array.from(
      { length: 14 },
      (_, k) => low * (top / Math.max(low, 1e-12)) ** ((k + 0.5) / 14),
    );
    const filled = loss.map((w) => (Number.isFinite(w) ? w : top));
    const levels = contours()
      .size([SIDE, SIDE])
      .thresholds(values)(filled as unknown as number[])
      .map(({ coordinates }) => {
        const xy: number[] = [];
        for (const polygon of coordinates)
          for (const ring of polygon) {
            // Along the edge of the window a ring is no level line.
            const edge = (v: number) => v <= 0.5 || v >= SIDE - 0.5;
            for (const [a, b] of ring)
              if (edge(a!) || edge(b!)) xy.push(Number.NaN, Number.NaN);
              else xy.push(a! / SIDE, b! / SIDE);
            xy.push(Number.NaN, Number.NaN);
          }
        return Float32Array.from(xy);
      });
    return { box, levels, values, trail: Float32Array.from(path.flat()), least: low, first };
  } finally {
    if (trained() === now) net.params.set(last);
  }
}

export interface Shift {
  readonly name: string;
  /** By epoch, from 0: quartiles of what one unit of the last hidden layer is given. */
  readonly low: Float64Array;
  readonly middle: Float64Array;
  readonly high: Float64Array;
  /** Root mean square over all its units of how far their means have moved from where they began. */
  readonly moved: Float64Array;
  readonly accuracy: number;
}

/** The same network twice, with and without batch normalisation: what the last hidden activation is given, epoch by epoch. */
export async function covariateShift(s: TrainState, { signal, progress }: JobContext): Promise<Shift[]> {
  const samples = await samplesOf(s);
  const { train, test } = trainTestSplit(samples.x, samples.y, samples.inputs, { test: 0.2, seed: s.seed });
  const epochs = Math.min(s.epochs, 30);
  const list: Shift[] = [];
  for (const norm of [false, true]) {
    const net = build({ ...s, norm }, samples);
    const watched = `${norm ? "batchNorm" : "dense"}${s.hidden.length}`;
    const course = {
      low: [] as number[],
      middle: [] as number[],
      high: [] as number[],
      moved: [] as number[],
    };
    let start: Float64Array | null = null;
    const look = (): void => {
      const values = net.activations(test.x, watched);
      const rows = test.y.length;
      const width = values.length / rows;
      const unit = Float64Array.from({ length: rows }, (_, i) => values[i * width]!).sort();
      course.low.push(unit[Math.floor(rows / 4)]!);
      course.middle.push(unit[Math.floor(rows / 2)]!);
      course.high.push(unit[Math.floor((3 * rows) / 4)]!);
      const means = new Float64Array(width);
      for (let k = 0; k < values.length; k++) means[k % width] = means[k % width]! + values[k]! / rows;
      start ??= means;
      const from = start;
      course.moved.push(Math.sqrt(means.reduce((sum, m, j) => sum + (m - from[j]!) ** 2, 0) / width));
    };
    try {
      // Before the first step the running statistics say nothing yet.
      if (norm) net.recalibrate(train.x);
      look();
      const steps = Math.ceil(train.y.length / s.batch) * epochs;
      await net.fitAsync(train.x, train.y, {
        epochs,
        batchSize: s.batch,
        optimizer: rules[s.rule]!(rateOf(s, steps)),
        signal,
        onEpoch: ({ epoch }) => {
          look();
          progress((list.length + epoch / epochs) / 2);
        },
      });
      list.push({
        name: norm ? "with batch normalisation" : "without",
        low: Float64Array.from(course.low),
        middle: Float64Array.from(course.middle),
        high: Float64Array.from(course.high),
        moved: Float64Array.from(course.moved),
        accuracy: net.evaluate(test.x, test.y).accuracy ?? Number.NaN,
      });
    } finally {
      net.dispose();
    }
  }
  return list;
}
