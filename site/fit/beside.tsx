// Beside the fit: what another way of looking at the same data says, in the plot and in a table.

import { useEffect, useRef, useState } from "preact/hooks";
import { shade } from "../draw/palette.js";
import { Choice } from "../shell/controls.js";
import { plural, short, withError } from "../shell/numbers.js";
import { connect } from "../shell/rpc.js";
import { useDark } from "../shell/use-dark.js";
import type { Comparison, LogFit, Overlay, PosteriorView, Profile } from "./beside-jobs.js";
import type * as FitJobs from "./jobs.js";
import type { FitRequest } from "./jobs.js";
import { MarginalPlot, ProfilePlot } from "./small-plots.js";

const worker = connect<typeof FitJobs>("fit");

export type BesideKind = "nothing" | "posterior" | "log" | "losses" | "profiles";
type Found =
  | { kind: "posterior"; view: PosteriorView }
  | { kind: "log"; view: LogFit }
  | { kind: "losses"; view: Comparison }
  | { kind: "profiles"; view: readonly Profile[] };

export const overlayColor = (i: number, count: number, dark: boolean): string =>
  count === 1 ? (dark ? "#f0845a" : "#b83a14") : shade("rule", i, count, dark);

interface BesideProps {
  kind: BesideKind;
  request: FitRequest;
  /** What is to be drawn into the plot. */
  onOverlays(overlays: readonly Overlay[]): void;
  onKind(kind: BesideKind): void;
}

