import { describe, expect, it } from 'vitest';
import { replayFlights } from './flight-replay.ts';

const NOW_MS = Date.parse('2026-11-26T09:30:00Z');

describe('the flight log, sent event by event through the real SDK', () => {
  it('gives in its first week the same summaries as the demo scenario', async () => {
    const seen: number[] = [];
    const { eventCount, comparedRows, differences } = await replayFlights({
      nowMs: NOW_MS,
      days: 7,
      onProgress: (done, total) => seen.push(done / total),
    });
    expect(differences).toEqual([]);
    expect(eventCount).toBeGreaterThan(3_000);
    expect(comparedRows).toBeGreaterThan(500);
    expect(seen.at(-1)).toBe(1);
  });
});
