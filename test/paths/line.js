// What a call came to, as a line: how it ended, what it counted, and a hash of all that it says. The default variant gives the same
// lines on every engine. They say nothing of right or wrong, which other tests compare with what others published; they say
// that the same is computed everywhere, and show in a review what a change changes.

/** FNV-1a (Fowler, Noll & Vo 1991), 32 bits. */
class Hash {
  #value = 0x811c9dc5;
  #double = new Float64Array(1);
  #bytes = new Uint8Array(this.#double.buffer);

  byte(value) {
    this.#value = Math.imul(this.#value ^ value, 0x01000193) >>> 0;
  }

  text(value) {
    for (let i = 0; i < value.length; i++) {
      this.byte(value.charCodeAt(i) & 255);
      this.byte(value.charCodeAt(i) >> 8);
    }
  }

  number(value) {
    // The bits of a NaN are the engine's.
    this.#double[0] = Number.isNaN(value) ? -1e300 : value;
    for (const byte of this.#bytes) this.byte(byte);
  }

  get digits() {
    return this.#value.toString(16).padStart(8, "0");
  }
}

/** What is of the clock, the machine or the version. */
const LEFT_OUT = new Set(["elapsedMs", "variant", "version", "environment", "stack", "cause"]);

function put(hash, value, depth = 0) {
  if (typeof value === "number") hash.number(value);
  else if (value === null || typeof value !== "object") hash.text(String(value));
  else if (value instanceof ArrayBuffer) put(hash, new Uint8Array(value), depth);
  else if (ArrayBuffer.isView(value) || Array.isArray(value)) {
    hash.number(value.length);
    for (const one of value) if (typeof one !== "function") put(hash, one, depth + 1);
  } else if (depth < 12) {
    const data = typeof value.toJSON === "function" ? value.toJSON() : value;
    if (data !== value && typeof data !== "object") put(hash, data, depth + 1);
    else
      for (const [key, one] of data instanceof Map ? data : Object.entries(data)) {
        if (LEFT_OUT.has(key) || typeof one === "function") continue;
        hash.text(String(key));
        put(hash, one, depth + 1);
      }
  }
}

const short = (value) => (typeof value === "number" ? String(Number(value.toPrecision(6))) : "");

/** Ends and sums of many runs: "41 converged, 19 failed nit 512 nfev 931". */
function sumsOf(answers) {
  const ends = new Map();
  let [nit, nfev] = [0, 0];
  for (const one of answers) {
    const end = one?.status;
    if (typeof end === "string") ends.set(end, (ends.get(end) ?? 0) + 1);
    nit += one?.nit ?? 0;
    nfev += one?.nfev ?? 0;
  }
  const words = [[...ends].map(([end, count]) => `${count} ${end}`).join(", ")];
  return ends.size > 0 ? [...words, `nit ${nit}`, `nfev ${nfev}`] : [];
}

/** "converged/gradTol nit 12 nfev 15 fun 1e-20 #9ab3c2d1" */
function lineOf(answer) {
  const hash = new Hash();
  put(hash, answer);
  const words = [];
  if (Array.isArray(answer)) words.push(...sumsOf(answer));
  else if (answer !== null && typeof answer === "object") {
    const { status, reason, nit, nfev } = answer;
    if (typeof status === "string") words.push(reason === undefined ? status : `${status}/${reason}`);
    if (typeof nit === "number") words.push(`nit ${nit}`);
    if (typeof nfev === "number") words.push(`nfev ${nfev}`);
    for (const name of ["fun", "rss", "objective"])
      if (typeof answer[name] === "number") words.push(`${name} ${short(answer[name])}`);
  } else if (typeof answer === "number") words.push(short(answer));
  return [...words, `#${hash.digits}`].join(" ");
}

/** A line for each case, [name, call]; an error is what its code and its message say. */
export function linesOf(cases) {
  return [...cases].map(([name, call]) => {
    try {
      return `${name}: ${lineOf(call())}\n`;
    } catch (error) {
      return `${name}: ${error.code ?? error.name} ${error.message}\n`;
    }
  });
}
