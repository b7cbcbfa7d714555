import type { Money, PayWith } from '@meterboard/contract';
import { checkCurrency, checkOrigins, isWebAddress, optionError } from '../option-error.ts';
import type {
  CustomTopUpOption,
  ResolvedTopUps,
  TopUpOptions,
  TopUpPackageOption,
  TopUpTermsOption,
} from './top-up-options.ts';

const ways: readonly PayWith[] = ['saved_card', 'hosted_page', 'embedded_page'];

/** Checks the host's top-ups and fills in the defaults. Throws an `Error` that says what to change. */
export function resolveTopUps(options: TopUpOptions): ResolvedTopUps {
  const payWith = checkWays(options.payWith ?? ['saved_card', 'hosted_page']);
  const automaticTax = options.automaticTax ?? false;
  if (automaticTax && payWith.includes('saved_card') && options.payWith) {
    throw optionError(
      "topUps.payWith has 'saved_card' while topUps.automaticTax is on.",
      'Stripe adds the tax on its payment pages only, so a saved card would be charged without it.',
      "Leave 'saved_card' out, or automaticTax.",
    );
  }
  return {
    packages: checkPackages(options.packages),
    custom: options.custom ? checkCustom(options.custom) : null,
    payWith: automaticTax ? payWith.filter((way) => way !== 'saved_card') : payWith,
    returnUrl: checkReturnUrl(options.returnUrl),
    allowedReturnOrigins: checkOrigins('topUps.allowedReturnOrigins', options.allowedReturnOrigins ?? []),
    conditions: checkConditions(options.conditions),
    automaticTax,
    promotionCodes: options.promotionCodes ?? false,
    invoices: options.invoices ?? false,
    offerToSaveCard: options.offerToSaveCard ?? (!automaticTax && payWith.includes('saved_card')),
  };
}

function checkWays(payWith: readonly PayWith[]): readonly PayWith[] {
  const unknown = payWith.find((way) => !ways.includes(way));
  if (unknown === undefined && payWith.length > 0 && payWith.some((way) => way !== 'saved_card'))
    return payWith;
  throw optionError(
    `topUps.payWith is ${JSON.stringify(payWith)}.`,
    'A saved card can be declined, or there is none: people need a payment page as well.',
    "List some of 'saved_card', 'hosted_page' and 'embedded_page', with at least one page among them.",
  );
}

function checkPackages(packages: readonly TopUpPackageOption[]): ResolvedTopUps['packages'] {
  const seen = new Set<string>();
  return packages.map((entry) => {
    checkPackage(entry);
    if (seen.has(entry.id)) {
      throw optionError(
        `topUps.packages has the id '${entry.id}' twice.`,
        'A purchase names its package by id.',
        'Give each package an id of its own.',
      );
    }
    seen.add(entry.id);
    return { ...entry, ...termsOf(entry), bonus: bonusOf(entry) };
  });
}

function termsOf({ category = 'paid', priority = 50 }: TopUpTermsOption) {
  return { category, priority } as const;
}

function bonusOf({ id, bonus, price, credit }: TopUpPackageOption): Money {
  const { currency } = credit;
  const isMore = price.currency === currency && credit.amountMinor > price.amountMinor;
  const found = bonus ?? { amountMinor: isMore ? credit.amountMinor - price.amountMinor : 0, currency };
  const { amountMinor } = found;
  if (
    found.currency === currency &&
    Number.isSafeInteger(amountMinor) &&
    amountMinor >= 0 &&
    amountMinor <= credit.amountMinor
  )
    return found;
  throw optionError(
    `the bonus of top-up package '${id}' is ${JSON.stringify(bonus)}.`,
    'It is a part of the credit.',
    "Use the credit's currency and at most its amount, or leave bonus out.",
  );
}

