// The baseline of the samplers' benchmark: NUTS and HMC in plain JavaScript, one function each, written for speed: densities by
// hand with the engine's own exp and log, loops fused, no generator, no seed (Math.random), sums of weights without logarithms,
// points chosen by exchanging references.

export type PlainGradient = (q: Float64Array, g: Float64Array) => number;

interface Node {
  depth: number;
  firstP: Float64Array;
  firstV: Float64Array;
  lastP: Float64Array;
  lastV: Float64Array;
  rho: Float64Array;
  q: Float64Array;
  g: Float64Array;
  lp: number;
  weight: number;
}

let spare = NaN;
/** Marsaglia's polar method. */
function normal(): number {
  if (!Number.isNaN(spare)) {
    const kept = spare;
    spare = NaN;
    return kept;
  }
  for (;;) {
    const u = 2 * Math.random() - 1;
    const v = 2 * Math.random() - 1;
    const s = u * u + v * v;
    if (s >= 1 || s === 0) continue;
    const f = Math.sqrt((-2 * Math.log(s)) / s);
    spare = v * f;
    return u * f;
  }
}

/** A chain with a diagonal metric; each call of what it returns is one transition. */
export function plainNuts(
  q0: Float64Array,
  gradient: PlainGradient,
  inverse: Float64Array,
  step: number,
  maxDepth: number,
): () => number {
  const d = q0.length;
  const make = () => new Float64Array(d);
  const node = (): Node => ({
    depth: 0,
    firstP: make(),
    firstV: make(),
    lastP: make(),
    lastV: make(),
    rho: make(),
    q: make(),
    g: make(),
    lp: 0,
    weight: 0,
  });
  const main = node();
  const stack = Array.from({ length: maxDepth + 1 }, node);
  const [backQ, backP, backG, aheadQ, aheadP, aheadG, v] = Array.from({ length: 7 }, make) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const sd = inverse.map((s) => 1 / Math.sqrt(s));
  const q = q0.slice();
  const g = make();
  let lp = gradient(q, g);

  const reverse = (n: Node) => {
    if (n.depth === 0) return;
    const { firstP, firstV } = n;
    n.firstP = n.lastP;
    n.firstV = n.lastV;
    n.lastP = firstP;
    n.lastV = firstV;
  };
  const append = (n: Node, next: Node, biased: boolean): boolean => {
    const total = n.weight + next.weight;
    const bar = biased ? n.weight : total;
    if (next.weight >= bar || Math.random() * bar < next.weight) {
      const { q: keptQ, g: keptG } = n;
      n.q = next.q;
      n.g = next.g;
      next.q = keptQ;
      next.g = keptG;
      n.lp = next.lp;
    }
    n.weight = total;
    const { firstP, firstV, rho } = n;
    const { firstP: nextP, firstV: nextV } = next;
    if (n.depth++ === 0) {
      let a = 0;
      let b = 0;
      for (let i = 0; i < d; i++) {
        const sum = firstP[i]! + nextP[i]!;
        rho[i] = sum;
        a += firstV[i]! * sum;
        b += nextV[i]! * sum;
      }
      const { lastP, lastV } = n;
      n.lastP = nextP;
      n.lastV = nextV;
      next.firstP = lastP;
      next.firstV = lastV;
      return a > 0 && b > 0;
    }
    const { lastP, lastV } = n;
    const { lastV: nextLastV, rho: more } = next;
    let a = 0;
    let b = 0;
    let c = 0;
    let e = 0;
    let f = 0;
    let h = 0;
    for (let i = 0; i < d; i++) {
      const r = rho[i]!;
      const m = more[i]!;
      const sum = r + m;
      const left = r + nextP[i]!;
      const right = m + lastP[i]!;
      a += firstV[i]! * sum;
      b += nextLastV[i]! * sum;
      c += firstV[i]! * left;
      e += nextV[i]! * left;
      f += lastV[i]! * right;
      h += nextLastV[i]! * right;
      rho[i] = sum;
    }
    n.lastP = next.lastP;
    n.lastV = next.lastV;
    next.lastP = lastP;
    next.lastV = lastV;
    return a > 0 && b > 0 && c > 0 && e > 0 && f > 0 && h > 0;
  };
  /** One leapfrog step of an end; the energy. */
  const leapfrog = (
    endQ: Float64Array,
    p: Float64Array,
    endG: Float64Array,
    e: number,
    leaf: Node,
  ): number => {
    const half = 0.5 * e;
    for (let i = 0; i < d; i++) {
      const moved = p[i]! + half * endG[i]!;
      p[i] = moved;
      endQ[i]! += e * inverse[i]! * moved;
    }
    const value = gradient(endQ, endG);
    const { firstP, firstV, q: toQ, g: toG } = leaf;
    let kinetic = 0;
    for (let i = 0; i < d; i++) {
      const slope = endG[i]!;
      const moved = p[i]! + half * slope;
      const velocity = inverse[i]! * moved;
      p[i] = moved;
      firstP[i] = moved;
      firstV[i] = velocity;
      toQ[i] = endQ[i]!;
      toG[i] = slope;
      kinetic += moved * velocity;
    }
    leaf.lp = value;
    leaf.depth = 0;
    return 0.5 * kinetic - value;
  };

  return () => {
    let kinetic = 0;
    for (let i = 0; i < d; i++) {
      const p = normal() * sd[i]!;
      const velocity = inverse[i]! * p;
      backP[i] = aheadP[i] = main.firstP[i] = p;
      main.firstV[i] = velocity;
      backQ[i] = aheadQ[i] = main.q[i] = q[i]!;
      backG[i] = aheadG[i] = main.g[i] = g[i]!;
      kinetic += p * velocity;
    }
    v[0] = kinetic;
    const start = 0.5 * kinetic - lp;
    main.depth = 0;
    main.lp = lp;
    main.weight = 1;
    let leaves = 0;
    let depth = 0;
    let goesOn = true;
    while (goesOn && depth < maxDepth) {
      const forward = Math.random() < 0.5;
      const e = forward ? step : -step;
      const size = 1 << depth;
      let top = -1;
      for (let k = 0; k < size && goesOn; k++) {
        const leaf = stack[++top]!;
        const energy = forward
          ? leapfrog(aheadQ, aheadP, aheadG, e, leaf)
          : leapfrog(backQ, backP, backG, e, leaf);
        leaves++;
        if (!(energy - start < 1000)) {
          goesOn = false;
          break;
        }
        leaf.weight = Math.exp(start - energy);
        while (top > 0 && stack[top]!.depth === stack[top - 1]!.depth && goesOn) {
          goesOn = append(stack[top - 1]!, stack[top]!, false);
          top--;
        }
      }
      if (!goesOn) break;
      depth++;
      if (!forward) reverse(main);
      goesOn = append(main, stack[0]!, true);
      if (!forward) reverse(main);
    }
    q.set(main.q);
    g.set(main.g);
    lp = main.lp;
    return leaves;
  };
}

