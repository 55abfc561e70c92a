// Every public function has an example in its documentation, and every example runs: as an asynchronous function that
// sees the names of the main entry.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as downhill from "../../src/index.js";
import { defaultRuntime } from "../../src/runtime/default.js";
import * as downhillPool from "../../src/workers/index.js";

/** Names of values that an entry exports, with the file each comes from. */
function publicNames(entry: string): [string, string][] {
  const text = readFileSync(`src/${entry}`, "utf8");
  const found: [string, string][] = [];
  for (const [, list, from] of text.matchAll(/export \{([^}]*)\} from "([^"]+)"/g)) {
    for (const item of list!.split(",").map((name) => name.trim())) {
      if (item === "" || item.startsWith("type ")) continue;
      const [inside, outside = inside] = item.split(" as ");
      found.push([outside!, `${join("src", from!.replace(/\.js$/, ".ts"))}#${inside}`]);
    }
  }
  return found;
}

/** The documentation in front of the first declaration of a name; a file may hand on what another declares. */
function documentation(place: string): string {
  const [path, name] = place.split("#") as [string, string];
  const text = readFileSync(path, "utf8");
  const declared = new RegExp(
    String.raw`(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?export (?:declare )?(?:async )?(?:function\*?|const|class) ${name}\b`,
  ).exec(text);
  if (declared) return declared[1] ?? "";
  for (const [, list, from] of text.matchAll(/export \{([^}]*)\} from "([^"]+)"/g)) {
    const item = list!.split(",").find((one) => one.trim().split(" as ").at(-1) === name);
    if (item)
      return documentation(
        `${join(path, "..", from!.replace(/\.js$/, ".ts"))}#${item.trim().split(" as ")[0]}`,
      );
  }
  throw new Error(`${name} is not declared in ${path}`);
}

/** The code behind @example: to the next tag or the end. */
function example(doc: string): string | undefined {
  const lines = doc.split("\n").map((line) => line.replace(/^\s*\* ?/, ""));
  const begin = lines.findIndex((line) => line.startsWith("@example"));
  if (begin < 0) return undefined;
  const rest = lines.slice(begin + 1);
  const end = rest.findIndex((line) => line.startsWith("@"));
  return (end < 0 ? rest : rest.slice(0, end))
    .filter((line) => !line.startsWith("```") && !/^import .* from "downhill/.test(line))
    .join("\n")
    .trim();
}

const names = publicNames("index.ts");
/** What an example must not do to the tests around it. */
const unrunnable = new Set(["configure"]);
const scope = { ...downhill, ...downhillPool };
const AsyncFunction = (async () => {}).constructor as new (
  ...parts: string[]
) => (...values: unknown[]) => Promise<void>;

describe("the example of", () => {
  test.each(names)("%s runs", async (name, place) => {
    const code = example(documentation(place));
    expect(code, `${name} has no @example`).toBeTruthy();
    const run = new AsyncFunction(...Object.keys(scope), `{\n${code}\n}`);
    if (unrunnable.has(name)) return;
    const { memory } = defaultRuntime();
    const { used } = memory;
    await run(...Object.values(scope));
    expect(memory.used, `${name} leaves ${memory.handles().join(", ")}`).toBe(used);
  });
});
