// What the tests of pictures read out of SVG text: a strict little XML reader, numbers of paths, counts of marks.

import { expect } from "vitest";

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

const unescaped = (text: string): string =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");

/** Parses what is well-formed, and throws for anything else. */
export function parse(xml: string): Element {
  const root: Element = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  let at = 0;
  const tag = /<(\/?)([A-Za-z]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/y;
  while (at < xml.length) {
    const here = open.at(-1)!;
    if (xml[at] !== "<") {
      const end = xml.indexOf("<", at);
      const text = xml.slice(at, end < 0 ? xml.length : end);
      if (/&(?!(amp|lt|gt|quot);)/.test(text)) throw new Error(`a bare & in ${text}`);
      here.text += unescaped(text);
      at += text.length;
      continue;
    }
    tag.lastIndex = at;
    const match = tag.exec(xml);
    if (!match) throw new Error(`no tag at ${xml.slice(at, at + 60)}`);
    const [all, closing, name, written, empty] = match as unknown as [string, string, string, string, string];
    at += all.length;
    if (closing) {
      if (here.name !== name) throw new Error(`</${name}> closes <${here.name}>`);
      open.pop();
      continue;
    }
    const pairs = [...written.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, key, value]) => [
      key!,
      unescaped(value!),
    ]);
    const made: Element = { name, attributes: Object.fromEntries(pairs), children: [], text: "" };
    here.children.push(made);
    if (!empty) open.push(made);
  }
  if (open.length !== 1 || root.children.length !== 1) throw new Error("not one element");
  return root.children[0]!;
}

export function* every(root: Element): Generator<Element> {
  yield root;
  for (const child of root.children) yield* every(child);
}

export const find = (root: Element, name: string): Element[] =>
  [...every(root)].filter((e) => e.name === name);
export const classed = (root: Element, name: string): Element[] =>
  [...every(root)].filter((e) => e.attributes.class === name);

/** Places of the points of a path of dots. */
export const dots = (path: Element): number => (path.attributes.d!.match(/M/g) ?? []).length;

const NUMERIC = new Set([
  "x",
  "y",
  "width",
  "height",
  "stroke-width",
  "font-size",
  "opacity",
  "viewBox",
  "d",
  "transform",
]);

/** A picture is one well-formed, labelled image whose every coordinate is a finite number near the picture. */
export function checkPicture(svg: string): Element {
  const root = parse(svg);
  expect(root.name).toBe("svg");
  expect(root.attributes.role).toBe("img");
  // Words may say that a value is NaN; what is drawn may not.
  for (const { attributes } of every(root))
    for (const value of Object.values(attributes))
      expect(value).not.toMatch(/NaN|Infinity|undefined|null|\[object/);
  const ids = [...every(root)].flatMap(({ attributes }) => (attributes.id ? [attributes.id] : []));
  expect(new Set(ids).size).toBe(ids.length);
  const named = root.attributes["aria-labelledby"]!.split(" ");
  expect(named.every((id) => ids.includes(id))).toBe(true);
  for (const tag of ["title", "desc"]) {
    const [first] = find(root, tag);
    expect(first?.text.trim().length).toBeGreaterThan(5);
  }
  for (const { attributes } of every(root)) {
    const clip = attributes["clip-path"]?.match(/^url\(#(.*)\)$/)?.[1];
    if (clip !== undefined) expect(ids).toContain(clip);
    for (const [key, value] of Object.entries(attributes)) {
      if (!NUMERIC.has(key)) continue;
      for (const text of value.match(/-?\d*\.?\d+(?:e[+-]?\d+)?/gi) ?? []) {
        const v = Number(text);
        if (!(Math.abs(v) <= 25000)) throw new Error(`${key} has ${text}`);
      }
    }
    for (const key of ["width", "height"])
      if (attributes[key] !== undefined) expect(Number(attributes[key])).toBeGreaterThanOrEqual(0);
  }
  return root;
}
