import { emit, emitUpdate } from '../events/emit.ts';
import { toStripeInvoice } from '../resources/invoice-view.ts';
import { type InvoiceState, invoices } from '../resources/invoices.ts';
import type { World } from '../world.ts';

export type InvoiceEvent =
  | 'invoice.created'
  | 'invoice.deleted'
  | 'invoice.finalization_failed'
  | 'invoice.finalized'
  | 'invoice.marked_uncollectible'
  | 'invoice.overdue'
  | 'invoice.paid'
  | 'invoice.payment_action_required'
  | 'invoice.payment_failed'
  | 'invoice.payment_succeeded'
  | 'invoice.sent'
  | 'invoice.upcoming'
  | 'invoice.voided';

/** Tells the account's subscribers about an invoice as it now is. */
export function emitInvoice(world: World, invoice: InvoiceState, ...types: InvoiceEvent[]): void {
  const object = toStripeInvoice(world, invoice);
  for (const type of types) emit(world, { type, object, customerId: invoice.customerId });
}

/** Stores a changed invoice and tells what changed (`invoice.updated`), then what that means. */
export function changeInvoice(world: World, next: InvoiceState, ...types: InvoiceEvent[]): InvoiceState {
  const before = toStripeInvoice(world, invoices(world).get(next.id) ?? next);
  return changeSeenInvoice(world, before, next, ...types);
}

/** The same where the earlier form was taken before the ledgers moved that a draft's amounts are read from. */
export function changeSeenInvoice(
  world: World,
  before: object,
  next: InvoiceState,
  ...types: InvoiceEvent[]
): InvoiceState {
  invoices(world).put(next);
  const after = toStripeInvoice(world, next);
  emitUpdate(world, { type: 'invoice.updated', before, after, customerId: next.customerId });
  emitInvoice(world, next, ...types);
  return next;
}
