/** PostgreSQL's number for `bigint`. */
export const bigintOid = 20;

/** A `bigint` as a number. Throws beyond ±(2^53 − 1): a rounded amount or instant would be a wrong one. */
export function readBigint(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new RangeError(`The database holds ${text}, which is too large to be an exact number.`);
}

const readers: Record<number, (text: string) => unknown> = {
  16: (text) => text === 't',
  20: readBigint,
  21: Number,
  23: Number,
  26: Number,
  700: Number,
  701: Number,
};

const asText = (text: string) => text;

/**
 * How a value of the kit's own tables is read: handed along with each statement, so that neither the parsers that the
 * host set on its copy of `pg` decide about amounts, nor ours about the host's statements. Types that the tables do
 * not have arrive as text.
 */
export const ownTypes = {
  getTypeParser: (oid: number) => readers[oid] ?? asText,
};
