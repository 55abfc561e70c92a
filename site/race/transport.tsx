// Play, step, scrub and rewind: `t` counts evaluations.

import { useEffect, useRef, useState } from "preact/hooks";
import { plural } from "../shell/numbers.js";

interface TransportProps {
  t: number;
  end: number;
  onTime(t: number): void;
}
/** Seconds that the whole race takes; it begins slowly. */
const LENGTH = 9;

export function Transport({ t, end, onTime }: TransportProps) {
  const [playing, setPlaying] = useState(false);
  const now = useRef({ t, end });
  now.current = { t, end };
  useEffect(() => {
    if (!playing) return;
    const from = now.current.t >= now.current.end ? 0 : now.current.t;
    const offset = Math.cbrt(from / now.current.end);
    const begun = performance.now();
    let frame = requestAnimationFrame(function turn(time) {
      const share = Math.min(offset + Math.max(time - begun, 0) / 1000 / LENGTH, 1);
      onTime(Math.max(Math.round(share ** 3 * now.current.end), 1));
      if (share < 1) frame = requestAnimationFrame(turn);
      else setPlaying(false);
    });
    return () => cancelAnimationFrame(frame);
  }, [playing]);
  const stop = (to: number): void => {
    setPlaying(false);
    onTime(Math.min(Math.max(Math.round(to), 1), end));
  };
  const shown = Math.min(t, end);
  return (
    <fieldset class="transport" aria-label="Playback">
      <button type="button" onClick={() => setPlaying(!playing)} class="primary play">
        {playing ? "Pause" : "Play"}
      </button>
      <button type="button" class="quiet" onClick={() => stop(1)}>
        Rewind
      </button>
      <button type="button" class="quiet" onClick={() => stop(shown - 1)} aria-label="One evaluation back">
        ‹
      </button>
      <button type="button" class="quiet" onClick={() => stop(shown + 1)} aria-label="One evaluation on">
        ›
      </button>
      <input
        type="range"
        min={0}
        max={1000}
        value={Math.round(1000 * Math.cbrt(shown / end))}
        aria-label="Evaluations shown"
        aria-valuetext={`${shown} of ${plural(end, "evaluation")}`}
        onInput={(event) => stop((Number(event.currentTarget.value) / 1000) ** 3 * end)}
      />
      <output>
        {shown} / {end}
      </output>
    </fieldset>
  );
}
