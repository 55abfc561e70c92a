// The network and its training, as controls.

import { Check, Select, Slider } from "../shell/controls.js";
import { plural, short } from "../shell/numbers.js";
import { forDigits, forPlane, type TrainState } from "./state.js";

const DATA = [
  ["moons", "two moons"],
  ["circles", "two circles"],
  ["spirals", "two spirals"],
  ["xor", "four corners"],
  ["digits", "handwritten digits"],
] as const;
const RULES = [
  ["sgd", "gradient steps"],
  ["momentum", "momentum"],
  ["nesterov", "Nesterov"],
  ["adagrad", "AdaGrad"],
  ["rmsprop", "RMSProp"],
  ["adam", "Adam"],
  ["adamw", "AdamW"],
  ["nadam", "NAdam"],
  ["rprop", "Rprop"],
  ["lion", "Lion"],
] as const;
type Options = readonly (readonly [string, string])[];
const same = (list: string): Options => list.split(" ").map((word) => [word, word] as const);

interface PanelProps {
  state: TrainState;
  onChange(patch: Partial<TrainState>): void;
}

export function TrainPanel({ state: s, onChange }: PanelProps) {
  const layer = (i: number, units: number): void =>
    onChange({ hidden: s.hidden.map((u, k) => (k === i ? units : u)) });
  return (
    <>
      <Select
        label="Data"
        value={s.data}
        options={DATA as unknown as Options}
        onChange={(data) =>
          onChange({ data, ...(data === "digits" ? forDigits : s.data === "digits" ? forPlane : {}) })
        }
      />
      {s.data !== "digits" && (
        <Slider
          label="Noise"
          value={s.noise}
          min={0}
          max={0.5}
          step={0.01}
          text={s.noise.toFixed(2)}
          onInput={(noise) => onChange({ noise })}
        />
      )}
      <h3>Network</h3>
      {s.hidden.map((units, i) => (
        <Slider
          key={i}
          label={`Layer ${i + 1}`}
          value={Math.log2(units)}
          min={0}
          max={8}
          step={1}
          text={`${plural(units, "unit")}`}
          onInput={(value) => layer(i, 2 ** value)}
        />
      ))}
      <div class="row">
        <button
          type="button"
          class="quiet"
          disabled={s.hidden.length >= 10}
          onClick={() => onChange({ hidden: [...s.hidden, s.hidden[s.hidden.length - 1] ?? 16] })}
        >
          Add a layer
        </button>
        <button
          type="button"
          class="quiet"
          disabled={s.hidden.length === 0}
          onClick={() => onChange({ hidden: s.hidden.slice(0, -1) })}
        >
          Take one away
        </button>
      </div>
      <Check
        label="batch normalisation after each layer"
        checked={s.norm}
        onChange={(norm) => onChange({ norm })}
      />
      <div class="pair">
        <Select
          label="Activation"
          value={s.activation}
          options={same("relu leakyRelu tanh sigmoid gelu")}
          onChange={(activation) => onChange({ activation })}
        />
        <Select
          label="First weights"
          value={s.init}
          options={same("he xavier uniform")}
          onChange={(init) => onChange({ init })}
        />
      </div>
      <h3>Training</h3>
      <Select
        label="Before it"
        value={s.before}
        options={[
          ["none", "no pre-training"],
          ["autoencoder", "each layer learns to give back its input"],
          ["labels", "the network grows layer by layer"],
        ]}
        onChange={(before) => onChange({ before })}
      />
      <div class="pair">
        <Select
          label="Rule"
          value={s.rule}
          options={RULES as unknown as Options}
          onChange={(rule) => onChange({ rule })}
        />
        <Select
          label="Schedule"
          value={s.schedule}
          options={[
            ["constant", "constant"],
            ["cosine", "cosine to 0"],
            ["step", "÷ 10, twice"],
            ["oneCycle", "one cycle"],
          ]}
          onChange={(schedule) => onChange({ schedule })}
        />
      </div>
      <Slider
        label="Learning rate"
        value={s.rate}
        min={-5}
        max={0.5}
        step={0.1}
        text={short(10 ** s.rate, 2)}
        onInput={(rate) => onChange({ rate })}
      />
      <Slider
        label="Epochs"
        value={s.epochs}
        min={5}
        max={200}
        step={5}
        onInput={(epochs) => onChange({ epochs })}
      />
      <Slider
        label="Samples a step"
        value={Math.log2(s.batch)}
        min={2}
        max={9}
        step={1}
        text={String(s.batch)}
        onInput={(v) => onChange({ batch: 2 ** v })}
      />
      <Slider label="Seed" value={s.seed} min={1} max={20} step={1} onInput={(seed) => onChange({ seed })} />
    </>
  );
}
