// The race: choose a landscape, drag the start, and see every method run.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { LossChart, TargetChart } from "../race/chart.js";
import { methods } from "../race/entrants.js";
import { type Box, custom, landscapeOf, landscapes } from "../race/functions.js";
import type * as RaceJobs from "../race/jobs.js";
import type { Tool } from "../race/map.js";
import { Entrants, Tuning } from "../race/panel.js";
import { Results } from "../race/results.js";
import { sightWords } from "../race/sight.js";
import { Stage } from "../race/stage.js";
import { defaults, type RaceState } from "../race/state.js";
import { Transport } from "../race/transport.js";
import { amiss, type Walls } from "../race/walls.js";
import { WallsPanel } from "../race/walls-panel.js";
import { Choice, Formula, Select, TextField } from "../shell/controls.js";
import { show } from "../shell/layout.js";
import { plural, short } from "../shell/numbers.js";
import { connect } from "../shell/rpc.js";
import { Store, useStore } from "../shell/store.js";
import { useDark } from "../shell/use-dark.js";

const store = new Store<RaceState>(defaults);
const worker = connect<typeof RaceJobs>("race");

function Race() {
  const s = useStore(store);
  const dark = useDark();
  const land = landscapeOf(s.fn);
  const own = land.id === "own";
  const text = own ? s.text : land.text;
  const box = (s.box.length === 4 ? s.box : land.box) as Box;
  const start = (s.start.length === 2 ? s.start : land.start) as [number, number];
  const budget = Number((10 ** s.budget).toPrecision(2));

  const [field, setField] = useState<RaceJobs.Field | null>(null);
  const [formulas, setFormulas] = useState<RaceJobs.Described | null>(null);
  const [answer, setAnswer] = useState<RaceJobs.RaceAnswer | null>(null);
  const [error, setError] = useState("");
  const [lit, setLit] = useState("");
  const [t, setTime] = useState(Infinity);
  const [times, setTimes] = useState<Record<string, number> | null>(null);
  const [targets, setTargets] = useState<RaceJobs.Targets | null>(null);
  const [progress, setProgress] = useState(-1);
  const [tool, setTool] = useState<Tool>("start");
  const walls: Walls = useMemo(
    () => ({ bounds: s.bounds, line: s.line, circle: s.circle }),
    [s.bounds, s.line, s.circle],
  );
  const unwalled = amiss(walls);
  const walled = s.bounds.length + s.line.length + s.circle.length > 0;

  const [failure, setFailure] = useState("");
  const failed = (e: Error) => setFailure(e.message);
  const refused = (e: Error) => setError(e.message);
  const ran = (a: RaceJobs.RaceAnswer): void => {
    setAnswer(a);
    setFailure("");
  };
  const described = (d: RaceJobs.Described): void => {
    setFormulas(d);
    setError("");
  };
  const calls = useRef({
    describe: worker.latest("describe", described, refused),
    field: worker.latest("field", setField, failed),
    run: worker.latest("run", ran, failed),
    time: worker.latest("time", setTimes, failed),
  }).current;
  const request: RaceJobs.RaceRequest = {
    text,
    box,
    start,
    on: methods.map((m) => m.id).filter((id) => s.on.includes(id)),
    focus: s.focus,
    rate: 10 ** s.rate,
    momentum: s.momentum,
    schedule: s.schedule,
    budget,
    noise: s.noise,
    seed: 1,
    walls,
  };
  useEffect(() => calls.describe({ text }), [text]);
  useEffect(() => calls.field({ text, box }), [text, ...box]);
  const key = JSON.stringify(request);
  useEffect(() => {
    if (!unwalled) calls.run(request);
    setTargets(null);
  }, [key]);
  useEffect(() => {
    if (s.axis !== "time") setTimes(null);
    else if (!unwalled) calls.time(request);
  }, [s.axis === "time" ? key : "", s.axis]);

  const end = useMemo(
    () => Math.max(1, ...(answer?.runs.map((r) => r.at[r.at.length - 1] ?? 1) ?? [])),
    [answer],
  );
  const least = useMemo(() => {
    const allowed = answer?.runs.filter((r) => r.violation <= 1e-6).map((r) => r.fun) ?? [];
    const known = walled ? Infinity : (land.least ?? Infinity);
    // Where there is noise, a run may have been lower than where it ended.
    const met = walled ? [] : (answer?.runs.flatMap((r) => (r.noisy ? [...r.best] : [])) ?? []);
    const found = [...allowed, ...met].filter(Number.isFinite).reduce((a, b) => Math.min(a, b), known);
    return Number.isFinite(found) ? found : 0;
  }, [answer, land, walled]);
  const choose = (fn: string): void => {
    store.set({ fn, start: [], box: [], bounds: [], line: [], circle: [] });
    setTime(Infinity);
  };
  const zoom = (factor: number): void => {
    const [cx, cy] = [(box[0] + box[1]) / 2, (box[2] + box[3]) / 2];
    const [w, h] = [((box[1] - box[0]) / 2) * factor, ((box[3] - box[2]) / 2) * factor];
    store.set({ box: [cx - w, cx + w, cy - h, cy + h].map((v) => Number(v.toPrecision(6))) });
  };
  const compare = async (): Promise<void> => {
    setProgress(0);
    const gap = 1e-6 * (1 + Math.abs(least));
    const asked = { ...request, budget: Math.max(budget, 2000), least, gap };
    try {
      setTargets(await worker.call("targets", asked, { progress: (share: number) => setProgress(share) }));
    } catch (e) {
      failed(e as Error);
    }
    setProgress(-1);
  };
  /** What is drawn and listed is the answer to what was asked before. */
  const stale = error || unwalled || failure;
  const focused = answer?.runs.find((r) => r.id === s.focus);

  return (
    <>
      <h1>The race downhill</h1>
      <p class="lede">
        Every method starts at the white point. Drag it: all of them run again while you move.
      </p>
      <div class="columns race">
        <section aria-label="Map">
          <div class="sheet">
            <Stage
              request={request}
              walls={walls}
              tool={tool}
              onWalls={(patch) => store.set(patch)}
              field={field}
              box={box}
              start={start}
              answer={answer}
              focus={s.focus}
              lit={lit}
              t={t}
              onStart={(p) => store.set({ start: p })}
            />
            <Transport t={t} end={end} onTime={setTime} />
          </div>
          <div class="row under">
            <button type="button" class="quiet" onClick={() => zoom(0.5)}>
              Zoom in
            </button>
            <button type="button" class="quiet" onClick={() => zoom(2)}>
              Zoom out
            </button>
            <button type="button" class="quiet" onClick={() => store.set({ box: [], start: [] })}>
              Reset view and start
            </button>
            {answer && !stale && (
              <span class="note took">
                {plural(answer.runs.length, "method")} in {short(answer.took, 2)} ms
              </span>
            )}
          </div>
          {(unwalled || failure) && !error && (
            <p class="error" role="status">
              {unwalled || failure}
            </p>
          )}
          {focused && !stale && <p class="note">{sightWords(focused)}</p>}
          <WallsPanel
            walls={walls}
            box={box}
            tool={tool}
            answer={stale ? null : answer}
            focus={s.focus}
            onTool={setTool}
            onWalls={(patch) => store.set(patch)}
            now={() => store.value}
          />
          <Tuning state={s} budget={budget} onChange={(patch) => store.set(patch)} />
        </section>
        <aside aria-label="Settings">
          <Select
            label="Landscape"
            value={land.id}
            options={[...landscapes, custom].map((l) => [l.id, l.title] as const)}
            onChange={choose}
          />
          <TextField
            label="f(x, y) ="
            value={text}
            error={error}
            onInput={(value) => store.set({ fn: "own", text: value, box: [...box], start: [...start] })}
          />
          <p class="lesson">{land.lesson}</p>
          <Entrants on={s.on} dark={dark} onChange={(on) => store.set({ on })} />
        </aside>
      </div>
      <section aria-label="Scores" class="scores">
        <h2>Who got how far, and why each stopped</h2>
        {stale && answer && (
          <p class="note" role="status">
            {error
              ? "Of the last function that could be read: what is typed now cannot."
              : "Of the last race that could be run: what is set now cannot."}
          </p>
        )}
        <Choice
          label="Score by"
          value={s.axis}
          options={[
            ["evaluations", "evaluations"],
            ["time", "time on this machine"],
          ]}
          onChange={(axis) => store.set({ axis })}
        />
        <LossChart
          answer={answer}
          least={least}
          lit={lit || s.focus}
          t={t}
          times={s.axis === "time" ? (times ?? {}) : null}
        />
        {s.axis === "time" && (
          <p class="note">
            A run is repeated until the clock can tell; its time is spread evenly over its evaluations. A step
            of Newton costs more than one of momentum, and here f itself costs next to nothing: where f is
            dear, count evaluations.
          </p>
        )}
        {answer && (
          <Results
            answer={answer}
            least={least}
            floor={land.least !== null}
            budget={budget}
            focus={s.focus}
            dark={dark}
            onFocus={(focus) => store.set({ focus })}
            onLit={setLit}
          />
        )}
      </section>
      <section aria-label="Twenty starts">
        <h2>Twenty starts instead of a lucky one</h2>
        <p class="prose">
          One start proves little. Here every chosen method runs from twenty points spread over the box, and
          the curve says from how many of them it came within 10⁻⁶ of the least value, and how soon.
        </p>
        <button type="button" class="primary" disabled={progress >= 0 || stale !== ""} onClick={compare}>
          {progress >= 0 ? `Running, ${Math.round(100 * progress)} %` : "Run from twenty starts"}
        </button>
        {targets && <TargetChart targets={targets} budget={Math.max(budget, 2000)} />}
      </section>
      {formulas && !error && (
        <section aria-label="Formulas">
          <h2>What they were given</h2>
          <p class="note">Exact derivatives of the text above, as the solvers use them.</p>
          <div class="formulas">
            <figure>
              <figcaption>f</figcaption>
              <Formula mathml={formulas.value} block />
            </figure>
            <figure>
              <figcaption>gradient</figcaption>
              <Formula mathml={formulas.gradient} block />
            </figure>
            <figure>
              <figcaption>Hessian</figcaption>
              <Formula mathml={formulas.hessian} block />
            </figure>
          </div>
        </section>
      )}
    </>
  );
}

await show("race", store, Race);
