import type { DeclineReason, PublicError, TopUpStart } from '@meterboard/contract';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { topUpStatusWords } from '../i18n/top-up-status.ts';
import { MeterboardProvider } from '../provider/meterboard-provider.tsx';
import { createFixtureClient } from '../testing/index.ts';
import { ProblemNotice, type ProblemNoticeProps } from './problem-notice.tsx';

afterEach(cleanup);

const order = { packageId: 'small', payWith: 'saved_card' } as const;
const answer: TopUpStart = {
  ...{ sessionKey: 'customer', topUpId: 'top-up-1', state: 'open' },
  ...{ url: null, clientSecret: null, declined: null },
};

function renderNotice(rest: Partial<ProblemNoticeProps['topUp']>) {
  const start = vi.fn();
  const goOn = vi.fn();
  const topUp = { phase: 'idle' as const, next: null, order, error: null, start, goOn, ...rest };
  render(
    <MeterboardProvider client={createFixtureClient({ state: 'loading' })}>
      <ProblemNotice topUp={topUp} />
    </MeterboardProvider>,
  );
  return { start, goOn, text: document.body.textContent ?? '' };
}

function failure(code: PublicError['code']): PublicError {
  return { code, message: `words of the server for ${code}`, retryable: code === 'provider_unavailable' };
}

const named = (name: string) => screen.queryByRole('button', { name });

describe('ProblemNotice', () => {
  it.each(Object.keys(topUpStatusWords.declined) as DeclineReason[])(
    'has words of its own and a next step for %s',
    (declined) => {
      const { start, text } = renderNotice({ phase: 'declined', next: { ...answer, declined } });
      expect(screen.getByRole('alert').textContent).toContain(topUpStatusWords.declined[declined]);
      expect(text).toContain('Nothing was charged.');
      fireEvent.click(screen.getByRole('button', { name: 'Pay another way' }));
      expect(start).toHaveBeenCalledWith({ packageId: 'small', payWith: 'hosted_page' });
    },
  );

  it('says no reason twice', () => {
    const words = Object.values(topUpStatusWords.declined);
    expect(new Set(words).size).toBe(words.length);
  });

  it('goes on where the bank waits when it wants to know that it is they', () => {
    const next: TopUpStart = { ...answer, declined: 'authentication_required', url: 'https://pay.example/1' };
    const { goOn } = renderNotice({ phase: 'declined', next });
    fireEvent.click(screen.getByRole('button', { name: 'Confirm with your bank' }));
    expect(goOn).toHaveBeenCalledWith('https://pay.example/1');
    expect(named('Pay another way')).toBeNull();
  });

  it('offers the card again where the bank could not be reached', () => {
    const { start } = renderNotice({ phase: 'declined', next: { ...answer, declined: 'try_again' } });
    fireEvent.click(screen.getByRole('button', { name: 'Try the card again' }));
    expect(start).toHaveBeenCalledWith(order);
  });

  it.each(['provider_unavailable', 'internal'] as const)(
    'never says that nothing was charged when the answer to a charge was lost (%s)',
    (code) => {
      const { start, text } = renderNotice({ error: failure(code) });
      expect(text).toContain('could not learn whether the card was charged');
      expect(text).not.toContain('Nothing was charged');
      fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
      expect(start).toHaveBeenCalledWith(order);
    },
  );

  it('says what the server says of other refusals', () => {
    expect(renderNotice({ error: failure('payment_declined') }).text).toContain('for payment_declined');
  });

  it.each([
    ['there is no problem', {}],
    ['it is being tried again', { phase: 'starting' as const, error: failure('internal') }],
  ])('renders nothing while %s', (_, rest) => {
    expect(renderNotice(rest).text).toBe('');
  });
});
