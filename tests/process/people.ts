import { type Task, timeTracker } from '@tidemark/apps/time-tracker';
import { browserEnv, type Client, createMemoryStore, openClient } from '@tidemark/client';
import { DEVELOPMENT_ISSUER } from '@tidemark/server';
import { expect, onTestFinished } from 'vitest';

const SHARED = 'shared';
/** Waits and deadlines of a client, so many times shorter than in life. */
const HASTE = 20;

type TimeTracker = Client<typeof timeTracker.collections>;

/** Somebody who edits tasks on a real client: tasks of their own, and tags of a task that all share. */
export interface Person {
  readonly client: () => TimeTracker;
  /** One edit; resolves when it is durable on the device. */
  edit(): Promise<void>;
  /** The page dies without a word and is opened again on the same store. */
  crash(): Promise<void>;
  /** Ids of own tasks that must be there at the end, and own tags of the shared task. */
  readonly expected: { readonly tasks: ReadonlySet<string>; readonly tags: ReadonlySet<string> };
}

const hastyEnv = () => {
  const env = browserEnv();
  return {
    ...env,
    setTimer: (delayMs: number, fire: () => void) => env.setTimer(delayMs / HASTE, fire),
    http: (request: Parameters<typeof env.http>[0]) => env.http({ ...request, timeoutMs: request.timeoutMs / HASTE }),
  };
};

const fields = (title: string, tags: readonly string[] = []) => ({ title, archived: false, tags: [...tags], intervals: [], updatedAt: 1 });

export const openPerson = async (name: string, url: string, token: string): Promise<Person> => {
  const store = createMemoryStore(true);
  const open = (): Promise<TimeTracker> =>
    openClient({
      app: timeTracker,
      url: `${url}/apps/time-tracker`,
      token: () => token,
      account: { issuer: DEVELOPMENT_ISSUER, subject: 'demo' },
      store,
      env: hastyEnv(),
    });
  let client = await open();
  onTestFinished(() => client.close());
  const expected = { tasks: new Set<string>(), tags: new Set<string>() };
  let edits = 0;
  const written = (result: { readonly ok: boolean }): void => expect(result).toMatchObject({ ok: true });
  return {
    client: () => client,
    expected,
    edit: async () => {
      edits += 1;
      const tasks = client.collection('tasks');
      const mark = `${name}-${edits}`;
      if (edits % 2 === 0) {
        written(await tasks.put(fields(mark), mark));
        expected.tasks.add(mark);
        return;
      }
      const shared = tasks.get(SHARED);
      written(
        shared === undefined
          ? await tasks.put(fields(SHARED, [mark]), SHARED)
          : await tasks.patch(SHARED, { tags: [...shared.tags, mark] }),
      );
      expected.tags.add(mark);
    },
    crash: async () => {
      client.setOnline(false);
      client = await open();
    },
  };
};

const tasksOf = (person: Person): readonly Task[] => [...person.client().collection('tasks').list()].sort((a, b) => (a.id < b.id ? -1 : 1));

/** Waits until nothing is pending anywhere and all show the same; then everything that was ever written must be there. */
export const expectHealed = async (people: readonly Person[], timeoutMs = 120_000): Promise<void> => {
  const settled = async (): Promise<void> => {
    for (const { client } of people) await client().sync();
    for (const { client } of people) expect(client().status()).toMatchObject({ state: 'synced', pending: 0, parked: 0, error: null });
    const [first = [], ...others] = people.map(tasksOf);
    for (const other of others) expect(other).toEqual(first);
    const shared = first.find(({ id }) => id === SHARED);
    const tags = people.flatMap(({ expected }) => [...expected.tags]);
    expect([...(shared?.tags ?? [])].sort()).toEqual(tags.sort());
    const ids = people.flatMap(({ expected }) => [...expected.tasks]);
    expect(first.map(({ id }) => id)).toEqual([...ids, SHARED].sort());
  };
  await expect
    .poll(
      () =>
        settled().then(
          () => 'healed',
          (fault: unknown) => fault,
        ),
      { timeout: timeoutMs },
    )
    .toBe('healed');
};
