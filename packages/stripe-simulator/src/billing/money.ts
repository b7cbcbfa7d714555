import Big from 'big.js';

const ZERO_DECIMAL = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf'.split(' '));
const THREE_DECIMAL = new Set('bhd jod kwd omr tnd'.split(' '));

/** How many digits a currency has after the point: 0, 2 or 3. */
export function minorDigits(currency: string): number {
  return ZERO_DECIMAL.has(currency) ? 0 : THREE_DECIMAL.has(currency) ? 3 : 2;
}

/** An amount of minor units in words for people (`$20.00`, `$0.00025`): exact, with at least the currency's digits. */
export function formatAmount(amountMinor: number | string, currency: string): string {
  const digits = minorDigits(currency);
  const major = shiftLeft(new Big(amountMinor), digits);
  const format = new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency: currency.toUpperCase(),
    minimumFractionDigits: digits,
    maximumFractionDigits: 15,
  });
  return format.format(major);
}

function shiftLeft(amount: Big, digits: number): `${number}` {
  const scaled = amount.times(new Big(10).pow(-digits));
  return scaled.toFixed() as `${number}`;
}

const MINIMUM_CHARGES: Readonly<Record<string, number>> = {
  aed: 200,
  aud: 50,
  bgn: 100,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1_500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17_500,
  inr: 50,
  jpy: 50,
  mxn: 1_000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1_000,
  usd: 50,
};

/** The least that can be charged in a currency, in minor units; 0 where Stripe names none. */
export function minimumCharge(currency: string): number {
  return MINIMUM_CHARGES[currency] ?? 0;
}
