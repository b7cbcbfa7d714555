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
  --surface: light-dark(#fff, #1b1e29); --line: light-dark(#dfe3ec, #32374a); --accent: light-dark(#4b45d6, #a5a1ff); --bad: light-dark(#b3261e, #ffb4ab); --control: light-dark(#757d93, #8b93a8); --on-accent: light-dark(#fff, #14122e); }
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
fieldset { margin: 0 0 16px; padding: 0; border: 1px solid var(--line); border-radius: 10px; min-width: 0; }
legend { margin-left: 10px; padding: 0 6px; font-weight: 600; }
.choice { display: flex; gap: 12px; align-items: start; min-height: 44px; padding: 10px 14px; cursor: pointer; }
.choice + .choice { border-top: 1px solid var(--line); }
.choice input { flex: none; width: 20px; height: 20px; margin: 2px 0 0; accent-color: var(--accent); }
.alone { margin-bottom: 12px; padding-left: 0; }
.alert { padding: 10px 14px; border: 1px solid var(--bad); border-radius: 10px; color: var(--bad); }
.second { margin-top: 10px; background: transparent; color: var(--ink); border: 1px solid var(--control); }
form.row { display: flex; gap: 10px; margin: 6px 0 16px; }
input[type=text] { flex: 1; min-width: 0; min-height: 44px; padding: 8px 14px; border: 1px solid var(--control); border-radius: 10px; background: transparent; color: var(--ink); font: inherit; }
.small { width: auto; min-height: 44px; padding: 8px 14px; background: transparent; color: var(--ink); border: 1px solid var(--control); }
h2 { margin: 24px 0 8px; font-size: 18px; line-height: 24px; }
ul { margin: 0 0 12px; padding: 0; list-style: none; }
li { padding: 10px 0; border-bottom: 1px solid var(--line); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`;

const STYLE_HASH = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

/** What a page's policy allows beyond its own style. */
export interface PageReach {
  /** Origins that a form of the page may end at, besides its own. */
  formTargets?: readonly string[];
  /** True for a page that other sites show in a frame. */
  framed?: boolean;
}

/** A whole page under a policy that allows only its own style, and forms to itself and to `formTargets`. */
export function page(status: number, title: string, body: Html, reach: PageReach = {}): PageAnswer {
  const { formTargets = [], framed = false } = reach;
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
    `frame-ancestors ${framed ? '*' : "'none'"}`,
  ].join('; ');
  return { status, html: document.markup, policy };
}

/** Sends the browser somewhere else with a GET. */
export function redirect(redirectTo: string): PageAnswer {
  return { status: 303, html: '', policy: '', redirectTo };
}

/** A 404 page in plain words. */
export function nothingHere(reason: string): PageAnswer {
  return page(404, 'Not found', html`<h1>Not found</h1><p>${reason}</p>`);
}
