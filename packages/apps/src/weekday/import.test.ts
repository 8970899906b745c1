import { canonicalJson, isJsonObject, type Json, type JsonObject } from '@tidemark/protocol';
import { describe, expect, test } from 'vitest';
import { keptValue, yearsOf } from './kept/kept-value.suite.ts';
import { openWeekdayServer, STORAGES, type WeekdayServer } from './weekday-server.suite.ts';

const RECORDS = 23;
const none = { merged: 0, conflict: 0, unchanged: 0, known: 0, deleted: 0, written: 0 };

const send = (server: WeekdayServer, value: Json, query = '') => server.call('POST', `/import${query}`, JSON.stringify(value));

/** Every record as it stands: by collection and id. */
const stateOf = async (server: WeekdayServer): Promise<ReadonlyMap<string, JsonObject>> => {
  const { text } = await server.call('GET', '/export');
  const records = text
    .split('\n')
    .slice(1, -2)
    .map((line): { collection: string; id: string; fields: JsonObject; deleted?: true } => JSON.parse(line))
    .filter(({ collection, deleted }) => deleted !== true && collection !== '$conflicts');
  return new Map(records.map(({ collection, id, fields }) => [`${collection} ${id}`, fields]));
};

const issuesOf = ({ body }: { readonly body: JsonObject }): string[] => {
  const details = isJsonObject(body.error) ? body.error.details : undefined;
  const issues = isJsonObject(details ?? null) && Array.isArray(Object(details).issues) ? Object(details).issues : [];
  return issues.map(({ path, message }: { path: string; message: string }) => `${path}: ${message}`);
};

describe.each(STORAGES)('POST /import of what the app keeps, on %s', (kind) => {
  test('takes it as it is, tells before what it will do, and the same file twice adds nothing', async () => {
    const server = await openWeekdayServer(kind);
    const tried = await send(server, keptValue(), '?dryRun=true');
    expect(tried.body).toMatchObject({ ...none, dryRun: true, records: RECORDS, written: RECORDS, seqBefore: 0 });
    expect(tried.body.collections).toMatchObject({ schedule_blocks: 4, completion: 3, meals: 2, settings: 5 });
    expect(tried.body.notes).toEqual([
      'version 0 → 1: times and days in one form, numbers as numbers',
      'version 1 → 2: an id for every item',
      expect.stringContaining('mealTemplatesByDay.Tuesday[0] has the id breakfast, which another item has'),
      'moonPhase is not known here; it is kept as the setting kept|moonPhase.',
    ]);
    expect((await stateOf(server)).size).toBe(0);
    expect((await send(server, keptValue())).body).toMatchObject({ ...none, written: RECORDS });
    const state = await stateOf(server);
    expect(state.size).toBe(RECORDS);
    expect((await send(server, keptValue())).body).toMatchObject({ ...none, known: RECORDS, seqBefore: RECORDS });
    expect(await stateOf(server)).toEqual(state);
  });

  test('keeps every member: what is known as fields, what is not in "more" and settings', async () => {
    const server = await openWeekdayServer(kind);
    expect((await send(server, keptValue())).status).toBe(200);
    const state = await stateOf(server);
    const blocks = [...state].filter(([key]) => key.startsWith('schedule_blocks')).map(([, fields]) => fields);
    const inPlace = blocks.sort((a, b) => (String(a.order) < String(b.order) ? -1 : 1));
    expect(inPlace.map(({ title }) => title)).toEqual(['Swim', 'Work', 'Walk', 'Walk']);
    expect(inPlace[1]).toMatchObject({ start: '09:00', readonly: true, source: 'calendar', more: { colour: 'teal' } });
    expect(state.get('completion 2026-03-01|b-2')).toEqual({ day: '2026-03-01', blockId: 'b-2', done: false });
    expect(state.get('log_entries 1772400000000')).toMatchObject({ date: '2026-03-02', bw: 82.1, sleep: 7 });
    expect(state.get('meals breakfast')).toMatchObject({ day: 'Monday', grams: 350, tags: [{ label: 'Protein', value: '18 g' }] });
    expect(state.get('workout_programs w-1')).toMatchObject({ name: 'Strength', more: { days: [{ id: 'a', exercises: ['squat'] }] } });
    expect(state.get('settings settings|theme')).toEqual({ value: 'dark' });
    expect(state.get('settings supp')).toEqual({ value: { d3: true, zinc: false } });
    expect(state.get('settings kept|moonPhase')).toEqual({ value: { on: true } });
  });

  test('is checked whole: one bad place keeps everything out, and every bad place is named', async () => {
    const server = await openWeekdayServer(kind);
    const bad = {
      ...keptValue(),
      completion: { '2026-02-31': { b: true }, '2026-03-01': { b: 'yes' } },
      schedule: [{ id: 'a', start: '25:00', end: '07:00', title: 'Run' }, 'no item'],
      log: [{ id: 'l', date: '2026-04-31', bw: 9_000 }],
      mealTemplatesByDay: [],
    };
    const refused = await send(server, bad);
    expect(refused.refusal).toBe('422 IMPORT_REFUSED');
    const issues = issuesOf(refused);
    expect(issues.map((issue) => issue.split(': ')[0])).toEqual([
      'completion.2026-02-31.b.day',
      'completion.2026-03-01.b.done',
      'schedule[0].start',
      'schedule[1]',
      'mealTemplatesByDay',
      'log[0].date',
      'log[0].bw',
    ]);
    expect((await stateOf(server)).size).toBe(0);
  });

  test('merges with what is here as one more client, or replaces it', async () => {
    const server = await openWeekdayServer(kind);
    const { client } = await server.device('phone');
    await client.collection('top3').put({ day: '2026-03-01', text: 'Mine' }, '2026-03-01');
    await client.collection('schedule_blocks').put({ title: 'Only here' }, 'mine');
    await client.sync();
    expect((await send(server, keptValue())).body).toMatchObject({ ...none, written: RECORDS - 1, conflict: 1 });
    const conflicts = await server.engine.conflicts(server.space, { state: 'open' });
    expect(conflicts).toMatchObject({ value: { conflicts: [{ collection: 'top3', theirs: 'Mine' }] } });
    expect((await stateOf(server)).has('schedule_blocks mine')).toBe(true);
    const before = await stateOf(server);
    const replaced = await send(server, { top3: { '2026-03-03': 'New' } }, '?mode=replace');
    expect(replaced.body).toMatchObject({ written: 1, deleted: RECORDS + 1 });
    expect([...(await stateOf(server)).keys()]).toEqual(['top3 2026-03-03']);
    const seq = Number(replaced.body.seqBefore);
    expect((await server.call('POST', '/sync/restore', JSON.stringify({ seq }))).status).toBe(200);
    expect(await stateOf(server)).toEqual(before);
    await client.sync();
    expect(client.collection('schedule_blocks').get('mine')).toMatchObject({ title: 'Only here' });
  });
});

