// Derives flights-20k.tsv from the JSON of the npm package vega-datasets:
//   node data/derive.js path/to/vega-datasets/data/flights-20k.json
import { readFileSync, writeFileSync } from 'node:fs';

const source = process.argv[2];
if (source === undefined) throw new Error('Usage: node data/derive.js <flights-20k.json>');
const startMs = Date.UTC(2001, 0, 1);
const lines = JSON.parse(readFileSync(source, 'utf8')).map(({ date, delay, distance, origin }) => {
  const [year, month, day, hour, minute] = date.split(/[/: ]/).map(Number);
  const minutes = (Date.UTC(year, month - 1, day, hour, minute) - startMs) / 60_000;
  return [minutes, delay, distance, origin].join('\t');
});
const header = ['minute', 'delay', 'distance', 'origin'].join('\t');
writeFileSync(new URL('flights-20k.tsv', import.meta.url), `${[header, ...lines].join('\n')}\n`);
