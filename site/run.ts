// Where examples run: a worker of a frame that may do nothing but compute. It has the library and nothing else. A program comes as
// a message, its lines go back as messages; one that never ends goes with the frame and holds nobody up.

import * as downhill from "downhill";
import * as plot from "downhill/plot";
import * as testfunctions from "downhill/testfunctions";
import { inspect } from "./learn/inspect.js";
import { rewrite } from "./learn/rewrite.js";

/** A module that says so when it is asked for what it does not export, as an import would. */
const told = (name: string, exports: object): object =>
  new Proxy(exports, {
    get(target, key) {
      if (key in target || typeof key === "symbol" || key === "then") return Reflect.get(target, key);
      throw new SyntaxError(`"${name}" has no export called ${key}`);
    },
  });
const known: Readonly<Record<string, object>> = {
  downhill,
  "downhill/plot": plot,
  "downhill/testfunctions": testfunctions,
};
const modules = new Proxy(
  Object.fromEntries(Object.entries(known).map(([name, of]) => [name, told(name, of)])),
  {
    get(target, key) {
      if (typeof key === "symbol" || key in target) return Reflect.get(target, key);
      throw new SyntaxError(`there is no module "${key}" here: ${Object.keys(known).join(", ")}`);
    },
  },
);

type Say = (kind: "log" | "value" | "error" | "done", text: string) => void;

async function run(program: string, say: Say): Promise<void> {
  const heard = {
    ...console,
    log: (...values: unknown[]) => say("log", values.map((v) => inspect(v)).join(" ")),
    warn: (...values: unknown[]) => say("log", values.map((v) => inspect(v)).join(" ")),
    error: (...values: unknown[]) => say("error", values.map((v) => inspect(v)).join(" ")),
  };
  const show = (text: string, value: unknown) => {
    say("value", `${text}\n${inspect(value)}`);
    return value;
  };
  try {
    // biome-ignore lint/complexity/useArrowFunction: only an async function has the constructor
    const AsyncFunction = async function () {}.constructor as new (
      ...args: string[]
    ) => (...args: unknown[]) => Promise<void>;
    await new AsyncFunction("__modules", "__show", "console", rewrite(program))(modules, show, heard);
  } catch (error) {
    const { name, message } = error as { name?: string; message?: string };
    say("error", `${name ?? "Error"}: ${message ?? String(error)}`);
  }
  say("done", "");
}

/** Answers programs that come to this worker, or to this frame where there is no worker. */
function serve(answer: (message: object) => void): (data: { id?: number; program?: unknown }) => void {
  answer({ kind: "ready" });
  return ({ id, program }) => {
    if (typeof program === "string") void run(program, (kind, text) => answer({ id, kind, text }));
  };
}

if (typeof document === "undefined") {
  const hear = serve((message) => postMessage(message));
  addEventListener("message", ({ data }) => hear(data));
} else {
  const toPage = (message: object): void => parent.postMessage(message, "*");
  const { src } = document.currentScript as HTMLScriptElement;
  const text = `importScripts(${JSON.stringify(src)})`;
  const worker = new Worker(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
  let hear = (data: object): void => worker.postMessage(data);
  worker.onmessage = ({ data }) => toPage(data);
  worker.onerror = () => {
    hear = serve(toPage);
  };
  addEventListener("message", ({ data, source }) => {
    if (source === parent) hear(data);
  });
}
