import { BillingError, type MeterboardClient } from '@meterboard/contract';
import { QueryClient } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { CreditBalance } from '../credit-balance/credit-balance.tsx';
import { useCreditBalance } from '../hooks/use-credit-balance.ts';
import { useInvoices } from '../hooks/use-invoices.ts';
import { InvoiceList } from '../invoice-list/invoice-list.tsx';
import { createFixtureClient, createFixtures, fixtureBalance, fixtureMeasured } from '../testing/index.ts';
import { UsageDashboard } from '../usage-dashboard/usage-dashboard.tsx';
import { MeterboardProvider } from './meterboard-provider.tsx';
import { sessionOf } from './session.ts';

afterEach(cleanup);

/** A server whose session changes hands: answers for whoever `signedIn.as` names at the time of the call. */
function createSharedBrowser() {
  const signedIn: { as: string | null } = { as: 'first' };
  const calls: string[] = [];
  const held: (() => void)[] = [];
  const state = { hold: false };
  const creditsOf = (owner: string) => ({
    ...createFixtures(fixtureMeasured(owner)).credits,
    balances: [
      { ...fixtureBalance, remaining: { amountMinor: owner === 'first' ? 11_111 : 22_222, currency: 'usd' } },
    ],
  });
  const clientOf = (owner: string) =>
    createFixtureClient({ sessionKey: owner, answers: { credits: creditsOf(owner) } });
  const asWhoever = <Output,>(name: string, read: (client: MeterboardClient) => Promise<Output>) => {
    calls.push(name);
    const owner = signedIn.as;
    const answer = async () => {
      if (owner === null) throw new BillingError('not_signed_in');
      return read(clientOf(owner));
    };
    return state.hold ? new Promise<void>((release) => held.push(release)).then(answer) : answer();
  };
  const client: MeterboardClient = {
    ...clientOf('first'),
    overview: { query: (input) => asWhoever('overview', (one) => one.overview.query(input)) },
    credits: {
      balance: { query: (input) => asWhoever('credits', (one) => one.credits.balance.query(input)) },
    },
    invoices: { list: { query: (input) => asWhoever('invoices', (one) => one.invoices.list.query(input)) } },
  };
  return { client, signedIn, calls, held, state };
}

function Again() {
  const { refetch } = useCreditBalance();
  return (
    <button type="button" onClick={() => refetch()}>
      again
    </button>
  );
}

function InvoicesAgain() {
  const { refetch } = useInvoices();
  return (
    <button type="button" onClick={() => refetch()}>
      invoices again
    </button>
  );
}

