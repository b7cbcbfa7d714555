import type { PageHandler } from '../protocol/page.ts';
import { checkoutPage, nothingHere, payCheckout } from './checkout-page.ts';
import { html, page } from './html.ts';
import { invoicePage } from './invoice-page.ts';

/** The simulator's own pages: hosted checkout, hosted invoices and a front page. */
export const pages: PageHandler = (world, method, path) => {
  const [, area = '', ...rest] = path.split('/');
  if (path === '/' && method === 'GET') return frontPage();
  if (area === 'c' && rest[0] === 'pay' && rest.length === 2) {
    if (method === 'GET') return checkoutPage(world, rest[1] ?? '');
    if (method === 'POST') return payCheckout(world, rest[1] ?? '');
  }
  if (area === 'i' && rest.length === 1 && method === 'GET') return invoicePage(world, rest[0] ?? '');
  return nothingHere('The Stripe simulator has no page at this address. Its API lives under /v1.');
};

function frontPage() {
  return page(
    200,
    'Stripe simulator',
    html`<span class="badge">Stripe simulator</span><h1>Ready</h1><p>Point a Stripe client at this address and use any key that starts with sk_test_.</p>`,
  );
}
