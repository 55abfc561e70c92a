// A network that learns beside a chapter's text: once as the chapter has it, once with its point left out, from the same seed.

import { useEffect, useState } from "preact/hooks";
import { connect } from "../shell/rpc.js";
import { Decision } from "../train/decision.js";
import type * as TrainJobs from "../train/jobs.js";
import { defaults, type TrainState } from "../train/state.js";

const worker = connect<typeof TrainJobs>("train");

interface LessonProps {
  preset: Partial<TrainState>;
  /** What the second run leaves out. */
  without: Partial<TrainState>;
  words: readonly [withIt: string, without: string];
}

export function Lesson({ preset, without, words }: LessonProps) {
  const [seen, setSeen] = useState<readonly (TrainJobs.EpochReport | null)[]>([null, null]);
  const [done, setDone] = useState(0);
  const states = [
    { ...defaults, ...preset },
    { ...defaults, ...preset, ...without },
  ] as const;
  useEffect(() => {
    const controller = new AbortController();
    const run = async (): Promise<void> => {
      for (const [k, state] of states.entries()) {
        await worker.call("train", state, {
          signal: controller.signal,
          progress: (epoch: TrainJobs.EpochReport) => {
            if (!controller.signal.aborted)
              setSeen((all) => all.map((before, i) => (i === k ? epoch : before)));
          },
        });
        setDone(k + 1);
      }
    };
    void run().catch(() => {});
    return () => controller.abort();
  }, []);
  return (
    <figure class="showcase lesson-pair" data-lesson={done}>
      {states.map((state, k) => (
        <div key={words[k]}>
          <div class="sheet">
            <Decision
              data={state.data}
              noise={state.noise}
              seed={state.seed}
              decision={seen[k]?.decision ?? null}
            />
          </div>
          <figcaption>
            {words[k]}: epoch {seen[k]?.epoch ?? 0} of {state.epochs}
            {seen[k]?.accuracy != null && <>, {(100 * seen[k]!.accuracy!).toFixed(0)} % right</>}
          </figcaption>
        </div>
      ))}
    </figure>
  );
}
