export interface Decline {
  code: string;
  declineCode: string;
  message: string;
}

export type MethodType = 'card' | 'sepa_debit' | 'us_bank_account';
/** What a dispute is: a chargeback for one of two reasons, a question only, or one that was settled beforehand. */
export const DISPUTE_KINDS = ['fraudulent', 'inquiry', 'prevented', 'product_not_received'] as const;
export type DisputeKind = (typeof DISPUTE_KINDS)[number];

/** One of Stripe's test numbers, and what paying with it does. */
export interface TestMethod {
  /** The card number, the account number or the IBAN. */
  number: string;
  type: MethodType;
  brand: string;
  funding: 'credit' | 'debit';
  /** Names that work wherever a payment method id is taken. */
  aliases: readonly string[];
  /** Why a charge fails; for a bank debit it fails when it settles. Null: it succeeds. */
  decline: Decline | null;
  /** True when already attaching it to a customer is declined. */
  refusesAttach: boolean;
  /** When the cardholder has to authenticate. `until_set_up`: off session only before it was set up for that. */
  authentication: 'always' | 'never' | 'until_set_up';
  dispute: DisputeKind | null;
  refund: 'fails_later' | 'pending_first' | 'succeeds';
}

const decline = (code: string, declineCode: string, message: string): Decline => ({
  code,
  declineCode,
  message,
});
const GENERIC = decline('card_declined', 'generic_decline', 'Your card was declined.');
const FUNDS = decline('card_declined', 'insufficient_funds', 'Your card has insufficient funds.');

/** Stripe's words for a payment that cannot go on because nobody is there to authenticate. */
export const AUTHENTICATION_REQUIRED = decline(
  'authentication_required',
  'authentication_required',
  'Your card was declined. This transaction requires authentication.',
);

function card(number: string, names: string, more: Partial<TestMethod> = {}): TestMethod {
  const aliases = names
    .split(' ')
    .flatMap((name) =>
      name.startsWith('pm_card_')
        ? [name, name.replace('pm_card_', 'tok_')]
        : [`pm_card_${name}`, `tok_${name}`],
    );
  return {
    number,
    type: 'card',
    brand: 'visa',
    funding: 'credit',
    aliases,
    decline: null,
    refusesAttach: false,
    authentication: 'never',
    dispute: null,
    refund: 'succeeds',
    ...more,
  };
}

const declined = (number: string, names: string, reason: Decline): TestMethod =>
  card(number, names, { decline: reason, refusesAttach: true });

function debit(type: MethodType, number: string, alias: string, more: Partial<TestMethod> = {}): TestMethod {
  return { ...card(number, '', { type, brand: 'bank', funding: 'debit', ...more }), aliases: [alias] };
}

const failing = (code: string, message: string): Partial<TestMethod> => ({
  decline: decline(code, code, message),
});

