import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import { weekday } from './schema.ts';
import { openWeekdayServer, STORAGES } from './weekday-server.suite.ts';

test('GET /openapi.json is OpenAPI 3.1, as an independent validator reads it', async () => {
  const { call } = await openWeekdayServer();
  const spec = await call('GET', '/openapi.json', undefined, '');
  const result = await new Validator().validate(JSON.parse(spec.text));
  expect(result.errors ?? []).toEqual([]);
  expect(Object.keys(JSON.parse(spec.text).paths)).toEqual(
    expect.arrayContaining(Object.keys(weekday.collections).map((name) => `/${name}/export.csv`)),
  );
});

test('a day that no calendar has, a time that no clock has and a key that is no place are refused', async () => {
  const { client } = await (await openWeekdayServer()).device('phone');
  const refused = { ok: false, error: { code: 'VALIDATION_FAILED' } };
  expect(await client.collection('top3').put({ day: '2026-02-31', text: 'x' })).toMatchObject(refused);
  const block = { title: 'Run', start: '07:00', end: '08:00' };
  expect(await client.collection('schedule_blocks').put({ ...block, start: '7:00' })).toMatchObject(refused);
  expect(await client.collection('schedule_blocks').put({ ...block, end: '24:30' })).toMatchObject(refused);
  expect(await client.collection('schedule_blocks').put({ ...block, order: 'A0' })).toMatchObject(refused);
  expect(await client.collection('log_entries').put({ date: '2026-02-28', sleep: 25 })).toMatchObject(refused);
  expect(await client.collection('schedule_blocks').put({ ...block, end: '24:00', order: 'A' })).toMatchObject({ ok: true });
});

test('POST /recommendations/nutrition answers, and names what cannot be: a height of 17 cm, an address that is not verified', async () => {
  const { call } = await openWeekdayServer();
  const ann = { sex: 'female', age: 35, heightCm: 170, weightKg: 65, activity: 'moderate', goal: 'maintain' };
  const ask = (body: object, user?: string) => call('POST', '/recommendations/nutrition', JSON.stringify(body), user);
  expect((await ask(ann)).text).toMatch(/^\{"data":\[\{"item":\{"id":"balanced",[^}]*"energyKcal":2134,/);
  const small = await ask({ ...ann, heightCm: 17 });
  expect([small.refusal, small.text]).toEqual(['400 BAD_REQUEST', expect.stringContaining('heightCm')]);
  expect((await ask({ ...ann, age: 12 })).refusal).toBe('422 NOT_ADVISED');
  expect((await ask(ann, 'unverified')).refusal).toBe('403 EMAIL_NOT_VERIFIED');
});

test('POST /recommendations/programs answers from the library, and names what cannot be', async () => {
  const { call } = await openWeekdayServer();
  const ann = { goal: 'muscle', level: 'beginner', daysPerWeek: 3, equipment: ['dumbbell'] };
  const ask = (body: object, user?: string) => call('POST', '/recommendations/programs', JSON.stringify(body), user);
  expect((await ask(ann)).text).toMatch(/^\{"data":\[\{"item":\{"id":"dumbbells-at-home",/);
  expect((await ask({ ...ann, daysPerWeek: 8 })).refusal).toBe('400 BAD_REQUEST');
  expect((await ask({ ...ann, equipment: ['jetpack'] })).refusal).toBe('400 BAD_REQUEST');
  expect((await ask(ann, 'unverified')).refusal).toBe('403 EMAIL_NOT_VERIFIED');
});

describe.each(STORAGES)('tables on %s', (kind) => {
  test('each collection is there for people, its nested values as JSON', async () => {
    const server = await openWeekdayServer(kind);
    const { client } = await server.device('phone');
    await client.collection('meals').put({ day: 'Monday', name: '=Porridge', tags: [{ label: 'Protein', value: 12 }] }, 'm');
    await client.collection('settings').put({ value: { theme: 'dark' } }, 'settings|look');
    await client.sync();
    const meals = await server.call('GET', '/meals/export.csv');
    expect(meals.text).toMatch(/^id,day,name,examples,grams,.*\r\nm,Monday,'=Porridge,,,,,"\[\{""label"":""Protein"",""value"":12\}\]",/);
    expect((await server.call('GET', '/settings/export.csv')).text).toContain('settings|look,"{""theme"":""dark""}"');
    for (const name of Object.keys(weekday.collections)) {
      const table = await server.call('GET', `/${name}/export.csv`);
      expect(table.status, name).toBe(200);
      expect(table.text.split('\r\n').length, name).toBe(name === 'meals' || name === 'settings' ? 3 : 2);
    }
  });
});

test('an address that is not verified may not sync: 403, and the client waits with its outbox whole', async () => {
  const server = await openWeekdayServer();
  const refused = await server.call('POST', '/sync/pull', JSON.stringify({ clientId: 'c' }), 'unverified');
  expect(refused.refusal).toBe('403 EMAIL_NOT_VERIFIED');
  const phone = await server.device('phone', 'unverified');
  await phone.client.collection('top3').put({ day: '2026-02-28', text: 'Tides' });
  expect(await phone.client.sync()).toMatchObject({ pending: 1, parked: 0 });
  server.verify('unverified');
  expect(await phone.client.sync()).toMatchObject({ state: 'synced', pending: 0 });
});
