import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTurnState, reserveTurn } from './turns.ts';

const limits = { perEndpoint: 4, inAll: 6, windowMs: 1_000 };
const reserve = (
  state: ReturnType<typeof createTurnState>,
  endpoint: string,
  nowMs: number,
  maxWaitMs = 60_000,
) => reserveTurn(state, endpoint, { nowMs, maxWaitMs, limits });

/** The most that begin within any span of a second, which is closed at its start and open at its end. */
function mostWithinASecond(times: readonly number[]): number {
  return Math.max(
    0,
    ...times.map((fromMs) => times.filter((each) => each >= fromMs && each < fromMs + 1_000).length),
  );
}

describe('reserveTurn', () => {
  it('never lets more begin within any second than is allowed, of one kind and in all', () => {
    const calls = fc.array(
      fc.record({ endpoint: fc.constantFrom('a', 'b', 'c', '__proto__'), afterMs: fc.nat(400) }),
      {
        maxLength: 80,
      },
    );
    fc.assert(
      fc.property(calls, (asked) => {
        const state = createTurnState();
        const made: { endpoint: string; atMs: number }[] = [];
        let nowMs = 5_000;
        for (const { endpoint, afterMs } of asked) {
          nowMs += afterMs;
          const { atMs, isReserved } = reserve(state, endpoint, nowMs);
          expect([isReserved, atMs >= nowMs]).toEqual([true, true]);
          made.push({ endpoint, atMs });
        }
        expect(mostWithinASecond(made.map(({ atMs }) => atMs))).toBeLessThanOrEqual(limits.inAll);
        for (const endpoint of ['a', 'b', 'c', '__proto__']) {
          const own = made.filter((call) => call.endpoint === endpoint).map(({ atMs }) => atMs);
          expect(mostWithinASecond(own)).toBeLessThanOrEqual(limits.perEndpoint);
          // Who asks first goes first.
          expect(own).toEqual(own.toSorted((a, b) => a - b));
        }
      }),
    );
  });

  it('uses what is allowed at once, and the next second as well', () => {
    const state = createTurnState();
    const times = Array.from({ length: 8 }, () => reserve(state, 'a', 0).atMs);
    expect(times).toEqual([0, 0, 0, 0, 1_000, 1_000, 1_000, 1_000]);
  });

  it('reserves nothing where the wait is longer than allowed, and says how long it is', () => {
    const state = createTurnState();
    for (let index = 0; index < 4; index += 1) reserve(state, 'a', 0);
    expect(reserve(state, 'a', 100, 500)).toEqual({ atMs: 1_000, isReserved: false });
    expect(reserve(state, 'a', 600, 500)).toEqual({ atMs: 1_000, isReserved: true });
  });

  it('waits as long as the provider said', () => {
    const state = createTurnState();
    state.pausedUntilMs.a = 3_000;
    expect(reserve(state, 'a', 0).atMs).toBe(3_000);
    expect(reserve(state, 'b', 0).atMs).toBe(0);
  });
});
