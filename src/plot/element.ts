// XML as text: names, attributes and texts that cannot break out of their places.

/** Markup that is already escaped. */
export type Node = string & { readonly __node?: never };

/** What XML 1.0 has no characters for: controls, and halves of pairs. */
const ILLEGAL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

export const escaped = (text: string): string =>
  text
    .replace(ILLEGAL, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

/** A coordinate with two decimals. */
export const pixel = (v: number): string => String(Math.round(v * 100) / 100 + 0);

export type Attributes = Readonly<Record<string, string | number | undefined>>;

export function element(name: string, attributes: Attributes, children: readonly Node[] = []): Node {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escaped(String(value))}"`);
  const inside = children.join("");
  return inside === "" ? `<${name}${written.join("")}/>` : `<${name}${written.join("")}>${inside}</${name}>`;
}

/** Width of a letter, on average. */
const LETTER = 0.56;
export const widthOf = (text: string, size: number): number => [...text].length * size * LETTER;

/** A text; what is wider than its room is cut, and told whole where the pointer rests on it. */
export function textOf(text: string, x: number, y: number, attributes: Attributes, room = Infinity): Node {
  const size = Number(attributes["font-size"]);
  const wide = widthOf(text, size) > room;
  const seen = wide ? `${[...text].slice(0, Math.max(1, room / size / LETTER - 1)).join("")}…` : text;
  return element("text", { x: pixel(x), y: pixel(y), ...attributes }, [
    escaped(seen),
    ...(wide ? [element("title", {}, [escaped(text)])] : []),
  ]);
}

/** A short name that the same text always gets (FNV-1a, 32 bits). */
export function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(36);
}
