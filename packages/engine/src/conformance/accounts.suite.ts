import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AccountsItem, type AccountsStorage, ADDRESSES_MAX, type ItemWrite, WRITES_MAX } from '../accounts/accounts-storage.ts';
import { createMemoryAccounts } from '../accounts/memory-accounts.ts';

/** What a factory gives a test. `reopen` closes the storage and opens the same data again, where data outlives it. */
export interface OpenedAccounts {
  readonly accounts: AccountsStorage;
  readonly reopen?: () => Promise<AccountsStorage>;
  close(): Promise<void>;
}
export type OpenAccounts = () => Promise<OpenedAccounts>;

const ANN = 'account/ann';

const put = (id: string, more: Partial<Extract<ItemWrite, { kind: 'put' }>> = {}): ItemWrite => ({
  kind: 'put',
  owner: ANN,
  id,
  expected: 0,
  expiresAt: null,
  json: `{"id":"${id}"}`,
  ...more,
});

const remove = (id: string, expected = 1, owner = ANN): ItemWrite => ({ kind: 'delete', owner, id, expected });
const check = (id: string, expected = 1, owner = ANN): ItemWrite => ({ kind: 'check', owner, id, expected });
const at = (id: string, owner = ANN) => ({ owner, id });
const idsOf = (items: readonly AccountsItem[]) => items.map(({ id }) => id);

const scanned = async (accounts: AccountsStorage, limit: number): Promise<string[]> => {
  const found: string[] = [];
  for (let after: string | undefined; ; ) {
    const page = await accounts.scan({ limit, ...(after === undefined ? {} : { after }) });
    found.push(...page.items.map(({ owner, id }) => `${owner} ${id}`));
    if (page.next === undefined) return found.sort();
    after = page.next;
  }
};

type OnAccounts = (test: (accounts: AccountsStorage, opened: OpenedAccounts) => Promise<void>) => () => Promise<void>;

const writing = (on: OnAccounts): void => {
  describe('writing', () => {
    it(
      'puts, replaces and deletes by revision',
      on(async (accounts) => {
        expect(await accounts.write([put('a', { expiresAt: 12.5 })])).toBe('stored');
        expect(await accounts.read([at('a')])).toEqual([{ owner: ANN, id: 'a', revision: 1, expiresAt: 12.5, json: '{"id":"a"}' }]);
        expect(await accounts.write([put('a', { expected: 1, json: '{"x":"é\\u0000 "}' })])).toBe('stored');
        expect(await accounts.read([at('a')])).toEqual([{ owner: ANN, id: 'a', revision: 2, expiresAt: null, json: '{"x":"é\\u0000 "}' }]);
        expect(await accounts.write([remove('a', 2)])).toBe('stored');
        expect(await accounts.read([at('a')])).toEqual([undefined]);
        expect(await accounts.write([put('a')])).toBe('stored');
        expect((await accounts.read([at('a')]))[0]?.revision).toBe(1);
      }),
    );

    it.each<[string, ItemWrite]>([
      ['a put where something is', put('a')],
      ['a put where nothing is', put('b', { expected: 1 })],
      ['a put over an older revision', put('a', { expected: 3 })],
      ['a delete of another revision', remove('a', 2)],
      ['a delete of nothing', remove('b', 1)],
      ['a check of another revision', check('a', 2)],
      ['a check for absence of what is there', check('a', 0)],
    ])('stores nothing of a batch with %s', (_, wrong) =>
      on(async (accounts) => {
        await accounts.write([put('a')]);
        for (const batch of [
          [wrong, put('z')],
          [put('z'), remove('y', 0), wrong],
        ]) {
          expect(await accounts.write(batch)).toBe('moved');
        }
        expect(idsOf(await accounts.list(ANN, { prefix: '', limit: 10 }))).toEqual(['a']);
        expect((await accounts.read([at('a')]))[0]?.revision).toBe(1);
      })(),
    );

    it(
      'takes checks and deletes of what is absent',
      on(async (accounts) => {
        await accounts.write([put('a')]);
        expect(await accounts.write([check('a', 1), check('b', 0), remove('c', 0), put('d')])).toBe('stored');
        expect((await accounts.read([at('a'), at('d')])).map((item) => item?.revision)).toEqual([1, 1]);
      }),
    );

    it(
      'lets one of many concurrent writers win',
      on(async (accounts) => {
        await accounts.write([put('a')]);
        const answers = await Promise.all(
          Array.from({ length: 20 }, (_, i) => accounts.write([put('a', { expected: 1, json: `${i}` }), put(`b${i}`)])),
        );
        expect(answers.filter((answer) => answer === 'stored')).toHaveLength(1);
        const winner = answers.indexOf('stored');
        expect((await accounts.read([at('a')]))[0]).toMatchObject({ revision: 2, json: `${winner}` });
        expect(idsOf(await accounts.list(ANN, { prefix: 'b', limit: 50 }))).toEqual([`b${winner}`]);
      }),
    );

    it(
      `takes ${WRITES_MAX} items of several owners at once, and reads ${ADDRESSES_MAX}`,
      on(async (accounts) => {
        const batch = Array.from({ length: WRITES_MAX }, (_, i) => put('x', { owner: `owner/${i}`, json: `"${'j'.repeat(30_000)}${i}"` }));
        expect(await accounts.write(batch)).toBe('stored');
        const addresses = Array.from({ length: ADDRESSES_MAX }, (_, i) => at('x', `owner/${i}`));
        expect((await accounts.read(addresses)).map((item) => item?.json.at(-2))).toEqual(addresses.map((_, i) => `${i % 10}`));
      }),
    );
  });
};

