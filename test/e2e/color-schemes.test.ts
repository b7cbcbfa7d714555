import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright';
import { build, defaultClientConditions } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeColors } from '../../packages/react/colors.ts';
import { launchBrowser } from './visit.ts';

const root = join(import.meta.dirname, '../..');
const results = join(root, 'test/results');
/** A card and a line of the kit, in the page and in wrappers that decide for themselves. */
const parts = '<section data-mb-card><svg><path data-mb="line" d="M0 9H9" /></svg></section>';
const markup = `${parts}<div data-mb-scheme="dark">${parts}</div><div data-mb-scheme="light">${parts}</div>`;

type Look = 'light' | 'dark';
interface Sight {
  surface: string;
  border: string;
  ink: string;
  stroke: string;
  pixel: string;
}

/** As it must look: the default tokens, painted. */
const looks: Record<Look, Sight> = {
  light: {
    surface: 'rgb(255, 255, 255)',
    border: 'oklch(0.915 0.006 265)',
    ink: 'oklch(0.24 0.02 265)',
    stroke: 'oklch(0.53 0.2 268)',
    pixel: '255,255,255',
  },
  dark: {
    surface: 'oklch(0.215 0.014 265)',
    border: 'oklch(0.31 0.016 265)',
    ink: 'oklch(0.95 0.006 265)',
    stroke: 'oklch(0.7 0.15 268)',
    pixel: '22,25,32',
  },
};

let browser: Browser;
let folder: string;

beforeAll(async () => {
  mkdirSync(results, { recursive: true });
  folder = mkdtempSync(join(results, 'schemes-'));
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** The style sheet that Vite makes, by default, of what a page imports. */
async function bundle(name: string, sheet: string, hostCss: string): Promise<string> {
  const page = join(folder, name);
  mkdirSync(page, { recursive: true });
  writeFileSync(join(page, 'host.css'), hostCss);
  writeFileSync(join(page, 'main.js'), `import '@meterboard/react/${sheet}';\nimport './host.css';\n`);
  writeFileSync(join(page, 'index.html'), '<script type="module" src="./main.js"></script>');
  const result = await build({
    root: page,
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['@meterboard/source', ...defaultClientConditions] },
    build: { write: false },
  });
  const [output] = Array.isArray(result) ? result : [result];
  if (!output || !('output' in output)) throw new Error('the bundler returned no output');
  const css = output.output.find(({ fileName }) => fileName.endsWith('.css'));
  if (css?.type !== 'asset') throw new Error('the bundler returned no style sheet');
  return String(css.source);
}

/** What is seen of each card: of the page, of the dark wrapper, of the light one. */
async function look(css: string, html: string, colorScheme: Look): Promise<Sight[]> {
  const context = await browser.newContext({ colorScheme, viewport: { width: 600, height: 900 } });
  try {
    const page = await context.newPage();
    await page.setContent(`<!doctype html><html ${html}><style>${css}</style><body>${markup}</body></html>`);
    const cards = await page.locator('[data-mb-card]').all();
    return await Promise.all(
      cards.map(async (card) => {
        const computed = await card.evaluate((element) => {
          const { backgroundColor, borderTopColor, color } = getComputedStyle(element);
          const line = element.querySelector('[data-mb="line"]');
          if (!line) throw new Error('the card has no line');
          return {
            surface: backgroundColor,
            border: borderTopColor,
            ink: color,
            stroke: getComputedStyle(line).stroke,
          };
        });
        const picture = (await card.screenshot()).toString('base64');
        const pixel = await page.evaluate(async (data) => {
          const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
          const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
          if (!canvas) throw new Error('no canvas');
          canvas.drawImage(image, 0, 0);
          return [...canvas.getImageData(image.width - 20, 10, 1, 1).data.slice(0, 3)].join();
        }, picture);
        return { ...computed, pixel };
      }),
    );
  } finally {
    await context.close();
  }
}

const hosts: { host: string; css: string; html: string; ofPage: Record<Look, Look> }[] = [
  { host: 'no color-scheme', css: '', html: '', ofPage: { light: 'light', dark: 'light' } },
  {
    host: 'light dark',
    css: ':root { color-scheme: light dark; }',
    html: '',
    ofPage: { light: 'light', dark: 'dark' },
  },
  {
    host: 'light dark, in a layer',
    css: '@layer base { :root { color-scheme: light dark; } }',
    html: '',
    ofPage: { light: 'light', dark: 'dark' },
  },
  {
    host: 'only light',
    css: ':root { color-scheme: only light; }',
    html: '',
    ofPage: { light: 'light', dark: 'light' },
  },
  {
    host: 'light dark, and dark on the element',
    css: ':root { color-scheme: light dark; }',
    html: 'style="color-scheme: dark"',
    ofPage: { light: 'dark', dark: 'dark' },
  },
  {
    host: 'no color-scheme, and the attribute on the root',
    css: '',
    html: 'data-mb-scheme="dark"',
    ofPage: { light: 'dark', dark: 'dark' },
  },
];

describe.each(['styles.css', 'styles.layer.css'])("the kit's colours, %s as Vite builds it", (sheet) => {
  it.each(hosts)('follow the page and its wrappers: $host', async ({ host, css, html, ofPage }) => {
    const built = await bundle(`${sheet}-${host.replace(/\W+/g, '-')}`, sheet, css);
    for (const system of ['light', 'dark'] as const) {
      expect(await look(built, html, system), `system ${system}`).toEqual([
        looks[ofPage[system]],
        looks.dark,
        looks.light,
      ]);
    }
  });
});

describe('the list of colours', () => {
  it('is what the style sheet was written from', () => {
    const written = readFileSync(join(root, 'packages/react/src/styles/colors.css'), 'utf8');
    expect(written).toBe(writeColors());
  });

  it('serves browsers without light-dark() too: light, and dark in a dark wrapper', async () => {
    const sheet = readFileSync(join(root, 'packages/react/src/styles.css'), 'utf8').replace(
      /@import "(.+)";/g,
      (_, name) => readFileSync(join(root, 'packages/react/src', name), 'utf8'),
    );
    // As such a browser reads it: what it does not know it does not support.
    const old = sheet.replaceAll('light-dark(', 'not-known(');
    expect(await look(old, '', 'dark')).toEqual([looks.light, looks.dark, looks.light]);
  });
});
