import { pageParams, paginate } from '../protocol/paging.ts';
import { boolean, mergeMetadata, metadata, object, optional, string, timeRange } from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import { requireCharge } from './charges.ts';
import { closeDispute, respondToDispute } from './dispute-life.ts';
import {
  disputes,
  EVIDENCE_FIELDS,
  type EvidenceState,
  requireDispute,
  toStripeDispute,
} from './disputes.ts';
import { requirePaymentIntent } from './payment-intents.ts';

const returns = { kind: 'dispute', list: false };
const text = optional(string({ maxLength: 150_000 }));
const evidence = object(Object.fromEntries(EVIDENCE_FIELDS.map((field) => [field, text])), [
  'appeal',
  'cancellation_policy',
  'customer_communication',
  'customer_signature',
  'duplicate_charge_documentation',
  'enhanced_evidence',
  'receipt',
  'refund_policy',
  'service_documentation',
  'shipping_documentation',
  'uncategorized_file',
]);

function given(values: Record<string, string | undefined> | undefined): EvidenceState {
  return Object.fromEntries(
    EVIDENCE_FIELDS.flatMap((field) => {
      const value = values?.[field];
      return value === undefined ? [] : [[field, value]];
    }),
  );
}

export const disputeRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/v1/disputes/:id',
    fidelity: 'exact',
    returns,
    handle: (world, _params, { id }) => toStripeDispute(world, requireDispute(world, id)),
  }),
  route({
    method: 'POST',
    path: '/v1/disputes/:id',
    fidelity: 'simplified',
    note: 'text evidence, decided by its test words; no files, no enhanced evidence, no appeals',
    ownTime: true,
    returns,
    params: { evidence: optional(evidence), submit: optional(boolean()), metadata: metadata() },
    missing: ['intended_submission_method'],
    handle(world, params, { id }) {
      const dispute = requireDispute(world, id);
      return toStripeDispute(
        world,
        respondToDispute(world, dispute, {
          evidence: given(params.evidence),
          submit: params.submit ?? true,
          metadata: mergeMetadata(dispute.metadata, params.metadata),
        }),
      );
    },
  }),
  route({
    method: 'POST',
    path: '/v1/disputes/:id/close',
    fidelity: 'exact',
    ownTime: true,
    returns,
    handle: (world, _params, { id }) =>
      toStripeDispute(world, closeDispute(world, requireDispute(world, id))),
  }),
  route({
    method: 'GET',
    path: '/v1/disputes',
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
      const rows = disputes(world)
        .newestFirst()
        .filter(
          (dispute) =>
            (params.charge === undefined || dispute.chargeId === params.charge) &&
            (params.payment_intent === undefined || dispute.intentId === params.payment_intent) &&
            (params.created === undefined || params.created(dispute.createdSec)),
        );
      return paginate(rows, params, {
        url: '/v1/disputes',
        noun: 'dispute',
        toStripe: (dispute) => toStripeDispute(world, dispute),
      });
    },
  }),
];
