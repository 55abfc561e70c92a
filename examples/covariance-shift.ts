// Internal covariate shift (Ioffe & Szegedy 2015): while the first layers learn, what the later ones get keeps moving. Trains
// the digits with and without batchNorm, prints how the inputs of the last sigmoid wander from where they started, and draws
// one of them as an SVG. Run: npm run example covariance-shift

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { adam, batchNorm, dense, type Layer, network, sigmoid, trainTestSplit } from "../src/index.js";

const EPOCHS = 12;
const SAMPLES = 300;
const rows = readFileSync("data/digits.csv", "utf8").trim().split("\n").slice(1);
const numbers = rows.map((row) => row.split(",").map(Number));
const x = numbers.map((row) => row.slice(1).map((v) => v / 16));
const y = numbers.map((row) => row[0] as number);
const { train, test } = trainTestSplit(x, y, 64, { seed: 2 });

interface Course {
  readonly name: string;
  readonly color: string;
  /** By epoch, from 0: quartiles of one unit's input. */
  readonly low: number[];
  readonly middle: number[];
  readonly high: number[];
  /** Root mean square over the units: of the mean, less where it started, and of the standard deviation. */
  readonly moved: number[];
  readonly spread: number[];
  readonly accuracy: number[];
}

const rootMeanSquare = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);

/** The inputs of the second sigmoid, on digits nobody trains on. */
function follow(name: string, color: string, norm: () => Layer[], watched: string): Course {
  const hidden = (units: number) => [dense(units), ...norm(), sigmoid()];
  const layers = [...hidden(48), ...hidden(48), dense(10)];
  const net = network({ inputs: 64, layers, loss: "softmaxCrossEntropy", seed: 1 });
  const course: Course = { name, color, low: [], middle: [], high: [], moved: [], spread: [], accuracy: [] };
  const sample = test.x.slice(0, 64 * SAMPLES);
  let start: readonly number[] | null = null;
  const look = () => {
    const values = net.activations(sample, watched);
    const width = values.length / SAMPLES;
    const column = (j: number) => Array.from({ length: SAMPLES }, (_, i) => values[i * width + j] as number);
    const first = column(0).sort((a, b) => a - b);
    course.low.push(first[SAMPLES / 4] as number);
    course.middle.push(first[SAMPLES / 2] as number);
    course.high.push(first[(3 * SAMPLES) / 4] as number);
    const columns = Array.from({ length: width }, (_, j) => column(j));
    const means = columns.map((v) => v.reduce((a, b) => a + b) / SAMPLES);
    const from = start ?? means;
    start = from;
    course.moved.push(rootMeanSquare(means.map((m, j) => m - (from[j] as number))));
    course.spread.push(
      rootMeanSquare(columns.map((v, j) => rootMeanSquare(v.map((u) => u - (means[j] as number))))),
    );
    course.accuracy.push(net.evaluate(test.x, test.y).accuracy as number);
  };
  // Before the first step the running statistics say nothing yet.
  net.recalibrate(train.x);
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

console.log("Inputs of the 48 units of the second sigmoid, on 300 digits nobody trains on:");
console.log("epoch   one unit: quartiles and median   means moved by   deviation   test accuracy");
for (const { name, low, middle, high, moved, spread, accuracy } of courses) {
  console.log(name);
  for (let epoch = 0; epoch <= EPOCHS; epoch += 2) {
    const cells = [low, middle, high].map((list) => (list[epoch] as number).toFixed(2).padStart(8)).join("");
    const rest = [
      (moved[epoch] as number).toFixed(2).padStart(23),
      (spread[epoch] as number).toFixed(2).padStart(12),
      `${(100 * (accuracy[epoch] as number)).toFixed(1)} %`.padStart(16),
    ];
    console.log(`${String(epoch).padStart(5)}   ${cells}${rest.join("")}`);
  }
}
const growth = courses.map(({ spread }) => (spread[EPOCHS] as number) / (spread[0] as number));
console.log(
  `\nIn training the deviation grows ${growth.map((g) => `${g.toFixed(1)} times`).join(" without, ")} with batchNorm.`,
);

const WIDTH = 640;
const HEIGHT = 340;
const all = courses.flatMap(({ low, high }) => [...low, ...high]);
const [least, most] = [Math.floor(Math.min(...all)), Math.ceil(Math.max(...all))];
const px = (epoch: number) => 60 + (epoch / EPOCHS) * (WIDTH - 80);
const py = (value: number) => 34 + ((most - value) / (most - least)) * (HEIGHT - 104);
const points = (list: readonly number[]) => list.map((v, i) => `${px(i).toFixed(1)},${py(v).toFixed(1)}`);
const bands = courses.map(({ name, color, low, middle, high }, k) => {
  const band = [...points(high), ...points(low).reverse()].join(" ");
  const label = `<text x="${60 + 200 * k}" y="${HEIGHT - 10}" fill="${color}">${name}</text>`;
  return `<polygon points="${band}" fill="${color}" opacity="0.2"/><polyline points="${points(middle).join(" ")}" fill="none" stroke="${color}" stroke-width="2"/>${label}`;
});
const ticks = Array.from({ length: EPOCHS / 2 + 1 }, (_, i) => 2 * i);
const axis = ticks.map((e) => `<text x="${px(e)}" y="${HEIGHT - 48}" text-anchor="middle">${e}</text>`);
const levels = Array.from({ length: most - least + 1 }, (_, i) => least + i);
const grid = levels.map(
  (v) =>
    `<line x1="60" x2="${WIDTH - 20}" y1="${py(v)}" y2="${py(v)}" stroke="#ddd"/><text x="52" y="${py(v) + 4}" text-anchor="end">${v}</text>`,
);
const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
<text x="60" y="20">Input of one sigmoid by epoch: median and quartiles over ${SAMPLES} test digits</text>
${[...grid, ...axis, ...bands].join("\n")}
<text x="${WIDTH - 20}" y="${HEIGHT - 28}" text-anchor="end">epoch</text>
</svg>
`;
mkdirSync("build", { recursive: true });
writeFileSync("build/covariance-shift.svg", svg);
console.log("written: build/covariance-shift.svg");
