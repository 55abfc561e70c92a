// Values as text for the examples: numbers to six digits, long lists shortened, objects two levels deep.

const LONG = 12;
const WIDE = 74;

function number(v: number): string {
  if (Number.isInteger(v) || !Number.isFinite(v)) return String(v);
  return String(Number(v.toPrecision(6)));
}

export function inspect(value: unknown, depth = 0): string {
  if (typeof value === "string") return depth === 0 ? value : JSON.stringify(value);
  if (typeof value === "number") return number(value);
  if (typeof value === "function") return "[function]";
  if (typeof value === "symbol") return value.toString();
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return list(Array.from(value as Float64Array), depth);
  if (Array.isArray(value)) return list(value, depth);
  const { report } = value as { report?: unknown };
  // A result says itself what matters about it.
  if (depth === 0 && typeof report === "function") return String(report.call(value, { style: "brief" }));
  if (depth > 2) return "{ … }";
  const parts: string[] = [];
  for (const key of Object.keys(value)) {
    const inner = (value as Record<string, unknown>)[key];
    if (typeof inner === "function") continue;
    parts.push(`${key}: ${inspect(inner, depth + 1)}`);
  }
  return wrapped("{", parts, "}", depth);
}

function list(values: readonly unknown[], depth: number): string {
  const shown = values.slice(0, LONG).map((v) => inspect(v, depth + 1));
  if (values.length > LONG) shown.push(`… ${values.length} in all`);
  return wrapped("[", shown, "]", depth);
}

function wrapped(open: string, parts: readonly string[], close: string, depth: number): string {
  if (parts.length === 0) return open + close;
  const line = `${open} ${parts.join(", ")} ${close}`;
  if (line.length <= WIDE && !line.includes("\n")) return line;
  const indent = "  ".repeat(depth + 1);
  return `${open}\n${parts.map((part) => `${indent}${part}`).join(",\n")}\n${"  ".repeat(depth)}${close}`;
}
