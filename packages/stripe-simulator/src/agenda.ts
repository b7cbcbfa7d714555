/** Work that happens by itself when its time comes. It must look at the row again: the plan may be obsolete. */
export interface Job<W> {
  name: string;
  run(world: W, id: string): void;
  /** True for a job that runs other jobs: each of them is a transition of its own. */
  nests?: boolean;
}

export interface Entry<W> {
  atMs: number;
  job: Job<W>;
  id: string;
}

/** Pending work, by time and then by the order in which it was put here (a binary heap). */
export class Agenda<W> {
  #heap: Array<Entry<W> & { order: number }> = [];
  #count = 0;

  /** Adds an entry; the answer names it for `remove`. */
  put(entry: Entry<W>): number {
    this.#count += 1;
    this.#heap.push({ ...entry, order: this.#count });
    this.#rise(this.#heap.length - 1);
    return this.#count;
  }

  /** Takes back one entry, as if it had never been put. */
  remove(order: number): void {
    const rest = this.#heap.filter((entry) => entry.order !== order);
    this.#heap = [];
    for (const entry of rest) {
      this.#heap.push(entry);
      this.#rise(this.#heap.length - 1);
    }
  }

  /** Everything that waits, in the order in which it will run. */
  entries(): Array<Entry<W>> {
    return this.#heap
      .toSorted((a, b) => a.atMs - b.atMs || a.order - b.order)
      .map(({ atMs, job, id }) => ({ atMs, job, id }));
  }

  /** When the earliest entry is due, if there is one. */
  firstMs(): number | undefined {
    return this.#heap[0]?.atMs;
  }

  /** Takes the earliest entry that is due at `nowMs`, if there is one. */
  takeDue(nowMs: number): Entry<W> | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.atMs > nowMs) return undefined;
    const last = this.#heap.pop();
    if (last !== undefined && last !== first) {
      this.#heap[0] = last;
      this.#sink(0);
    }
    return first;
  }

  #before(a: number, b: number): boolean {
    const left = this.#heap[a];
    const right = this.#heap[b];
    if (left === undefined || right === undefined) return false;
    return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
  }

  #swap(a: number, b: number): void {
    const left = this.#heap[a];
    const right = this.#heap[b];
    if (left === undefined || right === undefined) return;
    this.#heap[a] = right;
    this.#heap[b] = left;
  }

  #rise(index: number): void {
    for (let child = index; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (!this.#before(child, parent)) return;
      this.#swap(child, parent);
      child = parent;
    }
  }

  #sink(index: number): void {
    for (let parent = index; ; ) {
      const left = parent * 2 + 1;
      const right = left + 1;
      const least = this.#before(right, left) ? right : left;
      if (!this.#before(least, parent)) return;
      this.#swap(least, parent);
      parent = least;
    }
  }
}
