// Guides whose examples can be changed and run: each in a fresh frame that may do nothing but compute.

const FRAME = "../run.html";
let frame: HTMLIFrameElement | null = null;
let last = 0;
let ended: (() => void) | null = null;
/** A program that says nothing for so long is thrown away with its frame. */
const LONGEST = 10_000;

interface Message {
  readonly id?: number;
  readonly kind: "ready" | "log" | "value" | "error" | "done";
  readonly text?: string;
}

/** Runs one program; `say` gets its lines. A program that still runs is ended with its frame. */
function run(program: string, say: (message: Message) => void): Promise<void> {
  ended?.();
  frame?.remove();
  const id = ++last;
  const element = document.createElement("iframe");
  element.setAttribute("sandbox", "allow-scripts");
  element.setAttribute("aria-hidden", "true");
  element.tabIndex = -1;
  element.className = "runner";
  element.title = "Where the examples run";
  frame = element;
  return new Promise((resolve) => {
    let timer = 0;
    const finish = (): void => {
      clearTimeout(timer);
      removeEventListener("message", hear);
      ended = null;
      resolve();
    };
    const wait = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        say({ kind: "error", text: `Stopped after ${LONGEST / 1000} s without an end or a word.` });
        element.remove();
        finish();
      }, LONGEST) as unknown as number;
    };
    const hear = ({ data, source }: MessageEvent<Message>): void => {
      if (source !== element.contentWindow) return;
      wait();
      if (data.kind === "ready") element.contentWindow!.postMessage({ id, program }, "*");
      else if (data.kind === "done") finish();
      else say(data);
    };
    ended = finish;
    addEventListener("message", hear);
    element.src = FRAME;
    document.body.append(element);
  });
}

const button = (text: string, primary = false): HTMLButtonElement => {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = text;
  if (primary) element.className = "primary";
  else element.className = "quiet";
  return element;
};

interface Example {
  readonly box: HTMLElement;
  start(): Promise<void>;
}

function enliven(pre: HTMLPreElement, number: number): Example {
  const original = pre.textContent ?? "";
  const box = document.createElement("div");
  box.className = "live";
  const area = document.createElement("textarea");
  area.className = "sheet program";
  area.spellcheck = false;
  area.value = original;
  area.setAttribute("aria-label", `Example ${number}`);
  const grow = (): void => {
    area.rows = area.value.split("\n").length + 1;
  };
  const output = document.createElement("div");
  output.className = "output";
  output.setAttribute("role", "log");
  output.setAttribute("aria-label", `What example ${number} said`);
  const [go, back] = [button("Run", true), button("As it was")];
  back.hidden = true;
  const start = async (): Promise<void> => {
    output.replaceChildren();
    box.dataset.ran = "running";
    go.textContent = "Running …";
    let wrong = false;
    await run(area.value, ({ kind, text = "" }) => {
      const line = document.createElement("pre");
      line.className = kind;
      if (kind === "error") wrong = true;
      if (kind === "value") {
        const [name, ...rest] = text.split("\n");
        const asked = document.createElement("span");
        asked.className = "asked";
        asked.textContent = name!;
        line.append(asked, `\n${rest.join("\n")}`);
      } else line.textContent = text;
      output.append(line);
    });
    if (output.childElementCount === 0) output.append("Ran, and said nothing.");
    go.textContent = "Run";
    box.dataset.ran = wrong ? "failed" : "ok";
  };
  go.addEventListener("click", () => void start());
  back.addEventListener("click", () => {
    area.value = original;
    back.hidden = true;
    grow();
  });
  area.addEventListener("input", () => {
    back.hidden = area.value === original;
    grow();
  });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void start();
    }
  });
  const row = document.createElement("div");
  row.className = "row";
  row.append(go, back);
  box.append(area, row, output);
  grow();
  pre.replaceWith(box);
  return { box, start };
}

const examples = [...document.querySelectorAll<HTMLPreElement>("pre[data-run]")].map((pre, i) =>
  enliven(pre, i + 1),
);
if (examples.length > 0) {
  const all = button(examples.length === 1 ? "Run the example" : `Run all ${examples.length} examples`);
  all.id = "run-all";
  all.addEventListener("click", async () => {
    all.disabled = true;
    for (const example of examples) await example.start();
    all.disabled = false;
    all.dataset.done = "yes";
  });
  const row = document.createElement("p");
  row.className = "row";
  const note = document.createElement("span");
  note.className = "note";
  note.textContent = "Change any example and run it here; Ctrl Enter runs it too. Nothing is sent anywhere.";
  row.append(all, note);
  document.querySelector("main h1")?.after(row);
}

export {};
