// Approximate minimum degree ordering of a symmetric pattern (Amestoy, Davis and Duff, SIAM J. Matrix Anal. Appl.
// 17, 1996): a quotient graph of variables and elements in one array of lists, with absorption and supervariables.
//
// Each node has a record of RECORD bytes at nodes + i * RECORD. A live variable's list holds its ELEN elements, then
// variables; a live element's list its variables. OWNER of what is gone is -2 - (who took it in).

const RECORD: usize = 40;
/** Where the list begins, or -2 - owner; -1 at a root. */
const LIST: usize = 0;
const LEN: usize = 4;
/** Weight: columns that the variable stands for; negative while it is in the current pivot's list; 0 once absorbed. */
const NV: usize = 8;
const NEXT: usize = 12;
const LAST: usize = 16;
/** Elements at the beginning of the list; -2 for an element, -1 for an absorbed variable. */
const ELEN: usize = 20;
const DEGREE: usize = 24;
/** 0 for an absorbed element, else a stamp. */
const W: usize = 28;
/** Beginning of the list of variables of degree i. */
const HEAD: usize = 32;
/** Beginning of the list of variables with hash i. */
const HASH: usize = 36;

// The state behind the records.
const MARK: usize = 0;
const ORDERED: usize = 4;
const LEAST: usize = 8;
const USED: usize = 12;
const LONGEST: usize = 16;
const CAPACITY: usize = 20;
const STATE: usize = 64;

/** Bytes of the nodes of `amd`. */
export function amdWork(n: i32): i32 {
  return <i32>((<usize>n + 1) * RECORD + STATE);
}

/** Numbers of the lists of `amd` for so many off-diagonal entries (both triangles). */
export function amdLists(n: i32, entries: i32): i32 {
  return entries + entries / 5 + 2 * n + 16;
}

// @ts-ignore: decorator
@inline
function node(nodes: usize, i: i32): usize {
  return nodes + <usize>i * RECORD;
}

// @ts-ignore: decorator
@inline
function at(lists: usize, p: i32): usize {
  return lists + (<usize>p << 2);
}

/** Stamps begin anew before they overflow. */
function stamp(n: i32, nodes: usize, mark: i32, most: i32): i32 {
  if (mark >= 2 && mark + most >= 0) return mark;
  for (let i = 0; i < n; i++) {
    const v = node(nodes, i);
    if (load<i32>(v, W) != 0) store<i32>(v, 1, W);
  }
  return 2;
}

/** Takes variable v, of degree d, out of its degree list. */
function unlink(nodes: usize, v: usize): void {
  const next = load<i32>(v, NEXT), last = load<i32>(v, LAST);
  if (next != -1) store<i32>(node(nodes, next), last, LAST);
  if (last != -1) store<i32>(node(nodes, last), next, NEXT);
  else store<i32>(node(nodes, load<i32>(v, DEGREE)), next, HEAD);
}

function link(nodes: usize, i: i32, d: i32): void {
  const v = node(nodes, i), list = node(nodes, d);
  const first = load<i32>(list, HEAD);
  if (first != -1) store<i32>(node(nodes, first), i, LAST);
  store<i32>(v, first, NEXT);
  store<i32>(v, -1, LAST);
  store<i32>(v, d, DEGREE);
  store<i32>(list, i, HEAD);
}

/** Degree lists; variables without neighbours are ordered at once, dense ones last, under the node n. */
function begin(n: i32, nodes: usize, ptr: usize, state: usize, dense: i32): void {
  for (let i = 0; i <= n; i++) {
    const v = node(nodes, i);
    const start = i < n ? load<i32>(at(ptr, i)) : 0;
    const len = i < n ? load<i32>(at(ptr, i + 1)) - start : 0;
    store<i32>(v, start, LIST);
    store<i32>(v, len, LEN);
    store<i32>(v, 1, NV);
    store<i32>(v, -1, NEXT);
    store<i32>(v, -1, LAST);
    store<i32>(v, 0, ELEN);
    store<i32>(v, len, DEGREE);
    store<i32>(v, 1, W);
    store<i32>(v, -1, HEAD);
    store<i32>(v, -1, HASH);
  }
  const root = node(nodes, n);
  store<i32>(root, -2, ELEN);
  store<i32>(root, -1, LIST);
  store<i32>(root, 0, W);
  let ordered = 0;
  for (let i = 0; i < n; i++) {
    const v = node(nodes, i);
    const d = load<i32>(v, DEGREE);
    if (d == 0) {
      store<i32>(v, -2, ELEN);
      store<i32>(v, -1, LIST);
      store<i32>(v, 0, W);
      ordered++;
    } else if (d > dense) {
      store<i32>(v, 0, NV);
      store<i32>(v, -1, ELEN);
      store<i32>(v, -2 - n, LIST);
      store<i32>(root, load<i32>(root, NV) + 1, NV);
      ordered++;
    } else link(nodes, i, d);
  }
  store<i32>(state, 2, MARK);
  store<i32>(state, ordered, ORDERED);
  store<i32>(state, 0, LEAST);
  store<i32>(state, load<i32>(at(ptr, n)), USED);
  store<i32>(state, 0, LONGEST);
}

