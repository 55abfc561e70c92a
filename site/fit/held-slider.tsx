// A slider for a parameter that is held: the others are fitted again while it moves.

import { useState } from "preact/hooks";
import { Slider } from "../shell/controls.js";
import { short } from "../shell/numbers.js";

interface HeldSliderProps {
  name: string;
  value: number;
  onInput(value: number): void;
}

/** Steps of the slider to either side. */
const STEPS = 100;

export function HeldSlider({ name, value, onInput }: HeldSliderProps) {
  // The range is that of the value when it was taken hold of: it must not run away from the hand.
  const [middle] = useState(value);
  const reach = Math.abs(middle) || 1;
  return (
    <Slider
      label={`${name}, held`}
      value={Math.round(((value - middle) / reach) * STEPS)}
      min={-STEPS}
      max={STEPS}
      step={1}
      text={short(value, 5)}
      onInput={(step) => onInput(middle + (step / STEPS) * reach)}
    />
  );
}
