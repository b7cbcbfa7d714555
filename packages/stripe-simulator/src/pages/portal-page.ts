import { formatAmount } from '../billing/money.ts';
import type { PageAnswer } from '../protocol/page.ts';
import { type CustomerState, customers } from '../resources/customers.ts';
import { type InvoiceState, invoiceAmounts, invoices } from '../resources/invoices.ts';
import { paymentMethodsOf } from '../resources/payment-methods.ts';
import { requirePortalConfiguration } from '../resources/portal-configurations.ts';
import { type PortalSessionState, portalSecretOf, portalSessions } from '../resources/portal-sessions.ts';
import type { World } from '../world.ts';
import { choiceFields, choicesAmong, describeMethod } from './checkout-choices.ts';
import { type Html, html, nothingHere, page } from './html.ts';

/** The newest invoices that the page lists. */
const SHOWN = 24;

/** The address of a session's page. */
export function portalPath(world: World, sessionId: string): string {
  return `/p/session/${portalSecretOf(world, sessionId)}`;
}

/** The session and the customer behind a page's secret; undefined when there is none any more. */
export function portalOf(
  world: World,
  secret: string,
): { session: PortalSessionState; customer: CustomerState } | undefined {
  const session = portalSessions(world)
    .newestFirst()
    .find(({ id }) => portalSecretOf(world, id) === secret);
  const customer = session === undefined ? undefined : customers(world).get(session.customerId);
  if (session === undefined || customer === undefined || customer.deleted) return undefined;
  return { session, customer };
}

/**
 * The customer portal of a session: who the customer is, payment methods, invoices, and the way back. `alert` says
 * what has just gone wrong.
 */
export function portalPage(world: World, secret: string, alert?: string): PageAnswer {
  const found = portalOf(world, secret);
  if (found === undefined) return nothingHere('There is no customer portal at this address.');
  const { session, customer } = found;
  const { features, headline } = requirePortalConfiguration(world, session.configurationId);
  const action = features.paymentMethodUpdate ? portalPath(world, session.id) : null;
  const body = html`<span class="badge">Stripe simulator · customer portal</span>
<h1>${customer.name ?? customer.email ?? 'Your billing'}</h1>
<p>${headline ?? 'Payment methods and invoices.'}${customer.name !== null && customer.email !== null ? ` ${customer.email}` : ''}</p>
${alert === undefined ? html`` : html`<p class="alert" role="alert">${alert}</p>`}
<section aria-labelledby="methods"><h2 id="methods">Payment methods</h2>${methods(world, customer, action)}${action === null ? html`` : addForm(action)}</section>
${features.invoiceHistory ? history(world, session.customerId) : html``}${back(session)}`;
  return page(alert === undefined ? 200 : 402, 'Customer portal', body, { formTargets: targetsOf(session) });
}

function methods(world: World, customer: CustomerState, action: string | null): Html {
  const rows = paymentMethodsOf(world, customer.id);
  if (rows.length === 0) return html`<p>None yet.</p>`;
  const items = rows.map((method) => {
    const words = describeMethod(method);
    const isDefault = method.id === customer.defaultPaymentMethodId;
    const mark = isDefault ? html` <span class="badge">Default</span>` : html``;
    const expiry =
      method.type === 'card'
        ? html`<small>Expires ${String(method.expMonth).padStart(2, '0')}/${method.expYear}</small>`
        : html``;
    const make = isDefault
      ? html``
      : html`<button class="small" name="default" value="${method.id}" aria-label="Make ${words} the default">Make default</button>`;
    const form =
      action === null
        ? html``
        : html`<form class="row" method="post" action="${action}">${make}<button class="small" name="remove" value="${method.id}" aria-label="Remove ${words}">Remove</button></form>`;
    return html`<li>${words}${mark}${expiry}${form}</li>`;
  });
  return html`<ul>${items}</ul>`;
}

function addForm(action: string): Html {
  return html`<form method="post" action="${action}">${choiceFields(choicesAmong(['card'], []), 'Add a card')}<button type="submit" name="add" value="yes">Add payment method</button></form>`;
}

function history(world: World, customerId: string): Html {
  const rows = invoices(world)
    .newestFirst()
    .filter((invoice) => invoice.customerId === customerId && invoice.status !== 'draft');
  const table =
    rows.length === 0
      ? html`<p>None yet.</p>`
      : html`<table>
<thead><tr><th scope="col">Invoice</th><th scope="col">Amount</th></tr></thead>
<tbody>${rows.slice(0, SHOWN).map((invoice) => invoiceRow(world, invoice))}</tbody></table>`;
  const rest = rows.length > SHOWN ? html`<p>And ${rows.length - SHOWN} older ones.</p>` : html``;
  return html`<section aria-labelledby="invoices"><h2 id="invoices">Invoices</h2>${table}${rest}</section>
`;
}

function invoiceRow(world: World, invoice: InvoiceState): Html {
  const day = new Date(invoice.createdSec * 1000).toISOString().slice(0, 10);
  const amount = formatAmount(invoiceAmounts(world, invoice).totalMinor, invoice.currency);
  return html`<tr><td><a href="/i/${encodeURIComponent(invoice.id)}">${invoice.number ?? invoice.id}</a><small>${day} · ${invoice.status}</small></td><td>${amount}</td></tr>`;
}

function back({ returnUrl }: PortalSessionState): Html {
  return returnUrl === null ? html`` : html`<a class="quiet" href="${returnUrl}">Back</a>`;
}

function targetsOf({ flow }: PortalSessionState): string[] {
  return flow?.afterUrl == null ? [] : [new URL(flow.afterUrl).origin];
}
