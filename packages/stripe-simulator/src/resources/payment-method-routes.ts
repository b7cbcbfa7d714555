import { emitUpdate } from '../events/emit.ts';
import { invalidRequest, resourceMissing } from '../protocol/errors.ts';
import { pageParams, paginate } from '../protocol/paging.ts';
import { integer, mergeMetadata, metadata, object, oneOf, optional, string } from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import type { World } from '../world.ts';
import { requireCustomer } from './customers.ts';
import { billingDetails, makeMethod, mergeBilling, methodData } from './method-params.ts';
import {
  type AllowRedisplay,
  attachPaymentMethod,
  detachPaymentMethod,
  paymentMethods,
  paymentMethodsOf,
  requirePaymentMethod,
  toStripePaymentMethod,
  usePaymentMethod,
} from './payment-methods.ts';
import type { MethodType } from './test-methods.ts';

const returns = { kind: 'payment_method', list: false };
const types = oneOf(['card', 'sepa_debit', 'us_bank_account']);
const redisplay = oneOf(['always', 'limited', 'unspecified']);
const filters = { ...pageParams, type: optional(types), allow_redisplay: optional(redisplay) };

interface Filters {
  limit: number | undefined;
  starting_after: string | undefined;
  ending_before: string | undefined;
  type: MethodType | undefined;
  allow_redisplay: AllowRedisplay | undefined;
}

function listOf(world: World, customerId: string, filter: Filters, url: string) {
  const rows = paymentMethodsOf(world, customerId).filter(
    (method) =>
      (filter.type === undefined || method.type === filter.type) &&
      (filter.allow_redisplay === undefined || method.allowRedisplay === filter.allow_redisplay),
  );
  return paginate(rows, filter, { url, noun: 'PaymentMethod', toStripe: toStripePaymentMethod });
}

export const paymentMethodRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/payment_methods',
    fidelity: 'simplified',
    note: 'cards, us_bank_account and sepa_debit, of the test numbers and tokens',
    ownTime: true,
    returns,
    params: { ...methodData, type: optional(methodData.type), metadata: metadata() },
    missing: ['customer', 'payment_method', 'radar_options'],
    handle(world, { type, metadata: change, ...data }) {
      const implied = data.card === undefined ? undefined : 'card';
      const given = type ?? implied;
      if (given === undefined) {
        throw invalidRequest('Missing required param: type.', { code: 'parameter_missing', param: 'type' });
      }
      return toStripePaymentMethod(makeMethod(world, { ...data, type: given }, mergeMetadata({}, change)));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/payment_methods/:id',
    fidelity: 'exact',
    returns,
    handle: (world, _params, { id }) => toStripePaymentMethod(usePaymentMethod(world, id, 'id')),
  }),
  route({
    method: 'POST',
    path: '/v1/payment_methods/:id',
    fidelity: 'simplified',
    note: 'billing details, expiry, allow_redisplay and metadata',
    ownTime: true,
    returns,
    params: {
      allow_redisplay: optional(redisplay),
      billing_details: optional(billingDetails),
      card: optional(
        object(
          {
            exp_month: optional(integer({ min: 1, max: 12 })),
            exp_year: optional(integer({ min: 2_000, max: 9_999 })),
          },
          ['networks'],
        ),
      ),
      metadata: metadata(),
    },
    missing: ['us_bank_account'],
    handle(world, params, { id }) {
      const method = requirePaymentMethod(world, id);
      if (method.customerId === null) {
        throw invalidRequest('You must save this PaymentMethod to a customer before you can update it.', {
          param: 'payment_method',
        });
      }
      const changed = paymentMethods(world).put({
        ...method,
        allowRedisplay: params.allow_redisplay ?? method.allowRedisplay,
        billing: mergeBilling(method.billing, params.billing_details),
        expMonth: params.card?.exp_month ?? method.expMonth,
        expYear: params.card?.exp_year ?? method.expYear,
        metadata: mergeMetadata(method.metadata, params.metadata),
      });
      const after = toStripePaymentMethod(changed);
      emitUpdate(world, {
        type: 'payment_method.updated',
        before: toStripePaymentMethod(method),
        after,
        customerId: method.customerId,
      });
      return after;
    },
  }),
  route({
    method: 'POST',
    path: '/v1/payment_methods/:id/attach',
    fidelity: 'exact',
    ownTime: true,
    returns,
    params: { customer: string() },
    missing: ['customer_account'],
    handle(world, params, { id }) {
      requireCustomer(world, params.customer);
      return toStripePaymentMethod(
        attachPaymentMethod(world, usePaymentMethod(world, id, 'id'), params.customer),
      );
    },
  }),
  route({
    method: 'POST',
    path: '/v1/payment_methods/:id/detach',
    fidelity: 'exact',
    ownTime: true,
    returns,
    handle: (world, _params, { id }) =>
      toStripePaymentMethod(detachPaymentMethod(world, requirePaymentMethod(world, id))),
  }),
  route({
    method: 'GET',
    path: '/v1/payment_methods',
    fidelity: 'exact',
    returns: { ...returns, list: true },
    params: { ...filters, customer: optional(string()) },
    missing: ['customer_account'],
    handle(world, params) {
      if (params.customer === undefined) {
        throw invalidRequest('Missing required param: customer.', {
          code: 'parameter_missing',
          param: 'customer',
        });
      }
      requireCustomer(world, params.customer);
      return listOf(world, params.customer, params, '/v1/payment_methods');
    },
  }),
  route({
    method: 'GET',
    path: '/v1/customers/:id/payment_methods',
    fidelity: 'exact',
    returns: { ...returns, list: true },
    params: filters,
    handle(world, params, { id }) {
      requireCustomer(world, id, 'id');
      return listOf(world, id, params, `/v1/customers/${id}/payment_methods`);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/customers/:id/payment_methods/:method',
    fidelity: 'exact',
    returns,
    handle(world, _params, { id, method: methodId }) {
      requireCustomer(world, id, 'id');
      const method = requirePaymentMethod(world, methodId);
      if (method.customerId !== id) throw resourceMissing('PaymentMethod', methodId);
      return toStripePaymentMethod(method);
    },
  }),
];
