import type { Insertable, Updateable } from 'kysely';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { describeStores } from '../testing/describe-stores.ts';
import type { AuditTable, Tables, TopUpTable } from './tables.ts';

const topUp: Insertable<TopUpTable> = {
  top_up_id: 't1',
  livemode: false,
  customer_id: 'cus_1',
  actor: null,
  package_id: 'small',
  label: 'Small',
  pay_with: 'hosted_page',
  price_minor: 1_000,
  price_currency: 'usd',
  credit_minor: 1_200,
  credit_currency: 'usd',
  category: 'paid',
  expires_after_months: null,
  priority: 50,
  state: 'created',
  declined: null,
  paid_at_ms: null,
  charged_minor: null,
  covers_used_minor: null,
  stuck: null,
  look_at_ms: 1_795_000_000_000,
  created_at_ms: 1_795_000_000_000,
  updated_at_ms: 1_795_000_000_000,
};

const audit: Insertable<AuditTable> = {
  subject_id: 't1',
  at_ms: 1,
  actor: 'customer:ada',
  kind: 'state',
  from_state: null,
  to_state: 'created',
  reason: 'because',
  provider_ids: '{}',
};

const payment = (
  n: number,
  ids: { payment_id?: string; intent_id?: string },
): Insertable<Tables['top_up_payments']> => ({
  top_up_id: 't1',
  n,
  kind: 'checkout',
  is_embedded: false,
  success_url: 'https://app.example/ok',
  cancel_url: 'https://app.example/no',
  card_id: null,
  idempotency_key: `t1:${n}`,
  payment_id: null,
  intent_id: null,
  sent_at_ms: null,
  created_at_ms: 1,
  ...ids,
});

describeStores('the tables', (store) => {
  const add = (changes: Partial<Insertable<TopUpTable>> = {}) =>
    store.db
      .insertInto('top_ups')
      .values({ ...topUp, ...changes })
      .execute();

  it('give back amounts and instants as numbers, with their defaults', async () => {
    await add({ price_minor: Number.MAX_SAFE_INTEGER });
    expect(await store.db.selectFrom('top_ups').selectAll().executeTakeFirst()).toEqual({
      ...topUp,
      price_minor: Number.MAX_SAFE_INTEGER,
      lost_minor: 0,
      credited_minor: 0,
      shortfall_minor: 0,
      looks: 0,
      version: 0,
    });
  });

  it('rather fail than round an amount', async () => {
    await add();
    await sql`update meterboard.top_ups set price_minor = 9007199254740993`.execute(store.db);
    const reading = store.db.selectFrom('top_ups').select('price_minor').execute();
    await expect(reading).rejects.toThrow('9007199254740993, which is too large');
    await sql`update meterboard.top_ups set price_minor = 1`.execute(store.db);
    expect(await store.db.selectFrom('top_ups').select('price_minor').execute()).toEqual([
      { price_minor: 1 },
    ]);
    await expect(add({ top_up_id: 't2', price_minor: 1.5 })).rejects.toThrow();
  });

  it.each([
    { state: 'payed' as never },
    { pay_with: 'cash' as never },
    { price_minor: 0 },
    { credit_currency: 'USD' },
    { priority: 101 },
    { credited_minor: 1_201 },
    { lost_minor: -1 },
  ])('refuse what cannot be: %o', async (changes) => {
    await expect(add(changes)).rejects.toMatchObject({ code: '23514' });
  });

  it('have each payment of the provider once', async () => {
    await add();
    const pay = (n: number, ids: { payment_id?: string; intent_id?: string }) =>
      store.db.insertInto('top_up_payments').values(payment(n, ids)).execute();
    await pay(1, { payment_id: 'cs_1', intent_id: 'pi_1' });
    await expect(pay(2, { payment_id: 'cs_1' })).rejects.toMatchObject({ code: '23505' });
    await expect(pay(2, { intent_id: 'pi_1' })).rejects.toMatchObject({ code: '23505' });
    await pay(2, {});
    await pay(3, {});
  });

  it('keep the audit as it was written, save for erasing who and why', async () => {
    await store.db.insertInto('audit').values(audit).execute();
    const change = (changes: Updateable<AuditTable>) => store.db.updateTable('audit').set(changes).execute();
    for (const changes of [
      { kind: 'x' },
      { at_ms: 2 },
      { actor: 'customer:bob' },
      { reason: 'other' },
      { to_state: null },
    ]) {
      await expect(change(changes)).rejects.toThrow('only grows');
    }
    await expect(store.db.deleteFrom('audit').execute()).rejects.toThrow('only grows');
    await change({ actor: 'customer', reason: null });
    await change({ actor: '' });
    expect(await store.db.selectFrom('audit').select(['seq', 'actor', 'reason']).execute()).toEqual([
      { seq: 1, actor: '', reason: null },
    ]);
  });

  it('let nobody else into an open transaction', async () => {
    const begun = Promise.withResolvers<void>();
    const transaction = store.db.transaction().execute(async (trx) => {
      await trx.insertInto('cursors').values({ name: 'mine', at_ms: 1 }).execute();
      begun.resolve();
      await new Promise((resolve) => setTimeout(resolve, 50));
      throw new Error('back');
    });
    await begun.promise;
    const meanwhile = store.db.insertInto('cursors').values({ name: 'theirs', at_ms: 1 }).execute();
    await expect(transaction).rejects.toThrow('back');
    await meanwhile;
    expect(await store.db.selectFrom('cursors').select('name').execute()).toEqual([{ name: 'theirs' }]);
  });

  it('answer the job queue also after statements that fail in the middle of a transaction', async () => {
    const { open } = store;
    const failing = [
      open.executeSql('begin; select 1; select nothing_like_it; commit'),
      open.executeSql('select 1 as one'),
    ];
    const [failed, other] = await Promise.allSettled(failing);
    expect(failed).toMatchObject({ status: 'rejected' });
    expect(other).toMatchObject({ value: { rows: [{ one: 1 }] } });
    expect(await open.executeSql('begin; select 1 as one; select 2 as two; commit')).toEqual({
      rows: [{ one: 1 }, { two: 2 }],
    });
    expect(await open.executeSql('select $1::text as said', ['so'])).toMatchObject({
      rows: [{ said: 'so' }],
    });
  });

  it('find what will be asked by an index', async () => {
    const asked = [
      sql`select * from meterboard.top_ups where customer_id = 'a' order by created_at_ms desc, top_up_id desc limit 20`,
      sql`select * from meterboard.top_ups where look_at_ms <= 5 order by look_at_ms limit 100`,
      sql`select * from meterboard.top_ups where stuck is not null order by updated_at_ms`,
      sql`select * from meterboard.top_up_payments where intent_id = 'pi'`,
      sql`select * from meterboard.webhook_events where state = 'received' order by received_at_ms`,
      sql`select * from meterboard.audit where subject_id = 't1' order by seq`,
    ];
    const plans = await store.db.transaction().execute(async (trx) => {
      await sql`set local enable_seqscan = off`.execute(trx);
      const found: string[] = [];
      for (const query of asked) {
        const { rows } = await sql`explain ${query}`.execute(trx);
        found.push(JSON.stringify(rows));
      }
      return found;
    });
    for (const plan of plans) {
      expect(plan).toMatch(/Index Scan|Bitmap Index Scan/);
      expect(plan).not.toContain('Seq Scan');
    }
  });
});