const reading = (on: OnAccounts): void => {
  describe('reading', () => {
    it(
      'lists one owner by prefix, in pages, both ways',
      on(async (accounts) => {
        const ids = ['e/1', 'e/2', 'e/3', 'f/1', 'e', 'E/1', 'e/é', 'e/\u{1f600}'];
        await accounts.write(ids.map((id) => put(id)));
        await accounts.write([put('e/1', { owner: 'account/anna' }), put('e/9', { owner: 'account/an' })]);
        expect(idsOf(await accounts.list(ANN, { prefix: 'e/', limit: 10 }))).toEqual(['e/1', 'e/2', 'e/3', 'e/é', 'e/\u{1f600}']);
        expect(idsOf(await accounts.list(ANN, { prefix: 'e/', limit: 2, after: 'e/1' }))).toEqual(['e/2', 'e/3']);
        expect(idsOf(await accounts.list(ANN, { prefix: 'e/', limit: 2, descending: true }))).toEqual(['e/\u{1f600}', 'e/é']);
        expect(idsOf(await accounts.list(ANN, { prefix: 'e/', limit: 9, descending: true, after: 'e/3' }))).toEqual(['e/2', 'e/1']);
        expect(idsOf(await accounts.list(ANN, { prefix: '', limit: 3 }))).toEqual(['E/1', 'e', 'e/1']);
        expect(await accounts.list('account/nobody', { prefix: '', limit: 3 })).toEqual([]);
      }),
    );

    it(
      'takes no owner and no id for a pattern',
      on(async (accounts) => {
        await accounts.write([put('a%'), put('ab'), put('a_'), put("a'"), put('x', { owner: 'account/%' })]);
        expect(idsOf(await accounts.list(ANN, { prefix: 'a%', limit: 9 }))).toEqual(['a%']);
        expect(idsOf(await accounts.list(ANN, { prefix: 'a_', limit: 9 }))).toEqual(['a_']);
        expect(idsOf(await accounts.list('account/%', { prefix: '', limit: 9 }))).toEqual(['x']);
      }),
    );

    it(
      'scans everything once',
      on(async (accounts) => {
        expect(await scanned(accounts, 3)).toEqual([]);
        const wanted = Array.from({ length: 12 }, (_, i) => `owner/${i % 5} i${i}`).sort();
        await accounts.write(Array.from({ length: 12 }, (_, i) => put(`i${i}`, { owner: `owner/${i % 5}` })));
        for (const limit of [1, 4, 12, 100]) expect(await scanned(accounts, limit)).toEqual(wanted);
      }),
    );
  });
};

