import {
  BillingError,
  type DeclineReason,
  type TopUpStartInput,
  topUpReturnParam,
} from '@meterboard/contract';
import { act, cleanup, renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MeterboardProvider } from '../provider/meterboard-provider.tsx';
import { createFixtureClient, type FixtureOptions, fixtureNowMs } from '../testing/index.ts';
import type { TopUpEvent } from '../top-up/top-up-event.ts';
import { useCreditBalance } from './use-credit-balance.ts';
import { useTopUp } from './use-top-up.ts';
import { useTopUpPackages } from './use-top-up-packages.ts';

const here = location.href;
const byCard = { packageId: 'small', payWith: 'saved_card' } as const;
const onPage = { packageId: 'small', payWith: 'hosted_page' } as const;

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

function renderTab(
  options: FixtureOptions = {},
  change?: (client: ReturnType<typeof createFixtureClient>) => void,
) {
  const starts: TopUpStartInput[] = [];
  const events: TopUpEvent[] = [];
  let balanceReads = 0;
  const client = createFixtureClient({
    paymentUrl: '#payment-page',
    ...options,
    onCall(procedure, input) {
      if (procedure === 'start') starts.push(input as TopUpStartInput);
      if (procedure === 'credits') balanceReads += 1;
    },
  });
  change?.(client);
  const { result, unmount } = renderHook(
    () => ({ here: useTopUp(), there: useTopUp(), credits: useCreditBalance(), offer: useTopUpPackages() }),
    {
      wrapper: ({ children }: { children: ReactNode }) => (
        <MeterboardProvider client={client} onTopUpEvent={(event) => events.push(event)}>
          {children}
        </MeterboardProvider>
      ),
    },
  );
  return { result, unmount, starts, events, balanceReads: () => balanceReads };
}

async function start(
  tab: ReturnType<typeof renderTab>,
  order: Parameters<ReturnType<typeof useTopUp>['start']>[0],
) {
  act(() => tab.result.current.here.start(order));
  await pass(1);
}

