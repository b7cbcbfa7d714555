import type { TopUpStartInput } from '@meterboard/contract';
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { StrictMode } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MeterboardProvider } from '../provider/meterboard-provider.tsx';
import { createFixtureClient, createFixtures, type FixtureOptions } from '../testing/index.ts';
import { TopUpButton } from './top-up-button.tsx';
import type { TopUpEvent } from './top-up-event.ts';

const { packages } = createFixtures();

beforeEach(() => {
  // jsdom has no modal dialogs.
  Object.assign(HTMLDialogElement.prototype, {
    showModal(this: HTMLDialogElement) {
      this.open = true;
    },
    close(this: HTMLDialogElement) {
      if (!this.open) return;
      this.open = false;
      this.dispatchEvent(new Event('close'));
    },
  });
});

afterEach(() => {
  cleanup();
  localStorage.clear();
  sessionStorage.clear();
  location.hash = '';
});

function renderButton(options: FixtureOptions = {}, packageId?: string, locale = 'en') {
  const calls: string[] = [];
  const starts: TopUpStartInput[] = [];
  const events: TopUpEvent[] = [];
  const client = createFixtureClient({
    paymentUrl: '#payment-page',
    ...options,
    onCall(procedure, input) {
      calls.push(procedure);
      if (procedure === 'start') starts.push(input as TopUpStartInput);
    },
  });
  render(
    <StrictMode>
      <MeterboardProvider client={client} locale={locale} onTopUpEvent={(event) => events.push(event)}>
        <TopUpButton packageId={packageId} />
      </MeterboardProvider>
    </StrictMode>,
  );
  return { calls, starts, events };
}

async function openDialog() {
  fireEvent.click(await screen.findByRole('button', { name: 'Top up' }));
  return within(await screen.findByRole('dialog', { name: 'Top up credits' }));
}

const only = (rest: Partial<typeof packages>) => ({ answers: { packages: { ...packages, ...rest } } });
const pageOnly = only({ payWith: ['hosted_page'] });

