// Every option combination of the PyTorch traces: parameters at every comparable step to max(1e-12, 100 sensitivity),
// relative with the denominator max(|x|, 1e-3).
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as downhill from "../../src/index.js";
import { clipNorm, clipValue, optimizer, reduceOnPlateau, schedules } from "../../src/index.js";

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../reference-data/torch/${name}`, import.meta.url), "utf8"));

interface Trace {
  problem: "rosenbrock2" | "quad10";
  lr: number;
  options: Record<string, unknown>;
  steps: Record<string, { x: number[]; f: number }>;
  sensitivity: Record<string, number>;
  comparable: number[];
}

/** torch's option names as ours. */
function ours(options: Record<string, unknown>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    const pair = value as [number, number];
    if (name === "betas") Object.assign(out, { beta1: pair[0], beta2: pair[1] });
    else if (name === "etas") Object.assign(out, { etaMinus: pair[0], etaPlus: pair[1] });
    else if (name === "step_sizes") Object.assign(out, { stepMin: pair[0], stepMax: pair[1] });
    else if (name === "lambd") out.lambda = value;
    else out[name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())] = value;
  }
  return out;
}

function gradient(
  problem: { name: string; A: number[][]; b: number[] },
  x: ArrayLike<number>,
  g: Float64Array,
) {
  if (problem.name === "rosenbrock2") {
    const [a, b] = [x[0] as number, x[1] as number];
    g[0] = -400 * a * (b - a * a) - 2 * (1 - a);
    g[1] = 200 * (b - a * a);
    return;
  }
  problem.A.forEach((row, i) => {
    g[i] = row.reduce((sum, a, j) => sum + a * (x[j] as number), 0) - (problem.b[i] as number);
  });
}

const rules = { ...downhill } as unknown as Record<string, (options: object) => downhill.Rule>;

const files = readdirSync(new URL("../reference-data/torch", import.meta.url)).filter(
  // L-BFGS is a method of minimize and is tested there.
  (name) => name.endsWith(".json") && name !== "lbfgs.json" && read(name).optimizer,
);

test("there is a trace for eleven rules", () => {
  expect(files).toHaveLength(11);
});

describe.each(files)("%s", (file) => {
  const data = read(file);
  const traces: Trace[] = data.runs;
  const documented: Trace[] | undefined = data.runsDocumentedFormula;
  const name = file.replace(".json", "");
  const cases = traces.map((trace, i) => ({
    ...trace,
    steps: documented ? (documented[i] as Trace).steps : trace.steps,
    label: `${trace.problem} ${JSON.stringify(trace.options)}`,
  }));

  test.each(cases)("$label is PyTorch's trajectory", (trace) => {
    const problem = data.problems[trace.problem];
    const last = Math.max(...trace.comparable);
    expect(trace.comparable.length).toBeGreaterThanOrEqual(5);
    const opt = optimizer(
      problem.x0,
      (rules[name] as (o: object) => downhill.Rule)({ lr: trace.lr, ...ours(trace.options) }),
    );
    try {
      for (let t = 1; t <= last; t++) {
        gradient(problem, opt.params, opt.grads as Float64Array);
        opt.step();
        if (!trace.comparable.includes(t)) continue;
        const tolerance = Math.max(1e-12, 100 * (trace.sensitivity[t] as number));
        (trace.steps[t] as { x: number[] }).x.forEach((want, i) => {
          const error = Math.abs((opt.params[i] as number) - want) / Math.max(Math.abs(want), 1e-3);
          expect(error, `step ${t}, x[${i}]`).toBeLessThanOrEqual(tolerance);
        });
      }
    } finally {
      opt.dispose();
    }
  });

  test("maximize climbs the negated function along the same trajectory, bit for bit", () => {
    const trace = traces[0] as Trace;
    const problem = data.problems[trace.problem];
    const rule = (rules[name] as (o: object) => downhill.Rule)({ lr: trace.lr });
    const down = optimizer(problem.x0, rule);
    const up = optimizer(problem.x0, rule, { maximize: true });
    for (let t = 0; t < 20; t++) {
      gradient(problem, down.params, down.grads as Float64Array);
      gradient(problem, up.params, up.grads as Float64Array);
      for (let i = 0; i < up.grads.length; i++) up.grads[i] = -(up.grads[i] as number);
      down.step();
      up.step();
    }
    expect(up.params).toEqual(down.params);
    down.dispose();
    up.dispose();
  });
});

interface SchedulerRun {
  scheduler: string;
  // biome-ignore lint/suspicious/noExplicitAny: as recorded.
  options: Record<string, any>;
  base_lr: number;
  lr: number[];
  momentum?: number[];
  metrics?: number[];
}

function scheduleOf({ scheduler, options: o, base_lr: lr }: SchedulerRun): downhill.Schedule {
  const {
    step,
    multiStep,
    exponential,
    cosine,
    cosineRestarts,
    piecewiseLinear,
    polynomial,
    oneCycle,
    cyclic,
  } = schedules;
  const cycled = { momentumMin: 0.8, momentumMax: 0.9 };
  const modes = { triangular2: "triangular2", exp_range: "expRange" } as const;
  switch (scheduler) {
    case "StepLR":
      return step({ lr, every: o.step_size, gamma: o.gamma });
    case "MultiStepLR":
      return multiStep({ lr, milestones: o.milestones, gamma: o.gamma });
    case "ExponentialLR":
      return exponential({ lr, gamma: o.gamma });
    case "CosineAnnealingLR":
      return cosine({ lr, steps: o.T_max, min: o.eta_min });
    case "CosineAnnealingWarmRestarts":
      return cosineRestarts({ lr, period: o.T_0, mult: o.T_mult, min: o.eta_min });
    case "LinearLR":
      return piecewiseLinear({
        from: lr * o.start_factor,
        to: lr * o.end_factor,
        steps: o.total_iters,
      });
    case "PolynomialLR":
      return polynomial({ lr, steps: o.total_iters, power: o.power });
    case "OneCycleLR":
      return oneCycle({
        max: o.max_lr,
        steps: o.total_steps,
        anneal: o.anneal_strategy ? "linear" : "cosine",
        rise: o.pct_start ?? 0.3,
        threePhase: o.three_phase ?? false,
      });
    case "CyclicLR":
      return cyclic({
        min: o.base_lr,
        max: o.max_lr,
        up: o.step_size_up,
        ...(o.step_size_down ? { down: o.step_size_down } : {}),
        ...(o.mode ? { mode: modes[o.mode as keyof typeof modes] } : {}),
        ...(o.gamma ? { gamma: o.gamma } : {}),
        ...cycled,
      });
    case "ConstantLR":
      return schedules.constant({ lr, factor: o.factor, steps: o.total_iters });
    default:
      throw new Error(`no schedule for ${scheduler}`);
  }
}

const runs: SchedulerRun[] = read("schedulers.json").runs;

test.each(runs.map((run) => ({ ...run, label: `${run.scheduler} ${JSON.stringify(run.options)}` })))(
  "$label is PyTorch's to 1e-14",
  (run) => {
    // PyTorch computes CosineAnnealingLR by a recurrence whose rounding errors add up: it ends up to 3.4e-14 (relative;
    // 3.4e-15 absolute) from the exact closed form, which is ours. That one is compared absolutely.
    const absolute = run.scheduler === "CosineAnnealingLR";
    const error = (got: number, want: number) => Math.abs(got - want) / ((!absolute && Math.abs(want)) || 1);
    if (run.metrics) {
      const plateau = reduceOnPlateau({ lr: run.base_lr, ...run.options });
      run.lr.forEach((want, t) => {
        expect(error(plateau.lr, want), `step ${t}`).toBeLessThanOrEqual(1e-14);
        plateau.report(run.metrics?.[t] as number);
      });
      return;
    }
    const schedule = scheduleOf(run);
    run.lr.forEach((want, t) => {
      expect(error(schedule(t), want), `lr at step ${t}: ${schedule(t)} for ${want}`).toBeLessThanOrEqual(
        1e-14,
      );
    });
    run.momentum?.forEach((want, t) => {
      const { momentum } = schedule as downhill.CycledSchedule;
      expect(error(momentum(t), want), `momentum at step ${t}`).toBeLessThanOrEqual(1e-14);
    });
  },
);

interface Clip {
  grads: number[][];
  clipped: number[][];
  kind: "norm" | "value";
  max_norm: number;
  norm_type: number | "inf";
  total_norm: number;
  clip_value: number;
}

test.each(read("clipping.json").cases as Clip[])("clipping by $kind is PyTorch's", (c) => {
  const grads = c.grads.map((g) => Float64Array.from(g));
  if (c.kind === "norm") {
    const norm = clipNorm(grads, c.max_norm, { norm: c.norm_type === "inf" ? Infinity : c.norm_type });
    expect(Math.abs(norm / c.total_norm - 1)).toBeLessThanOrEqual(1e-14);
  } else {
    clipValue(grads, c.clip_value);
  }
  const check = (got: ArrayLike<number>, want: number[]) => {
    want.forEach((w, i) => {
      expect(Math.abs((got[i] as number) - w)).toBeLessThanOrEqual(1e-14 * Math.abs(w));
    });
  };
  for (const [i, g] of grads.entries()) check(g, c.clipped[i] as number[]);

  // And inside a step of sgd with lr 1, which moves by the clipped gradient.
  if (c.kind === "norm" && c.norm_type !== 2) return;
  const flat = c.grads.flat();
  const clip = c.kind === "norm" ? { clipNorm: c.max_norm } : { clipValue: c.clip_value };
  const opt = optimizer(flat.length, downhill.sgd({ lr: 1 }), clip);
  opt.grads.set(flat);
  opt.step();
  check(
    Array.from(opt.params, (p) => -p),
    c.clipped.flat(),
  );
  expect([...opt.grads]).toEqual(flat);
  expect(opt.gradNorm).toBeCloseTo(Math.hypot(...flat), 12);
  opt.dispose();
});
