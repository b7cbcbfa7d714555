import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { createPriceBook } from './prices.ts';

/** Nobody listens there: whatever the book does not know fails. */
const unreachable = new Stripe('sk_test_prices', {
  host: '127.0.0.1',
  port: 1,
  protocol: 'http',
  maxNetworkRetries: 0,
  telemetry: false,
});

describe('the price book', () => {
  it('forgets none by noting the same one again, and the one noted longest ago by noting one more', async () => {
    const book = createPriceBook(unreachable);
    for (let index = 0; index < 1000; index += 1) book.noteMeter(`price_${index}`, `meter_${index}`);
    for (let time = 0; time < 5; time += 1) book.noteMeter('price_999', 'meter_999');
    expect(await book.meterOf('price_0')).toBe('meter_0');
    book.noteMeter('price_0', 'meter_0');
    book.noteMeter('price_1000', null);
    expect([await book.meterOf('price_0'), await book.meterOf('price_1000')]).toEqual(['meter_0', null]);
    await expect(book.meterOf('price_1')).rejects.toThrow();
  });
});
