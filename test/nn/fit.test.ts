// Training: it learns, repeats to the bit, stops when it should, and keeps good weights when it fails.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { plainDigits } from "../../bench/plain/nn.js";
import {
  adam,
  batchNorm,
  DownhillError,
  dense,
  dropout,
  type FitOptions,
  lbfgs,
  type Network,
  network,
  pretrain,
  type Rule,
  relu,
  schedules,
  sgd,
  sigmoid,
  standardise,
  tanh,
  trainTestSplit,
} from "../../src/index.js";

function digits() {
  const rows = readFileSync(new URL("../../data/digits.csv", import.meta.url), "utf8")
    .trim()
    .split("\n")
    .slice(1);
  const numbers = rows.map((row) => row.split(",").map(Number));
  const x = Float32Array.from(numbers.flatMap((row) => row.slice(1).map((v) => v / 16)));
  return { x, y: numbers.map((row) => row[0] as number) };
}

const data = digits();
const split = trainTestSplit(data.x, data.y, 64, { seed: 1 });
const digitsNet = (seed = 0, variant = [dense(128, { bias: false }), batchNorm(), relu()]) =>
  network({
    inputs: 64,
    layers: [...variant, dense(64, { bias: false }), batchNorm(), relu(), dense(10)],
    loss: "softmaxCrossEntropy",
    seed,
  });

/** Two interleaved half moons. */
function moons(count = 200) {
  const x = new Float64Array(2 * count);
  const y = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const angle = (Math.PI * (i >> 1)) / (count / 2);
    const upper = i % 2 === 0;
    x[2 * i] = upper ? Math.cos(angle) : 1 - Math.cos(angle);
    x[2 * i + 1] = upper ? Math.sin(angle) : 0.5 - Math.sin(angle);
    y[i] = upper ? 0 : 1;
  }
  return { x, y };
}
const { x, y } = moons();
const moonsNet = (seed = 1, layers = [dense(16), tanh(), dense(2)]) =>
  network({ inputs: 2, layers, loss: "softmaxCrossEntropy", seed });

const trained = <T>(net: Network, run: (net: Network) => T): T => {
  let pending = false;
  try {
    const result = run(net);
    pending = result instanceof Promise;
    return pending ? ((result as Promise<unknown>).finally(() => net.dispose()) as T) : result;
  } finally {
    if (!pending) net.dispose();
  }
};