describe('TopUpButton', () => {
  it('S2-12: is enabled also with an active subscription: the server alone says who cannot buy', async () => {
    renderButton();
    const button = await screen.findByRole('button', { name: 'Top up' });
    expect(button).toHaveProperty('disabled', false);
    cleanup();
    renderButton(only({ unavailable: 'no_metered_subscription' }));
    const disabled = await screen.findByRole('button', { name: 'Top up' });
    expect(disabled).toHaveProperty('disabled', true);
    expect(screen.getByText('Top-ups need a subscription with metered prices.').id).toBe(
      disabled.getAttribute('aria-describedby'),
    );
  });

  it('S2-14: tells how credits are used, and the conditions, before anything is bought', async () => {
    renderButton();
    const dialog = await openDialog();
    const rules = await dialog.findByRole('region', { name: 'How credits are used' });
    expect(rules.textContent).toMatchInlineSnapshot(
      `"How credits are usedCredits pay only for metered usage, at the moment an invoice is finalised.Those with the higher priority are used first, then those that expire soonest, then promotional before paid ones, then the oldest.They are no gift card and no stored value: they cannot be paid out, passed on or spent elsewhere.Prices exclude taxes. Conditions"`,
    );
    expect(within(rules).getByRole('link').getAttribute('href')).toBe('https://host.example/conditions');
  });

  it.each(['javascript:alert(1)', 'http://host.example/', '//host.example'])(
    'opens no conditions at %s',
    async (url) => {
      renderButton(only({ conditions: { text: 'Ours.', url } }));
      const dialog = await openDialog();
      expect(await dialog.findByText(/Ours\./)).toBeTruthy();
      expect(dialog.queryByRole('link')).toBeNull();
    },
  );

  it('reads no card before the dialog opens, and none where the host does not offer it', async () => {
    const { calls } = renderButton();
    await screen.findByRole('button', { name: 'Top up' });
    expect(calls).not.toContain('savedCard');
    const dialog = await openDialog();
    await dialog.findByRole('radio', { name: /Visa ending in 4242/ });
    expect(calls).toContain('savedCard');
    cleanup();
    const other = renderButton(pageOnly);
    await (await openDialog()).findByRole('button', { name: 'Continue to payment' });
    expect(other.calls).not.toContain('savedCard');
  });

  it('says the amount where a click charges, and takes a click that was meant for the page for none', async () => {
    const { starts } = renderButton({ topUpStates: ['paid'] });
    const dialog = await openDialog();
    const pay = await dialog.findByRole('button', { name: 'Pay $20.00 now' });
    fireEvent.click(pay);
    await new Promise((ripe) => setTimeout(ripe, 650));
    expect(starts).toEqual([]);
    fireEvent.click(pay);
    await screen.findByText('Paid, arriving: $20.00');
    expect(starts).toMatchObject([{ packageId: 'small', payWith: 'saved_card' }]);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('buys an amount of one’s own that is typed in the customer’s language', async () => {
    const { starts, events } = renderButton(pageOnly, undefined, 'de');
    const dialog = await openDialog();
    fireEvent.click(await dialog.findByRole('radio', { name: /Own amount/ }));
    const field = dialog.getByRole('textbox', { name: 'Amount in USD' });
    expect(field.getAttribute('inputmode')).toBe('decimal');
    fireEvent.change(field, { target: { value: '25,00' } });
    fireEvent.blur(field);
    fireEvent.blur(field);
    fireEvent.click(dialog.getByRole('button', { name: 'Continue to payment' }));
    await waitFor(() => expect(location.hash).toBe('#payment-page'));
    expect(starts).toMatchObject([{ amountMinor: 2500, payWith: 'hosted_page' }]);
    expect(events.map(({ type }) => type)).toEqual(['opened', 'package_chosen', 'started']);
    expect(events[1]).toEqual({
      type: 'package_chosen',
      packageId: null,
      price: { amountMinor: 2500, currency: 'usd' },
    });
  });

  it.each([
    ['', 'This is not an amount.'],
    ['x', 'This is not an amount.'],
    ['1', 'This is less than can be bought.'],
    ['501', 'This is more than can be bought at once.'],
    ['12', 'This is between two steps.'],
  ])('does not buy %j, and says why with the limits', async (typed, problem) => {
    const { starts } = renderButton(pageOnly);
    const dialog = await openDialog();
    fireEvent.click(await dialog.findByRole('radio', { name: /Own amount/ }));
    const field = dialog.getByRole('textbox');
    fireEvent.change(field, { target: { value: typed } });
    fireEvent.click(dialog.getByRole('button', { name: 'Continue to payment' }));
    expect(await dialog.findByText(problem)).toBeTruthy();
    expect(dialog.getByText('From $10.00 to $500.00, in steps of $5.00.')).toBeTruthy();
    expect(field.getAttribute('aria-invalid')).toBe('true');
    expect(document.activeElement).toBe(field);
    expect(starts).toEqual([]);
  });

  it('says at once what more typing cannot mend, and the rest when the field is left', async () => {
    renderButton(pageOnly);
    const dialog = await openDialog();
    fireEvent.click(await dialog.findByRole('radio', { name: /Own amount/ }));
    const field = dialog.getByRole('textbox');
    fireEvent.change(field, { target: { value: '1' } });
    expect(field.getAttribute('aria-invalid')).toBe('false');
    fireEvent.blur(field);
    expect(field.getAttribute('aria-invalid')).toBe('true');
    fireEvent.change(field, { target: { value: '1000' } });
    expect(field.getAttribute('aria-invalid')).toBe('true');
  });

  it('forgets why the last way failed as soon as something else is chosen', async () => {
    renderButton({ ...pageOnly, startError: 'provider_rejected' });
    const dialog = await openDialog();
    fireEvent.click(await dialog.findByRole('button', { name: 'Continue to payment' }));
    await dialog.findByText(/configuration problem/);
    fireEvent.click(dialog.getByRole('radio', { name: /Medium/ }));
    await waitFor(() => expect(dialog.queryByText(/configuration problem/)).toBeNull());
  });

  it('says which card pays, and offers the page beside it', async () => {
    const { starts } = renderButton({}, 'medium');
    await screen.findByRole('button', { name: 'Pay $50.00 now' });
    expect(screen.getByText(/Visa ending in 4242 · \$52\.50 of credit, \$2\.50 of it a gift/)).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Pay another way' }));
    await waitFor(() => expect(location.hash).toBe('#payment-page'));
    expect(starts).toMatchObject([{ packageId: 'medium', payWith: 'hosted_page' }]);
  });

  it.each(['loading', 'provider_unavailable', 'empty'] as const)(
    'sells one package on the page while the saved card is %s',
    async (savedCard) => {
      const { starts } = renderButton({ states: { savedCard } }, 'small');
      await screen.findByText(/\$20\.00 · \$20\.00 of credit/);
      fireEvent.click(screen.getByRole('button', { name: 'Top up' }));
      await waitFor(() => expect(location.hash).toBe('#payment-page'));
      expect(starts).toMatchObject([{ payWith: 'hosted_page' }]);
    },
  );

  it('renders nothing for a package that is not on sale', async () => {
    const { calls } = renderButton({}, 'gone');
    await waitFor(() => expect(calls).toContain('packages'));
    await new Promise((settled) => setTimeout(settled, 20));
    expect(screen.queryByRole('button')).toBeNull();
  });
});

describe('code that does not come', () => {
  it('is said, and can be asked for again', async () => {
    let failures = 1;
    vi.doMock('./use-top-up-flow.ts', async () => {
      const { usePart } = await import('../parts/use-part.ts');
      const fetchFlow = async () => {
        failures -= 1;
        if (failures >= 0) throw new TypeError('Failed to fetch dynamically imported module');
        return import('./top-up-flow.ts');
      };
      return { useTopUpFlow: () => usePart(fetchFlow) };
    });
    vi.resetModules();
    const kit = await import('../index.ts');
    const { createFixtureClient: createClient } = await import('../testing/index.ts');
    render(
      <kit.MeterboardProvider client={createClient()}>
        <kit.TopUpButton />
      </kit.MeterboardProvider>,
    );
    fireEvent.click(await screen.findByRole('button', { name: 'Top up' }));
    const alert = within(await screen.findByRole('alert'));
    expect(alert.getByText('This part could not be loaded.')).toBeTruthy();
    fireEvent.click(alert.getByRole('button', { name: 'Try again' }));
    await screen.findByRole('dialog', { name: 'Top up credits' });
    vi.doUnmock('./use-top-up-flow.ts');
  });
});
