import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AttemptScope, attemptFor, endAttempt, endAttemptOf, nameAttempt } from './attempts.ts';

const small: AttemptScope = { sessionKey: 'customer-a', offer: 'package:small' };

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 22) });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  localStorage.clear();
  sessionStorage.clear();
});

describe('attempts', () => {
  it('are the same for the same customer and offer, and another for each other', () => {
    const id = attemptFor(small);
    expect(id).toMatch(/^[A-Za-z0-9_-]{8,100}$/);
    expect(attemptFor({ ...small })).toBe(id);
    const others = [
      { ...small, sessionKey: 'customer-b' },
      { ...small, offer: 'package:large' },
      { ...small, offer: 'amount:2000' },
      { ...small, offer: 'amount:2500' },
    ].map(attemptFor);
    expect(new Set([id, ...others]).size).toBe(5);
  });

  it('are shared by all tabs: they lie in what tabs share', () => {
    const id = attemptFor(small);
    sessionStorage.clear();
    expect(attemptFor(small)).toBe(id);
    expect(JSON.stringify({ ...localStorage })).toContain(id);
  });

  it('end on their own, and begin anew', () => {
    const id = attemptFor(small);
    endAttempt({ ...small, offer: 'package:large' });
    expect(attemptFor(small)).toBe(id);
    endAttempt(small);
    expect(attemptFor(small)).not.toBe(id);
  });

  it('end by the name that the server gave, and only that one: a second identical purchase stands', () => {
    const first = attemptFor(small);
    nameAttempt(small, 'top-up-1');
    const large = attemptFor({ ...small, offer: 'package:large' });
    endAttemptOf('top-up-1');
    const second = attemptFor(small);
    expect(second).not.toBe(first);
    endAttemptOf('top-up-1');
    expect(attemptFor(small)).toBe(second);
    expect(attemptFor({ ...small, offer: 'package:large' })).toBe(large);
  });

  it('last a day, and are swept when they are older', () => {
    const id = attemptFor(small);
    vi.setSystemTime(Date.UTC(2026, 10, 22, 23, 59));
    expect(attemptFor(small)).toBe(id);
    vi.setSystemTime(Date.UTC(2026, 10, 23));
    expect(attemptFor({ ...small, sessionKey: 'customer-b' })).not.toBe(id);
    expect(localStorage).toHaveLength(1);
    expect(attemptFor(small)).not.toBe(id);
  });

  it('take no rubbish for an id', () => {
    for (const rubbish of ['', '{}', '"x"', '{"id":"<script>","mintedAtMs":0}', 'null']) {
      localStorage.setItem('meterboard:attempt:customer-a:package:small', rubbish);
      expect(attemptFor(small)).toMatch(/^attempt-/);
    }
  });

  it('leave what others keep in the browser alone', () => {
    localStorage.setItem('theme', 'dark');
    attemptFor(small);
    endAttemptOf('top-up-1');
    expect(localStorage.getItem('theme')).toBe('dark');
  });

  it.each([
    ['nothing that tabs share', ['localStorage']],
    ['nothing at all', ['localStorage', 'sessionStorage']],
  ])('stay the same where the browser keeps %s', (_, forbidden) => {
    for (const name of forbidden) {
      vi.stubGlobal(name, {
        setItem: () => {
          throw new DOMException('forbidden', 'SecurityError');
        },
      });
    }
    const id = attemptFor(small);
    expect(attemptFor(small)).toBe(id);
    nameAttempt(small, 'top-up-1');
    endAttemptOf('top-up-1');
    expect(attemptFor(small)).not.toBe(id);
    endAttempt(small);
  });
});
