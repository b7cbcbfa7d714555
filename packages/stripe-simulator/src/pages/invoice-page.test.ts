import { describe, expect, it } from 'vitest';
import { connect } from '../testing/connect.ts';
import { eventTypes } from '../testing/payments.ts';

type Server = Awaited<ReturnType<typeof connect>>;

/** An open invoice of 15 dollars that is sent to its customer. */
async function sent({ stripe }: Server, name = 'Setup') {
  const customer = await stripe.customers.create({ name: 'Ada' });
  await stripe.invoiceItems.create({
    customer: customer.id,
    amount: 1_500,
    currency: 'usd',
    description: name,
  });
  const draft = await stripe.invoices.create({
    customer: customer.id,
    collection_method: 'send_invoice',
    days_until_due: 14,
    pending_invoice_items_behavior: 'include',
  });
  return stripe.invoices.finalizeInvoice(draft.id);
}

const post = (url: string, fields: Record<string, string> = {}) =>
  fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });

describe('the hosted page of an invoice', () => {
  it('shows what is due and takes the payment once', async () => {
    await using server = await connect();
    const { stripe } = server;
    const invoice = await sent(server);
    const url = invoice.hosted_invoice_url ?? '';
    const markup = await (await fetch(url)).text();
    expect(markup).toContain('<button type="submit">Pay $15.00</button>');
    expect(markup).toContain('Setup');
    for (let attempt = 0; attempt < 2; attempt += 1)
      expect((await post(url)).headers.get('location')).toBe(`/i/${invoice.id}`);
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({ status: 'paid', amount_paid: 1_500 });
    expect((await stripe.charges.list()).data).toHaveLength(1);
    expect(await (await fetch(url)).text()).not.toContain('<button');
    expect((await eventTypes(stripe)).filter((type) => type === 'invoice.paid')).toHaveLength(1);
  });

  it('says why a payment failed and takes another one, through authentication', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const invoice = await sent(server);
    const url = invoice.hosted_invoice_url ?? '';
    await post(url, { method: 'pm_card_chargeDeclined' });
    expect(await (await fetch(url)).text()).toContain('role="alert">Your card was declined.');
    const led = await post(url, { method: 'pm_card_authenticationRequired' });
    const location = led.headers.get('location') ?? '';
    expect(location).toMatch(/^\/c\/authenticate\/pi_/);
    const done = await post(`${sim.url}${location}`, { result: 'complete' });
    expect(done.headers.get('location')).toBe(`/i/${invoice.id}`);
    expect((await stripe.invoices.retrieve(invoice.id)).status).toBe('paid');
  });

  it('offers no other ways to pay than it shows, and shows a hostile line as text', async () => {
    await using server = await connect();
    const { stripe } = server;
    const invoice = await sent(server, '<img src=x onerror=alert(1)>');
    const url = invoice.hosted_invoice_url ?? '';
    expect(await (await fetch(url)).text()).not.toContain('<img');
    expect((await post(url, { method: 'pm_card_createDispute' })).status).toBe(400);
    expect((await stripe.invoices.retrieve(invoice.id)).status).toBe('open');
  });
});
