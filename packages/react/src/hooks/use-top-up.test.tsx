import { BillingError, type TopUpStartInput, topUpReturnParam } from '@meterboard/contract';
import { act, cleanup, renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MeterboardProvider } from '../provider/meterboard-provider.tsx';
import {
  createFixtureClient,
  createFixtures,
  type FixtureOptions,
  fixtureBalance,
} from '../testing/index.ts';
import { useCreditBalance } from './use-credit-balance.ts';
import { pollDelayMs } from './use-followed-top-up.ts';
import { useTopUp } from './use-top-up.ts';

const here = location.href;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
  sessionStorage.clear();
  localStorage.clear();
  history.replaceState(null, '', here);
});

async function pass(ms: number) {
  await act(() => vi.advanceTimersByTimeAsync(ms));
}

/** Payment pages are fragments of this page, so that going there is something that jsdom can do. */
function renderTopUp(options: FixtureOptions = {}) {
  const calls: [string, unknown][] = [];
  const client = createFixtureClient({
    paymentUrl: '#payment-page',
    ...options,
    onCall: (procedure, input) => calls.push([procedure, input]),
  });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <MeterboardProvider client={client}>{children}</MeterboardProvider>
  );
  const rendered = renderHook(
    () => ({ first: useTopUp(), second: useTopUp(), credits: useCreditBalance() }),
    { wrapper },
  );
  const named = (name: string) => calls.filter(([procedure]) => procedure === name).map(([, input]) => input);
  return { ...rendered, named };
}

/** The attempt ids that were sent, in order. */
function attemptsOf({ named }: Pick<ReturnType<typeof renderTopUp>, 'named'>): unknown[] {
  return named('start').map((input) => (input as TopUpStartInput).attemptId);
}

/** The attempt ids that a reload would go on with. */
function keptAttempts(): unknown[] {
  return Object.keys(localStorage)
    .filter((name) => name.startsWith('meterboard:attempt:'))
    .map((name) => JSON.parse(localStorage.getItem(name) ?? '').id);
}

function returnFromPayment(id = 'top-up-1') {
  history.replaceState(null, '', `/billing?tab=usage&${topUpReturnParam}=${id}`);
}

describe('starting a top-up', () => {
  it('opens the payment page, and tells it where to come back to', async () => {
    history.replaceState(null, '', '/billing?tab=usage');
    const { result, named } = renderTopUp();
    await pass(0);
    expect(result.current.first.phase).toBe('idle');
    act(() => result.current.first.start({ packageId: 'small' }));
    await pass(0);
    expect(location.hash).toBe('#payment-page');
    expect(result.current.first.phase).toBe('starting');
    expect(named('start')).toMatchObject([
      { packageId: 'small', attemptId: expect.stringMatching(/^[A-Za-z0-9_-]{8,100}$/) },
    ]);
    expect(named('start')).toMatchObject([{ returnUrl: expect.stringMatching(/\/billing\?tab=usage$/) }]);
  });

  it('ignores a second click, and after a reload goes on with the same attempt', async () => {
    const before = renderTopUp();
    await pass(0);
    act(() => {
      before.result.current.first.start({ packageId: 'small' });
      before.result.current.first.start({ packageId: 'small' });
    });
    await pass(0);
    before.unmount();
    const after = renderTopUp();
    await pass(0);
    act(() => after.result.current.first.start({ packageId: 'small' }));
    await pass(0);
    act(() => after.result.current.second.start({ packageId: 'large' }));
    await pass(0);
    const attempts = [...attemptsOf(before), ...attemptsOf(after)];
    expect(new Set(attempts.slice(0, -1)).size).toBe(1);
    expect(attempts.at(-1)).not.toBe(attempts[0]);
  });

  it('says why it could not start, and lets people try again', async () => {
    const { result } = renderTopUp({ startError: 'payment_declined' });
    await pass(0);
    act(() => result.current.first.start({ packageId: 'small' }));
    await pass(0);
    expect(result.current.first).toMatchObject({ phase: 'idle', error: { code: 'payment_declined' } });
  });

  it('drops an attempt id that was used for something else', async () => {
    const { result, named } = renderTopUp({ startError: 'conflict' });
    await pass(0);
    for (let click = 0; click < 2; click += 1) {
      act(() => result.current.first.start({ packageId: 'small' }));
      await pass(0);
    }
    const [one, two] = named('start');
    expect(one).not.toEqual(two);
  });

  it('does not leave the page once it was canceled', async () => {
    const { result } = renderTopUp();
    await pass(0);
    act(() => {
      result.current.first.start({ packageId: 'small' });
      result.current.first.cancel();
    });
    await pass(100);
    expect(location.hash).toBe('');
    expect(result.current.first).toMatchObject({ phase: 'idle', error: null });
  });

  it('follows what turns out to be paid also when it was canceled', async () => {
    const { result } = renderTopUp({ paymentUrl: null, topUpStates: ['granted'] });
    await pass(0);
    act(() => {
      result.current.first.start({ packageId: 'small' });
      result.current.first.cancel();
    });
    await pass(100);
    expect(result.current.first.phase).toBe('granted');
  });

  it('opens no address that is not of the web', async () => {
    const { result } = renderTopUp({ paymentUrl: 'javascript:location.hash="hit"' });
    await pass(0);
    act(() => result.current.first.start({ packageId: 'small' }));
    await pass(100);
    expect(location.hash).toBe('');
    expect(result.current.first).toMatchObject({ phase: 'idle', error: { code: 'internal' } });
  });

  it('does not open a payment page for another customer than the one on the screen', async () => {
    const shown = createFixtureClient({ sessionKey: 'shown' });
    const client = createFixtureClient({ sessionKey: 'other', paymentUrl: '#payment-page' });
    client.credits.balance.query = vi
      .fn(client.credits.balance.query)
      .mockImplementationOnce(shown.credits.balance.query);
    const { result } = renderHook(() => ({ topUp: useTopUp(), credits: useCreditBalance() }), {
      wrapper: ({ children }) => <MeterboardProvider client={client}>{children}</MeterboardProvider>,
    });
    await pass(0);
    expect(result.current.credits.data?.sessionKey).toBe('shown');
    act(() => result.current.topUp.start({ packageId: 'small' }));
    await pass(0);
    expect(location.hash).toBe('');
    expect(result.current.topUp.error?.code).toBe('conflict');
    expect(result.current.credits.data?.sessionKey).toBe('other');
  });
});

