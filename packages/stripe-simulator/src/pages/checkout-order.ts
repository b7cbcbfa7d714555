import { formatAmount } from '../billing/money.ts';
import type { FormMap } from '../protocol/form.ts';
import { checkoutPath, type SessionState } from '../resources/checkout-sessions.ts';
import { sessionTotals } from '../resources/checkout-totals.ts';
import { coupons } from '../resources/coupons.ts';
import { localCurrency, presentIn } from '../resources/presentment.ts';
import { promotionCodes } from '../resources/promotion-codes.ts';
import type { World } from '../world.ts';
import { type Html, html } from './html.ts';

/** The total of an open session as it can be paid: in the payer's local currency first, where there is one. */
export function amountsAsked(
  world: World,
  session: SessionState,
): ReadonlyArray<{ currency: string; label: string }> {
  const { totalMinor } = sessionTotals(session);
  const own = { currency: session.currency, amountMinor: totalMinor };
  const local = session.adaptive && totalMinor > 0 ? localCurrency(world, session.currency) : null;
  const amounts = local === null ? [own] : [presentIn(world, local, own), own];
  return amounts.map(({ currency, amountMinor }) => ({
    currency,
    label: formatAmount(amountMinor, currency),
  }));
}

/** The currency that a form names, the first that was offered when it names none. */
export function askedIn(world: World, session: SessionState, form: FormMap): string | undefined {
  const named = form.get('currency');
  return typeof named === 'string' ? named : amountsAsked(world, session)[0]?.currency;
}

/** Radio buttons for the currencies, when there is more than the session's own. */
export function currencyFields(world: World, session: SessionState): Html {
  const amounts = amountsAsked(world, session);
  if (amounts.length === 1) return html``;
  const options = amounts.map(({ currency, label }, index) => {
    const state = index === 0 ? html` checked` : html``;
    return html`<label class="choice"><input type="radio" name="currency" value="${currency}"${state}><span>${label}</span></label>`;
  });
  return html`<fieldset><legend>Currency</legend>${options}</fieldset>`;
}

/** What is bought, what a discount and a tax do to it, and what is due in the session's own currency. */
export function orderTable(world: World, session: SessionState): Html {
  const { subtotalMinor, discountMinor, taxMinor, totalMinor } = sessionTotals(session);
  const money = (minor: number): string => formatAmount(minor, session.currency);
  const sum = (label: string, amount: string): Html =>
    html`<tr><th scope="row">${label}</th><td>${amount}</td></tr>`;
  const { discount, taxPercent } = session;
  const between = [
    ...(discount === null && taxPercent === null ? [] : [sum('Subtotal', money(subtotalMinor))]),
    ...(discount === null ? [] : [sum(nameOf(world, session), `−${money(discountMinor)}`)]),
    ...(taxPercent === null ? [] : [sum(`Tax (${taxPercent} %)`, money(taxMinor))]),
  ];
  return html`<table><caption>Order</caption>
<thead><tr><th scope="col">Item</th><th scope="col">Amount</th></tr></thead>
<tbody>${session.lines.map((line) => row(session, line))}</tbody>
<tfoot>${between}${sum('Total due', money(totalMinor))}</tfoot></table>`;
}

function row(session: SessionState, line: SessionState['lines'][number]): Html {
  const quantity = line.quantity === 1 ? html`` : html`<small>Quantity ${line.quantity}</small>`;
  return html`<tr><td>${line.description ?? 'Item'}${quantity}</td><td>${formatAmount(line.amountMinor, session.currency)}</td></tr>`;
}

function nameOf(world: World, { discount }: SessionState): string {
  if (discount === null) return '';
  const { couponId, promotionCodeId } = discount;
  const code = promotionCodeId === null ? undefined : promotionCodes(world).get(promotionCodeId)?.code;
  return code ?? coupons(world).get(couponId)?.name ?? 'Discount';
}

/** A field for a promotion code, or the code that is applied with a button that takes it off. */
export function promotionForm(session: SessionState): Html {
  if (session.allowPromotionCodes !== true) return html``;
  const action = `${checkoutPath(session.id)}/promotion-code`;
  return session.discount === null
    ? html`<form method="post" class="row" action="${action}"><input type="text" name="code" aria-label="Promotion code" placeholder="Promotion code" autocomplete="off"><button type="submit" class="small">Apply</button></form>
`
    : html`<form method="post" class="row" action="${action}"><input type="hidden" name="code" value=""><button type="submit" class="small">Remove the code</button></form>
`;
}
