// The answer: parameters with their errors, how good the fit is, what is doubtful, how parameters hang together.

import { short, withError } from "../shell/numbers.js";
import { HeldSlider } from "./held-slider.js";
import type { FitView } from "./jobs.js";
import { ending, judgement } from "./words.js";

interface ResultPanelProps {
  view: FitView;
  level: number;
  absolute: boolean;
  /** What is to be held: the answer may be of a moment ago. */
  held: Readonly<Record<string, number>>;
  onFix(name: string, value: number | null): void;
}

export function ResultPanel({ view, level, absolute, held, onFix }: ResultPanelProps) {
  const percent = `${Math.round(level * 1000) / 10} %`;
  const doubts = judgement(view, absolute);
  if (view.wrong)
    return (
      <section aria-label="Result">
        <h2>Parameters</h2>
        <p class="error" role="status">
          {ending(view)}
        </p>
      </section>
    );
  return (
    <section aria-label="Result">
      <h2>Parameters</h2>
      <p class="note" role="status">
        {ending(view)}
      </p>
      <div class="scroll">
        <table class="params">
          <thead>
            <tr>
              <th scope="col">name</th>
              <th scope="col" class="number">
                value
              </th>
              <th scope="col" class="number">
                error
              </th>
              <th scope="col" class="number">
                {percent} from
              </th>
              <th scope="col" class="number">
                to
              </th>
              <th scope="col">hold</th>
            </tr>
          </thead>
          <tbody>
            {view.rows.map((row) => (
              <tr key={row.name} data-param={row.name} data-value={row.value}>
                <th scope="row">
                  <b>{row.name}</b> {row.meaning && <span class="meaning">{row.meaning}</span>}
                </th>
                <td class="number big">
                  {row.fixed ? short(row.value, 8) : withError(row.value, row.stderr)}
                </td>
                <td class="number">{row.stderr === null ? "–" : short(row.stderr, 3)}</td>
                <td class="number">{row.low === null ? "–" : short(row.low, 5)}</td>
                <td class="number">{row.high === null ? "–" : short(row.high, 5)}</td>
                <td>
                  <input
                    type="checkbox"
                    checked={Object.hasOwn(held, row.name)}
                    aria-label={`Hold ${row.name} at ${short(row.value)}`}
                    onChange={(event) => onFix(row.name, event.currentTarget.checked ? row.value : null)}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {view.rows.some((row) => row.fixed) && (
        <div class="held">
          {view.rows
            .filter((row) => row.fixed)
            .map((row) => (
              <HeldSlider
                key={row.name}
                name={row.name}
                value={row.value}
                onInput={(value) => onFix(row.name, value)}
              />
            ))}
        </div>
      )}
      {(view.warnings.length > 0 || doubts.length > 0) && (
        <ul class="warnings">
          {view.warnings.map(({ code, message }) => (
            <li key={code}>{message}</li>
          ))}
          {doubts.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      <dl class="stats">
        {(
          [
            ["R²", view.stats.r2, 6],
            ["χ²/dof", view.stats.redChi2, 4],
            ["standard deviation of a residual", view.stats.residualStd, 4],
            ["degrees of freedom", view.stats.dof, 6],
            ["AICc", view.stats.aicc, 5],
            ["BIC", view.stats.bic, 5],
          ] as const
        ).map(([name, value, digits]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{short(value, digits)}</dd>
          </div>
        ))}
      </dl>
      {view.correlation && view.free.length > 1 && (
        <Correlations names={view.free} values={view.correlation} />
      )}
    </section>
  );
}

/** Correlations as a map: full colour is ±1, where only a combination of the two is determined. */
function Correlations({ names, values }: { names: readonly string[]; values: Float64Array }) {
  const n = names.length;
  return (
    <details>
      <summary>How the parameters hang together</summary>
      <div class="scroll">
        <table class="correlations">
          <caption class="sr">Correlations of the parameters</caption>
          <thead>
            <tr>
              <td />
              {names.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {names.map((name, i) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {names.map((other, j) => {
                  const c = values[i * n + j]!;
                  const hue = c > 0 ? "var(--cool)" : "var(--accent)";
                  return (
                    <td key={other} class="number">
                      <span
                        class="cell"
                        style={{
                          backgroundColor: `color-mix(in oklab, ${hue} ${Math.round(i === j ? 0 : 42 * c * c)}%, transparent)`,
                        }}
                      >
                        {i === j ? "1" : c.toFixed(Math.abs(c) > 0.995 ? 4 : 2).replace("-", "−")}
                      </span>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
