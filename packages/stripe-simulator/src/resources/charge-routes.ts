import { emitUpdate } from '../events/emit.ts';
import { pageParams, paginate } from '../protocol/paging.ts';
import { clearable, mergeMetadata, metadata, optional, string, timeRange } from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import { charges, requireCharge, toStripeCharge } from './charges.ts';
import { requireCustomer } from './customers.ts';
import { requirePaymentIntent } from './payment-intents.ts';
import { requireRefund, toStripeRefund } from './refunds.ts';

const returns = { kind: 'charge', list: false };

export const chargeRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/v1/charges/:id',
    fidelity: 'exact',
    returns,
    handle: (world, _params, { id }) => toStripeCharge(world, requireCharge(world, id)),
  }),
  route({
    method: 'POST',
    path: '/v1/charges/:id',
    fidelity: 'simplified',
    note: 'description, receipt_email and metadata',
    ownTime: true,
    returns,
    params: {
      description: clearable(string({ maxLength: 1_000 })),
      receipt_email: clearable(string()),
      metadata: metadata(),
    },
    missing: ['customer', 'fraud_details', 'shipping', 'transfer_group'],
    handle(world, params, { id }) {
      const charge = requireCharge(world, id);
      const before = toStripeCharge(world, charge);
      const changed = charges(world).put({
        ...charge,
        description: params.description === undefined ? charge.description : params.description,
        receiptEmail: params.receipt_email === undefined ? charge.receiptEmail : params.receipt_email,
        metadata: mergeMetadata(charge.metadata, params.metadata),
      });
      const after = toStripeCharge(world, changed);
      emitUpdate(world, { type: 'charge.updated', before, after, customerId: charge.customerId });
      return after;
    },
  }),
  route({
    method: 'GET',
    path: '/v1/charges',
    fidelity: 'simplified',
    note: 'filters customer, payment_intent and created',
    returns: { ...returns, list: true },
    params: {
      ...pageParams,
      customer: optional(string()),
      payment_intent: optional(string()),
      created: optional(timeRange()),
    },
    missing: ['transfer_group'],
    handle(world, params) {
      if (params.customer !== undefined) requireCustomer(world, params.customer);
      if (params.payment_intent !== undefined)
        requirePaymentIntent(world, params.payment_intent, 'payment_intent');
      const rows = charges(world)
        .newestFirst()
        .filter(
          (charge) =>
            (params.customer === undefined || charge.customerId === params.customer) &&
            (params.payment_intent === undefined || charge.intentId === params.payment_intent) &&
            (params.created === undefined || params.created(charge.createdSec)),
        );
      return paginate(rows, params, {
        url: '/v1/charges',
        noun: 'charge',
        toStripe: (charge) => toStripeCharge(world, charge),
      });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/charges/:id/refunds',
    fidelity: 'exact',
    returns: { kind: 'refund', list: true },
    params: pageParams,
    handle(world, params, { id }) {
      const rows = requireCharge(world, id).refundIds.toReversed();
      return paginate(
        rows.map((refundId) => requireRefund(world, refundId)),
        params,
        { url: `/v1/charges/${id}/refunds`, noun: 'refund', toStripe: toStripeRefund },
      );
    },
  }),
];
