const cache = new Map<string, unknown>();

/** The value made for this key before, else a new one: formatters of `Intl` are slow to make. Keeps a few hundred. */
export function remember<T>(key: string, make: () => T): T {
  let made = cache.get(key) as T | undefined;
  if (made === undefined) {
    made = make();
    if (cache.size > 300) cache.clear();
    cache.set(key, made);
  }
  return made;
}

export function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return remember(`n${locale}${JSON.stringify(options)}`, () => new Intl.NumberFormat(locale, options));
}

/** Formats a decimal string exactly (never through binary floating point), with a true minus sign. */
export function formatDecimal(format: Intl.NumberFormat, decimal: string): string {
  return format.format(decimal as Intl.StringNumericLiteral).replace('-', '\u2212');
}
