// Preparing data: standardised columns, and splits that lose and repeat nothing.

import { expect, test } from "vitest";
import { standardise, trainTestSplit } from "../../src/index.js";

const nested = Array.from({ length: 50 }, (_, i) => [i, 1e9 + Math.sin(i), 7]);
const flat = nested.flat();
const y = Float64Array.from({ length: 50 }, (_, i) => (i % 10 === 0 ? 1 : 0));

test("standardised columns have mean 0 and deviation 1, constant ones become 0, and come back", () => {
  const { data, mean, sd, rows, cols, apply, invert } = standardise(flat, 3);
  expect([rows, cols]).toEqual([50, 3]);
  for (const j of [0, 1]) {
    const column = Array.from({ length: 50 }, (_, i) => data[3 * i + j] as number);
    const mu = column.reduce((a, b) => a + b) / 50;
    const squares = column.reduce((sum, v) => sum + (v - mu) ** 2, 0);
    expect(Math.abs(mu)).toBeLessThan(j === 0 ? 1e-14 : 1e-6);
    expect(squares / 49).toBeCloseTo(1, j === 0 ? 12 : 6);
  }
  expect(mean[0]).toBe(24.5);
  expect(sd[2]).toBe(1);
  expect(data.filter((_, i) => i % 3 === 2).every((v) => v === 0)).toBe(true);
  for (const [i, v] of invert(data).entries()) expect(Math.abs(v - (flat[i] as number))).toBeLessThan(1e-6);
  expect([...apply([24.5, mean[1] as number, 7])]).toEqual([0, 0, 0]);
});

test("nested rows and matrices know their width", () => {
  expect(standardise(nested)).toMatchObject({ rows: 50, cols: 3 });
  expect(standardise(nested).data).toEqual(standardise(flat, 3).data);
  expect(standardise({ rows: 50, cols: 3, data: flat }).data).toEqual(standardise(flat, 3).data);
  expect(trainTestSplit(nested, y)).toEqual(trainTestSplit(flat, y, 3));
  const pairs = Array.from(y, (v) => [v, -v]);
  expect(trainTestSplit(nested, pairs).test.y.length).toBe(20);
});

test("a split has every row once, with its target, and repeats for a seed", () => {
  const { train, test: held } = trainTestSplit(flat, y, 3, { test: 0.3, seed: 4 });
  expect([train.y.length, held.y.length]).toEqual([35, 15]);
  expect([...train.indices, ...held.indices].sort((a, b) => a - b)).toEqual(nested.map((_, i) => i));
  for (const { x, y: targets, indices } of [train, held]) {
    for (const [i, row] of indices.entries()) {
      expect([...x.slice(3 * i, 3 * i + 3)]).toEqual(nested[row]);
      expect(targets[i]).toBe(y[row]);
    }
  }
  expect(trainTestSplit(flat, y, 3, { test: 0.3, seed: 4 }).test.indices).toEqual(held.indices);
  expect(trainTestSplit(flat, y, 3, { test: 0.3, seed: 5 }).test.indices).not.toEqual(held.indices);
});

test("a stratified split keeps the share of every label", () => {
  for (let seed = 0; seed < 5; seed++) {
    const { test: held } = trainTestSplit(flat, y, 3, { test: 0.2, seed, stratify: true });
    expect([...held.y].filter((v) => v === 1).length).toBe(1);
    expect(held.y.length).toBe(10);
  }
});

test("the label of a stratified split is the whole row of y", () => {
  const labels = Array.from({ length: 50 }, (_, i) => (i % 10 === 0 ? 2 : i % 2));
  const rows = labels.map((label) => [0, 1, 2].map((k) => Number(k === label)));
  for (let seed = 0; seed < 5; seed++) {
    const options = { test: 0.2, seed, stratify: true };
    const { test: held } = trainTestSplit(nested, labels, 3, options);
    for (const y of [rows, rows.flat()]) {
      const { test: own } = trainTestSplit(nested, y, 3, options);
      expect(own.indices).toEqual(held.indices);
      expect([...own.y]).toEqual([...held.indices].flatMap((i) => rows[i]!));
    }
    expect([0, 1, 2].map((k) => [...held.y].filter((label) => label === k).length)).toEqual([4, 5, 1]);
  }
});

test("bad data are refused with the place", () => {
  expect(() => standardise(flat)).toThrow(/cols must be the length of a row.*got undefined/);
  expect(() => standardise(flat, 4)).toThrow(/x has length 150, expected rows of 4/);
  expect(() => standardise(nested, 4)).toThrow(/x has 3 columns, expected rows of 4/);
  expect(() => standardise([[1, Number.NaN]])).toThrow(/x\[0\]\[1\] is NaN/);
  expect(() => trainTestSplit(flat, y.slice(1), 3)).toThrow(/50 rows of x do not go with 49 numbers of y/);
  expect(() => trainTestSplit(nested.slice(0, 2), [0, 1])).toThrow(/leaves 0 of 2 samples/);
  expect(() => trainTestSplit(nested, y, 3, { test: 1 })).toThrow(/test/);
  expect(() => trainTestSplit(nested, ["a"] as unknown as number[])).toThrow(/y\[0\] is "a"/);
});

test("standardised in every unit: squares leave no range", () => {
  const column = [1, 2, 3, 4, 10];
  const root = Math.sqrt(12.5);
  for (const unit of [1e-300, 1e-200, 1e-170, 1e-100, 1, 1e100, 1e160, 1e200, 1e306, 1.7e307]) {
    const { data, mean, sd, invert } = standardise(column.map((v) => [v * unit, 3]));
    for (const [i, v] of column.entries()) expect(data[2 * i]).toBeCloseTo((v - 4) / root, 12);
    expect(data.filter((_, i) => i % 2 === 1).every((v) => v === 0)).toBe(true);
    expect(mean[0]! / unit).toBeCloseTo(4, 12);
    expect(sd[0]! / unit).toBeCloseTo(root, 12);
    expect([mean[1], sd[1]]).toEqual([3, 1]);
    expect(invert(data)[8]! / unit).toBeCloseTo(10, 12);
  }
  // Beyond every unit: a constant of this size does not vary.
  expect(standardise([[1e200], [1e200]]).sd[0]).toBe(1);
  expect([...standardise([[1e200], [1e200]]).data]).toEqual([0, 0]);
});
