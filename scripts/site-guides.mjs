// The parts of the studio that are text: llms.txt, which lists pages and guides for readers that are programs, and the
// guides themselves as plain files beside it.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { toHtml } from "./markdown.mjs";

/** Title and first sentence of a guide. */
function opening(path) {
  const text = readFileSync(path, "utf8");
  const title = /^# (.+)$/m.exec(text)?.[1] ?? path;
  const paragraph = text.split(/\n\n/).find((part) => /^(?:[A-Z]|`[^`])/.test(part)) ?? "";
  const sentence = /^(?:`[^`]*`|[^`])*?[.:](?=\s|$)/.exec(paragraph)?.[0] ?? paragraph;
  return [title, sentence.replaceAll("\n", " ").replace(/:$/, ".")];
}

/** [file without its ending, title] of every guide. */
export function guideList() {
  const files = readdirSync("docs")
    .filter((name) => name.endsWith(".md"))
    .sort();
  return [
    ["README", "What there is, and how to choose"],
    ...files.map((name) => [name.slice(0, -3), opening(`docs/${name}`)[0]]),
  ];
}

/** In the page itself: a browser asks for an icon anew whenever the address changes, and the state is in the address. */
export const ICON = `<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(readFileSync("site/styles/mark.svg", "utf8").trim())}">`;

const page = (title, body, policy) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title} · downhill</title>
    ${ICON}
    <script src="../assets/theme.js"></script>
    <link rel="stylesheet" href="../assets/studio.css">
    <script type="module" src="../assets/guide.js"></script>
  </head>
  <body>
    <header class="masthead"><a class="wordmark" href="../index.html">downhill</a><nav aria-label="Pages"><a href="../learn.html">Learn</a><a href="../fit.html">Fit</a><a href="../race.html">Race</a></nav></header>
    <main class="guide">${body}</main>
  </body>
</html>
`;

/** README, guides and declarations in one text. */
function fullText(files) {
  const entries = ["index", "least-squares", "plot", "testfunctions", "workers"];
  const shared = "dist/types/shared";
  const parts = [
    ["README", readFileSync("README.md", "utf8")],
    ...files.map((name) => [`docs/${name}`, readFileSync(`docs/${name}`, "utf8")]),
    ...entries.map((name) => [
      `Declarations of "downhill${name === "index" ? "" : `/${name}`}"`,
      readFileSync(`dist/types/${name}.d.ts`, "utf8"),
    ]),
    ...(existsSync(shared) ? readdirSync(shared) : [])
      .filter((name) => name.endsWith(".d.ts"))
      .map((name) => [`Declarations shared by entries: ${name}`, readFileSync(`${shared}/${name}`, "utf8")]),
  ];
  return parts
    .map(([title, text]) => `\n\n===== ${title} =====\n\n${text.trim()}\n`)
    .join("")
    .trimStart();
}

export function guides(out, pages, policy) {
  mkdirSync(`${out}/guides`, { recursive: true });
  const files = readdirSync("docs")
    .filter((name) => name.endsWith(".md"))
    .sort();
  for (const name of files) copyFileSync(`docs/${name}`, `${out}/guides/${name}`);
  copyFileSync("README.md", `${out}/guides/README.md`);
  for (const [name, title] of guideList()) {
    const text = readFileSync(name === "README" ? "README.md" : `docs/${name}.md`, "utf8");
    writeFileSync(`${out}/guides/${name}.html`, page(title, toHtml(text), policy));
  }
  const lines = [
    "# downhill",
    "",
    "> Numerical optimisation for JavaScript: curve fitting, minimisation, sampling, constrained programs, small networks and",
    "> linear algebra from a WebAssembly core. No dependency, no file to fetch, nothing to await.",
    "",
    "## Guides",
    "",
    "- [README](guides/README.md): what there is, how to choose, first examples.",
    ...files.map((name) => {
      const [title, sentence] = opening(`docs/${name}`);
      return `- [${title}](guides/${name}): ${sentence}`;
    }),
    "",
    "- [All of it in one file](llms-full.txt): README, every guide, and every public name with its types and its documentation.",
    "",
    "## Pages that run it",
    "",
    ...pages
      .filter(([name]) => name !== "index")
      .map(([name, title, what]) => `- [${title}](${name}.html): ${what}`),
    "",
  ];
  writeFileSync(`${out}/llms.txt`, lines.join("\n"));
  writeFileSync(`${out}/llms-full.txt`, fullText(files));
}
