import type { ExpansionMap, Loaders } from '../protocol/expand.ts';
import type { Registry, Route } from '../protocol/router.ts';
import {
  balanceTransactionRoutes,
  requireBalanceTransaction,
  toStripeBalanceTransaction,
} from './balance-transactions.ts';
import { billingAlertRoutes, requireAlert, toStripeAlert } from './billing-alerts.ts';
import { chargeRoutes } from './charge-routes.ts';
import { requireCharge, revealRefunds, toStripeCharge } from './charges.ts';
import { checkoutSessionRoutes } from './checkout-session-routes.ts';
import { requireSession, revealLineItems, toStripeCheckoutSession } from './checkout-sessions.ts';
import { couponRoutes } from './coupon-routes.ts';
import { coupons, requireCoupon, toStripeCoupon } from './coupons.ts';
import { creditBalanceSummaryRoutes } from './credit-balance-summary.ts';
import { toStripeCreditBalanceTransaction } from './credit-balance-transaction-view.ts';
import { creditBalanceTransactionRoutes, requireTransaction } from './credit-balance-transactions.ts';
import { creditGrantRoutes } from './credit-grant-routes.ts';
import { requireGrant, toStripeCreditGrant } from './credit-grants.ts';
import { customerBalanceRoutes } from './customer-balance-routes.ts';
import { customerRoutes } from './customer-routes.ts';
import { customerSessionRoutes } from './customer-sessions.ts';
import { loadCustomer } from './customer-view.ts';
import { disputeRoutes } from './dispute-routes.ts';
import { requireDispute, toStripeDispute } from './disputes.ts';
import { eventDestinationRoutes } from './event-destinations.ts';
import { eventRoutes } from './events.ts';
import { invoiceActionRoutes } from './invoice-action-routes.ts';
import { invoiceItemRoutes } from './invoice-item-routes.ts';
import { requireInvoiceItem, toStripeInvoiceItem } from './invoice-items.ts';
import { invoicePaymentRoutes, revealConfirmationSecret, revealPayments } from './invoice-payments.ts';
import { invoicePreviewRoutes } from './invoice-preview-route.ts';
import { invoiceRoutes } from './invoice-routes.ts';
import { toStripeInvoice } from './invoice-view.ts';
import { requireInvoice } from './invoices.ts';
import { meterEventSummaryRoutes } from './meter-event-summaries.ts';
import { meterEventRoutes } from './meter-events.ts';
import { meterEventV2Routes } from './meter-events-v2.ts';
import { meterRoutes, requireMeter, toStripeMeter } from './meters.ts';
import { ownerOf } from './owners.ts';
import { paymentIntentRoutes } from './payment-intent-routes.ts';
import { requirePaymentIntent, toStripePaymentIntent } from './payment-intents.ts';
import { paymentMethodRoutes } from './payment-method-routes.ts';
import { requirePaymentMethod, toStripePaymentMethod } from './payment-methods.ts';
import { paymentPageRoutes } from './payment-pages.ts';
import { planRoutes } from './plans.ts';
import { portalConfigurationRoutes } from './portal-configuration-routes.ts';
import { requirePortalConfiguration, toStripePortalConfiguration } from './portal-configurations.ts';
import { portalSessionRoutes } from './portal-sessions.ts';
import { priceRoutes } from './price-routes.ts';
import { requirePrice, revealTiers, toStripePrice } from './prices.ts';
import { productRemovalRoutes } from './product-removal.ts';
import { productRoutes, requireProduct, toStripeProduct } from './products.ts';
import { promotionCodeRoutes } from './promotion-code-routes.ts';
import { requirePromotionCode, toStripePromotionCode } from './promotion-codes.ts';
import { refundRoutes } from './refund-routes.ts';
import { requireRefund, toStripeRefund } from './refunds.ts';
import { setupIntentRoutes } from './setup-intent-routes.ts';
import { requireSetupIntent, toStripeSetupIntent } from './setup-intents.ts';
import { subscriptionItemRoutes } from './subscription-item-routes.ts';
import { subscriptionRoutes } from './subscription-routes.ts';
import { requireSubscription, toStripeSubscription } from './subscriptions.ts';
import { testClockRoutes } from './test-clock-routes.ts';
import { requireTestClock, toStripeTestClock } from './test-clocks.ts';
import { thinEventRoutes } from './thin-events.ts';
import { webhookEndpointRoutes } from './webhook-endpoints.ts';

