import type { SessionAnswer } from '@tidemark/protocol/messages';
import { expect, test } from 'vitest';
import { expectHealed, openPerson, type Person } from './people.ts';
import { callerOf, success } from './platform/http.ts';
import { moment } from './platform/moment.ts';
import { noteRecord } from './platform/record.ts';
import { type Damage, openProxy, type TcpProxy } from './platform/tcp-proxy.ts';
import { freshFolder, type RunningServer, serve, tidemark, tokenOf } from './platform/tidemark-process.ts';
import { chooseSeed, seededRandom } from './seeded-random.ts';

const PEOPLE = ['anna', 'bert', 'cleo'];
/** A hundred times as many with TIDEMARK_SWEEP=all would outgrow the shared task; so the whole run is repeated. */
const RUNS = process.env.TIDEMARK_SWEEP === 'all' ? 100 : 1;
const EDITS = 60;
const KILL_EVERY = 20;
const CRASH_SHARE = 0.1;
const PAUSE_MS_MAX = 40;
/** A push of a few mutations and its answer take less. */
const DAMAGE_BYTES_MAX = 6_000;
const UNDAMAGED_SHARE = 0.1;

const portOf = (server: RunningServer): number => Number(new URL(server.url).port);

const drawDamage = (random: () => number): Damage | undefined => {
  if (random() < UNDAMAGED_SHARE) return undefined;
  const kinds = ['cut', 'cut', 'stall', 'halfClose'] as const;
  return {
    kind: kinds[Math.floor(random() * kinds.length)] ?? 'cut',
    way: random() < 0.5 ? 'request' : 'answer',
    afterBytes: 1 + Math.floor(random() * DAMAGE_BYTES_MAX),
  };
};

const headOf = async (server: RunningServer, token: string): Promise<number> =>
  success(await callerOf(server.url, token).get<SessionAnswer>('/sync/session')).latestVersion;

const openPeople = (proxy: TcpProxy, token: string): Promise<Person[]> =>
  Promise.all(PEOPLE.map((name) => openPerson(name, proxy.url, token)));

const runs = Array.from({ length: RUNS }, (_, run) => run);

test.each(runs)('clients on a network that cuts, stalls and half-closes, and a server that is killed, lose nothing (%i)', async (run) => {
  const seed = chooseSeed() + run;
  const random = seededRandom(seed);
  const data = await freshFolder();
  const token = await tokenOf(data, 'demo');
  let server = await serve(['--data', data]);
  const proxy = await openProxy(portOf(server));
  proxy.damage = () => drawDamage(random);
  const people = await openPeople(proxy, token);
  for (let edit = 1; edit <= EDITS; edit += 1) {
    const person = people[Math.floor(random() * people.length)];
    if (random() < CRASH_SHARE) await person?.crash();
    await person?.edit();
    await moment(random() * PAUSE_MS_MAX);
    if (edit % KILL_EVERY === 0) {
      await server.end('SIGKILL');
      server = await serve(['--data', data]);
      proxy.target = portOf(server);
    }
  }
  proxy.damage = () => undefined;
  proxy.cutAll();
  await expectHealed(people);
  await server.end('SIGTERM');
  expect(await tidemark(['doctor', '--data', data])).toMatchObject({ code: 0, stdout: expect.stringContaining('no problems') });
  console.log(`seed ${seed}: ${EDITS} edits, ${JSON.stringify(proxy.done)}`);
  const { cut, stall, halfClose } = proxy.done;
  noteRecord({ test: 'clients and a server that is killed', seed, edits: EDITS, cuts: cut + stall + halfClose });
});

test('a backup taken under load and restored: the clients bring back what the server lost', async () => {
  const random = seededRandom(chooseSeed());
  const data = await freshFolder();
  const elsewhere = await freshFolder();
  const token = await tokenOf(data, 'demo');
  let server = await serve(['--data', data]);
  const proxy = await openProxy(portOf(server));
  const people = await openPeople(proxy, token);
  const editAll = async (times: number): Promise<void> => {
    for (let time = 0; time < times; time += 1) {
      for (const person of people) await person.edit();
      await moment(random() * PAUSE_MS_MAX);
    }
  };
  await editAll(5);
  const [backup] = await Promise.all([tidemark(['backup', `${elsewhere}/backup.db`, '--data', data]), editAll(10)]);
  expect(backup).toMatchObject({ code: 0 });
  await editAll(5);
  await expectHealed(people);
  const before = await headOf(server, token);
  await server.end('SIGKILL');
  expect(await tidemark(['restore', `${elsewhere}/backup.db`, '--data', data])).toMatchObject({ code: 0 });
  server = await serve(['--data', data]);
  expect(await headOf(server, token)).toBeLessThan(before);
  proxy.target = portOf(server);
  await editAll(2);
  await expectHealed(people);
  await server.end('SIGTERM');
  expect(await tidemark(['doctor', '--data', data])).toMatchObject({ code: 0, stdout: expect.stringContaining('no problems') });
});
