import { formatAmount } from '../billing/money.ts';
import type { PageAnswer } from '../protocol/page.ts';
import { charges } from '../resources/charges.ts';
import { requirePaymentMethod } from '../resources/payment-methods.ts';
import { givenBackMinor } from '../resources/refunds.ts';
import type { World } from '../world.ts';
import { describeMethod } from './checkout-choices.ts';
import { html, nothingHere, page } from './html.ts';

/** The receipt of a charge that succeeded: what was paid with what, and what was given back. */
export function receiptPage(world: World, id: string): PageAnswer {
  const charge = charges(world).get(id);
  if (charge?.status !== 'succeeded') return nothingHere('There is no receipt at this address.');
  const money = (minor: number): string => formatAmount(minor, charge.currency);
  const refundedMinor = givenBackMinor(world, charge.refundIds);
  const refunded =
    refundedMinor === 0
      ? html``
      : html`<tr><th scope="row">Refunded</th><td>${money(refundedMinor)}</td></tr>`;
  const paidOn = new Date(charge.createdSec * 1_000).toISOString().slice(0, 10);
  const method = describeMethod(requirePaymentMethod(world, charge.paymentMethodId));
  const body = html`<span class="badge">Stripe simulator · receipt</span>
<h1>${money(charge.capturedMinor)}</h1>
<p>Paid on ${paidOn} (UTC) with ${method}</p>
<table><caption>Payment</caption>
<tbody><tr><td>${charge.description ?? 'Payment'}</td><td>${money(charge.capturedMinor)}</td></tr></tbody>
<tfoot>${refunded}<tr><th scope="row">Amount charged</th><td>${money(charge.capturedMinor - refundedMinor)}</td></tr></tfoot></table>`;
  return page(200, 'Receipt', body);
}
