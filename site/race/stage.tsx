// The map while it is worked with: a start that is dragged has its own state here, so that nothing else of the page is drawn anew.

import { useRef, useState } from "preact/hooks";
import { connect } from "../shell/rpc.js";
import type * as RaceJobs from "./jobs.js";
import type { RaceAnswer, RaceRequest } from "./jobs.js";
import { type MapProps, RaceMap } from "./map.js";
import type { Run } from "./run.js";

const worker = connect<typeof RaceJobs>("race");

interface Dragged {
  readonly start: [number, number];
  readonly answer: RaceAnswer | null;
  /** The whole answer when the drag ended: as long as it is still there, the draft is newer. */
  readonly before: RaceAnswer | null;
  readonly held: boolean;
}

interface StageProps extends Omit<MapProps, "draft" | "onDrag"> {
  request: RaceRequest;
}

export function Stage({ request, ...map }: StageProps) {
  const [dragged, setDragged] = useState<Dragged | null>(null);
  const latest = useRef(request);
  latest.current = request;
  const current = useRef(map.answer);
  current.current = map.answer;
  const draft = useRef(
    worker.latest(
      "draft",
      ({ runs, took }) => {
        setDragged(
          (d) => d && { ...d, answer: merged(d.answer ?? current.current, runs, latest.current.on) },
        );
        performance.clearMeasures("draft");
        performance.measure("draft", { start: 0, duration: took });
      },
      () => {},
    ),
  ).current;
  const stale = dragged && !dragged.held && dragged.before !== map.answer;
  const shown = dragged && !stale ? dragged : null;
  return (
    <RaceMap
      {...map}
      start={shown?.start ?? map.start}
      answer={shown?.answer ?? map.answer}
      draft={shown !== null}
      onDrag={(start) => {
        setDragged((d) => ({
          start,
          answer: d && d === shown ? d.answer : null,
          before: map.answer,
          held: true,
        }));
        draft({ ...latest.current, start });
      }}
      onStart={(start) => {
        setDragged((d) => d && { ...d, start, before: map.answer, held: false });
        map.onStart(start);
      }}
    />
  );
}

/** New runs in the place of the old ones; of methods that the slice did not reach the old ones stay for a moment. */
function merged(old: RaceAnswer | null, runs: readonly Run[], on: readonly string[]): RaceAnswer {
  const of = new Map(old?.runs.map((run) => [run.id, run]));
  for (const run of runs) of.set(run.id, run);
  const kept = on.flatMap((id) => of.get(id) ?? []);
  return { runs: kept, took: 0, velocity: null, local: null };
}
