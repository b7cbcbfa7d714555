import type { ProofStores } from './stage/stores.ts';

/** What one run of a row came to: a seed, a series of kills, a batch of histories. */
export interface Outcome {
  row: string;
  /** From 0; the same number makes the same run. */
  index: number;
  store: string;
  /** How many of the row's units it was: deliveries are counted in seeds, kills and histories one by one. */
  units: number;
  /** The figure that decides. */
  figure: number;
  /** What did not fit, in words; empty where the row holds. */
  faults: string[];
  /** Further figures, by name; those of all runs are added up. */
  counts: Record<string, number>;
  seconds: number;
  date: string;
  /** The commit whose kit was proven. */
  build: string;
}

/** A promise about reliability, proven by many runs. */
export interface ProofRow {
  /** As `quality-bars` calls it. */
  id: string;
  what: string;
  target: string;
  /** What `--<unit> <number>` counts. */
  unit: 'seeds' | 'kills' | 'days' | 'histories';
  /** So many units are a full proof. */
  full: number;
  /** So many units one run makes. */
  perRun: number;
  run(
    index: number,
    stores: ProofStores,
    say: (progress: string) => void,
  ): Promise<Omit<Outcome, 'row' | 'date' | 'build'>>;
  /** Runs builds with the fault that the row exists to catch; answers what was seen. Throws when the fault goes unnoticed. */
  control(stores: ProofStores): Promise<string[]>;
}

/** The line that a run prints. */
export function lineOf({ row, index, store, figure, counts, faults, seconds }: Outcome): string {
  const beside = Object.entries(counts).map(([name, count]) => `${count.toLocaleString('en')} ${name}`);
  const verdict = faults.length === 0 ? 'holds' : `falls short: ${faults.slice(0, 3).join('; ')}`;
  return `${row} #${index} (${store}): ${figure.toFixed(6)}, ${beside.join(', ')}, ${seconds.toFixed(0)} s: ${verdict}`;
}
