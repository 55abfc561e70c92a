// The table of the race: who got how far, at what price, and why it stopped. A row can be put in focus.

import { short } from "../shell/numbers.js";
import { colorOf, methods } from "./entrants.js";
import type { RaceAnswer } from "./jobs.js";
import { whyStopped } from "./words.js";

interface ResultsProps {
  answer: RaceAnswer;
  least: number;
  /** f is known to have a lowest value. */
  floor: boolean;
  budget: number;
  focus: string;
  dark: boolean;
  onFocus(id: string): void;
  onLit(id: string): void;
}

/** No function of the page is as low; who gets there fell through the floor. */
const ENDLESS = -1e9;

export function Results({ answer, least, floor, budget, focus, dark, onFocus, onLit }: ResultsProps) {
  const outside = (run: RaceAnswer["runs"][number]) => Number(run.violation > 1e-6);
  const rows = [...answer.runs].sort((a, b) => outside(a) - outside(b) || a.fun - b.fun || a.nfev - b.nfev);
  // Where somebody ran down without end there is no least value to be above of.
  const endless = rows.some((run) => !outside(run) && run.fun < ENDLESS);
  return (
    <div class="scroll">
      <table class="results">
        <caption class="sr">Where each method ended</caption>
        <thead>
          <tr>
            <th scope="col">method</th>
            <th scope="col" class="number">
              {endless ? "f" : "f above the least"}
            </th>
            <th scope="col" class="number">
              f evaluated
            </th>
            <th scope="col" class="number">
              gradients
            </th>
            <th scope="col">why it stopped</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((run) => (
            <tr
              key={run.id}
              data-method={run.id}
              class={run.id === focus ? "focused" : undefined}
              onMouseEnter={() => onLit(run.id)}
              onMouseLeave={() => onLit("")}
            >
              <th scope="row">
                <button
                  type="button"
                  class="name"
                  aria-pressed={run.id === focus}
                  onClick={() => onFocus(run.id === focus ? "" : run.id)}
                >
                  <span class="swatch" style={{ background: colorOf(run.id, dark) }} />
                  {methods.find((m) => m.id === run.id)?.name}
                </button>
              </th>
              <td class="number">
                {outside(run) ? "–" : short(endless ? run.fun : Math.max(run.fun - least, 0), 3)}
              </td>
              <td class="number">{run.nfev}</td>
              <td class="number">{run.njev || "–"}</td>
              <td class="why">{whyStopped(run, least, budget, floor)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