/** Every API route there is; whatever is not here answers 501. */
export const routes: readonly Route[] = [
  ...customerRoutes,
  ...customerBalanceRoutes,
  ...productRoutes,
  ...productRemovalRoutes,
  ...priceRoutes,
  ...planRoutes,
  ...subscriptionRoutes,
  ...subscriptionItemRoutes,
  ...invoicePreviewRoutes,
  ...invoiceRoutes,
  ...invoiceActionRoutes,
  ...invoiceItemRoutes,
  ...invoicePaymentRoutes,
  ...testClockRoutes,
  ...meterRoutes,
  ...meterEventRoutes,
  ...meterEventV2Routes,
  ...meterEventSummaryRoutes,
  ...billingAlertRoutes,
  ...eventRoutes,
  ...thinEventRoutes,
  ...webhookEndpointRoutes,
  ...eventDestinationRoutes,
  ...paymentPageRoutes,
  ...creditGrantRoutes,
  ...creditBalanceSummaryRoutes,
  ...creditBalanceTransactionRoutes,
  ...checkoutSessionRoutes,
  ...couponRoutes,
  ...promotionCodeRoutes,
  ...paymentIntentRoutes,
  ...paymentMethodRoutes,
  ...setupIntentRoutes,
  ...chargeRoutes,
  ...refundRoutes,
  ...disputeRoutes,
  ...balanceTransactionRoutes,
  ...customerSessionRoutes,
  ...portalConfigurationRoutes,
  ...portalSessionRoutes,
];

const price = { to: 'price' };
const customer = { to: 'customer' };
const balanceTransaction = { to: 'balance_transaction' };
const test_clock = { to: 'test_helpers.test_clock' };
const payment_method = { to: 'payment_method' };

