// The pasted table of the studio: what its cells are as numbers, and what is said where they may be two.
import { expect, test } from "vitest";
import { readTable } from "../../site/fit/table.js";
import { numbersOf, readTable as readFile } from "../../src/cli/table.js";

const columns = (text: string) => readTable(text).columns.map(({ values }) => [...values]);
const notes = (text: string) => readTable(text).notes.join("; ");

test("a decimal comma among points is not read, and changes no other cell", () => {
  const table = "x\ty\n0\t1.5\n1\t2,5\n2\t3.25\n3\t4.75\n4\t5.5\n";
  expect(columns(table)[1]).toEqual([1.5, NaN, 3.25, 4.75, 5.5]);
  expect(notes(table)).toContain("decimal commas and points are mixed: 1 cell with a comma not read");
  // In a column that is not used too.
  expect(columns("id\tx\ty\n0,1\t0\t1.5\n0,2\t1\t2.5\n")[2]).toEqual([1.5, 2.5]);
});

test("commas are decimal where some can be nothing else, and part thousands beside points", () => {
  expect(columns("x\ty\n0,5\t1\n1,25\t1.234,5\n2\t12,000\n")).toEqual([
    [0.5, 1.25, 2],
    [1, 1234.5, 12],
  ]);
  expect(columns("x;y\n0;0,125\n1;1,250\n2;2,375\n")[1]).toEqual([0.125, 1.25, 2.375]);
  const beside = "x\ty\n0\t950.5\n1\t1,050.5\n2\t1,160\n";
  expect(columns(beside)[1]).toEqual([950.5, 1050.5, 1160]);
  expect(notes(beside)).toContain("commas part thousands");
  expect(columns('t,n\n0,"1,234"\n1,"0,125"\n2,"980"')[1]).toEqual([1234, NaN, 980]);
  expect(columns("x\ty\n0\t12,5 %\n1\t8 %\n")[1]).toEqual([12.5, 8]);
});

test("a comma that may be one or a thousand is not read, and said", () => {
  const table = "x\ty\n1\t2\n2\t1,000\n3\t3\n";
  expect(columns(table)[1]).toEqual([2, NaN, 3]);
  expect(notes(table)).toContain("“1,000” may be 1.000 or 1000: 1 cell with a comma not read");
  expect(notes("x\ty\n1,000\t2,000\n3,000\t4,000\n")).toMatch(/no column of numbers in it; “1,000” may be/);
  // It is no header either.
  expect(columns("1,000\t2,000\n3\t4\n5\t6\n")[0]).toEqual([NaN, 3, 5]);
});

test("between blanks a row with a gap is left out; a day that is none is no date", () => {
  const table = "x  y  z\n1  2  3\n2     5\n3 4.5 7\n4 5 6\n";
  expect(columns(table)).toEqual([
    [1, 3, 4],
    [2, 4.5, 5],
    [3, 7, 6],
  ]);
  expect(notes(table)).toContain("1 row with more or fewer cells left out");
  expect(columns("1 2\n2 3 4\n3 4\n")).toEqual([
    [1, 3],
    [2, 4],
  ]);
  expect(columns("x\ty\n1\t\n2\t5\n")[1]).toEqual([NaN, 5]);
  expect(columns("t,y\n2020-02-28,1\n2020-02-30,2\n2020-03-01,3\n")[0]).toEqual([0, NaN, 2]);
});

/** The same table in the writings of instruments, spreadsheets and databases. */
const WRITINGS: Record<string, string> = {
  plain: "t,y\n1,1234.5\n2,-2\n3,\n4,5e3\n",
  "byte order mark and lines of old Macs": "\ufefft,y\r1,1234.5\r2,-2\r3,\r4,5e3\r",
  "a separator that is told": "sep=;\nt;y\n1;1234.5\n2;-2\n3;\n4;5e3\n",
  "comments of every kind": "// by A\n# by B\n% by C\nt,y\n1,1234.5\n2,-2\n3,\n4,5e3\n",
  bars: "t|y\n1|1234.5\n2|-2\n3|\n4|5e3\n",
  Markdown: "| t | y |\n|---|:--:|\n| 1 | 1234.5 |\n| 2 | -2 |\n| 3 | |\n| 4 | 5e3 |\n",
  "a database": " t |   y\n---+--------\n 1 | 1234.5\n 2 | -2\n 3 |\n 4 | 5e3\n",
  "quotation marks": '"t","y"\n"1", "1234.5"\n"2","-2"\n"3",""\n"4","5e3"\n',
  "words for a missing value": "t,y\n1,1234.5\n2,-2\n3,#N/A\n4,5e3\n",
  "separators behind the last column": "t;y;;\n1;1234.5;;\n2;-2;;\n3;;;\n4;5e3;;\n",
  "thousands by blanks": "t;y\n1;1 234,5\n2;-2\n3;\n4;5 000,0\n",
  "thousands by apostrophes": "t;y\n1;1'234.5\n2;-2\n3;\n4;5\u2019000\n",
  "a dash and a minus": "t,y\n1,1234.5\n2,\u20132\n3,-\n4,5e3\n",
  "decimal commas between blanks": "1,0 1234,5\n2,0 -2,0\n3,0 NA\n4,0 5000,0\n",
  "Fortran's exponents": "t  y\n1.0D0  0.12345D+04\n2.0D0 -2.0D+00\n3.0D0 NaN\n4.0D0  5.0D+03\n",
  money: "t;y\n1;$1234.5\n2;-$2\n3;\n4;$ 5000\n",
  euros: "t;y\n1;1234,50 €\n2;-2,00 €\n3;\n4;5000,00€\n",
};