/** Moves the live lists together. The first entry of each gives way to its owner's number meanwhile. */
function collect(n: i32, nodes: usize, lists: usize, state: usize): void {
  for (let j = 0; j < n; j++) {
    const v = node(nodes, j);
    const p = load<i32>(v, LIST);
    if (p < 0) continue;
    store<i32>(v, load<i32>(at(lists, p)), LIST);
    store<i32>(at(lists, p), -2 - j);
  }
  const end = load<i32>(state, USED);
  let q = 0;
  for (let p = 0; p < end; ) {
    const j = -2 - load<i32>(at(lists, p++));
    if (j < 0) continue;
    const v = node(nodes, j);
    store<i32>(at(lists, q), load<i32>(v, LIST));
    store<i32>(v, q++, LIST);
    for (let rest = load<i32>(v, LEN) - 1; rest > 0; rest--) store<i32>(at(lists, q++), load<i32>(at(lists, p++)));
  }
  store<i32>(state, q, USED);
}

/** Pivot k becomes an element: the union of its elements' lists and its own variables. Returns the weight of that list. */
function eliminate(nodes: usize, lists: usize, state: usize, k: i32, elements: i32): i32 {
  const pivot = node(nodes, k);
  let p = load<i32>(pivot, LIST), weight = 0;
  const start = elements == 0 ? p : load<i32>(state, USED);
  let end = start;
  for (let turn = 0; turn <= elements; turn++) {
    let e = k, from = p, len = load<i32>(pivot, LEN) - elements;
    if (turn < elements) {
      e = load<i32>(at(lists, p++));
      from = load<i32>(node(nodes, e), LIST);
      len = load<i32>(node(nodes, e), LEN);
    }
    for (; len > 0; len--) {
      const i = load<i32>(at(lists, from++));
      const v = node(nodes, i);
      const nv = load<i32>(v, NV);
      if (nv <= 0) continue;
      weight += nv;
      store<i32>(v, -nv, NV);
      store<i32>(at(lists, end++), i);
      unlink(nodes, v);
    }
    if (e == k) continue;
    store<i32>(node(nodes, e), -2 - k, LIST);
    store<i32>(node(nodes, e), 0, W);
  }
  if (elements != 0) store<i32>(state, end, USED);
  store<i32>(pivot, weight, DEGREE);
  store<i32>(pivot, start, LIST);
  store<i32>(pivot, end - start, LEN);
  store<i32>(pivot, -2, ELEN);
  return weight;
}

/** W[e] - mark becomes |Le \ Lk| for each element e beside the pivot's list (algorithm 2 of the paper). */
function differences(nodes: usize, lists: usize, start: i32, end: i32, mark: i32): void {
  for (let p = start; p < end; p++) {
    const v = node(nodes, load<i32>(at(lists, p)));
    const elements = load<i32>(v, ELEN);
    if (elements <= 0) continue;
    const nv = -load<i32>(v, NV);
    const list = load<i32>(v, LIST);
    for (let q = list; q < list + elements; q++) {
      const e = node(nodes, load<i32>(at(lists, q)));
      const w = load<i32>(e, W);
      if (w >= mark) store<i32>(e, w - nv, W);
      else if (w != 0) store<i32>(e, load<i32>(e, DEGREE) + mark - nv, W);
    }
  }
}

