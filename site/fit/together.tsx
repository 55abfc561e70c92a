// Several columns in one fit: which of them, and which parameters they share.

import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { drawAxes, spread } from "../draw/axes.js";
import type { Ink } from "../draw/ink.js";
import { apart } from "../draw/palette.js";
import type { CanvasPen } from "../draw/pen.js";
import { Surface } from "../draw/surface.js";
import { Check } from "../shell/controls.js";
import { plural, short, withError } from "../shell/numbers.js";
import { connect } from "../shell/rpc.js";
import { useDark } from "../shell/use-dark.js";
import type * as FitJobs from "./jobs.js";
import { type FitState, type Points, pointsOf, variableOf } from "./state.js";
import type { Table } from "./table.js";
import type { Together as Answer, TogetherRequest } from "./together-jobs.js";

const worker = connect<typeof FitJobs>("fit");

interface TogetherProps {
  table: Table;
  points: Points;
  state: FitState;
  /** Of the model, once it is understood. */
  names: readonly string[];
  onChange(patch: Partial<FitState>): void;
  /** Null while one set is fitted alone. */
  onAnswer(answer: { readonly request: TogetherRequest; readonly answer: Answer } | null): void;
}

export function Together({ table, points, state: s, names, onChange, onAnswer }: TogetherProps) {
  const dark = useDark();
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [error, setError] = useState("");
  const calls = useRef({
    together: worker.latest(
      "together",
      (a, request) => {
        setAnswer(a);
        onAnswer({ request, answer: a });
        setError("");
      },
      (e) => {
        setAnswer(null);
        onAnswer(null);
        setError(e.message);
      },
    ),
  }).current;
  const { x, y, sigma } = points.columns;
  const others = table.columns.flatMap((c, j) =>
    c.numeric && j !== x && j !== y && j !== sigma && !table.errors.some(({ column }) => column === j)
      ? [j]
      : [],
  );
  const chosen = others.filter((j) => s.more.includes(j));
  const errorOf = (j: number): number => table.errors.find(({ of }) => of === j)?.column ?? -2;
  // Errors of some sets and none of others would weigh the others as if their errors were 1.
  const lacking = sigma < 0 ? [] : chosen.filter((j) => errorOf(j) < 0);
  const weighed = sigma >= 0 && lacking.length === 0;
  const sets = useMemo(
    () =>
      [y, ...chosen].flatMap((j) => {
        const own = { ...s, y: j, sigma: weighed ? errorOf(j) : -2, moved: {}, excluded: [] };
        const p = j === y ? points : pointsOf(table, own);
        if (!p) return [];
        const keep = (values: Float64Array) => values.filter((_, i) => p.used[i] === 1);
        const errors = weighed && p.sigma ? keep(p.sigma) : null;
        return [{ label: p.names.y, x: keep(p.x), y: keep(p.y), sigma: errors }];
      }),
    [points, weighed, chosen.join()],
  );
  const shared = names.filter((name) => s.shared.includes(name));
  const variable = variableOf(s.model, points.names.x);
  const range = useMemo(() => spread(points.x, 0.04), [points]);
  useEffect(() => {
    if (chosen.length === 0) {
      setAnswer(null);
      onAnswer(null);
      return;
    }
    const timer = setTimeout(
      () =>
        calls.together({
          sets,
          variable,
          model: s.model,
          shared,
          absolute: s.absolute,
          loss: s.loss,
          fixed: s.fixed,
          level: s.level,
          range,
        }),
      200,
    );
    return () => clearTimeout(timer);
  }, [sets, s.model, s.level, s.absolute, s.loss, s.fixed, shared.join(), variable]);
  const draw = useCallback(
    (pen: CanvasPen, width: number, height: number, ink: Ink) => {
      const f = drawAxes(
        pen,
        width,
        height,
        { domain: range, label: points.names.x },
        {
          domain: spread(
            sets.flatMap((set) => [...set.y]),
            0.06,
          ),
          label: sets.map((set) => set.label).join(", "),
        },
        ink,
        { left: 56, right: 14, top: 12, bottom: 42 },
      );
      pen.clip(f.left, f.top, f.right - f.left, f.bottom - f.top, () =>
        sets.forEach((set, k) => {
          const color = apart(k, sets.length, ink.dark);
          const curve = answer?.sets[k]?.curve;
          if (curve) {
            const there: number[] = [];
            const back: number[] = [];
            const line: number[] = [];
            curve.x.forEach((v, i) => {
              there.push(f.x(v), f.y(curve.upper![i]!));
              line.push(f.x(v), f.y(curve.fit[i]!));
              const j = curve.x.length - 1 - i;
              back.push(f.x(curve.x[j]!), f.y(curve.lower![j]!));
            });
            pen.area(
              [...there, ...back].map((v) => (Number.isFinite(v) ? v : -1e4)),
              color,
              0.18,
            );
            pen.line(line, { color, width: 2.2 });
          }
          for (const [i, v] of set.x.entries()) {
            const e = set.sigma?.[i] ?? 0;
            if (e > 0)
              pen.line([f.x(v), f.y(set.y[i]! - e), f.x(v), f.y(set.y[i]! + e)], { color, width: 1 });
            pen.dot(f.x(v), f.y(set.y[i]!), 3.8, color, { color: ink.paper, width: 1 });
          }
        }),
      );
    },
    [sets, answer, range],
  );
  if (others.length === 0) return null;
  return (
    <section aria-label="Several sets" class="together">
      <h2>Several sets in one fit</h2>
      <p class="note">
        The table has more columns of numbers. Fit them with the same model at once: a parameter that is
        shared has one value for all of them, and is known the better for it.
      </p>
      <div class="row">
        <span class="note">with {table.columns[y]?.name}:</span>
        {others.map((j) => (
          <Check
            key={j}
            label={table.columns[j]!.name}
            checked={s.more.includes(j)}
            onChange={(on) => onChange({ more: on ? [...s.more, j] : s.more.filter((k) => k !== j) })}
          />
        ))}
      </div>
      {chosen.length > 0 && (
        <>
          <div class="row">
            <span class="note">shared:</span>
            {names.map((name) => (
              <Check
                key={name}
                label={name}
                checked={s.shared.includes(name)}
                onChange={(on) =>
                  onChange({ shared: on ? [...s.shared, name] : s.shared.filter((k) => k !== name) })
                }
              />
            ))}
          </div>
          {sigma >= 0 && (
            <p class="note">
              {weighed
                ? "Each set is weighted by its own column of errors."
                : `Without weights: no column is named as the error of ${lacking.map((j) => table.columns[j]!.name).join(", ")}.`}
            </p>
          )}
          {error && <p class="error">{error}</p>}
          <Surface class="sheet lines" label="Points and curves of all sets" draw={draw} />
          {answer && (
            <div class="scroll">
              <table data-together={answer.free}>
                <caption class="sr">Parameters of each set</caption>
                <thead>
                  <tr>
                    <th scope="col">set</th>
                    {answer.names.map((name) => (
                      <th key={name} scope="col" class="number">
                        {name}
                        {shared.includes(name) ? " (shared)" : ""}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {answer.sets.map((set, k) => (
                    <tr key={set.label} data-set={set.label}>
                      <th scope="row">
                        <span
                          class="swatch inline"
                          style={{ background: apart(k, answer.sets.length, dark) }}
                        />
                        {set.label}
                      </th>
                      {set.values.map((v, i) => (
                        <td key={answer.names[i]} class="number" data-value={v}>
                          {withError(v, set.errors[i]!)}
                        </td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
          {answer && (
            <p class="note">
              {plural(answer.free, "free parameter")}, {plural(answer.dof, "degree")} of freedom, AICc{" "}
              {short(answer.aicc, 5)}. Share and compare: the lower AICc is the better description.
              {answer.status === "converged" ? "" : ` Not converged (${answer.reason}).`}
            </p>
          )}
        </>
      )}
    </section>
  );
}
