import type { TopUpStartInput } from '@meterboard/contract';
import type { Stripe } from '@stripe/stripe-js';
import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MeterboardProvider } from '../provider/meterboard-provider.tsx';
import { createFixtureClient, createFixtures } from '../testing/index.ts';
import { TopUpButton } from '../top-up/top-up-button.tsx';
import { EmbeddedTopUp } from './embedded-top-up.tsx';

const { packages } = createFixtures();
const embedded = { packages: { ...packages, payWith: ['embedded_page' as const, 'hosted_page' as const] } };

interface PageOptions {
  fetchClientSecret: () => Promise<string>;
  onComplete: () => void;
}

beforeEach(() => {
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
  vi.useRealTimers();
  localStorage.clear();
  sessionStorage.clear();
  location.hash = '';
});

/** As much of Stripe.js as the components of @stripe/react-stripe-js look at. */
function createFakeStripe(refuses = false) {
  const pages: PageOptions[] = [];
  const mounted: Element[] = [];
  const page = {
    mount: (place: Element) => mounted.push(place),
    unmount: vi.fn(),
    destroy: vi.fn(),
  };
  const stripe = {
    ...{ elements: vi.fn(), createToken: vi.fn(), createPaymentMethod: vi.fn(), confirmCardPayment: vi.fn() },
    async createEmbeddedCheckoutPage(options: PageOptions) {
      pages.push(options);
      if (refuses) throw new Error('IntegrationError');
      return page;
    },
  };
  return { stripe: stripe as unknown as Stripe, pages, mounted, page };
}

function failToLoad(): Promise<Stripe | null> {
  const failed = Promise.reject(new Error('Failed to load Stripe.js'));
  failed.catch(() => undefined);
  return failed;
}

function renderShop(stripe?: Stripe | Promise<Stripe | null>) {
  const starts: TopUpStartInput[] = [];
  const client = createFixtureClient({
    answers: embedded,
    paymentUrl: '#payment-page',
    topUpStates: ['paid'],
    onCall: (name, input) => name === 'start' && starts.push(input as TopUpStartInput),
  });
  render(
    <MeterboardProvider client={client}>
      <EmbeddedTopUp publishableKey="pk_test_kit" stripe={stripe}>
        <TopUpButton />
      </EmbeddedTopUp>
    </MeterboardProvider>,
  );
  return { starts };
}

async function goToPage() {
  fireEvent.click(await screen.findByRole('button', { name: 'Top up' }));
  const dialog = within(await screen.findByRole('dialog'));
  fireEvent.click(await dialog.findByRole('button', { name: 'Continue to payment' }));
  return dialog;
}

describe('EmbeddedTopUp', () => {
  it('shows the page of the started purchase in the dialog, and follows the purchase when it is done', async () => {
    const { stripe, pages, mounted } = createFakeStripe();
    const { starts } = renderShop(stripe);
    await goToPage();
    await waitFor(() => expect(mounted).toHaveLength(1));
    expect(starts).toMatchObject([{ packageId: 'small', payWith: 'embedded_page' }]);
    expect(await pages[0]?.fetchClientSecret()).toBe('cs_test_fixture_secret_fixture');
    expect(screen.getByRole('dialog').contains(mounted[0] ?? null)).toBe(true);
    act(() => pages[0]?.onComplete());
    await screen.findByText('Paid, arriving: $20.00');
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('leaves nothing of the page behind when the customer goes back', async () => {
    const { stripe, mounted, page } = createFakeStripe();
    renderShop(stripe);
    const dialog = await goToPage();
    await waitFor(() => expect(mounted).toHaveLength(1));
    fireEvent.click(dialog.getByRole('button', { name: 'Back' }));
    await dialog.findByRole('button', { name: 'Continue to payment' });
    expect(page.destroy).toHaveBeenCalled();
  });

  it.each<[string, () => Stripe | Promise<Stripe | null>]>([
    ['resolves to nothing', () => Promise.resolve(null)],
    ['fails', failToLoad],
    ['refuses the page', () => createFakeStripe(true).stripe],
  ])('says so and leads to the page of the same attempt where Stripe.js %s', async (_, load) => {
    const { starts } = renderShop(load());
    const dialog = await goToPage();
    const alert = within(await dialog.findByRole('alert'));
    expect(alert.getByText(/cannot be shown here/)).toBeTruthy();
    fireEvent.click(alert.getByRole('button', { name: 'Continue to payment' }));
    await waitFor(() => expect(location.hash).toBe('#payment-page'));
    const [first, second] = starts;
    expect(second).toEqual({ ...first, payWith: 'hosted_page' });
  });

  it('waits ten seconds and no longer', async () => {
    renderShop(new Promise<Stripe | null>(() => undefined));
    fireEvent.click(await screen.findByRole('button', { name: 'Top up' }));
    const dialog = within(await screen.findByRole('dialog'));
    const go = await dialog.findByRole('button', { name: 'Continue to payment' });
    vi.useFakeTimers();
    fireEvent.click(go);
    await act(() => vi.advanceTimersByTimeAsync(9_900));
    expect(dialog.getByText('Loading the payment form…')).toBeTruthy();
    await act(() => vi.advanceTimersByTimeAsync(200));
    expect(dialog.getByRole('alert').textContent).toContain('cannot be shown here');
  });

  it('loads Stripe.js for the key when none is handed over, and only then', async () => {
    const { stripe, mounted } = createFakeStripe();
    const asked: unknown[] = [];
    const loaded = Object.assign(
      (...keys: unknown[]) => {
        asked.push(keys[0]);
        return stripe;
      },
      { version: 'endive' },
    );
    vi.stubGlobal('Stripe', loaded);
    renderShop();
    await screen.findByRole('button', { name: 'Top up' });
    expect(asked).toEqual([]);
    await goToPage();
    await waitFor(() => expect(mounted).toHaveLength(1));
    expect(asked).toEqual(['pk_test_kit']);
    expect(document.querySelector('script')).toBeNull();
    vi.unstubAllGlobals();
  });
});
