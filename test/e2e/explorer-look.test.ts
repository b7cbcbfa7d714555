import type { Locator, Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { openDemo, signIn } from './visit.ts';

const demo = openDemo();

/** Opens the explorer on a phone, and runs what is to be seen there. */
async function onPhone(see: (page: Page) => Promise<void>): Promise<void> {
  const context = await demo.browser.newContext({
    viewport: { width: 375, height: 812 },
    hasTouch: true,
    isMobile: true,
  });
  try {
    const page = await context.newPage();
    await signIn(page, demo.url);
    await page.goto(`${demo.url}/usage`);
    await page.locator('[data-mb="sparkline"]').first().waitFor();
    await page.locator('[data-mb="controls"]').waitFor();
    await see(page);
  } finally {
    await context.close();
  }
}

/** How far the middle of an element's words is from the middle of its box, downwards, in pixels. */
const offCentre = (element: Locator) =>
  element.evaluate((box) => {
    const range = document.createRange();
    range.selectNodeContents(box);
    const words = [...range.getClientRects()].at(-1);
    if (!words) throw new Error('the element has no words');
    const { top, bottom } = box.getBoundingClientRect();
    return (words.top + words.bottom) / 2 - (top + bottom) / 2;
  });

describe('the explorer under a finger', () => {
  it('centres the words of its controls, and underlines no button', () =>
    onPhone(async (page) => {
      const link = page.getByRole('link', { name: 'Export CSV' });
      const segments = await page.locator('[data-mb="segments"] label').all();
      expect(segments.length).toBeGreaterThan(4);
      for (const control of [link, ...segments]) {
        expect((await control.boundingBox())?.height).toBeGreaterThanOrEqual(44);
        expect(Math.abs(await offCentre(control))).toBeLessThanOrEqual(1);
      }
      expect(await link.evaluate((a) => getComputedStyle(a).textDecorationLine)).toBe('none');
    }));

  it('keeps its controls together: choices and switches in pairs, files in a row of their own', () =>
    onPhone(async (page) => {
      const rows = await page
        .locator('[data-mb="controls"]')
        .evaluate((controls) =>
          Object.groupBy(
            controls.querySelectorAll('[data-mb="field"], [data-mb="choice"], [data-mb="chip"], a'),
            (part) => String(Math.round(part.getBoundingClientRect().top)),
          ),
        );
      expect(Object.values(rows).map((row) => row?.length)).toEqual([1, 2, 2, 1, 2]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    }));

  it('begins its small pictures where the words above them begin', () =>
    onPhone(async (page) => {
      const lefts = await page.locator('[data-mb="summary-card"]').evaluateAll((cards) =>
        cards.map((card) => {
          const line = card.querySelector('[data-mb="sparkline"] [data-mb="line"]');
          const title = card.querySelector('h4');
          if (!line || !title) throw new Error('the card has no line or no title');
          return Math.abs(line.getBoundingClientRect().left - title.getBoundingClientRect().left);
        }),
      );
      expect(lefts.length).toBeGreaterThan(1);
      for (const apart of lefts) expect(apart).toBeLessThanOrEqual(1.5);
    }));

  it('shows controls that stand alone without a frame', () =>
    onPhone(async (page) => {
      const frame = await page.locator('[data-mb="explorer"] > [data-mb="choice"]').evaluate((fieldset) => {
        document.body.append(fieldset);
        const { borderTopWidth, paddingLeft, marginLeft } = getComputedStyle(fieldset);
        return [borderTopWidth, paddingLeft, marginLeft];
      });
      expect(frame).toEqual(['0px', '0px', '0px']);
    }));

  it('shows the whole sample of the home page', () =>
    onPhone(async (page) => {
      await page.goto(`${demo.url}/home`);
      const pre = page.locator('.panel pre');
      expect(await pre.evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0);
    }));
});
