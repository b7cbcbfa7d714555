import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sumFlights } from './flight-sums.ts';
import {
  demoNow,
  expectFitAndAccessible,
  openDemo,
  shots,
  signIn,
  startVisit,
  type Visit,
  watch,
  widthsAndSchemes,
} from './visit.ts';

const demo = openDemo();
let visit: Visit;
beforeEach(async () => {
  visit = await startVisit(demo.browser, demo.url);
  await signIn(visit.page, demo.url);
  await visit.page.goto(`${demo.url}/usage`);
  await drawn(visit.page);
});
afterEach(() => visit.context.close());

const chart = (page: Page) => page.locator('[data-mb="usage-chart"]');
/** Resolves when the interactive chart has taken the place of the static one, which it does once it is looked at. */
async function drawn(page: Page): Promise<void> {
  await chart(page).scrollIntoViewIfNeeded();
  await chart(page).locator('[data-drawn]').first().waitFor();
}
const timeOf = (page: Page) => page.getByRole('combobox', { name: 'Time' });
const total = (page: Page) => chart(page).locator('[data-mb="total"] data').first().getAttribute('value');

/** Columns of a CSV file by name; its cells hold no commas here. */
function columnsOf(text: string): Record<string, string>[] {
  const [head = '', ...lines] = text
    .replace(/^\uFEFF/, '')
    .trim()
    .split('\r\n');
  const names = head.split(',').map((name) => name.replaceAll('"', ''));
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, at) => [names[at] ?? '', cell])));
}

async function download(page: Page, name: RegExp): Promise<string> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).click()]);
  return readFileSync(await file.path(), 'utf8');
}

describe('the usage explorer in a browser', () => {
  it('downloads what is on the screen, which adds up to the total and to the data', async () => {
    const { page } = visit;
    const rows = columnsOf(await download(page, /CSV/));
    const used = rows.map(({ quantity }) => Number(quantity));
    const sum = used.reduce((before, quantity) => before + quantity, 0);
    expect(String(sum)).toBe(await total(page));
    expect(sum).toBe(sumFlights(Date.parse(demoNow)).apiRequests);
  });

  it('reopens the same view from its address', async () => {
    const { page, context, complaints } = visit;
    await timeOf(page).selectOption({ label: 'Last 30 days' });
    await page.getByRole('radio', { name: 'Bars' }).check({ force: true });
    await page.getByLabel('Running total').check();
    await drawn(page);
    await expect.poll(() => new URL(page.url()).search).toContain('last');
    const shown = await total(page);
    const again = await context.newPage();
    watch(again, demo.url, complaints);
    await again.goto(page.url());
    await drawn(again);
    await expect.poll(() => total(again)).toBe(shown);
    expect(await timeOf(again).inputValue()).toBe('last30');
    expect(await again.getByRole('radio', { name: 'Bars' }).isChecked()).toBe(true);
    expect(await again.getByRole('checkbox', { name: 'Running total' }).isChecked()).toBe(true);
    expect(complaints).toEqual([]);
  });

  it('reads day by day under the arrow keys, and as a table one key away', async () => {
    const { page } = visit;
    await page.getByRole('application').first().focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    const said = () => chart(page).locator('[aria-live=polite]').first().textContent();
    await expect.poll(said).toMatch(/^\w+day, \w+ \d+, [\d,]+ requests/);
    const button = page.getByRole('button', { name: 'Table' });
    await button.focus();
    await page.keyboard.press('Enter');
    await chart(page).getByRole('table').waitFor();
    await page.getByRole('button', { name: 'Chart' }).press('Enter');
    await drawn(page);
  });

  it.each(widthsAndSchemes)(
    'is accessible and fits at $width px, $colorScheme',
    async ({ width, colorScheme }) => {
      const { page, complaints } = visit;
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await page.reload();
      await drawn(page);
      await page.locator('[data-mb="cost"], [data-mb="cost-breakdown"]').first().waitFor();
      await expectFitAndAccessible(page, join(shots, `explorer-${width}-${colorScheme}.png`));
      expect(complaints).toEqual([]);
    },
  );

  it('moves nothing when the interactive chart takes the place of the static one', async () => {
    const { page } = visit;
    const loaded = await page.evaluate(() =>
      performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname),
    );
    // The last script that the page fetched is the one of the interactive chart.
    const interactive = loaded.findLast((path) => path.endsWith('.js'));
    let release: () => void = () => undefined;
    const held = new Promise<void>((done) => {
      release = done;
    });
    await page.route(`**${interactive}`, async (route) => {
      await held;
      await route.continue();
    });
    await page.reload();
    await chart(page).locator('svg').first().waitFor();
    await page.locator('[data-mb="cost"]').first().waitFor();
    await chart(page).scrollIntoViewIfNeeded();
    const boxes = () =>
      page
        .locator('[data-mb="usage-plot"], [data-mb="usage-chart"], [data-mb="cost"]')
        .evaluateAll((parts) => parts.map((part) => JSON.stringify(part.getBoundingClientRect())));
    expect(await chart(page).locator('[data-drawn]').count()).toBe(0);
    const before = await boxes();
    release();
    await drawn(page);
    expect(await boxes()).toEqual(before);
  });

  it('R16: fits at 320 px, and tells everything apart in forced colours, without motion', async () => {
    const { page, complaints } = visit;
    await page.setViewportSize({ width: 320, height: 800 });
    await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
    await page.reload();
    await drawn(page);
    await page.locator('[data-mb="cost"]').first().waitFor();
    await expectFitAndAccessible(page, join(shots, 'explorer-320-forced-colours.png'));
    const strokeOf = (part: string) =>
      chart(page)
        .locator(`[data-mb="${part}"]`)
        .first()
        .evaluate((line) => {
          const { stroke, strokeDasharray } = getComputedStyle(line);
          return { stroke, isDashed: strokeDasharray !== 'none' };
        });
    const [line, before, canvas] = await Promise.all([
      strokeOf('line'),
      strokeOf('previous'),
      page.evaluate(() => getComputedStyle(document.body).backgroundColor),
    ]);
    expect(line.stroke).not.toBe(canvas);
    expect([line.isDashed, before.isDashed]).toEqual([false, true]);
    const chosen = await page
      .locator('[data-mb="segments"] label')
      .evaluateAll((labels) =>
        labels
          .filter((label) => getComputedStyle(label).outlineStyle === 'solid')
          .map(({ textContent }) => textContent),
      );
    expect(chosen).toEqual(['Day', 'Area']);
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
    expect(complaints).toEqual([]);
  });
});
