// The primal-dual interior point method for convex quadratic and linear programs: slacks t > 0 and multipliers > 0 for every finite
// side, Mehrotra's predictor and corrector (SIAM J. Optim. 2, 1992), proximal terms that keep the matrix of the steps quasi-definite
// (Schwan, Jiang, Kuhn and Jones 2023, "PIQP"), one sparse L D L' a step.

import type { Runtime } from "../runtime/runtime.js";
import type { Engine } from "./engine.js";
import { Kkt, type Shift, STATIC } from "./kkt.js";
import { addTransposed, largest, type Program, times } from "./program.js";

/** Fraction of the way to the boundary. */
const TAU = 0.995;
/** The proximal terms of x and y, in the scaled program. */
const RHO = 1e-12;
/** Least slack and multiplier of the start, in the scaled program. */
const INSIDE = 1;
/** 1 / W of a row that nothing holds. */
const LOOSE = 1e-20;

export class InteriorPoint implements Engine {
  readonly chunk = 1;
  readonly patience = 15;
  readonly p: Program;
  readonly kkt: Kkt;
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Sides: rows first, then variables. */
  readonly count: number;
  readonly lo: Float64Array;
  readonly up: Float64Array;
  /** Slacks and multipliers of the lower and the upper sides. */
  readonly tl: Float64Array;
  readonly tu: Float64Array;
  readonly yl: Float64Array;
  readonly yu: Float64Array;
  readonly sides: number;
  shift: Shift = STATIC;
  mu = 0;
  /** Residuals of the scaled program. */
  rp = 0;
  rd = 0;
  alphaP = 1;
  alphaD = 1;
  readonly #equal: Uint8Array;
  readonly #v: Float64Array;
  readonly #Px: Float64Array;
  readonly #dual: Float64Array;
  readonly #W: Float64Array;
  readonly #h: Float64Array;
  readonly #cl: Float64Array;
  readonly #cu: Float64Array;
  readonly #f: Float64Array;
  readonly #g: Float64Array;
  readonly #a: Float64Array;
  readonly #b: Float64Array;
  readonly #dx: Float64Array;
  readonly #dy: Float64Array;
  readonly #dv: Float64Array;
  readonly #dtl: Float64Array;
  readonly #dtu: Float64Array;
  readonly #dyl: Float64Array;
  readonly #dyu: Float64Array;