/** The first one is a card that simply works. */
export const testMethods: readonly TestMethod[] = [
  card('4242424242424242', 'visa'),
  card('4000056655665556', 'visa_debit', { funding: 'debit' }),
  card('5555555555554444', 'mastercard', { brand: 'mastercard' }),
  card('378282246310005', 'amex', { brand: 'amex' }),
  card('6011111111111117', 'discover', { brand: 'discover' }),
  declined('4000000000000002', 'chargeDeclined visa_chargeDeclined', GENERIC),
  declined('4000000000009995', 'chargeDeclinedInsufficientFunds visa_chargeDeclinedInsufficientFunds', FUNDS),
  declined(
    '4000000000009987',
    'visa_chargeDeclinedLostCard',
    decline('card_declined', 'lost_card', 'Your card was declined.'),
  ),
  declined(
    '4000000000009979',
    'visa_chargeDeclinedStolenCard',
    decline('card_declined', 'stolen_card', 'Your card was declined.'),
  ),
  declined(
    '4000000000006975',
    'chargeDeclinedVelocityLimitExceeded visa_chargeDeclinedVelocityLimitExceeded',
    decline(
      'card_declined',
      'card_velocity_exceeded',
      'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
    ),
  ),
  declined(
    '4100000000000019',
    'chargeDeclinedFraudulent',
    decline('card_declined', 'fraudulent', 'Your card was declined.'),
  ),
  declined(
    '4000000000000069',
    'chargeDeclinedExpiredCard',
    decline('expired_card', 'expired_card', 'Your card has expired.'),
  ),
  declined(
    '4000000000000127',
    'chargeDeclinedIncorrectCvc',
    decline('incorrect_cvc', 'incorrect_cvc', "Your card's security code is incorrect."),
  ),
  declined(
    '4000000000000119',
    'chargeDeclinedProcessingError',
    decline(
      'processing_error',
      'processing_error',
      'An error occurred while processing your card. Try again in a little bit.',
    ),
  ),
  card('4000000000000341', 'chargeCustomerFail', { decline: GENERIC }),
  card('4000002760003184', 'authenticationRequired', { authentication: 'always' }),
  card('4000000000003220', 'threeDSecure2Required', { authentication: 'always' }),
  card('4000002500003155', 'authenticationRequiredOnSetup', { authentication: 'until_set_up' }),
  card('4000008260003178', 'authenticationRequiredChargeDeclinedInsufficientFunds', {
    authentication: 'always',
    decline: FUNDS,
  }),
  card('4000000000000259', 'createDispute', { dispute: 'fraudulent' }),
  card('4000000000002685', 'createDisputeProductNotReceived', { dispute: 'product_not_received' }),
  card('4000000000001976', 'createDisputeInquiry', { dispute: 'inquiry' }),
  card('4000000000005126', 'refundFail', { refund: 'fails_later' }),
  card('4000000000007726', 'pendingRefund', { refund: 'pending_first' }),
  debit('us_bank_account', '000123456789', 'pm_usBankAccount_success'),
  debit(
    'us_bank_account',
    '000111111113',
    'pm_usBankAccount_accountClosed',
    failing('account_closed', "The customer's bank account has been closed."),
  ),
  debit(
    'us_bank_account',
    '000111111116',
    'pm_usBankAccount_noAccount',
    failing('no_account', 'The bank account could not be located.'),
  ),
  debit(
    'us_bank_account',
    '000222222227',
    'pm_usBankAccount_insufficientFunds',
    failing('insufficient_funds', "The customer's account has insufficient funds to cover this payment."),
  ),
  debit(
    'us_bank_account',
    '000333333335',
    'pm_usBankAccount_debitNotAuthorized',
    failing(
      'debit_not_authorized',
      'The customer has notified their bank that this payment was unauthorized.',
    ),
  ),
  debit('us_bank_account', '000555555559', 'pm_usBankAccount_dispute', { dispute: 'fraudulent' }),
  debit('sepa_debit', 'AT611904300234573201', 'pm_success_at'),
  debit('sepa_debit', 'AT321904300235473204', 'pm_successDelayed_at'),
  debit('sepa_debit', 'DE89370400440532013000', 'pm_success_de'),
  debit(
    'sepa_debit',
    'AT861904300235473202',
    'pm_failed_at',
    failing('insufficient_funds', "The customer's account has insufficient funds to cover this payment."),
  ),
  debit(
    'sepa_debit',
    'DE62370400440532013001',
    'pm_failed_de',
    failing('insufficient_funds', "The customer's account has insufficient funds to cover this payment."),
  ),
  debit(
    'sepa_debit',
    'IT60X0542811101000000123456',
    'pm_failed_it',
    failing('insufficient_funds', "The customer's account has insufficient funds to cover this payment."),
  ),
  debit('sepa_debit', 'AT591904300235473203', 'pm_dispute_at', { dispute: 'fraudulent' }),
];

const byNumber = new Map(testMethods.map((method) => [method.number, method]));
const byAlias = new Map(testMethods.flatMap((method) => method.aliases.map((alias) => [alias, method])));

/** The test method behind a number; undefined for a number that Stripe's test mode does not know. */
export function testMethodOf(number: string): TestMethod | undefined {
  return byNumber.get(number.replaceAll(/[\s-]/g, ''));
}

/** The test method behind `pm_card_visa`, `tok_visa` and their like. */
export function testMethodNamed(alias: string): TestMethod | undefined {
  return byAlias.get(alias);
}
