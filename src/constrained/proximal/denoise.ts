// denoise(image, { lambda }): total-variation denoising of a picture (L. Rudin, S. Osher, E. Fatemi, Physica D 60, 1992).

import { run, runAsync } from "../../driver/run.js";
import { ITERATION, type Task } from "../../driver/task.js";
import { type Limits, limitKeys } from "../../driver/types.js";
import { DownhillError, quote } from "../../runtime/errors.js";
import { copyNumbers } from "../../runtime/numbers.js";
import { checkFinite, checkKeys, numberOption, optionError } from "../../runtime/options.js";
import { ProximalAnswer, type ProximalEnd, type ProximalResult, proximalTask } from "./task.js";
import { TotalVariation } from "./total-variation.js";

/** Rows of pixels; 1, 3 or 4 numbers a pixel, side by side (the fourth, opacity, is left alone). A canvas's ImageData is one. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: ArrayLike<number>;
}

export interface DenoiseOptions extends Limits {
  /** Weight of the variation, > 0, in the units of a pixel: 10 to 30 for 0..255 and visible noise. */
  lambda: number;
  /** Duality gap over the objective. Default 1e-3: the mean square error to the true minimum is then below a grey level of 256. */
  tolerance?: number | undefined;
}

export class DenoiseAnswer extends ProximalAnswer {
  /** The picture: bytes where bytes came in. */
  readonly image: Picture & { readonly data: Float64Array | Uint8ClampedArray };
  /** Objective less its dual: the mean square error to the true minimum is at most 2 gap / pixels. */
  readonly gap: number;

  constructor(
    base: ConstructorParameters<typeof ProximalAnswer>,
    image: DenoiseAnswer["image"],
    gap: number,
  ) {
    super(...base);
    this.image = image;
    this.gap = gap;
  }
}
export type DenoiseResult = ProximalResult<DenoiseAnswer>;

/** Steps between two looks at the gap. */
const STRIDE = 8;

function makeTask(where: string, image: Picture, o: DenoiseOptions): Task<ProximalEnd, DenoiseResult> {
  checkKeys(where, o, [...limitKeys, "lambda", "tolerance"]);
  const lambda = numberOption(where, "lambda", o.lambda, null, {
    min: 0,
    exclusive: true,
  });
  const tolerance = numberOption(where, "tolerance", o.tolerance, 1e-3, { min: 0 });
  if (typeof image !== "object" || image === null || !("data" in image))
    throw optionError(where, "image", image, "an object { width, height, data }");
  const { width, height } = image;
  const x = copyNumbers(where, "image.data", image.data);
  for (const [name, size] of [
    ["width", width],
    ["height", height],
  ] as const)
    if (!Number.isInteger(size) || size < 1)
      throw new DownhillError(
        "SHAPE",
        `${where}: image.${name} must be an integer from 1, got ${quote(size)}`,
        {
          details: { argument: `image.${name}` },
        },
      );
  const pixels = width * height;
  const channels = x.length / pixels;
  if (channels !== 1 && channels !== 3 && channels !== 4)
    throw new DownhillError(
      "SHAPE",
      `${where}: image.data has length ${x.length}, expected 1, 3 or 4 numbers for each of ${width} x ${height} pixels`,
      { details: { argument: "image.data", length: x.length } },
    );
  checkFinite(where, "image.data", x);
  const parts: TotalVariation[] = [];
  const release = () => {
    for (const part of parts) part.release();
  };
  const state = { x, fun: Infinity, stepNorm: 0 };
  let gap = Infinity;
  const look = (): number => {
    state.fun = 0;
    gap = 0;
    parts.forEach((part, k) => {
      part.measure();
      state.fun += part.objective;
      gap += part.gap;
      for (let i = 0; i < pixels; i++) x[i * channels + k] = part.u[i]!;
    });
    // A picture of one colour has nothing to smooth.
    return state.fun > 0 ? gap / state.fun : 0;
  };
  const task = proximalTask<DenoiseResult>({
    where,
    limits: o,
    measure: "gap",
    tolerance,
    maxIterations: 10_000,
    state,
    release,
    *run(measure) {
      measure.value = look();
      yield { kind: "check" };
      const strides = { ...ITERATION, iterations: STRIDE };
      for (;;) {
        for (let k = 0; k < STRIDE; k++) for (const part of parts) part.step();
        measure.value = look();
        yield strides;
      }
    },
    out: (end, watch, variant) => {
      const bytes = image.data instanceof Uint8ClampedArray || image.data instanceof Uint8Array;
      const out = { width, height, data: bytes ? Uint8ClampedArray.from(x) : x.slice() };
      return new DenoiseAnswer(
        [end, watch, "dual accelerated gradients", variant, "denoisedPicture", state],
        out,
        gap,
      ) as unknown as DenoiseResult;
    },
  });
  try {
    for (let k = 0; k < Math.min(channels, 3); k++) {
      const part = new TotalVariation(width, height, lambda, o.runtime);
      parts.push(part);
      for (let i = 0; i < pixels; i++) part.f[i] = x[i * channels + k]!;
    }
  } catch (error) {
    release();
    throw error;
  }
  return task;
}

/**
 * Minimises |u - image|^2 / 2 + lambda TV(u) over pictures u, where TV is the sum over pixels of the length of the gradient: noise
 * goes, edges stay. Channels are smoothed one by one. `result.image` is the picture, `result.gap` proves how good it is.
 *
 * @throws DownhillError SHAPE, OPTION, NON_FINITE_INPUT.
 * @example
 * const data = new Uint8ClampedArray(4 * 64).map((_, i) => (i % 32 < 16 ? 40 : 200) + (i % 7)); // as of a canvas
 * const { image, gap } = denoise({ width: 8, height: 8, data }, { lambda: 20 });
 */
export function denoise(image: Picture, o: DenoiseOptions): DenoiseResult {
  return run(makeTask("denoise", image, o));
}

/**
 * denoise that lets the event loop go on.
 *
 * @example
 * const image = { width: 4, height: 4, data: Float64Array.from({ length: 16 }, (_, i) => (i % 4 < 2 ? 0 : 100) + (i % 3)) };
 * (await denoiseAsync(image, { lambda: 5 })).status; // "converged"
 */
export async function denoiseAsync(image: Picture, o: DenoiseOptions): Promise<DenoiseResult> {
  return runAsync(makeTask("denoiseAsync", image, o));
}
