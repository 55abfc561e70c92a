// Pre-training. Greedy layer-wise training (Bengio et al. 2007): each block of layers, a dense with what follows
// it, learns alone before the network is fine-tuned as a whole with fit.

import { run, runAsync } from "../driver/run.js";
import { Watch } from "../driver/watch.js";
import { checkGroups, type Range } from "../first-order/groups.js";
import { DownhillError } from "../runtime/errors.js";
import { choiceOption, optionError } from "../runtime/options.js";
import { later } from "../runtime/promises.js";
import type { Body } from "./body.js";
import { COMPLETED, Course, type CourseEnd, inPieces, type Parts, trained } from "./course.js";
import { layerOutputs } from "./evaluate.js";
import type { FitOptions } from "./fit-options.js";
import type { History } from "./history.js";
import { type Features, readFeatures, Taken, type TargetValues } from "./inputs.js";
import { dense } from "./layers/dense.js";
import { Network } from "./network.js";
import { rangesOf } from "./owner.js";
import { readTargets, type Targets } from "./targets.js";

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
  return run(pretraining("pretrain", net, x, y, options));
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
  return runAsync(pretraining("pretrainAsync", net, x, y, options, options?.signal));
}

/** A training of a helper network for each block, one after the other. Checks everything first. */
function pretraining(
  where: string,
  net: Network,
  x: Features,
  y: TargetValues | null | undefined,
  options: PretrainOptions,
  signal?: AbortSignal | undefined,
): Course<{ blocks: PretrainedBlock[] }> {
  const blocks: PretrainedBlock[] = [];
  return new Course(
    where,
    signal,
    (watch) => lessons(watch, net, x, y, options, blocks),
    () => ({ blocks }),
  );
}

/** Nothing is trained before the first turn. */
function lessons(
  watch: Watch,
  net: Network,
  x: Features,
  y: TargetValues | null | undefined,
  options: PretrainOptions,
  done: PretrainedBlock[],
): Parts<CourseEnd> {
  const { where } = watch;
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
  const features = new Taken(rows, data);
  const targets =
    method === "supervised"
      ? new Taken(rows, readTargets(where, body.loss, y, rows, body.plan.outputs, body.dtype, "kept"))
      : null;
  const time = new Watch(where, { maxTimeMs: fitOptions.maxTimeMs }, [], Infinity);
  return (function* teach(): Parts<CourseEnd> {
    for (const [i, [start, end]] of blocks.slice(0, -1).entries()) {
      const free = net.hold(where);
      let history: History;
      try {
        const inputs = targets
          ? features
          : new Taken(rows, yield* inPieces(layerOutputs(body, data, rows, start)));
        const { maxTimeMs } = time.left;
        const own = {
          ...fitOptions,
          ...(maxTimeMs < Infinity && { maxTimeMs }),
          groups: groupsOf(body, groups, targets ? 0 : start, end),
        };
        const helper = targets ? grown(net, start, end, i) : coder(net, start, end, i);
        history = yield* taught(watch, helper, net, start, end, inputs, targets ?? inputs, own);
      } finally {
        free();
      }
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

/** A network that learns the layers [start, end) of another; `from`: where they stand in it. */
interface Helper {
  readonly network: Network;
  readonly from: number;
}

/** The block with a decoder: dense back to as many numbers as it got, squared error. */
function coder({ body, dtype, seed, layers }: Network, start: number, end: number, turn: number): Helper {
  const width = body.plan.stages[start]!.inputs;
  const stack = [...layers.slice(start, end), dense(width)];
  const home = body.given ? { runtime: body.given } : {};
  const network = new Network({
    inputs: width,
    layers: stack,
    loss: "mse",
    dtype,
    seed: seed + turn,
    ...home,
  });
  return { network, from: 0 };
}

/** All blocks so far under a new output layer; the earlier ones are frozen. */
function grown(net: Network, start: number, end: number, turn: number): Helper {
  const { inputs, outputs, dtype, seed, layers, body } = net;
  const stack = [...layers.slice(0, end), dense(outputs)];
  const home = body.given ? { runtime: body.given } : {};
  const network = new Network({ inputs, layers: stack, loss: body.loss, dtype, seed: seed + turn, ...home });
  copyLayers(body, 0, network.body, 0, start);
  for (let i = 0; i < start; i++) network.freeze(i);
  return { network, from: start };
}

/** Layers that are frozen in the network stay as they are here too. */
function holdFrozen(body: Body, start: number, { network, from }: Helper, count: number): void {
  for (let i = 0; i < count; i++) {
    if (!body.stages[start + i]?.frozen) continue;
    copyLayers(body, start + i, network.body, from + i, 1);
    network.freeze(from + i);
  }
}

function* taught(
  watch: Watch,
  helper: Helper,
  { body }: Network,
  start: number,
  end: number,
  x: Taken,
  y: Taken<Targets>,
  options: FitOptions,
): Parts<History> {
  const { network, from } = helper;
  const count = end - start;
  try {
    holdFrozen(body, start, helper, count);
    const history = yield* trained(watch, network.trainer(watch.where, x, y, options));
    // Without a step these are weights that the helper was drawn with.
    if (history.steps > 0) copyLayers(network.body, from, body, start, count);
    return history;
  } finally {
    network.dispose();
  }
}
