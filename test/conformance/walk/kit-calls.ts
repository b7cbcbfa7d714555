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

const seconds = (demo: DemoScenario) => Math.floor(demo.logStartMs / 1_000);

/** The first customer with a card that can be charged alone. */
async function withCard(stripe: Stripe, demo: DemoScenario): Promise<string> {
  const { id } = await stripe.paymentMethods.attach('pm_card_visa', { customer: first(demo).id });
  return id;
}

/** A top-up that was charged without the customer. */
async function chargeOffSession(stripe: Stripe, demo: DemoScenario): Promise<Stripe.PaymentIntent> {
  const method = await withCard(stripe, demo);
  return stripe.paymentIntents.create(
    {
      amount: 1_000,
      currency: 'usd',
      customer: first(demo).id,
      payment_method: method,
      confirm: true,
      off_session: true,
      error_on_requires_action: true,
      metadata: { topup_id: 'top_2' },
      expand: ['latest_charge'],
    },
    { idempotencyKey: 'top_2' },
  );
}

function createGrant(stripe: Stripe, demo: DemoScenario): Promise<Stripe.Billing.CreditGrant> {
  return stripe.billing.creditGrants.create(
    {
      customer: first(demo).id,
      name: 'Top-up',
      amount: { type: 'monetary', monetary: { currency: 'usd', value: 1_000 } },
      applicability_config: { scope: { price_type: 'metered' } },
      category: 'paid',
      priority: 50,
      metadata: { topup_id: 'top_1', generation: '1' },
    },
    { idempotencyKey: 'top_1:1:0' },
  );
}

function createDestination(stripe: Stripe): Promise<Stripe.V2.Core.EventDestination> {
  return stripe.v2.core.eventDestinations.create({
    name: 'Meterboard',
    type: 'webhook_endpoint',
    event_payload: 'snapshot',
    enabled_events: ['checkout.session.completed', 'charge.dispute.funds_withdrawn'],
    snapshot_api_version: '2026-10-28.endive',
    webhook_endpoint: { url: 'https://app.example/webhooks/stripe' },
    include: ['webhook_endpoint.signing_secret', 'webhook_endpoint.url'],
  });
}