export function Beside({ kind, request, onOverlays, onKind }: BesideProps) {
  const [found, setFound] = useState<Found | null>(null);
  const [error, setError] = useState("");
  const dark = useDark();
  const stop = useRef<AbortController | null>(null);
  useEffect(() => {
    stop.current?.abort();
    setError("");
    if (kind === "nothing") {
      setFound(null);
      onOverlays([]);
      return;
    }
    const controller = new AbortController();
    stop.current = controller;
    const put = (next: Found, overlays: readonly (Overlay | null)[]): void => {
      if (controller.signal.aborted) return;
      setFound(next);
      onOverlays(overlays.filter((o) => o !== null));
    };
    // A point that is dragged, or a text that is typed, changes many times: only what rests is looked at again.
    const timer = setTimeout(() => {
      const work = async (): Promise<void> => {
        if (kind === "posterior") {
          const show = (view: PosteriorView) => put({ kind, view }, [view.overlay]);
          show(await worker.call("posterior", request, { signal: controller.signal, progress: show }));
        } else if (kind === "log") {
          const view = await worker.call("logFit", request);
          put({ kind, view }, view.overlays);
        } else if (kind === "losses") {
          const view = await worker.call("losses", request, { signal: controller.signal });
          put({ kind, view }, view.overlays);
        } else
          put(
            {
              kind,
              view: await worker.call(
                "profiles",
                { ...request, loss: "linear" },
                { signal: controller.signal },
              ),
            },
            [],
          );
      };
      work().catch((e: Error) => {
        if (controller.signal.aborted) return;
        setFound(null);
        onOverlays([]);
        setError(e.message);
      });
    }, 350);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [kind, request]);
  const shown = found?.kind === kind ? found : null;
  return (
    <section
      aria-label="Beside the fit"
      class="beside"
      data-beside={kind}
      data-done={done(shown) ? "yes" : "no"}
    >
      <h2>Look again</h2>
      <Choice
        label="Beside this fit"
        value={kind}
        options={[
          ["nothing", "nothing"],
          ["posterior", "its posterior, by NUTS"],
          ["log", "the fit of log y"],
          ["losses", "all losses"],
          ["profiles", "profiles"],
        ]}
        onChange={onKind}
      />
      {error && (
        <p class="error" role="status">
          {error}
        </p>
      )}
      {kind !== "nothing" && !shown && !error && <p class="note">Working …</p>}
      {shown?.kind === "posterior" && <PosteriorTable view={shown.view} level={request.level} />}
      {shown?.kind === "log" && (
        <>
          <ComparisonTable view={shown.view} dark={dark} colored={1} />
          <LogWords view={shown.view} weighted={request.sigma !== null} />
        </>
      )}
      {shown?.kind === "losses" && (
        <>
          <ComparisonTable view={shown.view} dark={dark} colored={0} />
          <p class="note">
            Plain least squares counts a residual with its square, so one outlier can outweigh all the others.
            The losses grow more slowly beyond the usual size of a residual (1.4826 times the median size).
            Where all rows agree there was nothing to guard against.
          </p>
        </>
      )}
      {shown?.kind === "profiles" && <Profiles list={shown.view} level={request.level} />}
    </section>
  );
}

const done = (found: Found | null): boolean =>
  found !== null && (found.kind !== "posterior" || found.view.done);

const percent = (level: number): string => `${Math.round(level * 1000) / 10} %`;
const span = ([low, high]: readonly [number, number]): string => `${short(low, 5)} to ${short(high, 5)}`;

function PosteriorTable({ view, level }: { view: PosteriorView; level: number }) {
  return (
    <>
      <div class="scroll">
        <table>
          <caption class="sr">The fit and its posterior, parameter by parameter</caption>
          <thead>
            <tr>
              <th scope="col">name</th>
              <th scope="col" class="number">
                fit
              </th>
              <th scope="col" class="number">
                {percent(level)}, normal law
              </th>
              <th scope="col" class="number">
                posterior mean
              </th>
              <th scope="col" class="number">
                {percent(level)}, highest density
              </th>
            </tr>
          </thead>
          <tbody>
            {view.marginals.map((m) => (
              <tr key={m.name} data-marginal={m.name} data-mean={m.mean} data-sd={m.sd}>
                <th scope="row">{m.name}</th>
                <td class="number">{withError(m.value, m.stderr)}</td>
                <td class="number">{m.ci ? span(m.ci) : "–"}</td>
                <td class="number">{withError(m.mean, m.sd)}</td>
                <td class="number">{span(m.hdi)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div class="small-plots">
        {view.marginals.map((m) => (
          <MarginalPlot key={m.name} marginal={m} />
        ))}
      </div>
      <p class="note">
        {view.done ? "" : "So far: "}R-hat {short(Math.round(view.rHat * 1000) / 1000, 5)}, at least{" "}
        {Math.round(view.ess)} effective draws, {view.divergences} divergences. Bars: draws. Dashed: the
        normal law of the fit. Where they part, so do the intervals: the red band in the plot is the
        posterior’s, the blue one the fit’s.
        {view.rHat > 1.01 ? " The chains do not agree: do not trust these intervals." : ""}
      </p>
    </>
  );
}

/** As they are called beside the data. */
const LOSS_WORDS: Readonly<Record<string, string>> = {
  linear: "plain least squares",
  softL1: "soft L1",
  huber: "Huber",
  cauchy: "Cauchy",
  tukey: "Tukey’s biweight",
};

function ComparisonTable(props: { view: Comparison; dark: boolean; colored: number }) {
  const { rows, overlays } = props.view;
  const names = Object.keys(rows[0]?.values ?? {});
  return (
    <div class="scroll">
      <table>
        <caption class="sr">Parameters of each fit</caption>
        <thead>
          <tr>
            <th scope="col">fit</th>
            {names.map((name) => (
              <th key={name} scope="col" class="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => {
            const k = i - props.colored;
            return (
              <tr key={row.name} data-row={row.name}>
                <th scope="row">
                  {k >= 0 && (
                    <span
                      class="swatch inline"
                      style={{ background: overlayColor(k, overlays.length, props.dark) }}
                    />
                  )}
                  {LOSS_WORDS[row.name] ?? row.name} {row.ending && `(${row.ending})`}
                </th>
                {names.map((name) => (
                  <td key={name} class="number">
                    {withError(row.values[name]!, row.errors[name] ?? null)}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function LogWords({ view, weighted }: { view: LogFit; weighted: boolean }) {
  const { plain, logarithmic, left } = view;
  const grows = plain > 0.35;
  const over = logarithmic < -0.35;
  if (weighted)
    return (
      <p class="note">
        Both fits weigh every point by its error: the one as it is by dy, that of the logarithms by dy / y.
        They nearly agree where errors are small against y; where they are not, the logarithm bends the law of
        the errors, and the fit as it is has the better claim.
        {left > 0
          ? ` ${plural(left, "point is", "points are")} not positive and left out with logarithms.`
          : ""}
      </p>
    );
  return (
    <p class="note">
      The fit as it is takes all deviations in units of y; the other one takes them in per cent, so that small
      values count as much as large ones, and its curve is the median of y rather than its mean. The size of
      the residuals goes with the fitted value at a rank correlation of {plain.toFixed(2)} as it is and{" "}
      {logarithmic.toFixed(2)} with logarithms:{" "}
      {grows && !over
        ? "errors grow with y, and the logarithms treat all points alike."
        : over && !grows
          ? "after the logarithm small values scatter more; keep the fit as it is, or give errors."
          : "neither is clearly wrong; ask how the errors came about."}
      {left > 0
        ? ` ${plural(left, "point is", "points are")} not positive and left out with logarithms.`
        : ""}
    </p>
  );
}

function Profiles({ list, level }: { list: readonly Profile[]; level: number }) {
  return (
    <>
      <div class="small-plots">
        {list.map((p) => (
          <ProfilePlot key={p.name} profile={p} />
        ))}
      </div>
      <div class="scroll">
        <table>
          <caption class="sr">Intervals by profile likelihood</caption>
          <thead>
            <tr>
              <th scope="col">name</th>
              <th scope="col" class="number">
                {percent(level)} by profile
              </th>
              <th scope="col" class="number">
                below and above the value
              </th>
            </tr>
          </thead>
          <tbody>
            {list.map((p) => (
              <tr key={p.name} data-profile={p.name}>
                <th scope="row">{p.name}</th>
                <td class="number">{span(p.interval)}</td>
                <td class="number">
                  −{short(p.value - p.interval[0], 3)}, +{short(p.interval[1] - p.value, 3)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="note">
        Each parameter is held at values around its own while the others are fitted anew; the line says by how
        much the sum of squares rises, in units of the error’s square. Dashed: the parabola that the standard
        error assumes. The further the two are apart, the less symmetric is the truth; the dots are the ends
        of the interval.
      </p>
    </>
  );
}
