// Internal covariate shift (Ioffe & Szegedy 2015): while the first layers learn, what the later ones get keeps moving. Trains
// the digits with and without batchNorm, prints how the inputs of the last hidden layer drift, and draws them as an SVG.
// Run: npm run example covariance-shift

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { adam, batchNorm, dense, type Layer, network, sigmoid, trainTestSplit } from "../src/index.js";

const EPOCHS = 12;
const rows = readFileSync("data/digits.csv", "utf8").trim().split("\n").slice(1);
const numbers = rows.map((row) => row.split(",").map(Number));
const x = numbers.flatMap((row) => row.slice(1).map((v) => v / 16));
const y = numbers.map((row) => row[0] as number);
const { train, test } = trainTestSplit(x, y, 64, { seed: 2 });

interface Course {
  readonly name: string;
  readonly color: string;
  /** By epoch, from 0: quartiles of one unit's input, mean and standard deviation of all. */
  readonly low: number[];
  readonly middle: number[];
  readonly high: number[];
  readonly shift: number[];
  readonly accuracy: number[];
}

/** Units of the second hidden layer, before their sigmoid, on 300 digits nobody trains on. */
function follow(name: string, color: string, norm: () => Layer[], watched: string): Course {
  const hidden = (units: number) => [dense(units), ...norm(), sigmoid()];
  const layers = [...hidden(48), ...hidden(48), dense(10)];
  const net = network({ inputs: 64, layers, loss: "softmaxCrossEntropy", seed: 1 });
  const course: Course = { name, color, low: [], middle: [], high: [], shift: [], accuracy: [] };
  const sample = test.x.slice(0, 64 * 300);
  let before: number[] | null = null;
  const look = () => {
    const values = net.activations(sample, watched);
    const width = values.length / 300;
    const first = Array.from({ length: 300 }, (_, i) => values[i * width] as number).sort((a, b) => a - b);
    course.low.push(first[75] as number);
    course.middle.push(first[150] as number);
    course.high.push(first[225] as number);
    const means = Array.from({ length: width }, (_, j) => {
      let sum = 0;
      for (let i = 0; i < 300; i++) sum += values[i * width + j] as number;
      return sum / 300;
    });
    const last = before;
    course.shift.push(last ? means.reduce((s, m, j) => s + Math.abs(m - (last[j] as number)), 0) / width : 0);
    before = means;
    course.accuracy.push(net.evaluate(test.x, test.y).accuracy as number);
  };
  look();
  const onEpoch = look;
  net.fit(train.x, train.y, { epochs: EPOCHS, batchSize: 64, optimizer: adam({ lr: 3e-3 }), onEpoch });
  net.dispose();
  return course;
}

const courses = [
  follow("without batchNorm", "#c0392b", () => [], "dense2"),
  follow("with batchNorm", "#2471a3", () => [batchNorm()], "batchNorm2"),
];

console.log("epoch   inputs of a sigmoid: lower quartile, median, upper   mean shift   test accuracy");
for (const { name, low, middle, high, shift, accuracy } of courses) {
  console.log(name);
  for (let epoch = 0; epoch <= EPOCHS; epoch += 2) {
    const cells = [low, middle, high].map((list) => (list[epoch] as number).toFixed(2).padStart(8)).join("");
    console.log(
      `${String(epoch).padStart(5)}   ${cells}${(shift[epoch] as number).toFixed(3).padStart(32)}   ${(100 * (accuracy[epoch] as number)).toFixed(1).padStart(10)} %`,
    );
  }
}

const WIDTH = 640;
const HEIGHT = 320;
const all = courses.flatMap(({ low, high }) => [...low, ...high]);
const [least, most] = [Math.min(...all), Math.max(...all)];
const px = (epoch: number) => 60 + (epoch / EPOCHS) * (WIDTH - 80);
const py = (value: number) => 20 + ((most - value) / (most - least)) * (HEIGHT - 70);
const points = (list: readonly number[]) => list.map((v, i) => `${px(i).toFixed(1)},${py(v).toFixed(1)}`);
const bands = courses.map(({ name, color, low, middle, high }, k) => {
  const band = [...points(high), ...points(low).reverse()].join(" ");
  const label = `<text x="${70 + 200 * k}" y="${HEIGHT - 8}" fill="${color}">${name}</text>`;
  return `<polygon points="${band}" fill="${color}" opacity="0.2"/><polyline points="${points(middle).join(" ")}" fill="none" stroke="${color}" stroke-width="2"/>${label}`;
});
const ticks = Array.from({ length: EPOCHS / 2 + 1 }, (_, i) => 2 * i);
const axis = ticks.map((e) => `<text x="${px(e)}" y="${HEIGHT - 30}" text-anchor="middle">${e}</text>`);
const scale = [least, (least + most) / 2, most];
const labels = scale.map((v) => `<text x="52" y="${py(v) + 4}" text-anchor="end">${v.toFixed(1)}</text>`);
const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
<text x="60" y="14">Input of a sigmoid by epoch: median and quartiles over 300 test digits</text>
${[...axis, ...labels, ...bands].join("\n")}
</svg>
`;
mkdirSync("build", { recursive: true });
writeFileSync("build/covariance-shift.svg", svg);
console.log("\nwritten: build/covariance-shift.svg");
