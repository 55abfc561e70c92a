// Axes: which numbers are shown, where they lie, and ticks that can be read whatever the size of the numbers.

import { ticks as evenly } from "d3-array";
import { scaleLinear, scaleLog } from "d3-scale";
import { type AxisPlan, finite } from "./picture.js";

export interface Tick {
  readonly at: number;
  readonly text: string;
}

export interface Axis {
  /** Pixel of a number; NaN where it has no place. */
  readonly at: (value: number) => number;
  readonly ticks: readonly Tick[];
  /** With what the ticks leave out: a power of ten or an offset. */
  readonly label: string;
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
}

/** Beyond these no difference of two numbers is certain to be one. */
const HUGE = 8e307;
const TINY = 1e-290;
/** Of a logarithmic axis: every number above 0 has its place. */
const LEAST = 5e-324;
/** Far outside of every picture, and still a short number. */
const FAR = 20000;

export interface Extent {
  low: number;
  high: number;
}

/** The lowest and the highest finite number seen, above 0 where `log`. */
export class Extents {
  low = Infinity;
  high = -Infinity;
  readonly log: boolean;

  constructor(log: boolean) {
    this.log = log;
  }

  add(v: number): void {
    if (!finite(v) || (this.log && v <= 0)) return;
    if (v < this.low) this.low = v;
    if (v > this.high) this.high = v;
  }

  addAll(values: ArrayLike<number>): void {
    for (let i = 0; i < values.length; i++) this.add(values[i]!);
  }

  get empty(): boolean {
    return this.low > this.high;
  }
}

const clamp = (v: number, low: number, high: number): number => (v < low ? low : v > high ? high : v);

/** A domain that has a width, whatever the numbers are. */
function widened({ low, high }: Extent, log: boolean): [number, number] {
  if (low > high) return log ? [1, 10] : [0, 1];
  if (log) {
    const [a, b] = [clamp(low, LEAST, HUGE), clamp(high, LEAST, HUGE)];
    return b > a * 1.0001 ? [a, b] : [Math.max(a / 2, LEAST), Math.min(b * 2, HUGE)];
  }
  const [a, b] = [clamp(low, -HUGE, HUGE), clamp(high, -HUGE, HUGE)];
  const size = Math.max(Math.abs(a), Math.abs(b));
  if (size < TINY) return [-1, 1];
  if (b - a > 1e-12 * size) return [a, b];
  return [a - 0.1 * size, b + 0.1 * size];
}

const superscript = (text: string): string =>
  [...text].map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)])).join("");
export const powerOfTen = (k: number): string => `10${superscript(String(k))}`;
const signed = (text: string): string => text.replace("-", "−");
const exponentOf = (v: number): number => (v === 0 ? 0 : Number(v.toExponential().split("e")[1]));

/** Decimals that tell neighbours apart. */
function decimals(values: readonly number[]): number {
  for (let d = 0; d < 12; d++) {
    const power = Number(`1e${d}`);
    if (values.every((v) => Math.abs(v * power - Math.round(v * power)) < 1e-6)) return d;
  }
  return 12;
}

/** Numbers of an axis as texts, with a factor or an offset taken out where they would be long. */
export function labels(values: readonly number[]): { texts: string[]; left: string } {
  const size = Math.max(...values.map(Math.abs), 0);
  if (size === 0) return { texts: values.map(() => "0"), left: "" };
  // Between the ends: of numbers at the bottom of the doubles two neighbours can be one.
  const step = Math.abs(values.at(-1)! - values[0]!) / (values.length - 1); // of one tick NaN
  if (step < 1e-6 * size) {
    // The offset is a tick itself, so that what is left is 0 there. Of ticks three digits are enough; what follows is rounding.
    const origin = values[0]!;
    const { texts, left } = labels(values.map((v) => Number((v - origin).toPrecision(3))));
    const sign = origin < 0 ? "+" : "−";
    return { texts, left: ` ${sign} ${String(Math.abs(origin))}${left}` };
  }
  const k = exponentOf(size);
  const scaled = k >= 5 || k <= -4;
  // Divided in two steps: 10^k alone may be beyond the range of doubles.
  const half = Math.trunc(k / 2);
  const parts = scaled ? values.map((v) => v / Number(`1e${half}`) / Number(`1e${k - half}`)) : values;
  const d = decimals(parts);
  return {
    texts: parts.map((v) => signed((v === 0 ? 0 : v).toFixed(d))),
    left: scaled ? ` (${powerOfTen(k)})` : "",
  };
}

