// While an average is swapped in, what writes the parameters of a network is refused: it would train the average, and be lost
// when the iterate comes back.
import { expect, test } from "vitest";
import {
  adam,
  average,
  dense,
  findLearningRate,
  minimize,
  network,
  optimizer,
  pretrain,
  tanh,
} from "../../src/index.js";

const x = Float64Array.from({ length: 40 }, (_, i) => Math.sin(i * i + i));
const y = Int32Array.from({ length: 20 }, (_, i) => Number(x[2 * i]! * x[2 * i + 1]! > 0));

test("a network whose average is swapped in is measured, and not trained", async () => {
  const net = network({
    inputs: 2,
    layers: [dense(4), tanh(), dense(2)],
    loss: "softmaxCrossEntropy",
    seed: 1,
  });
  const opt = optimizer(net, adam({ lr: 0.05 }));
  const mean = average(opt, { kind: "ema", decay: 0.5 });
  for (let i = 0; i < 5; i++) {
    net.lossGradient(x, y);
    opt.step();
    mean.update();
  }
  const [iterate, averaged, file] = [[...net.params], [...mean.params], net.toSafetensors()];
  const refused = expect.objectContaining({
    code: "REENTRANT",
    message: expect.stringMatching(/an average is swapped in.*swap\(\)/),
  });
  mean.swap();
  for (const write of [
    () => net.fit(x, y),
    () => net.iterateFit(x, y),
    () => findLearningRate(net, x, y),
    () => pretrain(net, x, y),
    () => minimize(net.objective(x, y), net.params),
    () => net.loadSafetensors(file),
    () => optimizer(net, adam()),
    () => optimizer(net.params, adam()),
  ])
    expect(write).toThrow(refused);
  await expect(net.fitAsync(x, y)).rejects.toEqual(refused);
  expect([...net.params]).toEqual(averaged);
  net.evaluate(x, y);
  net.save();
  mean.swap();
  expect([...net.params]).toEqual(iterate);
  expect(net.fit(x, y, { epochs: 1 }).status).toBe("completed");
  // One that is not swapped in any more, be it given back or its optimizer gone, is in nobody's way.
  mean.swap();
  mean.dispose();
  net.fit(x, y, { epochs: 1 });
  const other = average(opt, { kind: "polyak" });
  other.swap();
  opt.dispose();
  net.fit(x, y, { epochs: 1 });
  other.dispose();
  net.dispose();
});
