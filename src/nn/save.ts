// A network as one ArrayBuffer: "DHNN", version, length of a JSON header, CRC-32 of everything else, the header, then parameters,
// running statistics and, on demand, the state of the last training's optimizer as little-endian numbers. Every bit comes back.

import type { Kept } from "../first-order/snapshot.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { checkAttached } from "../runtime/options.js";
import { crc32 } from "../runtime/saved.js";
import type { Body } from "./body.js";
import { storable } from "./continued.js";
import { type DType, type FloatVector, vectorType } from "./kernels.js";
import { bytesJson, jsonBytes } from "./text.js";
import type { Training } from "./training.js";

const MAGIC = 0x4e4e4844;
const VERSION = 2;
const CHECKSUM = 12;
const PREFIX = 16;

type Described = { readonly kind: string; readonly options: Readonly<Record<string, unknown>> };

export interface StoredNetwork {
  readonly inputs: number;
  readonly layers: readonly Described[];
  readonly loss: Described;
  readonly dtype: DType;
  readonly seed: number;
  readonly frozen: readonly number[];
  /** Of each stage. */
  readonly counts: readonly number[];
  /** Batches trained. */
  readonly steps: number;
  readonly params: number;
  readonly buffers: number;
  /** Where the last fit ended; the vectors follow the statistics. */
  readonly training?: (Omit<Training, "kept"> & { readonly kept: Omit<Kept, "vectors"> }) | undefined;
  readonly vectors?: readonly string[] | undefined;
}

const checksum = (bytes: Uint8Array): number =>
  crc32(bytes.subarray(PREFIX), crc32(bytes.subarray(0, CHECKSUM)));

export function saveBody(body: Body, seed: number, training: Training | null): ArrayBuffer {
  const { plan, dtype, loss, params, buffers, stages } = body;
  const { vectors = {}, ...kept } = training?.kept ?? ({} as Kept);
  const names = Object.keys(vectors);
  const header: StoredNetwork = {
    inputs: plan.inputs,
    layers: plan.stages.map(({ layer }) => ({ kind: layer.kind, options: layer.options })),
    loss: { kind: loss.name, options: loss.options },
    dtype,
    seed,
    frozen: stages.flatMap((stage, i) => (stage.frozen ? [i] : [])),
    counts: stages.map(({ count }) => count),
    steps: body.draws.step,
    params: params.length,
    buffers: buffers.length,
    ...(training
      ? { training: { ...training, kept, options: storable(training.options ?? {}) }, vectors: names }
      : {}),
  };
  const json = jsonBytes(header);
  const start = Math.ceil((PREFIX + json.length) / 8) * 8;
  const parts = [params, buffers, ...names.map((name) => vectors[name]!)];
  const out = new ArrayBuffer(start + parts.reduce((sum, part) => sum + part.byteLength, 0));
  const view = new DataView(out);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  view.setUint32(8, json.length, true);
  const bytes = new Uint8Array(out);
  bytes.set(json, PREFIX);
  // Padding of spaces: still JSON.
  bytes.fill(32, PREFIX + json.length, start);
  const Type = vectorType(dtype);
  let at = start;
  for (const part of parts) {
    new Type(out, at, part.length).set(part);
    at += part.byteLength;
  }
  view.setUint32(CHECKSUM, checksum(bytes), true);
  return out;
}

const broken = (message: string, cause?: unknown): DownhillError =>
  new DownhillError("SNAPSHOT", `loadNetwork: ${message}`, cause === undefined ? {} : { cause });

export interface Saved {
  readonly header: StoredNetwork;
  readonly params: FloatVector;
  readonly buffers: FloatVector;
  readonly training: Training | null;
}

export function readSaved(source: ArrayBuffer | ArrayBufferView): Saved {
  checkAttached("loadNetwork", "buffer", source);
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
  if (view.getUint32(CHECKSUM, true) !== checksum(bytes)) throw broken("it is damaged: its checksum differs");
  const length = view.getUint32(8, true);
  const start = Math.ceil((PREFIX + length) / 8) * 8;
  let header: StoredNetwork;
  try {
    header = bytesJson(bytes.subarray(PREFIX, PREFIX + length)) as StoredNetwork;
  } catch (cause) {
    throw broken("the header is damaged", cause);
  }
  const lists = [header?.layers, header?.frozen, header?.counts, header?.vectors ?? []];
  if (!lists.every((list) => Array.isArray(list))) throw broken("the header is damaged");
  const { dtype, params, buffers, vectors: names = [], training } = header;
  const counts = [params, buffers, header.steps, ...header.counts];
  if (!counts.every((count) => Number.isSafeInteger(count) && count >= 0)) {
    throw broken("the header is damaged");
  }
  const size = dtype === "f64" ? 8 : dtype === "f32" ? 4 : NaN;
  const expected = start + (params + buffers + names.length * params) * size;
  if (bytes.length !== expected)
    throw broken(`it has ${bytes.length} bytes, its header asks for ${expected}`);
  const numbers = bytes.slice(start).buffer;
  const Type = vectorType(dtype);
  const vectorAt = (i: number) => new Type(numbers, (params + buffers + i * params) * size, params);
  const vectors = Object.fromEntries(names.map((name, i) => [name, vectorAt(i)]));
  return {
    header,
    params: new Type(numbers, 0, params),
    buffers: new Type(numbers, params * size, buffers),
    training: training ? { ...training, kept: { ...training.kept, vectors } } : null,
  };
}
