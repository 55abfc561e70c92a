// Corners to rows: the convex hull of the points, and the half planes whose intersection it is.

export type Point = readonly [x: number, y: number];

const cross = (o: Point, a: Point, b: Point): number =>
  (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);

/** Andrew's monotone chain (1979), counterclockwise. */
export function hull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (list: readonly Point[]): Point[] => {
    const chain: Point[] = [];
    for (const p of list) {
      while (chain.length > 1 && cross(chain[chain.length - 2]!, chain[chain.length - 1]!, p) <= 1e-9)
        chain.pop();
      chain.push(p);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

/** Rows a'x <= b with |a| = 1, one for each edge. */
export function halfPlanes(corners: readonly Point[]): { A: [number, number][]; b: number[] } {
  const A: [number, number][] = [];
  const b: number[] = [];
  corners.forEach((p, i) => {
    const q = corners[(i + 1) % corners.length]!;
    const length = Math.hypot(q[0] - p[0], q[1] - p[1]);
    const a: [number, number] = [(q[1] - p[1]) / length, (p[0] - q[0]) / length];
    A.push(a);
    b.push(a[0] * p[0] + a[1] * p[1]);
  });
  return { A, b };
}

export function middle(corners: readonly Point[]): [number, number] {
  const n = corners.length;
  return [corners.reduce((s, p) => s + p[0], 0) / n, corners.reduce((s, p) => s + p[1], 0) / n];
}
