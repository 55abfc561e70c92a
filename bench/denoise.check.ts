// Total-variation denoising of a picture of 256 x 256: milliseconds, gap, and the root mean square error before and after. With a folder,
// both pictures are written there as PGM. Run: npx esbuild bench/denoise.check.ts --bundle --platform=node --format=esm
// --outfile=build/denoise.check.mjs && node build/denoise.check.mjs [folder]
import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { denoise } from "../src/index.js";

const w = 256;
const truth = new Float64Array(w * w);
for (let i = 0; i < w; i++) {
  for (let j = 0; j < w; j++) {
    let v = 60 + 40 * Math.sin(i / 40);
    if ((i - 128) ** 2 + (j - 100) ** 2 < 3600) v = 200;
    if (i > 150 && i < 220 && j > 140 && j < 230) v = 20;
    if (Math.abs(i - j) < 8) v = 230;
    truth[i * w + j] = v;
  }
}
let state = 5;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const data = truth.map((v) => v + 35 * (random() + random() + random() + random() - 2));
const error = (x: ArrayLike<number>) => Math.sqrt(truth.reduce((s, v, i) => s + (x[i]! - v) ** 2, 0) / w / w);
const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
let last: ArrayLike<number> = data;
for (let k = 0; k < 5; k++) {
  const [wall, c] = [performance.now(), cpu()];
  const r = denoise({ width: w, height: w, data }, { lambda: 25 });
  const took = `${(performance.now() - wall).toFixed(0)} ms (${(cpu() - c).toFixed(0)} ms of the processor)`;
  last = r.image.data;
  console.log(
    `${r.status}, ${took}, ${r.nit} iterations, f ${r.fun.toFixed(1)}, gap ${r.gap.toExponential(1)}, error ${error(data).toFixed(1)} before, ${error(last).toFixed(1)} after; load ${loadavg()[0]!.toFixed(1)}`,
  );
}
const [folder] = process.argv.slice(2);
if (folder) {
  for (const [name, picture] of [
    ["before", data],
    ["after", last],
  ] as const) {
    const bytes = Uint8Array.from(picture, (v) => Math.max(0, Math.min(255, Math.round(v))));
    writeFileSync(`${folder}/${name}.pgm`, Buffer.concat([Buffer.from(`P5 ${w} ${w} 255\n`), bytes]));
  }
}
