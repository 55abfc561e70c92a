// What is solved, and what is claimed: the tables of site/results.json, with their column of untrue claims.

import results from "../results.json" with { type: "json" };
import { show } from "../shell/layout.js";

/** Text with names of functions between backticks. */
function Words({ text }: { text: string }) {
  return <>{text.split("`").map((part, i) => (i % 2 === 1 ? <code key={part}>{part}</code> : part))}</>;
}

interface Section {
  readonly title: string;
  readonly text?: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

function Table({ title, text, columns, rows }: Section) {
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      {text && (
        <p class="note">
          <Words text={text} />
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard too */}
      <section class="scroll" tabIndex={0} aria-label={`Table: ${title}`}>
        <table class="record">
          <thead>
            <tr>
              {columns.map((name) => (
                <th key={name} scope="col" class={name === "untrue claims" ? "claims" : undefined}>
                  {name || <span class="sr">what</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((cells) => (
              <tr key={cells.join()}>
                {cells.map((cell, i) => (
                  <td key={columns[i]} class={columns[i] === "untrue claims" ? "claims" : undefined}>
                    {cell === "" && columns[i] === "untrue claims" ? (
                      <span title="not counted">–</span>
                    ) : (
                      <Words text={cell} />
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

function Results() {
  return (
    <>
      <h1>{results.title}</h1>
      <p class="lede">
        <Words text={results.text} />
      </p>
      {(results.sections as readonly Section[]).map((section) => (
        <Table key={section.title} {...section} />
      ))}
    </>
  );
}

await show("results", undefined, Results);
