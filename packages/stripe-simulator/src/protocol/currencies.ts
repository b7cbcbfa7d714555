/**
 * The ISO codes that Stripe takes, in the order of its error message. Source: that message, as clients of the API have
 * recorded it ("Invalid currency: … Stripe currently supports these currencies: usd, aed, …"), which agrees with
 * https://docs.stripe.com/currencies; without the stablecoin `usdc`, which it names too.
 */
const CODES = `
  usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn
  bzd cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf
  gtq gyd hkd hnl hrk htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp
  lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab
  pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl thb tjs
  tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw btn ghs eek lvl
  svc vef ltl sll mro
`
  .trim()
  .split(/\s+/);

const KNOWN = new Set(CODES);

/** Whether Stripe takes a currency, given in lower case. */
export function isCurrency(code: string): boolean {
  return KNOWN.has(code);
}

/** What Stripe says to any other. */
export function unknownCurrency(code: string): string {
  return `Invalid currency: ${code}. Stripe currently supports these currencies: ${CODES.join(', ')}`;
}