/** Prunes the lists of the pivot's variables, bounds their degrees and hashes them. */
function degrees(n: i32, nodes: usize, lists: usize, state: usize, k: i32, start: i32, end: i32, mark: i32): void {
  const pivot = node(nodes, k);
  let weight = load<i32>(pivot, DEGREE), own = -load<i32>(pivot, NV), ordered = load<i32>(state, ORDERED);
  for (let p = start; p < end; p++) {
    const i = load<i32>(at(lists, p));
    const v = node(nodes, i);
    const first = load<i32>(v, LIST);
    const middle = first + load<i32>(v, ELEN), last = first + load<i32>(v, LEN);
    let to = first, d = 0;
    let hash: u32 = 0;
    for (let q = first; q < middle; q++) {
      const e = load<i32>(at(lists, q));
      const w = load<i32>(node(nodes, e), W);
      if (w == 0) continue;
      const outside = w - mark;
      if (outside > 0) {
        d += outside;
        store<i32>(at(lists, to++), e);
        hash += <u32>e;
      } else {
        // All of e lies in the pivot's list: absorbed (aggressively, section 5 of the paper).
        store<i32>(node(nodes, e), -2 - k, LIST);
        store<i32>(node(nodes, e), 0, W);
      }
    }
    const elements = to - first + 1, variables = to;
    for (let q = middle; q < last; q++) {
      const j = load<i32>(at(lists, q));
      const nv = load<i32>(node(nodes, j), NV);
      if (nv <= 0) continue;
      d += nv;
      store<i32>(at(lists, to++), j);
      hash += <u32>j;
    }
    if (d == 0) {
      // Nothing outside the pivot's list: eliminated together with it.
      const nv = -load<i32>(v, NV);
      store<i32>(v, -2 - k, LIST);
      weight -= nv;
      own += nv;
      ordered += nv;
      store<i32>(v, 0, NV);
      store<i32>(v, -1, ELEN);
      continue;
    }
    store<i32>(v, elements, ELEN);
    store<i32>(v, min<i32>(load<i32>(v, DEGREE), d), DEGREE);
    store<i32>(at(lists, to), load<i32>(at(lists, variables)));
    store<i32>(at(lists, variables), load<i32>(at(lists, first)));
    store<i32>(at(lists, first), k);
    store<i32>(v, to - first + 1, LEN);
    const h = <i32>(hash % <u32>n);
    const list = node(nodes, h);
    store<i32>(v, load<i32>(list, HASH), NEXT);
    store<i32>(list, i, HASH);
    store<i32>(v, h, LAST);
  }
  store<i32>(pivot, weight, DEGREE);
  store<i32>(pivot, own, NV);
  store<i32>(state, ordered, ORDERED);
}

/** Variables with the same list become one. Returns the next free stamp. */
function merge(nodes: usize, lists: usize, start: i32, end: i32, from: i32): i32 {
  let mark = from;
  for (let p = start; p < end; p++) {
    const first = node(nodes, load<i32>(at(lists, p)));
    if (load<i32>(first, NV) >= 0) continue;
    const list = node(nodes, load<i32>(first, LAST));
    let i = load<i32>(list, HASH);
    store<i32>(list, -1, HASH);
    for (; i != -1; i = load<i32>(node(nodes, i), NEXT)) {
      const v = node(nodes, i);
      if (load<i32>(v, NEXT) == -1) break;
      const len = load<i32>(v, LEN), elements = load<i32>(v, ELEN), own = load<i32>(v, LIST);
      for (let q = own + 1; q < own + len; q++) store<i32>(node(nodes, load<i32>(at(lists, q))), mark, W);
      let before = v;
      for (let j = load<i32>(v, NEXT); j != -1; ) {
        const u = node(nodes, j);
        const next = load<i32>(u, NEXT), other = load<i32>(u, LIST);
        let same = load<i32>(u, LEN) == len && load<i32>(u, ELEN) == elements;
        for (let q = other + 1; same && q < other + len; q++) same = load<i32>(node(nodes, load<i32>(at(lists, q))), W) == mark;
        if (same) {
          store<i32>(u, -2 - i, LIST);
          store<i32>(v, load<i32>(v, NV) + load<i32>(u, NV), NV);
          store<i32>(u, 0, NV);
          store<i32>(u, -1, ELEN);
          store<i32>(before, next, NEXT);
        } else before = u;
        j = next;
      }
      mark++;
    }
  }
  return mark;
}

