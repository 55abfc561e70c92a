// Total-variation denoising: picture in, picture out. Reads a binary PGM (P5) given as an argument, or draws one with noise; writes
// build/noisy.pgm and build/denoised.pgm and prints the gap. Run: npm run example denoise [file.pgm] [lambda]
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { denoise, type Picture } from "../src/index.js";

function read(path: string): Picture {
  const bytes = readFileSync(path);
  const head = /^P5\s+(?:#.*\n)*(\d+)\s+(\d+)\s+255\s/.exec(bytes.subarray(0, 200).toString("latin1"));
  if (!head) throw new Error(`${path} is no binary PGM with 255 greys`);
  return {
    width: Number(head[1]),
    height: Number(head[2]),
    data: new Uint8ClampedArray(bytes.subarray(head[0].length)),
  };
}

function draw(size: number): Picture {
  let state = 1;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
  const data = new Uint8ClampedArray(size * size);
  for (let r = 0; r < size; r++) {
    for (let c = 0; c < size; c++) {
      const disc = (c - 0.35 * size) ** 2 + (r - 0.42 * size) ** 2 < (0.2 * size) ** 2;
      const square = c > 0.6 * size && c < 0.86 * size && r > 0.5 * size && r < 0.82 * size;
      const clean = disc ? 200 : square ? 30 + (c - 0.6 * size) : 60 + (80 * r) / size;
      data[r * size + c] = clean + 43 * (random() + random() + random() + random() - 2);
    }
  }
  return { width: size, height: size, data };
}

const write = (path: string, { width, height, data }: Picture): void =>
  writeFileSync(path, Buffer.concat([Buffer.from(`P5 ${width} ${height} 255\n`), Uint8Array.from(data)]));

const [file, lambda = "25"] = process.argv.slice(2);
const picture = file ? read(file) : draw(256);
denoise(picture, { lambda: Number(lambda), maxIterations: 8 }); // compiles
const r = denoise(picture, { lambda: Number(lambda) });
mkdirSync("build", { recursive: true });
write("build/noisy.pgm", picture);
write("build/denoised.pgm", r.image);
console.log(`${picture.width} x ${picture.height}: ${r}`);
console.log(
  `gap ${r.gap.toPrecision(4)}: within ${Math.sqrt((2 * r.gap) / r.x.length).toFixed(2)} greys (rms) of the minimum`,
);
