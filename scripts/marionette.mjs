// Firefox as it is installed, driven by its own remote protocol, Marionette: commands as JSON over a socket, each with its length before it.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

export function findFirefox() {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/bin"];
  const places = folders.flatMap((folder) => ["firefox-esr", "firefox"].map((name) => join(folder, name)));
  return [process.env.FIREFOX, ...places].find((path) => path && existsSync(path));
}

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function reach(port, until) {
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const open = await new Promise((resolve) => {
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    });
    if (open) return socket;
    if (performance.now() > until) throw new Error("Firefox does not listen");
    await pause(200);
  }
}

/** Starts Firefox without a window, with a profile of its own that is removed when it is closed. */
export async function launchFirefox(path) {
  const profile = mkdtempSync(join(tmpdir(), "downhill-firefox-"));
  const port = await freePort();
  const prefs = {
    "marionette.port": port,
    "browser.shell.checkDefaultBrowser": false,
    "datareporting.policy.dataSubmissionEnabled": false,
    "ui.prefersReducedMotion": 1,
  };
  writeFileSync(
    join(profile, "user.js"),
    Object.entries(prefs)
      .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
      .join(""),
  );
  const child = spawn(path, ["--headless", "--marionette", "--no-remote", "--profile", profile], {
    stdio: "ignore",
  });
  const gone = new Promise((resolve) => child.once("exit", resolve));
  const socket = await reach(port, performance.now() + 60_000);
  const waiting = new Map();
  let rest = Buffer.alloc(0);
  let last = 0;
  socket.on("data", (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const colon = rest.indexOf(":");
      const length = Number(rest.subarray(0, Math.max(colon, 0)));
      if (colon < 0 || rest.length < colon + 1 + length) return;
      const message = JSON.parse(rest.subarray(colon + 1, colon + 1 + length));
      rest = rest.subarray(colon + 1 + length);
      if (!Array.isArray(message)) continue; // the greeting
      const [, id, error, result] = message;
      const call = waiting.get(id);
      waiting.delete(id);
      if (error) call?.reject(new Error(`${error.error}: ${error.message}`));
      else call?.resolve(result);
    }
  });
  const send = (command, params = {}) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      waiting.set(id, { resolve, reject });
      const text = Buffer.from(JSON.stringify([0, id, command, params]));
      socket.write(Buffer.concat([Buffer.from(`${text.length}:`), text]));
    });
  await send("WebDriver:NewSession", { capabilities: { alwaysMatch: { acceptInsecureCerts: true } } });
  await send("WebDriver:SetWindowRect", { width: 1280, height: 1000 });
  const page = {
    open: (url) => send("WebDriver:Navigate", { url }),
    /** Runs `f` in the page; what it returns must be JSON. */
    evaluate: async (f, ...args) =>
      (await send("WebDriver:ExecuteScript", { script: `return (${f}).apply(null, arguments)`, args })).value,
    async until(f, ...args) {
      const end = performance.now() + 60_000;
      for (;;) {
        const value = await page.evaluate(f, ...args).catch(() => false);
        if (value) return value;
        if (performance.now() > end) throw new Error(`waited in vain for ${f}`);
        await pause(100);
      }
    },
    /** Presses the mouse at the first point and leaves it at the last. */
    drag: (points) =>
      send("WebDriver:PerformActions", {
        actions: [
          {
            type: "pointer",
            id: "mouse",
            parameters: { pointerType: "mouse" },
            actions: points.flatMap(([x, y], i) => [
              { type: "pointerMove", x: Math.round(x), y: Math.round(y), duration: i === 0 ? 0 : 16 },
              ...(i === 0 ? [{ type: "pointerDown", button: 0 }] : []),
              ...(i === points.length - 1 ? [{ type: "pointerUp", button: 0 }] : []),
            ]),
          },
        ],
      }),
    keys: (text) =>
      send("WebDriver:PerformActions", {
        actions: [
          {
            type: "key",
            id: "keys",
            actions: [...text].flatMap((value) => [
              { type: "keyDown", value },
              { type: "keyUp", value },
            ]),
          },
        ],
      }),
  };
  return {
    page,
    async close() {
      await Promise.race([send("Marionette:Quit", { flags: ["eForceQuit"] }).catch(() => {}), pause(5000)]);
      socket.destroy();
      if (child.exitCode === null) child.kill();
      await Promise.race([gone, pause(5000)]);
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
