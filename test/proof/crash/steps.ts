import type { KillPoint } from './kill-point.ts';

/** What is going on when the process is killed. */
export type Story = 'page' | 'charge' | 'grant' | 'refund' | 'part refund';

/** A named step of a story, and where that is: at a statement, or at a call to Stripe, before or after its effect. */
export interface KillStep {
  name: string;
  story: Story;
  statement?: KillPoint;
  call?: { path: RegExp; when: 'before' | 'after' };
}

const at = (name: string, story: Story, when: 'before' | 'after', ...path: string[]): KillStep => ({
  name,
  story,
  statement: { path, when },
});
const call = (name: string, story: Story, when: 'before' | 'after', path: RegExp): KillStep => ({
  name,
  story,
  call: { path, when },
});

const purchase = 'insert into "meterboard"."top_ups"';
const payment = 'insert into "meterboard"."top_up_payments"';
const paymentChange = 'update "meterboard"."top_up_payments" set';
const grant = 'insert into "meterboard"."credit_grants"';
const grantChange = 'update "meterboard"."credit_grants" set "state"';
const event = 'insert into "meterboard"."webhook_events"';
const eventChange = 'update "meterboard"."webhook_events" set "state"';
const sent = 'set "sent_at_ms"';
const commit = '^commit';
const pages = /^\/v1\/checkout\/sessions$/;
const charges = /^\/v1\/payment_intents$/;
const grants = /^\/v1\/billing\/credit_grants$/;
const voiding = /^\/v1\/billing\/credit_grants\/\w+\/void$/;

/** Every step between a click and a credit, and between a refund and what it takes back. */
export const killSteps: readonly KillStep[] = [
  at('start: before the purchase is written', 'page', 'before', purchase),
  at('start: the purchase is written and not committed', 'page', 'before', purchase, commit),
  at('start: the purchase is committed', 'page', 'after', purchase, commit),
  at('start: the payment is planned and not committed', 'page', 'before', payment, commit),
  at('start: the payment is planned', 'page', 'after', payment, commit),
  at('start: the call is noted', 'page', 'after', `${paymentChange}.*sent_at_ms`),
  call('start: before Stripe makes the page', 'page', 'before', pages),
  call('start: Stripe has made the page', 'page', 'after', pages),
  at('start: the page is noted', 'page', 'after', `${paymentChange}.*"payment_id"`),
  at('charge: it is planned', 'charge', 'after', payment, commit),
  at('charge: the call is noted', 'charge', 'after', `${paymentChange}.*sent_at_ms`),
  call('charge: before Stripe charges', 'charge', 'before', charges),
  call('charge: Stripe has charged', 'charge', 'after', charges),
  at('charge: it is noted', 'charge', 'after', `${paymentChange}.*"payment_id"`),
  at('webhook: before it is stored', 'grant', 'before', event),
  at('webhook: stored and not committed', 'grant', 'before', event, commit),
  at('webhook: stored and not acknowledged', 'grant', 'after', event, commit),
  at('settle: the grant is decided and not committed', 'grant', 'before', grant, commit),
  at('settle: the grant is decided', 'grant', 'after', grant, commit),
  at('grant: the call is noted', 'grant', 'after', `"credit_grants" ${sent}`),
  call('grant: before Stripe makes it', 'grant', 'before', grants),
  call('grant: Stripe has made it', 'grant', 'after', grants),
  at('grant: it is noted and not committed', 'grant', 'before', grantChange, commit),
  at('grant: it is noted', 'grant', 'after', grantChange, commit),
  at('webhook: handled and not done', 'grant', 'before', eventChange),
  at('webhook: done and the job not', 'grant', 'after', eventChange),
  at('refund: taking back is decided and not committed', 'refund', 'before', grantChange, commit),
  at('refund: taking back is decided', 'refund', 'after', grantChange, commit),
  call('refund: before Stripe voids', 'refund', 'before', voiding),
  call('refund: Stripe has voided', 'refund', 'after', voiding),
  at(
    'refund: taken back, noted and not committed',
    'refund',
    'before',
    `${grantChange}.*taken_back_minor`,
    commit,
  ),
  at('refund: taken back and noted', 'refund', 'after', `${grantChange}.*taken_back_minor`, commit),
  at('part refund: the rest is decided', 'part refund', 'after', grant, commit),
  call('part refund: before Stripe makes the rest', 'part refund', 'before', grants),
  call('part refund: Stripe has made the rest', 'part refund', 'after', grants),
  at('part refund: the rest is noted', 'part refund', 'after', `${grantChange}.*"grant_id"`, commit),
];
