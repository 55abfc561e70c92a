// Pre-training. Greedy layer-wise training (Bengio et al. 2007): each block of layers, a dense with what follows
// it, learns alone before the network is fine-tuned as a whole with fit.

import { run, runAsync } from "../driver/run.js";
import type { Ask, Iteration, Method, Nested, Task } from "../driver/task.js";
import { Watch } from "../driver/watch.js";
import { checkGroups, type Range } from "../first-order/groups.js";
import { DownhillError } from "../runtime/errors.js";
import { choiceOption, optionError } from "../runtime/options.js";
import { later } from "../runtime/promises.js";
import type { Body } from "./body.js";
import { layerOutputs } from "./evaluate.js";
import type { FitOptions } from "./fit-options.js";
import type { History } from "./history.js";
import { type Features, readFeatures, type TargetValues } from "./inputs.js";
import type { FloatVector } from "./kernels.js";
import { dense } from "./layers/dense.js";
import { Network } from "./network.js";
import { rangesOf } from "./owner.js";

/** `groups` are of the parameters of the network: each block takes what it has of them. */
export interface PretrainOptions extends Omit<FitOptions, "validation" | "average" | "continue"> {
  /**
   * "autoencoder" (default without y): each block learns to give its input back through a decoder. "supervised" (default
   * with y): the network grows block by block under a new output layer, earlier blocks frozen.
   */
  method?: "autoencoder" | "supervised";
  /** Called when a block is done. `maxTimeMs` holds for all blocks together. `pretrainAsync` waits for what it promises. */
  onBlock?: (block: PretrainedBlock) => unknown;
}

type Course<T> = Generator<Ask, T, void>;
type PretrainEnd = { readonly status: "completed"; readonly reason: "blocks" };
const COMPLETED: PretrainEnd = { status: "completed", reason: "blocks" };

export interface PretrainedBlock {
  /** Names of its layers in the network. */
  readonly layers: readonly string[];
  readonly history: History;
}

/** Ranges [from, to) of layers that start at each dense layer; what stands before the first belongs to the first. */
function blocksOf(body: Body): [number, number][] {
  const starts = body.plan.stages.flatMap(({ layer, index }) => (layer.definition.weighs ? [index] : []));
  return starts.map((start, i) => [i === 0 ? 0 : start, starts[i + 1] ?? body.plan.stages.length]);
}

/** Parameters and statistics of `count` layers from one network to another whose layers are the same. */
export function copyLayers(from: Body, fromStart: number, to: Body, toStart: number, count: number): void {
  for (let i = 0; i < count; i++) {
    const [source, target] = [from.stages[fromStart + i], to.stages[toStart + i]];
    if (!source || !target) continue;
    const pairs = [...source.plan.params, ...source.plan.buffers];
    const others = [...target.plan.params, ...target.plan.buffers];
    for (const [j, tensor] of pairs.entries()) {
      const other = others[j];
      if (other) to.view(other).set(from.view(tensor));
    }
    target.count = source.count;
  }
}

/**
 * Trains all blocks but the last one by one, and leaves their weights in `net`.
 *
 * @example
 * const net = network({ inputs: 2, layers: [dense(8), tanh(), dense(2)], loss: "softmaxCrossEntropy", seed: 1 });
 * pretrain(net, [[0, 0], [0, 1], [1, 0], [1, 1]], null, { epochs: 5 }); // as autoencoders
 * net.dispose();
 */
export function pretrain(
  net: Network,
  x: Features,
  y?: TargetValues | null,
  options: PretrainOptions = {},
): { blocks: PretrainedBlock[] } {
  return run(new Pretraining("pretrain", net, x, y, options));
}

/**
 * As pretrain; the event loop gets a turn at least every 8 ms. An abort rejects with the reason of the signal: the net keeps the blocks
 * that were done.
 *
 * @example
 * const net = network({ inputs: 2, layers: [dense(8), tanh(), dense(2)], loss: "softmaxCrossEntropy", seed: 1 });
 * await pretrainAsync(net, [[0, 0], [0, 1], [1, 0], [1, 1]], null, { epochs: 5 });
 * net.dispose();
 */
export async function pretrainAsync(
  net: Network,
  x: Features,
  y?: TargetValues | null,
  options: PretrainOptions = {},
): Promise<{ blocks: PretrainedBlock[] }> {
  return runAsync(new Pretraining("pretrainAsync", net, x, y, options, options?.signal));
}

/** A training of a helper network for each block, one within the other's place: limits, promises and aborts are the driver's. */
class Pretraining implements Task<PretrainEnd, { blocks: PretrainedBlock[] }> {
  readonly watch: Watch;
  readonly method: Method<PretrainEnd>;
  readonly #blocks: PretrainedBlock[] = [];

