import { emitInvoice } from '../billing/invoice-events.ts';
import { finalizeInvoice, markUncollectible } from '../billing/invoicing.ts';
import { payInvoice, scheduleCollection, voidByHand } from '../billing/pay-invoice.ts';
import { invalidRequest } from '../protocol/errors.ts';
import { boolean, optional, string } from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import { toStripeInvoice } from './invoice-view.ts';
import { invoices, requireInvoice } from './invoices.ts';
import { usePaymentMethod } from './payment-methods.ts';

const returns = { kind: 'invoice', list: false };

export const invoiceActionRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/invoices/:id/finalize',
    fidelity: 'simplified',
    note: 'the automatic charge follows an hour later (assumption)',
    returns,
    params: { auto_advance: optional(boolean()) },
    handle(world, params, { id }) {
      const draft = requireInvoice(world, id);
      const autoAdvance = params.auto_advance ?? draft.autoAdvance;
      return toStripeInvoice(
        world,
        scheduleCollection(world, finalizeInvoice(world, { ...draft, autoAdvance })),
      );
    },
  }),
  route({
    method: 'POST',
    path: '/v1/invoices/:id/pay',
    fidelity: 'simplified',
    note: 'in whole, by a payment method or out of band; no forgiving, no partial payments',
    returns,
    params: {
      paid_out_of_band: optional(boolean()),
      off_session: optional(boolean()),
      payment_method: optional(string()),
    },
    missing: ['forgive', 'mandate', 'source'],
    handle(world, params, { id }) {
      const invoice = requireInvoice(world, id);
      const paymentMethodId =
        params.payment_method === undefined
          ? undefined
          : usePaymentMethod(world, params.payment_method, 'payment_method').id;
      return toStripeInvoice(
        world,
        payInvoice(world, invoice, {
          paymentMethodId,
          offSession: params.off_session ?? true,
          outOfBand: params.paid_out_of_band ?? false,
        }),
      );
    },
  }),
  route({
    method: 'POST',
    path: '/v1/invoices/:id/send',
    fidelity: 'exact',
    note: 'no mail leaves the simulator',
    returns,
    handle(world, _params, { id }) {
      const invoice = requireInvoice(world, id);
      if (invoice.collectionMethod !== 'send_invoice') {
        throw invalidRequest(
          'You can only manually send an invoice if its collection method is `send_invoice`.',
        );
      }
      const open =
        invoice.status === 'draft' ? scheduleCollection(world, finalizeInvoice(world, invoice)) : invoice;
      emitInvoice(world, open, 'invoice.sent');
      return toStripeInvoice(world, invoices(world).get(id) ?? open);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/invoices/:id/void',
    fidelity: 'exact',
    returns,
    handle: (world, _params, { id }) => toStripeInvoice(world, voidByHand(world, requireInvoice(world, id))),
  }),
  route({
    method: 'POST',
    path: '/v1/invoices/:id/mark_uncollectible',
    fidelity: 'exact',
    returns,
    handle: (world, _params, { id }) =>
      toStripeInvoice(world, markUncollectible(world, requireInvoice(world, id))),
  }),
];