/** Puts the pivot's variables back into degree lists. */
function restore(n: i32, nodes: usize, lists: usize, state: usize, k: i32, start: i32, end: i32, elements: i32): void {
  const pivot = node(nodes, k);
  const weight = load<i32>(pivot, DEGREE), left = n - load<i32>(state, ORDERED);
  let to = start, least = load<i32>(state, LEAST);
  for (let p = start; p < end; p++) {
    const i = load<i32>(at(lists, p));
    const v = node(nodes, i);
    const nv = -load<i32>(v, NV);
    if (nv <= 0) continue;
    store<i32>(v, nv, NV);
    const d = min<i32>(load<i32>(v, DEGREE) + weight - nv, left - nv);
    link(nodes, i, d);
    if (d < least) least = d;
    store<i32>(at(lists, to++), i);
  }
  store<i32>(state, least, LEAST);
  store<i32>(pivot, to - start, LEN);
  if (to == start) {
    store<i32>(pivot, -1, LIST);
    store<i32>(pivot, 0, W);
  }
  if (elements != 0) store<i32>(state, to, USED);
}

/** order[k] (i32) becomes the k-th to eliminate, by a walk over who took in whom. */
function readOrder(n: i32, nodes: usize, order: usize): void {
  for (let i = 0; i <= n; i++) {
    const v = node(nodes, i);
    store<i32>(v, -2 - load<i32>(v, LIST), LIST);
    store<i32>(v, -1, HEAD);
  }
  // Variables first, then elements before them in each list; a root's owner is -1.
  for (let turn = 0; turn < 2; turn++) {
    for (let i = n; i >= 0; i--) {
      const v = node(nodes, i);
      if (load<i32>(v, NV) > 0 != (turn == 1)) continue;
      const owner = load<i32>(v, LIST);
      if (owner < 0) continue;
      store<i32>(v, load<i32>(node(nodes, owner), HEAD), NEXT);
      store<i32>(node(nodes, owner), i, HEAD);
    }
  }
  let k = 0;
  for (let root = 0; root <= n; root++) {
    if (load<i32>(node(nodes, root), LIST) != -1) continue;
    // LAST links the path down to the current node.
    store<i32>(node(nodes, root), -1, LAST);
    for (let i = root; i >= 0; ) {
      const v = node(nodes, i);
      const child = load<i32>(v, HEAD);
      if (child >= 0) {
        store<i32>(v, load<i32>(node(nodes, child), NEXT), HEAD);
        store<i32>(node(nodes, child), i, LAST);
        i = child;
        continue;
      }
      if (i < n) store<i32>(at(order, k++), i);
      i = load<i32>(v, LAST);
    }
  }
}

/**
 * order (n i32): a fill-reducing elimination order of the symmetric pattern with neighbours lists[ptr[i] .. ptr[i + 1]), both
 * triangles, no diagonal. The lists are overwritten; they and `nodes` have the sizes of amdLists and amdWork.
 */
export function amd(n: i32, ptr: usize, lists: usize, capacity: i32, nodes: usize, order: usize): void {
  if (n == 0) return;
  const state = node(nodes, n + 1);
  const dense = max<i32>(16, <i32>(10 * sqrt<f64>(<f64>n)));
  begin(n, nodes, ptr, state, min<i32>(n - 2, dense));
  store<i32>(state, capacity, CAPACITY);
  while (load<i32>(state, ORDERED) < n) {
    let least = load<i32>(state, LEAST);
    while (load<i32>(node(nodes, least), HEAD) == -1) least++;
    store<i32>(state, least, LEAST);
    const k = load<i32>(node(nodes, least), HEAD);
    const pivot = node(nodes, k);
    unlink(nodes, pivot);
    const elements = load<i32>(pivot, ELEN), own = load<i32>(pivot, NV);
    store<i32>(state, load<i32>(state, ORDERED) + own, ORDERED);
    if (elements > 0 && load<i32>(state, USED) + least >= capacity) collect(n, nodes, lists, state);
    store<i32>(pivot, -own, NV);
    eliminate(nodes, lists, state, k, elements);
    const start = load<i32>(pivot, LIST), end = start + load<i32>(pivot, LEN);
    let mark = stamp(n, nodes, load<i32>(state, MARK), load<i32>(state, LONGEST));
    differences(nodes, lists, start, end, mark);
    degrees(n, nodes, lists, state, k, start, end, mark);
    const longest = max<i32>(load<i32>(state, LONGEST), load<i32>(pivot, DEGREE));
    store<i32>(state, longest, LONGEST);
    mark = stamp(n, nodes, mark + longest, longest);
    store<i32>(state, merge(nodes, lists, start, end, mark), MARK);
    restore(n, nodes, lists, state, k, start, end, elements);
  }
  readOrder(n, nodes, order);
}