function checkPackage(entry: TopUpPackageOption): void {
  const { id, label } = entry;
  if (typeof id !== 'string' || !/^[\w.-]{1,100}$/.test(id)) {
    throw optionError(
      `topUps.packages has the id ${JSON.stringify(id)}.`,
      'It stands in requests and payments.',
      'Use 1 to 100 letters, digits, dots, dashes or underscores.',
    );
  }
  checkLabel(`top-up package '${id}'`, label);
  for (const part of ['price', 'credit'] as const) {
    const { amountMinor, currency } = entry[part];
    checkAmount(`the ${part} of top-up package '${id}' has an amountMinor`, amountMinor);
    checkCurrency(`the ${part} of top-up package '${id}'`, currency);
  }
  checkTerms(`top-up package '${id}'`, entry);
}

function checkCustom(custom: CustomTopUpOption): NonNullable<ResolvedTopUps['custom']> {
  const { minimumMinor, maximumMinor, stepMinor, currency, label = 'Credits' } = custom;
  checkCurrency('topUps.custom', currency);
  checkLabel('topUps.custom', label);
  checkTerms('topUps.custom', custom);
  const amounts = Object.entries({ minimumMinor, maximumMinor, stepMinor });
  for (const [name, amountMinor] of amounts) checkAmount(`topUps.custom has a ${name}`, amountMinor);
  const fits =
    minimumMinor <= maximumMinor && minimumMinor % stepMinor === 0 && maximumMinor % stepMinor === 0;
  if (fits && maximumMinor <= 99_999_999) return { ...custom, ...termsOf(custom), label };
  throw optionError(
    `topUps.custom goes from ${minimumMinor} to ${maximumMinor} in steps of ${stepMinor}.`,
    'Customers choose among the multiples of the step between the two, and Stripe takes at most 99999999.',
    'Make both of them multiples of stepMinor, the minimum first.',
  );
}

function checkLabel(what: string, label: unknown): void {
  if (typeof label === 'string' && label.trim() !== '' && label.length <= 100) return;
  throw optionError(
    `${what} has no usable label.`,
    'Customers read it on the button, the payment page and the grant.',
    'Use 1 to 100 characters.',
  );
}

function checkAmount(what: string, amountMinor: unknown): void {
  if (Number.isSafeInteger(amountMinor) && Number(amountMinor) > 0 && Number(amountMinor) <= 99_999_999)
    return;
  throw optionError(
    `${what} of ${JSON.stringify(amountMinor)}.`,
    'Amounts are whole counts of the minor unit.',
    'Use a positive integer of at most 99999999: 2000 with usd is 20.00 USD.',
  );
}

function checkTerms(
  what: string,
  { expiresAfterMonths: months, priority, category }: TopUpTermsOption,
): void {
  if (months !== undefined && !(Number.isInteger(months) && months >= 1 && months <= 120)) {
    throw optionError(
      `${what} has expiresAfterMonths of ${JSON.stringify(months)}.`,
      'Credits expire after whole calendar months.',
      'Use an integer from 1 to 120, or leave it out for credits that do not expire.',
    );
  }
  if (priority !== undefined && !(Number.isInteger(priority) && priority >= 0 && priority <= 100)) {
    throw optionError(
      `${what} has a priority of ${JSON.stringify(priority)}.`,
      'Stripe uses credits by it, 0 first.',
      'Use an integer from 0 to 100, or leave it out for 50.',
    );
  }
  if (category !== undefined && category !== 'paid' && category !== 'promotional') {
    throw optionError(
      `${what} has the category ${JSON.stringify(category)}.`,
      'Stripe knows two.',
      "Use 'paid' or 'promotional'.",
    );
  }
}

function checkReturnUrl(returnUrl: string | undefined): string | undefined {
  if (returnUrl === undefined || isWebAddress(returnUrl)) return returnUrl;
  throw optionError(
    `topUps.returnUrl is ${JSON.stringify(returnUrl)}.`,
    'The payment page sends people back there.',
    "Use a whole address such as 'https://app.example/billing'.",
  );
}

function checkConditions(conditions: TopUpOptions['conditions']): ResolvedTopUps['conditions'] {
  if (!conditions) return null;
  const { text = null, url = null } = conditions;
  if (url === null || (URL.canParse(url) && new URL(url).protocol === 'https:')) return { text, url };
  throw optionError(
    `topUps.conditions.url is ${JSON.stringify(url)}.`,
    'Customers follow it before they pay.',
    "Use an https address such as 'https://app.example/terms'.",
  );
}
