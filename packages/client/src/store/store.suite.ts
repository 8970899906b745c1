import { expect, it } from 'vitest';
import type { ClientStore } from './client-store.ts';

/** What every local store must do. `open` gives two sessions on one fresh store. */
export const storeSuite = (open: () => Promise<{ readonly one: ClientStore; readonly two: ClientStore }>): void => {
  it('keeps rows and answers them to another session', async () => {
    const { one, two } = await open();
    await one.write({ put: [{ table: 'outbox', key: 'a', value: { n: 1 } }] });
    await one.write({ put: [{ table: 'records', key: 'a', value: { deep: { list: [1, 'é', null] } } }] });
    expect(await two.read('outbox', 'a')).toEqual({ n: 1 });
    expect(await two.readAll('records')).toEqual([{ key: 'a', value: { deep: { list: [1, 'é', null] } } }]);
    expect(await two.read('parked', 'a')).toBeUndefined();
  });

  it('writes nothing of a batch whose check is not met', async () => {
    const { one, two } = await open();
    expect(
      await one.write({ check: [{ table: 'meta', key: 'm', value: undefined }], put: [{ table: 'meta', key: 'm', value: { v: 1 } }] }),
    ).toBe(true);
    const late = {
      check: [{ table: 'meta' as const, key: 'm', value: undefined }],
      put: [{ table: 'outbox' as const, key: 'x', value: {} }],
      clear: ['meta' as const],
    };
    expect(await two.write(late)).toBe(false);
    expect(await two.read('outbox', 'x')).toBeUndefined();
    expect(await two.read('meta', 'm')).toEqual({ v: 1 });
  });

  it('compares a checked row by its content, whatever the order of its keys', async () => {
    const { one } = await open();
    await one.write({ put: [{ table: 'meta', key: 'm', value: { a: 1, b: { c: 2, d: 3 } } }] });
    const put = [{ table: 'meta' as const, key: 'm', value: { done: true } }];
    expect(await one.write({ check: [{ table: 'meta', key: 'm', value: { b: { d: 3, c: 2 }, a: 1 } }], put })).toBe(true);
    expect(await one.read('meta', 'm')).toEqual({ done: true });
  });

  it('lets exactly one of two racing sessions win', async () => {
    const { one, two } = await open();
    const claim = (by: string) => ({
      check: [{ table: 'meta' as const, key: 'n', value: undefined }],
      put: [{ table: 'meta' as const, key: 'n', value: { by } }],
    });
    const won = await Promise.all([one.write(claim('one')), two.write(claim('two'))]);
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await one.read('meta', 'n')).toEqual({ by: won[0] ? 'one' : 'two' });
  });

  it('empties a table before the puts, and deletes', async () => {
    const { one } = await open();
    await one.write({
      put: [
        { table: 'staged', key: 'old', value: {} },
        { table: 'outbox', key: 'gone', value: {} },
      ],
    });
    await one.write({ clear: ['staged'], put: [{ table: 'staged', key: 'new', value: {} }], delete: [{ table: 'outbox', key: 'gone' }] });
    expect((await one.readAll('staged')).map((row) => row.key)).toEqual(['new']);
    expect(await one.readAll('outbox')).toEqual([]);
  });
};
