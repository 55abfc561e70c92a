// The page of results: its tables are those of site/results.json, cell by cell, with a column of untrue claims.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

export async function use({ checks, page }) {
  await checks.check(
    "results: every figure of the data file stands in the page, claims in a column",
    async () => {
      const { sections } = JSON.parse(readFileSync("site/results.json", "utf8"));
      const shown = await page.$$eval("table.record", (all) =>
        all.map((table) =>
          [...table.querySelectorAll("tbody tr")].map((row) => [...row.cells].map((c) => c.textContent)),
        ),
      );
      assert.equal(shown.length, sections.length);
      sections.forEach(({ rows, columns }, s) => {
        const claims = columns.indexOf("untrue claims");
        if (s < 4) assert.ok(claims > 0);
        const wanted = rows.map((row) =>
          row.map((cell, i) => (i === claims && cell === "" ? "–" : cell.replaceAll("`", ""))),
        );
        assert.deepEqual(shown[s], wanted);
      });
      return `${sections.flatMap(({ rows }) => rows).length} rows`;
    },
  );
}
