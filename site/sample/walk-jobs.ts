// One chain, looked at step by step: the density is asked through a function that notes every point it is asked for.

import { compileDensity, iterateSample } from "downhill";

export interface WalkRequest {
  readonly text: string;
  readonly params: readonly string[];
  readonly method: string;
  readonly seed: number;
  readonly shown: readonly [number, number];
}
export interface Walk {
  /** x, y of every point at which the density was asked, one transition after the other; where each transition begins. */
  readonly asked: Float32Array;
  readonly begins: Int32Array;
  /** x, y of the draw that each transition gave. */
  readonly draws: Float32Array;
  /** 1 where the chain stayed where it was. */
  readonly stayed: Uint8Array;
}

const WARMUP = 400;
const DRAWS = 80;

export function walk({ text, params, method, seed, shown }: WalkRequest): Walk {
  const density = compileDensity(text, { params });
  const asked: number[] = [];
  const begins: number[] = [];
  const note = (x: ArrayLike<number>): void => void asked.push(x[shown[0]]!, x[shown[1]]!);
  const run = iterateSample(
    {
      names: [...params],
      logDensityGrad(x: Float64Array, g: Float64Array) {
        note(x);
        return density.logDensityGrad(x, g);
      },
    },
    params.map(() => 0.3),
    { method: method as "nuts", chains: 1, draws: DRAWS, warmup: WARMUP, seed },
  );
  for (const { draw } of run) {
    // Only what is asked after the warm-up is kept.
    if (draw === 0) asked.length = 0;
    else begins.push(asked.length / 2);
  }
  const { result } = run;
  const width = params.length;
  const draws = Float32Array.from({ length: 2 * result.count }, (_, i) =>
    Number(result.draws[(i >> 1) * width + shown[(i % 2) as 0]]),
  );
  const stayed = Uint8Array.from({ length: result.count }, (_, k) =>
    k > 0 && draws[2 * k] === draws[2 * k - 2] && draws[2 * k + 1] === draws[2 * k - 1] ? 1 : 0,
  );
  return {
    asked: Float32Array.from(asked),
    begins: Int32Array.from([0, ...begins.slice(0, -1)]),
    draws,
    stayed,
  };
}
