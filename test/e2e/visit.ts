import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright';
import { afterAll, beforeAll, expect } from 'vitest';
import { type DemoProcess, startDemoProcess } from './demo-process.ts';

const launchArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A browser that asks nobody but the demo. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args: launchArgs });

/** When the demo's clock stands still. */
export const demoNow = '2026-11-19T15:20:00Z';

/** Where pictures are kept. */
export const shots = join(import.meta.dirname, '../results');

/** The demo at `demoNow` and a browser, for the tests of one file. */
export function openDemo(): { readonly url: string; readonly browser: Browser } {
  let demo: DemoProcess | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    mkdirSync(shots, { recursive: true });
    [demo, browser] = await Promise.all([startDemoProcess(['--now', demoNow]), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
  });
  const opened = <T>(one: T | undefined): T => {
    if (one === undefined) throw new Error('The demo is opened before the tests.');
    return one;
  };
  return {
    get url() {
      return opened(demo).url;
    },
    get browser() {
      return opened(browser);
    },
  };
}

/** One person at one browser window, and all that the page complained of or asked elsewhere. */
export interface Visit {
  context: BrowserContext;
  page: Page;
  complaints: string[];
}

export async function startVisit(browser: Browser, origin: string): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    colorScheme: 'light',
    acceptDownloads: true,
  });
  const complaints: string[] = [];
  const page = await context.newPage();
  watch(page, origin, complaints);
  return { context, page, complaints };
}

/** Notes what the page's console says and whom it asks besides `origin`. */
export function watch(page: Page, origin: string, complaints: string[]): void {
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    const { origin: asked, protocol } = new URL(request.url());
    if (protocol !== 'data:' && asked !== origin) complaints.push(`asked ${asked}`);
  });
}

/** Signs in as the first or second example customer. */
export async function signIn(page: Page, origin: string, index = 0): Promise<void> {
  await page.goto(origin);
  await page.locator('form[action="/sign-in"] button').nth(index).click();
  await page.waitForURL('**/billing');
}

/** Fits the window, breaks no rule of accessibility; keeps a picture. */
export async function expectFitAndAccessible(page: Page, picture: string): Promise<void> {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  await page.screenshot({ path: picture, fullPage: true });
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) }))).toEqual([]);
}

export const widthsAndSchemes = [
  { width: 1280, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
  { width: 375, colorScheme: 'light' },
  { width: 375, colorScheme: 'dark' },
] as const;
