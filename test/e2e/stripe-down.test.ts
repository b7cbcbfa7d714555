import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { openDemo, signIn as visitAs } from './visit.ts';

const demo = openDemo();

async function tellSimulator(what: string, body: object): Promise<void> {
  const answer = await fetch(`${demo.url}/_simulator/${what}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`the simulator answered ${answer.status}`);
}

/** Cuts every connection to the simulated Stripe, or lets them through again. */
const setStripeDown = (down: boolean) => tellSimulator('faults/outage', { down });

/** The demo's clock stands still; what is remembered ages when it is moved. */
const letTimePass = (ms: number) => tellSimulator('clock/advance', { ms });

async function signIn(): Promise<Page> {
  const page = await demo.browser.newPage();
  await visitAs(page, demo.url);
  return page;
}

const figures = (page: Page) => page.locator('[data-mb="figure"]');

describe('while Stripe cannot be reached', () => {
  it('shows what failed and a way to try again, and no figure at all; then recovers', async () => {
    await setStripeDown(true);
    const page = await signIn();
    const retry = page.getByRole('button', { name: 'Try again' }).first();
    await retry.waitFor({ timeout: 60_000 });
    expect(await page.getByText('cannot be reached').count()).toBeGreaterThan(0);
    expect(await figures(page).count()).toBe(0);
    expect(await page.locator('main').innerText()).not.toMatch(/\$\d/);

    await setStripeDown(false);
    await retry.click();
    await figures(page).first().waitFor();
    expect(await figures(page).first().innerText()).toMatch(/^\$\d+\.\d\d$/);
    await page.close();
  });

  it('keeps the last figures and says how old they are', async () => {
    const shown = await signIn();
    await figures(shown).first().waitFor();
    const before = await figures(shown).first().innerText();
    await setStripeDown(true);
    try {
      await letTimePass(60_000);
      const age = shown.getByText(/^Last updated/).first();
      // What is remembered serves once more while it is read anew in vain; the next look tells.
      for (let looks = 0; looks < 4 && !(await age.isVisible()); looks += 1) {
        await shown.waitForTimeout(10_500);
        await shown.evaluate(() => window.dispatchEvent(new Event('visibilitychange')));
        await age.waitFor({ timeout: 5_000 }).catch(() => undefined);
      }
      expect(await age.innerText()).toMatch(/^Last updated/);
      expect(await figures(shown).first().innerText()).toBe(before);
    } finally {
      await setStripeDown(false);
    }
    await shown.close();
  });
});
