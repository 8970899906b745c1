import { QueryClient, QueryObserver } from '@tanstack/query-core';
import { expect, onTestFinished, test } from 'vitest';
import { createWorld, notes } from '../simulation/world.suite.ts';
import { tidemarkKeys, tidemarkQueries } from './tanstack-query.ts';

const { notes: collection } = notes.collections;

const open = async () => {
  const world = createWorld();
  const client = await world.open({ debounceMs: 0, pollMs: 3_600_000 });
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const queries = tidemarkQueries(client, queryClient);
  onTestFinished(async () => {
    queryClient.clear();
    await client.close();
  });
  return { world, client, queryClient, queries };
};

test('lists and records are cached under their keys and follow the client, without a fetch', async () => {
  const { world, client, queryClient, queries } = await open();
  const options = queries.list(collection, { where: { title: { gte: 'B' } } });
  expect(await world.during(queryClient.fetchQuery(options))).toEqual([]);
  expect(await world.during(queryClient.fetchQuery(queries.record(collection, 'a')))).toBeNull();
  await client.collection('notes').put({ title: 'Alpha' }, 'a');
  await client.collection('notes').put({ title: 'Beta' }, 'b');
  expect(queryClient.getQueryData(options.queryKey)).toEqual([{ id: 'b', title: 'Beta' }]);
  expect(queryClient.getQueryData(tidemarkKeys.record('notes', 'a'))).toEqual({ id: 'a', title: 'Alpha' });
  await client.collection('notes').delete('a');
  expect(queryClient.getQueryData(tidemarkKeys.record('notes', 'a'))).toBeNull();
});

test('a pull is cached, and refetched in the background it brings what others wrote', async () => {
  const { world, client, queryClient, queries } = await open();
  await world.until(() => client.status().state === 'synced');
  const observer = new QueryObserver(queryClient, { ...queries.pull(), staleTime: 60_000 });
  const stop = observer.subscribe(() => undefined);
  await world.until(() => observer.getCurrentResult().isSuccess);
  const list = queries.list(collection);
  await world.during(queryClient.fetchQuery(list));
  const other = await world.open({ debounceMs: 0 });
  await other.collection('notes').put({ title: 'Elsewhere' }, 'e');
  await world.during(other.sync());
  expect(queryClient.getQueryData(list.queryKey)).toEqual([]);
  await world.during(observer.refetch());
  expect(queryClient.getQueryData(list.queryKey)).toEqual([{ id: 'e', title: 'Elsewhere' }]);

  world.fate = () => 'dropRequest';
  const failed = await world.during(observer.refetch());
  expect(failed.error).toMatchObject({ code: 'UNAVAILABLE' });
  // What was pulled before is still shown.
  expect(failed.data).toMatchObject({ state: 'synced' });
  stop();
  await other.close();
});

test('after closing nothing of the client is left in the cache, nor comes into it', async () => {
  const { world, client, queryClient, queries } = await open();
  const { queryKey, ...list } = queries.list(collection);
  await world.during(queryClient.fetchQuery({ queryKey, ...list }));
  queries.close();
  expect(queryClient.getQueryCache().getAll()).toEqual([]);
  await client.collection('notes').put({ title: 'Later' });
  expect(queryClient.getQueryData(queryKey)).toBeUndefined();
});
