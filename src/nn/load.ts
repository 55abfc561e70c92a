// loadNetwork: from the buffer of net.save() to the same network.

import { DownhillError } from "../runtime/errors.js";
import { checkKeys } from "../runtime/options.js";
import type { Runtime } from "../runtime/runtime.js";
import { layerFrom } from "./layers.js";
import { Network } from "./network.js";
import { planOf } from "./plan.js";
import { readSaved } from "./save.js";
import { BatchNormStage } from "./stages.js";

/** The network that was saved, bit for bit; SNAPSHOT when the buffer is damaged or of another version. */
export function loadNetwork(
  buffer: ArrayBuffer | ArrayBufferView,
  options: { runtime?: Runtime } = {},
): Network {
  checkKeys("loadNetwork", options, ["runtime"]);
  const { header, params, buffers } = readSaved(buffer);
  const { inputs, layers, loss, delta, dtype, seed, frozen, batches, steps } = header;
  let net: Network;
  try {
    // Compared before any memory is taken: a damaged header may ask for all there is.
    const stored = layers.map(layerFrom);
    const plan = planOf("loadNetwork", inputs, stored);
    if (plan.paramCount !== params.length || plan.bufferCount !== buffers.length) {
      throw new DownhillError(
        "SNAPSHOT",
        "loadNetwork: its layers have another number of parameters than its data",
      );
    }
    net = new Network({ inputs, layers: stored, loss, delta, dtype, seed, ...options });
  } catch (cause) {
    if (cause instanceof DownhillError && !["OPTION", "SHAPE"].includes(cause.code)) throw cause;
    throw new DownhillError("SNAPSHOT", "loadNetwork: the header describes no network", { cause });
  }
  const { body } = net;
  body.params.set(params);
  body.buffers.set(buffers);
  body.keep();
  body.draws.step = steps;
  const norms = body.stages.filter((stage) => stage instanceof BatchNormStage);
  for (const [i, stage] of norms.entries()) stage.batches = batches[i] ?? 0;
  for (const index of frozen) {
    const stage = body.stages[index];
    if (stage) stage.frozen = true;
  }
  return net;
}
