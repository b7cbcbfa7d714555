'use client';
import { formatExact, formatQuantity } from '../format/quantity.ts';
import { usageWords } from '../i18n/usage.ts';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';

export interface AmountProps {
  /** Decimal string, or `null` for a figure that is not known. */
  quantity: string | null;
  unit?: string | null;
}

/** A quantity, shortened where it is long. Renders `<data>`, whose `value` is the decimal string and whose title is exact. */
export function Amount({ quantity, unit }: AmountProps) {
  const { locale } = useMeterboard();
  const m = useWords(usageWords);
  if (quantity === null) return <span title={m.unknown}>–</span>;
  return (
    <>
      <data value={quantity} title={formatExact(quantity, locale)}>
        {formatQuantity(quantity, locale)}
      </data>
      {unit ? ` ${unit}` : null}
    </>
  );
}
