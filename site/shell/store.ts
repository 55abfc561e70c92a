// The state of a page: one plain object that lives in the URL's hash (deflated), with undo and redo. Only what differs from
// the page's defaults is written.

import { useEffect, useState } from "preact/hooks";

/** Changes that follow one another within this many milliseconds are one step of undo. */
const MERGE = 600;
/** The hash is written this long after the last change. */
const SETTLE = 250;

const toBase64 = (bytes: Uint8Array): string => {
  let text = "";
  for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};
const fromBase64 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

async function through(
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream,
): Promise<Uint8Array<ArrayBuffer>> {
  const piped = new Blob([bytes]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(piped).arrayBuffer());
}

export async function encode(value: object): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return toBase64(await through(bytes as Uint8Array<ArrayBuffer>, new CompressionStream("deflate-raw")));
}

export async function decode(text: string): Promise<Record<string, unknown>> {
  const bytes = await through(fromBase64(text), new DecompressionStream("deflate-raw"));
  const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

/** A value of the same shape: what an older or a mistyped link may lack. */
function alike(given: unknown, model: unknown): boolean {
  if (Array.isArray(model)) {
    const of = new Set(model.map((entry) => typeof entry));
    return Array.isArray(given) && given.every((v) => v !== null && (of.size === 0 || of.has(typeof v)));
  }
  return given !== null && typeof given === typeof model && !Array.isArray(given);
}

export class Store<S extends object> {
  value: S;
  readonly defaults: S;
  /** The hash could not be read: what is shown are the defaults. */
  damaged = false;
  readonly #listeners = new Set<() => void>();
  #past: S[] = [];
  #future: S[] = [];
  #changed = 0;
  #timer = 0;
  #written = "";

  constructor(defaults: S) {
    this.defaults = defaults;
    this.value = defaults;
    addEventListener("hashchange", () => {
      if (location.hash.slice(1) === this.#written) return;
      const before = this.value;
      void this.read().then(() => {
        this.#past.push(before);
        this.#future = [];
        this.#tell();
      });
    });
    addEventListener("keydown", (event) => {
      const text = event.target instanceof HTMLElement && event.target.matches("input, textarea");
      if (!(event.ctrlKey || event.metaKey) || text) return;
      const key = event.key.toLowerCase();
      if (key === "z" && !event.shiftKey) this.undo();
      else if (key === "y" || (key === "z" && event.shiftKey)) this.redo();
      else return;
      event.preventDefault();
    });
  }

  /** Takes over what the hash says; keys that no page of today knows are left out, and of a damaged hash it is said. */
  async read(): Promise<void> {
    const hash = location.hash.slice(1);
    this.#written = hash;
    this.damaged = false;
    if (!hash) {
      this.value = this.defaults;
      return;
    }
    try {
      const given = await decode(hash);
      const known = Object.entries(given).filter(
        ([key, value]) => key in this.defaults && alike(value, this.defaults[key as keyof S]),
      );
      this.value = { ...this.defaults, ...Object.fromEntries(known) };
    } catch {
      this.value = this.defaults;
      this.damaged = true;
    }
  }

  set(patch: Partial<S>): void {
    const now = performance.now();
    if (now - this.#changed > MERGE) this.#past.push(this.value);
    this.#changed = now;
    this.#future = [];
    this.damaged = false;
    this.value = { ...this.value, ...patch };
    this.#tell();
  }

  /** What the address asked for cannot be shown: back to the defaults, and it is said. */
  reset(): void {
    this.value = this.defaults;
    this.damaged = true;
    this.#tell();
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }
  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  undo(): void {
    this.#move(this.#past, this.#future);
  }
  redo(): void {
    this.#move(this.#future, this.#past);
  }

  /** The address of exactly this state. */
  async link(): Promise<string> {
    await this.#write();
    return location.href;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #move(from: S[], to: S[]): void {
    const next = from.pop();
    if (!next) return;
    to.push(this.value);
    this.value = next;
    this.#changed = 0;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#write(), SETTLE) as unknown as number;
  }

  async #write(): Promise<void> {
    const entries = Object.entries(this.value).filter(
      ([key, value]) => JSON.stringify(value) !== JSON.stringify(this.defaults[key as keyof S]),
    );
    const hash = entries.length > 0 ? await encode(Object.fromEntries(entries)) : "";
    this.#written = hash;
    history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
  }
}

/** The current state; the component is drawn again when it changes. */
export function useStore<S extends object>(store: Store<S>): S {
  const [, redraw] = useState(0);
  useEffect(() => store.subscribe(() => redraw((n) => n + 1)), [store]);
  return store.value;
}