describe('coming back from the payment page', () => {
  it('follows the payment to the credit, then reads the balance again by itself', async () => {
    returnFromPayment();
    const { result, named } = renderTopUp({ topUpStates: ['processing', 'paid', 'granted'] });
    await pass(0);
    expect(location.search).toBe('?tab=usage');
    expect(result.current.first.phase).toBe('processing');
    expect(named('credits')).toHaveLength(1);
    await pass(1_100);
    expect(result.current.first.phase).toBe('arriving');
    await pass(1_400);
    expect(result.current.second).toMatchObject({
      phase: 'granted',
      topUp: { credit: { amountMinor: 2000 } },
    });
    expect(named('credits')).toHaveLength(3);
    await pass(50_000);
    expect(named('status')).toEqual(Array(3).fill({ topUpId: 'top-up-1' }));
  });

  it('throws away a balance that was being read while the credit came', async () => {
    returnFromPayment();
    const client = createFixtureClient({ topUpStates: ['granted'] });
    const { credits } = createFixtures();
    const balanceOf = (amountMinor: number) => ({
      ...credits,
      balances: [{ ...fixtureBalance, remaining: { amountMinor, currency: 'usd' } }],
    });
    const reads: ((amountMinor: number) => void)[] = [];
    client.credits.balance.query = () =>
      new Promise((answer) => reads.push((amountMinor) => answer(balanceOf(amountMinor))));
    const { result } = renderHook(() => ({ topUp: useTopUp(), credits: useCreditBalance() }), {
      wrapper: ({ children }) => <MeterboardProvider client={client}>{children}</MeterboardProvider>,
    });
    await pass(100);
    expect(result.current.topUp.phase).toBe('granted');
    reads[0]?.(1842);
    await pass(10);
    expect(result.current.credits.data).toBeUndefined();
    reads[1]?.(3842);
    await pass(10);
    expect(result.current.credits.data?.balances[0]?.remaining.amountMinor).toBe(3842);
  });

  it('goes on waiting after a reload, and stops once it is over', async () => {
    returnFromPayment();
    const before = renderTopUp({ topUpStates: ['paid'] });
    await pass(0);
    before.unmount();
    expect(location.search).toBe('?tab=usage');
    const after = renderTopUp({ topUpStates: ['granted'] });
    await pass(0);
    expect(after.result.current.first.phase).toBe('granted');
    after.unmount();
    const later = renderTopUp();
    await pass(0);
    expect(later.result.current.first.phase).toBe('idle');
    expect(later.named('status')).toEqual([]);
  });

  it('begins a new attempt only after the former one was paid', async () => {
    const first = renderTopUp({ topUpStates: ['open', 'open', 'paid'] });
    await pass(0);
    act(() => first.result.current.first.start({ packageId: 'small' }));
    await pass(0);
    const [bought] = attemptsOf(first);
    first.unmount();
    returnFromPayment('fixture-top-up');
    const second = renderTopUp({ topUpStates: ['open', 'paid'] });
    await pass(0);
    expect(second.result.current.first.phase).toBe('unpaid');
    expect(keptAttempts()).toEqual([bought]);
    await pass(1_100);
    expect(second.result.current.first.phase).toBe('arriving');
    expect(keptAttempts()).toEqual([]);
  });

  it('says so when it takes long, and polls more and more rarely', async () => {
    returnFromPayment();
    const { result, named } = renderTopUp({ topUpStates: ['paid'] });
    await pass(30_000);
    expect(result.current.first.isSlow).toBe(false);
    await pass(300_000);
    expect(result.current.first).toMatchObject({ phase: 'arriving', isSlow: true });
    expect(named('status').length).toBeLessThan(32);
  });

  it('handles a payment that was canceled or ran out', async () => {
    returnFromPayment();
    const { result } = renderTopUp({ topUpStates: ['expired'] });
    await pass(0);
    expect(result.current.first.phase).toBe('ended');
    act(() => result.current.first.dismiss());
    await pass(0);
    expect(result.current.second.phase).toBe('idle');
  });

  it('follows at once an attempt that turns out to be paid already', async () => {
    const { result } = renderTopUp({ paymentUrl: null, topUpStates: ['granted'] });
    await pass(0);
    act(() => result.current.first.start({ packageId: 'small' }));
    await pass(10);
    expect(result.current.second.phase).toBe('granted');
  });

  it("shows nothing of a purchase that is not this customer's", async () => {
    returnFromPayment();
    const client = createFixtureClient();
    client.topUps.status.query = () => Promise.reject(new BillingError('not_found'));
    const { result } = renderHook(() => useTopUp(), {
      wrapper: ({ children }) => <MeterboardProvider client={client}>{children}</MeterboardProvider>,
    });
    await pass(100);
    expect(result.current).toMatchObject({ phase: 'idle', error: null, isSlow: false });
    expect(sessionStorage).toHaveLength(0);
  });

  it.each(['provider_rejected', 'not_allowed', 'internal'] as const)(
    'says that it cannot confirm a payment whose look-up fails with %s, and keeps asking, slowly',
    async (code) => {
      returnFromPayment();
      const client = createFixtureClient({ topUpStates: ['granted'] });
      const { query } = client.topUps.status;
      let polls = 0;
      client.topUps.status.query = (input) => {
        polls += 1;
        return polls <= 5 ? Promise.reject(new BillingError(code)) : query(input);
      };
      const { result } = renderHook(() => useTopUp(), {
        wrapper: ({ children }) => <MeterboardProvider client={client}>{children}</MeterboardProvider>,
      });
      for (let seconds = 0; seconds < 75; seconds += 5) {
        await pass(5_000);
        expect(result.current).toMatchObject({ phase: 'checking', isSlow: true, topUpId: 'top-up-1' });
      }
      expect(polls).toBeLessThan(6);
      await pass(60_000);
      expect(result.current).toMatchObject({ phase: 'granted', isSlow: false });
    },
  );

  it('calls it slow when a paid purchase cannot be looked up any more', async () => {
    returnFromPayment();
    const client = createFixtureClient({ topUpStates: ['paid'] });
    const { query } = client.topUps.status;
    let polls = 0;
    client.topUps.status.query = (input) => {
      polls += 1;
      return polls === 1 ? query(input) : Promise.reject(new BillingError('provider_rejected'));
    };
    const { result } = renderHook(() => useTopUp(), {
      wrapper: ({ children }) => <MeterboardProvider client={client}>{children}</MeterboardProvider>,
    });
    await pass(30_000);
    expect(result.current).toMatchObject({ phase: 'arriving', isSlow: true });
    expect(polls).toBeGreaterThan(2);
  });

  it('goes on asking while the payment cannot be looked up, and says so in time', async () => {
    returnFromPayment();
    const client = createFixtureClient();
    let polls = 0;
    client.topUps.status.query = (input) => {
      polls += 1;
      return polls < 60
        ? Promise.reject(new BillingError('provider_unavailable'))
        : createFixtureClient({ topUpStates: ['granted'] }).topUps.status.query(input);
    };
    const { result } = renderHook(() => useTopUp(), {
      wrapper: ({ children }) => <MeterboardProvider client={client}>{children}</MeterboardProvider>,
    });
    await pass(10_000);
    expect(result.current).toMatchObject({ phase: 'checking', isSlow: false, topUpId: 'top-up-1' });
    await pass(140_000);
    expect(result.current).toMatchObject({ phase: 'checking', isSlow: true });
    await pass(200_000);
    expect(result.current.phase).toBe('granted');
  });
});

describe('pollDelayMs', () => {
  it('starts at a second and never exceeds twenty', () => {
    const delays = Array.from({ length: 30 }, (_, poll) => pollDelayMs(poll));
    expect(delays[0]).toBe(1_000);
    expect(delays.every((delay, poll) => delay >= (delays[poll - 1] ?? 0))).toBe(true);
    expect(delays.at(-1)).toBe(20_000);
  });
});
