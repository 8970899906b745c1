import { timeTracker } from '@tidemark/apps/time-tracker';
import { browserEnv, type Client, createMemoryStore, openClient } from '@tidemark/client';
import { type Account, type AccountState, createStorageTokens, LOCAL_ACCOUNT, openAccount } from '@tidemark/client/account';
import {
  AccountProvider,
  ConflictInbox,
  OutboxList,
  SignIn,
  SyncStatus,
  TidemarkProvider,
  useAccount,
  useClient,
  useLiveQuery,
  useMutate,
  useRecord,
  useSync,
} from '@tidemark/react';
import { memo, type ReactNode, StrictMode, Suspense, startTransition, useLayoutEffect, useReducer, useState } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';

// Pages on the hooks and components. Tests call them by `reactPage`.

const { tasks } = timeTracker.collections;
type Tracker = Client<typeof timeTracker.collections>;

/** How often each thing was rendered. */
const rendered: { [what: string]: number } = {};
const count = (what: string): void => {
  rendered[what] = (rendered[what] ?? 0) + 1;
};

/** Live queries that nobody has ended. */
let liveQueries = 0;

/** The same client, with its live queries counted. */
const counted = (client: Client): Client => ({
  ...client,
  collection: (name) => {
    const handle = client.collection(name);
    return {
      ...handle,
      live: (query, listener) => {
        liveQueries += 1;
        const stop = handle.live(query, listener);
        return () => {
          liveQueries -= 1;
          stop();
        };
      },
    };
  },
});

const fields = (title: string) => ({ title, intervals: [], archived: false, tags: [], updatedAt: 0 });

/** A client on a memory store of its own, with locks and channels of its own. */
const openDevice = (url: string, token: string, name: string): Promise<Tracker> => {
  const env = browserEnv();
  return openClient({
    ...{ app: timeTracker, url, token: () => token, debounceMs: 0, store: createMemoryStore(true) },
    account: { issuer: 'tidemark-development', subject: 'demo' },
    env: { ...env, lock: (lock, task) => env.lock(`${lock}:${name}`, task), channel: (on, hear) => env.channel(`${on}:${name}`, hear) },
  });
};

const render = (page: ReactNode): (() => void) => {
  const root = createRoot(document.body.appendChild(document.createElement('main')));
  flushSync(() => root.render(<StrictMode>{page}</StrictMode>));
  return () => root.unmount();
};

const Row = memo(({ id }: { readonly id: string }) => {
  const task = useRecord(tasks, id);
  count(id);
  return <li>{task?.title}</li>;
});

const List = () => {
  const found = useLiveQuery(tasks, { where: { archived: false }, orderBy: [['id', 'asc']] });
  count('list');
  return (
    <ul>
      {found.map(({ id }) => (
        <Row key={id} id={id} />
      ))}
    </ul>
  );
};

const AddButton = () => {
  const { put } = useMutate(tasks);
  return (
    <button type="button" onClick={() => void put(fields('By hand'), 'z')}>
      Add
    </button>
  );
};

/** A list of so many tasks behind a Suspense, and what a test can do to it. */
const showList = (url: string, token: string, size: number) => {
  const opening = openDevice(url, token, 'list').then(async (client) => {
    for (let i = 0; i < size; i += 1) await client.collection('tasks').put(fields(`Task ${i}`), `t${i}`);
    return client;
  });
  const unmount = render(
    <Suspense fallback={<p>Opening …</p>}>
      <TidemarkProvider client={opening.then(counted)}>
        <List />
        <AddButton />
      </TidemarkProvider>
    </Suspense>,
  );
  return {
    rendered,
    liveQueries: () => liveQueries,
    rename: async (id: string, title: string) => (await opening).collection('tasks').patch(id, { title }),
    unmount,
  };
};

const PARTS = 24;

/** What a component without `useSyncExternalStore` would do: reads while rendering, and renders again when told. */
const useTornRecord = (id: string): string | undefined => {
  const client = useClient();
  const [, again] = useReducer((n: number) => n + 1, 0);
  useLayoutEffect(() => client.collection('tasks').live({ where: { id } }, again), [client, id]);
  const title: unknown = Object(client.collection('tasks').get(id)).title;
  return typeof title === 'string' ? title : undefined;
};
const useWholeRecord = (id: string): string | undefined => useRecord(tasks, id)?.title;

/** Called while a part is rendered. */
let onPart: () => void = () => undefined;