test('any member may be missing, and localStorage may be given as the text or the dump that it is', async () => {
  const wanted = await openWeekdayServer();
  await send(wanted, keptValue());
  const state = await stateOf(wanted);
  for (const name of Object.keys(keptValue())) {
    const { [name]: _, ...rest } = keptValue();
    const server = await openWeekdayServer();
    expect((await send(server, rest)).status, name).toBe(200);
    expect(new Set(state.keys())).toEqual(new Set([...state.keys(), ...(await stateOf(server)).keys()]));
  }
  const text = JSON.stringify(keptValue());
  for (const given of [text, { andi_weekday_os_v1: text }, { andi_weekday_os_v1: keptValue() }, { ...keptValue(), version: 0 }]) {
    const server = await openWeekdayServer();
    expect((await send(server, given)).status).toBe(200);
    expect(await stateOf(server)).toEqual(state);
  }
  const empty = await openWeekdayServer();
  expect((await send(empty, {})).body).toMatchObject({ ...none, records: 0 });
});

test('older shapes and the newest end as the same records', async () => {
  const states = new Set<string>();
  for (const version of [0, 1, 2]) {
    const server = await openWeekdayServer();
    const newest = { ...keptValue(), log: [], mealTemplatesByDay: {}, supplementsList: [], version };
    const schedule = [{ start: version === 0 ? '9:00' : '09:00', end: '12:00', title: 'Work' }];
    expect((await send(server, { ...newest, schedule })).status).toBe(200);
    states.add(canonicalJson([...(await stateOf(server)).entries()].map(([key, fields]) => [key, fields])));
  }
  expect(states.size).toBe(1);
  const server = await openWeekdayServer();
  expect(issuesOf(await send(server, { ...keptValue(), version: 3 }))).toEqual([expect.stringContaining('version: 3 is newer')]);
  expect(issuesOf(await send(server, { ...keptValue(), version: [] }))).toEqual(['version: must be a whole number']);
});

test('what is neither is refused by name: no JSON, a truncated file, a changed byte, 100 MB', async () => {
  const server = await openWeekdayServer();
  await send(server, keptValue());
  const file = (await server.call('GET', '/export')).text;
  const other = await openWeekdayServer();
  const refused = async (body: string) => {
    const answer = await other.call('POST', '/import', body);
    return [answer.refusal, ...issuesOf(answer)];
  };
  expect(await refused('{"schedule": [')).toEqual(['422 IMPORT_REFUSED', expect.stringContaining('andi_weekday_os_v1: is not JSON')]);
  expect(await refused('[]')).toEqual(['422 IMPORT_REFUSED', expect.stringContaining('not a JSON object')]);
  expect(await refused(file.slice(0, -80))).toEqual(expect.arrayContaining(['422 IMPORT_REFUSED', expect.stringContaining('cut off')]));
  expect(await refused(file.replace('Swim', 'Swam'))).toEqual(['422 IMPORT_REFUSED', expect.stringContaining('checksum')]);
  expect(await refused(file.replace('"version":2}', '"version":3}'))).toEqual(['422 IMPORT_REFUSED', expect.stringContaining('version 3')]);
  expect(await refused('x'.repeat(100_000_000))).toEqual(['413 BODY_TOO_LARGE']);
  expect((await stateOf(other)).size).toBe(0);
  expect((await other.call('POST', '/import', file)).body).toMatchObject({ ...none, written: RECORDS });
  expect(await stateOf(other)).toEqual(await stateOf(server));
});

test('three years of one person come in and go out whole', async () => {
  const server = await openWeekdayServer('sqlite');
  const imported = await send(server, yearsOf(3));
  expect(Number(imported.body.written)).toBeGreaterThan(39_000);
  const exported = await server.call('GET', '/export');
  expect(exported.text.split('\n').length - 3).toBe(imported.body.written);
});
