// The command line as it is typed: exit codes, answers on real tables, and what wrong calls say. Expected numbers: R's data sets
// with the answers recorded for them, as in the other tests of fits.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { folded } from "../../src/cli/commands.js";
import { main } from "../../src/cli/main.js";
import { readTable } from "../../src/cli/table.js";
import { decoded, wholeInput } from "../../src/cli/text.js";

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
    checkWritable: (file) => {
      if (file.startsWith("none/")) throw new Error(`ENOENT: no such file or directory, access '${file}'`);
    },
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
  expect(out.split("\n").length).toBe(5);
  expect(json(["compare", "data/bod.csv", "--models", "linear,constant"]).names.length).toBe(2);
  expect(downhill(["compare", "data/puromycin.csv"]).out.split("\n").length).toBeGreaterThan(4);
  const groups = downhill(["compare", "data/puromycin.csv", "--group", "state"]);
  expect(groups.out).toMatch(/^y: rate against x: conc; sets by state; 23 rows\nmodel/);
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
  ["a model that is none", ["compare", "data/bod.csv", "--models", "linear,foo"], /no model foo/],
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

const decay = (t: number, a = 10) => a * Math.exp(-0.5 * t);
const subjects = (labels: readonly string[]) =>
  `subject,time,conc\n${labels.flatMap((label, k) => [0, 1, 2, 3].map((t) => `${label},${t},${decay(t, 10 + k)}\n`)).join("")}`;

test.each([
  ["numbers", ["1", "2"]],
  ["words", ["A", "B"]],
])("no column has two parts: sets by the first column, %s", (_, labels) => {
  const args = ["fit", "-", "a*exp(-k*x)", "--group", "subject", "--shared", "k"];
  const input = { "-": subjects(labels) };
  const fit = json(args, input);
  expect(fit.values.k).toBeCloseTo(0.5, 9);
  expect(fit.values["a[1]"]).toBeCloseTo(11, 8);
  expect(fit.columns).toEqual({ x: { x: "time" }, y: "conc", group: "subject" });
  expect(downhill(args, input).out).toMatch(/^y: conc against x: time; sets by subject; 8 rows\n/);
  // An empty label makes no set of its own.
  const gap = downhill(args, { "-": subjects([...labels, ""]) });
  expect(gap.err).toBe("left out: 4 rows with an empty cell");
  expect(gap.out).not.toContain("set :");
});

test("x and y are the columns that are left, first those called so", () => {
  const line = [0, 1, 2, 3].map((t) => ({ t, s: 1 + 2 * t + 0.01 * (t % 2) }));
  const first = { "-": `signal,time\n${line.map(({ t, s }) => `${s},${t}\n`).join("")}` };
  expect(json(["fit", "-", "a + b*x", "--y", "signal"], first).columns).toEqual({
    x: { x: "time" },
    y: "signal",
  });
  const errors = { "-": `err,t,y\n${line.map(({ t, s }) => `0.1,${t},${s}\n`).join("")}` };
  expect(json(["fit", "-", "a + b*x", "--sigma", "err"], errors).columns).toEqual({
    x: { x: "t" },
    y: "y",
    sigma: "err",
  });
  // y = 3 + x + 2 dose; --range is one of x, whatever else the model names.
  const rows = [0, 1, 2, 3, 4, 5].map((t) => [10 - t, (t * t) % 5, t, 3 + t + 2 * ((t * t) % 5)].join(","));
  const dose = { "-": `time,dose,x,y\n${rows.join("\n")}\n` };
  const cut = json(["fit", "-", "c + a*x + b*dose", "--range", "1:4"], dose);
  expect(cut.input.x.x).toEqual([1, 2, 3, 4]);
  expect(cut.values.b).toBeCloseTo(2, 9);
  expect(json(["fit", "-", "c + b*dose", "--range", "1:"], dose).input.x.dose).toEqual([1, 4, 4, 1]);
  expect(json(["fit", "-", "c + b*dose"], dose).columns).toEqual({ x: { dose: "dose" }, y: "y" });
  // The axes of pictures have the columns' names, and the page says which they are.
  const { files } = downhill(
    ["fit", "-", "a + b*x", "--y", "signal", "--plot", "a.svg", "--html", "a.html"],
    first,
  );
  expect(files["a.svg"]).toContain(">time</text>");
  expect(files["a.html"]).toContain("<h1>y: signal against x: time; 4 rows</h1>");
  expect(downhill(["fit", "-", "a + b*x", "--y", "signal", "--code", "r"], first).out).toMatch(
    /^# y: signal/,
  );
});

