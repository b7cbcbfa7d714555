import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { customerWith, invoicesOf, licensed, metered, sec, sumMeter } from '../testing/catalog.ts';
import { connect, DAY_MS, errorOf, HOUR_MS, report, START_SEC } from '../testing/connect.ts';
import { startReceiver } from '../testing/receiver.ts';

const SEPTEMBER_MS = 30 * DAY_MS;

const eventTypes = async (stripe: Stripe): Promise<string[]> =>
  (await stripe.events.list({ limit: 100 })).data.reverse().map(({ type }) => type);

async function subscribed(stripe: Stripe, method?: string): Promise<Stripe.Customer> {
  const customer = await customerWith(stripe, method);
  const meter = await sumMeter(stripe);
  const price = await metered(stripe, meter.id);
  await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
  return customer;
}

describe('finalisation', () => {
  it('waits for automatically_finalizes_at, which can be moved, and counts usage until then', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await subscribed(stripe);
    await report(stripe, customer.id, 5);
    await sim.advance(SEPTEMBER_MS);
    const [draft] = await invoicesOf(stripe, customer.id);
    const id = draft?.id ?? '';
    const moved = (draft?.created ?? 0) + 2 * 86_400;
    await stripe.invoices.update(id, { automatically_finalizes_at: moved });
    await sim.advance(2 * DAY_MS - 1);
    await report(stripe, customer.id, 4, (draft?.created ?? 0) - 1);
    expect((await stripe.invoices.retrieve(id)).status).toBe('draft');
    await sim.advance(1);
    expect(await stripe.invoices.retrieve(id)).toMatchObject({ status: 'paid', total: 900 });
  });

  it('does not happen by itself once auto_advance is off', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await subscribed(stripe);
    await report(stripe, customer.id, 5);
    await sim.advance(SEPTEMBER_MS);
    const [draft] = await invoicesOf(stripe, customer.id);
    const held = await stripe.invoices.update(draft?.id ?? '', { auto_advance: false });
    expect([held.auto_advance, held.automatically_finalizes_at]).toEqual([false, null]);
    await sim.advance(5 * DAY_MS);
    expect((await stripe.invoices.retrieve(draft?.id ?? '')).status).toBe('draft');
  });

  it('waits until the subscribers of invoice.created have answered 2xx', async () => {
    await using server = await connect();
    await using receiver = await startReceiver();
    receiver.answer = 500;
    const { sim, stripe } = server;
    const customer = await subscribed(stripe);
    await stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ['invoice.created'] });
    await report(stripe, customer.id, 5);
    await sim.advance(SEPTEMBER_MS + 2 * HOUR_MS);
    const [draft] = await invoicesOf(stripe, customer.id);
    expect(draft).toMatchObject({ status: 'draft', webhooks_delivered_at: null });
    receiver.answer = 200;
    await sim.advance(DAY_MS);
    const [invoice] = await invoicesOf(stripe, customer.id);
    expect(invoice).toMatchObject({ status: 'paid', total: 500 });
    expect(invoice?.status_transitions.finalized_at).toBeGreaterThan((draft?.created ?? 0) + 2 * 3_600);
    expect(invoice?.webhooks_delivered_at).toBeGreaterThan((draft?.created ?? 0) + 2 * 3_600);
  });

  it.each(['sandbox', 'live'] as const)(
    'gives up waiting after 72 hours and no sooner, also when the %s retries ended long before',
    async (retries) => {
      await using server = await connect();
      await using receiver = await startReceiver();
      receiver.answer = 500;
      const { sim, stripe } = server;
      sim.webhooks.configure({ retries });
      const customer = await subscribed(stripe);
      await stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ['invoice.created'] });
      await report(stripe, customer.id, 5);
      await sim.advance(SEPTEMBER_MS + 72 * HOUR_MS - 60_000);
      const [waiting] = await invoicesOf(stripe, customer.id);
      expect(waiting).toMatchObject({ status: 'draft', webhooks_delivered_at: null });
      await sim.advance(60_000);
      const [invoice] = await invoicesOf(stripe, customer.id);
      expect(invoice).toMatchObject({ status: 'paid', total: 500 });
      expect(invoice?.status_transitions.finalized_at).toBe((invoice?.created ?? 0) + 72 * 3_600);
    },
  );

  it('goes on when an event that was given up is sent again and answered', async () => {
    await using server = await connect();
    await using receiver = await startReceiver();
    receiver.answer = 500;
    const { sim, stripe } = server;
    const customer = await subscribed(stripe);
    await stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ['invoice.created'] });
    await report(stripe, customer.id, 5);
    await sim.advance(SEPTEMBER_MS + 6 * HOUR_MS);
    expect((await invoicesOf(stripe, customer.id))[0]?.status).toBe('draft');
    receiver.answer = 200;
    const [created] = (await stripe.events.list({ type: 'invoice.created' })).data;
    sim.webhooks.resend(created?.id ?? '');
    await sim.webhooks.settled();
    await sim.advance(60_000);
    const [invoice] = await invoicesOf(stripe, customer.id);
    expect(invoice).toMatchObject({
      status: 'paid',
      webhooks_delivered_at: (invoice?.created ?? 0) + 6 * 3_600,
    });
  });

  it('tells what changed since the draft, and only that: the amounts stay, credits included', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await subscribed(stripe);
    await stripe.billing.creditGrants.create({
      customer: customer.id,
      amount: { type: 'monetary', monetary: { currency: 'usd', value: 300 } },
      applicability_config: { scope: { price_type: 'metered' } },
    });
    await report(stripe, customer.id, 5);
    await sim.advance(SEPTEMBER_MS);
    const [draft] = await invoicesOf(stripe, customer.id);
    await stripe.invoices.finalizeInvoice(draft?.id ?? '');
    const [updated] = (await stripe.events.list({ type: 'invoice.updated' })).data;
    expect(updated?.data.previous_attributes).toMatchObject({
      status: 'draft',
      number: null,
      ending_balance: null,
    });
    expect(Object.keys(updated?.data.previous_attributes ?? {})).not.toContain('total');
  });

  it('of a deleted customer’s last draft still happens', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await subscribed(stripe, 'pm_card_visa');
    await report(stripe, customer.id, 5);
    await sim.advance(SEPTEMBER_MS);
    await stripe.customers.del(customer.id);
    await sim.advance(HOUR_MS);
    const { data } = await stripe.invoices.list();
    expect(data.map(({ status, total }) => [status, total])).toEqual([['open', 500]]);
  });

  it('tells of every step in order, beginning seven days before the renewal', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await subscribed(stripe, 'pm_card_visa');
    await report(stripe, customer.id, 5);
    await sim.advance(SEPTEMBER_MS + HOUR_MS);
    const types = await eventTypes(stripe);
    expect(types.filter((type) => /^(customer|invoice)/.test(type))).toEqual([
      'invoice.upcoming',
      'invoice.created',
      'customer.subscription.updated',
      'invoice.updated',
      'invoice.finalized',
      'invoice_payment.paid',
      'invoice.updated',
      'invoice.paid',
      'invoice.payment_succeeded',
    ]);
    const [upcoming] = (await stripe.events.list({ type: 'invoice.upcoming' })).data;
    expect(upcoming?.created).toBe(START_SEC + 23 * 86_400);
    const [renewed] = (await stripe.events.list({ type: 'customer.subscription.updated' })).data;
    expect(renewed?.data.previous_attributes).toMatchObject({ latest_invoice: null });
  });
});