describe('paying with the saved card', () => {
  it('shows at once, everywhere, what is on its way, and reads the balance again', async () => {
    const tab = renderTab({ topUpStates: ['paid', 'granted'] });
    await pass(0);
    const before = tab.balanceReads();
    await start(tab, byCard);
    expect(tab.result.current.there).toMatchObject({
      phase: 'arriving',
      credit: { amountMinor: 2000, currency: 'usd' },
      wasPaidBefore: false,
    });
    await pass(100);
    expect(tab.balanceReads()).toBeGreaterThan(before);
    expect(location.hash).toBe('');
  });

  it('credits an amount of one’s own one to one', async () => {
    const tab = renderTab({ topUpStates: ['paid'] });
    await pass(0);
    await start(tab, { amountMinor: 2500, payWith: 'saved_card' });
    expect(tab.starts).toMatchObject([{ amountMinor: 2500, payWith: 'saved_card' }]);
    expect(tab.starts[0]).not.toHaveProperty('packageId');
    expect(tab.result.current.here.credit).toEqual({ amountMinor: 2500, currency: 'usd' });
  });

  it.each<DeclineReason>(['insufficient_funds', 'try_again', 'declined'])(
    'says why it was declined (%s), and goes on with the same attempt in another way',
    async (declined) => {
      const tab = renderTab({
        starts: [
          { state: 'open', declined },
          { state: 'open', url: '#other-page' },
        ],
      });
      await pass(0);
      await start(tab, byCard);
      expect(tab.result.current.here).toMatchObject({ phase: 'declined', next: { declined } });
      expect(tab.result.current.there.phase).toBe('idle');
      await start(tab, onPage);
      expect(location.hash).toBe('#other-page');
      const [first, second] = tab.starts;
      expect(second).toEqual({ ...first, payWith: 'hosted_page' });
    },
  );

  it('waits for the bank’s word, also after a reload, and charges nobody meanwhile', async () => {
    const options: FixtureOptions = {
      starts: [{ state: 'requires_action', url: '#bank' }],
      topUpStates: ['requires_action'],
      topUpAnswer: { url: '#bank' },
    };
    const tab = renderTab(options);
    await pass(0);
    await start(tab, byCard);
    expect(tab.result.current.there.phase).toBe('requires_action');
    act(() => tab.result.current.here.goOn('javascript:location.hash="hit"'));
    expect(location.hash).toBe('');
    act(() => tab.result.current.here.goOn('#bank'));
    expect(location.hash).toBe('#bank');
    tab.unmount();
    const later = renderTab(options);
    await pass(10);
    expect(later.result.current.here).toMatchObject({ phase: 'requires_action', topUp: { url: '#bank' } });
    expect([...tab.events, ...later.events].filter(({ type }) => type === 'requires_action')).toHaveLength(1);
  });

  it('keeps the attempt when the answer is lost, and a retry learns that it was paid', async () => {
    let isDown = true;
    const tab = renderTab({ topUpStates: ['paid'] }, (client) => {
      const { mutate } = client.topUps.start;
      client.topUps.start.mutate = async (input) => {
        const answer = await mutate(input);
        if (isDown) throw new TypeError('Failed to fetch');
        return answer;
      };
    });
    await pass(0);
    await start(tab, byCard);
    expect(tab.result.current.here).toMatchObject({ phase: 'idle', error: { code: 'provider_unavailable' } });
    isDown = false;
    await start(tab, byCard);
    expect(tab.result.current.there.phase).toBe('arriving');
    expect(tab.starts[1]).toEqual(tab.starts[0]);
  });

  it('sends one request for two clicks, and one attempt from two tabs', async () => {
    const first = renderTab({ topUpStates: ['open'] });
    const second = renderTab({ topUpStates: ['open'] });
    await pass(0);
    act(() => {
      first.result.current.here.start(byCard);
      first.result.current.here.start(byCard);
      second.result.current.here.start(byCard);
    });
    await pass(1);
    expect(first.starts).toHaveLength(1);
    expect(second.starts).toEqual(first.starts);
  });

  it('begins a new attempt for a second identical purchase right after the first', async () => {
    const tab = renderTab({ topUpStates: ['granted'] });
    await pass(0);
    await start(tab, byCard);
    await pass(100);
    expect(tab.result.current.here.phase).toBe('granted');
    await start(tab, byCard);
    const [first, second] = tab.starts;
    expect(second?.attemptId).not.toBe(first?.attemptId);
  });

  it('does not go on with another customer’s attempt', async () => {
    const one = renderTab({ sessionKey: 'one', starts: [{ state: 'open', declined: 'declined' }] });
    await pass(0);
    await start(one, byCard);
    one.unmount();
    const other = renderTab({ sessionKey: 'other', starts: [{ state: 'open', declined: 'declined' }] });
    await pass(0);
    await start(other, byCard);
    expect(other.starts[0]?.attemptId).not.toBe(one.starts[0]?.attemptId);
  });

  it('learns first who is signed in, so that the attempt is theirs', async () => {
    const starts: TopUpStartInput[] = [];
    const client = createFixtureClient({
      sessionKey: 'known-later',
      onCall: (name, input) => name === 'start' && starts.push(input as TopUpStartInput),
    });
    const { result } = renderHook(() => useTopUp(), {
      wrapper: ({ children }) => <MeterboardProvider client={client}>{children}</MeterboardProvider>,
    });
    act(() => result.current.start(byCard));
    await pass(1);
    expect(result.current.phase).toBe('arriving');
    expect(starts).toHaveLength(1);
  });

  it('shows a charge also where somebody else had signed in meanwhile: it is theirs, and must not be made again', async () => {
    const shown = createFixtureClient({ sessionKey: 'shown' });
    const client = createFixtureClient({ sessionKey: 'other', topUpStates: ['paid'] });
    client.credits.balance.query = vi
      .fn(client.credits.balance.query)
      .mockImplementationOnce(shown.credits.balance.query);
    const { result } = renderHook(() => ({ topUp: useTopUp(), credits: useCreditBalance() }), {
      wrapper: ({ children }) => <MeterboardProvider client={client}>{children}</MeterboardProvider>,
    });
    await pass(0);
    expect(result.current.credits.data?.sessionKey).toBe('shown');
    act(() => result.current.topUp.start(byCard));
    await pass(10);
    expect(result.current.topUp).toMatchObject({ phase: 'arriving', error: null });
    expect(result.current.credits.data?.sessionKey).toBe('other');
  });

  it('starts anew, once, where the attempt ended without a charge while nobody looked', async () => {
    const tab = renderTab({ starts: [{ state: 'expired' }, { state: 'paid' }], topUpStates: ['paid'] });
    await pass(0);
    await start(tab, byCard);
    expect(tab.starts).toHaveLength(2);
    expect(tab.starts[1]?.attemptId).not.toBe(tab.starts[0]?.attemptId);
    expect(tab.result.current.there.phase).toBe('arriving');
  });

  it('says that nothing was charged now where the attempt had been paid on the page before', async () => {
    const tab = renderTab({ paymentUrl: null, topUpStates: ['granted'] });
    await pass(0);
    await start(tab, onPage);
    await pass(10);
    expect(tab.result.current.there).toMatchObject({ phase: 'granted', wasPaidBefore: true });
    const card = renderTab({ topUpStates: ['granted'], topUpAnswer: { payWith: 'hosted_page' } });
    await pass(0);
    await start(card, byCard);
    await pass(10);
    expect(card.result.current.there).toMatchObject({ phase: 'granted', wasPaidBefore: true });
  });

  it('says the same of a charge whose answer got lost an hour ago, and nothing of one just made', async () => {
    const hour = 3_600_000;
    const late = renderTab({ topUpStates: ['granted'], topUpAnswer: { paidAtMs: fixtureNowMs - hour } });
    await pass(0);
    await start(late, byCard);
    await pass(10);
    expect(late.result.current.there).toMatchObject({ phase: 'granted', wasPaidBefore: true });
    const now = renderTab({ topUpStates: ['granted'], topUpAnswer: { paidAtMs: fixtureNowMs - 2_000 } });
    await pass(0);
    await start(now, byCard);
    await pass(10);
    expect(now.result.current.there).toMatchObject({ phase: 'granted', wasPaidBefore: false });
  });

  it.each([
    ['partially_refunded', 'partly_refunded'],
    ['refunded', 'refunded'],
    ['disputed', 'disputed'],
  ] as const)('takes %s for an end', async (state, phase) => {
    history.replaceState(null, '', `?${topUpReturnParam}=top-up-1`);
    const tab = renderTab({ topUpStates: ['paid', state] });
    await pass(10);
    await pass(2_000);
    expect(tab.result.current.here.phase).toBe(phase);
  });
});

