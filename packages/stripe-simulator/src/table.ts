import type { Definition, World } from './world.ts';

/** The rows of one kind in one world, in the order in which they were first put. Rows are replaced, never changed. */
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
  type Rows = Map<string, Row>;
  const rowsOf = new WeakMap<Table<Row>, Rows>();
  const make = (world: World, rows: Rows): Table<Row> => {
    const table: Table<Row> = {
      get: (id) => rows.get(id),
      put(row) {
        const before = rows.get(row.id);
        rows.set(row.id, row);
        world.onUndo(() => {
          if (before === undefined) rows.delete(row.id);
          else rows.set(row.id, before);
        });
        return row;
      },
      oldestFirst: () => [...rows.values()],
      newestFirst: () => [...rows.values()].reverse(),
      size: () => rows.size,
    };
    rowsOf.set(table, rows);
    return table;
  };
  const definition: Definition<Table<Row>> = {
    create: (world) => make(world, new Map()),
    save: (table) => copied(rowsOf.get(table) ?? new Map()),
    load: (world, saved: Rows) => make(world, copied(saved)),
    journaled: true,
  };
  return (world) => world.state(definition);
}

/** How state that is too large to copy whenever it is touched is saved and taken back. */
export interface Keeping<State> {
  /** A copy for snapshots; a deep one when left out. */
  save?: (state: State) => State;
  /** True when every change tells `world.onUndo` how to take it back, so that no copy is needed before a transition. */
  journaled?: boolean;
}

/**
 * State of any shape that belongs to one world, made at its first use. Plain data (objects, lists, maps and sets):
 * snapshots and failed transitions copy it.
 */
export function perWorld<State>(create: () => State, keeping: Keeping<State> = {}): (world: World) => State {
  const copy = keeping.save ?? copied<State>;
  const definition: Definition<State> = {
    create,
    save: copy,
    load: (_world, saved: State) => copy(saved),
    journaled: keeping.journaled ?? false,
  };
  return (world) => world.state(definition);
}

/** A deep copy of lists, maps, sets and plain objects; anything else (functions, decimals) is shared. */
function copied<T>(value: T): T {
  return copyOf(value) as T;
}

function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, copyOf(item)]));
  if (value instanceof Set) return new Set(value);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyOf(item)]));
}
