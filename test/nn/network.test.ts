// Networks: shapes and their errors, passes, losses, saving, memory.

import { describe, expect, test } from "vitest";
import {
  adam,
  batchNorm,
  DownhillError,
  dense,
  dropout,
  type ErrorCode,
  gelu,
  loadNetwork,
  loadSync,
  type Network,
  type NetworkOptions,
  network,
  pretrain,
  relu,
  sgd,
  tanh,
  transfer,
} from "../../src/index.js";
import { defaultRuntime } from "../../src/runtime/default.js";
import { crc32 } from "../../src/runtime/saved.js";
import * as reference from "../reference/nn.js";

const code = (expected: ErrorCode, part: string | RegExp, run: () => unknown) => {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(DownhillError);
    expect((error as DownhillError).code).toBe(expected);
    expect((error as DownhillError).message).toMatch(part);
    return error as DownhillError;
  }
  throw new Error(`nothing was thrown, expected ${expected}`);
};

const using = <T>(options: NetworkOptions, run: (net: Network) => T): T => {
  const net = network(options);
  try {
    return run(net);
  } finally {
    net.dispose();
  }
};

const xor = { x: [0, 0, 0, 1, 1, 0, 1, 1], y: [0, 1, 1, 0] };
const small: NetworkOptions = {
  inputs: 2,
  layers: [dense(8), tanh(), dense(2)],
  loss: "softmaxCrossEntropy",
};

describe("construction", () => {
  test("shape errors name the layer", () => {
    const layers = [dense(4), relu(), dense(3, { inputs: 5 })];
    const error = code("SHAPE", /layer 2 \(dense2\) is made for 5 inputs, but relu1 gives 4/, () =>
      network({ inputs: 2, layers, loss: "mse" }),
    );
    expect(error?.details).toMatchObject({ layer: "dense2", index: 2 });
    code("SHAPE", /softmaxCrossEntropy needs two or more outputs, layer 0 \(dense1\)/, () =>
      network({ inputs: 2, layers: [dense(1)], loss: "softmaxCrossEntropy" }),
    );
  });

  test("options are checked, and what was meant is named", () => {
    code("OPTION", /units/, () => dense(0));
    code("OPTION", /units must be an integer >= 1, got undefined/, () =>
      dense(undefined as unknown as number),
    );
    code("OPTION", /a layer of its own: dense\(10\), relu\(\)/, () =>
      dense(3, { activation: "relu" } as object),
    );
    code("OPTION", /did you mean "momentum"/, () => batchNorm({ momentun: 0.1 } as object));
    code("OPTION", /init must be one of/, () => dense(3, { init: "hee" as "he" }));
    code("OPTION", /loss/, () => network({ inputs: 2, layers: [dense(1)] } as unknown as NetworkOptions));
    code("OPTION", /layers\[1\] must be a layer, got function relu.*call it: relu\(\)/, () =>
      network({ inputs: 2, layers: [dense(2), relu as unknown as ReturnType<typeof relu>], loss: "mse" }),
    );
    code("OPTION", /rate/, () => dropout(1));
    code("OPTION", /inputs/, () => network({ inputs: 0, layers: [dense(2)], loss: "mse" }));
  });

  test("the summary lists layers, shapes and parameters", () => {
    using({ ...small, layers: [dense(8), batchNorm(), gelu(), dense(2)] }, (net) => {
      net.freeze("dense1");
      expect(net.summary()).toBe(
        [
          "layer       output  parameters",
          "inputs           2",
          "dense1           8          24  frozen",
          "batchNorm1       8          16",
          "gelu1            8           0",
          "dense2           2          18",
          "58 parameters, 34 of them trained, 16 statistics; softmaxCrossEntropy, f32",
        ].join("\n"),
      );
    });
  });

  test("initial weights have the variance that the initialisation promises, and repeat for a seed", () => {
    const variance = (init: "he" | "heUniform" | "xavier" | "xavierUniform" | "uniform", seed = 1) =>
      using({ inputs: 200, layers: [dense(100, { init, bias: false })], loss: "mse", seed }, (net) => {
        let sum = 0;
        for (const w of net.params) sum += w * w;
        return sum / net.params.length;
      });
    expect(variance("he")).toBeCloseTo(2 / 200, 3);
    expect(variance("heUniform")).toBeCloseTo(2 / 200, 3);
    expect(variance("xavier")).toBeCloseTo(2 / 300, 3);
    expect(variance("xavierUniform")).toBeCloseTo(2 / 300, 3);
    expect(variance("uniform")).toBeCloseTo(1 / 600, 3);
    expect(variance("he")).toBe(variance("he"));
    expect(variance("he", 1)).not.toBe(variance("he", 2));
  });
});

