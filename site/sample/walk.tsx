// One chain step by step: what it asked for (proposals, or the points of a trajectory), and where it went or stayed.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { drawAxes } from "../draw/axes.js";
import type { Ink } from "../draw/ink.js";
import type { CanvasPen } from "../draw/pen.js";
import { Surface } from "../draw/surface.js";
import { Select } from "../shell/controls.js";
import { connect } from "../shell/rpc.js";
import type * as SampleJobs from "./jobs.js";
import type { Walk } from "./walk-jobs.js";

const worker = connect<typeof SampleJobs>("sample");
const STEP = 260;

interface WalkProps {
  text: string;
  params: readonly string[];
  shown: readonly [string, string];
  box: readonly number[];
  levels: readonly Float32Array[];
  seed: number;
  methods: readonly (readonly [string, string])[];
  method: string;
  onMethod(method: string): void;
}

export function WalkView({ text, params, shown, box, levels, seed, methods, method, onMethod }: WalkProps) {
  const [walk, setWalk] = useState<Walk | null>(null);
  const [error, setError] = useState("");
  const [k, setK] = useState(8);
  const [playing, setPlaying] = useState(false);
  const calls = useRef({
    walk: worker.latest(
      "walk",
      (w) => {
        setWalk(w);
        setError("");
      },
      (e) => {
        setWalk(null);
        setError(e.message);
      },
    ),
  }).current;
  const key = JSON.stringify([text, params, method, seed]);
  useEffect(() => {
    const timer = setTimeout(
      () =>
        calls.walk({
          text,
          params,
          method,
          seed,
          shown: [params.indexOf(shown[0]), params.indexOf(shown[1])],
        }),
      300,
    );
    return () => clearTimeout(timer);
  }, [key]);
  const count = walk ? walk.begins.length : 0;
  useEffect(() => {
    if (!playing) return;
    const timer = setInterval(() => {
      setK((now) => {
        if (now + 1 >= count) setPlaying(false);
        return Math.min(now + 1, Math.max(count - 1, 0));
      });
    }, STEP);
    return () => clearInterval(timer);
  }, [playing, count]);
  const now = Math.min(k, Math.max(count - 1, 0));
  const draw = useCallback(
    (pen: CanvasPen, width: number, height: number, ink: Ink) => {
      const [x1, x2, y1, y2] = box as [number, number, number, number];
      const f = drawAxes(
        pen,
        width,
        height,
        { domain: [x1, x2], label: shown[0] },
        { domain: [y1, y2], label: shown[1] },
        ink,
        { left: 40, right: 8, top: 10, bottom: 40 },
      );
      pen.clip(f.left, f.top, f.right - f.left, f.bottom - f.top, () => {
        for (const ring of levels)
          pen.line(
            Array.from(ring, (v, i) => (i % 2 ? f.y(y1 + v * (y2 - y1)) : f.x(x1 + v * (x2 - x1)))),
            { color: ink.soft, width: 0.8, alpha: 0.6 },
          );
        if (!walk) return;
        const at = (list: Float32Array, i: number): [number, number] => [
          f.x(list[2 * i]!),
          f.y(list[2 * i + 1]!),
        ];
        for (let i = 0; i < now; i++) pen.dot(...at(walk.draws, i), 2.6, ink.cool);
        const [from, to] = [walk.begins[now]!, walk.begins[now + 1] ?? walk.asked.length / 2];
        const before = now > 0 ? at(walk.draws, now - 1) : null;
        const path: number[] = [];
        for (let i = from; i < to; i++) {
          const p = at(walk.asked, i);
          // A trajectory that turns back to its start goes on from there in the other direction.
          path.push(...p);
          pen.dot(...p, 2.4, null, { color: ink.accent, width: 1.2 });
        }
        if (method === "metropolis" || method === "slice") {
          if (before)
            for (let i = 0; i < path.length; i += 2)
              pen.line([...before, path[i]!, path[i + 1]!], { color: ink.accent, width: 1, alpha: 0.7 });
        } else if (method !== "nuts")
          pen.line([...(before ?? []), ...path], { color: ink.accent, width: 1.2, alpha: 0.8 });
        if (before) pen.dot(...before, 5, ink.paper, { color: ink.ink, width: 2 });
        const end = at(walk.draws, now);
        if (walk.stayed[now]) {
          const c = { color: ink.accent, width: 2.4 };
          pen.line([end[0] - 7, end[1] - 7, end[0] + 7, end[1] + 7], c);
          pen.line([end[0] - 7, end[1] + 7, end[0] + 7, end[1] - 7], c);
        } else pen.dot(...end, 5.5, ink.accent, { color: ink.paper, width: 1.5 });
      });
    },
    [walk, now, levels, box, shown, method],
  );
  const asked = walk ? (walk.begins[now + 1] ?? walk.asked.length / 2) - walk.begins[now]! : 0;
  const stays = walk ? walk.stayed.reduce((sum, v) => sum + v, 0) : 0;
  const step = (to: number): void => {
    setPlaying(false);
    setK(Math.min(Math.max(to, 0), Math.max(count - 1, 0)));
  };
  return (
    <section aria-label="Step by step" class="walk" data-walk={count}>
      <h2>One chain, step by step</h2>
      <div class="columns">
        <div>
          <Surface
            class="sheet samples"
            label="Draws of one chain, and what the newest step asked for"
            draw={draw}
          />
          <fieldset class="transport" aria-label="Steps">
            <button
              type="button"
              class="primary play"
              disabled={!walk}
              onClick={() => {
                if (now + 1 >= count) setK(0);
                setPlaying(!playing);
              }}
            >
              {playing ? "Pause" : "Play"}
            </button>
            <button type="button" class="quiet" aria-label="One step back" onClick={() => step(now - 1)}>
              ‹
            </button>
            <button type="button" class="quiet" aria-label="One step on" onClick={() => step(now + 1)}>
              ›
            </button>
            <input
              type="range"
              min={0}
              max={Math.max(count - 1, 1)}
              value={now}
              aria-label="Step shown"
              onInput={(event) => step(Number(event.currentTarget.value))}
            />
            <output>
              {now + 1} / {count}
            </output>
          </fieldset>
        </div>
        <div>
          <Select label="Sampler" value={method} options={methods} onChange={onMethod} />
          {error && <p class="error">{error}</p>}
          {walk && (
            <p class="note" role="status">
              Step {now + 1} asked for the density at {asked} {asked === 1 ? "point" : "points"} and{" "}
              {walk.stayed[now] ? "stayed where it was" : "moved"}. Of {count} steps {stays} stayed.
            </p>
          )}
          <p class="note">{SAYINGS[method]}</p>
          <p class="note">
            White: where the step began. Small rings: every point at which the sampler asked for the density.
            Full red: the draw; a cross: it was rejected, and the chain stays. Every point is one that the
            library asked for, noted by the function that answers.
          </p>
        </div>
      </div>
    </section>
  );
}

const SAYINGS: Readonly<Record<string, string>> = {
  nuts: "NUTS doubles its trajectory, forwards or backwards, until it would turn round, and draws one of its points: long steps, hardly ever in vain.",
  hmc: "HMC rolls a ball of random momentum for a fixed number of steps and takes where it ends, or nothing.",
  mala: "MALA is one step up the gradient with noise: better informed than a random walk, still short.",
  metropolis:
    "The random walk proposes a point near by without knowing where the density rises, and is often rejected where it is narrow.",
  slice:
    "Slice sampling draws a height under the density and searches along each axis for a point above it: it is never rejected, but asks often.",
};
