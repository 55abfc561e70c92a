// First-fit allocator over a fixed range of linear memory. Blocks are 16-byte aligned and whole registers
// long; neighbours that are free are merged. It only counts addresses: it never touches the memory.

export const ALIGN = 16;

export const roundUp = (bytes: number): number => Math.ceil(bytes / ALIGN) * ALIGN;

export class Allocator {
  readonly capacity: number;
  #used = 0;
  /** Free blocks, sorted by address. */
  readonly #starts: number[];
  readonly #sizes: number[];
  readonly #live = new Map<number, number>();

  constructor(base: number, end: number) {
    this.capacity = end - base;
    this.#starts = [base];
    this.#sizes = [this.capacity];
  }

  get used(): number {
    return this.#used;
  }

  /** The longest block that could be allocated now. */
  get largest(): number {
    return this.#sizes.reduce((most, size) => Math.max(most, size), 0);
  }

  /** The address of a new block, or 0 when no free block is long enough. */
  alloc(bytes: number): number {
    if (!(bytes >= 0)) throw new RangeError(`a block cannot have ${bytes} bytes`);
    const size = Math.max(ALIGN, roundUp(bytes));
    for (let i = 0; i < this.#sizes.length; i++) {
      const free = this.#sizes[i]!;
      if (free < size) continue;
      const start = this.#starts[i]!;
      if (free === size) {
        this.#starts.splice(i, 1);
        this.#sizes.splice(i, 1);
      } else {
        this.#starts[i] = start + size;
        this.#sizes[i] = free - size;
      }
      this.#live.set(start, size);
      this.#used += size;
      return start;
    }
    return 0;
  }

  /** Length in bytes of a live block; throws on an address that is not one. */
  sizeOf(start: number): number {
    const size = this.#live.get(start);
    if (size === undefined) throw new RangeError(`no block is allocated at ${start}`);
    return size;
  }

  free(start: number): void {
    const size = this.sizeOf(start);
    this.#live.delete(start);
    this.#used -= size;
    let i = 0;
    while (i < this.#starts.length && this.#starts[i]! < start) i++;
    this.#starts.splice(i, 0, start);
    this.#sizes.splice(i, 0, size);
    this.#merge(i);
    if (i > 0) this.#merge(i - 1);
  }

  /** Joins free block i with its right neighbour when they touch. */
  #merge(i: number): void {
    const next = this.#starts[i + 1];
    if (next === undefined || this.#starts[i]! + this.#sizes[i]! !== next) return;
    this.#sizes[i] = this.#sizes[i]! + this.#sizes[i + 1]!;
    this.#starts.splice(i + 1, 1);
    this.#sizes.splice(i + 1, 1);
  }
}
