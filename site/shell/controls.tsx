// Form controls of the pages, each with its label and its value in words.

import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";

interface SliderProps {
  label: string;
  value: number;
  min: number;
  max: number;
  step: number;
  /** What is shown and read out. */
  text?: string | undefined;
  onInput(value: number): void;
}

export function Slider({ label, value, min, max, step, text, onInput }: SliderProps) {
  const id = useId();
  const said = text ?? String(value);
  return (
    <div class="slider">
      <label for={id}>{label}</label>
      <output for={id}>{said}</output>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        aria-valuetext={said}
        onInput={(event) => onInput(Number(event.currentTarget.value))}
      />
    </div>
  );
}

interface SelectProps<T extends string> {
  label: string;
  value: T;
  options: readonly (readonly [value: T, text: string])[];
  onChange(value: T): void;
}

export function Select<T extends string>({ label, value, options, onChange }: SelectProps<T>) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value as T)}>
        {options.map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

interface TextProps {
  label: string;
  value: string;
  error?: string | undefined;
  onInput(value: string): void;
}

export function TextField({ label, value, error, onInput }: TextProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        class="code"
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        value={value}
        aria-invalid={error ? "true" : undefined}
        aria-describedby={error ? `${id}-error` : undefined}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {error && (
        <pre class="error" id={`${id}-error`} role="status">
          {error}
        </pre>
      )}
    </div>
  );
}

export function Check(props: {
  label: ComponentChildren;
  checked: boolean;
  onChange(checked: boolean): void;
}) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={props.checked}
        onChange={(e) => props.onChange(e.currentTarget.checked)}
      />
      <span>{props.label}</span>
    </label>
  );
}

interface ChoiceProps<T extends string> extends SelectProps<T> {}

/** A few alternatives side by side. */
export function Choice<T extends string>({ label, value, options, onChange }: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      {options.map(([key, text]) => (
        <label key={key}>
          <input type="radio" name={name} checked={key === value} onChange={() => onChange(key)} />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Puts a text on the clipboard, where the browser lets it: a page without https has the old way only. */
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(field);
    field.select();
    try {
      return document.execCommand("copy");
    } catch {
      return false;
    } finally {
      field.remove();
    }
  }
}

interface CopyProps {
  label: string;
  /** What to do instead where nothing may be copied. */
  otherwise: string;
  title?: string;
  class?: string;
  text(): string | Promise<string>;
}

/** A button that copies, and says that it did only where it did. */
export function Copy({ label, otherwise, text, title, class: looks }: CopyProps) {
  const [said, setSaid] = useState("");
  return (
    <button
      type="button"
      class={looks}
      title={title}
      onClick={async () => {
        setSaid((await copied(await text())) ? "Copied" : otherwise);
        setTimeout(() => setSaid(""), 1600);
      }}
    >
      {said || label}
    </button>
  );
}

/** MathML that the library wrote; it escapes what it does not make itself. */
export function Formula({ mathml, block }: { mathml: string; block?: boolean }) {
  // Constants to five digits: what is computed has them all.
  const set = mathml.replaceAll(/\d*\.\d{6,}/g, (digits) => String(Number(Number(digits).toPrecision(5))));
  const Tag = block ? "div" : "span";
  return <Tag class={block ? "formula block" : "formula"} dangerouslySetInnerHTML={{ __html: set }} />;
}