  constructor(
    where: string,
    net: Network,
    x: Features,
    y: TargetValues | null | undefined,
    options: PretrainOptions,
    signal?: AbortSignal | undefined,
  ) {
    // Each block ends by itself, within the time that is left, and synchronously at the signal too: its history says so.
    this.watch = new Watch(where, { signal }, [], Infinity);
    this.method = lessons(where, net, x, y, options, this.#blocks);
  }

  look(): Iteration {
    const { nit, nfev, elapsedMs } = this.watch;
    return { nit, nfev, x: new Float64Array(0), fun: NaN, gradNorm: NaN, stepNorm: NaN, elapsedMs };
  }

  out(): { blocks: PretrainedBlock[] } {
    return { blocks: this.#blocks };
  }

  release(): void {}
}

/** Checks everything; nothing is trained before the first turn. */
function lessons(
  where: string,
  net: Network,
  x: Features,
  y: TargetValues | null | undefined,
  options: PretrainOptions,
  done: PretrainedBlock[],
): Course<PretrainEnd> {
  if (!(net instanceof Network)) throw optionError(where, "net", net, "a network");
  if (typeof options !== "object" || options === null) {
    throw optionError(where, "options", options, "an object");
  }
  const { method: wanted, onBlock, ...fitOptions } = options;
  const labelled = y !== undefined && y !== null;
  const method = choiceOption(
    where,
    "method",
    wanted,
    ["autoencoder", "supervised"],
    labelled ? "supervised" : "autoencoder",
  );
  if (method === "supervised" && !labelled)
    throw optionError(where, "y", y, "targets for supervised pre-training");
  if (onBlock !== undefined && typeof onBlock !== "function") {
    throw optionError(where, "onBlock", onBlock, "a function");
  }
  const body = net.claim(where);
  const blocks = blocksOf(body);
  if (blocks.length < 2) {
    throw new DownhillError("UNSUPPORTED", `${where}: the network has no hidden layer`, {
      hint: "pre-training needs two or more dense layers",
    });
  }
  const groups = checkGroups(where, rangesOf(body.plan, where, options.groups), body.params.length);
  const { rows, data } = readFeatures(where, x, body.plan.inputs, body.dtype, "kept");
  return (function* teach(): Course<PretrainEnd> {
    const watch = new Watch(where, { maxTimeMs: fitOptions.maxTimeMs }, [], Infinity);
    for (const [i, [start, end]] of blocks.slice(0, -1).entries()) {
      const { maxTimeMs } = watch.left;
      const first = method === "autoencoder" ? start : 0;
      const own = {
        ...fitOptions,
        ...(maxTimeMs < Infinity && { maxTimeMs }),
        groups: groupsOf(body, groups, first, end),
      };
      const history: History =
        method === "autoencoder"
          ? yield* encode(where, net, layerOutputs(body, data, rows, start), start, end, i, own)
          : yield* grow(where, net, data, y as TargetValues, start, end, i, own);
      const block = { layers: net.names.slice(start, end), history };
      done.push(block);
      if (onBlock) yield { kind: "call", cost: () => 0, run: () => later(onBlock(block), () => undefined) };
      net.claim(where);
    }
    return COMPLETED;
  })();
}

/** What groups of the network's parameters are in a helper that begins with its layers [start, end). */
function groupsOf({ plan }: Body, groups: readonly Range[], start: number, end: number): Range[] {
  const tensors = plan.stages.slice(start, end).flatMap(({ params }) => params);
  const from = tensors[0]?.offset ?? 0;
  const length = tensors.reduce((sum, tensor) => sum + tensor.length, 0);
  return groups
    .map((group) => ({
      ...group,
      start: Math.max(group.start - from, 0),
      end: Math.min(group.end - from, length),
    }))
    .filter((group) => group.start < group.end);
}

/** The block with a decoder: dense back to as many numbers as it got, squared error. */
function* encode(
  where: string,
  net: Network,
  inputs: FloatVector,
  start: number,
  end: number,
  turn: number,
  options: FitOptions,
): Course<History> {
  const { body, dtype, seed, layers } = net;
  const width = body.plan.stages[start]!.inputs;
  const stack = [...layers.slice(start, end), dense(width)];
  const home = body.given ? { runtime: body.given } : {};
  const coder = new Network({
    inputs: width,
    layers: stack,
    loss: "mse",
    dtype,
    seed: seed + turn,
    ...home,
  });
  holdFrozen(body, start, coder, 0, end - start);
  return yield* trained(where, coder, net, start, 0, end - start, inputs, inputs, options);
}

/** All blocks so far under a new output layer; the earlier ones are frozen. */
function* grow(
  where: string,
  net: Network,
  x: FloatVector,
  y: TargetValues,
  start: number,
  end: number,
  turn: number,
  options: FitOptions,
): Course<History> {
  const { inputs, outputs, dtype, seed, layers, body } = net;
  const stack = [...layers.slice(0, end), dense(outputs)];
  const home = body.given ? { runtime: body.given } : {};
  const grown = new Network({ inputs, layers: stack, loss: body.loss, dtype, seed: seed + turn, ...home });
  copyLayers(body, 0, grown.body, 0, start);
  for (let i = 0; i < start; i++) grown.freeze(i);
  holdFrozen(body, start, grown, start, end - start);
  return yield* trained(where, grown, net, start, start, end - start, x, y, options);
}

/** Layers that are frozen in the network stay as they are here too. */
function holdFrozen(body: Body, start: number, helper: Network, from: number, count: number): void {
  for (let i = 0; i < count; i++) {
    if (!body.stages[start + i]?.frozen) continue;
    copyLayers(body, start + i, helper.body, from + i, 1);
    helper.freeze(from + i);
  }
}

function* trained(
  where: string,
  helper: Network,
  net: Network,
  start: number,
  from: number,
  count: number,
  x: FloatVector,
  y: TargetValues,
  options: FitOptions,
): Course<History> {
  const free = net.hold("pretrain");
  try {
    const lesson: Nested<History> = { kind: "task", task: helper.trainer(where, x, y, options) as never };
    yield lesson;
    const history = lesson.result!;
    // Without a step these are weights that the helper was drawn with.
    if (history.steps > 0) copyLayers(helper.body, from, net.body, start, count);
    return history;
  } finally {
    free();
    helper.dispose();
  }
}