describe("passes", () => {
  test("forward and losses are those of the plain formulas", () => {
    const x = [
      [0.5, -1],
      [2, 0.25],
      [-0.75, 1.5],
    ];
    for (const dtype of ["f64", "f32"] as const) {
      const digits = dtype === "f64" ? 12 : 5;
      for (const loss of ["softmaxCrossEntropy", "binaryCrossEntropy", "mse", "huber"] as const) {
        using({ inputs: 2, layers: [dense(5)], loss, dtype, seed: 4 }, (net) => {
          const { weight, bias } = net.layer("dense1") as { weight: Float64Array; bias: Float64Array };
          const w = [[...weight.slice(0, 5)], [...weight.slice(5)]];
          const z = reference.dense(x, w, [...bias]);
          for (const [i, v] of z.flat().entries()) expect(net.forward(x)[i]).toBeCloseTo(v, digits);
          const labels = [4, 0, 2];
          const targets = Array.from({ length: 15 }, (_, i) => (i % 4) / 3);
          const y = loss === "softmaxCrossEntropy" ? labels : targets;
          const element = reference.elementLosses[loss];
          const expected = element
            ? z.flat().reduce((s, v, i) => s + element(v, targets[i] as number), 0) / 15
            : reference.softmaxCrossEntropy(z, labels);
          expect(net.evaluate(x, y).loss).toBeCloseTo(expected, digits);
          expect(net.lossGradient(x, y)).toBeCloseTo(expected, digits);
        });
      }
    }
  });

  test("predict gives probabilities, for more rows than the arena holds too", () => {
    using(small, (net) => {
      const x = Float32Array.from({ length: 2 * 333 }, (_, i) => Math.sin(i));
      const p = net.predict(x);
      expect(p.length).toBe(2 * 333);
      for (let i = 0; i < 333; i++) expect((p[2 * i] as number) + (p[2 * i + 1] as number)).toBeCloseTo(1, 6);
      const z = net.forward(x, undefined, "eval");
      const labels = net.classify(x);
      for (let i = 0; i < 333; i++) {
        expect(labels[i]).toBe((z[2 * i + 1] as number) > (z[2 * i] as number) ? 1 : 0);
      }
    });
    using({ inputs: 2, layers: [dense(1)], loss: "binaryCrossEntropy" }, (net) => {
      const z = net.forward(xor.x)[0] as number;
      expect(net.predict(xor.x)[0]).toBeCloseTo(1 / (1 + Math.exp(-z)), 6);
    });
  });

  test("a large logit gives a finite loss", () => {
    using({ inputs: 1, layers: [dense(2)], loss: "softmaxCrossEntropy", dtype: "f64" }, (net) => {
      net.params.set([1e4, -1e4, 0, 0]);
      expect(net.evaluate([1], [1]).loss).toBe(2e4);
      expect(net.evaluate([1], [0]).loss).toBe(0);
    });
  });

  test("dropout keeps the mean, repeats for a seed, and differs from batch to batch", () => {
    const options: NetworkOptions = { inputs: 1000, layers: [dropout(0.3)], loss: "mse", seed: 9 };
    const ones = new Float32Array(1000).fill(1);
    const first = using(options, (net) => net.forward(ones));
    const again = using(options, (net) => net.forward(ones));
    const next = using(options, (net) => {
      net.forward(ones);
      return net.forward(ones);
    });
    expect(first).toEqual(again);
    expect(first).not.toEqual(next);
    const kept = first.filter((v) => v !== 0);
    expect(kept.every((v) => v === Math.fround(1 / 0.7))).toBe(true);
    expect(kept.length).toBeGreaterThan(650);
    expect(kept.length).toBeLessThan(750);
    expect(using(options, (net) => net.forward(ones, undefined, "eval"))).toEqual(ones);
  });

  test("features come flat, nested, as a matrix or as doubles", () => {
    using(small, (net) => {
      const expected = net.forward(xor.x);
      const nested = [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ];
      expect(net.forward(nested)).toEqual(expected);
      expect(net.forward({ rows: 4, cols: 2, data: xor.x })).toEqual(expected);
      expect(net.forward(Float64Array.from(xor.x))).toEqual(expected);
      const out = new Float32Array(8);
      expect(net.forward(xor.x, out)).toBe(out);
    });
  });
});

