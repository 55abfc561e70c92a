// A network as one ArrayBuffer: "DHNN", version, length of a JSON header, the header, parameters and running statistics as
// little-endian numbers. Every bit comes back.

import { DownhillError, quote } from "../runtime/errors.js";
import type { Body } from "./body.js";
import { type DType, type FloatVector, vectorType } from "./kernels.js";
import type { LossName } from "./losses.js";
import { BatchNormStage } from "./stages.js";

const MAGIC = 0x4e4e4844;
const VERSION = 1;
const PREFIX = 12;

export interface StoredNetwork {
  readonly inputs: number;
  readonly layers: readonly { readonly kind: string; readonly options: Record<string, unknown> }[];
  readonly loss: LossName;
  readonly delta: number;
  readonly dtype: DType;
  readonly seed: number;
  readonly frozen: readonly number[];
  /** Batches seen by each batchNorm layer, and batches trained. */
  readonly batches: readonly number[];
  readonly steps: number;
  readonly params: number;
  readonly buffers: number;
}

export function saveBody(body: Body, seed: number): ArrayBuffer {
  const { plan, dtype, loss, params, buffers, stages } = body;
  const header: StoredNetwork = {
    inputs: plan.inputs,
    layers: plan.stages.map(({ layer }) => ({ kind: layer.kind, options: { ...layer.options } })),
    loss: loss.name,
    delta: loss.delta,
    dtype,
    seed,
    frozen: stages.flatMap((stage, i) => (stage.frozen ? [i] : [])),
    batches: stages.flatMap((stage) => (stage instanceof BatchNormStage ? [stage.batches] : [])),
    steps: body.draws.step,
    params: params.length,
    buffers: buffers.length,
  };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const start = Math.ceil((PREFIX + json.length) / 8) * 8;
  const out = new ArrayBuffer(start + (params.length + buffers.length) * params.BYTES_PER_ELEMENT);
  const view = new DataView(out);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  view.setUint32(8, json.length, true);
  const bytes = new Uint8Array(out);
  bytes.set(json, PREFIX);
  // Padding of spaces: still JSON.
  bytes.fill(32, PREFIX + json.length, start);
  const Type = vectorType(dtype);
  new Type(out, start, params.length).set(params);
  new Type(out, start + params.byteLength, buffers.length).set(buffers);
  return out;
}

const broken = (message: string, cause?: unknown): DownhillError =>
  new DownhillError("SNAPSHOT", `loadNetwork: ${message}`, cause === undefined ? {} : { cause });

export function readSaved(source: ArrayBuffer | ArrayBufferView): {
  header: StoredNetwork;
  params: FloatVector;
  buffers: FloatVector;
} {
  const bytes =
    source instanceof ArrayBuffer
      ? new Uint8Array(source)
      : ArrayBuffer.isView(source)
        ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
        : null;
  if (!bytes) throw broken(`expected an ArrayBuffer of net.save(), got ${quote(source)}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < PREFIX || view.getUint32(0, true) !== MAGIC) throw broken("this is not a saved network");
  const version = view.getUint32(4, true);
  if (version !== VERSION) throw broken(`the version is ${version}, this library reads ${VERSION}`);
  const length = view.getUint32(8, true);
  const start = Math.ceil((PREFIX + length) / 8) * 8;
  let header: StoredNetwork;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(PREFIX, PREFIX + length))) as StoredNetwork;
  } catch (cause) {
    throw broken("the header is damaged", cause);
  }
  const lists = [header?.layers, header?.frozen, header?.batches];
  if (!lists.every((list) => Array.isArray(list))) throw broken("the header is damaged");
  const { dtype, params, buffers } = header;
  const counts = [params, buffers, header.steps, ...header.batches];
  if (!counts.every((count) => Number.isSafeInteger(count) && count >= 0)) {
    throw broken("the header is damaged");
  }
  const size = dtype === "f64" ? 8 : dtype === "f32" ? 4 : NaN;
  if (!(bytes.length === start + (params + buffers) * size)) {
    throw broken(`it has ${bytes.length} bytes, its header asks for ${start + (params + buffers) * size}`);
  }
  const numbers = bytes.slice(start).buffer;
  const Type = vectorType(dtype);
  return { header, params: new Type(numbers, 0, params), buffers: new Type(numbers, params * size, buffers) };
}
