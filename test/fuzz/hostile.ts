// Values that nobody means to pass, and callbacks that do what none should.

import type { Draw } from "./draw.js";

/** What hostile values and callbacks throw: it must come out as it is. */
export class Mine extends Error {}

/** Values that answer in another way at every reading: nobody compares them. */
export const shifty = new WeakSet<object>();

const detached = (): Float64Array => {
  const values = new Float64Array(2);
  structuredClone(values.buffer, { transfer: [values.buffer] });
  return values;
};

const circular = (): unknown[] => {
  const values: unknown[] = [];
  values.push(values);
  return values;
};

const thrower = (): never => {
  throw new Mine("thrown");
};

const rejected = (): Promise<never> => {
  const late = Promise.reject(new Mine("rejected"));
  // As a value it may be passed over in favour of another fault; what callbacks return is left to the library.
  late.catch(() => undefined);
  return late;
};

/** An array whose elements throw, change kind or length from the k-th reading on. */
function shiftyArray(draw: Draw): unknown {
  const [n, at, kind] = [1 + draw.below(4), draw.below(12), draw.below(4)];
  let reads = 0;
  const array = new Proxy(draw.numbers(n), {
    get(target, key, receiver) {
      if (typeof key === "string" && (key === "length" || /^\d+$/.test(key)) && ++reads > at) {
        if (kind === 0) throw new Mine("read once too often");
        if (kind === 1) return key === "length" ? n + 3 : 1n;
        if (kind === 2) return key === "length" ? 2 ** 31 : NaN;
        return key === "length" ? 0 : "1";
      }
      return Reflect.get(target, key, receiver);
    },
  });
  shifty.add(array);
  return array;
}

function shiftyObject(draw: Draw): unknown {
  const at = draw.below(3);
  let reads = 0;
  const object = {
    get lower() {
      return ++reads > at ? thrower() : [0, 0];
    },
    get lr() {
      return thrower();
    },
  };
  shifty.add(object);
  return object;
}

class Strange {
  readonly x = 1;
}

const makers: readonly ((draw: Draw) => unknown)[] = [
  () => undefined,
  () => null,
  () => true,
  () => "",
  () => "0",
  () => "auto",
  () => "constructor",
  () => "__proto__",
  () => 5n,
  () => Symbol("s"),
  () => [],
  () => ({}),
  () => [NaN],
  () => [1n, 2n],
  () => [1, "2"],
  () => [null, undefined],
  // biome-ignore lint/suspicious/noSparseArray: a hole is what is tried.
  () => [1, , 3],
  () => [[1, 2], [3]],
  () => new Date(0),
  () => new Map([["x", 1]]),
  () => new Strange(),
  () => Object.create(null),
  () => Object.freeze([1, 5]),
  () => ({ length: -1 }),
  () => ({ length: 1.5 }),
  () => ({ length: 2 ** 31 }),
  () => ({ length: 2 ** 53 }),
  () => ({ lower: [null, "0"], upper: [1, 1] }),
  () => BigInt64Array.of(1n, 2n),
  () => new DataView(new ArrayBuffer(16)),
  () => new Float64Array(new SharedArrayBuffer(16)),
  () => Int32Array.of(1, 2),
  () => Float32Array.of(1, 2),
  () => Float64Array.of(Infinity, 1),
  () => Float64Array.of(-1e308, 1e308),
  detached,
  circular,
  rejected,
  shiftyArray,
  shiftyArray,
  shiftyObject,
  hostileFunction,
  hostileFunction,
];

const small = [NaN, -Infinity, -0, 0, -1, 1.5, -2.5, 1e-300, 5e-324, 1, 2, 3, 7];
const huge = [Infinity, 1e308, 2 ** 31, 2 ** 32, 2 ** 40, 2 ** 53, 1e100];

/** A value of any kind; `modest` leaves out numbers so large that to obey them is to work for years. */
export function hostile(draw: Draw, modest: boolean): unknown {
  if (draw.chance(0.35)) return draw.pick(modest || draw.chance(0.5) ? small : huge);
  return draw.pick(makers)(draw);
}

/** A callback that throws, promises, returns nonsense or writes into what it was lent, at once or after some calls. */
export function hostileFunction(draw: Draw): (...args: unknown[]) => unknown {
  const [kind, from] = [draw.below(9), draw.below(6)];
  let calls = 0;
  return (...args) => {
    if (calls++ < from) return 1;
    if (kind === 0) return thrower();
    if (kind === 1) return Promise.reject(new Mine("late"));
    if (kind === 2) return Promise.resolve(1);
    if (kind === 3) return NaN;
    if (kind === 4) return 3n;
    if (kind === 5) return [1, 2];
    if (kind === 6) return undefined;
    if (kind === 7) return "stop";
    for (const given of args)
      if (ArrayBuffer.isView(given) && given.byteLength > 0 && !/Big/.test(given.constructor.name))
        (given as Float64Array).fill?.(NaN);
    return 1;
  };
}
