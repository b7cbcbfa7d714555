import type { World } from './world.ts';

/** The rows of one kind in one world, in the order in which they were first put. */
export interface Table<Row extends { id: string }> {
  get(id: string): Row | undefined;
  /** Adds or replaces by id; a replaced row keeps its place. */
  put(row: Row): Row;
  oldestFirst(): Row[];
  newestFirst(): Row[];
  size(): number;
}

/** Declares a kind of row. `table(world)` gives that world's rows; worlds never share any. */
export function defineTable<Row extends { id: string }>(): (world: World) => Table<Row> {
  return perWorld(() => {
    const rows = new Map<string, Row>();
    return {
      get: (id) => rows.get(id),
      put(row) {
        rows.set(row.id, row);
        return row;
      },
      oldestFirst: () => [...rows.values()],
      newestFirst: () => [...rows.values()].reverse(),
      size: () => rows.size,
    };
  });
}

/** State of any shape that belongs to one world, made at its first use. */
export function perWorld<State>(create: () => State): (world: World) => State {
  const states = new WeakMap<World, State>();
  return (world) => {
    const known = states.get(world);
    if (known !== undefined) return known;
    const state = create();
    states.set(world, state);
    return state;
  };
}
