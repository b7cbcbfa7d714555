import { invalidRequest } from '../protocol/errors.ts';
import { integer, optional, string } from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import { paySession } from './checkout-life.ts';
import { requireSession, sessionTotal, toStripeCheckoutSession } from './checkout-sessions.ts';
import { usePaymentMethod } from './payment-methods.ts';

const note = 'undocumented: what the Stripe CLI calls to pay a session for its triggers';

/** How the Stripe CLI pays a Checkout Session without a browser. */
export const paymentPageRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/v1/payment_pages/:id',
    fidelity: 'simplified',
    note,
    ownTime: true,
    handle: (world, _params, { id }) => toStripeCheckoutSession(world, requireSession(world, id)),
  }),
  route({
    method: 'POST',
    path: '/v1/payment_pages/:id/confirm',
    fidelity: 'simplified',
    note,
    ownTime: true,
    params: { payment_method: string(), expected_amount: optional(integer({ min: 0 })) },
    handle(world, params, { id }) {
      const session = requireSession(world, id);
      const total = sessionTotal(session);
      if (params.expected_amount !== undefined && params.expected_amount !== total) {
        throw invalidRequest(`The session's total is ${total}, not ${params.expected_amount}.`, {
          param: 'expected_amount',
        });
      }
      const paid = paySession(world, session, {
        method: () => usePaymentMethod(world, params.payment_method),
      });
      return toStripeCheckoutSession(world, paid.session);
    },
  }),
];