test.each(Object.entries(WRITINGS))(
  "%s: the studio and the command line read the same numbers",
  (_, text) => {
    const truth = [
      [1, 2, 3, 4],
      [1234.5, -2, NaN, 5000],
    ];
    const file = readFile(text, "t");
    expect([0, 1].map((at) => [...numbersOf(file, at, "t")])).toEqual(truth);
    expect(columns(text)).toEqual(truth);
    const { guess } = readTable(text);
    expect([guess.x, guess.y]).toEqual([0, 1]);
  },
);

test("a row of missing values is data, no units; a quotation mark behind a number is one of inches", () => {
  for (const read of [
    (text: string) => readFile(text, "t").rows.length,
    (text: string) => readTable(text).rows,
  ]) {
    expect(read("x,y\nNA,NA\n1,2\n2,3\n")).toBe(3);
    expect(read("x,y\ns,-\n1,2\n2,3\n")).toBe(2);
    expect(read('pipe,x,y\n5" steel,1,2\n6" steel,2,3\n7",3,4\n')).toBe(3);
    expect(read('x;y;note\n1;2;"a;b,c"\n2;3;"d"\n')).toBe(2);
    expect(read('x,y,note\n1,2,"a;b"\n2,3,"c;d"\n')).toBe(2);
  }
  expect(readTable('x,y,note\n1,2,"a;b"\n2,3,"c;d"\n').columns.map(({ name }) => name)).toEqual([
    "x",
    "y",
    "note",
  ]);
});

test("beside words numbers between blanks have decimal commas where a line has two of them", () => {
  // Two rows of a table of Istat.
  const towns = "Alessandria 95,7 98,2 -12,8 693\nAncona 76,6 84,3 -10,7 528\n";
  expect(columns(towns).slice(1)).toEqual([
    [95.7, 76.6],
    [98.2, 84.3],
    [-12.8, -10.7],
    [693, 528],
  ]);
  expect(columns("Run 1,5\nRun 2,7\n")[1]).toEqual([5, 7]);
  expect(columns("x, y\n0, 5\n1, 7\n")).toEqual([
    [0, 1],
    [5, 7],
  ]);
  expect(columns("a,b\n1 234,5 678\n2 345,6 789\n")).toEqual([
    [1234, 2345],
    [5678, 6789],
  ]);
});

test("thousands that are parted more than once are no question of the decimal mark", () => {
  for (const text of ["x\ty\n1\t1,234,567\n2\t-1,000,000\n", "x;y\n1;1.234.567\n2;-1.000.000,0\n"]) {
    expect(columns(text)[1]).toEqual([1234567, -1e6]);
    expect([...numbersOf(readFile(text, "t"), 1, "t")]).toEqual([1234567, -1e6]);
  }
  expect(columns("x\ty\n1\t1,234,56\n2\t3\n")[1]).toEqual([NaN, 3]);
});

test("lines above the table are left out and said", () => {
  const table = "Run 12\nOperator; none\n\nt;y\n1;2,5\n2;3,5\n3;4,5\n";
  expect(columns(table.replace("; none", ""))).toEqual([
    [1, 2, 3],
    [2.5, 3.5, 4.5],
  ]);
  expect(notes(table.replace("; none", ""))).toContain("2 lines above the table left out");
});

test("beside decimal commas a lone point parts thousands only where another cell shows it", () => {
  expect(columns("x\ty\n0\t1,5\n1\t2.345\n2\t3,5\n")[1]).toEqual([1.5, NaN, 3.5]);
  expect(notes("x\ty\n0\t1,5\n1\t2.345\n2\t3,5\n")).toContain("decimal commas; 1 cell with a point not read");
  expect(columns("x\ty\n0\t1.001,5\n1\t2.345\n2\t3,5\n")[1]).toEqual([1001.5, 2345, 3.5]);
});

