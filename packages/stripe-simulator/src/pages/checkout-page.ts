import { formatAmount } from '../billing/money.ts';
import type { PageAnswer } from '../protocol/page.ts';
import {
  checkoutSessions,
  paySession,
  type SessionState,
  sessionTotal,
  successUrlOf,
} from '../resources/checkout-sessions.ts';
import { customers } from '../resources/customers.ts';
import type { World } from '../world.ts';
import { type Html, html, page } from './html.ts';

/** The hosted page of a session: a summary with a Pay button and a Cancel link, or what became of the session. */
export function checkoutPage(world: World, id: string): PageAnswer {
  const session = checkoutSessions(world).get(id);
  if (session === undefined) return nothingHere('There is no checkout session at this address.');
  if (session.status === 'complete') return afterwards(session);
  if (session.status === 'expired') return expired(session);
  const total = formatAmount(sessionTotal(session), session.currency);
  const body = html`<span class="badge">Stripe simulator · test payment</span>
<h1>${total}</h1>
<p>${payer(world, session)}No card is needed and no money moves: the payment succeeds.</p>
<table><caption>Order</caption>
<thead><tr><th scope="col">Item</th><th scope="col">Amount</th></tr></thead>
<tbody>${session.lines.map((line) => row(session, line))}</tbody>
<tfoot><tr><th scope="row">Total due</th><td>${total}</td></tr></tfoot></table>
<form method="post" action="/c/pay/${encodeURIComponent(session.id)}"><button type="submit">Pay ${total}</button></form>
${cancelLink(session)}`;
  return page(200, `Pay ${total}`, body, originsOf(session));
}

/** Pays and sends the browser to the success address; paying again only sends it there again. */
export function payCheckout(world: World, id: string): PageAnswer {
  const session = checkoutSessions(world).get(id);
  if (session === undefined) return nothingHere('There is no checkout session at this address.');
  if (session.status === 'expired') return expired(session);
  const paid = paySession(world, session);
  return { status: 303, html: '', policy: '', redirectTo: successUrlOf(paid) };
}

function payer(world: World, session: SessionState): string {
  const customer = session.customerId === null ? undefined : customers(world).get(session.customerId);
  const name = customer?.name ?? customer?.email ?? session.customerEmail;
  return name == null ? '' : `Billed to ${name}. `;
}

function row(session: SessionState, line: SessionState['lines'][number]): Html {
  const quantity = line.quantity === 1 ? html`` : html`<small>Quantity ${line.quantity}</small>`;
  return html`<tr><td>${line.description}${quantity}</td><td>${formatAmount(line.amountMinor, session.currency)}</td></tr>`;
}

function cancelLink(session: SessionState): Html {
  return session.cancelUrl === null ? html`` : html`<a class="quiet" href="${session.cancelUrl}">Cancel</a>`;
}

function afterwards(session: SessionState): PageAnswer {
  const body = html`<h1>Paid</h1><p>This payment is complete. It cannot be made twice.</p><a class="button" href="${successUrlOf(session)}">Continue</a>`;
  return page(200, 'Payment complete', body);
}

function expired(session: SessionState): PageAnswer {
  const back =
    session.cancelUrl === null ? html`` : html`<a class="button" href="${session.cancelUrl}">Go back</a>`;
  return page(
    410,
    'Checkout expired',
    html`<h1>Expired</h1><p>This checkout session has expired. Nothing was paid.</p>${back}`,
  );
}

/** A 404 page in plain words. */
export function nothingHere(reason: string): PageAnswer {
  return page(404, 'Not found', html`<h1>Not found</h1><p>${reason}</p>`);
}

function originsOf(session: SessionState): string[] {
  return [new URL(successUrlOf(session)).origin];
}