const expiring = (on: OnAccounts): void => {
  it(
    'keeps what has expired until it is purged, and purges nothing else',
    on(async (accounts) => {
      await accounts.write([
        put('a', { expiresAt: 100 }),
        put('b', { expiresAt: 200 }),
        put('c', { expiresAt: 200.5 }),
        put('d'),
        put('e', { expiresAt: 50, owner: 'x' }),
      ]);
      expect((await accounts.read([at('a')]))[0]?.expiresAt).toBe(100);
      const purged = [await accounts.purge({ now: 200, limit: 2 }), await accounts.purge({ now: 200, limit: 10 })];
      // A storage that removes expired items by itself, some time later, answers 0.
      if (purged[0] === 0) return;
      expect(purged).toEqual([2, 1]);
      expect(await scanned(accounts, 10)).toEqual([`${ANN} c`, `${ANN} d`]);
    }),
  );
};

const part = fc.constantFrom('a', 'b', 'B', 'a/', 'a/1', 'a/b', 'é', '\u{1f600}', "'", '%');
const anyWrite = fc
  .record({ owner: part, id: part, kind: fc.constantFrom('put', 'delete', 'check'), expected: fc.nat(2), n: fc.nat(99) })
  .map(({ owner, id, kind, expected, n }): ItemWrite => {
    if (kind === 'put') return { kind, owner, id, expected, expiresAt: n % 3 === 0 ? n : null, json: `${n}` };
    return { kind: kind === 'check' ? kind : 'delete', owner, id, expected };
  });
const anyBatch = fc.uniqueArray(anyWrite, { minLength: 1, maxLength: 4, selector: ({ owner, id }) => `${owner} ${id}` });
const anyPage = fc.record({
  prefix: fc.oneof(fc.constant(''), part),
  descending: fc.boolean(),
  limit: fc.integer({ min: 1, max: 5 }),
  after: part,
});

/** Whatever is written and asked, in whatever order: the answers are those of the storage in memory. */
const likeMemory = (on: OnAccounts): void => {
  it(
    'answers as the storage in memory does',
    on(async (accounts) => {
      const model = createMemoryAccounts();
      let run = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(anyBatch, { minLength: 1, maxLength: 12 }),
          fc.array(anyPage, { maxLength: 6 }),
          async (batches, pages) => {
            run += 1;
            const ownerOf = (owner: string) => `${run}-${owner}`;
            for (const batch of batches) {
              const writes = batch.map((write) => ({ ...write, owner: ownerOf(write.owner) }));
              expect(await accounts.write(writes)).toBe(await model.write(writes));
            }
            for (const { after, ...page } of pages) {
              for (const asked of [page, { ...page, after }]) {
                expect(await accounts.list(ownerOf('a'), asked)).toEqual(await model.list(ownerOf('a'), asked));
              }
            }
          },
        ),
        { numRuns: 60 },
      );
    }),
    60_000,
  );
};

/** Registers the tests that every accounts storage must pass. `open` gives an empty one, and what clears it away. */
export const accountsConformance = (name: string, open: OpenAccounts): void => {
  const on: OnAccounts = (test) => async () => {
    const opened = await open();
    try {
      await test(opened.accounts, opened);
    } finally {
      await opened.close();
    }
  };
  describe(`${name} keeps the accounts contract`, () => {
    writing(on);
    reading(on);
    expiring(on);
    likeMemory(on);
    it(
      'keeps its items when opened again',
      on(async (accounts, { reopen }) => {
        if (reopen === undefined) return;
        await accounts.write([put('a', { expiresAt: 7 }), put('b')]);
        await accounts.write([put('b', { expected: 1 })]);
        const before = await accounts.list(ANN, { prefix: '', limit: 9 });
        const again = await reopen();
        expect(await again.list(ANN, { prefix: '', limit: 9 })).toEqual(before);
        expect(await again.write([put('b', { expected: 2 })])).toBe('stored');
      }),
    );
  });
};
