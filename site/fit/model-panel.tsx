// The model: as text, by name, or from the list that is ranked by how likely each is.

import { useState } from "preact/hooks";
import { Formula, TextField } from "../shell/controls.js";
import { short } from "../shell/numbers.js";
import type { Ranked } from "./jobs.js";

interface ModelPanelProps {
  model: string;
  mathml: string;
  error: string;
  catalogue: readonly { key: string; title: string; text: string }[];
  onModel(text: string): void;
  onRank(progress: (share: number) => void): Promise<readonly Ranked[]>;
}

export function ModelPanel({ model, mathml, error, catalogue, onModel, onRank }: ModelPanelProps) {
  const [ranked, setRanked] = useState<readonly Ranked[] | null>(null);
  const [share, setShare] = useState(-1);
  const rank = async (): Promise<void> => {
    setShare(0);
    try {
      setRanked(await onRank(setShare));
    } finally {
      setShare(-1);
    }
  };
  const best = ranked?.[0]?.aicc ?? 0;
  return (
    <section aria-label="Model" class="model">
      <div class="model-line">
        <TextField label="Model, y =" value={model} error={error} onInput={onModel} />
        <div class="field">
          <label for="named-model">or one by name</label>
          <select
            id="named-model"
            value={catalogue.find((m) => m.text === model)?.key ?? ""}
            onChange={(event) => {
              const found = catalogue.find((m) => m.key === event.currentTarget.value);
              if (found) onModel(found.text);
            }}
          >
            <option value="">choose …</option>
            {catalogue.map(({ key, title }) => (
              <option key={key} value={key}>
                {title}
              </option>
            ))}
          </select>
        </div>
        <button type="button" disabled={share >= 0} onClick={rank}>
          {share >= 0 ? `Trying them, ${Math.round(100 * share)} %` : "Try all, rank by AICc"}
        </button>
      </div>
      {mathml && !error && <Formula mathml={mathml} block />}
      {ranked && (
        <div class="scroll ranked">
          <table>
            <caption class="sr">Models of the library by AICc</caption>
            <thead>
              <tr>
                <th scope="col">model</th>
                <th scope="col">formula</th>
                <th scope="col" class="number">
                  parameters
                </th>
                <th scope="col" class="number">
                  AICc above the best
                </th>
                <th scope="col">
                  <span class="sr">take</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {ranked.slice(0, 8).map((r) => (
                <tr key={r.key}>
                  <th scope="row">{r.title}</th>
                  <td>
                    <Formula mathml={r.mathml} />
                  </td>
                  <td class="number">{r.params}</td>
                  <td class="number">{short(r.aicc - best, 3)}</td>
                  <td>
                    <button type="button" class="quiet" onClick={() => onModel(r.text)}>
                      Take
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <p class="note">
            Less than 2 above the best: hardly to be told apart by these data. More than 10: no support. A
            list cannot know what the numbers are; you do.
          </p>
        </div>
      )}
    </section>
  );
}
