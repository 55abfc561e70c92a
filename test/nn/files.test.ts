// The safetensors file of a network by its format (github.com/huggingface/safetensors): read here byte by byte.
import { expect, test } from "vitest";
import { batchNorm, dense, network, relu } from "../../src/index.js";
import { deadUnits } from "../../src/nn/records.js";

type Entry = { dtype: string; shape: number[]; data_offsets: [number, number] };

test.each(["f64", "f32"] as const)("header, alignment, offsets and numbers, %s", (dtype) => {
  // Names of different lengths, so that the header ends at every place of 8.
  for (const units of [1, 2, 3, 10, 100, 1000]) {
    const layers = [dense(units), batchNorm(), relu(), dense(2)];
    const net = network({ inputs: 3, layers, loss: "mse", dtype, seed: 3 });
    const file = net.toSafetensors();
    const view = new DataView(file);
    const length = Number(view.getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const text = new TextDecoder().decode(new Uint8Array(file, 8, length));
    // Padded with spaces.
    expect(text).toMatch(/^\{.*\} {0,7}$/);
    const { __metadata__: meta, ...entries } = JSON.parse(text) as Record<string, Entry>;
    expect(meta).toMatchObject({ format: "pt" });
    const list = Object.values(entries).sort((a, b) => a.data_offsets[0] - b.data_offsets[0]);
    let end = 0;
    for (const { dtype: kind, shape, data_offsets } of list) {
      const size = kind === "F32" ? 4 : 8;
      expect(data_offsets).toEqual([end, end + size * shape.reduce((a, b) => a * b, 1)]);
      expect(data_offsets[0] % size).toBe(0);
      end = data_offsets[1];
    }
    // Not a byte more than the tensors have.
    expect(file.byteLength).toBe(8 + length + end);
    const numbers = (key: string) => {
      const [from, to] = entries[key]!.data_offsets;
      const part = file.slice(8 + length + from, 8 + length + to);
      return [...(dtype === "f64" ? new Float64Array(part) : new Float32Array(part))];
    };
    expect(Object.keys(entries).sort()).toEqual([
      "0.bias",
      "0.weight",
      "1.bias",
      "1.num_batches_tracked",
      "1.running_mean",
      "1.running_var",
      "1.weight",
      "3.bias",
      "3.weight",
    ]);
    // PyTorch has outputs x inputs.
    expect(entries["0.weight"]!.shape).toEqual([units, 3]);
    const weight = net.layer("dense1").weight!;
    const transposed = Array.from(
      { length: 3 * units },
      (_, k) => weight[(k % 3) * units + Math.floor(k / 3)],
    );
    expect(numbers("0.weight")).toEqual(transposed);
    expect(numbers("1.running_var")).toEqual(Array(units).fill(1));
    net.dispose();
  }
});

test("a unit that gives 0 for every sample is dead, whichever it is", () => {
  for (const Type of [Float64Array, Float32Array]) {
    const count = (rectifies: boolean, n: number, values: number[]) => {
      const y = Type.from([7, ...values, 0, 0, 0]);
      const body = {
        dtype: Type === Float64Array ? "f64" : "f32",
        runtime: { buffer: y.buffer },
        valueAt: () => Type.BYTES_PER_ELEMENT,
      };
      const stage = { plan: { layer: { definition: { rectifies } }, outputs: n, index: 0 } };
      return deadUnits(body as never, stage as never, values.length / n);
    };
    expect(count(true, 3, [0, 1, 0, 0, 0, 0])).toBe(2);
    expect(count(true, 3, [1, 0, 0, 0, 0, 1])).toBe(1);
    expect(count(true, 3, [0, 0, 1, 1, 1, 0])).toBe(0);
    expect(count(true, 2, [0, 0, 0, 0])).toBe(2);
    expect(count(true, 2, [0, 1])).toBe(1);
    expect(count(false, 2, [0, 0, 0, 0])).toBe(0);
  }
});
