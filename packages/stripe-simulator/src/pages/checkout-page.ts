import { StripeFault } from '../protocol/errors.ts';
import type { FormMap } from '../protocol/form.ts';
import type { PageAnswer } from '../protocol/page.ts';
import { applyPromotionCode, removePromotionCode } from '../resources/checkout-discounts.ts';
import { paySession } from '../resources/checkout-life.ts';
import {
  checkoutPath,
  checkoutSessions,
  type SessionState,
  sessionTotal,
  successUrlOf,
} from '../resources/checkout-sessions.ts';
import { customers } from '../resources/customers.ts';
import { authenticationUrl } from '../resources/payment-intents.ts';
import { usePaymentMethod } from '../resources/payment-methods.ts';
import type { World } from '../world.ts';
import { alertOf, choiceFields, choicesOf, chosenOf, failureAlert, notOffered } from './checkout-choices.ts';
import { amountsAsked, askedIn, currencyFields, orderTable, promotionForm } from './checkout-order.ts';
import { type Html, html, nothingHere, page, redirect } from './html.ts';

const UNKNOWN = 'There is no checkout session at this address.';

/** The page of a session: a summary with a Pay button and a Cancel link, or what became of the session. */
export function checkoutPage(world: World, id: string, refusal?: string): PageAnswer {
  const session = checkoutSessions(world).get(id);
  if (session === undefined) return nothingHere(UNKNOWN);
  if (session.status === 'complete') return afterwards(session);
  if (session.status === 'expired') return expired(session);
  const [asked, ...others] = amountsAsked(world, session);
  const total = asked?.label ?? '';
  const button = others.length === 0 ? `Pay ${total}` : 'Pay';
  const body = html`<span class="badge">Stripe simulator · test payment</span>
<h1>${total}</h1>
<p>${payer(world, session)}No real card is needed and no money moves.</p>
${refusal === undefined ? failureAlert(world, session.paymentIntentId) : alertOf(refusal)}${orderTable(world, session)}
${promotionForm(session)}<form method="post" action="${checkoutPath(session.id)}"${target(session)}>${currencyFields(world, session)}${payment(world, session)}<button type="submit">${button}</button></form>
${cancelLink(session)}`;
  return page(refusal === undefined ? 200 : 400, `Pay ${total}`, body, reachOf(session));
}

/**
 * Pays as chosen and sends the browser on: to the success address, to authenticate, or back to the page when the
 * payment failed. Paying again only sends it there again.
 */
export function payCheckout(world: World, id: string, form: FormMap): PageAnswer {
  const session = checkoutSessions(world).get(id);
  if (session === undefined) return nothingHere(UNKNOWN);
  if (session.status === 'expired') return expired(session);
  const choice = chosenOf(choicesOf(world, session), form);
  if (choice === undefined) return notOffered();
  const paid = paySession(world, session, {
    method: () => usePaymentMethod(world, choice.value),
    saves: form.get('save') === 'yes' && offersToSave(session),
    currency: askedIn(world, session, form),
  });
  if (paid.intent?.status === 'requires_action') return redirect(authenticationUrl('', paid.intent.id));
  return redirect(afterPaying(paid.session));
}

/** Applies what was typed as a promotion code, or takes the applied one off when nothing was. */
export function changePromotionCode(world: World, id: string, form: FormMap): PageAnswer {
  const session = checkoutSessions(world).get(id);
  if (session === undefined) return nothingHere(UNKNOWN);
  if (session.status === 'expired') return expired(session);
  const typed = form.get('code');
  try {
    if (session.status === 'open' && typeof typed === 'string' && typed.trim() !== '')
      applyPromotionCode(world, session, typed);
    else if (session.status === 'open') removePromotionCode(world, session);
  } catch (error) {
    if (error instanceof StripeFault) return checkoutPage(world, id, error.message);
    throw error;
  }
  return redirect(checkoutPath(id));
}

/** Where a browser goes that has paid, or tried to. */
export function afterPaying(session: SessionState): string {
  const url = session.status === 'complete' ? successUrlOf(session) : null;
  return url ?? checkoutPath(session.id);
}

/** Origins that a form of the session's pages may end at. */
export function sessionTargets(session: SessionState): string[] {
  const url = successUrlOf(session);
  return url === null ? [] : [new URL(url).origin];
}

function payment(world: World, session: SessionState): Html {
  if (sessionTotal(session) === 0) return html``;
  const save = offersToSave(session)
    ? html`<label class="choice alone"><input type="checkbox" name="save" value="yes"><span>Save this for future payments</span></label>`
    : html``;
  return html`${choiceFields(choicesOf(world, session))}${save}`;
}

function offersToSave(session: SessionState): boolean {
  return session.customerId !== null && session.savedMethods?.save === 'enabled';
}

function payer(world: World, session: SessionState): string {
  const customer = session.customerId === null ? undefined : customers(world).get(session.customerId);
  const name = customer?.name ?? customer?.email ?? session.customerEmail;
  return name == null ? '' : `Billed to ${name}. `;
}

/** An embedded page leaves its frame when it ends elsewhere. */
function target(session: SessionState): Html {
  return session.uiMode === 'embedded_page' && successUrlOf(session) !== null ? html` target="_top"` : html``;
}

function cancelLink(session: SessionState): Html {
  return session.cancelUrl === null ? html`` : html`<a class="quiet" href="${session.cancelUrl}">Cancel</a>`;
}

function afterwards(session: SessionState): PageAnswer {
  const url = successUrlOf(session);
  const next = url === null ? html`` : html`<a class="button" href="${url}">Continue</a>`;
  const waits = session.paymentStatus === 'unpaid';
  const body = waits
    ? html`<h1>On its way</h1><p>This payment was started. It takes some time to arrive.</p>${next}`
    : html`<h1>Paid</h1><p>This payment is complete. It cannot be made twice.</p>${next}`;
  return page(200, waits ? 'Payment on its way' : 'Payment complete', body, reachOf(session));
}

function expired(session: SessionState): PageAnswer {
  const back =
    session.cancelUrl === null ? html`` : html`<a class="button" href="${session.cancelUrl}">Go back</a>`;
  const body = html`<h1>Expired</h1><p>This checkout session has expired. Nothing was paid.</p>${back}`;
  return page(410, 'Checkout expired', body, reachOf(session));
}

function reachOf(session: SessionState) {
  return { formTargets: sessionTargets(session), framed: session.uiMode === 'embedded_page' };
}
