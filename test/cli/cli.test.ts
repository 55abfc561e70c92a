// The command line as it is typed: exit codes, answers on real tables, and what wrong calls say. Expected numbers: R's data sets
// with the answers recorded for them, as in the other tests of fits.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { folded } from "../../src/cli/commands.js";
import { main } from "../../src/cli/main.js";
import { readTable } from "../../src/cli/table.js";

interface Answer {
  code: number;
  out: string;
  err: string;
  files: Record<string, string>;
}

function downhill(args: readonly string[], input: Record<string, string> = {}): Answer {
  const out: string[] = [];
  const err: string[] = [];
  const files: Record<string, string> = {};
  const code = main(args, {
    read: (file) => input[file] ?? readFileSync(file, "utf8"),
    write: (file, text) => {
      files[file] = text;
    },
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    columns: 80,
    node: "v0",
    version: "1.2.3",
  });
  return { code, out: out.join("\n"), err: err.join("\n"), files };
}
const json = (args: readonly string[], input?: Record<string, string>) => {
  const answer = downhill([...args, "--json"], input);
  expect(answer.code).toBe(0);
  return JSON.parse(answer.out);
};

test("semicolons and decimal commas: R's BOD, A = 19.143, k = 0.5311", () => {
  const fit = json(["fit", "data/bod.csv", "A*(1 - exp(-k*x))"]);
  expect(fit.values.A).toBeCloseTo(19.1425752846179, 7);
  expect(fit.values.k).toBeCloseTo(0.53109137696521, 8);
  // The column's own name in the model; the column by number.
  expect(json(["fit", "data/bod.csv", "A*(1 - exp(-k*Tage))"]).values.k).toBeCloseTo(fit.values.k, 7);
  expect(json(["fit", "data/bod.csv", "A*(1 - exp(-k*x))", "--x", "1", "--y", "2"]).values).toEqual(
    fit.values,
  );
});

test("a line of units and an empty cell: theophylline", () => {
  const model = "4.02*exp(lKe+lKa-lCl)*(exp(-exp(lKe)*x)-exp(-exp(lKa)*x))/(exp(lKa)-exp(lKe))";
  const { code, out, err } = downhill([
    "fit",
    "data/theophylline.csv",
    model,
    "--start",
    "lKe=-2.5,lKa=0.5,lCl=-3",
    "--json",
  ]);
  expect(code).toBe(0);
  expect(err).toBe("left out: 1 row with an empty cell");
  const fit = JSON.parse(out);
  expect(fit.values.lKe).toBeCloseTo(-2.91961330979275, 6);
  expect(fit.params.lCl.stderr).toBeCloseTo(0.127269649818, 6);
  expect(readTable(readFileSync("data/theophylline.csv", "utf8"), "t").units).toEqual(["h", "mg/L"]);
});

test("groups with a shared parameter: Puromycin, one K", () => {
  const args = ["fit", "data/puromycin.csv", "Vm*x/(K + x)", "--group", "state", "--shared", "K"];
  const fit = json(args);
  expect(fit.values.K).toBeCloseTo(0.0579718329187719, 8);
  expect(fit.sets.map(({ label }: { label: string }) => label)).toEqual(["treated", "untreated"]);
  expect(downhill(args).out).toContain("set untreated: 11 points");
});

test("named models, bounds, held parameters, ranges, levels, losses, weights", () => {
  const name = json(["fit", "data/puromycin.csv", "michaelisMenten", "--range", "0.05:"]);
  expect(name.residuals.length).toBe(19);
  const held = [
    "fit",
    "data/bod.csv",
    "a*exp(-b*x) + c",
    "--bound",
    "b=0:",
    "--fix",
    "c=20",
    "--level",
    "0.9",
  ];
  expect(json(held).params.c.fixed).toBe(true);
  const table = "x y s\n0 1 0.1\n1 3.1 0.1\n2 4.9 0.2\n3 7 0.1\n4 30 0.2\n";
  const loss = ["--loss", "huber", "--sigma", "s", "--loss-scale", "2"];
  expect(json(["fit", "-", "a + b*x", ...loss], { "-": table }).covarianceForm).toBe("huber");
  const known = json(["fit", "-", "a + b*x", "--sigma", "3", "--absolute-sigma"], { "-": table });
  expect(known.covarianceForm).toBe("absolute");
  expect(downhill(["fit", "data/bod.csv", "polynomial(2)"]).code).toBe(0);
});

test("programs, pictures, starts", () => {
  const fit = ["fit", "data/bod.csv", "A*(1 - exp(-k*x))"];
  expect(downhill([...fit, "--code", "python"]).out).toContain("scipy.optimize");
  expect(downhill([...fit, "--plot"]).out).toMatch(/[\u2800-\u28ff]/);
  expect(downhill([...fit, "--plot", "a.svg"]).files["a.svg"]).toMatch(/^<svg/);
  const guess = downhill(["guess", "data/bod.csv", "A*(1 - exp(-k*x))"]).out;
  expect(guess).toMatch(/--start A=19\.14\d*,k=0\.531/);
});

