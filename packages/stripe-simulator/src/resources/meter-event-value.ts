const MAX_SIGNIFICANT_DIGITS = 15;

/** What is wrong with a meter event's value, in Stripe's codes. */
export interface ValueFlaw {
  code: 'meter_event_invalid_value' | 'meter_event_value_too_many_digits';
  message: string;
}

/** A usable value: safe integers as numbers, everything else as its exact decimal text. */
export type EventValue = { value: number | string; flaw: null } | { value: null; flaw: ValueFlaw };

/**
 * Reads a value of at most 15 significant digits. Zeros at the end of a whole number are not significant, but count
 * towards the magnitude: there are at most 15 digits before the point (assumption).
 */
export function readEventValue(
  text: string | undefined,
  options: { param: string; decimals: boolean },
): EventValue {
  if (text === undefined || text === '')
    return invalid(`Missing required value: the meter expects it in ${options.param}.`);
  if (!/^-?\d{1,40}(\.\d{1,40})?$/.test(text))
    return invalid(`Invalid value: ${text.slice(0, 40)}. The value must be a number.`);
  if (!options.decimals && text.includes('.'))
    return invalid(`Invalid value: ${text.slice(0, 40)}. The value must be a whole number.`);
  if (Math.max(significantDigits(text), wholeDigits(text)) > MAX_SIGNIFICANT_DIGITS) {
    return {
      value: null,
      flaw: {
        code: 'meter_event_value_too_many_digits',
        message: `The value can have at most ${MAX_SIGNIFICANT_DIGITS} significant digits.`,
      },
    };
  }
  const number = Number(text);
  return { value: Number.isSafeInteger(number) && !text.includes('.') ? number : text, flaw: null };
}

function invalid(message: string): EventValue {
  return { value: null, flaw: { code: 'meter_event_invalid_value', message } };
}

function significantDigits(text: string): number {
  const digits = text.replace(/^-?0*|\./g, '');
  return (text.includes('.') ? digits.replace(/^0+/, '') : digits.replace(/^0+|0+$/g, '')).length;
}

function wholeDigits(text: string): number {
  return text.replace(/^-?0*|\..*$/g, '').length;
}