  constructor(p: Program, runtime: Runtime | undefined, kkt = new Kkt(p, runtime)) {
    const { n, m } = p;
    const N = n + m;
    this.p = p;
    this.kkt = kkt;
    this.count = N;
    const vector = (length: number) => new Float64Array(length);
    this.x = vector(n);
    this.y = vector(m);
    this.lo = vector(N);
    this.up = vector(N);
    this.#equal = new Uint8Array(N);
    [this.tl, this.tu, this.yl, this.yu] = [vector(N), vector(N), vector(N), vector(N)];
    [this.#v, this.#W, this.#h, this.#cl, this.#cu] = [vector(N), vector(N), vector(N), vector(N), vector(N)];
    [this.#dv, this.#dtl, this.#dtu, this.#dyl, this.#dyu] = [
      vector(N),
      vector(N),
      vector(N),
      vector(N),
      vector(N),
    ];
    [this.#Px, this.#dual, this.#f, this.#a, this.#dx] = [
      vector(n),
      vector(n),
      vector(n),
      vector(n),
      vector(n),
    ];
    [this.#g, this.#b, this.#dy] = [vector(m), vector(m), vector(m)];
    let sides = 0;
    for (let i = 0; i < N; i++) {
      this.lo[i] = i < m ? p.l[i]! : p.lower[i - m]!;
      this.up[i] = i < m ? p.u[i]! : p.upper[i - m]!;
      if (i < m && this.lo[i] === this.up[i]) this.#equal[i] = 1;
      else sides += (this.lo[i]! > -Infinity ? 1 : 0) + (this.up[i]! < Infinity ? 1 : 0);
    }
    this.sides = sides;
  }

  #values(): void {
    times(this.p.A, this.x, this.#v);
    this.#v.set(this.x, this.p.m);
  }

  /** The least-squares start: x near the sides, multipliers as its distances, both moved inside (Mehrotra 1992, section 7). */
  start(): boolean {
    const { p, x, y, lo, up, tl, tu, yl, yu } = this;
    const { n, m } = p;
    const a = this.#a;
    const b = this.#b;
    const f = this.#f;
    const g = this.#g;
    const near = (i: number) => Math.max(lo[i]!, Math.min(up[i]!, 0));
    for (let j = 0; j < n; j++) {
      const bounded = lo[m + j]! > -Infinity || up[m + j]! < Infinity;
      a[j] = (bounded ? 1 : 0) + RHO;
      f[j] = -p.q[j]! + (bounded ? near(m + j) : 0);
    }
    for (let i = 0; i < m; i++) {
      b[i] = this.#equal[i] ? RHO : 1;
      g[i] = this.#equal[i] ? lo[i]! : near(i);
    }
    if (!this.kkt.refactor(a, b, this.shift)) return false;
    this.kkt.solve(f, g, x, y);
    this.#values();
    const v = this.#v;
    let shiftT = 0;
    let shiftY = 0;
    for (let i = 0; i < this.count; i++) {
      if (this.#equal[i]) continue;
      const w = i < m ? y[i]! : near(i) - v[i]!;
      const mult = i < m ? w : -(v[i]! - near(i));
      if (lo[i]! > -Infinity) {
        tl[i] = v[i]! - lo[i]!;
        yl[i] = Math.max(-mult, 0);
        shiftT = Math.max(shiftT, -1.5 * tl[i]!);
      }
      if (up[i]! < Infinity) {
        tu[i] = up[i]! - v[i]!;
        yu[i] = Math.max(mult, 0);
        shiftT = Math.max(shiftT, -1.5 * tu[i]!);
      }
    }
    // Second shift: products in balance.
    let product = 0;
    let sumT = 0;
    let sumY = 0;
    shiftY = 0;
    const each = (use: (t: Float64Array, z: Float64Array, i: number) => void) => {
      for (let i = 0; i < this.count; i++) {
        if (this.#equal[i]) continue;
        if (lo[i]! > -Infinity) use(tl, yl, i);
        if (up[i]! < Infinity) use(tu, yu, i);
      }
    };
    each((t, z, i) => {
      t[i] = t[i]! + shiftT;
      z[i] = z[i]! + shiftY;
      product += t[i]! * z[i]!;
      sumT += t[i]!;
      sumY += z[i]!;
    });
    const moreT = sumY > 0 ? (0.5 * product) / sumY : 0;
    const moreY = sumT > 0 ? (0.5 * product) / sumT : 0;
    each((t, z, i) => {
      t[i] = Math.max(t[i]! + moreT, INSIDE);
      z[i] = Math.max(z[i]! + moreY, INSIDE);
    });
    this.#combine();
    this.residuals();
    return true;
  }

  /** y of inequality rows from their sides. */
  #combine(): void {
    const { m } = this.p;
    for (let i = 0; i < m; i++) if (!this.#equal[i]) this.y[i] = this.yu[i]! - this.yl[i]!;
  }

  /** v, dual residual, mu and the norms at the current point. */
  residuals(): void {
    const { p, x, y, lo, up, tl, tu, yl, yu } = this;
    const { n, m, P } = p;
    this.#values();
    const v = this.#v;
    const rd = this.#dual;
    if (P) times(P, x, this.#Px);
    for (let j = 0; j < n; j++) rd[j] = this.#Px[j]! + p.q[j]! + yu[m + j]! - yl[m + j]!;
    addTransposed(p.A, y, rd);
    this.rd = largest(rd);
    let worst = 0;
    let sum = 0;
    for (let i = 0; i < this.count; i++) {
      if (this.#equal[i]) {
        worst = Math.max(worst, Math.abs(v[i]! - lo[i]!));
        continue;
      }
      if (lo[i]! > -Infinity) {
        worst = Math.max(worst, Math.abs(v[i]! - tl[i]! - lo[i]!));
        sum += tl[i]! * yl[i]!;
      }
      if (up[i]! < Infinity) {
        worst = Math.max(worst, Math.abs(v[i]! + tu[i]! - up[i]!));
        sum += tu[i]! * yu[i]!;
      }
    }
    this.rp = worst;
    this.mu = this.sides > 0 ? sum / this.sides : 0;
  }

  /** The diagonals of this point, factored. */
  factor(): boolean {
    const { n, m } = this.p;
    const { tl, tu, yl, yu, lo, up } = this;
    const W = this.#W;
    for (let i = 0; i < this.count; i++) {
      if (this.#equal[i]) continue;
      let w = 0;
      if (lo[i]! > -Infinity) w += yl[i]! / tl[i]!;
      if (up[i]! < Infinity) w += yu[i]! / tu[i]!;
      W[i] = w;
    }
    for (let j = 0; j < n; j++) this.#a[j] = W[m + j]! + RHO;
    for (let i = 0; i < m; i++) this.#b[i] = (this.#equal[i] ? 0 : 1 / Math.max(W[i]!, LOOSE)) + RHO;
    return this.kkt.refactor(this.#a, this.#b, this.shift);
  }

  /** The direction for the right-hand sides cl, cu of the complementarities. */
  #direction(): void {
    const { p, lo, up, tl, tu, yl, yu } = this;
    const { n, m } = p;
    const [v, W, h, cl, cu] = [this.#v, this.#W, this.#h, this.#cl, this.#cu];
    for (let i = 0; i < this.count; i++) {
      if (this.#equal[i]) continue;
      let s = 0;
      if (up[i]! < Infinity) s += (cu[i]! + yu[i]! * (v[i]! + tu[i]! - up[i]!)) / tu[i]!;
      if (lo[i]! > -Infinity) s -= (cl[i]! - yl[i]! * (v[i]! - tl[i]! - lo[i]!)) / tl[i]!;
      h[i] = s;
    }
    for (let j = 0; j < n; j++) this.#f[j] = -this.#dual[j]! - h[m + j]!;
    for (let i = 0; i < m; i++)
      this.#g[i] = this.#equal[i] ? lo[i]! - v[i]! : -h[i]! / Math.max(W[i]!, LOOSE);
    const { dx, dy, dv } = { dx: this.#dx, dy: this.#dy, dv: this.#dv };
    this.kkt.solve(this.#f, this.#g, dx, dy);
    times(p.A, dx, dv);
    dv.set(dx, m);
    const [dtl, dtu, dyl, dyu] = [this.#dtl, this.#dtu, this.#dyl, this.#dyu];
    for (let i = 0; i < this.count; i++) {
      if (this.#equal[i]) continue;
      const d = i < m && W[i]! > 1 ? (dy[i]! - h[i]!) / W[i]! : dv[i]!;
      if (lo[i]! > -Infinity) {
        const r = v[i]! - tl[i]! - lo[i]!;
        dtl[i] = d + r;
        dyl[i] = (cl[i]! - yl[i]! * dtl[i]!) / tl[i]!;
      }
      if (up[i]! < Infinity) {
        const r = v[i]! + tu[i]! - up[i]!;
        dtu[i] = -r - d;
        dyu[i] = (cu[i]! - yu[i]! * dtu[i]!) / tu[i]!;
      }
    }
  }

  /** The longest steps that keep everything positive. */
  #lengths(): { primal: number; dual: number } {
    let primal = Infinity;
    let dual = Infinity;
    const { lo, up, tl, tu, yl, yu } = this;
    for (let i = 0; i < this.count; i++) {
      if (this.#equal[i]) continue;
      if (lo[i]! > -Infinity) {
        if (this.#dtl[i]! < 0) primal = Math.min(primal, -tl[i]! / this.#dtl[i]!);
        if (this.#dyl[i]! < 0) dual = Math.min(dual, -yl[i]! / this.#dyl[i]!);
      }
      if (up[i]! < Infinity) {
        if (this.#dtu[i]! < 0) primal = Math.min(primal, -tu[i]! / this.#dtu[i]!);
        if (this.#dyu[i]! < 0) dual = Math.min(dual, -yu[i]! / this.#dyu[i]!);
      }
    }
    return { primal, dual };
  }

  /** One iteration; false where the step is not finite. */
  step(): boolean {
    const { lo, up, tl, tu, yl, yu } = this;
    const [cl, cu] = [this.#cl, this.#cu];
    const each = (
      use: (
        c: Float64Array,
        t: Float64Array,
        z: Float64Array,
        dt: Float64Array,
        dz: Float64Array,
        i: number,
      ) => void,
    ) => {
      for (let i = 0; i < this.count; i++) {
        if (this.#equal[i]) continue;
        if (lo[i]! > -Infinity) use(cl, tl, yl, this.#dtl, this.#dyl, i);
        if (up[i]! < Infinity) use(cu, tu, yu, this.#dtu, this.#dyu, i);
      }
    };
    if (!this.factor()) return false;
    each((c, t, z, _dt, _dz, i) => {
      c[i] = -t[i]! * z[i]!;
    });
    this.#direction();
    if (this.sides > 0) {
      const far = this.#lengths();
      const primal = Math.min(1, far.primal);
      const dual = Math.min(1, far.dual);
      let sum = 0;
      each((_c, t, z, dt, dz, i) => {
        sum += (t[i]! + primal * dt[i]!) * (z[i]! + dual * dz[i]!);
      });
      const ratio = sum / this.sides / this.mu;
      const sigma = Math.min(1, Math.max(1e-8, ratio * ratio * ratio));
      const target = sigma * this.mu;
      each((c, t, z, dt, dz, i) => {
        c[i] = target - t[i]! * z[i]! - dt[i]! * dz[i]!;
      });
      this.#direction();
    }
    const { primal, dual } = this.#lengths();
    let ap = Math.min(1, TAU * primal);
    let ad = Math.min(1, TAU * dual);
    if (this.p.P) ap = ad = Math.min(ap, ad);
    this.alphaP = ap;
    this.alphaD = ad;
    for (let j = 0; j < this.p.n; j++) this.x[j] = this.x[j]! + ap * this.#dx[j]!;
    for (let i = 0; i < this.p.m; i++) if (this.#equal[i]) this.y[i] = this.y[i]! + ad * this.#dy[i]!;
    each((_c, t, z, dt, dz, i) => {
      t[i] = t[i]! + ap * dt[i]!;
      z[i] = z[i]! + ad * dz[i]!;
    });
    this.#combine();
    this.residuals();
    return Number.isFinite(this.mu + this.rp + this.rd);
  }

  save(): Float64Array[] {
    return [this.x, this.y, this.tl, this.tu, this.yl, this.yu];
  }

  restore(saved: readonly Float64Array[]): void {
    this.save().forEach((to, k) => {
      to.set(saved[k]!);
    });
    this.residuals();
  }

  release(): void {
    this.kkt.release();
  }
}
