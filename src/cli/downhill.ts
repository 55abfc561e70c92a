// The bin of the package: the real files and the real terminal.

import { readFileSync, writeFileSync } from "node:fs";
import { main } from "./main.js";

// Who reads the output may leave early, as `head` does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});
process.exitCode = main(process.argv.slice(2), {
  read: (file) => readFileSync(file === "-" ? 0 : file, "utf8"),
  write: (file, text) => writeFileSync(file, text),
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
  // A pipe has no width of its own.
  columns: process.stdout.columns ?? (Number(process.env.COLUMNS) || 80),
  node: process.version,
  version: JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version,
});