describe("bad input", () => {
  test("labels out of range are named with their index", () => {
    using(small, (net) => {
      const error = code("OPTION", /label y\[2\] is 2, expected an integer from 0 to 1/, () =>
        net.fit(xor.x, [0, 1, 2, 0]),
      );
      expect(error?.details).toMatchObject({ index: 2, value: 2 });
      code("OPTION", /y\[0\] is 0.5/, () => net.evaluate(xor.x, [0.5, 1, 1, 0]));
      code("OPTION", /y\[1\] is -1/, () => net.fit(xor.x, [0, -1, 1, 0]));
      code("SHAPE", /y has length 3, expected 4 \(one label a row\)/, () => net.fit(xor.x, [0, 1, 1]));
      const oneHot = [
        [1, 0],
        [0, 1],
        [0, 1],
        [1, 0],
      ];
      code("SHAPE", /y has length 8, expected 4 .*one-hot/, () => net.fit(xor.x, oneHot));
      code("OPTION", /y\[0\] is "a"/, () => net.fit(xor.x, ["a", "b", "b", "a"] as unknown as number[]));
    });
    using({ inputs: 2, layers: [dense(1)], loss: "binaryCrossEntropy" }, (net) => {
      code("OPTION", /y\[3\] is 1.5, expected a number from 0 to 1/, () => net.fit(xor.x, [0, 1, 1, 1.5]));
    });
  });

  test("a wrong number of features is refused, and so are NaN features, before anything is written", () => {
    using(small, (net) => {
      const before = net.params.slice();
      code("SHAPE", /x has length 7, expected rows of 2 features/, () => net.fit(xor.x.slice(1), xor.y));
      code("SHAPE", /x has 3 columns, this network takes 2/, () => net.predict([[1, 2, 3]]));
      const error = code("NON_FINITE_INPUT", /x\[5\] is NaN/, () => {
        net.fit([0, 0, 0, 1, 1, Number.NaN, 1, 1], xor.y);
      });
      expect(error?.details).toMatchObject({ index: 5 });
      const rows = [
        [0, 0],
        [0, 1],
        [1, Number.NaN],
        [1, 1],
      ];
      const nested = code("NON_FINITE_INPUT", /x\[2\]\[1\] is NaN/, () => net.fit(rows, xor.y));
      expect(nested?.details).toMatchObject({ index: 5, row: 2, col: 1 });
      const holes = [
        [0, 0],
        [0, null],
      ] as unknown as number[][];
      code("NON_FINITE_INPUT", /x\[1\]\[1\] is null/, () => net.predict(holes));
      code("SHAPE", /x must be rows of 2 numbers, nested or one after the other, got undefined/, () =>
        net.predict(undefined as unknown as number[]),
      );
      code("NON_FINITE_INPUT", /x\[0\]/, () => net.predict([Infinity, 0]));
      code("NON_FINITE_INPUT", /x\[0\] is 1e\+300, and single precision ends at 3.4e38/, () =>
        net.predict([1e300, 0]),
      );
      expect(net.params).toEqual(before);
    });
  });

  test("a batch of one cannot train batchNorm", () => {
    const layers = [dense(4), batchNorm(), dense(2)];
    using({ ...small, layers }, (net) => {
      const error = code("SHAPE", /batchNorm1 cannot train on a batch of one sample/, () =>
        net.forward([1, 2]),
      );
      expect(error?.details).toMatchObject({ layer: "batchNorm1" });
      code("SHAPE", /batchNorm1/, () => net.fit(xor.x, xor.y, { batchSize: 1 }));
      code("SHAPE", /batchNorm1/, () => net.fit([1, 2], [0]));
      expect(net.forward([1, 2], undefined, "eval").length).toBe(2);
      net.freeze("batchNorm1");
      expect(net.forward([1, 2]).length).toBe(2);
      net.unfreeze();
      // A last batch of one waits for another epoch.
      expect(net.fit(xor.x, xor.y, { batchSize: 3, epochs: 2 }).steps).toBe(2);
    });
  });

  test("backward needs a forward pass and as many numbers as it gave", () => {
    using(small, (net) => {
      code("OPTION", /no forward pass/, () => net.backward([1, 2]));
      net.forward(xor.x);
      code("SHAPE", /gradOut has length 2, expected 8/, () => net.backward([1, 2]));
      code("ALIASED", /out/, () => net.forward(xor.x, net.params.subarray(0, 8)));
    });
  });

  test("only arrays of floats take results, and nothing has moved when they are refused", () => {
    using({ ...small, layers: [dense(8), batchNorm(), tanh(), dense(2)] }, (net) => {
      const before = net.save();
      const plain = new Array(8).fill(0) as unknown as Float32Array;
      code("SHAPE", /out must be a Float32Array/, () => net.forward(xor.x, plain));
      const integers = new Int32Array(8) as unknown as Float32Array;
      code("SHAPE", /out must be a Float32Array/, () => net.forward(xor.x, integers));
      expect(new Uint8Array(net.save())).toEqual(new Uint8Array(before));
      net.forward(xor.x);
      code("SHAPE", /gradIn must be a Float32Array/, () => net.backward(new Float32Array(8), plain));
      expect(net.forward(xor.x, new Float64Array(8))).toBeInstanceOf(Float64Array);
    });
  });

  test("backward does not follow what used the arena for other samples", () => {
    using({ ...small, layers: [dense(8), batchNorm(), tanh(), dense(2)] }, (net) => {
      const others: (() => unknown)[] = [
        () => net.recalibrate([5, 5, 6, 6, 9, 7, 5, 5]),
        () => pretrain(net, xor.x, null, { epochs: 1 }),
        () => net.predict([1, 2]),
      ];
      for (const other of others) {
        net.forward(xor.x);
        other();
        code("OPTION", /no forward pass/, () => net.backward(new Float32Array(8).fill(1)));
      }
    });
  });

  test("diagnose takes samples with their targets", () => {
    using(small, (net) => {
      net.fit(xor.x, xor.y, { epochs: 1 });
      code("OPTION", /y must be given with the other/, () => net.diagnose(xor.x));
    });
  });

  test("a disposed network says so", () => {
    const net = network(small);
    net.dispose();
    net.dispose();
    code("DISPOSED", /disposed/, () => net.params);
    code("DISPOSED", /disposed/, () => net.predict(xor.x));
  });
});

