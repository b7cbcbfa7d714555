import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect } from 'storybook/test';
import { UsageDashboard } from './usage-dashboard.tsx';

const meta = { title: 'Dashboard/Host resets', component: UsageDashboard } satisfies Meta<
  typeof UsageDashboard
>;
export default meta;
type Story = StoryObj<typeof meta>;

const resets = `
*, ::before, ::after { margin: 0; padding: 0; border: 0 solid; box-sizing: border-box; }
h1, h2, h3, h4 { font-size: inherit; font-weight: inherit; }
a { color: inherit; text-decoration: inherit; }
ol, ul { list-style: none; }
table { border-collapse: collapse; text-indent: 0; border-color: inherit; }
svg, img { display: block; vertical-align: middle; }
button, input { font: inherit; letter-spacing: inherit; color: inherit; border-radius: 0; background: none; border: none; }
button { cursor: pointer; }
p { margin-bottom: 1rem; font-size: 18px; line-height: 1.8; color: #333; }
label { margin-bottom: 0.5rem; }
th, td { padding: 1rem; text-align: center; }
`;
const watched = [
  ...['margin', 'padding', 'borderTopWidth', 'borderRadius', 'backgroundColor', 'color'],
  ...['fontSize', 'fontWeight', 'lineHeight', 'letterSpacing', 'textAlign', 'textDecorationLine', 'display'],
] as const;

/** How each part looks, as the browser computes it. */
function readLook(root: Element): Record<string, string> {
  const parts = [
    ...root.querySelectorAll('[data-mb], [data-mb] :is(h2, h3, p, dt, dd, li, th, td, button, a)'),
  ];
  return Object.fromEntries(
    parts.flatMap((part, index) => {
      const style = getComputedStyle(part);
      const name = `${index} ${part.localName} ${part.getAttribute('data-mb') ?? ''}`;
      return watched.map((property) => [`${name} ${property}`, String(style[property])]);
    }),
  );
}

function survives(layered: boolean): Story['play'] {
  return async ({ canvas, canvasElement }) => {
    await canvas.findAllByText('$18.42');
    canvasElement.ownerDocument.body.style.cssText = 'transition: none';
    for (const button of canvasElement.querySelectorAll<HTMLElement>('button'))
      button.style.transition = 'none';
    const before = readLook(canvasElement);
    await expect(Object.keys(before).length).toBeGreaterThan(1000);
    const host = document.createElement('style');
    host.textContent = layered ? `@layer base { ${resets} }` : resets;
    document.head.append(host);
    try {
      const after = readLook(canvasElement);
      const changed = Object.keys(before).filter((key) => before[key] !== after[key]);
      await expect(changed.map((key) => `${key}: ${before[key]} → ${after[key]}`)).toEqual([]);
    } finally {
      host.remove();
    }
  };
}

/** Resets outside of any layer, loaded after the kit: nothing of the kit changes. */
export const Plain: Story = { play: survives(false) };
/** The same resets in a layer of the host. */
export const Layered: Story = { play: survives(true) };
