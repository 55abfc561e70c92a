// Denoising: a picture with noise, and the nearest one of small total variation.

import { useEffect, useRef, useState } from "preact/hooks";
import { Slider } from "../shell/controls.js";
import { gaussian } from "../shell/noise.js";
import { plural, short } from "../shell/numbers.js";
import { connect } from "../shell/rpc.js";
import type * as ConstrainedJobs from "./jobs.js";

const SIDE = 192;
const worker = connect<typeof ConstrainedJobs>("constrained");

/** Discs, a bar, stripes and a slope: edges to be kept, areas to be smoothed. */
function drawing(): Uint8ClampedArray<ArrayBuffer> {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  const c = canvas.getContext("2d", { willReadFrequently: true })!;
  const slope = c.createLinearGradient(0, 0, SIDE, SIDE);
  slope.addColorStop(0, "#dcd6c8");
  slope.addColorStop(1, "#8fa3ad");
  c.fillStyle = slope;
  c.fillRect(0, 0, SIDE, SIDE);
  c.fillStyle = "#24637f";
  c.beginPath();
  c.arc(68, 74, 44, 0, 7);
  c.fill();
  c.fillStyle = "#b83a14";
  c.beginPath();
  c.arc(120, 122, 36, 0, 7);
  c.fill();
  c.fillStyle = "#f6e3b0";
  c.fillRect(22, 138, 60, 26);
  c.fillStyle = "#1c2126";
  for (let i = 0; i < 6; i++) c.fillRect(132 + 9 * i, 22, 4, 46);
  return c.getImageData(0, 0, SIDE, SIDE).data as Uint8ClampedArray<ArrayBuffer>;
}

function noisy(clean: Uint8ClampedArray, sigma: number): Uint8ClampedArray<ArrayBuffer> {
  const normal = gaussian(5);
  return Uint8ClampedArray.from(clean, (v, i) => (i % 4 === 3 ? 255 : v + sigma * normal()));
}

/** Root of the mean square difference, in grey levels. */
function distance(a: Uint8ClampedArray, b: Uint8ClampedArray): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) if (i % 4 !== 3) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum / (a.length * 0.75));
}

interface PictureProps {
  noise: number;
  lambda: number;
  onChange(patch: { noise?: number; lambda?: number }): void;
}

export function PictureDenoise({ noise, lambda, onChange }: PictureProps) {
  const before = useRef<HTMLCanvasElement>(null);
  const after = useRef<HTMLCanvasElement>(null);
  const clean = useRef<Uint8ClampedArray<ArrayBuffer> | null>(null);
  const [version, setVersion] = useState(0);
  const [words, setWords] = useState("");
  const [refused, setRefused] = useState("");
  const calls = useRef({
    denoise: worker.latest(
      "denoise",
      ({ data, nit, took }) => {
        after.current
          ?.getContext("2d")
          ?.putImageData(new ImageData(new Uint8ClampedArray(data), SIDE, SIDE), 0, 0);
        const start = noisy(clean.current!, Number(before.current?.dataset.noise));
        setWords(
          `${plural(nit, "iteration")}, ${short(took, 2)} ms. Away from the clean picture: ${distance(start, clean.current!).toFixed(1)} grey levels before, ${distance(data, clean.current!).toFixed(1)} after.`,
        );
      },
      (e) => setWords(e.message),
    ),
  }).current;
  useEffect(() => {
    clean.current ??= drawing();
    const data = noisy(clean.current, noise);
    before.current!.dataset.noise = String(noise);
    before.current!.getContext("2d")!.putImageData(new ImageData(data.slice(), SIDE, SIDE), 0, 0);
    calls.denoise({ width: SIDE, height: SIDE, data, lambda });
  }, [noise, lambda, version]);
  const load = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    const bitmap = await createImageBitmap(file).catch(() => null);
    setRefused(bitmap ? "" : `${file.name} is no picture that this browser can read.`);
    if (!bitmap) return;
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = SIDE;
    const c = canvas.getContext("2d", { willReadFrequently: true })!;
    const scale = SIDE / Math.min(bitmap.width, bitmap.height);
    c.drawImage(
      bitmap,
      (SIDE - bitmap.width * scale) / 2,
      (SIDE - bitmap.height * scale) / 2,
      bitmap.width * scale,
      bitmap.height * scale,
    );
    clean.current = c.getImageData(0, 0, SIDE, SIDE).data as Uint8ClampedArray<ArrayBuffer>;
    setVersion((v) => v + 1);
  };
  return (
    <div class="panels">
      <figure>
        <figcaption>With noise</figcaption>
        <canvas
          ref={before}
          width={SIDE}
          height={SIDE}
          class="picture"
          role="img"
          aria-label="A drawing with noise"
        />
      </figure>
      <figure>
        <figcaption>Of small total variation</figcaption>
        <canvas
          ref={after}
          width={SIDE}
          height={SIDE}
          class="picture"
          role="img"
          aria-label="The drawing after denoising"
        />
      </figure>
      <div>
        <Slider
          label="Noise"
          value={noise}
          min={0}
          max={80}
          step={1}
          text={`σ = ${noise} grey levels`}
          onInput={(v) => onChange({ noise: v })}
        />
        <Slider
          label="Weight of the variation, λ"
          value={lambda}
          min={1}
          max={120}
          step={1}
          onInput={(v) => onChange({ lambda: v })}
        />
        <p class="note" role="status" data-denoised={words ? "yes" : "no"}>
          {words}
        </p>
        <label class="field">
          <span class="caption">Or a picture of yours</span>
          <input
            type="file"
            accept="image/*"
            onChange={(event) => void load(event.currentTarget.files?.[0])}
          />
        </label>
        {refused && (
          <p class="error" role="status">
            {refused}
          </p>
        )}
      </div>
    </div>
  );
}
