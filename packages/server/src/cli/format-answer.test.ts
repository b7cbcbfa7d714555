import { describe, expect, it } from 'vitest';
import { formatAnswer, formatParked, formatSetup } from './format-answer.ts';

describe('an answer for people', () => {
  it.each([
    ['nothing', null, 'Done.'],
    ['an empty list', [], 'Nothing.'],
    ['an empty object', {}, 'Nothing.'],
    ['a word', 'settled', 'settled'],
    ['counts', { queued: 2, byState: { parked: 2 } }, 'queued   2\n\nbyState:\n  parked   2'],
    [
      'a table',
      [
        { id: 'a', atMs: Date.parse('2026-11-26T09:30:00Z'), reason: null },
        { id: 'bcd', atMs: 0, reason: 'x' },
      ],
      'id    at                         reason\na     2026-11-26T09:30:00.000Z   -\nbcd   1970-01-01T00:00:00.000Z   x',
    ],
    ['money', { price: { amountMinor: 1000, currency: 'usd' } }, 'price   1000 usd (minor units)'],
    ['an object with a list', { id: 'a', payments: [{ n: 1 }] }, 'id   a\n\npayments:\n  n\n  1'],
    ['an instant that is none', { atMs: 1e20 }, 'at   100000000000000000000'],
  ])('%s', (_, answer, text) => {
    expect(formatAnswer(answer)).toBe(text);
  });

  it('lets nothing from outside command the terminal', () => {
    expect(formatAnswer([{ reason: '\u001b[2Jgone\nforged   row' }])).toBe('reason\n [2Jgone forged   row');
  });

  it('says what to do about parked events, where there are any', () => {
    expect(formatParked([])).toBe('Nothing.');
    expect(formatParked([{ eventId: 'evt_1' }])).toContain('webhooks replay');
  });

  it('shows a plan, its outcome, and secrets with the variables they belong in', () => {
    const planned = formatSetup({
      livemode: false,
      steps: [
        { kind: 'create', outcome: 'planned', words: 'Make it.' },
        { kind: 'problem', outcome: 'none', words: 'Odd.' },
      ],
      secrets: [],
    });
    expect(planned).toContain(
      'Stripe: test mode\n\n[to do]    Make it.\n[problem]  Odd.\n\nNothing of what is planned was written',
    );
    const applied = formatSetup({
      livemode: true,
      steps: [{ kind: 'create', outcome: 'applied', words: 'Make it.' }],
      secrets: [{ payload: 'thin', secret: 'whsec_1' }],
    });
    expect(applied).toContain('live mode');
    expect(applied).toContain('  STRIPE_THIN_WEBHOOK_SECRET=whsec_1');
    expect(applied).not.toContain('--yes');
  });
});
