import { createHash } from 'node:crypto';
import type { PageAnswer } from '../protocol/page.ts';

const ESCAPES = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

/** Markup that is safe to send as it is. */
export interface Html {
  markup: string;
}

/** A template whose values are escaped, unless they are `Html` themselves (or a list of it). */
export function html(
  strings: TemplateStringsArray,
  ...values: ReadonlyArray<string | number | Html | readonly Html[]>
): Html {
  return {
    markup: strings.reduce(
      (out, part, index) => out + part + (index < values.length ? render(values[index] ?? '') : ''),
      '',
    ),
  };
}

function render(value: string | number | Html | readonly Html[]): string {
  if (typeof value === 'string' || typeof value === 'number') {
    return String(value).replace(/[&<>"']/g, (character) => ESCAPES.get(character) ?? character);
  }
  return 'markup' in value ? value.markup : value.map((item) => item.markup).join('');
}

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1a1f36, #eceef4); --ink-2: light-dark(#57607a, #a9b0c3); --bg: light-dark(#f6f7fa, #12141c);
  --surface: light-dark(#fff, #1b1e29); --line: light-dark(#dfe3ec, #32374a); --accent: light-dark(#4b45d6, #a5a1ff); --on-accent: light-dark(#fff, #14122e); }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px 16px; background: var(--bg); color: var(--ink);
  font: 16px/24px system-ui, -apple-system, "Segoe UI", sans-serif; font-variant-numeric: tabular-nums; }
main { width: 100%; max-width: 460px; padding: 28px; background: var(--surface); border: 1px solid var(--line); border-radius: 14px; overflow-wrap: anywhere; }
.badge { display: inline-block; padding: 2px 10px; border: 1px solid var(--line); border-radius: 999px; color: var(--ink-2); font-size: 13px; line-height: 20px; }
h1 { margin: 16px 0 4px; font-size: 30px; line-height: 36px; letter-spacing: -0.02em; }
p { margin: 0 0 12px; color: var(--ink-2); }
table { width: 100%; margin: 20px 0; border-collapse: collapse; }
caption { text-align: left; font-weight: 600; padding-bottom: 4px; }
th, td { padding: 10px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; font-weight: 400; }
td:last-child, th:last-child { text-align: right; padding-left: 16px; white-space: nowrap; }
tfoot th, tfoot td { border-bottom: 0; font-weight: 650; }
small { display: block; color: var(--ink-2); }
button, .button { display: block; width: 100%; min-height: 48px; padding: 12px 20px; border: 0; border-radius: 10px; background: var(--accent);
  color: var(--on-accent); font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer; }
a { color: var(--accent); }
.quiet { display: block; margin-top: 8px; padding: 10px; text-align: center; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`;

const STYLE_HASH = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

/** A whole page under a policy that allows only its own style, and forms to itself and to `formTargets`. */
export function page(
  status: number,
  title: string,
  body: Html,
  formTargets: readonly string[] = [],
): PageAnswer {
  const style: Html = { markup: `<style>${STYLE}</style>` };
  const document = html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>${style}</head>
<body><main>${body}</main></body>
</html>`;
  const policy = [
    "default-src 'none'",
    `style-src ${STYLE_HASH}`,
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return { status, html: document.markup, policy };
}
