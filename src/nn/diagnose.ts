// What ails a network's training, from the records of fit: each finding with the numbers it rests on.

import { largestOf } from "../linalg/scaling.js";
import type { InputCondition } from "./condition.js";
import type { Epoch } from "./history.js";
import type { Plan, StagePlan } from "./plan.js";
import type { BatchRecord, StageRecord } from "./records.js";

export type Ailment = "vanishing" | "exploding" | "dead" | "ill-conditioned" | "slow" | "fast" | "stuck";

export interface Finding {
  readonly kind: Ailment;
  readonly layer: string;
  readonly message: string;
  readonly evidence: Readonly<Record<string, number>>;
}

export interface LayerCourse {
  readonly name: string;
  /** By recorded batch: the first of training and the last of every epoch. */
  readonly activation: readonly number[];
  readonly gradient: readonly number[];
  readonly weight: readonly number[];
  readonly weightGradient: readonly number[];
  /** Norm of the update over the norm of the weights; about 1e-3 is usual. */
  readonly updateRatio: readonly number[];
  readonly dead: readonly number[];
}

export interface Diagnosis {
  /** Steps of the recorded batches. */
  readonly steps: readonly number[];
  readonly loss: readonly number[];
  readonly layers: readonly LayerCourse[];
  readonly findings: readonly Finding[];
  /** The kinds found, or "healthy". */
  readonly verdict: string;
  report(): string;
}

/** Gradient of the first layer over the last, per layer crossed: beyond these and a factor of VAST in all. */
const VAST = 1e3;
/** Second moments of a layer's inputs: a larger condition number than this slows every first-order rule. */
const ILL = 1e4;
const DEAD_SHARE = 0.5;
/** A loss of this share of the best constant answer's, or more, is no better. */
const NO_BETTER = 0.98;
/** Epochs before that is said. */
const PATIENT = 5;
/** With this share of it or less a network has learned: dead units, faint gradients, long or short steps did not keep it from it. */
const LEARNED = 0.7;
const SLOW = 1e-6;
const FAST = 0.3;
/** A loss that grew to this multiple of what it began with, and of the best constant answer's. */
const ROSE = 2;

const pretty = (x: number): string => x.toPrecision(3);

/** What the last fit was like. */
export interface Course {
  readonly log: readonly Epoch[];
  /** Loss of the best answer that is the same for every sample; NaN where it is not known. */
  readonly constant: () => number;
  /** Both for a few samples, of the network as it now is, in evaluation mode. */
  readonly now: { readonly loss: number; readonly constant: number };
}

/** `dead`: by stage, units that gave 0 for each of `samples` samples. */
export function diagnosisOf(
  plan: Plan,
  records: readonly BatchRecord[],
  condition: InputCondition,
  dead: readonly number[],
  samples: number,
  course: Course | null,
): Diagnosis {
  const layers = plan.stages.map((stage, i): LayerCourse => {
    const course = (of: (r: StageRecord) => number) =>
      records.map((record) => of(record.stages[i] as StageRecord));
    return {
      name: stage.name,
      activation: course((r) => r.activation),
      gradient: course((r) => r.gradient ?? 0),
      weight: course((r) => r.weight),
      weightGradient: course((r) => r.weightGradient),
      updateRatio: course((r) => (r.weight > 0 ? r.update / r.weight : 0)),
      dead: course((r) => r.dead),
    };
  });
  const learned = course !== null && course.now.loss <= LEARNED * course.now.constant;
  const findings = [
    ...(overflow(plan, records) ?? flow(plan, layers, records)).filter(
      ({ kind }) => !learned || kind !== "vanishing",
    ),
    ...(learned ? [] : deadFindings(plan, dead, samples)),
    ...conditioning(condition),
    ...(learned ? [] : updates(plan, layers)),
    ...(course ? stuck(plan, layers, records, course) : []),
  ];
  const verdict = [...new Set(findings.map(({ kind }) => kind))].join(", ") || "healthy";
  const steps = records.map(({ step }) => step);
  const loss = records.map((record) => record.loss);
  return { steps, loss, layers, findings, verdict, report: () => reportOf(verdict, layers, findings) };
}

const weighs = ({ layer }: StagePlan): boolean => layer.definition.weighs === true;

