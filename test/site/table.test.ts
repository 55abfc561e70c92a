// The pasted table of the studio: what its cells are as numbers, and what is said where they may be two.
import { expect, test } from "vitest";
import { readTable } from "../../site/fit/table.js";

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
