// npm run size: gzipped bytes of the programs of test/size, as check-package measures them. npm run size -- adam: what each source file adds.
import { readdirSync } from "node:fs";
import { SourceMap } from "node:module";
import { basename, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const zipped = (text) => gzipSync(text, { level: 9 }).length;

/** The entry of this checkout, which leaves out what is not used as that of the package does. */
const own = {
  name: "own",
  setup(plugin) {
    plugin.onResolve({ filter: /^downhill(\/|$)/ }, ({ path }) => ({
      path: resolve("dist", `${path.slice("downhill/".length) || "index"}.js`),
      sideEffects: false,
    }));
  },
};

async function bundle(program) {
  const { outputFiles } = await build({
    entryPoints: [`test/size/${program}.js`],
    outdir: "build/size",
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    sourcemap: "external",
    write: false,
    logLevel: "silent",
    plugins: [own],
  });
  const [map, code] = outputFiles.sort((a, b) => b.path.length - a.path.length).map(({ text }) => text);
  return { map: JSON.parse(map), code };
}

/** For each source the bytes of its code, and those that the gzipped whole loses without them. */
function parts({ code, map }) {
  const places = new SourceMap(map);
  const owner = [];
  code.split("\n").forEach((line, row) => {
    for (let column = 0; column <= line.length; column++)
      owner.push(places.findEntry(row, column).originalSource ?? "of the bundler");
  });
  const whole = zipped(code);
  const letters = [...code];
  return [...new Set(owner)].map((source) => {
    const rest = letters.filter((_, i) => owner[i] !== source).join("");
    return {
      source: source.replace(/^(\.\.\/)+/, ""),
      bytes: code.length - rest.length,
      gzipped: whole - zipped(rest),
    };
  });
}

const wanted = process.argv.slice(2);
const programs = readdirSync("test/size").filter((name) => name.endsWith(".js"));
for (const program of wanted.length > 0 ? wanted : programs.map((name) => basename(name, ".js"))) {
  const made = await bundle(program);
  console.log(`${program}: ${made.code.length} bytes, ${zipped(made.code)} gzipped`);
  if (wanted.length > 0) console.table(parts(made).sort((a, b) => b.gzipped - a.gzipped));
}
