import type Stripe from 'stripe';
import { emit, emitUpdate } from '../events/emit.ts';
import { invalidRequest, resourceMissing } from '../protocol/errors.ts';
import { pageParams, paginate } from '../protocol/paging.ts';
import {
  array,
  boolean,
  clearable,
  mergeMetadata,
  metadata,
  oneOf,
  optional,
  string,
  timeRange,
} from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import { defineTable } from '../table.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';

export interface ProductState {
  id: string;
  createdSec: number;
  updatedSec: number;
  active: boolean;
  name: string;
  description: string | null;
  unitLabel: string | null;
  statementDescriptor: string | null;
  taxCode: string | null;
  type: 'good' | 'service';
  deleted: boolean;
  metadata: Record<string, string>;
}

export const products = defineTable<ProductState>();

export interface ProductInput {
  id?: string | undefined;
  name: string;
  active?: boolean | undefined;
  description?: string | null | undefined;
  unitLabel?: string | null | undefined;
  metadata?: Record<string, string>;
}

/** Adds a product. Throws Stripe's 400 when the chosen id is taken. */
export function createProduct(world: World, input: ProductInput): ProductState {
  if (input.id !== undefined && products(world).get(input.id)?.deleted === false) {
    throw invalidRequest('Product already exists.', { code: 'resource_already_exists', param: 'id' });
  }
  return products(world).put({
    id: input.id ?? world.ids.next('prod_', 14),
    createdSec: world.nowSec(),
    updatedSec: world.nowSec(),
    active: input.active ?? true,
    name: input.name,
    description: input.description ?? null,
    unitLabel: input.unitLabel ?? null,
    statementDescriptor: null,
    taxCode: null,
    type: 'service',
    deleted: false,
    metadata: input.metadata ?? {},
  });
}

export function requireProduct(world: World, id: string, param = 'product'): ProductState {
  const product = products(world).get(id);
  if (product === undefined || product.deleted) throw resourceMissing('product', id, param);
  return product;
}

export function toStripeProduct(product: ProductState) {
  return {
    id: product.id,
    object: 'product',
    active: product.active,
    created: product.createdSec,
    default_price: null,
    description: product.description,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: product.metadata,
    name: product.name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: product.statementDescriptor,
    tax_code: product.taxCode,
    tax_details: null,
    type: product.type,
    unit_label: product.unitLabel,
    updated: product.updatedSec,
    url: null,
  } satisfies Wire<Stripe.Product>;
}

const writable = {
  active: optional(boolean()),
  description: clearable(string({ maxLength: 40_000 })),
  statement_descriptor: optional(string({ maxLength: 22 })),
  tax_code: clearable(string()),
  unit_label: clearable(string({ maxLength: 12 })),
  metadata: metadata(),
};
const missing = [
  'default_price',
  'default_price_data',
  'images',
  'marketing_features',
  'package_dimensions',
  'shippable',
  'tax_details',
  'url',
];

interface Change {
  active: boolean | undefined;
  description: string | null | undefined;
  statement_descriptor: string | undefined;
  tax_code: string | null | undefined;
  unit_label: string | null | undefined;
  metadata: Map<string, string> | null | undefined;
}

function applyChange(product: ProductState, change: Change, nowSec: number): ProductState {
  const pick = <T>(next: T | undefined, current: T): T => (next === undefined ? current : next);
  return {
    ...product,
    updatedSec: nowSec,
    active: pick(change.active, product.active),
    description: pick(change.description, product.description),
    statementDescriptor: pick(change.statement_descriptor, product.statementDescriptor),
    taxCode: pick(change.tax_code, product.taxCode),
    unitLabel: pick(change.unit_label, product.unitLabel),
    metadata: mergeMetadata(product.metadata, change.metadata),
  };
}

export const productRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/products',
    fidelity: 'simplified',
    note: 'no default price, images or package dimensions',
    returns: { kind: 'product', list: false },
    params: {
      ...writable,
      name: string(),
      id: optional(string({ maxLength: 255 })),
      type: optional(oneOf(['good', 'service'])),
    },
    missing,
    handle(world, params) {
      const created = createProduct(world, { id: params.id, name: params.name });
      const typed = { ...created, type: params.type ?? created.type };
      const product = toStripeProduct(products(world).put(applyChange(typed, params, world.nowSec())));
      emit(world, { type: 'product.created', object: product });
      return product;
    },
  }),
  route({
    method: 'GET',
    path: '/v1/products/:id',
    fidelity: 'exact',
    returns: { kind: 'product', list: false },
    handle: (world, _params, { id }) => toStripeProduct(requireProduct(world, id, 'id')),
  }),
  route({
    method: 'POST',
    path: '/v1/products/:id',
    fidelity: 'simplified',
    note: 'the same fields as create',
    returns: { kind: 'product', list: false },
    params: { ...writable, name: optional(string()) },
    missing,
    handle(world, params, { id }) {
      const product = requireProduct(world, id, 'id');
      const named = { ...product, name: params.name ?? product.name };
      const before = toStripeProduct(product);
      const after = toStripeProduct(products(world).put(applyChange(named, params, world.nowSec())));
      emitUpdate(world, { type: 'product.updated', before, after });
      return after;
    },
  }),
  route({
    method: 'GET',
    path: '/v1/products',
    fidelity: 'simplified',
    note: 'filters active, ids and created',
    returns: { kind: 'product', list: true },
    params: {
      ...pageParams,
      active: optional(boolean()),
      ids: optional(array(string())),
      created: optional(timeRange()),
    },
    missing: ['shippable', 'type', 'url'],
    handle(world, params) {
      const rows = products(world)
        .newestFirst()
        .filter(
          (product) =>
            !product.deleted &&
            (params.active === undefined || product.active === params.active) &&
            (params.ids === undefined || params.ids.includes(product.id)) &&
            (params.created === undefined || params.created(product.createdSec)),
        );
      return paginate(rows, params, { url: '/v1/products', noun: 'product', toStripe: toStripeProduct });
    },
  }),
];
