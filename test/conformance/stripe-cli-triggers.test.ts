import { describe, expect, it } from 'vitest';
import { connect, DAY_MS, send } from '../../packages/stripe-simulator/src/testing/connect.ts';
import { startReceiver } from '../../packages/stripe-simulator/src/testing/receiver.ts';

/** One call: a name for what it answers, the path, and the form; `$name` stands for the id of an earlier answer. */
type Call = readonly [name: string, path: string, form?: string];

const customer: Call = ['customer', '/v1/customers', 'description=cli'];
const paying: Call = [
  'customer',
  '/v1/customers',
  'description=cli&payment_method=pm_card_visa&invoice_settings[default_payment_method]=pm_card_visa',
];
const product: Call = ['product', '/v1/products', 'name=myproduct&description=cli'];
const monthly: Call = [
  'price',
  '/v1/prices',
  'product=$product&unit_amount=1500&currency=usd&recurring[interval]=month',
];
const once: Call = ['price', '/v1/prices', 'product=$product&unit_amount=1500&currency=usd'];
const subscription: Call = ['subscription', '/v1/subscriptions', 'customer=$customer&items[0][price]=$price'];
const item: Call = [
  'item',
  '/v1/invoiceitems',
  'amount=2000&currency=usd&customer=$customer&description=cli',
];
const draft: Call = [
  'invoice',
  '/v1/invoices',
  'customer=$customer&description=cli&pending_invoice_items_behavior=include',
];
const grant: Call = [
  'grant',
  '/v1/billing/credit_grants',
  'customer=$customer&amount[monetary][value]=1000&amount[monetary][currency]=usd&amount[type]=monetary&applicability_config[scope][price_type]=metered&category=promotional&name=cli',
];
const meter: Call = [
  'meter',
  '/v1/billing/meters',
  'display_name=cli&event_name=cli_event&default_aggregation[formula]=sum',
];
const session: Call = [
  'session',
  '/v1/checkout/sessions',
  'success_url=https://httpbin.org/post&cancel_url=https://httpbin.org/post&mode=payment&payment_method_types[0]=card&line_items[0][price]=$price&line_items[0][quantity]=2',
];
const card: Call = [
  'method',
  '/v1/payment_methods',
  'type=card&card[token]=tok_visa&billing_details[email]=stripe@example.com',
];
const debited = (iban: string): readonly Call[] => [
  product,
  ['price', '/v1/prices', 'product=$product&unit_amount=1500&currency=eur'],
  [
    'session',
    '/v1/checkout/sessions',
    'success_url=https://httpbin.org/post&mode=payment&payment_method_types[0]=sepa_debit&line_items[0][price]=$price&line_items[0][quantity]=2&payment_intent_data[setup_future_usage]=off_session',
  ],
  [
    'method',
    '/v1/payment_methods',
    `type=sepa_debit&sepa_debit[iban]=${iban}&billing_details[email]=stripe@example.com&billing_details[name]=Jenny`,
  ],
  confirm,
];
const confirm: Call = [
  'page',
  '/v1/payment_pages/$session/confirm',
  'payment_method=$method&expected_amount=3000',
];
const attach = (method: string): Call => [
  'method',
  `/v1/payment_methods/${method}/attach`,
  'customer=$customer',
];
const shipping = (at: string): string =>
  `${at}[name]=Jenny&${at}[address][line1]=510+Townsend+St&${at}[address][city]=San+Francisco&${at}[address][country]=US`;
const intent = (method: string): Call => [
  'intent',
  '/v1/payment_intents',
  `amount=2000&confirm=true&currency=usd&payment_method_types[0]=card&description=cli&payment_method=${method}`,
];

