// safetensors (github.com/huggingface/safetensors, format of 2022): u64 length, JSON header, little-endian tensors. Names and
// layouts are those of a PyTorch Sequential: "0.weight" (outputs x inputs), "1.running_mean", "1.num_batches_tracked".

import { DownhillError, quote } from "../runtime/errors.js";
import type { Body } from "./body.js";
import type { FloatVector } from "./kernels.js";
import type { StagePlan, Tensor } from "./plan.js";
import type { Stage } from "./stage.js";
import { bytesJson, jsonBytes } from "./text.js";

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const torchName = ({ layer }: StagePlan, name: string): string => layer.definition.torch?.[name] ?? name;

/** The key of a stage's counter; null where it has none. */
const counterKey = ({ plan }: Stage): string | null =>
  plan.layer.definition.torch?.count ? `${plan.index}.${plan.layer.definition.torch.count}` : null;

/** All tensors with their names; weights of dense layers come transposed. */
function tensorsOf(
  body: Body,
): { key: string; tensor: Tensor; shape: readonly number[]; transposed: boolean }[] {
  return body.plan.stages.flatMap((stage) =>
    [...stage.params, ...stage.buffers].map((tensor) => {
      const transposed = tensor.shape.length === 2;
      const shape = transposed ? [...tensor.shape].reverse() : tensor.shape;
      return { key: `${stage.index}.${torchName(stage, tensor.name)}`, tensor, shape, transposed };
    }),
  );
}

/** out[j][i] = values[i][j]. */
function transpose(values: ArrayLike<number>, rows: number, cols: number, out: FloatVector): void {
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) out[j * rows + i] = values[i * cols + j]!;
}

export function toSafetensors(body: Body): ArrayBuffer {
  const header: Record<string, Entry | Record<string, string>> = {
    __metadata__: { format: "pt", library: "downhill", loss: body.loss.name },
  };
  const size = body.dtype === "f64" ? 8 : 4;
  let at = 0;
  const parts: { at: number; bytes: Uint8Array }[] = [];
  const add = (key: string, dtype: string, shape: readonly number[], bytes: Uint8Array) => {
    header[key] = { dtype, shape, data_offsets: [at, at + bytes.length] };
    parts.push({ at, bytes });
    at += bytes.length;
  };
  // 8-byte numbers first, so that all stay aligned.
  for (const stage of body.stages) {
    const key = counterKey(stage);
    if (key === null) continue;
    const batches = new BigInt64Array([BigInt(stage.count)]);
    add(key, "I64", [], new Uint8Array(batches.buffer));
  }
  for (const { key, tensor, shape, transposed } of tensorsOf(body)) {
    const values = body.view(tensor);
    const out = values.slice();
    if (transposed) transpose(values, tensor.shape[0]!, tensor.shape[1]!, out);
    add(key, size === 8 ? "F64" : "F32", shape, new Uint8Array(out.buffer));
  }
  const json = jsonBytes(header);
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + length + at).fill(32, 8, 8 + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  for (const part of parts) bytes.set(part.bytes, 8 + length + part.at);
  return bytes.buffer;
}

const broken = (message: string, details: Readonly<Record<string, unknown>> = {}): DownhillError =>
  new DownhillError("SNAPSHOT", `loadSafetensors: ${message}`, { details });

/** Reads numbers of any of the four floating formats. */
function numbersOf(bytes: Uint8Array, dtype: string, key: string): Float64Array | Float32Array {
  const { buffer } = bytes.slice();
  const size = dtype === "F64" ? 8 : dtype === "F32" ? 4 : 2;
  if (buffer.byteLength % size !== 0) throw broken(`${quote(key)} has ${buffer.byteLength} bytes`, { key });
  if (dtype === "F64") return new Float64Array(buffer);
  if (dtype === "F32") return new Float32Array(buffer);
  if (dtype === "BF16") {
    return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer);
  }
  if (dtype === "F16") return Float32Array.from(new Uint16Array(buffer), half);
  throw broken(`${quote(key)} has dtype ${quote(dtype)}, expected F64, F32, F16 or BF16`, { key, dtype });
}

/** IEEE 754 binary16. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  let scale = 2 ** -25;
  for (let i = 0; i < exponent; i++) scale *= 2;
  return sign * (1024 + fraction) * scale;
}

/** Takes over all tensors of a network of the same shape; nothing is changed when one is missing or does not fit. */
export function fromSafetensors(body: Body, source: ArrayBuffer | ArrayBufferView): void {
  const bytes =
    source instanceof ArrayBuffer
      ? new Uint8Array(source)
      : new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  const length =
    bytes.length >= 8 ? Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)) : NaN;
  if (!(length <= bytes.length - 8)) throw broken("this is no safetensors file");
  let header: Record<string, Entry>;
  try {
    header = bytesJson(bytes.subarray(8, 8 + length)) as Record<string, Entry>;
  } catch (cause) {
    throw new DownhillError("SNAPSHOT", "loadSafetensors: the header is damaged", { cause });
  }
  if (typeof header !== "object" || header === null) throw broken("the header is damaged");
  const content = (key: string): { entry: Entry; part: Uint8Array } | null => {
    const entry = Object.hasOwn(header, key) ? header[key] : undefined;
    if (!entry) return null;
    const [from, to] = Array.isArray(entry.data_offsets) ? entry.data_offsets : [NaN, NaN];
    const whole = Number.isSafeInteger(from) && Number.isSafeInteger(to);
    if (!(whole && 0 <= from && from <= to && 8 + length + to <= bytes.length))
      throw broken(`${quote(key)} lies beyond the data`, { key });
    return { entry, part: bytes.subarray(8 + length + from, 8 + length + to) };
  };
  const read = tensorsOf(body).map(({ key, tensor, shape, transposed }) => {
    const found = content(key);
    if (!found) throw broken(`the tensor ${quote(key)} is missing`, { key });
    const { entry, part } = found;
    if (JSON.stringify(entry.shape) !== JSON.stringify(shape)) {
      const [got, expected] = [entry.shape, shape].map((s) => `[${s?.join(", ")}]`);
      throw broken(`${quote(key)} has shape ${got}, this network expects ${expected}`, { key });
    }
    const values = numbersOf(part, entry.dtype, key);
    if (values.length !== tensor.length) throw broken(`${quote(key)} has ${values.length} numbers`, { key });
    return { tensor, values, transposed };
  });
  const counts = body.stages.map((stage) => {
    const key = counterKey(stage);
    const found = key === null ? null : content(key);
    return found?.part.length === 8 ? Number(new BigInt64Array(found.part.slice().buffer)[0]) : null;
  });
  refuseUnknown(body, Object.keys(header));
  for (const { tensor, values, transposed } of read) {
    const [rows, cols] = tensor.shape as [number, number];
    if (transposed) transpose(values, cols, rows, body.view(tensor));
    else body.view(tensor).set(values);
  }
  for (const [i, stage] of body.stages.entries()) {
    stage.count = counts[i] ?? stage.count;
  }
}

/** A tensor that the network has no place for: a bias left out would change every answer without a word. */
function refuseUnknown(body: Body, keys: readonly string[]): void {
  const known = new Set(["__metadata__", ...tensorsOf(body).map(({ key }) => key)]);
  for (const stage of body.stages) {
    const key = counterKey(stage);
    if (key !== null) known.add(key);
  }
  const key = keys.find((each) => !known.has(each));
  if (key !== undefined) throw broken(`this network has no place for the tensor ${quote(key)}`, { key });
}