test("where blanks and commas may both part the columns the header decides, and without one nothing is read", () => {
  const bare = "1 234,5\n2 235,6\n3 236,7\n";
  expect(columns(bare)).toEqual([]);
  expect(notes(bare)).toContain("may be parted by blanks or by commas");
  expect(() => readFile(bare, "t")).toThrow("may be parted by blanks or by commas");
  const cases: [string, number[]][] = [
    [`n U\n${bare}`, [234.5, 235.6, 236.7]],
    [`n,U\n${bare}`, [5, 6, 7]],
    ["2024-01-01 1,5\n2024-01-02 2,5\n2024-01-03 3,5", [1.5, 2.5, 3.5]],
    ["date value\n2024-01-01 1,5\n2024-01-02 2,5\n2024-01-03 3,5", [1.5, 2.5, 3.5]],
    ["x y\n1 1,5%\n2 2,5%\n3 3,5%", [1.5, 2.5, 3.5]],
    ["sep=\t\nx\ty\n1\t2", [2]],
  ];
  for (const [text, truth] of cases) {
    expect(columns(text)[1]).toEqual(truth);
    expect([...numbersOf(readFile(text, "t"), 1, "t")]).toEqual(truth);
  }
});

test("per cent and dates of the first line alone are names", () => {
  for (const text of [
    "x,5%,95%\n1,2,3\n2,4,5\n3,6.1,7",
    "site,2024-01-01,2024-02-01\n1,2,3\n2,4,5\n3,6.1,7",
  ]) {
    expect(columns(text)[1]).toEqual([2, 4, 6.1]);
    expect([...numbersOf(readFile(text, "t"), 1, "t")]).toEqual([2, 4, 6.1]);
  }
});

test("a line of dashes before words is read at once; rules may be short; a leading zero begins no thousands", () => {
  expect(readTable(`x,y\n${"-".repeat(80)} run 1\n1,2\n2,4\n3,6.1\n`).rows).toBe(3);
  expect(columns("|x|y|\n|:--|--:|\n|1|2|\n|2|3|\n")[1]).toEqual([2, 3]);
  expect(columns("x;y\n1;0.123.456\n2;0.5\n3;0.7")[1]).toEqual([NaN, 0.5, 0.7]);
});

test("a mark that is decimal parts no thousands", () => {
  expect(columns("x;y\n1;10.100.200\n2;0.5\n3;0.7")[1]).toEqual([NaN, 0.5, 0.7]);
  expect(notes("x;y\n1;10.100.200\n2;0.5\n3;0.7")).toContain("1 cell of “y” not read");
  expect(columns("x;y\n1;1,234,567\n2;0,5\n3;0,7")[1]).toEqual([NaN, 0.5, 0.7]);
  expect(columns("x;y\n1;1.234.567\n2;0,5\n3;0,7")[1]).toEqual([1234567, 0.5, 0.7]);
  expect(columns("x;y\n1;1,234,567\n2;0.5\n3;0.7")[1]).toEqual([1234567, 0.5, 0.7]);
  for (const [text, mark] of [
    ["x;y\n1;10.100.200\n2;0.5", undefined],
    ["x;y\n1;1,234,567\n2;0,5", "comma"],
    ["x;y\n1;1.234.567\n2;0.5", "point"],
  ] as const)
    expect(() => numbersOf(readFile(text, "t", mark), 1, "t"), text).toThrow(/is no number|one mark/);
  expect([...numbersOf(readFile("x;y\n1;1.234.567\n2;0,5", "t"), 1, "t")]).toEqual([1234567, 0.5]);
});

test("per cent with a typeset minus are read, and what is not read of a column is told", () => {
  expect(columns("x,y\n1,12%\n2,\u22125%\n3,-6%\n4,7 %")[1]).toEqual([12, -5, -6, 7]);
  const mixed = "x,y\n1,12%\n2,13%\n3,14\n4,15%";
  expect(columns(mixed)[1]).toEqual([12, 13, NaN, 15]);
  expect(notes(mixed)).toContain("1 cell of “y” not read");
});

test("an inch mark behind a blank joins no rows, bars and semicolons within notes part no columns", () => {
  expect(columns('size,y\n5 ",1\n6 ",2\n7 ",3\n8 ",4')[1]).toEqual([1, 2, 3, 4]);
  expect(columns("x,y,n\n1,2,a|b\n2,3,c|d\n3,4,e|f").slice(0, 2)).toEqual([
    [1, 2, 3],
    [2, 3, 4],
  ]);
  expect([...numbersOf(readFile("x,y,n\n1,2,a|b\n2,3,c|d\n3,4,e|f", "t"), 1, "t")]).toEqual([2, 3, 4]);
  expect(columns("Messung 1, Berlin\n0,5;1,5\n1,5;2,5").map((c) => c.at(-1))).toEqual([1.5, 2.5]);
  expect(() => numbersOf(readFile("x,y\n1,2;\n2,3;\n3,4;", "t"), 1, "t")).toThrow(/2;/);
  expect(readFile("a;b\n1.234,5;2,5\n1.235;3,5", "t").units).toBeNull();
});