test("models are ranked by AICc", () => {
  const some = ["compare", "data/puromycin.csv", "--models", "linear,michaelisMenten,logarithmic"];
  const { code, out } = downhill(some);
  expect(code).toBe(0);
  expect(out.split("\n").length).toBe(4);
  expect(json(["compare", "data/bod.csv", "--models", "linear,constant"]).names.length).toBe(2);
  expect(downhill(["compare", "data/puromycin.csv"]).out.split("\n").length).toBeGreaterThan(4);
  const groups = downhill(["compare", "data/puromycin.csv", "--group", "state"]);
  expect(groups.out).toMatch(/^model/);
  expect(downhill(["models"]).out).toContain("michaelisMenten: Michaelis-Menten kinetics");
});

test("minimize, verify, doctor, help", () => {
  const found = downhill(["minimize", "(1-x)^2 + 100*(y-x^2)^2", "--start", "x=-1.2,y=1"]);
  expect(found.code).toBe(0);
  expect(found.out).toMatch(/x = (1|0\.99999)/);
  const report = downhill(["fit", "data/bod.csv", "A*(1 - exp(-k*x))", "--json"]).out;
  expect(downhill(["verify", "report.json"], { "report.json": report }).code).toBe(0);
  const changed = report.replace(/"rss": [\d.]+/, '"rss": 1');
  const wrong = downhill(["verify", "report.json"], { "report.json": changed });
  expect(wrong.code).toBe(1);
  expect(wrong.out).toMatch(/does not hold: the rss/);
  expect(downhill(["doctor"]).out).toMatch(/simd +works/);
  expect(downhill([]).out).toContain("Exit codes: 0 converged");
  for (const command of ["fit", "guess", "compare", "models", "minimize", "verify", "doctor"]) {
    const help = downhill([command, "--help"]);
    expect(help.code).toBe(0);
    expect(help.out).toContain("Example:");
  }
});

test("not converged is 1", () => {
  expect(downhill(["minimize", "x", "--start", "x=1"]).code).toBe(1);
});

const model = "A*(1 - exp(-k*x))";
test.each<[string, readonly string[], RegExp, Record<string, string>?]>([
  ["no such file", ["fit", "data/bot.csv", model], /data\/bot\.csv.*check the name/],
  [
    "no such column",
    ["fit", "data/bod.csv", model, "--y", "Bedaf"],
    /no column "Bedaf".*did you mean Bedarf/,
  ],
  ["no such number", ["fit", "data/bod.csv", model, "--x", "9"], /no column "9".*Tage, Bedarf/],
  [
    "text in a number column",
    ["fit", "-", model],
    /line 3, column y: "1\.\.2" is no number/,
    { "-": "x,y\n1,2\n2,1..2\n3,4\n" },
  ],
  ["text for x", ["fit", "data/puromycin.csv", "a*x", "--x", "state"], /"treated" is no number/],
  [
    "decimal commas between commas",
    ["fit", "-", model],
    /line 2: 4 cells, but 2 columns.*semicolons/,
    { "-": "x,y\n1,5,2,5\n" },
  ],
  ["a typo in the model", ["fit", "data/bod.csv", "A*(1 - exq(-k*x))"], /exq/],
  ["a model that is not there", ["fit", "data/bod.csv", "michaelisMente"], /did you mean michaelisMenten/],
  ["a start of another name", ["fit", "data/bod.csv", model, "--start", "kk=1"], /no parameter kk/],
  ["a start that is none", ["fit", "data/bod.csv", model, "--start", "k"], /--start.*a=1,b=0\.1/],
  ["a bound that is none", ["fit", "data/bod.csv", model, "--bound", "k=0"], /--bound.*0:10/],
  ["a bound without a name", ["fit", "data/bod.csv", model, "--bound", "0:1"], /--bound.*b=0:/],
  ["a range the wrong way", ["fit", "data/bod.csv", model, "--range", "9:1"], /lower end first/],
  ["a range without data", ["fit", "data/bod.csv", model, "--range", "90:100"], /widen --range/],
  ["a level", ["fit", "data/bod.csv", model, "--level", "95"], /0\.99/],
  ["shared without groups", ["fit", "data/bod.csv", model, "--shared", "k"], /--group/],
  ["a loss", ["fit", "data/bod.csv", model, "--loss", "hubert"], /huber/],
  ["a language", ["fit", "data/bod.csv", model, "--code", "rust"], /js, python, r/],
  ["an option", ["fit", "data/bod.csv", model, "--strt", "k=1"], /unknown option[\s\S]*--start/],
  ["a command", ["fitt", "data/bod.csv", model], /unknown command[\s\S]*fit/],
  ["an argument that is missing", ["fit", "data/bod.csv"], /missing required argument 'model'/],
  ["an empty file", ["fit", "-", model], /no data/, { "-": "# nothing\n" }],
  ["names alone", ["fit", "-", model], /no rows/, { "-": "x,y\n" }],
  ["one column", ["fit", "-", model], /no column left for y/, { "-": "x\n1\n2\n" }],
  ["only empty cells", ["fit", "-", model], /no row is left/, { "-": "x,y\n1,\n2,\n" }],
  ["too few points", ["fit", "-", model], /too few residuals/, { "-": "x,y\n1,2\n" }],
  ["a start for minimize", ["minimize", "x^2 + y^2", "--start", "x=1"], /no value for y.*--start x=1,y=1/],
  ["a report that is none", ["verify", "-"], /no JSON/, { "-": "{" }],
  ["one model", ["compare", "data/bod.csv", "--models", "linear"], /nothing to be compared with/],
  ["a model that is none", ["compare", "data/bod.csv", "--models", "linear,foo"], /no model "foo"/],
])("%s: 2, with what to do", (_, args, message, input) => {
  const { code, err } = downhill(args, input);
  expect(err).toMatch(message);
  expect(code).toBe(2);
});