describe('announcements', () => {
  it('come once, however often the subscription was changed before', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await customerWith(stripe);
    const price = await licensed(stripe);
    const items = [{ price: price.id }];
    const trial = await stripe.subscriptions.create({ customer: customer.id, items, trial_period_days: 20 });
    const paying = await stripe.subscriptions.create({ customer: customer.id, items });
    for (const { items: own } of [trial, paying])
      await stripe.subscriptionItems.update(own.data[0]?.id ?? '', { quantity: 2 });
    await sim.advance(25 * DAY_MS);
    const types = await eventTypes(stripe);
    const count = (type: string) => types.filter((each) => each === type).length;
    expect([count('customer.subscription.trial_will_end'), count('invoice.upcoming')]).toEqual([1, 2]);
  });
});

describe('failed payments', () => {
  it('of a renewal make the subscription past due, are tried again on later days, and stop', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await subscribed(stripe, 'pm_card_chargeCustomerFail');
    const [subscription] = (await stripe.subscriptions.list({ customer: customer.id })).data;
    await report(stripe, customer.id, 5);
    await sim.advance(SEPTEMBER_MS + HOUR_MS);
    const [failed] = await invoicesOf(stripe, customer.id);
    expect(failed).toMatchObject({ status: 'open', attempt_count: 1, amount_remaining: 500 });
    expect(failed?.next_payment_attempt).toBe((failed?.created ?? 0) + 3_600 + 3 * 86_400);
    expect((await stripe.subscriptions.retrieve(subscription?.id ?? '')).status).toBe('past_due');
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ delinquent: true });
    await sim.advance(16 * DAY_MS);
    expect(await stripe.invoices.retrieve(failed?.id ?? '')).toMatchObject({
      status: 'open',
      attempt_count: 4,
      next_payment_attempt: null,
    });
    const intents = (await stripe.invoicePayments.list({ invoice: failed?.id ?? '' })).data;
    expect(intents.map(({ status }) => status)).toEqual(['open']);
    await stripe.invoices.pay(failed?.id ?? '', { payment_method: 'pm_card_visa' });
    expect((await stripe.subscriptions.retrieve(subscription?.id ?? '')).status).toBe('active');
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ delinquent: false });
  });

  it('of a first invoice leave the subscription incomplete, which expires after 23 hours', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await customerWith(stripe, 'pm_card_chargeCustomerFail');
    const price = await licensed(stripe);
    const items = [{ price: price.id }];
    const late = await stripe.subscriptions.create({ customer: customer.id, items });
    const saved = await stripe.subscriptions.create({ customer: customer.id, items });
    expect([late.status, saved.status]).toEqual(['incomplete', 'incomplete']);
    await stripe.invoices.pay(String(saved.latest_invoice), { payment_method: 'pm_card_visa' });
    await sim.advance(23 * HOUR_MS);
    expect((await stripe.subscriptions.retrieve(saved.id)).status).toBe('active');
    expect(await stripe.subscriptions.retrieve(late.id, { expand: ['latest_invoice'] })).toMatchObject({
      status: 'incomplete_expired',
      latest_invoice: { status: 'void' },
    });
  });

  it('with error_if_incomplete refuse the subscription and leave no trace of it', async () => {
    await using server = await connect();
    const { stripe } = server;
    const customer = await customerWith(stripe, 'pm_card_chargeCustomerFail');
    const price = await licensed(stripe);
    const refused = stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      payment_behavior: 'error_if_incomplete',
    });
    expect(await errorOf(refused)).toMatchObject({ statusCode: 402, code: 'card_declined' });
    expect((await stripe.subscriptions.list({ status: 'all' })).data).toEqual([]);
    expect((await stripe.invoices.list()).data).toEqual([]);
    expect(await eventTypes(stripe)).not.toContain('customer.subscription.created');
  });

  it('of a default_incomplete subscription wait for the browser, which confirms with the invoice’s secret', async () => {
    await using server = await connect();
    const { stripe } = server;
    const customer = await customerWith(stripe);
    const price = await licensed(stripe);
    const created = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      payment_behavior: 'default_incomplete',
      expand: ['latest_invoice.confirmation_secret'],
    });
    const invoice = created.latest_invoice as Stripe.Invoice;
    expect([created.status, invoice.status, invoice.attempt_count]).toEqual(['incomplete', 'open', 0]);
    const [payment] = (await stripe.invoicePayments.list({ invoice: invoice.id ?? '' })).data;
    const intentId = String(payment?.payment.payment_intent);
    expect([payment?.status, invoice.confirmation_secret?.type]).toEqual(['open', 'payment_intent']);
    expect(invoice.confirmation_secret?.client_secret.startsWith(`${intentId}_secret_`)).toBe(true);
    await stripe.paymentIntents.confirm(intentId, {
      payment_method: 'pm_card_visa',
      return_url: 'https://shop.example',
    });
    expect(await stripe.subscriptions.retrieve(created.id, { expand: ['latest_invoice'] })).toMatchObject({
      status: 'active',
      latest_invoice: { status: 'paid', amount_paid: 1_000 },
    });
  });

  it('are cancelled with their invoice', async () => {
    await using server = await connect();
    const { stripe } = server;
    const customer = await customerWith(stripe, 'pm_card_visa');
    const draft = await stripe.invoices.create({ customer: customer.id });
    await stripe.invoiceItems.create({
      customer: customer.id,
      invoice: draft.id ?? '',
      amount: 900,
      currency: 'usd',
    });
    await stripe.invoices.finalizeInvoice(draft.id ?? '');
    await stripe.invoices.voidInvoice(draft.id ?? '');
    const { data } = await stripe.invoicePayments.list({
      invoice: draft.id ?? '',
      expand: ['data.payment.payment_intent'],
    });
    expect(data).toMatchObject([{ status: 'canceled', payment: { payment_intent: { status: 'canceled' } } }]);
  });

  it('that are delayed leave the invoice open until they settle', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await subscribed(stripe, 'pm_usBankAccount_success');
    await report(stripe, customer.id, 80);
    await sim.advance(SEPTEMBER_MS + HOUR_MS);
    const [waiting] = await invoicesOf(stripe, customer.id);
    expect(waiting).toMatchObject({ status: 'open', attempt_count: 1 });
    await sim.advance(10 * DAY_MS);
    expect((await invoicesOf(stripe, customer.id))[0]).toMatchObject({ status: 'paid', amount_paid: 8_000 });
  });

  it('do not concern invoices that are sent; those become overdue', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await customerWith(stripe);
    const draft = await stripe.invoices.create({
      customer: customer.id,
      collection_method: 'send_invoice',
      days_until_due: 7,
    });
    await stripe.invoiceItems.create({
      customer: customer.id,
      invoice: draft.id ?? '',
      amount: 900,
      currency: 'usd',
    });
    const sent = await stripe.invoices.sendInvoice(draft.id ?? '');
    expect(sent).toMatchObject({ status: 'open', due_date: START_SEC + 7 * 86_400, attempted: false });
    await sim.advance(7 * DAY_MS);
    expect(await eventTypes(stripe)).toEqual(expect.arrayContaining(['invoice.sent', 'invoice.overdue']));
    const due = await stripe.invoices.list({ due_date: { lte: START_SEC + 7 * 86_400 } });
    expect(due.data.map(({ id }) => id)).toEqual([draft.id]);
  });
});