describe("saving", () => {
  const layers = [dense(6, { init: "he" }), batchNorm({ momentum: null }), relu(), dropout(0.2), dense(2)];

  test("a loaded network is the same, bit for bit, and trains on in the same way", () => {
    for (const dtype of ["f32", "f64"] as const) {
      using({ ...small, layers, dtype, seed: 3 }, (net) => {
        net.fit(xor.x, xor.y, { epochs: 7, batchSize: 2 });
        net.freeze("dense1");
        const loaded = loadNetwork(net.save());
        expect(loaded.params).toEqual(net.params);
        expect(loaded.predict(xor.x)).toEqual(net.predict(xor.x));
        expect(loaded.summary()).toBe(net.summary());
        const options = { epochs: 3, batchSize: 2, seed: 5 };
        net.fit(xor.x, xor.y, options);
        loaded.fit(xor.x, xor.y, options);
        expect(loaded.params).toEqual(net.params);
        expect(loaded.layer("batchNorm1")).toEqual(net.layer("batchNorm1"));
        loaded.dispose();
      });
    }
  });

  /** A buffer with this header in place of its own, and the checksum that belongs to it. */
  const withHeader = (saved: ArrayBuffer, text: string, numbers: Uint8Array): Uint8Array<ArrayBuffer> => {
    const json = new TextEncoder().encode(text);
    const start = Math.ceil((16 + json.length) / 8) * 8;
    const out = new Uint8Array(start + numbers.length).fill(32);
    out.set(new Uint8Array(saved, 0, 12));
    out.set(json, 16);
    out.set(numbers, start);
    const view = new DataView(out.buffer);
    view.setUint32(8, json.length, true);
    view.setUint32(12, crc32(out.subarray(16), crc32(out.subarray(0, 12))), true);
    return out;
  };

  test("damaged buffers are refused", () => {
    using({ ...small, layers }, (net) => {
      const saved = net.save();
      code("SNAPSHOT", /not a saved network/, () => loadNetwork(new ArrayBuffer(40)));
      code("SNAPSHOT", /checksum/, () => loadNetwork(saved.slice(0, saved.byteLength - 4)));
      const older = saved.slice(0);
      new DataView(older).setUint32(4, 1, true);
      code("SNAPSHOT", /version is 1/, () => loadNetwork(older));
      for (const json of ["null", "{}", '{"layers":[],"frozen":[]}', "{"]) {
        const other = withHeader(saved, json, new Uint8Array(0));
        code("SNAPSHOT", /header is damaged/, () => loadNetwork(other));
      }
      code("SNAPSHOT", /expected an ArrayBuffer/, () => loadNetwork("net" as unknown as ArrayBuffer));
    });
  });

  test("any flipped bit of a saved network is refused", () => {
    using({ ...small, layers }, (net) => {
      net.fit(xor.x, xor.y, { epochs: 1 });
      for (const saved of [net.save(), net.save({ optimizer: true })]) {
        for (let i = 0; i < saved.byteLength; i += 3) {
          const bytes = new Uint8Array(saved.slice(0));
          bytes[i]! ^= 1 << (i % 8);
          code("SNAPSHOT", /loadNetwork/, () => loadNetwork(bytes));
        }
      }
    });
  });

  test("a header that was tampered with is refused, before any memory is taken", () => {
    using({ ...small, layers }, (net) => {
      const saved = net.save();
      const length = new DataView(saved).getUint32(8, true);
      const header = JSON.parse(new TextDecoder().decode(new Uint8Array(saved, 16, length)));
      const numbers = new Uint8Array(saved, Math.ceil((16 + length) / 8) * 8);
      const changed = (patch: object) => withHeader(saved, JSON.stringify({ ...header, ...patch }), numbers);
      const loaded = loadNetwork(changed({}));
      expect(loaded.params).toEqual(net.params);
      loaded.dispose();
      const { params, buffers } = header;
      const bad = [
        { params: -1, buffers: params + buffers + 1 },
        { params: params + 0.5, buffers: buffers - 0.5 },
        { steps: "many" },
        { counts: ["one"] },
        { counts: [-1] },
      ];
      for (const patch of bad) {
        code("SNAPSHOT", /header is damaged/, () => loadNetwork(changed(patch)));
      }
      code("SNAPSHOT", /its header asks for/, () => loadNetwork(changed({ params: params + 1 })));
      code("SNAPSHOT", /unknown layer "densely".*own/, () =>
        loadNetwork(changed({ layers: [{ kind: "densely", options: {} }] })),
      );
      code("SNAPSHOT", /unknown loss "mee"/, () =>
        loadNetwork(changed({ loss: { kind: "mee", options: {} } })),
      );
      code("SNAPSHOT", /describes no network/, () =>
        loadNetwork(changed({ layers: [{ kind: "dense", options: { units: -1 } }] })),
      );
      const vast = [{ kind: "dense", options: { ...header.layers[0].options, units: 2 ** 23 } }];
      code("SNAPSHOT", /another number of parameters/, () => loadNetwork(changed({ layers: vast })));
    });
  });

  test("a damaged safetensors file is refused with nothing changed, and so is a tensor without a place", () => {
    using({ ...small, layers, seed: 8 }, (net) => {
      const file = net.toSafetensors();
      const length = Number(new DataView(file).getBigUint64(0, true));
      type Header = Record<string, { dtype: string; shape: number[]; data_offsets: number[] }>;
      const changed = (change: (header: Header) => unknown) => {
        let header = JSON.parse(new TextDecoder().decode(new Uint8Array(file, 8, length)));
        if (change(header) === null) header = null;
        const json = new TextEncoder().encode(JSON.stringify(header));
        const out = new Uint8Array(8 + json.length + file.byteLength - 8 - length);
        new DataView(out.buffer).setBigUint64(0, BigInt(json.length), true);
        out.set(json, 8);
        out.set(new Uint8Array(file, 8 + length), 8 + json.length);
        return out;
      };
      const weight = (header: Header) => header["0.weight"] as Header[string];
      const shift = (by: [number, number]) => (header: Header) => {
        weight(header).data_offsets = weight(header).data_offsets.map((at, i) => at + (by[i] as number));
      };
      const bad: [RegExp, (header: Header) => unknown][] = [
        [/header is damaged/, () => null],
        [
          /"0.weight" lies beyond the data/,
          (header) => Reflect.deleteProperty(weight(header), "data_offsets"),
        ],
        [/"0.weight" lies beyond the data/, shift([-16, -16])],
        [/"0.weight" lies beyond the data/, shift([0.5, 0.5])],
        [/"0.weight" has 47 bytes/, shift([0, -1])],
        [
          /"1.num_batches_tracked" lies beyond the data/,
          (header) => {
            (header["1.num_batches_tracked"] as Header[string]).data_offsets = [0, 1e9];
          },
        ],
        [
          /no place for the tensor "4.scale"/,
          (header) => {
            header["4.scale"] = header["4.bias"] as Header[string];
          },
        ],
      ];
      using({ ...small, layers, seed: 1 }, (other) => {
        const before = other.save();
        for (const [message, change] of bad) {
          code("SNAPSHOT", message, () => other.loadSafetensors(changed(change)));
          expect(new Uint8Array(other.save())).toEqual(new Uint8Array(before));
        }
        other.loadSafetensors(changed(() => undefined));
        expect(other.params).toEqual(net.params);
      });
      const bare = [dense(6, { bias: false }), ...layers.slice(1)];
      using({ ...small, layers: bare }, (other) =>
        code("SNAPSHOT", /no place for the tensor "0.bias"/, () => other.loadSafetensors(file)),
      );
    });
  });

  test("safetensors carry PyTorch's names and layout, and come back", () => {
    using({ ...small, layers, seed: 8 }, (net) => {
      net.fit(xor.x, xor.y, { epochs: 2, batchSize: 2 });
      const file = net.toSafetensors();
      const length = Number(new DataView(file).getBigUint64(0, true));
      const header = JSON.parse(new TextDecoder().decode(new Uint8Array(file, 8, length)));
      expect(header["0.weight"].shape).toEqual([6, 2]);
      expect(header["1.running_mean"]).toMatchObject({ dtype: "F32", shape: [6] });
      expect(header["4.bias"].shape).toEqual([2]);
      const [from] = header["0.weight"].data_offsets;
      const weights = new Float32Array(file.slice(8 + length + from, 8 + length + from + 48));
      // Output 1, input 0 is element (0, 1) of ours.
      expect(weights[2]).toBe(net.params[1]);
      using({ ...small, layers, seed: 1 }, (other) => {
        other.loadSafetensors(file);
        expect(other.params).toEqual(net.params);
        expect(other.predict(xor.x)).toEqual(net.predict(xor.x));
      });
      using(small, (other) => {
        const before = other.params.slice();
        code("SNAPSHOT", /"0.weight" has shape \[6, 2\], this network expects \[8, 2\]/, () =>
          other.loadSafetensors(file),
        );
        expect(other.params).toEqual(before);
      });
    });
  });

  test("a new head takes over the layers below it, frozen", () => {
    using({ ...small, layers }, (net) => {
      net.fit(xor.x, xor.y, { epochs: 2, batchSize: 2 });
      const next = transfer(net, { keep: "relu1", layers: [dense(3)], loss: "softmaxCrossEntropy" });
      const kept = next.params.slice(0, 30);
      expect(kept).toEqual(net.params.slice(0, 30));
      next.fit(xor.x, [0, 1, 2, 0], {
        epochs: 5,
        batchSize: 4,
        optimizer: sgd({ lr: 0.1, weightDecay: 0.1 }),
      });
      expect(next.params.slice(0, 30)).toEqual(kept);
      expect(next.layer("batchNorm1")).toEqual(net.layer("batchNorm1"));
      next.dispose();
    });
  });
});

