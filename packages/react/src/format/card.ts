import type { SavedCard } from '@meterboard/contract';

const brands: Record<string, string> = {
  visa: 'Visa',
  mastercard: 'Mastercard',
  amex: 'American Express',
  discover: 'Discover',
  diners: 'Diners Club',
  jcb: 'JCB',
  unionpay: 'UnionPay',
  cartes_bancaires: 'Cartes Bancaires',
  eftpos_au: 'eftpos',
};

/** A network's name as it is written on its cards; one that is not known with a capital. */
export function formatBrand(brand: string): string {
  return brands[brand] ?? brand.replaceAll('_', ' ').replace(/^./, (first) => first.toUpperCase());
}

/** As it stands on the card: "08/27". */
export function formatExpiry({ expiryMonth, expiryYear }: SavedCard): string {
  const two = (figure: number) => String(figure % 100).padStart(2, '0');
  return `${two(expiryMonth)}/${two(expiryYear)}`;
}