function createEndpoint(stripe: Stripe): Promise<Stripe.WebhookEndpoint> {
  return stripe.webhookEndpoints.create({
    url: 'https://app.example/webhooks/stripe',
    enabled_events: ['checkout.session.completed'],
    api_version: '2026-10-28.endive',
  });
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
  'billing.creditGrants.create': createGrant,
  'billing.creditGrants.retrieve': async (stripe, demo) =>
    stripe.billing.creditGrants.retrieve((await createGrant(stripe, demo)).id),
  'billing.creditGrants.update': async (stripe, demo) =>
    stripe.billing.creditGrants.update((await createGrant(stripe, demo)).id, { metadata: { note: 'x' } }),
  'billing.creditGrants.expire': async (stripe, demo) =>
    stripe.billing.creditGrants.expire((await createGrant(stripe, demo)).id),
  'billing.creditGrants.voidGrant': async (stripe, demo) =>
    stripe.billing.creditGrants.voidGrant((await createGrant(stripe, demo)).id),
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
  'prices.list': (stripe) => stripe.prices.list({ active: true, limit: 100 }),
  'prices.retrieve': (stripe, demo) =>
    stripe.prices.retrieve(demo.prices.apiRequests, { expand: ['tiers', 'product'] }),
  'subscriptions.list': (stripe, demo) => stripe.subscriptions.list({ customer: first(demo).id, limit: 100 }),
  'subscriptionItems.list': (stripe, demo) =>
    stripe.subscriptionItems.list({ subscription: first(demo).subscriptionId, limit: 100 }),
  'customers.retrieve': (stripe, demo) => stripe.customers.retrieve(first(demo).id),
  'checkout.sessions.create': (stripe, demo) =>
    stripe.checkout.sessions.create({
      mode: 'payment',
      customer: first(demo).id,
      line_items: [
        { price_data: { currency: 'usd', unit_amount: 1_000, product_data: { name: 'Credits' } } },
      ],
      ui_mode: 'embedded_page',
      return_url: 'https://app.example/billing?paid',
      redirect_on_completion: 'if_required',
      automatic_tax: { enabled: true },
      customer_update: { address: 'auto' },
      allow_promotion_codes: true,
      invoice_creation: { enabled: true },
      saved_payment_method_options: { payment_method_save: 'enabled' },
    }),
  'checkout.sessions.retrieve': async (stripe, demo) =>
    stripe.checkout.sessions.retrieve((await openSession(stripe, demo)).id),
  'checkout.sessions.list': (stripe, demo) =>
    stripe.checkout.sessions.list({ customer: first(demo).id, limit: 100 }),
  'checkout.sessions.expire': async (stripe, demo) =>
    stripe.checkout.sessions.expire((await openSession(stripe, demo)).id),
  'checkout.sessions.listLineItems': async (stripe, demo) =>
    stripe.checkout.sessions.listLineItems((await openSession(stripe, demo)).id, { limit: 100 }),
  'customers.update': async (stripe, demo) =>
    stripe.customers.update(first(demo).id, {
      invoice_settings: { default_payment_method: await withCard(stripe, demo) },
    }),
  'customers.listPaymentMethods': (stripe, demo) =>
    stripe.customers.listPaymentMethods(first(demo).id, { limit: 100 }),
  'paymentMethods.detach': async (stripe, demo) => stripe.paymentMethods.detach(await withCard(stripe, demo)),
  'paymentMethods.retrieve': async (stripe, demo) =>
    stripe.paymentMethods.retrieve(await withCard(stripe, demo)),
  'paymentIntents.create': chargeOffSession,
  'paymentIntents.list': (stripe, demo) =>
    stripe.paymentIntents.list({
      customer: first(demo).id,
      created: { gte: seconds(demo) },
      limit: 100,
      expand: ['data.latest_charge'],
    }),
  'paymentIntents.cancel': async (stripe, demo) => {
    const { id } = await stripe.paymentIntents.create({
      amount: 1_000,
      currency: 'usd',
      customer: first(demo).id,
    });
    return stripe.paymentIntents.cancel(id);
  },
  'charges.retrieve': async (stripe, demo) => {
    const { latest_charge: charge } = await chargeOffSession(stripe, demo);
    const id = typeof charge === 'string' ? charge : (charge?.id ?? '');
    return stripe.charges.retrieve(id, { expand: ['refunds'] });
  },
  'refunds.create': async (stripe, demo) =>
    stripe.refunds.create({
      payment_intent: (await chargeOffSession(stripe, demo)).id,
      amount: 500,
      metadata: { topup_id: 'top_2' },
    }),
  'refunds.list': async (stripe, demo) =>
    stripe.refunds.list({ payment_intent: (await chargeOffSession(stripe, demo)).id, limit: 100 }),
  'disputes.list': async (stripe, demo) =>
    stripe.disputes.list({ payment_intent: (await chargeOffSession(stripe, demo)).id, limit: 100 }),
  'invoicePayments.list': async (stripe, demo) =>
    stripe.invoicePayments.list({
      payment: {
        type: 'payment_intent',
        payment_intent: (await chargeOffSession(stripe, demo)).id,
      },
    }),
  'events.list': (stripe, demo) =>
    stripe.events.list({
      types: ['checkout.session.completed', 'refund.failed'],
      created: { gte: seconds(demo) },
      delivery_success: false,
      limit: 100,
    }),
  'events.retrieve': async (stripe, demo) => {
    await openSession(stripe, demo);
    await chargeOffSession(stripe, demo);
    const [event] = (await stripe.events.list({ limit: 1 })).data;
    return stripe.events.retrieve(event?.id ?? '');
  },
  'v2.core.eventDestinations.create': createDestination,
  'v2.core.eventDestinations.list': (stripe) => stripe.v2.core.eventDestinations.list({ limit: 20 }),
  'v2.core.eventDestinations.retrieve': async (stripe) =>
    stripe.v2.core.eventDestinations.retrieve((await createDestination(stripe)).id),
  'v2.core.eventDestinations.update': async (stripe) =>
    stripe.v2.core.eventDestinations.update((await createDestination(stripe)).id, {
      enabled_events: ['refund.failed'],
    }),
  'v2.core.eventDestinations.enable': async (stripe) => {
    const { id } = await createDestination(stripe);
    await stripe.v2.core.eventDestinations.disable(id);
    return stripe.v2.core.eventDestinations.enable(id);
  },
  'v2.core.eventDestinations.disable': async (stripe) =>
    stripe.v2.core.eventDestinations.disable((await createDestination(stripe)).id),
  'webhookEndpoints.create': createEndpoint,
  'webhookEndpoints.list': (stripe) => stripe.webhookEndpoints.list({ limit: 100 }),
  'webhookEndpoints.update': async (stripe) =>
    stripe.webhookEndpoints.update((await createEndpoint(stripe)).id, {
      enabled_events: ['refund.failed'],
      disabled: false,
    }),
  'billingPortal.sessions.create': (stripe, demo) =>
    stripe.billingPortal.sessions.create({
      customer: first(demo).id,
      return_url: 'https://app.example/billing',
    }),
  'paymentIntents.retrieve': async (stripe, demo) => {
    const { id, url } = await openSession(stripe, demo);
    await fetch(url ?? '', { method: 'POST', redirect: 'manual' });
    const { payment_intent: intent } = await stripe.checkout.sessions.retrieve(id);
    return stripe.paymentIntents.retrieve(String(intent));
  },
};
