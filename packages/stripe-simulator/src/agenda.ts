/** Work that happens by itself when its time comes. It must look at the row again: the plan may be obsolete. */
export interface Job<W> {
  name: string;
  run(world: W, id: string): void;
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

  put(entry: Entry<W>): void {
    this.#count += 1;
    this.#heap.push({ ...entry, order: this.#count });
    this.#rise(this.#heap.length - 1);
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
