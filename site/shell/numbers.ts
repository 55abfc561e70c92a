// Numbers as people write them: short values, and a value with its uncertainty in the last digits.

const MINUS = "−";
const SUPERSCRIPT: Record<string, string> = Object.fromEntries(
  [..."0123456789-"].map((c, i) => [c, "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"[i]!]),
);

/** 0.00123, 1.2 × 10⁻⁷, with a true minus. */
export function short(value: number, digits = 4): string {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : `${MINUS}∞`;
  const size = Math.abs(value);
  if (value !== 0 && (size < 1e-4 || size >= 1e6)) {
    const [mantissa, exponent] = value.toExponential(Math.max(digits - 2, 0)).split("e") as [string, string];
    const power = [...exponent.replace("+", "")].map((c) => SUPERSCRIPT[c]).join("");
    return `${mantissa.replace("-", MINUS)} × 10${power}`;
  }
  return String(Number(value.toPrecision(digits))).replace("-", MINUS);
}

/** 9.931(67): the error in units of the last digit, to two digits; 1.234(56)e-7 beyond the usual range. */
export function withError(value: number, error: number | null): string {
  if (error === null || !(error > 0) || !Number.isFinite(error)) return short(value, 8);
  // An error within rounding has no digit that a double could show: the data lie on the curve.
  if (error < 1e-13 * Math.abs(value)) return short(value, 12);
  const shift =
    Math.abs(value) >= 1e6 || Math.max(Math.abs(value), error) < 1e-4 ? exponentOf(value || error) : 0;
  const scale = 10 ** -shift;
  const [v, e] = [value * scale, error * scale];
  const decimals = Math.max(1 - exponentOf(e), 0);
  const rounded = e * 10 ** decimals;
  const shown = decimals > 0 && e >= 1 ? e.toFixed(decimals) : String(Math.round(rounded));
  const text = `${v.toFixed(decimals).replace(/^-(?=[0.]*$)/, "")}(${shown})`;
  return (shift === 0 ? text : `${text}e${shift}`).replace(/^-/, MINUS);
}

/** The power of ten of a number's first digit, once it is rounded to two. */
function exponentOf(value: number): number {
  return Number(Math.abs(value).toExponential(1).split("e")[1]);
}

export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
