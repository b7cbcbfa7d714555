import { createServer } from 'node:net';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failToStartDemo } from './demo-process.ts';
import { sumFlights } from './flight-sums.ts';
import {
  demoNow,
  expectFitAndAccessible,
  openDemo,
  shots,
  startVisit,
  signIn as visitAs,
  widthsAndSchemes,
} from './visit.ts';

const demo = openDemo();

describe('the demo in a browser', () => {
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeEach(async () => {
    ({ context, page, complaints } = await startVisit(demo.browser, demo.url));
  });

  afterEach(async () => {
    await context.close();
  });

  async function signIn(index: number): Promise<void> {
    await visitAs(page, demo.url, index);
    await page.getByRole('tab').first().waitFor();
  }

  const total = () => page.locator('[data-mb="usage-chart"] [data-mb="total"] data').getAttribute('value');
  const card = (name: string) => page.getByRole('region', { name, exact: true });

  /** Minor units of the money that an element shows ("−$12.34" → -1234). */
  async function cents(selector: ReturnType<Page['locator']>): Promise<number> {
    const text = (await selector.textContent()) ?? '';
    const [, sign, amount] = text.match(/([−-]?)\s*\$([\d,]+\.\d\d)/) ?? [];
    if (amount === undefined) throw new Error(`no money in "${text}"`);
    return (sign ? -1 : 1) * Number(amount.replace(/[,.]/g, ''));
  }

  it('shows the totals that the data file adds up to, for all three kinds of meter', async () => {
    const expected = sumFlights(Date.parse(demoNow));
    await signIn(0);
    expect(await total()).toBe(String(expected.apiRequests));
    await page.getByRole('tab', { name: 'Tokens' }).click();
    expect(await total()).toBe(String(expected.tokensUsed));
    await page.getByRole('tab', { name: 'Storage' }).click();
    expect(await total()).toBe(String(expected.storageGb));
    expect(complaints).toEqual([]);
  });

  it('the bars of the chart add up to its total', async () => {
    const expected = sumFlights(Date.parse(demoNow));
    await signIn(0);
    await page.getByRole('button', { name: 'Table' }).click();
    const values = await page
      .getByRole('tabpanel')
      .locator('tbody td')
      .evaluateAll((cells) => cells.map((cell) => Number.parseFloat(cell.textContent ?? '')))
      .then((all) => all.filter((value) => !Number.isNaN(value)));
    expect(values.length).toBe(23);
    expect(values.reduce((sum, value) => sum + value, 0)).toBe(expected.apiRequests);
  });

  it('shows credits whose terms add up, and invoices of the past periods', async () => {
    await signIn(0);
    const credits = card('Remaining credits');
    const terms = credits.locator('dd');
    const amounts: number[] = [];
    for (let index = 0; index < (await terms.count()); index += 1)
      amounts.push(await cents(terms.nth(index)));
    const remaining = amounts.pop();
    expect(amounts.length).toBeGreaterThan(1);
    expect(amounts.reduce((sum, amount) => sum + amount, 0)).toBe(remaining);
    expect(await cents(credits.locator('[data-mb="figure"]'))).toBe(remaining);

    const rows = card('Invoices').locator('tbody tr');
    expect(await rows.count()).toBeGreaterThanOrEqual(2);
    expect(await rows.first().textContent()).toContain('Paid');
  });

  it('a top-up of 20.00 raises the balance by 20.00 by itself', async () => {
    await signIn(1);
    const figure = card('Remaining credits').locator('[data-mb="figure"]');
    const before = await cents(figure);
    await page.getByRole('button', { name: 'Top up', exact: true }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: /\$20\.00/ }).check();
    await dialog.getByRole('button', { name: 'Continue to payment' }).click();
    await page.getByRole('button', { name: /^Pay/ }).click();
    await page.waitForURL('**/billing**');
    await expect.poll(() => cents(figure), { timeout: 30_000 }).toBe(before + 2000);
    await page.getByText('$20.00 added').waitFor();
    expect(new URL(page.url()).search).toBe('');
    expect(complaints).toEqual([]);

    await page.reload();
    await page.getByRole('tab').first().waitFor();
    expect(await cents(figure)).toBe(before + 2000);
  });

  it('one click with the kept card raises the balance, and the history leads to the receipt', async () => {
    await signIn(0);
    const figure = card('Remaining credits').locator('[data-mb="figure"]');
    const before = await cents(figure);
    await page.getByRole('button', { name: 'Top up', exact: true }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Visa ending in 4242').waitFor();
    await dialog.getByRole('radio', { name: 'Own amount' }).check();
    await dialog.getByRole('textbox').fill('12.34');
    await dialog
      .getByText(/\$5\.00/)
      .first()
      .waitFor();
    await dialog.getByRole('textbox').fill('15');
    const pay = dialog.getByRole('button', { name: 'Pay $15.00 now' });
    await pay.waitFor();
    await page.waitForTimeout(1_000);
    await pay.dblclick();
    await expect.poll(() => cents(figure), { timeout: 30_000 }).toBe(before + 1500);
    await page.getByText('$15.00 added').waitFor();
    const history = card('Top-ups');
    await expect.poll(() => history.textContent(), { timeout: 30_000 }).toContain('$15.00');
    const opened = page.context().waitForEvent('page');
    await history
      .getByRole('button', { name: /receipt/i })
      .first()
      .click();
    const receipt = await opened;
    await receipt.getByText('$15.00').first().waitFor();
    await receipt.close();
    expect(complaints).toEqual([]);
  });

  it('a payment that is left off charges nothing and says so', async () => {
    await signIn(1);
    const figure = card('Remaining credits').locator('[data-mb="figure"]');
    const before = await cents(figure);
    await page.getByRole('button', { name: 'Top up', exact: true }).first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Continue to payment' }).click();
    await page.getByRole('link', { name: 'Cancel' }).click();
    await page.waitForURL('**/billing**');
    await page.getByText('The payment was not completed. Nothing was charged.').waitFor();
    expect(new URL(page.url()).search).toBe('');
    expect(await cents(figure)).toBe(before);
    await page.getByRole('button', { name: 'Continue payment' }).click();
    await page.getByRole('button', { name: /^Pay/ }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('stays on the page when the dialog is closed while the payment page opens', async () => {
    await signIn(1);
    await page.getByRole('button', { name: 'Top up', exact: true }).first().click();
    const dialog = page.getByRole('dialog');
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    await page.route('**/topUps.start**', async (route) => {
      const response = await route.fetch();
      await held;
      await route.fulfill({ response });
    });
    await dialog.getByRole('button', { name: 'Continue to payment' }).click();
    await dialog.getByRole('button', { name: 'Opening payment…' }).waitFor();
    const answered = page.waitForResponse('**/topUps.start**');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    release();
    await (await answered).finished();
    await page.waitForTimeout(1_000);
    expect(new URL(page.url()).pathname).toBe('/billing');
    expect(await page.getByRole('button', { name: 'Top up', exact: true }).first().isEnabled()).toBe(true);
    expect(complaints).toEqual([]);
  });

  it('follows a sign-in as somebody else in another tab as soon as it is looked at', async () => {
    await page.clock.install();
    await signIn(0);
    const figure = card('Remaining credits').locator('[data-mb="figure"]');
    const first = await cents(figure);
    const other = await context.newPage();
    await other.goto(`${demo.url}/billing`);
    await other.getByRole('button', { name: 'Sign out' }).click();
    await other.goto(demo.url);
    await other.locator('form[action="/sign-in"] button').nth(1).click();
    await other.waitForURL('**/billing');
    await other.getByRole('tab').first().waitFor();
    const second = await cents(
      other.getByRole('region', { name: 'Remaining credits', exact: true }).locator('[data-mb="figure"]'),
    );
    expect(second).not.toBe(first);
    await page.clock.runFor(15_000);
    expect(await cents(figure)).toBe(first);
    await page.evaluate(() => dispatchEvent(new Event('visibilitychange')));
    await expect.poll(() => cents(figure), { timeout: 10_000 }).toBe(second);
  });

  it('another customer sees nothing of the first', async () => {
    await signIn(0);
    const own = await page.locator('main').innerText();
    const numbers = own.match(/[A-Z0-9]+-\d{4}/g) ?? [];
    expect(numbers.length).toBeGreaterThan(0);
    const firstTotal = await total();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await signIn(1);
    const other = await page.content();
    for (const number of numbers) expect(other).not.toContain(number);
    expect(await total()).not.toBe(firstTotal);
  });

  it('without a session it says so and shows no figure', async () => {
    await page.goto(`${demo.url}/billing`);
    await page.getByText('You are not signed in').first().waitFor();
    expect(await page.locator('[data-mb="figure"]').count()).toBe(0);
  });

  it.each(widthsAndSchemes)(
    'is accessible and fits at $width px, $colorScheme',
    async ({ width, colorScheme }) => {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      for (const [index, name] of ['comfortable', 'low'].entries()) {
        await signIn(index);
        await expectFitAndAccessible(page, join(shots, `billing-${name}-${width}-${colorScheme}.png`));
      }
      expect(complaints).toEqual([]);
    },
  );

  it('keeps the last figures with their age while the server is gone, and recovers on request', async () => {
    await page.clock.install();
    await signIn(0);
    const figure = card('Remaining credits').locator('[data-mb="figure"]');
    const before = await cents(figure);
    await page.route('**/api/meterboard/**', (route) => route.abort());
    const stale = page.getByText(/^Last updated/);
    for (let seconds = 0; seconds < 90 && !(await stale.first().isVisible()); seconds += 5)
      await page.clock.runFor(5_000);
    await stale.first().waitFor();
    expect(await cents(figure)).toBe(before);
    await page.unroute('**/api/meterboard/**');
    // The dashboard and the history beside it are read apart, and each has its own way to try again.
    for (const retry of (await page.getByRole('button', { name: 'Try again' }).all()).reverse())
      await retry.click();
    await expect.poll(() => stale.count()).toBe(0);
    expect(await cents(figure)).toBe(before);
    expect(complaints.filter((text) => !text.includes('net::ERR_FAILED'))).toEqual([]);
  });
});

describe('starting the demo', () => {
  it.each([
    ['a live key', 'sk_live_abcdefgh', 'live key'],
    ['something that is no key', 'hunter2', 'sk_test_'],
  ])('refuses %s and names the variable', async (_name, key, words) => {
    const { code, output } = await failToStartDemo([], { STRIPE_SECRET_KEY: key });
    expect(code).not.toBe(0);
    expect(output).toContain('STRIPE_SECRET_KEY');
    expect(output).toContain(words);
    expect(output).not.toContain(key);
    expect(output).not.toContain('    at ');
  });

  it('says which port is busy and how to choose another', async () => {
    const squatter = createServer();
    await new Promise<void>((done) => squatter.listen(0, '127.0.0.1', done));
    const address = squatter.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    try {
      const { code, output } = await failToStartDemo([], { PORT: String(port) });
      expect(code).not.toBe(0);
      expect(output).toContain(`Port ${port} is in use`);
      expect(output).toContain('PORT=');
    } finally {
      squatter.close();
    }
  });
});
