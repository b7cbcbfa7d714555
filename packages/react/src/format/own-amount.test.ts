import type { CustomTopUp } from '@meterboard/contract';
import { describe, expect, it } from 'vitest';
import { type OwnAmountProblem, readOwnAmount } from './own-amount.ts';

const money = (amountMinor: number) => ({ amountMinor, currency: 'usd' });
const offer: CustomTopUp = {
  category: 'paid',
  expiresAfterMonths: 12,
  minimum: money(1000),
  maximum: money(50_000),
  step: money(500),
};

describe('readOwnAmount', () => {
  it.each<[string, number | null, OwnAmountProblem | null]>([
    ['', null, null],
    ['  ', null, null],
    ['10', 1000, null],
    ['9.99', null, 'below'],
    ['12', null, 'off_step'],
    ['12.5', null, 'off_step'],
    ['15', 1500, null],
    ['500', 50_000, null],
    ['500.01', null, 'above'],
    ['ten', null, 'unreadable'],
  ])('reads %j', (text, amountMinor, problem) => {
    expect(readOwnAmount(text, offer, 'en')).toEqual({ amountMinor, problem });
  });
});
