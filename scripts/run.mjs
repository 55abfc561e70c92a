// Running commands and counting checks, for the scripts beside this one.
import { spawn } from "node:child_process";

/** Groups of processes that run for a limited time; they end with this one. */
const groups = new Set();
const end = (group) => {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
};
process.on("exit", () => groups.forEach(end));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

/** Runs a command to its end, or for `timeout` ms, with all that it started; its output is kept, not shown. */
export function run(command, args, { env, timeout, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      // A group of its own, which ends as a whole: workers of a killed process would run on.
      detached: timeout !== undefined,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, ...env },
      ...options,
    });
    if (timeout) groups.add(child.pid);
    const late = timeout && setTimeout(() => end(child.pid), timeout);
    let output = "";
    let stdout = "";
    child.stdout.on("data", (text) => {
      output += text;
      stdout += text;
    });
    child.stderr.on("data", (text) => (output += text));
    child.on("error", (error) => resolve({ code: 1, stdout, output: `${output}${error}\n` }));
    child.on("close", (code) => {
      clearTimeout(late);
      groups.delete(child.pid);
      resolve({ code: code ?? 1, stdout, output });
    });
  });
}

export const node = (args, options, binary = process.execPath) => run(binary, args, options);

/** npm as it was started, or the one in the path. */
export const npm = (args, options) =>
  process.env.npm_execpath ? node([process.env.npm_execpath, ...args], options) : run("npm", args, options);

/** Named checks, one line each, with the closing line that `npm test` adds up. */
export class Checks {
  passed = 0;
  failed = 0;

  async check(name, test) {
    try {
      const note = await test();
      this.passed++;
      console.log(`ok    ${name}${note ? `: ${note}` : ""}`);
    } catch (error) {
      this.failed++;
      console.log(`FAIL  ${name}\n${String(error?.stack ?? error).replace(/^/gm, "      ")}`);
    }
  }

  close() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    if (this.failed > 0 || this.passed === 0) process.exitCode = 1;
  }
}
