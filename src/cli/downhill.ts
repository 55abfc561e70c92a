// The bin of the package: the real files and the real terminal.

import { accessSync, constants, readFileSync, readSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { main } from "./main.js";
import { decoded, wholeInput } from "./text.js";

/** Between two looks at an input that has nothing yet. */
const WAIT_MS = 5;
const clock = new Int32Array(new SharedArrayBuffer(4));
const input = (): Uint8Array =>
  wholeInput(
    (part) => readSync(0, part),
    () => Atomics.wait(clock, 0, 0, WAIT_MS),
  );

/** Throws as writing would, before there is anything to write. */
function checkWritable(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isDirectory()) throw new Error(`${file} is a folder`);
  accessSync(found ? file : dirname(file), constants.W_OK);
}

// Who reads the output may leave early, as `head` does.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
process.exitCode = main(process.argv.slice(2), {
  read: (file) => (file === "-" ? decoded(input(), "the input") : decoded(readFileSync(file), file)),
  checkWritable,
  write: (file, text) => writeFileSync(file, text),
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
  // A pipe has no width of its own.
  columns: process.stdout.columns || Number(process.env.COLUMNS) || 0,
  node: process.version,
  version: JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version,
});
