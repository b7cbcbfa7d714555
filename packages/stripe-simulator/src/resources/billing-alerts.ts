import type Stripe from 'stripe';
import { invalidRequest, resourceMissing } from '../protocol/errors.ts';
import type { FormMap } from '../protocol/form.ts';
import { pageParams, paginate } from '../protocol/paging.ts';
import { array, integer, object, oneOf, optional, string } from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import { defineTable } from '../table.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';
import { requireCustomer } from './customers.ts';
import { requireMeter } from './meters.ts';

export interface AlertState {
  id: string;
  title: string;
  meterId: string;
  gte: number;
  customerId: string | null;
  status: 'active' | 'inactive' | 'archived';
  /** How often it was activated; an alert triggers once per customer and activation. */
  activations: number;
}

export const alerts = defineTable<AlertState>();

const MAX_PER_METER_AND_CUSTOMER = 25;

export function requireAlert(world: World, id: string): AlertState {
  const alert = alerts(world).get(id);
  if (alert === undefined) throw resourceMissing('alert', id);
  return alert;
}

export function toStripeAlert(alert: AlertState) {
  return {
    id: alert.id,
    object: 'billing.alert',
    alert_type: 'usage_threshold',
    livemode: false,
    status: alert.status,
    title: alert.title,
    usage_threshold: {
      filters: alert.customerId === null ? null : [{ customer: alert.customerId, type: 'customer' }],
      gte: alert.gte,
      meter: alert.meterId,
      recurrence: 'one_time',
    },
  } satisfies Wire<Stripe.Billing.Alert>;
}

function checkRoom(world: World, meterId: string, customerId: string | null): void {
  const standing = alerts(world)
    .oldestFirst()
    .filter(
      (alert) => alert.status !== 'archived' && alert.meterId === meterId && alert.customerId === customerId,
    );
  if (standing.length >= MAX_PER_METER_AND_CUSTOMER) {
    throw invalidRequest(
      `You can have at most ${MAX_PER_METER_AND_CUSTOMER} alerts per meter and customer.`,
      { param: 'usage_threshold' },
    );
  }
}

function changeStatus(world: World, id: string, status: AlertState['status']): AlertState {
  const alert = requireAlert(world, id);
  if (alert.status === 'archived') throw invalidRequest('This alert is archived; that cannot be undone.');
  const activations = alert.activations + (status === 'active' ? 1 : 0);
  return alerts(world).put({ ...alert, status, activations });
}

function statusRoute(action: 'activate' | 'archive' | 'deactivate', status: AlertState['status']): Route {
  return route({
    method: 'POST',
    path: `/v1/billing/alerts/:id/${action}`,
    fidelity: 'exact',
    returns,
    handle: (world, _params, { id }) => toStripeAlert(changeStatus(world, id, status)),
  });
}

const returns = { kind: 'billing.alert', list: false };

export const billingAlertRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/billing/alerts',
    fidelity: 'exact',
    note: 'once per customer until activated again (assumption)',
    returns,
    params: {
      alert_type: oneOf(['usage_threshold']),
      title: string({ maxLength: 256 }),
      usage_threshold: object({
        gte: integer({ min: 1 }),
        meter: string(),
        recurrence: oneOf(['one_time']),
        filters: optional(
          array(object({ type: oneOf(['customer']), customer: optional(string()) }), { max: 1 }),
        ),
      }),
    },
    legacy: [
      {
        removedIn: '2024-11-20',
        rewrite(form: FormMap) {
          const older = form.get('usage_threshold_config');
          if (older === undefined) return;
          form.delete('usage_threshold_config');
          form.set('usage_threshold', older);
        },
      },
    ],
    handle(world, params) {
      const { gte, meter: meterId, filters } = params.usage_threshold;
      const meter = requireMeter(world, meterId, 'usage_threshold[meter]');
      const filter = filters?.[0];
      const at = 'usage_threshold[filters][0][customer]';
      if (filter !== undefined && filter.customer === undefined)
        throw invalidRequest(`Missing required param: ${at}.`, { code: 'parameter_missing', param: at });
      const customerId =
        filter?.customer === undefined ? null : requireCustomer(world, filter.customer, at).id;
      checkRoom(world, meter.id, customerId);
      return toStripeAlert(
        alerts(world).put({
          id: world.ids.next('alrt_'),
          title: params.title,
          meterId: meter.id,
          gte,
          customerId,
          status: 'active',
          activations: 1,
        }),
      );
    },
  }),
  route({
    method: 'GET',
    path: '/v1/billing/alerts',
    fidelity: 'exact',
    returns: { ...returns, list: true },
    params: {
      ...pageParams,
      alert_type: optional(oneOf(['usage_threshold'])),
      meter: optional(string()),
    },
    handle(world, params) {
      const rows = alerts(world)
        .newestFirst()
        .filter((alert) => params.meter === undefined || alert.meterId === params.meter);
      return paginate(rows, params, { url: '/v1/billing/alerts', noun: 'alert', toStripe: toStripeAlert });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/billing/alerts/:id',
    fidelity: 'exact',
    returns,
    handle: (world, _params, { id }) => toStripeAlert(requireAlert(world, id)),
  }),
  statusRoute('activate', 'active'),
  statusRoute('archive', 'archived'),
  statusRoute('deactivate', 'inactive'),
];
