import type { DemoScenario } from '@meterboard/stripe-simulator';
import type Stripe from 'stripe';

type KitCall = (stripe: Stripe, demo: DemoScenario) => Promise<unknown>;

const first = (demo: DemoScenario) => demo.customers[0];

async function firstInvoice(stripe: Stripe, demo: DemoScenario): Promise<Stripe.Invoice> {
  const [invoice] = (await stripe.invoices.list({ customer: first(demo).id, limit: 1 })).data;
  if (invoice === undefined) throw new Error('The demo has no invoice.');
  return invoice;
}

function openSession(stripe: Stripe, demo: DemoScenario): Promise<Stripe.Checkout.Session> {
  const metadata = { topup_id: 'top_1', package: 'small' };
  return stripe.checkout.sessions.create(
    {
      mode: 'payment',
      customer: first(demo).id,
      client_reference_id: 'top_1',
      line_items: [
        {
          quantity: 1,
          price_data: { currency: 'usd', unit_amount: 1_000, product_data: { name: 'Credits' } },
        },
      ],
      metadata,
      payment_intent_data: { metadata },
      success_url: 'https://app.example/billing?paid',
      cancel_url: 'https://app.example/billing',
    },
    { idempotencyKey: 'top_1' },
  );
}

/** Each call that the server package makes, with the parameters that it gives there. */
export const kitCalls: Readonly<Record<string, KitCall>> = {
  'billing.meters.list': (stripe) =>
    stripe.billing.meters.list({ limit: 100 }).autoPagingToArray({ limit: 1_000 }),
  'billing.meters.listEventSummaries': (stripe, demo) => {
    const startSec = Math.floor(demo.logStartMs / 1_000);
    return stripe.billing.meters.listEventSummaries(demo.meters.tokensUsed, {
      customer: first(demo).id,
      start_time: startSec,
      end_time: startSec + 30 * 86_400,
      limit: 100,
      value_grouping_window: 'day',
    });
  },
  'billing.creditGrants.list': (stripe, demo) =>
    stripe.billing.creditGrants.list({ customer: first(demo).id, limit: 100 }),
  'billing.creditGrants.create': (stripe, demo) =>
    stripe.billing.creditGrants.create(
      {
        customer: first(demo).id,
        name: 'Top-up',
        amount: { type: 'monetary', monetary: { currency: 'usd', value: 1_000 } },
        applicability_config: { scope: { price_type: 'metered' } },
        category: 'paid',
        metadata: { topup_id: 'top_1' },
      },
      { idempotencyKey: 'top_1:grant' },
    ),
  'billing.creditBalanceTransactions.list': (stripe, demo) =>
    stripe.billing.creditBalanceTransactions.list({ customer: first(demo).id, limit: 100 }),
  'billing.creditBalanceSummaries.retrieve': (stripe, demo) =>
    stripe.billing.creditBalanceSummaries.retrieve({
      customer: first(demo).id,
      filter: { type: 'applicability_scope', applicability_scope: { price_type: 'metered' } },
    }),
  'invoices.list': (stripe, demo) =>
    stripe.invoices.list({ customer: first(demo).id, status: 'draft', limit: 100 }),
  'invoices.retrieve': async (stripe, demo) =>
    stripe.invoices.retrieve((await firstInvoice(stripe, demo)).id),
  'invoices.listLineItems': async (stripe, demo) =>
    stripe.invoices.listLineItems((await firstInvoice(stripe, demo)).id, { limit: 100 }),
  'invoices.createPreview': (stripe, demo) =>
    stripe.invoices.createPreview({ customer: first(demo).id, subscription: first(demo).subscriptionId }),
  'prices.retrieve': (stripe, demo) => stripe.prices.retrieve(demo.prices.apiRequests, { expand: ['tiers'] }),
  'subscriptions.list': (stripe, demo) => stripe.subscriptions.list({ customer: first(demo).id, limit: 100 }),
  'subscriptionItems.list': (stripe, demo) =>
    stripe.subscriptionItems.list({ subscription: first(demo).subscriptionId, limit: 100 }),
  'customers.retrieve': (stripe, demo) => stripe.customers.retrieve(first(demo).id),
  'checkout.sessions.create': openSession,
  'checkout.sessions.retrieve': async (stripe, demo) =>
    stripe.checkout.sessions.retrieve((await openSession(stripe, demo)).id),
  'checkout.sessions.list': (stripe, demo) =>
    stripe.checkout.sessions.list({ customer: first(demo).id, limit: 100 }),
  'paymentIntents.retrieve': async (stripe, demo) => {
    const { id, url } = await openSession(stripe, demo);
    await fetch(url ?? '', { method: 'POST', redirect: 'manual' });
    const { payment_intent: intent } = await stripe.checkout.sessions.retrieve(id);
    return stripe.paymentIntents.retrieve(String(intent));
  },
};