/** Ticks of a logarithmic axis: powers of ten, with 2 and 5 between them where there are few. */
function logTicks(low: number, high: number, count: number): { values: number[]; texts: string[] } {
  const [from, to] = [exponentOf(low), exponentOf(high) + 1];
  const stride = Math.max(1, Math.ceil((to - from) / Math.max(2, count)));
  const found: { k: number; m: number }[] = [];
  const between = to - from <= 3 ? [1, 2, 5] : [1];
  for (let k = from; k <= to; k++) {
    if (k % stride !== 0) continue;
    for (const m of between) {
      const v = Number(`${m}e${k}`);
      if (v >= low * (1 - 1e-9) && v <= high * (1 + 1e-9)) found.push({ k, m });
    }
  }
  if (found.length < 2) {
    // Steps between tiny numbers underflow.
    const unit = high < TINY ? 1e300 : 1;
    const values = evenly(low * unit, high * unit, Math.min(count, 5))
      .map((v) => v / unit)
      .filter((v, i, all) => v > 0 && v !== all[i - 1]);
    return {
      values,
      texts: labels(values).left === "" ? labels(values).texts : values.map((v) => shortNumber(v)),
    };
  }
  const plain = found.every(({ k }) => k >= -2 && k <= 3);
  const text = ({ k, m }: { k: number; m: number }): string =>
    plain ? String(Number(`${m}e${k}`)) : m === 1 ? powerOfTen(k) : `${m}·${powerOfTen(k)}`;
  return { values: found.map(({ k, m }) => Number(`${m}e${k}`)), texts: found.map(text) };
}

/** A number with few digits, as a person would write it: 0.0123, 4.5·10⁻⁷. */
export function shortNumber(v: number, digits = 4): string {
  if (!finite(v)) return Number.isNaN(v) ? "NaN" : v > 0 ? "∞" : "−∞";
  const k = exponentOf(v);
  if (k >= -3 && k < 6) return signed(String(Number(v.toPrecision(digits))));
  const [mantissa] = v.toExponential(digits - 1).split("e");
  return `${signed(String(Number(mantissa)))}·${powerOfTen(k)}`;
}

/**
 * @param extent What the marks reach. @param from Pixel of the low end; @param to of the high one.
 * @param count About how many ticks there is room for.
 */
export function makeAxis(plan: AxisPlan, extent: Extent, from: number, to: number, count: number): Axis {
  const label = plan.label ?? "";
  if (plan.names) return nameAxis(plan.names, label, from, to);
  const log = plan.scale === "log" && (plan.domain ? plan.domain[0] > 0 : extent.low > 0);
  const [low, high] = plan.domain ? widened(rangeOf(plan.domain), log) : widened(extent, log);
  // Marks at the edge keep a distance from the frame.
  const inset = plan.domain ? 0 : Math.sign(to - from) * Math.min(10, Math.abs(to - from) / 12);
  const range: [number, number] = [from + inset, to - inset];
  const scale = (log ? scaleLog() : scaleLinear()).domain([low, high]).range(range);
  const at = (v: number): number => clamp(Number(scale(clamp(v, -HUGE, HUGE))), -FAR, FAR);
  const inside = (v: number): boolean => {
    const p = at(v);
    return p >= Math.min(from, to) - 0.01 && p <= Math.max(from, to) + 0.01;
  };
  if (plan.ticks) {
    const ticks = plan.ticks.filter(({ value }) => inside(value));
    return { at, label, low, high, log, ticks: ticks.map(({ value, text }) => ({ at: at(value), text })) };
  }
  if (log) {
    const { floor } = plan;
    const { values, texts } = logTicks(floor ? floor.least : low, high, count);
    const all = values.map((v, i) => ({ at: at(v), text: texts[i]! }));
    const ticks = all.filter((_, i) => inside(values[i]!));
    if (floor) ticks.unshift({ at: at(floor.at), text: floor.text });
    return { at, label, low, high, log, ticks };
  }
  // Ticks may lie in the margin as well.
  const part = inset / (range[1] - range[0]);
  const [a, b] = [
    clamp(low - (high - low) * part, -HUGE, HUGE),
    clamp(high + (high - low) * part, -HUGE, HUGE),
  ];
  const values = evenly(a, b, Math.max(1, count)).filter(
    (v) => finite(v) && inside(v) && (!plan.whole || Number.isInteger(v)),
  );
  const { texts, left } = labels(values);
  const ticks = values.map((v, i) => ({ at: at(v), text: texts[i]! }));
  return { at, label: `${label}${left}`, low, high, log, ticks };
}

const rangeOf = ([low, high]: readonly [number, number]): Extent => ({ low, high });

/** 0, 1, 2 ... in the middle of as many equal parts. */
function nameAxis(names: readonly string[], label: string, from: number, to: number): Axis {
  const n = Math.max(1, names.length);
  const at = (v: number): number => from + ((to - from) * (v + 0.5)) / n;
  return {
    at,
    label,
    low: -0.5,
    high: n - 0.5,
    log: false,
    ticks: names.map((text, i) => ({ at: at(i), text })),
  };
}
