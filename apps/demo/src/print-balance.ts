import { createBilling } from './billing.ts';
import { startStripe } from './stripe.ts';

/** Calls the same procedures as the dashboard, without React and without HTTP. */
const { stripe, customers, nowMs, close } = await startStripe({
  stripeSecretKey: undefined,
  frozenAtMs: undefined,
});
const billing = createBilling({ stripe, nowMs, identify: () => null });

for (const { id, name } of customers) {
  const { balances } = await billing.createCaller({ customerId: id }).credits.balance();
  for (const { currency, balance, onDrafts, unbilled, remaining, status } of balances) {
    const [has, drafts, used, left] = [balance, onDrafts, unbilled, remaining].map((money) =>
      (money.amountMinor / 100).toFixed(2),
    );
    console.log(
      `${name}: ${has} − ${drafts} − ${used} = ${left} ${currency.toUpperCase()} remaining (${status})`,
    );
  }
}
await billing.close();
await close();
