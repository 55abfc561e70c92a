// What a Hamiltonian chain learns before it counts: its step size and its metric. Two schedules: windows that forget (the
// Fisher-divergence metrics, after nutpie) and Stan's growing windows of variances.

import type { Metric, MetricState } from "./metric.js";
import { DenseMetric, DiagonalMetric } from "./metric.js";
import { CrossMoments, Moments } from "./moments.js";
import type { StepSize } from "./step-size.js";

/** Learns from one draw after the other. */
export interface Warmup {
  readonly metric: Metric;
  /** The metric before the first step: what standard deviations known beforehand, or the gradient at the start, tell. */
  begin(q: Float64Array, g: Float64Array, known: Known | null): void;
  /** Learns from draw `t`; true where the metric has changed so much that a first step size should be searched again. */
  learn(t: number, q: Float64Array, g: Float64Array, acceptance: number, divergent: boolean): boolean;
  state(): object;
  restore(state: object): void;
}

const square = (x: number): number => x * x;

/** What is known of the coordinates before the first draw: standard deviations, and how they vary together (see Around). */
export interface Known {
  readonly spread: Float64Array;
  readonly factor?: Float64Array;
}

/** L L', or the variances alone. */
function covarianceOf({ spread, factor }: Known): Float64Array {
  const d = spread.length;
  return Float64Array.from({ length: d * d }, (_, at) => {
    const [i, j] = [Math.floor(at / d), at % d];
    if (!factor) return i === j ? square(spread[i]!) : 0;
    let sum = 0;
    for (let k = 0; k <= Math.min(i, j); k++) sum += factor[i * d + k]! * factor[j * d + k]!;
    return sum;
  });
}

const SMALLEST = 1e-20;
const LARGEST = 1e20;

function clamp(x: number, fallback: number): number {
  return x > 0 && x < Infinity ? Math.min(Math.max(x, SMALLEST), LARGEST) : fallback;
}

/** Draws forget after this many others: early, and later. */
const EARLY_WINDOW = 10;
const LATE_WINDOW = 80;

/**
 * The diagonal metric that minimises the Fisher divergence between the density and a normal law: M^-1_i = sqrt(var x_i / var
 * g_i) over draws x and gradients g (arXiv 2603.18845). Two estimates run beside each other; the older one is in use, and is
 * dropped for the younger one every `window` draws.
 */
export class FisherWarmup implements Warmup {
  readonly metric: DiagonalMetric;
  #draws: [Moments, Moments];
  #gradients: [Moments, Moments];

  constructor(
    readonly d: number,
    readonly warmup: number,
    readonly stepSize: StepSize,
  ) {
    this.metric = new DiagonalMetric(d);
    this.#draws = [new Moments(d), new Moments(d)];
    this.#gradients = [new Moments(d), new Moments(d)];
  }

  begin(_q: Float64Array, g: Float64Array, known: Known | null): void {
    const { inverse } = this.metric;
    const spread = known?.spread;
    for (let i = 0; i < this.d; i++)
      inverse[i] = spread ? spread[i]! * spread[i]! : clamp(1 / Math.abs(g[i]!), 1);
  }

  learn(t: number, q: Float64Array, g: Float64Array, acceptance: number, divergent: boolean): boolean {
    const { warmup, d, stepSize } = this;
    stepSize.learn(acceptance);
    const early = t < 0.3 * warmup;
    const end = Math.floor(0.85 * warmup);
    if (t > end) return false;
    if (t === end) {
      stepSize.restart(stepSize.step);
      return false;
    }
    if (!divergent) {
      for (const half of [0, 1] as const) {
        this.#draws[half].add(q);
        this.#gradients[half].add(g);
      }
    }
    const window = early ? EARLY_WINDOW : LATE_WINDOW;
    if (this.#draws[1].count >= window && t + window < end) {
      this.#draws.reverse();
      this.#gradients.reverse();
      this.#draws[1].clear();
      this.#gradients[1].clear();
    }
    const [draws] = this.#draws;
    const [gradients] = this.#gradients;
    if (draws.count < 3) return false;
    for (let i = 0; i < d; i++) {
      const value = Math.sqrt(draws.squares[i]! / gradients.squares[i]!);
      this.metric.inverse[i] = clamp(value, this.metric.inverse[i]!);
    }
    return false;
  }

  state(): object {
    return {
      metric: this.metric.state(),
      draws: this.#draws.map((m) => m.state()),
      gradients: this.#gradients.map((m) => m.state()),
    };
  }