/** Hamiltonian Monte Carlo with a fixed number of steps, kicks of neighbouring steps joined. */
export function plainHmc(
  q0: Float64Array,
  gradient: PlainGradient,
  inverse: Float64Array,
  step: number,
  steps: number,
): () => boolean {
  const d = q0.length;
  const q = q0.slice();
  const g = new Float64Array(d);
  const [toQ, toG, p] = [q.slice(), g.slice(), g.slice()];
  const sd = inverse.map((s) => 1 / Math.sqrt(s));
  let lp = gradient(q, g);
  return () => {
    let kinetic = 0;
    for (let i = 0; i < d; i++) {
      const z = normal();
      kinetic += z * z;
      const slope = g[i]!;
      const moved = z * sd[i]! + 0.5 * step * slope;
      p[i] = moved;
      toQ[i] = q[i]! + step * inverse[i]! * moved;
    }
    const start = 0.5 * kinetic - lp;
    let value = gradient(toQ, toG);
    for (let k = 1; k < steps; k++) {
      for (let i = 0; i < d; i++) {
        const moved = p[i]! + step * toG[i]!;
        p[i] = moved;
        toQ[i]! += step * inverse[i]! * moved;
      }
      value = gradient(toQ, toG);
    }
    kinetic = 0;
    for (let i = 0; i < d; i++) {
      const moved = p[i]! + 0.5 * step * toG[i]!;
      kinetic += inverse[i]! * moved * moved;
    }
    const gain = start - (0.5 * kinetic - value);
    if (!(gain >= 0 || Math.random() < Math.exp(gain))) return false;
    q.set(toQ);
    g.set(toG);
    lp = value;
    return true;
  };
}
