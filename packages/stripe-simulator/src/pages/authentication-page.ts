import { formatAmount } from '../billing/money.ts';
import type { FormMap } from '../protocol/form.ts';
import type { PageAnswer } from '../protocol/page.ts';
import { checkoutSessions, requireSession } from '../resources/checkout-sessions.ts';
import { finishAuthentication } from '../resources/confirm-intent.ts';
import { tellOwner } from '../resources/intent-owner.ts';
import { clientSecretOf, type PaymentIntentState, paymentIntents } from '../resources/payment-intents.ts';
import { finishSetup, type SetupIntentState, setupIntents } from '../resources/setup-intents.ts';
import type { World } from '../world.ts';
import { afterPaying, sessionTargets } from './checkout-page.ts';
import { html, nothingHere, page, redirect } from './html.ts';
import { invoicePath } from './invoice-page.ts';

const UNKNOWN = 'There is no authentication at this address.';

/** The page that stands for the bank's: the person approves a payment or a set-up, or fails to. */
export function authenticationPage(world: World, id: string): PageAnswer {
  const payment = paymentIntents(world).get(id);
  const setup = setupIntents(world).get(id);
  const intent = payment ?? setup;
  if (intent === undefined) return nothingHere(UNKNOWN);
  if (intent.status !== 'requires_action') return ended(world, intent);
  const what =
    payment === undefined
      ? 'Save your payment method for later payments.'
      : `Approve the payment of ${formatAmount(payment.amountMinor, payment.currency)}.`;
  const body = html`<span class="badge">Stripe simulator · 3D Secure test page</span>
<h1>Authenticate</h1>
<p>${what} At a bank you would prove here that it is you.</p>
<form method="post" action="/c/authenticate/${encodeURIComponent(id)}">
<button type="submit" name="result" value="complete">Complete authentication</button>
<button class="second" type="submit" name="result" value="fail">Fail authentication</button>
</form>`;
  return page(200, 'Authenticate', body, { formTargets: targetsOf(world, intent), framed: true });
}

/** Takes the person's answer and sends the browser back to where the payment was begun. */
export function authenticate(world: World, id: string, form: FormMap): PageAnswer {
  const authenticated = form.get('result') === 'complete';
  const payment = paymentIntents(world).get(id);
  if (payment !== undefined) {
    const waited = payment.status === 'requires_action';
    const done = finishAuthentication(world, payment, authenticated);
    if (waited) tellOwner(world, done, done.status === 'succeeded');
    return ended(world, done);
  }
  const setup = setupIntents(world).get(id);
  return setup === undefined ? nothingHere(UNKNOWN) : ended(world, finishSetup(world, setup, authenticated));
}

function isPayment(intent: PaymentIntentState | SetupIntentState): intent is PaymentIntentState {
  return 'amountMinor' in intent;
}

function targetsOf(world: World, intent: PaymentIntentState | SetupIntentState): string[] {
  if (intent.returnUrl !== null) return [new URL(intent.returnUrl).origin];
  const session =
    isPayment(intent) && intent.sessionId !== null ? requireSession(world, intent.sessionId) : null;
  return session === null ? [] : sessionTargets(session);
}

function ended(world: World, intent: PaymentIntentState | SetupIntentState): PageAnswer {
  const session =
    isPayment(intent) && intent.sessionId !== null
      ? checkoutSessions(world).get(intent.sessionId)
      : undefined;
  if (session !== undefined) return redirect(afterPaying(session));
  if (isPayment(intent) && intent.invoiceId !== null && intent.returnUrl === null)
    return redirect(invoicePath(intent.invoiceId));
  const worked = intent.status === 'succeeded' || intent.status === 'requires_capture';
  if (intent.returnUrl !== null) return redirect(returnUrlOf(world, intent, intent.returnUrl, worked));
  const words = worked ? 'It worked. You can close this page.' : 'It did not work. You can close this page.';
  return page(
    200,
    'Authentication ended',
    html`<h1>${worked ? 'Authenticated' : 'Not authenticated'}</h1><p>${words}</p>`,
    { framed: true },
  );
}

/** The merchant's address with what Stripe tells it. */
function returnUrlOf(
  world: World,
  intent: PaymentIntentState | SetupIntentState,
  returnUrl: string,
  worked: boolean,
): string {
  const url = new URL(returnUrl);
  const kind = isPayment(intent) ? 'payment_intent' : 'setup_intent';
  url.searchParams.set(kind, intent.id);
  url.searchParams.set(`${kind}_client_secret`, clientSecretOf(world, intent.id));
  url.searchParams.set('redirect_status', worked ? 'succeeded' : 'failed');
  return url.href;
}