test("tables: tabs, pipes, blanks, quotes, no names, byte order mark", () => {
  const rows = (text: string) => readTable(text, "t").rows;
  expect(rows("a\tb\n1,5\t2\n")).toEqual([["1,5", "2"]]);
  expect(readTable("a\tb\n1,5\t2\n", "t").decimalComma).toBe(true);
  expect(rows("a|b\n1|2\n")).toEqual([["1", "2"]]);
  expect(rows("  1   2\n 3 4 \n")).toEqual([
    ["1", "2"],
    ["3", "4"],
  ]);
  expect(readTable("1 2 9\n", "t").names).toEqual(["x", "y", "3"]);
  expect(readTable('\ufeff"time, s","y"\n"1","2"\n', "t").names).toEqual(["time, s", "y"]);
  // A column without a name has its number, from 1.
  expect(readTable("t,,y\n1,2,3\n", "t").names).toEqual(["t", "2", "y"]);
  expect(readTable("1,2,3\n4,5,6\n", "t").names).toEqual(["x", "y", "3"]);
  expect(readTable("% c\n// d\na,b\r\n1,2\r\n", "t").lines).toEqual([4]);
});

test("--html writes a page of its own; words that are no numbers are named as they were typed", () => {
  const { code, files } = downhill(["fit", "data/bod.csv", "A*(1 - exp(-k*x))", "--html", "fit.html"]);
  expect(code).toBe(0);
  expect(files["fit.html"]).toMatch(/^<!doctype html>/i);
  expect(files["fit.html"]).toContain("19.1(25)");
  const huber = ["fit", "data/bod.csv", "linear", "--loss", "huber", "--loss-scale"];
  expect(downhill([...huber, "abc"])).toMatchObject({
    code: 2,
    err: expect.stringContaining('--loss-scale: "abc"'),
  });
  expect(downhill([...huber, "2"]).code).toBe(0);
  expect(downhill(["fit", "data/bod.csv", "linear", "--absolute-sigma"]).err).toContain("--sigma err");
});

test("no line of a report is longer than the terminal; a word that has no blank stays whole", () => {
  const { out } = downhill(["fit", "data/theophylline.csv", "oneCompartment"]);
  const lines = out.split("\n");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(out.replace(/\s+/g, " ")).toMatch(/ke: 0\.0539545\d* .* at 95 % \(init = 0\.0539545\)/);
  expect(folded("short\n", 5)).toBe("short\n");
  expect(folded("a".repeat(30), 10)).toBe("a".repeat(30));
  expect(folded("one two three", 8)).toBe("one two\n        three");
});

test.each([
  [["fit", "a*x + b", "data.csv"], /the file comes first: downhill fit data\.csv/],
  [["fit", "nothing.csv", "a*x + b"], /ENOENT.*check the name of the file/],
  [["fit", "data/bod.csv", "a*x", "--p0", "1"], /starts: --start a=1/],
  [["fit", "data/bod.csv", "a*x", "--bounds", "0,1"], /bounds: --bound b=0:/],
  [["fit", "data/bod.csv", "a*x", "--yerr", "1"], /standard deviations: --sigma/],
  [["fit", "data/bod.csv", "a*x", "--svg", "1"], /a picture: --plot fit\.svg/],
  [["fit", "data/bod.csv", "a*x", "--loss-scale", "1"], /there is no loss \(name it: --loss softL1/],
  [["fit", "--file", "data/bod.csv"], /the file comes first/],
  [["fit", "d.json", "a*x"], /d\.json is JSON, not a table \(give a file with columns/],
])("%j says what to type", (args, words) => {
  const { code, err } = downhill(args, { "d.json": '{ "x": [1, 2], "y": [1, 2] }' });
  expect(code).toBe(2);
  expect(err).toMatch(words);
});

test("the version is that of the package", () => {
  expect(downhill(["--version"])).toMatchObject({ code: 0, out: "1.2.3" });
});
