import { describe, expect, it } from 'vitest';
import { timeZone } from './measured.ts';
import { topUpStatusInput } from './top-ups.ts';

describe('timeZone', () => {
  it.each(['UTC', 'Europe/Budapest', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'EST5EDT'])(
    'takes %s',
    (name) => {
      expect(timeZone.safeParse(name).success).toBe(true);
    },
  );

  it.each(['+05:30', '-00:00', '+0530', '+05', 'Mars/Olympus', '', ' UTC', 'Europe/Budapest\n'])(
    'refuses %j, which is no name of a zone',
    (name) => {
      expect(timeZone.safeParse(name).success).toBe(false);
    },
  );
});

describe('topUpStatusInput', () => {
  it.each([
    [`tu_${'aB3_-'.repeat(9).slice(0, 43)}`, true],
    [`tu_${'a'.repeat(42)}`, false],
    [`tu_${'a'.repeat(44)}`, false],
    ['cs_test_a1b2c3', false],
    [`tu_${'a'.repeat(42)}/`, false],
  ])('takes only ids that the server makes: %s is %s', (topUpId, taken) => {
    expect(topUpStatusInput.safeParse({ topUpId }).success).toBe(taken);
  });
});
