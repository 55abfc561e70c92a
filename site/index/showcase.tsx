// A small race that can be dragged: used on the first page and in the chapters.

import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { apart } from "../draw/palette.js";
import { methods } from "../race/entrants.js";
import { type Box, landscapeOf } from "../race/functions.js";
import type * as RaceJobs from "../race/jobs.js";
import { Stage } from "../race/stage.js";
import { defaults, type RaceState } from "../race/state.js";
import { connect } from "../shell/rpc.js";
import { useDark } from "../shell/use-dark.js";

const worker = connect<typeof RaceJobs>("race");

interface ShowcaseProps {
  preset?: Partial<RaceState>;
  /** Said before the names of the methods, where two races stand side by side. */
  words?: string;
}

export function Showcase({ preset = {}, words }: ShowcaseProps) {
  const s: RaceState = {
    ...defaults,
    on: ["momentum", "adam", "lbfgs", "newton", "nelderMead", "cmaes"],
    ...preset,
  };
  const dark = useDark();
  const color = useCallback(
    (id: string, inDark: boolean) => apart(s.on.indexOf(id), s.on.length, inDark),
    [preset],
  );
  const land = landscapeOf(s.fn);
  const text = s.fn === "own" ? s.text : land.text;
  const box = (s.box.length === 4 ? s.box : land.box) as Box;
  const [start, setStart] = useState<[number, number]>(
    (s.start.length === 2 ? s.start : land.start) as [number, number],
  );
  const [field, setField] = useState<RaceJobs.Field | null>(null);
  const [answer, setAnswer] = useState<RaceJobs.RaceAnswer | null>(null);
  const [error, setError] = useState("");
  const failed = (e: Error) => setError(e.message);
  const calls = useRef({
    field: worker.latest("field", setField, failed),
    run: worker.latest("run", setAnswer, failed),
  }).current;
  const walls = useMemo(() => ({ bounds: s.bounds, line: s.line, circle: s.circle }), []);
  const request: RaceJobs.RaceRequest = {
    text,
    box,
    start,
    on: s.on,
    focus: s.focus,
    rate: 10 ** s.rate,
    momentum: s.momentum,
    schedule: s.schedule,
    budget: Number((10 ** s.budget).toPrecision(2)),
    noise: s.noise,
    seed: 1,
    walls,
  };
  useEffect(() => calls.field({ text, box }), [text, ...box]);
  useEffect(() => calls.run(request), [preset, ...start]);
  return (
    <figure class="showcase">
      <div class="sheet">
        <Stage
          request={request}
          walls={walls}
          tool="start"
          onWalls={() => {}}
          field={field}
          box={box}
          start={start}
          answer={answer}
          focus={s.focus}
          lit=""
          t={Infinity}
          onStart={setStart}
          color={color}
        />
      </div>
      <figcaption>
        {words && <span>{words}</span>}
        {error ||
          s.on.map((id) => (
            <span key={id}>
              <span class="swatch" style={{ background: color(id, dark) }} />
              {methods.find((m) => m.id === id)?.name}
            </span>
          ))}
      </figcaption>
    </figure>
  );
}
