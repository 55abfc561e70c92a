// Transfer: a network that begins with the trained layers of another.

import { booleanOption, checkKeys, numberOption, optionError } from "../runtime/options.js";
import type { Runtime } from "../runtime/runtime.js";
import { type Layer, takeLayers } from "./layer.js";
import type { LossName } from "./losses.js";
import { Network } from "./network.js";
import { copyLayers } from "./pretrain.js";

export interface TransferOptions {
  /** How many layers to take over; or the name of the last of them. */
  keep: number | string;
  /** The new layers that follow. */
  layers: readonly Layer[];
  loss: LossName;
  /** Keeps the layers taken over out of training: true. `unfreeze()` lets them train for fine-tuning. */
  freeze?: boolean;
  /** Where the loss "huber" turns linear: 1. */
  delta?: number;
  seed?: number;
  /** Default: that of the other network. */
  runtime?: Runtime;
}

/**
 * A new network that starts with the trained layers of another.
 *
 * @example
 * const net = network({ inputs: 2, layers: [dense(8), tanh(), dense(2)], loss: "softmaxCrossEntropy", seed: 1 });
 * const other = transfer(net, { keep: 2, layers: [dense(3)], loss: "softmaxCrossEntropy" });
 * other.dispose();
 * net.dispose();
 */
export function transfer(net: Network, options: TransferOptions): Network {
  const where = "transfer";
  if (!(net instanceof Network)) throw optionError(where, "net", net, "a network");
  checkKeys(where, options, ["keep", "layers", "loss", "delta", "freeze", "seed", "runtime"]);
  const { keep } = options;
  const most = net.layers.length;
  const named = typeof keep === "string" ? net.names.indexOf(keep) + 1 : keep;
  if (typeof keep === "string" && named === 0) {
    throw optionError(where, "keep", keep, `one of ${net.names.join(", ")}`);
  }
  const count = numberOption(where, "keep", named, null, { min: 1, max: most, integer: true });
  const own = takeLayers(where, options.layers);
  const { inputs, dtype } = net;
  const layers = [...net.layers.slice(0, count), ...own];
  const { loss, delta, seed = net.seed, runtime = net.body.given } = options;
  const freeze = booleanOption(where, "freeze", options.freeze, true);
  const next = new Network({
    inputs,
    layers,
    loss,
    dtype,
    seed,
    ...(delta === undefined ? {} : { delta }),
    ...(runtime === undefined ? {} : { runtime }),
  });
  copyLayers(net.body, 0, next.body, 0, count);
  if (freeze) for (let i = 0; i < count; i++) next.freeze(i);
  return next;
}