/** Renders slowly, so that React pauses between two of them. */
const Part = ({ of }: { readonly of: 'torn' | 'whole' }) => {
  onPart();
  const useIt = of === 'torn' ? useTornRecord : useWholeRecord;
  const title = useIt('t');
  for (const until = performance.now() + 8; performance.now() < until; );
  return <i>{title}</i>;
};

/** Shows one record many times in a transition, and writes it while React is in the middle; answers what was ever on the page at once. */
const tear = async (url: string, token: string, of: 'torn' | 'whole'): Promise<readonly string[]> => {
  const client = await openDevice(url, token, of);
  client.setOnline(false);
  await client.collection('tasks').put(fields('before'), 't');
  const seen: string[] = [];
  let show: (on: boolean) => void = () => undefined;
  let isWritten = false;
  const Parts = () => {
    const [on, setOn] = useState(false);
    show = setOn;
    useLayoutEffect(() => {
      seen.push([...new Set([...document.querySelectorAll('i')].map((part) => part.textContent))].join(' and '));
    });
    return on ? Array.from({ length: PARTS }, (_, i) => <Part key={String(i)} of={of} />) : null;
  };
  const unmount = render(
    <TidemarkProvider client={counted(client)}>
      <Parts />
    </TidemarkProvider>,
  );
  let parts = 0;
  onPart = () => {
    parts += 1;
    // When React pauses next: with most of the parts still to come, however busy the machine is.
    if (parts === 4) setTimeout(() => void client.collection('tasks').patch('t', { title: 'after' }).then(written), 0);
  };
  const written = (): void => {
    isWritten = true;
  };
  startTransition(() => show(true));
  while (document.querySelectorAll('i').length < PARTS || !isWritten) await new Promise((resolve) => setTimeout(resolve, 5));
  unmount();
  await client.close();
  return seen.filter((one) => one !== '');
};

const naming = { client: () => 'the other device', field: (_: string, field: string) => (field === 'title' ? 'Title' : field) };

/** Two devices of one person side by side. */
const showDevices = async (url: string, token: string) => {
  const [left, right] = [await openDevice(url, token, 'left'), await openDevice(url, token, 'right')];
  const clients = { left, right };
  const Device = ({ name }: { readonly name: string }) => {
    const { setOnline } = useSync();
    return (
      <section id={name} aria-label={name}>
        <h1>{name}</h1>
        <SyncStatus />
        <button type="button" onClick={() => setOnline(false)}>
          Cut off
        </button>
        <button type="button" onClick={() => setOnline(true)}>
          Join
        </button>
        <ConflictInbox naming={naming} />
        <OutboxList naming={naming} />
      </section>
    );
  };
  render(
    Object.entries(clients).map(([name, client]) => (
      <TidemarkProvider key={name} client={counted(client)}>
        <Device name={name} />
      </TidemarkProvider>
    )),
  );
  return {
    put: (name: 'left' | 'right', title: string, id = 'a') => clients[name].collection('tasks').put(fields(title), id),
    rename: (name: 'left' | 'right', title: string, updatedAt: number) =>
      clients[name].collection('tasks').patch('a', { title, updatedAt }),
    title: (name: 'left' | 'right', id = 'a') => clients[name].collection('tasks').get(id)?.title,
  };
};

const Who = () => {
  const { state } = useAccount();
  return <h1>{state.kind === 'signed in' ? 'Somebody' : 'Nobody'}</h1>;
};

/** Signing up, in and out, with the tasks of whoever is signed in. */
const showAccount = async (server: string) => {
  const account: Account = await openAccount({ url: server, tokens: createStorageTokens(localStorage) });
  const url = `${server}/apps/time-tracker`;
  const opened: Tracker[] = [];
  const open = async (state: AccountState): Promise<Client> => {
    const who = state.kind === 'signed in' ? state.account : LOCAL_ACCOUNT;
    const token = state.kind === 'signed in' ? account.tokenOf(state.account) : () => null;
    const client = await openClient({ app: timeTracker, url, account: who, token, debounceMs: 0 });
    opened.push(client);
    return counted(client);
  };
  render(
    <>
      <SignIn account={account} />
      <AccountProvider account={account} open={open} fallback={<p>Opening …</p>}>
        <Who />
        <SyncStatus />
        <List />
        <AddButton />
      </AccountProvider>
    </>,
  );
  return { opened: () => opened.length };
};

Object.assign(globalThis, { reactPage: { showList, tear, showDevices, showAccount } });