const six = "time,dose,x,y\n1,2,3,4\n2,3,5,5\n3,5,6,7\n4,4,7,7\n";
test.each<[string, readonly string[], string, RegExp]>([
  [
    "one column for two parts",
    ["a*x", "--x", "time", "--y", "1"],
    six,
    /--x and --y are both the column time/,
  ],
  ["no x in the model", ["c + b*dose", "--x", "time"], six, /--x: the model has no x, it names dose/],
  ["a range of two", ["c + b*dose + d*time", "--range", "0:3"], six, /several columns: dose, time/],
  ["no column for x", ["a*x", "--y", "y"], "y\n1\n2\n", /no column left for x/],
  ["columns of a model", ["competitiveInhibition"], six, /no column S, which the model needs/],
  ["twins", ["a*x + b"], "x,y,y\n1,2,3\n2,3,4\n3,5,5\n", /two columns are called y .*2 or 3/],
  ["no model", ["sigmoid"], six, /there is no model sigmoid .*a mean is the model constant/],
  ["a word", ["poly2"], six, /there is no model poly2/],
  ["held and started", ["a*x + b", "--fix", "a=1", "--start", "a=2"], six, /by --fix and another by --start/],
  ["held outside", ["a*x + b", "--fix", "a=1", "--bound", "a=5:9"], six, /held at 1, outside of its --bound/],
  ["twice", ["a*x + b", "--start", "a=1", "--start", "a=2"], six, /--start: a is given twice/],
  ["no name", ["a*x + b", "--start", "[=1"], six, /no parameter \[/],
  [
    "two outputs",
    ["a*x + b", "--json", "--plot"],
    six,
    /--json and --plot go to one output.*--plot fit\.svg/,
  ],
  ["a mark", ["a*x + b", "--decimal", "dot"], six, /say comma or point/],
  ["a comma", ["a*x + b"], "x\ty\n1\t2\n2\t1,000\n3\t3\n", /line 3: 1,000 may be 1\.000 or 1000/],
  ["a quoted comma", ["a*x + b"], 'x,y\n1,2\n2,"1,000"\n3,3\n', /is the comma decimal.*--decimal/],
  ["both marks", ["a*x + b"], "x\ty\n1\t2.5\n2\t3,5\n3\t3\n", /"3,5" is no number.*--decimal/],
  ["blanks", ["a*x + b"], "x  y  z\n1  2  3\n2     5\n3 4.5 7\n", /line 3: 2 cells, but 3 columns/],
  ["a start of one set", ["a*x + b", "--group", "dose", "--start", "a[0]=1"], six, /no value for a\[1\]/],
  ["a start of no set", ["a*x + b", "--group", "dose", "--start", "a[9]=1"], six, /the sets are 0 to 3/],
  [
    "shared, not of a set",
    ["a*x + b", "--group", "dose", "--shared", "a", "--start", "a[0]=1"],
    six,
    /write a=1/,
  ],
  [
    "all and one",
    ["a*x + b", "--group", "dose", "--start", "a=1,a[0]=2"],
    six,
    /a and a\[0\] are both given/,
  ],
])("what is ambiguous is refused: %s", (_, args, table, words) => {
  const { code, err, out } = downhill(["fit", "-", ...args], { "-": table });
  expect(err).toMatch(words);
  expect([code, out]).toEqual([2, ""]);
});

test("a column that shares its name is told by its number", () => {
  const { out } = downhill(["fit", "-", "a*x + b", "--y", "3"], { "-": "x,y,y\n1,2,3\n2,3,4\n3,5,5\n" });
  expect(out).toMatch(/^y: y \(column 3\) against x; 3 rows\n/);
});

test("the decimal mark decides what a comma is, where it is told", () => {
  const y = (text: string, ...more: string[]) =>
    json(["fit", "-", "a + 0*x", ...more], { "-": text }).input.y;
  const table = "x\ty\n1\t2\n2\t1,000\n3\t3\n";
  expect(y(table, "--decimal", "comma")).toEqual([2, 1, 3]);
  expect(y(table, "--decimal", "point")).toEqual([2, 1000, 3]);
  expect(y('x,y\n1,2\n2,"1,000.5"\n3,"12,345,678"\n', "--decimal", "point")).toEqual([2, 1000.5, 12345678]);
  expect(y("x;y\n1;2,5\n2;1.000,5\n3;3\n", "--decimal", "comma")).toEqual([2.5, 1000.5, 3]);
  // A digit 0 before the comma, or other than three behind it, leave no doubt.
  expect(y("x\ty\n1\t0,125\n2\t1,250\n3\t2,375\n")).toEqual([0.125, 1.25, 2.375]);
  expect(y("x\ty\n1\t2,5\n2\t1,000\n3\t3\n")).toEqual([2.5, 1, 3]);
});

test("a first column that is called # is no comment", () => {
  const { columns, input } = json(["fit", "-", "a*x + b"], { "-": "#,x,y\n1,10,1\n2,20,2.1\n3,30,3\n" });
  expect(columns).toEqual({ x: { x: "x" }, y: "y" });
  expect(input.x).toEqual([10, 20, 30]);
  expect(readTable("#, a comment\n1,2,3\n2,3,4\n", "t").names).toEqual(["x", "y", "3"]);
  expect(readTable("# x y\n1 2\n2 3\n", "t").names).toEqual(["x", "y"]);
});

test("an expression may begin with a minus", () => {
  expect(json(["fit", "data/bod.csv", "-a*x + b"]).values.a).toBeLessThan(0);
  expect(json(["minimize", "-4*x + x^2", "--start", "x=1"]).x[0]).toBeCloseTo(2, 6);
  expect(json(["fit", "data/bod.csv", "a*x + b", "--range", "-1:4"]).residuals.length).toBe(4);
  expect(downhill(["minimize", "-x", "--start", "x=1"]).err).toMatch(/begins with - stands in parentheses/);
});

test("starts that guess prints are those that fit takes, and options given twice add up", () => {
  const input = { "-": subjects(["1", "2"]) };
  const sets = ["-", "a*exp(-k*x)", "--group", "subject"];
  const [, starts] = /--start (\S+)/.exec(downhill(["guess", ...sets], input).out)!;
  expect(starts).toMatch(/^a\[0\]=10,k\[0\]=0\.5,a\[1\]=11/);
  expect(json(["fit", ...sets, "--start", starts!], input).values["a[1]"]).toBeCloseTo(11, 8);
  const told = json(["guess", ...sets], input);
  expect(told.minima[0].values["k[1]"]).toBeCloseTo(0.5, 6);
  expect(told.columns.group).toBe("subject");
  const fit = ["fit", "data/bod.csv", "A*(1 - exp(-k*x))", "--start", "A=19", "--start", "k=0.5"];
  expect(json(fit).params.k.init).toBe(0.5);
});

test("a comparison says how many models it does not print, reads its input once, and blames no model for a column", () => {
  const { out } = downhill(["compare", "data/bod.csv"]);
  const all = json(["compare", "data/bod.csv"]);
  const rows = out.split("\n").slice(2);
  const more = rows.pop()!;
  expect(all.names.length).toBe(rows.length + Number(/^and (\d+) more/.exec(more)![1]));
  // The best by BIC is among them, wherever it stands.
  expect(rows.some((row) => row.trim().split(/ +/)[4] === "0")).toBe(true);
  let reads = 0;
  const table = readFileSync("data/puromycin.csv", "utf8");
  const once = {
    get "-"() {
      reads++;
      return reads === 1 ? table : "";
    },
  };
  expect(downhill(["compare", "-", "--models", "linear,michaelisMenten"], once).code).toBe(0);
  expect(downhill(["compare", "data/bod.csv", "--y", "nope"]).err).toMatch(/no column "nope"/);
});

test("a file that cannot be written is named with its option", () => {
  const err: string[] = [];
  const code = main(["fit", "data/bod.csv", "linear", "--html", "none/a.html"], {
    read: (file) => readFileSync(file, "utf8"),
    checkWritable: () => undefined,
    write: () => {
      throw Object.assign(new Error("ENOENT: no such file or directory, open 'none/a.html'"), {
        code: "ENOENT",
      });
    },
    out: () => undefined,
    err: (text) => err.push(text),
    columns: 80,
    node: "v0",
    version: "1.2.3",
  });
  expect(code).toBe(2);
  expect(err.join("")).toMatch(/--html: ENOENT.*a folder that is there/);
});

test("minimize: every name is a variable of the expression, bounds are kept, and the report calls variables by name", () => {
  const inside = downhill(["minimize", "(x-3)^2 + (y+1)^2", "--start", "y=0,x=0", "--bound", "x=:2"]);
  expect(inside.code).toBe(0);
  expect(inside.out).toMatch(/^y = -(1|0\.9999)\S*\nx = 2$/m);
  expect(inside.out).toMatch(/^ {4}x {2,}= 2/m);
  expect(inside.out).not.toMatch(/x\[\d\]/);
  expect(json(["minimize", "(x-3)^2 + y^2", "--start", "y=1,x=0"]).names).toEqual(["y", "x"]);
  for (const [args, says] of [
    [["x^2", "--start", "x=1,z=3"], /--start: the expression has no variable z \(variables: x\)/],
    [["x^2", "--start", "x=1", "--bound", "q=0:1"], /--bound: the expression has no variable q/],
    [
      ["x^2 + y^2", "--start", "y=5,x=1", "--bound", "y=0:2"],
      /--start: y=5 is outside --bound y=0:2 \(write --start y=2,x=1/,
    ],
    [["5"], /the expression has no variable \(write one/],
    [["5", "--start", "x=1"], /the expression has no variable \(write one/],
  ] as const) {
    const { code, err } = downhill(["minimize", ...args]);
    expect(code).toBe(2);
    expect(err).toMatch(says);
  }
});

test("compare: a model that was named and has no place in the table is accounted for", () => {
  const { code, out, err } = downhill([
    "compare",
    "data/bod.csv",
    "--models",
    "linear,power,biexponential,polynomial(4)",
  ]);
  expect(code).toBe(0);
  expect(out).not.toMatch(/biexponential/);
  expect(err).toMatch(/left out: biexponential: /);
  expect(err).toMatch(/left out: polynomial\(4\): 5 parameters for 6 points have no AICc/);
});

test("a file that is called what it is not is refused before anything is fitted", () => {
  for (const [option, file, says] of [
    ["--plot", "fit.png", /--plot: svg is written, not png \(call it fit\.svg/],
    ["--html", "fit.pdf", /--html: html is written, not pdf \(call it fit\.html/],
    ["--html", "data/bod.csv", /--html: data\/bod\.csv holds the data \(call it data\/bod\.html/],
    ["--html", "other.csv", /--html: html is written, not csv/],
    ["--plot", "p.svg.gz", /--plot: svg is written, not gz/],
  ] as const) {
    const { code, err, out, files } = downhill(["fit", "data/bod.csv", "linear", option, file]);
    expect([code, out, files]).toEqual([2, "", {}]);
    expect(err).toMatch(says);
  }
  expect(
    Object.keys(downhill(["fit", "data/bod.csv", "linear", "--plot", "a.SVG", "--html", "b.htm"]).files),
  ).toEqual(["b.htm", "a.SVG"]);
});

test.each<[string, readonly string[], RegExp]>([
  ["an unknown model beside auto", ["compare", "data/bod.csv", "--models", "auto,foo"], /no model foo/],
  [
    "one unknown model",
    ["compare", "data/bod.csv", "--models", "exponental"],
    /no model exponental \(did you mean exponential/,
  ],
  ["twins", ["compare", "data/bod.csv", "--models", "linear,linear"], /nothing to be compared with/],
  ["a level", ["compare", "data/bod.csv", "--level", "2"], /--level: "2" is no level/],
  ["a loss", ["compare", "data/bod.csv", "--loss", "foo"], /loss must be one of linear/],
  ["a name of no model", ["compare", "data/bod.csv", "--fix", "offfset=3"], /--fix: none of the models has/],
  ["a property of every object", ["fit", "data/bod.csv", "constructor"], /no model constructor/],
  [
    "no name",
    ["fit", "data/bod.csv", "linear", "--plot", ""],
    /--plot: "" is no name of a file \(call it fit/,
  ],
  ["the input", ["fit", "data/bod.csv", "linear", "--html", "-"], /--html: "-" is no name/],
  ["no folder", ["fit", "data/bod.csv", "linear", "--plot", "none/a.svg"], /--plot: ENOENT.*a folder that/],
  ["no expression", ["minimize", "x^2+"], /the expression ends at column 5/],
  ["no expression of a name", ["minimize", "(("], /the expression ends at column 3/],
  ["help for what is none", ["help", "fitt"], /unknown command 'fitt' \(did you mean fit\?\)/],
  ["an option of another", ["fit", "a.csv", "linear", "--models", "auto"], /it is an option of compare\)/],
  ["an option of others", ["models", "--json"], /it is an option of fit, guess, compare and minimize\)/],
  [
    "an option too early",
    ["--json", "fit", "a.csv", "linear"],
    /behind the command: downhill fit \.\.\. --json/,
  ],
  ["a near one", ["fit", "a.csv", "linear", "--strat", "a=1"], /did you mean --start\?/],
  ["none near", ["models", "--p0", "1"], /downhill models --help lists the options/],
  ["no command", ["data.csv", "a*x"], /the command comes first: downhill fit data\.csv/],
  ["a swallowed file", ["fit", "--plot", "a.csv", "linear"], /--plot takes the word behind it.*put it last/],
  ["no quotes", ["fit", "data/bod.csv", "a", "*", "x"], /stands in quotes/],
  ["one dash", ["fit", "data/bod.csv", "linear", "-o", "a.svg"], /options have two dashes/],
])("a slip is answered with what to type: %s", (_, args, words) => {
  const { code, err, out } = downhill(args);
  expect(err).toMatch(words);
  expect(err).toMatch(/^downhill: /);
  expect([code, out]).toEqual([2, ""]);
});

test("a file that the system does not read is bad input, whatever it says", () => {
  for (const code of ["ENOENT", "ENOTDIR", "ENAMETOOLONG", "EIO", "ELOOP", "ERR_FS_FILE_TOO_LARGE"]) {
    const err: string[] = [];
    const answer = main(["fit", "a.csv", "linear"], {
      read: () => {
        throw Object.assign(new Error(`${code}: no`), code[3] === "_" ? { code } : { code, syscall: "open" });
      },
      checkWritable: () => undefined,
      write: () => undefined,
      out: () => undefined,
      err: (text) => err.push(text),
      columns: 80,
      node: "v0",
      version: "1.2.3",
    });
    expect([answer, err.join()]).toEqual([
      2,
      `downhill: ${code}: no (check the name of the file; - reads the input)`,
    ]);
  }
});

test("compare: auto among names, commas of a function, and what is told of parameters goes to the models that have them", () => {
  const some = json(["compare", "data/bod.csv", "--models", "linear,a*x^max(b, 0.1),linear"]);
  expect([...some.names].sort()).toEqual(["a*x^max(b, 0.1)", "linear"]);
  const all = json(["compare", "data/bod.csv", "--models", "auto,a*x^2 + b,linear"]);
  expect(all.names).toContain("a*x^2 + b");
  expect(new Set(all.names).size).toBe(all.names.length);
  expect(all.names.length).toBe(json(["compare", "data/bod.csv"]).names.length + 1);
  const held = ["compare", "data/bod.csv", "--models", "linear,constant,exponential", "--fix", "slope=1"];
  expect(downhill(held).out).toMatch(/^linear +1 /m);
});

test("a terminal may be narrow, or say nothing of its width", () => {
  const wide = (columns: number) => {
    const out: string[] = [];
    const world = { checkWritable: () => undefined, write: () => undefined, err: () => undefined };
    const read = (file: string) => readFileSync(file, "utf8");
    const args = ["fit", "data/bod.csv", "linear", "--plot"];
    expect(
      main(args, { ...world, read, out: (text) => out.push(text), columns, node: "v0", version: "1" }),
    ).toBe(0);
    return Math.max(
      ...out
        .join("\n")
        .split("\n")
        .map((line) => line.length),
    );
  };
  for (const columns of [-3, 1, 5, 20, 1e9]) expect(wide(columns)).toBeGreaterThan(19);
  for (const columns of [40, 60]) expect(wide(columns)).toBeLessThanOrEqual(columns);
  expect(wide(0)).toBeLessThanOrEqual(80);
});

test("bytes are text in UTF-8, UTF-16 and Windows-1252, or are none", () => {
  const table = "t,\u00e9\n0,1\n1,2.5\n";
  const wide = (text: string, big: boolean): Uint8Array => {
    const bytes = new Uint8Array(2 * text.length);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), !big);
    return bytes;
  };
  for (const big of [false, true]) {
    expect(decoded(wide(table, big), "t")).toBe(table);
    expect(decoded(wide(`\ufeff${table}`, big), "t")).toBe(table);
  }
  expect(decoded(new TextEncoder().encode(table), "t")).toBe(table);
  expect(decoded(new TextEncoder().encode(`\ufeff${table}`), "t")).toBe(table);
  expect(
    decoded(
      Uint8Array.from(table, (sign) => sign.charCodeAt(0)),
      "t",
    ),
  ).toBe(table);
  // Of these some engines make controls.
  expect(decoded(Uint8Array.of(0x80, 0x92, 0x96, 0x9f, 0x81, 0xb5), "t")).toBe(
    "\u20ac\u2019\u2013\u0178\u0081\u00b5",
  );
  expect(() => decoded(Uint8Array.of(80, 75, 3, 4, 0, 0, 0, 0, 0, 9), "t.xlsx")).toThrow(
    /t\.xlsx is no text/,
  );
  // An input whose writer is slow is waited for.
  const said = [..."x,y"].flatMap((sign) => [sign, "EAGAIN"]);
  let waits = 0;
  const text = wholeInput(
    (part) => {
      const next = said.shift();
      if (next === "EAGAIN") throw Object.assign(new Error("no"), { code: next });
      if (next) part[0] = next.charCodeAt(0);
      return next ? 1 : 0;
    },
    () => waits++,
  );
  expect([decoded(text, "-"), waits]).toEqual(["x,y", 3]);
});

test("a first line of numbers is data whatever its marks, and other blanks part thousands where plain ones part columns", () => {
  const read = (text: string) => readTable(text, "t");
  const comma = read("0,5;10,5\n1;2\n2;3\n");
  expect([comma.names, comma.decimalComma, comma.rows.length]).toEqual([["x", "y"], true, 3]);
  // What cannot be told is not taken for names.
  expect(() => read("1,000;2,000\n3;4\n5;6\n")).toThrow(/line 1: 1,000 may be 1\.000 or 1000/);
  const fitted = (text: string) => downhill(["fit", "-", "a*x + b"], { "-": text });
  for (const first of ["1,000;2,000", "1.000,5;2.000,5"])
    expect(fitted(`${first}\n3;4.5\n5;6.5\n`).err).toMatch(/line 1.*is no number/);
  // Thousands that are parted more than once can be told.
  expect(json(["fit", "-", "a*x + b"], { "-": "1,000,000;2\n3;4.5\n5;6.5\n" }).input.x).toEqual([1e6, 3, 5]);
  expect(fitted('"1,5","2,5"\n1,2\n2,3\n').err).toMatch(/--decimal comma/);
  // Names that hold numbers are names.
  expect(read("x;1,5;2,5\n1;2;3\n").names).toEqual(["x", "1,5", "2,5"]);
  for (const blank of ["\u00a0", "\u202f"]) {
    const y = json(["fit", "-", "a + 0*x"], { "-": `0 1${blank}234\n1 \t2${blank}345\n2 3${blank}456,5\n` })
      .input.y;
    expect(y).toEqual([1234, 2345, 3456.5]);
    expect(read(`0${blank}1\n1${blank}${blank}2\n`).rows).toEqual([
      ["0", "1"],
      ["1", "2"],
    ]);
    expect(() => read(`0${blank}1${blank}5\n1${blank}2\n`)).toThrow(/1 cells|2 cells/);
  }
});

test("tables of spreadsheets: a line sep=, cells of several lines, thousands parted by blanks or apostrophes", () => {
  const y = (text: string) => json(["fit", "-", "a + 0*x"], { "-": text }).input.y;
  expect(readTable("sep=;\r\nx;y\r\n1;2\r\n", "t")).toMatchObject({ names: ["x", "y"], lines: [3] });
  expect(readTable("sep=|\nx, t|y\n1|2\n", "t").names).toEqual(["x, t", "y"]);
  const cells = readTable('"time\n(s)",y\n1,2\n"2",3\n', "t");
  expect([cells.names, cells.lines]).toEqual([
    ["time (s)", "y"],
    [3, 4],
  ]);
  expect(readTable('x,y,5"\n1,2,3\n', "t").names).toEqual(["x", "y", '5"']);
  expect(y("x;y\n1;1 234,5\n2;12\u202f345,5\n3;\u22121,5\n")).toEqual([1234.5, 12345.5, -1.5]);
  expect(y("x;y\n1;1'234.5\n2;12\u2019345\n3;1.5\n")).toEqual([1234.5, 12345, 1.5]);
  expect(y("x;y\n1;1 234\n2;12 345\n3;6\n")).toEqual([1234, 12345, 6]);
  const told = (text: string) => downhill(["fit", "-", "a + 0*x"], { "-": text }).err;
  expect(told("x;y\n1;1.234,5\n2;3\n")).toMatch(/"1\.234,5" is no number.*--decimal comma/);
  expect(told("x,y\n1,1e400\n2,3\n")).toMatch(/line 2, column y: "1e400" is beyond the largest number/);
  expect(told("t,y\n01.02.2024,1\n02.02.2024,3\n")).toMatch(
    /"01\.02\.2024" is no number.*dates as 2024-02-28/,
  );
  expect(told("My data\nx,y\n1,2\n2,3\n")).toMatch(
    /line 3: 2 cells.*put # before what is no table, as line 1/,
  );
});

test("a long table is read in time that grows as its length", () => {
  // Rows of one set, and as many sets as rows: neither may copy what is there for each row more.
  const rows = Array.from({ length: 60_000 }, (_, i) => `${i % 7},${1 + 2 * (i % 7)},${i}`).join("\n");
  const fit = json(["fit", "-", "a + b*x"], { "-": `x,y,z\n${rows}\n` });
  expect(fit.values.b).toBeCloseTo(2, 9);
});

test("separators behind the last column are no cells, and what Excel writes for a missing value is one", () => {
  const rows = ["1,2", "2,3.1", "3,4", "4,5.2"];
  const plain = json(["fit", "-", "a + b*x"], { "-": ["x,y", ...rows].join("\n") });
  for (const end of [",", ",,", ", ,"]) {
    const behind = rows.map((row) => row + end);
    expect(json(["fit", "-", "a + b*x"], { "-": ["x,y", ...behind].join("\n") }).values).toEqual(
      plain.values,
    );
    expect(json(["fit", "-", "a + b*x"], { "-": [`x,y${end}`, ...behind].join("\n") }).values).toEqual(
      plain.values,
    );
  }
  // A cell that is filled is too much, wherever it stands.
  expect(downhill(["fit", "-", "a + b*x"], { "-": "x,y\n1,2,\n2,3,,4\n" }).err).toMatch(
    /line 3: 4 cells, but 2 columns/,
  );
  const gaps = json(["fit", "-", "a + b*x"], { "-": ["x,y", ...rows, "5,#N/A", "6,#NA"].join("\n") });
  expect(gaps.values).toEqual(plain.values);
});

test("dates are days since the first, per cent are numbers; a cell that is neither is named", () => {
  // 10 + 2 days, across the 29th of February; the last at noon.
  const table = "day;share\n2024-02-27;10%\n2024-02-28;12 %\n2024-03-01;16,0%\n2024-03-02 12:00;19%\n;99%\n";
  const fit = json(["fit", "t.csv", "a + b*x"], { "t.csv": table });
  expect(fit.values.a).toBeCloseTo(10, 10);
  expect(fit.values.b).toBeCloseTo(2, 10);
  const { out } = downhill(["fit", "t.csv", "a + b*x"], { "t.csv": table });
  expect(out).toContain("y: share (%) against x: day (days since 2024-02-27); 4 rows");
  // Axes have their units, those of a line of units too.
  const drawn = (text: string) => downhill(["fit", "t.csv", "a + b*x", "--plot"], { "t.csv": text }).out;
  expect(drawn(table)).toContain("share (%) against day (days since 2024-02-27)");
  expect(drawn("t;y\n[s];mV\n1;2\n2;3\n3;5\n")).toContain("y (mV) against t (s)");
  const wrong = (from: string, to: string) =>
    downhill(["fit", "t.csv", "a + b*x"], { "t.csv": table.replace(from, to) }).err;
  expect(wrong("2024-02-28", "2024-02-30")).toMatch(
    /line 3, column day: "2024-02-30" is no number.*2024-02-28 12:30/,
  );
  expect(wrong("16,0%", "0.16")).toMatch(/line 4, column share: "0.16" is no number.*12\.5%/);
  expect(wrong("10%", "10:30")).toMatch(/column share: "10:30" is no number/);
});

test.each([
  ["fit", "--sigma"],
  ["compare", "--group"],
  ["minimize", "--start"],
])("%s: an option without its value names the help of its command", (command, option) => {
  const { code, err } = downhill([command, command === "minimize" ? "x^2" : "data/bod.csv", option]);
  expect(code).toBe(2);
  expect(err).toContain(`'${option} <`);
  expect(err).toContain(`(downhill ${command} --help shows what it takes)`);
});
