/** An option that cannot work: what is wrong, why it matters, how to put it right. */
export function optionError(what: string, why: string, how: string): Error {
  return new Error(`createMeterboard: ${what} ${why} ${how}`);
}

/** Rejects anything but a currency in Stripe's spelling. */
export function checkCurrency(what: string, currency: unknown): void {
  if (typeof currency === 'string' && /^[a-z]{3}$/.test(currency)) return;
  throw optionError(
    `${what} has the currency ${JSON.stringify(currency)}.`,
    'Stripe writes currencies in lower case.',
    "Use three lower-case letters, for example 'usd'.",
  );
}

/** Whether it is an http(s) address. */
export function isWebAddress(address: string): boolean {
  return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
}

/** Rejects what browsers would not send as an origin. */
export function checkOrigins(option: string, origins: readonly string[]): readonly string[] {
  for (const origin of origins) {
    if (isWebAddress(origin) && new URL(origin).origin === origin) continue;
    throw optionError(
      `${option} has ${JSON.stringify(origin)}.`,
      'Origins are compared as browsers send them.',
      "Use scheme, host and port only, for example 'https://app.example'.",
    );
  }
  return origins;
}
