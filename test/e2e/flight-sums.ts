import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const data = join(import.meta.dirname, '../../packages/stripe-simulator/data/flights-20k.tsv');
const weekMs = 7 * 24 * 60 * 60 * 1000;
const dayMs = 24 * 60 * 60 * 1000;

export interface FlightSums {
  apiRequests: number;
  tokensUsed: number;
  storageGb: number;
}

/**
 * What the first customer used since its billing anchor, straight from the lines of the data file: flights from
 * origins A to L, moved by whole weeks so that `nowMs` falls in the last week of March 2001, none later than now.
 */
export function sumFlights(nowMs: number): FlightSums {
  const weeks = Math.floor((nowMs - Date.parse('2001-03-25T00:00:00Z')) / weekMs);
  const anchorMs = Math.floor(nowMs / dayMs) * dayMs - 22 * dayMs;
  const sums: FlightSums = { apiRequests: 0, tokensUsed: 0, storageGb: 0 };
  for (const line of readFileSync(data, 'utf8').trim().split('\n').slice(1)) {
    const [minute = '', delay = '', distance = '', origin = ''] = line.split('\t');
    const atMs = Date.parse('2001-01-01T00:00:00Z') + Number(minute) * 60_000 + weeks * weekMs;
    if (atMs < anchorMs || atMs > nowMs || !/^[A-L]/.test(origin)) continue;
    sums.apiRequests += 1;
    sums.tokensUsed += Number(distance);
    sums.storageGb = Math.max(0, Number(delay));
  }
  return sums;
}