describe("fit", () => {
  test("reads 97 % of the digits after 20 epochs", () => {
    trained(digitsNet(), (net) => {
      const history = net.fit(split.train.x, split.train.y, { epochs: 20, batchSize: 64 });
      expect(history).toMatchObject({ status: "completed", reason: "epochs", steps: 460, success: true });
      expect(history.loss.at(-1)).toBeLessThan(0.05);
      expect(net.evaluate(split.test.x, split.test.y).accuracy).toBeGreaterThan(0.965);
      expect(net.diagnose().verdict).toBe("healthy");
    });
  });

  test("the plain JavaScript twin learns as well", () => {
    const plain = plainDigits(Float32Array.from(split.train.x), Int32Array.from(split.train.y), 64);
    let loss = 0;
    for (let epoch = 0; epoch < 8; epoch++) loss = plain.epoch();
    expect(loss).toBeLessThan(0.2);
  });

  test("a seed gives the same weights to the bit, with dropout, schedules and averages too", () => {
    const run = () => {
      const layers = [dense(32, { init: "he" }), batchNorm(), relu(), dropout(0.25), dense(10)];
      const net = network({ inputs: 64, layers, loss: "softmaxCrossEntropy", seed: 42 });
      return trained(net, () => {
        net.fit(split.train.x, split.train.y, {
          epochs: 2,
          batchSize: 50,
          optimizer: adam({ lr: schedules.cosine({ lr: 3e-3, steps: 58, min: 0 }) }),
          clipNorm: 1,
          validation: 0.1,
        });
        const { runningMean, runningVar } = net.layer("batchNorm1");
        const hash = createHash("sha256");
        for (const part of [net.params, runningMean!, runningVar!])
          hash.update(new Uint8Array(part.slice().buffer));
        return hash.digest("hex");
      });
    };
    const hash = run();
    expect(run()).toBe(hash);
    // Made with Node 20; Node 22, 24 and browsers give the same.
    expect(hash).toBe(HASH);
  });

  test("every rule trains through the same option", () => {
    const rules: Rule[] = [
      sgd({ lr: 0.5 }),
      sgd({ lr: 0.2, momentum: 0.9, nesterov: "lookahead" }),
      adam({ lr: 0.01 }),
    ];
    for (const optimizer of rules) {
      trained(moonsNet(), (net) => {
        const { loss } = net.fit(x, y, { epochs: 60, batchSize: 20, optimizer });
        expect(loss.at(-1)).toBeLessThan(0.25);
      });
    }
  });

  test("the validation share is held back, and early stopping restores the best weights", () => {
    trained(moonsNet(), (net) => {
      const seen: number[] = [];
      const noisy = Int32Array.from(y, (label, i) => (i % 7 === 0 ? 1 - label : label));
      const history = net.fit(x, noisy, {
        epochs: 500,
        batchSize: 8,
        optimizer: adam({ lr: 0.03 }),
        validation: 0.3,
        patience: 8,
        onEpoch: ({ valLoss }) => {
          seen.push(valLoss as number);
        },
      });
      expect(history).toMatchObject({ status: "stopped", reason: "patience" });
      expect(history.valLoss).toEqual(seen);
      const best = Math.min(...seen);
      expect(seen[history.bestEpoch - 1]).toBe(best);
      expect(history.epochs.length).toBe(history.bestEpoch + 8);
      const again = net.fit(x, noisy, {
        epochs: 1,
        batchSize: 8,
        optimizer: sgd({ lr: 0 }),
        validation: 0.3,
      });
      expect(again.valLoss[0]).toBeCloseTo(best, 6);
    });
  });

  test("averages end as the mean of the weights, with statistics that fit them", () => {
    const layers = [dense(16), batchNorm(), tanh(), dense(2)];
    for (const average of [
      { kind: "polyak", start: 50 },
      { kind: "ema", decay: 0.95 },
    ] as const) {
      trained(moonsNet(3, layers), (net) => {
        const history = net.fit(x, y, {
          epochs: 40,
          batchSize: 20,
          optimizer: adam({ lr: 0.02 }),
          average,
          validation: { x, y },
        });
        const measured = net.evaluate(x, y);
        expect(measured.loss).toBeLessThan(0.1);
        // What was validated is what training ends with: the average under its own statistics.
        expect(history.valLoss.at(-1)).toBe(measured.loss);
        expect(history.valLoss[20]).not.toBe(measured.loss);
        const statistics = net.layer("batchNorm1");
        net.recalibrate(x);
        expect(net.layer("batchNorm1")).toEqual(statistics);
      });
    }
  });

  test("callbacks see every batch and epoch, may evaluate, and stop training", () => {
    trained(moonsNet(), (net) => {
      let batches = 0;
      const history = net.fit(x, y, {
        epochs: 5,
        batchSize: 30,
        onBatch: (batch) => {
          batches++;
          expect(batch.batch).toBe(((batches - 1) % 7) + 1);
          expect(batch.size).toBe(batch.batch === 7 ? 20 : 30);
          expect(batch.step).toBe(batches);
        },
        onEpoch: ({ epoch }) => {
          expect(net.evaluate(x, y).accuracy).toBeGreaterThan(0.2);
          expect(() => net.fit(x, y)).toThrow(/REENTRANT|while this network is in fit/);
          expect(() => net.dispose()).toThrow(/while this network is in fit/);
          return epoch === 3 ? "stop" : undefined;
        },
      });
      expect(history).toMatchObject({ status: "stopped", reason: "callback", steps: 21 });
      expect(batches).toBe(21);
    });
  });

  test("what callbacks write into what they get reaches nobody", () => {
    const course = (write: boolean) => {
      const batches: number[][] = [];
      const change = (what: object) => {
        if (!write) return;
        for (const name of Object.keys(what)) Reflect.set(what, name, -1);
      };
      const net = moonsNet();
      const options = { epochs: 2, batchSize: 80, seed: 1, metrics: ["f1" as const] };
      const history = net.fit(x, y, {
        ...options,
        onBatch: (b) => {
          batches.push([b.epoch, b.batch, b.batches, b.size, b.step, b.loss]);
          change(b);
        },
        onEpoch: (epoch) => {
          change(epoch.metrics);
          change(epoch);
        },
      });
      const it = net.iterateFit(x, y, { ...options, epochs: 1 });
      for (const { epoch } of it) change(epoch);
      const told = [...history.epochs, ...it.result.epochs].map(({ elapsedMs, ...epoch }) => epoch);
      net.dispose();
      return { batches, told };
    };
    const quiet = course(false);
    expect(course(true)).toEqual(quiet);
    expect(quiet.batches.slice(0, 4).map(([epoch, batch]) => [epoch, batch])).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
      [2, 1],
    ]);
  });

  test("what a callback throws comes out, and the network stays usable", () => {
    trained(moonsNet(), (net) => {
      const mine = new Error("mine");
      const throwing = () => {
        throw mine;
      };
      expect(() => net.fit(x, y, { onBatch: throwing })).toThrow(mine);
      expect(net.fit(x, y, { epochs: 1 }).status).toBe("completed");
    });
  });

  test("an aborted signal ends fit with a result and fitAsync with its reason", async () => {
    await trained(moonsNet(), async (net) => {
      const controller = new AbortController();
      const onBatch = ({ step }: { step: number }) => {
        if (step === 10) controller.abort(new Error("enough"));
      };
      const { signal } = controller;
      expect(net.fit(x, y, { onBatch, signal })).toMatchObject({
        status: "stopped",
        reason: "abort",
        steps: 10,
      });
      const second = new AbortController();
      setTimeout(() => second.abort(new Error("late")), 30);
      const late = net.fitAsync(x, y, { epochs: 1e6, signal: second.signal });
      await expect(late).rejects.toThrow("late");
    });
  });

  test("fitAsync gives the event loop its turns and the same weights as fit", async () => {
    await trained(moonsNet(), async (a) => {
      let turns = 0;
      const timer = setInterval(() => turns++, 1);
      const options: FitOptions = { epochs: 30_000, batchSize: 10 };
      // Without turns of the event loop the count stays at 0 and training goes on to the last epoch.
      const onEpoch = () => (turns >= 3 ? "stop" : undefined);
      const history = await a.fitAsync(x, y, { ...options, onEpoch });
      clearInterval(timer);
      expect(history).toMatchObject({ status: "stopped", reason: "callback" });
      trained(moonsNet(), (b) => {
        b.fit(x, y, { ...options, epochs: history.loss.length });
        expect(a.params).toEqual(b.params);
      });
    });
  });

  test("fitAsync gives turns within validation and re-estimation too", async () => {
    const layers = [dense(4), batchNorm(), dense(2)];
    await trained(moonsNet(1, layers), async (net) => {
      let now = 0;
      const clock = vi.spyOn(performance, "now").mockImplementation(() => (now += 10));
      const turns = vi.spyOn(globalThis, "setImmediate");
      const many = moons(64 * 20);
      try {
        const options: FitOptions = { epochs: 1, batchSize: 64, validation: many };
        await net.fitAsync(x, y, { ...options, average: { kind: "ema", decay: 0.5 } });
        // 4 batches, 4 pieces of statistics, 20 of validation, 4 of the statistics at the end.
        expect(turns.mock.calls.length).toBeGreaterThanOrEqual(30);
      } finally {
        clock.mockRestore();
        turns.mockRestore();
      }
    });
  });

  test("an abort within validation puts weights and statistics back", async () => {
    const layers = [dense(4), batchNorm(), dense(2)];
    await trained(moonsNet(1, layers), async (net) => {
      const controller = new AbortController();
      let now = 0;
      const clock = vi.spyOn(performance, "now").mockImplementation(() => (now += 10));
      const plain = moonsNet(1, layers);
      plain.fit(x, y, { epochs: 1, batchSize: 200 });
      // The weights themselves, not their average, are there between the batches.
      let batches = 0;
      const onBatch = () => {
        batches++;
        setImmediate(() => setImmediate(() => controller.abort(new Error("now"))));
      };
      const validation = moons(64 * 50);
      const average = { kind: "polyak", start: 5 } as const;
      const { signal } = controller;
      await expect(
        net.fitAsync(x, y, { epochs: 9, batchSize: 200, average, validation, onBatch, signal }),
      ).rejects.toThrow("now");
      clock.mockRestore();
      expect(batches).toBe(1);
      expect(net.params).toEqual(plain.params);
      plain.dispose();
    });
  });

  test("fitAsync waits for callbacks, and fit refuses promises", async () => {
    await trained(moonsNet(), async (net) => {
      const seen: string[] = [];
      const later = (name: string) => new Promise((resolve) => setTimeout(() => resolve(seen.push(name)), 1));
      const history = await net.fitAsync(x, y, {
        epochs: 5,
        batchSize: 200,
        onBatch: ({ step }) => later(`batch ${step}`),
        onEpoch: async ({ epoch }) => {
          await later(`epoch ${epoch}`);
          return epoch === 2 ? "stop" : undefined;
        },
      });
      expect(history).toMatchObject({ status: "stopped", reason: "callback", steps: 2 });
      expect(seen).toEqual(["batch 1", "epoch 1", "batch 2", "epoch 2"]);
      const failing = net.fitAsync(x, y, { onEpoch: () => Promise.reject(new Error("mine")) });
      await expect(failing).rejects.toThrow("mine");
      expect(() => net.fit(x, y, { onEpoch: async () => "stop" })).toThrow(/fitAsync/);
      expect(net.fit(x, y, { epochs: 1 }).message).toBe("trained 1 epoch");
    });
  });

  test("the progress line is live on a terminal, and one line an epoch elsewhere", () => {
    const { isTTY } = process.stdout;
    for (const live of [true, false]) {
      let text = "";
      const write = vi.spyOn(process.stdout, "write").mockImplementation((part) => {
        text += part;
        return true;
      });
      process.stdout.isTTY = live;
      let now = 0;
      const clock = vi.spyOn(performance, "now").mockImplementation(() => (now += 60));
      try {
        trained(moonsNet(), (net) => {
          const onBatch = ({ step }: { step: number }) => (step === 5 ? "stop" : undefined);
          net.fit(x, y, { epochs: 2, batchSize: 50, validation: { x, y }, progress: true, onBatch });
        });
      } finally {
        process.stdout.isTTY = isTTY;
        write.mockRestore();
        clock.mockRestore();
      }
      const lines = text.split("\n");
      expect(lines.length).toBe(live ? 3 : 2);
      const first = lines[0]?.split("\r\x1b[K").at(-1);
      const numbers = "loss 0\\.\\d{4}  accuracy \\d+\\.\\d %";
      expect(first).toMatch(new RegExp(`^epoch 1/2  ${numbers}  validation ${numbers}  \\d+\\.\\d ms$`));
      if (live) {
        expect(lines[0]).toContain("\r\x1b[Kepoch 1/2 [==========..........] 2/4  loss 0.");
        // Stopped within an epoch: the line is ended.
        expect(lines[1]).toContain("epoch 2/2 [=====...............] 1/4");
        expect(lines[2]).toBe("");
      }
    }
  });

  test("maxTimeMs ends training", () => {
    trained(moonsNet(), (net) => {
      expect(net.fit(x, y, { epochs: 1e6, maxTimeMs: 20 })).toMatchObject({
        status: "stopped",
        reason: "maxTime",
      });
    });
  });

  test("bad options are refused before anything moves", () => {
    trained(moonsNet(), (net) => {
      const before = net.params.slice();
      const refused = (options: object, message: RegExp) => {
        expect(() => net.fit(x, y, options)).toThrow(message);
      };
      refused({ epoch: 3 }, /did you mean "epochs"/);
      refused({ validation_split: 0.2 }, /take validation: 0.2/);
      refused({ initial_epoch: 3 }, /take continue: true/);
      refused({ epochs: 0 }, /epochs/);
      refused({ batchSize: 2.5 }, /batchSize/);
      refused({ validation: 1 }, /validation/);
      refused({ validation: 0.001 }, /leaves 0 of 200/);
      refused({ optimizer: adam }, /call it: adam\(\)/);
      refused({ optimizer: "adam" }, /fit: optimizer: .* got "adam".*for example adam/);
      refused({ optimizer: lbfgs() }, /optimizer must be a first-order rule.*minimize\(net\.objective/);
      refused({ lr: 0.1 }, /unknown option "lr".*optimizer: adam\(\{ lr/);
      refused({ clipNorm: -1 }, /clipNorm/);
      refused({ average: { kind: "mean" } }, /kind/);
      refused({ onEpoch: 3 }, /onEpoch/);
      expect(net.params).toEqual(before);
      net.freeze();
      refused({}, /no trainable parameters/);
    });
  });
});

describe("failure", () => {
  test("a loss that turns NaN stops training, names the layer, and keeps the last good weights", () => {
    const layers = [dense(16), relu(), dense(16), relu(), dense(1)];
    const net = network({ inputs: 2, layers, loss: "mse", seed: 1 });
    trained(net, () => {
      const history = net.fit(
        x,
        Float64Array.from(y, (v) => 1e4 * v),
        {
          epochs: 50,
          batchSize: 20,
          optimizer: sgd({ lr: 10 }),
        },
      );
      expect(history).toMatchObject({ status: "failed", reason: "nonFinite", success: false });
      expect(history.layer).toMatch(/^(dense|relu)\d$|^loss$/);
      expect(history.message).toContain(history.layer === "loss" ? "the loss" : `layer ${history.layer}`);
      expect(net.params.every(Number.isFinite)).toBe(true);
      expect(Number.isFinite(net.evaluate(x.slice(0, 2), [0]).loss)).toBe(true);
    });
  });

  test("the layer whose weights turned NaN is the one that is named", () => {
    const layers = [dense(4), tanh(), dense(4), tanh(), dense(2)];
    trained(moonsNet(1, layers), (net) => {
      const start = net.params.slice();
      const history = net.fit(x, y, {
        epochs: 3,
        batchSize: 100,
        optimizer: sgd({ lr: 0.1 }),
        onBatch: ({ step }) => {
          // What a wrong gradient would do.
          if (step === 3) (net.layer("dense2") as { weight: Float32Array }).weight[5] = Number.NaN;
        },
      });
      expect(history).toMatchObject({ status: "failed", layer: "dense2", steps: 3 });
      expect(net.params.every(Number.isFinite)).toBe(true);
      expect(net.params).not.toEqual(start);
    });
  });

  test("with clipNorm a gradient that overflows ends training in the same way", () => {
    const layers = [dense(4), dense(4, { bias: false }), dense(1, { bias: false })];
    const net = network({ inputs: 2, layers, loss: "mse", seed: 1 });
    trained(net, () => {
      // Outputs of 0, but on the way back 1e12 1e14 1e14 is beyond the floats.
      net.params.fill(1e14).fill(0, 0, 12);
      const targets = Float64Array.from(y, () => 1e12);
      const history = net.fit(x, targets, { clipNorm: 1, optimizer: sgd({ lr: 0.1 }) });
      expect(history).toMatchObject({ status: "failed", reason: "nonFinite", steps: 0, layer: "dense1" });
      expect(history.message).toMatch(
        /first in the gradient of layer dense1 at step 1 \(epoch 1\); .* keeps the weights it had/,
      );
    });
  });
});

describe("diagnosis", () => {
  const deep = (how: "he" | "uniform", activation: typeof relu, count: number, scale = 1) => {
    const layers = Array.from({ length: count }, () => [dense(16, { init: how }), activation()]).flat();
    const net = moonsNet(2, [...layers, dense(2)]);
    for (let i = 0; i < net.params.length; i++) net.params[i] = (net.params[i] as number) * scale;
    return net;
  };

  test("deep sigmoids vanish, large weights explode, and the evidence is given", () => {
    trained(deep("uniform", sigmoid, 8), (net) => {
      net.fit(x, y, { epochs: 2 });
      const { verdict, findings } = net.diagnose();
      expect(verdict).toContain("vanishing");
      expect(findings[0]?.evidence.ratio).toBeLessThan(1e-3);
      expect(net.diagnose().report()).toContain("gradients are vanishing: at dense1");
    });
    trained(deep("he", relu, 8, 6), (net) => {
      expect(net.diagnose(x, y).verdict).toContain("exploding");
    });
    trained(deep("he", relu, 3), (net) => {
      net.fit(x, y, { epochs: 2 });
      expect(net.diagnose().verdict).toBe("healthy");
    });
  });

  test("units of sorted data are judged by all of it", () => {
    // Each unit is a ramp that begins at a place of its own: the first 64 rows see only the first of them.
    const at = Float64Array.from({ length: 640 }, (_, i) => i / 640);
    const net = network({ inputs: 1, layers: [dense(8), relu(), dense(1)], loss: "mse", seed: 1 });
    trained(net, () => {
      const { weight, bias } = net.layer("dense1") as { weight: Float32Array; bias: Float32Array };
      weight.fill(1);
      bias.forEach((_, j) => {
        bias[j] = -j / 8;
      });
      net.fit(at, at, { epochs: 1, batchSize: 64, optimizer: sgd({ lr: 1e-9 }) });
      expect(net.diagnose().verdict).not.toContain("dead");
    });
  });

  test("gradients that underflow have vanished, but not those that frozen or dead layers stop", () => {
    trained(deep("uniform", sigmoid, 100), (net) => {
      net.fit(x, y, { epochs: 1 });
      const finding = net.diagnose().findings[0];
      expect(finding).toMatchObject({ kind: "vanishing", layer: "dense1", evidence: { ratio: 0 } });
    });
    trained(deep("he", relu, 3), (net) => {
      net.freeze("dense1", "dense2");
      net.fit(x, y, { epochs: 2 });
      expect(net.diagnose().verdict).toBe("healthy");
      net.unfreeze();
      (net.layer("dense2") as { bias: Float32Array }).bias.fill(-1e3);
      expect(net.diagnose(x, y).verdict).toBe("dead");
    });
  });

  test("numbers that overflow are exploding: before the first step, in the course of training, and on demand", () => {
    trained(deep("he", relu, 40, 20), (net) => {
      const { layer, status } = net.fit(x, y, { epochs: 1 });
      expect(status).toBe("failed");
      for (const { verdict, findings } of [net.diagnose(), net.diagnose(x, y)]) {
        expect(verdict).toContain("exploding");
        expect(findings[0]?.layer).toBe(layer);
        expect(findings[0]?.evidence.activation).toBeGreaterThan(1e30);
      }
    });
    trained(network({ inputs: 2, layers: [dense(16), relu(), dense(1)], loss: "mse", seed: 1 }), (net) => {
      expect(net.fit(x, y, { epochs: 20, optimizer: sgd({ lr: 50 }) }).status).toBe("failed");
      expect(net.diagnose().verdict).toContain("exploding");
      expect(net.diagnose().report()).toMatch(/NaN or infinity at/);
    });
  });

  test("a callback of the first fit may ask already", () => {
    trained(moonsNet(), (net) => {
      const seen: string[] = [];
      net.fit(x, y, { epochs: 2, onEpoch: () => void seen.push(net.diagnose().verdict) });
      expect(seen).toEqual(["healthy", "healthy"]);
    });
  });

  test("features of different scales are ill-conditioned until they are standardised", () => {
    const scaled = Float64Array.from(x, (v, i) => (i % 2 === 0 ? 1000 * v : v / 100));
    trained(moonsNet(), (net) => {
      net.fit(scaled, y, { epochs: 1, optimizer: sgd({ lr: 1e-9 }) });
      expect(net.diagnose().verdict).toContain("ill-conditioned");
      net.fit(standardise(scaled, 2).data, y, { epochs: 1 });
      expect(net.diagnose().verdict).not.toContain("ill-conditioned");
    });
    // Of two features with mean 0 the larger one is no measure of the smaller.
    const centred = standardise(x, 2).data.map((v, i) => (i % 2 === 0 ? 1000 * v : v));
    trained(moonsNet(), (net) => expect(net.diagnose(centred, y).verdict).toContain("ill-conditioned"));
  });

  test("dead units are counted", () => {
    trained(moonsNet(2, [dense(8), relu(), dense(2)]), (net) => {
      (net.layer("dense1") as { bias: Float32Array }).bias.fill(-50, 0, 5);
      const { findings } = net.diagnose(x, y);
      expect(findings).toContainEqual(
        expect.objectContaining({ kind: "dead", evidence: { dead: 5, units: 8, samples: 200 } }),
      );
    });
  });

  test("there is nothing to diagnose before training", () => {
    trained(moonsNet(), (net) => expect(() => net.diagnose()).toThrow(DownhillError));
  });
});

describe("pre-training", () => {
  test("an autoencoder leaves weights that reconstruct better than chance, layer by layer", () => {
    trained(digitsNet(3, [dense(64), tanh()]), (net) => {
      const before = net.params.slice();
      const seen: string[][] = [];
      const { blocks } = pretrain(net, split.train.x.slice(0, 64 * 300), null, {
        epochs: 4,
        onBlock: ({ layers }) => seen.push([...layers]),
      });
      expect(seen).toEqual([
        ["dense1", "tanh1"],
        ["dense2", "batchNorm1", "relu1"],
      ]);
      for (const { history } of blocks) {
        expect(history.loss.at(-1)).toBeLessThan((history.loss[0] as number) * 0.8);
      }
      const head = 64 * 10 + 10;
      expect(net.params.slice(-head)).toEqual(before.slice(-head));
      expect(net.params.slice(0, 100)).not.toEqual(before.slice(0, 100));
    });
  });

  test("maxTimeMs holds for all blocks together", () => {
    const x = [[0], [1], [2], [3]];
    const layers = [dense(3), tanh(), dense(2), tanh(), dense(1)];
    trained(network({ inputs: 1, layers, loss: "mse", seed: 1 }), (net) => {
      let time = 0;
      const clock = vi.spyOn(performance, "now").mockImplementation(() => time);
      try {
        const onBlock = () => {
          time += 10;
        };
        const { blocks } = pretrain(net, x, null, { epochs: 2, maxTimeMs: 10, onBlock });
        expect(blocks.map(({ history }) => [history.reason, history.loss.length])).toEqual([
          ["epochs", 2],
          ["maxTime", 0],
        ]);
      } finally {
        clock.mockRestore();
      }
    });
  });

  test("frozen layers stay as they are, and training is not disturbed", () => {
    for (const labels of [null, y]) {
      trained(moonsNet(4, [dense(6), batchNorm(), tanh(), dense(5), tanh(), dense(2)]), (net) => {
        net.fit(x, y, { epochs: 1 });
        net.freeze("dense1", "batchNorm1");
        const [first, norm] = [net.activations(x, "dense1"), net.activations(x, "batchNorm1")];
        const second = net.activations(x, "dense2");
        pretrain(net, x, labels, { epochs: 2 });
        expect(net.activations(x, "dense1")).toEqual(first);
        expect(net.activations(x, "batchNorm1")).toEqual(norm);
        expect(net.activations(x, "dense2")).not.toEqual(second);
        const onBatch = () => pretrain(net, x, labels, { epochs: 1 });
        expect(() => net.fit(x, y, { epochs: 1, onBatch })).toThrow(/pretrain was called while/);
        expect(() => pretrain(net, x, labels, null as unknown as object)).toThrow(DownhillError);
      });
    }
  });

  test("supervised growth gives a better start than none", () => {
    const labels = split.train.y.slice(0, 400);
    const features = split.train.x.slice(0, 64 * 400);
    const firstLoss = (pre: boolean) =>
      trained(digitsNet(5), (net) => {
        if (pre) pretrain(net, features, labels, { epochs: 3 });
        return net.fit(features, labels, { epochs: 1 }).loss[0] as number;
      });
    expect(firstLoss(true)).toBeLessThan(firstLoss(false));
  });
});

const HASH = "e5df56afdcd22e9668496dada43b9f0113ad987d8be6a7924c65bf2880bbdbae";