describe('session', () => {
  it("never paints one customer's cache for another, and does not fetch the new customer's answer twice", async () => {
    const { client, signedIn, calls } = createSharedBrowser();
    const seen: string[] = [];
    render(
      <MeterboardProvider client={client}>
        <CreditBalance />
        <Again />
      </MeterboardProvider>,
    );
    await screen.findAllByText('$111.11');
    signedIn.as = 'second';
    const observer = new MutationObserver(() => seen.push(document.body.textContent ?? ''));
    observer.observe(document.body, { childList: true, subtree: true, characterData: true });
    screen.getByText('again').click();
    await screen.findAllByText('$222.22');
    observer.disconnect();
    expect(screen.queryByText('$111.11')).toBeNull();
    expect(seen.filter((text) => text.includes('111.11') && text.includes('222.22'))).toEqual([]);
    expect(calls).toEqual(['credits', 'credits']);
  });

  it('asks once for what several components ask before anyone is known', async () => {
    const { client, calls, held, state } = createSharedBrowser();
    state.hold = true;
    render(
      <MeterboardProvider client={client}>
        <CreditBalance />
        <InvoiceList />
      </MeterboardProvider>,
    );
    await waitFor(() => expect(held).toHaveLength(2));
    held[0]?.();
    await screen.findAllByText('$111.11');
    held[1]?.();
    await screen.findByText('NW-0012');
    expect(calls).toEqual(['credits', 'invoices']);
  });

  it('asks once for different things too, which come back together', async () => {
    const { client, calls } = createSharedBrowser();
    render(
      <MeterboardProvider client={client}>
        <CreditBalance />
        <InvoiceList />
      </MeterboardProvider>,
    );
    await screen.findAllByText('$111.11');
    await screen.findByRole('table');
    expect(calls.toSorted()).toEqual(['credits', 'invoices']);
  });

  it('lets no late answer of the former customer come back', async () => {
    const { client, signedIn, held, state } = createSharedBrowser();
    render(
      <MeterboardProvider client={client}>
        <CreditBalance />
        <InvoiceList />
        <Again />
        <InvoicesAgain />
      </MeterboardProvider>,
    );
    await screen.findAllByText('$111.11');
    await screen.findByText('NW-0012');
    state.hold = true;
    screen.getByText('again').click();
    await waitFor(() => expect(held).toHaveLength(1));
    signedIn.as = 'second';
    state.hold = false;
    screen.getByText('invoices again').click();
    await screen.findAllByText('$222.22');
    const seen: string[] = [];
    const observer = new MutationObserver(() => seen.push(document.body.textContent ?? ''));
    observer.observe(document.body, { childList: true, subtree: true, characterData: true });
    held[0]?.();
    await new Promise((settled) => setTimeout(settled, 50));
    observer.disconnect();
    expect(seen.filter((text) => text.includes('111.11'))).toEqual([]);
    expect(screen.queryByText('$111.11')).toBeNull();
    expect(screen.queryAllByText('$222.22')).not.toHaveLength(0);
  });

  it("never holds a former customer's page in place while the next one's loads", async () => {
    const { client, signedIn, held, state } = createSharedBrowser();
    render(
      <MeterboardProvider client={client}>
        <InvoiceList />
        <CreditBalance />
        <Again />
      </MeterboardProvider>,
    );
    await screen.findByText('NW-0012');
    await screen.findAllByText('$111.11');
    signedIn.as = 'second';
    screen.getByText('again').click();
    state.hold = true;
    await waitFor(() => expect(held).toHaveLength(1));
    expect(screen.queryByText('NW-0012')).toBeNull();
  });

  it('forgets everything when nobody is signed in any more, and shows the signed-out slot', async () => {
    const { client, signedIn } = createSharedBrowser();
    render(
      <MeterboardProvider client={client} signedOut={<p>Please sign in</p>}>
        <CreditBalance />
        <Again />
      </MeterboardProvider>,
    );
    await screen.findAllByText('$111.11');
    signedIn.as = null;
    screen.getByText('again').click();
    await screen.findByText('Please sign in');
    expect(document.body.textContent).toBe('Please sign in');
  });

  it('shows one signed-out slot for a whole dashboard', async () => {
    const { client, signedIn } = createSharedBrowser();
    signedIn.as = null;
    render(
      <MeterboardProvider client={client} signedOut={<p>Please sign in</p>}>
        <UsageDashboard />
      </MeterboardProvider>,
    );
    expect(await screen.findAllByText('Please sign in')).toHaveLength(1);
  });

  it('does not sign out who signed in while an older question was on its way', async () => {
    const session = sessionOf(new QueryClient(), createFixtureClient());
    const answer = fixtureMeasured('first');
    let refuse: (error: unknown) => void = () => undefined;
    const before = session.read({
      name: 'credits',
      call: () =>
        new Promise<typeof answer>((_, reject) => {
          refuse = reject;
        }),
    });
    const refused = expect(before).rejects.toMatchObject({ code: 'not_signed_in' });
    await session.read({ name: 'meters', call: async () => answer });
    const after = session.read({ name: 'credits', call: async () => answer });
    refuse(new BillingError('not_signed_in'));
    await refused;
    expect(await after).toBe(answer);
    expect([session.key(), session.isSignedOut()]).toEqual(['first', false]);
  });
});
