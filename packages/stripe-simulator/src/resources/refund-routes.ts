import { invalidRequest } from '../protocol/errors.ts';
import { pageParams, paginate } from '../protocol/paging.ts';
import { integer, mergeMetadata, metadata, oneOf, optional, string, timeRange } from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import type { World } from '../world.ts';
import { type ChargeState, requireCharge } from './charges.ts';
import { cancelRefund, changeRefund, issueRefund } from './issue-refund.ts';
import { requirePaymentIntent } from './payment-intents.ts';
import { refunds, requireRefund, toStripeRefund } from './refunds.ts';

const returns = { kind: 'refund', list: false };

/** The charge that a refund names, by itself or by its intent. */
function chargeOf(world: World, chargeId: string | undefined, intentId: string | undefined): ChargeState {
  if (intentId === undefined) {
    if (chargeId !== undefined) return requireCharge(world, chargeId, 'charge');
    throw invalidRequest(
      'One of the following params should be provided for this request: payment_intent or charge.',
    );
  }
  const intent = requirePaymentIntent(world, intentId, 'payment_intent');
  const { latestChargeId, status } = intent;
  if (latestChargeId === null || (status !== 'succeeded' && status !== 'processing')) {
    throw invalidRequest(`This PaymentIntent (${intentId}) does not have a successful charge to refund.`, {
      code: 'resource_missing',
      param: 'payment_intent',
    });
  }
  if (chargeId !== undefined && chargeId !== latestChargeId) {
    throw invalidRequest(`The charge ${chargeId} does not belong to the PaymentIntent ${intentId}.`, {
      param: 'charge',
    });
  }
  return requireCharge(world, latestChargeId);
}

export const refundRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/refunds',
    fidelity: 'simplified',
    note: 'of a charge or payment intent; no Connect, no customer balance',
    ownTime: true,
    returns,
    params: {
      charge: optional(string()),
      payment_intent: optional(string()),
      amount: optional(integer({ min: 1, max: 999_999_999_999 })),
      reason: optional(oneOf(['duplicate', 'fraudulent', 'requested_by_customer'])),
      metadata: metadata(),
    },
    missing: [
      'currency',
      'customer',
      'instructions_email',
      'origin',
      'refund_application_fee',
      'reverse_transfer',
    ],
    handle(world, params) {
      const charge = chargeOf(world, params.charge, params.payment_intent);
      return toStripeRefund(
        issueRefund(world, charge, {
          amountMinor: params.amount,
          reason: params.reason ?? null,
          metadata: mergeMetadata({}, params.metadata),
        }),
      );
    },
  }),
  route({
    method: 'GET',
    path: '/v1/refunds/:id',
    fidelity: 'exact',
    returns,
    handle: (world, _params, { id }) => toStripeRefund(requireRefund(world, id)),
  }),
  route({
    method: 'POST',
    path: '/v1/refunds/:id',
    fidelity: 'exact',
    ownTime: true,
    returns,
    params: { metadata: metadata() },
    handle(world, params, { id }) {
      const refund = requireRefund(world, id);
      return toStripeRefund(
        changeRefund(world, refund, { metadata: mergeMetadata(refund.metadata, params.metadata) }),
      );
    },
  }),
  route({
    method: 'POST',
    path: '/v1/refunds/:id/cancel',
    fidelity: 'simplified',
    note: 'of a refund that is pending; at Stripe only of some payment methods',
    ownTime: true,
    returns,
    handle: (world, _params, { id }) => toStripeRefund(cancelRefund(world, requireRefund(world, id))),
  }),
  route({
    method: 'GET',
    path: '/v1/refunds',
    fidelity: 'exact',
    returns: { ...returns, list: true },
    params: {
      ...pageParams,
      charge: optional(string()),
      payment_intent: optional(string()),
      created: optional(timeRange()),
    },
    handle(world, params) {
      if (params.charge !== undefined) requireCharge(world, params.charge, 'charge');
      if (params.payment_intent !== undefined)
        requirePaymentIntent(world, params.payment_intent, 'payment_intent');
      const rows = refunds(world)
        .newestFirst()
        .filter(
          (refund) =>
            (params.charge === undefined || refund.chargeId === params.charge) &&
            (params.payment_intent === undefined || refund.intentId === params.payment_intent) &&
            (params.created === undefined || params.created(refund.createdSec)),
        );
      return paginate(rows, params, { url: '/v1/refunds', noun: 'refund', toStripe: toStripeRefund });
    },
  }),
];