describe('a customer on a test clock', () => {
  it('is billed by that clock alone: periods, draft window, credits and payment', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: sec('2027-01-31') });
    const customer = await stripe.customers.create({ test_clock: clock.id });
    const meter = await sumMeter(stripe);
    const price = await metered(stripe, meter.id);
    const { id } = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
    await stripe.billing.creditGrants.create({
      customer: customer.id,
      amount: { type: 'monetary', monetary: { currency: 'usd', value: 300 } },
      applicability_config: { scope: { price_type: 'metered' } },
    });
    await report(stripe, customer.id, 10, sec('2027-01-31'));
    await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: sec('2027-02-28') + 3_600 });
    await sim.advance(2_000);
    const [invoice] = await invoicesOf(stripe, customer.id);
    expect(invoice).toMatchObject({
      status: 'paid',
      test_clock: clock.id,
      created: sec('2027-02-28'),
      subtotal: 1_000,
      total: 700,
      status_transitions: { finalized_at: sec('2027-02-28') + 3_600 },
    });
    const subscription = await stripe.subscriptions.retrieve(id);
    expect([subscription.test_clock, subscription.items.data[0]?.current_period_end]).toEqual([
      clock.id,
      sec('2027-03-31'),
    ]);
    expect(sim.nowMs()).toBe(START_SEC * 1_000 + 2_000);
  });
});
