// The fit: a table, a model, and everything that follows from them.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Beside, type BesideKind } from "../fit/beside.js";
import { FitCanvas } from "../fit/canvas.js";
import { DataPanel } from "../fit/data-panel.js";
import { examples } from "../fit/examples.js";
import { ExportPanel } from "../fit/export-panel.js";
import type * as FitJobs from "../fit/jobs.js";
import { ModelPanel } from "../fit/model-panel.js";
import { domains } from "../fit/plot.js";
import { ResultPanel } from "../fit/result-panel.js";
import { defaults, type FitState, pointsOf, requestOf, variableOf } from "../fit/state.js";
import { Together } from "../fit/together.js";
import { useTable } from "../fit/use-table.js";
import { Check, Choice, Select } from "../shell/controls.js";
import { show } from "../shell/layout.js";
import { plural } from "../shell/numbers.js";
import { connect } from "../shell/rpc.js";
import { Store, useStore } from "../shell/store.js";

const store = new Store<FitState>(defaults);
const worker = connect<typeof FitJobs>("fit");

function Fit() {
  const s = useStore(store);
  const set = (patch: Partial<FitState>): void => store.set(patch);
  const table = useTable(s.table);
  const found = useMemo(() => {
    return pointsOf(table, s);
  }, [table, s.x, s.y, s.sigma, s.excluded, s.moved]);
  const points = found && found.x.length > 0 ? found : null;
  const [view, setView] = useState<FitJobs.FitView | null>(null);
  /** What the view answers: what is asked now may be newer. */
  const [answered, setAnswered] = useState<FitJobs.FitRequest | null>(null);
  const [mathml, setMathml] = useState("");
  const [textError, setTextError] = useState("");
  const [error, setError] = useState("");
  const [catalogue, setCatalogue] = useState<readonly { key: string; title: string; text: string }[]>([]);
  const [overlays, setOverlays] = useState<readonly FitJobs.Overlay[]>([]);
  const [together, setTogether] = useState<FitJobs.ProgramRequest["together"]>(null);
  const [busy, setBusy] = useState(false);
  const [names, setNames] = useState<readonly string[]>([]);
  /** The last values, from which a fit goes on while points are moved; with which model they were found. */
  const last = useRef<{ key: string; values: Record<string, number> } | null>(null);

  const calls = useRef({
    formula: worker.latest(
      "formula",
      (f) => {
        setMathml(f.mathml);
        setNames(f.params);
        setTextError(
          f.params.length > 0 ? "" : "There is no parameter in it to fit: a*x + b has two, a and b.",
        );
      },
      (e) => setTextError(e.message),
    ),
    fit: worker.latest(
      "fit",
      (v, asked) => {
        last.current = {
          key: `${asked.model} ${asked.variable}`,
          values: Object.fromEntries(v.rows.map((row) => [row.name, row.value])),
        };
        setView(v);
        setBusy(false);
        setAnswered({ ...asked, from: null });
        setError("");
      },
      (e) => {
        setView(null);
        setBusy(false);
        setError(e.message.replace(/^\w+: /, ""));
      },
    ),
  }).current;

  const variable = points ? variableOf(s.model, points.names.x) : "x";
  useEffect(() => void worker.call("catalogue", {}).then(setCatalogue), []);
  useEffect(() => calls.formula({ model: s.model, variable }), [s.model, variable]);

  const range = useMemo(
    (): [number, number] => (points ? domains({ points, view: null, state: s, active: -1 }).x : [0, 1]),
    [points, s.logX],
  );
  const touched = Object.keys(s.moved).length + s.excluded.length + Object.keys(s.fixed).length > 0;
  const request = useMemo(
    () => (points ? requestOf(points, s, null, range) : null),
    [points, s.model, s.loss, s.absolute, s.level, s.fixed, range],
  );
  useEffect(() => {
    if (!request) {
      // Without numbers there is no answer, and none is left standing.
      setView(null);
      setAnswered(null);
      setError("");
      setOverlays([]);
      return;
    }
    // A search over the whole range for new data or a new model; from the last values while points are moved.
    const warm =
      touched && last.current?.key === `${request.model} ${request.variable}` ? last.current.values : null;
    setBusy(true);
    calls.fit({ ...request, from: warm });
  }, [request]);

  const about = examples.find((e) => e.id === s.example)?.about;
  const toggle = (row: number): void =>
    set({ excluded: s.excluded.includes(row) ? s.excluded.filter((r) => r !== row) : [...s.excluded, row] });
  const several = s.more.length > 0;
  const sets = points && (
    <Together table={table} points={points} state={s} names={names} onChange={set} onAnswer={setTogether} />
  );
  const result = view && points && (
    <ResultPanel
      view={view}
      level={s.level}
      absolute={s.absolute && points.sigma !== null}
      held={s.fixed}
      onFix={(name, value) => {
        const { [name]: _, ...others } = s.fixed;
        set({ fixed: value === null ? others : { ...others, [name]: value } });
      }}
    />
  );
  return (
    <>
      <h1>Fit a curve</h1>
      <p class="lede">
        Paste a table and type a model. No starting values; every parameter with its error; drag a point and
        see what follows.
      </p>
      <ModelPanel
        model={s.model}
        mathml={mathml}
        error={textError}
        catalogue={catalogue}
        onModel={(model) => set({ model, fixed: {} })}
        onRank={(progress) => worker.call("rank", request!, { progress })}
      />
      <div class="columns fit">
        <section aria-label="Plot">
          <div class="sheet plotted">
            {points ? (
              <FitCanvas
                points={points}
                view={view?.wrong ? null : view}
                state={s}
                overlays={overlays}
                onMove={(row, to) => set({ moved: { ...s.moved, [row]: to } })}
                onToggle={toggle}
              />
            ) : (
              <p class="note empty">
                {found && table.rows > 0
                  ? "No row has numbers in all the columns that are chosen."
                  : "There are no numbers in the table yet."}
              </p>
            )}
          </div>
          {error && !textError && (
            <p class="error" role="status">
              {error}
            </p>
          )}
          {busy && !view && points && <p class="note">Fitting {plural(points.x.length, "point")} …</p>}
          {touched && (
            <button type="button" class="quiet" onClick={() => set({ moved: {}, excluded: [], fixed: {} })}>
              Put all points back
            </button>
          )}
          {several && sets}
          {view && points && several && (
            <details class="alone">
              <summary>The fit of {points.names.y} alone</summary>
              {result}
            </details>
          )}
          {!several && result}
        </section>
        <aside aria-label="Data and settings">
          <DataPanel state={s} table={table} points={found} onChange={set} />
          {about && <p class="note">{about}</p>}
          <Select
            label="Against outliers"
            value={s.loss}
            options={[
              ["linear", "plain least squares"],
              ["softL1", "soft L1"],
              ["huber", "Huber"],
              ["cauchy", "Cauchy"],
              ["arctan", "arctan"],
              ["tukey", "Tukey’s biweight"],
            ]}
            onChange={(loss) => set({ loss })}
          />
          {points?.sigma && (
            <Check
              label="the errors are known, not only their proportions"
              checked={s.absolute}
              onChange={(absolute) => set({ absolute })}
            />
          )}
          <Choice
            label="Bands"
            value={s.band}
            options={[
              ["both", "both"],
              ["confidence", "of the curve"],
              ["prediction", "of a new point"],
              ["none", "none"],
            ]}
            onChange={(band) => set({ band })}
          />
          <Choice
            label="Confidence"
            value={String(s.level)}
            options={[
              ["0.6827", "1 σ"],
              ["0.95", "95 %"],
              ["0.99", "99 %"],
            ]}
            onChange={(level) => set({ level: Number(level) })}
          />
          <div class="row">
            <Check label="logarithmic x" checked={s.logX} onChange={(logX) => set({ logX })} />
            <Check label="logarithmic y" checked={s.logY} onChange={(logY) => set({ logY })} />
          </div>
        </aside>
      </div>
      {!several && sets}
      {view && !view.wrong && request && (
        <Beside
          kind={s.beside as BesideKind}
          request={request}
          onOverlays={setOverlays}
          onKind={(beside) => set({ beside })}
        />
      )}
      {view && !view.wrong && points && answered && (
        <ExportPanel
          request={answered}
          view={view}
          points={points}
          state={s}
          together={together}
          onJson={() => worker.call("toJson", answered)}
        />
      )}
    </>
  );
}

await show("fit", store, Fit);
