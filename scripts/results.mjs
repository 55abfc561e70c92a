// npm run results: docs/results.md from site/results.json, which the page "Results" of the studio shows too. Figures are changed there.
import { readFileSync, writeFileSync } from "node:fs";

/** The data as Markdown: a table for each section. */
export function toMarkdown({ title, text, sections }) {
  const wrapped = (words) =>
    words
      .split(" ")
      .reduce(
        (lines, word) => {
          const last = lines[lines.length - 1];
          if (last && last.length + word.length + 1 > 135) lines.push(word);
          else lines[lines.length - 1] = last ? `${last} ${word}` : word;
          return lines;
        },
        [""],
      )
      .join("\n");
  const row = (cells) => `|${cells.map((cell) => (cell ? ` ${cell} |` : " |")).join("")}`;
  const parts = [`# ${title}`, wrapped(text)];
  for (const { title: name, text: words, columns, rows } of sections) {
    parts.push(`## ${name}`);
    if (words) parts.push(wrapped(words));
    parts.push([row(columns), `|${columns.map(() => "---|").join("")}`, ...rows.map(row)].join("\n"));
  }
  return `${parts.join("\n\n")}\n`;
}

if (process.argv[1]?.endsWith("results.mjs"))
  writeFileSync("docs/results.md", toMarkdown(JSON.parse(readFileSync("site/results.json", "utf8"))));