/** Exploding beyond all numbers: a record with NaN or infinity. Activations are looked at first, as they come first. */
function overflow(plan: Plan, records: readonly BatchRecord[]): Finding[] | null {
  const bad = (x: number | null): boolean => x !== null && !Number.isFinite(x);
  for (const { stages, step, loss } of records) {
    let at = stages.findIndex((s) => bad(s.activation) || bad(s.weight));
    if (at < 0) at = stages.findLastIndex((s) => bad(s.gradient) || bad(s.weightGradient) || bad(s.update));
    if (at < 0 && Number.isFinite(loss)) continue;
    const layer = plan.stages[at]?.name ?? "loss";
    const largest = stages.reduce((top, { activation: a }) => (a > top && a < Infinity ? a : top), 0);
    const place = layer === "loss" ? "the loss" : layer;
    const message = `numbers are exploding: NaN or infinity at ${place} in step ${step}, where finite activations reach ${pretty(largest)}. A smaller learning rate, smaller initial weights, batchNorm(), clipNorm or standardised data may help`;
    return [{ kind: "exploding", layer, message, evidence: { step, activation: largest } }];
  }
  return null;
}

/**
 * Vanishing and exploding: the gradient at the first dense layer against that at the last. Vanishing is said of the usual record (the
 * upper median), since dropout and relu may let nothing through in one small batch; exploding of the worst, which spoils the weights.
 */
function flow(plan: Plan, layers: readonly LayerCourse[], records: readonly BatchRecord[]): Finding[] {
  const path = plan.stages.filter(weighs).map(({ index }) => layers[index] as LayerCourse);
  const first = path[0];
  const last = path.at(-1);
  const crossed = path.length - 1;
  if (!first || !last || crossed < 1) return [];
  const bottom = plan.stages.findIndex(weighs);
  // Through a layer of dead units nothing flows either: that is a finding of its own.
  const blocked = ({ stages }: BatchRecord) => stages.some(({ dead }, i) => dead === plan.stages[i]?.outputs);
  const ratios: number[] = [];
  for (const [t, top] of last.gradient.entries()) {
    const ratio = first.gradient[t]! / top;
    const record = records[t] as BatchRecord;
    // Nothing flows back once the loss is zero, or to layers that nobody trains. A 0 that did flow is an underflow.
    if (!(top > 0) || !Number.isFinite(ratio) || record.stages[bottom]?.gradient === null) continue;
    if (ratio === 0 && blocked(record)) continue;
    ratios.push(ratio);
  }
  ratios.sort((a, b) => a - b);
  const usually = ratios[ratios.length >> 1] ?? 1;
  const most = ratios.at(-1) ?? 0;
  const found = (kind: "vanishing" | "exploding", ratio: number, remedy: string): Finding => ({
    kind,
    layer: first.name,
    message: `gradients are ${kind}: at ${first.name} they have ${pretty(ratio)} times the size they have at ${last.name}, ${crossed} dense layers above. ${remedy}`,
    evidence: { ratio, layers: crossed },
  });
  if (usually < 1 / VAST) {
    const remedy = 'batchNorm(), relu() and init "he" keep their size';
    return [found("vanishing", usually, remedy)];
  }
  if (most > VAST)
    return [found("exploding", most, "batchNorm(), smaller initial weights or clipNorm bound them")];
  const grown = largestOf(path.map(({ weightGradient }) => largestOf(weightGradient)));
  const usual = largestOf(path.map(({ weight }) => largestOf(weight)));
  if (!(grown > VAST * Math.max(usual, 1))) return [];
  return [
    {
      kind: "exploding",
      layer: last.name,
      message: `gradients are exploding: the norm of a weight gradient reaches ${pretty(grown)}, that of the weights ${pretty(usual)}. Use clipNorm or standardise the data`,
      evidence: { gradientNorm: grown, weightNorm: usual },
    },
  ];
}

function deadFindings(plan: Plan, dead: readonly number[], samples: number): Finding[] {
  return plan.stages.flatMap(({ index, name, outputs }) => {
    const count = dead[index] ?? 0;
    if (count / outputs < DEAD_SHARE) return [];
    return {
      kind: "dead" as const,
      layer: name,
      message: `${count} of ${outputs} units of ${name} give 0 for each of ${samples} samples. A smaller learning rate, batchNorm() before it or leakyRelu() may help`,
      evidence: { dead: count, units: outputs, samples },
    };
  });
}