/** What `stripe trigger` calls, in the order in which it does, by the event that is to come of it. */
const triggers: Readonly<Record<string, readonly Call[]>> = {
  'customer.created': [customer],
  'customer.updated': [customer, ['updated', '/v1/customers/$customer', 'metadata[foo]=bar']],
  'customer.deleted': [customer, ['deleted', 'DELETE /v1/customers/$customer']],
  'product.created': [product],
  'product.updated': [product, ['updated', '/v1/products/$product', 'metadata[foo]=bar']],
  'price.created': [product, once],
  'price.updated': [product, once, ['updated', '/v1/prices/$price', 'metadata[foo]=bar']],
  'payment_method.attached': [customer, attach('pm_card_visa')],
  'payment_method.detached': [
    customer,
    attach('pm_card_visa'),
    ['off', '/v1/payment_methods/$method/detach', ''],
  ],
  'payment_intent.created': [['intent', '/v1/payment_intents', 'amount=2000&currency=usd']],
  'payment_intent.succeeded': [
    [
      'intent',
      '/v1/payment_intents',
      `amount=2000&confirm=true&currency=usd&payment_method_types[]=card&payment_method=pm_card_visa&${shipping('shipping')}`,
    ],
  ],
  'payment_intent.payment_failed': [intent('pm_card_chargeDeclined')],
  'payment_intent.requires_action': [intent('pm_card_authenticationRequired')],
  'payment_intent.canceled': [
    ['intent', '/v1/payment_intents', 'amount=2000&currency=usd'],
    ['canceled', '/v1/payment_intents/$intent/cancel', ''],
  ],
  'charge.succeeded': [intent('pm_card_visa')],
  'charge.failed': [intent('pm_card_chargeDeclined')],
  'charge.refunded': [intent('pm_card_visa'), ['refund', '/v1/refunds', 'payment_intent=$intent']],
  'charge.dispute.funds_withdrawn': [intent('pm_card_createDispute')],
  'refund.created': [intent('pm_card_visa'), ['refund', '/v1/refunds', 'payment_intent=$intent']],
  'charge.dispute.created': [intent('pm_card_createDisputeInquiry')],
  'setup_intent.created': [['setup', '/v1/setup_intents', 'payment_method_types[0]=card']],
  'setup_intent.succeeded': [
    ['setup', '/v1/setup_intents', 'payment_method_types[0]=card&confirm=true&payment_method=pm_card_visa'],
  ],
  'checkout.session.completed': [
    product,
    once,
    [session[0], session[1], `${session[2]}&${shipping('payment_intent_data[shipping]')}`],
    card,
    confirm,
  ],
  'checkout.session.async_payment_succeeded': debited('AT611904300234573201'),
  'checkout.session.async_payment_failed': debited('IT60X0542811101000000123456'),
  'invoice.payment_action_required': [
    customer,
    attach('pm_card_threeDSecure2Required'),
    item,
    draft,
    ['paid', '/v1/invoices/$invoice/pay', 'payment_method=$method'],
  ],
  'checkout.session.expired': [
    product,
    once,
    session,
    ['expired', '/v1/checkout/sessions/$session/expire', ''],
  ],
  'customer.subscription.created': [paying, product, monthly, subscription],
  'customer.subscription.updated': [
    ['customer', '/v1/customers', 'description=cli&source=tok_visa'],
    ['plan', '/v1/plans', 'currency=usd&interval=month&amount=2000&product[name]=myproduct'],
    ['subscription', '/v1/subscriptions', 'customer=$customer&items[0][plan]=$plan'],
    ['updated', '/v1/subscriptions/$subscription', 'metadata[foo]=bar'],
  ],
  'customer.subscription.deleted': [
    paying,
    product,
    monthly,
    subscription,
    ['deleted', 'DELETE /v1/subscriptions/$subscription'],
  ],
  'invoiceitem.created': [customer, item],
  'invoice.created': [customer, item, draft],
  'invoice_payment.paid': [
    ['customer', '/v1/customers', 'description=cli&source=tok_visa'],
    item,
    draft,
    ['paid', '/v1/invoices/$invoice/pay', ''],
  ],
  'invoice.upcoming': [
    ['clock', '/v1/test_helpers/test_clocks', 'frozen_time=1704067200&name=cli'],
    [
      'customer',
      '/v1/customers',
      'description=cli&payment_method=pm_card_visa&invoice_settings[default_payment_method]=pm_card_visa&test_clock=$clock',
    ],
    product,
    monthly,
    subscription,
    ['advance', '/v1/test_helpers/test_clocks/$clock/advance', 'frozen_time=1706486400'],
  ],
  'invoice.updated': [customer, item, draft, ['updated', '/v1/invoices/$invoice', 'metadata[foo]=bar']],
  'invoice.finalized': [customer, item, draft, ['finalized', '/v1/invoices/$invoice/finalize', '']],
  'invoice.paid': [
    customer,
    attach('pm_card_visa'),
    item,
    draft,
    ['paid', '/v1/invoices/$invoice/pay', 'payment_method=$method'],
  ],
  'invoice.payment_succeeded': [
    customer,
    attach('pm_card_visa'),
    item,
    draft,
    ['paid', '/v1/invoices/$invoice/pay', 'payment_method=$method'],
  ],
  'invoice.payment_failed': [
    customer,
    attach('pm_card_chargeCustomerFail'),
    item,
    draft,
    ['paid', '/v1/invoices/$invoice/pay', 'payment_method=$method'],
  ],
  'invoice.deleted': [customer, item, draft, ['deleted', 'DELETE /v1/invoices/$invoice']],
  'invoice.voided': [
    customer,
    item,
    draft,
    ['finalized', '/v1/invoices/$invoice/finalize', ''],
    ['voided', '/v1/invoices/$invoice/void', ''],
  ],
  'invoice.marked_uncollectible': [
    customer,
    item,
    draft,
    ['finalized', '/v1/invoices/$invoice/finalize', ''],
    ['lost', '/v1/invoices/$invoice/mark_uncollectible', ''],
  ],
  'billing.meter.created': [meter],
  'billing.meter.updated': [meter, ['updated', '/v1/billing/meters/$meter', 'display_name=other']],
  'billing.meter.deactivated': [meter, ['off', '/v1/billing/meters/$meter/deactivate', '']],
  'billing.meter.reactivated': [
    meter,
    ['off', '/v1/billing/meters/$meter/deactivate', ''],
    ['on', '/v1/billing/meters/$meter/reactivate', ''],
  ],
  'billing.credit_grant.created': [customer, grant],
  'billing.credit_balance_transaction.created': [customer, grant],
  'billing.credit_grant.updated': [
    customer,
    grant,
    ['updated', '/v1/billing/credit_grants/$grant', 'metadata[foo]=bar'],
  ],
  'billing.alert.triggered': [
    customer,
    meter,
    [
      'alert',
      '/v1/billing/alerts',
      'alert_type=usage_threshold&title=cli&usage_threshold_config[gte]=100&usage_threshold_config[meter]=$meter&usage_threshold_config[recurrence]=one_time',
    ],
    [
      'event',
      '/v1/billing/meter_events',
      'event_name=cli_event&payload[stripe_customer_id]=$customer&payload[value]=150',
    ],
  ],
};

describe('the calls of `stripe trigger`', () => {
  it.each(Object.entries(triggers))('make %s and deliver it', async (type, calls) => {
    await using receiver = await startReceiver();
    await using server = await connect({ webhooks: { forward: [{ url: receiver.url, events: [type] }] } });
    const ids = new Map<string, string>();
    const fill = (text: string): string =>
      text.replace(/\$(\w+)/g, (_, name: string) => ids.get(name) ?? '?');
    for (const [name, target, form] of calls) {
      const [, method = 'POST', path = ''] = /^(?:(\w+) )?(.*)$/.exec(fill(target)) ?? [];
      const answer = await send(server.sim, method, path, method === 'POST' ? fill(form ?? '') : undefined);
      const { id, error } = await answer.json();
      expect([path, error?.type === 'card_error' ? undefined : error]).toEqual([path, undefined]);
      ids.set(name, id);
    }
    await server.sim.advance(DAY_MS);
    expect(receiver.types()).toContain(type);
  });
});
