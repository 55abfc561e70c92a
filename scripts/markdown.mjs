// The Markdown of our guides as HTML: headings, paragraphs, lists, tables, code, links. Everything else is text.

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const slug = (text) =>
  text
    .toLowerCase()
    .replaceAll(/[^\w]+/g, "-")
    .replaceAll(/^-|-$/g, "");

/** Code, links, and stress within a line. */
function inline(text) {
  return text
    .split(/(`[^`]+`)/)
    .map((part) =>
      part.startsWith("`") && part.length > 1
        ? `<code>${escaped(part.slice(1, -1))}</code>`
        : escaped(part)
            .replaceAll(/\[([^\]]+)\]\(([^)\s]+)\)/g, (_, words, to) => `<a href="${link(to)}">${words}</a>`)
            .replaceAll(/\*\*([^*]+)\*\*/g, "<strong>$1</strong>")
            .replaceAll(/(?<![\w*])\*([^*\s][^*]*)\*(?!\w)/g, "<em>$1</em>")
            .replaceAll("\\|", "|"),
    )
    .join("");
}

/** Guides link to each other as files of the repository: here they lie side by side. */
const link = (to) => to.replace(/^(\.\.\/)?(docs\/)?([\w-]+)\.md/, "$3.html");

function table(lines) {
  const cells = (line) =>
    line
      .trim()
      .replace(/^\||\|$/g, "")
      .split(/(?<!\\)\|/)
      .map((cell) => inline(cell.trim()));
  const [head, , ...rows] = lines;
  const row = (line, tag) =>
    `<tr>${cells(line)
      .map((cell) => `<${tag}>${cell}</${tag}>`)
      .join("")}</tr>`;
  return `<div class="scroll" tabindex="0"><table><thead>${row(head, "th")}</thead><tbody>${rows.map((line) => row(line, "td")).join("")}</tbody></table></div>`;
}

/** A page can run it: it imports something, and nothing but what the page has. */
function runnable(program) {
  const from = [...program.matchAll(/^import[^"]*"([^"]+)"/gm)].map((found) => found[1]);
  return (
    from.length > 0 &&
    from.every((name) => ["downhill", "downhill/plot", "downhill/testfunctions"].includes(name)) &&
    !/await import\(|process\./.test(program)
  );
}

export function toHtml(markdown) {
  const out = [];
  const lines = markdown.split("\n");
  for (let i = 0; i < lines.length; ) {
    const line = lines[i];
    const fence = /^```(\w*)/.exec(line);
    if (fence) {
      const end = lines.findIndex((other, k) => k > i && other.startsWith("```"));
      const program = lines.slice(i + 1, end).join("\n");
      const run = fence[1] === "js" && runnable(program) ? " data-run" : "";
      out.push(`<pre tabindex="0" class="sheet program"${run}><code>${escaped(program)}</code></pre>`);
      i = end + 1;
    } else if (/^#{1,4} /.test(line)) {
      const level = line.indexOf(" ");
      const text = line.slice(level + 1);
      out.push(`<h${level} id="${slug(text)}">${inline(text)}</h${level}>`);
      i++;
    } else if (line.startsWith("|")) {
      const end = lines.findIndex((other, k) => k > i && !other.startsWith("|"));
      const stop = end < 0 ? lines.length : end;
      out.push(table(lines.slice(i, stop)));
      i = stop;
    } else if (/^(- |\d+\. )/.test(line)) {
      const ordered = /^\d/.test(line);
      const items = [];
      for (; i < lines.length && (/^(- |\d+\. )/.test(lines[i]) || /^ {2,}\S/.test(lines[i])); i++) {
        if (/^(- |\d+\. )/.test(lines[i])) items.push(lines[i].replace(/^(- |\d+\. )/, ""));
        else items[items.length - 1] += ` ${lines[i].trim()}`;
      }
      out.push(
        `<${ordered ? "ol" : "ul"}>${items.map((item) => `<li>${inline(item)}</li>`).join("")}</${ordered ? "ol" : "ul"}>`,
      );
    } else if (line.trim() === "" || line.startsWith("<!--")) i++;
    else {
      const begun = i;
      while (i < lines.length && lines[i].trim() !== "" && !/^(```|#{1,4} |\||- )/.test(lines[i])) i++;
      if (i === begun) i++;
      out.push(`<p>${inline(lines.slice(begun, i).join(" "))}</p>`);
    }
  }
  return out.join("\n");
}