describe("memory", () => {
  test("10,000 networks made, trained for a step and disposed leave the memory as it was", () => {
    const layers = [dense(8), batchNorm(), relu(), dense(2)];
    const cycle = () =>
      using({ ...small, layers }, (net) =>
        net.fit(xor.x, xor.y, { epochs: 1, batchSize: 4, optimizer: adam() }),
      );
    // The engine makes its heap as large as it likes before it collects: only what comes on top of that counts.
    for (let i = 0; i < 5_000; i++) cycle();
    const used = defaultRuntime().memory.used;
    const heap = process.memoryUsage();
    for (let i = 0; i < 5_000; i++) cycle();
    expect(defaultRuntime().memory.used).toBe(used);
    const after = process.memoryUsage();
    expect(after.rss - heap.rss).toBeLessThan(150e6);
    expect(after.arrayBuffers - heap.arrayBuffers).toBeLessThan(20e6);
  });

  test("a network too large for its runtime gets one of its own, and a larger batch moves it", () => {
    const big = network({ inputs: 2000, layers: [dense(2000), relu(), dense(2)], loss: "mse" });
    expect(big.params.length).toBe(2000 * 2000 + 2000 + 4002);
    expect(defaultRuntime().memory.used).toBe(0);
    const before = big.params.slice(0, 100);
    const x = new Float32Array(2000 * 600).fill(0.01);
    const y = big.forward(x, undefined, "eval");
    expect(y.slice(0, 2)).toEqual(big.forward(x.subarray(0, 2000), undefined, "eval"));
    big.forward(new Float32Array(2000 * 6000).fill(0.01));
    expect(big.params.slice(0, 100)).toEqual(before);
    big.dispose();
    expect(defaultRuntime().memory.used).toBe(0);
  });

  test("a runtime that was given is kept to", () => {
    const runtime = loadSync({ memoryBytes: 2 ** 17 });
    const net = network({ ...small, runtime });
    expect(runtime.memory.used).toBeGreaterThan(0);
    code("OUT_OF_MEMORY", /network needs/, () =>
      network({ ...small, layers: [dense(10000), dense(2)], runtime }),
    );
    code("OUT_OF_MEMORY", /./, () => net.forward(new Float32Array(2 * 20000)));
    expect(net.forward(xor.x).length).toBe(8);
    net.dispose();
    expect(runtime.memory.used).toBe(0);
    runtime.dispose();
  });
});
