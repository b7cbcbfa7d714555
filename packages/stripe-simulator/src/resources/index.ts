import type { ExpansionMap, Loaders } from '../protocol/expand.ts';
import type { Registry, Route } from '../protocol/router.ts';
import { checkoutSessionRoutes } from './checkout-session-routes.ts';
import { requireSession, revealLineItems, toStripeCheckoutSession } from './checkout-sessions.ts';
import { creditBalanceSummaryRoutes } from './credit-balance-summary.ts';
import {
  creditBalanceTransactionRoutes,
  requireTransaction,
  toStripeCreditBalanceTransaction,
} from './credit-balance-transactions.ts';
import { creditGrantRoutes } from './credit-grant-routes.ts';
import { requireGrant, toStripeCreditGrant } from './credit-grants.ts';
import { customerRoutes } from './customer-routes.ts';
import { loadCustomer } from './customers.ts';
import { invoiceRoutes } from './invoice-routes.ts';
import { toStripeInvoice } from './invoice-view.ts';
import { requireInvoice } from './invoices.ts';
import { meterEventSummaryRoutes } from './meter-event-summaries.ts';
import { meterEventRoutes } from './meter-events.ts';
import { meterRoutes } from './meters.ts';
import { paymentIntentRoutes, requirePaymentIntent, toStripePaymentIntent } from './payment-intents.ts';
import { priceRoutes } from './price-routes.ts';
import { requirePrice, revealTiers, toStripePrice } from './prices.ts';
import { productRoutes, requireProduct, toStripeProduct } from './products.ts';
import { subscriptionRoutes } from './subscription-routes.ts';
import { requireSubscription, toStripeSubscription } from './subscriptions.ts';

/** Every API route there is; whatever is not here answers 501. */
export const routes: readonly Route[] = [
  ...customerRoutes,
  ...productRoutes,
  ...priceRoutes,
  ...subscriptionRoutes,
  ...invoiceRoutes,
  ...meterRoutes,
  ...meterEventRoutes,
  ...meterEventSummaryRoutes,
  ...creditGrantRoutes,
  ...creditBalanceSummaryRoutes,
  ...creditBalanceTransactionRoutes,
  ...checkoutSessionRoutes,
  ...paymentIntentRoutes,
];

const price = { to: 'price' };
const customer = { to: 'customer' };

const expansions: ExpansionMap = {
  customer: {},
  product: {},
  price: { product: { to: 'product' }, tiers: { reveal: revealTiers } },
  subscription: {
    customer,
    latest_invoice: { to: 'invoice' },
    items: { inline: true },
    'items.data': { to: 'subscription_item', inline: true },
  },
  subscription_item: { price: { to: 'price', inline: true } },
  invoice: {
    customer,
    lines: { inline: true },
    'lines.data': { to: 'line_item', inline: true },
    'parent.subscription_details.subscription': { to: 'subscription' },
    'total_pretax_credit_amounts.credit_balance_transaction': { to: 'billing.credit_balance_transaction' },
  },
  line_item: {
    subscription: { to: 'subscription' },
    'pricing.price_details.price': price,
    'pretax_credit_amounts.credit_balance_transaction': { to: 'billing.credit_balance_transaction' },
  },
  'billing.credit_grant': { customer },
  'billing.credit_balance_summary': { customer },
  'billing.credit_balance_transaction': {
    credit_grant: { to: 'billing.credit_grant' },
    'credit.credits_application_invoice_voided.invoice': { to: 'invoice' },
    'debit.credits_applied.invoice': { to: 'invoice' },
  },
  'checkout.session': {
    customer,
    payment_intent: { to: 'payment_intent' },
    line_items: { reveal: revealLineItems },
    'line_items.data': { to: 'item', inline: true },
  },
  item: { price: { to: 'price', inline: true } },
  payment_intent: { customer },
};

const loaders: Loaders = {
  customer: loadCustomer,
  product: (world, id) => toStripeProduct(requireProduct(world, id)),
  price: (world, id) => toStripePrice(requirePrice(world, id)),
  subscription: (world, id) => toStripeSubscription(world, requireSubscription(world, id)),
  invoice: (world, id) => toStripeInvoice(world, requireInvoice(world, id)),
  payment_intent: (world, id) => toStripePaymentIntent(world, requirePaymentIntent(world, id)),
  'billing.credit_grant': (world, id) => toStripeCreditGrant(requireGrant(world, id)),
  'billing.credit_balance_transaction': (world, id) =>
    toStripeCreditBalanceTransaction(requireTransaction(world, id)),
  'checkout.session': (world, id) => toStripeCheckoutSession(world, requireSession(world, id)),
};

/** What `expand` knows of every kind of object. */
export const registry: Registry = { expansions, loaders };
