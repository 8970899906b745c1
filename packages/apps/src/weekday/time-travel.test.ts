import { canonicalJson } from '@tidemark/protocol';
import { expect, test } from 'vitest';
import { openWeekdayServer } from './weekday-server.suite.ts';

test('a record, a collection and the account go back to any seq, as edits that other devices follow', async () => {
  const server = await openWeekdayServer('sqlite');
  const phone = (await server.device('phone')).client;
  const tablet = (await server.device('tablet')).client;
  const shown = (client: typeof phone) =>
    canonicalJson(
      (['schedule_blocks', 'top3'] as const).map((name) =>
        client
          .collection(name)
          .list()
          .map((record) => JSON.parse(JSON.stringify(record))),
      ),
    );
  const headNow = async () => Number((await server.call('GET', '/sync/session')).body.latestVersion);
  await phone.collection('schedule_blocks').put({ title: 'Swim', order: 'A' }, 'swim');
  await phone.collection('schedule_blocks').put({ title: 'Read', order: 'B' }, 'read');
  await phone.collection('top3').put({ day: '2026-03-01', text: 'Swim' }, '2026-03-01');
  await phone.sync();
  const seq = await headNow();
  const then = shown(phone);
  await phone.collection('schedule_blocks').patch('swim', { title: 'Run' });
  await phone.collection('schedule_blocks').delete('read');
  await phone.collection('schedule_blocks').put({ title: 'Later' }, 'later');
  await phone.collection('top3').patch('2026-03-01', { text: 'Run' });
  await phone.sync();
  const state = await server.call('GET', `/sync/state?seq=${seq}`);
  expect(state.body.records).toHaveLength(3);

  const restore = async (scope: object) => (await server.call('POST', '/sync/restore', JSON.stringify({ seq, ...scope }))).body;
  expect(await restore({ collection: 'schedule_blocks', id: 'swim' })).toMatchObject({ restored: 1 });
  await phone.sync();
  expect(phone.collection('schedule_blocks').get('swim')).toMatchObject({ title: 'Swim' });
  expect(phone.collection('schedule_blocks').get('read')).toBeUndefined();
  expect(await restore({ collection: 'schedule_blocks' })).toMatchObject({ restored: 2 });
  await phone.sync();
  expect(
    phone
      .collection('schedule_blocks')
      .list()
      .map(({ id }) => id),
  ).toEqual(['read', 'swim']);
  expect(phone.collection('top3').get('2026-03-01')).toMatchObject({ text: 'Run' });
  expect(await restore({})).toMatchObject({ restored: 1 });
  await Promise.all([phone.sync(), tablet.sync()]);
  expect([shown(phone), shown(tablet)]).toEqual([then, then]);
  expect(phone.conflicts()).toEqual([]);
});
