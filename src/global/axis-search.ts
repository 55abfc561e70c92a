// A search along each axis in turn, for functions that are a sum of functions of one variable: a grid, then the lowest places of the
// grid by parabolas in a shrinking bracket (the idea of the STEP line searches in HCMA: Loshchilov, Schoenauer and Sebag, GECCO
// 2013, 1177; the parabolas are Brent's, Algorithms for Minimization without Derivatives, 1973, chapter 5).

import { rankOf } from "./ranking.js";
import { packList, unpackList } from "./saving.js";

/** Places of the grid on one axis. */
const GRID = 100;
/** Brackets that are refined at the same time. */
const BRACKETS = 4;
/** A bracket is narrow enough, in the cube. */
const NARROW = 1e-9;
const ROUNDS = 40;
const GOLDEN = 0.3819660112501051;

interface Bracket {
  a: number;
  b: number;
  c: number;
  fa: number;
  fb: number;
  fc: number;
  open: boolean;
  /** The last width but one: a parabola has to halve it, or the golden section takes its turn. */
  before: number;
  next: number;
}

export class AxisSearch {
  readonly n: number;
  readonly x: Float64Array;
  f: number;
  evaluations = 0;
  rows = 0;
  readonly points: Float64Array;
  readonly values: Float64Array;
  #axis = 0;
  #brackets: Bracket[] | null = null;
  #round = 0;

  /** From `x` in the cube, whose value is `f`. */
  constructor(x: ArrayLike<number>, f: number) {
    this.n = x.length;
    this.x = Float64Array.from(x);
    this.f = f;
    this.points = new Float64Array(GRID * this.n);
    this.values = new Float64Array(GRID);
  }

  /** The lowest point, in the cube. */
  get point(): Float64Array {
    return this.x;
  }

  ask(): void {
    const { n, points, x } = this;
    const brackets = this.#brackets;
    this.rows = 0;
    const add = (v: number) => {
      points.set(x, this.rows * n);
      points[this.rows * n + this.#axis] = v;
      this.rows++;
    };
    if (!brackets) for (let i = 0; i < GRID; i++) add((i + 0.5) / GRID);
    for (const bracket of brackets ?? []) {
      if (!bracket.open) continue;
      bracket.next = step(bracket);
      add(bracket.next);
    }
    this.evaluations += this.rows;
  }

  /** True where the search is over. */
  tell(): boolean {
    const axis = this.#axis;
    if (!this.#brackets) {
      this.#brackets = this.#lowest();
      this.#round = 0;
    } else {
      let row = 0;
      for (const bracket of this.#brackets) if (bracket.open) take(bracket, rankOf(this.values[row++]!));
      this.#round++;
    }
    let best: Bracket | null = null;
    let open = false;
    for (const bracket of this.#brackets) {
      if (bracket.fb < (best ? best.fb : this.f)) best = bracket;
      open ||= bracket.open;
    }
    // Brackets that cannot become the lowest are given up early.
    if (this.#round === 6) for (const bracket of this.#brackets) bracket.open &&= bracket === best;
    open = this.#brackets.some((bracket) => bracket.open);
    if (open && this.#round < ROUNDS) return false;
    if (best) {
      this.x[axis] = best.b;
      this.f = best.fb;
    }
    this.#brackets = null;
    this.#axis++;
    return this.#axis >= this.n;
  }

  save(): string {
    const brackets = (this.#brackets ?? []).flatMap((b) => [
      b.a,
      b.b,
      b.c,
      b.fa,
      b.fb,
      b.fc,
      Number(b.open),
      b.before,
      b.next,
    ]);
    const numbers = [this.f, this.evaluations, this.#axis, this.#round, this.#brackets ? 1 : 0];
    return packList([...numbers, ...this.x, ...brackets]);
  }

  restore(saved: unknown): boolean {
    const numbers = unpackList(saved);
    if (!numbers || numbers.length < 5 + this.n) return false;
    const [f, evaluations, axis, round, begun] = numbers as [number, number, number, number, number];
    this.f = f;
    this.evaluations = evaluations;
    this.#axis = axis;
    this.#round = round;
    this.x.set(numbers.slice(5, 5 + this.n));
    const rest = numbers.slice(5 + this.n);
    this.#brackets = begun === 1 ? [] : null;
    for (let i = 0; i + 9 <= rest.length; i += 9) {
      const [a, b, c, fa, fb, fc, open, before, next] = rest.slice(i, i + 9) as [
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      this.#brackets?.push({ a, b, c, fa, fb, fc, open: open === 1, before, next });
    }
    return true;
  }

  /** Brackets around the lowest places of the grid. */
  #lowest(): Bracket[] {
    const at = (i: number) => (i < 0 ? 0 : i >= GRID ? 1 : (i + 0.5) / GRID);
    const value = (i: number) => (i < 0 || i >= GRID ? Infinity : rankOf(this.values[i]!));
    const found: Bracket[] = [];
    for (let i = 0; i < GRID; i++) {
      const fb = value(i);
      if (!(fb < Infinity && fb <= value(i - 1) && fb <= value(i + 1))) continue;
      found.push({
        a: at(i - 1),
        b: at(i),
        c: at(i + 1),
        fa: value(i - 1),
        fb,
        fc: value(i + 1),
        open: true,
        before: 1,
        next: 0,
      });
    }
    found.sort((p, q) => p.fb - q.fb);
    return found.slice(0, BRACKETS);
  }
}

/** The next place within the bracket: the vertex of the parabola, or golden section. */
function step(bracket: Bracket): number {
  const { a, b, c, fa, fb, fc } = bracket;
  const p = (b - a) * (fb - fc);
  const q = (b - c) * (fb - fa);
  const vertex = b - ((b - a) * p - (b - c) * q) / (2 * (p - q));
  const width = c - a;
  const good = vertex > a && vertex < c && vertex !== b && width < 0.7 * bracket.before;
  bracket.before = width;
  if (good) {
    const least = NARROW / 4;
    if (Math.abs(vertex - b) >= least) return vertex;
    return c - b > b - a ? b + least : b - least;
  }
  return c - b > b - a ? b + GOLDEN * (c - b) : b - GOLDEN * (b - a);
}

function take(bracket: Bracket, f: number): void {
  const { b, fb, next } = bracket;
  if (f <= fb) {
    if (next > b) {
      bracket.a = b;
      bracket.fa = fb;
    } else {
      bracket.c = b;
      bracket.fc = fb;
    }
    bracket.b = next;
    bracket.fb = f;
  } else if (next > b) {
    bracket.c = next;
    bracket.fc = f;
  } else {
    bracket.a = next;
    bracket.fa = f;
  }
  bracket.open = bracket.c - bracket.a > NARROW;
}