function conditioning({ layer, largest, small }: InputCondition): Finding[] {
  const bound = largest / small;
  if (!(bound > ILL)) return [];
  return [
    {
      kind: "ill-conditioned",
      layer,
      message: `the loss is ill-conditioned: the second moments of the inputs of ${layer} have an eigenvalue of ${pretty(largest)} and, for half the features, Rayleigh quotients up to ${pretty(small)}, so a condition number of at least ${pretty(bound)}. Standardise the features, or put batchNorm() first`,
      evidence: { condition: bound, largest, small },
    },
  ];
}

/** Training that learned next to nothing, its loss being that of always giving the same answer: because of its rate, or of whatever. */
function stuck(
  plan: Plan,
  layers: readonly LayerCourse[],
  records: readonly BatchRecord[],
  { log, constant: constantLoss, now }: Course,
): Finding[] {
  const [first, last] = [log[0], log.at(-1)];
  if (!first || !last) return [];
  const constant = constantLoss();
  const noBetter = (loss: number, answer: number): boolean => answer > 0 && loss >= NO_BETTER * answer;
  if (!noBetter(last.loss, constant) || !noBetter(now.loss, now.constant)) return [];
  const start = records[0]?.loss ?? NaN;
  const rose = last.loss > ROSE * Math.max(start, constant);
  // After a few epochs much may still come.
  const late = log.length >= PATIENT;
  const steps = plan.stages.filter(weighs).map(({ index }) => layers[index] as LayerCourse);
  const ratio = largestOf(steps.map(({ updateRatio }) => largestOf(updateRatio)));
  const found: Finding[] = [];
  if (rose || (late && ratio > FAST))
    found.push({
      kind: "fast",
      layer: steps.at(-1)?.name ?? "",
      message: `the learning rate is too large: the loss began with ${pretty(start)} and is ${pretty(last.loss)}, with steps of up to ${pretty(100 * ratio)} % of the norm of a layer's weights`,
      evidence: { start, loss: last.loss, constant, ratio },
    });
  if (!late) return found;
  const right = last.accuracy === null ? "" : `, ${pretty(100 * last.accuracy)} % of its answers are right`;
  return [
    ...found,
    {
      kind: "stuck",
      layer: plan.stages.at(-1)?.name ?? "",
      message: `training is stuck: after ${log.length} epochs the loss is ${pretty(last.loss)}, and always giving the same answer has ${pretty(constant)}${right}. The network may be too small for the task (hidden layers with an activation), the learning rate wrong (findLearningRate), or the targets not in the order of the samples`,
      evidence: { loss: last.loss, constant, first: first.loss, epochs: log.length },
    },
  ];
}

/** Too fast by the last step, too slow by every recorded one: at the end of a schedule, and of training, steps are small. */
function updates(plan: Plan, layers: readonly LayerCourse[]): Finding[] {
  return plan.stages.filter(weighs).flatMap(({ index, name }): Finding[] => {
    const ratios = layers[index]?.updateRatio ?? [];
    const ratio = ratios.at(-1) ?? 0;
    const largest = largestOf(ratios);
    if (ratio > FAST) {
      const message = `the last step changed the weights of ${name} by ${pretty(100 * ratio)} % of their norm: the learning rate is too large`;
      return [{ kind: "fast", layer: name, message, evidence: { ratio } }];
    }
    if (largest > 0 && largest < SLOW) {
      const message = `no recorded step changed the weights of ${name} by more than ${pretty(largest)} of their norm: it hardly learns`;
      return [{ kind: "slow", layer: name, message, evidence: { ratio: largest } }];
    }
    return [];
  });
}

function reportOf(verdict: string, layers: readonly LayerCourse[], findings: readonly Finding[]): string {
  const head = ["layer", "activation", "gradient", "weight", "update/weight", "dead"];
  const rows = layers.map(({ name, activation, gradient, weight, updateRatio, dead }) => [
    name,
    ...[activation, gradient, weight, updateRatio].map((course) => pretty(course.at(-1) ?? 0)),
    String(dead.at(-1) ?? 0),
  ]);
  const widths = head.map((title, j) =>
    Math.max(title.length, ...rows.map((row) => (row[j] as string).length)),
  );
  const line = (cells: readonly string[]) =>
    cells.map((cell, j) => (j === 0 ? cell.padEnd(widths[j]!) : cell.padStart(widths[j]!))).join("  ");
  return [
    `${verdict}`,
    "",
    line(head),
    ...rows.map(line),
    ...findings.map(({ message }) => `\n${message}.`),
  ].join("\n");
}