const expansions: ExpansionMap = {
  customer: { test_clock, 'invoice_settings.default_payment_method': payment_method },
  customer_balance_transaction: { customer, invoice: { to: 'invoice' } },
  product: {},
  price: { product: { to: 'product' }, tiers: { reveal: revealTiers } },
  subscription: {
    customer,
    test_clock,
    default_payment_method: payment_method,
    latest_invoice: { to: 'invoice' },
    items: { inline: true },
    'items.data': { to: 'subscription_item', inline: true },
  },
  subscription_item: { price: { to: 'price', inline: true } },
  invoice: {
    customer,
    test_clock,
    default_payment_method: payment_method,
    confirmation_secret: { reveal: revealConfirmationSecret },
    payments: { reveal: revealPayments, to: 'invoice_payments' },
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
  invoiceitem: {
    customer,
    test_clock,
    invoice: { to: 'invoice' },
    'pricing.price_details.price': price,
  },
  invoice_payments: { data: { to: 'invoice_payment', inline: true } },
  invoice_payment: {
    invoice: { to: 'invoice' },
    'payment.payment_intent': { to: 'payment_intent' },
  },
  'test_helpers.test_clock': {},
  'billing.credit_grant': { customer, test_clock },
  'billing.credit_balance_summary': { customer },
  'billing.credit_balance_transaction': {
    test_clock,
    credit_grant: { to: 'billing.credit_grant' },
    'credit.credits_application_invoice_voided.invoice': { to: 'invoice' },
    'debit.credits_applied.invoice': { to: 'invoice' },
  },
  'billing.alert': {
    'usage_threshold.meter': { to: 'billing.meter' },
    'usage_threshold.filters.customer': customer,
  },
  'billing.meter': {},
  event: {},
  plan: { product: { to: 'product' } },
  webhook_endpoint: {},
  'checkout.session': {
    customer,
    payment_intent: { to: 'payment_intent' },
    invoice: { to: 'invoice' },
    'discounts.coupon': { to: 'coupon' },
    'discounts.promotion_code': { to: 'promotion_code' },
    line_items: { reveal: revealLineItems },
    'line_items.data': { to: 'item', inline: true },
  },
  coupon: {},
  promotion_code: { customer, 'promotion.coupon': { to: 'coupon' } },
  item: { price: { to: 'price', inline: true } },
  payment_intent: {
    customer,
    latest_charge: { to: 'charge' },
    payment_method,
  },
  payment_method: { customer },
  setup_intent: { customer, payment_method },
  charge: {
    customer,
    balance_transaction: balanceTransaction,
    failure_balance_transaction: balanceTransaction,
    payment_intent: { to: 'payment_intent' },
    refunds: { reveal: revealRefunds },
    'refunds.data': { to: 'refund', inline: true },
  },
  refund: {
    customer,
    balance_transaction: balanceTransaction,
    charge: { to: 'charge' },
    failure_balance_transaction: balanceTransaction,
    payment_intent: { to: 'payment_intent' },
    payment_method,
  },
  dispute: { charge: { to: 'charge' }, payment_intent: { to: 'payment_intent' } },
  balance_transaction: {},
  customer_session: { customer },
  'billing_portal.configuration': {},
  'billing_portal.session': { configuration: { to: 'billing_portal.configuration' } },
};

const loaders: Loaders = {
  'test_helpers.test_clock': (world, id) => toStripeTestClock(requireTestClock(world, id)),
  customer: loadCustomer,
  product: (world, id) => toStripeProduct(requireProduct(world, id)),
  price: (world, id) => toStripePrice(requirePrice(world, id)),
  subscription: (world, id) => toStripeSubscription(world, requireSubscription(world, id)),
  invoiceitem: (world, id) => toStripeInvoiceItem(world, requireInvoiceItem(world, id)),
  invoice: (world, id) => toStripeInvoice(world, requireInvoice(world, id)),
  balance_transaction: (world, id) => toStripeBalanceTransaction(world, requireBalanceTransaction(world, id)),
  'billing_portal.configuration': (world, id) =>
    toStripePortalConfiguration(requirePortalConfiguration(world, id)),
  coupon: (world, id) => toStripeCoupon(world, coupons(world).get(id) ?? requireCoupon(world, id)),
  promotion_code: (world, id) => toStripePromotionCode(world, requirePromotionCode(world, id)),
  charge: (world, id) => toStripeCharge(world, requireCharge(world, id)),
  dispute: (world, id) => toStripeDispute(world, requireDispute(world, id)),
  payment_method: (world, id) => toStripePaymentMethod(requirePaymentMethod(world, id)),
  refund: (world, id) => toStripeRefund(requireRefund(world, id)),
  setup_intent: (world, id) => toStripeSetupIntent(world, requireSetupIntent(world, id)),
  payment_intent: (world, id) => toStripePaymentIntent(world, requirePaymentIntent(world, id)),
  'billing.alert': (world, id) => toStripeAlert(requireAlert(world, id)),
  'billing.meter': (world, id) => toStripeMeter(requireMeter(world, id)),
  'billing.credit_grant': (world, id) => toStripeCreditGrant(requireGrant(world, id)),
  'billing.credit_balance_transaction': (world, id) =>
    toStripeCreditBalanceTransaction(requireTransaction(world, id)),
  'checkout.session': (world, id) => toStripeCheckoutSession(world, requireSession(world, id)),
};

/** What `expand` knows of every kind of object. */
export const registry: Registry = { expansions, loaders, ownerOf };
