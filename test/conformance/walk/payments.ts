import { errorOf, type Walker } from './context.ts';

const pay = {
  currency: 'usd',
  automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
} as const;

/** Checkout on its page: paid, expired, and the payment that comes of it. */
export async function walkCheckout({ stripe }: Walker): Promise<void> {
  const customer = await stripe.customers.create({ email: 'buyer@example.com' });
  const open = () =>
    stripe.checkout.sessions.create({
      mode: 'payment',
      customer: customer.id,
      success_url: 'https://shop.example/done',
      cancel_url: 'https://shop.example/back',
      line_items: [
        {
          quantity: 1,
          price_data: { currency: 'usd', unit_amount: 2_500, product_data: { name: 'Credits' } },
        },
      ],
    });
  const paid = await open();
  await fetch(paid.url ?? '', { method: 'POST', redirect: 'manual' });
  const { payment_intent: intent } = await stripe.checkout.sessions.retrieve(paid.id, {
    expand: ['line_items'],
  });
  await stripe.checkout.sessions.listLineItems(paid.id);
  await stripe.checkout.sessions.list({ customer: customer.id });
  await stripe.checkout.sessions.expire((await open()).id);
  // What the command-line client calls to pay a session without its page.
  const byClient = await open();
  await stripe.rawRequest('GET', `/v1/payment_pages/${byClient.id}`);
  await stripe.rawRequest('POST', `/v1/payment_pages/${byClient.id}/confirm`, {
    payment_method: 'pm_card_visa',
  });
  await stripe.paymentIntents.retrieve(String(intent));
  await stripe.paymentIntents.list({ customer: customer.id });
}

/** Coupons and promotion codes, and a session with one of them, with tax, with a receipt and in another currency. */
export async function walkPromotions({ stripe, sim }: Walker): Promise<void> {
  const coupon = await stripe.coupons.create({ percent_off: 25, name: 'Quarter' });
  await stripe.coupons.retrieve(coupon.id);
  await stripe.coupons.update(coupon.id, { metadata: { campaign: 'walk' } });
  await stripe.coupons.list();
  const promotion = await stripe.promotionCodes.create({
    promotion: { type: 'coupon', coupon: coupon.id },
    code: 'WALK25',
    restrictions: { minimum_amount: 100, minimum_amount_currency: 'usd' },
  });
  await stripe.promotionCodes.retrieve(promotion.id, { expand: ['promotion.coupon'] });
  await stripe.promotionCodes.list({ code: 'walk25' });
  sim.assumptions.adaptivePricingCurrency = 'eur';
  const customer = await stripe.customers.create({ email: 'buyer@example.com' });
  const { id } = await stripe.checkout.sessions.create({
    mode: 'payment',
    customer: customer.id,
    success_url: 'https://shop.example/done',
    allow_promotion_codes: true,
    automatic_tax: { enabled: true },
    customer_update: { address: 'auto' },
    invoice_creation: { enabled: true },
    saved_payment_method_options: { payment_method_save: 'enabled' },
    line_items: [{ price_data: { currency: 'usd', unit_amount: 2_500, product_data: { name: 'Credits' } } }],
  });
  sim.payments.paySession(id, { promotionCode: 'WALK25', currency: 'eur', save: true });
  const paid = await stripe.checkout.sessions.retrieve(id, {
    expand: [
      'line_items',
      'invoice',
      'discounts.promotion_code',
      'payment_intent.latest_charge.refunds',
      'payment_intent.payment_method',
    ],
  });
  if (paid.payment_intent === null || typeof paid.payment_intent === 'string')
    throw new Error('The session has no payment.');
  await stripe.refunds.create({ payment_intent: paid.payment_intent.id, amount: 300 });
  await stripe.invoices.list({ customer: customer.id });
  for (const kind of ['prevented', 'inquiry', 'fraudulent'] as const)
    sim.payments.openDispute(paid.payment_intent.id, { kind, amountMinor: 100 });
  await stripe.disputes.list({ payment_intent: paid.payment_intent.id });
  await stripe.promotionCodes.update(promotion.id, { active: false });
  await stripe.coupons.del(coupon.id);
  await stripe.events.list({ limit: 100 });
}

/** Payment methods and setup intents. */
export async function walkMethods({ stripe }: Walker): Promise<void> {
  const customer = await stripe.customers.create({ email: 'payer@example.com' });
  const card = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
  await stripe.paymentMethods.attach(card.id, { customer: customer.id });
  await stripe.paymentMethods.update(card.id, { billing_details: { name: 'Ada' }, metadata: { a: 'b' } });
  await stripe.paymentMethods.retrieve(card.id);
  await stripe.paymentMethods.list({ customer: customer.id, type: 'card' });
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: card.id } });
  await stripe.customers.listPaymentMethods(customer.id);
  await stripe.customers.retrievePaymentMethod(customer.id, card.id);
  const other = await stripe.paymentMethods.attach('pm_card_mastercard', { customer: customer.id });
  await stripe.paymentMethods.detach(other.id);
  await stripe.paymentMethods.attach('pm_usBankAccount_success', { customer: customer.id });

  const setup = await stripe.setupIntents.create({
    customer: customer.id,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  });
  await stripe.setupIntents.retrieve(setup.id);
  await stripe.setupIntents.update(setup.id, { description: 'For later' });
  await stripe.setupIntents.confirm(setup.id, { payment_method: 'pm_card_visa' });
  await stripe.setupIntents.list({ customer: customer.id });
  const dropped = await stripe.setupIntents.create({ customer: customer.id });
  await stripe.setupIntents.cancel(dropped.id);

  await stripe.customerSessions.create({
    customer: customer.id,
    components: { payment_element: { enabled: true } },
  });
}

