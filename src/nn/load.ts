// loadNetwork: from the buffer of net.save() to the same network.

import { DownhillError, quote } from "../runtime/errors.js";
import { checkKeys, optionError } from "../runtime/options.js";
import type { Runtime } from "../runtime/runtime.js";
import { isLayer, type Layer, type LayerDefinition, makeLayer } from "./layer.js";
import * as table from "./layers/table.js";
import { isLoss, type Loss, type LossDefinition, makeLoss } from "./loss.js";
import { losses } from "./losses.js";
import { Network } from "./network.js";
import { planOf } from "./plan.js";
import { readSaved } from "./save.js";

export interface LoadNetworkOptions {
  runtime?: Runtime | undefined;
  /** Layers and losses of one's own that the network has: functions are not saved. */
  own?: readonly (Layer | Loss)[] | undefined;
}

const kinds = new Map<string, LayerDefinition>();
for (const made of Object.values(table)) {
  if ("layer" in made) kinds.set(made.layer.name, made.layer);
}

const missing = (what: string, name: unknown): DownhillError =>
  new DownhillError("SNAPSHOT", `loadNetwork: unknown ${what} ${quote(name)}`, {
    hint: `loadNetwork(buffer, { own: [...] }) takes layers and losses of your own`,
  });

/**
 * The network that was saved, bit for bit; SNAPSHOT when the buffer is damaged or of another version.
 *
 * @example
 * const [x, y] = [[[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]];
 * const net = network({ inputs: 2, layers: [dense(8), tanh(), dense(2)], loss: "softmaxCrossEntropy", seed: 1 });
 * net.fit(x, y, { epochs: 5, optimizer: adam() });
 * const other = loadNetwork(net.save({ optimizer: true }));
 * other.fit(x, y, { epochs: 5, continue: true, optimizer: adam() }); // goes on where `net` stood
 * net.dispose();
 * other.dispose();
 */
export function loadNetwork(
  buffer: ArrayBuffer | ArrayBufferView,
  options: LoadNetworkOptions = {},
): Network {
  checkKeys("loadNetwork", options, ["runtime", "own"]);
  const { runtime, own = [] } = options;
  if (!Array.isArray(own) || !own.every((one) => isLayer(one) || isLoss(one))) {
    throw optionError("loadNetwork", "own", own, "a list of layers and losses");
  }
  const { header, params, buffers, training } = readSaved(buffer);
  const { inputs, layers, loss, dtype, seed, frozen, counts, steps } = header;
  let net: Network;
  try {
    // Compared before any memory is taken: a damaged header may ask for all there is.
    const stored = layers.map(({ kind, options }) => {
      const mine = own.find((one): one is Layer => isLayer(one) && one.kind === kind);
      const definition = kinds.get(kind);
      if (!mine && !definition) throw missing("layer", kind);
      return mine ?? makeLayer(definition!, options);
    });
    const plan = planOf("loadNetwork", inputs, stored);
    if (plan.paramCount !== params.length || plan.bufferCount !== buffers.length) {
      throw new DownhillError(
        "SNAPSHOT",
        "loadNetwork: its layers have another number of parameters than its data",
      );
    }
    net = new Network({ inputs, layers: stored, loss: lossFrom(loss, own), dtype, seed, runtime });
  } catch (cause) {
    if (cause instanceof DownhillError && !["OPTION", "SHAPE"].includes(cause.code)) throw cause;
    throw new DownhillError("SNAPSHOT", "loadNetwork: the header describes no network", { cause });
  }
  const { body } = net;
  body.params.set(params);
  body.buffers.set(buffers);
  body.keep();
  body.draws.step = steps;
  for (const [i, stage] of body.stages.entries()) stage.count = counts[i] ?? 0;
  for (const index of frozen) {
    const stage = body.stages[index];
    if (stage) stage.frozen = true;
  }
  net.training = training;
  return net;
}

function lossFrom(
  stored: { readonly kind: string; readonly options: object },
  own: readonly unknown[],
): Loss {
  const mine = own.find((one): one is Loss => isLoss(one) && one.name === stored?.kind);
  if (mine) return mine;
  const known: Readonly<Record<string, LossDefinition>> = losses;
  if (!Object.hasOwn(known, stored?.kind)) throw missing("loss", stored?.kind);
  return makeLoss(known[stored.kind]!, stored.options);
}
