/** `broken` runs the row against a variant with the fault that the row exists to catch. */
export type Mode = 'broken' | 'sound';

export interface Measurement {
  /** The figure that decides, one per repetition. */
  samples: readonly number[];
  /** Whether a figure meets the target. */
  meets(figure: number): boolean;
  /** Writes a figure with its unit. */
  format(figure: number): string;
  /** What else was seen, for the reader. */
  detail: string;
}

/** One promise about speed or size, measured against its rival in the same run. */
export interface Row {
  /** As `quality-bars` calls it; `npm run bench -- <id>` runs it alone. */
  id: string;
  what: string;
  target: string;
  measure(mode: Mode): Promise<Measurement>;
}

export interface Verdict {
  id: string;
  what: string;
  target: string;
  figure: string;
  spread: string;
  detail: string;
  holds: boolean;
}

/** Measures a row; the median decides. */
export async function judge(row: Row, mode: Mode): Promise<Verdict> {
  const { samples, meets, format, detail } = await row.measure(mode);
  const sorted = samples.toSorted((a, b) => a - b);
  const figure = median(samples);
  return {
    id: row.id,
    what: row.what,
    target: row.target,
    figure: format(figure),
    spread: `${format(sorted[0] ?? figure)} … ${format(sorted.at(-1) ?? figure)}`,
    detail,
    holds: meets(figure),
  };
}

/** The line that a verdict prints: it starts with the id and ends with `holds` or `falls short`. */
export function lineOf({ id, what, target, figure, spread, detail, holds }: Verdict): string {
  return `${id} ${what}: ${figure} (${spread}; target ${target}; ${detail}): ${holds ? 'holds' : 'falls short'}`;
}

/** The middle one; of an even number the lower of the two. Throws for an empty list. */
export function median(figures: readonly number[]): number {
  const middle = figures.toSorted((a, b) => a - b)[Math.floor((figures.length - 1) / 2)];
  if (middle === undefined) throw new Error('A row measured nothing.');
  return middle;
}
