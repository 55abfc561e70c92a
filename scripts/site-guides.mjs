// The parts of the studio that are text: llms.txt, which lists pages and guides for readers that are programs, and the
// guides themselves as plain files beside it.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

/** Title and first sentence of a guide. */
function opening(path) {
  const text = readFileSync(path, "utf8");
  const title = /^# (.+)$/m.exec(text)?.[1] ?? path;
  const paragraph = text.split(/\n\n/).find((part) => /^[A-Z`]/.test(part)) ?? "";
  const sentence = /^[\s\S]*?[.:](?=\s|$)/.exec(paragraph)?.[0] ?? paragraph;
  return [title, sentence.replaceAll("\n", " ").replace(/:$/, ".")];
}

export function guides(out, pages) {
  mkdirSync(`${out}/guides`, { recursive: true });
  const files = readdirSync("docs")
    .filter((name) => name.endsWith(".md"))
    .sort();
  for (const name of files) copyFileSync(`docs/${name}`, `${out}/guides/${name}`);
  copyFileSync("README.md", `${out}/guides/README.md`);
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
    "## Pages that run it",
    "",
    ...pages
      .filter(([name]) => name !== "index")
      .map(([name, title, what]) => `- [${title}](${name}.html): ${what}`),
    "",
  ];
  writeFileSync(`${out}/llms.txt`, lines.join("\n"));
}
