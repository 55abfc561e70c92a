// The frame in which examples run: it has the library and nothing else. A program comes as a message, its lines go back as messages.

import * as downhill from "downhill";
import * as plot from "downhill/plot";
import * as testfunctions from "downhill/testfunctions";
import { inspect } from "./learn/inspect.js";
import { rewrite } from "./learn/rewrite.js";

const modules: Readonly<Record<string, object>> = {
  downhill,
  "downhill/plot": plot,
  "downhill/testfunctions": testfunctions,
};

type Say = (kind: "log" | "value" | "error" | "done", text: string) => void;

async function run(program: string, say: Say): Promise<void> {
  const told = {
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
    await new AsyncFunction("__modules", "__show", "console", rewrite(program))(modules, show, told);
  } catch (error) {
    const { name, message, hint } = error as { name?: string; message?: string; hint?: string };
    say("error", `${name ?? "Error"}: ${message ?? String(error)}${hint ? `\n${hint}` : ""}`);
  }
  say("done", "");
}

addEventListener("message", ({ data, source }) => {
  if (source !== parent || typeof data?.program !== "string") return;
  void run(data.program, (kind, text) => parent.postMessage({ id: data.id, kind, text }, "*"));
});
parent.postMessage({ kind: "ready" }, "*");
