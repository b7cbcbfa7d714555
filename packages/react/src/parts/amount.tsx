'use client';
import { formatExact, formatQuantity, type Measure } from '../format/quantity.ts';
import { usageWords } from '../i18n/usage.ts';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';

export interface AmountProps {
  /** Decimal string, or `null` for a figure that is not known. */
  quantity: string | null;
  meter: Measure;
  /** With the unit, where there is one. */
  hasUnit?: boolean;
}

/** A quantity, shortened where it is long. Renders `<data>`, whose `value` is the decimal string and whose title is exact. */
export function Amount({ quantity, meter, hasUnit }: AmountProps) {
  const { print } = useMeterboard();
  const m = useWords(usageWords);
  if (quantity === null) return <span title={m.unknown}>–</span>;
  return (
    <>
      <data value={quantity} title={print(quantity, meter, formatExact)}>
        {print(quantity, meter, formatQuantity)}
      </data>
      {hasUnit && meter.unit ? ` ${meter.unit}` : null}
    </>
  );
}
