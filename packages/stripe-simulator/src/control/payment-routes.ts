import {
  jsonBoolean,
  jsonInteger,
  jsonNullable,
  jsonOneOf,
  jsonOptional,
  jsonString,
} from '../protocol/json-params.ts';
import { DISPUTE_KINDS } from '../resources/test-methods.ts';
import { type ControlRoute, controlRoute } from './control-route.ts';
import type { Payments } from './payments.ts';

/** What payers and banks do, over HTTP: the same as `simulator.payments`. */
export function paymentControlRoutes(payments: Payments): ControlRoute[] {
  return [
    controlRoute({
      method: 'POST',
      path: '/checkout/:id/pay',
      body: {
        method: jsonOptional(jsonString()),
        save: jsonOptional(jsonBoolean()),
        promotionCode: jsonOptional(jsonString()),
        currency: jsonOptional(jsonString()),
      },
      handle: ({ method, save, promotionCode, currency }, { path }) =>
        payments.paySession(path.id ?? '', {
          ...(method === undefined ? {} : { method }),
          ...(save === undefined ? {} : { save }),
          ...(promotionCode === undefined ? {} : { promotionCode }),
          ...(currency === undefined ? {} : { currency }),
        }),
    }),
    controlRoute({
      method: 'POST',
      path: '/payment-intents/:id/authenticate',
      body: { succeeds: jsonOptional(jsonBoolean()) },
      handle: ({ succeeds }, { path }) => payments.authenticate(path.id ?? '', succeeds),
    }),
    controlRoute({
      method: 'POST',
      path: '/payment-methods/:id/act-as',
      body: { testMethod: jsonNullable(jsonString()) },
      handle({ testMethod }, { path }) {
        payments.actAs(path.id ?? '', testMethod ?? null);
        return {};
      },
    }),
    controlRoute({
      method: 'POST',
      path: '/charges/:id/dispute',
      body: {
        kind: jsonOptional(jsonOneOf(DISPUTE_KINDS)),
        amountMinor: jsonOptional(jsonInteger({ min: 1 })),
      },
      handle: ({ kind, amountMinor }, { path }) =>
        payments.openDispute(path.id ?? '', {
          ...(kind === undefined ? {} : { kind }),
          ...(amountMinor === undefined ? {} : { amountMinor }),
        }),
    }),
    controlRoute({
      method: 'POST',
      path: '/disputes/:id/decide',
      body: { verdict: jsonOneOf(['escalated', 'lost', 'won']) },
      handle: ({ verdict }, { path }) => payments.decideDispute(path.id ?? '', verdict),
    }),
    controlRoute({
      method: 'POST',
      path: '/refunds/:id/fail',
      handle: (_body, { path }) => payments.failRefund(path.id ?? ''),
    }),
  ];
}
