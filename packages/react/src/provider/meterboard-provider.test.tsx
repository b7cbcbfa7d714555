import { BillingError } from '@meterboard/contract';
import { QueryClient } from '@tanstack/react-query';
import { act, cleanup, render, screen } from '@testing-library/react';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CreditBalance } from '../credit-balance/credit-balance.tsx';
import { InvoiceList } from '../invoice-list/invoice-list.tsx';
import { createFixtureClient, createFixtureOverview } from '../testing/index.ts';
import { UsageDashboard } from '../usage-dashboard/usage-dashboard.tsx';
import { MeterboardProvider } from './meterboard-provider.tsx';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

function recorded(sessionKey?: string) {
  const calls: string[] = [];
  return { calls, client: createFixtureClient({ sessionKey, onCall: (procedure) => calls.push(procedure) }) };
}

describe('reading again', () => {
  it.each([
    ['when the page is looked at again', [new Event('visibilitychange')]],
    ['when the network is back', [new Event('offline'), new Event('online')]],
  ])('happens %s', async (_, events) => {
    const { client, calls } = recorded();
    const { unmount } = render(
      <MeterboardProvider client={client}>
        <CreditBalance />
      </MeterboardProvider>,
    );
    await pass(30_000);
    expect(calls).toHaveLength(1);
    for (const event of events) window.dispatchEvent(event);
    await pass(100);
    expect(calls).toHaveLength(2);
    unmount();
  });
});

describe('two providers over one query client', () => {
  function renderTwo(one: ReturnType<typeof recorded>, two: ReturnType<typeof recorded>) {
    const queryClient = new QueryClient();
    return render(
      [one, two].map(({ client }, index) => (
        <main key={String(index)}>
          <MeterboardProvider client={client} queryClient={queryClient}>
            <CreditBalance />
          </MeterboardProvider>
        </main>
      )),
    );
  }

  it('agree where they share a client, and ask once', async () => {
    const both = recorded();
    const { container } = renderTwo(both, both);
    await pass(20_000);
    for (const main of container.querySelectorAll('main')) expect(main.textContent).toContain('$18.42');
    expect(both.calls).toEqual(['credits']);
  });

  it('leave each other alone where their clients differ, whoever is signed in', async () => {
    const [one, two] = [recorded('one'), recorded('two')];
    const { container } = renderTwo(one, two);
    for (let second = 0; second < 70; second += 1) {
      await pass(1_000);
      for (const main of container.querySelectorAll('main')) expect(main.textContent).toContain('$18.42');
    }
    expect([one.calls.length, two.calls.length]).toEqual([2, 2]);
  });
});

describe('signedOut', () => {
  it('stands once in place of all children, and gives way as soon as somebody is signed in', async () => {
    const { client } = recorded();
    const signedIn = { now: false };
    const guarded =
      <Input, Output>(query: (input: Input) => Promise<Output>) =>
      async (input: Input) => {
        if (!signedIn.now) throw new BillingError('not_signed_in');
        return query(input);
      };
    client.credits.balance.query = guarded(client.credits.balance.query);
    client.invoices.list.query = guarded(client.invoices.list.query);
    client.meters.list.query = guarded(client.meters.list.query);
    render(
      <MeterboardProvider client={client} signedOut={<p>Please sign in</p>}>
        <CreditBalance />
        <InvoiceList />
      </MeterboardProvider>,
    );
    await pass(1_000);
    expect(screen.getAllByText('Please sign in')).toHaveLength(1);
    expect(document.body.textContent).toBe('Please sign in');
    const probes = vi.spyOn(client.meters.list, 'query');
    await pass(30_000);
    expect(probes).not.toHaveBeenCalled();
    window.dispatchEvent(new Event('visibilitychange'));
    await pass(100);
    expect(probes).toHaveBeenCalledTimes(1);
    signedIn.now = true;
    await pass(30_000);
    window.dispatchEvent(new Event('visibilitychange'));
    await pass(1_000);
    expect(screen.queryByText('Please sign in')).toBeNull();
    expect(document.body.textContent).toContain('$18.42');
    expect(document.body.textContent).toContain('NW-0012');
  });
});

describe('locale and timeZone', () => {
  const page = (props: { locale?: string; timeZone?: string }) => (
    <MeterboardProvider client={createFixtureClient()} initialOverview={createFixtureOverview()} {...props}>
      <UsageDashboard />
    </MeterboardProvider>
  );

  it('takes a locale with an underscore', () => {
    expect(renderToString(page({ locale: 'de_DE' }))).toContain('18,42');
  });

  it.each([
    [{ timeZone: 'Mars/Olympus' }, /^<MeterboardProvider .*timeZone="Mars\/Olympus">: .*time zone/],
    [{ locale: 'not a language' }, /^<MeterboardProvider locale="not a language".*: .*not a language/],
  ])('names the prop that is wrong: %j', (props, words) => {
    expect(() => renderToString(page(props))).toThrow(words);
  });
});
