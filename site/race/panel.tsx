// Who runs, and how the rules are tuned.

import { Select, Slider } from "../shell/controls.js";
import { short } from "../shell/numbers.js";
import { colorOf, families, methods } from "./entrants.js";
import type { RaceState } from "./state.js";

interface EntrantsProps {
  on: readonly string[];
  dark: boolean;
  onChange(on: string[]): void;
}

export function Entrants({ on, dark, onChange }: EntrantsProps) {
  const all = methods.map((m) => m.id);
  return (
    <div class="entrants">
      {families.map(([family, title]) => (
        <fieldset key={family}>
          <legend>{title}</legend>
          <div class="chips">
            {methods
              .filter((m) => m.family === family)
              .map(({ id, name }) => (
                <button
                  key={id}
                  type="button"
                  class="chip"
                  aria-pressed={on.includes(id)}
                  onClick={() => onChange(on.includes(id) ? on.filter((other) => other !== id) : [...on, id])}
                >
                  <span class="swatch" style={{ background: colorOf(id, dark) }} />
                  {name}
                </button>
              ))}
          </div>
        </fieldset>
      ))}
      <div class="row">
        <button type="button" class="quiet" onClick={() => onChange(all)}>
          All {all.length}
        </button>
        <button type="button" class="quiet" onClick={() => onChange([])}>
          None
        </button>
      </div>
    </div>
  );
}

const SCHEDULES = [
  ["constant", "constant"],
  ["cosine", "cosine to 0"],
  ["exponential", "exponential to 1 %"],
  ["robbinsMonro", "Robbins–Monro, 1/t^0.6"],
  ["oneCycle", "one cycle"],
  ["warmup", "warm-up"],
] as const;

interface TuningProps {
  state: RaceState;
  budget: number;
  onChange(patch: Partial<RaceState>): void;
}

export function Tuning({ state, budget, onChange }: TuningProps) {
  return (
    <div class="tuning">
      <Slider
        label="Learning rate of the rules"
        value={state.rate}
        min={-2}
        max={2}
        step={0.05}
        text={`usual × ${short(10 ** state.rate, 2)}`}
        onInput={(rate) => onChange({ rate })}
      />
      <Slider
        label="Momentum, β₁"
        value={state.momentum}
        min={0}
        max={0.99}
        step={0.01}
        text={state.momentum.toFixed(2)}
        onInput={(momentum) => onChange({ momentum })}
      />
      <Slider
        label="Noise in the rules’ gradients"
        value={state.noise}
        min={0}
        max={10}
        step={0.1}
        text={state.noise === 0 ? "none" : `σ = ${state.noise.toFixed(1)}`}
        onInput={(noise) => onChange({ noise })}
      />
      <Slider
        label="Evaluations allowed"
        value={state.budget}
        min={1}
        max={4}
        step={0.05}
        text={String(budget)}
        onInput={(value) => onChange({ budget: value })}
      />
      <Select
        label="Schedule of the rate"
        value={state.schedule}
        options={SCHEDULES as unknown as readonly (readonly [string, string])[]}
        onChange={(schedule) => onChange({ schedule })}
      />
    </div>
  );
}