/** Payments in every state, their charges, refunds and disputes, and what they did to the balance. */
export async function walkPayments({ stripe, sim }: Walker): Promise<void> {
  const customer = await stripe.customers.create({ email: 'payer@example.com' });
  const planned = await stripe.paymentIntents.create({ ...pay, amount: 4_000, customer: customer.id });
  await stripe.paymentIntents.update(planned.id, { amount: 5_000, metadata: { topup_id: 't1' } });
  const paid = await stripe.paymentIntents.confirm(planned.id, { payment_method: 'pm_card_visa' });
  const held = await stripe.paymentIntents.create({
    ...pay,
    amount: 900,
    customer: customer.id,
    payment_method: 'pm_card_visa',
    capture_method: 'manual',
    confirm: true,
  });
  await stripe.paymentIntents.capture(held.id, { amount_to_capture: 700 });
  const dropped = await stripe.paymentIntents.create({ ...pay, amount: 100, customer: customer.id });
  await stripe.paymentIntents.cancel(dropped.id, { cancellation_reason: 'abandoned' });
  for (const method of ['pm_card_chargeDeclined', 'pm_card_authenticationRequired']) {
    await errorOf(
      stripe.paymentIntents.create({
        ...pay,
        amount: 800,
        customer: customer.id,
        payment_method: method,
        confirm: true,
        error_on_requires_action: true,
      }),
    );
  }
  await stripe.paymentIntents.create({
    ...pay,
    amount: 800,
    customer: customer.id,
    payment_method: 'pm_card_authenticationRequired',
    confirm: true,
  });
  const { data: intents } = await stripe.paymentIntents.list({ customer: customer.id });
  if (intents.length < 5) throw new Error('Failed attempts left no payment intent.');

  const chargeId = String(paid.latest_charge);
  await stripe.charges.retrieve(chargeId, { expand: ['balance_transaction'] });
  await stripe.charges.update(chargeId, { description: 'Walked' });
  await stripe.charges.list({ customer: customer.id });
  const refund = await stripe.refunds.create({ payment_intent: paid.id, amount: 1_000 });
  await stripe.refunds.retrieve(refund.id);
  await stripe.refunds.update(refund.id, { metadata: { why: 'walk' } });
  await stripe.refunds.list({ payment_intent: paid.id });
  // A route of older clients; the SDK no longer has a method for it.
  await stripe.rawRequest('GET', `/v1/charges/${chargeId}/refunds`);

  for (const method of ['pm_card_createDispute', 'pm_card_createDisputeInquiry']) {
    await stripe.paymentIntents.create({
      ...pay,
      amount: 3_000,
      customer: customer.id,
      payment_method: method,
      confirm: true,
    });
  }
  await sim.advance(3_600_000);
  const { data: disputes } = await stripe.disputes.list({ limit: 10 });
  const [first, second] = disputes;
  if (first === undefined || second === undefined) throw new Error('The test methods opened no disputes.');
  await stripe.disputes.retrieve(first.id);
  await stripe.disputes.update(first.id, { evidence: { uncategorized_text: 'winning_evidence' } });
  await stripe.disputes.close(second.id);

  const { data: entries } = await stripe.balanceTransactions.list({ limit: 100 });
  await stripe.balanceTransactions.retrieve(entries[0]?.id ?? '');
}

/** A refund that waits for its money can be canceled. */
export async function walkRefundCancel({ stripe, sim }: Walker): Promise<void> {
  const customer = await stripe.customers.create({ email: 'bank@example.com' });
  const debit = await stripe.paymentIntents.create({
    amount: 2_000,
    currency: 'usd',
    customer: customer.id,
    allowed_payment_method_types: ['us_bank_account'],
    payment_method: 'pm_usBankAccount_success',
    confirm: true,
    mandate_data: {
      customer_acceptance: { type: 'online', online: { ip_address: '127.0.0.1', user_agent: 'walk' } },
    },
  });
  await sim.advance(30 * 86_400_000);
  const settled = await stripe.paymentIntents.retrieve(debit.id);
  if (settled.status !== 'succeeded') throw new Error(`The bank debit is ${settled.status} after 30 days.`);
  const refund = await stripe.refunds.create({ payment_intent: debit.id });
  if (refund.status !== 'pending' && refund.status !== 'requires_action')
    throw new Error(`The refund of a bank debit is ${refund.status} at once.`);
  await stripe.refunds.cancel(refund.id);
}

/** The customer portal. */
export async function walkPortal({ stripe }: Walker): Promise<void> {
  const customer = await stripe.customers.create({ email: 'portal@example.com' });
  const configuration = await stripe.billingPortal.configurations.create({
    features: { invoice_history: { enabled: true }, payment_method_update: { enabled: true } },
  });
  await stripe.billingPortal.configurations.retrieve(configuration.id);
  await stripe.billingPortal.configurations.update(configuration.id, {
    default_return_url: 'https://app.example/billing',
  });
  await stripe.billingPortal.configurations.list();
  await stripe.billingPortal.sessions.create({
    customer: customer.id,
    configuration: configuration.id,
    return_url: 'https://app.example/billing',
  });
}