  restore(state: object): void {
    const { metric, draws, gradients } = state as ReturnType<FisherWarmup["state"]> & {
      metric: MetricState & { kind: "diagonal" };
      draws: ReturnType<Moments["state"]>[];
      gradients: ReturnType<Moments["state"]>[];
    };
    this.metric.inverse.set(metric.inverse);
    for (const half of [0, 1] as const) {
      this.#draws[half].restore(draws[half]!);
      this.#gradients[half].restore(gradients[half]!);
    }
  }
}

/** Stan's warm-up: 75 draws for the step size, windows of 25, 50, 100 ... for the variances, 50 for the step size. */
export class StanWarmup implements Warmup {
  readonly metric: DiagonalMetric | DenseMetric;
  readonly #moments: Moments | CrossMoments;
  readonly #first: number;
  readonly #last: number;
  #window: number;
  #next: number;
  /** Variances at the start, or the covariance. */
  #known: Float64Array | null = null;

  constructor(
    readonly d: number,
    readonly warmup: number,
    readonly stepSize: StepSize,
    dense: boolean,
  ) {
    this.metric = dense ? new DenseMetric(d) : new DiagonalMetric(d);
    this.#moments = dense ? new CrossMoments(d) : new Moments(d);
    // Stan's shares where the warm-up is too short for its buffers: 15 % and 10 %.
    const short = warmup < 150;
    this.#first = short ? Math.floor(0.15 * warmup) : 75;
    this.#last = warmup - (short ? Math.floor(0.1 * warmup) : 50);
    this.#window = short ? this.#last - this.#first : 25;
    this.#next = this.#first + this.#window - 1;
  }

  begin(_q: Float64Array, _g: Float64Array, known: Known | null): void {
    const { metric } = this;
    if (!known) return;
    this.#known = metric instanceof DiagonalMetric ? known.spread.map(square) : covarianceOf(known);
    if (metric instanceof DiagonalMetric) metric.inverse.set(this.#known);
    else metric.take(this.#known.slice());
  }

  learn(t: number, q: Float64Array, _g: Float64Array, acceptance: number): boolean {
    this.stepSize.learn(acceptance);
    if (t >= this.#first && t < this.#last) this.#moments.add(q);
    if (t !== this.#next || t >= this.#last) return false;
    this.#take();
    this.#moments.clear();
    this.#window *= 2;
    this.#next = t + this.#window;
    // A last window that would leave less than the next one takes what is left.
    if (this.#next + 2 * this.#window >= this.#last) this.#next = this.#last - 1;
    return true;
  }

  /** Variances drawn towards 1e-3, (n v + 5e-3) / (n + 5), as Stan's, or towards those known at the start, which have the right unit. */
  #take(): void {
    const { d, metric } = this;
    const n = this.#moments.count;
    if (n < 2) return;
    const { squares } = this.#moments;
    const scale = n / ((n + 5) * (n - 1));
    const share = 5 / (n + 5);
    const known = this.#known;
    if (metric instanceof DiagonalMetric) {
      for (let i = 0; i < d; i++)
        metric.inverse[i] = scale * squares[i]! + share * (known ? known[i]! : 1e-3);
      return;
    }
    const covariance = new Float64Array(d * d);
    for (let i = 0; i < d * d; i++)
      covariance[i] = scale * squares[i]! + share * (known ? known[i]! : i % (d + 1) === 0 ? 1e-3 : 0);
    metric.take(covariance);
  }

  state(): object {
    return {
      metric: this.metric.state(),
      moments: this.#moments.state(),
      window: this.#window,
      next: this.#next,
      known: this.#known && Array.from(this.#known),
    };
  }

  restore(state: object): void {
    const given = state as {
      metric: { inverse: number[] };
      moments: ReturnType<Moments["state"]>;
      window: number;
      next: number;
      known: number[] | null;
    };
    const { metric } = this;
    this.#known = given.known && Float64Array.from(given.known);
    if (metric instanceof DenseMetric) metric.take(Float64Array.from(given.metric.inverse));
    else metric.inverse.set(given.metric.inverse);
    this.#moments.restore(given.moments);
    this.#window = given.window;
    this.#next = given.next;
  }
}

/** A metric that stays as it is: only the step size is learnt. */
export class FixedWarmup implements Warmup {
  constructor(
    readonly metric: Metric,
    readonly stepSize: StepSize,
  ) {}
  begin(): void {}
  learn(_t: number, _q: Float64Array, _g: Float64Array, acceptance: number): boolean {
    this.stepSize.learn(acceptance);
    return false;
  }
  state(): object {
    return {};
  }
  restore(): void {}
}
