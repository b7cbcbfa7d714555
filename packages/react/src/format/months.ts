/** "12 months", in the reader's grammar. */
export function formatMonths(months: number, language: string): string {
  return new Intl.NumberFormat(language, { style: 'unit', unit: 'month', unitDisplay: 'long' }).format(
    months,
  );
}
