import type { PageHandler } from '../protocol/page.ts';
import { authenticate, authenticationPage } from './authentication-page.ts';
import { changePromotionCode, checkoutPage, payCheckout } from './checkout-page.ts';
import { html, nothingHere, page } from './html.ts';
import { invoicePage, payInvoicePage } from './invoice-page.ts';
import { invoicePdf } from './invoice-pdf.ts';
import { changeInPortal } from './portal-actions.ts';
import { portalPage } from './portal-page.ts';
import { receiptPage } from './receipt-page.ts';

/** The simulator's own pages: checkout, authentication, the customer portal, hosted invoices, receipts and a front page. */
export const pages: PageHandler = (world, method, path, form) => {
  const [, area = '', ...rest] = path.split('/');
  if (path === '/' && method === 'GET') return frontPage();
  if (area === 'c' && rest[0] === 'pay' && rest.length === 2) {
    if (method === 'GET') return checkoutPage(world, rest[1] ?? '');
    if (method === 'POST') return payCheckout(world, rest[1] ?? '', form);
  }
  if (area === 'c' && rest[0] === 'pay' && rest[2] === 'promotion-code' && rest.length === 3) {
    if (method === 'POST') return changePromotionCode(world, rest[1] ?? '', form);
  }
  if (area === 'c' && rest[0] === 'authenticate' && rest.length === 2) {
    if (method === 'GET') return authenticationPage(world, rest[1] ?? '');
    if (method === 'POST') return authenticate(world, rest[1] ?? '', form);
  }
  if (area === 'p' && rest[0] === 'session' && rest.length === 2) {
    if (method === 'GET') return portalPage(world, rest[1] ?? '');
    if (method === 'POST') return changeInPortal(world, rest[1] ?? '', form);
  }
  if (area === 'i' && rest.length === 1) {
    if (method === 'GET') return invoicePage(world, rest[0] ?? '');
    if (method === 'POST') return payInvoicePage(world, rest[0] ?? '', form);
  }
  if (area === 'i' && rest[1] === 'pdf' && rest.length === 2 && method === 'GET')
    return invoicePdf(world, rest[0] ?? '');
  if (area === 'receipts' && rest.length === 1 && method === 'GET') return receiptPage(world, rest[0] ?? '');
  return nothingHere('The Stripe simulator has no page at this address. Its API lives under /v1.');
};

function frontPage() {
  return page(
    200,
    'Stripe simulator',
    html`<span class="badge">Stripe simulator</span><h1>Ready</h1><p>Point a Stripe client at this address and use any key that starts with sk_test_.</p>`,
  );
}