describe('paying within the page', () => {
  it('hands over what shows the page, and looks when it says that it is done', async () => {
    const tab = renderTab({ topUpStates: ['paid'] });
    await pass(0);
    await start(tab, { packageId: 'small', payWith: 'embedded_page' });
    expect(tab.result.current.here).toMatchObject({
      phase: 'embedded',
      next: { clientSecret: 'cs_test_fixture_secret_fixture' },
    });
    expect(tab.result.current.there.phase).toBe('idle');
    act(() => tab.result.current.here.complete());
    await pass(10);
    expect(tab.result.current.there.phase).toBe('arriving');
  });
});

describe('what the host is told', () => {
  it('tells each step once, whoever looks and however often', async () => {
    const tab = renderTab({ topUpStates: ['paid', 'paid', 'granted'] });
    await pass(0);
    await start(tab, byCard);
    await pass(10_000);
    expect(tab.events.map(({ type }) => type)).toEqual(['started', 'paid', 'granted']);
    expect(tab.events[1]).toEqual({
      type: 'paid',
      topUpId: 'fixture-top-up',
      packageId: 'small',
      price: { amountMinor: 2000, currency: 'usd' },
      credit: { amountMinor: 2000, currency: 'usd' },
    });
    expect(JSON.stringify(tab.events)).not.toMatch(/4242|visa|cs_test/);
  });

  it('does not tell it again after a reload', async () => {
    history.replaceState(null, '', `?${topUpReturnParam}=top-up-1`);
    const before = renderTab({ topUpStates: ['paid'] });
    await pass(10);
    before.unmount();
    const after = renderTab({ topUpStates: ['paid', 'granted'] });
    await pass(5_000);
    expect(before.events.map(({ type }) => type)).toEqual(['paid']);
    expect(after.events.map(({ type }) => type)).toEqual(['granted']);
  });

  it('tells a payment before its credit where both are there at the first look', async () => {
    history.replaceState(null, '', `?${topUpReturnParam}=top-up-1`);
    const tab = renderTab({ topUpStates: ['granted'] });
    await pass(10);
    expect(tab.events.map(({ type }) => type)).toEqual(['paid', 'granted']);
  });

  it('tells declines with their reason, failures with their code, and ends', async () => {
    const declined = renderTab({ starts: [{ state: 'open', declined: 'limit_exceeded' }] });
    await pass(0);
    await start(declined, byCard);
    expect(declined.events).toEqual([
      { type: 'started', topUpId: 'fixture-top-up', packageId: 'small', payWith: 'saved_card' },
      { type: 'declined', topUpId: 'fixture-top-up', reason: 'limit_exceeded' },
    ]);
    const failed = renderTab({ startError: 'provider_rejected' });
    await pass(0);
    await start(failed, byCard);
    expect(failed.events).toEqual([{ type: 'failed', code: 'provider_rejected' }]);
    history.replaceState(null, '', `?${topUpReturnParam}=top-up-9`);
    const ended = renderTab({ topUpStates: ['expired'] });
    await pass(10);
    expect(ended.events).toEqual([{ type: 'ended', topUpId: 'top-up-9', state: 'expired' }]);
  });

  it('goes on when the host’s listener throws, and lets the page know', async () => {
    const seen: unknown[] = [];
    const onError = (event: ErrorEvent) => {
      event.preventDefault();
      seen.push(event.error);
    };
    addEventListener('error', onError);
    const client = createFixtureClient({ topUpStates: ['granted'] });
    const mistake = new Error('analytics is down');
    const { result } = renderHook(() => useTopUp(), {
      wrapper: ({ children }) => (
        <MeterboardProvider
          client={client}
          onTopUpEvent={() => {
            throw mistake;
          }}
        >
          {children}
        </MeterboardProvider>
      ),
    });
    await pass(0);
    act(() => result.current.start(byCard));
    await pass(100);
    removeEventListener('error', onError);
    expect(result.current.phase).toBe('granted');
    expect(seen).toContain(mistake);
  });

  it('does not call a refusal of the server a purchase', async () => {
    const tab = renderTab({}, (client) => {
      client.topUps.start.mutate = () => Promise.reject(new BillingError('not_signed_in'));
    });
    await pass(0);
    await start(tab, byCard);
    expect(tab.events).toEqual([{ type: 'failed', code: 'not_signed_in' }]);
  });
});
